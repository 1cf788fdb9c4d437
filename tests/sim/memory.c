/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what the gateway keeps, as its store would, but in memory and open to inspection. */
#include "tests/sim/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void *room(void *at, size_t n, size_t *size, size_t each)
{
	size_t more = *size ? 2 * *size : 16;
	void *grown;

	if (n < *size)
		return at;
	grown = realloc(at, more * each);
	if (!grown)
		abort();
	*size = more;
	return grown;
}

/* A place at the end of a LIST, to be filled at once. */
#define LIST_ADD(list)                                                           \
	((list).at = room((list).at, (list).n, &(list).room, sizeof *(list).at), \
	 &(list).at[(list).n++])

void memory_init(struct memory *m, size_t points, struct notes *faults)
{
	*m = (struct memory){ .n_points = points, .faults = faults };
	m->point = calloc(points + 1, sizeof *m->point);
	if (!m->point)
		abort();
	for (size_t i = 0; i < points; i++)
		*LIST_ADD(m->point[i].line) = (struct stretch){ .from = { 0 } };
}

void memory_free(struct memory *m)
{
	for (size_t i = 0; i < m->n_points; i++) {
		free(m->point[i].line.at);
		free(m->point[i].drawn.at);
	}
	free(m->point);
	free(m->rows.at);
	free(m->boots.at);
	free(m->outages.at);
	free(m->incidents.at);
	free(m->told.at);
	free(m->alerts.at);
}

/* Nothing that is kept lies in the future of the gateway's own clock at that moment. */
static void past(struct memory *m, wall_t t, wall_t now, const char *what)
{
	if (t.ms > now.ms)
		notes_add(m->faults, "%s: %" PRId64 " ms in the future", what, t.ms - now.ms);
}

/* ---- colours of time ---- */

static size_t stretch_at(const struct kept_point *p, wall_t at)
{
	size_t i = p->line.n;

	while (i > 1 && p->line.at[i - 1].from.ms > at.ms)
		i--;
	return i - 1;
}

const struct stretch *memory_colour(const struct memory *m, size_t point, wall_t at)
{
	const struct kept_point *p = &m->point[point];

	return &p->line.at[stretch_at(p, at)];
}

/* A boundary at this moment; the colour on both sides stays. Returns the index of what begins
 * there. */
static size_t split(struct kept_point *p, wall_t at)
{
	size_t i = stretch_at(p, at);
	struct stretch s = p->line.at[i];

	if (s.from.ms == at.ms)
		return i;
	s.from = at;
	(void)LIST_ADD(p->line);
	memmove(&p->line.at[i + 2], &p->line.at[i + 1], (p->line.n - i - 2) * sizeof p->line.at[0]);
	p->line.at[i + 1] = s;
	return i + 1;
}

static void paint(struct memory *m, const struct span *s, wall_t now)
{
	struct kept_point *p = &m->point[s->point];
	size_t from, until;

	past(m, s->from, now, "the beginning of a span");
	past(m, s->until, now, "the end of a span");
	if (s->until.ms != 0 && s->until.ms <= s->from.ms) {
		notes_add(m->faults, "point %u: painted a span that ends before it begins",
			  s->point);
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

static int64_t second(wall_t t)
{
	return t.ms / 1000;
}

void memory_seconds(const struct memory *m, size_t point, wall_t from, wall_t until,
		    int64_t of[static COLOURS])
{
	const struct kept_point *p = &m->point[point];

	memset(of, 0, COLOURS * sizeof of[0]);
	for (size_t i = 0; i < p->line.n; i++) {
		wall_t a = p->line.at[i].from,
		       b = i + 1 < p->line.n ? p->line.at[i + 1].from : until;

		if (a.ms < from.ms)
			a = from;
		if (b.ms > until.ms)
			b = until;
		if (b.ms > a.ms)
			of[p->line.at[i].colour] += second(b) - second(a);
	}
}

/* ---- keeping ---- */

size_t memory_rows(const struct memory *m, const char *point, enum row_kind kind, uint64_t boot,
		   uint64_t seq)
{
	size_t n = 0;

	for (size_t i = m->rows.n; i-- > 0;) {
		const struct row *r = &m->rows.at[i];

		n += r->seq == seq && r->boot == boot && r->kind == kind &&
		     strcmp(r->point, point) == 0;
	}
	return n;
}

bool memory_boot_known(const struct memory *m, const char *point, uint64_t boot)
{
	for (size_t i = 0; i < m->rows.n; i++)
		if (m->rows.at[i].boot == boot && strcmp(m->rows.at[i].point, point) == 0)
			return true;
	return false;
}

static void keep_row(struct memory *m, const struct row *r, wall_t now)
{
	bool of_node = r->kind == ROW_BIRTH || r->kind == ROW_NEWS || r->kind == ROW_GASP;

	if (r->id <= m->last_row)
		notes_add(m->faults, "row %" PRId64 " after row %" PRId64, r->id, m->last_row);
	m->last_row = r->id;
	if (r->at.ms > r->stored.ms || r->stored.ms > now.ms)
		notes_add(m->faults, "row %" PRId64 " (%s of %s) lies in the future", r->id,
			  row_kind_str(r->kind), r->point);
	if (of_node && memory_rows(m, r->point, r->kind, r->boot, r->seq) > 0) {
		m->repeated++;
		if (r->kind == ROW_NEWS)
			notes_add(m->faults, "news %" PRIu64 " of %s came to the ledger twice",
				  r->seq, r->point);
		return;
	}
	*LIST_ADD(m->rows) = *r;
}

static void keep_boot(struct memory *m, const struct boot_memory *b, wall_t now)
{
	past(m, b->zero, now, "the beginning of a boot");
	for (size_t i = 0; i < m->boots.n; i++)
		if (m->boots.at[i].point == b->point && m->boots.at[i].boot == b->boot) {
			if (b->seq < m->boots.at[i].seq)
				notes_add(m->faults,
					  "point %u: stored up to %" PRIu64 ", then to %" PRIu64,
					  b->point, m->boots.at[i].seq, b->seq);
			memmove(&m->boots.at[i], &m->boots.at[i + 1],
				(m->boots.n - i - 1) * sizeof m->boots.at[0]);
			m->boots.n--;
			break;
		}
	*LIST_ADD(m->boots) = *b; /* the one used last comes last */
}

static void keep_outage(struct memory *m, const struct outage *o, wall_t now)
{
	past(m, o->from, now, "the beginning of an outage");
	past(m, o->until, now, "the end of an outage");
	if (o->until.ms != 0 && o->until.ms < o->from.ms)
		notes_add(m->faults, "outage %" PRId64 " ends before it begins", o->id);
	for (size_t i = 0; i < m->outages.n; i++)
		if (m->outages.at[i].id == o->id) {
			m->outages.at[i] = *o;
			return;
		}
	*LIST_ADD(m->outages) = *o;
}

static void keep_incident(struct memory *m, const struct incident *n, wall_t now)
{
	past(m, n->from, now, "the beginning of an incident");
	past(m, n->until, now, "the end of an incident");
	for (size_t i = 0; i < m->incidents.n; i++)
		if (m->incidents.at[i].id == n->id) {
			m->incidents.at[i] = *n;
			return;
		}
	*LIST_ADD(m->incidents) = *n;
}

static void tell(struct memory *m, const struct act *a, wall_t now)
{
	const struct notice *n = a->u.tell.notice;
	bool opened = n->what != TELL_RESOLVED;

	for (size_t i = 0; i < m->told.n; i++) {
		const struct told *t = &m->told.at[i];

		if (strcmp(t->key, a->u.tell.key) == 0) {
			if (tell_opens(n->what) || n->what == TELL_RESOLVED)
				notes_add(m->faults, "told twice: %s", t->key);
			return; /* the outbox has that key already */
		}
		opened |= t->incident.id == n->incident.id && t->receiver == a->u.tell.receiver &&
			  tell_opens(t->what);
	}
	if (!opened)
		notes_add(m->faults, "told an end without a beginning: %s", a->u.tell.key);
	struct told *t = LIST_ADD(m->told);

	*t = (struct told){
		.incident = n->incident, .what = n->what, .receiver = a->u.tell.receiver, .at = now
	};
	memcpy(t->key, a->u.tell.key, sizeof t->key);
}

static void keep_alert(struct memory *m, const struct alert *a)
{
	for (size_t i = 0; i < m->alerts.n; i++)
		if (m->alerts.at[i].incident == a->incident) {
			m->alerts.at[i] = *a;
			return;
		}
	*LIST_ADD(m->alerts) = *a;
}

static void correct(struct memory *m, int64_t incident, enum cause cause)
{
	for (size_t i = 0; i < m->incidents.n; i++)
		if (m->incidents.at[i].id == incident)
			m->incidents.at[i].corrected = cause;
}

static void keep_samples(struct memory *m, uint32_t point, const struct draw *d, size_t n,
			 wall_t now)
{
	for (size_t i = 0; i < n; i++) {
		past(m, d[i].at, now, "a missed minute");
		*LIST_ADD(m->point[point].drawn) = d[i].at;
	}
}

static void commit(struct memory *m, const struct act *a, wall_t now)
{
	switch (a->kind) {
	case ACT_ROW:
		keep_row(m, &a->u.row, now);
		return;
	case ACT_POINT:
		m->point[a->point].known = true;
		m->point[a->point].memory = a->u.memory;
		past(m, a->u.memory.heard, now, "the moment a point was heard");
		return;
	case ACT_BOOT:
		keep_boot(m, &a->u.boot, now);
		return;
	case ACT_PAINT:
		paint(m, &a->u.paint, now);
		return;
	case ACT_OUTAGE:
		keep_outage(m, &a->u.outage, now);
		return;
	case ACT_INCIDENT:
		keep_incident(m, &a->u.incident, now);
		return;
	case ACT_TELL:
		tell(m, a, now);
		return;
	case ACT_ALERT:
		keep_alert(m, &a->u.alert);
		return;
	case ACT_CORRECT:
		correct(m, a->u.correct.incident, a->u.correct.cause);
		return;
	case ACT_SAMPLES:
		keep_samples(m, a->point, a->u.samples.draw, a->u.samples.n, now);
		return;
	case ACT_DRAW:
		past(m, a->u.draw.at, now, "a sample");
		m->point[a->point].live++;
		return;
	case ACT_FILL:
		if (a->u.fill.until.ms > now.ms || a->u.fill.until.ms < a->u.fill.from.ms)
			notes_add(m->faults, "point %u: a fill of no past time", a->point);
		return;
	case ACT_ABOUT:
	case ACT_SEND:
		return;
	}
}

void memory_commit(struct memory *m, const struct acts *acts, wall_t now)
{
	for (size_t i = 0; i < acts->n; i++)
		commit(m, &acts->act[i], now);
}

/* ---- finding again ---- */

static bool going_on(const struct memory *m, int64_t incident)
{
	for (size_t i = 0; i < m->incidents.n; i++)
		if (m->incidents.at[i].id == incident)
			return m->incidents.at[i].state != INCIDENT_CLOSED;
	return false;
}

static bool told(const struct memory *m, int64_t incident)
{
	for (size_t i = 0; i < m->incidents.n; i++)
		if (m->incidents.at[i].id == incident)
			return m->incidents.at[i].told;
	return false;
}

void memory_restore(const struct memory *m, struct commune *c, mono_t now)
{
	for (size_t i = 0; i < m->n_points; i++)
		if (m->point[i].known)
			commune_restore_point(c, &m->point[i].memory);
	for (size_t i = 0; i < m->boots.n; i++)
		commune_restore_boot(c, &m->boots.at[i]);
	for (size_t i = 0; i < m->outages.n; i++)
		commune_restore_past(c, &m->outages.at[i], told(m, m->outages.at[i].incident));
	for (size_t i = 0; i < m->incidents.n; i++)
		if (m->incidents.at[i].state != INCIDENT_CLOSED)
			commune_restore_incident(c, &m->incidents.at[i], now);
	for (size_t i = 0; i < m->rows.n; i++)
		if (m->rows.at[i].kind == ROW_PLANNED)
			commune_restore_planned(c, &m->rows.at[i]);
	for (size_t i = 0; i < m->outages.n; i++)
		if (m->outages.at[i].until.ms == 0 || going_on(m, m->outages.at[i].incident))
			commune_restore_outage(c, &m->outages.at[i]);
	for (uint32_t i = 0; i < m->n_points; i++) {
		const struct kept_point *p = &m->point[i];
		const struct stretch *last = &p->line.at[p->line.n - 1];

		if (p->known && last->colour == COLOUR_UNKNOWN)
			commune_restore_unknown(c, i, last->from);
	}
	for (size_t i = 0; i < m->alerts.n; i++)
		if (!m->alerts.at[i].closed)
			commune_restore_alert(c, &m->alerts.at[i]);
	commune_restore_rows(c, m->last_row);
}

/* ---- comparing ---- */

static const struct outage *outage_find(const struct memory *m, int64_t id)
{
	for (size_t i = 0; i < m->outages.n; i++)
		if (m->outages.at[i].id == id)
			return &m->outages.at[i];
	return NULL;
}

static void compare_outages(const struct memory *a, const struct memory *b, struct notes *out)
{
	for (size_t i = 0; i < a->outages.n; i++) {
		const struct outage *o = &a->outages.at[i], *p = outage_find(b, o->id);

		if (!p)
			notes_add(out, "outage %" PRId64 " (%s) is not there", o->id,
				  cause_str(o->cause));
		else if (o->from.ms != p->from.ms || o->until.ms != p->until.ms ||
			 o->cause != p->cause || o->sure != p->sure)
			notes_add(out,
				  "outage %" PRId64 " of point %u: %s %s %+" PRId64
				  " ms to %+" PRId64 " ms there",
				  o->id, o->point, sure_str(p->sure), cause_str(p->cause),
				  p->from.ms - o->from.ms, p->until.ms - o->until.ms);
	}
}

static void compare_line(const struct memory *a, const struct memory *b, size_t point, wall_t from,
			 bool forgetful, struct notes *out)
{
	const struct kept_point *p = &a->point[point];

	for (size_t i = 0; i < p->line.n; i++) {
		const struct stretch *s = &p->line.at[i], *t;
		wall_t at = s->from.ms < from.ms ? from : s->from;
		char text[MOMENT_TEXT];

		if (i + 1 < p->line.n && p->line.at[i + 1].from.ms <= at.ms)
			continue;
		t = memory_colour(b, point, at);
		moment_draw(text, at.ms - from.ms);
		if (forgetful && (s->colour == COLOUR_UNKNOWN || t->colour == COLOUR_UNKNOWN))
			continue;
		if (t->colour != s->colour || (s->colour == COLOUR_DOWN && t->cause != s->cause))
			notes_add(out, "point %zu at %s: %s %s here, %s %s there", point, text,
				  colour_str(s->colour), cause_str(s->cause), colour_str(t->colour),
				  cause_str(t->cause));
	}
}

void memory_compare(const struct memory *a, const struct memory *b, wall_t from, bool forgetful,
		    struct notes *out)
{
	compare_outages(a, b, out);
	for (size_t i = 0; i < a->n_points; i++)
		compare_line(a, b, i, from, forgetful, out);
}
