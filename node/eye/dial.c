/* SPDX-License-Identifier: Apache-2.0 */
/* dial: the camera's clock, told by the Date of an answer or by ONVIF, against ours. */
#include "node/eye/dial.h"

enum { HALF_A_SECOND_MS = 500 };

static const int64_t UTC_MOST_S = 3900000000; /* the year 2093 */

void dial_feed(struct dial *d, enum camera_clock clock, int64_t utc_s, wall_t left, wall_t came)
{
	const int64_t trip_ms = came.ms - left.ms;

	/* Our own clock was set meanwhile, or theirs is not one. */
	if (trip_ms < 0 || utc_s < 0 || utc_s > UTC_MOST_S)
		return;
	/* What was asked for outright is better than what came along. */
	if (d->clock > clock || (d->clock == clock && d->trip_ms <= trip_ms))
		return;
	*d = (struct dial){
		.clock = clock,
		.off_ms = utc_s * 1000 + HALF_A_SECOND_MS - (left.ms + trip_ms / 2),
		.trip_ms = trip_ms,
	};
}
