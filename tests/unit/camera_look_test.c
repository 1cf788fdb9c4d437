/* SPDX-License-Identifier: Apache-2.0 */
/* camera_look: one line, read as strictly as it is written, and what it says of the camera. */
#include "node/camera_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char good_line[] =
	"reach=1 options=200 describe=200 setup=200 play=200 teardown=200 packets=123 "
	"seq_advance=122 frames=30 repeats=2 stale=1 clock=date clock_off_ms=-1200";

static struct camera_look good(void)
{
	struct camera_look l;

	assert_true(camera_look_parse(good_line, &l));
	return l;
}

static void a_line_is_read_into_its_numbers(void **state)
{
	const struct camera_look l = good();

	(void)state;
	assert_true(l.reach);
	assert_int_equal(l.options, 200);
	assert_int_equal(l.teardown, 200);
	assert_int_equal(l.packets, 123);
	assert_int_equal(l.seq_advance, 122);
	assert_int_equal(l.frames, 30);
	assert_int_equal(l.repeats, 2);
	assert_int_equal(l.stale, 1);
	assert_int_equal(l.clock, CAMERA_CLOCK_DATE);
	assert_int_equal(l.clock_off_ms, -1200);
}

static void what_is_drawn_reads_back_the_same(void **state)
{
	const struct camera_look nothing = { 0 };
	const struct camera_look most = {
		true,           999,     999,     999,    999,    999,
		1000000,        1000000, 1000000, 999999, 999999, CAMERA_CLOCK_ONVIF,
		-4000000000000,
	};
	struct camera_look l = good();
	char text[CAMERA_LOOK_TEXT];

	(void)state;
	camera_look_draw(text, &l);
	assert_string_equal(text, good_line);
	camera_look_draw(text, &nothing);
	assert_true(camera_look_parse(text, &l));
	assert_false(l.reach);
	assert_int_equal(l.clock, CAMERA_CLOCK_NONE);
	camera_look_draw(text, &most);
	assert_true(strlen(text) < CAMERA_LOOK_TEXT - 1);
	assert_true(camera_look_parse(text, &l));
	assert_int_equal(l.clock_off_ms, -4000000000000);
}

static void a_line_that_is_cut_anywhere_is_refused(void **state)
{
	struct camera_look l = { .options = 77 };
	char text[CAMERA_LOOK_TEXT];

	(void)state;
	/* All but the last three: a number that lost its last digits is one, too. */
	for (size_t n = 0; n < strlen(good_line) - 3; n++) {
		snprintf(text, sizeof text, "%.*s", (int)n, good_line);
		assert_false(camera_look_parse(text, &l));
	}
	assert_int_equal(l.options, 77);
}

/* The good line with one piece of it changed. */
static bool with(const char *piece, const char *instead)
{
	const char *at = strstr(good_line, piece);
	struct camera_look l;
	char text[2 * CAMERA_LOOK_TEXT];

	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good_line), good_line, instead,
		 at + strlen(piece));
	return camera_look_parse(text, &l);
}

static void whatever_is_not_written_so_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "reach=1", "reach=2" },
		{ "reach=1", " reach=1" },
		{ "reach=1", "Reach=1" },
		{ "reach=1", "reach=0" },
		{ "options=200", "options=099" },
		{ "options=200", "options=1000" },
		{ "options=200", "options=99" },
		{ "options=200", "options=-1" },
		{ "options=200", "options=" },
		{ " setup=200", "" },
		{ " play=200", "  play=200" },
		{ "packets=123", "packets=0" },
		{ "packets=123", "packets=1000001" },
		{ "packets=123", "packets=99999999999999999999" },
		{ "frames=30", "frames=0" },
		{ "frames=30", "frames=124" },
		{ "repeats=2", "repeats=123" },
		{ "stale=1", "stale=31" },
		{ "clock=date", "clock=none" },
		{ "clock=date", "clock=dated" },
		{ "clock=date", "clock=sun" },
		{ "-1200", "-0" },
		{ "-1200", "+5" },
		{ "-1200", "4000000000001" },
		{ "-1200", "12 " },
		{ "-1200", "12\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (with(bad[i][0], bad[i][1]))
			fail_msg("taken: %s", bad[i][1]);
	assert_true(with("-1200", "4000000000000"));
	assert_true(with("options=200", "options=0"));
}

static void a_status_tells_locked_from_busy_from_refused(void **state)
{
	struct camera_look l = { .reach = true };

	(void)state;
	assert_int_equal(camera_look_says(NULL), CAMERA_SAYS_NOTHING);
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_REFUSED);
	l.options = 200;
	l.describe = 401;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_LOCKED);
	l.describe = 403;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_LOCKED);
	l.describe = 404;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_REFUSED);
	l.describe = 503;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_BUSY);
	l.describe = 200;
	l.setup = 453;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_BUSY);
	l.setup = 461;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_REFUSED);
	l = (struct camera_look){ 0 };
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_REFUSED);
}

static void options_that_are_not_allowed_do_not_matter_when_it_plays(void **state)
{
	struct camera_look l = good();

	(void)state;
	l.options = 403;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_MOVING);
}

static void a_stream_that_stands_still_or_repeats_itself_is_frozen(void **state)
{
	struct camera_look l = good();

	(void)state;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_MOVING);
	l.stale = 14;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_MOVING);
	l.stale = 15;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_FROZEN);
	/* Parameters come again and again between new pictures. */
	l.repeats = 60;
	l.stale = 2;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_MOVING);
	l = good();
	l.frames = 1;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_FROZEN);
	l = good();
	l.seq_advance = 0;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_FROZEN);
	l.packets = l.frames = l.repeats = l.stale = 0;
	assert_int_equal(camera_look_says(&l), CAMERA_SAYS_FROZEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_into_its_numbers),
		cmocka_unit_test(what_is_drawn_reads_back_the_same),
		cmocka_unit_test(a_line_that_is_cut_anywhere_is_refused),
		cmocka_unit_test(whatever_is_not_written_so_is_refused),
		cmocka_unit_test(a_status_tells_locked_from_busy_from_refused),
		cmocka_unit_test(options_that_are_not_allowed_do_not_matter_when_it_plays),
		cmocka_unit_test(a_stream_that_stands_still_or_repeats_itself_is_frozen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
