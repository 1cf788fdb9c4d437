/* SPDX-License-Identifier: Apache-2.0 */
/* keeper: what the gateway keeps, as its store would, fast enough for a year of many points. */
#include "tests/year/keeper.h"

#include "gateway/roster.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { INCIDENTS_FIRST = 1024, LATELY_MS = 12 * HOUR };

void keeper_init(struct keeper *k, size_t points, wall_t begins)
{
	*k = (struct keeper){ .n_points = points,
			      .size_incidents = INCIDENTS_FIRST,
			      .begins = begins };
	k->point = calloc(points, sizeof *k->point);
	k->incident = calloc(INCIDENTS_FIRST, sizeof *k->incident);
	if (!k->point || !k->incident)
		abort();
	for (size_t i = 0; i < points; i++)
		*LIST_ADD(k->point[i].line) = (struct stretch){ .from = begins };
}

void keeper_free(struct keeper *k)
{
	for (size_t i = 0; i < k->n_points; i++) {
		free(k->point[i].line.at);
		free(k->point[i].outages.at);
	}
	free(k->point);
	free(k->incident);
	free(k->alerts.at);
}

static void fault(struct keeper *k, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fault(struct keeper *k, const char *format, ...)
{
	va_list args;

	if (k->faults++ > 0)
		return;
	va_start(args, format);
	vsnprintf(k->fault, sizeof k->fault, format, args);
	va_end(args);
}

static void past(struct keeper *k, wall_t t, wall_t now, const char *what)
{
	if (t.ms > now.ms)
		fault(k, "%s lies %" PRId64 " ms in the future", what, t.ms - now.ms);
}

/* ---- colours of time ---- */

/* A boundary at this moment; the colour on both sides stays. Returns the index of what begins
 * there. Nearly all that is painted lies at the end. */
static size_t split(struct kept_point *p, wall_t at)
{
	size_t i = p->line.n;

	while (i > 1 && p->line.at[i - 1].from.ms > at.ms)
		i--;
	if (p->line.at[i - 1].from.ms >= at.ms)
		return i - 1;
	(void)LIST_ADD(p->line);
	memmove(&p->line.at[i + 1], &p->line.at[i], (p->line.n - i - 1) * sizeof p->line.at[0]);
	p->line.at[i] = p->line.at[i - 1];
	p->line.at[i].from = at;
	return i;
}

static void paint(struct keeper *k, const struct span *s, wall_t now)
{
	struct kept_point *p = &k->point[s->point];
	size_t from, until;

	past(k, s->from, now, "the beginning of a span");
	past(k, s->until, now, "the end of a span");
	if (s->until.ms != 0 && s->until.ms <= s->from.ms) {
		fault(k, "point %u: a span that ends before it begins", s->point);
		return;
	}
	from = split(p, s->from);
	until = s->until.ms ? split(p, s->until) : p->line.n;
	memmove(&p->line.at[from + 1], &p->line.at[until],
		(p->line.n - until) * sizeof p->line.at[0]);
	p->line.n -= until - from - 1;
	p->line.at[from].colour = s->colour;
	p->line.at[from].cause = s->cause;
}

static enum hue hue_of(const struct stretch *s)
{
	switch (s->colour) {
	case COLOUR_UP:
		return HUE_UP;
	case COLOUR_DOWN:
		return cause_theirs(s->cause) ? HUE_THEIRS : HUE_OURS;
	case COLOUR_PLANNED:
		return HUE_PLANNED;
	case COLOUR_UNKNOWN:
	case COLOURS:
		break;
	}
	return HUE_UNKNOWN;
}

bool keeper_seconds(const struct keeper *k, uint32_t point, wall_t until, int64_t of[static HUES])
{
	const struct kept_point *p = &k->point[point];
	bool whole = p->line.at[0].from.ms == k->begins.ms;
	int64_t here[HUES] = { 0 }, sum = 0;

	for (size_t i = 0; i < p->line.n; i++) {
		wall_t a = p->line.at[i].from,
		       b = i + 1 < p->line.n ? p->line.at[i + 1].from : until;

		whole &= b.ms >= a.ms;
		here[hue_of(&p->line.at[i])] += b.ms / 1000 - a.ms / 1000;
	}
	for (unsigned h = 0; h < HUES; h++) {
		sum += here[h];
		of[h] += here[h];
	}
	return whole && sum == until.ms / 1000 - k->begins.ms / 1000;
}

/* ---- incidents ---- */

static struct kept_incident *place(struct kept_incident *at, size_t size, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) & (size - 1);

	while (at[i].i.id != 0 && at[i].i.id != id)
		i = (i + 1) & (size - 1);
	return &at[i];
}

static void grow(struct keeper *k)
{
	size_t size = 2 * k->size_incidents;
	struct kept_incident *at = calloc(size, sizeof *at);

	if (!at)
		abort();
	for (size_t i = 0; i < k->size_incidents; i++)
		if (k->incident[i].i.id != 0)
			*place(at, size, k->incident[i].i.id) = k->incident[i];
	free(k->incident);
	k->incident = at;
	k->size_incidents = size;
}

static struct kept_incident *incident(struct keeper *k, const struct incident *i)
{
	struct kept_incident *p;

	if (2 * k->n_incidents >= k->size_incidents)
		grow(k);
	p = place(k->incident, k->size_incidents, i->id);
	k->n_incidents += p->i.id == 0;
	p->i = *i;
	return p;
}

const struct kept_incident *keeper_incident(const struct keeper *k, int64_t id)
{
	const struct kept_incident *p = place(k->incident, k->size_incidents, id);

	return id != 0 && p->i.id == id ? p : NULL;
}

/* One receiver stands for all: who else is told is not judged here. */
static void tell(struct keeper *k, const struct act *a, wall_t now)
{
	const struct notice *n = a->u.tell.notice;
	struct kept_incident *i;

	k->tells++;
	if (a->u.tell.receiver != 0 || n->incident.id == 0)
		return;
	i = incident(k, &n->incident);
	if (tell_opens(n->what)) {
		if (i->openings++ == 0) {
			i->opened = now;
			i->opened_by = n->what;
		}
	} else if (n->what == TELL_RESOLVED) {
		i->closings++;
		i->closed = now;
		if (i->openings == 0)
			fault(k, "incident %" PRId64 " told resolved, never begun", i->i.id);
	}
}

/* ---- keeping ---- */

static void keep_outage(struct keeper *k, const struct outage *o, wall_t now)
{
	struct kept_point *p = &k->point[o->point];
	struct kept_outage *kept = NULL;
	size_t i = p->outages.n;

	past(k, o->from, now, "the beginning of an outage");
	past(k, o->until, now, "the end of an outage");
	if (o->until.ms != 0 && o->until.ms < o->from.ms)
		fault(k, "outage %" PRId64 " ends before it begins", o->id);
	while (i > 0 && p->outages.at[i - 1].o.id != o->id)
		i--;
	if (i > 0) {
		kept = &p->outages.at[i - 1];
	} else {
		kept = LIST_ADD(p->outages);
		*kept = (struct kept_outage){ .known = now };
	}
	kept->o = *o;
	for (i = 0; i < kept->n_incidents && kept->incident[i] != o->incident;)
		i++;
	if (o->incident != 0 && i == kept->n_incidents && i < KEPT_INCIDENTS)
		kept->incident[kept->n_incidents++] = o->incident;
}

static void keep_boot(struct kept_point *p, const struct boot_memory *b)
{
	size_t i = 0;

	while (i < p->n_boots && p->boot[i].boot != b->boot)
		i++;
	if (i == p->n_boots && p->n_boots < KEPT_BOOTS)
		p->n_boots++;
	if (i == KEPT_BOOTS)
		i--;
	memmove(&p->boot[1], &p->boot[0], i * sizeof p->boot[0]);
	p->boot[0] = *b;
}

static void keep_row(struct keeper *k, const struct row *r, wall_t now)
{
	if (r->id <= k->last_row)
		fault(k, "row %" PRId64 " after row %" PRId64, r->id, k->last_row);
	past(k, r->at, r->stored, "a row");
	past(k, r->stored, now, "what a row says of its storing");
	k->last_row = r->id;
	k->last_stored = r->stored;
	k->rows++;
}

static void keep_alert(struct keeper *k, const struct alert *a)
{
	size_t i = 0;

	while (i < k->alerts.n && k->alerts.at[i].incident != a->incident)
		i++;
	if (i == k->alerts.n)
		(void)LIST_ADD(k->alerts);
	k->alerts.at[i] = *a;
	if (a->closed)
		k->alerts.at[i] = k->alerts.at[--k->alerts.n];
}

static void commit(struct keeper *k, const struct act *a, wall_t now)
{
	switch (a->kind) {
	case ACT_ROW:
		keep_row(k, &a->u.row, now);
		return;
	case ACT_POINT:
		k->point[a->point].known = true;
		k->point[a->point].memory = a->u.memory;
		return;
	case ACT_BOOT:
		keep_boot(&k->point[a->u.boot.point], &a->u.boot);
		return;
	case ACT_PAINT:
		paint(k, &a->u.paint, now);
		return;
	case ACT_OUTAGE:
		keep_outage(k, &a->u.outage, now);
		return;
	case ACT_INCIDENT:
		incident(k, &a->u.incident);
		return;
	case ACT_TELL:
		tell(k, a, now);
		return;
	case ACT_ALERT:
		keep_alert(k, &a->u.alert);
		return;
	case ACT_CORRECT:
	case ACT_SAMPLES:
	case ACT_DRAW:
	case ACT_FILL:
	case ACT_ABOUT:
	case ACT_SEND:
		return;
	}
}

void keeper_commit(struct keeper *k, const struct acts *acts, wall_t now)
{
	for (size_t i = 0; i < acts->n; i++)
		commit(k, &acts->act[i], now);
}

/* ---- finding again ---- */

static int by_beginning(const void *a, const void *b)
{
	const struct outage *p = a, *q = b;

	if (p->from.ms != q->from.ms)
		return p->from.ms < q->from.ms ? -1 : 1;
	return p->id < q->id ? -1 : p->id > q->id;
}

static int by_id(const void *a, const void *b)
{
	const struct incident *p = a, *q = b;

	return p->id < q->id ? -1 : p->id > q->id;
}

static void restore_incidents(const struct keeper *k, struct commune *c, mono_t now)
{
	LIST(struct incident) found = { 0 };

	for (size_t i = 0; i < k->size_incidents; i++)
		if (k->incident[i].i.id != 0 && k->incident[i].i.state != INCIDENT_CLOSED)
			*LIST_ADD(found) = k->incident[i].i;
	if (found.n > 0)
		qsort(found.at, found.n, sizeof found.at[0], by_id);
	for (size_t i = 0; i < found.n; i++)
		commune_restore_incident(c, &found.at[i], now);
	free(found.at);
}

/* The open ones, and those whose incident is not closed. */
static void restore_outages(const struct keeper *k, struct commune *c)
{
	LIST(struct outage) found = { 0 };

	for (size_t i = 0; i < k->n_points; i++)
		for (size_t n = 0; n < k->point[i].outages.n; n++) {
			const struct outage *o = &k->point[i].outages.at[n].o;
			const struct kept_incident *of = keeper_incident(k, o->incident);

			if (o->until.ms == 0 || (of && of->i.state != INCIDENT_CLOSED))
				*LIST_ADD(found) = *o;
		}
	if (found.n > 0)
		qsort(found.at, found.n, sizeof found.at[0], by_beginning);
	for (size_t i = 0; i < found.n; i++)
		commune_restore_outage(c, &found.at[i]);
	free(found.at);
}

/* How restless each point was lately. */
static void restore_past(const struct keeper *k, struct commune *c, wall_t since)
{
	LIST(struct outage) found = { 0 };

	for (size_t i = 0; i < k->n_points; i++)
		for (size_t n = 0; n < k->point[i].outages.n; n++) {
			const struct outage *o = &k->point[i].outages.at[n].o;

			if (o->from.ms >= since.ms && o->incident != 0)
				*LIST_ADD(found) = *o;
		}
	if (found.n > 0)
		qsort(found.at, found.n, sizeof found.at[0], by_beginning);
	for (size_t i = 0; i < found.n; i++)
		commune_restore_past(c, &found.at[i],
				     keeper_incident(k, found.at[i].incident)->i.told);
	free(found.at);
}

struct companion {
	wall_t from;
	int64_t incident;
	uint32_t point;
};

static int by_incident(const void *a, const void *b)
{
	const struct companion *p = a, *q = b;

	if (p->from.ms != q->from.ms)
		return p->from.ms < q->from.ms ? -1 : 1;
	if (p->incident != q->incident)
		return p->incident < q->incident ? -1 : 1;
	return p->point < q->point ? -1 : p->point > q->point;
}

/* Who went dark together, incident by incident, oldest first. */
static void restore_together(const struct keeper *k, struct commune *c)
{
	LIST(struct companion) found = { 0 };
	uint32_t point[LEARN_CROWD];
	size_t n = 0;

	for (uint32_t i = 0; i < k->n_points; i++)
		for (size_t m = 0; m < k->point[i].outages.n; m++) {
			const struct outage *o = &k->point[i].outages.at[m].o;
			const struct kept_incident *of = keeper_incident(k, o->incident);

			if (of && of->i.points >= 2 && of->i.points <= LEARN_CROWD &&
			    of->i.cause != CAUSE_CAMERA && of->i.cause != CAUSE_DEVICE)
				*LIST_ADD(found) = (struct companion){ of->i.from, of->i.id, i };
		}
	if (found.n > 0)
		qsort(found.at, found.n, sizeof found.at[0], by_incident);
	for (size_t i = 0; i < found.n; i++) {
		const struct companion *a = &found.at[i];

		if (i > 0 && a->incident != a[-1].incident) {
			commune_restore_together(c, point, n);
			n = 0;
		}
		if (n < LEARN_CROWD && (n == 0 || point[n - 1] != a->point))
			point[n++] = a->point;
	}
	commune_restore_together(c, point, n);
	free(found.at);
}

/* As gateway/store_keep.c does it. */
void keeper_restore(const struct keeper *k, struct commune *c, wall_t alive, mono_t now)
{
	for (size_t i = 0; i < k->n_points; i++) {
		if (k->point[i].known)
			commune_restore_point(c, &k->point[i].memory);
		for (size_t n = k->point[i].n_boots; n-- > 0;)
			commune_restore_boot(c, &k->point[i].boot[n]);
	}
	commune_restore_rows(c, k->last_row);
	restore_past(k, c, (wall_t){ alive.ms - LATELY_MS });
	restore_incidents(k, c, now);
	restore_outages(k, c);
	for (size_t i = 0; i < k->alerts.n; i++)
		commune_restore_alert(c, &k->alerts.at[i]);
	restore_together(k, c);
}

bool keeper_boot_known(const struct keeper *k, uint32_t point, uint64_t boot)
{
	for (size_t i = 0; i < k->point[point].n_boots; i++)
		if (k->point[point].boot[i].boot == boot)
			return true;
	return false;
}
