/* SPDX-License-Identifier: Apache-2.0 */
/* floor: a time that it certainly is by now, whatever the board's clock shows. */
#include "node/floor.h"
#include "tests/fakes/disk_mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const wall_t in_1970 = { 5000 }, in_2026 = { INT64_C(1795647600000) },
		    in_2033 = { INT64_C(2000000000000) }, in_2050 = { INT64_C(2524608000000) };

static struct disk_mem mem;
static struct floor f;

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static wall_t after(wall_t t, int64_t ms)
{
	return (wall_t){ t.ms + ms };
}

static int fresh(void **state)
{
	(void)state;
	disk_mem_init(&mem);
	return floor_open(&f, &mem.disk, at(0));
}

static int done(void **state)
{
	(void)state;
	disk_mem_free(&mem);
	return 0;
}

/* What the node says when the clock shows this and the system calls it so good. */
static enum clock_quality look(wall_t shown, enum clock_quality quality, int64_t now, wall_t *says)
{
	*says = shown;
	return floor_look(&f, says, quality, at(now));
}

static void assert_says(wall_t shown, enum clock_quality quality, int64_t now,
			enum clock_quality said, wall_t says)
{
	wall_t got;

	assert_int_equal(look(shown, quality, now, &got), said);
	assert_int_equal(got.ms, says.ms);
}

static void ntp(wall_t t, int64_t now)
{
	assert_says(t, CLOCK_NTP, now, CLOCK_NTP, t);
}

static void boots_again(void)
{
	disk_mem_power_cut(&mem, 1);
	assert_int_equal(floor_open(&f, &mem.disk, at(20 * SECOND)), 0);
}

/* ---- what is said ---- */

static void without_a_floor_the_clock_is_taken_as_it_is(void **state)
{
	(void)state;
	assert_says(in_1970, CLOCK_NEVER, 1000, CLOCK_NEVER, in_1970);
	assert_says(in_2026, CLOCK_FLOOR, 1000, CLOCK_FLOOR, in_2026);
	assert_says(in_2033, CLOCK_FLOOR, 1000, CLOCK_FLOOR, in_2033);
}

static void a_boot_in_1970_says_the_floor_and_what_passed_since(void **state)
{
	(void)state;
	ntp(in_2026, 1000);
	assert_int_equal(floor_keep(&f, false, at(1000)), 0);
	boots_again();
	assert_says(in_1970, CLOCK_NEVER, 20 * SECOND, CLOCK_FLOOR, in_2026);
	assert_says(after(in_1970, HOUR), CLOCK_NEVER, 20 * SECOND + HOUR, CLOCK_FLOOR,
		    after(in_2026, HOUR));
}

static void a_clock_behind_the_floor_is_answered_with_the_floor(void **state)
{
	(void)state;
	ntp(in_2026, 1000);
	assert_int_equal(floor_keep(&f, false, at(1000)), 0);
	boots_again();
	assert_says(after(in_2026, -HOUR), CLOCK_FLOOR, 20 * SECOND, CLOCK_FLOOR, in_2026);
	assert_says(after(in_2026, HOUR), CLOCK_FLOOR, 20 * SECOND, CLOCK_FLOOR,
		    after(in_2026, HOUR));
}

static void a_step_back_without_ntp_does_not_turn_time_back(void **state)
{
	(void)state;
	ntp(in_2026, 0);
	assert_says(after(in_2026, HOUR - 24 * HOUR), CLOCK_FLOOR, HOUR, CLOCK_FLOOR,
		    after(in_2026, HOUR));
}

static void ntp_is_never_corrected(void **state)
{
	(void)state;
	ntp(in_2026, 0);
	ntp(after(in_2026, -24 * HOUR), 1000);
	ntp(after(in_2026, 24 * HOUR), 2000);
}

/* ---- a clock that once went ahead ---- */

static void a_floor_from_a_time_server_that_lied_is_lowered_by_the_next(void **state)
{
	(void)state;
	ntp(in_2033, 0);
	assert_int_equal(floor_keep(&f, false, at(0)), 0);
	boots_again();
	ntp(in_2026, HOUR);
	assert_int_equal(floor_keep(&f, false, at(HOUR)), 0);
	boots_again();
	assert_says(in_1970, CLOCK_NEVER, 20 * SECOND, CLOCK_FLOOR, in_2026);
}

static void a_time_that_cannot_be_never_becomes_the_floor(void **state)
{
	(void)state;
	ntp(in_2050, 0);
	ntp(in_1970, 1000);
	assert_int_equal(floor_keep(&f, true, at(HOUR)), 0);
	assert_int_equal(mem.writes, 0);
	assert_says(in_1970, CLOCK_NEVER, HOUR, CLOCK_NEVER, in_1970);
}

static void a_clock_ahead_without_ntp_leaves_the_floor_alone(void **state)
{
	(void)state;
	ntp(in_2026, 0);
	assert_says(in_2033, CLOCK_FLOOR, 1000, CLOCK_FLOOR, in_2033);
	assert_int_equal(floor_keep(&f, true, at(2000)), 0);
	boots_again();
	assert_says(in_1970, CLOCK_NEVER, 20 * SECOND, CLOCK_FLOOR, in_2026);
}

static void a_restart_of_the_program_does_not_raise_the_floor(void **state)
{
	(void)state;
	ntp(in_2026, 10 * HOUR);
	assert_int_equal(floor_keep(&f, true, at(10 * HOUR)), 0);
	assert_int_equal(floor_open(&f, &mem.disk, at(10 * HOUR + SECOND)), 0);
	assert_says(in_1970, CLOCK_NEVER, 10 * HOUR + 2 * SECOND, CLOCK_FLOOR,
		    after(in_2026, SECOND));
}

/* ---- the file ---- */

static void a_calm_day_writes_once_an_hour(void **state)
{
	(void)state;
	for (int64_t t = 0; t < 24 * HOUR; t += SECOND) {
		ntp(after(in_2026, t), t);
		assert_int_equal(floor_keep(&f, false, at(t)), 0);
	}
	assert_int_equal(mem.commits, 24);
}

static void a_day_without_ntp_writes_nothing(void **state)
{
	(void)state;
	for (int64_t t = 0; t < 24 * HOUR; t += MINUTE) {
		wall_t says = after(in_2026, t);

		floor_look(&f, &says, CLOCK_FLOOR, at(t));
		assert_int_equal(floor_keep(&f, false, at(t)), 0);
	}
	assert_int_equal(floor_keep(&f, true, at(24 * HOUR)), 0);
	assert_int_equal(mem.calls, 0);
}

static void the_end_of_the_program_keeps_the_minutes_since_the_last_write(void **state)
{
	(void)state;
	ntp(in_2026, 0);
	assert_int_equal(floor_keep(&f, false, at(0)), 0);
	ntp(after(in_2026, 10 * MINUTE), 10 * MINUTE);
	assert_int_equal(floor_keep(&f, false, at(10 * MINUTE)), 0);
	assert_int_equal(mem.commits, 1);
	assert_int_equal(floor_keep(&f, true, at(10 * MINUTE)), 0);
	assert_int_equal(mem.commits, 2);
	boots_again();
	assert_says(in_1970, CLOCK_NEVER, 20 * SECOND, CLOCK_FLOOR, after(in_2026, 10 * MINUTE));
}

static void a_program_that_starts_again_and_again_does_not_wear_the_card(void **state)
{
	(void)state;
	for (int64_t t = 0; t < HOUR; t += 2 * SECOND) {
		assert_int_equal(floor_open(&f, &mem.disk, at(t)), 0);
		ntp(after(in_2026, t), t + SECOND);
		assert_int_equal(floor_keep(&f, false, at(t + SECOND)), 0);
		assert_int_equal(floor_keep(&f, true, at(t + SECOND)), 0);
	}
	assert_in_range(mem.commits, 1, 60);
}

static void power_cut_at_any_write_leaves_the_old_floor_or_the_new_one(void **state)
{
	(void)state;
	for (uint64_t call = 1; call <= 3; call++) {
		wall_t says = in_1970;

		disk_mem_lose(&mem);
		assert_int_equal(floor_open(&f, &mem.disk, at(0)), 0);
		ntp(in_2026, 0);
		assert_int_equal(floor_keep(&f, false, at(0)), 0);
		mem.calls = 0;
		mem.dies_at = call;
		ntp(after(in_2026, HOUR), HOUR);
		assert_int_equal(floor_keep(&f, false, at(HOUR)), -EIO);
		mem.dies_at = 0;
		boots_again();
		assert_int_equal(floor_look(&f, &says, CLOCK_NEVER, at(20 * SECOND)), CLOCK_FLOOR);
		assert_true(says.ms == in_2026.ms || says.ms == in_2026.ms + HOUR);
	}
}

static void a_file_that_was_damaged_is_no_floor(void **state)
{
	static const char good[] = "1795647600000 0000004711000 0000000086400 1795647600000 "
				   "0000004711000 0000000086400\n";
	char bad[sizeof good];

	(void)state;
	for (size_t i = 0; i < sizeof good - 1; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(bad, good, sizeof good);
			bad[i] = (char)(bad[i] ^ 1 << bit);
			disk_mem_fill(&mem, (const uint8_t *)bad, sizeof good - 1);
			assert_int_equal(floor_open(&f, &mem.disk, at(0)), -EBADMSG);
			assert_says(in_1970, CLOCK_NEVER, 0, CLOCK_NEVER, in_1970);
		}
	for (size_t len = 1; len < sizeof good - 1; len++) {
		disk_mem_fill(&mem, (const uint8_t *)good, len);
		assert_int_equal(floor_open(&f, &mem.disk, at(0)), -EBADMSG);
	}
	disk_mem_fill(&mem, (const uint8_t *)good, sizeof good - 1);
	assert_int_equal(floor_open(&f, &mem.disk, at(0)), 0);
	assert_says(in_1970, CLOCK_NEVER, 0, CLOCK_FLOOR, in_2026);
}

static void the_months_bytes_ride_along(void **state)
{
	(void)state;
	ntp(in_2026, 0);
	f.month = (struct floor_month){ 5390000, (int64_t)25 * 24 * HOUR };
	assert_int_equal(floor_keep(&f, false, at(0)), 0);
	boots_again();
	assert_int_equal(f.month.bytes, 5390000);
	assert_int_equal(f.month.ms, (int64_t)25 * 24 * HOUR);
	f.month.bytes = UINT64_MAX; /* as many digits as there are */
	ntp(after(in_2026, HOUR), HOUR);
	assert_int_equal(floor_keep(&f, false, at(HOUR)), 0);
	boots_again();
	assert_int_equal(f.month.bytes, UINT64_C(9999999999999));
}

static void a_floor_of_another_age_is_dropped(void **state)
{
	static const char *const ages[] = {
		"0000000005000 0000000000000 0000000000000 0000000005000 0000000000000 "
		"0000000000000\n",
		"2524608000000 0000000000000 0000000000000 2524608000000 0000000000000 "
		"0000000000000\n",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		disk_mem_fill(&mem, (const uint8_t *)ages[i], strlen(ages[i]));
		assert_int_equal(floor_open(&f, &mem.disk, at(0)), -EBADMSG);
		assert_says(in_1970, CLOCK_NEVER, 0, CLOCK_NEVER, in_1970);
	}
}

static void a_disk_that_fails_is_tried_again_an_hour_later(void **state)
{
	(void)state;
	mem.fail_write = -ENOSPC;
	ntp(in_2026, 0);
	assert_int_equal(floor_keep(&f, false, at(0)), -ENOSPC);
	mem.fail_write = 0;
	ntp(after(in_2026, MINUTE), MINUTE);
	assert_int_equal(floor_keep(&f, false, at(MINUTE)), 0);
	assert_int_equal(mem.commits, 0);
	ntp(after(in_2026, HOUR), HOUR);
	assert_int_equal(floor_keep(&f, false, at(HOUR)), 0);
	assert_int_equal(mem.commits, 1);
}

static void a_disk_that_cannot_be_read_still_leaves_a_floor_in_memory(void **state)
{
	(void)state;
	mem.fail_read = -EIO;
	assert_int_equal(floor_open(&f, &mem.disk, at(0)), -EIO);
	ntp(in_2026, 0);
	assert_says(in_1970, CLOCK_NEVER, HOUR, CLOCK_FLOOR, after(in_2026, HOUR));
}

#define on_a_disk(test) cmocka_unit_test_setup_teardown(test, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_a_disk(without_a_floor_the_clock_is_taken_as_it_is),
		on_a_disk(a_boot_in_1970_says_the_floor_and_what_passed_since),
		on_a_disk(a_clock_behind_the_floor_is_answered_with_the_floor),
		on_a_disk(a_step_back_without_ntp_does_not_turn_time_back),
		on_a_disk(ntp_is_never_corrected),
		on_a_disk(a_floor_from_a_time_server_that_lied_is_lowered_by_the_next),
		on_a_disk(a_time_that_cannot_be_never_becomes_the_floor),
		on_a_disk(a_clock_ahead_without_ntp_leaves_the_floor_alone),
		on_a_disk(a_restart_of_the_program_does_not_raise_the_floor),
		on_a_disk(a_calm_day_writes_once_an_hour),
		on_a_disk(a_day_without_ntp_writes_nothing),
		on_a_disk(the_end_of_the_program_keeps_the_minutes_since_the_last_write),
		on_a_disk(a_program_that_starts_again_and_again_does_not_wear_the_card),
		on_a_disk(power_cut_at_any_write_leaves_the_old_floor_or_the_new_one),
		on_a_disk(a_file_that_was_damaged_is_no_floor),
		on_a_disk(the_months_bytes_ride_along),
		on_a_disk(a_floor_of_another_age_is_dropped),
		on_a_disk(a_disk_that_fails_is_tried_again_an_hour_later),
		on_a_disk(a_disk_that_cannot_be_read_still_leaves_a_floor_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
