/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.c - the load generator: one thread, told by standard input what to do.
 *
 * One command a line, one line of JSON for each on standard output:
 *   target NAME socketmap|redis PATH CONNECTIONS PID EXPECTED REPLY...
 *   names NAME order|random PATTERN FIRST COUNT SEED
 *   closed NAME MILLISECONDS REQUESTS   closed loop; 0 is no bound
 *   paced NAME RATE MILLISECONDS        open loop, RATE requests a second
 *   drop NAME
 * Targets stay connected from command to command, so that slices on several of them may alternate.
 * Ends at the end of its input; ends with status 1, and a sentence, if something is not as it has
 * to be.
 */
#include <inttypes.h>
#include <string.h>

#include "tests/bench/fail.h"
#include "tests/bench/slice.h"
#include "tests/bench/target.h"

enum { TARGETS_MAX = 8, LINE_MAX_OCTETS = 1024 };

static struct target targets[TARGETS_MAX];

static struct target *find_target(const char *name)
{
    for (size_t i = 0; i < TARGETS_MAX; i++)
        if (targets[i].connections != NULL && name != NULL && strcmp(targets[i].name, name) == 0)
            return &targets[i];
    fail("there is no target %s", name != NULL ? name : "without a name");
}

static const char *word(void)
{
    return strtok(NULL, " ");
}

static void add_target(void)
{
    struct target *target = NULL;
    const char *name = word();
    const char *protocol = word();
    const char *path = word();
    size_t count = (size_t)must_number(word(), "the number of connections");
    pid_t pid = (pid_t)must_number(word(), "the process");
    const char *expect = strtok(NULL, "");

    for (size_t i = 0; i < TARGETS_MAX; i++)
        if (targets[i].connections == NULL)
            target = &targets[i];
    if (target == NULL || expect == NULL || count == 0)
        fail("too many targets, or half a command");
    target_init(target, name, strcmp(protocol, "redis") == 0 ? TARGET_REDIS : TARGET_SOCKETMAP,
        path, count, pid, expect);
    names_init(&target->names, "nothing.invalid", 0, 1, false, 0);
    printf("{\"connections\": %zu}\n", count);
}

static void set_names(void)
{
    struct target *target = find_target(word());
    const char *mode = word();
    const char *pattern = word();
    uint64_t first = must_number(word(), "the first number");
    uint64_t count = must_number(word(), "the number of names");
    uint64_t seed = must_number(word(), "the seed");

    names_init(&target->names, pattern, first, count, strcmp(mode, "random") == 0, seed);
    printf("{\"names\": %" PRIu64 "}\n", count);
}

static void print_slice(const struct slice *slice)
{
    printf("{\"requests\": %" PRIu64 ", \"wrong\": %" PRIu64 ", \"wall_ns\": %" PRIu64
           ", \"server_cpu_ns\": %" PRIu64 ", \"own_cpu_ns\": %" PRIu64 ", \"p50_ns\": %" PRIu64
           ", \"p99_ns\": %" PRIu64 ", \"p999_ns\": %" PRIu64 ", \"max_ns\": %" PRIu64 "}\n",
        slice->requests, slice->wrong, slice->wall_ns, slice->server_cpu_ns, slice->own_cpu_ns,
        slice->p50_ns, slice->p99_ns, slice->p999_ns, slice->max_ns);
}

static void run_slice(bool paced)
{
    struct target *target = find_target(word());
    uint64_t first = must_number(word(), "the first bound");
    uint64_t second = must_number(word(), "the second bound");
    const uint64_t ns_per_ms = 1000000;
    struct slice slice;

    if (first == 0 && second == 0)
        fail("a slice needs a bound");
    if (paced)
        slice_paced(target, first, second * ns_per_ms, &slice);
    else
        slice_closed(target, first * ns_per_ms, second, &slice);
    print_slice(&slice);
}

static void run_command(char *line)
{
    const char *command = strtok(line, " ");

    if (command == NULL)
        return;
    if (strcmp(command, "target") == 0)
        add_target();
    else if (strcmp(command, "names") == 0)
        set_names();
    else if (strcmp(command, "closed") == 0 || strcmp(command, "paced") == 0)
        run_slice(command[0] == 'p');
    else if (strcmp(command, "drop") == 0) {
        target_fini(find_target(word()));
        printf("{}\n");
    } else {
        fail("unknown command: %s", command);
    }
    fflush(stdout);
}

int main(void)
{
    char line[LINE_MAX_OCTETS];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        run_command(line);
    }
    for (size_t i = 0; i < TARGETS_MAX; i++)
        if (targets[i].connections != NULL)
            target_fini(&targets[i]);
    return 0;
}
