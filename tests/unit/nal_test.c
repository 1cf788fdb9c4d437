/* SPDX-License-Identifier: Apache-2.0 */
/* nal: what moves, what only stays, what comes anyway. */
#include "node/eye/nal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint8_t unit[200];

/* A unit or packet of len bytes that begins with these three. */
static enum nal_kind of(enum nal_codec codec, uint8_t a, uint8_t b, uint8_t c, size_t len)
{
	unit[0] = a;
	unit[1] = b;
	unit[2] = c;
	return nal_kind(codec, unit, len);
}

static void other_codecs_have_no_units(void **state)
{
	(void)state;
	assert_int_equal(of(NAL_NONE, 0x41, 0, 0, 100), NAL_WHOLE);
	assert_int_equal(of(NAL_NONE, 0, 0, 0, 0), NAL_WHOLE);
}

static void a_difference_moves_unless_it_is_tiny(void **state)
{
	(void)state;
	assert_int_equal(of(NAL_H264, 0x41, 0, 0, 65), NAL_MOVES);
	assert_int_equal(of(NAL_H264, 0x41, 0, 0, 64), NAL_STILL);
	assert_int_equal(of(NAL_H264, 0x01, 0, 0, 9), NAL_STILL);
	assert_int_equal(of(NAL_H265, 0x02, 1, 0, 65), NAL_MOVES);
	assert_int_equal(of(NAL_H265, 0x00, 1, 0, 64), NAL_STILL);
}

static void key_pictures_parameters_and_remarks_come_without_movement(void **state)
{
	(void)state;
	for (unsigned type = 5; type <= 9; type++)
		assert_int_equal(of(NAL_H264, (uint8_t)(0x60 | type), 0, 0, 150), NAL_KEY);
	for (unsigned type = 16; type <= 40; type++)
		assert_int_equal(of(NAL_H265, (uint8_t)(type << 1), 1, 0, 150), NAL_KEY);
}

static void a_piece_is_what_the_whole_is(void **state)
{
	(void)state;
	assert_int_equal(of(NAL_H264, 0x7c, 0x85, 0, 150), NAL_KEY);
	assert_int_equal(of(NAL_H264, 0x5c, 0x81, 0, 150), NAL_MOVES);
	assert_int_equal(of(NAL_H264, 0x5c, 0x41, 0, 5), NAL_MOVES); /* the last one */
	assert_int_equal(of(NAL_H265, 0x62, 1, 0x93, 150), NAL_KEY);
	assert_int_equal(of(NAL_H265, 0x62, 1, 0x81, 150), NAL_MOVES);
}

static void of_several_units_the_one_that_moves_counts(void **state)
{
	uint8_t p[120] = { 0x18, 0, 3, 0x67, 1, 2, 0, 4, 0x41, 1, 2, 3, 0, 70, 0x41 };
	uint8_t q[120] = { 0x60, 1, 0, 3, 0x40, 1, 2, 0, 4, 0x02, 1, 2, 3, 0, 70, 0x02 };

	(void)state;
	assert_int_equal(nal_kind(NAL_H264, p, 14 + 70), NAL_MOVES);
	assert_int_equal(nal_kind(NAL_H264, p, 14 + 69), NAL_STILL); /* cut: not counted */
	assert_int_equal(nal_kind(NAL_H264, p, 6), NAL_KEY);
	assert_int_equal(nal_kind(NAL_H265, q, 15 + 70), NAL_MOVES);
	assert_int_equal(nal_kind(NAL_H265, q, 13), NAL_STILL);
}

static void what_is_too_short_says_nothing(void **state)
{
	static const uint8_t none[3] = { 0x18, 0, 0 };

	(void)state;
	for (size_t len = 0; len <= 3; len++)
		assert_int_equal(nal_kind(NAL_H264, none, len), NAL_KEY);
	for (size_t len = 0; len <= 2; len++)
		assert_int_equal(nal_kind(NAL_H265, none, len), NAL_KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_codecs_have_no_units),
		cmocka_unit_test(a_difference_moves_unless_it_is_tiny),
		cmocka_unit_test(key_pictures_parameters_and_remarks_come_without_movement),
		cmocka_unit_test(a_piece_is_what_the_whole_is),
		cmocka_unit_test(of_several_units_the_one_that_moves_counts),
		cmocka_unit_test(what_is_too_short_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
