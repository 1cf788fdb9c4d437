/* SPDX-License-Identifier: Apache-2.0 */
/* heal: when the relay may take a router or camera off its power for a moment, to restart it. */
#include "node/heal.h"

void heal_init(struct heal *h, mono_t now)
{
	*h = (struct heal){ .next = MONO_NEVER };
	for (unsigned i = 0; i < HEAL_A_DAY; i++)
		h->tried[i] = now;
}

/* The first moment at which the day's number is not used up. */
static mono_t day_allows(const struct heal *h)
{
	return mono_after(h->tried[HEAL_A_DAY - 1], HEAL_DAY_MS);
}

static mono_t later(mono_t a, mono_t b)
{
	return a.ms > b.ms ? a : b;
}

static void begin(struct heal *h, mono_t now)
{
	int64_t wait = HEAL_AGAIN_MS;

	for (unsigned i = HEAL_A_DAY - 1; i > 0; i--)
		h->tried[i] = h->tried[i - 1];
	h->tried[0] = now;
	h->tries++;
	for (unsigned i = 0; i < h->row && wait < HEAL_DAY_MS; i++)
		wait *= 4;
	h->row++;
	h->off = true;
	h->until = mono_after(now, HEAL_OFF_MS);
	h->next = later(mono_after(now, wait), day_allows(h));
}

bool heal_step(struct heal *h, bool trouble, bool allowed, mono_t now)
{
	bool was = h->off;

	h->allowed = allowed;
	if (h->off && (!allowed || mono_reached(now, h->until)))
		h->off = false;
	if (h->off)
		return false;
	if (!trouble) {
		h->trouble = false;
		h->row = 0;
		h->next = MONO_NEVER;
	} else if (!h->trouble) {
		h->trouble = true;
		h->since = now;
		h->next = later(mono_after(now, HEAL_FIRST_MS), day_allows(h));
	}
	if (h->trouble && allowed && !was && mono_reached(now, h->next))
		begin(h, now);
	return h->off != was;
}

mono_t heal_due(const struct heal *h)
{
	if (h->off)
		return h->until;
	return h->allowed ? h->next : MONO_NEVER; /* without leave time alone changes nothing */
}
