/* SPDX-License-Identifier: Apache-2.0 */
/* debounce: a level counts once it has stood still; shorter dips are counted, not believed. */
#include "node/debounce.h"

void debounce_init(struct debounce *d, int64_t out_ms, int64_t back_ms)
{
	*d = (struct debounce){ .out_ms = out_ms, .back_ms = back_ms };
}

mono_t debounce_due(const struct debounce *d)
{
	if (!d->heard || (d->known && d->raw == d->on))
		return MONO_NEVER;
	if (!d->known && d->raw)
		return d->raw_since;
	return mono_after(d->raw_since, d->raw ? d->back_ms : d->out_ms);
}

/* What stood still until `at` counts from here on. */
static bool settle(struct debounce *d, mono_t at)
{
	if (!mono_reached(at, debounce_due(d)))
		return false;
	d->known = true;
	d->on = d->raw;
	d->since = d->raw_since;
	return true;
}

bool debounce_feed(struct debounce *d, bool level, mono_t at)
{
	/* Edges may be read late: the level before this one may have stood long enough. */
	bool changed = d->heard && settle(d, at);

	if (!d->heard || level != d->raw) {
		if (d->known && level == d->on && d->raw != d->on)
			d->dips++;
		d->heard = true;
		d->raw = level;
		d->raw_since = at;
	}
	return settle(d, at) || changed;
}
