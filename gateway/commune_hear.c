/* SPDX-License-Identifier: Apache-2.0 */
/* commune_hear: what a message from a node does to the commune. Part of commune. */
#include "gateway/commune_parts.h"

#include <stdlib.h>
#include <string.h>

/* Two boots that take turns this often under one code are two machines. */
enum { CLONE_TURNS = 2 };

/* Two messages on one line may differ in how long they travelled by this; the minutes in them are
 * in order all the same. */
enum { JITTER_MS = 5000 };

void commune_alive(struct commune *c, struct place *p, bool birth, mono_t now, wall_t wall)
{
	/* It has been connected since before we listened: which boot is it, and what does it think?
	 */
	if (!birth && !p->point.present)
		commune_ask(c, p, ASK_BIRTH);
	p->heard = wall;
	commune_contact(c, p, POINT_HEARD, now, wall);
}

/* Two machines with one card throw each other off in turn: A, B, A, B. */
static void watch_clone(struct commune *c, struct place *p, uint64_t boot, mono_t now, wall_t wall)
{
	if (boot == p->boot)
		return;
	if (boot == p->boot_before && p->turns < UINT8_MAX && ++p->turns == CLONE_TURNS) {
		struct row row = {
			.at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_CLONE
		};

		commune_row(c, p, &row, now);
	}
	p->boot_before = p->boot;
}

static unsigned hear_birth(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			   mono_t now, wall_t wall)
{
	struct wire_birth b;
	enum wire_err e = wire_birth_decode(&b, buf, len);
	struct boot_memory *mem;
	struct act *a;

	if (e != WIRE_OK)
		return e;
	watch_clone(c, p, b.boot, now, wall);
	commune_vote(c, p, &b, now, wall);
	if (b.boot != p->boot)
		ingest_lived(&p->ingest, p->heard);
	mem = ingest_boot(&p->ingest, (uint32_t)(p - c->place), b.boot);
	ingest_anchor(mem, b.t_ms, wall);
	commune_add(c, ACT_BOOT, mem->point)->u.boot = *mem;
	if (b.boot != p->boot || b.conn != p->conn) {
		struct row row = { .at = wall,
				   .stored = wall,
				   .how = STAMP_OWN,
				   .kind = ROW_BIRTH,
				   .boot = b.boot,
				   .seq = b.conn };

		outage_birth_body(&row, &b.verdict, b.pace_s);
		commune_row(c, p, &row, now);
	}
	p->boot = b.boot;
	p->began = mono_after(now, -b.t_ms);
	p->conn = b.conn;
	p->waiting = b.waiting;
	p->point.pace_ms = (int64_t)b.pace_s * 1000;
	commune_alive(c, p, true, now, wall);
	commune_keep(c, p);
	a = commune_add(c, ACT_ABOUT, mem->point);
	a->u.about.what = ABOUT_BIRTH;
	a->u.about.text = strndup(b.text, b.text_len);
	return WIRE_OK;
}

static int8_t site_share(const struct sample *s, uint8_t cams_n)
{
	unsigned up = 0;

	for (unsigned i = 0; i < cams_n; i++)
		up += s->cams_up >> i & 1;
	if (cams_n == 0)
		return -1;
	return (int8_t)(100 * up / cams_n);
}

static struct draw drawing(const struct place *p, const struct sample *s, wall_t at)
{
	int8_t site = site_share(s, p->spell.verdict.cams_n);

	return (struct draw){ .at = at,
			      .up = outage_up_at(&p->spell, at, site < 0 || site == 100),
			      .site = site,
			      .out_us = wire_rtt_us(s->out_rtt),
			      .router_us = wire_rtt_us(s->router_rtt),
			      .lost = s->lost };
}

/* Acknowledge what is stored of the boot that awaits it. */
static void acknowledge(struct commune *c, struct place *p)
{
	struct boot_memory *mem = ingest_boot(&p->ingest, (uint32_t)(p - c->place), p->ack_boot);
	struct wire_ack ack = { .boot = mem->boot, .seq = mem->seq };
	struct act *a = commune_add(c, ACT_SEND, mem->point);
	uint8_t buf[WIRE_MAX];

	a->u.send.len = wire_ack_encode(buf, &ack);
	memcpy(a->u.send.buf, buf, a->u.send.len);
}

static void ack_later(struct commune *c, struct place *p, uint64_t boot)
{
	if (p->ack_due && p->ack_boot == boot)
		return;
	if (p->ack_due)
		acknowledge(c, p); /* an older boot's records are done: acknowledge both */
	else
		c->ack[c->n_ack++] = (uint32_t)(p - c->place);
	p->ack_due = true;
	p->ack_boot = boot;
}

static unsigned hear_beat(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_beat b;
	enum wire_err e = wire_beat_decode(&b, buf, len);
	uint32_t i = (uint32_t)(p - c->place);

	if (e != WIRE_OK)
		return e;
	p->sample = b.sample;
	p->sampled = true;
	p->waiting = b.waiting;
	/* It holds records and does not send them: it may have missed our word that we listen. */
	if (b.waiting > 0)
		ack_later(c, p, p->boot);
	commune_alive(c, p, false, now, wall);
	if (p->boot == 0)
		commune_ask(c, p, ASK_BIRTH); /* it was born before our memory began */
	if (p->fill_until.ms != 0) {
		struct act *a = commune_add(c, ACT_FILL, i);

		a->u.fill.from = p->fill_from;
		a->u.fill.until = p->fill_until;
		p->fill_until.ms = 0;
	}
	commune_add(c, ACT_DRAW, i)->u.draw = drawing(p, &b.sample, wall);
	return WIRE_OK;
}

unsigned commune_take(struct commune *c, struct place *p, const struct record_head *h,
		      const struct claim *claim, uint64_t *first, mono_t now, wall_t wall)
{
	struct boot_memory *mem = ingest_boot(&p->ingest, (uint32_t)(p - c->place), h->boot);
	uint64_t lost;
	enum ingest_verdict v = ingest_take(mem, h->seq, claim->last,
					    claim->skipped ? h->seq : claim->oldest, first, &lost);
	uint64_t unused = claim->skipped ? h->seq - claim->oldest : 0;

	ack_later(c, p, h->boot);
	if (v == INGEST_GAP)
		return REFUSE_GAP;
	/* One we have already leaves the spool as well, as soon as our word arrives. */
	p->waiting = claim->more;
	if (v == INGEST_DUPLICATE)
		return REFUSE_DUPLICATE;
	/* Numbers that were never used are no loss. */
	lost = lost > unused ? lost - unused : 0;
	if (lost > 0) {
		struct row row = { .at = wall,
				   .stored = wall,
				   .how = STAMP_OWN,
				   .kind = ROW_LOST,
				   .boot = h->boot,
				   .seq = *first - unused - lost };

		for (unsigned i = 0; i < 8; i++)
			row.body[i] = (uint8_t)(lost >> (56 - 8 * i));
		row.body_len = 8;
		commune_row(c, p, &row, now);
	}
	return 0;
}

/*
 * When that boot was over at the latest: the present one had begun, or now. A record with an age is
 * of the boot that sends it, though its birth may have been lost and another pass for the present.
 */
static wall_t over_by(struct place *p, uint64_t boot, int64_t age_ms, wall_t wall)
{
	const struct boot_memory *present = ingest_boot(&p->ingest, p->spell.point, p->boot);
	bool known = present->anchor == ANCHOR_OWN && present->zero.ms < wall.ms;

	return known && p->boot != boot && age_ms < 0 ? present->zero : wall;
}

wall_t commune_stamp(struct place *p, const struct record_head *h, int64_t age_ms, wall_t wall,
		     enum stamp_how *how)
{
	wall_t before = over_by(p, h->boot, age_ms, wall);
	struct boot_memory *mem = ingest_boot(&p->ingest, p->spell.point, h->boot);

	return ingest_stamp(&p->ingest, mem, h, age_ms, wall, before, how);
}

void commune_news(struct commune *c, struct place *p, struct row *row, const struct record_head *h,
		  const struct verdict *v, bool present, mono_t now)
{
	row->boot = h->boot;
	row->seq = h->seq;
	outage_news_body(row, v, present);
	commune_row(c, p, row, now);
	commune_add(c, ACT_BOOT, p->spell.point)->u.boot =
		*ingest_boot(&p->ingest, p->spell.point, h->boot);
	commune_keep(c, p);
}

static unsigned hear_news(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_news n;
	enum wire_err e = wire_news_decode(&n, buf, len);
	struct row row = { .stored = wall, .kind = ROW_NEWS };
	uint64_t first;
	unsigned no;

	if (e != WIRE_OK)
		return e;
	commune_alive(c, p, false, now, wall);
	no = commune_take(c, p, &n.head, &(struct claim){ n.head.seq, n.oldest, n.more, n.skipped },
			  &first, now, wall);
	if (no != 0)
		return no;
	row.at = commune_stamp(p, &n.head, n.age_ms, wall, &row.how);
	commune_news(c, p, &row, &n.head, &n.verdict, n.more == 0, now);
	return WIRE_OK;
}

static unsigned hear_past(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_past d;
	enum wire_err e = wire_past_decode(&d, buf, len);
	enum stamp_how how;
	uint64_t first;
	struct draw *draw;
	wall_t at;
	size_t skip;
	unsigned no;

	if (e != WIRE_OK)
		return e;
	commune_alive(c, p, false, now, wall);
	no = commune_take(c, p, &d.head,
			  &(struct claim){ d.head.seq + d.n - 1, d.oldest, d.more, d.skipped },
			  &first, now, wall);
	if (no != 0)
		return no;
	at = commune_stamp(p, &d.head, d.age_ms, wall, &how);
	skip = (size_t)(first > d.head.seq ? first - d.head.seq : 0);
	draw = calloc(d.n - skip, sizeof *draw);
	if (draw) {
		struct act *a = commune_add(c, ACT_SAMPLES, p->spell.point);
		wall_t end = over_by(p, d.head.boot, d.age_ms, wall);

		for (size_t i = skip; i < d.n; i++) {
			wall_t t = { at.ms + (int64_t)d.after_s[i] * 1000 };

			t = t.ms > end.ms ? end : t;
			if (t.ms < p->missed.ms && p->missed.ms - t.ms <= JITTER_MS)
				t = p->missed;
			p->missed = t;
			draw[i - skip] = drawing(p, &d.sample[i], t);
		}
		if (d.n > skip)
			ingest_lived(&p->ingest, draw[d.n - skip - 1].at);
		a->u.samples.draw = draw;
		a->u.samples.n = d.n - skip;
	}
	commune_add(c, ACT_BOOT, p->spell.point)->u.boot =
		*ingest_boot(&p->ingest, p->spell.point, d.head.boot);
	return WIRE_OK;
}

static unsigned hear_report(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			    mono_t now, wall_t wall)
{
	struct wire_report r;
	enum wire_err e = wire_report_decode(&r, buf, len);
	struct act *a;

	if (e != WIRE_OK)
		return e;
	commune_alive(c, p, false, now, wall);
	a = commune_add(c, ACT_ABOUT, p->spell.point);
	a->u.about.what = ABOUT_REPORT;
	a->u.about.text = strndup(r.text, r.text_len);
	return WIRE_OK;
}

static unsigned hear_will(struct commune *c, struct place *p, const uint8_t *buf, size_t len,
			  mono_t now, wall_t wall)
{
	struct wire_will w;
	enum wire_err e = wire_will_decode(&w, buf, len);

	if (e != WIRE_OK)
		return e;
	if (w.boot != p->boot || w.conn != p->conn)
		return REFUSE_LATE_WILL; /* it has come back since under another number */
	commune_contact(c, p, POINT_WILL, now, wall);
	return WIRE_OK;
}

static unsigned hear(struct commune *c, const char *topic, const uint8_t *buf, size_t len,
		     mono_t now, wall_t wall)
{
	char code[POINT_CODE_TEXT];
	enum wire_kind kind;
	enum wire_err e;
	struct place *p;
	size_t i;

	if (!topic_up_point(code, topic, strlen(topic)))
		return REFUSE_TOPIC;
	i = commune_find(c, code);
	if (i == SIZE_MAX)
		return REFUSE_UNKNOWN_POINT;
	p = &c->place[i];
	e = wire_kind_of(&kind, buf, len);
	if (e != WIRE_OK)
		return e;
	switch (kind) {
	case WIRE_BIRTH:
		return hear_birth(c, p, buf, len, now, wall);
	case WIRE_BEAT:
		return hear_beat(c, p, buf, len, now, wall);
	case WIRE_NEWS:
		return hear_news(c, p, buf, len, now, wall);
	case WIRE_PAST:
		return hear_past(c, p, buf, len, now, wall);
	case WIRE_WILL:
		return hear_will(c, p, buf, len, now, wall);
	case WIRE_REPORT:
		return hear_report(c, p, buf, len, now, wall);
	case WIRE_ACK:
	case WIRE_ASK:
	case WIRE_PACE:
	case WIRE_PUSH:
	case WIRE_GATE:
		break;
	}
	return WIRE_BAD_KIND;
}

unsigned commune_hear(struct commune *c, const char *topic, const uint8_t *payload, size_t len,
		      mono_t now, wall_t wall)
{
	unsigned r;

	commune_clock(c, now, wall);
	r = hear(c, topic, payload, len, now, wall);

	if (r != 0)
		c->refused[r]++;
	return r;
}

uint64_t commune_tally(struct commune *c, struct tally *t, const uint8_t *payload, size_t len)
{
	struct tally got;
	uint64_t more;

	if (!tally_read(&got, payload, len)) {
		c->refused[REFUSE_TALLY]++;
		return 0;
	}
	/* A smaller number is the first of a broker that was started again. */
	more = got.refused < c->tallied ? got.refused : got.refused - c->tallied;
	c->tallied = got.refused;
	c->refused[REFUSE_TOPIC] += more;
	if (more > 0)
		*t = got;
	return more;
}

const struct acts *commune_acts(const struct commune *c)
{
	return &c->acts;
}

void commune_settle(struct commune *c)
{
	for (size_t k = 0; k < c->n_ack; k++) {
		struct place *p = &c->place[c->ack[k]];

		acknowledge(c, p);
		p->ack_due = false;
	}
	c->n_ack = 0;
}

void commune_acts_clear(struct commune *c)
{
	acts_clear(&c->acts);
}

uint64_t commune_refused(const struct commune *c, unsigned r)
{
	return r < REFUSALS ? c->refused[r] : 0;
}
