/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_text.h - the tree of explain.h, written for people.
 */
#ifndef DANED_IO_EXPLAIN_TEXT_H
#define DANED_IO_EXPLAIN_TEXT_H

#include <jansson.h>

#include "daemon/io/text.h"

#define EXPLAIN_WIDTH 98 /* columns after which a line is broken at a blank */

/* Adds the tree to text: the answer first, then the MX lookup, then each host. */
void explain_text(struct text *text, const json_t *tree);

#endif
