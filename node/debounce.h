/* SPDX-License-Identifier: Apache-2.0 */
/* debounce: a level counts once it has stood still; shorter dips are counted, not believed. */
#ifndef MATSANG_NODE_DEBOUNCE_H
#define MATSANG_NODE_DEBOUNCE_H

#include "mesh/clock.h"

struct debounce {
	int64_t out_ms, back_ms;
	bool known, on;   /* what counts; on means nothing before known */
	bool heard, raw;  /* what was fed last */
	mono_t raw_since; /* when raw began */
	mono_t since;     /* when on began to count */
	uint32_t dips;    /* times the level left and came back before it counted */
};

/* Off counts after out_ms, on after back_ms; the very first level counts at once when it is on. */
void debounce_init(struct debounce *d, int64_t out_ms, int64_t back_ms);

/*
 * Feed every edge, and the level as it is whenever debounce_due has come. at may be a while ago
 * (the kernel's time stamp), but not before the last one fed. True when what counts has changed (or
 * has become known).
 */
bool debounce_feed(struct debounce *d, bool level, mono_t at);

/* When to feed again if no edge comes; MONO_NEVER when the level stands. */
mono_t debounce_due(const struct debounce *d);

#endif
