/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * privileges.h - from root to the user that daned runs as.
 */
#ifndef DANED_PRIVILEGES_H
#define DANED_PRIVILEGES_H

#include <stddef.h>

/*
 * Becomes user, with its groups and without any capability, for good. Does nothing if user is empty
 * or the process is not root's. Returns 0, or the sysexits status to end with; a sentence is in
 * error_out then.
 */
int privileges_drop(const char *user, char *error_out, size_t cap);

/*
 * Raises the limit of open descriptors as far as is allowed, up to wanted. Returns the limit that
 * holds.
 */
size_t privileges_raise_descriptors(size_t wanted);

#endif
