/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene.h - a loop with a server, its sessions on a socket of the test's own, and one client.
 */
#ifndef DANED_TESTS_UNIT_IO_SCENE_H
#define DANED_TESTS_UNIT_IO_SCENE_H

#include <sys/un.h>

#include "daemon/io/session.h"

/* How long a client may take to be whole with a request that it has begun, and for all else. */
enum { SCENE_PARTIAL_MS = 5000, SCENE_PATIENCE_MS = 20000 };

struct scene {
    uv_loop_t loop;
    uv_pipe_t listening;
    struct server server;
    struct session_group group;
    char directory[32];
    struct sockaddr_un address;
    int client; /* connected */
};

/* Opens a scene; lookups, which may be NULL, are borrowed. */
void scene_open(struct scene *scene, const struct protocol *protocol, struct lookups *lookups);

/* Closes it, and checks that nothing is left. */
void scene_close(struct scene *scene);

#endif
