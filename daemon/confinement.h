/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confinement.h - what daned takes away from itself, whoever has started it and how.
 *
 * No new privileges; no capabilities, but for root; and, built with libseccomp, no system calls but
 * those that it needs once its sockets are open and its user is right: no program is started, no
 * process is made, watched or signalled, no memory is written to and then executed, no address is
 * bound, no socket of another family than unix and inet is opened. It may still read and write
 * files as its user may: the snapshot of the cache, and the configuration and the overrides at a
 * reload, wherever they are.
 *
 * What is not allowed fails with ENOSYS, as it does on a kernel that does not know the call:
 * libraries have a plan for that, and a library that is newer than the list must not end a service
 * that mail waits for. The kernel's log tells of each (auditd, or "audit:" lines).
 *
 * Core dumps stay possible where the system allows them: there is no secret in the process.
 */
#ifndef DANED_CONFINEMENT_H
#define DANED_CONFINEMENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Confines the calling thread and those that it starts, for good: to be called before there are
 * others. False, with a sentence in error_out, if the kernel does not do all of it.
 */
bool confinement_enter(char *error_out, size_t cap);

#endif
