/* SPDX-License-Identifier: Apache-2.0 */
/* point: do we hear it? Suspect, ask, and only then dark. */
#ifndef MATSANG_GATEWAY_POINT_H
#define MATSANG_GATEWAY_POINT_H

#include "gateway/commune.h"

struct point {
	enum contact contact;
	bool known;   /* heard at least once, ever */
	bool present; /* heard, and neither dark nor out of our sight since */
	mono_t heard; /* in this run of the gateway; MONO_NEVER when not yet */
	mono_t due;   /* when silence counts next */
	int64_t pace_ms;
};

enum point_input {
	POINT_HEARD, /* any message */
	POINT_WILL,  /* the broker says that its connection broke */
	POINT_TIME,  /* time passed */
	POINT_BLIND, /* we cannot hear anybody */
	POINT_SIGHT, /* we can again */
};

enum {
	POINT_ASK = 1,  /* send a question */
	POINT_BACK = 2, /* heard after unknown or dark */
	POINT_GONE = 4, /* asked, and nothing: dark */
};

void point_init(struct point *p, bool known, uint16_t pace_s);

/* Advances one point; returns POINT_ bits. Decides only. */
unsigned point_step(struct point *p, enum point_input in, const struct commune_options *o,
		    mono_t now);

#endif
