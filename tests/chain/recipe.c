/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recipe.c - makes certificates with libcrypto.
 */
#include "tests/chain/recipe.h"

#include <string.h>

#include <openssl/conf.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* Sections that an extension may refer to by name. */
static const char sections[] = "[dir_example]\nO=Example\n"
                               "[dir_other]\nO=Other\n"
                               "[dir_example_case]\nO=EXAMPLE\n";

#define STAND_INS_EACH 16

/* Made when first needed; freed by recipe_fini. */
static CONF *sections_read;
static X509 *stand_ins[KEY_KIND_COUNT][STAND_INS_EACH];

static void copy_text(char *to, size_t cap, const char *from)
{
    MUST(strlen(from) < cap);
    snprintf(to, cap, "%s", from);
}

static void recipe_init(struct recipe *recipe, const char *subject, struct key key)
{
    memset(recipe, 0, sizeof *recipe);
    copy_text(recipe->subject, sizeof recipe->subject, subject);
    copy_text(recipe->issuer, sizeof recipe->issuer, subject);
    recipe->key = key;
    recipe->signer = key;
    recipe->version = 3;
    recipe->serial = 1;
    recipe->not_before = RECIPE_NOW - RECIPE_YEAR;
    recipe->not_after = RECIPE_NOW + RECIPE_YEAR;
}

void recipe_init_ca(struct recipe *recipe, const char *subject, struct key key)
{
    recipe_init(recipe, subject, key);
    recipe_set(recipe, "basicConstraints", "critical,CA:TRUE");
    recipe_set(recipe, "keyUsage", "critical,keyCertSign,cRLSign");
    recipe_set(recipe, "subjectKeyIdentifier", "hash");
    recipe_set(recipe, "authorityKeyIdentifier", "keyid");
}

void recipe_init_leaf(struct recipe *recipe, const char *subject, struct key key)
{
    recipe_init(recipe, subject, key);
    recipe_set(recipe, "basicConstraints", "CA:FALSE");
    recipe_set(recipe, "subjectKeyIdentifier", "hash");
    recipe_set(recipe, "authorityKeyIdentifier", "keyid");
    recipe_set(recipe, "subjectAltName", "DNS:mx.example.com");
}

void recipe_issue(struct recipe *recipe, const struct recipe *issuer)
{
    copy_text(recipe->issuer, sizeof recipe->issuer, issuer->subject);
    recipe->signer = issuer->key;
}

void recipe_drop(struct recipe *recipe, const char *name)
{
    int kept = 0;

    for (int i = 0; i < recipe->extension_count; i++)
        if (strcmp(recipe->extensions[i].name, name) != 0)
            recipe->extensions[kept++] = recipe->extensions[i];
    recipe->extension_count = kept;
}

void recipe_add(struct recipe *recipe, const char *name, const char *value)
{
    MUST(recipe->extension_count < RECIPE_EXTENSIONS_MAX);
    struct recipe_extension *extension = &recipe->extensions[recipe->extension_count++];
    copy_text(extension->name, sizeof extension->name, name);
    copy_text(extension->value, sizeof extension->value, value);
}

void recipe_set(struct recipe *recipe, const char *name, const char *value)
{
    recipe_drop(recipe, name);
    recipe_add(recipe, name, value);
}

void recipe_set_raw_dns(struct recipe *recipe, const void *name, size_t len)
{
    const uint8_t *octets = name;
    char value[RECIPE_VALUE_MAX];

    MUST(len < 100);
    size_t at =
        (size_t)snprintf(value, sizeof value, "DER:30%02x82%02x", (unsigned)len + 2, (unsigned)len);
    for (size_t i = 0; i < len; i++)
        at += (size_t)snprintf(value + at, sizeof value - at, "%02x", octets[i]);
    recipe_set(recipe, "subjectAltName", value);
}

static int string_type(char letter)
{
    switch (letter) {
    case 'P':
        return V_ASN1_PRINTABLESTRING;
    case 'T':
        return V_ASN1_T61STRING;
    case 'B':
        return V_ASN1_BMPSTRING;
    case 'I':
        return V_ASN1_IA5STRING;
    default:
        return V_ASN1_UTF8STRING;
    }
}

/* Adds one pair "CN/P=value" of len characters. */
static void add_pair(X509_NAME *name, const char *pair, size_t len)
{
    char field[16];
    uint8_t value[RECIPE_NAME_MAX * 2];
    size_t count = 0;
    int set = 0;
    int type = V_ASN1_UTF8STRING;

    if (*pair == '+') {
        set = -1;
        pair++;
        len--;
    }
    const char *equals = memchr(pair, '=', len);
    MUST(equals != NULL);
    size_t field_len = (size_t)(equals - pair);
    const char *slash = memchr(pair, '/', field_len);
    if (slash != NULL) {
        type = string_type(slash[1]);
        field_len = (size_t)(slash - pair);
    }
    MUST(field_len < sizeof field);
    memcpy(field, pair, field_len);
    field[field_len] = '\0';
    for (const char *at = equals + 1; at < pair + len; at++) {
        if (type == V_ASN1_BMPSTRING)
            value[count++] = 0;
        if (*at == '\\' && at + 1 < pair + len && at[1] == '0') {
            value[count++] = 0;
            at++;
        } else {
            value[count++] = (uint8_t)*at;
        }
    }
    MUST(X509_NAME_add_entry_by_txt(name, field, type, value, (int)count, -1, set) == 1);
}

static X509_NAME *make_name(const char *text)
{
    X509_NAME *name = X509_NAME_new();

    MUST(name != NULL);
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        add_pair(name, text, len);
        text += len;
        if (*text == ',')
            text++;
    }
    return name;
}

static X509_EXTENSION *make_extension(
    X509V3_CTX *context, CONF *conf, const struct recipe_extension *extension)
{
    X509_EXTENSION *made = X509V3_EXT_nconf(conf, context, extension->name, extension->value);

    if (made == NULL)
        fprintf(stderr, "cannot make %s=%s\n", extension->name, extension->value);
    MUST(made != NULL);
    return made;
}

/* Gives a certificate of that name that stands for the issuer where the AKI is made; borrowed. */
static X509 *get_stand_in(struct key signer, X509_NAME *issuer)
{
    X509 **slot = &stand_ins[signer.kind][signer.number % STAND_INS_EACH];
    X509V3_CTX context;

    if (*slot == NULL) {
        *slot = X509_new();
        MUST(*slot != NULL && X509_set_version(*slot, 2) == 1);
        ASN1_INTEGER_set(X509_get_serialNumber(*slot), 1);
        MUST(X509_set_pubkey(*slot, keys_get(signer)) == 1);
        X509V3_set_ctx(&context, *slot, *slot, NULL, NULL, 0);
        X509_EXTENSION *key_id =
            X509V3_EXT_nconf_nid(NULL, &context, NID_subject_key_identifier, "hash");
        MUST(key_id != NULL && X509_add_ext(*slot, key_id, -1) == 1);
        X509_EXTENSION_free(key_id);
    }
    X509_set_subject_name(*slot, issuer);
    X509_set_issuer_name(*slot, issuer);
    return *slot;
}

static CONF *load_sections(void)
{
    BIO *text;
    long line;

    if (sections_read == NULL) {
        sections_read = NCONF_new(NULL);
        text = BIO_new_mem_buf(sections, -1);
        MUST(sections_read != NULL && text != NULL);
        MUST(NCONF_load_bio(sections_read, text, &line) == 1);
        BIO_free(text);
    }
    return sections_read;
}

void recipe_fini(void)
{
    NCONF_free(sections_read);
    for (size_t kind = 0; kind < KEY_KIND_COUNT; kind++)
        for (size_t i = 0; i < STAND_INS_EACH; i++)
            X509_free(stand_ins[kind][i]);
}

static void add_extensions(X509 *certificate, const struct recipe *recipe, X509_NAME *issuer)
{
    X509 *stand_in = get_stand_in(recipe->signer, issuer);
    CONF *conf = load_sections();
    X509V3_CTX context;

    X509V3_set_ctx(&context, stand_in, certificate, NULL, NULL, 0);
    X509V3_set_nconf(&context, conf);
    for (int i = 0; i < recipe->extension_count; i++) {
        X509_EXTENSION *extension = make_extension(&context, conf, &recipe->extensions[i]);
        MUST(X509_add_ext(certificate, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }
}

static void sign(X509 *certificate, const struct recipe *recipe)
{
    EVP_PKEY *key = keys_get(recipe->signer);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    bool has_digest = recipe->signer.kind != KEY_ED25519 && recipe->signer.kind != KEY_ED448;
    const char *digest = recipe->digest != NULL ? recipe->digest : "SHA256";

    MUST(context != NULL);
    MUST(EVP_DigestSignInit_ex(
             context, &key_context, has_digest ? digest : NULL, NULL, NULL, key, NULL) == 1);
    if (recipe->pss) {
        MUST(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1);
        MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    MUST(X509_sign_ctx(certificate, context) > 0);
    EVP_MD_CTX_free(context);
}

static void set_dates(X509 *certificate, const struct recipe *recipe)
{
    ASN1_TIME *not_after = X509_getm_notAfter(certificate);

    MUST(ASN1_TIME_set(X509_getm_notBefore(certificate), recipe->not_before) != NULL);
    MUST(ASN1_TIME_set(not_after, recipe->not_after) != NULL);
    if (recipe->not_after_text != NULL) {
        not_after->type = V_ASN1_UTCTIME;
        MUST(ASN1_STRING_set(not_after, recipe->not_after_text, -1) == 1);
    }
}

static struct blob damage(struct blob blob, enum recipe_damage damage)
{
    switch (damage) {
    case DAMAGE_NONE:
        break;
    case DAMAGE_CUT:
        blob.len--;
        break;
    case DAMAGE_TRAILING:
        blob.data[blob.len++] = 0;
        break;
    case DAMAGE_SIGNATURE:
        blob.data[blob.len - 1] ^= 1;
        break;
    case DAMAGE_TBS:
        /* 30 82 LL LL  30 82 LL LL  a0 03 02 01 02  02 SERIAL */
        MUST(blob.data[8] == 0xa0 && blob.data[13] == 0x02);
        blob.data[13] = 0x04;
        break;
    case DAMAGE_EMPTY:
        blob.len = 0;
        break;
    }
    return blob;
}

/* Writes another algorithm of the same length into tbsCertificate, behind the signature's back. */
static void set_other_algorithm(struct blob *blob)
{
    static const uint8_t ecdsa_sha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

    for (size_t i = 0; i + sizeof ecdsa_sha256 < blob->len; i++) {
        if (memcmp(blob->data + i, ecdsa_sha256, sizeof ecdsa_sha256) != 0)
            continue;
        blob->data[i + sizeof ecdsa_sha256 - 1] = 0x03;
        return;
    }
    fprintf(stderr, "the certificate is not signed with ECDSA and SHA-256\n");
    abort();
}

struct blob recipe_make(const struct recipe *recipe)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = make_name(recipe->subject);
    X509_NAME *issuer = make_name(recipe->issuer);
    struct blob blob = {NULL, 0};
    uint8_t *end;

    MUST(certificate != NULL && X509_set_version(certificate, recipe->version - 1) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), (long)recipe->serial);
    MUST(X509_set_subject_name(certificate, subject) == 1);
    MUST(X509_set_issuer_name(certificate, issuer) == 1);
    MUST(X509_set_pubkey(certificate, keys_get(recipe->key)) == 1);
    set_dates(certificate, recipe);
    add_extensions(certificate, recipe, issuer);
    sign(certificate, recipe);

    int len = i2d_X509(certificate, NULL);
    MUST(len > 0);
    blob.data = malloc((size_t)len + 1);
    MUST(blob.data != NULL);
    end = blob.data;
    blob.len = (size_t)i2d_X509(certificate, &end);
    if (recipe->other_inner_algorithm)
        set_other_algorithm(&blob);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    X509_free(certificate);
    return damage(blob, recipe->damage);
}

void recipe_print(const struct recipe *recipe, const char *prefix, FILE *out)
{
    fprintf(out, "%ssubject \"%s\" issuer \"%s\" key %s %u signer %s %u version %d serial %u\n",
        prefix, recipe->subject, recipe->issuer, keys_kind_text(recipe->key.kind),
        recipe->key.number, keys_kind_text(recipe->signer.kind), recipe->signer.number,
        recipe->version, recipe->serial);
    fprintf(out, "%s  from %+lld to %+lld days%s%s%s%s damage %d\n", prefix,
        (long long)(recipe->not_before - RECIPE_NOW) / 86400,
        (long long)(recipe->not_after - RECIPE_NOW) / 86400,
        recipe->digest != NULL ? " digest " : "", recipe->digest != NULL ? recipe->digest : "",
        recipe->pss ? " PSS" : "", recipe->other_inner_algorithm ? " other inner algorithm" : "",
        (int)recipe->damage);
    for (int i = 0; i < recipe->extension_count; i++)
        fprintf(
            out, "%s  %s = %s\n", prefix, recipe->extensions[i].name, recipe->extensions[i].value);
}
