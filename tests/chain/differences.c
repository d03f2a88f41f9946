/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * differences.c - the one table of intended differences.
 */
#include "tests/chain/differences.h"

#include <fnmatch.h>

struct difference {
    const char *pattern; /* of the description, as for fnmatch(3) */
    enum verdict daned;
    enum verdict openssl;
    const char *reason;
};

static const struct difference differences[] = {
    {"x", VERDICT_MATCHED, VERDICT_MATCHED, "x"},
};

#define DIFFERENCE_COUNT (sizeof differences / sizeof differences[0])

static unsigned needed[DIFFERENCE_COUNT];

const char *differences_reason(
    const char *description, enum verdict daned, enum verdict openssl)
{
    for (size_t i = 0; i < DIFFERENCE_COUNT; i++) {
        const struct difference *row = &differences[i];
        if (row->daned == daned && row->openssl == openssl &&
            fnmatch(row->pattern, description, 0) == 0) {
            needed[i]++;
            return row->reason;
        }
    }
    return NULL;
}

int differences_print_unneeded(void)
{
    int unneeded = 0;

    for (size_t i = 0; i < DIFFERENCE_COUNT; i++) {
        if (needed[i] != 0)
            continue;
        printf("not ok the row \"%s\" (%s) is not needed by any case\n", differences[i].pattern,
            differences[i].reason);
        unneeded++;
    }
    return unneeded;
}
