/* SPDX-License-Identifier: Apache-2.0 */
/* fault: everything that can be wrong with a point, and what a node can know of it. */
#ifndef MATSANG_VERDICT_FAULT_H
#define MATSANG_VERDICT_FAULT_H

#include "tests/sim/script.h"

/* Nearest first: of two faults on the way out the upper one hides the lower one. */
enum fault {
	F_POWER,
	F_CABLE,
	F_ROUTER,
	F_LINE,
	F_NAMES,
	F_PORTAL,
	F_SHUT,
	F_REFUSED,
	F_MTU,
	F_BIRTHS,
	F_HANGS,
	F_KEY,
	F_AWAY,
	F_WAY_ENDS, /* below: nothing that stops a message */
	F_MUTE = F_WAY_ENDS,
	F_OUTSIDE,
	F_NO_PING,
	F_VOLTAGE,
	F_CAM_SILENT,
	F_CAM_MUTE,
	F_CAM_REFUSES,
	F_CAM_LOCKED,
	F_CAM_BUSY,
	F_CAM_FROZEN,
	F_CAM_DEAD, /* the one that has a heartbeat only */
	F_CAM_STOPPED,
	F_CAM_WIRE, /* the heartbeat of one that streams on */
	FAULTS
};

/* What else happens in the moment it begins. */
enum with {
	WITH_NOTHING,
	WITH_RESET,   /* the open connection breaks: else nobody meets the fault */
	WITH_RESTART, /* the program starts anew: it must ask for names again */
	ALWAYS_SO,    /* no event but a habit of the thing: so since before the node was started */
};

struct fault_kind {
	const char *name;
	enum verb begins, ends;
	enum odd odd;
	unsigned n;
	enum with with;
	enum cause cause; /* to be told when nothing hides it */
	enum layer layer;
	int64_t known_ms, over_ms; /* what can be known is known so long after its begin and end */
};

extern const struct fault_kind fault_kinds[FAULTS];

enum { FAULT_CAMERAS = 3 }; /* a stream; a heartbeat; both. All answer pings */

/* What a node can know at best while these faults last; sets of 1 << enum fault. ever: and the ones
 * that have ended. */
struct truth {
	enum cause cause;
	enum sure sure;
	enum layer layer;
	bool eyes_known;
	enum eye eye[FAULT_CAMERAS];
	bool either;            /* the first camera may be told frozen or busy */
	uint32_t facts, judged; /* these facts, of the ones that are judged */
	bool chosen;            /* the whole truth cannot be known: one of the choices */
};

/* The i-th of the choices that truths rest on, as a line; NULL behind the last. */
const char *fault_choice(size_t i, char text[static 240]);

struct truth fault_truth(unsigned faults, unsigned ever, enum ups ups);

#endif
