/* SPDX-License-Identifier: Apache-2.0 */
/* gate: the gateway's real core, in a shell as thin as gateway/main.c is; its broker, its line. */
#include "tests/year/watch.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	DIAL_MS = 50,
	MARK_MS = 10000,  /* how often the gateway notes that it lives */
	DOUBT_MS = 10000, /* how long it takes to find out about its own line, or its mains */
	OVER_MS = DAY,    /* a window is forgotten so long after its end */
	TAKE_LEAST = MINUTE,
	TAKE_MOST = 10 * MINUTE, /* until the technician says that he goes */
	WORD_MS = 1000,          /* the nodes have its word that it listens within */
	ANSWER_MS = 800          /* and it has their answers within */
};

int64_t gate_due(const struct world *w)
{
	mono_t due = w->gate.commune ? commune_due(w->gate.commune) : MONO_NEVER;

	return due.ms == MONO_NEVER.ms ? INT64_MAX : due.ms - world_mono(w).ms + w->now;
}

/* ---- what the core is to be told beside messages ---- */

/* Our own way out or mains are gone, or back. */
static void doubt(struct world *w, enum doubt d, bool on)
{
	struct gate *g = &w->gate;

	if (!g->commune || on != (d == DOUBT_LINE ? !g->line : g->on_battery))
		return; /* it was over before anybody saw */
	commune_doubt(g->commune, d, on, d == DOUBT_LINE ? g->line_since : g->battery_since,
		      world_mono(w), world_wall(w));
	g->dirty = true;
}

static void doubt_later(struct world *w, enum doubt d, bool on)
{
	world_in(w, DOUBT_MS, HAPPENS_GATE_DOUBT, NULL, (uint64_t)d << 1 | on);
}

static void tell_windows(struct world *w)
{
	struct gate *g = &w->gate;

	g->windows = (struct windows){ g->window.at, g->window.n };
	if (g->commune)
		commune_windows(g->commune, &g->windows, world_mono(w));
	g->dirty = true;
}

static void announce(struct world *w, uint32_t hamlet, int64_t from, int64_t until)
{
	struct gate *g = &w->gate;
	struct window new = { .id = ++g->announced,
			      .kind = WINDOW_CUT,
			      .target = WINDOW_HAMLET,
			      .from = { YEAR_BEGINS + from },
			      .until = { YEAR_BEGINS + until } };
	size_t kept = 0;

	snprintf(new.what, sizeof new.what, "%s", w->roster.hamlets[hamlet].code);
	for (size_t i = 0; i < g->window.n; i++)
		if (g->window.at[i].until.ms + OVER_MS > world_wall(w).ms)
			g->window.at[kept++] = g->window.at[i];
	g->window.n = kept;
	*LIST_ADD(g->window) = new;
	tell_windows(w);
}

void gate_planned(struct world *w, uint32_t hamlet, int64_t from, int64_t until)
{
	announce(w, hamlet, from, until);
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
		world_in(w, chance_between(&w->luck, 50, ANSWER_MS),
			 ask.what & ASK_BIRTH ? HAPPENS_BIRTH : HAPPENS_BEAT, s, 0);
}

static void told(struct world *w, const struct notice *n, uint32_t receiver)
{
	score_tell(w, n, receiver);
	if (w->roster.receivers[receiver].role == ROLE_TECHNICIAN && tell_opens(n->what) &&
	    chance_hit(&w->luck, w->plan->share[SHARE_TAKEN]))
		world_in(w, chance_between(&w->luck, TAKE_LEAST, TAKE_MOST), HAPPENS_GATE_TAKE,
			 NULL, (uint64_t)n->incident.id);
}

static void take(struct world *w, int64_t incident)
{
	struct gate *g = &w->gate;
	const struct alert *a = g->commune ? commune_alert(g->commune, incident) : NULL;
	char code[NOTICE_CODE];
	struct alert out;

	if (!a)
		return; /* it is over */
	snprintf(code, sizeof code, "%s", a->code);
	commune_take_job(g->commune, code, "technician", &out, world_mono(w), world_wall(w));
	g->dirty = true;
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
			told(w, a->u.tell.notice, a->u.tell.receiver);
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
		world_in(w, chance_between(&w->luck, 50, WORD_MS),
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
	keeper_restore(&w->keeper, g->commune, g->alive, world_mono(w));
	commune_start(g->commune, g->alive, world_mono(w), world_wall(w));
	tell_windows(w);
	sight(w);
	if (!g->line)
		doubt_later(w, DOUBT_LINE, true);
	if (g->on_battery)
		doubt_later(w, DOUBT_POWER, true);
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
		world_in(w, chance_between(&w->luck, 50, WORD_MS), HAPPENS_NOTICE, &w->site[i], 0);
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
	w->gate.line_since = world_wall(w);
	sight(w);
	truth_doubt(&w->truth, !up, w->now);
	doubt_later(w, DOUBT_LINE, !up);
	for (unsigned i = 0; i < w->plan->points; i++)
		site_changed(w, &w->site[i]);
}

/* Its own mains are gone and it lives on, or they are back. */
void gate_battery(struct world *w, bool on)
{
	w->gate.on_battery = on;
	w->gate.battery_since = world_wall(w);
	truth_doubt(&w->truth, on, w->now);
	doubt_later(w, DOUBT_POWER, on);
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
	if (what == HAPPENS_GATE_DOUBT)
		doubt(w, (enum doubt)(tag >> 1), tag & 1);
	if (what == HAPPENS_GATE_TAKE)
		take(w, (int64_t)tag);
}
