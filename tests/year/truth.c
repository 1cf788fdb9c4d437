/* SPDX-License-Identifier: Apache-2.0 */
/* truth: what was really the matter with each point, and when. It never asks the gateway. */
#include "tests/year/truth.h"

#include "gateway/facts.h"

#include <string.h>

const char *const hue_names[HUES] = { "unknown", "up", "theirs", "ours", "planned" };

void truth_init(struct truth *t, size_t points)
{
	*t = (struct truth){ .n = points };
	t->point = calloc(points, sizeof *t->point);
	if (!t->point)
		abort();
	for (size_t i = 0; i < points; i++)
		for (unsigned k = 0; k < TRACKS; k++)
			t->point[i].spells[k].now.kind = FAULTS;
}

void truth_free(struct truth *t)
{
	for (size_t i = 0; i < t->n; i++) {
		for (unsigned k = 0; k < TRACKS; k++)
			free(t->point[i].spells[k].past.at);
		free(t->point[i].windows.at);
	}
	free(t->point);
	free(t->blinds.at);
	free(t->doubts.at);
}

/* ---- colours ---- */

static enum hue hue_of(const struct truth *t, const struct truth_point *p)
{
	const enum fault way = p->spells[TRACK_WAY].now.kind;

	if (t->blind || !p->installed)
		return HUE_UNKNOWN;
	if (way == FAULTS && p->spells[TRACK_CAMERA].now.kind == FAULTS)
		return HUE_UP;
	if (p->plans > 0)
		return HUE_PLANNED;
	return way != FAULTS && cause_theirs(fault_kinds[way].cause) ? HUE_THEIRS : HUE_OURS;
}

static void turn(const struct truth *t, struct truth_point *p, int64_t now)
{
	p->of[p->hue] += now - p->since;
	p->since = now;
	p->hue = hue_of(t, p);
}

/* ---- spells ---- */

/* Of two reasons at once, the one that hides the other. */
static unsigned rank(enum fault kind)
{
	static const unsigned ranks[CAUSES] = {
		[CAUSE_POWER] = 4, [CAUSE_PROVIDER] = 3, [CAUSE_ROUTER] = 2, [CAUSE_DEVICE] = 1
	};

	return kind == FAULT_BLIP ? 0 : ranks[fault_kinds[kind].cause];
}

void truth_is(struct truth *t, uint32_t point, enum track track, enum fault kind, int64_t now)
{
	struct truth_point *p = &t->point[point];
	struct spells *s = &p->spells[track];

	if (kind != FAULTS && s->now.kind == FAULTS) {
		s->now = (struct ill){ .from = now, .kind = kind };
	} else if (kind != FAULTS) {
		if (rank(kind) > rank(s->now.kind))
			s->now.kind = kind;
	} else if (s->now.kind != FAULTS) {
		s->now.until = now;
		s->last = s->now;
		if (now - s->now.from >= TRUTH_LEAST_MS)
			*LIST_ADD(s->past) = s->now;
		s->now.kind = FAULTS;
	}
	turn(t, p, now);
}

void truth_installed(struct truth *t, uint32_t point, int64_t now)
{
	t->point[point].installed = true;
	turn(t, &t->point[point], now);
}

void truth_blind(struct truth *t, bool blind, int64_t now)
{
	if (blind == t->blind)
		return;
	t->blind = blind;
	if (blind)
		*LIST_ADD(t->blinds) = (struct announced){ now, INT64_MAX };
	else
		t->blinds.at[t->blinds.n - 1].until = now;
	for (size_t i = 0; i < t->n; i++)
		turn(t, &t->point[i], now);
}

void truth_doubt(struct truth *t, bool on, int64_t now)
{
	if (on && t->doubted++ == 0)
		*LIST_ADD(t->doubts) = (struct announced){ now, INT64_MAX };
	if (!on && --t->doubted == 0)
		t->doubts.at[t->doubts.n - 1].until = now;
}

void truth_planned(struct truth *t, uint32_t point, bool on, int64_t now)
{
	struct truth_point *p = &t->point[point];

	if (on && p->plans++ == 0)
		*LIST_ADD(p->windows) = (struct announced){ now, INT64_MAX };
	if (!on && --p->plans == 0)
		p->windows.at[p->windows.n - 1].until = now;
	turn(t, p, now);
}

void truth_end(struct truth *t, int64_t now)
{
	for (size_t i = 0; i < t->n; i++) {
		struct truth_point *p = &t->point[i];

		turn(t, p, now);
		for (unsigned k = 0; k < TRACKS; k++)
			if (p->spells[k].now.kind != FAULTS)
				*LIST_ADD(p->spells[k].past) = p->spells[k].now;
	}
}

int64_t truth_ill(const struct truth *t, uint32_t point, int64_t from, int64_t now)
{
	int64_t longest = 0;

	for (unsigned k = 0; k < TRACKS; k++) {
		const struct spells *s = &t->point[point].spells[k];

		if (s->now.kind != FAULTS && now - s->now.from > longest)
			longest = now - s->now.from;
		if (s->last.until > from && s->last.until - s->last.from > longest)
			longest = s->last.until - s->last.from;
		for (size_t i = s->past.n; i-- > 0 && s->past.at[i].until > from;)
			if (s->past.at[i].until - s->past.at[i].from > longest)
				longest = s->past.at[i].until - s->past.at[i].from;
	}
	return longest;
}
