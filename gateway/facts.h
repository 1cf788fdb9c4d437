/* SPDX-License-Identifier: Apache-2.0 */
/* facts: what the gateway's core decides and the store keeps: rows, spans, outages, incidents. */
#ifndef MATSANG_GATEWAY_FACTS_H
#define MATSANG_GATEWAY_FACTS_H

#include "mesh/clock.h"
#include "mesh/topic.h"
#include "mesh/wire.h"

/* ---- the ledger: append-only, the truth ---- */

enum row_kind {
	ROW_BIRTH = 1, /* a connection began; seq: its number; body: verdict, pace */
	ROW_NEWS = 2,  /* a verdict from a node; body: verdict, 1 when it is so now */
	ROW_LOST = 3,  /* records that the node itself had to drop; seq: the first; body: how many
			  (u64) */
	ROW_DARK = 4,  /* the gateway asked and heard nothing; at: last moment heard */
	ROW_HEARD = 5, /* a point speaks again, or for the first time */
	ROW_BLIND = 6, /* the gateway cannot hear (point "") */
	ROW_SIGHT = 7, /* it hears again (point "") */
	ROW_CLONE = 8, /* two boots take turns under one code */
	ROW_GASP = 9,  /* a last gasp whose record cannot be taken yet; body: as ROW_NEWS */
	ROW_KINDS
};

/* How sure the time of a row is. */
enum stamp_how {
	STAMP_OWN,    /* the gateway's own clock saw it happen */
	STAMP_AGE,    /* the node said how long ago: exact */
	STAMP_ANCHOR, /* time since a boot whose start we know */
	STAMP_NTP,    /* the node's wall clock, which NTP kept */
	STAMP_GUESS,  /* between two times we know */
	STAMP_HOWS
};

enum { ROW_BODY = 32 };

struct row {
	int64_t id;    /* from 1, given by the commune, rising */
	wall_t at;     /* when it happened, never in the future */
	wall_t stored; /* when the gateway learned it */
	enum stamp_how how;
	char point[POINT_CODE_TEXT]; /* "" for the gateway itself */
	enum row_kind kind;
	uint64_t boot, seq; /* 0 for the gateway's own rows */
	uint8_t body[ROW_BODY];
	size_t body_len;
};

/* ---- derived, rebuilt from the ledger at will ---- */

enum colour { COLOUR_UNKNOWN, COLOUR_UP, COLOUR_DOWN, COLOUR_PLANNED, COLOURS };

/* Time of one point in one colour. Spans of a point touch and never overlap. */
struct span {
	uint32_t point;
	wall_t from, until; /* until.ms == 0: still going on */
	enum colour colour;
	enum cause cause; /* of COLOUR_DOWN */
};

/* A spell in which a point was not watched. */
struct outage {
	int64_t id;
	uint32_t point;     /* index in the roster */
	wall_t from, until; /* until.ms == 0: still open */
	enum cause cause;
	enum sure sure;
	uint32_t eyes; /* as last said; see mesh/wire.h */
	uint8_t cams_n;
	int64_t incident; /* 0: learned afterwards, never told */
};

enum incident_state {
	INCIDENT_HELD,
	INCIDENT_TOLD,
	INCIDENT_CLOSING,
	INCIDENT_CLOSED,
	INCIDENT_STATES
};

/* Outages that belong together; the thing people are told about, once. */
struct incident {
	int64_t id;
	uint32_t hamlet;    /* index in the roster */
	uint32_t point;     /* of the first outage */
	wall_t from, until; /* until.ms == 0: still open */
	enum cause cause;
	enum sure sure;
	enum incident_state state;
	bool told;             /* people were told that it began */
	uint16_t points, open; /* outages in it: all, still open */
	uint32_t eyes;         /* of the first point */
	uint8_t cams_n;
	uint32_t facts; /* of the verdict it rests on: what still works */
};

enum tell { TELL_FIRING, TELL_RESOLVED, TELLS };

/* What the core must find again after a restart, one a point and one a boot. */
struct point_memory {
	uint32_t point;
	bool known; /* ever heard */
	uint64_t boot;
	uint32_t conn;
	uint16_t pace_s;
	struct verdict verdict;
	wall_t verdict_since, heard;
};

/* From where we know when a boot began; a later one is worth more. */
enum anchor {
	ANCHOR_NONE,
	ANCHOR_GUESS, /* after all that we know of earlier boots: the lengths in it are right */
	ANCHOR_NTP,   /* its clock, which NTP kept */
	ANCHOR_OWN,   /* we heard it being born */
};

struct boot_memory {
	uint32_t point;
	enum anchor anchor;
	uint64_t boot;
	uint64_t seq;  /* all records up to here are stored */
	wall_t zero;   /* UTC at which this boot began, when anchored */
	uint64_t gasp; /* the last that a gasp told ahead of its record; 0: none did */
};

/* ---- what the core wants done, in this order, after one transaction ---- */

/* What a node says about itself, as JSON: once a connection, and once a day or when asked. */
enum about_what { ABOUT_BIRTH, ABOUT_REPORT };

enum act_kind {
	ACT_ROW,      /* append to the ledger */
	ACT_POINT,    /* keep a point's memory */
	ACT_BOOT,     /* keep a boot's memory */
	ACT_ABOUT,    /* keep what a node says about itself (JSON text) */
	ACT_PAINT,    /* this point had this colour from..until: overwrites what lies there */
	ACT_OUTAGE,   /* insert or replace by id */
	ACT_INCIDENT, /* insert or replace by id */
	ACT_TELL,     /* put one row a route in the outbox */
	ACT_SAMPLES,  /* back-filled samples: keep until drawn (same transaction), then draw */
	ACT_DRAW,     /* one live sample for the graphs; not kept */
	ACT_FILL,     /* draw "down" where nothing else was drawn, from..until */
	ACT_SEND,     /* publish to a point's down topic (after the commit) */
};

/* One minute in a graph. up: -1 unknown, 0 down, 1 up (seen by the commune); site: share of cameras
 * that answered on site in percent, -1 unknown; round trips in microseconds, -1 none. */
struct draw {
	wall_t at;
	int8_t up, site;
	int32_t out_us, router_us;
	uint8_t lost;
};

struct act {
	enum act_kind kind;
	uint32_t point; /* index in the roster, where one is meant */
	union {
		struct row row;
		struct point_memory memory;
		struct boot_memory boot;
		struct span paint;
		struct outage outage;
		struct {
			struct incident incident;
			enum tell what;
		} tell; /* ACT_TELL, and ACT_INCIDENT without what */
		struct {
			struct draw *draw; /* n of them, freed with the acts */
			size_t n;
		} samples;
		struct draw draw;
		struct {
			wall_t from, until;
		} fill;
		struct {
			uint8_t buf[16];
			size_t len;
		} send;
		struct {
			enum about_what what;
			char *text; /* NUL-terminated, freed with the acts */
		} about;
	} u;
};

struct acts {
	struct act *act;
	size_t n, size;
};

const char *row_kind_str(enum row_kind k);
const char *stamp_how_str(enum stamp_how h);
const char *colour_str(enum colour c);
const char *incident_state_str(enum incident_state s);
const char *tell_str(enum tell t);

/* Grid and provider are nobody's fault here: time lost to them is theirs. */
bool cause_theirs(enum cause c);

#endif
