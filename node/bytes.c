/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: what this node's own traffic costs its family's line, and how slow it must go for it. */
#include "node/bytes.h"

const struct bytes_step bytes_steps[BYTES_STEPS] = {
	{ 0, 1 },
	{ 80, 2 },
	{ 95, 5 },
	{ 100, 15 },
};

void bytes_init(struct bytes *b, uint64_t budget, uint64_t month, int64_t month_ms, mono_t now)
{
	bool kept = month_ms >= 0 && month_ms < BYTES_MONTH_MS;

	*b = (struct bytes){ .budget = budget,
			     .month = kept ? month : 0,
			     .month_ms = kept ? month_ms : 0,
			     .fed = now };
}

/* The month goes on with time; a new one begins with nothing spent. */
static void pass(struct bytes *b, mono_t now)
{
	b->month_ms += mono_since(now, b->fed);
	b->fed = now;
	if (b->month_ms < BYTES_MONTH_MS)
		return;
	b->month_ms %= BYTES_MONTH_MS;
	b->month = 0;
}

void bytes_line(struct bytes *b, uint64_t counter, mono_t now)
{
	uint64_t more = counter >= b->line ? counter - b->line : counter;

	pass(b, now);
	b->line = counter;
	bytes_add(b, more);
}

void bytes_add(struct bytes *b, uint64_t n)
{
	b->month += n;
	b->ever += n;
}

/*
 * A budget that is nearly spent on the month's last day is as it should be: only who is ahead of
 * the days is slowed, and whoever has spent all of it.
 */
unsigned bytes_factor(const struct bytes *b)
{
	double spent = b->budget > 0 ? 100.0 * (double)b->month / (double)b->budget : 0;
	double gone = 100.0 * (double)b->month_ms / (double)BYTES_MONTH_MS;
	unsigned factor = 1;

	for (unsigned i = 0; i < BYTES_STEPS; i++) {
		const struct bytes_step *s = &bytes_steps[i];

		if (spent >= s->percent && (spent > gone || s->percent >= 100))
			factor = s->factor;
	}
	return factor;
}
