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
}

static void a_known_age_beats_every_clock(void **state)
{
	struct boot_memory b = { .anchor = ANCHOR_OWN, .zero = noon };
	struct record_head h = { .t_ms = 5, .wall = { 1 }, .quality = CLOCK_NTP };
	enum stamp_how how;

	(void)state;
	assert_int_equal(ingest_stamp(&b, &h, 3000, noon, noon, &how).ms, noon.ms - 3000);
	assert_int_equal(how, STAMP_AGE);
}

static void without_an_age_the_boot_we_anchored_tells(void **state)
{
	struct boot_memory b = { 0 };
	struct record_head h = { .t_ms = HOUR, .wall = { 1 }, .quality = CLOCK_NTP };
	enum stamp_how how;

	(void)state;
	ingest_anchor(&b, 2 * HOUR, noon);
	assert_int_equal(ingest_stamp(&b, &h, -1, noon, noon, &how).ms, noon.ms - HOUR);
	assert_int_equal(how, STAMP_ANCHOR);
}

static void a_clock_that_ntp_kept_is_believed_unless_it_is_ahead(void **state)
{
	struct boot_memory b = { 0 };
	struct record_head h = { .wall = { noon.ms - HOUR }, .quality = CLOCK_NTP };
	wall_t before = { noon.ms - 60000 };
	enum stamp_how how;

	(void)state;
	assert_int_equal(ingest_stamp(&b, &h, -1, noon, before, &how).ms, noon.ms - HOUR);
	assert_int_equal(how, STAMP_NTP);
	h.wall.ms = noon.ms + 1;
	assert_int_equal(ingest_stamp(&b, &h, -1, noon, before, &how).ms, before.ms);
	assert_int_equal(how, STAMP_GUESS);
}

static void a_dead_clock_is_bounded_by_the_boot_that_followed(void **state)
{
	struct boot_memory b = { 0 };
	wall_t before = { noon.ms - 60000 };
	struct record_head dead = { .wall = { 5 }, .quality = CLOCK_NEVER };
	struct record_head floor = { .wall = { noon.ms - HOUR }, .quality = CLOCK_FLOOR };
	struct record_head ahead = { .wall = { noon.ms + HOUR }, .quality = CLOCK_FLOOR };
	enum stamp_how how;

	(void)state;
	assert_int_equal(ingest_stamp(&b, &dead, -1, noon, before, &how).ms, before.ms);
	assert_int_equal(ingest_stamp(&b, &floor, -1, noon, before, &how).ms, noon.ms - HOUR);
	assert_int_equal(ingest_stamp(&b, &ahead, -1, noon, before, &how).ms, before.ms);
	assert_int_equal(ingest_stamp(&b, &dead, -1, noon, (wall_t){ noon.ms + 9 }, &how).ms,
			 noon.ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_once_and_in_order),
		cmocka_unit_test(a_batch_that_overlaps_is_taken_from_its_first_new_record),
		cmocka_unit_test(what_the_node_lost_is_counted_and_not_waited_for),
		cmocka_unit_test(a_boot_new_to_us_may_begin_anywhere),
		cmocka_unit_test(the_last_boots_are_remembered_newest_first),
		cmocka_unit_test(a_known_age_beats_every_clock),
		cmocka_unit_test(without_an_age_the_boot_we_anchored_tells),
		cmocka_unit_test(a_clock_that_ntp_kept_is_believed_unless_it_is_ahead),
		cmocka_unit_test(a_dead_clock_is_bounded_by_the_boot_that_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
