/* SPDX-License-Identifier: Apache-2.0 */
/* incident: outages that belong together become one thing that people are told about, once. */
#include "gateway/incident.h"

#include <stdlib.h>

enum { SIGHT_HOLD_MS = 3000 };

bool incident_grouped(enum cause c)
{
	return c != CAUSE_CAMERA && c != CAUSE_DEVICE;
}

struct incident_live *incident_find(struct incidents *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->live[i].i.id == id)
			return &s->live[i];
	return NULL;
}

static struct incident_live *push(struct incidents *s)
{
	if (s->n == s->size) {
		size_t size = s->size ? 2 * s->size : 64;
		struct incident_live *grown = realloc(s->live, size * sizeof *grown);

		if (!grown)
			abort(); /* nothing may be forgotten in silence: the supervisor starts us
				    again */
		s->live = grown;
		s->size = size;
	}
	return &s->live[s->n++];
}

static struct incident_live *begin(struct incidents *s, const struct outage *o,
				   const struct ties *t, mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){ .i = { .id = o->id, /* so that a replay gives the same name */
					    .hamlet = t->hamlet,
					    .point = o->point,
					    .from = o->from,
					    .hamlets = 1,
					    .eyes = o->eyes,
					    .cams_n = o->cams_n,
					    .facts = t->facts },
				     .opened = now,
				     .transformer = t->transformer,
				     .provider = t->provider,
				     .relay = t->relay,
				     .planned = t->planned,
				     .again = t->again };
	return l;
}

static int64_t distance(wall_t a, wall_t b)
{
	return a.ms > b.ms ? a.ms - b.ms : b.ms - a.ms;
}

static bool tied(const struct incident_live *l, const struct outage *o, const struct ties *t)
{
	if (l->i.scope == SCOPE_AREA || l->i.hamlet == t->hamlet)
		return true;
	if (l->i.scope == SCOPE_PROVIDER && t->provider != 0 && t->provider == l->provider)
		return true;
	if (t->transformer != 0 && t->transformer == l->transformer)
		return true;
	if (t->relay != 0 && (t->relay == l->relay || t->relay == l->i.point + 1))
		return true;
	if (l->relay == o->point + 1)
		return true;
	for (size_t i = 0; i < t->n_friends; i++)
		if (t->friends[i] == l->i.id)
			return true;
	return false;
}

static bool takes(const struct incident_live *l, const struct outage *o, const struct ties *t,
		  const struct commune_options *opt)
{
	if (l->i.scope == SCOPE_GATEWAY)
		return false;
	if (!incident_grouped(
		    o->cause)) /* the house was dark meanwhile, the camera is still gone */
		return l->i.point == o->point && !incident_grouped(l->i.cause);
	return l->i.state != INCIDENT_CLOSING && incident_grouped(l->i.cause) && !l->i.residue &&
	       l->planned == t->planned && distance(l->i.from, o->from) <= opt->group_window_ms &&
	       tied(l, o, t);
}

static struct incident_live *choose(struct incidents *s, const struct outage *o,
				    const struct ties *t, const struct commune_options *opt)
{
	struct incident_live *l = t->before ? incident_find(s, t->before) : NULL;

	if (l && incident_grouped(l->i.cause) == incident_grouped(o->cause))
		return l; /* it came back for less than the hold: the same story goes on */
	for (size_t i = 0; i < s->n; i++)
		if (takes(&s->live[i], o, t, opt))
			return &s->live[i];
	return NULL;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How long to wait before telling: for neighbours; longer for a camera that may only blink, and for
 * those that people were told of just now. */
static int64_t hold_of(const struct incident_live *l, const struct commune_options *opt)
{
	int64_t hold = opt->group_hold_ms;

	if (l->i.scope == SCOPE_GATEWAY)
		return opt->blind_hold_ms;
	if (l->i.cause == CAUSE_CAMERA)
		hold = most(hold, opt->camera_hold_ms);
	return l->again ? most(hold, opt->again_hold_ms) : hold;
}

/* How long all must be well: what was out only for a moment may be so again. */
int64_t incident_return_hold(const struct incident_live *l, const struct commune_options *opt)
{
	int64_t hold = opt->return_hold_ms;

	if (!l->i.told)
		return 0;
	if (l->damped)
		return most(hold, opt->stable_hold_ms);
	if (l->i.points <= 1 && l->i.scope != SCOPE_GATEWAY && l->longest_ms < opt->again_hold_ms)
		hold = most(hold, l->longest_ms * 3 / 2);
	return hold;
}

/* After we were blind: nodes that are connected say at once how things are; hear them first. */
static int64_t sight_hold(const struct incident_live *l, const struct commune_options *opt)
{
	int64_t hold = l->i.cause == CAUSE_CAMERA ? hold_of(l, opt) : opt->group_hold_ms;

	return hold > SIGHT_HOLD_MS ? hold : SIGHT_HOLD_MS;
}

/* All came back but a few. */
static bool mostly_back(const struct incident_live *l)
{
	return l->i.told && l->i.points >= 3 && l->i.open * 4 <= l->i.points;
}

/* The cause that most explains, and how sure: one house's word is not yet the hamlet's. */
void incident_conclude(struct incident_live *l, const struct commune_options *opt)
{
	static const enum cause order[] = { CAUSE_POWER,  CAUSE_PROVIDER, CAUSE_PORTAL,
					    CAUSE_NAMES,  CAUSE_MTU,      CAUSE_ROUTER,
					    CAUSE_LINK,   CAUSE_GATEWAY,  CAUSE_LINE,
					    CAUSE_CAMERA, CAUSE_DEVICE,   CAUSE_OPEN };

	for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
		enum cause c = order[k];

		if (l->by_cause[c] == 0)
			continue;
		l->i.cause = c;
		l->i.sure = l->best[c];
		if (l->by_cause[c] < l->i.points && l->i.sure == SURE_CONFIRMED)
			l->i.sure = SURE_PROBABLE;
		break;
	}
	if (l->i.cause == CAUSE_OPEN && l->guess != CAUSE_NONE) {
		l->i.cause = l->guess;
		l->i.sure = SURE_PROBABLE;
	}
	if (l->i.state == INCIDENT_HELD)
		l->due = l->damped ? l->opened : mono_after(l->opened, hold_of(l, opt));
	l->changed = true;
}

static void count(struct incident_live *l, const struct outage *o)
{
	l->by_cause[o->cause]++;
	if (o->sure > l->best[o->cause])
		l->best[o->cause] = o->sure;
}

void incident_join(struct incidents *s, struct outage *o, const struct ties *t,
		   const struct commune_options *opt, mono_t now)
{
	struct incident_live *l = choose(s, o, t, opt);
	bool again = l && (t->before == l->i.id || !incident_grouped(o->cause));

	if (!l)
		l = begin(s, o, t, now);
	o->incident = l->i.id;
	if (!again)
		l->i.points++;
	if (l->provider != t->provider)
		l->provider = 0;
	l->again &= t->again; /* whoever was not told of just now is news */
	l->i.open++;
	l->i.flaps++;
	l->damped |= t->damped && l->i.points <= 1;
	if (l->i.state == INCIDENT_CLOSING && mostly_back(l)) {
		l->due = mono_after(now, opt->residue_hold_ms);
	} else {
		if (l->i.state == INCIDENT_CLOSING)
			l->i.state = l->i.told ? INCIDENT_TOLD : INCIDENT_HELD;
		l->due = MONO_NEVER;
	}
	l->i.until.ms = 0;
	if (o->from.ms < l->i.from.ms)
		l->i.from = o->from;
	count(l, o);
	incident_conclude(l, opt);
}

struct incident_live *incident_doubt(struct incidents *s, int64_t id, enum doubt d, wall_t from,
				     const struct commune_options *opt, mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){
		.i = { .id = id,
		       .scope = SCOPE_GATEWAY,
		       .doubt = d,
		       .from = from,
		       .cause = CAUSE_GATEWAY,
		       .sure = SURE_CONFIRMED },
		.opened = now,
		.due = mono_after(now, opt->blind_hold_ms),
		.changed = true,
	};
	return l;
}

void incident_sure(struct incident_live *l, wall_t until, const struct commune_options *opt,
		   mono_t now)
{
	l->i.state = INCIDENT_CLOSING;
	l->i.until = l->last = until;
	l->due = mono_after(now, l->i.told ? opt->return_hold_ms : 0);
	l->changed = true;
}

static void recount(struct incident_live *l, const struct outage *o, enum cause was)
{
	if (l->by_cause[was] > 0)
		l->by_cause[was]--;
	count(l, o);
}

void incident_changed(struct incidents *s, const struct outage *o, enum cause was,
		      const struct commune_options *opt, mono_t now)
{
	struct incident_live *l = incident_find(s, o->incident);

	(void)now;
	if (!l)
		return;
	recount(l, o, was);
	if (o->from.ms < l->i.from.ms || l->i.points <= 1)
		l->i.from = o->from;
	if (l->i.point == o->point) {
		l->i.eyes = o->eyes;
		l->i.cams_n = o->cams_n;
	}
	incident_conclude(l, opt);
}

void incident_left(struct incidents *s, const struct outage *o, const struct commune_options *opt,
		   mono_t now)
{
	struct incident_live *l = incident_find(s, o->incident);

	if (!l)
		return;
	if (l->i.open > 0)
		l->i.open--;
	if (o->until.ms > l->last.ms)
		l->last = o->until;
	l->longest_ms = most(l->longest_ms, o->until.ms - o->from.ms);
	l->changed = true;
	if (l->i.open > 0) {
		l->i.until.ms = 0;
		if (l->i.state == INCIDENT_TOLD && mostly_back(l)) {
			l->i.state = INCIDENT_CLOSING;
			l->due = mono_after(now, opt->residue_hold_ms);
		}
		return;
	}
	l->i.until = l->last;
	l->i.state = INCIDENT_CLOSING;
	l->due = mono_after(now, incident_return_hold(l, opt));
}

void incident_voided(struct incidents *s, const struct outage *o, mono_t now)
{
	struct incident_live *l = incident_find(s, o->incident);

	if (!l)
		return;
	l->changed = true;
	if (l->i.open > 0)
		l->i.open--;
	if (l->i.points > 0 && !l->i.told)
		l->i.points--;
	if (l->by_cause[o->cause] > 0)
		l->by_cause[o->cause]--;
	if (l->i.open > 0)
		return;
	l->i.until = l->last.ms ? l->last : l->i.from;
	l->i.state = INCIDENT_CLOSING;
	l->due = now;
}

struct incident_live *incident_residue(struct incidents *s, const struct incident *of,
				       const struct outage *first, mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){
		.i = *of,
		.opened = now,
		.due = MONO_NEVER,
		.changed = true,
	};
	l->i.id = -first->id; /* its own name: the outage's was the group's, perhaps */
	l->i.point = first->point;
	l->i.from = first->from;
	l->i.until.ms = 0;
	l->i.eyes = first->eyes;
	l->i.cams_n = first->cams_n;
	l->i.state = INCIDENT_TOLD;
	l->i.told = l->i.residue = true;
	l->i.scope = SCOPE_POINT;
	l->i.corrected = CAUSE_NONE;
	l->i.points = l->i.open = l->i.flaps = 0;
	l->i.hamlets = 1;
	l->i.evidence |= EVIDENCE_NEIGHBOURS;
	return l;
}

void incident_stayed(struct incident_live *l, const struct outage *o)
{
	l->i.points++;
	l->i.open++;
	l->i.flaps++;
	if (o->from.ms < l->i.from.ms)
		l->i.from = o->from;
	count(l, o);
}

void incident_hidden(struct incidents *s, uint32_t point, const struct commune_options *opt,
		     mono_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];

		if (l->i.scope != SCOPE_GATEWAY && l->i.point == point &&
		    l->i.state == INCIDENT_CLOSING && !incident_grouped(l->i.cause))
			l->due = mono_after(now, incident_return_hold(l, opt));
	}
}

unsigned incident_step(struct incident_live *l, bool blind, mono_t now)
{
	unsigned did = l->changed ? INCIDENT_KEEP : 0;

	l->changed = false;
	if ((blind && l->i.scope != SCOPE_GATEWAY) || !mono_reached(now, l->due))
		return did;
	switch (l->i.state) {
	case INCIDENT_HELD:
		l->i.state = INCIDENT_TOLD;
		l->i.told = true;
		l->due = MONO_NEVER;
		return INCIDENT_KEEP | INCIDENT_OPENS;
	case INCIDENT_CLOSING:
		l->i.state = INCIDENT_CLOSED;
		l->i.until = l->last.ms ? l->last : l->i.until;
		return INCIDENT_KEEP | (l->i.told ? INCIDENT_CLOSES : 0u);
	case INCIDENT_TOLD:
	case INCIDENT_CLOSED:
	case INCIDENT_STATES:
		break;
	}
	return did;
}

void incident_absorb(struct incident_live *l, struct incident_live *m)
{
	l->i.points = (uint16_t)(l->i.points + m->i.points);
	l->i.open = (uint16_t)(l->i.open + m->i.open);
	l->i.flaps = (uint16_t)(l->i.flaps + m->i.flaps);
	if (m->i.from.ms < l->i.from.ms)
		l->i.from = m->i.from;
	if (m->last.ms > l->last.ms)
		l->last = m->last;
	l->longest_ms = most(l->longest_ms, m->longest_ms);
	for (size_t c = 0; c < CAUSES; c++) {
		l->by_cause[c] = (uint16_t)(l->by_cause[c] + m->by_cause[c]);
		if (m->best[c] > l->best[c])
			l->best[c] = m->best[c];
	}
	if (l->provider != m->provider)
		l->provider = 0;
	l->again &= m->again;
	l->changed = true;
	m->i.points = m->i.open = m->i.flaps = 0;
	m->i.until = m->i.from;
	m->i.state = INCIDENT_CLOSED;
}

void incident_remove(struct incidents *s, size_t index)
{
	s->live[index] = s->live[--s->n];
}

mono_t incident_due(const struct incidents *s, bool blind)
{
	mono_t first = MONO_NEVER;

	for (size_t i = 0; i < s->n; i++) {
		if (s->live[i].changed)
			return (mono_t){ 0 };
		if (!blind || s->live[i].i.scope == SCOPE_GATEWAY)
			first = mono_first(first, s->live[i].due);
	}
	return first;
}

void incident_sight(struct incidents *s, const struct commune_options *o, mono_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];
		int64_t hold =
			l->i.state == INCIDENT_HELD ? sight_hold(l, o) : incident_return_hold(l, o);

		/* One that waits for nothing has no due time that this could pass. */
		if (l->i.scope != SCOPE_GATEWAY && l->due.ms < mono_after(now, hold).ms)
			l->due = mono_after(now, hold);
	}
}

void incidents_shift(struct incidents *s, int64_t by_ms)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];

		l->opened = mono_after(l->opened, by_ms);
		if (l->due.ms != MONO_NEVER.ms)
			l->due = mono_after(l->due, by_ms);
	}
}

struct incident_live *incident_restore(struct incidents *s, const struct incident *i,
				       const struct commune_options *o, mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){ .i = *i, .opened = now, .due = MONO_NEVER };
	if (i->scope != SCOPE_GATEWAY)
		l->i.open = 0; /* counted again as its outages are restored */
	if (i->state == INCIDENT_HELD)
		l->due = mono_after(now, hold_of(l, o));
	else if (i->state == INCIDENT_CLOSING)
		l->due = mono_after(now, incident_return_hold(l, o));
	l->last = i->until;
	return l;
}

void incident_restored(struct incidents *s, const struct commune_options *o, mono_t now,
		       wall_t wall)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];

		if (l->i.scope == SCOPE_GATEWAY)
			continue;
		if (l->i.state == INCIDENT_HELD)
			l->due = mono_after(now, hold_of(l, o));
		if (l->i.state == INCIDENT_CLOSING)
			l->due = mono_after(now, l->i.open > 0 ? o->residue_hold_ms
							       : incident_return_hold(l, o));
		if (l->i.open > 0 || l->i.state == INCIDENT_CLOSING)
			continue;
		/* Its last dark points were taken out of the roster meanwhile. */
		l->i.state = INCIDENT_CLOSING;
		l->i.until = l->last = wall;
		l->due = mono_after(now, incident_return_hold(l, o));
		l->changed = true;
	}
}

void incident_restore_outage(struct incidents *s, const struct outage *o)
{
	struct incident_live *l = incident_find(s, o->incident);

	if (!l || o->until.ms == o->from.ms) /* it never was */
		return;
	count(l, o);
	if (o->until.ms == 0) {
		l->i.open++;
		return;
	}
	if (o->until.ms > l->last.ms)
		l->last = o->until;
	l->longest_ms = most(l->longest_ms, o->until.ms - o->from.ms);
}

void incident_forget_the_future(struct incidents *s, wall_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];
		wall_t *const moments[] = { &l->i.from, &l->i.until, &l->last };

		for (size_t k = 0; k < sizeof moments / sizeof moments[0]; k++)
			if (moments[k]->ms > now.ms) {
				*moments[k] = now;
				l->changed = true;
			}
	}
}
