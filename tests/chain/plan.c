/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - puts a case of the chain matrix together.
 */
#include "tests/chain/plan.h"

#include <stdarg.h>
#include <string.h>

#include <openssl/err.h>

void plan_init(struct plan *plan, int count, enum key_kind kind, const char *title, ...)
{
    va_list args;

    MUST(count >= 1 && count <= PLAN_RECIPES_MAX);
    memset(plan, 0, sizeof *plan);
    va_start(args, title);
    vsnprintf(plan->title, sizeof plan->title, title, args);
    va_end(args);
    plan->recipe_count = count;
    plan->at = RECIPE_NOW;
    for (int i = 0; i < count; i++) {
        struct key key = {kind, (unsigned)i};
        char subject[32];
        snprintf(subject, sizeof subject, "CN=CA %d", i);
        if (i == 0)
            recipe_init_leaf(&plan->recipes[i], "O=Leaf", key);
        else
            recipe_init_ca(&plan->recipes[i], subject, key);
        plan->order[plan->order_count++] = i;
    }
    for (int i = 0; i < count - 1; i++)
        recipe_issue(&plan->recipes[i], &plan->recipes[i + 1]);
    plan_set_name(plan, "mx.example.com");
}

struct recipe *plan_top(struct plan *plan)
{
    return &plan->recipes[plan->recipe_count - 1];
}

void plan_set_name(struct plan *plan, const char *name)
{
    plan->name_count = 0;
    plan_add_name(plan, name);
}

void plan_add_name(struct plan *plan, const char *name)
{
    MUST(plan->name_count < PLAN_NAMES_MAX && strlen(name) < sizeof plan->names[0]);
    snprintf(plan->names[plan->name_count++], sizeof plan->names[0], "%s", name);
}

void plan_add_record(struct plan *plan, struct plan_record record)
{
    MUST(plan->record_count < PLAN_RECORDS_MAX);
    MUST(record.of >= 0 && record.of < plan->recipe_count);
    plan->records[plan->record_count++] = record;
}

void plan_set_order(struct plan *plan, const char *order)
{
    int number;
    int used;

    plan->order_count = 0;
    while (sscanf(order, "%d%n", &number, &used) == 1) {
        MUST(plan->order_count < PLAN_ORDER_MAX && number >= 0 && number < plan->recipe_count);
        plan->order[plan->order_count++] = number;
        order += used;
    }
    MUST(plan->order_count > 0);
}

/* Copies the octets; there is room for one more. */
static struct blob copy_octets(const uint8_t *from, size_t len)
{
    struct blob copy = {malloc(len + 1), len};

    MUST(copy.data != NULL);
    memcpy(copy.data, from, len);
    return copy;
}

static struct blob digest_octets(const uint8_t *from, size_t len, const char *digest)
{
    struct blob made = {malloc(EVP_MAX_MD_SIZE + 1), 0};

    MUST(made.data != NULL);
    MUST(EVP_Q_digest(NULL, digest, NULL, from, len, made.data, &made.len) == 1);
    return made;
}

static void damage_record(struct blob *data, enum record_damage damage)
{
    switch (damage) {
    case RECORD_INTACT:
        break;
    case RECORD_FLIPPED:
        data->data[data->len - 1] ^= 1;
        break;
    case RECORD_CUT:
        data->len--;
        break;
    case RECORD_TRAILING:
        data->data[data->len++] = 0;
        break;
    case RECORD_GARBAGE:
        memset(data->data, 0x5a, data->len);
        break;
    }
}

static struct blob make_record(const struct plan *plan, const struct plan_record *record)
{
    const uint8_t *octets = plan->certs[record->of].data;
    size_t len = plan->certs[record->of].len;
    struct blob made;

    if (record->selector == 1)
        octets = keys_spki(plan->recipes[record->of].key, &len);
    if (record->matching_type == 0)
        made = copy_octets(octets, len);
    else
        made = digest_octets(octets, len, record->matching_type == 2 ? "SHA512" : "SHA256");
    damage_record(&made, record->damage);
    return made;
}

/* Reads a certificate that must fill all of the blob, as the TLS client does. */
static X509 *parse(const struct blob *blob)
{
    const uint8_t *end = blob->data;
    X509 *cert = d2i_X509(NULL, &end, (long)blob->len);

    if (cert != NULL && end != blob->data + blob->len) {
        X509_free(cert);
        cert = NULL;
    }
    ERR_clear_error();
    return cert;
}

void plan_make(struct plan *plan)
{
    if (!plan->is_made) {
        randomness_set(0, plan->title);
        for (int i = 0; i < plan->recipe_count; i++) {
            plan->certs[i] = recipe_make(&plan->recipes[i]);
            plan->parsed[i] = parse(&plan->certs[i]);
        }
        plan->is_made = true;
    }
    for (int i = 0; i < plan->record_count; i++)
        if (plan->rdata[i].data == NULL)
            plan->rdata[i] = make_record(plan, &plan->records[i]);
}

void plan_clear_records(struct plan *plan)
{
    for (int i = 0; i < plan->record_count; i++)
        free(plan->rdata[i].data);
    memset(plan->rdata, 0, sizeof plan->rdata);
    plan->record_count = 0;
}

static const char *record_damage_text(enum record_damage damage)
{
    static const char *const texts[] = {"", " flipped", " cut", " trailing", " garbage"};
    return texts[damage];
}

void plan_describe(const struct plan *plan, char *out, size_t cap)
{
    size_t at = (size_t)snprintf(out, cap, "%s |", plan->title);

    for (int i = 0; i < plan->record_count && at < cap; i++) {
        const struct plan_record *record = &plan->records[i];
        at += (size_t)snprintf(out + at, cap - at, "%s %d %d %d of %d%s", i > 0 ? "," : "",
            record->usage, record->selector, record->matching_type, record->of,
            record_damage_text(record->damage));
    }
    if (at < cap)
        at += (size_t)snprintf(out + at, cap - at, " | shows");
    for (int i = 0; i < plan->order_count && at < cap; i++)
        at += (size_t)snprintf(out + at, cap - at, " %d", plan->order[i]);
}

void plan_print(const struct plan *plan, FILE *out)
{
    char line[512];

    plan_describe(plan, line, sizeof line);
    fprintf(
        out, "# %s\n#   at %+lld days, names", line, (long long)(plan->at - RECIPE_NOW) / 86400);
    for (int i = 0; i < plan->name_count; i++)
        fprintf(out, " %s", plan->names[i]);
    fprintf(out, "\n");
    for (int i = 0; i < plan->recipe_count; i++) {
        char prefix[24];
        snprintf(prefix, sizeof prefix, "#   %d: ", i);
        recipe_print(&plan->recipes[i], prefix, out);
    }
}

void plan_fini(struct plan *plan)
{
    plan_clear_records(plan);
    for (int i = 0; i < plan->recipe_count; i++) {
        free(plan->certs[i].data);
        X509_free(plan->parsed[i]);
    }
    memset(plan->parsed, 0, sizeof plan->parsed);
    memset(plan->certs, 0, sizeof plan->certs);
    plan->is_made = false;
}
