/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_confinement.c - what a confined process can no longer do, and what it still can.
 *
 * Each probe runs in a child of its own, for confinement is for good.
 */
#include "daemon/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { GOOD = 0, BAD = 1, NOT_CONFINED = 2 };

/* Runs probe in a confined child; gives the status as waitpid() does. */
static int confined(int (*probe)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        char error[200];
        if (!confinement_enter(error, sizeof error)) {
            fprintf(stderr, "%s\n", error);
            _exit(NOT_CONFINED);
        }
        _exit(probe());
    }
    assert_int_not_equal(child, -1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void assert_good(int (*probe)(void))
{
    assert_int_equal(confined(probe), GOOD << 8);
}

/* What is refused looks like a call that the kernel does not know. */
static int refused(long result)
{
    return result == -1 && errno == ENOSYS ? GOOD : BAD;
}

static int program(void)
{
    char *arguments[] = {(char *)(uintptr_t) "/bin/true", NULL};

    return refused(execv(arguments[0], arguments));
}

static int process(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(GOOD);
    return refused(child);
}

static int other_process(void)
{
    return refused(kill(getppid(), 0));
}

static int debugging(void)
{
    return refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int name_spaces(void)
{
    return refused(unshare(CLONE_NEWUSER));
}

static int kernel_settings(void)
{
    return refused(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int limits(void)
{
    struct rlimit limit = {.rlim_cur = 64, .rlim_max = 64};

    return refused(setrlimit(RLIMIT_NOFILE, &limit));
}

static int rings(void)
{
    return refused(syscall(SYS_io_uring_setup, 1, NULL));
}

static int other_families(void)
{
    return refused(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int new_address(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return fd < 0 ? BAD : refused(bind(fd, (struct sockaddr *)&address, sizeof address));
}

static int memory_to_write_and_execute(void)
{
    return refused((long)mmap(
        NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int memory_to_execute_later(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page == MAP_FAILED ? BAD : refused(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int privileges_are_renounced(void)
{
    char line[200];
    FILE *file = fopen("/proc/self/status", "r");
    int good = BAD;

    while (file && fgets(line, sizeof line, file))
        if (strcmp(line, "NoNewPrivs:\t1\n") == 0)
            good = GOOD;
    return good;
}

static int new_file_is_private(void)
{
    char path[64];
    struct stat status;

    snprintf(path, sizeof path, "/tmp/daned-test.%d", getpid());
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    unlink(path);
    if (fd < 0 || fstat(fd, &status) != 0)
        return BAD;
    return (status.st_mode & 077) == 0 ? GOOD : BAD;
}

static void *do_nothing(void *arg)
{
    return arg;
}

static int thread(void)
{
    pthread_t other;

    if (pthread_create(&other, NULL, do_nothing, NULL) != 0)
        return BAD;
    return pthread_join(other, NULL) == 0 ? GOOD : BAD;
}

/* As the snapshot of the cache is written. */
static int replaced_file(void)
{
    char path[] = "/tmp/daned-test.XXXXXX";
    char target[sizeof path + 1];
    int fd = mkstemp(path);

    snprintf(target, sizeof target, "%s2", path);
    bool good = fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0 && close(fd) == 0 &&
                rename(path, target) == 0 && unlink(target) == 0;
    return good ? GOOD : BAD;
}

static int sockets(void)
{
    int pair[2];
    char octet = 0;
    int families[] = {AF_UNIX, AF_INET, AF_INET6};

    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (socket(families[i], SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) < 0 &&
            errno != EAFNOSUPPORT)
            return BAD;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || write(pair[0], "x", 1) != 1)
        return BAD;
    return read(pair[1], &octet, 1) == 1 && octet == 'x' ? GOOD : BAD;
}

static int limits_can_be_read(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? GOOD : BAD;
}

static int end(void)
{
    abort();
}

/* What the search for leaks does itself must be left to a program that is built with it. */
static void test_what_is_refused(void **state)
{
    (void)state;
#ifndef HAVE_SECCOMP
    skip();
#endif
    assert_good(program);
    assert_good(other_process);
    assert_good(name_spaces);
    assert_good(rings);
    assert_good(other_families);
    assert_good(new_address);
    assert_good(memory_to_write_and_execute);
    assert_good(memory_to_execute_later);
    if (SANITIZED)
        return;
    assert_good(process);
    assert_good(debugging);
    assert_good(kernel_settings);
    assert_good(limits);
}

static void test_privileges_are_renounced_and_files_private(void **state)
{
    (void)state;
    assert_good(privileges_are_renounced);
    assert_good(new_file_is_private);
}

static void test_what_the_daemon_needs(void **state)
{
    (void)state;
    assert_good(thread);
    assert_good(replaced_file);
    assert_good(sockets);
    assert_good(limits_can_be_read);
}

static void test_a_crash_is_still_a_crash(void **state)
{
    int status;

    (void)state;
    status = confined(end);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_privileges_are_renounced_and_files_private),
        cmocka_unit_test(test_what_the_daemon_needs),
        cmocka_unit_test(test_a_crash_is_still_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
