/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: the power goes at every write, sync and rename. A story is told once to learn what is held
 * after each of its steps. Then it is told again, and whenever something on the card may have
 * changed, everything that the power could leave (disk_torn_each) is opened by the next boot; and
 * while that one mends what it found, the power goes once more at each of its writes.
 */
#include "node/spool.h"
#include "tests/fakes/disk_torn.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, STEPS = 4000, RECORDS = 3000, SMALL = SPOOL_LEAST, LARGE = 70 << 10 };

/* What was put, by the order of putting. A record's time is its place in here. */
struct given {
	enum record_kind kind;
	uint64_t boot, seq, renumbered;
};

struct story {
	const char *name;
	uint64_t limit;
	uint64_t again; /* the power goes a second time in one of so many states */
	void (*tell)(void);
};

static struct bench {
	struct disk_torn disk;
	struct spool spool;
	uint64_t limit, boot, again;
	int64_t now;
	struct given given[RECORDS];
	size_t n_given;
	size_t step, steps;
	bool told; /* the second time */
	bool watch;
	uint8_t held[STEPS][RECORDS / 8]; /* after each step */
	uint8_t durable[RECORDS / 8];     /* put and synced */
	uint64_t cuts, images, nested;
} b;

static bool bit(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static void set(uint8_t *bits, size_t i)
{
	bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static size_t id_of(const struct record *r)
{
	return (size_t)r->head.t_ms;
}

/* ---- after the power cut ---- */

static void look_right(struct spool *s)
{
	uint8_t seen[RECORDS / 8] = { 0 };
	uint64_t pos = spool_front(s), n = 0;
	size_t last = SIZE_MAX;
	struct record r;

	for (; spool_peek(s, &pos, &r); pos++, n++) {
		const struct given *g = &b.given[id_of(&r)];

		/* Nothing invented, in order, once. */
		assert_true(id_of(&r) < b.n_given);
		assert_int_equal(r.kind, g->kind);
		assert_int_equal(r.head.boot, g->boot);
		assert_true(r.head.seq == g->seq || r.head.seq == g->renumbered);
		assert_true(last == SIZE_MAX || id_of(&r) > last);
		last = id_of(&r);
		set(seen, last);
	}
	assert_int_equal(spool_held(s), n);
	/* What was committed, and this step is not letting go of. */
	for (size_t i = 0; i < b.n_given; i++)
		if (bit(b.durable, i) && bit(b.held[b.step], i))
			if (!bit(seen, i))
				fail_msg("step %zu: record %zu is gone", b.step, i);
}

struct after {
	struct disk_torn disk;
	struct spool spool;
	bool last; /* no further power cut */
};
static struct after first, second;

static void next_boot(struct after *a, const uint8_t *buf, size_t len);

static void again(void *self, const uint8_t *buf, size_t len)
{
	(void)self;
	b.nested++;
	next_boot(&second, buf, len);
}

static void power_goes_again(void *self)
{
	struct after *a = self;

	disk_torn_each(&a->disk, again, NULL);
}

static void next_boot(struct after *a, const uint8_t *buf, size_t len)
{
	const struct moment at = { .t = { (int64_t)b.n_given } };
	const struct verdict v = { .cause = CAUSE_NONE };
	uint64_t pos = 0, seq = 0;
	struct record r;

	disk_torn_fill(&a->disk, buf, len);
	a->disk.step = a->last ? NULL : power_goes_again;
	a->disk.step_self = a;
	assert_int_equal(spool_open(&a->spool, &a->disk.disk, b.limit, 0x99, (mono_t){ 40 }), 0);
	look_right(&a->spool);
	a->disk.step = NULL;
	/* And it works: a new record comes last. */
	assert_int_equal(spool_put_news(&a->spool, &at, &v), 0);
	for (; spool_peek(&a->spool, &pos, &r); pos++)
		seq = r.head.boot == 0x99 ? r.head.seq : 0;
	assert_int_equal(seq, 40);
}

static void left(void *self, const uint8_t *buf, size_t len)
{
	(void)self;
	first.last = b.images++ % b.again != 0;
	next_boot(&first, buf, len);
}

static void power_goes(void *self)
{
	(void)self;
	if (!b.told || !b.watch)
		return;
	b.cuts++;
	disk_torn_each(&b.disk, left, NULL);
}

/* ---- telling ---- */

static void stepped(void)
{
	struct record r;

	assert_true(b.step < STEPS);
	if (!b.told)
		for (uint64_t pos = spool_front(&b.spool); spool_peek(&b.spool, &pos, &r); pos++)
			set(b.held[b.step], id_of(&r));
	if (b.spool.unsynced == 0)
		for (size_t i = 0; i < b.n_given; i++)
			set(b.durable, i);
	b.step++;
}

static void renumbered(void)
{
	struct record r;

	for (uint64_t pos = spool_front(&b.spool); spool_peek(&b.spool, &pos, &r); pos++)
		b.given[id_of(&r)].renumbered = r.head.seq;
}

static void put(enum record_kind kind)
{
	const struct moment at = { .t = { (int64_t)b.n_given } };
	const struct sample m = { .lost = 7 };
	const struct verdict v = { .cause = CAUSE_POWER };

	assert_true(b.n_given < RECORDS);
	if (!b.told)
		b.given[b.n_given] = (struct given){ kind, b.boot, b.spool.next_seq, 0 };
	b.n_given++;
	if (kind == RECORD_NEWS)
		assert_int_equal(spool_put_news(&b.spool, &at, &v), 0);
	else
		assert_int_equal(spool_put_sample(&b.spool, &at, &m), 0);
	b.now += 1000;
	stepped();
}

/* n records, every which-th of them news. */
static void put_some(unsigned n, unsigned which)
{
	for (unsigned i = 0; i < n; i++)
		put(i % which == which - 1 ? RECORD_NEWS : RECORD_SAMPLE);
}

/* All but the newest `but` of the oldest boot's records are acknowledged. */
static void ack(uint64_t but)
{
	uint64_t pos = spool_front(&b.spool), n = 0;
	struct record oldest, r, to = { 0 };

	if (!spool_peek(&b.spool, &pos, &oldest))
		return;
	for (; spool_peek(&b.spool, &pos, &r) && r.head.boot == oldest.head.boot; pos++)
		n++;
	for (pos = spool_front(&b.spool); n > but && spool_peek(&b.spool, &pos, &r); pos++, n--)
		to = r;
	if (to.head.seq)
		spool_ack(&b.spool, to.head.boot, to.head.seq);
	stepped();
}

static void restart(uint64_t boot)
{
	if (boot != b.boot)
		b.now = 500;
	b.boot = boot;
	assert_int_equal(spool_open(&b.spool, &b.disk.disk, b.limit, boot, (mono_t){ b.now }), 0);
	stepped();
}

static void puts_and_acks(void)
{
	b.watch = true;
	restart(BOOT);
	put_some(12, 4);
	ack(5);
	put_some(20, 15);
	restart(BOOT);
	put_some(7, 3);
	ack(0);
	put_some(4, 4);
	assert_int_equal(spool_flush(&b.spool), 0);
	stepped();
	restart(BOOT + 1);
	put_some(9, 5);
	ack(1);
	ack(0);
	ack(3);
	put_some(11, 11);
	ack(0);
	put_some(2, 3);
}

static void thinning_when_full(void)
{
	b.watch = true;
	restart(BOOT);
	put_some(150, 9);
	restart(BOOT + 1);
	put_some(50, 7);
	ack(0);
	put_some(60, 50);
	ack(10);
	put_some(40, 2);
}

static void news_alone_when_full(void)
{
	b.watch = true;
	restart(BOOT);
	put_some(140, 1);
	restart(BOOT);
	put_some(20, 1);
}

static void compaction(void)
{
	restart(BOOT);
	put_some(SPOOL_COMPACT / FRAME_LEN - 10, 200);
	b.watch = true;
	ack(40); /* too small a file yet */
	put_some(12, 7);
	ack(8);
	put_some(5, 2);
	restart(BOOT);
	ack(0);
	put_some(3, 2);
}

static void numbers_leap(void)
{
	b.watch = true;
	restart(BOOT);
	put_some(13, 6);
	spool_ack(&b.spool, BOOT, 100000);
	renumbered();
	stepped();
	put_some(13, 6);
	restart(BOOT);
	put_some(5, 6);
}

static void tell(const struct story *s)
{
	uint64_t cuts = b.cuts, images = b.images, nested = b.nested;

	b.limit = s->limit;
	b.again = s->again;
	memset(b.held, 0, sizeof b.held);
	memset(b.given, 0, sizeof b.given);
	disk_torn_init(&first.disk);
	disk_torn_init(&second.disk);
	second.last = true;
	for (int time = 0; time < 2; time++) {
		disk_torn_init(&b.disk);
		b.disk.step = power_goes;
		b.told = time == 1;
		b.watch = false;
		b.boot = 0;
		b.step = b.n_given = 0;
		b.now = 5000;
		memset(b.durable, 0, sizeof b.durable);
		s->tell();
	}
	printf("%s: power cut at %" PRIu64 " moments, %" PRIu64 " states of the card, %" PRIu64
	       " more after a second cut (in one of %" PRIu64 ")\n",
	       s->name, b.cuts - cuts, b.images - images, b.nested - nested, s->again);
}

#define STORY(name, limit, again)                                     \
	static void the_power_goes_during_##name(void **state)        \
	{                                                             \
		const struct story s = { #name, limit, again, name }; \
                                                                      \
		(void)state;                                          \
		tell(&s);                                             \
	}
STORY(puts_and_acks, SMALL * 2, 1)
STORY(thinning_when_full, SMALL, 5)
STORY(news_alone_when_full, SMALL, 1)
STORY(compaction, LARGE, 20)
STORY(numbers_leap, SMALL, 1)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_power_goes_during_puts_and_acks),
		cmocka_unit_test(the_power_goes_during_thinning_when_full),
		cmocka_unit_test(the_power_goes_during_news_alone_when_full),
		cmocka_unit_test(the_power_goes_during_compaction),
		cmocka_unit_test(the_power_goes_during_numbers_leap),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("spool, power cut: %" PRIu64 " cases\n", b.images + b.nested);
	return failed;
}
