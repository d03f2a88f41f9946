/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_certificate.c - the certificate parser on hostile octets; its three depths must agree.
 */
#include "daemon/core/cert_names.h"
#include "daemon/core/certificate.h"
#include "tests/fuzz/fuzz.h"

static void walk_names(struct der_span names)
{
    struct der_reader reader;
    struct general_name name;

    der_reader_init(&reader, names);
    while (certificate_next_name(&reader, &name))
        FUZZ_CHECK(name.value.len <= names.len);
    FUZZ_CHECK(der_finish(&reader));
}

static void walk_subtrees(struct der_span subtrees)
{
    struct der_reader reader;
    struct general_name base;
    bool has_bounds;

    der_reader_init(&reader, subtrees);
    while (certificate_next_subtree(&reader, &base, &has_bounds))
        FUZZ_CHECK(base.value.len <= subtrees.len);
    FUZZ_CHECK(der_finish(&reader));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der_span der = {data, size};
    struct der_span spki;
    struct certificate certificate;
    struct certificate_key key;

    enum certificate_status status = certificate_parse(der, &certificate);
    FUZZ_CHECK(certificate_status_text(status)[0] != '\0');
    bool found = certificate_find_spki(der, &spki);
    FUZZ_CHECK(!found || certificate_frame(der));
    if (certificate_parse_key(der, &key))
        FUZZ_CHECK(certificate_key_frame(der));
    if (certificate_has_structure(status)) {
        FUZZ_CHECK(found && der_span_equal(spki, certificate.key.spki));
        FUZZ_CHECK(certificate_key_frame(spki) && certificate_parse_key(spki, &key));
        FUZZ_CHECK(der_span_equal(key.bits, certificate.key.bits));
    }
    if (status == CERTIFICATE_OK) {
        struct dname name;
        struct dname root;
        FUZZ_CHECK(dname_from_text("mx.example.com", 14, &name));
        FUZZ_CHECK(dname_from_text(".", 1, &root));
        cert_names_match(&certificate, &name);
        FUZZ_CHECK(!cert_names_match(&certificate, &root));
        walk_names(certificate.extensions.subject_alt_name);
        walk_names(certificate.extensions.authority_issuer);
        walk_subtrees(certificate.extensions.permitted);
        walk_subtrees(certificate.extensions.excluded);
    }
    return 0;
}
