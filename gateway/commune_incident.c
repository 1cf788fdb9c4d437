/* SPDX-License-Identifier: Apache-2.0 */
/* commune_incident: what outages share, what that says about their cause, and when it is told. Part
 * of commune. */
#include "gateway/commune_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
	AREA_HAMLETS = 3, /* so many at once are one thing, not so many */
	AREA_POINTS = 5,
	PROVIDER_POINTS =
		3, /* and so many of one provider, if they are enough of all that it has */
	PROVIDER_SHARE_PCT = 30,
};

static bool outage_is_open(const struct place *p)
{
	return p->spell.outage.id != 0 && p->spell.outage.until.ms == 0;
}

static bool is_in(const struct place *p, int64_t incident)
{
	return outage_is_open(p) && p->spell.outage.incident == incident;
}

/* ---- joining ---- */

/* Incidents of those that this point goes dark with. */
static size_t friends_of(const struct commune *c, const struct place *p,
			 int64_t out[static LEARN_FRIENDS])
{
	uint32_t friend[LEARN_FRIENDS];
	size_t known = learn_of(c->learn, p->spell.point, friend), n = 0;

	for (size_t i = 0; i < known; i++)
		if (outage_is_open(&c->place[friend[i]]))
			out[n++] = c->place[friend[i]].spell.outage.incident;
	return n;
}

void commune_join(struct commune *c, struct place *p, struct outage *o, mono_t now)
{
	/* A camera's incident is found by its point; it runs beside its house's. */
	const bool house = incident_grouped(o->cause);
	const struct incident_live *l = incident_find(&c->incidents, p->spell.last_incident);
	int64_t well = o->from.ms - p->spell.last_until.ms;
	/* The same point's last incident goes on when this is the same story: not when the point
	 * was well for long, and only a neighbour keeps the incident open. */
	bool over = l && l->i.state != INCIDENT_CLOSING && p->spell.last_until.ms != 0 &&
		    well > c->o->return_hold_ms;
	int64_t friend[LEARN_FRIENDS];
	struct ties t = {
		.hamlet = p->hamlet,
		.transformer = p->transformer,
		.provider = p->provider,
		.relay = p->relay,
		.planned = p->planned,
		.again = p->told_until.ms != 0 &&
			 o->from.ms - p->told_until.ms < c->o->again_within_ms,
		.damped = flap_damped(&p->flap, o->from),
		.before = over || !house ? 0 : p->spell.last_incident,
		.friends = friend,
		.facts = p->spell.verdict.facts,
	};

	t.n_friends = friends_of(c, p, friend);
	incident_join(&c->incidents, o, &t, c->o, now);
	p->spell.outage.incident = o->incident;
	if (house)
		p->spell.last_incident = o->incident;
}

/* ---- several that are one ---- */

static void move_outages(struct commune *c, int64_t from, int64_t to)
{
	for (uint32_t i = 0; i < c->roster->n_points; i++) {
		struct spell *s = &c->place[i].spell;

		if (is_in(&c->place[i], from)) {
			s->outage.incident = to;
			commune_add(c, ACT_OUTAGE, i)->u.outage = s->outage;
		}
		if (s->last_incident == from)
			s->last_incident = to;
	}
}

static bool may_merge(const struct commune *c, const struct incident_live *l,
		      const struct incident_live *m)
{
	int64_t apart = l->i.from.ms - m->i.from.ms;

	return m != l && m->i.state == INCIDENT_HELD && m->i.scope != SCOPE_GATEWAY &&
	       incident_grouped(m->i.cause) && m->planned == l->planned &&
	       (apart < 0 ? -apart : apart) <= c->o->group_window_ms;
}

static unsigned of_provider(const struct commune *c, uint32_t provider)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->roster->n_points; i++)
		n += c->place[i].provider == provider;
	return n;
}

/* What else is held and began together: all of it (several hamlets are dark), or what shares the
 * provider. SCOPE_POINT: this one stands alone. */
static enum scope wider(struct commune *c, const struct incident_live *l)
{
	unsigned hamlets = 1, points = l->i.points, provided = l->i.points, shared = 1;

	for (size_t i = 0; i < c->incidents.n; i++) {
		const struct incident_live *m = &c->incidents.live[i];

		if (!may_merge(c, l, m))
			continue;
		hamlets++;
		points += m->i.points;
		if (l->provider != 0 && m->provider == l->provider) {
			shared++;
			provided += m->i.points;
		}
	}
	if (l->provider != 0 && shared >= 2 && l->by_cause[CAUSE_POWER] == 0 &&
	    provided >= PROVIDER_POINTS && provided * 10 >= points * 8 &&
	    provided * 100 >= of_provider(c, l->provider) * PROVIDER_SHARE_PCT)
		return SCOPE_PROVIDER;
	return hamlets >= AREA_HAMLETS && points >= AREA_POINTS ? SCOPE_AREA : SCOPE_POINT;
}

/* Returns where the incident stands afterwards. */
static size_t merge(struct commune *c, size_t index)
{
	const int64_t id = c->incidents.live[index].i.id;
	struct incident_live *l = &c->incidents.live[index];
	enum scope scope = wider(c, l);

	if (scope == SCOPE_POINT)
		return index;
	for (size_t i = 0; i < c->incidents.n;) {
		struct incident_live *m = &c->incidents.live[i];

		l = incident_find(&c->incidents, id);
		if (!may_merge(c, l, m) ||
		    (scope == SCOPE_PROVIDER && m->provider != l->provider)) {
			i++;
			continue;
		}
		move_outages(c, m->i.id, id);
		incident_absorb(l, m);
		commune_add(c, ACT_INCIDENT, m->i.point)->u.incident = m->i;
		incident_remove(&c->incidents, i);
	}
	l = incident_find(&c->incidents, id);
	l->i.scope = scope;
	return (size_t)(l - c->incidents.live);
}

/* ---- what the neighbours suggest ---- */

struct picture {
	unsigned dark;                      /* points in the incident, still dark */
	unsigned said;                      /* whose node said why */
	bool one_transformer, one_provider; /* they share it */
	unsigned providers_differ;          /* whose provider is not the first's */
	unsigned hamlets;                   /* that they are in */
	unsigned all;                       /* points of those hamlets */
	unsigned others;                    /* of them, that work */
	unsigned on_transformer, up_on_it;  /* points on the first's transformer; that work */
	unsigned on_provider, up_by_it;     /* of those hamlets, with the first's provider */
	unsigned up_by_other;               /* working with another provider */
	uint32_t relay; /* the point that all the others speak through, plus one */
	bool friends;   /* the first knows all the others */
};

static bool works(const struct place *p)
{
	return p->spell.colour == COLOUR_UP;
}

static void look_inside(struct commune *c, const struct incident_live *l, struct picture *v)
{
	const struct place *first = &c->place[l->i.point];

	*v = (struct picture){ .one_transformer = first->transformer != 0,
			       .one_provider = first->provider != 0,
			       .friends = true };
	memset(c->hamlet_mark, 0, c->roster->n_hamlets + 1);
	for (uint32_t i = 0; i < c->roster->n_points; i++) {
		const struct place *p = &c->place[i];

		if (!is_in(p, l->i.id))
			continue;
		v->dark++;
		v->said += p->spell.outage.cause != CAUSE_OPEN && p->spell.contact == CONTACT_UP;
		v->one_transformer &= p->transformer == first->transformer;
		v->one_provider &= p->provider == first->provider;
		v->providers_differ += p->provider != first->provider;
		if (p->relay != 0 && is_in(&c->place[p->relay - 1], l->i.id))
			v->relay = v->relay == 0 || v->relay == p->relay ? p->relay : UINT32_MAX;
		if (p != first)
			v->friends &= learn_friends(c->learn, l->i.point, i);
		if (!c->hamlet_mark[p->hamlet]) {
			c->hamlet_mark[p->hamlet] = 1;
			v->hamlets++;
		}
	}
	for (uint32_t i = 0; v->relay != 0 && i < c->roster->n_points; i++)
		if (is_in(&c->place[i], l->i.id) && i + 1 != v->relay &&
		    c->place[i].relay != v->relay)
			v->relay = 0;
	if (v->relay == UINT32_MAX)
		v->relay = 0;
}

static void look_around(const struct commune *c, const struct incident_live *l, struct picture *v)
{
	const struct place *first = &c->place[l->i.point];

	for (size_t i = 0; i < c->roster->n_points; i++) {
		const struct place *p = &c->place[i];
		const bool up = works(p);

		if (first->transformer != 0 && p->transformer == first->transformer) {
			v->on_transformer++;
			v->up_on_it += up;
		}
		if (!c->hamlet_mark[p->hamlet])
			continue;
		v->all++;
		v->others += up && !is_in(p, l->i.id);
		if (first->provider != 0 && p->provider == first->provider) {
			v->on_provider++;
			v->up_by_it += up;
		} else {
			v->up_by_other += up;
		}
	}
}

static uint32_t evidence_of(const struct picture *v)
{
	uint32_t e = 0;

	if (v->said > 0)
		e |= EVIDENCE_SAID;
	if (v->dark >= 2 && v->one_transformer && v->up_on_it == 0)
		e |= EVIDENCE_TRANSFORMER;
	if (v->dark >= 2 && v->one_provider && v->up_by_it == 0 && v->up_by_other > 0)
		e |= EVIDENCE_PROVIDER;
	if (v->dark >= 3 && v->providers_differ > 0)
		e |= EVIDENCE_MIXED;
	if (v->others > 0)
		e |= EVIDENCE_NEIGHBOURS;
	if (v->relay != 0)
		e |= EVIDENCE_RELAY;
	return e;
}

/* Nobody said why: what do those that are dark, and those that are not, have in common? */
static enum cause guess_of(const struct picture *v, uint32_t evidence)
{
	const bool transformer = evidence & EVIDENCE_TRANSFORMER,
		   provider = evidence & EVIDENCE_PROVIDER;

	if (evidence & EVIDENCE_RELAY)
		return CAUSE_LINE;
	if ((evidence & EVIDENCE_MIXED) && (transformer || v->others == 0))
		return CAUSE_POWER;
	if (provider && !transformer)
		return CAUSE_PROVIDER;
	/* The provider still serves their neighbours. */
	if (transformer && !provider && v->up_by_it > 0)
		return CAUSE_POWER;
	return CAUSE_NONE;
}

static unsigned least(unsigned n)
{
	return n < UINT16_MAX ? n : UINT16_MAX;
}

static void set_scope(struct incident *i, const struct picture *v)
{
	unsigned group = v->all;

	if (v->dark <= 1 && i->points <= 1)
		i->scope = SCOPE_POINT, group = 0;
	else if (v->relay != 0)
		i->scope = SCOPE_RELAY, group = v->dark;
	else if (i->cause == CAUSE_PROVIDER && (i->evidence & EVIDENCE_PROVIDER))
		i->scope = SCOPE_PROVIDER, group = v->on_provider;
	else if (i->scope == SCOPE_PROVIDER)
		group = v->on_provider;
	else if (v->hamlets >= AREA_HAMLETS)
		i->scope = SCOPE_AREA;
	else if ((i->evidence & EVIDENCE_TRANSFORMER) && v->on_transformer < v->all)
		i->scope = SCOPE_TRANSFORMER, group = v->on_transformer;
	else if (v->friends && v->others > 0)
		i->scope = SCOPE_LEARNED, group = v->dark;
	else
		i->scope = v->hamlets > 1 ? SCOPE_AREA : SCOPE_HAMLET;
	i->group = (uint16_t)least(group > i->points ? group : i->points);
}

static void explain(struct commune *c, struct incident_live *l)
{
	struct picture v;

	look_inside(c, l, &v);
	if (v.relay != 0)
		l->i.point = v.relay - 1;
	l->i.hamlet = c->place[l->i.point].hamlet;
	look_around(c, l, &v);
	l->i.evidence &= EVIDENCE_SAME_BOOT | EVIDENCE_NEW_BOOT;
	l->i.evidence |= evidence_of(&v);
	l->guess = v.said > 0 ? CAUSE_NONE : guess_of(&v, l->i.evidence);
	incident_conclude(l, c->o);
	l->i.hamlets = (uint16_t)least(v.hamlets);
	l->i.others = (uint16_t)least(v.others);
	if (incident_grouped(l->i.cause))
		set_scope(&l->i, &v);
}

static void learn(struct commune *c, const struct incident_live *l)
{
	uint32_t point[LEARN_CROWD];
	size_t n = 0;

	if (l->i.points < 2 || l->i.points > LEARN_CROWD || !incident_grouped(l->i.cause))
		return;
	for (uint32_t i = 0; i < c->roster->n_points && n < LEARN_CROWD; i++)
		if (is_in(&c->place[i], l->i.id))
			point[n++] = i;
	learn_together(c->learn, point, n);
}

/* ---- its beginning and its end ---- */

/* The group is back, these are not: their own incident, told at once. */
static void split_residue(struct commune *c, const struct incident *of, mono_t now, wall_t wall)
{
	struct incident_live *l = NULL;

	for (uint32_t i = 0; i < c->roster->n_points; i++) {
		struct spell *s = &c->place[i].spell;

		if (!is_in(&c->place[i], of->id))
			continue;
		if (!l)
			l = incident_residue(&c->incidents, of, &s->outage, now);
		s->outage.incident = s->last_incident = l->i.id;
		incident_stayed(l, &s->outage);
		commune_add(c, ACT_OUTAGE, i)->u.outage = s->outage;
	}
	if (!l)
		return;
	explain(c, l);
	l->i.evidence |= EVIDENCE_NEIGHBOURS;
	commune_add(c, ACT_INCIDENT, l->i.point)->u.incident = l->i;
	l->changed = false;
	commune_tell(c, &l->i, TELL_RESIDUE, wall);
}

static void remember_told(struct commune *c, const struct incident *i, wall_t wall)
{
	for (size_t k = 0; k < c->roster->n_points; k++)
		if (c->place[k].spell.last_incident == i->id ||
		    (k == i->point && !incident_grouped(i->cause) && i->scope != SCOPE_GATEWAY))
			c->place[k].told_until = wall;
}

/* Until when all that is dark in it is announced: a transformer may feed two hamlets, and each has
 * windows of its own. */
static wall_t all_excused(const struct commune *c, const struct incident *i, wall_t wall)
{
	wall_t latest = { 0 };

	for (size_t k = 0; k < c->roster->n_points; k++) {
		wall_t until;

		if (!is_in(&c->place[k], i->id))
			continue;
		until = commune_excused(c, i, k);
		if (until.ms <= wall.ms)
			return until;
		if (until.ms > latest.ms)
			latest = until;
	}
	return latest;
}

/* About to be told: is it, and of what? False: not yet. */
static bool ripe(struct commune *c, size_t *index, mono_t now, wall_t wall)
{
	struct incident_live *l = &c->incidents.live[*index];
	wall_t excused;

	if (l->i.scope == SCOPE_GATEWAY)
		return true;
	if (!c->sees)
		return false;
	excused = all_excused(c, &l->i, wall);
	if (excused.ms > wall.ms) {
		l->due = excused.ms == INT64_MAX ? MONO_NEVER
						 : mono_after(now, excused.ms - wall.ms);
		l->excused = true;
		return false;
	}
	/* Of what was announced those that are back are no news: only what is not is told. */
	if (l->excused && l->i.open < l->i.points) {
		l->i.state = INCIDENT_CLOSING;
		return true;
	}
	if (incident_grouped(l->i.cause))
		*index = merge(c, *index);
	explain(c, &c->incidents.live[*index]);
	c->incidents.live[*index].due = now;
	learn(c, &c->incidents.live[*index]);
	return true;
}

static enum tell opening(const struct incident_live *l)
{
	return l->damped && l->i.points <= 1 && l->i.scope != SCOPE_GATEWAY ? TELL_UNSTABLE
									    : TELL_FIRING;
}

/* About to be over: but was its point well all that time, or did nobody see? */
static void still_well(const struct commune *c, struct incident_live *l, mono_t now, wall_t wall)
{
	const int64_t hold = incident_return_hold(l, c->o);
	const struct spell *s;

	if (l->i.state != INCIDENT_CLOSING || l->i.scope == SCOPE_GATEWAY || !l->i.told ||
	    l->i.points > 1 || !mono_reached(now, l->due))
		return;
	s = &c->place[l->i.point].spell;
	if (s->colour == COLOUR_UNKNOWN)
		l->due = mono_after(now, hold);
	else if (s->colour == COLOUR_UP && wall.ms - s->since.ms < hold && s->since.ms <= wall.ms)
		l->due = mono_after(now, hold - (wall.ms - s->since.ms));
}

/* False: it is gone from the list. */
static bool step_one(struct commune *c, size_t i, mono_t now, wall_t wall)
{
	struct incident_live *l = &c->incidents.live[i];
	struct incident was;
	unsigned did;
	bool stays;

	/* A camera's trouble is not over because its house went dark. */
	if (l->i.scope != SCOPE_GATEWAY && mono_reached(now, l->due) &&
	    c->place[l->i.point].spell.colour != COLOUR_UP)
		incident_hidden(&c->incidents, l->i.point, c->o, now);
	still_well(c, l, now, wall);
	/* Somebody joined it since it was told: it is not the point's own any more. */
	if (l->changed && l->i.state == INCIDENT_TOLD && l->i.scope == SCOPE_POINT &&
	    l->i.points > 1 && !l->i.residue)
		explain(c, l);
	if (l->i.state == INCIDENT_HELD && mono_reached(now, l->due))
		ripe(c, &i, now, wall);
	l = &c->incidents.live[i];
	did = incident_step(l, !c->sees, now);
	if (did & INCIDENT_KEEP) {
		struct incident *kept = &commune_add(c, ACT_INCIDENT, l->i.point)->u.incident;

		*kept = l->i;
		if (l->i.state == INCIDENT_CLOSED)
			kept->open = 0; /* what is still dark is another one from now on */
		commune_alert_keep(c, &l->i);
	}
	if (did & INCIDENT_OPENS)
		commune_tell(c, &l->i, opening(l), wall);
	if (l->i.state != INCIDENT_CLOSED)
		return true;
	was = l->i;
	/* Too short to be told again, and so soon: still restless an hour from now. */
	if (!was.told && l->again && was.points == 1)
		remember_told(c, &was, wall);
	stays = was.open > 0 && (was.told || l->excused);
	incident_remove(&c->incidents, i);
	if (did & INCIDENT_CLOSES) {
		commune_tell(c, &was, TELL_RESOLVED, wall);
		remember_told(c, &was, wall);
	}
	if (stays)
		split_residue(c, &was, now, wall);
	return false;
}

void commune_step_incidents(struct commune *c, mono_t now, wall_t wall)
{
	const struct incidents *s = &c->incidents;

	for (size_t i = 0; i < s->n;) {
		const size_t before = s->n;

		if (s->live[i].changed || mono_reached(now, s->live[i].due)) {
			bool stays = step_one(c, i, now, wall);

			/* Others were merged into it, and moved: begin again, what is done is
			 * done. */
			i = !stays || s->n != before ? 0 : i + 1;
		} else {
			i++;
		}
	}
}
