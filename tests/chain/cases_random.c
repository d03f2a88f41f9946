/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_random.c - chains, faults and records put together by chance, from a seed.
 *
 * Left out are the ingredients that make a difference on purpose whatever they are mixed with
 * (differences.c); they have their cases in the matrix.
 */
#include "tests/chain/cases.h"

#include <string.h>

static bool one_in(unsigned n)
{
    return randomness_below(n) == 0;
}

static const char *pick(const char *const *from, size_t count)
{
    return from[randomness_below((unsigned)count)];
}

#define PICK(array) pick(array, sizeof array / sizeof array[0])

static struct key random_key(int number)
{
    static const enum key_kind kinds[] = {KEY_P256, KEY_P256, KEY_P256, KEY_P256, KEY_P384,
        KEY_ED25519, KEY_ED448, KEY_RSA2048, KEY_PSS, KEY_P521};
    struct key key = {KEY_P256, (unsigned)number};

    key.kind = kinds[randomness_below(sizeof kinds / sizeof kinds[0])];
    if (one_in(20))
        key.number = randomness_below(4);
    return key;
}

/* Adds a CA that is certified by another one. */
static void add_ca(struct plan *plan, const char *subject, struct key key, int issuer)
{
    struct recipe *ca = &plan->recipes[plan->recipe_count];

    recipe_init_ca(ca, subject, key);
    ca->serial = (unsigned)plan->recipe_count;
    recipe_issue(ca, &plan->recipes[issuer]);
    plan->order[plan->order_count++] = plan->recipe_count++;
}

/* Puts certificate from in the place of to in the order presented. */
static void move(struct plan *plan, unsigned from, unsigned to)
{
    int kept = plan->order[from];

    plan->order[from] = plan->order[to];
    plan->order[to] = kept;
}

static void mend_dates(struct recipe *recipe)
{
    static const int64_t days[] = {-400, -2, 2, 400};
    recipe->not_before = RECIPE_NOW + 86400 * days[randomness_below(4)];
    recipe->not_after = RECIPE_NOW + 86400 * days[randomness_below(4)];
}

static void set_fault(struct recipe *recipe, unsigned fault)
{
    static const char *const basic[] = {"CA:FALSE", "critical,CA:FALSE", "CA:TRUE",
        "critical,CA:TRUE,pathlen:0", "critical,CA:TRUE,pathlen:1", "critical,CA:TRUE,pathlen:2"};
    static const char *const usage[] = {"critical,digitalSignature", "critical,cRLSign",
        "keyCertSign", "critical,keyCertSign,digitalSignature", "critical,keyEncipherment"};
    static const char *const extended[] = {"serverAuth", "clientAuth", "anyExtendedKeyUsage",
        "critical,clientAuth", "serverAuth,clientAuth", "clientAuth,anyExtendedKeyUsage"};
    static const char *const constraint[] = {"critical,permitted;DNS:example.com",
        "critical,permitted;DNS:example.net", "critical,excluded;DNS:mx.example.com",
        "critical,excluded;DNS:example.net", "critical,permitted;dirName:dir_example",
        "critical,excluded;dirName:dir_example", "critical,permitted;IP:192.0.2.0/255.255.255.0"};
    static const char *const san[] = {"DNS:*.example.com", "DNS:example.net", "DNS:*.example.net",
        "DNS:mx.example.com,DNS:mx.example.net", "IP:192.0.2.1", "IP:198.51.100.1",
        "DNS:mx.example.com,IP:198.51.100.1", "DNS:MX.EXAMPLE.COM", "DNS:m*.example.com"};
    static const char *const subject[] = {"CN=mx.example.com", "O=Example", "O=Example,CN=CA",
        "CN=mx.example.net", "O=Other,CN=*.example.com"};
    static const char *const digest[] = {"SHA1", "SHA384", "SHA512", "MD5", "SHA224"};

    switch (fault) {
    case 0:
        mend_dates(recipe);
        break;
    case 1:
        recipe_set(recipe, "basicConstraints", PICK(basic));
        break;
    case 2:
        recipe_set(recipe, "keyUsage", PICK(usage));
        break;
    case 3:
        recipe_set(recipe, "extendedKeyUsage", PICK(extended));
        break;
    case 4:
        recipe_set(recipe, "nameConstraints", PICK(constraint));
        break;
    case 5:
        recipe_set(recipe, "subjectAltName", PICK(san));
        break;
    case 6:
        snprintf(recipe->subject, sizeof recipe->subject, "%s", PICK(subject));
        recipe_drop(recipe, "subjectAltName");
        break;
    case 7:
        recipe_set(recipe, "1.2.3.4.5", one_in(2) ? "critical,DER:0500" : "DER:0500");
        break;
    case 8:
        recipe->signer = (struct key){recipe->signer.kind, recipe->signer.number + 1};
        break;
    case 9:
        recipe->damage = DAMAGE_SIGNATURE;
        break;
    case 10:
        recipe_drop(recipe, "authorityKeyIdentifier");
        break;
    case 11:
        recipe_drop(recipe, "subjectKeyIdentifier");
        break;
    case 12:
        recipe_drop(recipe, "subjectAltName");
        break;
    case 13:
        recipe->version = 1;
        recipe->extension_count = 0;
        break;
    case 14:
        recipe_drop(recipe, "basicConstraints");
        break;
    case 15:
        recipe_drop(recipe, "keyUsage");
        break;
    case 16:
        recipe->pss = recipe->signer.kind == KEY_RSA2048;
        break;
    case 17:
        if (recipe->signer.kind != KEY_ED25519 && recipe->signer.kind != KEY_ED448)
            recipe->digest = PICK(digest);
        /* There is no identifier for ECDSA with MD5. */
        if (recipe->digest == digest[3] && recipe->signer.kind != KEY_RSA2048)
            recipe->digest = digest[0];
        break;
    default:
        break;
    }
}

#define FAULT_COUNT 18

static void random_shape(struct plan *plan)
{
    int chain = plan->recipe_count;

    for (int i = 0; i < chain; i++)
        plan->recipes[i].key = random_key(i);
    for (int i = 0; i < chain; i++)
        recipe_issue(&plan->recipes[i], &plan->recipes[i + 1 < chain ? i + 1 : i]);
    if (chain > 2 && one_in(4)) {
        /* Another certificate for the key of a CA, by another issuer, or by itself. */
        int twin = 1 + (int)randomness_below((unsigned)chain - 1);
        add_ca(plan, plan->recipes[twin].subject, plan->recipes[twin].key,
            (int)randomness_below((unsigned)chain - 1) + 1);
        strncat(plan->title, ", twin of a key", sizeof plan->title - strlen(plan->title) - 1);
    }
    if (chain > 1 && one_in(8)) {
        /* Another CA of the same name. */
        int twin = 1 + (int)randomness_below((unsigned)chain - 1);
        add_ca(plan, plan->recipes[twin].subject, random_key(11), chain - 1);
        strncat(plan->title, ", twin of a name", sizeof plan->title - strlen(plan->title) - 1);
    }
    if (one_in(6))
        add_ca(plan, "CN=Stranger", random_key(12), plan->recipe_count - 1);
}

static void random_faults(struct plan *plan)
{
    static const unsigned counts[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 3};
    unsigned faults = counts[randomness_below(sizeof counts / sizeof counts[0])];

    for (unsigned i = 0; i < faults; i++) {
        int at = (int)randomness_below((unsigned)plan->recipe_count);
        unsigned fault = randomness_below(FAULT_COUNT);
        char text[32];
        set_fault(&plan->recipes[at], fault);
        snprintf(text, sizeof text, ", fault %u at %d", fault, at);
        strncat(plan->title, text, sizeof plan->title - strlen(plan->title) - 1);
    }
}

static void random_order(struct plan *plan)
{
    unsigned count = (unsigned)plan->order_count;

    if (count > 2 && one_in(4))
        for (unsigned i = 1; i < count; i++)
            move(plan, i, 1 + randomness_below(count - 1));
    if (count > 1 && one_in(4))
        plan->order_count--;
    if (one_in(10)) {
        int again = plan->order[randomness_below((unsigned)plan->order_count)];
        plan->order[plan->order_count++] = again;
    }
}

static void random_records(struct plan *plan)
{
    static const uint8_t usages[] = {2, 2, 2, 2, 2, 2, 3, 3, 1, 0};
    unsigned count = 1 + (one_in(2) ? 0 : randomness_below(4));

    for (unsigned i = 0; i < count; i++) {
        struct plan_record record = {.usage = usages[randomness_below(sizeof usages)]};
        record.selector = (uint8_t)randomness_below(2);
        record.matching_type = (uint8_t)randomness_below(3);
        record.of = (int)randomness_below((unsigned)plan->recipe_count);
        if (record.usage == 3 && one_in(2))
            record.of = 0;
        if (one_in(8))
            record.damage = RECORD_GARBAGE;
        else if (one_in(16))
            record.damage = RECORD_CUT;
        plan_add_record(plan, record);
    }
}

static void random_names(struct plan *plan)
{
    static const char *const names[] = {
        "mx.example.com", "example.com", "mx.example.net", "a.mx.example.com", "MX.example.com"};

    if (one_in(4))
        plan_set_name(plan, PICK(names));
    while (plan->name_count < PLAN_NAMES_MAX && one_in(3))
        plan_add_name(plan, PICK(names));
}

/* Where a record is a bare key, weak digests make a difference on purpose. */
static void strengthen(struct plan *plan)
{
    bool has_bare_key = false;

    for (int i = 0; i < plan->record_count; i++)
        has_bare_key |= plan->records[i].selector == 1 && plan->records[i].matching_type == 0;
    for (int i = 0; i < plan->recipe_count && has_bare_key; i++) {
        const char *digest = plan->recipes[i].digest;
        if (digest != NULL && (strcmp(digest, "SHA1") == 0 || strcmp(digest, "MD5") == 0))
            plan->recipes[i].digest = NULL;
    }
}

void cases_random_one(struct suite *suite, uint64_t seed, unsigned number)
{
    struct plan plan;
    char title[64];

    snprintf(
        title, sizeof title, "random --replay %u --seed %llu", number, (unsigned long long)seed);
    randomness_set(seed, title);
    plan_init(&plan, 1 + (int)randomness_below(5), KEY_P256, "%s", title);
    random_shape(&plan);
    random_faults(&plan);
    random_order(&plan);
    random_records(&plan);
    strengthen(&plan);
    random_names(&plan);
    suite_check(suite, &plan);
    plan_fini(&plan);
}

void cases_random(struct suite *suite, uint64_t seed, unsigned count)
{
    for (unsigned number = 0; number < count; number++)
        cases_random_one(suite, seed, number);
}
