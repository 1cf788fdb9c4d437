/* SPDX-License-Identifier: Apache-2.0 */
/* script: a scenario as text, read into what is there, what happens and what is expected. */
#ifndef MATSANG_SIM_SCRIPT_H
#define MATSANG_SIM_SCRIPT_H

#include "gateway/commune.h"
#include "hw/lamp.h"

enum {
	SCRIPT_POINTS = 5000,
	SCRIPT_HAMLETS = 32,
	SCRIPT_ACTIONS = 6000,
	SCRIPT_EXPECTS = 200,
	SCRIPT_PEOPLE = 12,
	SCRIPT_WINDOWS = 24,
	SCRIPT_WHY = 240,
	SCRIPT_NAME = 64,
};

/* The scenario begins on 14 May 2026 at midnight, UTC; a Thursday, seven in the morning in Vietnam.
 */
#define SCRIPT_BEGINS ((int64_t)1778716800000)

/* What runs on when mains are gone. */
enum ups { UPS_NONE, UPS_NODE, UPS_HOUSE /* node and router */, UPS_ALL /* cameras too */ };

struct script_point {
	char code[POINT_CODE_TEXT], provider[POINT_CODE_TEXT], transformer[POINT_CODE_TEXT],
		relay[POINT_CODE_TEXT];
	uint32_t hamlet;
	enum ups ups;
	int64_t battery_ms; /* 0: it never runs out */
	unsigned cameras;
	bool gasps;               /* its last gasps reach the gateway while its line is whole */
	unsigned streams, hearts; /* bit i: camera i has a stream to look at, a heartbeat wire */
};

/* Somebody who is told. */
struct script_person {
	char id[POINT_CODE_TEXT], hamlet[POINT_CODE_TEXT]; /* hamlet "": all */
	enum role role;
	int quiet_from, quiet_until;
};

/* How a line treats messages; parts of a thousand. */
struct law {
	unsigned loss, dup, reorder;
	int64_t delay_ms;
};

/* Whom a line of text is about. */
struct subject {
	enum { WHO_ALL, WHO_HAMLET, WHO_POINT, WHO_PROVIDER } kind;
	uint32_t index; /* of the hamlet or point */
	char provider[POINT_CODE_TEXT];
};

/*
 * What may be odd about a house beyond power, line and switches; each lasts until it is taken back.
 * The words of a scenario are in script_act.c: "A-1 cable out", "A-1 cable in".
 */
enum odd {
	ODD_CABLE,       /* the node's own cable is out: no carrier */
	ODD_MUTE,        /* the router forwards, and answers no ping */
	ODD_OUTSIDE,     /* outside address # answers no ping */
	ODD_NAMES,       /* names are not resolved; a program that knows the address goes on */
	ODD_PORTAL,      /* a stranger answers in the broker's place */
	ODD_SHUT,        /* the same, and it lets nothing else out */
	ODD_MTU,         /* large packets vanish: pings of that size, and the TLS handshake */
	ODD_BIRTHS,      /* the same, and only births are so large: TLS with a shared key passes */
	ODD_REFUSED,     /* the broker's port refuses TCP */
	ODD_HANGS,       /* it takes TCP, and never ends the handshake */
	ODD_KEY,         /* it does not know our key */
	ODD_VOLTAGE,     /* the board's supply is too weak */
	ODD_UPS_TALK,    /* the UPS says how it is */
	ODD_CAM_MUTE,    /* camera # answers no ping; all else of it is as it was */
	ODD_CAM_REFUSES, /* it takes connections, and says nothing */
	ODD_CAM_LOCKED,  /* it does not know our password */
	ODD_CAM_FROZEN,  /* its picture stands still */
	ODD_CAM_BUSY,    /* somebody else watches */
	ODD_CAM_STOPPED, /* its heartbeat output stands still */
	ODDS
};

enum verb {
	MAINS_OFF,
	MAINS_ON,
	LINE_CUT,
	LINE_RESTORE,
	LINE_RESET,
	ROUTER_OFF,
	ROUTER_ON,
	CAMERA_OFF,
	CAMERA_ON,
	PING_FORBID,
	PING_ALLOW,
	BATTERY_EMPTY,
	NODE_KILL,
	NODE_STOP,
	NODE_START,
	NODE_RESTART,
	NODE_REBOOT,
	NODE_DIE,
	SPOOL_LOSE,
	SPOOL_BREAK,
	SPOOL_HEAL,
	SPOOL_LIMIT,
	SET_CLOCK_1970,
	SET_CLOCK_2033,
	SET_CLOCK_FLOOR,
	SET_CLOCK_NTP,
	SET_CLOCK_STEP,
	WILL_LATE,
	CLONE_START,
	CLONE_STOP,
	LINK_LAW,
	ODD_BEGINS,
	ODD_ENDS,
	BROKER_STOP,
	BROKER_KILL,
	BROKER_START,
	BROKER_RESTART,
	GATEWAY_STOP,
	GATEWAY_KILL,
	GATEWAY_START,
	GATEWAY_RESTART,
	GATEWAY_REBOOT,
	GATEWAY_CLOCK_STEP,
	GATEWAY_LINE_CUT, /* its own way out: no house reaches it */
	GATEWAY_LINE_RESTORE,
	GATEWAY_MAINS_OFF, /* it runs on a battery */
	GATEWAY_MAINS_ON,
	GATEWAY_MUTE, /* nothing that it sends is delivered */
	GATEWAY_HEARD,
	PERSON_TAKES, /* the job at a point */
	PERSON_CORRECTS /* its cause */,
	VERBS
};

struct action {
	unsigned line;
	int64_t at;
	enum verb verb;
	struct subject who;
	unsigned n; /* camera, outside address, KiB; person; cause */
	enum odd odd;
	int64_t ms; /* clock step */
	struct law law;
};

enum expectation {
	EXPECT_OUTAGE,
	EXPECT_OUTAGES,
	EXPECT_TOLD,
	EXPECT_TELLS,
	EXPECT_COLOUR,
	EXPECT_SECONDS,
	EXPECT_LEDGER,
	EXPECT_LAMP,
	EXPECT_VERDICT,
	EXPECT_REFUSED,
	EXPECT_ROW,
	EXPECT_ASKED,
	EXPECT_SAMPLES,
	EXPECT_INCIDENTS,
	EXPECT_HELD,
	EXPECT_CLOCKS,
};

enum compare { ANY_NUMBER, AT_LEAST, AT_MOST, EXACTLY };

struct expect {
	unsigned line;
	enum expectation kind;
	bool no; /* it must not be so */
	bool who_given;
	struct subject who;
	bool cause_given, sure_given;
	enum cause cause;
	enum sure sure;
	bool to_given, doubt_given;
	unsigned to; /* person */
	enum doubt doubt;
	bool scope_given;
	enum scope scope;
	unsigned word; /* colour, lamp, row kind, refusal or what was told */
	bool nothing;  /* told nothing */
	bool from_given, until_given;
	int64_t from, until;
	bool lasts_given;
	int64_t lasts; /* how long, wherever it lies */
	bool at_given;
	int64_t at;               /* a moment to look at */
	int64_t within;           /* milliseconds of slack */
	int64_t seconds[COLOURS]; /* -1: any */
	enum compare compare;
	int64_t n;
	int64_t points; /* -1: any */
};

struct script {
	char name[SCRIPT_NAME];
	const char *file; /* borrowed */
	struct commune_options commune;
	int64_t beat_ms, probe_ms, probe_timeout_ms, line_hold_ms, out_ms, back_ms, ack_timeout_ms;
	unsigned probe_fails;
	unsigned spool_kib;
	int64_t boots_ms, router_ms, camera_ms; /* from power to work */
	int64_t keepalive_ms;                   /* the broker's patience is half as much again */
	uint64_t seed;
	int64_t end;
	char hamlet[SCRIPT_HAMLETS][POINT_CODE_TEXT];
	size_t n_hamlets;
	struct script_person person[SCRIPT_PEOPLE];
	size_t n_people;
	struct window window[SCRIPT_WINDOWS];
	size_t n_windows;
	struct script_point point[SCRIPT_POINTS];
	size_t n_points;
	struct action action[SCRIPT_ACTIONS];
	size_t n_actions;
	struct expect expect[SCRIPT_EXPECTS];
	size_t n_expects;
};

/*
 * Read one scenario. file is only for messages and the name; text ends in NUL. False and why
 * ("file:line: what; what else") when it cannot be understood.
 */
bool script_read(struct script *s, const char *file, const char *text, char why[static SCRIPT_WHY]);

bool script_concerns(const struct script *s, const struct subject *who, size_t point);

#endif
