/* SPDX-License-Identifier: Apache-2.0 */
/* world: the made-up commune: houses with real node cores, an office with the real gateway core. */
#include "tests/sim/world.h"

#include "tests/sim/broker.h"
#include "tests/sim/house.h"
#include "tests/sim/machine.h"
#include "tests/sim/office.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- small tools ---- */

void world_in(struct world *w, int64_t ms, enum happening what, void *who, uint64_t tag)
{
	queue_put(&w->queue, w->now + (ms > 0 ? ms : 0), what, who, tag);
}

__attribute__((format(printf, 3, 0))) static void say(struct world *w, struct notes *to,
						      const char *format, va_list args)
{
	char text[NOTES_LINE - MOMENT_TEXT], when[MOMENT_TEXT];

	moment_draw(when, w->now);
	vsnprintf(text, sizeof text, format, args);
	notes_add(to, "%s %s", when, text);
	if (w->trace)
		printf("%s %s%s\n", when, to == &w->faults ? "FAULT " : "", text);
}

void world_say(struct world *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(w, &w->log, format, args);
	va_end(args);
}

void world_fault(struct world *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(w, &w->faults, format, args);
	va_end(args);
}

uint64_t world_draw(struct world *w, uint64_t below)
{
	uint64_t z = w->chance += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

wall_t world_wall(const struct world *w)
{
	return (wall_t){ WORLD_BEGINS + w->now };
}

struct letter *letter_new(struct machine *m, uint64_t conn, const char *topic, const uint8_t *buf,
			  size_t len)
{
	struct letter *l = malloc(sizeof *l + len);

	if (!l)
		abort();
	l->machine = m;
	l->conn = conn;
	l->kept = false;
	l->len = len;
	snprintf(l->topic, sizeof l->topic, "%s", topic);
	memcpy(l->buf, buf, len);
	return l;
}

void letters_put(struct letters *l, struct letter *letter)
{
	if (l->n == LETTERS) {
		free(l->at[0]);
		memmove(&l->at[0], &l->at[1], --l->n * sizeof l->at[0]);
	}
	l->at[l->n++] = letter;
}

void letters_clear(struct letters *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i]);
	l->n = 0;
}

/* ---- making one ---- */

static void *zeroed(size_t n, size_t each)
{
	void *p = calloc(n + 1, each);

	if (!p)
		abort();
	return p;
}

static void make_roster(struct world *w)
{
	static const struct roster_camera cameras[WIRE_CAMERAS];
	const struct script *s = w->s;

	w->hamlets = zeroed(s->n_hamlets, sizeof *w->hamlets);
	w->points = zeroed(s->n_points, sizeof *w->points);
	for (size_t i = 0; i < s->n_hamlets; i++)
		w->hamlets[i] = (struct roster_hamlet){ s->hamlet[i], s->hamlet[i] };
	for (size_t i = 0; i < s->n_points; i++)
		w->points[i] = (struct roster_point){ .code = s->point[i].code,
						      .hamlet = s->hamlet[s->point[i].hamlet],
						      .household = "",
						      .phone = "",
						      .provider = s->point[i].provider,
						      .transformer = s->point[i].transformer,
						      .relay = s->point[i].relay,
						      .cameras = cameras,
						      .n_cameras = s->point[i].cameras };
	w->receivers[0] = (struct receiver){ .id = "hook0", .name = "hook0" };
	for (size_t i = 0; i < s->n_people; i++) {
		const struct script_person *p = &s->person[i];

		w->hamlets_of[i] = p->hamlet;
		w->receivers[i + 1] = (struct receiver){ .id = p->id,
							 .name = p->id,
							 .role = p->role,
							 .hamlets = &w->hamlets_of[i],
							 .n_hamlets = p->hamlet[0] != '\0',
							 .quiet_from = p->quiet_from,
							 .quiet_until = p->quiet_until,
							 .digests = true };
	}
	w->roster = (struct roster){ .commune = "scenario",
				     .hamlets = w->hamlets,
				     .n_hamlets = s->n_hamlets,
				     .points = w->points,
				     .n_points = s->n_points,
				     .receivers = w->receivers,
				     .n_receivers = s->n_people + 1 };
}

struct world *world_new(const struct script *s, bool trace)
{
	struct world *w = zeroed(1, sizeof *w);

	w->s = s;
	w->trace = trace;
	w->chance = s->seed;
	make_roster(w);
	w->look = zeroed(s->n_expects, sizeof w->look[0]);
	w->house = zeroed(s->n_points, sizeof *w->house);
	w->broker.up = true;
	office_init(w);
	for (uint32_t i = 0; i < s->n_points; i++)
		house_init(w, &w->house[i], i);
	for (size_t i = 0; i < s->n_actions; i++)
		queue_put(&w->queue, s->action[i].at, HAPPENS_ACTION, w, i);
	for (size_t i = 0; i < s->n_expects; i++)
		if (s->expect[i].at_given) {
			w->look[i] = zeroed(1, sizeof *w->look[i]);
			queue_put(&w->queue, s->expect[i].at, HAPPENS_LOOK, w, i);
		}
	return w;
}

void world_free(struct world *w)
{
	struct event e;

	while (queue_peek(&w->queue, &e)) {
		if (e.kind == HAPPENS_UP || e.kind == HAPPENS_DOWN)
			free(e.who);
		queue_drop(&w->queue);
	}
	queue_free(&w->queue);
	for (size_t i = 0; i < w->s->n_points; i++)
		house_free(&w->house[i]);
	for (size_t i = 0; i < w->s->n_expects; i++)
		free(w->look[i]);
	office_free(w);
	notes_free(&w->log);
	notes_free(&w->faults);
	free(w->look);
	free(w->house);
	free(w->hamlets);
	free(w->points);
	free(w->promises.at);
	free(w);
}

/* ---- what happens ---- */

static void act(struct world *w, const struct action *a)
{
	world_say(w, "---- line %u of the scenario", a->line);
	if (a->verb >= GATEWAY_STOP) {
		office_act(w, a);
	} else if (a->verb >= BROKER_STOP) {
		broker_act(w, a->verb);
	} else {
		for (size_t i = 0; i < w->s->n_points; i++)
			if (script_concerns(w->s, &a->who, i))
				house_act(w, &w->house[i], a);
	}
}

static void look(struct world *w, struct look *l)
{
	l->taken = true;
	l->gateway = w->office.running;
	for (size_t i = 0; i < w->s->n_points; i++) {
		const struct machine *m = &w->house[i].own;

		l->node[i] = m->running;
		if (m->running) {
			l->verdict[i] = m->acts.verdict;
			l->lamp[i] = m->acts.lamp;
		}
		if (w->office.running)
			l->view[i] = commune_point(w->office.commune, i);
	}
}

static void happen(struct world *w, const struct event *e)
{
	switch ((enum happening)e->kind) {
	case HAPPENS_ACTION:
		act(w, &w->s->action[e->tag]);
		return;
	case HAPPENS_LOOK:
		look(w, w->look[e->tag]);
		return;
	case HAPPENS_NODE_DUE:
	case HAPPENS_NODE_STARTS:
	case HAPPENS_UNANSWERED:
	case HAPPENS_LOOKED:
	case HAPPENS_HEART:
	case HAPPENS_NTP:
		machine_event(w, e->who, e);
		return;
	case HAPPENS_SECOND:
	case HAPPENS_DIAL:
	case HAPPENS_DIALLED:
	case HAPPENS_SETTLED:
	case HAPPENS_RESENT:
	case HAPPENS_THROWN_OFF:
		machine_line_event(w, e->who, e);
		return;
	case HAPPENS_UP:
		broker_hear(w, e->who);
		free(e->who);
		return;
	case HAPPENS_DOWN:
		machine_hear(w, e->who);
		free(e->who);
		return;
	case HAPPENS_READY:
		house_ready(w, e->who);
		return;
	case HAPPENS_BATTERY:
		house_battery(w, e->who, e->tag);
		return;
	case HAPPENS_SESSION_DEAD:
	case HAPPENS_SESSION_IDLE:
	case HAPPENS_HUNG_UP:
	case HAPPENS_GOODBYE:
		broker_event(w, e->who, e);
		return;
	case HAPPENS_BROKER_GONE:
		broker_gone(w);
		return;
	case HAPPENS_BROKER_START:
		broker_start(w);
		return;
	case HAPPENS_OFFICE_DUE:
		office_due(w, e);
		return;
	case HAPPENS_OFFICE_DIAL:
		office_dial(w, e->tag);
		return;
	case HAPPENS_OFFICE_START:
		office_start(w);
		return;
	case HAPPENS_OFFICE_LINE:
		office_line(w);
		return;
	}
}

void world_run(struct world *w)
{
	struct event e;

	while (queue_peek(&w->queue, &e) && e.at <= w->s->end) {
		/* All of one instant is heard first, then one turn keeps it together. */
		if (e.at > w->now && w->office.dirty) {
			office_turn(w);
			continue;
		}
		queue_drop(&w->queue);
		w->now = e.at;
		w->steps++;
		happen(w, &e);
	}
	if (w->office.dirty)
		office_turn(w);
	w->now = w->s->end;
}
