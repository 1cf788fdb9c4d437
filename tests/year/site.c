/* SPDX-License-Identifier: Apache-2.0 */
/* site: a house, its line, and the life of the node in it. */
#include "tests/year/watch.h"

enum {
	SETTLED_MS = 2000,     /* mains are believed after so long */
	BATTERY_MS = 4 * HOUR, /* it lasts, half of the time */
	BOOT_LEAST = 25000,
	BOOT_MOST = 45000,
	ROUTER_LEAST = MINUTE,
	ROUTER_MOST = 5 * MINUTE,
	CAMERA_LEAST = 40000,
	CAMERA_MOST = 90000,
	BLIND_LEAST = MINUTE,
	BLIND_MOST = 2 * MINUTE, /* until a node has seen a dead camera */
	SEES_LEAST = 10000,
	SEES_MOST = 45000, /* and one that is back */
	SEEN_LEAST = 20000,
	SEEN_MOST = MINUTE, /* the first look of a boot */
	BACKOFF_MOST = 5 * MINUTE,
	BOOTED_MS = 15000 /* of a boot are over when the program starts */
};

static bool powered(const struct site *s)
{
	return s->no_mains == 0 || (s->battery && !s->empty);
}

bool site_line(const struct site *s)
{
	bool router = s->no_mains == 0 || (s->router_ups && !s->empty);

	if (s->relay && !(s->relay->running && site_line(s->relay)))
		return false;
	return router && !s->router_boots && s->bad_router == 0 && s->bad_line == 0;
}

static bool camera_dark(const struct site *s)
{
	return s->bad_camera > 0 || s->camera_boots || s->no_mains > 0;
}

static void in_between(struct world *w, int64_t least, int64_t most, enum happens what,
		       struct site *s, uint64_t tag)
{
	world_in(w, chance_between(&w->luck, least, most), what, s, tag);
}

/* ---- the truth of it ---- */

static enum fault why(const struct world *w, const struct site *s)
{
	if (s->no_mains > 0)
		return s->why_mains;
	if (!s->running)
		return s->bad_node > 0 ? s->why_node : s->why_mains;
	if (s->bad_line > 0 || s->bad_router > 0)
		return s->why_line;
	if (!site_line(s))
		return s->router_boots ? s->why_mains : FAULT_RELAY;
	/* It still has to dial; and whatever kept it from that goes on for so long. */
	if (!s->connected && s->way_was_bad)
		return w->truth.point[s->i].spells[TRACK_WAY].now.kind;
	return s->camera_boots ? s->why_mains : FAULTS;
}

/* ---- the way to us ---- */

static void path_back(struct world *w, struct site *s)
{
	int64_t wait = (w->now - s->path_since) * 6 / 10;

	if (s->connected && s->stuck_since != 0 && w->now - s->stuck_since >= BROKEN_MS)
		s->connected = false;
	if (!s->connected) {
		/* Its back-off has grown with the time it tried. */
		wait = wait > BACKOFF_MOST ? BACKOFF_MOST : wait;
		in_between(w, 1000, 2000 + wait, HAPPENS_DIAL, s, ++s->dial);
		return;
	}
	if (s->stuck_since != 0 || s->asked) {
		s->stuck_since = 0;
		s->asked = false;
		world_in(w, 0, HAPPENS_BEAT, s, 0);
		world_in(w, 0, HAPPENS_FLUSH, s, 0);
	}
	world_in(w, 0, HAPPENS_NOTICE, s, 0);
}

void site_changed(struct world *w, struct site *s)
{
	bool line = site_line(s);
	bool path = s->running && line && w->gate.line && w->gate.broker;

	if (!line || !s->running)
		s->way_was_bad = true;
	if (path != s->path) {
		s->path = path;
		if (path)
			path_back(w, s);
		else
			world_in(w, BROKEN_MS, HAPPENS_NOTICE, s, 0);
		if (!path)
			s->path_since = w->now;
	}
	if (s->connected && path)
		s->way_was_bad = false;
	watch_truth(w, s, why(w, s));
	truth_is(&w->truth, s->i, TRACK_WAY, why(w, s), w->now);
	for (unsigned i = 0; i < RELAYED; i++)
		if (s->behind[i])
			site_changed(w, s->behind[i]);
}

/* ---- the camera ---- */

static void look(struct world *w, struct site *s)
{
	bool dark = camera_dark(s);

	s->look++;
	if (!s->running || (s->looked && dark == s->says_blind))
		return;
	if (dark)
		in_between(w, BLIND_LEAST, BLIND_MOST, HAPPENS_LOOK, s, s->look);
	else
		in_between(w, SEES_LEAST, SEES_MOST, HAPPENS_LOOK, s, s->look);
}

void site_camera(struct world *w, struct site *s)
{
	truth_is(&w->truth, s->i, TRACK_CAMERA, s->bad_camera > 0 ? s->why_camera : FAULTS, w->now);
	look(w, s);
}

/* ---- the node's life ---- */

static void start(struct world *w, struct site *s, bool boot)
{
	s->running = s->board = true;
	s->says_power = s->flushing = false;
	s->path_since = w->now;
	s->stuck_since = 0;
	if (boot) {
		s->boot = chance_draw(&w->luck) | 1;
		s->booted = w->now - BOOTED_MS;
		s->conn = 0;
		s->seq = BOOTED_MS;
		s->looked = s->says_blind = false;
		s->verdict = (struct verdict){ .cams_n = s->cams_n };
		in_between(w, SEEN_LEAST, SEEN_MOST, HAPPENS_LOOK, s, ++s->look);
	}
	world_in(w, SETTLED_MS, HAPPENS_NOTICE, s, 0);
	site_changed(w, s);
}

static void stop(struct world *w, struct site *s)
{
	s->running = s->connected = false;
	s->life++;
	site_changed(w, s);
}

void site_node(struct world *w, struct site *s, bool on, enum fault kind)
{
	if (!on) {
		s->bad_node++;
		s->why_node = kind;
		/* The kernel lives, and closes what its program leaves; so does a reboot. */
		if (kind != FAULT_DEATH && s->connected && s->path)
			speak_will_later(w, s, false, chance_between(&w->luck, 100, 1000));
		s->board &= kind == FAULT_CRASH;
		stop(w, s);
		return;
	}
	s->bad_node--;
	if (kind == FAULT_DEATH)
		s->held = 0; /* another card */
	if (s->bad_node > 0 || !powered(s) || s->running)
		return;
	start(w, s, !s->board);
}

static void mains_gone(struct world *w, struct site *s)
{
	s->cut++;
	s->mains_since = w->now;
	s->router_boots &= s->router_ups;
	s->camera_boots = false;
	if (!s->battery) {
		s->board = false;
		stop(w, s);
	} else if (!s->empty) {
		world_in(w, chance_lasts(&w->luck, BATTERY_MS, 0.4), HAPPENS_BATTERY, s, s->cut);
		world_in(w, SETTLED_MS, HAPPENS_NOTICE, s, 0);
	}
	site_changed(w, s);
	look(w, s);
}

static void mains_back(struct world *w, struct site *s)
{
	s->mains_since = w->now;
	s->camera_boots = true;
	in_between(w, CAMERA_LEAST, CAMERA_MOST, HAPPENS_CAMERA, s, s->cut);
	if (!s->router_ups || s->empty) {
		s->router_boots = true;
		in_between(w, ROUTER_LEAST, ROUTER_MOST, HAPPENS_ROUTER, s, s->cut);
	}
	s->empty = false;
	if (s->running)
		world_in(w, SETTLED_MS, HAPPENS_NOTICE, s, 0);
	else
		in_between(w, BOOT_LEAST, BOOT_MOST, HAPPENS_START, s, s->life);
	site_changed(w, s);
	look(w, s);
}

void site_mains(struct world *w, struct site *s, bool on, enum fault kind)
{
	if (!on) {
		s->why_mains = kind;
		if (s->no_mains++ == 0)
			mains_gone(w, s);
	} else if (--s->no_mains == 0) {
		mains_back(w, s);
	}
}

void site_begin(struct world *w, struct site *s)
{
	in_between(w, 0, MINUTE, HAPPENS_START, s, s->life);
}

void site_happen(struct world *w, struct site *s, enum happens what, uint64_t tag)
{
	if (what == HAPPENS_START && tag == s->life && !s->running && s->bad_node == 0 &&
	    powered(s)) {
		start(w, s, true);
	} else if (what == HAPPENS_BATTERY && tag == s->cut && s->no_mains > 0) {
		s->empty = true;
		s->board = false;
		stop(w, s);
	} else if (what == HAPPENS_ROUTER && tag == s->cut) {
		s->router_boots = false;
		site_changed(w, s);
	} else if (what == HAPPENS_CAMERA && tag == s->cut) {
		s->camera_boots = false;
		site_changed(w, s);
		look(w, s);
	} else if (what == HAPPENS_LOOK && tag == s->look && s->running) {
		s->looked = true;
		s->says_blind = camera_dark(s);
		speak_notice(w, s);
	} else if (what == HAPPENS_DIAL && tag == s->dial && s->running && !s->connected &&
		   s->path) {
		speak_connect(w, s);
		site_changed(w, s);
	} else if (what == HAPPENS_NOTICE) {
		speak_notice(w, s);
	} else if (what == HAPPENS_SYNC || what == HAPPENS_BIRTH) {
		speak_birth(w, s);
	} else if (what == HAPPENS_BEAT) {
		speak_beat(w, s);
	} else if (what == HAPPENS_FLUSH) {
		s->flushing = false;
		speak_flush(w, s);
	}
}
