/* SPDX-License-Identifier: Apache-2.0 */
/* broker: who is connected, their wills, and the one retained message. */
#include "tests/sim/broker.h"

#include "tests/sim/machine.h"
#include "tests/sim/office.h"

#include <stdlib.h>
#include <string.h>

enum { GONE_MS = 5 }; /* from the wills to the end of a broker that was asked to end */

/* ---- wills ---- */

static void publish_will(struct world *w, struct house *h)
{
	struct session *s = &h->session;
	char topic[TOPIC_TEXT];

	topic_up_draw(topic, h->p->code);
	office_hear(w, topic, s->will, s->will_len);
}

void broker_end(struct world *w, struct house *h, bool will)
{
	struct session *s = &h->session;

	if (!s->open)
		return;
	memcpy(h->old_will, s->will, s->will_len);
	h->old_will_len = s->will_len;
	if (will) {
		world_say(w, "broker: will of %s", h->p->code);
		publish_will(w, h);
	}
	s->open = false;
	letters_clear(&s->stuck);
}

/* ---- what a house is sent ---- */

static bool attached(const struct session *s)
{
	return s->machine->stage == STAGE_UP && s->machine->conn == s->conn;
}

void broker_send(struct world *w, struct house *h, const char *topic, const uint8_t *buf,
		 size_t len, bool kept)
{
	struct session *s = &h->session;
	struct letter *l;

	if (!s->open)
		return;
	l = letter_new(s->machine, s->conn, topic, buf, len);
	l->kept = kept;
	if (attached(s) && machine_reaches(w, s->machine) && s->stuck.n == 0) {
		machine_fly_down(w, s->machine, l, 0);
		free(l);
		return;
	}
	if (!attached(s) && s->machine->booted && machine_reaches(w, s->machine)) {
		world_in(w, RTT_MS, HAPPENS_HUNG_UP, h, s->conn); /* "no such connection here" */
		free(l);
		return;
	}
	letters_put(&s->stuck, l);
	if (s->stuck_since < 0) {
		s->stuck_since = w->now;
		world_in(w, GIVE_UP_MS, HAPPENS_SESSION_DEAD, h, s->conn);
	}
}

/* ---- coming and going ---- */

void broker_connect(struct world *w, struct machine *m)
{
	struct house *h = m->house;
	struct session *s = &h->session;

	if (s->open) {
		world_in(w, RTT_MS / 2, HAPPENS_THROWN_OFF, s->machine, s->conn);
		broker_end(w, h,
			   true); /* a clean start: the old will comes before the new connection */
	}
	s->open = true;
	s->machine = m;
	s->conn = m->conn;
	memcpy(s->will, m->will, m->will_len);
	s->will_len = m->will_len;
	s->heard = w->now;
	s->stuck_since = -1;
	world_in(w, w->s->keepalive_ms * 3 / 2, HAPPENS_SESSION_IDLE, h, s->conn);
	if (w->broker.retained)
		broker_send(w, h, TOPIC_GATEWAY, w->broker.gate, w->broker.gate_len, true);
}

void broker_gone(struct world *w)
{
	if (!w->broker.up)
		return;
	w->broker.up = false;
	world_say(w, "broker: gone");
	office_lost(w);
	for (size_t i = 0; i < w->s->n_points; i++) {
		struct house *h = &w->house[i];
		struct session s = h->session;

		if (!s.open)
			continue;
		broker_end(w, h, false);
		if (machine_reaches(w, s.machine))
			world_in(w, RTT_MS / 2, HAPPENS_THROWN_OFF, s.machine, s.conn);
	}
}

void broker_start(struct world *w)
{
	w->broker.up = true;
	world_say(w, "broker: started");
}

static void stop(struct world *w)
{
	struct wire_gate away = { .up = false, .epoch = w->office.epoch, .wall = office_wall(w) };

	/* Asked to end, it publishes everybody's will first, the gateway's too. */
	for (size_t i = 0; i < w->s->n_points; i++)
		if (w->house[i].session.open)
			publish_will(w, &w->house[i]);
	if (w->office.linked) {
		uint8_t buf[WIRE_MAX];
		size_t len = wire_gate_encode(buf, &away);

		broker_gate(w, buf, len);
	}
	world_in(w, GONE_MS, HAPPENS_BROKER_GONE, w, 0);
}

void broker_act(struct world *w, enum verb verb)
{
	if (verb == BROKER_START) {
		broker_start(w);
		return;
	}
	if (!w->broker.up)
		return;
	if (verb == BROKER_KILL) {
		w->broker.retained = false;
		broker_gone(w);
		return;
	}
	stop(w);
	if (verb == BROKER_RESTART)
		world_in(w, RESTART_MS, HAPPENS_BROKER_START, w, 0);
}

/* ---- messages ---- */

static bool current(const struct session *s, const struct machine *m, uint64_t conn)
{
	return s->open && s->machine == m && s->conn == conn;
}

void broker_hear(struct world *w, const struct letter *l)
{
	struct machine *m = l->machine;
	struct session *s = &m->house->session;

	if (!w->broker.up || !current(s, m, l->conn)) {
		/* A connection that only one side still believes in. */
		world_in(w, RTT_MS / 2, HAPPENS_THROWN_OFF, m, l->conn);
		return;
	}
	s->heard = w->now;
	if (w->office.linked)
		office_hear(w, l->topic, l->buf, l->len);
}

void broker_gate(struct world *w, const uint8_t *buf, size_t len)
{
	memcpy(w->broker.gate, buf, len);
	w->broker.gate_len = len;
	w->broker.retained = true;
	for (size_t i = 0; i < w->s->n_points; i++)
		broker_send(w, &w->house[i], TOPIC_GATEWAY, buf, len, false);
}

void broker_line_back(struct world *w, struct house *h)
{
	struct session *s = &h->session;

	if (!s->open || s->machine->clone || s->stuck.n == 0)
		return;
	if (!attached(s)) {
		if (s->machine->booted)
			world_in(w, RESEND_MS, HAPPENS_HUNG_UP, h, s->conn);
		return;
	}
	for (size_t i = 0; i < s->stuck.n; i++)
		machine_fly_down(w, s->machine, s->stuck.at[i], RESEND_MS);
	letters_clear(&s->stuck);
	s->stuck_since = -1;
}

void broker_event(struct world *w, struct house *h, const struct event *e)
{
	struct session *s = &h->session;
	int64_t patience = w->s->keepalive_ms * 3 / 2;

	if (!w->broker.up || !s->open || s->conn != e->tag)
		return;
	switch (e->kind) {
	case HAPPENS_HUNG_UP:
	case HAPPENS_GOODBYE:
		broker_end(w, h, e->kind == HAPPENS_HUNG_UP);
		return;
	case HAPPENS_SESSION_DEAD:
		if (s->stuck_since >= 0 && w->now - s->stuck_since >= GIVE_UP_MS)
			broker_end(w, h, true);
		return;
	case HAPPENS_SESSION_IDLE:
		if (w->now - s->heard >= patience)
			broker_end(w, h, true);
		else
			world_in(w, s->heard + patience - w->now, HAPPENS_SESSION_IDLE, h, s->conn);
		return;
	default:
		return;
	}
}
