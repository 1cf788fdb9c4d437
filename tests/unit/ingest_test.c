/* SPDX-License-Identifier: Apache-2.0 */
/* ingest: each record once and in order; node time becomes UTC by rule, never in the future. */
#include "gateway/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HOUR = 3600 * 1000 };
static const wall_t noon = { 1781000000000 };

static void records_are_taken_once_and_in_order(void **state)
{
	struct boot_memory b = { .boot = 1 };
	uint64_t take, lost;

	(void)state;
	assert_int_equal(ingest_take(&b, 1, 1, 1, &take, &lost), INGEST_NEW);
	assert_int_equal(take, 1);
	assert_int_equal(ingest_take(&b, 1, 1, 1, &take, &lost), INGEST_DUPLICATE);
	assert_int_equal(ingest_take(&b, 3, 3, 2, &take, &lost), INGEST_GAP);
	assert_int_equal(b.seq, 1);
	assert_int_equal(ingest_take(&b, 2, 2, 2, &take, &lost), INGEST_NEW);
	assert_int_equal(ingest_take(&b, 3, 3, 2, &take, &lost), INGEST_NEW);
	assert_int_equal(b.seq, 3);
}

static void a_batch_that_overlaps_is_taken_from_its_first_new_record(void **state)
{
	struct boot_memory b = { .boot = 1, .seq = 10 };
	uint64_t take, lost;

	(void)state;
	assert_int_equal(ingest_take(&b, 5, 14, 5, &take, &lost), INGEST_NEW);
	assert_int_equal(take, 11);
	assert_int_equal(lost, 0);
	assert_int_equal(b.seq, 14);
}

static void what_the_node_lost_is_counted_and_not_waited_for(void **state)
{
	struct boot_memory b = { .boot = 1, .seq = 10 };
	uint64_t take, lost;

	(void)state;
	assert_int_equal(ingest_take(&b, 20, 20, 20, &take, &lost), INGEST_NEW);
	assert_int_equal(lost, 9);
	assert_int_equal(take, 20);
}

static void a_boot_new_to_us_may_begin_anywhere(void **state)
{
	struct boot_memory b = { .boot = 1 };
	uint64_t take, lost;

	(void)state;
	assert_int_equal(ingest_take(&b, 5000000, 5000000, 5000000, &take, &lost), INGEST_NEW);
	assert_int_equal(lost, 0);
}

static void the_last_boots_are_remembered_newest_first(void **state)
{
	struct ingest in = { .n = 0 };

	(void)state;
	for (uint64_t boot = 1; boot <= INGEST_BOOTS; boot++)
		ingest_boot(&in, 0, boot)->seq = boot * 10;
	assert_int_equal(ingest_boot(&in, 0, 1)->seq, 10);
	assert_int_equal(in.boot[0].boot, 1);
	ingest_boot(&in, 0, 99);
	assert_int_equal(in.n, INGEST_BOOTS);
	assert_int_equal(ingest_boot(&in, 0, 1)->seq, 10);
	assert_int_equal(ingest_boot(&in, 0, 2)->seq,
			 0); /* the one not used for longest gave way */
	ingest_free(&in);
	assert_int_equal(in.n, 0);
}

/* A point whose earlier boots are known up to an hour before noon. */
static struct ingest in;
static struct boot_memory b;
static enum stamp_how how;

static int fresh(void **state)
{
	(void)state;
	in = (struct ingest){ .lived = { noon.ms - HOUR } };
	b = (struct boot_memory){ .boot = 1 };
	return 0;
}

static struct record_head record(int64_t t_ms, int64_t wall_ms, enum clock_quality quality)
{
	return (struct record_head){
		.boot = 1, .t_ms = t_ms, .wall = { wall_ms }, .quality = quality
	};
}

/* A record of a boot that ended a minute before noon; now is noon. */
static int64_t stamp(struct record_head h)
{
	return ingest_stamp(&in, &b, &h, -1, noon, (wall_t){ noon.ms - 60000 }, &how).ms;
}

static void a_known_age_beats_every_clock(void **state)
{
	struct record_head h = record(5, 1, CLOCK_NTP);

	(void)state;
	ingest_anchor(&b, 0, noon);
	assert_int_equal(ingest_stamp(&in, &b, &h, 3000, noon, noon, &how).ms, noon.ms - 3000);
	assert_int_equal(how, STAMP_AGE);
}

static void without_an_age_the_boot_we_anchored_tells(void **state)
{
	(void)state;
	ingest_anchor(&b, 2 * HOUR, noon);
	assert_int_equal(stamp(record(HOUR, 1, CLOCK_NTP)), noon.ms - HOUR);
	assert_int_equal(how, STAMP_ANCHOR);
}

static void a_boot_that_began_before_1970_anchors_nothing(void **state)
{
	(void)state;
	ingest_anchor(&b, noon.ms + 1, noon);
	assert_int_equal(b.anchor, ANCHOR_NONE);
}

static void a_clock_that_ntp_kept_is_believed(void **state)
{
	(void)state;
	assert_int_equal(stamp(record(5000, noon.ms - HOUR / 2, CLOCK_NTP)), noon.ms - HOUR / 2);
	assert_int_equal(how, STAMP_NTP);
}

static void what_ntp_said_once_dates_the_rest_of_that_boot(void **state)
{
	(void)state;
	stamp(record(5000, noon.ms - HOUR / 2, CLOCK_NTP));
	assert_int_equal(stamp(record(65000, 7, CLOCK_NEVER)), noon.ms - HOUR / 2 + 60000);
	assert_int_equal(how, STAMP_ANCHOR);
}

static void ntp_that_contradicts_what_we_know_is_not_believed(void **state)
{
	static const int64_t walls[] = { HOUR, -2 * HOUR, 24 * HOUR, -24 * HOUR };

	for (size_t i = 0; i < 4; i++) {
		int64_t at;

		fresh(state);
		at = stamp(record(5000, noon.ms + walls[i], CLOCK_NTP));
		assert_int_equal(how, STAMP_GUESS);
		assert_in_range(at, noon.ms - HOUR, noon.ms - 60000);
	}
}

static void a_guess_lies_between_the_boots_around_it(void **state)
{
	static const enum clock_quality qualities[] = { CLOCK_NEVER, CLOCK_FLOOR, CLOCK_NTP };
	static const int64_t walls[] = { 5, -48 * HOUR, -HOUR / 2, HOUR, 100 * HOUR };
	static const int64_t ages[] = { 0, 5000, HOUR / 2, HOUR, 48 * HOUR };

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 5; k++)
			for (size_t n = 0; n < 5; n++) {
				int64_t at;

				fresh(state);
				at = stamp(record(ages[n], noon.ms + walls[k], qualities[i]));
				assert_in_range(at, noon.ms - HOUR, noon.ms - 60000);
			}
}

static void a_floor_between_the_boots_around_it_is_the_guess(void **state)
{
	(void)state;
	assert_int_equal(stamp(record(5000, noon.ms - HOUR / 2, CLOCK_FLOOR)), noon.ms - HOUR / 2);
	assert_int_equal(how, STAMP_GUESS);
}

static void in_a_guessed_boot_distances_are_right(void **state)
{
	int64_t first;

	(void)state;
	first = stamp(record(45000, 45000, CLOCK_NEVER));
	assert_int_equal(stamp(record(45000 + 1201000, 9, CLOCK_NEVER)), first + 1201000);
	assert_int_equal(stamp(record(45000 + 2000000, noon.ms + HOUR, CLOCK_FLOOR)),
			 first + 2000000);
}

static void a_boot_of_which_nothing_is_known_ends_before_the_next(void **state)
{
	(void)state;
	in.lived.ms = 0;
	assert_int_equal(stamp(record(5000, 5000, CLOCK_NEVER)), noon.ms - 60000);
	assert_int_equal(stamp(record(9000, 9000, CLOCK_NEVER)), noon.ms - 60000);
}

static void a_boot_is_anchored_again_when_our_own_clock_was_set(void **state)
{
	struct record_head h = record(HOUR, 0, CLOCK_NEVER);

	(void)state;
	ingest_anchor(&b, 0, (wall_t){ noon.ms + 24 * HOUR });
	ingest_stamp(&in, &b, &h, 1000, noon, noon, &how);
	assert_int_equal(b.zero.ms, noon.ms - 1000 - HOUR);
	h.t_ms += 3000; /* a little late is no reason */
	ingest_stamp(&in, &b, &h, 1000, noon, noon, &how);
	assert_int_equal(b.zero.ms, noon.ms - 1000 - HOUR);
}

static void two_unknown_boots_keep_their_order(void **state)
{
	struct boot_memory second = { .boot = 2 };
	struct record_head h = record(100, 100, CLOCK_NEVER);
	int64_t last;

	(void)state;
	stamp(record(45000, 45000, CLOCK_NEVER));
	last = stamp(record(HOUR / 3, 9, CLOCK_NEVER));
	assert_true(ingest_stamp(&in, &second, &h, -1, noon, noon, &how).ms > last);
}

#define with_a_point(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_once_and_in_order),
		cmocka_unit_test(a_batch_that_overlaps_is_taken_from_its_first_new_record),
		cmocka_unit_test(what_the_node_lost_is_counted_and_not_waited_for),
		cmocka_unit_test(a_boot_new_to_us_may_begin_anywhere),
		cmocka_unit_test(the_last_boots_are_remembered_newest_first),
		with_a_point(a_known_age_beats_every_clock),
		with_a_point(without_an_age_the_boot_we_anchored_tells),
		with_a_point(a_boot_that_began_before_1970_anchors_nothing),
		with_a_point(a_clock_that_ntp_kept_is_believed),
		with_a_point(what_ntp_said_once_dates_the_rest_of_that_boot),
		with_a_point(ntp_that_contradicts_what_we_know_is_not_believed),
		with_a_point(a_guess_lies_between_the_boots_around_it),
		with_a_point(a_floor_between_the_boots_around_it_is_the_guess),
		with_a_point(in_a_guessed_boot_distances_are_right),
		with_a_point(a_boot_of_which_nothing_is_known_ends_before_the_next),
		with_a_point(a_boot_is_anchored_again_when_our_own_clock_was_set),
		with_a_point(two_unknown_boots_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
