/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_log.c - the log, read back from a pipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/io/log.h"

#define TEXT_MAX 65536

static int ends[2];
static char text[TEXT_MAX + 1];

static void begin(enum log_format format, enum log_level level)
{
    struct log_options options = {
        .target = LOG_TARGET_STDERR, .level = level, .format = format, .fd = ends[1]};
    log_init(&options);
}

static int open_pipe(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    if (pipe(ends) != 0)
        return -1;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

/* As the journal's: a stream of one's own, and not a pipe. */
static int open_stream(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static int close_pipe(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/* Gives what was written since the last call. Writing is done when the log returns. */
static const char *written(void)
{
    ssize_t len = read(ends[0], text, TEXT_MAX);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

/* Gives the line behind its time and blank, which are checked. */
static const char *behind_time(const char *line)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ ";
    for (size_t i = 0; form[i] != '\0'; i++) {
        if (form[i] == 'd')
            assert_in_range(line[i], '0', '9');
        else
            assert_int_equal(line[i], form[i]);
    }
    return line + strlen(form);
}

static json_t *written_json(void)
{
    const char *line = written();
    assert_non_null(strchr(line, '\n'));
    assert_string_equal(strchr(line, '\n'), "\n");
    json_t *object = json_loads(line, 0, NULL);
    assert_true(json_is_object(object));
    return object;
}

static const char *member(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    assert_non_null(value);
    return value;
}

static void a_message_has_time_level_and_text(void **state)
{
    (void)state;
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_write(LOG_LEVEL_WARNING, "listener %s: %d", "postfix", 7);
    assert_string_equal(behind_time(written()), "warning: listener postfix: 7\n");
}

static void a_disabled_level_writes_nothing(void **state)
{
    (void)state;
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_WARNING);
    log_write(LOG_LEVEL_INFO, "no");
    log_event(LOG_LEVEL_DEBUG, "no", NULL, 0);
    assert_string_equal(written(), "");
    assert_false(log_enabled(LOG_LEVEL_INFO));
    assert_true(log_enabled(LOG_LEVEL_WARNING));
    assert_true(log_enabled(LOG_LEVEL_ERROR));
    log_set_level(LOG_LEVEL_DEBUG);
    assert_true(log_enabled(LOG_LEVEL_DEBUG));
    log_write(LOG_LEVEL_DEBUG, "yes");
    assert_string_equal(behind_time(written()), "debug: yes\n");
}

static void an_event_has_fields_in_their_order(void **state)
{
    (void)state;
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    struct log_field fields[] = {log_text("destination", "example.com"),
        log_text("level", "dane-required"), log_text("reason", "two words"), log_number("ttl", 300),
        log_number("least", INT64_MIN), log_text("empty", ""), log_text("null", NULL)};
    log_event(LOG_LEVEL_INFO, "decision", fields, sizeof fields / sizeof fields[0]);
    assert_string_equal(behind_time(written()),
        "info: decision destination=example.com level=dane-required reason=\"two words\" ttl=300 "
        "least=-9223372036854775808 empty=\"\" null=\"\"\n");
}

static void hostile_text_cannot_forge_a_line_a_field_or_drive_a_terminal(void **state)
{
    (void)state;
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_write(LOG_LEVEL_INFO, "a%sb", "\nerror: \033[31m\r\177\302\233");
    assert_string_equal(
        behind_time(written()), "info: a\\x0aerror: \\x1b[31m\\x0d\\x7f\\xc2\\x9bb\n");
    struct log_field fields[] = {
        log_text("a", "x level=may"), log_text("b", "\"\\\n"), log_text("c", "x=y")};
    log_event(LOG_LEVEL_INFO, "e", fields, 3);
    assert_string_equal(
        behind_time(written()), "info: e a=\"x level=may\" b=\"\\\"\\\\\\x0a\" c=\"x=y\"\n");
}

static void json_has_real_fields(void **state)
{
    (void)state;
    begin(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    struct log_field fields[] = {
        log_text("destination", "a\n\"\377"), log_number("ttl", 300), log_text("null", NULL)};
    log_event(LOG_LEVEL_INFO, "decision", fields, 3);
    json_t *object = written_json();
    assert_int_equal(json_object_size(object), 6);
    assert_int_equal(strlen(member(object, "time")), 24);
    assert_string_equal(member(object, "level"), "info");
    assert_string_equal(member(object, "message"), "decision");
    assert_string_equal(member(object, "destination"), "a\\x0a\"\\xff");
    assert_string_equal(member(object, "null"), "");
    assert_int_equal(json_integer_value(json_object_get(object, "ttl")), 300);
    json_decref(object);
    log_write(LOG_LEVEL_ERROR, "%s", "plain");
    object = written_json();
    assert_string_equal(member(object, "level"), "error");
    assert_string_equal(member(object, "message"), "plain");
    json_decref(object);
}

static void a_long_line_is_cut_at_4_kib(void **state)
{
    (void)state;
    char *big = malloc(100001);
    assert_non_null(big);
    memset(big, '"', 100000);
    big[100000] = '\0';

    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    struct log_field field = log_text("x", big);
    log_event(LOG_LEVEL_INFO, "e", &field, 1);
    const char *line = written();
    size_t len = strlen(line);
    assert_in_range(len, LOG_LINE_MAX - 8, LOG_LINE_MAX);
    assert_string_equal(line + len - 4, "...\n");
    log_write(LOG_LEVEL_INFO, "%s", big);
    line = written();
    assert_in_range(strlen(line), 2000, LOG_LINE_MAX);
    assert_string_equal(line + strlen(line) - 4, "...\n");

    begin(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    struct log_field fields[] = {field, log_number("n", 1)};
    log_event(LOG_LEVEL_INFO, "e", fields, 2);
    json_t *object = written_json();
    assert_string_equal(member(object, "message"), "e");
    assert_true(json_is_true(json_object_get(object, "cut")));
    json_decref(object);
    log_write(LOG_LEVEL_INFO, "%s", big);
    object = written_json();
    assert_true(json_is_true(json_object_get(object, "cut")));
    json_decref(object);
    free(big);
}

static void a_stream_to_the_journal_gets_levels_instead_of_times(void **state)
{
    (void)state;
    struct stat status;
    char stream[64];
    assert_int_equal(fstat(ends[1], &status), 0);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG);
    log_write(LOG_LEVEL_ERROR, "a");
    log_write(LOG_LEVEL_WARNING, "b");
    log_write(LOG_LEVEL_INFO, "c");
    log_write(LOG_LEVEL_DEBUG, "d");
    assert_string_equal(written(), "<3>a\n<4>b\n<6>c\n<7>d\n");
    /* The variable is inherited by everything that the service starts, with another stderr. */
    setenv("JOURNAL_STREAM", "1:1", 1);
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG);
    log_write(LOG_LEVEL_INFO, "e");
    assert_string_equal(behind_time(written()), "info: e\n");
}

static void a_full_pipe_costs_lines_but_never_waits(void **state)
{
    (void)state;
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    uint64_t before = log_dropped();
    unsigned count = 0;
    /* If the log waited here, the test would hang. */
    while (log_dropped() == before && count < 1000000) {
        log_write(LOG_LEVEL_INFO, "line");
        count++;
    }
    assert_int_equal(log_dropped(), before + 1);
    log_write(LOG_LEVEL_INFO, "lost as well");
    log_write(LOG_LEVEL_INFO, "lost as well");
    assert_int_equal(log_dropped(), before + 3);
    while (*written() != '\0')
        ;
    log_write(LOG_LEVEL_INFO, "again");
    const char *line = behind_time(written());
    static const char lost[] = "warning: log-lines-lost lines=3\n";
    assert_memory_equal(line, lost, strlen(lost));
    assert_string_equal(behind_time(line + strlen(lost)), "info: again\n");
    log_write(LOG_LEVEL_INFO, "told once");
    assert_string_equal(behind_time(written()), "info: told once\n");
}

static void a_closed_reader_costs_lines_but_not_the_process(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    close(ends[0]);
    uint64_t before = log_dropped();
    errno = ENOTTY;
    log_write(LOG_LEVEL_INFO, "nobody reads");
    assert_int_equal(errno, ENOTTY);
    assert_int_equal(log_dropped(), before + 1);
    ends[0] = open("/dev/null", O_RDONLY);
    int closed = dup(ends[1]);
    struct log_options options = {.level = LOG_LEVEL_INFO, .fd = closed};
    close(closed);
    log_init(&options);
    log_write(LOG_LEVEL_INFO, "no such descriptor");
    assert_int_equal(log_dropped(), before + 2);
}

/* A syslog of the test's own, that takes connections and reads only when it is told to. */
static int open_syslog(struct sockaddr_un *address_out)
{
    int syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    snprintf(address_out->sun_path, sizeof address_out->sun_path, "/tmp/daned-test-log.%ld",
        (long)getpid());
    address_out->sun_family = AF_UNIX;
    unlink(address_out->sun_path);
    assert_int_equal(bind(syslog, (const struct sockaddr *)address_out, sizeof *address_out), 0);
    return syslog;
}

static const char *received(int syslog)
{
    ssize_t len = recv(syslog, text, TEXT_MAX, 0);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

static void a_line_to_syslog_has_facility_severity_and_name(void **state)
{
    (void)state;
    struct sockaddr_un address = {0};
    int syslog = open_syslog(&address);
    char name[64];
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_write(LOG_LEVEL_INFO, "what other tests have lost is told before this");
    log_init(&(struct log_options){
        .target = LOG_TARGET_SYSLOG, .level = LOG_LEVEL_INFO, .syslog_path = address.sun_path});
    log_write(LOG_LEVEL_WARNING, "a %s", "line\n");
    snprintf(name, sizeof name, " daned[%ld]: a line\\x0a", (long)getpid());
    /* "<mail.warning>Nov 25 21:09:56 daned[...]: ..." */
    const char *line = received(syslog);
    assert_memory_equal(line, "<20>", 4);
    assert_string_equal(line + 4 + strlen("Nov 25 21:09:56"), name);
    /* A syslog that was started anew is found again. */
    close(syslog);
    log_write(LOG_LEVEL_INFO, "lost");
    syslog = open_syslog(&address);
    log_write(LOG_LEVEL_INFO, "found");
    assert_non_null(strstr(received(syslog), "log-lines-lost lines=1"));
    assert_non_null(strstr(received(syslog), ": found"));
    close(syslog);
    unlink(address.sun_path);
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
}

static void a_stopped_syslog_costs_lines_but_does_not_stop_us(void **state)
{
    (void)state;
    struct sockaddr_un address = {0};
    int syslog = open_syslog(&address);
    uint64_t before = log_dropped();
    log_init(&(struct log_options){
        .target = LOG_TARGET_SYSLOG, .level = LOG_LEVEL_INFO, .syslog_path = address.sun_path});
    /* If the log waited for as long as the syslog is stopped, the test would hang. */
    while (log_dropped() < before + 100)
        log_write(LOG_LEVEL_INFO, "line");
    while (*received(syslog) != '\0')
        ;
    log_write(LOG_LEVEL_INFO, "again");
    assert_non_null(strstr(received(syslog), "log-lines-lost lines=100"));
    assert_non_null(strstr(received(syslog), ": again"));
    close(syslog);
    unlink(address.sun_path);
    begin(LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
}

static void levels_have_words(void **state)
{
    (void)state;
    static const char *const words[] = {"error", "warning", "info", "debug"};
    for (int i = 0; i < 4; i++) {
        enum log_level level = LOG_LEVEL_ERROR;
        assert_string_equal(log_level_text((enum log_level)i), words[i]);
        assert_true(log_level_from_text(words[i], &level));
        assert_int_equal(level, i);
    }
    enum log_level level = LOG_LEVEL_DEBUG;
    assert_false(log_level_from_text("loud", &level));
    assert_false(log_level_from_text("", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pipe, close_pipe)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_has_time_level_and_text),
        TEST(a_disabled_level_writes_nothing),
        TEST(an_event_has_fields_in_their_order),
        TEST(hostile_text_cannot_forge_a_line_a_field_or_drive_a_terminal),
        TEST(json_has_real_fields),
        TEST(a_long_line_is_cut_at_4_kib),
        TEST(a_stream_to_the_journal_gets_levels_instead_of_times),
        cmocka_unit_test_setup_teardown(
            a_stream_to_the_journal_gets_levels_instead_of_times, open_stream, close_pipe),
        TEST(a_full_pipe_costs_lines_but_never_waits),
        cmocka_unit_test_setup_teardown(
            a_full_pipe_costs_lines_but_never_waits, open_stream, close_pipe),
        cmocka_unit_test_setup_teardown(
            a_closed_reader_costs_lines_but_not_the_process, open_stream, close_pipe),
        TEST(a_closed_reader_costs_lines_but_not_the_process),
        TEST(a_line_to_syslog_has_facility_severity_and_name),
        TEST(a_stopped_syslog_costs_lines_but_does_not_stop_us),
        TEST(levels_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
