/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_alloc.c - pages of a huge page's size: where they lie, and what is still to be made of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/alloc.h"

static void pages_of_a_huge_pages_size_lie_on_a_huge_pages_bound(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 3; count++) {
        uint8_t *pages = alloc_pages(count * ALLOC_HUGE);
        assert_int_equal((uintptr_t)pages % ALLOC_HUGE, 0);
        pages[0] = pages[count * ALLOC_HUGE - 1] = 1;
        alloc_free_pages(pages, count * ALLOC_HUGE);
    }
}

static void what_is_settled_is_given_once_and_not_behind_its_end(void **state)
{
    enum { COUNT = 40 };
    void *all[COUNT];
    void *pages;
    size_t size;
    unsigned taken = 0;

    (void)state;
    void *small = alloc_pages(4096);
    alloc_settle_pages(small, 4096);
    for (unsigned i = 0; i < COUNT; i++) {
        all[i] = alloc_pages(ALLOC_HUGE);
        alloc_settle_pages(all[i], ALLOC_HUGE);
    }
    for (unsigned i = 0; i < COUNT; i += 2)
        alloc_free_pages(all[i], ALLOC_HUGE);
    while (alloc_take_settled(&pages, &size)) {
        unsigned i = 1;
        while (i < COUNT && all[i] != pages)
            i += 2;
        assert_in_range(i, 1, COUNT - 1);
        assert_int_equal(size, ALLOC_HUGE);
        alloc_free_pages(pages, size);
        all[i] = NULL;
        taken++;
    }
    assert_int_equal(taken, COUNT / 2);
    alloc_free_pages(small, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_a_huge_pages_size_lie_on_a_huge_pages_bound),
        cmocka_unit_test(what_is_settled_is_given_once_and_not_behind_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
