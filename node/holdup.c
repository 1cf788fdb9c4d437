/* SPDX-License-Identifier: Apache-2.0 */
/* holdup: how long after mains went may the node still write to its disk? */
#include "node/holdup.h"

mono_t holdup_ends(const struct debounce *mains, int64_t hold_up_ms)
{
	int64_t half = hold_up_ms / 2, left = hold_up_ms - HOLDUP_MARGIN_MS;

	if (hold_up_ms <= 0 || !mains->known || mains->on)
		return MONO_NEVER;
	return mono_after(mains->since, left > half ? left : half);
}
