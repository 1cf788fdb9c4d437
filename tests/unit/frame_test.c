/* SPDX-License-Identifier: Apache-2.0 */
/* frame: what goes in comes out; a flipped bit anywhere is refused. */
#include "node/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct record sample = {
	.kind = RECORD_SAMPLE,
	.head = { .boot = 0x0123456789abcdef,
		  .seq = 7,
		  .t_ms = 61000,
		  .wall = { 1778762520000 },
		  .quality = CLOCK_NTP },
	.sample = { .mains_known = true,
		    .mains_on = true,
		    .cams_up = 3,
		    .out_rtt = 90,
		    .lost = 5,
		    .temp_c = -3 },
};

static const struct record news = {
	.kind = RECORD_NEWS,
	.head = { .boot = 1, .seq = 0xffffffffffff, .quality = CLOCK_NEVER },
	.verdict = { .cause = CAUSE_POWER,
		     .sure = SURE_CONFIRMED,
		     .facts = FACT_MAINS_KNOWN,
		     .cams_n = 8 },
};

static const struct record head = { .kind = RECORD_HEAD, .head = { .boot = 9, .seq = 1 } };

static void every_kind_comes_back_as_it_went_in(void **state)
{
	const struct record *const all[] = { &sample, &news, &head };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t buf[FRAME_LEN], again[FRAME_LEN];
		struct record r;

		frame_encode(buf, all[i]);
		assert_true(frame_decode(&r, buf));
		assert_int_equal(r.kind, all[i]->kind);
		assert_int_equal(r.head.boot, all[i]->head.boot);
		assert_int_equal(r.head.seq, all[i]->head.seq);
		assert_int_equal(r.head.t_ms, all[i]->head.t_ms);
		assert_int_equal(r.head.wall.ms, all[i]->head.wall.ms);
		assert_int_equal(r.head.quality, all[i]->head.quality);
		assert_int_equal(r.verdict.cause, all[i]->verdict.cause);
		assert_int_equal(r.sample.temp_c, all[i]->sample.temp_c);
		frame_encode(again, &r);
		assert_memory_equal(buf, again, FRAME_LEN);
	}
}

static void one_flipped_bit_anywhere_is_refused(void **state)
{
	uint8_t buf[FRAME_LEN];
	struct record r, before;

	(void)state;
	frame_encode(buf, &sample);
	memset(&r, 0xa5, sizeof r);
	before = r;
	for (unsigned bit = 0; bit < 8 * FRAME_LEN; bit++) {
		buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(frame_decode(&r, buf));
		buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_memory_equal(&r, &before, sizeof r);
	assert_true(frame_decode(&r, buf));
}

static void the_checksum_is_the_common_one(void **state)
{
	uint8_t buf[FRAME_LEN];

	(void)state;
	/* As zlib computes it over the 44 bytes of this head. */
	frame_encode(buf, &head);
	assert_int_equal(buf[44], 0xa5);
	assert_int_equal(buf[45], 0x5d);
	assert_int_equal(buf[46], 0x10);
	assert_int_equal(buf[47], 0xc2);
}

static void zeros_and_ones_are_no_frame(void **state)
{
	uint8_t buf[FRAME_LEN];
	struct record r;

	(void)state;
	memset(buf, 0, sizeof buf);
	assert_false(frame_decode(&r, buf));
	memset(buf, 0xff, sizeof buf);
	assert_false(frame_decode(&r, buf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_went_in),
		cmocka_unit_test(one_flipped_bit_anywhere_is_refused),
		cmocka_unit_test(the_checksum_is_the_common_one),
		cmocka_unit_test(zeros_and_ones_are_no_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
