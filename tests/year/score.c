/* SPDX-License-Identifier: Apache-2.0 */
/* score: what was told, held against the truth of that moment. */
#include "tests/year/score.h"

#include "tests/year/world.h"

enum {
	RECENT = 12,            /* outages of a point that are looked at, from the last one */
	STILL_MS = 15 * MINUTE, /* ill for so long, a point is not over */
	LATELY_MS = 15 * MINUTE /* a doubt may be told so long after it was true */
};

const char *const alarm_names[ALARMS] = { "all was fine", "a blip", "our own blindness",
					  "a needless doubt" };

void score_init(struct world *w)
{
	w->score.false_of = calloc(w->plan->points, sizeof *w->score.false_of);
	w->score.week = calloc(w->roster.n_receivers, sizeof *w->score.week);
	if (!w->score.false_of || !w->score.week)
		abort();
}

void score_free(struct world *w)
{
	free(w->score.false_of);
	free(w->score.week);
	free(w->score.false_alarms.at);
	free(w->score.early_ends.at);
}

/* The point's last outage in this incident; NULL when there is none. */
static const struct outage *part(const struct world *w, uint32_t point, int64_t incident)
{
	const struct kept_point *p = &w->keeper.point[point];

	for (size_t n = 0; n < RECENT && n < p->outages.n; n++) {
		const struct outage *o = &p->outages.at[p->outages.n - 1 - n].o;

		if (o->incident == incident)
			return o;
	}
	return NULL;
}

static int64_t moment(wall_t t)
{
	return t.ms - YEAR_BEGINS;
}

/* The longest that any of its points has been ill. */
static int64_t ill(const struct world *w, int64_t incident)
{
	int64_t longest = 0;

	for (uint32_t i = 0; i < w->plan->points; i++) {
		const struct outage *o = part(w, i, incident);
		int64_t ms = o ? truth_ill(&w->truth, i, moment(o->from), w->now) : 0;

		if (ms > longest)
			longest = ms;
	}
	return longest;
}

static bool blind_lately(const struct world *w)
{
	const struct truth *t = &w->truth;

	return t->blind ||
	       (t->blinds.n > 0 && t->blinds.at[t->blinds.n - 1].until > w->now - LATELY_MS);
}

static void remember(struct false_alarm *f, const struct world *w, const struct incident *i,
		     enum alarm alarm)
{
	*f = (struct false_alarm){ w->now, alarm, i->point, i->points, i->cause };
}

static void began(struct world *w, const struct incident *i)
{
	struct score *s = &w->score;
	enum alarm alarm = ALARM_DOUBT;

	s->by_cause[i->cause]++;
	s->by_scope[i->scope]++;
	if (i->scope == SCOPE_GATEWAY) {
		s->by_doubt[i->doubt]++;
		if (blind_lately(w))
			return;
	} else {
		int64_t ms = ill(w, i->id);

		if (ms >= TRUTH_LEAST_MS)
			return;
		alarm = w->truth.blind ? ALARM_BLIND : ms > 0 ? ALARM_BLIP : ALARM_NOTHING;
		s->false_of[i->point][w->now * QUARTERS / (365 * DAY + 1)]++;
	}
	remember(LIST_ADD(s->false_alarms), w, i, alarm);
}

static void ended(struct world *w, const struct incident *i)
{
	const enum track track = i->cause == CAUSE_CAMERA ? TRACK_CAMERA : TRACK_WAY;

	for (uint32_t p = 0; p < w->plan->points; p++) {
		const struct ill *now = &w->truth.point[p].spells[track].now;

		if (now->kind == FAULTS || w->now - now->from < STILL_MS || !part(w, p, i->id))
			continue;
		remember(LIST_ADD(w->score.early_ends), w, i, ALARM_NOTHING);
		w->score.early_ends.at[w->score.early_ends.n - 1].point = p;
		return;
	}
}

void score_tell(struct world *w, const struct notice *n, uint32_t receiver)
{
	w->score.week[receiver][w->now / (7 * DAY)]++;
	if (receiver != 0)
		return;
	w->score.told[n->what]++;
	if (tell_opens(n->what))
		began(w, &n->incident);
	else if (n->what == TELL_RESOLVED && n->incident.scope != SCOPE_GATEWAY)
		ended(w, &n->incident);
}
