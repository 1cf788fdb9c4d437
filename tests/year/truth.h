/* SPDX-License-Identifier: Apache-2.0 */
/* truth: what was really the matter with each point, and when. It never asks the gateway. */
#ifndef MATSANG_YEAR_TRUTH_H
#define MATSANG_YEAR_TRUTH_H

#include "tests/year/list.h"
#include "tests/year/plan.h"

/* What may be the matter side by side. */
enum track {
	TRACK_WAY,    /* no power, no way to us, or no node: nothing is heard, or "no mains" */
	TRACK_CAMERA, /* a camera is dead, whatever else is */
	TRACK_FLAP,   /* a loose plug; each time it is out TRACK_WAY says so too */
	TRACKS
};

/* The five colours of time. */
enum hue { HUE_UNKNOWN, HUE_UP, HUE_THEIRS, HUE_OURS, HUE_PLANNED, HUES };
extern const char *const hue_names[HUES];

/* Milliseconds of the year. */
struct ill {
	int64_t from, until; /* until 0: still so */
	enum fault kind;     /* the one that explains most of it */
};

struct spells {
	LIST(struct ill) past; /* but for what is too short for anybody to notice */
	struct ill now;        /* kind FAULTS: all well */
	struct ill last;       /* the last one that is over, however short */
};

struct announced {
	int64_t from, until;
};

struct truth_point {
	struct spells spells[TRACKS];
	bool installed; /* was heard once */
	unsigned plans; /* announced windows that it is in now */
	LIST(struct announced) windows;
	enum hue hue;
	int64_t since, of[HUES]; /* milliseconds */
};

struct truth {
	struct truth_point *point;
	size_t n;
	bool blind;
	LIST(struct announced) blinds; /* when the gateway could hear nobody */
	LIST(struct announced) doubts; /* when it lived, and knew of trouble of its own */
	unsigned doubted;
};

/* Shorter spells are forgotten when they end: no rule of the gateway takes so little for an outage.
 */
enum { TRUTH_LEAST_MS = 60000 };

void truth_init(struct truth *t, size_t points);
void truth_free(struct truth *t);
void truth_installed(struct truth *t, uint32_t point, int64_t now);

/* It is so, or (kind FAULTS) not, from now on; or it is so for another reason too. */
void truth_is(struct truth *t, uint32_t point, enum track track, enum fault kind, int64_t now);

/* The gateway can hear nobody, or again: not running, no broker, its own way out gone. */
void truth_blind(struct truth *t, bool blind, int64_t now);

/* The gateway lives, and its way out or its mains are gone, or back. */
void truth_doubt(struct truth *t, bool on, int64_t now);

/* A window that was announced to the gateway begins or ends for this point. */
void truth_planned(struct truth *t, uint32_t point, bool on, int64_t now);

/* The year is over. */
void truth_end(struct truth *t, int64_t now);

/* For how long, until now, was the point ill at any time since from? The longest spell. */
int64_t truth_ill(const struct truth *t, uint32_t point, int64_t from, int64_t now);

#endif
