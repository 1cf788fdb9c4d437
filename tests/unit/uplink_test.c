/* SPDX-License-Identifier: Apache-2.0 */
/* uplink: a window that goes back to the front, and a gateway that wants no gap. */
#include "node/uplink.h"
#include "tests/fakes/disk_mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, LATER_BOOT = 0x22, TIMEOUT = 20000 };

struct bench {
	struct disk_mem mem;
	struct spool spool;
	struct uplink up;
	uint8_t buf[WIRE_MAX];
	size_t len;
	int64_t now;
};

static struct bench b;

static mono_t now(void)
{
	return (mono_t){ b.now };
}

static int fresh(void **state)
{
	(void)state;
	disk_mem_init(&b.mem);
	b.now = 1;
	spool_open(&b.spool, &b.mem.disk, 1 << 20, BOOT, now());
	uplink_init(&b.up, TIMEOUT);
	return 0;
}

static int done(void **state)
{
	(void)state;
	disk_mem_free(&b.mem);
	return 0;
}

static void put(enum record_kind kind, unsigned times, int64_t every_ms)
{
	const struct verdict v = { .cause = CAUSE_NONE, .sure = SURE_CONFIRMED };
	const struct sample m = { .lost = 1 };

	while (times-- > 0) {
		const struct moment at = { .t = { b.now += every_ms }, .quality = CLOCK_NTP };

		if (kind == RECORD_NEWS)
			spool_put_news(&b.spool, &at, &v);
		else
			spool_put_sample(&b.spool, &at, &m);
	}
}

static bool step(void)
{
	b.len = uplink_step(&b.up, &b.spool, b.spool.boot, now(), b.buf);
	return b.len > 0;
}

static uint64_t stepped_news(void)
{
	struct wire_news n;

	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	return n.head.seq;
}

static struct wire_past stepped_past(void)
{
	static struct wire_past p;

	assert_true(step());
	assert_int_equal(wire_past_decode(&p, b.buf, b.len), WIRE_OK);
	return p;
}

static void ack(uint64_t boot, uint64_t seq)
{
	const struct wire_ack a = { boot, seq };

	uplink_ack(&b.up, &b.spool, &a, now());
}

static void nothing_leaves_before_the_line_is_open(void **state)
{
	(void)state;
	put(RECORD_NEWS, 1, 1000);
	assert_false(step());
	assert_int_equal(uplink_due(&b.up, &b.spool).ms, MONO_NEVER.ms);
	uplink_open(&b.up, &b.spool);
	assert_true(mono_reached(now(), uplink_due(&b.up, &b.spool)));
	assert_int_equal(stepped_news(), 1);
	assert_false(step());
}

static void news_carries_its_age_and_what_waits_behind(void **state)
{
	struct wire_news n;

	(void)state;
	put(RECORD_NEWS, 3, 1000);
	uplink_open(&b.up, &b.spool);
	b.now += 500;
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.age_ms, 2500);
	assert_int_equal(n.more, 2);
	assert_int_equal(n.oldest, 1);
	assert_true(step());
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.head.seq, 3);
	assert_int_equal(n.more, 0);
	assert_int_equal(n.oldest, 1);
}

static void samples_travel_a_hundred_at_a_time_with_their_own_times(void **state)
{
	struct wire_past p;

	(void)state;
	put(RECORD_SAMPLE, 150, 60001);
	put(RECORD_NEWS, 1, 10);
	put(RECORD_SAMPLE, 3, 60000);
	uplink_open(&b.up, &b.spool);
	p = stepped_past();
	assert_int_equal(p.n, 100);
	assert_int_equal(p.head.seq, 1);
	assert_int_equal(p.after_s[1], 60);
	assert_int_equal(p.after_s[99], 99 * 60001 / 1000);
	assert_int_equal(p.more, 54);
	p = stepped_past();
	assert_int_equal(p.n, 50);
	assert_int_equal(p.head.seq, 101);
	assert_int_equal(stepped_news(), 151);
	p = stepped_past();
	assert_int_equal(p.n, 3);
	assert_int_equal(p.more, 0);
	ack(BOOT, 154);
	assert_int_equal(spool_held(&b.spool), 0);
	assert_false(step());
}

static void a_long_pause_ends_a_batch(void **state)
{
	(void)state;
	put(RECORD_SAMPLE, 2, 1000);
	put(RECORD_SAMPLE, 2, 70000 * 1000);
	uplink_open(&b.up, &b.spool);
	assert_int_equal(stepped_past().n, 2);
	assert_int_equal(stepped_past().n, 1);
	assert_int_equal(stepped_past().n, 1);
}

static void at_most_a_window_is_on_its_way(void **state)
{
	(void)state;
	put(RECORD_NEWS, 20, 1000);
	uplink_open(&b.up, &b.spool);
	for (unsigned i = 1; i <= UPLINK_WINDOW; i++)
		assert_int_equal(stepped_news(), i);
	assert_false(step());
	ack(BOOT, 3);
	assert_int_equal(stepped_news(), 9);
	assert_int_equal(stepped_news(), 10);
	assert_int_equal(stepped_news(), 11);
	assert_false(step());
	assert_int_equal(b.up.count.back, 0);
}

static void without_an_answer_it_goes_back_carefully(void **state)
{
	(void)state;
	put(RECORD_NEWS, 20, 1000);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	assert_int_equal(uplink_due(&b.up, &b.spool).ms, b.now + TIMEOUT);
	b.now += TIMEOUT;
	assert_int_equal(stepped_news(), 1);
	assert_false(step()); /* one at a time until somebody answers */
	assert_int_equal(b.up.count.timeouts, 1);
	assert_int_equal(uplink_due(&b.up, &b.spool).ms, b.now + 2 * TIMEOUT);
	b.now += 2 * TIMEOUT;
	assert_int_equal(stepped_news(), 1);
	ack(BOOT, 1);
	assert_int_equal(stepped_news(), 2);
	assert_int_equal(stepped_news(), 3);
	assert_int_equal(uplink_due(&b.up, &b.spool).ms, b.now + TIMEOUT);
}

static void an_ack_of_less_than_was_sent_goes_back_once(void **state)
{
	(void)state;
	put(RECORD_NEWS, 8, 1000);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	/* The broker lost number 3: 4 to 8 each bring the same complaint. */
	ack(BOOT, 1);
	ack(BOOT, 2);
	for (int i = 0; i < 5; i++) {
		ack(BOOT, 2);
		b.now += 10;
	}
	assert_int_equal(b.up.count.back, 1);
	assert_int_equal(stepped_news(), 3);
	while (step())
		;
	ack(BOOT, 2); /* a late echo */
	assert_false(step());
	ack(BOOT, 8);
	assert_int_equal(spool_held(&b.spool), 0);
}

static void a_complaint_that_repeats_later_is_heard_again(void **state)
{
	(void)state;
	put(RECORD_NEWS, 2, 1000);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	ack(BOOT, 0);
	while (step())
		;
	b.now += UPLINK_BACK_PAUSE;
	ack(BOOT, 0);
	assert_int_equal(b.up.count.back, 2);
	assert_int_equal(stepped_news(), 1);
}

static void after_a_restart_the_gateway_says_what_it_has(void **state)
{
	(void)state;
	put(RECORD_NEWS, 30, 1000);
	spool_open(&b.spool, &b.mem.disk, 1 << 20, BOOT, now());
	uplink_init(&b.up, TIMEOUT);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	ack(BOOT, 28);
	assert_int_equal(stepped_news(), 29);
	assert_int_equal(stepped_news(), 30);
	assert_false(step());
	assert_int_equal(b.up.count.back, 0);
}

static void a_program_that_begins_again_says_that_it_skips_numbers(void **state)
{
	struct wire_news n;

	(void)state;
	put(RECORD_NEWS, 2, 1000);
	spool_open(&b.spool, &b.mem.disk, 1 << 20, BOOT, now());
	put(RECORD_NEWS, 2, 1000);
	uplink_init(&b.up, TIMEOUT);
	uplink_open(&b.up, &b.spool);
	assert_int_equal(stepped_news(), 1);
	assert_int_equal(stepped_news(), 2);
	assert_false(step()); /* the gap waits until the front is there */
	ack(BOOT, 2);
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.head.seq, 2001);
	assert_int_equal(n.oldest, 3);
	assert_true(n.skipped);
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.oldest, 2001);
	assert_false(n.skipped);
	/* What is given up by ourselves is not skipped. */
	ack(BOOT, 2001);
	uplink_open(&b.up, &b.spool);
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.oldest, 2002);
	assert_false(n.skipped);
}

static void an_earlier_boot_is_finished_first_and_has_no_age(void **state)
{
	struct wire_news n;

	(void)state;
	put(RECORD_NEWS, 2, 1000);
	b.now = 50;
	spool_open(&b.spool, &b.mem.disk, 1 << 20, LATER_BOOT, now());
	put(RECORD_NEWS, 1, 1000);
	uplink_open(&b.up, &b.spool);
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.head.boot, BOOT);
	assert_int_equal(n.age_ms, -1);
	assert_true(step());
	assert_false(step());
	ack(BOOT, 2);
	assert_true(step());
	assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
	assert_int_equal(n.head.boot, LATER_BOOT);
	assert_int_equal(n.head.seq, 50);
	assert_int_equal(n.oldest, 50);
	assert_int_equal(n.age_ms, 0);
}

static void what_did_not_leave_is_made_again_a_little_later(void **state)
{
	(void)state;
	put(RECORD_NEWS, 2, 1000);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	uplink_unsent(&b.up, &b.spool, mono_after(now(), 1000));
	assert_false(step());
	assert_int_equal(uplink_due(&b.up, &b.spool).ms, b.now + 1000);
	b.now += 1000;
	assert_int_equal(stepped_news(), 1);
}

static void a_reopened_line_begins_at_the_front(void **state)
{
	(void)state;
	put(RECORD_NEWS, 4, 1000);
	uplink_open(&b.up, &b.spool);
	while (step())
		;
	ack(BOOT, 1);
	uplink_close(&b.up);
	put(RECORD_NEWS, 1, 1000);
	assert_false(step());
	uplink_open(&b.up, &b.spool);
	assert_int_equal(stepped_news(), 2);
}

/* A gateway that takes only what follows, behind a line that loses, doubles and delays acks. */
static void every_record_arrives_once_over_a_line_that_loses(void **state)
{
	uint64_t have = 0, dice = 7, got_news = 0, got_samples = 0;

	(void)state;
	for (int i = 0; i < 40; i++) {
		put(RECORD_NEWS, 1, 1000);
		put(RECORD_SAMPLE, 30, 60000);
	}
	uplink_open(&b.up, &b.spool);
	for (int turn = 0; turn < 5000 && spool_held(&b.spool) > 0; turn++) {
		while (step()) {
			enum wire_kind kind;
			struct wire_news n;
			struct wire_past p;

			dice = dice * 6364136223846793005u + 1442695040888963407u;
			if (dice >> 60 < 5)
				continue; /* lost */
			assert_int_equal(wire_kind_of(&kind, b.buf, b.len), WIRE_OK);
			if (kind == WIRE_NEWS) {
				assert_int_equal(wire_news_decode(&n, b.buf, b.len), WIRE_OK);
				if (n.head.seq == have + 1)
					have++, got_news++;
			} else {
				assert_int_equal(wire_past_decode(&p, b.buf, b.len), WIRE_OK);
				if (p.head.seq == have + 1)
					have += p.n, got_samples += p.n;
			}
		}
		b.now += 1100;
		dice = dice * 6364136223846793005u + 1442695040888963407u;
		if (dice >> 60 >= 4)
			ack(BOOT, have);
	}
	assert_int_equal(spool_held(&b.spool), 0);
	assert_int_equal(got_news, 40);
	assert_int_equal(got_samples, 1200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
	const struct CMUnitTest tests[] = {
		TEST(nothing_leaves_before_the_line_is_open),
		TEST(news_carries_its_age_and_what_waits_behind),
		TEST(samples_travel_a_hundred_at_a_time_with_their_own_times),
		TEST(a_long_pause_ends_a_batch),
		TEST(at_most_a_window_is_on_its_way),
		TEST(without_an_answer_it_goes_back_carefully),
		TEST(an_ack_of_less_than_was_sent_goes_back_once),
		TEST(a_complaint_that_repeats_later_is_heard_again),
		TEST(after_a_restart_the_gateway_says_what_it_has),
		TEST(a_program_that_begins_again_says_that_it_skips_numbers),
		TEST(an_earlier_boot_is_finished_first_and_has_no_age),
		TEST(what_did_not_leave_is_made_again_a_little_later),
		TEST(a_reopened_line_begins_at_the_front),
		TEST(every_record_arrives_once_over_a_line_that_loses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
