/* SPDX-License-Identifier: Apache-2.0 */
/* budget: how many SMS one person gets on one day. */
#include "gateway/budget.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, VIETNAM_MS = 7 * 60 * 60 * 1000 };

wall_t budget_day(wall_t now)
{
	const int64_t here = now.ms + VIETNAM_MS;
	int64_t into = here % DAY_MS;

	if (into < 0) /* before 1970: a clock that was never set */
		into += DAY_MS;
	return (wall_t){ here - into - VIETNAM_MS };
}

bool budget_lets(const struct budget *b, int64_t sent, bool ourselves)
{
	return sent < (ourselves ? b->per_day : b->per_day - b->reserve);
}
