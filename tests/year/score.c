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
	free(w->score.charges.at);
	free(w->score.early_ends.at);
}

const struct outage *score_part(const struct world *w, uint32_t point, int64_t incident)
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

/* The longest that any of its points has been ill, and which is so now. */
static int64_t ill(const struct world *w, int64_t incident, uint32_t *early, int64_t *early_from)
{
	int64_t longest = 0;

	*early_from = -1;
	for (uint32_t i = 0; i < w->plan->points; i++) {
		const struct ill *now = &w->truth.point[i].spells[TRACK_WAY].now;
		const struct outage *o = score_part(w, i, incident);
		int64_t ms = o ? truth_ill(&w->truth, i, moment(o->from), w->now) : 0;

		if (ms > longest)
			longest = ms;
		if (o && now->kind != FAULTS) {
			*early = i;
			*early_from = now->from;
		}
	}
	return longest;
}

static bool blind_lately(const struct world *w)
{
	const struct truth *t = &w->truth;

	return t->blind || t->doubted > 0 ||
	       (t->blinds.n > 0 && t->blinds.at[t->blinds.n - 1].until > w->now - LATELY_MS) ||
	       (t->doubts.n > 0 && t->doubts.at[t->doubts.n - 1].until > w->now - LATELY_MS);
}

static struct false_alarm *remember(struct false_alarm *f, const struct world *w,
				    const struct incident *i, enum alarm alarm)
{
	*f = (struct false_alarm){ .at = w->now,
				   .alarm = alarm,
				   .point = i->point,
				   .points = i->points,
				   .cause = i->cause,
				   .early_from = -1 };
	return f;
}

static void began(struct world *w, const struct incident *i)
{
	struct score *s = &w->score;
	struct false_alarm *f;
	uint32_t early = 0;
	int64_t from, ms;

	s->by_cause[i->cause]++;
	s->by_scope[i->scope]++;
	if (i->scope == SCOPE_GATEWAY) {
		s->by_doubt[i->doubt]++;
		if (!blind_lately(w))
			remember(LIST_ADD(s->false_alarms), w, i, ALARM_DOUBT);
		return;
	}
	ms = ill(w, i->id, &early, &from);
	if (ms >= TRUTH_LEAST_MS)
		return;
	f = remember(LIST_ADD(s->false_alarms), w, i,
		     w->truth.blind ? ALARM_BLIND
		     : ms > 0       ? ALARM_BLIP
				    : ALARM_NOTHING);
	f->early = early;
	f->early_from = from;
	for (uint32_t p = 0; p < w->plan->points; p++)
		if (score_part(w, p, i->id))
			*LIST_ADD(s->charges) = (struct charge){ s->false_alarms.n - 1, p };
}

static bool came_true(const struct world *w, const struct false_alarm *f)
{
	const struct spells *s = &w->truth.point[f->early].spells[TRACK_WAY];

	for (size_t i = 0; i < s->past.n; i++)
		if (s->past.at[i].from == f->early_from)
			return true;
	return false;
}

void score_settle(struct world *w)
{
	struct score *s = &w->score;

	for (size_t i = 0; i < s->false_alarms.n; i++) {
		struct false_alarm *f = &s->false_alarms.at[i];

		f->true_after_all = f->early_from >= 0 && came_true(w, f);
	}
	for (size_t i = 0; i < s->charges.n; i++) {
		const struct charge *c = &s->charges.at[i];
		const struct false_alarm *f = &s->false_alarms.at[c->alarm];

		if (!f->true_after_all)
			s->false_of[c->point][f->at * QUARTERS / (366 * DAY)]++;
	}
}

static void ended(struct world *w, const struct incident *i)
{
	const enum track track = i->cause == CAUSE_CAMERA ? TRACK_CAMERA : TRACK_WAY;

	for (uint32_t p = 0; p < w->plan->points; p++) {
		const struct ill *now = &w->truth.point[p].spells[track].now;
		const struct kept_point *k = &w->keeper.point[p];

		/* A new outage since then is another story, told as such. */
		if (now->kind == FAULTS || w->now - now->from < STILL_MS || k->outages.n == 0 ||
		    k->outages.at[k->outages.n - 1].o.incident != i->id)
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
