/* SPDX-License-Identifier: Apache-2.0 */
/* commune: all points and what is the matter with them; the gateway's judgement in one pure
 * machine. */
#include "gateway/commune_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Points are looked at this often at most, however close their deadlines lie. */
enum { SCAN_MS = 250 };

static const char *const refusal_names[] = {
	[REFUSE_TOPIC - WIRE_ERRS] = "wrong_topic",
	[REFUSE_UNKNOWN_POINT - WIRE_ERRS] = "unknown_point",
	[REFUSE_DUPLICATE - WIRE_ERRS] = "duplicate",
	[REFUSE_GAP - WIRE_ERRS] = "gap",
	[REFUSE_LATE_WILL - WIRE_ERRS] = "late_will",
	[REFUSE_TALLY - WIRE_ERRS] = "bad_tally",
};
static_assert(COUNT(refusal_names) == REFUSALS - WIRE_ERRS, "name every refusal");

const char *refusal_str(unsigned r)
{
	if (r < WIRE_ERRS)
		return wire_err_str((enum wire_err)r);
	return r < REFUSALS ? refusal_names[r - WIRE_ERRS] : "?";
}

/* ---- making one ---- */

static const struct roster
	*sorting; /* qsort has no argument of its own; used only inside commune_new */

static int by_code(const void *a, const void *b)
{
	return strcmp(sorting->points[*(const uint32_t *)a].code,
		      sorting->points[*(const uint32_t *)b].code);
}

static uint32_t hamlet_of(const struct roster *r, const char *code)
{
	for (uint32_t i = 0; i < r->n_hamlets; i++)
		if (strcmp(r->hamlets[i].code, code) == 0)
			return i;
	return 0;
}

struct commune *commune_new(const struct roster *r, const struct commune_options *o)
{
	struct commune *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->roster = r;
	c->o = o;
	c->scan_due = MONO_NEVER;
	c->place = calloc(r->n_points + 1, sizeof *c->place);
	c->sorted = calloc(r->n_points + 1, sizeof *c->sorted);
	c->ack = calloc(r->n_points + 1, sizeof *c->ack);
	if (!c->place || !c->sorted || !c->ack) {
		commune_free(c);
		return NULL;
	}
	for (uint32_t i = 0; i < r->n_points; i++) {
		point_init(&c->place[i].point, false, 60);
		outage_init(&c->place[i].spell, i);
		c->place[i].began = MONO_NEVER;
		c->place[i].hamlet = hamlet_of(r, r->points[i].hamlet);
		c->sorted[i] = i;
	}
	sorting = r;
	qsort(c->sorted, r->n_points, sizeof *c->sorted, by_code);
	return c;
}

void commune_free(struct commune *c)
{
	if (!c)
		return;
	acts_clear(&c->acts);
	free(c->acts.act);
	free(c->incidents.live);
	free(c->place);
	free(c->sorted);
	free(c->ack);
	free(c);
}

size_t commune_find(const struct commune *c, const char *code)
{
	size_t lo = 0, hi = c->roster->n_points;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int cmp = strcmp(code, c->roster->points[c->sorted[mid]].code);

		if (cmp == 0)
			return c->sorted[mid];
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return SIZE_MAX;
}

/* ---- what rows lead to ---- */

struct act *commune_add(struct commune *c, enum act_kind kind, uint32_t point)
{
	return acts_add(&c->acts, kind, point);
}

static void join(struct commune *c, struct place *p, struct outage *o, mono_t now)
{
	const struct incident_live *l = incident_find(&c->incidents, p->spell.last_incident);
	int64_t well = o->from.ms - p->spell.last_until.ms;
	bool over = l && l->i.state != INCIDENT_CLOSING && p->spell.last_until.ms != 0 &&
		    well > c->o->return_hold_ms;

	/* The same point's last incident goes on when this is the same story: not when the point
	 * was well for long, and only a neighbour keeps the incident open. */
	incident_join(&c->incidents, o, over ? 0 : p->spell.last_incident, p->hamlet,
		      p->spell.verdict.facts, c->o, now);
	p->spell.outage.incident = o->incident;
	p->spell.last_incident = o->incident;
}

static void outage_changed(struct commune *c, struct place *p, const struct change *ch,
			   enum cause was, mono_t now)
{
	struct outage o = ch->outage;

	switch (ch->kind) {
	case CHANGE_OPENED:
		if (ch->present)
			join(c, p, &o, now);
		break;
	case CHANGE_CHANGED:
		if (o.incident != 0)
			incident_changed(&c->incidents, &o, was, c->o, now);
		else if (ch->present)
			join(c, p, &o, now);
		break;
	case CHANGE_CLOSED:
		if (o.incident == 0 && p->spell.outage.id == o.id)
			o.incident = p->spell.outage.incident;
		if (o.incident != 0)
			incident_left(&c->incidents, &o, c->o, now);
		incident_hidden(&c->incidents, o.point, c->o, now);
		break;
	case CHANGE_PAINT:
		return;
	}
	commune_add(c, ACT_OUTAGE, o.point)->u.outage = o;
}

static void apply(struct commune *c, struct place *p, const struct changes *ch, enum cause was,
		  mono_t now)
{
	for (size_t i = 0; i < ch->n; i++) {
		if (ch->change[i].kind == CHANGE_PAINT)
			commune_add(c, ACT_PAINT, ch->change[i].paint.point)->u.paint =
				ch->change[i].paint;
		else
			outage_changed(c, p, &ch->change[i], was, now);
		if (ch->change[i].kind != CHANGE_PAINT)
			was = ch->change[i].outage.cause;
	}
}

static void scan_by(struct commune *c, mono_t due)
{
	c->scan_due = mono_first(c->scan_due, due);
}

/* Time passed for one point: a camera that did not come back with its house. It has been waited
 * for. */
static void pass_time(struct commune *c, struct place *p, mono_t now, wall_t wall)
{
	struct changes ch = { .n = 0 };
	enum cause was = p->spell.outage.cause;

	outage_time(&p->spell, c->o->camera_hold_ms, wall, &ch);
	apply(c, p, &ch, was, mono_after(now, -c->o->camera_hold_ms));
}

static void derive(struct commune *c, struct place *p, const struct row *row, mono_t now)
{
	struct changes ch = { .n = 0 };
	enum cause was;

	/* Until we went blind, time passed; what passed since then nobody saw. */
	pass_time(c, p, now, row->kind == ROW_BLIND ? row->at : row->stored);
	was = p->spell.outage.cause;
	outage_row(&p->spell, row, &ch);
	apply(c, p, &ch, was, now);
	if (p->spell.camera_from.ms != 0)
		scan_by(c, mono_after(now, c->o->camera_hold_ms));
}

/* A row about one point: into the ledger, and into what follows from it. */
void commune_row(struct commune *c, struct place *p, struct row *row, mono_t now)
{
	uint32_t i = (uint32_t)(p - c->place);

	strcpy(row->point, c->roster->points[i].code);
	row->id = ++c->last_row;
	commune_add(c, ACT_ROW, i)->u.row = *row;
	derive(c, p, row, now);
}

static void own_row(struct commune *c, enum row_kind kind, wall_t at, mono_t now, wall_t wall)
{
	struct row row = {
		.id = ++c->last_row, .at = at, .stored = wall, .how = STAMP_OWN, .kind = kind
	};

	commune_add(c, ACT_ROW, 0)->u.row = row;
	for (size_t i = 0; i < c->roster->n_points; i++)
		derive(c, &c->place[i], &row, now);
}

void commune_keep(struct commune *c, struct place *p)
{
	uint32_t i = (uint32_t)(p - c->place);

	commune_add(c, ACT_POINT, i)->u.memory = (struct point_memory){
		.point = i,
		.known = p->point.known,
		.boot = p->boot,
		.conn = p->conn,
		.pace_s = (uint16_t)(p->point.pace_ms / 1000),
		.verdict = p->spell.verdict,
		.verdict_since = p->spell.verdict_at,
		.heard = p->heard,
	};
}

/* ---- time ---- */

void commune_ask(struct commune *c, struct place *p, uint8_t what)
{
	struct wire_ask a = { .what = what };
	uint8_t buf[WIRE_MAX];
	struct act *act = commune_add(c, ACT_SEND, (uint32_t)(p - c->place));

	act->u.send.len = wire_ask_encode(buf, &a);
	memcpy(act->u.send.buf, buf, act->u.send.len);
}

void commune_contact(struct commune *c, struct place *p, enum point_input in, mono_t now,
		     wall_t wall)
{
	unsigned did = point_step(&p->point, in, c->o, now);

	if (did & POINT_ASK)
		commune_ask(c, p, ASK_BEAT);
	if (did & POINT_BACK) {
		struct row row = {
			.at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_HEARD
		};

		if (p->spell.contact == CONTACT_DARK)
			p->fill_from = p->spell.since, p->fill_until = wall;
		commune_row(c, p, &row, now);
		commune_keep(c, p);
	}
	if (did & POINT_GONE) {
		/* Since when: the last moment it was known good, not the moment we noticed. */
		wall_t at = p->point.heard.ms == MONO_NEVER.ms
				    ? wall
				    : (wall_t){ wall.ms - mono_since(now, p->point.heard) };
		struct row row = { .at = at, .stored = wall, .how = STAMP_OWN, .kind = ROW_DARK };

		commune_row(c, p, &row, now);
	}
	scan_by(c, p->point.due);
}

static void scan(struct commune *c, mono_t now, wall_t wall)
{
	c->scan_due = MONO_NEVER;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (mono_reached(now, p->point.due))
			commune_contact(c, p, POINT_TIME, now, wall);
		if (p->spell.camera_from.ms != 0) {
			pass_time(c, p, now, wall);
			scan_by(c, mono_after(now, 1000));
		}
		scan_by(c, p->point.due);
	}
	if (c->scan_due.ms < mono_after(now, SCAN_MS).ms)
		c->scan_due = mono_after(now, SCAN_MS);
}

static bool blind(const struct commune *c)
{
	return !c->sees;
}

static void tell_all(struct commune *c, const struct incident *i, enum tell what)
{
	for (size_t k = 0; k < c->roster->n_receivers; k++) {
		struct act *a = commune_add(c, ACT_TELL, i->point);

		a->u.tell.notice = calloc(1, sizeof *a->u.tell.notice);
		if (!a->u.tell.notice)
			abort();
		a->u.tell.notice->what = what;
		a->u.tell.notice->incident = *i;
		a->u.tell.receiver = (uint32_t)k;
		snprintf(a->u.tell.key, sizeof a->u.tell.key, "%lld-%s-%s", (long long)i->id,
			 tell_str(what), c->roster->receivers[k].id);
	}
}

static void step_incidents(struct commune *c, mono_t now)
{
	for (size_t i = 0; i < c->incidents.n;) {
		struct incident_live *l = &c->incidents.live[i];
		unsigned did;

		/* A camera's trouble is not over because its house went dark. */
		if (mono_reached(now, l->due) && c->place[l->i.point].spell.colour != COLOUR_UP)
			incident_hidden(&c->incidents, l->i.point, c->o, now);
		did = incident_step(l, blind(c), c->o, now);

		if (did & INCIDENT_KEEP)
			commune_add(c, ACT_INCIDENT, l->i.point)->u.incident = l->i;
		if (did & (INCIDENT_TELL_FIRING | INCIDENT_TELL_RESOLVED))
			tell_all(c, &l->i,
				 did & INCIDENT_TELL_FIRING ? TELL_FIRING : TELL_RESOLVED);
		if (l->i.state == INCIDENT_CLOSED)
			incident_remove(&c->incidents, i);
		else
			i++;
	}
}

void commune_step(struct commune *c, mono_t now, wall_t wall)
{
	if (mono_reached(now, c->scan_due))
		scan(c, now, wall);
	if (mono_reached(now, incident_due(&c->incidents, blind(c))))
		step_incidents(c, now);
}

mono_t commune_due(const struct commune *c)
{
	return mono_first(c->scan_due, incident_due(&c->incidents, blind(c)));
}

/* ---- our own sight ---- */

static void go_blind(struct commune *c, wall_t at, mono_t now, wall_t wall)
{
	c->sees = false;
	c->blind_since = at;
	own_row(c, ROW_BLIND, at, now, wall);
	for (size_t i = 0; i < c->roster->n_points; i++)
		point_step(&c->place[i].point, POINT_BLIND, c->o, now);
	c->scan_due = MONO_NEVER;
}

void commune_start(struct commune *c, wall_t alive, mono_t now, wall_t wall)
{
	incident_restored(&c->incidents, c->o, now, wall);
	go_blind(c, alive.ms != 0 && alive.ms < wall.ms ? alive : wall, now, wall);
}

void commune_link(struct commune *c, bool up, mono_t now, wall_t wall)
{
	if (up == c->sees)
		return;
	if (!up) {
		go_blind(c, wall, now, wall);
		return;
	}
	c->sees = true;
	own_row(c, ROW_SIGHT, wall, now, wall);
	for (size_t i = 0; i < c->roster->n_points; i++) {
		point_step(&c->place[i].point, POINT_SIGHT, c->o, now);
		scan_by(c, c->place[i].point.due);
	}
	incident_sight(&c->incidents, c->o, now);
}

bool commune_blind(const struct commune *c, wall_t *since)
{
	*since = c->blind_since;
	return !c->sees;
}

/* ---- memory ---- */

void commune_restore_point(struct commune *c, const struct point_memory *m)
{
	struct place *p = &c->place[m->point];

	point_init(&p->point, m->known, m->pace_s ? m->pace_s : 60);
	p->boot = m->boot;
	p->conn = m->conn;
	p->heard = m->heard;
	ingest_lived(&p->ingest, m->heard);
	p->spell.boot = m->boot;
	p->spell.verdict = m->verdict;
	p->spell.verdict_at = m->verdict_since;
	p->spell.colour =
		m->known ? COLOUR_UP : COLOUR_UNKNOWN; /* until BLIND, which comes first */
	p->spell.since = m->verdict_since;
}

void commune_restore_boot(struct commune *c, const struct boot_memory *m)
{
	*ingest_boot(&c->place[m->point].ingest, m->point, m->boot) = *m;
}

void commune_restore_outage(struct commune *c, const struct outage *o)
{
	struct spell *s = &c->place[o->point].spell;

	s->outage = *o;
	s->last_incident = o->incident;
	s->last_until = o->until;
	if (o->until.ms != 0)
		return; /* over, but its incident is not closed yet */
	s->colour = COLOUR_DOWN;
	s->cause = o->cause;
	s->since = o->from;
	incident_restore_outage(&c->incidents, o);
}

void commune_restore_incident(struct commune *c, const struct incident *i, mono_t now)
{
	incident_restore(&c->incidents, i, c->o, now);
}

void commune_restore_rows(struct commune *c, int64_t last)
{
	c->last_row = last;
}

/* ---- replay ---- */

void commune_replay(struct commune *c, const struct row *row)
{
	mono_t now = { row->stored.ms };
	size_t i = row->point[0] ? commune_find(c, row->point) : SIZE_MAX;

	/* What fell due before this row; nothing does while we are blind. */
	step_incidents(c, row->kind == ROW_BLIND ? (mono_t){ row->at.ms } : now);
	if (row->kind == ROW_BLIND || row->kind == ROW_SIGHT)
		c->sees = row->kind == ROW_SIGHT;
	if (row->kind == ROW_SIGHT)
		incident_sight(&c->incidents, c->o, now);
	if (row->point[0] == '\0') {
		for (size_t k = 0; k < c->roster->n_points; k++)
			derive(c, &c->place[k], row, now);
	} else if (i != SIZE_MAX) {
		struct place *p = &c->place[i];

		derive(c, p, row, now);
		if (row->kind == ROW_BIRTH) {
			p->boot = row->boot;
			p->conn = (uint32_t)row->seq;
			p->point.known = true;
			p->point.pace_ms = outage_birth_pace(row) * 1000;
			commune_keep(c, p);
		}
		if (row->kind == ROW_NEWS || row->kind == ROW_GASP)
			commune_keep(c, p);
	}
	step_incidents(c, now);
}

/* ---- looking ---- */

struct point_view commune_point(const struct commune *c, size_t point)
{
	const struct place *p = &c->place[point];
	const struct spell *s = &p->spell;
	bool open = s->outage.id != 0 && s->outage.until.ms == 0;

	return (struct point_view){
		.contact = p->point.contact,
		.colour = s->colour,
		.cause = s->colour == COLOUR_DOWN ? s->cause : CAUSE_NONE,
		.sure = open ? s->outage.sure : s->verdict.sure,
		.since = open && s->colour == COLOUR_DOWN ? s->outage.from : s->since,
		.heard = p->heard,
		.verdict = s->verdict,
		.sample = p->sample,
		.sampled = p->sampled,
		.boot = p->boot,
		.waiting = p->waiting,
		.outage = open ? s->outage.id : 0,
		.incident = open ? s->outage.incident : 0,
	};
}
