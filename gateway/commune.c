/* SPDX-License-Identifier: Apache-2.0 */
/* commune: all points and what is the matter with them; the gateway's judgement in one pure
 * machine. */
#include "gateway/commune.h"

#include "gateway/acts.h"
#include "gateway/incident.h"
#include "gateway/ingest.h"
#include "gateway/outage.h"
#include "gateway/point.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Points are looked at this often at most, however close their deadlines lie. */
enum { SCAN_MS = 250 };

/* Two boots that take turns this often under one code are two machines. */
enum { CLONE_TURNS = 2 };

struct place {
	struct point point;
	struct spell spell;
	struct ingest ingest;
	uint64_t boot, boot_before;
	uint32_t conn;
	uint8_t turns; /* how often the boot before came back */
	bool ack_due;
	uint64_t ack_boot;
	uint32_t hamlet;
	uint32_t waiting;
	wall_t heard;
	struct sample sample;
	bool sampled;
	wall_t fill_from, fill_until; /* dark time not yet drawn */
};

struct commune {
	const struct roster *roster;
	const struct commune_options *o;
	struct place *place; /* one a point, in roster order */
	uint32_t *sorted;    /* indices by code */
	struct incidents incidents;
	int64_t last_row;
	bool sees;
	wall_t blind_since;
	mono_t scan_due;
	struct acts acts;
	uint32_t *ack; /* points that await an acknowledgement */
	size_t n_ack;
	uint64_t refused[REFUSALS];
};

static const char *const refusal_names[] = {
	[REFUSE_TOPIC - WIRE_ERRS] = "wrong_topic",
	[REFUSE_UNKNOWN_POINT - WIRE_ERRS] = "unknown_point",
	[REFUSE_DUPLICATE - WIRE_ERRS] = "duplicate",
	[REFUSE_GAP - WIRE_ERRS] = "gap",
	[REFUSE_LATE_WILL - WIRE_ERRS] = "late_will",
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

static struct act *add(struct commune *c, enum act_kind kind, uint32_t point)
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
	add(c, ACT_OUTAGE, o.point)->u.outage = o;
}

static void apply(struct commune *c, struct place *p, const struct changes *ch, enum cause was,
		  mono_t now)
{
	for (size_t i = 0; i < ch->n; i++) {
		if (ch->change[i].kind == CHANGE_PAINT)
			add(c, ACT_PAINT, ch->change[i].paint.point)->u.paint = ch->change[i].paint;
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
static void point_row(struct commune *c, struct place *p, struct row *row, mono_t now)
{
	uint32_t i = (uint32_t)(p - c->place);

	strcpy(row->point, c->roster->points[i].code);
	row->id = ++c->last_row;
	add(c, ACT_ROW, i)->u.row = *row;
	derive(c, p, row, now);
}

static void own_row(struct commune *c, enum row_kind kind, wall_t at, mono_t now, wall_t wall)
{
	struct row row = {
		.id = ++c->last_row, .at = at, .stored = wall, .how = STAMP_OWN, .kind = kind
	};

	add(c, ACT_ROW, 0)->u.row = row;
	for (size_t i = 0; i < c->roster->n_points; i++)
		derive(c, &c->place[i], &row, now);
}

static void keep_memory(struct commune *c, struct place *p)
{
	uint32_t i = (uint32_t)(p - c->place);

	add(c, ACT_POINT, i)->u.memory = (struct point_memory){
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

static void ask(struct commune *c, struct place *p, uint8_t what)
{
	struct wire_ask a = { .what = what };
	uint8_t buf[WIRE_MAX];
	struct act *act = add(c, ACT_SEND, (uint32_t)(p - c->place));

	act->u.send.len = wire_ask_encode(buf, &a);
	memcpy(act->u.send.buf, buf, act->u.send.len);
}

static void step_point(struct commune *c, struct place *p, enum point_input in, mono_t now,
		       wall_t wall)
{
	unsigned did = point_step(&p->point, in, c->o, now);

	if (did & POINT_ASK)
		ask(c, p, ASK_BEAT);
	if (did & POINT_BACK) {
		struct row row = {
			.at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_HEARD
		};

		if (p->spell.contact == CONTACT_DARK)
			p->fill_from = p->spell.since, p->fill_until = wall;
		point_row(c, p, &row, now);
		keep_memory(c, p);
	}
	if (did & POINT_GONE) {
		/* Since when: the last moment it was known good, not the moment we noticed. */
		wall_t at = p->point.heard.ms == MONO_NEVER.ms
				    ? wall
				    : (wall_t){ wall.ms - mono_since(now, p->point.heard) };
		struct row row = { .at = at, .stored = wall, .how = STAMP_OWN, .kind = ROW_DARK };

		point_row(c, p, &row, now);
	}
	scan_by(c, p->point.due);
}

static void scan(struct commune *c, mono_t now, wall_t wall)
{
	c->scan_due = MONO_NEVER;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (mono_reached(now, p->point.due))
			step_point(c, p, POINT_TIME, now, wall);
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
			add(c, ACT_INCIDENT, l->i.point)->u.tell.incident = l->i;
		if (did & (INCIDENT_TELL_FIRING | INCIDENT_TELL_RESOLVED)) {
			struct act *a = add(c, ACT_TELL, l->i.point);

			a->u.tell.incident = l->i;
			a->u.tell.what = did & INCIDENT_TELL_FIRING ? TELL_FIRING : TELL_RESOLVED;
		}
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

/* ---- messages ---- */

static void hear_alive(struct commune *c, struct place *p, bool birth, mono_t now, wall_t wall)
{
	/* It has been connected since before we listened: which boot is it, and what does it think?
	 */
	if (!birth && !p->point.present)
		ask(c, p, ASK_BIRTH);
	p->heard = wall;
	step_point(c, p, POINT_HEARD, now, wall);
}

/* Two machines with one card throw each other off in turn: A, B, A, B. */
static void watch_clone(struct commune *c, struct place *p, uint64_t boot, mono_t now, wall_t wall)
{
	if (boot == p->boot)
		return;
	if (boot == p->boot_before && p->turns < UINT8_MAX && ++p->turns == CLONE_TURNS) {
		struct row row = {
			.at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_CLONE
		};

		point_row(c, p, &row, now);
	}
	p->boot_before = p->boot;
}

static unsigned hear_birth(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			   mono_t now, wall_t wall)
{
	struct wire_birth b;
	enum wire_err e = wire_birth_decode(&b, buf, len);
	struct boot_memory *mem;
	struct act *a;

	if (e != WIRE_OK)
		return e;
	watch_clone(c, p, b.boot, now, wall);
	mem = ingest_boot(&p->ingest, (uint32_t)(p - c->place), b.boot);
	ingest_anchor(mem, b.t_ms, wall);
	add(c, ACT_BOOT, mem->point)->u.boot = *mem;
	if (b.boot != p->boot || b.conn != p->conn) {
		struct row row = { .at = wall,
				   .stored = wall,
				   .how = STAMP_OWN,
				   .kind = ROW_BIRTH,
				   .boot = b.boot,
				   .seq = b.conn };

		outage_birth_body(&row, &b.verdict, b.pace_s);
		point_row(c, p, &row, now);
	}
	p->boot = b.boot;
	p->conn = b.conn;
	p->waiting = b.waiting;
	p->point.pace_ms = (int64_t)b.pace_s * 1000;
	hear_alive(c, p, true, now, wall);
	keep_memory(c, p);
	a = add(c, ACT_ABOUT, mem->point);
	a->u.about = strndup(b.text, b.text_len);
	return WIRE_OK;
}

static int8_t site_share(const struct sample *s, uint8_t cams_n)
{
	unsigned up = 0;

	for (unsigned i = 0; i < cams_n; i++)
		up += s->cams_up >> i & 1;
	if (cams_n == 0)
		return -1;
	return (int8_t)(100 * up / cams_n);
}

static struct draw drawing(const struct place *p, const struct sample *s, wall_t at)
{
	int8_t site = site_share(s, p->spell.verdict.cams_n);

	return (struct draw){ .at = at,
			      .up = outage_up_at(&p->spell, at, site < 0 || site == 100),
			      .site = site,
			      .out_us = wire_rtt_us(s->out_rtt),
			      .router_us = wire_rtt_us(s->router_rtt),
			      .lost = s->lost };
}

static void ack_later(struct commune *c, struct place *p, uint64_t boot)
{
	if (p->ack_due && p->ack_boot == boot)
		return;
	if (p->ack_due) { /* an older boot's records are done: acknowledge both */
		struct boot_memory *mem =
			ingest_boot(&p->ingest, (uint32_t)(p - c->place), p->ack_boot);
		struct wire_ack ack = { .boot = mem->boot, .seq = mem->seq };
		struct act *a = add(c, ACT_SEND, mem->point);
		uint8_t buf[WIRE_MAX];

		a->u.send.len = wire_ack_encode(buf, &ack);
		memcpy(a->u.send.buf, buf, a->u.send.len);
	} else {
		c->ack[c->n_ack++] = (uint32_t)(p - c->place);
	}
	p->ack_due = true;
	p->ack_boot = boot;
}

static unsigned hear_beat(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_beat b;
	enum wire_err e = wire_beat_decode(&b, buf, len);
	uint32_t i = (uint32_t)(p - c->place);

	if (e != WIRE_OK)
		return e;
	p->sample = b.sample;
	p->sampled = true;
	p->waiting = b.waiting;
	/* It holds records and does not send them: it may have missed our word that we listen. */
	if (b.waiting > 0)
		ack_later(c, p, p->boot);
	hear_alive(c, p, false, now, wall);
	if (p->boot == 0)
		ask(c, p, ASK_BIRTH); /* it was born before our memory began */
	if (p->fill_until.ms != 0) {
		struct act *a = add(c, ACT_FILL, i);

		a->u.fill.from = p->fill_from;
		a->u.fill.until = p->fill_until;
		p->fill_until.ms = 0;
	}
	add(c, ACT_DRAW, i)->u.draw = drawing(p, &b.sample, wall);
	return WIRE_OK;
}

/* The record's place in its boot's sequence; 0 when it is to be taken. */
static unsigned take(struct commune *c, struct place *p, const struct record_head *h, uint64_t last,
		     uint64_t oldest, uint64_t *first, mono_t now, wall_t wall)
{
	struct boot_memory *mem = ingest_boot(&p->ingest, (uint32_t)(p - c->place), h->boot);
	uint64_t lost;
	enum ingest_verdict v = ingest_take(mem, h->seq, last, oldest, first, &lost);

	ack_later(c, p, h->boot);
	if (v == INGEST_DUPLICATE)
		return REFUSE_DUPLICATE;
	if (v == INGEST_GAP)
		return REFUSE_GAP;
	if (lost > 0) {
		struct row row = { .at = wall,
				   .stored = wall,
				   .how = STAMP_OWN,
				   .kind = ROW_LOST,
				   .boot = h->boot,
				   .seq = *first - lost };

		for (unsigned i = 0; i < 8; i++)
			row.body[i] = (uint8_t)(lost >> (56 - 8 * i));
		row.body_len = 8;
		point_row(c, p, &row, now);
	}
	return 0;
}

static wall_t stamp(struct place *p, const struct record_head *h, int64_t age_ms, wall_t wall,
		    enum stamp_how *how)
{
	struct boot_memory *present = ingest_boot(&p->ingest, p->spell.point, p->boot);
	wall_t before = present->anchor == ANCHOR_OWN && p->boot != h->boot ? present->zero : wall;
	struct boot_memory *mem = ingest_boot(&p->ingest, p->spell.point, h->boot);

	return ingest_stamp(mem, h, age_ms, wall, before, how);
}

static unsigned hear_news(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_news n;
	enum wire_err e = wire_news_decode(&n, buf, len);
	struct row row = { .stored = wall, .kind = ROW_NEWS };
	uint64_t first;
	unsigned no;

	if (e != WIRE_OK)
		return e;
	hear_alive(c, p, false, now, wall);
	no = take(c, p, &n.head, n.head.seq, n.oldest, &first, now, wall);
	if (no != 0)
		return no;
	row.boot = n.head.boot;
	row.seq = n.head.seq;
	row.at = stamp(p, &n.head, n.age_ms, wall, &row.how);
	p->waiting = n.more;
	outage_news_body(&row, &n.verdict, n.more == 0);
	point_row(c, p, &row, now);
	add(c, ACT_BOOT, p->spell.point)->u.boot =
		*ingest_boot(&p->ingest, p->spell.point, n.head.boot);
	keep_memory(c, p);
	return WIRE_OK;
}

static unsigned hear_past(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_past d;
	enum wire_err e = wire_past_decode(&d, buf, len);
	enum stamp_how how;
	uint64_t first;
	struct draw *draw;
	wall_t at;
	size_t skip;
	unsigned no;

	if (e != WIRE_OK)
		return e;
	hear_alive(c, p, false, now, wall);
	no = take(c, p, &d.head, d.head.seq + d.n - 1, d.oldest, &first, now, wall);
	if (no != 0)
		return no;
	at = stamp(p, &d.head, d.age_ms, wall, &how);
	skip = (size_t)(first > d.head.seq ? first - d.head.seq : 0);
	draw = calloc(d.n - skip, sizeof *draw);
	if (draw) {
		struct act *a = add(c, ACT_SAMPLES, p->spell.point);

		for (size_t i = skip; i < d.n; i++) {
			wall_t t = { at.ms + (int64_t)d.after_s[i] * 1000 };

			draw[i - skip] = drawing(p, &d.sample[i], t.ms > wall.ms ? wall : t);
		}
		a->u.samples.draw = draw;
		a->u.samples.n = d.n - skip;
	}
	p->waiting = d.more;
	add(c, ACT_BOOT, p->spell.point)->u.boot =
		*ingest_boot(&p->ingest, p->spell.point, d.head.boot);
	return WIRE_OK;
}

static unsigned hear_will(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_will w;
	enum wire_err e = wire_will_decode(&w, buf, len);

	if (e != WIRE_OK)
		return e;
	if (w.boot != p->boot || w.conn != p->conn)
		return REFUSE_LATE_WILL; /* it has come back since under another number */
	step_point(c, p, POINT_WILL, now, wall);
	return WIRE_OK;
}

static unsigned hear(struct commune *c, const char *topic, const uint8_t *buf, size_t len,
		     mono_t now, wall_t wall)
{
	char code[POINT_CODE_TEXT];
	enum wire_kind kind;
	enum wire_err e;
	struct place *p;
	size_t i;

	if (!topic_up_point(code, topic, strlen(topic)))
		return REFUSE_TOPIC;
	i = commune_find(c, code);
	if (i == SIZE_MAX)
		return REFUSE_UNKNOWN_POINT;
	p = &c->place[i];
	e = wire_kind_of(&kind, buf, len);
	if (e != WIRE_OK)
		return e;
	switch (kind) {
	case WIRE_BIRTH:
		return hear_birth(c, p, buf, len, now, wall);
	case WIRE_BEAT:
		return hear_beat(c, p, buf, len, now, wall);
	case WIRE_NEWS:
		return hear_news(c, p, buf, len, now, wall);
	case WIRE_PAST:
		return hear_past(c, p, buf, len, now, wall);
	case WIRE_WILL:
		return hear_will(c, p, buf, len, now, wall);
	case WIRE_ACK:
	case WIRE_ASK:
	case WIRE_GATE:
		break;
	}
	return WIRE_BAD_KIND;
}

unsigned commune_hear(struct commune *c, const char *topic, const uint8_t *payload, size_t len,
		      mono_t now, wall_t wall)
{
	unsigned r = hear(c, topic, payload, len, now, wall);

	if (r != 0)
		c->refused[r]++;
	return r;
}

const struct acts *commune_acts(const struct commune *c)
{
	return &c->acts;
}

void commune_settle(struct commune *c)
{
	for (size_t k = 0; k < c->n_ack; k++) {
		struct place *p = &c->place[c->ack[k]];
		struct boot_memory *mem = ingest_boot(&p->ingest, c->ack[k], p->ack_boot);
		struct wire_ack ack = { .boot = mem->boot, .seq = mem->seq };
		struct act *a = add(c, ACT_SEND, c->ack[k]);
		uint8_t buf[WIRE_MAX];

		a->u.send.len = wire_ack_encode(buf, &ack);
		memcpy(a->u.send.buf, buf, a->u.send.len);
		p->ack_due = false;
	}
	c->n_ack = 0;
}

void commune_acts_clear(struct commune *c)
{
	acts_clear(&c->acts);
}

uint64_t commune_refused(const struct commune *c, unsigned r)
{
	return r < REFUSALS ? c->refused[r] : 0;
}

/* ---- memory ---- */

void commune_restore_point(struct commune *c, const struct point_memory *m)
{
	struct place *p = &c->place[m->point];

	point_init(&p->point, m->known, m->pace_s ? m->pace_s : 60);
	p->boot = m->boot;
	p->conn = m->conn;
	p->heard = m->heard;
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
			keep_memory(c, p);
		}
		if (row->kind == ROW_NEWS)
			keep_memory(c, p);
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
