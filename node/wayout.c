/* SPDX-License-Identifier: Apache-2.0 */
/* wayout: is our connection fine, in doubt, or down? Judged from what the kernel knows of its
 * socket. */
#include "node/wayout.h"

/* The birth has left by then; nothing unacknowledged means that it arrived. */
enum { PROOF_MS = 1000 };

void wayout_init(struct wayout *w, int64_t hold_ms, mono_t now)
{
	*w = (struct wayout){ .hold_ms = hold_ms,
			      .changed = now,
			      .unacked_since = now,
			      .heard = MONO_NEVER,
			      .rtt_us = -1,
			      .doubt = true,
			      .doubt_since = now };
}

static bool turned(struct wayout *w, bool up, mono_t now)
{
	if (up == w->up)
		return false;
	w->doubtful = up ? w->doubtful : !w->proved;
	w->proved = false;
	w->up = up;
	w->was_up |= up;
	w->changed = now;
	w->unacked = false;
	w->rtt_us = -1;
	return true;
}

bool wayout_feed(struct wayout *w, bool up, bool unacked, int64_t ack_age_ms, int64_t rtt_us,
		 mono_t now)
{
	bool changed = turned(w, up, now);

	if (!up)
		return changed;
	if (unacked && !w->unacked)
		w->unacked_since = now;
	w->unacked = unacked;
	if (!unacked && mono_since(now, w->changed) >= PROOF_MS) {
		w->proved = true;
		w->doubtful = false;
	}
	w->heard = mono_after(now, -ack_age_ms);
	w->rtt_us = rtt_us;
	return changed;
}

/* Something waits for its acknowledgement, and none at all has come in since. While data flows
 * there is always something on its way, but acknowledgements keep coming. */
static mono_t stuck_at(const struct wayout *w)
{
	if (!w->up || !w->unacked)
		return MONO_NEVER;
	return mono_after(w->heard.ms > w->unacked_since.ms ? w->heard : w->unacked_since,
			  WAYOUT_STUCK_MS);
}

bool wayout_step(struct wayout *w, mono_t now)
{
	bool doubt = !w->up || w->doubtful || mono_reached(now, stuck_at(w)),
	     began = doubt && !w->doubt;

	if (began)
		w->doubt_since = w->up ? stuck_at(w) : w->changed;
	w->doubt = doubt;
	w->down = doubt && mono_since(now, w->doubt_since) >= w->hold_ms;
	return began;
}

mono_t wayout_due(const struct wayout *w)
{
	return w->doubt ? mono_after(w->doubt_since, w->hold_ms) : stuck_at(w);
}
