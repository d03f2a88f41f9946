/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client_calls.c - what calls of the embeddable client have in common, good ones and failed ones.
 */
#include "tests/unit/client-shims/client_calls.h"

#include <fcntl.h>
#include <unistd.h>

const unsigned char der[DANED_VERIFY_MAX] = {0x30, 0x82, 0xff, 0x00, 0xfb, 0xef, 0xbe};

const struct daned_cert one_cert[] = {{der, 7}};

struct daned_verify_request good_request(const struct daned_cert *certs, size_t count)
{
    return (struct daned_verify_request){
        .domain = "example.com",
        .host = "mx.example.com",
        .port = 25,
        .certs = certs,
        .count = count,
    };
}

void assert_defers(
    enum daned_status status, enum daned_status wanted, const struct daned_policy_reply *reply)
{
    assert_int_equal(status, wanted);
    assert_int_equal(reply->level, DANED_DEFER);
    assert_int_equal(reply->ttl_s, 0);
    assert_string_equal(reply->reason, "");
    assert_true(strlen(reply->error) > 0);
}

static int lowest_free_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    close(fd);
    return fd;
}

static int before;

int note_descriptors(void **state)
{
    (void)state;
    before = lowest_free_descriptor();
    return 0;
}

int compare_descriptors(void **state)
{
    (void)state;
    return lowest_free_descriptor() == before ? 0 : -1;
}
