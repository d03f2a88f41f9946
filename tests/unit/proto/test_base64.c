/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_base64.c - tests of proto/base64.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/base64.h"

/* The test vectors of RFC 4648 10, and one that has every kind of digit. */
static const struct vector {
    const char *data;
    const char *text;
} vectors[] = {
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xbe\xff\xff\xff", "++++////"},
};
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static void the_vectors_of_the_rfc_are_decoded_in_exactly_their_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t want = strlen(vectors[i].data);
        size_t len = 77;
        uint8_t *out = malloc(want);
        char *text = exact_copy(vectors[i].text, strlen(vectors[i].text));
        struct span span = {text, strlen(vectors[i].text)};

        assert_non_null(out);
        assert_true(base64_is_valid(span));
        assert_false(base64_decode(span, out, want - 1, &len));
        assert_int_equal(len, 77);
        assert_true(base64_decode(span, out, want, &len));
        assert_int_equal(len, want);
        assert_memory_equal(out, vectors[i].data, want);
        free(text);
        free(out);
    }
}

static void the_vectors_of_the_rfc_are_encoded_in_exactly_their_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t len = strlen(vectors[i].data);
        size_t want = strlen(vectors[i].text);
        uint8_t *data = (uint8_t *)exact_copy(vectors[i].data, len);
        char *out = exact_copy(vectors[i].text, want);

        assert_int_equal(BASE64_LEN(len), want);
        memset(out, '#', want);
        assert_int_equal(base64_encode(data, len, out, want - 1), 0);
        assert_int_equal(out[0], '#');
        assert_int_equal(base64_encode(data, len, out, want), want);
        assert_memory_equal(out, vectors[i].text, want);
        free(out);
        free(data);
    }
}

static void nothing_is_not_base64(void **state)
{
    (void)state;
    uint8_t out[4];
    char text[4];
    size_t len;

    assert_false(base64_decode((struct span){NULL, 0}, out, sizeof(out), &len));
    assert_int_equal(base64_encode(out, 0, text, sizeof(text)), 0);
}

static void what_is_not_strict_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"A", "AA", "AAA",
        "AAAAA",                            /* no padding, or not a multiple of four */
        "Zh==", "Zm9=", "Zm9vYh==",         /* bits under the padding */
        "====", "=AAA", "A===", "AA=A",     /* padding where none can be */
        "Zg==Zg==", "Zg==AAAA", "AAAA====", /* padding before the end */
        "AAA\n", "AA A", "AAA-", "AAA_", "AAA.", "\xc3\xbcZZ", "AAA\x7f"};
    uint8_t out[64];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        size_t len = 77;
        assert_false(base64_decode(span_of(bad[i]), out, sizeof(out), &len));
        assert_int_equal(len, 77);
        assert_false(base64_is_valid(span_of(bad[i])));
    }
    size_t len;
    assert_false(base64_decode((struct span){"AA\0A", 4}, out, sizeof(out), &len));
}

static void any_octets_come_back_the_same(void **state)
{
    (void)state;
    uint8_t data[256];
    char text[BASE64_LEN(256)];
    uint8_t back[256];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 167 + 13);
    for (size_t len = 1; len <= sizeof(data); len++) {
        size_t back_len;
        size_t text_len = base64_encode(data, len, text, sizeof(text));
        assert_int_equal(text_len, BASE64_LEN(len));
        assert_true(base64_decode((struct span){text, text_len}, back, sizeof(back), &back_len));
        assert_int_equal(back_len, len);
        assert_memory_equal(back, data, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_are_decoded_in_exactly_their_room),
        cmocka_unit_test(the_vectors_of_the_rfc_are_encoded_in_exactly_their_room),
        cmocka_unit_test(nothing_is_not_base64),
        cmocka_unit_test(what_is_not_strict_is_refused),
        cmocka_unit_test(any_octets_come_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
