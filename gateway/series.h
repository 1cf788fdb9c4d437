/* SPDX-License-Identifier: Apache-2.0 */
/* series: one RRD file a point, one writer, several values a call. RRD draws, SQLite counts. */
#ifndef MATSANG_GATEWAY_SERIES_H
#define MATSANG_GATEWAY_SERIES_H

#include "gateway/facts.h"
#include "gateway/roster.h"

enum { SERIES_WHY = 200, SERIES_HELD = 8 };

struct series;

/* dir is made when missing; files are dir/<code>.rrd, made at a point's first value. step_s is the
 * pace of one value. NULL and why on error. */
struct series *series_open(const char *dir, const struct roster *r, unsigned step_s,
			   char why[static SERIES_WHY]);
void series_close(struct series *s); /* writes what is held */

/* Add one value; of round trips what the wire can say is kept. Held in memory until SERIES_HELD of
 * a point are there or the oldest is 5 steps old. Values not later than the last, or more than 120
 * s after now, are dropped and counted. */
void series_add(struct series *s, size_t point, const struct draw *d, wall_t now);

/* Values with up = 0 at each step in from..until, where nothing is drawn yet. */
void series_fill(struct series *s, size_t point, wall_t from, wall_t until, wall_t now);

/* Write what has been held long enough; call every few seconds. written (may be NULL) is told the
 * last time written of each point, so that the store can forget. */
typedef void series_written_fn(void *self, size_t point, wall_t last);
void series_flush(struct series *s, wall_t now, bool all, series_written_fn *written, void *self);

/* Write what is held of one point now, so that a graph shows its last minutes. */
void series_write(struct series *s, size_t point, wall_t now);

/* Delete all files; the caller then adds again (rebuild). */
int series_reset(struct series *s);

struct series_counters {
	uint64_t values, calls, dropped_old, dropped_future, failed, remade;
};
struct series_counters series_counters(const struct series *s);

#endif
