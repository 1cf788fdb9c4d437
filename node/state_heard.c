/* SPDX-License-Identifier: Apache-2.0 */
/* state_heard: what the gateway says: acknowledgements, questions, orders. Part of state. */
#include "node/state_parts.h"

#include <string.h>

static void heard_gate(struct node *n, const struct wire_gate *g, bool kept, mono_t now)
{
	/* Another start of the gateway, or one that came after us: what is under way may have been
	 * lost. The word that the broker kept is no such news when records are on their way
	 * already. */
	bool news = n->gate_known ? n->gate_up != g->up || n->gate_epoch != g->epoch
				  : !g->up || !n->uplink.open || !kept;

	n->gate_known = true;
	n->gate_up = g->up;
	n->gate_epoch = g->epoch;
	if (!g->up && n->gate_away_since.ms == MONO_NEVER.ms)
		n->gate_away_since = now;
	if (g->up)
		n->gate_away_since = MONO_NEVER;
	if (!news || !n->wayout.up)
		return;
	/* A gateway that begins to listen knows nothing of this connection: the birth first, then
	 * records. */
	uplink_close(&n->uplink);
	if (g->up)
		n->birth_owed = true;
}

/* Whoever answers is listening, though its word that it does may have been lost. */
static void gateway_speaks(struct node *n)
{
	n->gate_away_since = MONO_NEVER;
	if (!n->gate_known || n->gate_up)
		return;
	n->gate_up = true;
	n->birth_owed = true;
}

static void probe_all(struct node *n, mono_t now)
{
	reach_hurry(&n->router, now, now);
	for (unsigned i = 0; i < n->o->outside_n; i++)
		reach_hurry(&n->outside[i], now, now);
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		reach_hurry(&n->camera[i], now, now), camera_ask(&n->eye[i], now);
	n->probed = mono_after(now, NODE_PROBE_MS);
}

static void obey(struct node *n, uint8_t what, mono_t now)
{
	if (what & ASK_BEAT)
		pace_ask(&n->pace, now);
	if (what & ASK_BIRTH)
		n->birth_owed = true;
	if (what & ASK_REPORT)
		n->report_owed = true;
	if (what & ASK_PROBE)
		probe_all(n, now);
	if (what & ASK_FIND)
		n->finding = mono_reached(now, n->finding) ? mono_after(now, NODE_FIND_MS) : now;
	if (what & ASK_TAKEN) {
		n->taken = true;
		button_answered(&n->button);
	}
	if (what & ASK_LEFT)
		n->taken = false;
}

/* How far apart beats are to be now. */
static int64_t beat_ms(const struct node *n)
{
	int64_t ms = n->paced_ms > 0 ? n->paced_ms : n->o->beat_ms * bytes_factor(&n->bytes);

	return ms > NODE_BEAT_MOST_MS ? NODE_BEAT_MOST_MS : ms;
}

/* The gateway counts on our pace: it hears of another one before it misses a beat. */
void state_keep_pace(struct node *n, mono_t now)
{
	if (n->paced_ms > 0 && mono_reached(now, n->paced_until))
		n->paced_ms = 0;
	if (beat_ms(n) == n->pace.every_ms)
		return;
	pace_set(&n->pace, beat_ms(n), now);
	n->birth_owed = true;
}

static enum wire_err heard_pace(struct node *n, const uint8_t *payload, size_t len, mono_t now)
{
	struct wire_pace p;
	enum wire_err e = wire_pace_decode(&p, payload, len);

	if (e != WIRE_OK)
		return e;
	gateway_speaks(n);
	n->paced_ms = (int64_t)p.beat_s * 1000;
	n->paced_until = mono_after(now, (int64_t)p.minutes * 60000);
	return WIRE_OK;
}

static enum wire_err heard_push(struct node *n, const uint8_t *payload, size_t len)
{
	struct wire_push p;
	enum wire_err e = wire_push_decode(&p, payload, len);

	if (e != WIRE_OK)
		return e;
	gateway_speaks(n);
	n->push.here = true;
	n->push.id = p.id;
	n->push.len = p.text_len;
	memcpy(n->push.text, p.text, p.text_len);
	return WIRE_OK;
}

static enum wire_err heard_down(struct node *n, const uint8_t *payload, size_t len, mono_t now)
{
	struct wire_ack ack;
	struct wire_ask ask;
	enum wire_kind kind;
	enum wire_err e = wire_kind_of(&kind, payload, len);

	if (e != WIRE_OK)
		return e;
	if (kind == WIRE_ACK) {
		e = wire_ack_decode(&ack, payload, len);
		if (e != WIRE_OK)
			return e;
		gateway_speaks(n);
		uplink_ack(&n->uplink, n->spool, &ack, now);
		gasping_acked(&n->gasping, &ack);
		return e;
	}
	n->count.asked++;
	if (kind == WIRE_PACE)
		return heard_pace(n, payload, len, now);
	if (kind == WIRE_PUSH)
		return heard_push(n, payload, len);
	e = wire_ask_decode(&ask, payload, len);
	if (e != WIRE_OK)
		return e;
	gateway_speaks(n);
	obey(n, ask.what, now);
	return WIRE_OK;
}

void node_heard(struct node *n, const char *topic, const uint8_t *payload, size_t len, bool kept,
		mono_t now)
{
	enum wire_err e = WIRE_OK;
	struct wire_gate gate;

	if (strcmp(topic, n->down_topic) == 0) {
		e = heard_down(n, payload, len, now);
	} else if (strcmp(topic, TOPIC_GATEWAY) == 0) {
		e = wire_gate_decode(&gate, payload, len);
		if (e == WIRE_OK)
			heard_gate(n, &gate, kept, now);
	} else {
		n->count.wrong_topic++;
	}
	if (e != WIRE_OK)
		n->count.refused[e]++;
}
