/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_der.c - the DER reader on hostile octets: elements tile their level, spans stay inside.
 */
#include "daemon/core/der.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der_reader reader;
    struct der_element element;
    size_t used = 0;

    der_reader_init(&reader, (struct der_span){data, size});
    while (!der_at_end(&reader) && der_read_element(&reader, &element)) {
        FUZZ_CHECK(element.raw.data == data + used);
        FUZZ_CHECK(
            element.content.data + element.content.len == element.raw.data + element.raw.len);
        used += element.raw.len;
        /* Every typed reader looks at every element. */
        int64_t seconds;
        struct der_span span;
        uint32_t number;
        uint8_t unused;
        bool flag;
        struct der_reader one;
        der_time(element.tag, element.content, &seconds);
        if (der_integer_to_uint32(element.content, &number))
            FUZZ_CHECK(der_is_integer(element.content));
        der_reader_init(&one, element.raw);
        if (der_read_oid(&one, &span))
            FUZZ_CHECK(der_finish(&one) && der_is_oid(span));
        der_reader_init(&one, element.raw);
        der_read_bit_string(&one, &span, &unused);
        FUZZ_CHECK(unused <= 7);
        der_reader_init(&one, element.raw);
        der_read_boolean(&one, &flag);
    }
    FUZZ_CHECK(used <= size && der_finish(&reader) == (used == size));
    FUZZ_CHECK(!der_read_element(&reader, &element) && element.raw.len == 0);
    return 0;
}
