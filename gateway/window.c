/* SPDX-License-Identifier: Apache-2.0 */
/* window: a time that was announced beforehand, once or again and again, and whom it concerns. */
#include "gateway/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_MS INT64_C(86400000)
#define VIETNAM_MS INT64_C(25200000)
#define LAST_MS (INT64_C(2932897) * DAY_MS) /* the end of 9999 */

enum { FOLLOWED = 64 };

/* ---- occurrences, numbered by the days since from ---- */

static bool begins(const struct window *w, int64_t k)
{
	const int64_t first_day = (w->from.ms + VIETNAM_MS) / DAY_MS;

	if (w->last.ms && w->from.ms + k * DAY_MS > w->last.ms)
		return false;
	/* 1970 began on a Thursday. */
	return w->repeat == WINDOW_DAILY || (w->days >> (first_day + k + 4) % 7 & 1) != 0;
}

static bool every_day(const struct window *w)
{
	return w->repeat == WINDOW_DAILY || w->days == WINDOW_EVERY_DAY;
}

/* A day long each: those of neighbouring days are one. */
static void join(const struct window *w, int64_t k, wall_t *from, wall_t *until)
{
	int64_t first = k, end = k + 1;

	if (every_day(w)) {
		first = 0;
		end = w->last.ms ? (w->last.ms - w->from.ms) / DAY_MS + 1 : 0;
	} else {
		while (first > 0 && begins(w, first - 1))
			first--;
		while (begins(w, end))
			end++;
	}
	from->ms = w->from.ms + first * DAY_MS;
	until->ms = end ? w->from.ms + end * DAY_MS : INT64_MAX;
}

bool window_at(const struct window *w, wall_t t, wall_t *from, wall_t *until)
{
	const int64_t length = w->until.ms - w->from.ms;
	int64_t k;

	if (t.ms < w->from.ms || t.ms > LAST_MS)
		return false;
	if (w->repeat == WINDOW_ONCE) {
		if (t.ms >= w->until.ms)
			return false;
		*from = w->from;
		*until = w->until;
		return true;
	}
	k = (t.ms - w->from.ms) / DAY_MS;
	if (!begins(w, k) || t.ms - w->from.ms - k * DAY_MS >= length)
		return false;
	if (length == DAY_MS) {
		join(w, k, from, until);
	} else {
		from->ms = w->from.ms + k * DAY_MS;
		until->ms = from->ms + length;
	}
	return true;
}

/* The first beginning after t, where no occurrence holds t. */
static wall_t next_beginning(const struct window *w, wall_t t)
{
	int64_t k = t.ms < w->from.ms ? 0 : (t.ms - w->from.ms) / DAY_MS + 1;

	if (t.ms > LAST_MS || (w->repeat == WINDOW_ONCE && k > 0))
		return (wall_t){ INT64_MAX };
	if (w->repeat == WINDOW_ONCE)
		return w->from;
	for (int64_t end = k + 7; k < end; k++)
		if (begins(w, k))
			return (wall_t){ w->from.ms + k * DAY_MS };
	return (wall_t){ INT64_MAX };
}

wall_t window_next(const struct window *w, wall_t t)
{
	wall_t from, until;

	return window_at(w, t, &from, &until) ? until : next_beginning(w, t);
}

/* ---- what is a window, and whom it concerns ---- */

static bool enums_ok(const struct window *w)
{
	return (unsigned)w->kind < WINDOW_KINDS && (unsigned)w->target < WINDOW_TARGETS &&
	       (unsigned)w->repeat < WINDOW_REPEATS;
}

static bool texts_ok(const struct window *w)
{
	return memchr(w->what, 0, sizeof w->what) && memchr(w->reason, 0, sizeof w->reason) &&
	       (w->what[0] == '\0') == (w->target == WINDOW_ALL);
}

static bool repeat_ok(const struct window *w)
{
	if (w->repeat == WINDOW_ONCE)
		return w->days == 0 && w->last.ms == 0;
	if ((w->repeat == WINDOW_WEEKLY) != (w->days != 0) || w->days > WINDOW_EVERY_DAY)
		return false;
	return w->until.ms - w->from.ms <= DAY_MS &&
	       (w->last.ms == 0 || (w->last.ms >= w->from.ms && w->last.ms <= LAST_MS));
}

bool window_ok(const struct window *w)
{
	return enums_ok(w) && texts_ok(w) && w->from.ms >= 0 && w->from.ms < w->until.ms &&
	       w->until.ms <= LAST_MS && repeat_ok(w) &&
	       window_next(w, (wall_t){ w->from.ms - 1 }).ms != INT64_MAX;
}

bool window_concerns(const struct window *w, const struct roster *r, size_t point)
{
	const struct roster_point *p = &r->points[point];

	switch (w->target) {
	case WINDOW_ALL:
		return true;
	case WINDOW_HAMLET:
		return strcmp(w->what, p->hamlet) == 0;
	case WINDOW_TRANSFORMER:
		return p->transformer && strcmp(w->what, p->transformer) == 0;
	case WINDOW_POINT:
		return strcmp(w->what, p->code) == 0;
	case WINDOW_TARGETS:
		break;
	}
	return false;
}

/* ---- all of them ---- */

void windows_free(struct windows *all)
{
	free(all->at);
	*all = (struct windows){ 0 };
}

/* The latest end of the occurrences of a kind that hold t; t when none does. */
static wall_t latest_end(const struct windows *all, const struct roster *r, size_t point, wall_t t,
			 enum window_kind kind)
{
	wall_t latest = t, from, until;

	for (size_t i = 0; i < all->n; i++) {
		const struct window *w = &all->at[i];

		if (w->kind == kind && window_concerns(w, r, point) &&
		    window_at(w, t, &from, &until) && until.ms > latest.ms)
			latest = until;
	}
	return latest;
}

bool windows_at(const struct windows *all, const struct roster *r, size_t point, wall_t t,
		enum window_kind *kind, wall_t *until)
{
	for (int k = 0; k < WINDOW_KINDS; k++) {
		wall_t end = t, further;

		for (int i = 0; i < FOLLOWED; i++) {
			further = latest_end(all, r, point, end, (enum window_kind)k);
			if (further.ms == end.ms)
				break;
			end = further;
		}
		if (end.ms == t.ms)
			continue;
		*kind = (enum window_kind)k;
		*until = end;
		return true;
	}
	return false;
}

wall_t windows_next(const struct windows *all, wall_t t)
{
	wall_t first = { INT64_MAX };

	for (size_t i = 0; i < all->n; i++) {
		wall_t next = window_next(&all->at[i], t);

		if (next.ms < first.ms)
			first = next;
	}
	return first;
}

/* ---- names ---- */

static const char *const kinds[] = { [WINDOW_WORK] = "work", [WINDOW_CUT] = "cut" };
static_assert(COUNT(kinds) == WINDOW_KINDS, "name every kind");

static const char *const targets[] = {
	[WINDOW_ALL] = "all",
	[WINDOW_HAMLET] = "hamlet",
	[WINDOW_TRANSFORMER] = "transformer",
	[WINDOW_POINT] = "point",
};
static_assert(COUNT(targets) == WINDOW_TARGETS, "name every target");

static const char *const repeats[] = {
	[WINDOW_ONCE] = "once",
	[WINDOW_DAILY] = "daily",
	[WINDOW_WEEKLY] = "weekly",
};
static_assert(COUNT(repeats) == WINDOW_REPEATS, "name every repeat");

const char *window_kind_str(enum window_kind k)
{
	size_t i = (size_t)k;

	return i < COUNT(kinds) ? kinds[i] : "?";
}

const char *window_target_str(enum window_target t)
{
	size_t i = (size_t)t;

	return i < COUNT(targets) ? targets[i] : "?";
}

const char *window_repeat_str(enum window_repeat r)
{
	size_t i = (size_t)r;

	return i < COUNT(repeats) ? repeats[i] : "?";
}
