/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pem.c - certificates out of texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

static uint8_t out[64];
static size_t len;

static enum pem_status first(const char *text)
{
    struct pem_reader reader;
    pem_reader_init(&reader, text, strlen(text));
    return pem_next(&reader, out, sizeof out, &len);
}

static void a_block_is_decoded(void **state)
{
    (void)state;
    assert_int_equal(first(BEGIN "aGVs\nbG8=\n" END), PEM_OK);
    assert_int_equal(len, 5);
    assert_memory_equal(out, "hello", 5);
}

static void lines_may_be_of_any_length_and_end_as_on_windows(void **state)
{
    (void)state;
    assert_int_equal(
        first("-----BEGIN CERTIFICATE-----\r\na\r\nGVsb \t\r\nG8=\r\n-----END CERTIFICATE-----"),
        PEM_OK);
    assert_int_equal(len, 5);
    assert_memory_equal(out, "hello", 5);
}

static void text_around_and_other_blocks_are_passed_over(void **state)
{
    (void)state;
    static const char text[] =
        "CONNECTED(00000003)\n 0 s:CN = mx\n" BEGIN "YQ==\n" END
        "-----BEGIN SSL SESSION PARAMETERS-----\n!\n"
        "-----END SSL SESSION PARAMETERS-----\n 1 s:CN = ca\n" BEGIN "Yg==\n" END "---\nDONE\n";
    struct pem_reader reader;
    pem_reader_init(&reader, text, sizeof text - 1);
    assert_int_equal(pem_next(&reader, out, sizeof out, &len), PEM_OK);
    assert_int_equal(out[0], 'a');
    assert_int_equal(pem_next(&reader, out, sizeof out, &len), PEM_OK);
    assert_int_equal(out[0], 'b');
    assert_int_equal(pem_next(&reader, out, sizeof out, &len), PEM_END);
    assert_int_equal(pem_next(&reader, out, sizeof out, &len), PEM_END);
}

static void a_block_with_another_label_is_found_by_that_label_alone(void **state)
{
    (void)state;
    static const char text[] = "-----BEGIN PUBLIC KEY-----\nYg==\n-----END PUBLIC KEY-----\n"
                               "-----BEGIN PUBLIC KEY-----\nYw==\n-----END CERTIFICATE-----\n";
    struct pem_reader reader;
    pem_reader_init(&reader, text, sizeof text - 1);
    assert_int_equal(pem_next(&reader, out, sizeof out, &len), PEM_END);
    pem_reader_init(&reader, text, sizeof text - 1);
    assert_int_equal(pem_next_labelled(&reader, "PUBLIC KEY", out, sizeof out, &len), PEM_OK);
    assert_int_equal(len, 1);
    assert_int_equal(out[0], 'b');
    assert_int_equal(
        pem_next_labelled(&reader, "PUBLIC KEY", out, sizeof out, &len), PEM_MALFORMED);
}

static void a_text_without_a_block_has_none(void **state)
{
    (void)state;
    assert_int_equal(first(""), PEM_END);
    assert_int_equal(first("\n"), PEM_END);
    assert_int_equal(first("YQ==\n"), PEM_END);
    assert_int_equal(first(" " BEGIN "YQ==\n" END), PEM_END);
    assert_int_equal(first("-----BEGIN CERTIFICATE REQUEST-----\nYQ==\n"), PEM_END);
}

static void a_malformed_block_is_an_error(void **state)
{
    (void)state;
    static const char *const texts[] = {
        BEGIN,                               /* no end */
        BEGIN "YQ==\n",                      /* likewise */
        BEGIN END,                           /* empty */
        BEGIN "YQ=\n" END,                   /* not whole */
        BEGIN "YQ\n" END,                    /* likewise */
        BEGIN "YR==\n" END,                  /* bits under the padding */
        BEGIN "YQ==YQ==\n" END,              /* goes on after the padding */
        BEGIN "YQ==\nYQ==\n" END,            /* likewise */
        BEGIN "Y Q==\n" END,                 /* a blank inside */
        BEGIN " YQ==\n" END,                 /* a blank in front */
        BEGIN "Proc-Type: 4\n\nYQ==\n" END,  /* headers */
        BEGIN BEGIN "YQ==\n" END,            /* one inside of another */
        BEGIN "YQ==\n-----END X-----\n" END, /* another end */
        BEGIN "YQ-_\n" END,                  /* another alphabet */
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(first(texts[i]), PEM_MALFORMED);
}

static void what_does_not_fit_is_an_error_and_nothing_is_written_past_the_room(void **state)
{
    (void)state;
    struct pem_reader reader;
    static const char text[] = BEGIN "aGVsbG8=\n" END;
    for (size_t cap = 0; cap < 6; cap++) {
        memset(out, '#', sizeof out);
        pem_reader_init(&reader, text, sizeof text - 1);
        assert_int_equal(pem_next(&reader, out, cap, &len), cap < 5 ? PEM_NO_ROOM : PEM_OK);
        assert_int_equal(out[cap], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_decoded),
        cmocka_unit_test(lines_may_be_of_any_length_and_end_as_on_windows),
        cmocka_unit_test(text_around_and_other_blocks_are_passed_over),
        cmocka_unit_test(a_block_with_another_label_is_found_by_that_label_alone),
        cmocka_unit_test(a_text_without_a_block_has_none),
        cmocka_unit_test(a_malformed_block_is_an_error),
        cmocka_unit_test(what_does_not_fit_is_an_error_and_nothing_is_written_past_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
