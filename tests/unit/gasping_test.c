/* SPDX-License-Identifier: Apache-2.0 */
/* gasping, holdup, disk_rest: what a node does when its house has lost the mains. */
#include "node/disk_rest.h"
#include "node/holdup.h"
#include "node/state.h"
#include "tests/fakes/disk_mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, START = 3600 * 1000, SAID = 16 };

/* A point without router or cameras: only its mains and its spool matter here. */
static struct {
	struct disk_mem mem;
	struct disk_rest rest;
	struct spool spool;
	struct node_options o;
	struct node n;
	struct node_acts acts;
	int64_t now;
	struct gasp said[SAID];
	int64_t said_at[SAID];
	unsigned n_said, n_news;
	uint64_t committed; /* frames on the disk when the first word was said */
} h;

static mono_t now(void)
{
	return (mono_t){ h.now };
}

/* As main.c: send, gasp, rest. */
static void act(void)
{
	enum wire_kind kind;

	for (unsigned i = 0; i < h.acts.n_send; i++)
		h.n_news +=
			wire_kind_of(&kind, h.acts.send[i].buf, h.acts.send[i].len) == WIRE_OK &&
			kind == WIRE_NEWS;
	if (h.acts.gasp) {
		assert_true(h.n_said < SAID);
		if (h.n_said == 0)
			h.committed = h.mem.synced / FRAME_LEN;
		h.said_at[h.n_said] = h.now;
		h.said[h.n_said++] = h.acts.word;
	}
	if (h.rest.resting == h.acts.rest)
		return;
	disk_rest_wake(&h.rest);
	spool_flush(&h.spool);
	if (h.acts.rest)
		disk_rest_sleep(&h.rest);
}

static void step(void)
{
	do {
		node_step(&h.n, now(), (wall_t){ 1778762520000 + h.now }, CLOCK_NTP, &h.acts);
		act();
	} while (node_due(&h.n).ms <= h.now);
}

static void run_until(int64_t at)
{
	while (h.now < at) {
		int64_t due = node_due(&h.n).ms;

		assert_true(due > h.now);
		h.now = due < at ? due : at;
		step();
	}
}

static void mains(bool on)
{
	node_mains(&h.n, on, now());
	step();
}

static int begin(void **state)
{
	const struct wire_gate listens = { .up = true, .epoch = 1, .wall = { 1 } };
	uint8_t gate[WIRE_MAX];

	(void)state;
	memset(&h, 0, sizeof h);
	h.o = (struct node_options){ .point = "TT-01",
				     .beat_ms = 60000,
				     .probe_ms = 10000,
				     .probe_timeout_ms = 1000,
				     .probe_fails = 3,
				     .mains_out_ms = 500,
				     .mains_back_ms = 2000,
				     .line_hold_ms = 20000,
				     .ack_timeout_ms = 20000,
				     .hold_up_ms = 60000,
				     .mains_fitted = true };
	h.now = START;
	disk_mem_init(&h.mem);
	disk_rest_init(&h.rest, &h.mem.disk);
	spool_open(&h.spool, &h.rest.disk, 1 << 20, BOOT, now());
	node_init(&h.n, &h.o, &h.spool, BOOT, 99, now());
	mains(true);
	node_link(&h.n, true, false, 0, 20000, now());
	node_heard(&h.n, TOPIC_GATEWAY, gate, wire_gate_encode(gate, &listens), true, now());
	step();
	run_until(START + 30000);
	h.n_news = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	disk_mem_free(&h.mem);
	return 0;
}

static void hear_ack(uint64_t seq)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_ack a = { BOOT, seq };

	node_heard(&h.n, "ms/TT-01/down", buf, wire_ack_encode(buf, &a), false, now());
	step();
}

/* ---- gasping ---- */

static void mains_gone_are_told_three_times_in_half_a_second(void **state)
{
	const int64_t cut = h.now;

	(void)state;
	hear_ack(h.spool.next_seq - 1);
	mains(false);
	run_until(cut + 499);
	assert_int_equal(h.n_said, 0);
	run_until(cut + 5000);
	assert_int_equal(h.n_said, GASPING_TURNS);
	for (unsigned i = 0; i < GASPING_TURNS; i++) {
		static const int64_t after[] = { 500, 600, 900 };

		assert_int_equal(h.said_at[i] - cut, after[i]);
		assert_int_equal(h.said[i].turn, i);
		assert_int_equal(h.said[i].age_ms, after[i] - 500);
		assert_int_equal(h.said[i].seq, h.spool.next_seq - 1);
		assert_int_equal(h.said[i].behind, 0);
		assert_int_equal(h.said[i].verdict.cause, CAUSE_POWER);
		assert_true(h.said[i].boot == BOOT);
	}
}

static void it_is_committed_before_it_is_told_and_leaves_by_mqtt_in_the_same_step(void **state)
{
	uint64_t before;

	(void)state;
	hear_ack(h.spool.next_seq - 1);
	h.spool.disk->sync(h.spool.disk->self);
	before = h.mem.synced / FRAME_LEN;
	mains(false);
	run_until(h.now + 500);
	assert_int_equal(h.n_said, 1);
	assert_int_equal(h.committed, before + 1);
	assert_int_equal(h.n_news, 1);
}

static void an_acknowledgement_ends_it(void **state)
{
	(void)state;
	mains(false);
	run_until(h.now + 550);
	assert_int_equal(h.n_said, 1);
	hear_ack(h.said[0].seq - 1);
	run_until(h.now + 60);
	assert_int_equal(h.n_said, 2); /* that was another record's */
	hear_ack(h.said[0].seq);
	run_until(h.now + 5000);
	assert_int_equal(h.n_said, 2);
}

static void what_is_held_before_it_is_told_with_it(void **state)
{
	(void)state;
	node_link(&h.n, false, false, 0, -1, now());
	run_until(h.now + 300000); /* minutes join the news of before */
	mains(false);
	run_until(h.now + 500);
	assert_int_equal(h.said[0].behind, spool_held(&h.spool) - 1);
	assert_true(h.said[0].behind > 4);
}

static void a_dip_and_the_return_are_no_last_word(void **state)
{
	(void)state;
	mains(false);
	run_until(h.now + 300);
	mains(true);
	run_until(h.now + 5000);
	assert_int_equal(h.n_said, 0);
	mains(false);
	run_until(h.now + 2000);
	mains(true);
	run_until(h.now + 5000);
	assert_int_equal(h.n_said, GASPING_TURNS);
}

static void a_disk_that_refuses_keeps_nobody_from_telling(void **state)
{
	(void)state;
	h.mem.fail_write = -EIO;
	mains(false);
	run_until(h.now + 5000);
	assert_int_equal(h.n_said, GASPING_TURNS);
	assert_int_equal(h.said[0].seq, h.spool.next_seq - 1);
}

/* ---- the end of the hold-up ---- */

static void writing_ends_ten_seconds_before_the_hold_up_or_half_way(void **state)
{
	const struct debounce out = { .known = true, .since = { 1000 } };
	const struct debounce in = { .known = true, .on = true, .since = { 1000 } };

	(void)state;
	assert_int_equal(holdup_ends(&out, 60000).ms, 51000);
	assert_int_equal(holdup_ends(&out, 20000).ms, 11000);
	assert_int_equal(holdup_ends(&out, 6000).ms, 4000);
	assert_int_equal(holdup_ends(&out, 0).ms, MONO_NEVER.ms);
	assert_int_equal(holdup_ends(&in, 60000).ms, MONO_NEVER.ms);
}

static void nothing_is_written_at_the_end_of_the_hold_up(void **state)
{
	const int64_t cut = h.now;
	uint64_t calls;

	(void)state;
	node_link(&h.n, false, false, 0, -1, now());
	mains(false);
	run_until(cut + 49999);
	assert_false(h.acts.rest);
	assert_int_equal(node_due(&h.n).ms, cut + 50000);
	assert_int_equal(h.spool.memory_n, 0);
	run_until(cut + 50000);
	assert_true(h.acts.rest);
	assert_int_equal(h.mem.synced, h.mem.len);
	calls = h.mem.calls;
	run_until(cut + 300000);
	assert_int_equal(h.mem.calls, calls);
	assert_true(h.spool.memory_n > 2); /* minutes, in their places */
	mains(true);
	run_until(h.now + 1999);
	assert_int_equal(h.mem.calls, calls);
	run_until(h.now + 1);
	assert_false(h.acts.rest);
	assert_int_equal(h.spool.memory_n, 0);
	assert_int_equal(h.mem.synced, h.mem.len);
}

static void without_a_hold_up_it_writes_on(void **state)
{
	(void)state;
	h.o.hold_up_ms = 0;
	mains(false);
	run_until(h.now + 3600000);
	assert_false(h.acts.rest);
}

static void a_resting_disk_reads_and_refuses_to_write(void **state)
{
	const struct disk *d = &h.rest.disk;
	const int64_t len = d->size(d->self);
	uint8_t byte = 0;

	(void)state;
	d->append(d->self, &byte, 1);
	assert_int_equal(disk_rest_sleep(&h.rest), 0);
	assert_int_equal(h.mem.synced, len + 1);
	assert_true(len > 0);
	assert_int_equal(d->read(d->self, 0, &byte, 1), 1);
	assert_int_equal(d->append(d->self, &byte, 1), -EROFS);
	assert_int_equal(d->sync(d->self), -EROFS);
	assert_int_equal(d->cut(d->self, 0), -EROFS);
	assert_int_equal(d->begin(d->self), -EROFS);
	assert_int_equal(d->size(d->self), len + 1);
	disk_rest_wake(&h.rest);
	assert_int_equal(d->append(d->self, &byte, 1), 0);
	assert_int_equal(d->size(d->self), len + 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(mains_gone_are_told_three_times_in_half_a_second),
		TEST(it_is_committed_before_it_is_told_and_leaves_by_mqtt_in_the_same_step),
		TEST(an_acknowledgement_ends_it),
		TEST(what_is_held_before_it_is_told_with_it),
		TEST(a_dip_and_the_return_are_no_last_word),
		TEST(a_disk_that_refuses_keeps_nobody_from_telling),
		TEST(writing_ends_ten_seconds_before_the_hold_up_or_half_way),
		TEST(nothing_is_written_at_the_end_of_the_hold_up),
		TEST(without_a_hold_up_it_writes_on),
		TEST(a_resting_disk_reads_and_refuses_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
