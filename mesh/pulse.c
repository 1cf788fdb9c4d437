/* SPDX-License-Identifier: Apache-2.0 */
/* pulse: does another thread still turn? It counts its turns, and is looked at now and then. */
#include "mesh/pulse.h"

void pulse_init(struct pulse *p, mono_t now)
{
	*p = (struct pulse){ .turns = 0, .since = now };
}

bool pulse_feed(struct pulse *p, uint64_t turns, int64_t still_ms, mono_t now)
{
	if (turns != p->turns)
		*p = (struct pulse){ .turns = turns, .since = now };
	return mono_since(now, p->since) < still_ms;
}
