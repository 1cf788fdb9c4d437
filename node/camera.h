/* SPDX-License-Identifier: Apache-2.0 */
/* camera: is one camera seeing? Four levels put together: ping, RTSP, moving picture, heartbeat. */
#ifndef MATSANG_NODE_CAMERA_H
#define MATSANG_NODE_CAMERA_H

#include "mesh/clock.h"
#include "mesh/wire.h"
#include "node/camera_look.h"
#include "node/reach.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CAMERA_LOOK_EVERY_MS = 5 * 60 * 1000, /* the pace when none is given */
	CAMERA_SETTLE_MS = 60 * 1000, /* between the first ping and a look: its programs start */
	CAMERA_AGAIN_MS = 30 * 1000,  /* before a bad look is repeated */
	CAMERA_BACKOFF_MIN_MS = 5 * 60 * 1000,
	CAMERA_BACKOFF_MAX_MS = 60 * 60 * 1000,
	CAMERA_EARLY = 2,             /* looks ahead of their time between two in time */
	CAMERA_BEAT_MS = 60 * 1000,   /* heartbeat missing this long: the default */
	CAMERA_WAKE_MS = 180 * 1000,  /* what a camera may take to start after a power cut */
	CAMERA_CLOCK_OFF_MS = 5000,   /* a clock this far off is worth a word */
	CAMERA_CLOCK_RIGHT_MS = 3000, /* and right again below this */
};

struct camera_options {
	bool stream;           /* it has a stream that may be looked at */
	bool heartbeat;        /* its heartbeat output is wired */
	int64_t look_every_ms; /* at least CAMERA_AGAIN_MS */
	int64_t beat_ms;       /* its heartbeat has an edge at least each so many milliseconds */
};

struct camera {
	struct camera_options o;
	enum eye eye;
	mono_t since; /* when eye began */

	/* Level 1: ping. */
	enum reach_state ping;
	mono_t ping_since;
	bool ponged; /* it answered once: then it does not forbid ping */

	/* Levels 2 and 3: looks. */
	enum camera_says seen;   /* what is believed */
	enum camera_says last;   /* of the last look */
	bool last_reached;       /* that one made a connection */
	unsigned bad;            /* looks in a row that were neither moving nor busy */
	mono_t seen_at;          /* when the last look that said anything ended */
	bool looking, look_void; /* one is under way; it began before the camera went silent */
	unsigned early;          /* looks ahead of their time that are left */
	bool next_early;
	mono_t next; /* the next look, when looking is allowed */
	int64_t backoff_ms;
	bool mains_out;

	/* Level 4: heartbeat. */
	bool beaten;        /* an edge came since the camera could last have died */
	mono_t beat;        /* last edge */
	mono_t beat_missed; /* without another edge, it has stopped then */
	bool stopped;
	mono_t stopped_at;

	/* Its clock, when a look told it while ours was right. */
	enum camera_clock clock; /* CAMERA_CLOCK_NONE: not known */
	int64_t clock_off_ms;    /* its clock less ours */
	bool clock_wrong;
};

/* What a call brought about. */
enum {
	CAMERA_EYE_CHANGED = 1u << 0,
	CAMERA_CLOCK_CHANGED = 1u << 1, /* clock_wrong did */
	CAMERA_LOOK = 1u << 2,          /* look at it now; answer with camera_looked */
};

/* A look_every_ms or beat_ms of 0 means the default. */
void camera_init(struct camera *c, const struct camera_options *o, mono_t now);

/*
 * What is believed, first line that fits:
 *
 *	ping silent:  a heartbeat edge, or a moving or busy stream, since    contradicts
 *	              password refused, no picture, frozen: as below         locked ...
 *	              else                                                   silent
 *	else:         password refused twice                                 locked
 *	              no picture to be had, twice                            refusing (without ping
 *	              and without a connection: silent)
 *	              frozen twice                                           frozen
 *	              heartbeat stopped, the stream moves in a later look    contradicts (the wire?)
 *	              heartbeat stopped, and no look has ended since         as before
 *	              heartbeat stopped                                      stopped
 *	              busy                                                   busy
 *	              the stream moves, ping answers or heartbeat beats      ok
 *	              else                                                   unknown
 *
 * One bad look is none: the next one comes soon, and two of a kind in a row (or three of any kind)
 * are believed. One good look is believed at once. Busy lifts everything but frozen, which it
 * does not speak of. Silence forgets what was seen before it.
 */

/* Returns CAMERA_ bits, as all below do. Feed the state that reach has decided, whenever it is. */
unsigned camera_pinged(struct camera *c, enum reach_state ping, mono_t now);

/* It cannot be pinged any more, whatever it did when it could: as one that never was. */
unsigned camera_unasked(struct camera *c, mono_t now);

/* It could not be reached, and can be again: that no connection was made says nothing now. */
unsigned camera_afresh(struct camera *c, mono_t now);

/* An edge of its heartbeat output at `at`, not later than now. */
unsigned camera_beaten(struct camera *c, mono_t at, mono_t now);

/* A look has ended; NULL when the eye itself failed. clock_sure: our own clock is synchronised. */
unsigned camera_looked(struct camera *c, const struct camera_look *look, bool clock_sure,
		       mono_t now);

/* Somebody wants to know now: the next look is due, as soon as one is allowed. */
void camera_ask(struct camera *c, mono_t now);

/*
 * Call when camera_due has come and after every feed. Looks are due each look_every_ms; sooner, at
 * most CAMERA_EARLY times between two, after a bad one, when ping comes back and when the heartbeat
 * stops; later, doubling from 5 minutes to an hour, when it was busy, refused us or could not be
 * looked at. Never while mains is out, nor while a camera that has answered pings does not.
 */
unsigned camera_step(struct camera *c, bool mains_out, mono_t now);
mono_t camera_due(const struct camera *c);

#endif
