/* SPDX-License-Identifier: Apache-2.0 */
/* commune_self: the gateway's doubt of itself; before a silence is believed, was it us? Part of
 * commune. */
#include "gateway/commune_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
	CLOCK_STEP_MS = 2000,   /* more than any slewing does between two looks */
	CLOCK_WRONG_MS = 60000, /* the nodes' clocks, kept by NTP, differ by this */
	CLOCK_RIGHT_MS = 20000,
	VOTES_NEEDED = 3,
	MASS_LEAST = 5,       /* fewer points are never most */
	MASS_ASK = 3,         /* so many in two hamlets: ask all, now */
	MASS_ASK_MS = 60000,  /* not more often */
	DOUBT_NAMED = 2,      /* in a row: neither on nor off, but now the reason */
	MASS_FRESH_MS = 5000, /* heard so lately that it need not be asked */
};

static unsigned bit(enum doubt d)
{
	return 1u << d;
}

/* Doubts while which nobody can be judged. */
static const unsigned blinding =
	1u << DOUBT_BROKER | 1u << DOUBT_LINE | 1u << DOUBT_CLOCK | 1u << DOUBT_MASS;

/* The one nearest to us explains the others. */
static enum doubt nearest(unsigned doubts)
{
	static const enum doubt order[] = { DOUBT_BROKER, DOUBT_LINE, DOUBT_CLOCK, DOUBT_MASS };

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (doubts & bit(order[i]))
			return order[i];
	return DOUBT_NONE;
}

/* ---- its incident ---- */

static bool blinds(enum doubt d)
{
	return (blinding & bit(d)) != 0;
}

/* The live incident of our own that this doubt belongs to. */
static struct incident_live *own_incident(struct commune *c, enum doubt d)
{
	for (size_t i = 0; i < c->incidents.n; i++) {
		struct incident_live *l = &c->incidents.live[i];

		if (l->i.scope == SCOPE_GATEWAY &&
		    (l->i.doubt == d || (blinds(d) && blinds(l->i.doubt))))
			return l;
	}
	return NULL;
}

static void begin_own(struct commune *c, const struct row *row, enum doubt d, mono_t now)
{
	struct incident_live *l = own_incident(c, d);

	if (!l) {
		/* Rows of our own begin no outage, so their numbers are free. */
		incident_doubt(&c->incidents, outage_id(row->id), d, row->at, c->o, now);
		return;
	}
	l->i.until.ms = l->last.ms = 0;
	if (l->i.state == INCIDENT_CLOSING) {
		l->i.state = l->i.told ? INCIDENT_TOLD : INCIDENT_HELD;
		l->due = l->i.told ? MONO_NEVER : mono_after(now, c->o->blind_hold_ms);
	}
	if (l->i.state == INCIDENT_HELD)
		l->i.doubt = d;
	l->changed = true;
}

static void end_own(struct commune *c, wall_t at, enum doubt d, mono_t now)
{
	struct incident_live *l = own_incident(c, d);

	if (l && l->i.state != INCIDENT_CLOSING)
		incident_sure(l, at, c->o, now);
}

static void name_own(struct commune *c, enum doubt d)
{
	struct incident_live *l = own_incident(c, d);

	if (!l || l->i.state != INCIDENT_HELD)
		return;
	l->i.doubt = d;
	l->changed = true;
}

void commune_own_incident(struct commune *c, const struct row *row, mono_t now)
{
	const enum doubt d = row->body_len > 0 && row->body[0] < DOUBTS ? (enum doubt)row->body[0]
									: DOUBT_BROKER;

	switch (row->kind) {
	case ROW_BLIND:
		begin_own(c, row, d, now);
		return;
	case ROW_SIGHT:
		end_own(c, row->at, DOUBT_BROKER, now);
		return;
	case ROW_DOUBT:
		if (row->body_len > 1 && row->body[1] == DOUBT_NAMED)
			name_own(c, d);
		else if (row->body_len > 1 && row->body[1])
			begin_own(c, row, d, now);
		else
			end_own(c, row->at, d, now);
		return;
	case ROW_BIRTH:
	case ROW_NEWS:
	case ROW_LOST:
	case ROW_DARK:
	case ROW_HEARD:
	case ROW_CLONE:
	case ROW_GASP:
	case ROW_CLOCK:
	case ROW_PLANNED:
	case ROW_TAKEN:
	case ROW_CORRECTED:
	case ROW_KINDS:
		return;
	}
}

/* ---- blind, and not any more ---- */

/* Also when we are blind already, and for one more reason: whom we heard all the same, we may not
 * hear any more. */
static void go_blind(struct commune *c, enum doubt d, wall_t at, mono_t now, wall_t wall)
{
	struct row row = { .at = at, .stored = wall, .how = STAMP_OWN, .kind = ROW_BLIND };

	if (c->sees || c->blind_since.ms == 0 || at.ms < c->blind_since.ms)
		c->blind_since = at;
	c->sees = false;
	row.body[0] = (uint8_t)d;
	row.body_len = 1;
	commune_own_row(c, &row, now);
	for (size_t i = 0; i < c->roster->n_points; i++) {
		point_step(&c->place[i].point, POINT_BLIND, c->o, now);
		c->place[i].gone = MONO_NEVER;
	}
	c->scan_due = MONO_NEVER;
}

static void see(struct commune *c, mono_t now, wall_t wall)
{
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_SIGHT };

	c->sees = true;
	commune_own_row(c, &row, now);
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct point *p = &c->place[i].point;

		/* Whoever spoke and fell silent meanwhile is as unknown as all the others. */
		if (p->contact == CONTACT_DARK)
			point_step(p, POINT_BLIND, c->o, now);
		if (!p->present)
			point_step(p, POINT_SIGHT, c->o, now);
		commune_scan_by(c, p->due);
	}
	incident_sight(&c->incidents, c->o, now);
}

static void doubt_row(struct commune *c, enum doubt d, uint8_t what, wall_t at, mono_t now,
		      wall_t wall)
{
	struct row row = { .at = at, .stored = wall, .how = STAMP_OWN, .kind = ROW_DOUBT };

	row.body[0] = (uint8_t)d;
	row.body[1] = what;
	row.body_len = 2;
	commune_own_row(c, &row, now);
}

/* While our mains were gone a silence said nothing; now it counts again. */
static void doubt_no_silence(struct commune *c, mono_t now)
{
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (p->point.contact != CONTACT_DARK || p->spell.contact != CONTACT_UNKNOWN)
			continue;
		point_step(&p->point, POINT_BLIND, c->o, now);
		point_step(&p->point, POINT_SIGHT, c->o, now);
		commune_scan_by(c, p->point.due);
	}
}

/* One reason is over, another one is not: that is the one to tell, if none was told yet. */
static void rename_own(struct commune *c, enum doubt over, mono_t now, wall_t wall)
{
	const struct incident_live *l = own_incident(c, over);

	if (l && l->i.state == INCIDENT_HELD && l->i.doubt != nearest(c->doubts))
		doubt_row(c, nearest(c->doubts), DOUBT_NAMED, wall, now, wall);
}

void commune_doubt(struct commune *c, enum doubt d, bool on, wall_t since, mono_t now, wall_t wall)
{
	const unsigned before = c->doubts;
	const wall_t at = since.ms > 0 && since.ms < wall.ms ? since : wall;

	if (((before & bit(d)) != 0) == on)
		return;
	c->doubts = on ? before | bit(d) : before & ~bit(d);
	if (!blinds(d)) {
		doubt_row(c, d, on, on ? at : wall, now, wall);
		if (d == DOUBT_POWER && !on)
			doubt_no_silence(c, now);
		return;
	}
	if (on)
		go_blind(c, nearest(c->doubts), at, now, wall);
	else if (!c->sees && !(c->doubts & blinding))
		see(c, now, wall);
	else
		rename_own(c, d, now, wall);
}

static size_t known(const struct commune *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->roster->n_points; i++)
		n += c->place[i].point.known;
	return n;
}

void commune_start(struct commune *c, wall_t alive, mono_t now, wall_t wall)
{
	incident_restored(&c->incidents, c->o, now, wall);
	c->doubts = bit(DOUBT_BROKER);
	c->clock_known = true;
	c->wall_off = wall.ms - now.ms;
	/* What blinded us before is looked at anew; the others stand until somebody knows better:
	 * our mains', our deliveries', and that most points are gone. */
	for (size_t i = 0; i < c->incidents.n; i++) {
		const struct incident_live *l = &c->incidents.live[i];

		if (l->i.scope != SCOPE_GATEWAY || l->i.state == INCIDENT_CLOSING)
			continue;
		if (l->i.doubt == DOUBT_MASS)
			c->mass_gone = known(c),
			c->mass_until = mono_after(now, c->o->mass_most_ms);
		if (!blinds(l->i.doubt) || l->i.doubt == DOUBT_MASS)
			c->doubts |= bit(l->i.doubt);
	}
	go_blind(c, DOUBT_BROKER, alive.ms != 0 && alive.ms < wall.ms ? alive : wall, now, wall);
}

void commune_link(struct commune *c, bool up, mono_t now, wall_t wall)
{
	commune_clock(c, now, wall);
	commune_doubt(c, DOUBT_BROKER, !up, wall, now, wall);
}

bool commune_blind(const struct commune *c, wall_t *since)
{
	*since = c->blind_since;
	return !c->sees;
}

unsigned commune_doubts(const struct commune *c)
{
	return c->doubts;
}

/* ---- our clock ---- */

static void shift_alerts(struct commune *c, int64_t by)
{
	for (size_t i = 0; i < c->n_alerts; i++) {
		struct alert *a = &c->alert[i].a;

		if (a->next.ms != 0)
			a->next.ms += by;
		if (a->opened.ms != 0)
			a->opened.ms += by;
	}
	c->digest_due.ms = 0;
}

/* Incidents that go on now begin as long ago as before. */
static void shift_incidents(struct commune *c, int64_t by)
{
	for (size_t i = 0; i < c->incidents.n; i++) {
		struct incident_live *l = &c->incidents.live[i];

		l->i.from.ms += by;
		if (l->i.until.ms != 0)
			l->i.until.ms += by;
		if (l->last.ms != 0)
			l->last.ms += by;
		l->changed = true;
	}
}

void commune_shift(struct commune *c, const struct row *row)
{
	const int64_t by = outage_clock_by(row);

	shift_incidents(c, by);
	shift_alerts(c, by);
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (p->told_until.ms != 0)
			p->told_until.ms += by;
		if (p->flap.at.ms != 0)
			p->flap.at.ms += by;
	}
	if (c->blind_since.ms != 0)
		c->blind_since.ms += by;
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void judge_clock(struct commune *c, mono_t now, wall_t wall)
{
	const bool wrong = (c->doubts & bit(DOUBT_CLOCK)) != 0;
	const int64_t limit = wrong ? CLOCK_RIGHT_MS : CLOCK_WRONG_MS;
	int64_t off[VOTES];

	if (c->n_votes < VOTES_NEEDED)
		return;
	for (size_t i = 0; i < c->n_votes; i++)
		off[i] = c->vote[i].off_ms;
	qsort(off, c->n_votes, sizeof off[0], by_size);
	off[0] = off[c->n_votes / 2];
	commune_doubt(c, DOUBT_CLOCK, off[0] > limit || off[0] < -limit, wall, now, wall);
}

void commune_clock(struct commune *c, mono_t now, wall_t wall)
{
	const int64_t off = wall.ms - now.ms, by = off - c->wall_off;
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_CLOCK };

	if (!c->clock_known)
		return;
	c->wall_off = off;
	if (by < CLOCK_STEP_MS && by > -CLOCK_STEP_MS)
		return; /* slewed */
	for (size_t i = 0; i < c->n_votes; i++)
		c->vote[i].off_ms -= by;
	outage_clock_body(&row, by);
	commune_own_row(c, &row, now);
	c->windows_due = now;
	judge_clock(c, now, wall);
}

/* Somebody contradicts our clock: let others say what they think, too. */
static void ask_the_time(struct commune *c, const struct place *but)
{
	unsigned asked = 0;

	for (size_t i = 0; i < c->roster->n_points && asked < VOTES; i++) {
		struct place *p = &c->place[i];

		if (p == but || !p->point.present)
			continue;
		commune_ask(c, p, ASK_BIRTH);
		asked++;
	}
}

void commune_vote(struct commune *c, struct place *p, const struct wire_birth *b, mono_t now,
		  wall_t wall)
{
	const uint32_t i = p->spell.point;
	const int64_t off = b->wall.ms - wall.ms;
	size_t at = 0;
	bool new;

	if (b->quality != CLOCK_NTP)
		return;
	while (at < c->n_votes && c->vote[at].point != i)
		at++;
	new = at == c->n_votes;
	if (new && c->n_votes < VOTES)
		c->n_votes++;
	if (at == VOTES)
		at = VOTES - 1;
	memmove(&c->vote[1], &c->vote[0], at * sizeof c->vote[0]);
	c->vote[0].point = i;
	c->vote[0].off_ms = off;
	if (new && c->n_votes < VOTES && (off > CLOCK_WRONG_MS || off < -CLOCK_WRONG_MS))
		ask_the_time(c, p);
	judge_clock(c, now, wall);
}

/* ---- most points at once ---- */

struct toll {
	size_t gone, present, said, hamlets;
	wall_t first;                       /* when the first of them was believed silent */
	bool one_transformer, one_provider; /* they share it */
	size_t by_other, on_other;          /* present points with another provider, transformer */
	bool one_relay;
};

static bool lately(const struct commune *c, mono_t t, mono_t now)
{
	return t.ms != MONO_NEVER.ms && mono_since(now, t) <= c->o->group_window_ms;
}

static bool vanished(const struct commune *c, const struct place *p, mono_t now)
{
	return p->point.contact == CONTACT_DARK && lately(c, p->gone, now) && !p->planned &&
	       p->spell.verdict.cause != CAUSE_POWER;
}

static void take_toll(struct commune *c, struct toll *t, mono_t now)
{
	const struct place *first = NULL;

	*t = (struct toll){ .one_transformer = true, .one_provider = true, .one_relay = true };
	memset(c->hamlet_mark, 0, c->roster->n_hamlets + 1);
	for (size_t i = 0; i < c->roster->n_points; i++) {
		const struct place *p = &c->place[i];

		t->present += p->point.present;
		t->said += p->spell.verdict.cause == CAUSE_POWER && !p->planned;
		if (!vanished(c, p, now))
			continue;
		if (!first)
			first = p;
		t->gone++;
		t->one_transformer &= p->transformer != 0 && p->transformer == first->transformer;
		t->one_provider &= p->provider != 0 && p->provider == first->provider;
		t->one_relay &= p->relay != 0 && p->relay == first->relay;
		t->hamlets += !c->hamlet_mark[p->hamlet];
		c->hamlet_mark[p->hamlet] = 1;
		if (t->first.ms == 0 || p->spell.dark_noticed.ms < t->first.ms)
			t->first = p->spell.dark_noticed;
	}
	for (size_t i = 0; first && i < c->roster->n_points; i++) {
		const struct place *p = &c->place[i];

		t->by_other += p->point.present && p->provider != first->provider;
		t->on_other += p->point.present && p->transformer != first->transformer;
	}
}

/* Something out there explains it: they share what others, who still speak, do not. */
static bool explained(const struct toll *t)
{
	return t->hamlets < 2 || t->said * 10 > t->gone || t->one_relay ||
	       (t->one_provider && t->by_other > 0) || (t->one_transformer && t->on_other > 0);
}

/* Whether they are silent, or we are deaf, shows soonest when all are asked. */
static void ask_all(struct commune *c, mono_t now, wall_t wall)
{
	c->mass_asked = now;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (p->point.contact == CONTACT_UP && p->point.heard.ms != MONO_NEVER.ms &&
		    mono_since(now, p->point.heard) > MASS_FRESH_MS)
			commune_contact(c, p, POINT_WILL, now, wall);
	}
}

void commune_mass(struct commune *c, mono_t now, wall_t wall)
{
	struct toll t;

	if (c->mass_believed)
		return;
	take_toll(c, &t, now);
	if (t.gone >= MASS_LEAST && t.gone * 3 >= 2 * (t.gone + t.present) && !explained(&t)) {
		c->mass_until = mono_after(now, c->o->mass_most_ms);
		c->mass_gone = t.gone;
		commune_doubt(c, DOUBT_MASS, true, t.first, now, wall);
		commune_scan_by(c, c->mass_until);
	} else if (t.gone >= MASS_ASK && t.hamlets >= 2 &&
		   (c->mass_asked.ms == MONO_NEVER.ms ||
		    mono_since(now, c->mass_asked) > MASS_ASK_MS)) {
		ask_all(c, now, wall);
	}
}

void commune_mass_heard(struct commune *c, mono_t now, wall_t wall)
{
	size_t present = 0;

	if (!(c->doubts & bit(DOUBT_MASS)) && !c->mass_believed)
		return;
	for (size_t i = 0; i < c->roster->n_points; i++)
		present += c->place[i].point.present;
	if (present * 2 < c->mass_gone)
		return;
	c->mass_believed = false;
	commune_doubt(c, DOUBT_MASS, false, wall, now, wall);
}

void commune_mass_time(struct commune *c, mono_t now, wall_t wall)
{
	if (!mono_reached(now, c->mass_until)) {
		commune_scan_by(c, c->mass_until);
		return;
	}
	c->mass_until = MONO_NEVER;
	c->mass_believed = (c->doubts & bit(DOUBT_MASS)) != 0;
	commune_doubt(c, DOUBT_MASS, false, wall, now, wall);
}

/* ---- those who speak through another ---- */

void commune_relay_back(struct commune *c, struct place *p, mono_t now, wall_t wall)
{
	const uint32_t relay = p->spell.point + 1;

	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *child = &c->place[i];
		struct row row = {
			.at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_BLIND
		};

		if (child->relay != relay || child->point.contact != CONTACT_DARK)
			continue;
		commune_row(c, child, &row, now);
		point_step(&child->point, POINT_BLIND, c->o, now);
		point_step(&child->point, POINT_SIGHT, c->o, now);
		commune_scan_by(c, child->point.due);
	}
}
