/* SPDX-License-Identifier: Apache-2.0 */
/* state: what the node believes now, and what it wants done: one machine made of the small ones. */
#include "node/state.h"
#include "node/holdup.h"
#include "node/state_know.h"

#include <string.h>

enum { BEAT_SETTLES_MS = 1000 };

static const int64_t U48_MAX = 0xffffffffffff;

/* ---- beginning ---- */

/* Jitter of unlike things should not march together. */
static uint64_t stir(uint64_t seed, uint64_t salt)
{
	seed += 0x9e3779b97f4a7c15u * (salt + 1);
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9u;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111ebu;
	return seed ^ seed >> 31;
}

static void begin_reach(struct node *n, struct reach *r, uint64_t seed, mono_t now)
{
	const struct node_options *o = n->o;
	int64_t quick = o->probe_ms / 4, least = o->probe_timeout_ms + 100;

	reach_init(r, o->probe_ms, quick > least ? quick : least, o->probe_fails, seed, now);
}

/* The house got its power at `woke`: router and cameras are about to start. */
static void hurry(struct node *n, mono_t woke, mono_t now)
{
	mono_t until = mono_after(woke, NODE_WAKE_MS);

	reach_hurry(&n->router, until, now);
	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		reach_hurry(&n->camera[i], until, now);
}

/* Something stood between us and all of them, and is gone: that they were silent says nothing now.
 */
static void ask_afresh(struct node *n, mono_t now)
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

void node_init(struct node *n, const struct node_options *options, struct spool *spool,
	       uint64_t boot, uint64_t seed, mono_t now)
{
	memset(n, 0, sizeof *n);
	n->o = options;
	n->spool = spool;
	n->boot = boot;
	n->conn = (uint32_t)(now.ms / 1000);
	n->started = now;
	n->asked = mono_after(now, -2 * options->probe_ms);
	n->mains_back = n->gate_away_since = MONO_NEVER;
	n->temp_c = INT8_MIN;
	n->finding = now;
	n->afresh = mono_after(now, -options->line_hold_ms);
	n->probed = MONO_NEVER;
	n->report_due = mono_after(now, NODE_REPORT_FIRST_MS +
						(int64_t)(stir(seed, 3) % NODE_REPORT_FIRST_MS));
	heal_init(&n->heal, now);
	bytes_init(&n->bytes, options->month_bytes, options->month_spent, options->month_ms, now);
	n->verdict.cause = CAUSE_OPEN;
	n->verdict.cams_n = (uint8_t)options->cameras_n;
	topic_down_draw(n->down_topic, options->point);
	wayout_init(&n->wayout, options->line_hold_ms, now);
	debounce_init(&n->mains, options->mains_out_ms, options->mains_back_ms);
	begin_reach(n, &n->router, stir(seed, 1), now);
	for (unsigned i = 0; i < NODE_OUTSIDES; i++)
		begin_reach(n, &n->outside[i], stir(seed, 2 + i), now);
	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		begin_reach(n, &n->camera[i], stir(seed, 16 + i), now);
	for (unsigned i = 0; i < options->cameras_n; i++)
		camera_init(&n->eye[i], &options->camera[i], now);
	begin_reach(n, &n->large, stir(seed, 32), now);
	hurry(n, (mono_t){ 0 }, now);
	pace_init(&n->pace, options->beat_ms, stir(seed, 0), now);
	uplink_init(&n->uplink, options->ack_timeout_ms);
	gasping_init(&n->gasping);
}

/* ---- feeding ---- */

void node_mains(struct node *n, bool on, mono_t at)
{
	bool was_off = n->mains.known && !n->mains.on;

	if (!n->o->mains_fitted || !debounce_feed(&n->mains, on, at))
		return;
	n->cuts += !n->mains.on;
	if (n->mains.on && was_off) {
		n->mains_back = n->mains.since;
		hurry(n, n->mains_back, at);
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
		ask_afresh(n, now);
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
	ask_afresh(n, now);
	reach_hurry(&n->router, mono_after(now, NODE_WAKE_MS), now);
	n->dial = true;
}

void node_dial_failed(struct node *n, enum layer at, bool refused, bool stranger, mono_t now)
{
	if (n->stranger && !stranger)
		ask_afresh(n, now);
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

static void heard_gate(struct node *n, const struct wire_gate *g, mono_t now)
{
	/* Another start of the gateway: what is under way may have been lost with the one before.
	 * The first word of a connection is no such news when records are on their way already. */
	bool news = n->gate_known ? n->gate_up != g->up || n->gate_epoch != g->epoch
				  : !g->up || !n->uplink.open;

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
static void keep_pace(struct node *n, mono_t now)
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

void node_heard(struct node *n, const char *topic, const uint8_t *payload, size_t len, mono_t now)
{
	enum wire_err e = WIRE_OK;
	struct wire_gate gate;

	if (strcmp(topic, n->down_topic) == 0) {
		e = heard_down(n, payload, len, now);
	} else if (strcmp(topic, TOPIC_GATEWAY) == 0) {
		e = wire_gate_decode(&gate, payload, len);
		if (e == WIRE_OK)
			heard_gate(n, &gate, now);
	} else {
		n->count.wrong_topic++;
	}
	if (e != WIRE_OK)
		n->count.refused[e]++;
}

void node_temp(struct node *n, int8_t temp_c)
{
	n->temp_c = temp_c;
}

/* What the far kernel acknowledged after it fell silent has gone through it: it ignores pings, or
 * it is back and will soon answer. */
static void judge_router(struct node *n, mono_t now)
{
	const struct wayout *w = &n->wayout;

	if (n->router.state == REACH_ANSWERS)
		n->router_mute = false;
	if (n->router.state != REACH_SILENT || n->router_mute || !w->up || w->doubt ||
	    w->heard.ms == MONO_NEVER.ms || w->heard.ms <= n->router.since.ms)
		return;
	n->router_mute = true;
	ask_afresh(n, now);
}

/* Was anything heard over the house's network since then; or is it known not to work? */
static bool network_judged(const struct node *n, mono_t since)
{
	bool all = n->router.state == REACH_SILENT && !n->router_mute,
	     judged = n->wayout.down || reach_heard(&n->router, since) ||
		      (n->wayout.heard.ms != MONO_NEVER.ms && n->wayout.heard.ms > since.ms);

	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		judged |= reach_heard(&n->camera[i], since);
		all &= n->camera[i].state == REACH_SILENT;
	}
	return judged || all;
}

/* One that falls silent is silent when the network between is not. */
static void judge_cameras(struct node *n, mono_t now)
{
	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		const struct reach *r = &n->camera[i];

		if (r->state == REACH_ANSWERS ||
		    (r->state == REACH_SILENT && network_judged(n, r->since)))
			camera_pinged(&n->eye[i], r->state, now);
	}
}

static void judge_wayout(struct node *n, mono_t now)
{
	bool was_down = n->wayout.down, doubt = wayout_step(&n->wayout, now);

	/* The way out is back before the router was heard: so it works, and what hangs on it. */
	if (was_down && !n->wayout.down && n->o->router_set && n->router.state != REACH_ANSWERS)
		ask_afresh(n, now);
	if (!doubt)
		return;
	/* What was known of the outside is from another doubt. */
	for (unsigned i = 0; i < n->o->outside_n; i++)
		reach_forget(&n->outside[i], now);
	reach_forget(&n->large, now);
}

/* ---- what is wanted ---- */

static bool online(const struct node *n)
{
	return n->wayout.up && !n->wayout.doubt && !n->birth_owed &&
	       !(n->gate_known && !n->gate_up);
}

static uint8_t percent(uint32_t part, uint32_t whole)
{
	if (whole == 0)
		return 0;
	return (uint8_t)(((uint64_t)part * 100 + whole / 2) / whole);
}

static struct sample sample_now(struct node *n, const struct facts *f)
{
	uint32_t sent = 0, lost = 0;

	reach_take(&n->router, &sent, &lost);
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		reach_take(&n->camera[i], &sent, &lost);
	return (struct sample){
		.mains_known = f->mains_known,
		.mains_on = f->mains_known && f->mains_on,
		.router_known = f->router_known,
		.router_answers = f->router_known && f->router_answers,
		.cams_up = eyes_up(f->eyes),
		.router_rtt = wire_rtt_pack(f->router_answers ? n->router.rtt_us : -1),
		.out_rtt = wire_rtt_pack(n->wayout.up && n->wayout.rtt_us <= INT32_MAX
						 ? (int32_t)n->wayout.rtt_us
						 : -1),
		.lost = percent(lost, sent),
		.on_battery = n->supply.on_battery,
		.under_voltage = n->supply.under_voltage,
		.temp_c = n->temp_c,
	};
}

static void note(struct node_acts *out, int err)
{
	if (err)
		out->spool_error = err;
}

static bool mains_went(const struct verdict *was, const struct verdict *is)
{
	return was->facts & FACT_MAINS_ON && is->facts & FACT_MAINS_KNOWN &&
	       !(is->facts & FACT_MAINS_ON);
}

static void judge(struct node *n, const struct facts *f, const struct moment *at,
		  struct node_acts *out)
{
	struct verdict v = verdict_of(f);

	if (verdict_differs(&n->verdict, &v)) {
		note(out, spool_put_news(n->spool, at, &v));
		out->verdict_changed = true;
		n->count.verdicts++;
		if (mains_went(&n->verdict, &v))
			gasping_begin(&n->gasping, n->spool, at->t);
	}
	if (v.cause == CAUSE_NONE)
		n->taken = false; /* the job is done */
	n->verdict = v;
	out->verdict = v;
}

static void make_birth(struct node *n, const struct moment *at, struct node_acts *out)
{
	uint64_t waiting = spool_held(n->spool);
	const struct wire_birth b = {
		.boot = n->boot,
		.conn = n->conn,
		.t_ms = at->t.ms,
		.wall = at->wall,
		.quality = at->quality,
		.pace_s = (uint16_t)(n->pace.every_ms / 1000),
		.cams_n = (uint8_t)n->o->cameras_n,
		.waiting = waiting > UINT32_MAX ? UINT32_MAX : (uint32_t)waiting,
		.verdict = n->verdict,
		.text = n->o->birth_text,
		.text_len = n->o->birth_text_len,
	};

	out->send[out->n_send].len = wire_birth_encode(out->send[out->n_send].buf, &b);
	out->n_send++;
	n->birth_owed = false;
	n->birth_made = true;
	n->count.births++;
	/* Records follow their birth; a gateway that is away gets them when it is back. */
	if (!n->uplink.open && !(n->gate_known && !n->gate_up))
		uplink_open(&n->uplink, n->spool);
}

static void make_beat(struct node *n, const struct sample *m, const struct moment *at,
		      struct node_acts *out)
{
	uint64_t waiting = spool_held(n->spool);
	const struct wire_beat b = { .t_s = (uint16_t)(at->t.ms / 1000),
				     .waiting = waiting > UINT8_MAX ? UINT8_MAX : (uint8_t)waiting,
				     .sample = *m };

	out->send[out->n_send].len = wire_beat_encode(out->send[out->n_send].buf, &b);
	out->n_send++;
	n->beat_open = true;
	n->beat_unsent = false;
	n->beat_at = *at;
	n->beat = *m;
	n->count.beats++;
}

/* A beat handed to a line that then fell silent is a missed minute, with its own time. So is one
 * that the next beat overtakes. */
static void rescue_beat(struct node *n, struct node_acts *out)
{
	bool overtaken = n->wayout.unacked && mono_reached(n->stepped, pace_due(&n->pace));

	if (n->beat_open && (n->wayout.doubt || n->beat_unsent || overtaken)) {
		n->beat_open = false;
		note(out, spool_put_sample(n->spool, &n->beat_at, &n->beat));
	}
}

/* One slot of `send` is kept for the beat. */
static void make_records(struct node *n, mono_t now, struct node_acts *out)
{
	size_t len = 1;

	while (len > 0 && out->n_send < NODE_SENDS - 1) {
		len = uplink_step(&n->uplink, n->spool, n->boot, now, out->send[out->n_send].buf);
		out->send[out->n_send].len = len;
		out->n_send += len > 0;
	}
	n->more = len > 0;
}

/*
 * Connected, and the gateway is said to be away. A beat goes out all the same: it shows whether the
 * connection is still one, and if the gateway does listen, it will say so.
 */
static bool deaf(const struct node *n)
{
	return n->wayout.up && !n->wayout.doubt && !n->birth_owed && n->gate_known && !n->gate_up;
}

/* This minute's sample: a beat when the way is free, else kept, and sent after what waits already.
 */
static void tell_minute(struct node *n, const struct facts *f, const struct moment *at,
			struct node_acts *out)
{
	struct sample m;
	bool beat;

	if (mono_reached(at->t, n->probed)) {
		n->probed = MONO_NEVER;
		pace_ask(&n->pace, at->t);
	}
	if (!pace_step(&n->pace, at->t)) {
		make_records(n, at->t, out);
		return;
	}
	m = sample_now(n, f);
	beat = online(n) && spool_held_samples(n->spool) == 0;
	if (!beat)
		note(out, spool_put_sample(n->spool, at, &m));
	make_records(n, at->t, out);
	if (beat || deaf(n))
		make_beat(n, &m, at, out);
	if (!beat)
		n->beat_open = false; /* it is in the spool already */
}

/* Whom to ask with a large packet: an outside address that answers small ones; outside_n for none.
 */
static unsigned large_at(const struct node *n)
{
	unsigned i = 0;

	while (i < n->o->outside_n && n->outside[i].state != REACH_ANSWERS)
		i++;
	return n->wayout.doubt ? i : n->o->outside_n;
}

/* A connection that comes up as it should has no use for large packets: each costs as much as
 * twelve beats. */
static mono_t large_due(const struct node *n)
{
	mono_t first = mono_after(n->wayout.doubt_since, NODE_LARGE_AFTER_MS),
	       due = reach_due(&n->large);

	return due.ms > first.ms ? due : first;
}

static void probe(struct node *n, mono_t now, struct node_acts *out)
{
	unsigned large = large_at(n);

	if (large < n->o->outside_n && large != n->large_of) {
		n->large_of = large;
		reach_forget(&n->large, now);
	}
	if (n->o->router_set && reach_step(&n->router, now))
		out->probes |= node_probe_bit(NODE_ROUTER, 0);
	for (unsigned i = 0; n->wayout.doubt && i < n->o->outside_n; i++)
		if (reach_step(&n->outside[i], now))
			out->probes |= node_probe_bit(NODE_OUTSIDE, i);
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		if (reach_step(&n->camera[i], now))
			out->probes |= node_probe_bit(NODE_CAMERA, i);
	if (large < n->o->outside_n && mono_reached(now, large_due(n)) &&
	    reach_step(&n->large, now))
		out->probes |= node_probe_bit(NODE_LARGE, large);
}

static void look(struct node *n, mono_t now, struct node_acts *out)
{
	bool mains_out = n->o->mains_fitted && n->mains.known && !n->mains.on;

	for (unsigned i = 0; i < n->o->cameras_n; i++)
		if (camera_step(&n->eye[i], mains_out, now) & CAMERA_LOOK)
			out->looks |= 1u << i;
}

/* ---- healing, reporting ---- */

/* A camera that hangs; not one that refuses our password. */
static bool curable(enum eye e)
{
	return e == EYE_SILENT || e == EYE_REFUSING || e == EYE_FROZEN || e == EYE_STOPPED;
}

/* What hangs on the relay does not work, as far as a restart could help. */
static bool needs_healing(const struct node *n)
{
	switch (n->o->heals) {
	case HEALS_NOTHING:
		break;
	case HEALS_ROUTER:
		return n->verdict.cause == CAUSE_ROUTER || n->verdict.cause == CAUSE_PROVIDER ||
		       n->verdict.cause == CAUSE_LINE;
	case HEALS_CAMERA: /* the only one there is */
		return n->verdict.cause == CAUSE_CAMERA && curable(n->eye[0].eye);
	}
	return false;
}

static void heal(struct node *n, struct facts *f, mono_t now)
{
	bool allowed = f->mains_known && f->mains_on && !n->button.away && !n->supply.on_battery;

	heal_step(&n->heal, needs_healing(n), allowed, now);
	if (n->heal.off)
		f->more |= FACT_HEALING;
}

/* Once a day, and when asked; only where it can leave now. */
static bool wants_report(struct node *n, mono_t now)
{
	if (mono_reached(now, n->report_due)) {
		n->report_due = mono_after(now, NODE_REPORT_MS);
		n->report_owed = true;
	}
	if (!n->report_owed || !online(n))
		return false;
	n->report_owed = false;
	n->count.reports++;
	return true;
}

/* ---- stepping ---- */

void node_step(struct node *n, mono_t now, wall_t wall, enum clock_quality quality,
	       struct node_acts *out)
{
	const struct moment at = {
		.t = { now.ms < 0 ? 0 : now.ms },
		.wall = { wall.ms < 0         ? 0
			  : wall.ms > U48_MAX ? U48_MAX
					      : wall.ms },
		.quality = quality,
	};
	struct facts f;

	out->n_send = out->probes = out->looks = 0;
	out->verdict_changed = false;
	out->dial = n->dial && !n->wayout.up;
	n->dial = false;
	out->spool_error = 0;
	n->birth_made = false;
	n->stepped = now;
	if (n->mains.heard)
		node_mains(n, n->mains.raw, now);
	button_step(&n->button, now);
	judge_wayout(n, now);
	judge_router(n, now);
	judge_cameras(n, now);
	keep_pace(n, now);
	look(n, now, out);
	f = state_facts(n, now);
	heal(n, &f, now);
	judge(n, &f, &at, out);
	rescue_beat(n, out);
	if (n->wayout.up && n->birth_owed)
		make_birth(n, &at, out);
	tell_minute(n, &f, &at, out);
	out->gasp = gasping_step(&n->gasping, now, &out->word);
	out->rest = n->resting = mono_reached(now, holdup_ends(&n->mains, n->o->hold_up_ms));
	probe(n, now, out);
	out->relay = n->heal.off;
	out->report = wants_report(n, now);
	out->lamp = state_lamp(n, now);
}

mono_t node_due(const struct node *n)
{
	mono_t due = state_change_due(n);

	if (n->more)
		return n->stepped;
	due = mono_first(due, debounce_due(&n->mains));
	due = mono_first(due, gasping_due(&n->gasping));
	if (!n->resting)
		due = mono_first(due, holdup_ends(&n->mains, n->o->hold_up_ms));
	due = mono_first(due, pace_due(&n->pace));
	due = mono_first(due, n->probed);
	due = mono_first(due, button_due(&n->button));
	due = mono_first(due, heal_due(&n->heal));
	if (n->paced_ms > 0)
		due = mono_first(due, n->paced_until);
	due = mono_first(due, n->report_due);
	due = mono_first(due, uplink_due(&n->uplink, n->spool));
	if (n->o->router_set)
		due = mono_first(due, reach_due(&n->router));
	for (unsigned i = 0; n->wayout.doubt && i < n->o->outside_n; i++)
		due = mono_first(due, reach_due(&n->outside[i]));
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		due = mono_first(due, mono_first(reach_due(&n->camera[i]), camera_due(&n->eye[i])));
	if (large_at(n) < n->o->outside_n)
		due = mono_first(due, large_due(n));
	return due;
}

void node_unsent(struct node *n, mono_t now)
{
	n->count.unsent++;
	n->birth_owed |= n->birth_made;
	n->beat_unsent = n->beat_open && n->beat_at.t.ms == n->stepped.ms;
	uplink_unsent(&n->uplink, n->spool, mono_after(now, 1000));
}

/* ---- the will ---- */

uint32_t node_conn_next(const struct node *n)
{
	return n->conn + 1;
}

size_t node_will(const struct node *n, uint8_t buf[static WIRE_MAX])
{
	const struct wire_will w = { .boot = n->boot, .conn = node_conn_next(n) };

	return wire_will_encode(buf, &w);
}
