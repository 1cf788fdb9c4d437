/* SPDX-License-Identifier: Apache-2.0 */
/* facts: names of what the gateway's core decides and the store keeps. */
#include "gateway/facts.h"

#include <assert.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const row_names[] = {
	[0] = "?",
	[ROW_BIRTH] = "birth",
	[ROW_NEWS] = "news",
	[ROW_LOST] = "lost",
	[ROW_DARK] = "dark",
	[ROW_HEARD] = "heard",
	[ROW_BLIND] = "blind",
	[ROW_SIGHT] = "sight",
	[ROW_CLONE] = "clone",
	[ROW_GASP] = "gasp",
};
static_assert(COUNT(row_names) == ROW_KINDS, "name every row");

static const char *const how_names[] = {
	[STAMP_OWN] = "own", [STAMP_AGE] = "age",     [STAMP_ANCHOR] = "anchor",
	[STAMP_NTP] = "ntp", [STAMP_GUESS] = "guess",
};
static_assert(COUNT(how_names) == STAMP_HOWS, "name every stamp");

static const char *const colour_names[] = {
	[COLOUR_UNKNOWN] = "unknown",
	[COLOUR_UP] = "up",
	[COLOUR_DOWN] = "down",
	[COLOUR_PLANNED] = "planned",
};
static_assert(COUNT(colour_names) == COLOURS, "name every colour");

static const char *const incident_names[] = {
	[INCIDENT_HELD] = "held",
	[INCIDENT_TOLD] = "told",
	[INCIDENT_CLOSING] = "closing",
	[INCIDENT_CLOSED] = "closed",
};
static_assert(COUNT(incident_names) == INCIDENT_STATES, "name every state");

static const char *const tell_names[] = { [TELL_FIRING] = "firing", [TELL_RESOLVED] = "resolved" };
static_assert(COUNT(tell_names) == TELLS, "name every telling");

static const char *name(const char *const *names, size_t n, size_t i)
{
	return i < n ? names[i] : "?";
}

const char *row_kind_str(enum row_kind k)
{
	return name(row_names, COUNT(row_names), (size_t)k);
}

const char *stamp_how_str(enum stamp_how h)
{
	return name(how_names, COUNT(how_names), (size_t)h);
}

const char *colour_str(enum colour c)
{
	return name(colour_names, COUNT(colour_names), (size_t)c);
}

const char *incident_state_str(enum incident_state s)
{
	return name(incident_names, COUNT(incident_names), (size_t)s);
}

const char *tell_str(enum tell t)
{
	return name(tell_names, COUNT(tell_names), (size_t)t);
}

bool cause_theirs(enum cause c)
{
	return c == CAUSE_POWER || c == CAUSE_PROVIDER || c == CAUSE_PORTAL || c == CAUSE_NAMES ||
	       c == CAUSE_MTU;
}
