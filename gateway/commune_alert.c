/* SPDX-License-Identifier: Apache-2.0 */
/* commune_alert: tells people, one after the other until somebody goes; and the day's fixed
 * messages. Part of commune. */
#include "gateway/alert.h"
#include "gateway/commune_parts.h"
#include "gateway/date.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CODES = 2400,
	MORNING_MIN = 7 * 60,
	EVENING_MIN = 18 * 60,
	TEST_MIN = 8 * 60, /* on Mondays */
	MONDAY = 1,
	LATE_MS = 60 * 60 * 1000, /* a fixed message that is later than this is not sent any more */
};
#define HOUR_MS INT64_C(3600000)

static const uint8_t remind_hours[] = { 4, 24 };
enum { REMINDERS = sizeof remind_hours };

/* ---- one message to one receiver ---- */

static void count_points(const struct commune *c, const struct receiver *r, struct notice *n)
{
	const struct incident somewhere = { .scope = SCOPE_POINT };

	for (uint32_t i = 0; i < c->roster->n_points; i++) {
		const struct place *p = &c->place[i];
		struct incident here = somewhere;

		here.hamlet = p->hamlet;
		here.cause = CAUSE_NONE;
		if (r->n_hamlets > 0 &&
		    !alert_concerns(&(struct receiver){ .role = r->role,
							.hamlets = r->hamlets,
							.n_hamlets = r->n_hamlets },
				    c->roster, &here, NULL))
			continue;
		n->total++;
		switch (p->spell.colour) {
		case COLOUR_UP:
			n->up++;
			break;
		case COLOUR_DOWN:
			n->down++;
			if (n->dark_n < NOTICE_LIST)
				n->dark[n->dark_n++] = i;
			break;
		case COLOUR_PLANNED:
			n->planned++;
			break;
		case COLOUR_UNKNOWN:
		case COLOURS:
			n->unknown++;
			break;
		}
	}
}

static struct notice *send(struct commune *c, size_t receiver, const struct incident *i,
			   enum tell what, const struct alert *a)
{
	struct act *act = commune_add(c, ACT_TELL, i->point);
	struct notice *n = calloc(1, sizeof *n);

	if (!n)
		abort(); /* nothing may be forgotten in silence: the supervisor starts us again */
	n->what = what;
	n->incident = *i;
	if (a) {
		memcpy(n->code, a->code, sizeof n->code);
		memcpy(n->taken_by, a->taken_by, sizeof n->taken_by);
	}
	act->u.tell.notice = n;
	act->u.tell.receiver = (uint32_t)receiver;
	snprintf(act->u.tell.key, sizeof act->u.tell.key, "%" PRId64 "-%s-%s", i->id,
		 tell_str(what), c->roster->receivers[receiver].id);
	if (i->scope == SCOPE_GATEWAY)
		count_points(c, &(struct receiver){ .role = ROLE_MACHINE }, n);
	return n;
}

/* ---- alerts ---- */

static struct alert_live *find(struct commune *c, int64_t incident)
{
	for (size_t i = 0; i < c->n_alerts; i++)
		if (c->alert[i].a.incident == incident)
			return &c->alert[i];
	return NULL;
}

const struct alert *commune_alert(const struct commune *c, int64_t incident)
{
	for (size_t i = 0; i < c->n_alerts; i++)
		if (c->alert[i].a.incident == incident)
			return &c->alert[i].a;
	return NULL;
}

static struct alert_live *push(struct commune *c)
{
	if (c->n_alerts == c->size_alerts) {
		size_t size = c->size_alerts ? 2 * c->size_alerts : 16;
		struct alert_live *grown = realloc(c->alert, size * sizeof *grown);

		if (!grown)
			abort();
		c->alert = grown;
		c->size_alerts = size;
	}
	c->alert[c->n_alerts] = (struct alert_live){ 0 };
	return &c->alert[c->n_alerts++];
}

static struct alert_live *find_code(const struct commune *c, const char *code)
{
	for (size_t i = 0; i < c->n_alerts; i++)
		if (strcmp(c->alert[i].a.code, code) == 0)
			return &c->alert[i];
	return NULL;
}

static size_t receiver_called(const struct roster *r, const char *id)
{
	for (size_t k = 0; k < r->n_receivers; k++)
		if (strcmp(r->receivers[k].id, id) == 0)
			return k;
	return SIZE_MAX;
}

/* From the incident's own name, so that it is the same whenever it is asked; but unlike every open
 * one. */
static void choose_code(const struct commune *c, int64_t incident, char code[static NOTICE_CODE])
{
	uint64_t n = (uint64_t)(incident < 0 ? -incident : incident);

	do
		alert_code(code, n % CODES);
	while (find_code(c, code) && c->n_alerts < CODES && ++n);
}

static void keep(struct commune *c, const struct alert *a)
{
	commune_add(c, ACT_ALERT, 0)->u.alert = *a;
}

static mono_t when(const struct commune *c, wall_t t)
{
	return (mono_t){ t.ms - c->wall_off };
}

static void alert_by(struct commune *c, wall_t t)
{
	c->alert_due = mono_first(c->alert_due, when(c, t));
}

/* While nobody could be told, since it began: somebody must be. */
static wall_t leaders_from(const struct commune *c, const struct alert_live *l)
{
	return (wall_t){ (l->a.opened.ms ? l->a.opened.ms : l->i.from.ms) + c->o->leader_ms };
}

/* In which hamlets it is, or was. */
static const uint8_t *touched_by(struct commune *c, const struct incident *i)
{
	memset(c->hamlet_mark, 0, c->roster->n_hamlets + 1);
	for (size_t k = 0; k < c->roster->n_points; k++)
		if (c->place[k].spell.last_incident == i->id)
			c->hamlet_mark[c->place[k].hamlet] = 1;
	return c->hamlet_mark;
}

/* Tells the next one in the chain, and says when the one after is due. */
static void next_person(struct commune *c, struct alert_live *l, enum tell what, wall_t wall)
{
	const uint8_t *touched = touched_by(c, &l->i);
	wall_t later;
	size_t k = alert_next(&l->a, c->roster, &l->i, touched, leaders_from(c, l), wall, &later);

	l->a.next = later;
	if (k == SIZE_MAX)
		return;
	alert_tell(&l->a, k);
	if (l->a.opened.ms == 0)
		l->a.opened = wall;
	send(c, k, &l->i, what, &l->a);
	k = alert_next(&l->a, c->roster, &l->i, touched, leaders_from(c, l), wall, &later);
	l->a.next = (wall_t){ wall.ms + c->o->next_person_ms };
	if (k == SIZE_MAX && later.ms > l->a.next.ms)
		l->a.next = later; /* whoever is left sleeps until then, or is a leader */
}

static void tell_beside(struct commune *c, struct alert_live *l, enum role role, enum tell what,
			wall_t wall)
{
	const uint8_t *touched = touched_by(c, &l->i);
	wall_t until;

	for (size_t k = 0; k < c->roster->n_receivers && k < ALERT_RECEIVERS; k++) {
		const struct receiver *r = &c->roster->receivers[k];

		if (r->role != role || !alert_concerns(r, c->roster, &l->i, touched) ||
		    (role != ROLE_MACHINE && alert_quiet(r, wall, &until)))
			continue;
		alert_tell(&l->a, k);
		send(c, k, &l->i, what, &l->a);
	}
}

static void open_alert(struct commune *c, const struct incident *i, enum tell what, wall_t wall)
{
	char code[NOTICE_CODE];
	struct alert_live *l;

	choose_code(c, i->id, code);
	l = push(c);
	l->i = *i;
	l->opening = what;
	l->a.incident = i->id;
	memcpy(l->a.code, code, sizeof code);
	tell_beside(c, l, ROLE_MACHINE, what, wall);
	tell_beside(c, l, ROLE_HAMLET_HEAD, what, wall);
	next_person(c, l, what, wall);
	keep(c, &l->a);
	if (l->a.next.ms != 0)
		alert_by(c, l->a.next);
	if (l->a.opened.ms != 0)
		alert_by(c, (wall_t){ l->a.opened.ms + remind_hours[0] * HOUR_MS });
}

/* The houses' lights may say that somebody comes, where they can be reached. */
static void ask_points(struct commune *c, int64_t incident, uint8_t what)
{
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];

		if (p->point.present && p->spell.last_incident == incident)
			commune_ask(c, p, what);
	}
}

/* Whoever was told that it began is told that it is over; nobody else. */
static void close_alert(struct commune *c, const struct incident *i, wall_t wall)
{
	struct alert_live *l = find(c, i->id);

	(void)wall;
	if (!l)
		return;
	for (size_t k = 0; k < c->roster->n_receivers; k++)
		if (alert_told(&l->a, k))
			send(c, k, i, TELL_RESOLVED, &l->a);
	if (l->a.taken_by[0] != '\0')
		ask_points(c, i->id, ASK_LEFT);
	l->a.closed = true;
	l->a.next.ms = 0;
	keep(c, &l->a);
	*l = c->alert[--c->n_alerts];
}

void commune_tell(struct commune *c, const struct incident *i, enum tell what, wall_t wall)
{
	if (c->replaying)
		return;
	if (what == TELL_RESOLVED)
		close_alert(c, i, wall);
	else
		open_alert(c, i, what, wall);
}

void commune_alert_keep(struct commune *c, const struct incident *i)
{
	struct alert_live *l = find(c, i->id);

	if (l)
		l->i = *i;
}

/* ---- nobody goes ---- */

/* Those who were told before now; who is asleep hears it when he is up (notify.c). */
static void remind(struct commune *c, struct alert_live *l, const struct alert *before)
{
	const uint8_t hours = remind_hours[l->a.reminded++];

	/* What comes and goes all night is no more urgent after four hours of it. */
	if (l->opening == TELL_UNSTABLE && l->a.reminded < REMINDERS)
		return;

	for (size_t k = 0; k < c->roster->n_receivers; k++) {
		const struct receiver *r = &c->roster->receivers[k];
		struct notice *n;
		struct act *act;

		if (!alert_told(before, k) || r->role == ROLE_HAMLET_HEAD ||
		    r->role == ROLE_MACHINE)
			continue;
		n = send(c, k, &l->i, TELL_REMIND, &l->a);
		n->hours = hours;
		act = &c->acts.act[c->acts.n - 1];
		snprintf(act->u.tell.key, sizeof act->u.tell.key, "%" PRId64 "-remind%u-%s",
			 l->i.id, hours, r->id);
	}
}

static void step_alert(struct commune *c, struct alert_live *l, wall_t wall)
{
	const struct alert before = l->a;

	if (l->a.taken_by[0] != '\0')
		return;
	if (l->a.next.ms != 0 && wall.ms >= l->a.next.ms)
		next_person(c, l, l->opening, wall);
	if (l->a.next.ms != 0)
		alert_by(c, l->a.next);
	if (l->a.opened.ms != 0 && l->a.reminded < REMINDERS) {
		wall_t at = { l->a.opened.ms + remind_hours[l->a.reminded] * HOUR_MS };

		if (wall.ms >= at.ms)
			remind(c, l, &before);
		else
			alert_by(c, at);
	}
	if (memcmp(&before, &l->a, sizeof before) != 0) {
		keep(c, &l->a);
		if (l->a.opened.ms != 0 && l->a.reminded < REMINDERS)
			alert_by(c, (wall_t){ l->a.opened.ms +
					      remind_hours[l->a.reminded] * HOUR_MS });
	}
}

enum taking commune_take_job(struct commune *c, const char *code, const char *who,
			     struct alert *out, mono_t now, wall_t wall)
{
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_TAKEN };
	struct alert_live *l = find_code(c, code);

	if (!l)
		return TAKING_UNKNOWN;
	*out = l->a;
	if (l->a.taken_by[0] != '\0')
		return strcmp(l->a.taken_by, who) == 0 ? TAKING_OK : TAKING_TAKEN;
	snprintf(l->a.taken_by, sizeof l->a.taken_by, "%s", who);
	l->a.taken = wall;
	l->a.next.ms = 0;
	commune_person_body(&row, l->a.incident, CAUSE_NONE, who);
	if (l->i.scope == SCOPE_GATEWAY)
		commune_own_row(c, &row, now);
	else
		commune_row(c, &c->place[l->i.point], &row, now);
	keep(c, &l->a);
	ask_points(c, l->a.incident, ASK_TAKEN);
	*out = l->a;
	return TAKING_OK;
}

void commune_answer(struct commune *c, const char *receiver, const char *code, wall_t wall)
{
	const struct incident none = { .scope = SCOPE_GATEWAY, .from = wall, .until = wall };
	const size_t k = receiver_called(c->roster, receiver);
	const struct date d = date_of(wall, DATE_VIETNAM_MIN);
	const struct alert_live *l = find_code(c, code);
	struct notice *n;
	struct act *act;

	if (k == SIZE_MAX)
		return;
	if (l) {
		send(c, k, &l->i, TELL_ANSWER, &l->a);
		return;
	}
	n = send(c, k, &none, TELL_ANSWER, NULL);
	snprintf(n->code, sizeof n->code, "%s", code);
	act = &c->acts.act[c->acts.n - 1];
	snprintf(act->u.tell.key, sizeof act->u.tell.key, "%04u%02u%02u-answer-%s-%s",
		 d.year % 10000, d.month % 100, d.day % 100, code, receiver);
}

/* One of those who are told one after the other? Nobody waited for a machine to go. */
static bool may_go(const struct roster *r, const char *receiver)
{
	const size_t k = receiver_called(r, receiver);

	return k != SIZE_MAX && r->receivers[k].role != ROLE_MACHINE &&
	       r->receivers[k].role != ROLE_HAMLET_HEAD;
}

void commune_undelivered(struct commune *c, int64_t incident, const char *receiver, mono_t now,
			 wall_t wall)
{
	struct alert_live *l = find(c, incident);

	if (!l || !may_go(c->roster, receiver) || l->a.taken_by[0] != '\0' || l->a.next.ms == 0 ||
	    l->a.next.ms <= wall.ms)
		return;
	l->a.next = wall;
	keep(c, &l->a);
	c->alert_due = mono_first(c->alert_due, now);
}

bool commune_test(struct commune *c, const char *receiver, mono_t now, wall_t wall)
{
	const struct incident none = { .scope = SCOPE_GATEWAY, .from = wall, .until = wall };
	const size_t k = receiver_called(c->roster, receiver);
	struct act *act;

	(void)now;
	if (k == SIZE_MAX || c->roster->receivers[k].role == ROLE_MACHINE)
		return false;
	send(c, k, &none, TELL_TEST, NULL);
	act = &c->acts.act[c->acts.n - 1];
	snprintf(act->u.tell.key, sizeof act->u.tell.key, "%" PRId64 "-test-%s", wall.ms, receiver);
	return true;
}

void commune_correct(struct commune *c, int64_t incident, size_t point, enum cause cause,
		     const char *who, mono_t now, wall_t wall)
{
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_CORRECTED };

	commune_person_body(&row, incident, cause, who);
	if (point < c->roster->n_points)
		commune_row(c, &c->place[point], &row, now);
	else
		commune_own_row(c, &row, now);
}

/* ---- the day's fixed messages ---- */

static bool fixed(const struct receiver *r, enum tell what)
{
	if (r->role == ROLE_MACHINE)
		return false;
	if (what == TELL_TEST)
		return true;
	/* In the morning those who were left in peace at night; in the evening those who patrol. */
	return r->digests && (what == TELL_EVENING || r->quiet_from != r->quiet_until);
}

static void send_fixed(struct commune *c, enum tell what, wall_t at)
{
	const struct date d = date_of(at, DATE_VIETNAM_MIN);
	const struct incident none = { .scope = SCOPE_GATEWAY, .from = at, .until = at };

	for (size_t k = 0; k < c->roster->n_receivers; k++) {
		const struct receiver *r = &c->roster->receivers[k];
		struct notice *n;
		struct act *act;

		if (!fixed(r, what))
			continue;
		n = calloc(1, sizeof *n);
		if (!n)
			abort();
		n->what = what;
		n->incident = none;
		count_points(c, r, n);
		/* Nothing can be done about no blind spots. */
		if (what != TELL_TEST && n->down == 0 && n->unknown == 0) {
			free(n);
			continue;
		}
		act = commune_add(c, ACT_TELL, 0);
		act->u.tell.notice = n;
		act->u.tell.receiver = (uint32_t)k;
		snprintf(act->u.tell.key, sizeof act->u.tell.key, "%04u%02u%02u-%s-%s",
			 d.year % 10000, d.month % 100, d.day % 100, tell_str(what), r->id);
	}
}

static const struct {
	enum tell what;
	int minutes, weekday;
} fixed_messages[] = {
	{ TELL_MORNING, MORNING_MIN, -1 },
	{ TELL_TEST, TEST_MIN, MONDAY },
	{ TELL_EVENING, EVENING_MIN, -1 },
};

static wall_t next_fixed(wall_t after)
{
	wall_t first = { INT64_MAX };

	for (size_t i = 0; i < sizeof fixed_messages / sizeof fixed_messages[0]; i++) {
		wall_t t = alert_next_clock(after, fixed_messages[i].minutes,
					    fixed_messages[i].weekday);

		if (t.ms < first.ms)
			first = t;
	}
	return first;
}

static bool has_people(const struct roster *r)
{
	for (size_t i = 0; i < r->n_receivers; i++)
		if (r->receivers[i].role != ROLE_MACHINE)
			return true;
	return false;
}

/* After a start the hour before is looked at again; what was sent has its row in the outbox. */
static void step_fixed(struct commune *c, wall_t wall)
{
	if (!has_people(c->roster))
		return;
	if (c->digest_due.ms == 0)
		c->digest_due = next_fixed((wall_t){ wall.ms - LATE_MS });
	while (wall.ms >= c->digest_due.ms) {
		const wall_t at = c->digest_due;

		for (size_t i = 0; i < sizeof fixed_messages / sizeof fixed_messages[0]; i++)
			if (alert_next_clock((wall_t){ at.ms - 1 }, fixed_messages[i].minutes,
					     fixed_messages[i].weekday)
				    .ms == at.ms)
				send_fixed(c, fixed_messages[i].what, at);
		c->digest_due = next_fixed(at);
	}
	alert_by(c, c->digest_due);
}

void commune_step_alerts(struct commune *c, mono_t now, wall_t wall)
{
	(void)now;
	c->alert_due = MONO_NEVER;
	for (size_t i = 0; i < c->n_alerts; i++)
		step_alert(c, &c->alert[i], wall);
	step_fixed(c, wall);
}

void commune_restore_alert(struct commune *c, const struct alert *a)
{
	struct alert_live *l;
	const struct incident_live *i = incident_find(&c->incidents, a->incident);

	if (!i)
		return; /* its points were taken out of the roster */
	l = push(c);
	l->a = *a;
	l->i = i->i;
	l->opening = i->i.residue                    ? TELL_RESIDUE
		     : i->damped && i->i.points <= 1 ? TELL_UNSTABLE
						     : TELL_FIRING;
	c->alert_due = (mono_t){ 0 };
}
