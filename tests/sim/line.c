/* SPDX-License-Identifier: Apache-2.0 */
/* line: a machine's connection to the broker, as TCP and mesh/mqtt.c would have it. */
#include "tests/sim/broker.h"
#include "tests/sim/house.h"
#include "tests/sim/machine.h"

#include <stdlib.h>

enum { REORDER_MS = 3000 }; /* most that a message falls behind */

static const char *name(const struct machine *m)
{
	return m->house->p->code;
}

bool machine_gets_out(const struct world *w, const struct machine *m)
{
	return m->clone || (machine_wired(m) && house_line(w, m->house));
}

bool machine_reaches(const struct world *w, const struct machine *m)
{
	return !w->office.cut && machine_gets_out(w, m);
}

static void feed(struct world *w, struct machine *m, bool up)
{
	node_link(&m->node, up, m->stuck.n > 0, w->now - m->ack_at, RTT_MS * 1000,
		  machine_mono(w, m));
}

void machine_hang_up(struct world *w, struct machine *m)
{
	m->stage = STAGE_OFF;
	m->conn = ++w->serial;
	m->second_queued = false;
	m->stuck_since = -1;
	letters_clear(&m->stuck);
}

/* ---- dialling ---- */

void machine_dial_in(struct world *w, struct machine *m, int64_t ms)
{
	m->stage = STAGE_WAITING;
	m->conn = ++w->serial;
	world_in(w, ms, HAPPENS_DIAL, m, m->conn);
}

/* How an attempt ends, as things are now. */
struct ending_of_dial {
	enum layer at; /* LAYER_NONE: it connects */
	int64_t takes;
	bool refused, stranger;
};

static struct ending_of_dial ending_of(const struct world *w, const struct machine *m)
{
	static const unsigned sound[ODDS];
	const unsigned *odd = m->clone ? sound : m->house->odd;

	if (!machine_reaches(w, m))
		return (struct ending_of_dial){ m->named ? LAYER_TCP : LAYER_NAMES, DIAL_GIVE_UP_MS,
						false, false };
	if (odd[ODD_NAMES] && !m->named)
		return (struct ending_of_dial){ LAYER_NAMES, REFUSED_MS, false, false };
	if (odd[ODD_PORTAL] || odd[ODD_SHUT])
		return (struct ending_of_dial){ LAYER_TLS, DIAL_MS, false, true };
	if (odd[ODD_REFUSED] || !w->broker.up)
		return (struct ending_of_dial){ LAYER_TCP, REFUSED_MS, false, false };
	if (odd[ODD_HANGS] || odd[ODD_MTU])
		return (struct ending_of_dial){ LAYER_TLS, DIAL_GIVE_UP_MS, false, false };
	if (odd[ODD_KEY])
		return (struct ending_of_dial){ LAYER_TLS, DIAL_MS, true, false };
	return (struct ending_of_dial){ LAYER_NONE, DIAL_MS + 3 * m->house->law.delay_ms, false,
					false };
}

static void dial(struct world *w, struct machine *m)
{
	m->stage = STAGE_DIALLING;
	m->conn = ++w->serial;
	m->will_len = node_will(&m->node, m->will);
	world_in(w, ending_of(w, m).takes, HAPPENS_DIALLED, m, m->conn);
}

static void up(struct world *w, struct machine *m)
{
	m->stage = STAGE_UP;
	m->ack_at = m->last_up = m->last_down = w->now;
	world_say(w, "%s%s: connected", name(m), m->clone ? "'" : "");
	broker_connect(w, m);
	feed(w, m, true);
	world_in(w, SETTLED_MS, HAPPENS_SETTLED, m, m->conn);
	world_in(w, NTP_MS, HAPPENS_NTP, m, m->boot);
	machine_turn(w, m);
}

static void failed(struct world *w, struct machine *m, const struct ending_of_dial *end)
{
	machine_hang_up(w, m);
	node_dial_failed(&m->node, end->at, end->refused, end->stranger, machine_mono(w, m));
	feed(w, m, false);
	machine_dial_in(w, m, backoff_failed(&m->backoff));
	machine_turn(w, m);
}

void machine_lost(struct world *w, struct machine *m, const char *why)
{
	const struct ending_of_dial session = { .at = LAYER_ACK };

	if (m->stage != STAGE_UP && m->stage != STAGE_DIALLING)
		return;
	if (m->stage == STAGE_UP)
		world_say(w, "%s%s: connection lost, %s", name(m), m->clone ? "'" : "", why);
	failed(w, m, &session);
}

static void dialled(struct world *w, struct machine *m)
{
	const struct ending_of_dial end = ending_of(w, m);

	m->named |= end.at != LAYER_NAMES && machine_reaches(w, m);
	if (end.at == LAYER_NONE)
		up(w, m);
	else
		failed(w, m, &end);
}

/* ---- sending ---- */

/* On its way: lost, twice, out of order, late, as the law of this line says. */
static void fly(struct world *w, struct machine *m, enum happening what, const struct letter *l,
		int64_t after)
{
	const struct law *law = &m->house->law;
	int64_t *last = what == HAPPENS_UP ? &m->last_up : &m->last_down;
	unsigned copies = world_draw(w, 1000) < law->dup ? 2 : 1;

	for (; copies > 0; copies--) {
		int64_t at = w->now + RTT_MS / 2 + law->delay_ms + after;

		if (world_draw(w, 1000) < law->loss)
			continue;
		if (world_draw(w, 1000) < law->reorder)
			at += (int64_t)world_draw(w, REORDER_MS);
		else
			*last = at = at > *last ? at : *last;
		struct letter *copy = letter_new(m, l->conn, l->topic, l->buf, l->len);

		copy->kept = l->kept;
		queue_put(&w->queue, at, what, copy, 0);
	}
}

void machine_fly_down(struct world *w, struct machine *m, const struct letter *l, int64_t after)
{
	fly(w, m, HAPPENS_DOWN, l, after);
}

static void second_soon(struct world *w, struct machine *m)
{
	if (m->second_queued)
		return;
	m->second_queued = true;
	world_in(w, 1000, HAPPENS_SECOND, m, m->conn);
}

/* A birth has a kilobyte of text in a real house, and is the largest thing that is said in calm. */
static bool vanishes(const struct machine *m, const struct letter *l)
{
	enum wire_kind kind;

	return !m->clone && house_odd(m->house, ODD_BIRTHS, 0) &&
	       wire_kind_of(&kind, l->buf, l->len) == WIRE_OK && kind == WIRE_BIRTH;
}

void machine_send(struct world *w, struct machine *m)
{
	char topic[TOPIC_TEXT];

	if (m->acts.n_send == 0)
		return;
	if (m->stage != STAGE_UP) {
		node_unsent(&m->node, machine_mono(w, m));
		return;
	}
	topic_up_draw(topic, name(m));
	for (unsigned i = 0; i < m->acts.n_send; i++) {
		struct letter *l =
			letter_new(m, m->conn, topic, m->acts.send[i].buf, m->acts.send[i].len);

		if (m->stuck.n == 0 && machine_reaches(w, m) && !vanishes(m, l)) {
			fly(w, m, HAPPENS_UP, l, 0);
			m->ack_at = w->now;
			free(l);
			continue;
		}
		if (m->stuck_since < 0)
			m->stuck_since = w->now;
		letters_put(&m->stuck, l);
	}
	second_soon(w, m);
}

/* The shell looks at the socket each second; here only while there is something to see. */
static void second(struct world *w, struct machine *m)
{
	m->second_queued = false;
	if (m->stage != STAGE_UP)
		return;
	if (m->stuck.n > 0 && w->now - m->stuck_since >= USER_TIMEOUT_MS) {
		machine_lost(w, m, "timed out");
		return;
	}
	if (m->stuck.n > 0)
		second_soon(w, m);
	feed(w, m, true);
	machine_turn(w, m);
}

void machine_line_back(struct world *w, struct machine *m)
{
	if (m->stage == STAGE_DIALLING) {
		m->conn = ++w->serial;
		world_in(w, RESEND_MS, HAPPENS_DIALLED, m, m->conn);
	} else if (m->stage == STAGE_UP && m->stuck.n > 0) {
		world_in(w, RESEND_MS, HAPPENS_RESENT, m, m->conn);
	}
}

static void resent(struct world *w, struct machine *m)
{
	if (!machine_reaches(w, m))
		return;
	for (size_t i = 0; i < m->stuck.n; i++)
		fly(w, m, HAPPENS_UP, m->stuck.at[i], 0);
	letters_clear(&m->stuck);
	m->stuck_since = -1;
	m->ack_at = w->now;
	second_soon(w, m);
}

/* ---- receiving ---- */

void machine_hear(struct world *w, const struct letter *l)
{
	struct machine *m = l->machine;

	if (!m->running || m->stage != STAGE_UP || m->conn != l->conn)
		return;
	if (m->stuck.n == 0)
		m->ack_at = w->now;
	node_heard(&m->node, l->topic, l->buf, l->len, l->kept, machine_mono(w, m));
	machine_renumbered(w, m);
	machine_turn(w, m);
}

void machine_line_event(struct world *w, struct machine *m, const struct event *e)
{
	if (e->tag != m->conn || !m->running)
		return;
	switch (e->kind) {
	case HAPPENS_DIAL:
		dial(w, m);
		return;
	case HAPPENS_DIALLED:
		dialled(w, m);
		return;
	case HAPPENS_SETTLED:
		backoff_settled(&m->backoff);
		return;
	case HAPPENS_SECOND:
		second(w, m);
		return;
	case HAPPENS_RESENT:
		resent(w, m);
		return;
	case HAPPENS_THROWN_OFF:
		machine_lost(w, m, "thrown off");
		return;
	default:
		return;
	}
}
