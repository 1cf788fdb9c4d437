/* SPDX-License-Identifier: Apache-2.0 */
/* judge: after the year, every true outage against what was kept and told of it. */
#include "tests/year/judge.h"

enum {
	SLACK_MS = 5000,
	LOOK_MS = 2 * MINUTE +
		  90000, /* a node takes so long to see a dead camera, its boot included */
	TOLD_MOST = 4,
	RESTLESS = 3,
	RESTLESS_WITHIN_MS = 2 * HOUR, /* so many outages in that make a point restless */
	DOUBT_MS = 10000, /* the gateway finds out about its own line and mains within */
	OVER_MS = HOUR    /* an incident without an open outage is over, and told so, by then */
};

static int64_t moment(wall_t t)
{
	return t.ms - YEAR_BEGINS;
}

static int64_t until(const struct world *w, const struct ill *i)
{
	return i->until ? i->until : w->end;
}

/* ---- what the gateway could see of it ---- */

typedef LIST(struct announced) windows;

static int by_from(const void *a, const void *b)
{
	const struct announced *p = a, *q = b;

	return p->from < q->from ? -1 : p->from > q->from;
}

/* A time in which it could not be seen, and for so long afterwards it may take. */
static void hide(windows *hidden, int64_t from, int64_t until_, int64_t more)
{
	*LIST_ADD(*hidden) =
		(struct announced){ from, until_ == INT64_MAX ? until_ : until_ + more };
}

/* The longest that the gateway could see it without a break. */
static int64_t visible(const struct world *w, uint32_t point, const struct ill *i, enum track track)
{
	const struct truth *t = &w->truth;
	const struct truth_point *p = &t->point[point];
	const struct spells *way = &p->spells[TRACK_WAY];
	const int64_t end = until(w, i), sight = w->options.sight_ms;
	int64_t from = i->from, longest = 0;
	windows hidden = { 0 };

	for (size_t n = 0; n < t->blinds.n; n++)
		hide(&hidden, t->blinds.at[n].from, t->blinds.at[n].until, sight);
	for (size_t n = 0; track == TRACK_WAY && n < p->windows.n; n++)
		hide(&hidden, p->windows.at[n].from, p->windows.at[n].until,
		     w->options.cut_grace_ms);
	for (size_t n = 0; track == TRACK_WAY && n < t->doubts.n; n++)
		hide(&hidden, t->doubts.at[n].from, t->doubts.at[n].until, sight);
	for (size_t n = 0; track == TRACK_CAMERA && n < way->past.n; n++)
		hide(&hidden, way->past.at[n].from, until(w, &way->past.at[n]), LOOK_MS);
	hide(&hidden, end, INT64_MAX, 0);
	qsort(hidden.at, hidden.n, sizeof hidden.at[0], by_from);
	for (size_t n = 0; n < hidden.n && hidden.at[n].from <= end; n++) {
		if (hidden.at[n].from - from > longest)
			longest = hidden.at[n].from - from;
		if (hidden.at[n].until > from)
			from = hidden.at[n].until;
	}
	free(hidden.at);
	return longest;
}

/* So long it takes to find a silence out. */
static int64_t silence(const struct world *w)
{
	return (int64_t)w->plan->pace_s * 1000 + w->options.grace_ms + w->options.ask_ms;
}

int64_t judge_threshold(const struct world *w, enum track track)
{
	const struct commune_options *o = &w->options;

	if (track == TRACK_CAMERA)
		return LOOK_MS + o->camera_hold_ms + SLACK_MS;
	return silence(w) + o->group_hold_ms + SLACK_MS;
}

/* ---- what was told of it ---- */

struct telling {
	const struct kept_outage *first;
	const struct kept_incident *told[TOLD_MOST];
	size_t n, residues;
	bool again; /* an incident that was told more than once */
};

static bool is_of(const struct kept_outage *k, const struct ill *i, int64_t end, enum track track)
{
	const struct outage *o = &k->o;

	return (o->cause == CAUSE_CAMERA) == (track == TRACK_CAMERA) && moment(o->from) < end &&
	       (o->until.ms == 0 || moment(o->until) > i->from);
}

static void add(struct telling *t, const struct kept_incident *k)
{
	for (size_t n = 0; n < t->n; n++)
		if (t->told[n] == k)
			return;
	if (!k || k->openings == 0 || t->n == TOLD_MOST)
		return;
	t->told[t->n++] = k;
	t->residues += k->opened_by == TELL_RESIDUE;
	t->again |= k->openings > 1;
}

static struct telling find(const struct world *w, const struct kept_point *p, const struct ill *i,
			   enum track track)
{
	struct telling t = { .n = 0 };

	for (size_t n = 0; n < p->outages.n; n++) {
		const struct kept_outage *k = &p->outages.at[n];

		if (!is_of(k, i, until(w, i), track))
			continue;
		if (!t.first)
			t.first = k;
		for (size_t m = 0; m < k->n_incidents; m++)
			add(&t, keeper_incident(&w->keeper, k->incident[m]));
	}
	return t;
}

/* A point is back when it has been well for so long after an outage of that length. */
static int64_t well_for(const struct world *w, int64_t length)
{
	const int64_t hold = w->options.return_hold_ms, more = length * 3 / 2;

	return length < w->options.again_hold_ms && more > hold ? more : hold;
}

/* It comes and goes: that is told as one thing. */
static bool restless(const struct world *w, const struct kept_point *p, const struct ill *i)
{
	const struct spells *s = &w->truth.point[p - w->keeper.point].spells[TRACK_WAY];
	unsigned n = 0;

	for (size_t k = 0; k < s->past.n; k++)
		n += s->past.at[k].from < i->from &&
		     s->past.at[k].from > i->from - RESTLESS_WITHIN_MS;
	return n >= RESTLESS;
}

/* Was it told as the point's outage before, long after that one had ended? */
static bool swallowed(const struct world *w, const struct kept_point *p, const struct ill *i,
		      const struct telling *t)
{
	const struct kept_incident *k = t->told[0];
	int64_t last = -1, longest = 0;

	if (moment(k->opened) >= i->from || t->n > 1 || restless(w, p, i))
		return false;
	for (const struct kept_outage *o = t->first; o-- > p->outages.at;) {
		if (o->o.incident != k->i.id)
			continue;
		if (last < 0)
			last = moment(o->o.until);
		if (o->o.until.ms - o->o.from.ms > longest)
			longest = o->o.until.ms - o->o.from.ms;
	}
	return last >= 0 && i->from - last > well_for(w, longest) + w->options.sight_ms;
}

/* When people were last told that what this outage was part of is over; -1: never. */
static int64_t told_over(const struct world *w, const struct kept_outage *o)
{
	int64_t last = -1;

	for (size_t m = 0; m < o->n_incidents; m++) {
		const struct kept_incident *k = keeper_incident(&w->keeper, o->incident[m]);

		if (k && k->closed.ms != 0 && moment(k->closed) > last)
			last = moment(k->closed);
	}
	return last;
}

/* Were people told within the hour before that the point is back, or has it been restless ever
 * since, with no hour between two of its short ones? Then a short one is no news. */
static bool again(const struct world *w, const struct kept_point *p, const struct ill *i)
{
	const int64_t within = w->options.again_within_ms + silence(w) + SLACK_MS,
		      soon = i->from + silence(w) + SLACK_MS;
	int64_t restless = INT64_MIN / 2;

	for (size_t n = 0; n < p->outages.n; n++) {
		const struct kept_outage *o = &p->outages.at[n];
		const int64_t told = told_over(w, o);

		if (told >= 0 && told < soon && told > restless)
			restless = told;
		else if (told < 0 && moment(o->o.from) < i->from && o->o.until.ms != 0 &&
			 moment(o->o.until) < soon && moment(o->o.from) - restless < within &&
			 moment(o->o.until) > restless)
			restless = moment(o->o.until);
	}
	return i->from - restless < within;
}

static int64_t needed(const struct world *w, const struct kept_point *p, const struct ill *i,
		      enum track track)
{
	const struct commune_options *o = &w->options;
	const int64_t hold = track == TRACK_CAMERA ? o->camera_hold_ms : o->group_hold_ms;
	const int64_t need = judge_threshold(w, track);

	return again(w, p, i) && o->again_hold_ms > hold ? need + o->again_hold_ms - hold : need;
}

static bool flapping(const struct world *w, uint32_t point, const struct ill *i)
{
	const struct spells *s = &w->truth.point[point].spells[TRACK_FLAP];

	for (size_t n = 0; n < s->past.n; n++)
		if (s->past.at[n].from <= until(w, i) && until(w, &s->past.at[n]) >= i->from)
			return true;
	return false;
}

static enum found find_out(const struct world *w, uint32_t point, const struct ill *i,
			   enum track track, const struct telling *t)
{
	const int64_t seen = visible(w, point, i, track);

	if (t->n > 0 && flapping(w, point, i))
		return FOUND_FLAPPING;
	if (i->kind == FAULT_PLANNED && seen <= 0 && t->n > 0)
		return FOUND_ANNOUNCED;
	if (seen < needed(w, &w->keeper.point[point], i, track))
		return t->n > 0 ? FOUND_MAY_TOLD : FOUND_MAY_QUIET;
	if (t->n == 0)
		return FOUND_MISSED;
	if (t->n - t->residues > 1 || t->residues > 1 || t->again)
		return FOUND_TWICE;
	return swallowed(w, &w->keeper.point[point], i, t) ? FOUND_SWALLOWED : FOUND_ONCE;
}

static enum match match(enum fault kind, const struct outage *o)
{
	enum cause truth = fault_kinds[kind].cause;

	if (o->cause == truth)
		return o->sure == SURE_CONFIRMED ? MATCH_RIGHT : MATCH_PROBABLE;
	if (o->cause == CAUSE_OPEN)
		return MATCH_OPEN;
	if (o->cause == CAUSE_LINE && (truth == CAUSE_PROVIDER || truth == CAUSE_ROUTER))
		return MATCH_OPEN;
	return MATCH_WRONG;
}

static void judge_ill(struct judge *j, const struct world *w, uint32_t point, enum track track,
		      const struct ill *i)
{
	const struct telling t = find(w, &w->keeper.point[point], i, track);
	const enum found found = find_out(w, point, i, track, &t);
	struct verdict_on *v = &j->of[i->kind];

	v->found[found]++;
	if (found == FOUND_MISSED || found == FOUND_TWICE || found == FOUND_SWALLOWED ||
	    found == FOUND_ANNOUNCED) {
		*LIST_ADD(j->examples) = (struct example){ found,
							   point,
							   *i,
							   { t.n > 0 ? t.told[0]->i.id : 0,
							     t.n > 1 ? t.told[1]->i.id : 0 } };
	}
	if (t.n == 0 || found == FOUND_MAY_TOLD || found == FOUND_FLAPPING)
		return;
	if (moment(t.first->known) >= i->from)
		*LIST_ADD(v->known) = moment(t.first->known) - i->from;
	if (moment(t.told[0]->opened) >= i->from)
		*LIST_ADD(v->told) = moment(t.told[0]->opened) - i->from;
	v->match[match(i->kind, &t.first->o)]++;
	if (match(i->kind, &t.first->o) == MATCH_WRONG)
		v->wrong = t.first->o.cause;
}

/* ---- the rest ---- */

/* How many times six hours it lasts, begun ones too. */
static unsigned six_hours(const struct world *w, const struct ill *i)
{
	return (unsigned)((until(w, i) - i->from) / (6 * HOUR)) + 1;
}

/* Outages so long that they are told whatever came before. */
static unsigned long_ones(const struct world *w, uint32_t point, const struct ill *i)
{
	const struct spells *s = &w->truth.point[point].spells[TRACK_WAY];
	unsigned n = 0;

	for (size_t k = 0; k < s->past.n; k++) {
		const struct ill *o = &s->past.at[k];

		n += o->from >= i->from && o->from < until(w, i) &&
		     until(w, o) - o->from >= w->options.again_hold_ms;
	}
	return n;
}

static void judge_flap(struct judge *j, const struct world *w, uint32_t point, const struct ill *i)
{
	const struct kept_point *p = &w->keeper.point[point];
	int64_t last = 0;
	unsigned n = 0, most;

	for (size_t k = 0; k < p->outages.n; k++) {
		const struct kept_outage *o = &p->outages.at[k];
		const struct kept_incident *of = keeper_incident(&w->keeper, o->o.incident);

		if (!is_of(o, i, until(w, i), TRACK_WAY) || !of || of->i.id == last)
			continue;
		last = of->i.id;
		n += of->openings;
	}
	j->flaps++;
	j->flap_tellings += n;
	most = w->plan->limit[LIMIT_FLAP] * six_hours(w, i) + long_ones(w, point, i);
	j->flap_over += n > most;
	if (n > most)
		j->flap_worst = point;
	if (n > j->flap_most)
		j->flap_most = n;
}

/* Trouble of our own is told once, when it lasts and we live. */
static void judge_doubts(struct judge *j, const struct world *w)
{
	const struct truth *t = &w->truth;

	for (size_t n = 0; n < t->doubts.n; n++) {
		const struct announced *d = &t->doubts.at[n];
		const int64_t end = d->until < w->end ? d->until : w->end;
		unsigned told = 0;

		if (end - d->from < DOUBT_MS + w->options.blind_hold_ms + SLACK_MS)
			continue;
		for (size_t k = 0; k < w->keeper.size_incidents; k++) {
			const struct kept_incident *i = &w->keeper.incident[k];

			if (i->i.id != 0 && i->i.scope == SCOPE_GATEWAY && i->openings > 0 &&
			    moment(i->opened) >= d->from && moment(i->opened) < end + SLACK_MS)
				told += i->openings;
		}
		j->doubts++;
		j->doubts_once += told == 1;
	}
}

static void judge_ends(struct judge *j, const struct world *w)
{
	for (size_t n = 0; n < w->keeper.size_incidents; n++) {
		const struct kept_incident *k = &w->keeper.incident[n];

		if (k->i.id == 0 || k->openings == 0)
			continue;
		j->incidents++;
		if (k->closings > 1 || (k->closings > 0) != (k->i.state == INCIDENT_CLOSED))
			j->ended_wrong++;
		else if (k->i.state != INCIDENT_CLOSED && k->i.open == 0 && !w->truth.blind &&
			 moment(k->i.until) < w->end - OVER_MS)
			j->ended_never++;
		else
			j->ended_once += k->closings == 1;
	}
}

static void judge_seconds(struct judge *j, const struct world *w, uint32_t point)
{
	const wall_t end = { YEAR_BEGINS + w->end };

	j->bad_sums += !keeper_seconds(&w->keeper, point, end, j->kept_s);
	for (unsigned h = 0; h < HUES; h++)
		j->truth_s[h] += w->truth.point[point].of[h] / 1000;
}

void judge_year(struct judge *j, const struct world *w)
{
	*j = (struct judge){ .flaps = 0 };
	for (uint32_t p = 0; p < w->plan->points; p++) {
		const struct spells *s = w->truth.point[p].spells;

		for (unsigned track = TRACK_WAY; track <= TRACK_CAMERA; track++)
			for (size_t n = 0; n < s[track].past.n; n++)
				judge_ill(j, w, p, (enum track)track, &s[track].past.at[n]);
		for (size_t n = 0; n < s[TRACK_FLAP].past.n; n++)
			judge_flap(j, w, p, &s[TRACK_FLAP].past.at[n]);
		judge_seconds(j, w, p);
	}
	judge_ends(j, w);
	judge_doubts(j, w);
}

void judge_free(struct judge *j)
{
	for (unsigned k = 0; k < FAULTS; k++) {
		free(j->of[k].known.at);
		free(j->of[k].told.at);
	}
	free(j->examples.at);
}
