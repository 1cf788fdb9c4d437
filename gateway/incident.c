/* SPDX-License-Identifier: Apache-2.0 */
/* incident: outages that belong together become one thing that people are told about, once. */
#include "gateway/incident.h"

#include <stdlib.h>

enum { SIGHT_HOLD_MS = 3000 };

/* A camera or a box is one house's trouble; power and silence may be a hamlet's. */
static bool grouped(enum cause c)
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

static struct incident_live *begin(struct incidents *s, const struct outage *o, uint32_t hamlet,
				   mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){ .i = { .id = o->id, /* so that a replay gives the same name */
					    .hamlet = hamlet,
					    .point = o->point,
					    .from = o->from,
					    .eyes = o->eyes,
					    .cams_n = o->cams_n },
				     .opened = now };
	return l;
}

static int64_t distance(wall_t a, wall_t b)
{
	return a.ms > b.ms ? a.ms - b.ms : b.ms - a.ms;
}

static struct incident_live *choose(struct incidents *s, const struct outage *o, int64_t before,
				    uint32_t hamlet, const struct commune_options *opt)
{
	struct incident_live *l = before ? incident_find(s, before) : NULL;

	if (l && grouped(l->i.cause) == grouped(o->cause))
		return l; /* it came back for less than the hold: the same story goes on */
	for (size_t i = 0; i < s->n; i++) {
		l = &s->live[i];
		if (!grouped(o->cause)) {
			if (l->i.point == o->point && !grouped(l->i.cause))
				return l; /* the house was dark meanwhile, the camera is still gone
					   */
			continue;
		}
		if (l->i.hamlet == hamlet && l->i.state != INCIDENT_CLOSING &&
		    grouped(l->i.cause) && distance(l->i.from, o->from) <= opt->group_window_ms)
			return l;
	}
	return NULL;
}

/* How long to wait before telling: for neighbours, and longer for a camera that may only blink. */
static int64_t hold_of(const struct incident_live *l, const struct commune_options *opt)
{
	if (l->i.cause == CAUSE_CAMERA && opt->camera_hold_ms > opt->group_hold_ms)
		return opt->camera_hold_ms;
	return opt->group_hold_ms;
}

/* After we were blind: nodes that are connected say at once how things are; hear them first. */
static int64_t sight_hold(const struct incident_live *l, const struct commune_options *opt)
{
	int64_t hold = l->i.cause == CAUSE_CAMERA ? hold_of(l, opt) : opt->group_hold_ms;

	return hold > SIGHT_HOLD_MS ? hold : SIGHT_HOLD_MS;
}

/* The cause that most explains, and how sure: one house's word is not yet the hamlet's. */
static void conclude(struct incident_live *l, const struct commune_options *opt)
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
	if (l->i.state == INCIDENT_HELD)
		l->due = mono_after(l->opened, hold_of(l, opt));
	l->changed = true;
}

static void count(struct incident_live *l, const struct outage *o)
{
	l->by_cause[o->cause]++;
	if (o->sure > l->best[o->cause])
		l->best[o->cause] = o->sure;
}

void incident_join(struct incidents *s, struct outage *o, int64_t before, uint32_t hamlet,
		   uint32_t facts, const struct commune_options *opt, mono_t now)
{
	struct incident_live *l = choose(s, o, before, hamlet, opt);
	bool again = l && (before == l->i.id || !grouped(o->cause));

	if (!l) {
		l = begin(s, o, hamlet, now);
		l->i.facts = facts;
	}
	o->incident = l->i.id;
	if (!again)
		l->i.points++;
	l->i.open++;
	if (l->i.state == INCIDENT_CLOSING)
		l->i.state = l->i.told ? INCIDENT_TOLD : INCIDENT_HELD;
	l->due = MONO_NEVER;
	l->i.until.ms = 0;
	if (o->from.ms < l->i.from.ms)
		l->i.from = o->from;
	count(l, o);
	conclude(l, opt);
}

void incident_changed(struct incidents *s, const struct outage *o, enum cause was,
		      const struct commune_options *opt, mono_t now)
{
	struct incident_live *l = incident_find(s, o->incident);

	(void)now;
	if (!l)
		return;
	if (l->by_cause[was] > 0)
		l->by_cause[was]--;
	count(l, o);
	if (o->from.ms < l->i.from.ms)
		l->i.from = o->from;
	if (l->i.point == o->point) {
		l->i.eyes = o->eyes;
		l->i.cams_n = o->cams_n;
	}
	conclude(l, opt);
}

void incident_left(struct incidents *s, const struct outage *o, const struct commune_options *opt,
		   mono_t now)
{
	struct incident_live *l = incident_find(s, o->incident);

	if (!l)
		return;
	if (l->i.open > 0)
		l->i.open--;
	if (o->until.ms > l->i.until.ms)
		l->i.until = o->until;
	l->changed = true;
	if (l->i.open > 0) {
		l->i.until.ms = 0;
		return;
	}
	l->i.state = INCIDENT_CLOSING;
	l->due = mono_after(now, l->i.told ? opt->return_hold_ms : 0);
}

void incident_hidden(struct incidents *s, uint32_t point, const struct commune_options *opt,
		     mono_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];

		if (l->i.point == point && l->i.state == INCIDENT_CLOSING && !grouped(l->i.cause))
			l->due = mono_after(now, l->i.told ? opt->return_hold_ms : 0);
	}
}

unsigned incident_step(struct incident_live *l, bool blind, const struct commune_options *o,
		       mono_t now)
{
	unsigned did = l->changed ? INCIDENT_KEEP : 0;

	(void)o;
	l->changed = false;
	if (blind || !mono_reached(now, l->due))
		return did;
	switch (l->i.state) {
	case INCIDENT_HELD:
		l->i.state = INCIDENT_TOLD;
		l->i.told = true;
		l->due = MONO_NEVER;
		return INCIDENT_KEEP | INCIDENT_TELL_FIRING;
	case INCIDENT_CLOSING:
		l->i.state = INCIDENT_CLOSED;
		return INCIDENT_KEEP | (l->i.told ? INCIDENT_TELL_RESOLVED : 0u);
	case INCIDENT_TOLD:
	case INCIDENT_CLOSED:
	case INCIDENT_STATES:
		break;
	}
	return did;
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
		if (!blind)
			first = mono_first(first, s->live[i].due);
	}
	return first;
}

void incident_sight(struct incidents *s, const struct commune_options *o, mono_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];
		int64_t hold = l->i.state == INCIDENT_HELD ? sight_hold(l, o)
			       : l->i.told                 ? o->return_hold_ms
							   : 0;

		/* One that waits for nothing has no due time that this could pass. */
		if (l->due.ms < mono_after(now, hold).ms)
			l->due = mono_after(now, hold);
	}
}

void incident_restore(struct incidents *s, const struct incident *i,
		      const struct commune_options *o, mono_t now)
{
	struct incident_live *l = push(s);

	*l = (struct incident_live){ .i = *i, .opened = now, .due = MONO_NEVER };
	l->i.open = 0; /* counted again as its outages are restored */
	if (i->state == INCIDENT_HELD)
		l->due = mono_after(now, hold_of(l, o));
	else if (i->state == INCIDENT_CLOSING)
		l->due = mono_after(now, o->return_hold_ms);
}

void incident_restored(struct incidents *s, const struct commune_options *o, mono_t now,
		       wall_t wall)
{
	for (size_t i = 0; i < s->n; i++) {
		struct incident_live *l = &s->live[i];

		if (l->i.open > 0 || l->i.state == INCIDENT_CLOSING)
			continue;
		/* Its last dark points were taken out of the roster meanwhile. */
		l->i.state = INCIDENT_CLOSING;
		l->i.until = wall;
		l->due = mono_after(now, l->i.told ? o->return_hold_ms : 0);
		l->changed = true;
	}
}

void incident_restore_outage(struct incidents *s, const struct outage *o)
{
	struct incident_live *l = incident_find(s, o->incident);

	if (!l)
		return;
	l->i.open++;
	count(l, o);
}
