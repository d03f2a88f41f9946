/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory.c - the whole process's memory: there, or the end of the process with one clear line.
 *
 * core/alloc.h does this for our own calls. The libraries ask for memory themselves, and not all of
 * them look at what they get: libconfuse crashes, or takes a value that it could not store for one
 * that was never set, and would have daned run with another configuration than the operator's. So
 * the program itself stands between them and libc. malloc(3) asks libc's function of the same name
 * and ends the process where that has nothing to give.
 *
 * Sanitizers have such functions of their own, which end the process too; they are left alone. What
 * libc keeps to itself (threads, its own buffers for stdio) does not come through here.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_OWN_MALLOC
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HAS_OWN_MALLOC
#endif

#ifndef HAS_OWN_MALLOC

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);

static void find(const char *name, void *function_out, size_t size)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        alloc_failed();
    /* ISO C knows no cast from an object's pointer to a function's. */
    memcpy(function_out, &found, size);
}

/* The first call comes from a library's constructor, before main and before any thread. */
static void find_all(void)
{
    static bool finding;

    if (finding) /* dlsym() asks for memory itself: it can do without */
        return;
    finding = true;
    find("realloc", &next_realloc, sizeof next_realloc);
    find("calloc", &next_calloc, sizeof next_calloc);
    find("malloc", &next_malloc, sizeof next_malloc);
}

void *malloc(size_t size)
{
    void *block;

    if (!next_malloc)
        find_all();
    block = next_malloc ? next_malloc(size) : NULL;
    if (!block && next_malloc)
        alloc_failed();
    return block;
}

void *calloc(size_t count, size_t size)
{
    void *block;

    if (!next_malloc)
        find_all();
    block = next_malloc ? next_calloc(count, size) : NULL;
    if (!block && next_malloc)
        alloc_failed();
    return block;
}

void *realloc(void *block, size_t size)
{
    void *grown;

    if (!next_malloc)
        find_all();
    grown = next_malloc ? next_realloc(block, size) : NULL;
    /* With size 0 it has freed the block. */
    if (!grown && size > 0 && next_malloc)
        alloc_failed();
    return grown;
}

#endif
