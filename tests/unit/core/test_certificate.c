/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_certificate.c - daemon/core/certificate: what openssl(1) made is read as openssl(1) says,
 * and every way to be malformed is refused by its name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/certificate.h"
#include "tests/unit/core/build_der.h"
#include "tests/unit/core/certificate_fixtures.h"

/* A small sound certificate in parts, of which a test replaces some; hexadecimal text. */
struct parts {
    const char *version;
    const char *serial;
    const char *inner_algorithm;
    const char *issuer;
    const char *validity;
    const char *subject;
    const char *key;
    const char *unique_ids;
    const char *extensions; /* the content of the SEQUENCE; NULL: there is no [3] */
    const char *tail;       /* behind the extensions */
    const char *algorithm;
    const char *signature;
};

#define NAME "300d 310b 3009 0603550403 0c026162"
#define OTHER_NAME "300d 310b 3009 0603550403 0c026364"
#define DATES "301e 170d3234303232393132333435365a 170d3439313233313233353935395a"
#define KEY "300c 3005 06032b6570 0303 00aabb"
#define ALGORITHM "3005 06032b6570"

static const struct parts sound = {
    .version = "a003 020102",
    .serial = "020105",
    .inner_algorithm = ALGORITHM,
    .issuer = NAME,
    .validity = DATES,
    .subject = OTHER_NAME,
    .key = KEY,
    .unique_ids = "",
    .extensions = NULL,
    .tail = "",
    .algorithm = ALGORITHM,
    .signature = "0303 00ccdd",
};

static struct build assemble(const struct parts *parts)
{
    struct build all = {.len = 0};
    struct build extensions = {.len = 0};

    build_hex(&all, parts->version);
    build_hex(&all, parts->serial);
    build_hex(&all, parts->inner_algorithm);
    build_hex(&all, parts->issuer);
    build_hex(&all, parts->validity);
    build_hex(&all, parts->subject);
    build_hex(&all, parts->key);
    build_hex(&all, parts->unique_ids);
    if (parts->extensions) {
        build_hex(&extensions, parts->extensions);
        build_wrap(&extensions, DER_SEQUENCE);
        build_element(&all, DER_CONTEXT_CONSTRUCTED(3), &extensions);
    }
    build_hex(&all, parts->tail);
    build_wrap(&all, DER_SEQUENCE);
    build_hex(&all, parts->algorithm);
    build_hex(&all, parts->signature);
    build_wrap(&all, DER_SEQUENCE);
    return all;
}

static enum certificate_status status_of(const struct parts *parts)
{
    struct build built = assemble(parts);
    struct certificate certificate;
    return certificate_parse(build_span(&built), &certificate);
}

/* The status of the sound certificate with these extensions, and what was read of them. */
static enum certificate_status with_extensions(
    const char *extensions, struct certificate_extensions *extensions_out)
{
    struct parts parts = sound;
    struct certificate certificate;

    parts.extensions = extensions;
    struct build built = assemble(&parts);
    enum certificate_status status = certificate_parse(build_span(&built), &certificate);
    *extensions_out = certificate.extensions; /* numbers and flags only: the octets go away */
    return status;
}

static struct der_span span_of(const void *octets, size_t len)
{
    return (struct der_span){octets, len};
}

static bool span_is(struct der_span span, const char *hex)
{
    struct build built = {.len = 0};
    build_hex(&built, hex);
    return der_span_equal(span, build_span(&built));
}

#define PARSE(name, out) certificate_parse(span_of(name, sizeof name), out)

static void the_fields_of_a_small_certificate_are_found(void **state)
{
    struct build built = assemble(&sound);
    struct certificate c;

    (void)state;
    assert_int_equal(certificate_parse(build_span(&built), &c), CERTIFICATE_OK);
    assert_int_equal(c.version, 2);
    assert_true(span_is(c.serial, "05"));
    assert_true(span_is(c.issuer, NAME));
    assert_true(span_is(c.subject, OTHER_NAME));
    assert_true(span_is(c.signature_algorithm.oid, "2b6570"));
    assert_null(c.signature_algorithm.parameters.data);
    assert_true(span_is(c.signature, "ccdd"));
    assert_true(span_is(c.key.spki, KEY));
    assert_true(span_is(c.key.algorithm.oid, "2b6570"));
    assert_true(span_is(c.key.bits, "aabb"));
    assert_int_equal(c.not_before, 1709210096);
    assert_int_equal(c.not_after, 2524607999);
    assert_ptr_equal(c.der.data, built.octets);
    assert_int_equal(c.der.len, built.len);
    assert_ptr_equal(c.tbs.data, built.octets + 2);
}

static void keys_and_dates_are_those_that_openssl_says(void **state)
{
    struct certificate c;

    (void)state;
#define CHECK(name)                                                                    \
    assert_int_equal(PARSE(name##_certificate, &c), CERTIFICATE_OK);                   \
    assert_true(der_span_equal(c.key.spki, span_of(name##_spki, sizeof name##_spki))); \
    assert_int_equal(c.not_before, name##_startdate);                                  \
    assert_int_equal(c.not_after, name##_enddate)
    CHECK(ca);
    CHECK(leaf);
    CHECK(v1);
    CHECK(rsa);
#undef CHECK
    assert_true(span_is(c.signature_algorithm.parameters, "0500"));
    assert_true(span_is(c.key.algorithm.parameters, "0500"));
    assert_int_equal(c.signature.len, 128);
}

static void a_version_1_certificate_has_no_extensions(void **state)
{
    struct certificate c;

    (void)state;
    assert_int_equal(PARSE(v1_certificate, &c), CERTIFICATE_OK);
    assert_int_equal(c.version, 0);
    assert_true(span_is(c.serial, "00"));
    assert_false(c.extensions.has_basic_constraints);
    assert_true(der_span_equal(c.issuer, c.subject));
}

static void a_ca_has_its_extensions_read(void **state)
{
    struct certificate c;
    struct der_reader reader;
    struct general_name name;
    bool has_bounds;

    (void)state;
    assert_int_equal(PARSE(ca_certificate, &c), CERTIFICATE_OK);
    const struct certificate_extensions *e = &c.extensions;
    assert_true(e->has_basic_constraints && e->is_ca && e->has_path_len);
    assert_int_equal(e->path_len, 1);
    assert_true(e->has_key_usage);
    assert_int_equal(e->key_usage, KEY_USAGE_CERT_SIGN | 0x02);
    assert_false(e->has_extended_key_usage);
    assert_int_equal(e->netscape_type, NETSCAPE_TYPE_SSL_CA);
    assert_int_equal(e->subject_key_id.len, 20);
    assert_true(der_span_equal(e->subject_key_id, e->authority_key_id));
    assert_true(der_span_equal(e->authority_serial, c.serial));
    der_reader_init(&reader, e->authority_issuer);
    assert_true(certificate_next_name(&reader, &name));
    assert_int_equal(name.kind, GENERAL_NAME_DIRECTORY);
    assert_true(der_span_equal(name.value, c.issuer));
    assert_false(e->has_unknown_critical);

    assert_true(e->has_name_constraints);
    der_reader_init(&reader, e->permitted);
    assert_true(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_int_equal(name.kind, GENERAL_NAME_DNS);
    assert_true(der_span_equal(name.value, span_of("example.com", 11)));
    assert_false(has_bounds);
    assert_true(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_int_equal(name.kind, GENERAL_NAME_EMAIL);
    assert_false(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_true(der_finish(&reader));
    der_reader_init(&reader, e->excluded);
    assert_true(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_int_equal(name.kind, GENERAL_NAME_IP);
    assert_true(span_is(name.value, "0a000000 ff000000"));
    assert_true(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_int_equal(name.kind, GENERAL_NAME_DIRECTORY);
    assert_false(certificate_next_subtree(&reader, &name, &has_bounds));
}

static void a_leaf_has_its_extensions_read(void **state)
{
    static const enum general_name_kind kinds[] = {GENERAL_NAME_DNS, GENERAL_NAME_DNS,
        GENERAL_NAME_IP, GENERAL_NAME_EMAIL, GENERAL_NAME_URI, GENERAL_NAME_REGISTERED_ID,
        GENERAL_NAME_DIRECTORY, GENERAL_NAME_OTHER};
    struct certificate c;
    struct der_reader reader;
    struct general_name name;

    (void)state;
    assert_int_equal(PARSE(leaf_certificate, &c), CERTIFICATE_OK);
    const struct certificate_extensions *e = &c.extensions;
    assert_true(span_is(c.serial, "fb")); /* -5: refused by some, taken by OpenSSL */
    assert_true(e->has_basic_constraints);
    assert_false(e->is_ca || e->has_path_len);
    assert_int_equal(e->key_usage, KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT);
    assert_true(e->has_extended_key_usage && e->allows_server_auth);
    assert_false(e->allows_any || e->allows_sgc || e->has_netscape_type);
    assert_false(e->has_name_constraints || e->has_unknown_critical);
    der_reader_init(&reader, e->subject_alt_name);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_true(certificate_next_name(&reader, &name));
        assert_int_equal(name.kind, kinds[i]);
        if (i == 1)
            assert_true(der_span_equal(name.value, span_of("*.mail.example.com", 18)));
    }
    assert_false(certificate_next_name(&reader, &name));
    assert_true(der_finish(&reader));
}

static void a_walk_does_not_read_the_inside_of_names_again(void **state)
{
    /* A directoryName and a registeredID that are malformed inside: certificate_parse refuses them.
     * A walk would read thousands of names once for each constraint. */
    static const uint8_t names[] = {0xa4, 0x03, 0x30, 0x01, 0xff, 0x88, 0x01, 0x80};
    static const uint8_t subtrees[] = {0x30, 0x05, 0xa4, 0x03, 0x30, 0x01, 0xff};
    struct der_reader reader;
    struct general_name name;
    bool has_bounds;

    (void)state;
    der_reader_init(&reader, (struct der_span){names, sizeof names});
    assert_true(certificate_next_name(&reader, &name));
    assert_int_equal(name.kind, GENERAL_NAME_DIRECTORY);
    assert_true(certificate_next_name(&reader, &name));
    assert_int_equal(name.kind, GENERAL_NAME_REGISTERED_ID);
    assert_true(der_finish(&reader));
    der_reader_init(&reader, (struct der_span){subtrees, sizeof subtrees});
    assert_true(certificate_next_subtree(&reader, &name, &has_bounds));
    assert_true(der_finish(&reader));
}

static void every_cut_and_every_longer_form_is_refused(void **state)
{
    struct certificate c;
    struct build longer = {.len = 0};

    (void)state;
    /* Each length gets an allocation of its own, so that a sanitizer sees an octet too much. */
    for (size_t len = 0; len < sizeof ca_certificate; len++) {
        uint8_t *cut = malloc(len + (len == 0));
        assert_non_null(cut);
        memcpy(cut, ca_certificate, len);
        assert_int_equal(certificate_parse(span_of(cut, len), &c), CERTIFICATE_FRAME);
        assert_false(certificate_frame(span_of(cut, len)));
        struct der_span spki;
        assert_false(certificate_find_spki(span_of(cut, len), &spki));
        free(cut);
    }
    build_put(&longer, ca_certificate, sizeof ca_certificate);
    build_hex(&longer, "00");
    assert_int_equal(certificate_parse(build_span(&longer), &c), CERTIFICATE_FRAME);
    assert_false(certificate_frame(build_span(&longer)));
}

static void each_malformed_part_is_refused_by_its_name(void **state)
{
#define ROW(part, text, expected)                                  \
    {                                                              \
        offsetof(struct parts, part), text, CERTIFICATE_##expected \
    }
    static const struct {
        size_t part;
        const char *text;
        enum certificate_status expected;
    } rows[] = {
        ROW(version, "a003 020102", OK),
        ROW(version, "", OK),
        ROW(version, "a003 020100", OK), /* the DEFAULT, written out */
        ROW(version, "a003 020103", VERSION),
        ROW(version, "a003 0201ff", VERSION),
        ROW(version, "a004 02020002", BAD_VERSION),
        ROW(version, "a005 020102 0500", BAD_VERSION),
        ROW(version, "a000", BAD_VERSION),
        ROW(serial, "", BAD_SERIAL),
        ROW(serial, "0200", BAD_SERIAL),
        ROW(serial, "02020005", BAD_SERIAL),
        ROW(serial, "0201fb", OK),
        ROW(inner_algorithm, "3000", BAD_ALGORITHM),
        ROW(inner_algorithm, "3004 06022b80", BAD_ALGORITHM),
        ROW(inner_algorithm, "3009 06032b6570 0500 0500", BAD_ALGORITHM),
        ROW(inner_algorithm, "3007 06032b6570 0500", ALGORITHM_MISMATCH),
        ROW(inner_algorithm, "3005 06032b6571", ALGORITHM_MISMATCH),
        ROW(algorithm, "3000", BAD_ALGORITHM),
        ROW(algorithm, "3005 06032b6571", ALGORITHM_MISMATCH),
        ROW(issuer, "3000", OK),
        ROW(issuer, "3100", BAD_ISSUER),
        ROW(issuer, "3002 3100", BAD_ISSUER),
        ROW(issuer, "3009 3107 3005 0603550403", BAD_ISSUER),
        ROW(issuer, "300f 310d 300b 0603550403 0c026162 0500", BAD_ISSUER),
        ROW(subject, "3000", OK),
        ROW(subject, "300f 310b 3009 0603550403 0c026364 0500", BAD_SUBJECT),
        ROW(validity, "300f 170d3234303232393132333435365a", BAD_VALIDITY),
        ROW(validity, "3000", BAD_VALIDITY),
        ROW(validity, "301e 0c0d3234303232393132333435365a 170d3439313233313233353935395a",
            BAD_VALIDITY),
        ROW(validity, "301e 170d3234303233303132333435365a 170d3439313233313233353935395a",
            NOT_BEFORE),
        ROW(validity, "301e 170d3234303232393132333435365a 170d343931323331323335393539ff",
            NOT_AFTER),
        ROW(key, "", BAD_KEY),
        ROW(key, "300c 3005 06032b6570 0303 01aabb", BAD_KEY),
        ROW(key, "300e 3005 06032b6570 0303 00aabb 0500", BAD_KEY),
        ROW(key, "300c 3005 02032b6570 0303 00aabb", BAD_KEY),
        ROW(unique_ids, "8102 00aa 8202 00bb", OK),
        ROW(unique_ids, "8202 00aa 8102 00bb", BAD_TAIL),
        ROW(tail, "0500", BAD_TAIL),
        ROW(tail, "a300", BAD_EXTENSIONS),
        ROW(tail, "a304 3002 3000", BAD_EXTENSIONS),
        ROW(tail, "a304 3000 3000", BAD_EXTENSIONS),
        ROW(signature, "0303 08ccdd", BAD_SIGNATURE),
        ROW(signature, "0303 01ccdd", SIGNATURE_BITS),
        ROW(signature, "", FRAME),
        ROW(signature, "0403 00ccdd", FRAME),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct parts parts = sound;
        memcpy((char *)&parts + rows[i].part, &rows[i].text, sizeof rows[i].text);
        enum certificate_status status = status_of(&parts);
        if (status != rows[i].expected)
            print_error("row %zu: %s\n", i, certificate_status_text(status));
        assert_int_equal(status, rows[i].expected);
    }
}

static void each_malformed_extension_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *extension;
        enum certificate_status expected;
    } rows[] = {
        {"3009 0603551d13 0402 3000", CERTIFICATE_OK},
        {"300c 0603551d13 0405 3003 010100", CERTIFICATE_OK}, /* the DEFAULT, written out */
        {"300c 0603551d13 0405 3003 020103", CERTIFICATE_OK}, /* pathLen although no CA */
        {"300c 0603551d13 0405 3003 0201ff", CERTIFICATE_BASIC_CONSTRAINTS},
        {"300b 0603551d13 0404 3000 0500", CERTIFICATE_BASIC_CONSTRAINTS},
        {"300c 0603551d13 0405 3003 0101ff", CERTIFICATE_OK},
        {"3007 0603551d13 0400", CERTIFICATE_BASIC_CONSTRAINTS},
        {"300b 0603551d0f 0404 03020780", CERTIFICATE_OK},
        {"300b 0603551d0f 0404 030200ff", CERTIFICATE_OK},
        {"300a 0603551d0f 0403 030100", CERTIFICATE_KEY_USAGE},
        {"300b 0603551d0f 0404 03020700", CERTIFICATE_KEY_USAGE},
        {"300b 0603551d0f 0404 0302077f", CERTIFICATE_KEY_USAGE}, /* only unused bits are set */
        {"3009 0603551d25 0402 3000", CERTIFICATE_OK},
        {"300b 0603551d25 0404 3002 0500", CERTIFICATE_EXTENDED_KEY_USAGE},
        {"3009 0603551d11 0402 3000", CERTIFICATE_OK},
        {"300b 0603551d11 0404 3002 8200", CERTIFICATE_OK},
        {"300b 0603551d11 0404 3002 8900", CERTIFICATE_SUBJECT_ALT_NAME},
        {"300b 0603551d11 0404 3002 a200", CERTIFICATE_SUBJECT_ALT_NAME},
        {"300b 0603551d11 0404 3002 0200", CERTIFICATE_SUBJECT_ALT_NAME},
        {"300b 0603551d11 0404 3002 a400", CERTIFICATE_SUBJECT_ALT_NAME},
        {"300b 0603551d11 0404 3002 8800", CERTIFICATE_SUBJECT_ALT_NAME},
        {"300b 0603551d11 0404 3002 8201", CERTIFICATE_SUBJECT_ALT_NAME},
        {"3009 0603551d1e 0402 3000", CERTIFICATE_OK},
        {"300b 0603551d1e 0404 3002 a000", CERTIFICATE_OK},
        {"300f 0603551d1e 0408 3006 a004 3002 8900", CERTIFICATE_NAME_CONSTRAINTS},
        {"300d 0603551d1e 0406 3004 a100 a000", CERTIFICATE_NAME_CONSTRAINTS},
        {"300d 0603551d1e 0406 3004 a002 3000", CERTIFICATE_NAME_CONSTRAINTS},
        {"300a 0603551d0e 0403 0401aa", CERTIFICATE_OK},
        {"300a 0603551d0e 0403 0301aa", CERTIFICATE_SUBJECT_KEY_ID},
        {"3009 0603551d23 0402 3000", CERTIFICATE_OK},
        {"300c 0603551d23 0405 3003 8001aa", CERTIFICATE_OK},
        {"300c 0603551d23 0405 3003 8301aa", CERTIFICATE_AUTHORITY_KEY_ID},
        {"300b 0603551d23 0404 3002 8200", CERTIFICATE_AUTHORITY_KEY_ID},
        {"3010 0609608648 0186f8420101 0403 030100", CERTIFICATE_OK},
        {"300f 0609608648 0186f8420101 0402 0500", CERTIFICATE_NETSCAPE_TYPE},
        {"300e 06082b0601050507010e 0402 3000", CERTIFICATE_PROXY},
        {"3009 0603551d20 0402 ffff", CERTIFICATE_OK}, /* policies are not looked into */
        {"300c 0603551d20 0101ff 0402 ffff", CERTIFICATE_OK},
    };
    struct certificate_extensions extensions;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum certificate_status status = with_extensions(rows[i].extension, &extensions);
        if (status != rows[i].expected)
            print_error("row %zu: %s\n", i, certificate_status_text(status));
        assert_int_equal(status, rows[i].expected);
        assert_true(certificate_has_structure(status));
        assert_false(extensions.has_unknown_critical);
    }
}

static void bits_of_key_usage_keep_their_places(void **state)
{
    struct certificate_extensions e;

    (void)state;
    assert_int_equal(with_extensions("300c 0603551d0f 0405 0303 07 0880", &e), CERTIFICATE_OK);
    assert_int_equal(e.key_usage, 0x8008); /* keyAgreement, decipherOnly */
    assert_int_equal(with_extensions("300b 0603551d0f 0404 030202ff", &e), CERTIFICATE_OK);
    assert_int_equal(e.key_usage, 0xfc); /* the two last bits are not in use */
}

static void a_path_length_over_all_bounds_is_the_greatest_number(void **state)
{
    struct certificate_extensions e;

    (void)state;
    assert_int_equal(
        with_extensions("3014 0603551d13 040d 300b 0101ff 0206 0fffffffffff", &e), CERTIFICATE_OK);
    assert_true(e.is_ca && e.has_path_len);
    assert_int_equal(e.path_len, UINT32_MAX);
}

static void usages_of_the_key_are_told_apart(void **state)
{
    struct certificate_extensions e;

    (void)state;
    assert_int_equal(with_extensions("300f 0603551d25 0408 3006 0604551d2500", &e), CERTIFICATE_OK);
    assert_true(e.has_extended_key_usage && e.allows_any);
    assert_false(e.allows_server_auth || e.allows_sgc);
    assert_int_equal(
        with_extensions("3015 0603551d25 040e 300c 060a2b0601040182370a0303", &e), CERTIFICATE_OK);
    assert_true(e.allows_sgc);
    assert_false(e.allows_server_auth || e.allows_any);
    assert_int_equal(
        with_extensions("3014 0603551d25 040d 300b 0609608648 0186f8420401", &e), CERTIFICATE_OK);
    assert_true(e.allows_sgc);
}

static void the_first_unknown_critical_extension_is_named(void **state)
{
    struct parts parts = sound;
    struct certificate c;

    (void)state;
    /* One that is not critical, one that is, another that is. */
    parts.extensions = "3008 06022a03 0402 0500  300b 06022a04 0101ff 0402 0500 "
                       "300b 06022a05 0101ff 0402 0500";
    struct build built = assemble(&parts);
    assert_int_equal(certificate_parse(build_span(&built), &c), CERTIFICATE_OK);
    assert_true(c.extensions.has_unknown_critical);
    assert_true(span_is(c.extensions.unknown_critical, "2a04"));
    /* OpenSSL does not count a critical subjectKeyIdentifier among those that it handles. */
    parts.extensions = "300d 0603551d0e 0101ff 0403 0401aa";
    built = assemble(&parts);
    assert_int_equal(certificate_parse(build_span(&built), &c), CERTIFICATE_OK);
    assert_true(c.extensions.has_unknown_critical);
}

static void the_same_extension_twice_is_refused(void **state)
{
    struct certificate_extensions e;

    (void)state;
    assert_int_equal(
        with_extensions(
            "3008 06022a03 0402 0500 3009 0603551d13 0402 3000 3008 06022a03 0402 0500", &e),
        CERTIFICATE_DUPLICATE_EXTENSION);
}

static void sixty_four_extensions_are_read_and_one_more_is_refused(void **state)
{
    static const char digits[] = "0123456789abcdef";
    char text[65 * 20 + 1] = "";
    char *end = text;
    struct certificate_extensions e;

    (void)state;
    for (unsigned i = 0; i < 65; i++) {
        char one[] = "300806022aXX04020500";
        one[10] = digits[i >> 4];
        one[11] = digits[i & 0xf];
        memcpy(end, one, sizeof one);
        end += sizeof one - 1;
        if (i == 63)
            assert_int_equal(with_extensions(text, &e), CERTIFICATE_OK);
    }
    assert_int_equal(with_extensions(text, &e), CERTIFICATE_TOO_MANY_EXTENSIONS);
}

static void bounds_of_a_subtree_are_told(void **state)
{
    static const struct {
        const char *subtree;
        bool has_bounds;
    } rows[] = {{"3004 8202 6162", false}, {"3007 8202 6162 800100", false},
        {"3007 8202 6162 800101", true}, {"3007 8202 6162 810100", true},
        {"300a 8202 6162 800100 810105", true}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct build built = {.len = 0};
        struct der_reader reader;
        struct general_name base;
        bool has_bounds;
        build_hex(&built, rows[i].subtree);
        der_reader_init(&reader, build_span(&built));
        assert_true(certificate_next_subtree(&reader, &base, &has_bounds));
        assert_int_equal(has_bounds, rows[i].has_bounds);
        assert_true(span_is(base.value, "6162"));
    }
}

static void the_key_of_a_certificate_that_does_not_parse_is_still_found(void **state)
{
    struct parts parts = sound;
    struct certificate c;
    struct der_span spki;

    (void)state;
    parts.issuer = "3003 ffffff";
    parts.validity = "3000";
    parts.serial = "0200";
    parts.tail = "ffff";
    struct build built = assemble(&parts);
    assert_false(certificate_has_structure(certificate_parse(build_span(&built), &c)));
    assert_true(certificate_frame(build_span(&built)));
    assert_true(certificate_find_spki(build_span(&built), &spki));
    assert_true(span_is(spki, KEY));
    parts.validity = "3100"; /* a tag out of place: what follows cannot be trusted to be the key */
    built = assemble(&parts);
    assert_true(certificate_frame(build_span(&built)));
    assert_false(certificate_find_spki(build_span(&built), &spki));
    assert_null(spki.data);
}

static void the_structure_is_there_even_if_the_content_fails(void **state)
{
    struct parts parts = sound;
    struct certificate c;

    (void)state;
    parts.version = "a003 020107";
    struct build built = assemble(&parts);
    assert_int_equal(certificate_parse(build_span(&built), &c), CERTIFICATE_VERSION);
    assert_true(certificate_has_structure(CERTIFICATE_VERSION));
    assert_true(span_is(c.key.spki, KEY));
    assert_true(span_is(c.subject, OTHER_NAME));
    assert_false(certificate_has_structure(CERTIFICATE_BAD_KEY));
    assert_true(certificate_has_structure(CERTIFICATE_OK));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fields_of_a_small_certificate_are_found),
        cmocka_unit_test(keys_and_dates_are_those_that_openssl_says),
        cmocka_unit_test(a_version_1_certificate_has_no_extensions),
        cmocka_unit_test(a_ca_has_its_extensions_read),
        cmocka_unit_test(a_leaf_has_its_extensions_read),
        cmocka_unit_test(a_walk_does_not_read_the_inside_of_names_again),
        cmocka_unit_test(every_cut_and_every_longer_form_is_refused),
        cmocka_unit_test(each_malformed_part_is_refused_by_its_name),
        cmocka_unit_test(each_malformed_extension_is_refused_by_its_name),
        cmocka_unit_test(bits_of_key_usage_keep_their_places),
        cmocka_unit_test(a_path_length_over_all_bounds_is_the_greatest_number),
        cmocka_unit_test(usages_of_the_key_are_told_apart),
        cmocka_unit_test(the_first_unknown_critical_extension_is_named),
        cmocka_unit_test(the_same_extension_twice_is_refused),
        cmocka_unit_test(sixty_four_extensions_are_read_and_one_more_is_refused),
        cmocka_unit_test(bounds_of_a_subtree_are_told),
        cmocka_unit_test(the_key_of_a_certificate_that_does_not_parse_is_still_found),
        cmocka_unit_test(the_structure_is_there_even_if_the_content_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
