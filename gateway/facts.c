/* SPDX-License-Identifier: Apache-2.0 */
/* facts: names of what the gateway's core decides and the store keeps. */
#include "gateway/facts.h"

#include "gateway/roster.h"

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
	[ROW_CLOCK] = "clock",
	[ROW_PLANNED] = "planned",
	[ROW_TAKEN] = "taken",
	[ROW_CORRECTED] = "corrected",
	[ROW_DOUBT] = "doubt",
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

static const char *const tell_names[] = {
	[TELL_FIRING] = "firing",     [TELL_RESOLVED] = "resolved", [TELL_RESIDUE] = "residue",
	[TELL_UNSTABLE] = "unstable", [TELL_REMIND] = "remind",     [TELL_MORNING] = "morning",
	[TELL_EVENING] = "evening",   [TELL_TEST] = "test",         [TELL_ANSWER] = "answer",
};
static_assert(COUNT(tell_names) == TELLS, "name every telling");

static const char *const scope_names[] = {
	[SCOPE_POINT] = "point",
	[SCOPE_HAMLET] = "hamlet",
	[SCOPE_TRANSFORMER] = "transformer",
	[SCOPE_PROVIDER] = "provider",
	[SCOPE_RELAY] = "relay",
	[SCOPE_LEARNED] = "learned",
	[SCOPE_AREA] = "area",
	[SCOPE_GATEWAY] = "gateway",
};
static_assert(COUNT(scope_names) == SCOPES, "name every scope");

static const char *const doubt_names[] = {
	[DOUBT_NONE] = "none",   [DOUBT_BROKER] = "broker", [DOUBT_LINE] = "line",
	[DOUBT_POWER] = "power", [DOUBT_CLOCK] = "clock",   [DOUBT_MASS] = "mass",
	[DOUBT_MUTE] = "mute",
};
static_assert(COUNT(doubt_names) == DOUBTS, "name every doubt");

static const char *const role_names[] = {
	[ROLE_MACHINE] = "machine",         [ROLE_TECHNICIAN] = "technician",
	[ROLE_HAMLET_HEAD] = "hamlet_head", [ROLE_DUTY] = "duty",
	[ROLE_LEADER] = "leader",
};
static_assert(COUNT(role_names) == ROLES, "name every role");

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

const char *scope_str(enum scope s)
{
	return name(scope_names, COUNT(scope_names), (size_t)s);
}

const char *doubt_str(enum doubt d)
{
	return name(doubt_names, COUNT(doubt_names), (size_t)d);
}

const char *role_str(enum role r)
{
	return name(role_names, COUNT(role_names), (size_t)r);
}

bool tell_opens(enum tell t)
{
	return t == TELL_FIRING || t == TELL_RESIDUE || t == TELL_UNSTABLE;
}

bool cause_theirs(enum cause c)
{
	return c == CAUSE_POWER || c == CAUSE_PROVIDER || c == CAUSE_PORTAL || c == CAUSE_NAMES ||
	       c == CAUSE_MTU;
}
