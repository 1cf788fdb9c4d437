/* SPDX-License-Identifier: Apache-2.0 */
/* turn: one round of the gateway: decide, keep, and only then acknowledge, draw and tell. */
#include "gateway/turn.h"

#include "mesh/log.h"
#include "mesh/topic.h"

#include <stdlib.h>
#include <string.h>

enum {
	RETRY_STORE_MS = 2000, /* disk full: nothing is acknowledged, tried again */
	ACTS_MAX = 200000,     /* not stored by then: start anew, the nodes still hold it all */
};

struct turn {
	struct loop *loop;
	const struct roster *roster;
	struct commune *commune;
	struct store *store;
	struct series *series;
	struct notify *notify;
	struct mqtt *mqtt;
	struct loop_alarm *alarm;
	bool failing, gave_up;
};

/* ---- acting, after the commit ---- */

static void act_send(struct turn *t, const struct act *a)
{
	char topic[TOPIC_TEXT];

	topic_down_draw(topic, t->roster->points[a->point].code);
	/* Not sent is not lost: the node asks again by sending again. */
	mqtt_send(t->mqtt, topic, a->u.send.buf, a->u.send.len, false);
}

static void log_row(const struct row *r)
{
	if (r->point[0])
		log_point(r->point, "point %s: %s", r->point, row_kind_str(r->kind));
	else
		log_info("gateway: %s", row_kind_str(r->kind));
}

static void log_tell(const struct turn *t, const struct act *a)
{
	const struct notice *n = a->u.tell.notice;

	log_info("incident %lld: told %s to %s, %s, %u points", (long long)n->incident.id,
		 tell_str(n->what), t->roster->receivers[a->u.tell.receiver].id,
		 cause_str(n->incident.cause), n->incident.points);
}

static void perform(struct turn *t, const struct acts *acts, wall_t wall)
{
	bool tell = false;

	for (size_t i = 0; i < acts->n; i++) {
		const struct act *a = &acts->act[i];

		switch (a->kind) {
		case ACT_ROW:
			if (a->u.row.kind != ROW_NEWS)
				log_row(&a->u.row);
			break;
		case ACT_DRAW:
			series_add(t->series, a->point, &a->u.draw, wall);
			break;
		case ACT_SAMPLES:
			for (size_t k = 0; k < a->u.samples.n; k++)
				series_add(t->series, a->point, &a->u.samples.draw[k], wall);
			break;
		case ACT_FILL:
			series_fill(t->series, a->point, a->u.fill.from, a->u.fill.until, wall);
			break;
		case ACT_SEND:
			act_send(t, a);
			break;
		case ACT_TELL:
			log_tell(t, a);
			tell = true;
			break;
		case ACT_POINT:
		case ACT_BOOT:
		case ACT_ABOUT:
		case ACT_PAINT:
		case ACT_OUTAGE:
		case ACT_INCIDENT:
		case ACT_ALERT:
		case ACT_CORRECT:
			break;
		}
	}
	if (tell)
		notify_kick(t->notify);
}

/* ---- keeping ---- */

static int keep(struct turn *t, const struct acts *acts, wall_t wall)
{
	int e = store_commit(t->store, acts, wall);

	if (e < 0 && !t->failing)
		log_err("ledger: nothing can be stored (%s) and nothing is acknowledged; make room "
			"on the disk",
			strerror(-e));
	if (e == 0 && t->failing)
		log_info("ledger: storing again");
	t->failing = e < 0;
	return e;
}

int turn_now(struct turn *t, mono_t now)
{
	wall_t wall = clock_wall();
	const struct acts *acts;
	int e = 0;

	commune_step(t->commune, now, wall);
	commune_settle(t->commune);
	acts = commune_acts(t->commune);
	if (acts->n > 0)
		e = keep(t, acts, wall);
	if (e < 0) {
		if (acts->n > ACTS_MAX) {
			t->gave_up = true;
			loop_end(t->loop);
		}
		loop_alarm_set(t->alarm, mono_after(now, RETRY_STORE_MS));
		return e;
	}
	perform(t, acts, wall);
	commune_acts_clear(t->commune);
	loop_alarm_set(t->alarm, commune_due(t->commune));
	return 0;
}

static void on_alarm(void *self, mono_t now)
{
	turn_now(self, now);
}

void turn_soon(struct turn *t, mono_t now)
{
	if (!t->failing)
		loop_alarm_set(t->alarm, now);
}

bool turn_gave_up(const struct turn *t)
{
	return t->gave_up;
}

bool turn_keeps(const struct turn *t)
{
	return !t->failing;
}

/* ---- making one ---- */

struct turn *turn_new(struct loop *l, const struct roster *r)
{
	struct turn *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->loop = l;
	t->roster = r;
	t->alarm = loop_alarm_new(l, on_alarm, t);
	if (!t->alarm) {
		free(t);
		return NULL;
	}
	return t;
}

void turn_free(struct turn *t)
{
	if (!t)
		return;
	loop_alarm_free(t->alarm);
	free(t);
}

void turn_judge(struct turn *t, struct commune *c)
{
	t->commune = c;
}

void turn_parts(struct turn *t, struct store *s, struct series *series, struct notify *n,
		struct mqtt *m)
{
	t->store = s;
	t->series = series;
	t->notify = n;
	t->mqtt = m;
}
