/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - what every fuzz target shares: its entry, and the check of a property.
 */
#ifndef DANED_TESTS_FUZZ_FUZZ_H
#define DANED_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The entry that libFuzzer and replay.c call with one input; returns 0, or does not return. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process, so that the input at hand is kept, if the property does not hold. */
#define FUZZ_CHECK(property)                                                              \
    do {                                                                                  \
        if (!(property)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property); \
            abort();                                                                      \
        }                                                                                 \
    } while (0)

#endif
