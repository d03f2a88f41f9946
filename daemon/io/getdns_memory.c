/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_memory.c - the memory that getdns asks for.
 *
 * Small blocks come in steps of STEP octets, larger ones in powers of two; the largest are libc's
 * alone. In front of each block stands its size. A sanitizer is to see every block come and go, so
 * that nothing is kept there.
 */
#include "daemon/io/getdns_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEES_BLOCKS
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SEES_BLOCKS
#endif

enum { STEP = 32, SMALL_MAX = 512, LARGE_MAX = 8192, SMALL_SIZES = SMALL_MAX / STEP, SIZES = 20 };

/* What stands in front of a block, or is a kept one; as aligned as a block has to be. */
struct head {
    _Alignas(max_align_t) size_t size; /* of the block behind it */
    struct head *next;                 /* of a kept one */
};

struct getdns_memory {
    struct head *kept[SIZES];
    size_t kept_octets;
};

struct getdns_memory *getdns_memory_new(void)
{
    return alloc_zeroed(sizeof(struct getdns_memory));
}

void getdns_memory_free(struct getdns_memory *memory)
{
    for (size_t i = 0; memory && i < SIZES; i++) {
        while (memory->kept[i]) {
            struct head *head = memory->kept[i];
            memory->kept[i] = head->next;
            free(head);
        }
    }
    free(memory);
}

/* Gives the number of a size, which is rounded up to what a block of it has. */
static size_t round_up(size_t *size)
{
    if (*size <= SMALL_MAX) {
        size_t steps = *size > 0 ? (*size + STEP - 1) / STEP : 1;
        *size = steps * STEP;
        return steps - 1;
    }
    size_t number = SMALL_SIZES;
    size_t rounded = 2 * (size_t)SMALL_MAX;
    while (rounded < *size && rounded < LARGE_MAX) {
        rounded *= 2;
        number++;
    }
    if (*size > LARGE_MAX)
        return SIZES;
    *size = rounded;
    return number;
}

void *getdns_memory_take(void *arg, size_t size)
{
    struct getdns_memory *memory = arg;
    size_t number = round_up(&size);
    struct head *head = number < SIZES ? memory->kept[number] : NULL;

    if (head) {
        memory->kept[number] = head->next;
        memory->kept_octets -= size;
        return head + 1;
    }
    if (size > SIZE_MAX - sizeof *head)
        alloc_failed();
    head = alloc_array(NULL, sizeof *head + size, 1);
    head->size = size;
    return head + 1;
}

void getdns_memory_give_back(void *arg, void *block)
{
    struct getdns_memory *memory = arg;

    if (!block)
        return;
    struct head *head = (struct head *)block - 1;
    size_t size = head->size;
    size_t number = round_up(&size);
#ifdef SEES_BLOCKS
    number = SIZES;
#endif
    if (number == SIZES || memory->kept_octets + size > GETDNS_MEMORY_KEPT_MAX) {
        free(head);
        return;
    }
    head->next = memory->kept[number];
    memory->kept[number] = head;
    memory->kept_octets += size;
}

void *getdns_memory_resize(void *arg, void *block, size_t size)
{
    if (!block)
        return getdns_memory_take(arg, size);
    const struct head *head = (const struct head *)block - 1;
    if (size <= head->size)
        return block;
    void *larger = getdns_memory_take(arg, size);
    memcpy(larger, block, head->size);
    getdns_memory_give_back(arg, block);
    return larger;
}
