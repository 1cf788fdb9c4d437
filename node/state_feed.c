/* SPDX-License-Identifier: Apache-2.0 */
/* state_feed: what wires, pings, looks and the socket say. Part of state. */
#include "node/state_parts.h"

enum { BEAT_SETTLES_MS = 1000 };

/* The house got its power at `woke`: router and cameras are about to start. */
void state_hurry(struct node *n, mono_t woke, mono_t now)
{
	mono_t until = mono_after(woke, NODE_WAKE_MS);

	reach_hurry(&n->router, until, now);
	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		reach_hurry(&n->camera[i], until, now);
}

/* Something stood between us and all of them, and is gone: that they were silent says nothing now.
 */
void state_ask_afresh(struct node *n, mono_t now)
{
	mono_t until = mono_after(now, n->o->line_hold_ms);

	n->afresh = now;
	reach_hurry(&n->router, until, now);
	for (unsigned i = 0; i < n->o->outside_n; i++)
		reach_hurry(&n->outside[i], until, now);
	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		reach_hurry(&n->camera[i], until, now);
		camera_afresh(&n->eye[i], now);
	}
}

void node_mains(struct node *n, bool on, mono_t at)
{
	bool was_off = n->mains.known && !n->mains.on;

	if (!n->o->mains_fitted || !debounce_feed(&n->mains, on, at))
		return;
	n->cuts += !n->mains.on;
	if (n->mains.on && was_off) {
		n->mains_back = n->mains.since;
		state_hurry(n, n->mains_back, at);
	}
}

static struct reach *target(struct node *n, enum node_target kind, unsigned which)
{
	switch (kind) {
	case NODE_ROUTER:
		return which == 0 && n->o->router_set ? &n->router : NULL;
	case NODE_OUTSIDE:
		return which < n->o->outside_n ? &n->outside[which] : NULL;
	case NODE_CAMERA:
		return which < n->o->cameras_n ? &n->camera[which] : NULL;
	case NODE_LARGE:
		return which < n->o->outside_n ? &n->large : NULL;
	}
	return NULL;
}

/* What was heard when we could ask gets old. */
static void lose_ping_right(struct node *n, mono_t now)
{
	if (n->no_ping_right)
		return;
	n->no_ping_right = true;
	reach_forget(&n->router, now);
	reach_forget(&n->large, now);
	for (unsigned i = 0; i < n->o->outside_n; i++)
		reach_forget(&n->outside[i], now);
	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		reach_forget(&n->camera[i], now);
		camera_unasked(&n->eye[i], now);
	}
}

static bool all_silent(const struct node *n)
{
	bool silent = true;

	for (unsigned i = 0; i < n->o->outside_n; i++)
		silent &= n->outside[i].state == REACH_SILENT;
	return silent;
}

static void large_pinged(struct node *n, int32_t rtt_us, mono_t now)
{
	if (!reach_feed(&n->large, rtt_us, now))
		return;
	if (n->large.returned && !n->wayout.up)
		n->dial = true;
	if (n->large.state == REACH_SILENT)
		reach_hurry(&n->outside[n->large_of], now, now); /* are small ones lost too? */
}

void node_pinged(struct node *n, enum node_target kind, unsigned which, int32_t rtt_us, mono_t now)
{
	struct reach *r = target(n, kind, which);

	if (!r)
		return;
	if (kind == NODE_LARGE) {
		if (rtt_us != -2)
			large_pinged(n, rtt_us, now);
		return;
	}
	/* Without the right to ask, silence says nothing. But where others could be asked a moment
	 * ago, it is only this one that has no way to it. */
	if (rtt_us == -2 && mono_since(now, n->asked) > 3 * n->o->probe_ms / 2) {
		lose_ping_right(n, now);
		return;
	}
	if (rtt_us != -2) {
		n->no_ping_right = false;
		n->asked = now;
	}
	if (!reach_feed(r, rtt_us, now)) {
		/* Before the line counts as cut it must be known where. */
		if (kind != NODE_CAMERA && rtt_us == -1 && r->state == REACH_ANSWERS &&
		    n->wayout.doubt)
			reach_hurry(r, now, now);
		return;
	}
	/* It may work again; or somebody holds everything back, whom only an attempt shows. */
	if (kind == NODE_OUTSIDE && (r->returned || all_silent(n)) && !n->wayout.up)
		n->dial = true;
	if (kind == NODE_ROUTER && r->returned)
		state_ask_afresh(n, now);
	if (kind != NODE_ROUTER && r->state == REACH_SILENT)
		reach_hurry(&n->router, now, now); /* is it this one, or all of them? */
}

void node_link(struct node *n, bool up, bool unacked, int64_t ack_age_ms, int64_t rtt_us,
	       mono_t now)
{
	bool changed = wayout_feed(&n->wayout, up, unacked, ack_age_ms, rtt_us, now);

	if (changed && up) {
		n->conn++;
		n->birth_owed = true;
		n->dial_failed = LAYER_NONE;
		n->refused = n->stranger = false;
		n->bytes.line = 0;
		/* Its broker says whether the gateway listens; one that was started anew may not
		 * know of any. */
		n->gate_known = n->gate_up = false;
		n->gate_away_since = now;
	}
	if (changed && !up)
		uplink_close(&n->uplink);
	/* A moment must pass before "nothing is unacknowledged" covers what was just handed over.
	 */
	if (up && n->beat_open && !unacked && mono_since(now, n->beat_at.t) >= BEAT_SETTLES_MS)
		n->beat_open = false;
}

void node_carrier(struct node *n, bool known, bool carrier, mono_t now)
{
	bool had = n->carrier_known && n->carrier, back = carrier && n->carrier_known && !had;

	n->carrier_known = known;
	n->carrier = known && carrier;
	if (had && !n->carrier)
		n->carrier_lost = now;
	if (!known || !back)
		return;
	state_ask_afresh(n, now);
	reach_hurry(&n->router, mono_after(now, NODE_WAKE_MS), now);
	n->dial = true;
}

void node_dial_failed(struct node *n, enum layer at, bool refused, bool stranger, mono_t now)
{
	if (n->stranger && !stranger)
		state_ask_afresh(n, now);
	n->dial_before = n->dial_failed;
	n->dial_failed = at;
	n->dialled = now;
	/* Is it the port that does not answer, or all of the line by now? */
	for (unsigned i = 0; at == LAYER_TCP && i < n->o->outside_n; i++)
		reach_hurry(&n->outside[i], now, now);
	n->refused = refused && !n->wayout.was_up;
	n->stranger = stranger;
}

void node_beaten(struct node *n, unsigned camera, mono_t at, mono_t now)
{
	if (camera < n->o->cameras_n)
		camera_beaten(&n->eye[camera], at, now);
}

void node_looked(struct node *n, unsigned camera, const struct camera_look *look, bool clock_sure,
		 mono_t now)
{
	if (camera < n->o->cameras_n)
		camera_looked(&n->eye[camera], look, clock_sure, now);
}

void node_button(struct node *n, bool pressed, mono_t at)
{
	button_feed(&n->button, pressed, at);
}

void node_supply(struct node *n, const struct supply *s)
{
	n->supply = *s;
}

void node_bytes_more(struct node *n, uint64_t bytes)
{
	bytes_add(&n->bytes, bytes);
}

void node_records_lost(struct node *n)
{
	n->records_lost = true;
}

void node_report(struct node *n)
{
	n->report_owed = true;
}

void node_bytes(struct node *n, uint64_t counter, mono_t now)
{
	bytes_line(&n->bytes, counter, now);
}

void node_temp(struct node *n, int8_t temp_c)
{
	n->temp_c = temp_c;
}
