/* SPDX-License-Identifier: Apache-2.0 */
/* commune: all points and what is the matter with them; the gateway's judgement in one pure
 * machine. */
#include "gateway/commune_parts.h"

#include "mesh/octets.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Points are looked at this often at most, however close their deadlines lie. */
enum { SCAN_MS = 250 };

/* Power that was back for less may have come back to the next house only now. */
enum { LONG_MS = 60 * 60 * 1000 };

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

/* Numbers for names: the same name has the same number, from 1; none has 0. */
typedef const char *name_fn(const struct roster_point *p);

static const char *transformer_name(const struct roster_point *p)
{
	return p->transformer ? p->transformer : "";
}

static const char *provider_name(const struct roster_point *p)
{
	return p->provider ? p->provider : "";
}

static name_fn *sorting_by;

static int by_name(const void *a, const void *b)
{
	return strcmp(sorting_by(&sorting->points[*(const uint32_t *)a]),
		      sorting_by(&sorting->points[*(const uint32_t *)b]));
}

static void number(struct commune *c, name_fn *name, uint32_t *(*of)(struct place *p))
{
	const struct roster *r = c->roster;
	const char *before = "";
	uint32_t n = 0;

	sorting = r;
	sorting_by = name;
	qsort(c->sorted, r->n_points, sizeof *c->sorted, by_name);
	for (size_t i = 0; i < r->n_points; i++) {
		const char *this = name(&r->points[c->sorted[i]]);

		n += strcmp(this, before) != 0;
		before = this;
		*of(&c->place[c->sorted[i]]) = this[0] ? n : 0;
	}
}

static uint32_t *transformer_of(struct place *p)
{
	return &p->transformer;
}

static uint32_t *provider_of(struct place *p)
{
	return &p->provider;
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

	assert(r->n_points <= UINT16_MAX); /* learn.h */
	if (!c)
		return NULL;
	c->roster = r;
	c->o = o;
	c->scan_due = c->windows_due = c->mass_until = c->mass_asked = MONO_NEVER;
	c->place = calloc(r->n_points + 1, sizeof *c->place);
	c->sorted = calloc(r->n_points + 1, sizeof *c->sorted);
	c->ack = calloc(r->n_points + 1, sizeof *c->ack);
	c->learn = calloc(r->n_points + 1, sizeof *c->learn);
	c->hamlet_mark = calloc(r->n_hamlets + 1, sizeof *c->hamlet_mark);
	if (!c->place || !c->sorted || !c->ack || !c->learn || !c->hamlet_mark) {
		commune_free(c);
		return NULL;
	}
	for (uint32_t i = 0; i < r->n_points; i++) {
		point_init(&c->place[i].point, false, 60);
		outage_init(&c->place[i].spell, i);
		c->place[i].began = c->place[i].gone = MONO_NEVER;
		c->place[i].hamlet = hamlet_of(r, r->points[i].hamlet);
		c->sorted[i] = i;
	}
	number(c, transformer_name, transformer_of);
	number(c, provider_name, provider_of);
	qsort(c->sorted, r->n_points, sizeof *c->sorted, by_code);
	for (uint32_t i = 0; i < r->n_points; i++) {
		const char *relay = r->points[i].relay;
		size_t k = relay && relay[0] ? commune_find(c, relay) : SIZE_MAX;

		if (k == SIZE_MAX || k == i)
			continue;
		c->place[i].relay = (uint32_t)k + 1;
		c->place[k].relays = true;
	}
	return c;
}

void commune_free(struct commune *c)
{
	if (!c)
		return;
	acts_clear(&c->acts);
	free(c->acts.act);
	free(c->incidents.live);
	for (size_t i = 0; c->place && i < c->roster->n_points; i++)
		ingest_free(&c->place[i].ingest);
	free(c->place);
	free(c->sorted);
	free(c->ack);
	free(c->learn);
	free(c->hamlet_mark);
	free(c->alert);
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

static void outage_changed(struct commune *c, struct place *p, const struct change *ch,
			   enum cause was, mono_t now)
{
	struct outage o = ch->outage;

	switch (ch->kind) {
	case CHANGE_OPENED:
		if (!ch->present)
			break;
		/* Its camera was dead before its house went dark: nothing comes and goes. */
		if (incident_grouped(o.cause) || o.from.ms != p->spell.last_until.ms)
			p->unstable = flap_feed(&p->flap, o.from);
		commune_join(c, p, &o, now);
		break;
	case CHANGE_CHANGED:
		if (o.incident != 0)
			incident_changed(&c->incidents, &o, was, c->o, now);
		else if (ch->present)
			commune_join(c, p, &o, now);
		break;
	case CHANGE_VOIDED:
		if (o.incident != 0)
			incident_voided(&c->incidents, &o, now);
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

void commune_scan_by(struct commune *c, mono_t due)
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

/* Until when this program lived before it learned of this row: one that was not running for a while
 * finds itself blind since then. What else blinds us is noticed late, but lived through. */
static wall_t lived_until(const struct row *row)
{
	const bool start = row->kind == ROW_BLIND && row->point[0] == '\0' &&
			   (row->body_len == 0 || row->body[0] == DOUBT_BROKER);

	return start ? row->at : row->stored;
}

/* Has anybody on its transformer worked for long, so that the grid was there? */
static bool alone(const struct commune *c, const struct place *p, wall_t at)
{
	for (size_t i = 0; p->transformer != 0 && i < c->roster->n_points; i++) {
		const struct place *o = &c->place[i];

		if (o != p && o->transformer == p->transformer && o->spell.colour == COLOUR_UP &&
		    at.ms - o->spell.since.ms >= LONG_MS)
			return true;
	}
	return false;
}

/* A node that had been silent is born: with the same boot it had power all along, with another it
 * had not. */
static void came_back(struct commune *c, const struct place *p, const struct row *row)
{
	const struct spell *s = &p->spell;
	struct incident_live *l = incident_find(&c->incidents, s->outage.incident);

	if (!l || s->outage.until.ms != 0 || s->contact != CONTACT_DARK || s->boot == 0)
		return;
	l->i.evidence |= s->boot == row->boot ? EVIDENCE_SAME_BOOT : EVIDENCE_NEW_BOOT;
	l->changed = true;
}

void commune_derive(struct commune *c, struct place *p, const struct row *row, mono_t now)
{
	struct changes ch = { .n = 0 };
	enum cause was;

	if (row->kind != ROW_CLOCK)
		pass_time(c, p, now, lived_until(row));
	was = p->spell.outage.cause;
	if (row->kind == ROW_BIRTH) {
		p->spell.alone = alone(c, p, row->at);
		came_back(c, p, row);
	}
	outage_row(&p->spell, row, &ch);
	apply(c, p, &ch, was, now);
	if (p->spell.camera_from.ms != 0)
		commune_scan_by(c, mono_after(now, p->spell.camera_from.ms + c->o->camera_hold_ms -
							   row->stored.ms));
}

void commune_person_body(struct row *row, int64_t incident, enum cause cause, const char *who)
{
	size_t len = strlen(who), room = ROW_BODY - 9;

	octets_put(row->body, (uint64_t)incident, 8);
	row->body[8] = (uint8_t)cause;
	memcpy(row->body + 9, who, len < room ? len : room);
	row->body_len = 9 + (len < room ? len : room);
}

/* A person knows the cause better; the one that was judged stays beside it. */
static void correct(struct commune *c, const struct row *row)
{
	const int64_t incident = (int64_t)octets_get(row->body, 8);
	struct incident_live *l = incident_find(&c->incidents, incident);
	struct act *a;

	if (row->body_len < 9 || row->body[8] >= CAUSES)
		return;
	if (l)
		l->i.corrected = (enum cause)row->body[8];
	a = commune_add(c, ACT_CORRECT, 0);
	a->u.correct.incident = incident;
	a->u.correct.cause = (enum cause)row->body[8];
}

/* What nothing was told of because of a window: is it still excused? */
static void look_again(struct commune *c, uint32_t point)
{
	for (size_t i = 0; i < c->incidents.n; i++) {
		struct incident_live *l = &c->incidents.live[i];

		if (l->i.scope != SCOPE_GATEWAY && l->i.state == INCIDENT_HELD &&
		    l->i.point == point)
			incident_conclude(l, c->o);
	}
}

static void point_row(struct commune *c, struct place *p, const struct row *row, mono_t now)
{
	if (row->kind == ROW_PLANNED) {
		commune_plan_row(p, row);
		look_again(c, p->spell.point);
	}
	commune_derive(c, p, row, now);
	if (row->kind == ROW_CORRECTED)
		correct(c, row);
}

/* A row about one point: into the ledger, and into what follows from it. */
void commune_row(struct commune *c, struct place *p, struct row *row, mono_t now)
{
	uint32_t i = (uint32_t)(p - c->place);

	strcpy(row->point, c->roster->points[i].code);
	row->id = ++c->last_row;
	commune_add(c, ACT_ROW, i)->u.row = *row;
	point_row(c, p, row, now);
}

/* What rows of our own lead to, beside the points. */
static void own(struct commune *c, const struct row *row, mono_t now)
{
	incident_forget_the_future(&c->incidents, row->stored);
	for (size_t i = 0; i < c->roster->n_points; i++)
		commune_derive(c, &c->place[i], row, now);
	if (row->kind == ROW_CLOCK)
		commune_shift(c, row);
	if (row->kind == ROW_CORRECTED)
		correct(c, row);
	commune_own_incident(c, row, now);
}

void commune_own_row(struct commune *c, struct row *row, mono_t now)
{
	row->id = ++c->last_row;
	commune_add(c, ACT_ROW, 0)->u.row = *row;
	own(c, row, now);
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

		p->gone = MONO_NEVER;
		if (p->spell.contact == CONTACT_DARK)
			p->fill_from = p->spell.since, p->fill_until = wall;
		commune_row(c, p, &row, now);
		commune_keep(c, p);
		if (p->relays)
			commune_relay_back(c, p, now, wall);
		commune_mass_heard(c, now, wall);
	}
	if (did & POINT_GONE) {
		/* Since when: the last moment it was known good, not the moment we noticed. */
		wall_t at = p->point.heard.ms == MONO_NEVER.ms
				    ? wall
				    : (wall_t){ wall.ms - mono_since(now, p->point.heard) };
		/* While our own mains are gone, a silence may be our own switch's; and whom we
		 * heard although we doubt ourselves, we may have ceased to hear. */
		struct row row = { .at = at,
				   .stored = wall,
				   .how = STAMP_OWN,
				   .kind = !c->sees || c->doubts & 1u << DOUBT_POWER ? ROW_BLIND
										     : ROW_DARK };

		p->gone = now;
		commune_row(c, p, &row, now);
	}
	commune_scan_by(c, p->point.due);
}

static bool blind(const struct commune *c)
{
	return !c->sees;
}

static void scan(struct commune *c, mono_t now, wall_t wall)
{
	bool gone = false;

	c->scan_due = MONO_NEVER;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (mono_reached(now, p->point.due))
			commune_contact(c, p, POINT_TIME, now, wall);
		gone |= p->gone.ms == now.ms;
		p->unstable = flap_damped(&p->flap, wall);
		if (p->spell.camera_from.ms != 0) {
			pass_time(c, p, now, wall);
			commune_scan_by(c, mono_after(now, 1000));
		}
		commune_scan_by(c, p->point.due);
	}
	if (gone && c->sees)
		commune_mass(c, now, wall);
	if (c->mass_until.ms != MONO_NEVER.ms)
		commune_mass_time(c, now, wall);
	if (c->scan_due.ms < mono_after(now, SCAN_MS).ms)
		c->scan_due = mono_after(now, SCAN_MS);
}

void commune_step(struct commune *c, mono_t now, wall_t wall)
{
	commune_clock(c, now, wall);
	if (mono_reached(now, c->windows_due))
		commune_plan(c, now, wall);
	if (mono_reached(now, c->scan_due))
		scan(c, now, wall);
	if (mono_reached(now, incident_due(&c->incidents, blind(c))))
		commune_step_incidents(c, now, wall);
	if (mono_reached(now, c->alert_due))
		commune_step_alerts(c, now, wall);
}

mono_t commune_due(const struct commune *c)
{
	mono_t due = mono_first(c->scan_due, incident_due(&c->incidents, blind(c)));

	return mono_first(mono_first(due, c->windows_due), c->alert_due);
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

static void restore_into(struct commune *c, const struct place *p, const struct outage *o)
{
	struct incident_live *l = incident_find(&c->incidents, o->incident);

	if (!l)
		return;
	incident_restore_outage(&c->incidents, o);
	if (p->provider != l->provider)
		l->provider = 0;
	l->damped |= l->i.points <= 1 && flap_damped(&p->flap, o->from);
}

void commune_restore_outage(struct commune *c, const struct outage *o)
{
	struct spell *s = &c->place[o->point].spell;

	s->outage = *o;
	if (incident_grouped(o->cause)) {
		s->last_incident = o->incident;
		s->last_until = o->until;
	}
	restore_into(c, &c->place[o->point], o);
	if (o->until.ms != 0)
		return; /* over, but its incident is not closed yet */
	s->colour = COLOUR_DOWN;
	s->cause = o->cause;
	s->since = o->from;
}

void commune_restore_unknown(struct commune *c, uint32_t point, wall_t from)
{
	struct spell *s = &c->place[point].spell;

	s->colour = COLOUR_UNKNOWN;
	s->cause = CAUSE_NONE;
	s->since = s->unknown_from = from;
}

void commune_restore_planned(struct commune *c, const struct row *row)
{
	const size_t i = commune_find(c, row->point);

	if (i == SIZE_MAX)
		return;
	commune_plan_row(&c->place[i], row);
	c->place[i].spell.planned = c->place[i].planned;
	if (c->place[i].planned)
		c->place[i].spell.planned_from = row->at, c->place[i].spell.planned_until.ms = 0;
	else
		c->place[i].spell.planned_until = row->at;
}

void commune_restore_past(struct commune *c, const struct outage *o, bool told)
{
	struct place *p = &c->place[o->point];
	bool again = p->told_until.ms != 0 && o->from.ms - p->told_until.ms < c->o->again_within_ms;

	p->unstable = flap_feed(&p->flap, o->from);
	/* When its end was told is not known, but that was soon after. */
	if (o->until.ms > p->told_until.ms && (told || again))
		p->told_until = o->until;
}

void commune_restore_together(struct commune *c, const uint32_t *points, size_t n)
{
	learn_together(c->learn, points, n);
}

void commune_restore_incident(struct commune *c, const struct incident *i, mono_t now)
{
	struct incident_live *l = incident_restore(&c->incidents, i, c->o, now);
	const uint32_t suggested =
		EVIDENCE_TRANSFORMER | EVIDENCE_PROVIDER | EVIDENCE_MIXED | EVIDENCE_RELAY;

	if (i->scope == SCOPE_GATEWAY)
		return;
	l->again = c->place[i->point].told_until.ms != 0 &&
		   i->from.ms - c->place[i->point].told_until.ms < c->o->again_within_ms;
	l->transformer = c->place[i->point].transformer;
	l->relay = c->place[i->point].relay;
	l->provider = c->place[i->point].provider;
	l->planned = commune_plan_holds(&c->place[i->point], i->from);
	if (!(i->evidence & EVIDENCE_SAID) && (i->evidence & suggested) && i->sure == SURE_PROBABLE)
		l->guess = i->cause;
}

void commune_restore_rows(struct commune *c, int64_t last)
{
	c->last_row = last;
}

/* ---- replay ---- */

/* When the first camera has been waited for long enough. */
static mono_t cameras_due(const struct commune *c)
{
	mono_t first = MONO_NEVER;

	for (size_t i = 0; i < c->roster->n_points; i++) {
		const wall_t from = c->place[i].spell.camera_from;

		if (from.ms != 0)
			first = mono_first(first, (mono_t){ from.ms + c->o->camera_hold_ms });
	}
	return first;
}

static void pass_time_for_all(struct commune *c, mono_t now)
{
	for (size_t i = 0; i < c->roster->n_points; i++)
		pass_time(c, &c->place[i], now, (wall_t){ now.ms });
}

/* What falls due before then, each at its time; while we are blind nothing does. What falls due at
 * the very moment of a row comes after it, as in commune_step. */
static void catch_up(struct commune *c, mono_t until)
{
	const bool cameras = mono_reached(until, c->scan_due);

	for (;;) {
		const mono_t camera = cameras ? cameras_due(c) : MONO_NEVER;
		const mono_t due = mono_first(camera, incident_due(&c->incidents, blind(c)));

		if (mono_reached(due, until))
			break;
		if (due.ms > c->replayed.ms)
			c->replayed = due;
		if (mono_reached(c->replayed, camera))
			pass_time_for_all(c, c->replayed);
		commune_step_incidents(c, c->replayed, (wall_t){ c->replayed.ms });
	}
	if (cameras)
		c->scan_due = cameras_due(c);
	if (until.ms > c->replayed.ms)
		c->replayed = until;
}

static void replay(struct commune *c, const struct row *row, mono_t now)
{
	size_t i = row->point[0] ? commune_find(c, row->point) : SIZE_MAX;
	struct place *p;

	if (row->point[0] == '\0') {
		if (row->kind == ROW_BLIND || row->kind == ROW_SIGHT)
			c->sees = row->kind == ROW_SIGHT;
		own(c, row, now);
		if (row->kind == ROW_SIGHT)
			incident_sight(&c->incidents, c->o, now);
		return;
	}
	if (i == SIZE_MAX)
		return;
	p = &c->place[i];
	point_row(c, p, row, now);
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

/* What was to be kept on the old clock, and goes on, is kept on the new one. */
static void keep_as_set(struct commune *c)
{
	for (size_t i = 0; i < c->acts.n; i++) {
		struct act *a = &c->acts.act[i];
		const struct incident_live *l =
			a->kind == ACT_INCIDENT ? incident_find(&c->incidents, a->u.incident.id)
						: NULL;

		if (l)
			a->u.incident = l->i;
	}
}

void commune_replay(struct commune *c, const struct row *row)
{
	const int64_t set = row->kind == ROW_CLOCK ? outage_clock_by(row) : 0;
	mono_t now = { row->stored.ms };

	c->replaying = true;
	/* Rows of one moment are of one turn, within which nothing falls due. */
	if (lived_until(row).ms - set > c->replayed.ms)
		catch_up(c, (mono_t){ lived_until(row).ms - set });
	incidents_shift(&c->incidents, set); /* our wall clock is the only one here */
	replay(c, row, now);
	if (row->kind == ROW_CLOCK)
		keep_as_set(c);
	c->replayed = now;
}

void commune_replayed(struct commune *c, wall_t wall)
{
	catch_up(c, (mono_t){ wall.ms + 1 });
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
		.planned = p->planned,
		.unstable = p->unstable,
	};
}

size_t commune_learned(const struct commune *c, size_t point, uint32_t out[static LEARN_FRIENDS])
{
	return learn_of(c->learn, (uint32_t)point, out);
}
