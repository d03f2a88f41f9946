/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * privileges.c - from root to the user that daned runs as.
 */
#include "daemon/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

int privileges_drop(const char *user, char *error_out, size_t cap)
{
    if (user[0] == '\0' || geteuid() != 0)
        return 0;
    errno = 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry) {
        snprintf(error_out, cap,
            "user \"%s\": %s; create it (adduser --system --group %s), or set another user", user,
            errno != 0 ? strerror(errno) : "there is no such user", user);
        return EX_NOUSER;
    }
    /* Not even a program that gives privileges to who starts it could give any back. */
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
        ;
    if (initgroups(user, entry->pw_gid) != 0 || setgid(entry->pw_gid) != 0 ||
        setuid(entry->pw_uid) != 0) {
        snprintf(error_out, cap, "cannot become user \"%s\": %s", user, strerror(errno));
        return EX_OSERR;
    }
    /* If root could be had back, it was not given up. */
    if (entry->pw_uid != 0 && setuid(0) == 0) {
        snprintf(error_out, cap, "cannot give up root for user \"%s\"", user);
        return EX_OSERR;
    }
    return 0;
}

size_t privileges_raise_descriptors(size_t wanted)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    rlim_t target = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (limit.rlim_cur < target) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = target;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    return limit.rlim_cur < wanted ? (size_t)limit.rlim_cur : wanted;
}
