/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: fourteen days without a line fit in 2 MiB, nothing given up; and where they do not fit,
 * minutes are thinned first and both are counted. The days are those of a bad house: a sample each
 * minute, mains that goes six times a day, cameras that come and go.
 */
#include "node/spool.h"
#include "tests/fakes/disk_mem.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { BOOT = 0x11, MINUTE = 60000, DAY_MIN = 24 * 60, FORTNIGHT_MIN = 14 * DAY_MIN };

static struct disk_mem disk;
static struct spool spool;
static uint64_t news_put, samples_put;

static struct moment at(int64_t ms)
{
	return (struct moment){ .t = { ms }, .wall = { 1778762520000 + ms }, .quality = CLOCK_NTP };
}

static void news(int64_t ms, enum cause cause)
{
	const struct moment m = at(ms);
	const struct verdict v = { .cause = cause, .sure = SURE_CONFIRMED };

	assert_int_equal(spool_put_news(&spool, &m, &v), 0);
	news_put++;
}

/* Minutes of the bad house. */
static void live(int64_t from, int64_t until)
{
	for (int64_t min = from; min < until; min++) {
		const struct moment m = at(min * MINUTE);
		const struct sample s = { .temp_c = 40 };

		assert_int_equal(spool_put_sample(&spool, &m, &s), 0);
		samples_put++;
		if (min % (DAY_MIN / 6) == 17) /* mains, for five minutes, twice judged */
			for (int i = 0; i < 4; i++)
				news(min * MINUTE + 3000 + i * 11000,
				     i % 2 ? CAUSE_NONE : CAUSE_POWER);
		if (min % 90 == 31) /* a camera blinks */
			for (int i = 0; i < 2; i++)
				news(min * MINUTE + 20000 + i * 9000,
				     i ? CAUSE_NONE : CAUSE_CAMERA);
	}
}

static void begin(uint64_t kib)
{
	disk_mem_init(&disk);
	news_put = samples_put = 0;
	assert_int_equal(spool_open(&spool, &disk.disk, kib << 10, BOOT, (mono_t){ 9000 }), 0);
}

/* All that is held is read, in order, and every record put is held or counted as given up. */
static void all_is_told(void)
{
	uint64_t n = 0, n_news = 0, last = 0;
	struct record r;

	for (uint64_t pos = spool_front(&spool); spool_peek(&spool, &pos, &r); pos++, n++) {
		assert_true(r.head.seq > last);
		last = r.head.seq;
		n_news += r.kind == RECORD_NEWS;
	}
	assert_int_equal(n, spool_held(&spool));
	assert_int_equal(n_news + spool.count.dropped, news_put);
	assert_int_equal(n - n_news + spool.count.thinned, samples_put);
}

static void a_fortnight_fits_and_nothing_is_given_up(void **state)
{
	(void)state;
	begin(2048);
	live(0, FORTNIGHT_MIN);
	printf("14 days: %" PRIu64 " samples, %" PRIu64 " news, %zu bytes of %d, %" PRIu64
	       " thinned, %" PRIu64 " dropped\n",
	       samples_put, news_put, disk.len, 2048 << 10, spool.count.thinned,
	       spool.count.dropped);
	assert_true(disk.len <= 2048 << 10);
	assert_int_equal(spool.count.thinned + spool.count.dropped, 0);
	all_is_told();
	disk_mem_free(&disk);
}

static void a_quarter_of_a_year_thins_minutes_and_keeps_every_change(void **state)
{
	(void)state;
	begin(2048);
	live(0, 90 * DAY_MIN);
	printf("90 days: %" PRIu64 " samples, %" PRIu64 " news, %zu bytes, %" PRIu64
	       " thinned, %" PRIu64 " dropped\n",
	       samples_put, news_put, disk.len, spool.count.thinned, spool.count.dropped);
	assert_true(disk.len <= 2048 << 10);
	assert_true(spool.count.thinned > 0);
	assert_int_equal(spool.count.dropped, 0);
	all_is_told();
	disk_mem_free(&disk);
}

static void the_smallest_spool_counts_what_it_gives_up(void **state)
{
	(void)state;
	begin(16);
	live(0, FORTNIGHT_MIN);
	printf("14 days in 16 KiB: %" PRIu64 " samples, %" PRIu64 " news, %zu bytes, %" PRIu64
	       " thinned, %" PRIu64 " dropped\n",
	       samples_put, news_put, disk.len, spool.count.thinned, spool.count.dropped);
	assert_true(disk.len <= 16 << 10);
	assert_true(spool.count.thinned > 0 && spool.count.dropped > 0);
	all_is_told();
	disk_mem_free(&disk);
}

/* What it costs to open a full file: each page of it is read once, and nothing is written. */
static void a_full_file_opens_in_one_reading(void **state)
{
	uint64_t calls, reads;

	(void)state;
	begin(2048);
	live(0, 90 * DAY_MIN);
	calls = disk.calls;
	reads = disk.reads;
	assert_int_equal(spool_open(&spool, &disk.disk, 2048 << 10, BOOT + 1, (mono_t){ 900 }), 0);
	reads = disk.reads - reads;
	printf("opening %zu bytes: %" PRIu64 " reads\n", disk.len, reads);
	assert_true(reads <= disk.len / (SPOOL_PAGE * FRAME_LEN) + 1);
	assert_int_equal(disk.calls, calls);
	disk_mem_free(&disk);
}

/* The same while half of it is acknowledged, with a note of that after each hundred. */
static void a_half_acknowledged_file_opens_as_fast(void **state)
{
	uint64_t reads, to = 0, notes = 0, held;

	(void)state;
	begin(2048);
	live(0, 28 * DAY_MIN);
	while ((spool_front(&spool) - spool.base + SPOOL_NOTE) * 2 < spool.frames) {
		to += SPOOL_NOTE;
		notes++;
		spool_ack(&spool, BOOT, 9000 + to);
	}
	held = spool_held(&spool);
	reads = disk.reads;
	assert_int_equal(spool_open(&spool, &disk.disk, 2048 << 10, BOOT + 1, (mono_t){ 900 }), 0);
	reads = disk.reads - reads;
	printf("opening %zu bytes with %" PRIu64 " notes of acknowledgements: %" PRIu64 " reads\n",
	       disk.len, notes, reads);
	assert_true(notes > 50);
	assert_true(spool_held(&spool) <= held + SPOOL_NOTE);
	assert_true(reads <= disk.len / (SPOOL_PAGE * FRAME_LEN) + 1 + 20 * notes);
	disk_mem_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fortnight_fits_and_nothing_is_given_up),
		cmocka_unit_test(a_quarter_of_a_year_thins_minutes_and_keeps_every_change),
		cmocka_unit_test(the_smallest_spool_counts_what_it_gives_up),
		cmocka_unit_test(a_full_file_opens_in_one_reading),
		cmocka_unit_test(a_half_acknowledged_file_opens_as_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
