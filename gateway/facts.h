/* SPDX-License-Identifier: Apache-2.0 */
/* facts: what the gateway's core decides and the store keeps: rows, spans, outages, incidents. */
#ifndef MATSANG_GATEWAY_FACTS_H
#define MATSANG_GATEWAY_FACTS_H

#include "mesh/clock.h"
#include "mesh/topic.h"
#include "mesh/wire.h"

/* ---- the ledger: append-only, the truth ---- */

enum row_kind {
	ROW_BIRTH = 1,  /* a connection began; seq: its number; body: verdict, pace */
	ROW_NEWS = 2,   /* a verdict from a node; body: verdict, 1 when it is so now */
	ROW_LOST = 3,   /* records that the node itself had to drop; seq: the first; body: how many
			   (u64) */
	ROW_DARK = 4,   /* the gateway asked and heard nothing; at: last moment heard */
	ROW_HEARD = 5,  /* a point speaks again, or for the first time */
	ROW_BLIND = 6,  /* the gateway cannot hear (point ""), or cannot judge this one point */
	ROW_SIGHT = 7,  /* it hears again (point "") */
	ROW_CLONE = 8,  /* two boots take turns under one code */
	ROW_GASP = 9,   /* a last gasp whose record cannot be taken yet; body: as ROW_NEWS */
	ROW_CLOCK = 10, /* our own clock was set (point ""); body: by how many ms (i64) */
	ROW_PLANNED = 11,   /* planned work or a published cut begins or ends here, or will end at
			       another time than was known; body: 1 or 0, window_kind, until (i64) */
	ROW_TAKEN = 12,     /* somebody took the job; body: incident (i64), receiver's id */
	ROW_CORRECTED = 13, /* a person knows the cause better; body: incident (i64), cause, id */
	ROW_DOUBT = 14, /* trouble of our own that does not blind us (point ""); body: doubt, 1 or
			   0; 2: it is the reason now that we are blind */
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

/* What the outages of an incident share. */
enum scope {
	SCOPE_POINT,
	SCOPE_HAMLET,
	SCOPE_TRANSFORMER, /* of the first point */
	SCOPE_PROVIDER,    /* of the first point */
	SCOPE_RELAY,       /* they reach us through one point, which is the first */
	SCOPE_LEARNED,     /* they went dark together before */
	SCOPE_AREA,        /* several hamlets */
	SCOPE_GATEWAY,     /* no outage at all: we doubt ourselves */
	SCOPES
};

/* Why the gateway doubts itself; the nearest one is told. */
enum doubt {
	DOUBT_NONE,
	DOUBT_BROKER, /* the broker is gone */
	DOUBT_LINE,   /* our own way out is gone: no reference answers */
	DOUBT_POWER,  /* our own mains are gone, we run on a battery */
	DOUBT_CLOCK,  /* our own clock is wrong: several nodes that NTP keeps say so */
	DOUBT_MASS,   /* most points vanished in one way, without a word */
	DOUBT_MUTE,   /* nothing could be delivered to anybody for ten minutes */
	DOUBTS
};

/* What a provisional cause rests on, beside what the nodes said themselves. */
enum evidence {
	EVIDENCE_SAID = 1 << 0,        /* a node said it */
	EVIDENCE_TRANSFORMER = 1 << 1, /* all that is dark hangs on one, and all on it is dark */
	EVIDENCE_PROVIDER = 1 << 2,    /* the same of a provider */
	EVIDENCE_MIXED = 1 << 3,       /* several providers went dark together: hardly the line */
	EVIDENCE_NEIGHBOURS = 1 << 4,  /* others nearby still work */
	EVIDENCE_SAME_BOOT = 1 << 5,   /* it came back and had power all along */
	EVIDENCE_NEW_BOOT = 1 << 6,    /* it came back and had been without power */
	EVIDENCE_RELAY = 1 << 7,       /* the point it goes through is dark */
};

/* Outages that belong together; the thing people are told about, once. */
struct incident {
	int64_t id;
	enum scope scope;
	enum doubt doubt;   /* of SCOPE_GATEWAY */
	uint32_t hamlet;    /* index in the roster */
	uint32_t point;     /* of the first outage */
	wall_t from, until; /* until.ms == 0: still open */
	enum cause cause;
	enum sure sure;
	enum cause corrected; /* by a person; CAUSE_NONE: nobody did. cause stays as judged */
	enum incident_state state;
	bool told;             /* people were told that it began */
	bool residue;          /* what stayed dark when its neighbours came back */
	uint16_t points, open; /* outages in it: all, still open */
	uint16_t group;        /* points that share what the scope says; 0: not counted */
	uint16_t others;       /* nearby points outside of it that work */
	uint16_t hamlets;      /* that it touches */
	uint16_t flaps;        /* how often its points went dark */
	uint32_t evidence;     /* bits */
	uint32_t eyes;         /* of the first point */
	uint8_t cams_n;
	uint32_t facts; /* of the verdict it rests on: what still works */
};

enum tell {
	TELL_FIRING,   /* it began */
	TELL_RESOLVED, /* it is over */
	TELL_RESIDUE,  /* the neighbours are back, this one is not: the beginning of its own */
	TELL_UNSTABLE, /* it comes and goes; the beginning of its incident too */
	TELL_REMIND,   /* nobody took it for hours */
	TELL_MORNING,  /* what quiet hours kept back, and how things are */
	TELL_EVENING,  /* tonight's blind spots */
	TELL_TEST,     /* Monday: silence is known to be healthy */
	TELL_ANSWER,   /* to somebody who answered: who has the job, or that there is none
			  (incident.id 0) */
	TELLS
};

/* Does it begin an incident, so that an end follows? */
bool tell_opens(enum tell t);

/* One thing that is said to somebody. */
enum { NOTICE_CODE = 8, NOTICE_NAME = 48, NOTICE_LIST = 40 };
struct notice {
	enum tell what;
	struct incident incident;   /* digests and test: only from and until count */
	char code[NOTICE_CODE];     /* "7K2", to take the job with; "" when there is none to take */
	char taken_by[NOTICE_NAME]; /* "" nobody (yet) */
	uint8_t hours;              /* TELL_REMIND: since when nobody took it */
	uint16_t total, up, down, unknown, planned; /* points of the commune, or the receiver's */
	uint16_t dark_n;                            /* digests: how many are listed */
	uint32_t dark[NOTICE_LIST];                 /* and which, indices in the roster */
};

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

/* An incident that people were told of, and what became of it. Not derived. */
enum { ALERT_RECEIVERS = 256 };
struct alert {
	int64_t incident;
	char code[NOTICE_CODE];                 /* to take the job with */
	uint64_t told_to[ALERT_RECEIVERS / 64]; /* bit: index of a receiver in the roster */
	wall_t opened;              /* when the first was told; ms 0: nobody could be yet */
	wall_t next;                /* when the next one is; ms 0: nobody any more */
	uint8_t reminded;           /* reminders sent */
	char taken_by[NOTICE_NAME]; /* who takes care of it; "" nobody (yet) */
	wall_t taken;
	bool closed; /* its end was told */
};

/* ---- what the core wants done, in this order, after one transaction ---- */

/* What a node says about itself, as JSON: once a connection, and once a day or when asked. */
enum about_what { ABOUT_BIRTH, ABOUT_REPORT };

enum { FACTS_KEY = 64 };

enum act_kind {
	ACT_ROW,      /* append to the ledger */
	ACT_POINT,    /* keep a point's memory */
	ACT_BOOT,     /* keep a boot's memory */
	ACT_ABOUT,    /* keep what a node says about itself (JSON text) */
	ACT_PAINT,    /* this point had this colour from..until: overwrites what lies there */
	ACT_OUTAGE,   /* insert or replace by id */
	ACT_INCIDENT, /* insert or replace by id */
	ACT_ALERT,    /* insert or replace by incident */
	ACT_CORRECT,  /* an incident's cause as a person knows it */
	ACT_TELL,     /* put one row in the outbox, for one receiver */
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
		struct incident incident;
		struct alert alert;
		struct {
			int64_t incident;
			enum cause cause;
		} correct;
		struct {
			struct notice *notice; /* freed with the acts */
			uint32_t receiver;     /* index in the roster */
			char key[FACTS_KEY];   /* of the outbox: the same message is one row */
		} tell;
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
const char *scope_str(enum scope s);
const char *doubt_str(enum doubt d);

/* Grid and provider are nobody's fault here: time lost to them is theirs. */
bool cause_theirs(enum cause c);

#endif
