/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_daned_client_waiting.c - the embeddable client while it waits: servers that are not there,
 * that are slow, deaf or gone, signals, threads.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "tests/unit/client-shims/client_calls.h"

static void where_nothing_listens_the_error_says_so(void **state)
{
    (void)state;
    struct server server;
    struct daned_policy_reply reply;
    char wanted[DANED_ERROR_MAX];

    server_listen(&server, SERVER_INET);
    server_close(&server);
    assert_defers(daned_policy(server.address, "example.com", NULL, LONG_MS, &reply),
        DANED_NO_CONNECTION, &reply);
    snprintf(
        wanted, sizeof wanted, "cannot connect to daned at %s: connection refused", server.address);
    assert_string_equal(reply.error, wanted);
    assert_defers(daned_policy("unix:/nonexistent/so\ncket", "example.com", NULL, LONG_MS, &reply),
        DANED_NO_CONNECTION, &reply);
    assert_string_equal(
        reply.error, "cannot connect to daned at unix:/nonexistent/so?cket: no such socket");
}

/* What a server in this mode, that never says all, makes of POLICY before the deadline. */
static void check_late(enum server_kind kind, enum server_mode mode)
{
    struct daned_policy_reply reply;
    struct server server;

    server_start(&server, kind, mode, GOOD_REPLY, strlen(GOOD_REPLY));
    assert_defers(
        daned_policy(server.address, "example.com", NULL, SHORT_MS, &reply), DANED_LATE, &reply);
    server_stop(&server);
    assert_string_equal(reply.error, "daned has not replied before the deadline");
}

static void the_deadline_ends_a_reply_that_comes_an_octet_a_second(void **state)
{
    (void)state;
    check_late(SERVER_INET, SERVER_DRIPS);
    check_late(SERVER_UNIX, SERVER_DRIPS);
}

static void the_deadline_ends_the_wait_for_a_close_behind_the_reply(void **state)
{
    (void)state;
    check_late(SERVER_INET, SERVER_HOLDS);
    check_late(SERVER_UNIX, SERVER_HOLDS);
}

static void the_deadline_ends_the_sending_to_a_server_that_does_not_read(void **state)
{
    (void)state;
    const struct daned_cert large[] = {{der, 190000}};
    struct daned_verify_request request = good_request(large, 1);
    struct daned_verify_reply reply;
    struct server server;

    server_start(&server, SERVER_UNIX, SERVER_DEAF, "", 0);
    assert_int_equal(daned_verify(server.address, &request, SHORT_MS, &reply), DANED_LATE);
    server_stop(&server);
    assert_int_equal(reply.verdict, DANED_TEMP);
    assert_string_equal(reply.text, "daned has not replied before the deadline");
}

static void the_deadline_ends_the_wait_for_a_connection(void **state)
{
    (void)state;
    static const enum server_kind kinds[] = {SERVER_INET, SERVER_UNIX};
    struct daned_policy_reply reply;
    struct server server;

    for (size_t i = 0; i < 2; i++) {
        server_listen(&server, kinds[i]);
        server_fill_queue(&server);
        assert_defers(daned_policy(server.address, "example.com", NULL, SHORT_MS, &reply),
            DANED_LATE, &reply);
        server_close(&server);
    }
}

static void a_server_that_closes_at_once_is_an_error_and_no_signal(void **state)
{
    (void)state;
    const struct daned_cert large[] = {{der, 190000}};
    struct daned_verify_request request = good_request(large, 1);
    struct daned_verify_reply reply;
    struct server server;

    /* SIGPIPE has its default effect here: it would end the test. */
    for (int round = 0; round < 20; round++) {
        server_start(
            &server, round % 2 ? SERVER_UNIX : SERVER_INET, SERVER_CLOSES, "OK matched\n", 11);
        enum daned_status status = daned_verify(server.address, &request, LONG_MS, &reply);
        server_stop(&server);
        assert_true(status == DANED_BROKEN || status == DANED_BAD_REPLY);
        assert_int_equal(reply.verdict, DANED_TEMP);
        assert_true(strlen(reply.text) > 0);
    }
}

static void a_reply_in_pieces_is_put_together(void **state)
{
    (void)state;
    struct daned_policy_reply reply;
    struct server server;

    server_start(&server, SERVER_UNIX, SERVER_PIECES, GOOD_REPLY, strlen(GOOD_REPLY));
    assert_int_equal(daned_policy(server.address, "example.com", NULL, LONG_MS, &reply), DANED_OK);
    server_stop(&server);
    assert_int_equal(reply.level, DANED_DANE_REQUIRED);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void signals_do_not_disturb_a_call(void **state)
{
    (void)state;
    const struct daned_cert large[] = {{der, 190000}};
    struct daned_verify_request request = good_request(large, 1);
    const struct itimerval every_ms = {{0, 500}, {0, 500}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART */
    struct daned_verify_reply reply;
    struct server server;

    sigaction(SIGALRM, &action, NULL);
    alarms = 0;
    for (int round = 0; round < 2000 && (round < 20 || alarms < 20); round++) {
        /* The server's thread has all signals blocked. */
        server_start(&server, round % 2 ? SERVER_UNIX : SERVER_INET, SERVER_PIECES, "OK a\n", 5);
        setitimer(ITIMER_REAL, &every_ms, NULL);
        enum daned_status status = daned_verify(server.address, &request, LONG_MS, &reply);
        setitimer(ITIMER_REAL, &never, NULL);
        server_stop(&server);
        assert_int_equal(status, DANED_OK);
        assert_int_equal(reply.verdict, DANED_ACCEPT);
    }
    assert_true(alarms >= 20);
    /* And signals do not put the deadline off. */
    setitimer(ITIMER_REAL, &every_ms, NULL);
    check_late(SERVER_INET, SERVER_HOLDS);
    setitimer(ITIMER_REAL, &never, NULL);
}

struct asker {
    pthread_t thread;
    struct server server;
    char line[64];
    unsigned number;
    unsigned good;
};

static void *ask_often(void *arg)
{
    struct asker *asker = arg;
    struct daned_policy_reply reply;

    for (unsigned i = 0; i < 50; i++) {
        server_start(&asker->server, i % 2 ? SERVER_UNIX : SERVER_INET, SERVER_REPLIES, asker->line,
            strlen(asker->line));
        if (daned_policy(asker->server.address, "example.com", NULL, LONG_MS, &reply) == DANED_OK &&
            reply.ttl_s == asker->number)
            asker->good++;
        server_stop(&asker->server);
    }
    return NULL;
}

static void threads_get_each_their_own_reply(void **state)
{
    (void)state;
    static struct asker askers[4];

    for (unsigned i = 0; i < 4; i++) {
        askers[i].number = 1000 + i;
        snprintf(askers[i].line, sizeof askers[i].line, "level=may ttl=%u reason=no-tlsa\n",
            askers[i].number);
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].good, 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(where_nothing_listens_the_error_says_so),
        TEST(the_deadline_ends_a_reply_that_comes_an_octet_a_second),
        TEST(the_deadline_ends_the_wait_for_a_close_behind_the_reply),
        TEST(the_deadline_ends_the_sending_to_a_server_that_does_not_read),
        TEST(the_deadline_ends_the_wait_for_a_connection),
        TEST(a_server_that_closes_at_once_is_an_error_and_no_signal),
        TEST(a_reply_in_pieces_is_put_together),
        TEST(signals_do_not_disturb_a_call),
        TEST(threads_get_each_their_own_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
