/* SPDX-License-Identifier: Apache-2.0 */
/* clock: two kinds of time that cannot be mixed up, and the one door to the system's clocks. */
#ifndef MATSANG_MESH_CLOCK_H
#define MATSANG_MESH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t ms; /* since this boot, suspend included; never jumps; means nothing elsewhere */
} mono_t;

typedef struct {
	int64_t ms; /* UTC milliseconds since 1970; may jump; only for people, records and files */
} wall_t;

/* How far a wall time may be trusted. */
enum clock_quality {
	CLOCK_NEVER, /* never set since boot: 1970, or what the board woke up with */
	CLOCK_FLOOR, /* at least not before a time we once knew */
	CLOCK_NTP,   /* kept by NTP */
};

#define MONO_NEVER ((mono_t){ INT64_MAX })

static inline mono_t mono_after(mono_t t, int64_t ms)
{
	return (mono_t){ t.ms + ms };
}

/* Milliseconds from then to now. */
static inline int64_t mono_since(mono_t now, mono_t then)
{
	return now.ms - then.ms;
}

static inline bool mono_reached(mono_t now, mono_t due)
{
	return now.ms >= due.ms;
}

static inline mono_t mono_first(mono_t a, mono_t b)
{
	return a.ms < b.ms ? a : b;
}

/* The door (clock.c, shell). Nothing else in the project asks the system for the time. */
mono_t clock_mono(void);
wall_t clock_wall(void);

/* Microseconds on a clock that never jumps (CLOCK_MONOTONIC), for round trips: only differences of
 * two readings mean anything. */
int64_t clock_us(void);

/* CLOCK_NEVER when the wall clock is before 2026, which no running node can be; else CLOCK_NTP when
 * the kernel says that it is synchronised (adjtimex), else CLOCK_FLOOR. */
enum clock_quality clock_wall_quality(void);

#endif
