/* SPDX-License-Identifier: Apache-2.0 */
/* camera: what is believed of one camera, and when it may be looked at. */
#include "node/camera.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { S = 1000, M = 60 * S };

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static const struct camera_look moving = { true, 200, 200, 200, 200, 200,
					   90,   89,  30,  0,   0,   CAMERA_CLOCK_NONE,
					   0 };
static const struct camera_look frozen = { true, 200, 200, 200, 200, 200,
					   90,   89,  30,  87,  87,  CAMERA_CLOCK_NONE,
					   0 };
static const struct camera_look locked = { .reach = true, .options = 200, .describe = 401 };
static const struct camera_look busy = { .reach = true, .options = 200, .describe = 453 };
static const struct camera_look mute = { .reach = true };
static const struct camera_look nobody = { .reach = false };

static struct camera with(bool stream, bool heartbeat)
{
	const struct camera_options o = { .stream = stream, .heartbeat = heartbeat };
	struct camera c;

	camera_init(&c, &o, at(0));
	return c;
}

/* Step when due, without mains out, until a look is wanted; when that was. */
static int64_t until_look(struct camera *c)
{
	for (int i = 0; i < 100; i++) {
		const mono_t due = camera_due(c);

		assert_true(due.ms != MONO_NEVER.ms);
		if (camera_step(c, false, due) & CAMERA_LOOK)
			return due.ms;
	}
	fail_msg("no look in a hundred steps");
	return 0;
}

/* The next look, and how it ends. Returns when it began. */
static int64_t look(struct camera *c, const struct camera_look *l)
{
	const int64_t t = until_look(c);

	camera_looked(c, l, true, at(t));
	return t;
}

/* Answers pings since 1 s, and was seen moving at 61 s. */
static struct camera seeing(bool heartbeat)
{
	struct camera c = with(true, heartbeat);

	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	if (heartbeat)
		camera_beaten(&c, at(60 * S), at(60 * S));
	assert_int_equal(look(&c, &moving), 61 * S);
	assert_int_equal(c.eye, EYE_OK);
	return c;
}

static void nothing_is_known_at_first(void **state)
{
	struct camera c = with(true, true);

	(void)state;
	assert_int_equal(c.eye, EYE_UNKNOWN);
	assert_int_equal(camera_step(&c, false, at(0)), 0);
	assert_string_equal(eye_str(c.eye), "unknown");
	assert_string_equal(eye_str(EYES), "?");
}

static void a_camera_that_can_only_be_pinged_is_judged_by_ping_alone(void **state)
{
	struct camera c = with(false, false);

	(void)state;
	assert_int_equal(camera_pinged(&c, REACH_ANSWERS, at(5)), CAMERA_EYE_CHANGED);
	assert_int_equal(c.eye, EYE_OK);
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	assert_int_equal(camera_pinged(&c, REACH_ANSWERS, at(6)), 0);
	assert_int_equal(camera_pinged(&c, REACH_SILENT, at(7)), CAMERA_EYE_CHANGED);
	assert_int_equal(c.eye, EYE_SILENT);
	assert_int_equal(c.since.ms, 7);
	camera_pinged(&c, REACH_UNKNOWN, at(8));
	assert_int_equal(c.eye, EYE_UNKNOWN);
}

static void looks_are_five_minutes_apart_and_the_first_lets_it_start(void **state)
{
	struct camera c = with(true, false);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(10 * S));
	assert_int_equal(look(&c, &moving), 70 * S);
	for (int i = 1; i < 20; i++)
		assert_int_equal(look(&c, &moving), 70 * S + i * 5 * M);
}

static void there_is_no_second_look_while_one_is_under_way(void **state)
{
	struct camera c = with(true, false);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	until_look(&c);
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	assert_int_equal(camera_step(&c, false, at(3600 * S)), 0);
	camera_looked(&c, &moving, true, at(3600 * S));
	assert_int_equal(until_look(&c), 3600 * S + 5 * M);
}

static void one_bad_look_alone_makes_no_verdict(void **state)
{
	static const struct camera_look *const bad[] = { &frozen, &locked, &mute, &nobody };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct camera c = seeing(false);
		int64_t t = look(&c, bad[i]);

		assert_int_equal(c.eye, EYE_OK);
		/* The second one comes soon, and clears it. */
		assert_int_equal(look(&c, &moving), t + 30 * S);
		assert_int_equal(c.eye, EYE_OK);
		assert_int_equal(look(&c, bad[i]), t + 30 * S + 5 * M);
		assert_int_equal(c.eye, EYE_OK);
	}
}

static void two_bad_looks_of_a_kind_are_believed(void **state)
{
	static const struct {
		const struct camera_look *look;
		enum eye eye;
	} bad[] = { { &frozen, EYE_FROZEN },
		    { &locked, EYE_LOCKED },
		    { &mute, EYE_REFUSING },
		    { &nobody, EYE_REFUSING } };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct camera c = seeing(false);

		look(&c, bad[i].look);
		look(&c, bad[i].look);
		assert_int_equal(c.eye, bad[i].eye);
		assert_false(eye_sees(c.eye));
		/* One good look is enough to lift it. */
		look(&c, &moving);
		assert_int_equal(c.eye, EYE_OK);
	}
}

static void bad_looks_that_never_agree_are_believed_at_the_third(void **state)
{
	struct camera c = seeing(false);

	(void)state;
	look(&c, &locked);
	look(&c, &mute);
	assert_int_equal(c.eye, EYE_OK);
	look(&c, &locked);
	assert_int_equal(c.eye, EYE_LOCKED);
}

static void refusals_make_looks_rarer_up_to_an_hour(void **state)
{
	static const int64_t gaps[] = { 30 * S, 5 * M, 10 * M, 20 * M, 40 * M, 60 * M, 60 * M };
	struct camera c = seeing(false);
	int64_t t = look(&c, &locked);

	(void)state;
	for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
		const int64_t next = look(&c, &locked);

		assert_int_equal(next - t, gaps[i]);
		t = next;
	}
	/* Let in again: the usual pace. */
	t = look(&c, &moving);
	assert_int_equal(look(&c, &moving) - t, 5 * M);
}

static void busy_counts_as_seeing_and_makes_looks_rarer(void **state)
{
	static const int64_t gaps[] = { 5 * M, 10 * M, 20 * M, 40 * M, 60 * M, 60 * M };
	struct camera c = seeing(false);
	int64_t t = look(&c, &busy);

	(void)state;
	assert_int_equal(c.eye, EYE_BUSY);
	assert_true(eye_sees(c.eye));
	for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
		const int64_t next = look(&c, &busy);

		assert_int_equal(next - t, gaps[i]);
		t = next;
	}
	assert_int_equal(c.eye, EYE_BUSY);
}

static void busy_lifts_refusing_but_says_nothing_about_frozen(void **state)
{
	struct camera c = seeing(false);

	(void)state;
	look(&c, &mute);
	look(&c, &mute);
	assert_int_equal(c.eye, EYE_REFUSING);
	look(&c, &busy);
	assert_int_equal(c.eye, EYE_BUSY);
	look(&c, &frozen);
	look(&c, &frozen);
	look(&c, &busy);
	assert_int_equal(c.eye, EYE_FROZEN);
}

static void a_frozen_camera_is_looked_at_at_the_usual_pace(void **state)
{
	struct camera c = seeing(false);
	int64_t t;

	(void)state;
	look(&c, &frozen);
	t = look(&c, &frozen);
	for (int i = 1; i < 5; i++)
		assert_int_equal(look(&c, &frozen), t + i * 5 * M);
}

static void an_eye_that_fails_says_nothing_of_the_camera(void **state)
{
	struct camera c = seeing(false);
	int64_t t = look(&c, NULL);

	(void)state;
	assert_int_equal(c.eye, EYE_OK);
	assert_int_equal(look(&c, NULL) - t, 5 * M);
	assert_int_equal(c.eye, EYE_OK);
}

static void a_silent_camera_is_not_looked_at_and_forgets_what_was_seen(void **state)
{
	struct camera c = seeing(false);

	(void)state;
	look(&c, &frozen);
	look(&c, &frozen);
	assert_int_equal(camera_pinged(&c, REACH_SILENT, at(10 * M)), CAMERA_EYE_CHANGED);
	assert_int_equal(c.eye, EYE_SILENT);
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	assert_int_equal(camera_step(&c, false, at(100 * M)), 0);
	camera_pinged(&c, REACH_ANSWERS, at(100 * M));
	assert_int_equal(c.eye, EYE_OK);
	/* Its network starts before its programs do. */
	assert_int_equal(look(&c, &moving), 101 * M);
}

static void a_look_that_began_before_the_silence_is_void(void **state)
{
	struct camera c = seeing(false);
	int64_t t = until_look(&c);

	(void)state;
	camera_pinged(&c, REACH_SILENT, at(t + 1));
	assert_int_equal(camera_looked(&c, &moving, true, at(t + 2)), 0);
	assert_int_equal(c.eye, EYE_SILENT);
	camera_pinged(&c, REACH_ANSWERS, at(t + 3));
	assert_int_equal(look(&c, &moving), t + 3 + M);
}

static void a_camera_that_never_answered_a_ping_may_forbid_it(void **state)
{
	struct camera c = with(true, false);

	(void)state;
	camera_pinged(&c, REACH_SILENT, at(30 * S));
	assert_int_equal(c.eye, EYE_SILENT);
	assert_int_equal(look(&c, &moving), 60 * S);
	assert_int_equal(c.eye, EYE_CONTRADICTS);
	assert_true(eye_sees(c.eye));
	look(&c, &frozen);
	look(&c, &frozen);
	assert_int_equal(c.eye, EYE_FROZEN);
	look(&c, &locked);
	look(&c, &locked);
	assert_int_equal(c.eye, EYE_LOCKED);
	look(&c, &mute);
	look(&c, &mute);
	assert_int_equal(c.eye, EYE_REFUSING);
	look(&c, &nobody);
	look(&c, &nobody);
	assert_int_equal(c.eye, EYE_SILENT);
}

static void what_was_refused_by_nobody_is_forgotten_when_it_can_be_reached(void **state)
{
	struct camera c = with(true, false);
	int64_t t;

	(void)state;
	look(&c, &nobody);
	t = look(&c, &nobody);
	assert_int_equal(c.eye, EYE_SILENT);
	camera_afresh(&c, at(t + S));
	assert_int_equal(c.eye, EYE_UNKNOWN);
	assert_int_equal(look(&c, &nobody), t + S);
	look(&c, &nobody);
	assert_int_equal(c.eye, EYE_SILENT);
	camera_pinged(&c, REACH_ANSWERS, at(t + 60 * M));
	assert_int_equal(c.eye, EYE_OK);
}

static void one_that_may_not_be_pinged_any_more_is_looked_at(void **state)
{
	struct camera c = with(true, false);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	camera_pinged(&c, REACH_SILENT, at(31 * S));
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	camera_unasked(&c, at(50 * S));
	assert_int_equal(c.eye, EYE_UNKNOWN);
	look(&c, &moving);
	assert_int_equal(c.eye, EYE_OK);
}

static void without_the_right_to_ping_looks_decide(void **state)
{
	struct camera c = with(true, false);

	(void)state;
	look(&c, &nobody);
	assert_int_equal(c.eye, EYE_UNKNOWN);
	look(&c, &nobody);
	assert_int_equal(c.eye, EYE_SILENT);
	look(&c, &mute);
	look(&c, &mute);
	assert_int_equal(c.eye, EYE_REFUSING);
	look(&c, &moving);
	assert_int_equal(c.eye, EYE_OK);
}

static void nothing_is_looked_at_while_mains_is_out(void **state)
{
	struct camera c = seeing(false);
	const mono_t due = camera_due(&c);

	(void)state;
	assert_int_equal(camera_step(&c, true, due), 0);
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	assert_int_equal(camera_step(&c, true, at(99 * M)), 0);
	assert_int_equal(camera_step(&c, false, at(100 * M)), CAMERA_LOOK);
}

static void a_flapping_ping_does_not_bring_a_flood_of_looks(void **state)
{
	struct camera c = seeing(false);
	unsigned looks = 0;

	(void)state;
	for (int64_t t = 2 * M; t < 62 * M; t += S) {
		if (t % (2 * M) == 0)
			camera_pinged(&c, REACH_SILENT, at(t));
		if (t % (2 * M) == 5 * S)
			camera_pinged(&c, REACH_ANSWERS, at(t));
		if (camera_step(&c, false, at(t)) & CAMERA_LOOK) {
			looks++;
			camera_looked(&c, &moving, true, at(t));
		}
	}
	/* In each five minutes one, and at most two ahead of their time. */
	assert_in_range(looks, 12, 36);
}

static void a_heartbeat_that_stands_still_is_stopped(void **state)
{
	struct camera c = with(false, true);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	assert_int_equal(camera_beaten(&c, at(2 * S), at(2 * S)), 0);
	assert_int_equal(c.eye, EYE_OK);
	assert_int_equal(camera_due(&c).ms, 62 * S);
	assert_int_equal(camera_step(&c, false, at(62 * S - 1)), 0);
	assert_int_equal(camera_step(&c, false, at(62 * S)), CAMERA_EYE_CHANGED);
	assert_int_equal(c.eye, EYE_STOPPED);
	assert_int_equal(camera_due(&c).ms, MONO_NEVER.ms);
	assert_int_equal(camera_beaten(&c, at(70 * S), at(70 * S)), CAMERA_EYE_CHANGED);
	assert_int_equal(c.eye, EYE_OK);
}

static void a_heartbeat_that_never_came_has_stopped_after_the_time_to_start(void **state)
{
	struct camera c = with(false, true);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	assert_int_equal(camera_due(&c).ms, 241 * S);
	camera_step(&c, false, at(241 * S));
	assert_int_equal(c.eye, EYE_STOPPED);
}

static void a_heart_that_stops_while_the_picture_moves_contradicts(void **state)
{
	struct camera c = seeing(true);

	(void)state;
	assert_int_equal(camera_due(&c).ms, 120 * S);
	/* Looked at without waiting for its turn. */
	assert_int_equal(camera_step(&c, false, at(120 * S)), CAMERA_LOOK);
	assert_int_equal(c.eye, EYE_OK); /* until that look tells camera from wire */
	camera_looked(&c, &moving, true, at(125 * S));
	assert_int_equal(c.eye, EYE_CONTRADICTS);
	look(&c, &frozen);
	assert_int_equal(c.eye, EYE_STOPPED);
	look(&c, &frozen);
	assert_int_equal(c.eye, EYE_FROZEN);
	look(&c, &busy);
	look(&c, &moving);
	assert_int_equal(c.eye, EYE_CONTRADICTS);
	look(&c, &busy);
	assert_int_equal(c.eye, EYE_STOPPED);
}

static void a_heart_that_beats_through_a_silence_contradicts(void **state)
{
	struct camera c = seeing(true);

	(void)state;
	camera_pinged(&c, REACH_SILENT, at(70 * S));
	assert_int_equal(c.eye, EYE_SILENT);
	/* An edge from before was only late. */
	camera_beaten(&c, at(70 * S), at(71 * S));
	assert_int_equal(c.eye, EYE_SILENT);
	camera_beaten(&c, at(72 * S), at(72 * S));
	assert_int_equal(c.eye, EYE_CONTRADICTS);
	camera_step(&c, false, at(132 * S));
	assert_int_equal(c.eye, EYE_SILENT);
}

static void a_heart_may_stand_still_while_mains_is_out_and_while_it_starts(void **state)
{
	struct camera c = with(false, true);

	(void)state;
	camera_pinged(&c, REACH_ANSWERS, at(1 * S));
	camera_beaten(&c, at(2 * S), at(2 * S));
	for (int64_t t = 10 * S; t <= 100 * M; t += 10 * S)
		camera_step(&c, true, at(t));
	camera_pinged(&c, REACH_SILENT, at(100 * M));
	camera_pinged(&c, REACH_ANSWERS, at(101 * M));
	camera_step(&c, false, at(101 * M));
	assert_int_equal(c.eye, EYE_OK);
	assert_int_equal(camera_due(&c).ms, 105 * M);
	camera_step(&c, false, at(105 * M));
	assert_int_equal(c.eye, EYE_STOPPED);
}

static struct camera_look at_off(int64_t ms)
{
	struct camera_look l = moving;

	l.clock = CAMERA_CLOCK_DATE;
	l.clock_off_ms = ms;
	return l;
}

static unsigned told(struct camera *c, int64_t off_ms, bool sure)
{
	const struct camera_look l = at_off(off_ms);
	const int64_t t = until_look(c);

	return camera_looked(c, &l, sure, at(t));
}

static void a_clock_that_is_off_is_told_once_and_does_not_flap(void **state)
{
	struct camera c = seeing(false);

	(void)state;
	assert_int_equal(c.clock, CAMERA_CLOCK_NONE);
	assert_int_equal(told(&c, 5000, true), 0);
	assert_int_equal(c.clock, CAMERA_CLOCK_DATE);
	assert_int_equal(told(&c, -5001, true), CAMERA_CLOCK_CHANGED);
	assert_true(c.clock_wrong);
	assert_int_equal(c.clock_off_ms, -5001);
	assert_int_equal(told(&c, 4000, true), 0);
	assert_true(c.clock_wrong);
	assert_int_equal(told(&c, 2999, true), CAMERA_CLOCK_CHANGED);
	assert_false(c.clock_wrong);
}

static void a_clock_is_not_judged_by_one_that_is_wrong_itself(void **state)
{
	struct camera c = seeing(false);

	(void)state;
	assert_int_equal(told(&c, 86400000, false), 0);
	assert_int_equal(c.clock, CAMERA_CLOCK_NONE);
	assert_false(c.clock_wrong);
}

/* Any story: looks are never too many, never while they must not be, and it always says when. */
static void whatever_happens_looks_stay_within_their_bounds(void **state)
{
	static const struct camera_look *const ends[] = { &moving, &moving, &frozen, &locked,
							  &busy,   &mute,   &nobody, NULL };
	int64_t looks[3] = { -3600 * S, -3600 * S, -3600 * S }, began = 0;
	uint64_t chance = 1;
	bool out = false;

	(void)state;
	for (unsigned story = 0; story < 40; story++) {
		struct camera c = with(true, story & 1);

		looks[0] = looks[1] = looks[2] = -3600 * S;
		for (int64_t t = 0; t < 200 * M; t += 5 * S) {
			unsigned what;

			chance = chance * 6364136223846793005u + 1442695040888963407u;
			what = (unsigned)(chance >> 40);
			if (what % 31 == 0)
				camera_pinged(&c, (enum reach_state)(what / 31 % 3), at(t));
			if (what % 3 == 0)
				camera_beaten(&c, at(t), at(t));
			if (what % 97 == 0)
				out = !out;
			if (c.looking && t - began > 10 * S)
				camera_looked(&c, ends[what % 8], what & 1, at(t));
			if (camera_step(&c, out, at(t)) & CAMERA_LOOK) {
				assert_false(out);
				assert_true(c.ping == REACH_ANSWERS || !c.ponged);
				/* The fourth before is at least the pace away. */
				assert_true(t - looks[2] >= 5 * M);
				looks[2] = looks[1];
				looks[1] = looks[0];
				looks[0] = began = t;
			}
			assert_true(camera_due(&c).ms > t);
			assert_in_range(c.eye, EYE_UNKNOWN, EYE_BUSY);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(a_camera_that_can_only_be_pinged_is_judged_by_ping_alone),
		cmocka_unit_test(looks_are_five_minutes_apart_and_the_first_lets_it_start),
		cmocka_unit_test(there_is_no_second_look_while_one_is_under_way),
		cmocka_unit_test(one_bad_look_alone_makes_no_verdict),
		cmocka_unit_test(two_bad_looks_of_a_kind_are_believed),
		cmocka_unit_test(bad_looks_that_never_agree_are_believed_at_the_third),
		cmocka_unit_test(refusals_make_looks_rarer_up_to_an_hour),
		cmocka_unit_test(busy_counts_as_seeing_and_makes_looks_rarer),
		cmocka_unit_test(busy_lifts_refusing_but_says_nothing_about_frozen),
		cmocka_unit_test(a_frozen_camera_is_looked_at_at_the_usual_pace),
		cmocka_unit_test(an_eye_that_fails_says_nothing_of_the_camera),
		cmocka_unit_test(a_silent_camera_is_not_looked_at_and_forgets_what_was_seen),
		cmocka_unit_test(a_look_that_began_before_the_silence_is_void),
		cmocka_unit_test(a_camera_that_never_answered_a_ping_may_forbid_it),
		cmocka_unit_test(what_was_refused_by_nobody_is_forgotten_when_it_can_be_reached),
		cmocka_unit_test(one_that_may_not_be_pinged_any_more_is_looked_at),
		cmocka_unit_test(without_the_right_to_ping_looks_decide),
		cmocka_unit_test(nothing_is_looked_at_while_mains_is_out),
		cmocka_unit_test(a_flapping_ping_does_not_bring_a_flood_of_looks),
		cmocka_unit_test(a_heartbeat_that_stands_still_is_stopped),
		cmocka_unit_test(a_heartbeat_that_never_came_has_stopped_after_the_time_to_start),
		cmocka_unit_test(a_heart_that_stops_while_the_picture_moves_contradicts),
		cmocka_unit_test(a_heart_that_beats_through_a_silence_contradicts),
		cmocka_unit_test(a_heart_may_stand_still_while_mains_is_out_and_while_it_starts),
		cmocka_unit_test(a_clock_that_is_off_is_told_once_and_does_not_flap),
		cmocka_unit_test(a_clock_is_not_judged_by_one_that_is_wrong_itself),
		cmocka_unit_test(whatever_happens_looks_stay_within_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
