/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h - the log: one line an event, to stderr or syslog, as text or JSON.
 *
 * A log belongs to the whole process, so that here, and only here, the state is static.
 *
 * Promises: a disabled level costs one comparison. A line is one write(2) of at most LOG_LINE_MAX
 * octets, so that lines never interleave; a longer one is cut. Nothing is allocated for text. A
 * line that could only be written by waiting (for syslog: by waiting long) is dropped and counted,
 * and the count is told with the next line that goes through: a stopped reader of stderr, or a
 * stopped syslogd, must not stop mail. Every octet that is not printable ASCII is escaped as \xHH,
 * so that text from DNS, certificates or clients cannot forge a line or drive a terminal: hand it
 * over as it came, here is where it is made harmless.
 */
#ifndef DANED_IO_LOG_H
#define DANED_IO_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096 /* octets of one line with its newline; PIPE_BUF on Linux, so atomic */

/* Most important first: a level enables itself and those before it. */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_target { LOG_TARGET_STDERR, LOG_TARGET_SYSLOG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct log_options {
    enum log_target target;
    enum log_level level;
    enum log_format format;
    int fd; /* where LOG_TARGET_STDERR writes; borrowed. STDERR_FILENO, but in tests */
    const char *syslog_path; /* of LOG_TARGET_SYSLOG; borrowed. NULL, but in tests: /dev/log */
};

/*
 * One key and value of an event. The key is a constant of the program, of letters, digits, '_' and
 * '-', and not one of "time", "level", "message". The text is borrowed; NULL is written as "".
 */
enum log_field_type { LOG_FIELD_TEXT, LOG_FIELD_NUMBER };

struct log_field {
    const char *key;
    enum log_field_type type;
    const char *text;
    int64_t number;
};

/* Gives a field of text. */
static inline struct log_field log_text(const char *key, const char *text)
{
    return (struct log_field){.key = key, .type = LOG_FIELD_TEXT, .text = text};
}

/* Gives a field with a number. */
static inline struct log_field log_number(const char *key, int64_t number)
{
    return (struct log_field){.key = key, .type = LOG_FIELD_NUMBER, .number = number};
}

/*
 * Sets where, what and how to log; may be called again at any time (a reload). Before the first
 * call the log is text on stderr at level info. In text form a line on stderr begins with the time
 * in UTC, or, if that descriptor is the stream to systemd's journal (JOURNAL_STREAM, systemd.exec
 * (5)), with the "<N>" that the journal reads as the level.
 */
void log_init(const struct log_options *options);

/* Lets the lines of level and of the more important ones through. Any thread may call it. */
void log_set_level(enum log_level level);

/* Whether a line of this level would be written: ask before costly preparations. */
bool log_enabled(enum log_level level);

/* Writes one line, formatted as by printf. Does nothing if the level is disabled. Keeps errno. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Writes one event with its fields: in text `name key=value key="a value" ...`, in JSON an object
 * with the fields as members and name as "message". Does nothing if the level is disabled. Keeps
 * errno.
 */
void log_event(
    enum log_level level, const char *name, const struct log_field *fields, size_t count);

/* Gives the word for a level ("warning"); static storage. */
const char *log_level_text(enum log_level level);

/* Reads the word for a level. Returns false, and leaves *level_out alone, if there is no such
 * level. */
bool log_level_from_text(const char *text, enum log_level *level_out);

/* How many lines were dropped since the start because writing them failed or would have waited. */
uint64_t log_dropped(void);

#endif
