/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_blocks.c - a queue of blocks: what goes in at one end comes out at the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/blocks.h"

static void pieces_come_back_in_their_order_and_whole(void **state)
{
    enum { PIECE = 48, COUNT = 1000 };
    struct blocks blocks = {NULL, NULL, 0};

    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned char *piece = blocks_take(&blocks, PIECE);
        if (!piece) {
            blocks_add(&blocks, 4096);
            piece = blocks_take(&blocks, PIECE);
        }
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 8, 0);
        memset(piece, (int)(i % 251), PIECE);
    }
    assert_int_equal(blocks.bytes, 4096 * ((COUNT + 83) / 84));
    for (unsigned i = 0; i < COUNT;) {
        const unsigned char *piece = blocks_next(blocks.oldest);
        if (!piece) {
            blocks_drop_oldest(&blocks);
            continue;
        }
        assert_int_equal(piece[0], i % 251);
        assert_int_equal(piece[PIECE - 1], i % 251);
        blocks_pass(blocks.oldest, PIECE);
        i++;
    }
    blocks_drop_oldest(&blocks);
    assert_null(blocks.oldest);
    assert_int_equal(blocks.bytes, 0);
}

static void nothing_is_taken_from_a_block_that_is_being_emptied(void **state)
{
    struct blocks blocks = {NULL, NULL, 0};

    (void)state;
    blocks_add(&blocks, 4096);
    assert_non_null(blocks_take(&blocks, 8));
    blocks_pass(blocks.oldest, 8);
    assert_null(blocks_take(&blocks, 8));
    blocks_drop_oldest(&blocks);
}

static void a_block_has_room_for_the_piece_it_was_sized_for(void **state)
{
    (void)state;
    for (size_t piece = 8; piece < 20000; piece += 8) {
        struct blocks blocks = {NULL, NULL, 0};
        blocks_add(&blocks, blocks_size_for(piece));
        assert_non_null(blocks_take(&blocks, piece));
        blocks_drop_oldest(&blocks);
    }
}

static void one_queue_is_put_behind_another(void **state)
{
    struct blocks first = {NULL, NULL, 0};
    struct blocks second = {NULL, NULL, 0};

    (void)state;
    blocks_append(&first, &second);
    assert_null(first.oldest);
    blocks_add(&second, 4096);
    blocks_append(&first, &second);
    assert_null(second.newest);
    blocks_add(&second, 8192);
    blocks_append(&first, &second);
    assert_int_equal(first.bytes, 3 * 4096);
    assert_int_equal(first.oldest->size, 4096);
    assert_int_equal(first.newest->size, 8192);
    blocks_drop_oldest(&first);
    blocks_drop_oldest(&first);
    assert_null(first.newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_back_in_their_order_and_whole),
        cmocka_unit_test(nothing_is_taken_from_a_block_that_is_being_emptied),
        cmocka_unit_test(a_block_has_room_for_the_piece_it_was_sized_for),
        cmocka_unit_test(one_queue_is_put_behind_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
