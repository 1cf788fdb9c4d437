/* SPDX-License-Identifier: Apache-2.0 */
/* window: a time that was announced beforehand, once or again and again, and whom it concerns. */
#ifndef MATSANG_GATEWAY_WINDOW_H
#define MATSANG_GATEWAY_WINDOW_H

#include "gateway/roster.h"
#include "mesh/clock.h"

#include <stddef.h>

enum window_kind {
	WINDOW_WORK, /* planned maintenance, holidays: nothing is told */
	WINDOW_CUT,  /* a power cut that the power company published */
	WINDOW_KINDS
};

enum window_target { WINDOW_ALL, WINDOW_HAMLET, WINDOW_TRANSFORMER, WINDOW_POINT, WINDOW_TARGETS };

enum window_repeat { WINDOW_ONCE, WINDOW_DAILY, WINDOW_WEEKLY, WINDOW_REPEATS };

enum { WINDOW_WHAT = 48, WINDOW_REASON = 96, WINDOW_EVERY_DAY = 0x7f };

/*
 * Repeated ones begin at the same time of day in Vietnam (UTC+7, no summer time) as the first, may
 * run across midnight and last a day at most; WEEKLY ones begin on the days of their set only, the
 * day of from too. Occurrences that touch or overlap count as one.
 */
struct window {
	int64_t id; /* 0: not stored yet */
	enum window_kind kind;
	enum window_target target;
	char what[WINDOW_WHAT]; /* hamlet's code, transformer's name, point's code; "" for all */
	wall_t from, until;     /* of the first occurrence; until is no longer part of it */
	enum window_repeat repeat;
	uint8_t days; /* WEEKLY: bit 0 Sunday .. bit 6 Saturday, in Vietnam; else 0 */
	wall_t last;  /* no occurrence begins after it; ms 0: for ever, and for ONCE */
	char reason[WINDOW_REASON]; /* for people; may be "" */
};

/* Everything below wants windows of which this is true: known enums, a target as it must be, times
 * between 1970 and 9999 in their order, and at least one occurrence. */
bool window_ok(const struct window *w);

/* Does it concern this point of the roster? */
bool window_concerns(const struct window *w, const struct roster *r, size_t point);

/* The occurrence that holds t (from <= t < until; until.ms INT64_MAX: without end). False, and
 * nothing is written, when there is none. */
bool window_at(const struct window *w, wall_t t, wall_t *from, wall_t *until);

/* The next moment after t at which an occurrence begins or ends; ms INT64_MAX: never again. */
wall_t window_next(const struct window *w, wall_t t);

struct windows {
	struct window *at; /* malloc'd */
	size_t n;
};

void windows_free(struct windows *all); /* what is in it; *all is empty then */

/*
 * Does the point lie in any window at t? WORK wins over CUT. *until: the end of the last occurrence
 * of that kind that follows on without a gap, at least as far as 64 of them in a row lead.
 */
bool windows_at(const struct windows *all, const struct roster *r, size_t point, wall_t t,
		enum window_kind *kind, wall_t *until);

/* The earliest window_next of all; ms INT64_MAX when there is none. */
wall_t windows_next(const struct windows *all, wall_t t);

const char *window_kind_str(enum window_kind k);
const char *window_target_str(enum window_target t);
const char *window_repeat_str(enum window_repeat r);

#endif
