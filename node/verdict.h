/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: from what is known to what is wrong; one function, no memory. */
#ifndef MATSANG_NODE_VERDICT_H
#define MATSANG_NODE_VERDICT_H

#include "mesh/wire.h"

/* What the node knows now, each already past its own hold (debounce, rounds, line hold). */
struct facts {
	bool mains_known, mains_on;
	bool waking;     /* mains came back a moment ago: who is still silent may be starting */
	bool link_known; /* false only while the first connection is still being tried */
	bool link_up;    /* MQTT up, and what we sent is acknowledged by the far kernel */
	bool gateway_listens; /* the gateway said so */
	bool gateway_away;    /* the gateway said that it is not listening, a hold ago */
	bool no_ping_right;
	bool router_known, router_answers;
	bool outside_known, outside_answers; /* known: one answers, or all are silent */
	uint8_t cams_n;
	uint8_t cams_known; /* bit i: camera i is decided */
	uint8_t cams_up;    /* bit i: camera i answers; a part of cams_known */
};

/*
 * Power comes before line, line before camera:
 *
 *	no mains                              power, confirmed
 *	no link: no right to ping             line, open
 *	         the house is waking up       power, probable
 *	         outside answers              gateway, confirmed
 *	         router silent                router, confirmed when mains is known to be on, else
 *probable router answers, outside not  provider, confirmed not known yet                line, open
 *	link:    gateway away                 gateway, confirmed
 *	         all cameras and router silent  router, as above
 *	         a camera silent              camera, confirmed when mains or router vouch for power
 *	         a camera not decided         open; power, probable, while the house is waking up
 *	         else                         none, confirmed
 */
struct verdict verdict_of(const struct facts *f);

/* Is b worth telling after a? Cause or confidence changed; or the cameras, unless power explains
 * it. */
bool verdict_differs(const struct verdict *a, const struct verdict *b);

#endif
