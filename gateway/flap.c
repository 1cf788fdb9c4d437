/* SPDX-License-Identifier: Apache-2.0 */
/* flap: how restless a point is; a penalty that decays, with hysteresis. */
#include "gateway/flap.h"

/* Halved for each whole half-life, and between two of them along a straight line: within 6 % of
 * the exponential, and no arithmetic but whole numbers. */
static int32_t decayed(int32_t penalty, int64_t ms)
{
	const int64_t halves = ms / FLAP_HALF_LIFE_MS, rest = ms % FLAP_HALF_LIFE_MS;
	int64_t p = halves > 30 ? 0 : penalty >> halves;

	return (int32_t)(p - p * rest / (2 * (int64_t)FLAP_HALF_LIFE_MS));
}

static void pass(struct flap *f, wall_t at)
{
	if (at.ms > f->at.ms) {
		f->penalty = decayed(f->penalty, at.ms - f->at.ms);
		f->at = at;
	}
	if (f->penalty < FLAP_FREE)
		f->damped = false;
}

bool flap_feed(struct flap *f, wall_t at)
{
	pass(f, at);
	f->penalty += FLAP_ONE;
	if (f->penalty > FLAP_MOST)
		f->penalty = FLAP_MOST;
	if (f->penalty >= FLAP_DAMP)
		f->damped = true;
	return f->damped;
}

bool flap_damped(struct flap *f, wall_t at)
{
	pass(f, at);
	return f->damped;
}
