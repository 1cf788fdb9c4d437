/* SPDX-License-Identifier: Apache-2.0 */
/* order: what must hold after every scenario, whatever it expects. */
#include "tests/sim/check.h"

#include "tests/sim/promise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures ---- */

static void sums(const struct world *w, size_t point, struct notes *out)
{
	int64_t of[COLOURS], sum = 0;
	wall_t from = { WORLD_BEGINS + 1 }, until = { WORLD_BEGINS + w->s->end };

	memory_seconds(&w->office.memory, point, from, until, of);
	for (size_t i = 0; i < COLOURS; i++)
		sum += of[i];
	if (sum != until.ms / 1000 - from.ms / 1000)
		notes_add(out, "%s: its seconds sum to %" PRId64, w->s->point[point].code, sum);
}

static bool covers(const struct outage *o, size_t point, int64_t ms)
{
	return o->point == point && o->from.ms <= ms && (o->until.ms == 0 || o->until.ms > ms);
}

/* Did we lose sight in this outage? Then parts of it keep the cause that they were first given. */
static bool blinded(const struct memory *m, const struct outage *o)
{
	for (size_t i = 0; i < m->rows.n; i++)
		if (m->rows.at[i].kind == ROW_BLIND && m->rows.at[i].at.ms >= o->from.ms &&
		    (o->until.ms == 0 || m->rows.at[i].at.ms <= o->until.ms))
			return true;
	return false;
}

/* Whatever is painted down is an outage of that cause. */
static void down_is_an_outage(const struct world *w, size_t point, struct notes *out)
{
	const struct memory *m = &w->office.memory;
	const struct kept_point *p = &m->point[point];
	char at[MOMENT_TEXT];

	for (size_t i = 0; i < p->line.n; i++) {
		const struct stretch *s = &p->line.at[i];
		bool found = s->colour != COLOUR_DOWN;

		for (size_t k = 0; !found && k < m->outages.n; k++)
			found = covers(&m->outages.at[k], point, s->from.ms) &&
				(m->outages.at[k].cause == s->cause ||
				 blinded(m, &m->outages.at[k]));
		moment_draw(at, s->from.ms - WORLD_BEGINS);
		if (!found)
			notes_add(out, "%s: down by %s from %s, but no such outage",
				  w->s->point[point].code, cause_str(s->cause), at);
	}
}

/* Was the gateway's own clock set back over its end? Then that time was lived through twice. */
static bool twice(const struct memory *m, const struct outage *o)
{
	bool before = false, after = false;

	for (size_t i = m->rows.n; i-- > 0 && !(before && after);) {
		after |= m->rows.at[i].stored.ms < o->until.ms;
		before = after && m->rows.at[i].stored.ms >= o->until.ms;
	}
	return before;
}

/* An outage's time is painted down, or nobody could judge it. */
static void outage_is_down(const struct world *w, const struct outage *o, struct notes *out)
{
	const struct kept_point *p = &w->office.memory.point[o->point];
	int64_t end = o->until.ms ? o->until.ms : WORLD_BEGINS + w->s->end;
	char at[MOMENT_TEXT];

	for (size_t i = 0; i < p->line.n && !twice(&w->office.memory, o); i++) {
		int64_t a = p->line.at[i].from.ms,
			b = i + 1 < p->line.n ? p->line.at[i + 1].from.ms : INT64_MAX;

		a = a > o->from.ms ? a : o->from.ms;
		b = b < end ? b : end;
		moment_draw(at, a - WORLD_BEGINS);
		if (b - a > 1 && p->line.at[i].colour == COLOUR_UP)
			notes_add(out,
				  "%s: up from %s for %" PRId64
				  " ms, in the middle of outage %" PRId64,
				  w->s->point[o->point].code, at, b - a, o->id);
	}
}

/* ---- outages and incidents ---- */

static void one_open(const struct world *w, size_t point, struct notes *out)
{
	const struct memory *m = &w->office.memory;
	size_t open = 0;

	for (size_t i = 0; i < m->outages.n; i++)
		open += m->outages.at[i].point == point && m->outages.at[i].until.ms == 0;
	if (open > 1)
		notes_add(out, "%s: %zu outages open at once", w->s->point[point].code, open);
}

static void incident_counts(const struct world *w, const struct incident *n, struct notes *out)
{
	const struct memory *m = &w->office.memory;
	bool fired = false, resolved = false;
	uint16_t open = 0;

	for (size_t i = 0; i < m->outages.n; i++)
		open = (uint16_t)(open + (m->outages.at[i].incident == n->id &&
					  m->outages.at[i].until.ms == 0));
	if (open != n->open)
		notes_add(out, "incident %" PRId64 ": %u outages open, %u said", n->id, open,
			  n->open);
	for (size_t i = 0; i < m->told.n; i++) {
		fired |= m->told.at[i].incident.id == n->id && tell_opens(m->told.at[i].what);
		resolved |=
			m->told.at[i].incident.id == n->id && m->told.at[i].what == TELL_RESOLVED;
	}
	if (n->state == INCIDENT_CLOSED && fired != resolved)
		notes_add(out, "incident %" PRId64 ": closed, %s", n->id,
			  fired ? "told firing and never resolved"
				: "told resolved and never firing");
	if (n->told != fired)
		notes_add(out, "incident %" PRId64 ": %s", n->id,
			  fired ? "told, and does not know it" : "not told, but thinks so");
}

/* ---- records ---- */

static uint64_t given_up(const struct machine *m, bool sample)
{
	if (sample)
		return m->thinned + (m->running ? m->spool.count.thinned : 0);
	return m->dropped + (m->running ? m->spool.count.dropped : 0);
}

/* What was let go of must be in the ledger; what is not there must still be held. */
static void nothing_lost(const struct world *w, const struct machine *m, struct notes *out)
{
	uint64_t missing[2] = { 0 };

	for (size_t i = 0; i < w->promises.n; i++) {
		const struct promise *p = &w->promises.at[i];

		if (p->machine == m && !p->excused && promise_kept(w, p) == 0 && !promise_held(p) &&
		    missing[p->sample]++ == 0 && given_up(m, p->sample) == 0)
			notes_add(out,
				  "%s: %s %" PRIu64 " of boot %" PRIx64
				  " was let go of and is not in the ledger",
				  m->house->p->code, p->sample ? "sample" : "news", p->seq,
				  p->boot);
	}
	for (unsigned sample = 0; sample < 2; sample++)
		if (missing[sample] > given_up(m, sample))
			notes_add(out, "%s: %" PRIu64 " %s lost, %" PRIu64 " given up",
				  m->house->p->code, missing[sample], sample ? "samples" : "news",
				  given_up(m, sample));
}

static void samples_once(const struct world *w, size_t point, struct notes *out)
{
	uint64_t drawn = w->office.memory.point[point].drawn.n, least = 0,
		 most = w->house[point].own.loose;

	for (size_t i = 0; i < w->promises.n; i++) {
		const struct promise *p = &w->promises.at[i];

		if (p->machine->house->index != point || !p->sample || promise_kept(w, p) == 0)
			continue;
		most++;
		least += !p->excused;
	}
	/* Numbers of thinned records are stored "up to" without ever having come. */
	if (drawn > most || (drawn < least && given_up(&w->house[point].own, true) == 0))
		notes_add(out, "%s: %" PRIu64 " samples drawn of %" PRIu64 " kept",
			  w->s->point[point].code, drawn, most);
}

/* A graph takes no minute that lies before one it has. Two machines under one code know nothing of
 * each other. */
static void samples_in_order(const struct world *w, size_t point, struct notes *out)
{
	const struct kept_point *p = &w->office.memory.point[point];

	for (size_t i = 1; i < p->drawn.n && w->house[point].copy.boot == 0; i++)
		if (p->drawn.at[i].ms < p->drawn.at[i - 1].ms) {
			char at[MOMENT_TEXT], before[MOMENT_TEXT];

			moment_draw(at, p->drawn.at[i].ms - WORLD_BEGINS);
			moment_draw(before, p->drawn.at[i - 1].ms - WORLD_BEGINS);
			notes_add(out, "%s: the missed minute of %s came after that of %s",
				  w->s->point[point].code, at, before);
			return;
		}
}

/* ---- the ledger is the truth ---- */

/* Everything derived can be derived again. */
static void replay(const struct world *w, struct notes *out)
{
	struct commune *c = commune_new(&w->roster, &w->s->commune);
	struct notes faults = { 0 };
	struct memory again;

	if (!c)
		abort();
	memory_init(&again, w->s->n_points, &faults);
	for (size_t i = 0; i < w->office.memory.rows.n; i++) {
		commune_replay(c, &w->office.memory.rows.at[i]);
		memory_commit(&again, commune_acts(c), w->office.memory.rows.at[i].stored);
		commune_acts_clear(c);
	}
	for (size_t i = 0; i < faults.n; i++)
		notes_add(out, "replay: %s", faults.line[i]);
	memory_compare(&w->office.memory, &again, (wall_t){ WORLD_BEGINS }, w->office.lives > 1,
		       out);
	memory_free(&again);
	notes_free(&faults);
	commune_free(c);
}

void check_order(struct world *w, struct notes *out)
{
	for (size_t i = 0; i < w->faults.n; i++)
		notes_add(out, "%s", w->faults.line[i]);
	for (size_t i = 0; i < w->s->n_points; i++) {
		sums(w, i, out);
		down_is_an_outage(w, i, out);
		one_open(w, i, out);
		nothing_lost(w, &w->house[i].own, out);
		samples_once(w, i, out);
		samples_in_order(w, i, out);
	}
	for (size_t i = 0; i < w->office.memory.outages.n; i++)
		outage_is_down(w, &w->office.memory.outages.at[i], out);
	for (size_t i = 0; i < w->office.memory.incidents.n; i++)
		incident_counts(w, &w->office.memory.incidents.at[i], out);
	replay(w, out);
}
