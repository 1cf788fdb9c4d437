/* SPDX-License-Identifier: Apache-2.0 */
/* spool: nothing accepted is lost, whatever the disk and the power do. */
#include "node/spool.h"
#include "tests/fakes/disk_mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, LATER_BOOT = 0x22, LIMIT = 1 << 20 };

/* A disk, a spool, and a clock. */
struct bench {
	struct disk_mem mem;
	struct spool spool;
	int64_t now;
};

static struct bench b;

static int reopen(uint64_t limit, uint64_t boot)
{
	return spool_open(&b.spool, &b.mem.disk, limit, boot, (mono_t){ b.now });
}

static int fresh(void **state)
{
	(void)state;
	disk_mem_init(&b.mem);
	b.now = 5000;
	return reopen(LIMIT, BOOT);
}

static int done(void **state)
{
	(void)state;
	disk_mem_free(&b.mem);
	return 0;
}

static struct moment moment(void)
{
	b.now += 1000;
	return (struct moment){ .t = { b.now },
				.wall = { 1778762520000 + b.now },
				.quality = CLOCK_NTP };
}

/* A number hidden in the cameras' states, three bits each. */
static uint32_t marked(uint8_t mark)
{
	return (mark & 7u) | (mark >> 3 & 7u) << 4 | (mark >> 6 & 7u) << 8;
}

static uint8_t mark_of(const struct verdict *v)
{
	return (uint8_t)((v->eyes & 7) | (v->eyes >> 4 & 7) << 3 | (v->eyes >> 8 & 7) << 6);
}

static int put_news(uint8_t mark)
{
	const struct verdict v = { .cause = CAUSE_CAMERA, .eyes = marked(mark), .cams_n = 8 };
	const struct moment at = moment();

	return spool_put_news(&b.spool, &at, &v);
}

static int put_sample(uint8_t mark)
{
	const struct sample m = { .cams_up = mark };
	const struct moment at = moment();

	return spool_put_sample(&b.spool, &at, &m);
}

static bool at(uint64_t nth, struct record *r)
{
	uint64_t pos = spool_front(&b.spool);

	for (;; pos++) {
		if (!spool_peek(&b.spool, &pos, r))
			return false;
		if (nth-- == 0)
			return true;
	}
}

static uint64_t count(void)
{
	struct record r;
	uint64_t n = 0;

	while (at(n, &r))
		n++;
	return n;
}

static void a_new_file_numbers_from_the_time_since_boot(void **state)
{
	struct record r;

	(void)state;
	assert_int_equal(put_news(1), 0);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 5000);
	assert_int_equal(r.head.boot, BOOT);
	assert_int_equal(r.head.t_ms, 6000);
	assert_int_equal(r.head.wall.ms, 1778762526000);
	assert_int_equal(mark_of(&r.verdict), 1);
	assert_int_equal(b.spool.count.lost, 0);
}

static void records_come_back_in_order_after_a_restart(void **state)
{
	struct record r;

	(void)state;
	for (uint8_t i = 0; i < 40; i++)
		assert_int_equal(i % 4 ? put_sample(i) : put_news(i), 0);
	assert_int_equal(reopen(LIMIT, BOOT), 0);
	assert_int_equal(spool_held(&b.spool), 40);
	assert_int_equal(spool_held_samples(&b.spool), 30);
	for (uint8_t i = 0; i < 40; i++) {
		assert_true(at(i, &r));
		assert_int_equal(r.head.seq, 5000 + i);
		assert_int_equal(r.kind, i % 4 ? RECORD_SAMPLE : RECORD_NEWS);
		assert_int_equal(i % 4 ? r.sample.cams_up : mark_of(&r.verdict), i);
	}
	/* What another program of this boot may have used is left alone. */
	assert_int_equal(put_news(99), 0);
	assert_true(at(40, &r));
	assert_int_equal(r.head.seq, 45000);
}

static bool skips(uint64_t nth)
{
	uint64_t pos = spool_front(&b.spool);
	struct record r;

	for (;; pos++) {
		assert_true(spool_peek(&b.spool, &pos, &r));
		if (nth-- == 0)
			return spool_skips(&b.spool, pos, &r) < r.head.seq;
	}
}

static void numbers_that_were_skipped_are_known_as_such(void **state)
{
	(void)state;
	put_news(1);
	put_news(2);
	reopen(LIMIT, BOOT);
	b.mem.fail_write = -EIO;
	put_news(3); /* waits in memory */
	assert_false(skips(1));
	assert_true(skips(2));
	b.mem.fail_write = 0;
	put_news(4);
	assert_int_equal(b.spool.memory_n, 0);
	reopen(LIMIT, BOOT);
	put_news(5);
	for (int round = 0; round < 2; round++) {
		assert_false(skips(1));
		assert_true(skips(2));
		assert_false(skips(3));
		assert_true(skips(4));
		/* Also in a file written anew. */
		b.mem.fail_sync = round ? 0 : -EIO;
		put_news(6);
		b.mem.fail_sync = 0;
		put_news(7);
	}
}

static void a_later_boot_numbers_from_its_own_age_behind_the_old_records(void **state)
{
	struct record r;

	(void)state;
	put_news(1);
	b.now = 900;
	assert_int_equal(reopen(LIMIT, LATER_BOOT), 0);
	put_news(2);
	assert_true(at(0, &r));
	assert_int_equal(r.head.boot, BOOT);
	assert_true(at(1, &r));
	assert_int_equal(r.head.boot, LATER_BOOT);
	assert_int_equal(r.head.seq, 900);
}

static void acknowledged_records_go_and_only_those(void **state)
{
	struct record r;

	(void)state;
	for (uint8_t i = 0; i < 5; i++)
		put_sample(i);
	assert_int_equal(spool_ack(&b.spool, BOOT, 4999), 0);
	assert_int_equal(spool_ack(&b.spool, LATER_BOOT, 5004), 0);
	assert_int_equal(spool_ack(&b.spool, BOOT, 5002), 3);
	assert_int_equal(spool_held(&b.spool), 2);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 5003);
	assert_int_equal(spool_ack(&b.spool, BOOT, 5004), 2);
	assert_int_equal(spool_held_samples(&b.spool), 0);
	assert_int_equal(spool_front(&b.spool), spool_end(&b.spool));
	assert_int_equal(count(), 0);
}

static void the_next_number_outlives_the_records(void **state)
{
	struct record r;

	(void)state;
	/* Enough to make the file worth rewriting. */
	for (unsigned i = 0; i < SPOOL_COMPACT / FRAME_LEN + 10; i++)
		put_sample((uint8_t)i);
	spool_ack(&b.spool, BOOT, b.spool.next_seq - 1);
	assert_int_equal(b.mem.len, FRAME_LEN);
	assert_int_equal(b.mem.commits, 2);
	b.now = 5001; /* so short a life with so many records is not one of ours; but then */
	reopen(LIMIT, BOOT);
	put_news(1);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 5000 + SPOOL_COMPACT / FRAME_LEN + 10);
}

static void calm_writes_nothing(void **state)
{
	uint64_t before;

	(void)state;
	put_news(1);
	spool_ack(&b.spool, BOOT, 5000);
	before = b.mem.calls;
	for (int i = 0; i < 100; i++)
		spool_ack(&b.spool, BOOT, 5000);
	assert_int_equal(b.mem.calls, before);
}

static void a_torn_tail_is_cut_and_counted(void **state)
{
	struct record r;

	(void)state;
	put_news(1);
	put_news(2);
	b.mem.len -= 1;
	assert_int_equal(reopen(LIMIT, LATER_BOOT), 0);
	assert_int_equal(b.spool.count.torn, 1);
	assert_int_equal(count(), 1);
	assert_int_equal(b.mem.len % FRAME_LEN, 0);
	put_news(3);
	assert_true(at(1, &r));
	assert_int_equal(mark_of(&r.verdict), 3);
}

static void a_bad_frame_in_the_middle_is_skipped_and_counted(void **state)
{
	struct record r;
	uint64_t pos;

	(void)state;
	for (uint8_t i = 0; i < 6; i++)
		put_news(i);
	b.mem.data[FRAME_LEN * 3 + 20] ^= 1;
	reopen(LIMIT, BOOT);
	assert_int_equal(b.spool.count.corrupt, 1);
	assert_int_equal(spool_held(&b.spool), 5);
	pos = spool_front(&b.spool) + 3;
	assert_true(spool_peek(&b.spool, &pos, &r));
	assert_int_equal(r.head.seq, 5003);
	assert_int_equal(spool_ack(&b.spool, BOOT, 5005), 5);
	assert_int_equal(count(), 0);
}

static void a_file_of_rubbish_is_begun_anew_and_counted(void **state)
{
	uint8_t rubbish[1000];
	struct record r;

	(void)state;
	memset(rubbish, 'x', sizeof rubbish);
	disk_mem_fill(&b.mem, rubbish, sizeof rubbish);
	b.now = 77000;
	assert_int_equal(reopen(LIMIT, BOOT), 0);
	assert_int_equal(b.spool.count.lost, 1);
	assert_int_equal(put_news(1), 0);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 77000);
}

static void the_loss_of_the_whole_file_is_known(void **state)
{
	uint8_t rubbish[1000];

	(void)state;
	assert_true(spool_fresh(&b.spool)); /* the first time */
	assert_false(spool_lost(&b.spool));
	put_news(1);
	reopen(LIMIT, LATER_BOOT);
	assert_false(spool_fresh(&b.spool) || spool_lost(&b.spool));
	memset(rubbish, 'x', sizeof rubbish);
	disk_mem_fill(&b.mem, rubbish, sizeof rubbish);
	reopen(LIMIT, LATER_BOOT);
	assert_true(spool_lost(&b.spool));
	assert_false(spool_fresh(&b.spool));
	reopen(LIMIT, LATER_BOOT);
	assert_false(spool_lost(&b.spool)); /* said once */
	disk_mem_lose(&b.mem);
	reopen(LIMIT, LATER_BOOT);
	assert_true(spool_fresh(&b.spool));
	/* A disk that does not answer has lost nothing yet. */
	b.mem.fail_read = -EIO;
	reopen(LIMIT, LATER_BOOT);
	assert_false(spool_fresh(&b.spool) || spool_lost(&b.spool));
}

static void a_disk_that_cannot_be_read_for_a_moment_keeps_its_records(void **state)
{
	struct record r;

	(void)state;
	put_news(1);
	put_news(2);
	b.mem.fail_read = -EIO;
	assert_int_equal(reopen(LIMIT, LATER_BOOT), -EIO);
	assert_int_equal(put_news(3), -EIO);
	assert_int_equal(count(), 1);
	b.mem.fail_read = 0;
	assert_int_equal(count(), 3);
	assert_true(at(0, &r));
	assert_int_equal(mark_of(&r.verdict), 1);
	/* Nor does a rewrite leave behind what it cannot read. */
	b.mem.fail_read = -EIO;
	b.spool.page_n = 0;
	b.mem.fail_sync = -EIO;
	assert_int_equal(put_news(4), -EIO);
	b.mem.fail_sync = 0;
	assert_int_equal(put_news(5), -EIO);
	b.mem.fail_read = 0;
	assert_int_equal(put_news(6), 0);
	assert_int_equal(count(), 6);
	assert_int_equal(b.spool.count.corrupt + b.spool.count.torn + b.spool.count.lost, 0);
}

static void without_its_head_the_records_stay_but_numbers_leap(void **state)
{
	struct record r;

	(void)state;
	put_news(1);
	put_news(2);
	b.mem.data[10] ^= 1;
	b.now = 90000;
	assert_int_equal(reopen(LIMIT, BOOT), 0);
	assert_int_equal(count(), 2);
	put_news(3);
	assert_true(at(2, &r));
	assert_int_equal(r.head.seq, 90000);
	reopen(LIMIT, BOOT);
	assert_int_equal(b.spool.count.lost, 0);
	assert_int_equal(count(), 3);
}

static void a_full_disk_keeps_records_in_memory_and_in_order(void **state)
{
	struct record r;

	(void)state;
	put_news(0);
	b.mem.limit = b.mem.len + FRAME_LEN / 2;
	for (uint8_t i = 1; i < 10; i++)
		assert_int_equal(put_news(i), -ENOSPC);
	assert_int_equal(b.spool.count.write_errors, 9);
	assert_int_equal(count(), 10);
	/* They may even be acknowledged from there. */
	assert_int_equal(spool_ack(&b.spool, BOOT, 5002), 3);
	b.mem.limit = 0;
	assert_int_equal(put_sample(10), 0);
	assert_int_equal(b.spool.memory_n, 0);
	reopen(LIMIT, BOOT);
	assert_int_equal(b.spool.count.corrupt, 0);
	for (uint8_t i = 0; i < 8; i++) {
		assert_true(
			at(1 + i, &r)); /* the first one was on disk, its acknowledgement is not */
		assert_int_equal(r.head.seq, 5003 + i);
	}
	assert_int_equal(count(), 9);
}

static void what_could_not_be_synced_is_written_again(void **state)
{
	(void)state;
	b.mem.fail_sync = -EIO;
	assert_int_equal(put_news(1), -EIO);
	assert_int_equal(count(), 1);
	b.mem.fail_sync = 0;
	assert_int_equal(put_news(2), 0);
	assert_int_equal(b.mem.commits, 2); /* not merely synced again */
	disk_mem_power_cut(&b.mem, 0);
	reopen(LIMIT, LATER_BOOT);
	assert_int_equal(count(), 2);
}

static void a_dead_disk_still_lets_news_through(void **state)
{
	struct record r;

	(void)state;
	b.mem.fail_read = b.mem.fail_write = -EIO;
	b.now = 30000;
	assert_int_equal(reopen(LIMIT, BOOT), -EIO);
	assert_int_equal(put_news(1), -EIO);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 30000);
	assert_int_equal(spool_ack(&b.spool, BOOT, 30000), 1);
	assert_int_equal(spool_held(&b.spool), 0);
	b.mem.fail_read = b.mem.fail_write = 0;
	assert_int_equal(put_news(2), 0);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 30001);
	assert_int_equal(count(), 1);
}

static void full_memory_gives_up_samples_before_news(void **state)
{
	struct record r;

	(void)state;
	b.mem.fail_write = -EIO;
	for (uint8_t i = 0; i < SPOOL_MEMORY; i++)
		i % 2 ? put_news(i) : put_sample(i);
	put_news(100);
	assert_int_equal(b.spool.count.thinned, 1);
	for (uint8_t i = 0; i < SPOOL_MEMORY; i++)
		put_news(i);
	assert_int_equal(b.spool.count.thinned, SPOOL_MEMORY / 2);
	assert_int_equal(b.spool.count.dropped, SPOOL_MEMORY / 2 + 1);
	assert_int_equal(spool_held(&b.spool), SPOOL_MEMORY);
	assert_int_equal(spool_held_samples(&b.spool), 0);
	assert_int_equal(count(), SPOOL_MEMORY);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 5000 + SPOOL_MEMORY + 1);
}

static void a_full_spool_thins_samples_and_keeps_news(void **state)
{
	struct record r;
	uint64_t news = 0, last = 0;

	(void)state;
	reopen(SPOOL_LEAST, BOOT);
	for (unsigned i = 0; i < 500; i++)
		assert_int_equal(i % 50 == 7 ? put_news(1) : put_sample(2), 0);
	assert_true(b.mem.len <= SPOOL_LEAST);
	assert_true(b.spool.count.thinned > 300);
	assert_int_equal(b.spool.count.dropped, 0);
	for (uint64_t i = 0; at(i, &r); i++) {
		assert_true(r.head.seq > last);
		last = r.head.seq;
		news += r.kind == RECORD_NEWS;
	}
	assert_int_equal(news, 10);
	assert_int_equal(last, 5499);
	assert_int_equal(count(), spool_held(&b.spool));
}

static void a_spool_full_of_news_gives_up_the_oldest(void **state)
{
	struct record r;

	(void)state;
	reopen(SPOOL_LEAST, BOOT);
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(put_news(1), 0);
	assert_true(b.mem.len <= SPOOL_LEAST);
	assert_int_equal(b.spool.count.dropped + count(), 200);
	assert_true(count() > 50);
	assert_true(at(count() - 1, &r));
	assert_int_equal(r.head.seq, 5199);
}

static void a_gateway_that_knows_more_than_we_do_makes_numbers_leap(void **state)
{
	struct record r;

	(void)state;
	put_news(1);
	put_sample(2);
	assert_int_equal(spool_ack(&b.spool, BOOT, 8000), 0);
	assert_int_equal(b.spool.count.jumped, 1);
	assert_true(at(0, &r));
	assert_int_equal(r.head.seq, 8001);
	assert_true(at(1, &r));
	assert_int_equal(r.head.seq, 8002);
	reopen(LIMIT, BOOT);
	put_news(3);
	assert_true(at(2, &r));
	assert_int_equal(r.head.seq, 8003);
}

static void samples_are_synced_by_tens_and_news_each(void **state)
{
	(void)state;
	b.mem.syncs = 0;
	for (uint8_t i = 0; i < 30; i++)
		put_sample(i);
	assert_int_equal(b.mem.syncs, 3);
	put_sample(1);
	put_news(2);
	assert_int_equal(b.mem.syncs, 4);
	assert_int_equal(spool_flush(&b.spool), 0);
	assert_int_equal(b.mem.syncs, 4);
	put_sample(3);
	assert_int_equal(spool_flush(&b.spool), 0);
	assert_int_equal(b.mem.syncs, 5);
}

static void positions_hold_while_acknowledged_records_are_cleared_away(void **state)
{
	struct record r;
	uint64_t pos, seq;
	unsigned shuffles = b.spool.shuffles;

	(void)state;
	for (unsigned i = 0; i < 2 * SPOOL_COMPACT / FRAME_LEN; i++)
		put_sample((uint8_t)i);
	pos = spool_end(&b.spool) - 5;
	assert_true(spool_peek(&b.spool, &pos, &r));
	seq = r.head.seq;
	spool_ack(&b.spool, BOOT, seq - 1);
	assert_int_equal(b.mem.commits, 2);
	assert_int_equal(b.spool.shuffles, shuffles);
	assert_int_equal(spool_front(&b.spool), pos);
	assert_true(spool_peek(&b.spool, &pos, &r));
	assert_int_equal(r.head.seq, seq);
	assert_int_equal(count(), 5);
}

/* One life with everything in it: puts, acknowledgements, a small limit. Returns the news accepted.
 */
static unsigned live(uint8_t accepted[], uint64_t *acked)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 120; i++) {
		if (i % 3 == 0) {
			if (put_news((uint8_t)(n & 0xff)) == 0)
				accepted[n] = 1;
			n++;
		} else {
			put_sample(0);
		}
		if (i == 40)
			*acked = 5030;
		if (i == 40)
			spool_ack(&b.spool, BOOT, 5030);
	}
	return n;
}

static void power_may_go_at_any_write_and_no_accepted_news_is_lost(void **state)
{
	uint64_t writes;
	uint8_t accepted[64];
	uint64_t acked;

	reopen(SPOOL_LEAST * 2, BOOT);
	live(accepted, &acked);
	writes = b.mem.calls;
	assert_true(writes > 150);
	for (uint64_t die = 1; die <= writes; die++)
		for (uint64_t seed = 0; seed < 3; seed++) {
			uint8_t seen[64] = { 0 };
			struct record r;
			unsigned n;

			done(state);
			disk_mem_init(&b.mem);
			b.now = 5000;
			b.mem.dies_at = die;
			reopen(SPOOL_LEAST * 2, BOOT);
			memset(accepted, 0, sizeof accepted);
			acked = 0;
			n = live(accepted, &acked);
			disk_mem_power_cut(&b.mem, seed);
			b.now = 100;
			assert_int_equal(reopen(SPOOL_LEAST * 2, LATER_BOOT), 0);
			for (uint64_t i = 0; at(i, &r); i++)
				if (r.kind == RECORD_NEWS)
					seen[mark_of(&r.verdict)] = 1;
			for (unsigned i = 0; i < n; i++)
				if (accepted[i] && 5000 + 3 * i > acked)
					assert_true(seen[i]);
			assert_int_equal(put_news(1), 0);
		}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_numbers_from_the_time_since_boot),
		TEST(records_come_back_in_order_after_a_restart),
		TEST(numbers_that_were_skipped_are_known_as_such),
		TEST(a_later_boot_numbers_from_its_own_age_behind_the_old_records),
		TEST(acknowledged_records_go_and_only_those),
		TEST(the_next_number_outlives_the_records),
		TEST(calm_writes_nothing),
		TEST(a_torn_tail_is_cut_and_counted),
		TEST(a_bad_frame_in_the_middle_is_skipped_and_counted),
		TEST(a_file_of_rubbish_is_begun_anew_and_counted),
		TEST(the_loss_of_the_whole_file_is_known),
		TEST(a_disk_that_cannot_be_read_for_a_moment_keeps_its_records),
		TEST(without_its_head_the_records_stay_but_numbers_leap),
		TEST(a_full_disk_keeps_records_in_memory_and_in_order),
		TEST(what_could_not_be_synced_is_written_again),
		TEST(a_dead_disk_still_lets_news_through),
		TEST(full_memory_gives_up_samples_before_news),
		TEST(a_full_spool_thins_samples_and_keeps_news),
		TEST(a_spool_full_of_news_gives_up_the_oldest),
		TEST(a_gateway_that_knows_more_than_we_do_makes_numbers_leap),
		TEST(samples_are_synced_by_tens_and_news_each),
		TEST(positions_hold_while_acknowledged_records_are_cleared_away),
		TEST(power_may_go_at_any_write_and_no_accepted_news_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
