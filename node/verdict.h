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
	bool carrier_known, carrier; /* our own interface has a cable with life in it */
	bool gateway_listens;        /* the gateway said so */
	bool gateway_away;           /* the gateway said that it is not listening, a hold ago */
	bool no_ping_right;
	bool router_known, router_answers;
	bool outside_known, outside_answers; /* known: one answers, or all are silent */
	bool network_silent;                 /* neither the router nor any camera can be heard */
	bool proving;     /* connected, and nothing we sent has been acknowledged yet */
	bool large_known; /* large packets were asked too, or cannot be */
	bool large_lost;  /* it answers small packets, and none of the large ones */
	bool stranger;    /* somebody else answered in the broker's place */
	enum layer
		dial_failed; /* where the last attempt ended: NAMES, TCP, TLS or ACK; else NONE */
	uint32_t more;       /* facts that need no judgement: bits of FACTS_NEWS, FACT_UPS_KNOWN */
	uint8_t cams_n;
	uint32_t eyes; /* as in struct verdict; EYE_UNKNOWN: not decided yet */
};

/*
 * Power comes before line, line before camera; of the way out the first layer that fails:
 *
 *	no mains                                power, confirmed
 *	no link: the house is waking up         power, probable
 *	         no carrier                     link, confirmed
 *	         a stranger answers for us      portal, confirmed
 *	         no right to ping               line, open
 *	         outside answers, no name       names, confirmed
 *	           port silent                  gateway, confirmed
 *	           large packets are lost       mtu, confirmed
 *	           large not asked yet          line, open
 *	           connected, and in doubt      line, open
 *	           else                         gateway, confirmed
 *	         router silent                  router, confirmed when mains is known to be on,
 *	                                        else probable
 *	         router answers, outside not    provider, confirmed
 *	         outside not known, no name     names, probable
 *	         not known yet                  line, open
 *	link:    gateway away                   gateway, confirmed
 *	         router and all cameras silent  router, as above
 *	         a camera does not see          camera, confirmed when mains or router vouch
 *	                                        for power
 *	         a camera not decided           open; power, probable, while the house wakes up
 *	         else                           none, confirmed
 *
 * The layer is the first of the way out that fails, as far as it was looked.
 */
struct verdict verdict_of(const struct facts *f);

/* Is b worth telling after a? Cause, confidence or one of FACTS_NEWS changed; or the cameras,
 * unless power explains it. */
bool verdict_differs(const struct verdict *a, const struct verdict *b);

#endif
