/* SPDX-License-Identifier: Apache-2.0 */
/* check: was it as the scenario expects? */
#include "tests/sim/check.h"

#include "tests/sim/clocks.h"
#include "tests/sim/office.h"
#include "tests/sim/promise.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One expectation being looked at. */
struct question {
	struct world *w;
	const struct expect *e;
	const struct look *look;
	struct notes *out;
};

static void failed(const struct question *q, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void failed(const struct question *q, const char *format, ...)
{
	char text[NOTES_LINE - 80];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	notes_add(q->out, "%s:%u: %s", q->w->s->file, q->e->line, text);
}

static const char *code(const struct question *q, size_t point)
{
	return q->w->s->point[point].code;
}

static int64_t scenario(wall_t t)
{
	return t.ms - WORLD_BEGINS;
}

static bool in_window(const struct expect *e, int64_t t)
{
	return (!e->from_given || t >= e->from) && (!e->until_given || t <= e->until);
}

static bool enough(const struct expect *e, int64_t n)
{
	switch (e->compare) {
	case ANY_NUMBER:
		return true;
	case AT_LEAST:
		return n >= e->n;
	case AT_MOST:
		return n <= e->n;
	case EXACTLY:
		return n == e->n;
	}
	return false;
}

static void count(const struct question *q, int64_t n, const char *what)
{
	if (q->e->no ? n != 0 : !enough(q->e, n))
		failed(q, "%" PRId64 " %s", n, what);
}

static bool near(int64_t a, int64_t b, int64_t within)
{
	return a - b <= within && b - a <= within;
}

/* ---- outages ---- */

static bool outage_fits(const struct expect *e, const struct outage *o)
{
	if (e->cause_given && o->cause != e->cause)
		return false;
	if (e->sure_given && o->sure != e->sure)
		return false;
	if (e->lasts_given &&
	    (o->until.ms == 0 || !near(o->until.ms - o->from.ms, e->lasts, e->within)))
		return false;
	if (e->no)
		return in_window(e, scenario(o->from));
	if (e->from_given && !near(scenario(o->from), e->from, e->within))
		return false;
	if (!e->until_given)
		return !e->from_given || e->lasts_given || o->until.ms == 0;
	return o->until.ms != 0 && near(scenario(o->until), e->until, e->within);
}

static void show_outages(const struct question *q, size_t point)
{
	const struct memory *m = &q->w->office.memory;

	for (size_t i = 0; i < m->outages.n; i++) {
		const struct outage *o = &m->outages.at[i];
		char from[MOMENT_TEXT], until[MOMENT_TEXT];

		if (o->point != point)
			continue;
		moment_draw(from, scenario(o->from));
		moment_draw(until, scenario(o->until));
		notes_add(q->out, "        %s was out: %s %s from %s to %s, incident %" PRId64,
			  code(q, point), sure_str(o->sure), cause_str(o->cause), from,
			  o->until.ms ? until : "now", o->incident);
	}
}

static void outage(const struct question *q, size_t point)
{
	const struct memory *m = &q->w->office.memory;
	int64_t n = 0;

	for (size_t i = 0; i < m->outages.n; i++)
		n += m->outages.at[i].point == point && outage_fits(q->e, &m->outages.at[i]);
	if ((n > 0) == q->e->no) {
		failed(q, "%s: %s", code(q, point), q->e->no ? "such an outage" : "no such outage");
		show_outages(q, point);
	}
}

static void outages(const struct question *q, size_t point)
{
	const struct memory *m = &q->w->office.memory;
	int64_t n = 0;

	for (size_t i = 0; i < m->outages.n; i++)
		n += m->outages.at[i].point == point &&
		     (!q->e->cause_given || m->outages.at[i].cause == q->e->cause);
	if (!enough(q->e, n)) {
		failed(q, "%s: %" PRId64 " outages", code(q, point), n);
		show_outages(q, point);
	}
}

/* ---- what was told ---- */

static bool told_fits(const struct world *w, const struct expect *e, const struct told *t)
{
	if (!in_window(e, scenario(t->at)))
		return false;
	if (t->receiver != (e->to_given ? e->to + 1 : 0))
		return false;
	if (e->nothing || e->kind == EXPECT_TELLS)
		return true;
	if ((unsigned)t->what != e->word)
		return false;
	if (e->doubt_given)
		return t->incident.scope == SCOPE_GATEWAY && t->incident.doubt == e->doubt;
	if (!e->who_given)
		return true;
	return t->incident.scope != SCOPE_GATEWAY &&
	       (!e->scope_given || t->incident.scope == e->scope) &&
	       t->incident.cause == e->cause && (!e->sure_given || t->incident.sure == e->sure) &&
	       (e->points < 0 || t->incident.points == e->points) &&
	       script_concerns(w->s, &e->who, t->incident.point);
}

static void show_told(const struct question *q)
{
	const struct memory *m = &q->w->office.memory;

	for (size_t i = 0; i < m->told.n; i++) {
		const struct told *t = &m->told.at[i];
		char at[MOMENT_TEXT];

		moment_draw(at, scenario(t->at));
		notes_add(q->out, "        told %s at %s: %s %s %s %s %s, %s, %u points, %u open",
			  q->w->roster.receivers[t->receiver].id, at, tell_str(t->what),
			  scope_str(t->incident.scope), doubt_str(t->incident.doubt),
			  sure_str(t->incident.sure), cause_str(t->incident.cause),
			  code(q, t->incident.point), t->incident.points, t->incident.open);
	}
}

static void told(const struct question *q)
{
	const struct memory *m = &q->w->office.memory;
	bool none = q->e->nothing || q->e->no;
	int64_t n = 0;

	for (size_t i = 0; i < m->told.n; i++)
		n += told_fits(q->w, q->e, &m->told.at[i]);
	if (none ? n == 0 : enough(q->e, n))
		return;
	failed(q, "%" PRId64 " such tellings", n);
	show_told(q);
}

/* ---- points at a moment ---- */

static void colour(const struct question *q, size_t point)
{
	const struct point_view *v = &q->look->view[point];

	if (!q->look->gateway)
		failed(q, "the gateway was not running then");
	else if (((unsigned)v->colour == q->e->word) == q->e->no)
		failed(q, "%s: was shown %s %s", code(q, point), colour_str(v->colour),
		       cause_str(v->cause));
}

static void lamp(const struct question *q, size_t point)
{
	if (!q->look->node[point])
		failed(q, "%s: its node was not running then", code(q, point));
	else if (((unsigned)q->look->lamp[point] == q->e->word) == q->e->no)
		failed(q, "%s: its light was %s", code(q, point), lamp_str(q->look->lamp[point]));
}

static void verdict(const struct question *q, size_t point)
{
	const struct verdict *v = &q->look->verdict[point];
	bool fits = v->cause == q->e->cause && (!q->e->sure_given || v->sure == q->e->sure);

	if (!q->look->node[point])
		failed(q, "%s: its node was not running then", code(q, point));
	else if (fits == q->e->no)
		failed(q, "%s: it thought %s %s", code(q, point), sure_str(v->sure),
		       cause_str(v->cause));
}

/* ---- figures ---- */

static void seconds(const struct question *q, size_t point)
{
	const struct expect *e = q->e;
	wall_t from = { WORLD_BEGINS + (e->from_given ? e->from : 0) };
	wall_t until = { WORLD_BEGINS + (e->until_given ? e->until : q->w->s->end) };
	int64_t of[COLOURS];
	bool good = true;

	memory_seconds(&q->w->office.memory, point, from, until, of);
	for (size_t i = 0; i < COLOURS; i++)
		good &= e->seconds[i] < 0 || near(of[i], e->seconds[i], e->within / 1000);
	if (!good)
		failed(q,
		       "%s: up %" PRId64 " down %" PRId64 " unknown %" PRId64 " planned %" PRId64,
		       code(q, point), of[COLOUR_UP], of[COLOUR_DOWN], of[COLOUR_UNKNOWN],
		       of[COLOUR_PLANNED]);
}

static void row(const struct question *q, size_t point)
{
	const struct memory *m = &q->w->office.memory;
	int64_t n = 0;

	for (size_t i = 0; i < m->rows.n; i++) {
		const struct row *r = &m->rows.at[i];

		n += (unsigned)r->kind == q->e->word && strcmp(r->point, code(q, point)) == 0 &&
		     in_window(q->e, scenario(r->stored));
	}
	count(q, n, row_kind_str((enum row_kind)q->e->word));
}

static void asked(const struct question *q, size_t point)
{
	const struct house *h = &q->w->house[point];
	int64_t n = 0;

	for (size_t i = 0; i < h->asked.n; i++)
		n += in_window(q->e, h->asked.at[i]);
	count(q, n, "questions");
}

static void held(const struct question *q, size_t point)
{
	const struct machine *m = &q->w->house[point].own;

	count(q, m->running ? (int64_t)spool_held(&m->spool) : 0, "records held");
}

static void ledger(const struct question *q)
{
	const struct world *w = q->w;
	uint64_t missing = 0;

	for (size_t i = 0; i < w->promises.n; i++) {
		const struct promise *p = &w->promises.at[i];
		size_t n = promise_kept(w, p);

		if (n > 1 || (n == 0 && !p->excused && missing++ == 0))
			failed(q,
			       "%s: %s %" PRIu64 " of boot %" PRIx64 " is in the ledger %zu times",
			       p->machine->house->p->code, p->sample ? "sample" : "news", p->seq,
			       p->boot, n);
	}
	if (missing > 1)
		failed(q, "%" PRIu64 " records of %zu are missing", missing, w->promises.n);
}

static void clocks(const struct question *q)
{
	struct notes differ = { 0 };

	clocks_compare(q->w, q->e->within, &differ);
	if (differ.n > 0)
		failed(q, "the clocks did harm:");
	for (size_t i = 0; i < differ.n; i++)
		notes_add(q->out, "        %s", differ.line[i]);
	notes_free(&differ);
}

/* ---- all ---- */

static void about_point(const struct question *q, size_t point)
{
	switch (q->e->kind) {
	case EXPECT_OUTAGE:
		outage(q, point);
		return;
	case EXPECT_OUTAGES:
		outages(q, point);
		return;
	case EXPECT_COLOUR:
		colour(q, point);
		return;
	case EXPECT_SECONDS:
		seconds(q, point);
		return;
	case EXPECT_LAMP:
		lamp(q, point);
		return;
	case EXPECT_VERDICT:
		verdict(q, point);
		return;
	case EXPECT_ROW:
		row(q, point);
		return;
	case EXPECT_ASKED:
		asked(q, point);
		return;
	case EXPECT_SAMPLES:
		count(q, (int64_t)q->w->office.memory.point[point].drawn.n, "samples");
		return;
	case EXPECT_HELD:
		held(q, point);
		return;
	case EXPECT_TOLD:
	case EXPECT_TELLS:
	case EXPECT_LEDGER:
	case EXPECT_REFUSED:
	case EXPECT_INCIDENTS:
	case EXPECT_CLOCKS:
		return;
	}
}

/* Not our own, and none that became part of another. */
static int64_t incidents(const struct memory *m)
{
	int64_t n = 0;

	for (size_t i = 0; i < m->incidents.n; i++)
		n += m->incidents.at[i].scope != SCOPE_GATEWAY && m->incidents.at[i].points > 0;
	return n;
}

void check_expectations(struct world *w, struct notes *out)
{
	for (size_t i = 0; i < w->s->n_expects; i++) {
		const struct expect *e = &w->s->expect[i];
		const struct question q = { w, e, w->look[i], out };

		if (e->kind == EXPECT_TOLD || e->kind == EXPECT_TELLS)
			told(&q);
		else if (e->kind == EXPECT_LEDGER)
			ledger(&q);
		else if (e->kind == EXPECT_REFUSED)
			count(&q, (int64_t)office_refused(w, e->word), refusal_str(e->word));
		else if (e->kind == EXPECT_INCIDENTS)
			count(&q, incidents(&w->office.memory), "incidents");
		else if (e->kind == EXPECT_CLOCKS)
			clocks(&q);
		else
			for (size_t k = 0; k < w->s->n_points; k++)
				if (script_concerns(w->s, &e->who, k))
					about_point(&q, k);
	}
}
