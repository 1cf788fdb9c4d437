/* SPDX-License-Identifier: Apache-2.0 */
/* ingest: node time becomes UTC here and nowhere else, and every record is taken once, in order. */
#include "gateway/ingest.h"

#include <stdlib.h>
#include <string.h>

/* in->n when it is not there. */
static size_t find(const struct ingest *in, uint64_t boot)
{
	size_t i = 0;

	while (i < in->n && in->boot[i].boot != boot)
		i++;
	return i;
}

void ingest_free(struct ingest *in)
{
	free(in->boot);
	*in = (struct ingest){ .n = 0 };
}

/* Room for one more, at the powers of two. */
static void grow(struct ingest *in)
{
	struct boot_memory *more;

	if (in->n & (in->n - 1))
		return;
	more = realloc(in->boot, (in->n ? 2 * in->n : 1) * sizeof *more);
	if (!more)
		abort(); /* nothing may be taken twice: the supervisor starts us again */
	in->boot = more;
}

struct boot_memory *ingest_boot(struct ingest *in, uint32_t point, uint64_t boot)
{
	struct boot_memory found = { .point = point, .boot = boot };
	size_t i = find(in, boot);

	if (i < in->n)
		found = in->boot[i];
	else if (in->n < INGEST_BOOTS)
		grow(in), in->n++;
	else
		i = INGEST_BOOTS - 1;
	memmove(&in->boot[1], &in->boot[0], i * sizeof in->boot[0]);
	in->boot[0] = found;
	return &in->boot[0];
}

const struct boot_memory *ingest_known(const struct ingest *in, uint64_t boot)
{
	size_t i = find(in, boot);

	return i < in->n ? &in->boot[i] : NULL;
}

enum ingest_verdict ingest_take(struct boot_memory *b, uint64_t first, uint64_t last,
				uint64_t oldest, uint64_t *take, uint64_t *lost)
{
	/* What the node no longer holds and we never had will not come: do not wait for it. A boot
	 * that is new to us begins wherever the node's memory of it begins; nothing was lost. */
	uint64_t have = b->seq;

	*lost = 0;
	if (last <= have)
		return INGEST_DUPLICATE;
	if (oldest > have + 1) {
		*lost = have > 0 ? oldest - have - 1 : 0;
		have = oldest - 1;
	}
	if (first > have + 1) {
		*lost = 0;
		return INGEST_GAP;
	}
	*take = have + 1;
	b->seq = last;
	return INGEST_NEW;
}

static wall_t no_later(wall_t t, wall_t bound)
{
	return t.ms > bound.ms ? bound : t;
}

void ingest_lived(struct ingest *in, wall_t at)
{
	if (at.ms > in->lived.ms)
		in->lived = at;
}

enum {
	NTP_SLACK_MS = 2000, /* NTP and our own clock may differ by this much and both be right */
	MOVED_MS = 60000, /* more than messages are late and quartzes differ: our clock was set */
};

static bool moved(wall_t a, wall_t b)
{
	return a.ms - b.ms > MOVED_MS || b.ms - a.ms > MOVED_MS;
}

/* A boot that we never met gets its beginning. */
static enum stamp_how place(const struct ingest *in, struct boot_memory *b,
			    const struct record_head *h, wall_t before)
{
	wall_t zero = { h->wall.ms - h->t_ms };

	if (h->quality == CLOCK_NTP && h->wall.ms >= in->lived.ms - NTP_SLACK_MS &&
	    h->wall.ms <= before.ms + NTP_SLACK_MS) {
		b->anchor = ANCHOR_NTP;
		b->zero = zero;
		return STAMP_NTP;
	}
	if (b->anchor == ANCHOR_NTP)
		return STAMP_ANCHOR;
	if (b->anchor == ANCHOR_GUESS)
		return STAMP_GUESS;
	/* It began after all that we know of those before it: so early that there is room for all
	 * of it. A clock that says later, but not too late, knows better. */
	if (h->quality == CLOCK_NEVER || h->wall.ms > before.ms || zero.ms < in->lived.ms)
		zero = in->lived;
	if (zero.ms == 0 || zero.ms + h->t_ms > before.ms)
		zero.ms = before.ms - h->t_ms;
	b->anchor = ANCHOR_GUESS;
	b->zero = zero;
	return STAMP_GUESS;
}

wall_t ingest_stamp(struct ingest *in, struct boot_memory *b, const struct record_head *h,
		    int64_t age_ms, wall_t now, wall_t before, enum stamp_how *how)
{
	wall_t at;

	/* Our clock was set back: what we knew of such moments is worth nothing. */
	if (in->lived.ms > now.ms)
		in->lived = now;
	if (b->zero.ms > now.ms)
		b->anchor = ANCHOR_NONE, b->zero = now;
	if (age_ms >= 0 && age_ms <= now.ms) {
		*how = STAMP_AGE;
		at.ms = now.ms - age_ms;
		/* As good as a birth. */
		if (b->anchor != ANCHOR_OWN || moved(b->zero, (wall_t){ at.ms - h->t_ms }))
			ingest_anchor(b, h->t_ms + age_ms, now);
	} else {
		*how = b->anchor == ANCHOR_OWN ? STAMP_ANCHOR : place(in, b, h, before);
		at = no_later((wall_t){ b->zero.ms + h->t_ms }, before);
	}
	at = no_later(at, now);
	ingest_lived(in, at);
	return at;
}

void ingest_anchor(struct boot_memory *b, int64_t t_ms, wall_t now)
{
	if (t_ms > now.ms)
		return; /* no machine has been on since before 1970 */
	b->anchor = ANCHOR_OWN;
	b->zero = (wall_t){ now.ms - t_ms };
}
