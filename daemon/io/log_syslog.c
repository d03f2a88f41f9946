/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_syslog.c - one datagram a line.
 *
 * Failure modes: a syslog that is gone, or was started anew, is connected to again, once a line.
 * The queue of a datagram socket holds as few as ten lines, so that one that is full is waited for,
 * but for no more than PATIENCE_US a second in all: enough for a burst, while one that is stopped
 * costs its lines and no mail. Like the log it serves, this belongs to the whole process, so that
 * its state is static.
 */
#include "daemon/io/log_syslog.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon/io/clock.h"

enum { PATIENCE_US = 20000, PER_US = 1000000 };

static const char *path_now;
static int fd = -1;
static uint64_t waited_since_us; /* the second in which waited_us was spent */
static uint64_t waited_us;

static bool connect_now(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path_now);

    log_syslog_close();
    if (len >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path_now, len + 1);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    log_syslog_close();
    return false;
}

void log_syslog_open(const char *path)
{
    path_now = path;
    connect_now();
}

void log_syslog_close(void)
{
    if (fd >= 0)
        close(fd);
    fd = -1;
}

/* "<22>Nov 25 21:09:56 daned[123]: ", as syslog(3) begins a line. Returns its length. */
static size_t write_head(char *head_out, size_t size, int severity)
{
    char when[32] = "";
    time_t now = time(NULL);
    struct tm local;
    int len;

    if (localtime_r(&now, &local) == NULL ||
        strftime(when, sizeof when, "%b %e %H:%M:%S", &local) == 0)
        when[0] = '\0';
    len =
        snprintf(head_out, size, "<%d>%s daned[%ld]: ", LOG_MAIL | severity, when, (long)getpid());
    return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

/* The queue is full: waits for room as long as there is patience left. Returns whether there is. */
static bool wait_for_room(void)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    uint64_t begun_us = clock_now_us();
    bool found;

    if (begun_us - waited_since_us >= PER_US) {
        waited_since_us = begun_us;
        waited_us = 0;
    }
    if (waited_us >= PATIENCE_US)
        return false;
    found = poll(&room, 1, (int)((PATIENCE_US - waited_us + 999) / 1000)) == 1;
    waited_us += clock_now_us() - begun_us;
    return found;
}

bool log_syslog_send(int severity, const char *text)
{
    char head[96];
    struct iovec parts[2] = {{.iov_base = head, .iov_len = write_head(head, sizeof head, severity)},
        /* sendmsg() only reads it. */
        {.iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text)}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    if (fd < 0 && !connect_now())
        return false;
    if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
        return true;
    if (errno == EAGAIN ? !wait_for_room() : !connect_now())
        return false;
    return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}
