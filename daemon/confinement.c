/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confinement.c - what daned takes away from itself.
 *
 * The list is longer than what is seen of today's libraries: it has both forms of calls that differ
 * between architectures, and what glibc, libuv and the others may come to use for the same ends. A
 * call of the list that an architecture does not have is no mistake.
 */
#include "daemon/confinement.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool fail(char *error_out, size_t cap, const char *what, int error)
{
    snprintf(error_out, cap, "%s: %s", what, strerror(error));
    return false;
}

#ifdef HAVE_SECCOMP

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* How gcc and clang say that AddressSanitizer is built in. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

/* Where clone() has its flags. */
#if defined(__s390__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* Calls that are allowed whatever their arguments. */
/* clang-format off */
static const int allowed[] = {
    /* Descriptors. */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(preadv2),
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(pwritev2),
    SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(pipe),
    SCMP_SYS(pipe2), SCMP_SYS(eventfd2),
    /* Files. */
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(stat), SCMP_SYS(stat64),
    SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(fstatat64),
    SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(statfs64), SCMP_SYS(fstatfs),
    SCMP_SYS(fstatfs64), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents),
    SCMP_SYS(getdents64), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64), SCMP_SYS(fallocate), SCMP_SYS(fadvise64), SCMP_SYS(flock),
    SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
    SCMP_SYS(fchmod), SCMP_SYS(umask),
    /* Waiting. */
    SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64), SCMP_SYS(select), SCMP_SYS(_newselect), SCMP_SYS(pselect6),
    SCMP_SYS(pselect6_time64), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_settime64), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(restart_syscall),
    /* Sockets. */
    SCMP_SYS(connect), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(listen), SCMP_SYS(shutdown),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
    SCMP_SYS(send), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recv),
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(recvmmsg_time64),
    /* Memory. */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mincore),
    SCMP_SYS(membarrier),
    /* Threads. */
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(futex_time64),
    SCMP_SYS(futex_waitv), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address), SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu),
    /* Signals. */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaction),
    SCMP_SYS(sigprocmask), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
    /* Looking around. */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres),
    SCMP_SYS(clock_getres_time64), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(getuid32), SCMP_SYS(geteuid),
    SCMP_SYS(geteuid32), SCMP_SYS(getgid), SCMP_SYS(getgid32), SCMP_SYS(getegid),
    SCMP_SYS(getegid32), SCMP_SYS(getgroups), SCMP_SYS(getgroups32), SCMP_SYS(getrlimit),
    SCMP_SYS(ugetrlimit), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname),
#ifdef SANITIZED
    /* The search for leaks stops all threads from outside, as a debugger does. */
    SCMP_SYS(clone), SCMP_SYS(prctl), SCMP_SYS(ptrace), SCMP_SYS(wait4), SCMP_SYS(prlimit64),
#endif
};
/* clang-format on */

/* A call that is allowed if one argument has, under the mask, this value. */
struct condition {
    int call;
    unsigned argument;
    scmp_datum_t mask;
    scmp_datum_t value;
};

#define INT UINT32_MAX /* the kernel looks at these bits of an int */
#define POINTER UINT64_MAX

static const struct condition conditions[] = {
    {SCMP_SYS(socket), 0, INT, AF_UNIX},
    {SCMP_SYS(socket), 0, INT, AF_INET},
    {SCMP_SYS(socket), 0, INT, AF_INET6},
    {SCMP_SYS(socketpair), 0, INT, AF_UNIX},
    /* Memory is written to or executed, and never first the one and then the other. */
    {SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, 0},
    {SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE},
    {SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_EXEC},
    {SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, 0},
    {SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE},
    {SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, PROT_EXEC},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
    /* A thread of this process; and for want of clone3(), whose flags no filter sees, libc uses
     * this. */
    {SCMP_SYS(clone), CLONE_FLAGS, CLONE_THREAD, CLONE_THREAD},
    {SCMP_SYS(prctl), 0, INT, PR_SET_NAME},
    /* To read a limit, not to set one. */
    {SCMP_SYS(prlimit64), 2, POINTER, 0},
    {SCMP_SYS(ioctl), 1, INT, FIONBIO},
    {SCMP_SYS(ioctl), 1, INT, FIONREAD},
    {SCMP_SYS(ioctl), 1, INT, FIOCLEX},
    {SCMP_SYS(ioctl), 1, INT, TCGETS},
};

static int allow_if(scmp_filter_ctx filter, const struct condition *condition)
{
    struct scmp_arg_cmp compare =
        SCMP_CMP(condition->argument, SCMP_CMP_MASKED_EQ, condition->mask, condition->value);

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, condition->call, 1, &compare);
}

static int add_rules(scmp_filter_ctx filter)
{
    /* abort() signals its own thread; no other process is in reach. */
    struct condition own = {SCMP_SYS(tgkill), 0, INT, (scmp_datum_t)getpid()};
    int error = allow_if(filter, &own);

    for (size_t i = 0; error == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; error == 0 && i < sizeof conditions / sizeof conditions[0]; i++)
        error = allow_if(filter, &conditions[i]);
    return error;
}

static bool filter_calls(char *error_out, size_t cap)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int error = filter ? add_rules(filter) : -ENOMEM;

    if (error == 0) {
        /* No kernel that daned runs on lacks this; but without, the filter is as good. */
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
        error = seccomp_load(filter);
    }
    if (filter)
        seccomp_release(filter);
    return error == 0 || fail(error_out, cap, "cannot limit its own system calls", -error);
}

#else

static bool filter_calls(char *error_out, size_t cap)
{
    (void)error_out;
    (void)cap;
    return true;
}

#endif

/*
 * Whoever starts the process of an ordinary user may have given it some, to open its sockets. libc
 * has no functions for this. One that has none must not try: a service manager may forbid the call.
 */
static bool give_up_capabilities(char *error_out, size_t cap)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
    static const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

    if (geteuid() == 0)
        return true;
    if (syscall(SYS_capget, &header, held) == 0 && memcmp(held, none, sizeof held) == 0)
        return true;
    /* The ambient ones go with the others. */
    return syscall(SYS_capset, &header, none) == 0 ||
           fail(error_out, cap, "cannot give up its capabilities", errno);
}

bool confinement_enter(char *error_out, size_t cap)
{
    umask(077);
    /* The filter does not let that through; and it is no reason to do without one. */
    bool has_none = give_up_capabilities(error_out, cap);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error_out, cap, "cannot renounce new privileges", errno);
    return filter_calls(error_out, cap) && has_none;
}
