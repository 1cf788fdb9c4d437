/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: the disk refuses, at every call, once or for long. One story with everything in it (puts,
 * deliveries, a full file, a crash, a stop, a power cut) is told again and again; each time another
 * call is the first that fails. A gateway listens that takes records as the real one does.
 */
#include "node/spool.h"
#include "tests/fakes/disk_torn.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, RECORDS = 600, BOOTS = 3, STORED = 900, LIMIT = SPOOL_LEAST };

/* The milestones at which a fault may end. */
enum end {
	ENDS_AT_ONCE,
	ENDS_AT_CRASH,
	ENDS_AT_STOP,
	ENDS_AT_POWER_CUT,
	ENDS_AT_LAST_CRASH,
	ENDS_LAST,
	ENDS
};

static const char *const end_names[] = {
	[ENDS_AT_ONCE] = "once",
	[ENDS_AT_CRASH] = "until a restart after a crash",
	[ENDS_AT_STOP] = "until a restart after a stop",
	[ENDS_AT_POWER_CUT] = "until the power goes",
	[ENDS_AT_LAST_CRASH] = "until the last restart",
	[ENDS_LAST] = "until all is over",
};

struct family {
	const char *name;
	unsigned calls;
	int err;
};

static const struct family families[] = {
	{ "disk full (ENOSPC)", TORN_APPEND | TORN_BEGIN | TORN_ADD | TORN_COMMIT, -ENOSPC },
	{ "write error (EIO)", TORN_WRITES, -EIO },
	{ "append error (EIO)", TORN_APPEND, -EIO },
	{ "sync error (EIO)", TORN_SYNC, -EIO },
	{ "cut and sync error (EIO)", TORN_SYNC | TORN_CUT, -EIO },
	{ "rename error (EIO)", TORN_COMMIT, -EIO },
	{ "folder sync error (EIO)", TORN_FOLDER, -EIO },
	{ "read error (EIO)", TORN_READS, -EIO },
	{ "dead disk (EIO)", TORN_WRITES | TORN_READS, -EIO },
	{ "read-only (EROFS)", TORN_WRITES, -EROFS },
};

/* What was put, by the order of putting. A record's time is its place in here. */
struct given {
	enum record_kind kind;
	bool promised; /* the put said 0 */
	unsigned stored;
};

static struct bench {
	struct disk_torn disk;
	struct spool spool;
	uint64_t boot, have[BOOTS];
	int64_t now;
	struct given given[RECORDS];
	size_t n_given;
	struct {
		uint64_t boot, seq;
		size_t id;
	} stored[STORED];
	size_t n_stored;
	enum end ends;
	uint64_t first, cut_to;
	bool passed_over; /* the file could not be read for long, and records behind it were sent */
	uint64_t thinned, dropped, in_memory, power_cuts; /* of lives that ended */
} b;

#define fault_msg(...)                                                                     \
	do {                                                                               \
		print_error("call %" PRIu64 " fails %s, power cut %" PRIu64 "\n", b.first, \
			    end_names[b.ends], b.cut_to);                                  \
		fail_msg(__VA_ARGS__);                                                     \
	} while (0)

static size_t id_of(const struct record *r)
{
	return (size_t)r->head.t_ms;
}

static void milestone(enum end e)
{
	if (b.ends == e)
		b.disk.fault.calls = 0;
}

/* ---- the gateway ---- */

static uint64_t *have(uint64_t boot)
{
	return &b.have[boot - BOOT];
}

static void store(const struct record *r, uint64_t oldest)
{
	uint64_t *h = have(r->head.boot);

	if (r->head.seq <= *h) {
		for (size_t i = 0; i < b.n_stored; i++)
			if (b.stored[i].boot == r->head.boot && b.stored[i].seq == r->head.seq &&
			    b.stored[i].id != id_of(r))
				fault_msg("records %zu and %zu have both number %" PRIu64,
					  b.stored[i].id, id_of(r), r->head.seq);
		return;
	}
	if (r->head.seq > *h + 1 && oldest < r->head.seq)
		return; /* a gap: it waits for the front */
	*h = r->head.seq;
	assert_true(b.n_stored < STORED);
	b.stored[b.n_stored].boot = r->head.boot;
	b.stored[b.n_stored].seq = r->head.seq;
	b.stored[b.n_stored++].id = id_of(r);
	b.given[id_of(r)].stored++;
}

/* Up to n records of the oldest boot leave, and are acknowledged when `heard`. */
static void deliver(unsigned n, bool heard)
{
	uint64_t pos = spool_front(&b.spool);
	struct record oldest, r;

	if (!spool_peek(&b.spool, &pos, &oldest))
		return;
	b.passed_over |= b.spool.unread || b.spool.read_fails >= SPOOL_PATIENCE;
	for (; n-- > 0 && spool_peek(&b.spool, &pos, &r) && r.head.boot == oldest.head.boot; pos++)
		store(&r, oldest.head.seq);
	if (heard)
		spool_ack(&b.spool, oldest.head.boot, *have(oldest.head.boot));
}

/* ---- the node ---- */

static void put(enum record_kind kind)
{
	const struct moment at = { .t = { (int64_t)b.n_given } };
	const struct sample m = { .lost = 7 };
	const struct verdict v = { .cause = CAUSE_POWER };
	int err;

	assert_true(b.n_given < RECORDS);
	b.given[b.n_given++] = (struct given){ .kind = kind };
	err = kind == RECORD_NEWS ? spool_put_news(&b.spool, &at, &v)
				  : spool_put_sample(&b.spool, &at, &m);
	b.given[b.n_given - 1].promised = err == 0;
	b.now += 1000;
}

/* n records, every which-th of them news. What is held can be read, in order. */
static void put_some(unsigned n, unsigned which)
{
	size_t last = SIZE_MAX;
	struct record r;

	for (unsigned i = 0; i < n; i++)
		put(i % which == which - 1 ? RECORD_NEWS : RECORD_SAMPLE);
	for (uint64_t pos = spool_front(&b.spool); spool_peek(&b.spool, &pos, &r); pos++) {
		if (last != SIZE_MAX && id_of(&r) <= last)
			fault_msg("record %zu comes after %zu", id_of(&r), last);
		last = id_of(&r);
	}
}

static void life_ends(void)
{
	b.thinned += b.spool.count.thinned;
	b.dropped += b.spool.count.dropped;
	b.in_memory += b.spool.memory_n;
}

static void life_begins(void)
{
	spool_open(&b.spool, &b.disk.disk, LIMIT, b.boot, (mono_t){ b.now });
	b.now += 1000;
}

static void crash(void)
{
	life_ends();
	milestone(ENDS_AT_CRASH);
	life_begins();
}

static void crash_again(void)
{
	milestone(ENDS_AT_LAST_CRASH);
	crash();
}

static void stop(void)
{
	spool_flush(&b.spool);
	life_ends();
	milestone(ENDS_AT_STOP);
	life_begins();
}

static void power_cut(void)
{
	life_ends();
	b.power_cuts++;
	milestone(ENDS_AT_POWER_CUT);
	disk_torn_power_cut(&b.disk, b.cut_to);
	b.boot++;
	b.now = 700;
	life_begins();
}

static void tell(void)
{
	life_begins();
	put_some(9, 4);
	deliver(3, true);
	put_some(5, 3);
	deliver(4, false);
	crash();
	put_some(6, 2);
	deliver(100, true);
	put_some(80, 12); /* more than the file holds */
	deliver(20, true);
	put_some(4, 4);
	stop();
	put_some(3, 2);
	deliver(30, true);
	crash();
	put_some(7, 3);
	deliver(2, true);
	power_cut();
	put_some(12, 5);
	deliver(100, false);
	deliver(100, true);
	deliver(5, true);
	crash();
	put_some(9, 3);
	deliver(6, true);
	stop();
	put_some(4, 2);
	deliver(6, true);
	crash_again();
	put_some(2, 2);
	milestone(ENDS_LAST);
	put_some(3, 3);
	for (int i = 0; i < 400 && spool_held(&b.spool) > 0; i++)
		deliver(100, true);
	life_ends();
}

static void all_is_accounted_for(void)
{
	uint64_t news = 0, samples = 0, unpromised = 0, unread = b.passed_over ? RECORDS : 0;

	if (spool_held(&b.spool) > 0)
		fault_msg("%" PRIu64 " records are held for ever", spool_held(&b.spool));
	for (size_t i = 0; i < b.n_given; i++) {
		const struct given *g = &b.given[i];

		if (g->stored > 1)
			fault_msg("record %zu was stored %u times", i, g->stored);
		if (g->stored)
			continue;
		if (!g->promised)
			unpromised++;
		else if (g->kind == RECORD_NEWS)
			news++;
		else
			samples++;
	}
	if (news > b.dropped + unread)
		fault_msg("%" PRIu64 " news lost, %" PRIu64 " dropped", news, b.dropped);
	if (samples > b.thinned + unread + SPOOL_SYNC_SAMPLES * b.power_cuts)
		fault_msg("%" PRIu64 " samples lost, %" PRIu64 " thinned", samples, b.thinned);
	if (news + samples + unpromised >
	    b.dropped + b.thinned + b.in_memory + unread + SPOOL_SYNC_SAMPLES * b.power_cuts)
		fault_msg("%" PRIu64 " records lost, %" PRIu64 " given up, %" PRIu64
			  " were in memory only",
			  news + samples + unpromised, b.dropped + b.thinned, b.in_memory);
}

static uint64_t tell_with(const struct family *f, uint64_t first, enum end ends, uint64_t cut_to)
{
	disk_torn_fill(&b.disk, NULL, 0);
	b.disk.calls = 0;
	b.disk.fault = (struct torn_fault){ .from = first,
					    .until = ends == ENDS_AT_ONCE ? first + 1 : UINT64_MAX,
					    .calls = f->calls,
					    .err = f->err };
	b.first = first;
	b.passed_over = false;
	b.ends = ends;
	b.cut_to = cut_to;
	b.boot = BOOT;
	b.now = 5000;
	b.n_given = b.n_stored = 0;
	memset(b.have, 0, sizeof b.have);
	b.thinned = b.dropped = b.in_memory = b.power_cuts = 0;
	tell();
	all_is_accounted_for();
	return b.disk.calls;
}

static uint64_t cases;

static void the_disk_refuses_at_any_call(void **state)
{
	static const struct family none = { "nothing wrong", 0, 0 };
	const struct family *f = *state;
	uint16_t kinds[TORN_LOG];
	uint64_t calls, n = 0, passed = 0;

	disk_torn_init(&b.disk);
	calls = tell_with(&none, 0, ENDS_AT_ONCE, 0);
	assert_true(calls <= TORN_LOG);
	memcpy(kinds, b.disk.log, sizeof kinds);
	for (uint64_t first = 1; first <= calls; first++)
		for (unsigned e = 0; (kinds[first - 1] & f->calls) && e < ENDS; e++, n++) {
			tell_with(f, first, (enum end)e, first);
			passed += b.passed_over;
		}
	printf("%s: %" PRIu64 " cases, %" PRIu64 " with a file that had to be passed over\n",
	       f->name, n, passed);
	cases += n;
}

int main(void)
{
	struct CMUnitTest tests[sizeof families / sizeof families[0]];
	int failed;

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		tests[i] = (struct CMUnitTest){
			.name = families[i].name,
			.test_func = the_disk_refuses_at_any_call,
			.initial_state = (void *)(uintptr_t)&families[i],
		};
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	printf("spool, a disk that refuses: %" PRIu64 " cases\n", cases);
	return failed;
}
