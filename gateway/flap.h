/* SPDX-License-Identifier: Apache-2.0 */
/* flap: how restless a point is; a penalty that decays, with hysteresis (as RFC 2439). */
#ifndef MATSANG_GATEWAY_FLAP_H
#define MATSANG_GATEWAY_FLAP_H

#include "mesh/clock.h"

#include <stdbool.h>

enum {
	FLAP_ONE = 1000,                    /* for each time that it goes dark */
	FLAP_HALF_LIFE_MS = 15 * 60 * 1000, /* a penalty is half of it so much later */
	FLAP_DAMP = 3000,                   /* from here on it is unstable */
	FLAP_FREE = 750,                    /* and below this not any more */
	FLAP_MOST = 12000, /* decays to FLAP_FREE within the hour: nobody is damped for longer */
};

struct flap {
	wall_t at;
	int32_t penalty; /* as it was at that moment */
	bool damped;
};

/* It went dark. True when it is unstable (now). A time before the last one counts as that. */
bool flap_feed(struct flap *f, wall_t at);

/* Is it unstable at this moment? */
bool flap_damped(const struct flap *f, wall_t at);

#endif
