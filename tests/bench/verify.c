/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.c - the core of VERIFY against OpenSSL: parsing and verifying the same chains by turns.
 *
 *   bench_verify CASE PAIRS MILLISECONDS CHAINS
 *
 * The cases are in the table below. Ours is chain_verify() with the crypto that the daemon has.
 * OpenSSL's part is d2i_X509 of each certificate and X509_verify_cert with its DANE code, set up as
 * in a TLS client at Postfix's security level; the connection and its TLSA record are made before
 * the time counts. Where certificates are to be new, each chain is shown once to either side, so
 * that nothing that either remembers can help. Prints the CPU time of each pair of slices as one
 * line of JSON; a slice lasts MILLISECONDS, or CHAINS (CHAINS_MAX at most) that are new.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <openssl/ssl.h>

#include "daemon/core/chain.h"
#include "daemon/io/signature_memo.h"
#include "tests/bench/chains.h"
#include "tests/bench/fail.h"
#include "tests/bench/times.h"

enum { SECURITY_LEVEL = 1, CHAINS_MAX = 256 };

/* What is new in each chain. */
enum fresh { FRESH_NOTHING, FRESH_CERTIFICATES, FRESH_KEYS };

struct bench_case {
    const char *name;
    enum chains_kind kind;
    uint8_t usage;
    size_t matched; /* the certificate that the record is of */
    enum fresh fresh;
};

static const struct bench_case cases[] = {
    {"3-1-1", CHAINS_RSA_2048, TLSA_DANE_EE, 0, FRESH_NOTHING},
    {"rsa", CHAINS_RSA_2048, TLSA_DANE_TA, CHAINS_LEN - 1, FRESH_CERTIFICATES},
    {"p256-seen", CHAINS_P256, TLSA_DANE_TA, CHAINS_LEN - 1, FRESH_NOTHING},
    {"p256-renewed", CHAINS_P256, TLSA_DANE_TA, CHAINS_LEN - 1, FRESH_CERTIFICATES},
    {"p256-new", CHAINS_P256, TLSA_DANE_TA, CHAINS_LEN - 1, FRESH_KEYS},
};

struct measured {
    uint64_t count;
    uint64_t cpu_ns;
};

struct bench {
    const struct bench_case *what;
    struct chain_keys keys; /* unless all are new */
    long serial;
    size_t chain_count;
    size_t fresh_count;
    struct chain chains[CHAINS_MAX];
    SSL *connections[CHAINS_MAX]; /* one for each chain, with its TLSA record */
    X509_STORE *empty_store;
    SSL_CTX *tls;
    int64_t at_s;
};

static void must(int done)
{
    if (done != 1)
        fail("OpenSSL does not do as it is told");
}

/* ---- ours ---- */

static void verify_ours(const struct bench *bench, size_t i)
{
    const struct chain *chain = &bench->chains[i];
    struct chain_cert certs[CHAINS_LEN];
    struct tlsa_record record = {bench->what->usage, TLSA_SPKI, TLSA_SHA2_256, TLSA_SHA2_256_LEN,
        chain->spki_sha256[bench->what->matched]};
    struct dname name;
    struct chain_report report;

    for (size_t n = 0; n < CHAINS_LEN; n++)
        certs[n] = (struct chain_cert){chain->der[n], chain->len[n]};
    if (!dname_from_text(CHAINS_NAME, strlen(CHAINS_NAME), &name))
        fail("not a name");
    struct chain_question question = {certs, CHAINS_LEN, &record, 1, &name, 1, bench->at_s, 0};
    if (chain_verify(&question, &signature_memo_crypto, &report) != CHAIN_MATCHED)
        fail("daned refuses a sound chain");
}

/* ---- OpenSSL ---- */

static void set_up_openssl(struct bench *bench)
{
    bench->tls = SSL_CTX_new(TLS_client_method());
    bench->empty_store = X509_STORE_new();
    must(bench->tls != NULL && bench->empty_store != NULL);
    must(SSL_CTX_dane_enable(bench->tls));
    SSL_CTX_dane_set_flags(bench->tls, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    SSL_CTX_set_security_level(bench->tls, SECURITY_LEVEL);
}

static SSL *new_connection(const struct bench *bench, const struct chain *chain)
{
    SSL *ssl = SSL_new(bench->tls);

    must(ssl != NULL && SSL_dane_enable(ssl, CHAINS_NAME) == 1);
    must(SSL_dane_tlsa_add(ssl, bench->what->usage, TLSA_SPKI, TLSA_SHA2_256,
        chain->spki_sha256[bench->what->matched], TLSA_SHA2_256_LEN));
    X509_VERIFY_PARAM_set_auth_level(SSL_get0_param(ssl), SECURITY_LEVEL);
    return ssl;
}

static void verify_openssl(const struct bench *bench, size_t i)
{
    const struct chain *chain = &bench->chains[i];
    SSL *ssl = bench->connections[i];
    STACK_OF(X509) *certificates = sk_X509_new_null();

    for (size_t n = 0; n < CHAINS_LEN; n++) {
        const uint8_t *der = chain->der[n];
        X509 *certificate = d2i_X509(NULL, &der, (long)chain->len[n]);
        must(certificate != NULL && sk_X509_push(certificates, certificate) > 0);
    }
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    must(context != NULL);
    must(X509_STORE_CTX_init(
        context, bench->empty_store, sk_X509_value(certificates, 0), certificates));
    must(X509_STORE_CTX_set_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl));
    X509_STORE_CTX_set0_dane(context, SSL_get0_dane(ssl));
    must(X509_STORE_CTX_set_default(context, "ssl_server"));
    must(X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(context), SSL_get0_param(ssl)));
    if (X509_verify_cert(context) != 1 || X509_STORE_CTX_get_error(context) != X509_V_OK)
        fail("OpenSSL refuses a sound chain");
    X509_STORE_CTX_free(context);
    sk_X509_pop_free(certificates, X509_free);
}

/* ---- by turns ---- */

static void drop_chains(struct bench *bench)
{
    for (size_t i = 0; i < bench->chain_count; i++) {
        SSL_free(bench->connections[i]);
        chains_free(&bench->chains[i]);
    }
    bench->chain_count = 0;
}

/* Makes the chains of the next pair, in place of those of the last. */
static void make_chains(struct bench *bench)
{
    size_t count = bench->what->fresh == FRESH_NOTHING ? 1 : bench->fresh_count;

    if (bench->what->fresh == FRESH_NOTHING && bench->chain_count == 1)
        return;
    drop_chains(bench);
    for (size_t i = 0; i < count; i++) {
        struct chain_keys new_keys;
        bool is_new = bench->what->fresh == FRESH_KEYS;
        if (is_new)
            chains_make_keys(bench->what->kind, &new_keys);
        chains_make(is_new ? &new_keys : &bench->keys, ++bench->serial, &bench->chains[i]);
        if (is_new)
            chains_free_keys(&new_keys);
        bench->connections[i] = new_connection(bench, &bench->chains[i]);
    }
    bench->chain_count = count;
}

typedef void verify_one(const struct bench *bench, size_t i);

static struct measured run_slice(
    const struct bench *bench, verify_one *verify, uint64_t duration_ns)
{
    enum { BETWEEN_LOOKS_AT_THE_CLOCK = 8 };
    struct measured measured = {0, times_own_cpu()};
    uint64_t stop_ns = times_wall() + duration_ns;

    if (bench->what->fresh != FRESH_NOTHING) {
        for (; measured.count < bench->chain_count; measured.count++)
            verify(bench, measured.count);
    } else {
        do {
            for (int i = 0; i < BETWEEN_LOOKS_AT_THE_CLOCK; i++, measured.count++)
                verify(bench, 0);
        } while (times_wall() < stop_ns);
    }
    measured.cpu_ns = times_own_cpu() - measured.cpu_ns;
    return measured;
}

static void run_pairs(struct bench *bench, unsigned pairs, uint64_t duration_ns)
{
    verify_one *const sides[2] = {verify_ours, verify_openssl};
    struct measured measured[2];

    /* The first pair warms the caches, and is thrown away. */
    for (unsigned pair = 0; pair <= pairs; pair++) {
        make_chains(bench);
        for (unsigned turn = 0; turn < 2; turn++) {
            unsigned side = (pair + turn) % 2;
            measured[side] = run_slice(bench, sides[side], duration_ns);
        }
        if (pair > 0)
            printf("{\"ours\": {\"count\": %" PRIu64 ", \"cpu_ns\": %" PRIu64
                   "}, \"openssl\": {\"count\": %" PRIu64 ", \"cpu_ns\": %" PRIu64 "}}\n",
                measured[0].count, measured[0].cpu_ns, measured[1].count, measured[1].cpu_ns);
    }
}

int main(int argc, char **argv)
{
    const uint64_t ns_per_ms = 1000000;
    struct bench *bench = must_calloc(1, sizeof *bench);

    if (argc != 5)
        fail("usage: %s CASE PAIRS MILLISECONDS CHAINS", argv[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(argv[1], cases[i].name) == 0)
            bench->what = &cases[i];
    if (bench->what == NULL)
        fail("unknown case: %s", argv[1]);
    unsigned pairs = (unsigned)must_number(argv[2], "the number of pairs");
    uint64_t duration_ns = must_number(argv[3], "the time") * ns_per_ms;

    bench->fresh_count = (size_t)must_number(argv[4], "the number of chains");
    if (bench->fresh_count == 0 || bench->fresh_count > CHAINS_MAX)
        fail("not so many chains");
    bench->at_s = (int64_t)time(NULL);
    chains_make_keys(bench->what->kind, &bench->keys);
    set_up_openssl(bench);
    run_pairs(bench, pairs, duration_ns);
    drop_chains(bench);
    chains_free_keys(&bench->keys);
    X509_STORE_free(bench->empty_store);
    SSL_CTX_free(bench->tls);
    free(bench);
    return 0;
}
