/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks.c - a queue of blocks of memory.
 */
#include "daemon/core/blocks.h"

#include "daemon/core/alloc.h"

enum { PAGE = 4096 };

size_t blocks_size_for(size_t piece)
{
    return (BLOCK_FIRST + piece + PAGE - 1) / PAGE * PAGE;
}

void *blocks_take(struct blocks *blocks, size_t size)
{
    struct block *block = blocks->newest;

    if (!block || block->done > BLOCK_FIRST || block->size - block->used < size)
        return NULL;
    void *piece = (uint8_t *)block + block->used;
    block->used += size;
    return piece;
}

void blocks_add(struct blocks *blocks, size_t size)
{
    struct block *block = alloc_pages(size);

    block->size = size;
    block->used = block->done = BLOCK_FIRST;
    if (blocks->newest) {
        blocks->newest->next = block;
        alloc_settle_pages(blocks->newest, blocks->newest->size);
    } else {
        blocks->oldest = block;
    }
    blocks->newest = block;
    blocks->bytes += size;
}

void *blocks_next(const struct block *block)
{
    return block->done < block->used ? (uint8_t *)(uintptr_t)block + block->done : NULL;
}

void blocks_pass(struct block *block, size_t size)
{
    block->done += size;
}

void blocks_drop_oldest(struct blocks *blocks)
{
    struct block *block = blocks->oldest;

    blocks->oldest = block->next;
    if (!blocks->oldest)
        blocks->newest = NULL;
    blocks->bytes -= block->size;
    alloc_free_pages(block, block->size);
}

void blocks_append(struct blocks *blocks, struct blocks *from)
{
    if (!from->oldest)
        return;
    if (blocks->newest)
        blocks->newest->next = from->oldest;
    else
        blocks->oldest = from->oldest;
    blocks->newest = from->newest;
    blocks->bytes += from->bytes;
    *from = (struct blocks){NULL, NULL, 0};
}
