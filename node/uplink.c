/* SPDX-License-Identifier: Apache-2.0 */
/* uplink: what leaves the spool next; a small window, and back to the front when in doubt. */
#include "node/uplink.h"

#include <string.h>

enum { STEP_MAX_S = 0xffff }; /* seconds between two samples of one batch */

void uplink_init(struct uplink *u, int64_t timeout_ms)
{
	*u = (struct uplink){ .timeout_ms = timeout_ms, .went_back = { -UPLINK_BACK_PAUSE } };
}

static void to_front(struct uplink *u, const struct spool *s)
{
	u->next = spool_front(s);
	u->shuffles = s->shuffles;
	u->n_sent = 0;
}

void uplink_open(struct uplink *u, const struct spool *s)
{
	to_front(u, s);
	u->open = true;
	u->cautious = false;
	u->tries = 0;
	u->hold = (mono_t){ 0 };
}

void uplink_close(struct uplink *u)
{
	u->open = false;
}

void uplink_unsent(struct uplink *u, const struct spool *s, mono_t at)
{
	to_front(u, s);
	u->hold = at;
}

/* Doubles while nobody answers: a gateway that is away costs the household's data plan little. */
static mono_t timeout_at(const struct uplink *u)
{
	return mono_after(u->progress, u->timeout_ms << u->tries);
}

void uplink_ack(struct uplink *u, struct spool *s, const struct wire_ack *ack, mono_t now)
{
	unsigned done = 0;
	uint64_t gone = spool_ack(s, ack->boot, ack->seq);

	while (done < u->n_sent && u->sent[done].boot == ack->boot &&
	       u->sent[done].last_seq <= ack->seq)
		done++;
	u->n_sent -= done;
	memmove(&u->sent[0], &u->sent[done], u->n_sent * sizeof u->sent[0]);
	if (u->next < spool_front(s))
		u->next = spool_front(s);
	if (done > 0 || gone > 0) {
		u->progress = now;
		u->cautious = false;
		u->tries = 0;
	}
	if (done > 0 || u->n_sent == 0 || u->sent[0].boot != ack->boot)
		return;
	/* It has less than we sent: something between is missing. Each later message of the window
	 * brings the same complaint; the first one is enough. */
	if (mono_since(now, u->went_back) < UPLINK_BACK_PAUSE)
		return;
	u->went_back = now;
	u->count.back++;
	to_front(u, s);
}

/* Places after pos may be empty, but 0 is exact: the gateway takes the last word for the present.
 */
static uint16_t more_after(struct spool *s, uint64_t pos)
{
	uint64_t more = spool_end(s) - pos - 1;
	struct record next;

	pos++;
	if (!spool_peek(s, &pos, &next))
		return 0;
	return more > UINT16_MAX ? UINT16_MAX : (uint16_t)more;
}

/* News held after the one that is sent next: none says that this is how things are now, however
 * many samples follow. */
static uint16_t news_after(const struct uplink *u, const struct spool *s)
{
	uint64_t held = spool_held(s) - spool_held_samples(s), before = 1;

	for (unsigned i = 0; i < u->n_sent; i++)
		before += u->sent[i].news;
	if (held <= before)
		return 0;
	return held - before > UINT16_MAX ? UINT16_MAX : (uint16_t)(held - before);
}

static int64_t age(const struct record *r, uint64_t boot, mono_t now)
{
	int64_t ms = now.ms - r->head.t_ms;

	return r->head.boot != boot ? -1 : ms > 0 ? ms : 0;
}

/* May b ride in the same batch, i places after a, when prev is the one before it? */
static bool follows(const struct record *a, const struct record *prev, const struct record *b,
		    unsigned i)
{
	int64_t step =
		(b->head.t_ms - a->head.t_ms) / 1000 - (prev->head.t_ms - a->head.t_ms) / 1000;

	return b->kind == RECORD_SAMPLE && b->head.boot == a->head.boot &&
	       b->head.seq == a->head.seq + i && b->head.t_ms >= prev->head.t_ms &&
	       step <= STEP_MAX_S;
}

/* A batch that begins with first, at *pos; moves *pos to its last sample. */
static size_t batch(struct spool *s, const struct record *first, uint64_t *pos,
		    struct wire_past *past, uint8_t *buf)
{
	struct record prev = *first, r;
	uint64_t p = *pos + 1;

	past->n = 1;
	past->after_s[0] = 0;
	past->sample[0] = first->sample;
	while (past->n < WIRE_PAST_SAMPLES && spool_peek(s, &p, &r) &&
	       follows(first, &prev, &r, past->n)) {
		past->after_s[past->n] = (uint32_t)((r.head.t_ms - first->head.t_ms) / 1000);
		past->sample[past->n++] = r.sample;
		prev = r;
		*pos = p++;
	}
	past->more = more_after(s, *pos);
	return wire_past_encode(buf, past);
}

static size_t message(struct uplink *u, struct spool *s, const struct record *r, uint64_t *pos,
		      int64_t age_ms, uint64_t oldest, bool skipped, uint8_t *buf)
{
	if (r->kind == RECORD_NEWS) {
		const struct wire_news news = { .head = r->head,
						.age_ms = age_ms,
						.oldest = oldest,
						.skipped = skipped,
						.more = news_after(u, s),
						.verdict = r->verdict };

		u->count.news++;
		return wire_news_encode(buf, &news);
	}
	struct wire_past past = {
		.head = r->head, .age_ms = age_ms, .oldest = oldest, .skipped = skipped
	};

	u->count.past++;
	return batch(s, r, pos, &past, buf);
}

static unsigned window(const struct uplink *u)
{
	return u->cautious ? 1 : UPLINK_WINDOW;
}

static void timed_out(struct uplink *u, const struct spool *s, mono_t now)
{
	if (u->n_sent == 0 || !mono_reached(now, timeout_at(u)))
		return;
	u->count.timeouts++;
	u->cautious = true;
	if (u->tries < UPLINK_PATIENCE)
		u->tries++;
	to_front(u, s);
}

size_t uplink_step(struct uplink *u, struct spool *s, uint64_t boot, mono_t now,
		   uint8_t buf[static WIRE_MAX])
{
	uint64_t front = spool_front(s), pos, first, skips;
	struct record oldest, r;
	size_t len;

	if (!u->open || !mono_reached(now, u->hold))
		return 0;
	timed_out(u, s, now);
	if (u->shuffles != s->shuffles || u->n_sent == 0)
		to_front(u, s);
	if (u->n_sent >= window(u))
		return 0;
	pos = u->next;
	if (!spool_peek(s, &pos, &r) || !spool_peek(s, &front, &oldest)) {
		u->next = spool_end(s); /* nothing that can be read */
		return 0;
	}
	if (r.head.boot != oldest.head.boot)
		return 0;
	/* What lies between was given up; the gateway learns so from `oldest`, when the front is
	 * here. */
	if (u->n_sent > 0 && r.head.seq != u->sent[u->n_sent - 1].last_seq + 1)
		return 0;
	first = pos;
	/* Only the front itself can say where a skip before it ends. */
	skips = pos == front ? spool_skips(s, front, &oldest) : oldest.head.seq;
	len = message(u, s, &r, &pos, age(&r, boot, now), skips, skips < oldest.head.seq, buf);
	if (u->n_sent == 0)
		u->progress = now;
	u->sent[u->n_sent].boot = r.head.boot;
	u->sent[u->n_sent].news = r.kind == RECORD_NEWS;
	u->sent[u->n_sent++].last_seq = r.head.seq + (pos - first);
	u->next = pos + 1;
	return len;
}

mono_t uplink_due(const struct uplink *u, const struct spool *s)
{
	mono_t due = MONO_NEVER;

	if (!u->open)
		return MONO_NEVER;
	if (u->n_sent > 0)
		due = timeout_at(u);
	else if (u->next < spool_end(s))
		due = u->hold;
	return due;
}
