/* SPDX-License-Identifier: Apache-2.0 */
/* flap: how restless a point is; a penalty that decays, with hysteresis. */
#include "gateway/flap.h"

/* Halved for each whole half-life, and between two of them along a straight line: within 6 % of
 * the exponential, and no arithmetic but whole numbers. */
static int32_t decayed(const struct flap *f, wall_t at)
{
	const int64_t ms = at.ms > f->at.ms ? at.ms - f->at.ms : 0;
	const int64_t halves = ms / FLAP_HALF_LIFE_MS, rest = ms % FLAP_HALF_LIFE_MS;
	int64_t p = halves > 30 ? 0 : f->penalty >> halves;

	return (int32_t)(p - p * rest / (2 * (int64_t)FLAP_HALF_LIFE_MS));
}

bool flap_feed(struct flap *f, wall_t at)
{
	const bool damped = flap_damped(f, at);

	f->penalty = decayed(f, at) + FLAP_ONE;
	if (f->penalty > FLAP_MOST)
		f->penalty = FLAP_MOST;
	if (at.ms > f->at.ms)
		f->at = at;
	f->damped = damped || f->penalty >= FLAP_DAMP;
	return f->damped;
}

bool flap_damped(const struct flap *f, wall_t at)
{
	return f->damped && decayed(f, at) >= FLAP_FREE;
}
