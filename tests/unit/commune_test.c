/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/commune.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" } };
static const struct roster_camera eyes[] = { { "cổng chợ", "" } };
static const struct roster_point points[] = {
	{ .code = "TT-01-01", .hamlet = "QT", .cameras = eyes, .n_cameras = 1 },
};
static const struct roster roster = {
	.commune = "Thiện Tân",
	.hamlets = hamlets,
	.n_hamlets = 1,
	.points = points,
	.n_points = 1,
};
static const struct commune_options options = {
	.grace_ms = 10000, .ask_ms = 4000, .sight_ms = 30000, .group_window_ms = 60000
};

static const mono_t NOW = { 1000000 };
static const wall_t WALL = { 1790000000000 };
enum { BOOT = 7, FIRST = 500 };

static struct commune *commune_that_sees(void)
{
	struct commune *c = commune_new(&roster, &options);

	assert_non_null(c);
	commune_start(c, (wall_t){ 0 }, NOW, WALL);
	commune_link(c, true, NOW, WALL);
	return c;
}

/* One piece of news, and `more` held behind it. */
static unsigned hear_news(struct commune *c, uint64_t seq, uint16_t more)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_news n = {
		.head = { BOOT, seq, 60000, WALL, CLOCK_NTP },
		.oldest = FIRST,
		.more = more,
		.verdict = { .cause = CAUSE_NONE, .sure = SURE_CONFIRMED, .eyes = 1, .cams_n = 1 },
	};
	size_t len = wire_news_encode(buf, &n);

	return commune_hear(c, "ms/TT-01-01/up", buf, len, NOW, WALL);
}

static void news_says_how_many_records_wait_behind_it(void **state)
{
	struct commune *c = commune_that_sees();

	(void)state;
	assert_int_equal(hear_news(c, FIRST, 2), 0);
	assert_int_equal(commune_point(c, 0).waiting, 2);
	commune_free(c);
}

/* A gateway that was killed between its commit and its acknowledgement gets all of them again. */
static void records_that_come_twice_do_not_wait_for_ever(void **state)
{
	struct commune *c = commune_that_sees();

	(void)state;
	assert_int_equal(hear_news(c, FIRST, 1), 0);
	assert_int_equal(hear_news(c, FIRST + 1, 0), 0);
	assert_int_equal(hear_news(c, FIRST, 1), REFUSE_DUPLICATE);
	assert_int_equal(commune_point(c, 0).waiting, 1);
	assert_int_equal(hear_news(c, FIRST + 1, 0), REFUSE_DUPLICATE);
	assert_int_equal(commune_point(c, 0).waiting, 0);
	commune_free(c);
}

static void a_record_after_a_gap_says_nothing_of_what_waits(void **state)
{
	struct commune *c = commune_that_sees();

	(void)state;
	assert_int_equal(hear_news(c, FIRST, 3), 0);
	assert_int_equal(hear_news(c, FIRST + 3, 0), REFUSE_GAP);
	assert_int_equal(commune_point(c, 0).waiting, 3);
	commune_free(c);
}

static void hear_birth(struct commune *c, uint64_t boot, int64_t t_ms, wall_t wall)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_birth b = { .boot = boot,
				      .conn = 1,
				      .t_ms = t_ms,
				      .wall = wall,
				      .quality = CLOCK_NTP,
				      .pace_s = 60,
				      .cams_n = 1,
				      .verdict = { .cams_n = 1 } };
	size_t len = wire_birth_encode(buf, &b);

	assert_int_equal(commune_hear(c, "ms/TT-01-01/up", buf, len, NOW, wall), 0);
}

/* The birth of the new boot was lost on the way; its missed minutes were not. */
static void minutes_of_a_boot_whose_birth_was_lost_keep_their_time(void **state)
{
	const wall_t later = { WALL.ms + 3600000 };
	struct commune *c = commune_that_sees();
	const struct acts *acts;
	struct wire_past d = { .head = { BOOT + 1, FIRST, 60000, later, CLOCK_NTP },
			       .age_ms = 120000,
			       .oldest = FIRST,
			       .n = 2,
			       .after_s = { 0, 60 } };
	uint8_t buf[WIRE_MAX];
	unsigned drawn = 0;

	(void)state;
	hear_birth(c, BOOT, 60000, WALL);
	commune_acts_clear(c);
	assert_int_equal(
		commune_hear(c, "ms/TT-01-01/up", buf, wire_past_encode(buf, &d), NOW, later), 0);
	acts = commune_acts(c);
	for (size_t i = 0; i < acts->n; i++) {
		if (acts->act[i].kind != ACT_SAMPLES)
			continue;
		assert_int_equal(acts->act[i].u.samples.n, 2);
		assert_int_equal(acts->act[i].u.samples.draw[0].at.ms, later.ms - 120000);
		assert_int_equal(acts->act[i].u.samples.draw[1].at.ms, later.ms - 60000);
		drawn++;
	}
	assert_int_equal(drawn, 1);
	commune_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_says_how_many_records_wait_behind_it),
		cmocka_unit_test(records_that_come_twice_do_not_wait_for_ever),
		cmocka_unit_test(a_record_after_a_gap_says_nothing_of_what_waits),
		cmocka_unit_test(minutes_of_a_boot_whose_birth_was_lost_keep_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
