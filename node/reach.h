/* SPDX-License-Identifier: Apache-2.0 */
/* reach: does one pinged address answer? Slow to say no, careful to say yes again. */
#ifndef MATSANG_NODE_REACH_H
#define MATSANG_NODE_REACH_H

#include "mesh/clock.h"

#include <stdint.h>

enum reach_state {
	REACH_UNKNOWN, /* not decided yet */
	REACH_ANSWERS,
	REACH_SILENT,
	REACH_STATES
};

struct reach {
	int64_t every_ms, quick_ms; /* pace of probes; quick while a decision is near */
	unsigned fails;             /* misses in a row that make silence */
	uint64_t jitter;            /* state of the jitter */
	enum reach_state state;
	unsigned missed, answered; /* in a row */
	int32_t rtt_us;            /* of the last probe; -1 when it was not answered */
	uint32_t sent, lost;       /* probes decided since the last reach_take */
	mono_t heard;              /* last answer; MONO_NEVER when none yet */
	mono_t since;              /* when state began */
	bool returned;             /* it answers, and was silent before */
	mono_t due;                /* next probe */
	mono_t hurry_until;        /* quick pace until then, or the first answer */
};

/* every_ms at least 1; quick_ms is used while the state is unknown or about to change for the
 * better; fails at least 1; seed any number. The first probe is due at once. */
void reach_init(struct reach *r, int64_t every_ms, int64_t quick_ms, unsigned fails, uint64_t seed,
		mono_t now);

/* Forget what was decided, so that it is asked afresh from now on. Counts stay. */
void reach_forget(struct reach *r, mono_t now);

/* It may come back any moment: ask now, and at the quick pace until it answers or `until` has come.
 */
void reach_hurry(struct reach *r, mono_t until, mono_t now);

/* True when a probe should leave now; the next one is then due a jittered pace later. */
bool reach_step(struct reach *r, mono_t now);
mono_t reach_due(const struct reach *r);

/*
 * The outcome of one probe: rtt_us microseconds, or below 0 when it went unanswered. True when the
 * state changed. Silent after `fails` misses in a row; answers again after two answers in a row,
 * the first time after one.
 */
bool reach_feed(struct reach *r, int32_t rtt_us, mono_t now);

/* Did it answer at t or later? */
bool reach_heard(const struct reach *r, mono_t t);

/* Add what was sent and lost since the last call to the two sums, and start counting anew. */
void reach_take(struct reach *r, uint32_t *sent, uint32_t *lost);

const char *reach_str(enum reach_state s);

#endif
