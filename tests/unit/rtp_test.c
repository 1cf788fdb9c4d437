/* SPDX-License-Identifier: Apache-2.0 */
/* rtp: what goes on, what repeats itself, and what is none. */
#include "node/eye/rtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SOURCE = 7, PACKET = 64 };

static struct rtp r;

static uint32_t stale(void)
{
	struct camera_look l = { 0 };

	rtp_tell(&r, &l);
	return l.stale;
}

/* A packet with a payload of eight times the byte `what`. */
static void feed(uint16_t seq, uint8_t stamp, uint8_t source, uint8_t what)
{
	uint8_t p[20] = { 0x80, 26,    (uint8_t)(seq >> 8), (uint8_t)seq, 0, 0, 0, stamp, 0, 0,
			  0,    source };

	memset(p + 12, what, 8);
	rtp_feed(&r, p, sizeof p);
}

static void a_stream_that_goes_on_advances_and_repeats_nothing(void **state)
{
	(void)state;
	rtp_init(&r, NAL_NONE);
	for (uint8_t i = 0; i < 90; i++)
		feed((uint16_t)(65500 + i), i / 3, SOURCE, i);
	assert_int_equal(r.packets, 90);
	assert_int_equal(r.seq_advance, 89);
	assert_int_equal(r.frames, 30);
	assert_int_equal(r.repeats, 0);
	assert_int_equal(stale(), 0);
}

static void what_was_there_before_is_a_repeat_until_something_new_comes(void **state)
{
	(void)state;
	rtp_init(&r, NAL_NONE);
	for (uint8_t i = 0; i < 90; i++)
		feed(i, i / 3, SOURCE, i % 3);
	assert_int_equal(r.repeats, 87);
	assert_int_equal(stale(), 29);
	feed(90, 30, SOURCE, 77);
	assert_int_equal(r.repeats, 87);
	assert_int_equal(stale(), 0);
}

static void a_sequence_that_goes_back_or_stands_does_not_advance(void **state)
{
	(void)state;
	rtp_init(&r, NAL_NONE);
	feed(100, 1, SOURCE, 1);
	feed(99, 1, SOURCE, 2);
	feed(100, 1, SOURCE, 3);
	assert_int_equal(r.seq_advance, 0);
	assert_int_equal(r.frames, 1);
	feed(110, 1, SOURCE, 4);
	assert_int_equal(r.seq_advance, 10);
}

static void another_source_and_rtcp_do_not_count(void **state)
{
	uint8_t report[28] = { 0x80, 200, 0, 6 };

	(void)state;
	rtp_init(&r, NAL_NONE);
	rtp_feed(&r, report, sizeof report);
	assert_int_equal(r.packets, 0);
	feed(1, 1, SOURCE, 1);
	feed(2, 2, SOURCE + 1, 2);
	assert_int_equal(r.packets, 1);
	assert_int_equal(r.others, 2);
}

static void sources_extension_and_padding_are_no_payload(void **state)
{
	/* One more source, an extension of one word, four bytes of padding. */
	uint8_t p[PACKET] = { 0xb1, 26,   0,    1, 0, 0, 0, 1, 0, 0,   0,   SOURCE, 1, 2, 3,
			      4,    0xab, 0xcd, 0, 1, 9, 9, 9, 9, 'x', 'y', 0,      0, 0, 4 };

	(void)state;
	rtp_init(&r, NAL_NONE);
	rtp_feed(&r, p, 30);
	p[3] = 2;
	p[12] = p[20] = p[26] = 5;
	rtp_feed(&r, p, 30);
	assert_int_equal(r.packets, 2);
	assert_int_equal(r.repeats, 1);
	p[24] = 'z';
	rtp_feed(&r, p, 30);
	assert_int_equal(stale(), 0);
}

static void what_is_shorter_than_it_says_is_no_packet(void **state)
{
	static const uint8_t bad[][16] = {
		{ 0x40, 26 },           /* another version */
		{ 0x8f, 26 },           /* fifteen more sources */
		{ 0x90, 26, [15] = 1 }, /* an extension longer than the rest */
		{ 0xa0, 26, [15] = 5 }, /* five of four bytes are padding */
	};

	(void)state;
	rtp_init(&r, NAL_NONE);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		rtp_feed(&r, bad[i], sizeof bad[i]);
	for (size_t n = 0; n < 12; n++)
		rtp_feed(&r, (const uint8_t[12]){ 0x80 }, n);
	rtp_feed(&r, (const uint8_t[12]){ 0x90 }, 12);
	assert_int_equal(r.packets, 0);
	assert_int_equal(r.others, 17);
}

/* Ten frames of an encoder that is fed the same picture: differences of a few bytes, all unlike
 * each other, and a key picture now and then. */
static void feed_a_still(void)
{
	for (uint8_t i = 0; i < 10; i++) {
		uint8_t p[112] = { 0x80, 96, 0, i, 0, 0, 0, i, 0, 0, 0, SOURCE, 0x41, i };

		p[12] = i % 5 == 0 ? 0x65 : 0x41;
		rtp_feed(&r, p, i % 5 == 0 ? 112 : 12 + 9);
	}
}

static void new_key_pictures_of_the_same_scene_are_no_news(void **state)
{
	(void)state;
	rtp_init(&r, NAL_H264);
	feed_a_still();
	assert_int_equal(r.repeats, 0);
	assert_int_equal(stale(), 10);
	rtp_init(&r, NAL_NONE);
	feed_a_still();
	assert_int_equal(stale(), 0);
}

static void one_real_difference_is_news(void **state)
{
	const uint8_t p[112] = { 0x80, 96, 0, 10, 0, 0, 0, 10, 0, 0, 0, SOURCE, 0x41, 77 };

	(void)state;
	rtp_init(&r, NAL_H264);
	feed_a_still();
	rtp_feed(&r, p, sizeof p);
	assert_int_equal(stale(), 0);
}

static void a_stream_of_key_pictures_alone_is_told_by_their_payloads(void **state)
{
	(void)state;
	rtp_init(&r, NAL_H264);
	for (uint8_t i = 0; i < 10; i++) {
		const uint8_t p[112] = { 0x80, 96, 0, i, 0, 0, 0, i, 0, 0, 0, SOURCE, 0x65, i / 5 };

		rtp_feed(&r, p, sizeof p);
	}
	assert_int_equal(stale(), 4);
}

static void a_flood_is_counted_to_its_bound(void **state)
{
	(void)state;
	rtp_init(&r, NAL_NONE);
	for (unsigned i = 0; i < RTP_MOST + 100; i++) {
		uint8_t p[16] = { 0x80, 26, (uint8_t)(i * 199 >> 8), (uint8_t)(i * 199) };

		memcpy(p + 12, &i, sizeof i);
		rtp_feed(&r, p, sizeof p);
	}
	assert_true(rtp_full(&r));
	assert_int_equal(r.packets, RTP_MOST);
	assert_int_equal(r.repeats, 0);
	assert_int_equal(r.seq_advance, 1000000);
	assert_int_equal(r.others, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_that_goes_on_advances_and_repeats_nothing),
		cmocka_unit_test(what_was_there_before_is_a_repeat_until_something_new_comes),
		cmocka_unit_test(a_sequence_that_goes_back_or_stands_does_not_advance),
		cmocka_unit_test(another_source_and_rtcp_do_not_count),
		cmocka_unit_test(sources_extension_and_padding_are_no_payload),
		cmocka_unit_test(what_is_shorter_than_it_says_is_no_packet),
		cmocka_unit_test(new_key_pictures_of_the_same_scene_are_no_news),
		cmocka_unit_test(one_real_difference_is_news),
		cmocka_unit_test(a_stream_of_key_pictures_alone_is_told_by_their_payloads),
		cmocka_unit_test(a_flood_is_counted_to_its_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
