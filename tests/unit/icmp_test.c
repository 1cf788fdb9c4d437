/* SPDX-License-Identifier: Apache-2.0 */
#include "mesh/icmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { IP = 20, ECHO = 16 };

/* An answer from 192.168.1.1, sequence number 0x1234, cookie 0x0102030405060708; its checksum
 * (0x7efb) was worked out by hand. */
static const uint8_t packet[IP + ECHO] = {
	0x45, 0x00, 0x00, 0x24, 0x00, 0x00, 0x00, 0x00, 0x40, 0x01, 0x00, 0x00,
	192,  168,  1,    1,    192,  168,  1,    9,    0x00, 0x00, 0x7e, 0xfb,
	0x5e, 0xbc, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
};

/* Parses a copy that is exactly as long as it says, so that a sanitizer sees every step too far. */
static enum icmp_err parse(const uint8_t *bytes, size_t len, bool ip, struct icmp_reply *out)
{
	uint8_t *copy = malloc(len ? len : 1);
	const struct icmp_reply before = { .seq = 0xa5a5, .cookie = 0xa5a5 };
	enum icmp_err err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	*out = before;
	err = icmp_parse(copy, len, ip, out);
	free(copy);
	if (err != ICMP_OK) {
		assert_int_equal(out->seq, before.seq);
		assert_true(out->cookie == before.cookie);
	}
	return err;
}

static enum icmp_err changed(size_t at, uint8_t value)
{
	uint8_t bytes[sizeof packet];
	struct icmp_reply r;

	memcpy(bytes, packet, sizeof bytes);
	bytes[at] = value;
	return parse(bytes, sizeof bytes, true, &r);
}

static void an_answer_gives_its_sender_number_and_cookie(void **state)
{
	struct icmp_reply r;

	(void)state;
	assert_int_equal(parse(packet, sizeof packet, true, &r), ICMP_OK);
	assert_int_equal(r.addr.s_addr, inet_addr("192.168.1.1"));
	assert_int_equal(r.seq, 0x1234);
	assert_true(r.cookie == UINT64_C(0x0102030405060708));
}

static void without_an_ip_header_the_sender_is_unknown(void **state)
{
	struct icmp_reply r;

	(void)state;
	assert_int_equal(parse(packet + IP, ECHO, false, &r), ICMP_OK);
	assert_int_equal(r.addr.s_addr, 0);
	assert_int_equal(r.seq, 0x1234);
}

static void every_cut_is_refused(void **state)
{
	struct icmp_reply r;

	(void)state;
	for (size_t len = 0; len < sizeof packet; len++)
		assert_int_equal(parse(packet, len, true, &r), ICMP_SHORT);
	for (size_t len = 0; len < ECHO; len++)
		assert_int_equal(parse(packet + IP, len, false, &r),
				 len < 8 ? ICMP_SHORT : ICMP_LENGTH);
}

static void every_flipped_bit_of_the_message_is_noticed(void **state)
{
	(void)state;
	for (size_t at = IP; at < sizeof packet; at++)
		for (int bit = 0; bit < 8; bit++)
			assert_int_not_equal(changed(at, (uint8_t)(packet[at] ^ 1 << bit)),
					     ICMP_OK);
}

static void a_wrong_ip_header_is_refused(void **state)
{
	(void)state;
	assert_int_equal(changed(0, 0x65), ICMP_IP);    /* version 6 */
	assert_int_equal(changed(0, 0x44), ICMP_IP);    /* a header of 16 bytes */
	assert_int_equal(changed(9, 17), ICMP_IP);      /* UDP */
	assert_int_equal(changed(3, 0x25), ICMP_SHORT); /* longer than what came */
	assert_int_equal(changed(3, 0x13), ICMP_SHORT); /* shorter than its header */
	assert_int_equal(changed(0, 0x4f), ICMP_SHORT); /* options beyond the end */
}

static void padding_behind_the_packet_is_passed_over(void **state)
{
	uint8_t bytes[sizeof packet + 10] = { 0 };
	struct icmp_reply r;

	(void)state;
	memcpy(bytes, packet, sizeof packet);
	assert_int_equal(parse(bytes, sizeof bytes, true, &r), ICMP_OK);
	assert_int_equal(r.seq, 0x1234);
}

static void what_is_no_echo_reply_is_other(void **state)
{
	(void)state;
	assert_int_equal(changed(IP, 8), ICMP_OTHER); /* a request: our own, on loopback */
	assert_int_equal(changed(IP, 3), ICMP_OTHER); /* unreachable */
	assert_int_equal(changed(IP + 1, 1), ICMP_OTHER);
}

static void every_refusal_has_a_name(void **state)
{
	(void)state;
	for (int e = 0; e < ICMP_ERRS; e++)
		assert_string_not_equal(icmp_err_str((enum icmp_err)e), "?");
	assert_string_equal(icmp_err_str(ICMP_ERRS), "?");
}

static void the_loopback_answers_with_what_was_sent(void **state)
{
	const struct sockaddr_in lo = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct icmp *i = icmp_open();
	struct icmp_reply r;
	struct pollfd p;

	(void)state;
	if (!i && errno == EACCES)
		skip();
	assert_non_null(i);
	assert_int_equal(icmp_send(i, &lo, 0xfedc, UINT64_C(0xfedcba9876543210), false), 0);
	p = (struct pollfd){ .fd = icmp_fd(i), .events = POLLIN };
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_true(icmp_next(i, &r));
	assert_int_equal(r.addr.s_addr, lo.sin_addr.s_addr);
	assert_int_equal(r.seq, 0xfedc);
	assert_true(r.cookie == UINT64_C(0xfedcba9876543210));
	assert_false(icmp_next(i, &r));
	assert_int_equal(icmp_count(i, ICMP_OK), 1);
	icmp_close(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_gives_its_sender_number_and_cookie),
		cmocka_unit_test(without_an_ip_header_the_sender_is_unknown),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_bit_of_the_message_is_noticed),
		cmocka_unit_test(a_wrong_ip_header_is_refused),
		cmocka_unit_test(padding_behind_the_packet_is_passed_over),
		cmocka_unit_test(what_is_no_echo_reply_is_other),
		cmocka_unit_test(every_refusal_has_a_name),
		cmocka_unit_test(the_loopback_answers_with_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
