/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate_extensions.c - Names, GeneralNames, and the values of extensions (RFC 5280 4.2).
 */
#include "daemon/core/certificate_extensions.h"

#include <string.h>

bool certificate_is_name(struct der_span raw)
{
    struct der_reader reader;
    struct der_reader name;

    der_reader_init(&reader, raw);
    der_enter(&reader, DER_SEQUENCE, &name);
    while (!der_at_end(&name)) {
        struct der_reader rdn;
        der_enter(&name, DER_SET, &rdn);
        do {
            struct der_reader pair;
            struct der_span type;
            struct der_element value;
            der_enter(&rdn, DER_SEQUENCE, &pair);
            der_read_oid(&pair, &type);
            der_read_element(&pair, &value);
            if (!der_finish(&pair))
                return false;
        } while (!der_at_end(&rdn));
    }
    return der_finish(&name) && der_finish(&reader);
}

bool certificate_next_name(struct der_reader *names, struct general_name *name_out)
{
    /* RFC 5280 4.2.1.6: all are IMPLICIT but for directoryName, which is a CHOICE. */
    static const uint8_t tags[] = {0xa0, 0x81, 0x82, 0xa3, 0xa4, 0xa5, 0x86, 0x87, 0x88};
    struct der_element element;

    memset(name_out, 0, sizeof *name_out);
    if (der_at_end(names) || !der_read_element(names, &element))
        return false;
    unsigned kind = element.tag & 0x1fu;
    if (kind >= sizeof tags || tags[kind] != element.tag) {
        der_fail(names);
        return false;
    }
    name_out->kind = (enum general_name_kind)kind;
    name_out->value = element.content;
    return true;
}

/* Whether what is inside a name is well-formed. */
static bool is_sound(const struct general_name *name)
{
    if (name->kind == GENERAL_NAME_DIRECTORY)
        return certificate_is_name(name->value);
    return name->kind != GENERAL_NAME_REGISTERED_ID || der_is_oid(name->value);
}

bool certificate_next_subtree(
    struct der_reader *subtrees, struct general_name *base_out, bool *has_bounds_out)
{
    struct der_reader subtree;
    struct der_span minimum;
    struct der_span maximum;

    memset(base_out, 0, sizeof *base_out);
    *has_bounds_out = false;
    if (der_at_end(subtrees) || !der_enter(subtrees, DER_SEQUENCE, &subtree))
        return false;
    bool ok = certificate_next_name(&subtree, base_out);
    der_read_optional(&subtree, DER_CONTEXT(0), &minimum);
    der_read_optional(&subtree, DER_CONTEXT(1), &maximum);
    if (!ok || !der_finish(&subtree) || (minimum.data != NULL && !der_is_integer(minimum)) ||
        (maximum.data != NULL && !der_is_integer(maximum))) {
        der_fail(subtrees);
        return false;
    }
    bool minimum_is_zero = minimum.data == NULL || (minimum.len == 1 && minimum.data[0] == 0);
    *has_bounds_out = !minimum_is_zero || maximum.data != NULL;
    return true;
}

static bool is_general_names(struct der_span content)
{
    struct der_reader names;
    struct general_name name;

    der_reader_init(&names, content);
    while (certificate_next_name(&names, &name))
        if (!is_sound(&name))
            return false;
    return der_finish(&names);
}

static bool is_subtrees(struct der_span content)
{
    struct der_reader subtrees;
    struct general_name base;
    bool has_bounds;

    der_reader_init(&subtrees, content);
    while (certificate_next_subtree(&subtrees, &base, &has_bounds))
        if (!is_sound(&base))
            return false;
    return der_finish(&subtrees);
}

/*
 * The readers of one extension's value. Each returns false if the value is malformed, or anything
 * follows it.
 */
static bool read_basic_constraints(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_reader constraints;
    struct der_span path_len;

    der_enter(value, DER_SEQUENCE, &constraints);
    if (der_peek_tag(&constraints) == DER_BOOLEAN)
        der_read_boolean(&constraints, &out->is_ca);
    der_read_optional(&constraints, DER_INTEGER, &path_len);
    out->has_basic_constraints = true;
    out->has_path_len = path_len.data != NULL;
    if (!der_finish(&constraints))
        return false;
    return !out->has_path_len || der_integer_to_uint32(path_len, &out->path_len);
}

static bool read_key_usage(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_span bits;
    uint8_t unused;
    uint8_t octets[2] = {0, 0};

    if (!der_read_bit_string(value, &bits, &unused))
        return false;
    for (size_t i = 0; i < bits.len && i < sizeof octets; i++)
        octets[i] = bits.data[i];
    /* DER wants the unused bits to be zero; where they are not, they still mean nothing. */
    if (bits.len >= 1 && bits.len <= sizeof octets)
        octets[bits.len - 1] = (uint8_t)(octets[bits.len - 1] & (0xffu << unused));
    out->has_key_usage = true;
    out->key_usage = (uint16_t)(octets[0] | octets[1] << 8);
    /* RFC 5280 4.2.1.3: "When the keyUsage extension appears in a certificate, at least one of the
     * bits MUST be set to 1." */
    return out->key_usage != 0;
}

static bool is_oid(struct der_span oid, const void *octets, size_t len)
{
    return der_span_equal(oid, (struct der_span){octets, len});
}

#define SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"           /* 1.3.6.1.5.5.7.3.1 */
#define ANY_USAGE "\x55\x1d\x25\x00"                             /* 2.5.29.37.0 */
#define MICROSOFT_SGC "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03" /* 1.3.6.1.4.1.311.10.3.3 */
#define NETSCAPE_SGC "\x60\x86\x48\x01\x86\xf8\x42\x04\x01"      /* 2.16.840.1.113730.4.1 */
#define IS_OID(oid, octets) is_oid(oid, octets, sizeof(octets) - 1)

static bool read_extended_key_usage(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_reader usages;

    der_enter(value, DER_SEQUENCE, &usages);
    out->has_extended_key_usage = true;
    while (!der_at_end(&usages)) {
        struct der_span oid;
        if (!der_read_oid(&usages, &oid))
            return false;
        if (IS_OID(oid, SERVER_AUTH))
            out->allows_server_auth = true;
        else if (IS_OID(oid, ANY_USAGE))
            out->allows_any = true;
        else if (IS_OID(oid, MICROSOFT_SGC) || IS_OID(oid, NETSCAPE_SGC))
            out->allows_sgc = true;
    }
    return der_finish(&usages);
}

static bool read_subject_alt_name(struct der_reader *value, struct certificate_extensions *out)
{
    out->has_subject_alt_name = der_read(value, DER_SEQUENCE, &out->subject_alt_name);
    return out->has_subject_alt_name && is_general_names(out->subject_alt_name);
}

static bool read_name_constraints(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_reader constraints;

    der_enter(value, DER_SEQUENCE, &constraints);
    der_read_optional(&constraints, DER_CONTEXT_CONSTRUCTED(0), &out->permitted);
    der_read_optional(&constraints, DER_CONTEXT_CONSTRUCTED(1), &out->excluded);
    out->has_name_constraints = true;
    return der_finish(&constraints) && is_subtrees(out->permitted) && is_subtrees(out->excluded);
}

static bool read_subject_key_id(struct der_reader *value, struct certificate_extensions *out)
{
    out->has_subject_key_id = der_read(value, DER_OCTET_STRING, &out->subject_key_id);
    return out->has_subject_key_id;
}

static bool read_authority_key_id(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_reader authority;

    der_enter(value, DER_SEQUENCE, &authority);
    der_read_optional(&authority, DER_CONTEXT(0), &out->authority_key_id);
    der_read_optional(&authority, DER_CONTEXT_CONSTRUCTED(1), &out->authority_issuer);
    der_read_optional(&authority, DER_CONTEXT(2), &out->authority_serial);
    if (!der_finish(&authority) || !is_general_names(out->authority_issuer))
        return false;
    return out->authority_serial.data == NULL || der_is_integer(out->authority_serial);
}

static bool read_netscape_type(struct der_reader *value, struct certificate_extensions *out)
{
    struct der_span bits;
    uint8_t unused;

    if (!der_read_bit_string(value, &bits, &unused))
        return false;
    out->has_netscape_type = true;
    if (bits.len == 1)
        out->netscape_type = (uint8_t)(bits.data[0] & (0xffu << unused));
    else if (bits.len > 1)
        out->netscape_type = bits.data[0];
    return true;
}

static bool refuse_proxy(struct der_reader *value, struct certificate_extensions *out)
{
    (void)value;
    (void)out;
    return false;
}

/*
 * The extensions that are known: how their values are read (NULL: not at all), and with which
 * status that fails. One that is not critical_known is "unknown" if it is critical; as in OpenSSL's
 * X509_supported_extension that holds for the key identifiers, which RFC 5280 wants never critical.
 * OpenSSL ignores the policy extensions unless told to check policies, and so do we.
 */
struct known_extension {
    uint8_t oid_len;
    uint8_t oid[9];
    bool critical_known;
    enum certificate_status on_failure;
    bool (*read)(struct der_reader *value, struct certificate_extensions *out);
};
/* clang-format off */
static const struct known_extension known_extensions[] = {
    {3, {0x55, 0x1d, 14}, false, CERTIFICATE_SUBJECT_KEY_ID, read_subject_key_id},
    {3, {0x55, 0x1d, 15}, true, CERTIFICATE_KEY_USAGE, read_key_usage},
    {3, {0x55, 0x1d, 17}, true, CERTIFICATE_SUBJECT_ALT_NAME, read_subject_alt_name},
    {3, {0x55, 0x1d, 19}, true, CERTIFICATE_BASIC_CONSTRAINTS, read_basic_constraints},
    {3, {0x55, 0x1d, 30}, true, CERTIFICATE_NAME_CONSTRAINTS, read_name_constraints},
    {3, {0x55, 0x1d, 31}, true, CERTIFICATE_OK, NULL}, /* cRLDistributionPoints */
    {3, {0x55, 0x1d, 32}, true, CERTIFICATE_OK, NULL}, /* certificatePolicies */
    {3, {0x55, 0x1d, 33}, true, CERTIFICATE_OK, NULL}, /* policyMappings */
    {3, {0x55, 0x1d, 35}, false, CERTIFICATE_AUTHORITY_KEY_ID, read_authority_key_id},
    {3, {0x55, 0x1d, 36}, true, CERTIFICATE_OK, NULL}, /* policyConstraints */
    {3, {0x55, 0x1d, 37}, true, CERTIFICATE_EXTENDED_KEY_USAGE, read_extended_key_usage},
    {3, {0x55, 0x1d, 54}, true, CERTIFICATE_OK, NULL}, /* inhibitAnyPolicy */
    {9, {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5}, true, CERTIFICATE_OK, NULL}, /* OCSP noCheck */
    {8, {0x2b, 6, 1, 5, 5, 7, 1, 14}, true, CERTIFICATE_PROXY, refuse_proxy},
    {9, {0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1}, true, CERTIFICATE_NETSCAPE_TYPE,
        read_netscape_type},
};
/* clang-format on */

static const struct known_extension *find_known(struct der_span oid)
{
    for (size_t i = 0; i < sizeof known_extensions / sizeof known_extensions[0]; i++)
        if (is_oid(oid, known_extensions[i].oid, known_extensions[i].oid_len))
            return &known_extensions[i];
    return NULL;
}

struct extension {
    struct der_span oid;
    bool is_critical;
    struct der_span value;
};

static bool read_extension(struct der_reader *list, struct extension *out)
{
    struct der_reader extension;

    memset(out, 0, sizeof *out);
    der_enter(list, DER_SEQUENCE, &extension);
    der_read_oid(&extension, &out->oid);
    /* critical is DEFAULT FALSE, which DER leaves out; an explicit FALSE exists and is harmless. */
    if (der_peek_tag(&extension) == DER_BOOLEAN)
        der_read_boolean(&extension, &out->is_critical);
    der_read(&extension, DER_OCTET_STRING, &out->value);
    return der_finish(&extension);
}

bool certificate_is_extension_list(struct der_span list)
{
    struct der_reader reader;
    struct extension extension;

    der_reader_init(&reader, list);
    while (!der_at_end(&reader))
        if (!read_extension(&reader, &extension))
            return false;
    return der_finish(&reader);
}

static enum certificate_status take_extension(
    const struct extension *extension, struct certificate_extensions *out)
{
    const struct known_extension *known = find_known(extension->oid);

    if (extension->is_critical && (known == NULL || !known->critical_known) &&
        !out->has_unknown_critical) {
        out->has_unknown_critical = true;
        out->unknown_critical = extension->oid;
    }
    if (known == NULL || known->read == NULL)
        return CERTIFICATE_OK;
    struct der_reader value;
    der_reader_init(&value, extension->value);
    if (!known->read(&value, out) || !der_finish(&value))
        return known->on_failure;
    return CERTIFICATE_OK;
}

enum certificate_status certificate_read_extensions(
    struct der_span list, struct certificate_extensions *extensions_out)
{
    struct der_reader reader;
    struct der_span seen[CERTIFICATE_EXTENSIONS_MAX];
    size_t seen_count = 0;
    struct extension extension;

    memset(extensions_out, 0, sizeof *extensions_out);
    der_reader_init(&reader, list);
    while (!der_at_end(&reader)) {
        read_extension(&reader, &extension);
        if (seen_count == CERTIFICATE_EXTENSIONS_MAX)
            return CERTIFICATE_TOO_MANY_EXTENSIONS;
        /* RFC 5280 4.2: "A certificate MUST NOT include more than one instance of a particular
         * extension." */
        for (size_t i = 0; i < seen_count; i++)
            if (der_span_equal(seen[i], extension.oid))
                return CERTIFICATE_DUPLICATE_EXTENSION;
        seen[seen_count++] = extension.oid;
        enum certificate_status status = take_extension(&extension, extensions_out);
        if (status != CERTIFICATE_OK)
            return status;
    }
    return CERTIFICATE_OK;
}
