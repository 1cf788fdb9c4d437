/* SPDX-License-Identifier: Apache-2.0 */
/* pace: when the next beat is due. */
#include "node/pace.h"

void pace_init(struct pace *p, int64_t every_ms, uint64_t seed, mono_t now)
{
	int64_t half = every_ms / 2;

	*p = (struct pace){ .every_ms = every_ms };
	p->due = mono_after(now, half + (int64_t)(seed % (uint64_t)half));
}

void pace_set(struct pace *p, int64_t every_ms, mono_t now)
{
	p->every_ms = every_ms;
	p->due = mono_first(p->due, mono_after(now, every_ms));
}

void pace_ask(struct pace *p, mono_t now)
{
	p->due = mono_first(p->due, now);
}

bool pace_step(struct pace *p, mono_t now)
{
	if (!mono_reached(now, p->due))
		return false;
	p->due = mono_after(p->due, p->every_ms);
	if (mono_reached(now, p->due))
		p->due = mono_after(now, p->every_ms);
	return true;
}

mono_t pace_due(const struct pace *p)
{
	return p->due;
}
