/* SPDX-License-Identifier: Apache-2.0 */
/* reach: does one pinged address answer? Slow to say no, careful to say yes again. */
#include "node/reach.h"

#include <assert.h>
#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { BACK = 2 }; /* answers in a row that end a silence */

static const char *const state_names[] = {
	[REACH_UNKNOWN] = "unknown",
	[REACH_ANSWERS] = "answers",
	[REACH_SILENT] = "silent",
};
static_assert(COUNT(state_names) == REACH_STATES, "name every state");

const char *reach_str(enum reach_state s)
{
	return (size_t)s < COUNT(state_names) ? state_names[s] : "?";
}

void reach_init(struct reach *r, int64_t every_ms, int64_t quick_ms, unsigned fails, uint64_t seed,
		mono_t now)
{
	*r = (struct reach){ .every_ms = every_ms,
			     .quick_ms = quick_ms < every_ms ? quick_ms : every_ms,
			     .fails = fails,
			     .jitter = seed,
			     .rtt_us = -1,
			     .heard = MONO_NEVER,
			     .since = now,
			     .due = now };
}

static void become(struct reach *r, enum reach_state state, mono_t now)
{
	r->returned = r->state == REACH_SILENT && state == REACH_ANSWERS;
	r->state = state;
	r->since = now;
}

void reach_forget(struct reach *r, mono_t now)
{
	become(r, REACH_UNKNOWN, now);
	r->missed = r->answered = 0;
	r->rtt_us = -1;
	r->due = now;
}

/* A tenth less to a tenth more, so that probes of many nodes (and of one node) drift apart. */
static int64_t jittered(struct reach *r, int64_t ms)
{
	int64_t span = ms / 5;

	if (span == 0)
		return ms;
	r->jitter = r->jitter * 6364136223846793005u + 1442695040888963407u;
	return ms - span / 2 + (int64_t)((r->jitter >> 33) % (uint64_t)span);
}

void reach_hurry(struct reach *r, mono_t until, mono_t now)
{
	r->hurry_until = until;
	r->due = mono_first(r->due, now);
}

/* A decision is near: nothing is known yet, silence seems to end, or we were told that it may. */
static bool in_a_hurry(const struct reach *r, mono_t now)
{
	switch (r->state) {
	case REACH_UNKNOWN:
		return true;
	case REACH_SILENT:
		return r->answered > 0 || !mono_reached(now, r->hurry_until);
	case REACH_ANSWERS:
	case REACH_STATES:
		return false;
	}
	return false;
}

bool reach_step(struct reach *r, mono_t now)
{
	if (!mono_reached(now, r->due))
		return false;
	r->due = mono_after(now, jittered(r, in_a_hurry(r, now) ? r->quick_ms : r->every_ms));
	return true;
}

mono_t reach_due(const struct reach *r)
{
	return r->due;
}

static bool missed(struct reach *r, mono_t now)
{
	r->lost++;
	r->answered = 0;
	r->rtt_us = -1;
	if (r->missed < r->fails)
		r->missed++;
	if (r->state == REACH_SILENT || r->missed < r->fails)
		return false;
	become(r, REACH_SILENT, now);
	return true;
}

static bool answered(struct reach *r, int32_t rtt_us, mono_t now)
{
	bool first = r->heard.ms == MONO_NEVER.ms || r->state == REACH_UNKNOWN;

	r->missed = 0;
	r->rtt_us = rtt_us;
	r->heard = now;
	if (r->answered < BACK)
		r->answered++;
	if (r->state == REACH_ANSWERS)
		return false;
	if (!first && r->answered < BACK) {
		/* Ask again soon: the next answer ends the silence. */
		r->due = mono_first(r->due, mono_after(now, r->quick_ms));
		return false;
	}
	become(r, REACH_ANSWERS, now);
	return true;
}

bool reach_feed(struct reach *r, int32_t rtt_us, mono_t now)
{
	r->sent++;
	return rtt_us < 0 ? missed(r, now) : answered(r, rtt_us, now);
}

bool reach_heard(const struct reach *r, mono_t t)
{
	return r->heard.ms != MONO_NEVER.ms && mono_reached(r->heard, t);
}

void reach_take(struct reach *r, uint32_t *sent, uint32_t *lost)
{
	*sent += r->sent;
	*lost += r->lost;
	r->sent = r->lost = 0;
}
