/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbered.h - names for tests that need many.
 */
#ifndef DANED_TESTS_UNIT_CORE_NUMBERED_H
#define DANED_TESTS_UNIT_CORE_NUMBERED_H

#include <stdio.h>
#include <string.h>

#include "daemon/core/dname.h"

/* Gives the name "destinationNUMBER.example". */
static inline struct dname numbered(unsigned number)
{
    char text[40];
    struct dname name = {.len = 0};

    snprintf(text, sizeof text, "destination%u.example", number);
    dname_from_text(text, strlen(text), &name);
    return name;
}

#endif
