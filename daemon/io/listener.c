/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listener.c - one listening socket and its sessions.
 *
 * The happy path: listener_open() binds (as root, if the daemon was started so), or
 * listener_adopt() takes a socket that another process has bound; listener_start() hands the
 * descriptor to libuv, on_connection() accepts sessions, one timer watches their time-outs.
 *
 * What can fail: the address is in use or cannot be bound (a sentence for the operator); there are
 * no descriptors left (libuv closes the newcomer); too many connections (the one that has waited
 * longest goes). None of it ends the daemon once it runs.
 */
#include "daemon/io/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/core/alloc.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"

enum { BACKLOG = 1024 };

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    uv_timer_t timer;
    struct session_group sessions;
    struct listener_options options;
    int fd; /* until libuv has it */
    dev_t file_device;
    ino_t file_inode;
    uint64_t due_ms; /* when the timer fires; UINT64_MAX: it does not run */
    uint64_t refused_logged_ms;
    unsigned open_handles;
    void (*on_gone)(void *arg, struct listener *listener);
    void *arg;
};

static bool is_unix(const struct listener_options *options)
{
    return options->address.ss_family == AF_UNIX;
}

static const char *path_of(const struct listener_options *options)
{
    return ((const struct sockaddr_un *)(const void *)&options->address)->sun_path;
}

static bool fail(char error_out[LISTENER_ERROR_MAX], const char *what)
{
    snprintf(error_out, LISTENER_ERROR_MAX, "%s: %s", what, strerror(errno));
    return false;
}

/*
 * Makes room for a socket file. A file that stands there is removed only if it is a socket, and one
 * that refuses connections: the rest of a daemon that was killed.
 */
static bool remove_stale_socket(
    const struct listener_options *options, char error_out[LISTENER_ERROR_MAX])
{
    struct stat status;

    if (lstat(path_of(options), &status) != 0)
        return errno == ENOENT || fail(error_out, "cannot look at the socket's path");
    if (!S_ISSOCK(status.st_mode)) {
        snprintf(error_out, LISTENER_ERROR_MAX,
            "a file that is no socket stands at the socket's path; remove it, or choose another");
        return false;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error_out, "socket");
    int result = connect(fd, (const struct sockaddr *)&options->address, options->address_len);
    int error = errno;
    close(fd);
    if (result != 0 && error == ECONNREFUSED) {
        if (unlink(path_of(options)) == 0 || errno == ENOENT)
            return true;
        return fail(error_out, "cannot remove the stale socket");
    }
    errno = error;
    if (result != 0 && error != EAGAIN)
        return fail(error_out, "cannot tell whether another process listens on that socket");
    snprintf(error_out, LISTENER_ERROR_MAX, "another process listens on that socket already");
    return false;
}

/*
 * Gives the socket file its owner, group and mode, and notes which file it is. The directory may be
 * another user's, who could put something else in its place meanwhile: what was opened is looked at
 * and changed, and never what stands at the path.
 */
static bool own_socket_file(struct listener *listener, char error_out[LISTENER_ERROR_MAX])
{
    const struct listener_options *options = &listener->options;
    uid_t owner = options->owner;
    gid_t group = options->group;
    struct stat status;
    char self[32];
    bool good = false;
    int fd = open(path_of(options), O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return fail(error_out, "cannot look at the socket");
    /* chmod() has no form for such a descriptor, but it follows this link to the very file. */
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (fstat(fd, &status) != 0)
        fail(error_out, "cannot look at the socket");
    else if (!S_ISSOCK(status.st_mode) || status.st_uid != geteuid() || status.st_nlink != 1)
        snprintf(error_out, LISTENER_ERROR_MAX, "something else was put in the socket's place");
    /* What is right already, as the group is in a setgid directory, takes no privilege. */
    else if (((owner != (uid_t)-1 && owner != status.st_uid) ||
                 (group != (gid_t)-1 && group != status.st_gid)) &&
             fchownat(fd, "", owner, group, AT_EMPTY_PATH) != 0)
        fail(error_out, "cannot change the socket's owner or group");
    else if (chmod(self, options->mode) != 0)
        fail(error_out, "cannot change the socket's mode");
    else
        good = true;
    close(fd);
    listener->file_device = good ? status.st_dev : 0;
    listener->file_inode = good ? status.st_ino : 0;
    return good;
}

/* Removes the socket file, if it is still the one that this listener made. */
static void remove_own_socket(const struct listener *listener)
{
    struct stat status;

    if (!is_unix(&listener->options) || listener->file_inode == 0 ||
        lstat(path_of(&listener->options), &status) != 0 ||
        status.st_dev != listener->file_device || status.st_ino != listener->file_inode)
        return;
    if (unlink(path_of(&listener->options)) != 0)
        log_write(LOG_LEVEL_DEBUG, "cannot remove the socket %s: %s", path_of(&listener->options),
            strerror(errno));
}

static bool bind_socket(struct listener *listener, char error_out[LISTENER_ERROR_MAX])
{
    const struct listener_options *options = &listener->options;
    int one = 1;

    listener->fd =
        socket(options->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd < 0)
        return fail(error_out, "socket");
    if (!is_unix(options)) {
        if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
            (options->address.ss_family == AF_INET6 &&
                setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0))
            return fail(error_out, "setsockopt");
        if (bind(listener->fd, (const struct sockaddr *)&options->address, options->address_len) !=
            0)
            return fail(error_out, "cannot bind");
    } else {
        if (!remove_stale_socket(options, error_out))
            return false;
        /* Nobody may connect before owner and mode are right. */
        mode_t old_mask = umask(0177);
        int result =
            bind(listener->fd, (const struct sockaddr *)&options->address, options->address_len);
        int error = errno;
        umask(old_mask);
        errno = error;
        if (result != 0)
            return fail(error_out, "cannot bind");
        if (!own_socket_file(listener, error_out))
            return false;
    }
    /* From here on clients wait in the backlog instead of being refused. */
    if (listen(listener->fd, BACKLOG) != 0)
        return fail(error_out, "cannot listen");
    return true;
}

struct listener *listener_open(
    const struct listener_options *options, char error_out[LISTENER_ERROR_MAX])
{
    struct listener *listener = alloc_zeroed(sizeof *listener);

    listener->options = *options;
    listener->fd = -1;
    if (bind_socket(listener, error_out))
        return listener;
    listener_discard(listener);
    return NULL;
}

struct listener *listener_adopt(
    const struct listener_options *options, int fd, char error_out[LISTENER_ERROR_MAX])
{
    struct listener *listener = alloc_zeroed(sizeof *listener);
    int flags = fcntl(fd, F_GETFL);

    listener->options = *options;
    listener->fd = fd;
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
        return listener;
    fail(error_out, "cannot use the socket");
    listener_discard(listener);
    return NULL;
}

void listener_discard(struct listener *listener)
{
    if (listener->fd >= 0)
        close(listener->fd);
    remove_own_socket(listener);
    free(listener);
}

int listener_take_fd(struct listener *listener)
{
    int fd = listener->fd;

    listener->fd = -1;
    return fd;
}

static void on_connection(uv_stream_t *stream, int status)
{
    enum { LOG_AGAIN_MS = 10000 };
    struct listener *listener = stream->data;
    uint64_t now_ms = clock_now_ms();

    if (status == 0) {
        if (listener->sessions.count >= listener->options.connections_max &&
            !session_group_evict(&listener->sessions))
            status = UV_EMFILE;
        /* The newcomer must be accepted to be refused: it is closed at once then. */
        int error =
            session_accept(&listener->sessions, stream, is_unix(&listener->options), status == 0);
        status = status != 0 ? status : error;
    }
    if (status == 0 || now_ms - listener->refused_logged_ms < LOG_AGAIN_MS)
        return;
    listener->refused_logged_ms = now_ms;
    log_write(LOG_LEVEL_WARNING, "listen \"%s\": a connection was refused: %s (%zu are open)",
        listener->options.name, uv_strerror(status), listener->sessions.count);
}

static void on_timer(uv_timer_t *timer);

/* A session is due at due_ms: sees to it that the timer fires by then. */
static void on_due(void *owner, uint64_t due_ms)
{
    struct listener *listener = owner;
    uint64_t now_ms;

    if (due_ms >= listener->due_ms)
        return;
    now_ms = clock_now_ms();
    listener->due_ms = due_ms;
    uv_timer_start(&listener->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct listener *listener = timer->data;

    listener->due_ms = UINT64_MAX;
    uint64_t next_ms = session_group_expire(&listener->sessions, clock_now_ms());
    if (next_ms != UINT64_MAX)
        on_due(listener, next_ms);
}

static void release(struct listener *listener)
{
    if (listener->open_handles > 0 || listener->sessions.count > 0)
        return;
    listener->on_gone(listener->arg, listener);
    free(listener);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;

    listener->open_handles--;
    release(listener);
}

/* The last session is gone: behind listener_drain() the timer is not needed any more. */
static void on_empty(void *owner)
{
    struct listener *listener = owner;

    if (listener->sessions.draining && !uv_is_closing((uv_handle_t *)&listener->timer))
        uv_close((uv_handle_t *)&listener->timer, on_handle_closed);
}

int listener_start(struct listener *listener, struct server *server)
{
    bool unix_socket = is_unix(&listener->options);
    int error;

    listener->due_ms = UINT64_MAX;
    listener->sessions = (struct session_group){
        .server = server,
        .protocol = listener->options.protocol,
        .time_out_ms = {[SESSION_IDLE] = listener->options.idle_ms,
            [SESSION_PARTIAL] = listener->options.protocol->request_ms,
            [SESSION_WAITING] = listener->options.protocol->answer_ms,
            [SESSION_WRITING] = SESSION_WRITE_MS},
        .owner = listener,
        .on_due = on_due,
        .on_empty = on_empty,
    };
    uv_timer_init(server->loop, &listener->timer);
    listener->timer.data = listener;
    error = unix_socket ? uv_pipe_init(server->loop, &listener->uv.pipe, 0)
                        : uv_tcp_init(server->loop, &listener->uv.tcp);
    if (error != 0)
        return error;
    listener->uv.handle.data = listener;
    listener->open_handles = 2;
    error = unix_socket ? uv_pipe_open(&listener->uv.pipe, listener->fd)
                        : uv_tcp_open(&listener->uv.tcp, listener->fd);
    if (error != 0)
        return error;
    listener->fd = -1;
    return uv_listen(&listener->uv.stream, BACKLOG, on_connection);
}

size_t listener_connections(const struct listener *listener)
{
    return listener->sessions.count;
}

void listener_drain(
    struct listener *listener, void (*on_gone)(void *arg, struct listener *listener), void *arg)
{
    listener->on_gone = on_gone;
    listener->arg = arg;
    remove_own_socket(listener);
    session_group_drain(&listener->sessions, clock_now_ms());
    uv_close(&listener->uv.handle, on_handle_closed);
    if (listener->sessions.count == 0)
        on_empty(listener);
}

void listener_hurry(struct listener *listener)
{
    session_group_close(&listener->sessions);
}
