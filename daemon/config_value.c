/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_value.c - reads and writes the values of options, one pair of functions for each type.
 */
#include "daemon/config_value.h"

#include <inttypes.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* Largest first: printing takes the first one that divides the value. */
static const struct unit duration_units[] = {
    {"d", UINT64_C(86400000)}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0}};
static const struct unit size_units[] = {{"T", UINT64_C(1) << 40}, {"G", UINT64_C(1) << 30},
    {"M", UINT64_C(1) << 20}, {"K", UINT64_C(1) << 10}, {"", 1}, {NULL, 0}};

#define QUANTITY_TEXT_MAX 32

static bool refuse(struct config_why *why, const char *text)
{
    snprintf(why->text, sizeof why->text, "%s", text);
    return false;
}

static void quantity_text(
    uint64_t value, const struct unit *units, char out[static QUANTITY_TEXT_MAX])
{
    const struct unit *unit = units;
    while (unit->factor > 1 && (value == 0 || value % unit->factor != 0))
        unit++;
    snprintf(out, QUANTITY_TEXT_MAX, "%" PRIu64 "%s", value / unit->factor, unit->name);
}

/* Reads decimal digits and a unit. Overflow is a mistake like any other. */
static bool read_quantity(const char *text, const struct unit *units, uint64_t *value_out)
{
    uint64_t value = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (at == text)
        return false;
    for (const struct unit *unit = units; unit->name != NULL; unit++) {
        if (strcmp(at, unit->name) != 0)
            continue;
        if (value > UINT64_MAX / unit->factor)
            return false;
        *value_out = value * unit->factor;
        return true;
    }
    return false;
}

static bool read_bounded(const struct config_option *option, const char *text,
    const struct unit *units, const char *kind, uint64_t *field, struct config_why *why)
{
    char least[QUANTITY_TEXT_MAX];
    char most[QUANTITY_TEXT_MAX];

    if (read_quantity(text, units, field) && *field >= option->least && *field <= option->most)
        return true;
    quantity_text(option->least, units, least);
    quantity_text(option->most, units, most);
    snprintf(why->text, sizeof why->text, "must be %s, from %s to %s", kind, least, most);
    return false;
}

static bool read_switch(const char *text, bool *field, struct config_why *why)
{
    static const char *const yes[] = {"yes", "true", "on"};
    static const char *const no[] = {"no", "false", "off"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *field = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    return refuse(why, "must be yes or no");
}

/* Finds the index of text among words such as "defer|may"; gives -1 if it is none of them. */
static int find_word(const char *words, const char *text)
{
    size_t len = strlen(text);
    int index = 0;
    for (;; index++) {
        size_t word_len = strcspn(words, "|");
        if (len == word_len && memcmp(words, text, len) == 0)
            return index;
        if (words[word_len] == '\0')
            return -1;
        words += word_len + 1;
    }
}

static bool read_word(
    const struct config_option *option, const char *text, void *field, struct config_why *why)
{
    int index = find_word(option->words, text);
    if (index < 0) {
        snprintf(why->text, sizeof why->text, "must be one of %s", option->words);
        return false;
    }
    memcpy(field, &index, sizeof index);
    return true;
}

/* Names of accounts as useradd(8) allows them, or numbers; nothing that could be taken for an
 * option. */
static bool read_account(
    const struct config_option *option, const char *text, char *field, struct config_why *why)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = strlen(text);

    memset(field, 0, CONFIG_USER_MAX + 1);
    if (len < option->least)
        return refuse(why, "must not be empty");
    if (len > CONFIG_USER_MAX || strspn(text, letters) != len || text[0] == '-')
        return refuse(why,
            "must be the name of an account: at most 32 letters, digits, '_', '.', '-', not "
            "beginning with '-'");
    memcpy(field, text, len);
    return true;
}

static bool read_path(
    const struct config_option *option, const char *text, char *field, struct config_why *why)
{
    size_t len = strlen(text);

    memset(field, 0, CONFIG_VALUE_MAX + 1);
    if (len > CONFIG_VALUE_MAX)
        return refuse(why, "must be a path of at most 1023 octets");
    if (len == 0 && option->least == 0)
        return true;
    if (text[0] != '/')
        return refuse(why, "must be a path that begins with \"/\", or \"\" for none");
    memcpy(field, text, len);
    return true;
}

static bool read_mode(
    const struct config_option *option, const char *text, unsigned *field, struct config_why *why)
{
    size_t len = strlen(text);
    unsigned mode = 0;

    /* The leading zero is wanted: 660 could be meant in decimal. */
    if (len != 4 || text[0] != '0' || strspn(text, "01234567") != len)
        return refuse(why, "must be permissions in octal, from 0000 to 0777, such as 0660");
    for (size_t i = 0; i < len; i++)
        mode = mode * 8 + (unsigned)(text[i] - '0');
    if (mode > option->most)
        return refuse(why, "must be permissions in octal, from 0000 to 0777, such as 0660");
    *field = mode;
    return true;
}

static bool check_count(const struct config_option *option, size_t count, struct config_why *why)
{
    if (count >= option->least && count <= option->most)
        return true;
    snprintf(why->text, sizeof why->text,
        "must be a list of %" PRIu64 " to %" PRIu64 " values, not %zu", option->least, option->most,
        count);
    return false;
}

static bool read_resolvers(const struct config_option *option, const char *const *values,
    size_t count, struct config_addresses *field, struct config_why *why)
{
    memset(field, 0, sizeof *field);
    if (!check_count(option, count, why))
        return false;
    for (size_t i = 0; i < count; i++) {
        why->index = i;
        if (!config_address_read_resolver(values[i], &field->items[i], why))
            return false;
        for (size_t j = 0; j < i; j++)
            if (config_address_equal(&field->items[i], &field->items[j]))
                return refuse(why, "is given twice");
        field->count++;
    }
    return true;
}

static bool read_domains(const struct config_option *option, const char *const *values,
    size_t count, struct config_domains *field, struct config_why *why)
{
    memset(field, 0, sizeof *field);
    if (!check_count(option, count, why))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct config_domain *domain = &field->items[i];
        struct dname name;
        why->index = i;
        size_t len = strlen(values[i]);
        if (len > CONFIG_VALUE_MAX || !dname_from_text(values[i], len, &name))
            return refuse(why, "is not a domain name");
        memcpy(domain->text, values[i], len);
        /* Octet by octet, so that what lies behind a short name stays zero. */
        domain->name.len = name.len;
        memcpy(domain->name.wire, name.wire, name.len);
        for (size_t j = 0; j < i; j++)
            if (dname_equal(&domain->name, &field->items[j].name))
                return refuse(why, "is given twice");
        field->count++;
    }
    return true;
}

bool config_value_read(const struct config_option *option, const char *const *values, size_t count,
    void *base, struct config_why *why_out)
{
    void *field = (char *)base + option->offset;

    why_out->index = CONFIG_WHOLE;
    if (option->type == CONFIG_RESOLVERS)
        return read_resolvers(option, values, count, field, why_out);
    if (option->type == CONFIG_DOMAINS)
        return read_domains(option, values, count, field, why_out);
    if (count != 1)
        return refuse(why_out, "must be one value, not a list");

    why_out->index = 0;
    switch (option->type) {
    case CONFIG_DURATION:
        return read_bounded(option, values[0], duration_units,
            "a time with its unit (ms, s, m, h, d)", field, why_out);
    case CONFIG_SIZE:
        return read_bounded(
            option, values[0], size_units, "a size (with unit K, M, G, T)", field, why_out);
    case CONFIG_SWITCH:
        return read_switch(values[0], field, why_out);
    case CONFIG_WORD:
        return read_word(option, values[0], field, why_out);
    case CONFIG_ACCOUNT:
        return read_account(option, values[0], field, why_out);
    case CONFIG_PATH:
        return read_path(option, values[0], field, why_out);
    case CONFIG_MODE:
        return read_mode(option, values[0], field, why_out);
    case CONFIG_SOCKET:
        return config_address_read_socket(values[0], field, why_out);
    case CONFIG_RESOLVERS:
    case CONFIG_DOMAINS:
        break;
    }
    return refuse(why_out, "cannot be read");
}

void config_quoted_print(const char *text, FILE *file)
{
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void print_word(const char *words, const void *field, FILE *file)
{
    int index;
    memcpy(&index, field, sizeof index);
    while (index-- > 0)
        words += strcspn(words, "|") + 1;
    fprintf(file, "%.*s", (int)strcspn(words, "|"), words);
}

static void print_quantity(const void *field, const struct unit *units, FILE *file)
{
    char text[QUANTITY_TEXT_MAX];
    uint64_t value;
    memcpy(&value, field, sizeof value);
    quantity_text(value, units, text);
    fputs(text, file);
}

static void print_resolvers(const struct config_addresses *addresses, FILE *file)
{
    for (size_t i = 0; i < addresses->count; i++) {
        fputs(i == 0 ? "{" : ", ", file);
        config_quoted_print(addresses->items[i].text, file);
    }
    fputs(addresses->count == 0 ? "{}" : "}", file);
}

static void print_domains(const struct config_domains *domains, FILE *file)
{
    for (size_t i = 0; i < domains->count; i++) {
        fputs(i == 0 ? "{" : ", ", file);
        config_quoted_print(domains->items[i].text, file);
    }
    fputs(domains->count == 0 ? "{}" : "}", file);
}

void config_value_print(const struct config_option *option, const void *base, FILE *file)
{
    const void *field = (const char *)base + option->offset;

    switch (option->type) {
    case CONFIG_DURATION:
        print_quantity(field, duration_units, file);
        break;
    case CONFIG_SIZE:
        print_quantity(field, size_units, file);
        break;
    case CONFIG_SWITCH:
        fputs(*(const bool *)field ? "yes" : "no", file);
        break;
    case CONFIG_WORD:
        print_word(option->words, field, file);
        break;
    case CONFIG_ACCOUNT:
    case CONFIG_PATH:
        config_quoted_print(field, file);
        break;
    case CONFIG_MODE:
        fprintf(file, "%04o", *(const unsigned *)field);
        break;
    case CONFIG_RESOLVERS:
        print_resolvers(field, file);
        break;
    case CONFIG_DOMAINS:
        print_domains(field, file);
        break;
    case CONFIG_SOCKET:
        config_quoted_print(((const struct config_address *)field)->text, file);
        break;
    }
}
