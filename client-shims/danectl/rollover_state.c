/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_state.c - what a run of "danectl rollover" tells the next.
 */
#include "client-shims/danectl/rollover_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "client-shims/danectl/input_file.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"

static char *copy_text(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        alloc_failed();
    return copy;
}

void rollover_state_init(struct rollover_state *state)
{
    *state = (struct rollover_state){.since_s = -1, .servers = json_array()};
    if (!state->servers)
        alloc_failed();
}

void rollover_state_fini(struct rollover_state *state)
{
    free(state->owner);
    free(state->certificate);
    json_decref(state->servers);
}

/* Takes the members out of the file's object. Returns whether they are as they should be. */
static bool read_members(struct rollover_state *state, json_t *tree)
{
    const char *owner = json_string_value(json_object_get(tree, "owner"));
    const char *certificate = json_string_value(json_object_get(tree, "certificate"));
    const json_t *ttl = json_object_get(tree, "ttl");
    const json_t *since = json_object_get(tree, "since");
    json_t *servers = json_object_get(tree, "servers");

    if (json_object_size(tree) != 5 || !owner || !certificate || !json_is_integer(ttl) ||
        json_integer_value(ttl) < 0 || json_integer_value(ttl) > INT32_MAX ||
        !(json_is_null(since) || (json_is_integer(since) && json_integer_value(since) >= 0)) ||
        !json_is_array(servers))
        return false;
    for (size_t i = 0; i < json_array_size(servers); i++)
        if (!json_is_string(json_array_get(servers, i)))
            return false;
    state->owner = copy_text(owner);
    state->certificate = copy_text(certificate);
    state->ttl_s = (uint32_t)json_integer_value(ttl);
    state->since_s = json_is_null(since) ? -1 : json_integer_value(since);
    json_decref(state->servers);
    state->servers = json_incref(servers);
    return true;
}

int rollover_state_read(struct rollover_state *state, const char *path)
{
    uint8_t *data = NULL;
    size_t len = 0;

    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    int status = input_file_read("rollover", path, &data, &len);
    if (status != 0)
        return status;
    json_t *tree = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
    if (!read_members(state, tree))
        status = output_fail("rollover", EX_DATAERR, path,
            "is no file of --state; without it, the waiting begins anew");
    json_decref(tree);
    free(data);
    return status;
}

static bool is_known(const struct rollover_state *state, const json_t *server)
{
    for (size_t i = 0; i < json_array_size(state->servers); i++)
        if (json_equal(json_array_get(state->servers, i), server))
            return true;
    return false;
}

static bool are_known(const struct rollover_state *state, const json_t *servers)
{
    for (size_t i = 0; i < json_array_size(servers); i++)
        if (!is_known(state, json_array_get(servers, i)))
            return false;
    return true;
}

void rollover_state_note(struct rollover_state *state, const struct rollover_seen *seen)
{
    if (!state->owner || strcmp(state->owner, seen->owner) != 0 ||
        strcmp(state->certificate, seen->certificate) != 0) {
        rollover_state_fini(state);
        rollover_state_init(state);
        state->owner = copy_text(seen->owner);
        state->certificate = copy_text(seen->certificate);
    }
    if (seen->ttl_s > state->ttl_s)
        state->ttl_s = seen->ttl_s;
    switch (seen->published) {
    case ROLLOVER_PUBLISHED_NO:
        state->since_s = -1;
        break;
    case ROLLOVER_PUBLISHED_UNKNOWN:
        break;
    case ROLLOVER_PUBLISHED_YES:
        /* A time to come is that of another clock. */
        if (state->since_s >= 0 && state->since_s <= seen->now_s && are_known(state, seen->servers))
            break;
        state->since_s = seen->now_s;
        json_decref(state->servers);
        state->servers = json_deep_copy(seen->servers);
        break;
    }
}

/* Writes the object to a descriptor. Returns 0, or the number of the error. */
static int write_tree(const json_t *tree, int fd)
{
    errno = 0;
    if (json_dumpfd(tree, fd, JSON_INDENT(1)) != 0 || write(fd, "\n", 1) != 1 || fsync(fd) != 0)
        return errno ? errno : EIO;
    return 0;
}

int rollover_state_write(const struct rollover_state *state, const char *path)
{
    size_t cap = strlen(path) + sizeof ".new";
    char *path_new = alloc_zeroed(cap);
    int error = 0;

    snprintf(path_new, cap, "%s.new", path);
    int fd = open(path_new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    json_t *tree = json_pack("{s:s,s:s,s:i,s:o,s:O}", "owner", state->owner, "certificate",
        state->certificate, "ttl", (int)state->ttl_s, "since",
        state->since_s < 0 ? json_null() : json_integer(state->since_s), "servers", state->servers);
    if (!tree)
        alloc_failed();
    if (fd < 0) {
        error = errno;
    } else {
        error = write_tree(tree, fd);
        close(fd);
        if (error == 0 && rename(path_new, path) != 0)
            error = errno;
        if (error != 0)
            unlink(path_new);
    }
    json_decref(tree);
    free(path_new);
    return error == 0 ? 0 : output_fail("rollover", EX_CANTCREAT, path, strerror(error));
}
