/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.c - builds each line in a buffer on the stack and hands it over in one call.
 *
 * Failure modes: a target that cannot take the line now, or never again, costs that line and
 * nothing else; there is no second try and no loop. SIGPIPE is ignored by main. A JSON object that
 * does not fit into a line is written again without its fields and marked "cut", so that every line
 * stays an object.
 */
#include "daemon/io/log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/io/log_syslog.h"

#define MESSAGE_MAX 2048 /* octets of a formatted message before escaping */
#define JSON_CUT_MAX 512 /* octets of a message that is left of an object that did not fit */

/* The one log of the process; see log.h. Only the level and the count change while threads run. */
static struct {
    enum log_target target;
    enum log_format format;
    int fd;
    mode_t kind; /* of fd: S_IFREG, ... */
    bool journal;
    atomic_int level;
    atomic_uint_fast64_t dropped;
    atomic_uint_fast64_t dropped_told;
} the_log = {.target = LOG_TARGET_STDERR,
    .format = LOG_FORMAT_TEXT,
    .fd = STDERR_FILENO,
    .level = LOG_LEVEL_INFO};

static const struct {
    const char *text;
    int syslog_level;
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

/* A line under construction: what does not fit is dropped, and remembered. */
struct line {
    size_t len;
    bool cut;
    char text[LOG_LINE_MAX];
};

#define LINE_ROOM (LOG_LINE_MAX - 5) /* leaves place for "...", the newline and a NUL */

static void line_put(struct line *line, const char *text, size_t len)
{
    /* All or nothing: half an escape would read as something else. */
    if (line->cut || len > LINE_ROOM - line->len) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void line_puts(struct line *line, const char *text)
{
    line_put(line, text, strlen(text));
}

/* Writes one octet, escaped unless it is printable ASCII; quoted adds the escapes of a "..." text.
 */
static void line_put_escaped(struct line *line, unsigned char octet, bool quoted)
{
    char out[8];
    if (octet < 0x20 || octet > 0x7e) {
        int len = snprintf(out, sizeof out, "\\x%02x", octet);
        line_put(line, out, (size_t)len);
        return;
    }
    if (quoted && (octet == '"' || octet == '\\'))
        line_put(line, "\\", 1);
    out[0] = (char)octet;
    line_put(line, out, 1);
}

/* Whether an octet stands for itself. */
static bool is_plain(char octet, bool quoted)
{
    return octet >= 0x20 && octet <= 0x7e && !(quoted && (octet == '"' || octet == '\\'));
}

/* Writes a text, escaped where it has to be; what needs no escape in one go. */
static void line_put_text(struct line *line, const char *text, bool quoted)
{
    while (*text != '\0' && !line->cut) {
        size_t room = LINE_ROOM - line->len;
        size_t len = 0;
        while (len < room && is_plain(text[len], quoted))
            len++;
        line_put(line, text, len);
        text += len;
        if (*text != '\0')
            line_put_escaped(line, (unsigned char)*text++, quoted);
    }
}

/* A value is bare if nobody could misread it, else it stands in quotes. */
static void line_put_value(struct line *line, const char *text)
{
    bool bare = *text != '\0';
    for (const char *at = text; *at != '\0' && bare; at++)
        bare = *at > 0x20 && *at < 0x7f && *at != '"' && *at != '\\' && *at != '=';
    if (bare) {
        line_puts(line, text);
        return;
    }
    line_puts(line, "\"");
    line_put_text(line, text, true);
    line_puts(line, "\"");
}

/* Writes the time now, RFC 3339 in UTC with milliseconds, NUL-terminated. */
static void time_now(char out[static 32])
{
    static _Thread_local time_t written;
    static _Thread_local char text[20] = "1970-01-01T00:00:00"; /* written; most lines share it */
    struct timespec now = {0, 0};
    struct tm utc;

    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != written && gmtime_r(&now.tv_sec, &utc) != NULL) {
        char fresh[32];
        if (strftime(fresh, sizeof fresh, "%Y-%m-%dT%H:%M:%S", &utc) == sizeof text - 1) {
            memcpy(text, fresh, sizeof text);
            written = now.tv_sec;
        }
    }
    unsigned ms = (unsigned)(now.tv_nsec / 1000000);
    char tail[] = {'.', (char)('0' + ms / 100 % 10), (char)('0' + ms / 10 % 10),
        (char)('0' + ms % 10), 'Z', '\0'};
    memcpy(out, text, sizeof text - 1);
    memcpy(out + sizeof text - 1, tail, sizeof tail);
}

/* Whether the line went out whole. Never waits: see log.h. */
static bool write_line(const struct line *line)
{
    struct pollfd ready = {.fd = the_log.fd, .events = POLLOUT};
    ssize_t len = (ssize_t)line->len;

    /* The descriptor may be shared with other processes: it is not ours to make non-blocking. */
    if (the_log.kind == S_IFSOCK)
        return send(the_log.fd, line->text, line->len, MSG_DONTWAIT | MSG_NOSIGNAL) == len;
    /* A pipe that polls writable has room for PIPE_BUF octets, a line. */
    if (the_log.kind != S_IFREG && (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0))
        return false;
    return write(the_log.fd, line->text, line->len) == len;
}

static void line_finish(struct line *line)
{
    if (line->cut) {
        memcpy(line->text + line->len, "...", 3);
        line->len += 3;
    }
    if (the_log.target == LOG_TARGET_STDERR)
        line->text[line->len++] = '\n';
    line->text[line->len] = '\0';
}

static void send_line(enum log_level level, struct line *line)
{
    line_finish(line);
    bool sent = the_log.target == LOG_TARGET_SYSLOG
                    ? log_syslog_send(levels[level].syslog_level, line->text)
                    : write_line(line);
    if (!sent)
        atomic_fetch_add(&the_log.dropped, 1);
}

static void line_begin(struct line *line, enum log_level level)
{
    char text[64];
    char now[32];

    line->len = 0;
    line->cut = false;
    if (the_log.target == LOG_TARGET_SYSLOG)
        return;
    if (the_log.journal) {
        snprintf(text, sizeof text, "<%d>", levels[level].syslog_level);
    } else {
        time_now(now);
        snprintf(text, sizeof text, "%s %s: ", now, levels[level].text);
    }
    line_puts(line, text);
}

static void send_text(
    enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    struct line line;

    line_begin(&line, level);
    line_put_text(&line, message, false);
    for (size_t i = 0; i < count; i++) {
        line_puts(&line, " ");
        line_puts(&line, fields[i].key);
        line_puts(&line, "=");
        if (fields[i].type == LOG_FIELD_NUMBER) {
            char number[24];
            snprintf(number, sizeof number, "%" PRId64, fields[i].number);
            line_puts(&line, number);
        } else {
            line_put_value(&line, fields[i].text != NULL ? fields[i].text : "");
        }
    }
    send_line(level, &line);
}

/*
 * Gives a JSON string of at most max octets of text, escaped: jansson takes UTF-8 only, and what
 * came from outside need not be that. NULL if there is no memory.
 */
static json_t *json_text(const char *text, size_t max)
{
    struct line line = {.len = 0};
    for (size_t i = 0; i < max && text[i] != '\0' && !line.cut; i++)
        line_put_escaped(&line, (unsigned char)text[i], false);
    return json_stringn(line.text, line.len);
}

static bool json_build(struct line *line, enum log_level level, const char *message,
    size_t message_max, const struct log_field *fields, size_t count)
{
    char now[32];
    bool good = true;
    json_t *object = json_object();

    time_now(now);
    good = json_object_set_new(object, "time", json_string(now)) == 0 && good;
    good = json_object_set_new(object, "level", json_string(levels[level].text)) == 0 && good;
    good = json_object_set_new(object, "message", json_text(message, message_max)) == 0 && good;
    for (size_t i = 0; i < count; i++) {
        const char *text = fields[i].text != NULL ? fields[i].text : "";
        json_t *value = fields[i].type == LOG_FIELD_NUMBER ? json_integer(fields[i].number)
                                                           : json_text(text, MESSAGE_MAX);
        good = json_object_set_new(object, fields[i].key, value) == 0 && good;
    }
    if (message_max == JSON_CUT_MAX)
        good = json_object_set_new(object, "cut", json_true()) == 0 && good;
    line->cut = false;
    line->len = good ? json_dumpb(object, line->text, LINE_ROOM, JSON_COMPACT) : 0;
    json_decref(object);
    return line->len > 0 && line->len <= LINE_ROOM;
}

static void send_json(
    enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    struct line line;
    if (!json_build(&line, level, message, MESSAGE_MAX, fields, count) &&
        !json_build(&line, level, message, JSON_CUT_MAX, NULL, 0)) {
        /* No memory for an object: the line is lost, the service goes on. */
        atomic_fetch_add(&the_log.dropped, 1);
        return;
    }
    send_line(level, &line);
}

static void send_event(
    enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    if (the_log.format == LOG_FORMAT_JSON)
        send_json(level, message, fields, count);
    else
        send_text(level, message, fields, count);
}

/* Says how many lines were lost, once for each batch of them. */
static void tell_dropped(void)
{
    uint_fast64_t dropped = atomic_load(&the_log.dropped);
    uint_fast64_t told = atomic_exchange(&the_log.dropped_told, dropped);
    if (dropped == told)
        return;
    struct log_field field = log_number("lines", (int64_t)(dropped - told));
    send_event(LOG_LEVEL_WARNING, "log-lines-lost", &field, 1);
    /* That line may have been lost as well; it is not worth another one about itself. */
    if (atomic_load(&the_log.dropped) != dropped) {
        atomic_store(&the_log.dropped, dropped);
        atomic_store(&the_log.dropped_told, told);
    }
}

static void log_line(
    enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    int saved = errno;
    tell_dropped();
    send_event(level, message, fields, count);
    errno = saved;
}

/* Whether fd is the stream that systemd gave this service: JOURNAL_STREAM is "device:inode". */
static bool is_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    uintmax_t device;
    uintmax_t inode;
    int used = 0;

    if (stream == NULL || fstat(fd, &status) != 0)
        return false;
    if (sscanf(stream, "%" SCNuMAX ":%" SCNuMAX "%n", &device, &inode, &used) != 2)
        return false;
    return stream[used] == '\0' && device == (uintmax_t)status.st_dev &&
           inode == (uintmax_t)status.st_ino;
}

static mode_t kind_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

void log_init(const struct log_options *options)
{
    log_syslog_close();
    the_log.target = options->target;
    the_log.format = options->format;
    the_log.fd = options->fd;
    the_log.kind = kind_of(options->fd);
    the_log.journal = options->target == LOG_TARGET_STDERR && is_journal(options->fd);
    log_set_level(options->level);
    if (options->target == LOG_TARGET_SYSLOG)
        log_syslog_open(options->syslog_path != NULL ? options->syslog_path : _PATH_LOG);
}

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&the_log.level, (int)level, memory_order_relaxed);
}

bool log_enabled(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&the_log.level, memory_order_relaxed);
}

void log_write(enum log_level level, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;

    if (!log_enabled(level))
        return;
    va_start(arguments, format);
    int len = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (len < 0)
        snprintf(message, sizeof message, "(a message that cannot be formatted)");
    else if ((size_t)len >= sizeof message)
        memcpy(message + sizeof message - 4, "...", 4);
    log_line(level, message, NULL, 0);
}

void log_event(enum log_level level, const char *name, const struct log_field *fields, size_t count)
{
    if (log_enabled(level))
        log_line(level, name, fields, count);
}

const char *log_level_text(enum log_level level)
{
    return levels[level].text;
}

bool log_level_from_text(const char *text, enum log_level *level_out)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(text, levels[i].text) == 0) {
            *level_out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

uint64_t log_dropped(void)
{
    return atomic_load(&the_log.dropped);
}
