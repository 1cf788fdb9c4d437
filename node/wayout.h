/* SPDX-License-Identifier: Apache-2.0 */
/* wayout: is our connection fine, in doubt, or down? Judged from what the kernel knows of its
 * socket. */
#ifndef MATSANG_NODE_WAYOUT_H
#define MATSANG_NODE_WAYOUT_H

#include "mesh/clock.h"

enum { WAYOUT_STUCK_MS = 5000 }; /* unacknowledged this long, a connection is in doubt */

struct wayout {
	int64_t hold_ms;
	bool up, was_up; /* connected now; ever */
	bool unacked;
	bool proved;    /* this connection has carried something that was acknowledged */
	bool doubtful;  /* the one before never did: this one is believed when it has */
	mono_t changed; /* when up changed */
	mono_t unacked_since;
	mono_t heard;   /* last acknowledgement; MONO_NEVER when none yet */
	int64_t rtt_us; /* smoothed; -1 when not known */
	bool doubt;     /* not connected, or stuck */
	mono_t doubt_since;
	bool down; /* in doubt for the hold */
};

/* hold_ms: how long a doubt must last before the way out is down. Begins unconnected, so in doubt.
 */
void wayout_init(struct wayout *w, int64_t hold_ms, mono_t now);

/*
 * Facts of the socket, each second and at every change; what they mean is as in node_link. True
 * when up changed.
 */
bool wayout_feed(struct wayout *w, bool up, bool unacked, int64_t ack_age_ms, int64_t rtt_us,
		 mono_t now);

/* Decide doubt and down. A connection is believed at once, but not after one that ended before
 * anything sent over it had been acknowledged: where large packets vanish, each connects, and none
 * carries. True when a doubt has just begun. */
bool wayout_step(struct wayout *w, mono_t now);

/* When the next decision falls due if nothing is fed; may be past, then it was taken. */
mono_t wayout_due(const struct wayout *w);

#endif
