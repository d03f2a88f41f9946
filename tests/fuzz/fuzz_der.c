/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_der.c - the DER reader on hostile octets: elements tile their level, spans stay inside.
 */
#include <stdlib.h>

#include "daemon/core/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der_reader reader;
    struct der_element element;
    size_t used = 0;

    der_reader_init(&reader, (struct der_span){data, size});
    while (!der_at_end(&reader) && der_read_element(&reader, &element)) {
        check(element.raw.data == data + used);
        check(element.content.data + element.content.len == element.raw.data + element.raw.len);
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
            check(der_is_integer(element.content));
        der_reader_init(&one, element.raw);
        if (der_read_oid(&one, &span))
            check(der_finish(&one) && der_is_oid(span));
        der_reader_init(&one, element.raw);
        der_read_bit_string(&one, &span, &unused);
        check(unused <= 7);
        der_reader_init(&one, element.raw);
        der_read_boolean(&one, &flag);
    }
    check(used <= size && der_finish(&reader) == (used == size));
    check(!der_read_element(&reader, &element) && element.raw.len == 0);
    return 0;
}
