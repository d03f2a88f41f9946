/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client_calls.h - what calls of the embeddable client have in common, good ones and failed ones.
 */
#ifndef DANED_TESTS_UNIT_CLIENT_SHIMS_CLIENT_CALLS_H
#define DANED_TESTS_UNIT_CLIENT_SHIMS_CLIENT_CALLS_H

#include "client-shims/libdaned-client/daned_client.h"
#include "tests/unit/client-shims/scripted_server.h"
#include "tests/unit/proto/proto_test.h"

/* Deadlines: one that no test is to meet, and one that a test waits for. */
enum { LONG_MS = 20000, SHORT_MS = 100 };

#define GOOD_REPLY "level=dane-required ttl=3600 reason=all-hosts-dane\n"

/* Octets for certificates of any length, and one of 7. */
extern const unsigned char der[DANED_VERIFY_MAX];
extern const struct daned_cert one_cert[1];

/* A request that can be sent; the tests spoil it. certs[0..count) is borrowed. */
struct daned_verify_request good_request(const struct daned_cert *certs, size_t count);

/* The test fails unless a call of POLICY ended with this status, with "defer" and an error. */
void assert_defers(
    enum daned_status status, enum daned_status wanted, const struct daned_policy_reply *reply);

/* Before and after each test: whatever way a call has ended, its descriptor is closed. Return 0, or
 * -1 if it is not. */
int note_descriptors(void **state);
int compare_descriptors(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, note_descriptors, compare_descriptors)

#endif
