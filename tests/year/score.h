/* SPDX-License-Identifier: Apache-2.0 */
/* score: what was told, held against the truth of that moment. */
#ifndef MATSANG_YEAR_SCORE_H
#define MATSANG_YEAR_SCORE_H

#include "gateway/facts.h"
#include "tests/year/list.h"

struct world;

enum { QUARTERS = 4, WEEKS = 53 };

enum alarm {
	ALARM_NOTHING, /* all its points were fine */
	ALARM_BLIP,    /* or had been ill for too short */
	ALARM_BLIND,   /* nobody can be heard, and that is our own fault */
	ALARM_DOUBT,   /* the gateway doubts itself, and need not */
	ALARMS
};
extern const char *const alarm_names[ALARMS];

struct false_alarm {
	int64_t at; /* ms of the year */
	enum alarm alarm;
	uint32_t point;
	uint16_t points;
	enum cause cause;
	/* Ill for too short then: this point, since then. If it stays so, all was right. */
	uint32_t early;
	int64_t early_from; /* -1: none */
	bool true_after_all;
};

/* One point of a false alarm. */
struct charge {
	size_t alarm; /* index */
	uint32_t point;
};

struct score {
	unsigned (*false_of)[QUARTERS]; /* by point: each of an incident */
	LIST(struct false_alarm) false_alarms;
	LIST(struct charge) charges;
	LIST(struct false_alarm) early_ends; /* told over while a point of it was still ill */
	unsigned (*week)[WEEKS];             /* messages, by receiver */
	unsigned told[TELLS];                /* to the first receiver, as all below */
	unsigned by_cause[CAUSES], by_scope[SCOPES], by_doubt[DOUBTS];
};

void score_init(struct world *w);
void score_free(struct world *w);

/* The year is over: was what was told too early true in the end? */
void score_settle(struct world *w);

/* Something is told now. */
void score_tell(struct world *w, const struct notice *n, uint32_t receiver);

/* The point's last outage in this incident; NULL when there is none. */
const struct outage *score_part(const struct world *w, uint32_t point, int64_t incident);

#endif
