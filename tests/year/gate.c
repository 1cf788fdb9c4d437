/* SPDX-License-Identifier: Apache-2.0 */
/* gate: the gateway's real core, in a shell as thin as gateway/main.c is; its broker, its line. */
#include "tests/year/watch.h"

#include <inttypes.h>

enum {
	DIAL_MS = 50,
	MARK_MS = 10000,  /* how often the gateway notes that it lives */
	DOUBT_MS = 10000, /* how long it takes to find out about its own line */
	WORD_MS = 1000,   /* the nodes have its word that it listens within */
	ANSWER_MS = 800   /* and it has their answers within */
};

int64_t gate_due(const struct world *w)
{
	mono_t due = w->gate.commune ? commune_due(w->gate.commune) : MONO_NEVER;

	return due.ms == MONO_NEVER.ms ? INT64_MAX : due.ms - world_mono(w).ms + w->now;
}

/* ---- what the core is to be told beside messages ---- */

/*
 * Our own way out or mains are gone, or back. Today's core has no ear for it; when it does:
 * commune_self(w->gate.commune, d, on, world_mono(w), world_wall(w)).
 */
static void doubt(struct world *w, enum doubt d, bool on)
{
	(void)d;
	(void)on;
	w->gate.dirty = true;
}

/*
 * When the core knows of planned windows, it is told here (the hamlet's points, from and until as
 * YEAR_BEGINS + ms), and GATE_KNOWS_PLANS is 1.
 */
void gate_planned(struct world *w, uint32_t hamlet, int64_t from, int64_t until)
{
	if (!GATE_KNOWS_PLANS)
		return;
	world_in(w, from - w->now, HAPPENS_GATE_PLAN, NULL, (uint64_t)hamlet << 1 | 1);
	world_in(w, until - w->now, HAPPENS_GATE_PLAN, NULL, (uint64_t)hamlet << 1);
}

static void plan_begins(struct world *w, uint32_t hamlet, bool begins)
{
	for (uint32_t i = 0; i < w->plan->points; i++)
		if (w->site[i].hamlet == hamlet)
			truth_planned(&w->truth, i, begins, w->now);
}

/* ---- turns ---- */

static void asked(struct world *w, struct site *s, const struct act *a)
{
	enum wire_kind kind;
	struct wire_ask ask;
	struct wire_ack ack;

	s->asked |= s->connected && !s->path;
	if (!s->connected || !s->path ||
	    wire_kind_of(&kind, a->u.send.buf, a->u.send.len) != WIRE_OK)
		return;
	if (kind == WIRE_ACK && wire_ack_decode(&ack, a->u.send.buf, a->u.send.len) == WIRE_OK)
		speak_acknowledged(w, s, ack.boot, ack.seq);
	if (kind != WIRE_ASK || wire_ask_decode(&ask, a->u.send.buf, a->u.send.len) != WIRE_OK)
		return;
	if (ask.what & (ASK_BEAT | ASK_BIRTH))
		world_in(w, chance_between(&w->chance, 50, ANSWER_MS),
			 ask.what & ASK_BIRTH ? HAPPENS_BIRTH : HAPPENS_BEAT, s, 0);
}

void gate_turn(struct world *w)
{
	struct gate *g = &w->gate;
	const struct acts *acts;

	if (!g->commune || (!g->dirty && gate_due(w) > w->now))
		return;
	g->dirty = false;
	g->turns++;
	commune_step(g->commune, world_mono(w), world_wall(w));
	commune_settle(g->commune);
	acts = commune_acts(g->commune);
	keeper_commit(&w->keeper, acts, world_wall(w));
	for (size_t i = 0; i < acts->n; i++) {
		const struct act *a = &acts->act[i];

		watch_act(w, a);
		if (a->kind == ACT_SEND && g->linked)
			asked(w, &w->site[a->point], a);
		if (a->kind == ACT_TELL)
			score_tell(w, a->u.tell.notice, a->u.tell.receiver);
	}
	commune_acts_clear(g->commune);
}

unsigned gate_hear(struct world *w, const char *topic, const uint8_t *buf, size_t len)
{
	struct gate *g = &w->gate;
	unsigned no;

	if (!g->commune || !g->linked)
		return 0;
	no = commune_hear(g->commune, topic, buf, len, world_mono(w), world_wall(w));
	g->heard++;
	g->refused += no != 0;
	g->gaps += no == REFUSE_GAP;
	watch_message(w, topic, buf, len, no);
	g->dirty = true;
	return no;
}

void gate_gasp(struct world *w, struct site *s, const struct gasp *gasp)
{
	struct gate *g = &w->gate;

	if (!g->commune || !g->line)
		return;
	commune_gasp(g->commune, s->code, gasp, keeper_boot_known(&w->keeper, s->i, gasp->boot),
		     world_mono(w), world_wall(w));
	g->heard++;
	g->dirty = true;
}

/* ---- its process and its broker ---- */

static void sight(struct world *w)
{
	const struct gate *g = &w->gate;

	truth_blind(&w->truth, !g->commune || !g->linked || !g->line, w->now);
}

static void link_is(struct world *w, bool up)
{
	struct gate *g = &w->gate;

	g->linked = up;
	commune_link(g->commune, up, world_mono(w), world_wall(w));
	g->dirty = true;
	sight(w);
	for (unsigned i = 0; i < w->plan->points; i++)
		world_in(w, chance_between(&w->chance, 50, WORD_MS),
			 up ? HAPPENS_SYNC : HAPPENS_NOTICE, &w->site[i], 0);
}

void gate_start(struct world *w)
{
	struct gate *g = &w->gate;

	if (g->commune)
		return;
	g->lives++;
	g->started = w->now;
	g->commune = commune_new(&w->roster, &w->options);
	if (!g->commune)
		abort();
	keeper_restore(&w->keeper, g->commune, world_mono(w));
	commune_start(g->commune, g->alive, world_mono(w), world_wall(w));
	g->dirty = true;
	sight(w);
	world_in(w, DIAL_MS, HAPPENS_GATE_DIAL, NULL, 0);
}

void gate_end(struct world *w, bool goodbye)
{
	struct gate *g = &w->gate;

	if (!g->commune)
		return;
	if (goodbye)
		gate_turn(w);
	g->alive = world_wall(w);
	if (!goodbye)
		g->alive.ms -= (w->now - g->started) % MARK_MS;
	if (w->keeper.last_stored.ms > g->alive.ms)
		g->alive = w->keeper.last_stored;
	commune_free(g->commune);
	g->commune = NULL;
	g->linked = g->dirty = false;
	sight(w);
	for (unsigned i = 0; i < w->plan->points; i++)
		world_in(w, chance_between(&w->chance, 50, WORD_MS), HAPPENS_NOTICE, &w->site[i],
			 0);
}

void gate_broker(struct world *w, bool up)
{
	struct gate *g = &w->gate;

	g->broker = up;
	if (!up && g->commune && g->linked)
		link_is(w, false);
	for (unsigned i = 0; i < w->plan->points; i++) {
		w->site[i].connected &= up;
		w->site[i].will = false; /* it forgets them all */
		site_changed(w, &w->site[i]);
	}
	if (up)
		world_in(w, DIAL_MS, HAPPENS_GATE_DIAL, NULL, 0);
}

void gate_line(struct world *w, bool up)
{
	w->gate.line = up;
	sight(w);
	world_in(w, DOUBT_MS, HAPPENS_GATE_DOUBT, NULL, (uint64_t)DOUBT_LINE << 1 | !up);
	for (unsigned i = 0; i < w->plan->points; i++)
		site_changed(w, &w->site[i]);
}

void gate_happen(struct world *w, enum happens what, uint64_t tag)
{
	struct gate *g = &w->gate;

	if (what == HAPPENS_GATE_START)
		gate_start(w);
	if (what == HAPPENS_GATE_DIAL && g->commune && g->broker && !g->linked)
		link_is(w, true);
	if (what == HAPPENS_GATE_PLAN)
		plan_begins(w, (uint32_t)(tag >> 1), tag & 1);
	if (what == HAPPENS_GATE_DOUBT && g->commune && (tag & 1) == !g->line)
		doubt(w, (enum doubt)(tag >> 1), tag & 1);
}
