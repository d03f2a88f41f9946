/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * name_constraints.c - names of a certificate held against the constraints of a CA.
 */
#include "daemon/core/name_constraints.h"

#include <string.h>

#include "daemon/core/cert_dn.h"

#define SUBTREE_WORK 32 /* to read one constraint, or one name, and come to a comparison */

enum { IA5_STRING = 0x16, UNIVERSAL_STRING = 0x1c, BMP_STRING = 0x1e };

/* What one name and one constraint come to. */
enum match { MATCH, NO_MATCH, MATCH_UNSUPPORTED, MATCH_MALFORMED };

struct check {
    const struct certificate_extensions *constraints;
    unsigned *budget;
};

static uint8_t fold(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

static bool equals_folded(const uint8_t *a, const uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (fold(a[i]) != fold(b[i]))
            return false;
    return true;
}

static bool ends_folded(struct der_span text, struct der_span end)
{
    return text.len >= end.len && equals_folded(text.data + text.len - end.len, end.data, end.len);
}

/*
 * RFC 5280 4.2.1.10: "Any DNS name that can be constructed by simply adding zero or more labels to
 * the left-hand side of the name satisfies the name constraint." A constraint with a dot in front,
 * which the RFC does not give a meaning, takes only names below it, as in OpenSSL.
 */
static enum match match_dns(struct der_span name, struct der_span base)
{
    if (base.len == 0)
        return MATCH;
    if (!ends_folded(name, base))
        return NO_MATCH;
    if (name.len == base.len || base.data[0] == '.')
        return MATCH;
    return name.data[name.len - base.len - 1] == '.' ? MATCH : NO_MATCH;
}

static const uint8_t *last_at_sign(struct der_span text)
{
    return text.len == 0 ? NULL : memrchr(text.data, '@', text.len);
}

/*
 * RFC 5280 4.2.1.10: a constraint is one mailbox, all addresses at a host, or (with a dot in
 * front) all addresses within a domain.
 */
static enum match match_email(struct der_span name, struct der_span base)
{
    const uint8_t *at = last_at_sign(name);
    const uint8_t *base_at = last_at_sign(base);

    if (!at)
        return MATCH_MALFORMED;
    if (!base_at && base.len > 0 && base.data[0] == '.')
        return name.len > base.len && ends_folded(name, base) ? MATCH : NO_MATCH;
    if (base_at) {
        size_t local_len = (size_t)(base_at - base.data);
        /* RFC 5280 7.5: the local part is compared exactly. */
        if (local_len > 0 &&
            (local_len != (size_t)(at - name.data) || memcmp(base.data, name.data, local_len) != 0))
            return NO_MATCH;
        base.data += local_len + 1;
        base.len -= local_len + 1;
    }
    size_t host_len = name.len - (size_t)(at - name.data) - 1;
    return host_len == base.len && equals_folded(at + 1, base.data, host_len) ? MATCH : NO_MATCH;
}

/* RFC 5280 4.2.1.10: of a constraint the first half is the address, the second one the mask. */
static enum match match_ip(struct der_span name, struct der_span base)
{
    if ((name.len != 4 && name.len != 16) || (base.len != 8 && base.len != 32))
        return MATCH_MALFORMED;
    if (base.len != 2 * name.len)
        return NO_MATCH;
    const uint8_t *mask = base.data + name.len;
    for (size_t i = 0; i < name.len; i++)
        if (((name.data[i] ^ base.data[i]) & mask[i]) != 0)
            return NO_MATCH;
    return MATCH;
}

static enum match match_one(const struct general_name *name, const struct general_name *base)
{
    switch (name->kind) {
    case GENERAL_NAME_DNS:
        return match_dns(name->value, base->value);
    case GENERAL_NAME_EMAIL:
        return match_email(name->value, base->value);
    case GENERAL_NAME_IP:
        return match_ip(name->value, base->value);
    case GENERAL_NAME_DIRECTORY:
        return cert_dn_is_below(name->value, base->value) ? MATCH : NO_MATCH;
    case GENERAL_NAME_OTHER:
    case GENERAL_NAME_X400:
    case GENERAL_NAME_EDI:
    case GENERAL_NAME_URI:
    case GENERAL_NAME_REGISTERED_ID:
        break;
    }
    return MATCH_UNSUPPORTED;
}

/* Whether a constraint speaks of names of this kind. */
static bool applies(const struct general_name *name, const struct general_name *base)
{
    static const uint8_t utf8_mailbox[] = {0x2b, 6, 1, 5, 5, 7, 8, 9}; /* 1.3.6.1.5.5.7.8.9 */
    struct der_reader in_name;
    struct der_reader in_base;
    struct der_span name_type;
    struct der_span base_type;

    if (name->kind != GENERAL_NAME_OTHER)
        return name->kind == base->kind;
    der_reader_init(&in_name, name->value);
    der_read_oid(&in_name, &name_type);
    /* RFC 9598 6: rfc822Name constraints hold for mailbox names in UTF-8, too. */
    if (der_span_equal(name_type, (struct der_span){utf8_mailbox, sizeof utf8_mailbox}))
        return base->kind == GENERAL_NAME_EMAIL;
    if (base->kind != GENERAL_NAME_OTHER)
        return false;
    der_reader_init(&in_base, base->value);
    der_read_oid(&in_base, &base_type);
    return in_name.failed || in_base.failed || der_span_equal(name_type, base_type);
}

static bool spend(struct check *check, size_t units)
{
    bool is_enough = units <= *check->budget;

    *check->budget = is_enough ? *check->budget - (unsigned)units : 0;
    return is_enough;
}

/* What it can cost to say whether a constraint speaks of a name: of otherNames the OIDs are read,
 * which may be as long as the certificate. */
static size_t applying_work(const struct general_name *name, const struct general_name *base)
{
    if (name->kind != GENERAL_NAME_OTHER)
        return 0;
    return name->value.len + (base->kind == GENERAL_NAME_OTHER ? base->value.len : 0);
}

/* What comparing the two can cost. */
static size_t comparison_work(const struct general_name *name, const struct general_name *base)
{
    if (name->kind == GENERAL_NAME_DIRECTORY)
        return 4 * (name->value.len + base->value.len);
    if (name->kind == GENERAL_NAME_EMAIL) /* its "@" is looked for */
        return name->value.len + base->value.len;
    return base->value.len;
}

/*
 * Holds one name against a list of subtrees. Gives OK if none applies or one matches, and says in
 * *matched_out if one did; NOT_PERMITTED if some apply and none matches.
 */
static enum name_constraints_result check_list(
    struct check *check, struct der_span list, const struct general_name *name, bool *matched_out)
{
    struct der_reader subtrees;
    struct general_name base;
    bool has_bounds;
    bool any_applies = false;

    *matched_out = false;
    der_reader_init(&subtrees, list);
    while (certificate_next_subtree(&subtrees, &base, &has_bounds)) {
        if (!spend(check, SUBTREE_WORK + applying_work(name, &base)))
            return NAME_CONSTRAINTS_TOO_MUCH_WORK;
        if (!applies(name, &base))
            continue;
        /* RFC 5280 4.2.1.10: "minimum MUST be zero, and maximum MUST be absent". */
        if (has_bounds)
            return NAME_CONSTRAINTS_MALFORMED;
        any_applies = true;
        if (*matched_out)
            continue;
        if (!spend(check, comparison_work(name, &base)))
            return NAME_CONSTRAINTS_TOO_MUCH_WORK;
        switch (match_one(name, &base)) {
        case MATCH:
            *matched_out = true;
            break;
        case NO_MATCH:
            break;
        case MATCH_UNSUPPORTED:
            return NAME_CONSTRAINTS_UNSUPPORTED;
        case MATCH_MALFORMED:
            return NAME_CONSTRAINTS_MALFORMED;
        }
    }
    if (!der_finish(&subtrees))
        return NAME_CONSTRAINTS_MALFORMED;
    return any_applies && !*matched_out ? NAME_CONSTRAINTS_NOT_PERMITTED : NAME_CONSTRAINTS_OK;
}

static enum name_constraints_result check_name(struct check *check, const struct general_name *name)
{
    bool matched;

    if (!spend(check, SUBTREE_WORK))
        return NAME_CONSTRAINTS_TOO_MUCH_WORK;
    enum name_constraints_result result =
        check_list(check, check->constraints->permitted, name, &matched);
    if (result != NAME_CONSTRAINTS_OK)
        return result;
    result = check_list(check, check->constraints->excluded, name, &matched);
    if (matched)
        return NAME_CONSTRAINTS_EXCLUDED;
    return result == NAME_CONSTRAINTS_NOT_PERMITTED ? NAME_CONSTRAINTS_OK : result;
}

static bool is_alphanumeric(uint8_t octet)
{
    octet = fold(octet);
    return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '_';
}

/* Whether a common name could be taken for a host name: labels with dots between them. */
static bool is_like_host_name(struct der_span text)
{
    bool has_dot = false;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.data[i];
        if (is_alphanumeric(octet))
            continue;
        if (i == 0 || i + 1 == text.len || (octet != '-' && octet != '.'))
            return false;
        if (octet == '-')
            continue;
        if (text.data[i + 1] == '.' || text.data[i + 1] == '-' || text.data[i - 1] == '-')
            return false;
        has_dot = true;
    }
    return has_dot;
}

/* Holds a common name, if it could be a host name, against the constraints on dNSName. */
static enum name_constraints_result check_common_name(
    struct check *check, const struct der_element *value)
{
    uint8_t narrow[255]; /* no host name is longer */
    struct general_name name = {.kind = GENERAL_NAME_DNS, .value = value->content};
    size_t width = value->tag == BMP_STRING ? 2 : value->tag == UNIVERSAL_STRING ? 4 : 1;

    if (width > 1) {
        size_t len = value->content.len / width;
        if (value->content.len % width != 0 || len > sizeof narrow)
            return NAME_CONSTRAINTS_MALFORMED;
        for (size_t i = 0; i < len; i++) {
            const uint8_t *character = value->content.data + i * width;
            for (size_t high = 0; high + 1 < width; high++)
                if (character[high] != 0)
                    return NAME_CONSTRAINTS_OK; /* not ASCII, so no host name */
            narrow[i] = character[width - 1];
        }
        name.value = (struct der_span){narrow, len};
    }
    /* Some have a NUL at the end, which is harmless; one inside is a trick. */
    while (name.value.len > 0 && name.value.data[name.value.len - 1] == '\0')
        name.value.len--;
    if (name.value.len > 0 && memchr(name.value.data, '\0', name.value.len))
        return NAME_CONSTRAINTS_MALFORMED;
    if (!spend(check, name.value.len))
        return NAME_CONSTRAINTS_TOO_MUCH_WORK;
    return is_like_host_name(name.value) ? check_name(check, &name) : NAME_CONSTRAINTS_OK;
}

/*
 * RFC 5280 4.2.1.10: restrictions "apply to the subject distinguished name and apply to subject
 * alternative names", and those on rfc822Name to e-mail addresses in the subject.
 */
static enum name_constraints_result check_subject(
    struct check *check, const struct certificate *certificate, bool look_at_common_names)
{
    static const uint8_t email_address[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1};
    static const uint8_t common_name[] = {0x55, 4, 3};
    struct general_name name = {.kind = GENERAL_NAME_DIRECTORY, .value = certificate->subject};
    struct cert_dn_walk walk;
    struct der_span type;
    struct der_element value;

    if (cert_dn_is_empty(certificate->subject))
        return NAME_CONSTRAINTS_OK;
    enum name_constraints_result result = check_name(check, &name);
    name.kind = GENERAL_NAME_EMAIL;
    cert_dn_walk_init(&walk, certificate->subject);
    while (result == NAME_CONSTRAINTS_OK && cert_dn_walk_next(&walk, &type, &value)) {
        if (!spend(check, SUBTREE_WORK))
            return NAME_CONSTRAINTS_TOO_MUCH_WORK;
        if (der_span_equal(type, (struct der_span){email_address, sizeof email_address})) {
            if (value.tag != IA5_STRING)
                return NAME_CONSTRAINTS_MALFORMED;
            name.value = value.content;
            result = check_name(check, &name);
        } else if (look_at_common_names &&
                   der_span_equal(type, (struct der_span){common_name, sizeof common_name})) {
            result = check_common_name(check, &value);
        }
    }
    return result;
}

enum name_constraints_result name_constraints_check(const struct certificate *issuer,
    const struct certificate *certificate, bool is_leaf, unsigned *budget)
{
    struct check check = {.constraints = &issuer->extensions, .budget = budget};
    enum name_constraints_result result = NAME_CONSTRAINTS_OK;
    struct der_reader names;
    struct general_name name;
    bool has_dns_name = false;

    if (!issuer->extensions.has_name_constraints)
        return NAME_CONSTRAINTS_OK;
    der_reader_init(&names, certificate->extensions.subject_alt_name);
    while (result == NAME_CONSTRAINTS_OK && certificate_next_name(&names, &name)) {
        has_dns_name = has_dns_name || name.kind == GENERAL_NAME_DNS;
        result = check_name(&check, &name);
    }
    if (result != NAME_CONSTRAINTS_OK)
        return result;
    return check_subject(&check, certificate, is_leaf && !has_dns_name);
}

const char *name_constraints_text(enum name_constraints_result result)
{
    static const char *const texts[] = {
#define X(name, text) text,
        NAME_CONSTRAINTS_RESULTS(X)
#undef X
    };
    return texts[result];
}
