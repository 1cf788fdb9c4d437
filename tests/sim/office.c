/* SPDX-License-Identifier: Apache-2.0 */
/* office: the gateway: the real core, a store in memory, and a shell like gateway/main.c. */
#include "tests/sim/office.h"

#include "tests/sim/broker.h"
#include "tests/sim/house.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIAL_FIRST_MS = 50, HOUR_MS = 3600000, OFFICE_BOOT_MS = 20000 };

mono_t office_mono(const struct world *w)
{
	return (mono_t){ w->now - w->office.booted };
}

wall_t office_wall(const struct world *w)
{
	return (wall_t){ world_wall(w).ms + w->office.wall_off };
}

void office_init(struct world *w)
{
	memory_init(&w->office.memory, w->s->n_points, &w->faults);
	w->office.booted = -HOUR_MS;
	w->office.due_queued = INT64_MAX;
	office_start(w);
}

void office_free(struct world *w)
{
	commune_free(w->office.commune);
	memory_free(&w->office.memory);
}

/* ---- turns ---- */

static void due(struct world *w)
{
	struct office *o = &w->office;
	mono_t at = commune_due(o->commune);
	int64_t t = at.ms == MONO_NEVER.ms ? INT64_MAX : at.ms + o->booted;

	if (t < w->now)
		t = w->now;
	if (t >= o->due_queued)
		return;
	o->due_queued = t;
	queue_put(&w->queue, t, HAPPENS_OFFICE_DUE, w, 0);
}

static void asked(struct world *w, uint32_t point)
{
	struct house *h = &w->house[point];

	if (h->asked.n == h->asked.room) {
		size_t room = h->asked.room ? 2 * h->asked.room : 16;
		int64_t *grown = realloc(h->asked.at, room * sizeof *grown);

		if (!grown)
			abort();
		h->asked.at = grown;
		h->asked.room = room;
	}
	h->asked.at[h->asked.n++] = w->now;
	world_say(w, "gateway: asks %s", h->p->code);
}

static void say_row(struct world *w, const struct row *r)
{
	char when[MOMENT_TEXT];

	moment_draw(when, r->at.ms - WORLD_BEGINS);
	world_say(w, "gateway: row %" PRId64 " %s %s of %s (%s)", r->id, row_kind_str(r->kind),
		  r->point, when, stamp_how_str(r->how));
}

static void say_outage(struct world *w, const struct outage *o)
{
	char from[MOMENT_TEXT], until[MOMENT_TEXT];

	moment_draw(from, o->from.ms - WORLD_BEGINS);
	moment_draw(until, o->until.ms - WORLD_BEGINS);
	world_say(w, "gateway: outage %" PRId64 " of %s: %s %s %s to %s, incident %" PRId64, o->id,
		  w->s->point[o->point].code, sure_str(o->sure), cause_str(o->cause), from,
		  o->until.ms ? until : "now", o->incident);
}

static void say_incident(struct world *w, const struct incident *i, const char *what)
{
	world_say(w, "gateway: %s %" PRId64 " %s: %s %s, %u points, %u open, %s", what, i->id,
		  w->s->point[i->point].code, sure_str(i->sure), cause_str(i->cause), i->points,
		  i->open, incident_state_str(i->state));
}

static void perform(struct world *w, const struct act *a)
{
	enum wire_kind kind;
	char topic[TOPIC_TEXT], what[40];

	switch (a->kind) {
	case ACT_ROW:
		say_row(w, &a->u.row);
		return;
	case ACT_OUTAGE:
		say_outage(w, &a->u.outage);
		return;
	case ACT_INCIDENT:
		say_incident(w, &a->u.incident, "incident");
		return;
	case ACT_TELL:
		snprintf(what, sizeof what, "TELLS %s %s",
			 w->roster.receivers[a->u.tell.receiver].id,
			 tell_str(a->u.tell.notice->what));
		say_incident(w, &a->u.tell.notice->incident, what);
		return;
	case ACT_SEND:
		topic_down_draw(topic, w->s->point[a->point].code);
		if (wire_kind_of(&kind, a->u.send.buf, a->u.send.len) == WIRE_OK &&
		    kind == WIRE_ASK)
			asked(w, a->point);
		if (w->office.linked)
			broker_send(w, &w->house[a->point], topic, a->u.send.buf, a->u.send.len,
				    false);
		return;
	case ACT_SAMPLES:
		world_say(w, "gateway: %zu missed minutes of %s", a->u.samples.n,
			  w->s->point[a->point].code);
		return;
	case ACT_ALERT:
		world_say(w, "gateway: alert %" PRId64 " %s, taken by '%s'", a->u.alert.incident,
			  a->u.alert.code, a->u.alert.taken_by);
		return;
	case ACT_POINT:
	case ACT_BOOT:
	case ACT_ABOUT:
	case ACT_CORRECT:
	case ACT_PAINT:
	case ACT_DRAW:
	case ACT_FILL:
		return;
	}
}

/* As in gateway/main.c: decide, keep, then act. */
void office_turn(struct world *w)
{
	struct office *o = &w->office;
	const struct acts *acts;

	o->dirty = false;
	if (!o->running)
		return;
	o->turns = o->instant == w->now ? o->turns + 1 : 0;
	o->instant = w->now;
	if (o->turns == TURNS_MOST) {
		world_fault(w, "the gateway never rests");
		o->running = false;
		return;
	}
	commune_step(o->commune, office_mono(w), office_wall(w));
	commune_settle(o->commune);
	acts = commune_acts(o->commune);
	memory_commit(&o->memory, acts, office_wall(w));
	for (size_t i = 0; i < acts->n; i++)
		perform(w, &acts->act[i]);
	commune_acts_clear(o->commune);
	due(w);
}

void office_due(struct world *w, const struct event *e)
{
	if (e->at != w->office.due_queued)
		return;
	w->office.due_queued = INT64_MAX;
	if (w->office.running)
		w->office.dirty = true;
}

void office_hear(struct world *w, const char *topic, const uint8_t *buf, size_t len)
{
	enum wire_kind kind = WIRE_BEAT;
	unsigned refused;

	if (!w->office.running || !w->office.linked)
		return;
	refused = commune_hear(w->office.commune, topic, buf, len, office_mono(w), office_wall(w));
	if (refused && wire_kind_of(&kind, buf, len) == WIRE_OK)
		world_say(w, "gateway: refuses %s on %s: %s", wire_kind_str(kind), topic,
			  refusal_str(refused));
	w->office.dirty = true;
}

/* As in gateway/main.c, behind the seal. It needs no broker. */
void office_gasp(struct world *w, const char *code, const struct gasp *g)
{
	struct office *o = &w->office;
	bool stored;
	unsigned no;

	if (!o->running)
		return;
	stored = memory_boot_known(&o->memory, code, g->boot);
	no = commune_gasp(o->commune, code, g, stored, office_mono(w), world_wall(w));
	world_say(w, "gateway: last gasp of %s, turn %u: %s", code, g->turn,
		  no ? gasp_refusal_str(no) : "taken");
	o->dirty = true;
}

/* ---- its link to the broker ---- */

static void publish(struct world *w, bool up)
{
	struct wire_gate gate = { .up = up, .epoch = w->office.epoch, .wall = office_wall(w) };
	uint8_t buf[WIRE_MAX];
	size_t len = wire_gate_encode(buf, &gate);

	broker_gate(w, buf, len);
}

void office_dial(struct world *w, uint64_t life)
{
	struct office *o = &w->office;

	if (!o->running || o->linked || life != o->life)
		return;
	if (!w->broker.up) {
		world_in(w, backoff_failed(&o->backoff), HAPPENS_OFFICE_DIAL, w, life);
		return;
	}
	backoff_settled(&o->backoff);
	o->linked = true;
	commune_link(o->commune, true, office_mono(w), office_wall(w));
	publish(w, true);
	o->dirty = true;
}

void office_lost(struct world *w)
{
	struct office *o = &w->office;

	if (!o->linked)
		return;
	o->linked = false;
	commune_link(o->commune, false, office_mono(w), office_wall(w));
	o->dirty = true;
	world_in(w, backoff_failed(&o->backoff), HAPPENS_OFFICE_DIAL, w, o->life);
}

/* ---- the process ---- */

void office_start(struct world *w)
{
	struct office *o = &w->office;

	if (o->running)
		return;
	o->running = true;
	o->linked = false;
	o->started = w->now;
	o->lives++;
	o->life = ++w->serial;
	o->epoch = (uint64_t)office_wall(w).ms;
	o->commune = commune_new(&w->roster, &w->s->commune);
	if (!o->commune)
		abort();
	backoff_init(&o->backoff, OFFICE_RETRY_MIN_MS, OFFICE_RETRY_MAX_MS, 1, o->epoch);
	memory_restore(&o->memory, o->commune, office_mono(w));
	commune_start(o->commune, o->alive, office_mono(w), office_wall(w));
	o->windows = (struct windows){ (struct window *)(uintptr_t)w->s->window, w->s->n_windows };
	commune_windows(o->commune, &o->windows, office_mono(w));
	if (o->cut)
		world_in(w, REFERENCES_MS, HAPPENS_OFFICE_LINE, w, 0);
	world_say(w, "gateway: started");
	o->dirty = true;
	world_in(w, DIAL_FIRST_MS, HAPPENS_OFFICE_DIAL, w, o->life);
}

static void end(struct world *w, bool goodbye)
{
	struct office *o = &w->office;

	if (!o->running)
		return;
	world_say(w, "gateway: ends");
	if (goodbye && o->dirty)
		office_turn(w);
	/* Its goodbye or its will: the same for the nodes. */
	if (o->linked)
		publish(w, false);
	for (unsigned r = 0; r < REFUSALS; r++)
		o->refused[r] += commune_refused(o->commune, r);
	o->alive = office_wall(w);
	if (!goodbye)
		o->alive.ms -= (w->now - o->started) % MARK_MS;
	/* What was stored was stored by somebody alive. */
	if (o->memory.rows.n > 0 && o->memory.rows.at[o->memory.rows.n - 1].stored.ms > o->alive.ms)
		o->alive = o->memory.rows.at[o->memory.rows.n - 1].stored;
	commune_free(o->commune);
	o->commune = NULL;
	o->running = o->linked = o->dirty = false;
	o->due_queued = INT64_MAX;
}

/* ---- what it senses of itself, and what people say ---- */

void office_line(struct world *w)
{
	struct office *o = &w->office;
	const wall_t since = { office_wall(w).ms - REFERENCES_MS };

	if (!o->running)
		return;
	commune_doubt(o->commune, DOUBT_LINE, o->cut, since, office_mono(w), office_wall(w));
	o->dirty = true;
}

static void line_cut(struct world *w, bool cut)
{
	w->office.cut = cut;
	for (size_t i = 0; i < w->s->n_points; i++)
		house_check(w, &w->house[i]);
	world_in(w, REFERENCES_MS, HAPPENS_OFFICE_LINE, w, 0);
}

static void person(struct world *w, const struct action *a)
{
	struct office *o = &w->office;
	const struct point_view v = commune_point(o->commune, a->who.index);
	const struct alert *alert = commune_alert(o->commune, v.incident);
	struct alert out;

	if (a->verb == PERSON_CORRECTS)
		commune_correct(o->commune, v.incident, a->who.index, (enum cause)a->ms,
				w->s->person[a->n].id, office_mono(w), office_wall(w));
	else if (!alert)
		world_fault(w, "line %u: there is no job to take", a->line);
	else if (commune_take_job(o->commune, alert->code, w->s->person[a->n].id, &out,
				  office_mono(w), office_wall(w)) == TAKING_UNKNOWN)
		world_fault(w, "line %u: the job's code is not known", a->line);
}

/* Whether it was an action of this kind. */
static bool self_or_person(struct world *w, const struct action *a)
{
	struct office *o = &w->office;
	const wall_t wall = office_wall(w);
	const enum verb verb = a->verb;

	switch ((int)verb) {
	case GATEWAY_LINE_CUT:
	case GATEWAY_LINE_RESTORE:
		line_cut(w, verb == GATEWAY_LINE_CUT);
		return true;
	case GATEWAY_MAINS_OFF:
	case GATEWAY_MAINS_ON:
		if (o->running)
			commune_doubt(o->commune, DOUBT_POWER, verb == GATEWAY_MAINS_OFF, wall,
				      office_mono(w), wall);
		break;
	case GATEWAY_MUTE:
	case GATEWAY_HEARD:
		if (o->running)
			commune_doubt(o->commune, DOUBT_MUTE, verb == GATEWAY_MUTE, wall,
				      office_mono(w), wall);
		break;
	case PERSON_TAKES:
	case PERSON_CORRECTS:
		if (o->running)
			person(w, a);
		break;
	default:
		return false;
	}
	o->dirty = true;
	return true;
}

void office_act(struct world *w, const struct action *a)
{
	const enum verb verb = a->verb;

	if (self_or_person(w, a))
		return;
	if (verb == GATEWAY_START) {
		office_start(w);
		return;
	}
	if (verb == GATEWAY_CLOCK_STEP) {
		w->office.wall_off += a->ms;
		return;
	}
	end(w, verb == GATEWAY_STOP || verb == GATEWAY_RESTART);
	if (verb == GATEWAY_RESTART)
		world_in(w, RESTART_MS, HAPPENS_OFFICE_START, w, 0);
	if (verb == GATEWAY_REBOOT) {
		w->office.booted = w->now;
		world_in(w, OFFICE_BOOT_MS, HAPPENS_OFFICE_START, w, 0);
	}
}

uint64_t office_refused(const struct world *w, unsigned refusal)
{
	uint64_t now = w->office.commune ? commune_refused(w->office.commune, refusal) : 0;

	return w->office.refused[refusal] + now;
}
