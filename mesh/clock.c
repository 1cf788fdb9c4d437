/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the one door to the system's clocks. */
#include "mesh/clock.h"

#include <sys/timex.h>
#include <time.h>

/* 2026-01-01T00:00:00Z. A constant and not the day of the build: the same source gives the same
 * bytes. */
static const wall_t floor_wall = { INT64_C(1767225600000) };

static int64_t in_units(clockid_t clock, int64_t a_second)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return ts.tv_sec * a_second + ts.tv_nsec / (INT64_C(1000000000) / a_second);
}

mono_t clock_mono(void)
{
	return (mono_t){ in_units(CLOCK_BOOTTIME, 1000) };
}

wall_t clock_wall(void)
{
	return (wall_t){ in_units(CLOCK_REALTIME, 1000) };
}

int64_t clock_us(void)
{
	return in_units(CLOCK_MONOTONIC, 1000000);
}

enum clock_quality clock_wall_quality(void)
{
	struct timex tx = { 0 };

	if (clock_wall().ms < floor_wall.ms)
		return CLOCK_NEVER;
	if (adjtimex(&tx) < 0 || (tx.status & STA_UNSYNC) != 0)
		return CLOCK_FLOOR;
	return CLOCK_NTP;
}
