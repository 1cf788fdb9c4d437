/* SPDX-License-Identifier: Apache-2.0 */
/* outage: from ledger rows to spells in a colour and outages with a cause; live and in replay
 * alike. */
#ifndef MATSANG_GATEWAY_OUTAGE_H
#define MATSANG_GATEWAY_OUTAGE_H

#include "gateway/facts.h"
#include "gateway/commune.h"

/* One point's story as far as it matters for the next row. */
struct spell {
	uint32_t point;
	enum contact contact; /* CONTACT_UNKNOWN, _UP or _DARK */
	struct verdict verdict;
	wall_t verdict_at;
	uint64_t boot;

	enum colour colour;
	enum cause cause;
	enum cause past_cause; /* back-filled: an old verdict whose end is not known yet */
	bool alone;            /* those on its transformer have worked for long */
	bool planned;          /* it lies in planned work or a published cut */
	bool dark_opened;      /* that its silence was believed began the outage */
	wall_t since;          /* of this colour */
	wall_t heard_from;     /* when contact came (back): older records are history */
	wall_t unknown_from,
		unknown_until; /* the last time nobody could judge; until.ms 0: still so */
	struct outage outage;  /* the open one, or the last; id 0: none yet */
	int64_t last_incident; /* of the last outage but a camera's; 0 none */
	wall_t last_until;     /* when the last outage but a camera's ended; ms 0: none has */
	wall_t camera_from; /* power or line came back, cameras did not (yet); ms 0: no such wait */
	int64_t camera_row; /* the ledger row that said so */

	wall_t planned_from, planned_until; /* the last planned time; until.ms 0: still so */
	wall_t dark_noticed;                /* when its silence was believed */
	wall_t past_from;                   /* of past_cause */
};

/* What a row changed. */
enum change_kind {
	CHANGE_PAINT,
	CHANGE_OPENED,
	CHANGE_CHANGED,
	CHANGE_CLOSED,
	CHANGE_VOIDED, /* it never was: we doubt ourselves; until == from */
};

struct change {
	enum change_kind kind;
	bool present;         /* it is so now; false: learned afterwards, nobody is told */
	struct span paint;    /* CHANGE_PAINT */
	struct outage outage; /* the others */
};

enum { CHANGES_MAX = 20 };

struct changes {
	struct change change[CHANGES_MAX];
	size_t n;
};

/* The name of the outage that a row begins, and of our own trouble that one of our rows begins. */
int64_t outage_id(int64_t row);

void outage_init(struct spell *s, uint32_t point);

/*
 * Feed one row of this point (or of the gateway itself: BLIND, SIGHT). row->id must be given: an
 * outage is named after the row that began it, so that a replay gives the same names. Appends to
 * out, at most CHANGES_MAX altogether.
 */
void outage_row(struct spell *s, const struct row *row, struct changes *out);

/* Time passed: mains came back camera_hold_ms ago but a camera did not, so that is its own outage
 * now. */
void outage_time(struct spell *s, int64_t camera_hold_ms, wall_t now, struct changes *out);

/* Bodies of rows. */
void outage_news_body(struct row *row, const struct verdict *v, bool present);
void outage_birth_body(struct row *row, const struct verdict *v, uint16_t pace_s);

int64_t outage_clock_by(const struct row *row);
void outage_clock_body(struct row *row, int64_t by_ms);

/* What a ROW_PLANNED says. until: as announced; ms INT64_MAX: without end. */
struct planned {
	bool begins;
	enum window_kind kind;
	wall_t until;
};
void outage_planned_body(struct row *row, const struct planned *p);
struct planned outage_planned_of(const struct row *row);

/* The pace in a ROW_BIRTH's body, in seconds, at least 1. */
int64_t outage_birth_pace(const struct row *row);

/* Was the point seen working at that moment? 1 yes, 0 no, -1 nobody knows. all_up: its cameras
 * answered. */
int8_t outage_up_at(const struct spell *s, wall_t at, bool all_up);

#endif
