/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_name_constraints.c - names and constraints of hostile certificates.
 *
 * An input is two certificates, the CA first. The work is bounded, the budget is only ever taken
 * from, and less of it never turns a refusal into anything else.
 */
#include "daemon/core/cert_dn.h"
#include "daemon/core/name_constraints.h"
#include "tests/fuzz/fuzz.h"

#define BUDGET 200000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der_reader reader;
    struct der_element first;
    struct certificate ca;
    struct certificate certificate;

    der_reader_init(&reader, (struct der_span){data, size});
    if (!der_read_element(&reader, &first))
        return 0;
    struct der_span rest = {data + first.raw.len, size - first.raw.len};
    if (certificate_parse(first.raw, &ca) != CERTIFICATE_OK ||
        certificate_parse(rest, &certificate) != CERTIFICATE_OK)
        return 0;

    for (int is_leaf = 0; is_leaf < 2; is_leaf++) {
        unsigned budget = BUDGET;
        enum name_constraints_result result =
            name_constraints_check(&ca, &certificate, is_leaf == 1, &budget);
        FUZZ_CHECK(budget <= BUDGET);
        FUZZ_CHECK(name_constraints_text(result)[0] != '\0');
        unsigned less = (BUDGET - budget) / 2;
        enum name_constraints_result again =
            name_constraints_check(&ca, &certificate, is_leaf == 1, &less);
        FUZZ_CHECK(again == result || again == NAME_CONSTRAINTS_TOO_MUCH_WORK);
        if (!ca.extensions.has_name_constraints)
            FUZZ_CHECK(result == NAME_CONSTRAINTS_OK);
    }
    FUZZ_CHECK(cert_dn_equal(ca.subject, certificate.subject) ==
               cert_dn_equal(certificate.subject, ca.subject));
    FUZZ_CHECK(cert_dn_is_below(ca.subject, ca.subject));
    return 0;
}
