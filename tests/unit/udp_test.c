/* SPDX-License-Identifier: Apache-2.0 */
/* udp: datagrams on loopback, and addresses that are none. */
#include "mesh/udp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void only_literals_are_addresses(void **state)
{
	(void)state;
	assert_true(udp_address_ok("10.9.0.1:8885"));
	assert_true(udp_address_ok("[fd00::1]:8885"));
	assert_false(udp_address_ok("gateway.example.net:8885"));
	assert_false(udp_address_ok("10.9.0.1"));
	assert_false(udp_address_ok("10.9.0.1:0"));
	assert_null(udp_to("localhost:1"));
	assert_int_equal(errno, EINVAL);
}

static void what_is_sent_arrives_with_its_whole_length(void **state)
{
	/* The kernel picks a port; ask the socket which. */
	char address[40];
	struct udp *at, *to;
	uint8_t buf[4];

	(void)state;
	/* Loopback has room for everybody who tests at the same time. */
	snprintf(address, sizeof address, "127.%d.%d.7:9885", getpid() >> 8 & 255, getpid() & 255);
	at = udp_at(address);
	assert_non_null(at);
	to = udp_to(address);
	assert_non_null(to);
	assert_int_equal(udp_next(at, buf, sizeof buf), -EAGAIN);
	assert_int_equal(udp_send(to, (const uint8_t *)"abcdefgh", 8), 0);
	assert_int_equal(udp_next(at, buf, sizeof buf), 8);
	assert_memory_equal(buf, "abcd", 4);
	assert_null(udp_at(address));
	assert_int_equal(errno, EADDRINUSE);
	udp_free(to);
	udp_free(at);
	udp_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_literals_are_addresses),
		cmocka_unit_test(what_is_sent_arrives_with_its_whole_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
