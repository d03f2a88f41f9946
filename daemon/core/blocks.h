/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks.h - a queue of blocks of memory, filled at one end and given back at the other.
 *
 * Room is taken from the newest block, one piece behind another, and comes back only with the whole
 * of the oldest block. Who owns the pieces moves those that he still needs out of the oldest block
 * first; so memory never breaks into fragments, and nothing but the pieces takes room.
 */
#ifndef DANED_CORE_BLOCKS_H
#define DANED_CORE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

struct block {
    struct block *next; /* the next newer one */
    size_t size;        /* octets, this header included */
    size_t used;        /* the next piece is taken here */
    size_t done;        /* the owner has moved out what lies before */
};

/* All zero is an empty queue. */
struct blocks {
    struct block *oldest;
    struct block *newest;
    size_t bytes; /* of all blocks, whether used or not */
};

/* Octets of the smallest block that has room for a piece, whole pages. */
size_t blocks_size_for(size_t piece);

/*
 * Takes size octets, a multiple of 8, aligned to 8. Returns NULL if the newest block has no room
 * for them, or is being emptied.
 */
void *blocks_take(struct blocks *blocks, size_t size);

/* Adds an empty block of size octets, whole pages, as the newest. */
void blocks_add(struct blocks *blocks, size_t size);

/* The first piece of a block that the owner has not moved out, or NULL behind the last. */
void *blocks_next(const struct block *block);

/* Notes that the owner has moved out the next piece of a block, of size octets. */
void blocks_pass(struct block *block, size_t size);

/* Gives the memory of the oldest block back. There must be one. */
void blocks_drop_oldest(struct blocks *blocks);

/* Puts all blocks of one queue behind those of another. */
void blocks_append(struct blocks *blocks, struct blocks *from);

/* The offset of a block's first piece. */
#define BLOCK_FIRST sizeof(struct block)

#endif
