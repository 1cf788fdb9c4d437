/* SPDX-License-Identifier: Apache-2.0 */
/* judge: after the year, every true outage against what was kept and told of it. */
#ifndef MATSANG_YEAR_JUDGE_H
#define MATSANG_YEAR_JUDGE_H

#include "tests/year/world.h"

enum found {
	FOUND_ONCE,      /* it had to be told, and was */
	FOUND_FLAPPING,  /* it was told as part of what a loose plug does */
	FOUND_MISSED,    /* not told */
	FOUND_TWICE,     /* more than one beginning */
	FOUND_SWALLOWED, /* passed for the one before, though the point was well in between */
	FOUND_ANNOUNCED, /* told, though it was all in a window that was announced */
	FOUND_MAY_TOLD,  /* so short, or so near to our own blindness, that it may be told or not */
	FOUND_MAY_QUIET,
	FOUNDS
};

/* Its last known cause against the true one. */
enum match {
	MATCH_RIGHT,    /* and confirmed */
	MATCH_PROBABLE, /* right, and not sure */
	MATCH_OPEN,     /* not known, or only that it is the line */
	MATCH_WRONG,
	MATCHES
};

struct verdict_on {
	unsigned found[FOUNDS], match[MATCHES];
	LIST(int64_t) known, told; /* ms after it began */
	enum cause wrong;          /* the last wrong one */
};

struct example {
	enum found found;
	uint32_t point;
	struct ill ill;
	int64_t incident[2];
};

struct judge {
	struct verdict_on of[FAULTS];
	LIST(struct example) examples;                       /* of what may not be */
	unsigned flaps, flap_tellings, flap_most, flap_over; /* tellings of one loose plug */
	uint32_t flap_worst;
	unsigned incidents, ended_once, ended_wrong, ended_never;
	unsigned doubts, doubts_once; /* trouble of our own that had to be told */
	unsigned bad_sums;
	int64_t truth_s[HUES], kept_s[HUES];
};

void judge_year(struct judge *j, const struct world *w);
void judge_free(struct judge *j);

/* Longer than this without a break in the gateway's sight, and it has to be told. */
int64_t judge_threshold(const struct world *w, enum track track);

#endif
