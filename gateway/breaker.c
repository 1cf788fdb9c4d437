/* SPDX-License-Identifier: Apache-2.0 */
/* breaker: a service that fails again and again is left alone for a while. */
#include "gateway/breaker.h"

bool breaker_open(const struct breaker *b)
{
	return b->wait_ms > 0;
}

bool breaker_lets(const struct breaker *b, mono_t now)
{
	return !breaker_open(b) || (!b->trying && mono_reached(now, b->due));
}

void breaker_try(struct breaker *b)
{
	b->trying = breaker_open(b);
}

static void open_for(struct breaker *b, int64_t wait_ms, mono_t now)
{
	*b = (struct breaker){ .wait_ms = wait_ms > BREAKER_MOST_MS ? BREAKER_MOST_MS : wait_ms,
			       .due = mono_after(now, wait_ms > BREAKER_MOST_MS ? BREAKER_MOST_MS
										: wait_ms) };
}

void breaker_feed(struct breaker *b, bool ok, mono_t now)
{
	if (ok)
		*b = (struct breaker){ 0 };
	else if (!breaker_open(b) && ++b->failures >= BREAKER_FAILURES)
		open_for(b, BREAKER_FIRST_MS, now);
	else if (b->trying)
		open_for(b, 2 * b->wait_ms, now);
	/* else it was under way when the breaker opened, and tells nothing new */
}

mono_t breaker_due(const struct breaker *b)
{
	return breaker_open(b) && !b->trying ? b->due : MONO_NEVER;
}
