/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_memory.h - the memory that getdns asks for: blocks that are kept for the next time.
 *
 * getdns makes a tree of a hundred small blocks of each reply, and frees it as soon as the reply is
 * read. With libc's allocator that was half of all the work for a question. Here a block that is
 * freed is laid on the stack of its size and taken from there.
 *
 * Limits: GETDNS_MEMORY_KEPT_MAX octets are kept for the next time; what is more goes back to libc.
 */
#ifndef DANED_IO_GETDNS_MEMORY_H
#define DANED_IO_GETDNS_MEMORY_H

#include <stddef.h>

#define GETDNS_MEMORY_KEPT_MAX ((size_t)2 << 20)

struct getdns_memory;

/* Gives memory without any block. Freed with getdns_memory_free() when getdns has freed all. */
struct getdns_memory *getdns_memory_new(void);

/* Frees what is kept. NULL is fine. */
void getdns_memory_free(struct getdns_memory *memory);

/*
 * As malloc(), realloc() and free(), for getdns_context_create_with_extended_memory_functions();
 * memory is a struct getdns_memory. Without memory the process ends.
 */
void *getdns_memory_take(void *memory, size_t size);
void *getdns_memory_resize(void *memory, void *block, size_t size);
void getdns_memory_give_back(void *memory, void *block);

#endif
