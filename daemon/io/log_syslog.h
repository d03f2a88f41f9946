/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_syslog.h - lines to the local syslog, without waiting long for it.
 *
 * syslog(3) waits as long as the syslog socket makes it: one stopped syslogd would stop the loop,
 * and with it all mail. Here a line that the syslog does not take soon is refused to the caller.
 *
 * Only a datagram socket is spoken to: what rsyslog, journald, syslog-ng and busybox open there.
 */
#ifndef DANED_IO_LOG_SYSLOG_H
#define DANED_IO_LOG_SYSLOG_H

#include <stdbool.h>

/*
 * Connects to the socket at path (borrowed for as long as lines are sent) and closes the last one.
 * A syslog that is not there is looked for again with each line.
 */
void log_syslog_open(const char *path);

/* Closes the socket, if there is one. */
void log_syslog_close(void);

/*
 * Sends one line of text, without a newline, in the form that syslog(3) sends (RFC 3164, facility
 * mail). severity is one of LOG_ERR and its like. Returns whether the syslog has it. Waits for 20
 * ms a second at most, all lines together.
 */
bool log_syslog_send(int severity, const char *text);

#endif
