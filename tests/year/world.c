/* SPDX-License-Identifier: Apache-2.0 */
/* world: the commune of the simulated year: what happens next. */
#include "tests/year/world.h"

enum { UPTIME = HOUR }; /* of the gateway's board when the year begins */

wall_t world_wall(const struct world *w)
{
	return (wall_t){ YEAR_BEGINS + w->now };
}

mono_t world_mono(const struct world *w)
{
	return (mono_t){ UPTIME + w->now };
}

void world_in(struct world *w, int64_t ms, enum happens what, void *who, uint64_t tag)
{
	queue_put(&w->queue, w->now + ms, what, who, tag);
}

struct world *world_new(const struct plan *p, uint64_t seed)
{
	struct world *w = calloc(1, sizeof *w);

	if (!w)
		abort();
	w->plan = p;
	w->end = (int64_t)p->days * DAY;
	/* As the settings have them when nobody says otherwise. */
	w->options = (struct commune_options){ .grace_ms = 10000,
					       .ask_ms = 4000,
					       .sight_ms = 330000,
					       .group_hold_ms = 60000,
					       .group_window_ms = 120000,
					       .camera_hold_ms = 180000,
					       .return_hold_ms = 120000,
					       .residue_hold_ms = 600000,
					       .again_hold_ms = 600000,
					       .again_within_ms = 3600000,
					       .stable_hold_ms = 1800000,
					       .blind_hold_ms = 60000,
					       .mass_most_ms = 1800000,
					       .cut_grace_ms = 1800000,
					       .next_person_ms = 300000,
					       .leader_ms = 14400000 };
	chance_init(&w->chance, seed);
	chance_init(&w->luck, ~seed);
	village_build(w);
	keeper_init(&w->keeper, p->points, world_wall(w));
	truth_init(&w->truth, p->points);
	score_init(w);
	w->gate.broker = w->gate.line = true;
	gate_start(w);
	for (unsigned i = 0; i < p->points; i++)
		site_begin(w, &w->site[i]);
	faults_plan(w);
	return w;
}

static void happen(struct world *w, const struct event *e)
{
	switch ((enum happens)e->kind) {
	case HAPPENS_FAULT:
	case HAPPENS_BEGIN:
	case HAPPENS_END:
	case HAPPENS_FLAP:
		faults_happen(w, (enum happens)e->kind, e->who);
		return;
	case HAPPENS_WILL:
		speak_will(w, e->who);
		return;
	case HAPPENS_START:
	case HAPPENS_BATTERY:
	case HAPPENS_ROUTER:
	case HAPPENS_CAMERA:
	case HAPPENS_LOOK:
	case HAPPENS_DIAL:
	case HAPPENS_SYNC:
	case HAPPENS_NOTICE:
	case HAPPENS_FLUSH:
	case HAPPENS_BEAT:
	case HAPPENS_BIRTH:
		site_happen(w, e->who, (enum happens)e->kind, e->tag);
		return;
	case HAPPENS_GATE_START:
	case HAPPENS_GATE_DIAL:
	case HAPPENS_GATE_PLAN:
	case HAPPENS_GATE_DOUBT:
	case HAPPENS_GATE_TAKE:
		gate_happen(w, (enum happens)e->kind, e->tag);
		return;
	}
}

static void beats(struct world *w)
{
	size_t slot = (size_t)(w->now / 1000) % w->plan->pace_s;

	for (struct site *s = w->slot[slot]; s; s = s->next)
		speak_beat(w, s);
}

/* The next second in which somebody beats. */
static int64_t next_beat(const struct world *w)
{
	int64_t s = w->now / 1000 + 1;

	while (!w->slot[(size_t)s % w->plan->pace_s])
		s++;
	return s * 1000;
}

void world_run(struct world *w)
{
	int64_t beat = next_beat(w);

	for (;;) {
		struct event e = { .at = INT64_MAX };
		int64_t due = gate_due(w), next = beat;

		queue_peek(&w->queue, &e);
		if (e.at < next)
			next = e.at;
		if (due < next)
			next = due;
		if (next >= w->end)
			break;
		if (next > w->now)
			w->now = next;
		if (e.at <= w->now) {
			queue_drop(&w->queue);
			happen(w, &e);
		} else if (beat <= w->now) {
			beats(w);
			beat = next_beat(w);
		}
		gate_turn(w);
	}
	w->now = w->end;
	gate_turn(w);
	truth_end(&w->truth, w->now);
	score_settle(w);
}

void world_free(struct world *w)
{
	struct event e;

	while (queue_peek(&w->queue, &e)) {
		queue_drop(&w->queue);
		if (e.kind == HAPPENS_BEGIN || e.kind == HAPPENS_END || e.kind == HAPPENS_FLAP ||
		    e.kind == HAPPENS_WILL)
			free(e.who);
	}
	queue_free(&w->queue);
	commune_free(w->gate.commune);
	free(w->gate.window.at);
	faults_free(w);
	score_free(w);
	keeper_free(&w->keeper);
	truth_free(&w->truth);
	village_free(w);
	free(w);
}
