/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_metrics_text.c - rows of numbers in Prometheus's text format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/io/metrics_text.h"

static void expect(const struct stats_row *rows, size_t count, const char *wanted)
{
    struct text text = {.data = NULL};
    struct metrics_writer writer = {.text = &text, .name = NULL};

    for (size_t i = 0; i < count; i++)
        metrics_text_row(&writer, &rows[i]);
    text_add(&text, "", 1);
    assert_string_equal(text.data, wanted);
    text_fini(&text);
}

static void help_and_type_stand_once_before_the_rows_of_a_name(void **state)
{
    const struct stats_row rows[] = {
        {.name = "a_total", .help = "As", .type = STATS_COUNTER, .value = UINT64_MAX},
        {.name = "a_total", .help = "As", .type = STATS_COUNTER, .value = 0},
        {.name = "b", .help = "Bs", .type = STATS_GAUGE, .value = 1},
    };

    (void)state;
    expect(rows, 3,
        "# HELP a_total As\n# TYPE a_total counter\na_total 18446744073709551615\na_total 0\n"
        "# HELP b Bs\n# TYPE b gauge\nb 1\n");
}

static void what_a_label_must_not_have_is_escaped(void **state)
{
    const struct stats_row row = {
        .name = "a",
        .help = "As",
        .type = STATS_GAUGE,
        .label_count = 2,
        .labels = {{"x", "a\"b\\c\nd"}, {"y", ""}},
    };

    (void)state;
    expect(&row, 1, "# HELP a As\n# TYPE a gauge\na{x=\"a\\\"b\\\\c\\nd\",y=\"\"} 0\n");
}

static void a_histogram_has_suffixes_and_its_sum_is_in_seconds(void **state)
{
    const struct stats_row rows[] = {
        {.name = "h", .help = "Hs", .suffix = "_count", .type = STATS_HISTOGRAM, .value = 2},
        {.name = "h",
            .help = "Hs",
            .suffix = "_sum",
            .type = STATS_HISTOGRAM,
            .is_micro = true,
            .value = 12000034},
    };

    (void)state;
    expect(rows, 2, "# HELP h Hs\n# TYPE h histogram\nh_count 2\nh_sum 12.000034\n");
}

static void a_duration_falls_into_the_first_bucket_that_holds_it(void **state)
{
    static const uint64_t took_us[] = {0, 100, 101, 20000000, 20000001, UINT64_C(1) << 60};
    struct stats stats = {.downgrades = 0};
    uint64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < sizeof took_us / sizeof took_us[0]; i++) {
        stats_count_duration(&stats, took_us[i]);
        sum += took_us[i];
    }
    assert_int_equal(stats.durations[0], 2);
    assert_int_equal(stats.durations[1], 1);
    assert_int_equal(stats.durations[STATS_BUCKET_COUNT - 2], 1);
    assert_int_equal(stats.durations[STATS_BUCKET_COUNT - 1], 2);
    assert_int_equal(stats.duration_us, sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_type_stand_once_before_the_rows_of_a_name),
        cmocka_unit_test(what_a_label_must_not_have_is_escaped),
        cmocka_unit_test(a_histogram_has_suffixes_and_its_sum_is_in_seconds),
        cmocka_unit_test(a_duration_falls_into_the_first_bucket_that_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
