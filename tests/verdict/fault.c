/* SPDX-License-Identifier: Apache-2.0 */
/* fault: everything that can be wrong with a point, and what a node can know of it. */
#include "tests/verdict/fault.h"

#include <stddef.h>
#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IN(faults, f) ((faults) >> (f)&1u)

enum {
	SOON = 7 * 60 * 1000,   /* the longest wait between two attempts to connect, and more */
	LOOKED = 7 * 60 * 1000, /* a bad look in its time, and the one that repeats it */
	BACKED_OFF =
		25 * 60 * 1000, /* a camera that refused us is looked at more and more rarely */
};

/* One that begins and ends as an oddity does. */
#define ODD(what, number, with_) \
	.begins = ODD_BEGINS, .ends = ODD_ENDS, .odd = (what), .n = (number), .with = (with_)
#define WAY(c, l) .cause = (c), .layer = (l), .known_ms = SOON, .over_ms = SOON
#define CAM(c, over) .cause = (c), .known_ms = LOOKED, .over_ms = (over)

const struct fault_kind fault_kinds[FAULTS] = {
	[F_POWER] = { "power cut", MAINS_OFF, MAINS_ON, WAY(CAUSE_POWER, LAYER_NONE) },
	[F_CABLE] = { "cable out", ODD(ODD_CABLE, 0, WITH_NOTHING), WAY(CAUSE_LINK, LAYER_LINK) },
	[F_ROUTER] = { "router hangs", ROUTER_OFF, ROUTER_ON, WAY(CAUSE_ROUTER, LAYER_ROUTER) },
	[F_LINE] = { "line cut", LINE_CUT, LINE_RESTORE, WAY(CAUSE_PROVIDER, LAYER_OUTSIDE) },
	[F_NAMES] = { "no names", ODD(ODD_NAMES, 0, WITH_RESTART), WAY(CAUSE_NAMES, LAYER_NAMES) },
	[F_PORTAL] = { "portal", ODD(ODD_PORTAL, 0, WITH_RESET), WAY(CAUSE_PORTAL, LAYER_TLS) },
	[F_SHUT] = { "portal, all else shut", ODD(ODD_SHUT, 0, WITH_RESET),
		     WAY(CAUSE_PORTAL, LAYER_TLS) },
	[F_REFUSED] = { "broker's port closed", ODD(ODD_REFUSED, 0, WITH_RESET),
			WAY(CAUSE_GATEWAY, LAYER_TCP) },
	[F_MTU] = { "large packets vanish", ODD(ODD_MTU, 0, WITH_RESET),
		    WAY(CAUSE_MTU, LAYER_TLS) },
	[F_BIRTHS] = { "births vanish", ODD(ODD_BIRTHS, 0, WITH_RESET), WAY(CAUSE_MTU, LAYER_TLS) },
	[F_HANGS] = { "broker hangs", ODD(ODD_HANGS, 0, WITH_RESET),
		      WAY(CAUSE_GATEWAY, LAYER_TLS) },
	[F_KEY] = { "broker refuses our key", ODD(ODD_KEY, 0, WITH_RESET),
		    WAY(CAUSE_GATEWAY, LAYER_TLS) },
	[F_AWAY] = { "gateway away", GATEWAY_STOP, GATEWAY_START, WAY(CAUSE_GATEWAY, LAYER_ACK) },
	[F_MUTE] = { "router ignores pings", ODD(ODD_MUTE, 0, ALWAYS_SO), WAY(CAUSE_NONE, 0) },
	[F_OUTSIDE] = { "one outside silent", ODD(ODD_OUTSIDE, 0, WITH_NOTHING),
			WAY(CAUSE_NONE, 0) },
	[F_NO_PING] = { "no right to ping", PING_FORBID, PING_ALLOW, WAY(CAUSE_NONE, 0) },
	[F_VOLTAGE] = { "under-voltage", ODD(ODD_VOLTAGE, 0, WITH_NOTHING), WAY(CAUSE_NONE, 0) },
	[F_CAM_SILENT] = { "camera off", CAMERA_OFF, CAMERA_ON, CAM(CAUSE_CAMERA, BACKED_OFF) },
	[F_CAM_MUTE] = { "camera ignores pings", ODD(ODD_CAM_MUTE, 0, ALWAYS_SO),
			 CAM(CAUSE_NONE, LOOKED) },
	[F_CAM_REFUSES] = { "camera refuses", ODD(ODD_CAM_REFUSES, 0, WITH_NOTHING),
			    CAM(CAUSE_CAMERA, BACKED_OFF) },
	[F_CAM_LOCKED] = { "camera's password", ODD(ODD_CAM_LOCKED, 0, WITH_NOTHING),
			   CAM(CAUSE_CAMERA, BACKED_OFF) },
	[F_CAM_BUSY] = { "camera busy", ODD(ODD_CAM_BUSY, 0, WITH_NOTHING),
			 CAM(CAUSE_NONE, BACKED_OFF) },
	[F_CAM_FROZEN] = { "camera frozen", ODD(ODD_CAM_FROZEN, 0, WITH_NOTHING),
			   CAM(CAUSE_CAMERA, LOOKED) },
	[F_CAM_DEAD] = { "2nd camera off", CAMERA_OFF, CAMERA_ON, .n = 1,
			 CAM(CAUSE_CAMERA, LOOKED) },
	[F_CAM_STOPPED] = { "2nd camera's heart", ODD(ODD_CAM_STOPPED, 1, WITH_NOTHING),
			    CAM(CAUSE_CAMERA, LOOKED) },
	[F_CAM_WIRE] = { "3rd camera's heart wire", ODD(ODD_CAM_STOPPED, 2, WITH_NOTHING),
			 CAM(CAUSE_NONE, LOOKED) },
};

/* ---- where the whole truth cannot be known ---- */

#define NEVER "a router that never answered may be dead, or the line beyond it"

/* Both last: then this is all that can be told. The first line that fits. */
static const struct choice {
	enum fault a, b;
	enum cause cause;
	enum sure sure;
	enum layer layer;
	const char *why;
	bool then_too; /* when a is over, and b is not */
} choices[] = {
#define CANNOT_ASK(f)                                                                            \
	{                                                                                        \
		F_NO_PING, f, CAUSE_LINE, SURE_OPEN, LAYER_NONE,                                 \
			"who may not ask router and outside cannot tell the layers apart", false \
	}
	CANNOT_ASK(F_ROUTER),
	CANNOT_ASK(F_LINE),
	CANNOT_ASK(F_NAMES),
	CANNOT_ASK(F_REFUSED),
	CANNOT_ASK(F_MTU),
	CANNOT_ASK(F_BIRTHS),
	CANNOT_ASK(F_HANGS),
	CANNOT_ASK(F_KEY),
	{ F_MUTE, F_ROUTER, CAUSE_LINE, SURE_OPEN, LAYER_NONE, NEVER, true },
	{ F_MUTE, F_LINE, CAUSE_LINE, SURE_OPEN, LAYER_NONE, NEVER, false },
	{ F_NAMES, F_SHUT, CAUSE_PROVIDER, SURE_CONFIRMED, LAYER_OUTSIDE,
	  "without the broker's name nobody meets the portal; what is left is a line that lets "
	  "nothing out",
	  false },
};

static const struct choice *chosen(unsigned faults, unsigned ever)
{
	for (size_t i = 0; i < COUNT(choices); i++)
		if (IN(choices[i].then_too ? ever : faults, choices[i].a) &&
		    IN(faults, choices[i].b))
			return &choices[i];
	return NULL;
}

const char *fault_choice(size_t i, char text[static 240])
{
	if (i >= COUNT(choices))
		return NULL;
	snprintf(text, 240, "%s%s + %s: %s %s: %s", choices[i].then_too ? "(once) " : "",
		 fault_kinds[choices[i].a].name, fault_kinds[choices[i].b].name,
		 sure_str(choices[i].sure), cause_str(choices[i].cause), choices[i].why);
	return text;
}

/* ---- cameras ---- */

static enum eye first_eye(unsigned faults, unsigned ever, bool *either)
{
	bool mute = IN(faults, F_CAM_MUTE);

	if (IN(faults, F_CAM_SILENT))
		return EYE_SILENT;
	if (IN(faults, F_CAM_REFUSES))
		return EYE_REFUSING;
	if (IN(faults, F_CAM_LOCKED))
		return EYE_LOCKED;
	/* While somebody else watches, nobody sees whether it moves: what was seen last counts. */
	*either = IN(faults, F_CAM_BUSY) && IN(ever, F_CAM_FROZEN);
	if (IN(faults, F_CAM_FROZEN))
		return EYE_FROZEN;
	if (mute && !IN(faults, F_NO_PING))
		return EYE_CONTRADICTS; /* it sees, and does not answer: as it should be told */
	return IN(faults, F_CAM_BUSY) ? EYE_BUSY : EYE_OK;
}

static enum eye second_eye(unsigned faults)
{
	/* Of one that may not be pinged only the heartbeat is left. */
	if (IN(faults, F_CAM_DEAD))
		return IN(faults, F_NO_PING) ? EYE_STOPPED : EYE_SILENT;
	return IN(faults, F_CAM_STOPPED) ? EYE_STOPPED : EYE_OK;
}

static enum eye third_eye(unsigned faults)
{
	return IN(faults, F_CAM_WIRE) ? EYE_CONTRADICTS : EYE_OK;
}

static void judge_cameras(struct truth *t, unsigned faults, unsigned ever)
{
	t->eye[0] = first_eye(faults, ever, &t->either);
	t->eye[1] = second_eye(faults);
	t->eye[2] = third_eye(faults);
	/* Between us and them the house's network is down, or they have no power, or it is not
	 * asked for pictures in a power cut: nothing is known of them. */
	t->eyes_known = !IN(faults, F_CABLE) && !IN(faults, F_ROUTER) && !IN(faults, F_POWER);
}

/* ---- all of it ---- */

static void judge_facts(struct truth *t, unsigned faults, enum ups ups)
{
	unsigned stops = ((1u << F_WAY_ENDS) - 1) & ~(1u << F_AWAY | 1u << F_POWER);
	bool power = IN(faults, F_POWER);

	t->judged = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_UNDER_VOLTAGE | FACT_ON_BATTERY |
		    FACT_UPS_KNOWN;
	t->facts = FACT_MAINS_KNOWN | (power ? 0u : FACT_MAINS_ON);
	t->facts |= ups != UPS_NONE ? FACT_UPS_KNOWN : 0u;
	t->facts |= ups != UPS_NONE && power ? FACT_ON_BATTERY : 0u;
	t->facts |= IN(faults, F_VOLTAGE) ? FACT_UNDER_VOLTAGE : 0u;
	if (!IN(faults, F_CABLE)) {
		t->judged |= FACT_NO_PING_RIGHT;
		t->facts |= IN(faults, F_NO_PING) ? FACT_NO_PING_RIGHT : 0u;
	}
	if (power && ups < UPS_HOUSE)
		return; /* its router is off too */
	t->judged |= FACT_LINK_UP;
	t->facts |= faults & stops ? 0u : FACT_LINK_UP;
}

struct truth fault_truth(unsigned faults, unsigned ever, enum ups ups)
{
	struct truth t = { .cause = CAUSE_NONE, .sure = SURE_CONFIRMED, .layer = LAYER_NONE };
	const struct choice *c = chosen(faults, ever);
	unsigned f = 0;

	judge_cameras(&t, faults, ever);
	judge_facts(&t, faults, ups);
	while (f < F_WAY_ENDS && !IN(faults, f))
		f++;
	if (c && f != F_POWER && f != F_CABLE) {
		t.cause = c->cause;
		t.sure = c->sure;
		t.layer = c->layer;
		t.chosen = true;
	} else if (f < F_WAY_ENDS) {
		t.cause = fault_kinds[f].cause;
		t.layer = fault_kinds[f].layer;
	} else {
		for (f = F_WAY_ENDS; f < FAULTS; f++)
			if (IN(faults, f) && fault_kinds[f].cause != CAUSE_NONE)
				t.cause = fault_kinds[f].cause;
	}
	return t;
}
