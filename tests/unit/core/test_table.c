/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_table.c - the hash table while it grows, and with hashes that are all the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/table.h"

struct member {
    struct table_node node; /* first */
    uint32_t number;
};

static bool is_number(const struct table_node *node, const void *key)
{
    return ((const struct member *)(const void *)node)->number == *(const uint32_t *)key;
}

static struct table_node *find(const struct table *table, uint32_t hash, uint32_t number)
{
    return table_find(table, hash, is_number, &number);
}

/* Puts count members in, takes every other out, and looks for all at every step of the growth. */
static void exercise(uint32_t count, uint32_t hash_factor)
{
    struct table table;
    struct member *members = calloc(count, sizeof *members);

    assert_non_null(members);
    table_init(&table);
    for (uint32_t i = 0; i < count; i++) {
        members[i].number = i;
        table_insert(&table, &members[i].node, i * hash_factor);
        assert_ptr_equal(find(&table, 0, 0), &members[0].node);
        assert_ptr_equal(find(&table, i * hash_factor, i), &members[i].node);
        assert_ptr_equal(find(&table, i / 2 * hash_factor, i / 2), &members[i / 2].node);
    }
    assert_int_equal(table.member_count, count);
    for (uint32_t i = 0; i < count; i += 2)
        table_remove(&table, &members[i].node);
    for (uint32_t i = 0; i < count; i++)
        assert_ptr_equal(find(&table, i * hash_factor, i), i % 2 == 0 ? NULL : &members[i].node);
    for (struct table_node *node; (node = table_any(&table)) != NULL;)
        table_remove(&table, node);
    assert_int_equal(table.member_count, 0);
    assert_true(table.count <= 64);
    table_fini(&table);
    free(members);
}

static void every_member_is_found_while_the_table_grows(void **state)
{
    (void)state;
    exercise(1, 1);
    exercise(64, 1);
    exercise(65, 2654435761u);
    exercise(5000, 2654435761u);
}

static void members_of_one_hash_are_told_apart(void **state)
{
    (void)state;
    exercise(300, 0);
    exercise(300, 64);
}

static void an_empty_table_that_expects_members_does_not_grow_for_them(void **state)
{
    enum { COUNT = 10000 };
    struct table table;
    struct member *members = calloc(COUNT, sizeof *members);

    (void)state;
    assert_non_null(members);
    table_init(&table);
    table_expect(&table, COUNT);
    size_t count = table.count;
    size_t bytes = table_bytes(&table);
    for (uint32_t i = 0; i < COUNT; i++) {
        members[i].number = i;
        table_insert(&table, &members[i].node, i * 2654435761u);
    }
    assert_int_equal(table.count, count);
    assert_int_equal(table_bytes(&table), bytes);
    /* There are members: nothing is changed any more. */
    table_expect(&table, 10 * COUNT);
    assert_int_equal(table.count, count);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_ptr_equal(find(&table, i * 2654435761u, i), &members[i].node);
    for (uint32_t i = 0; i < COUNT; i++)
        table_remove(&table, &members[i].node);
    assert_true(table.count <= 64);
    table_fini(&table);
    free(members);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_found_while_the_table_grows),
        cmocka_unit_test(members_of_one_hash_are_told_apart),
        cmocka_unit_test(an_empty_table_that_expects_members_does_not_grow_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
