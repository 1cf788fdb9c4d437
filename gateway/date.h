/* SPDX-License-Identifier: Apache-2.0 */
/* date: a wall time as year, month and day, computed; no zone files, no locale. */
#ifndef MATSANG_GATEWAY_DATE_H
#define MATSANG_GATEWAY_DATE_H

#include "mesh/clock.h"

enum { DATE_VIETNAM_MIN = 7 * 60, DATE_TEXT = 40 };

struct date {
	unsigned year, month, day;         /* 1970..9999, 1..12, 1..31 */
	unsigned hour, minute, second, ms; /* 24 hours a day */
	unsigned weekday;                  /* 0 Sunday .. 6 Saturday */
};

/* offset_min is the zone's distance east of UTC in minutes. Times before 1970 are drawn as 1970,
 * times after 9999 as its last day. */
struct date date_of(wall_t t, int offset_min);

/* The other way: false, and *out untouched, where the calendar or the clock has no such moment.
 * weekday is not looked at; 24:00:00.000 is the end of the day. */
bool date_wall(wall_t *out, const struct date *d, int offset_min);

/* "2026-05-14T12:42:00.000Z" (RFC 3339, UTC). */
void date_draw_iso(char text[static DATE_TEXT], wall_t t);

/* "Thu, 14 May 2026 19:42:00 +0700" (RFC 5322, Vietnam's time). */
void date_draw_mail(char text[static DATE_TEXT], wall_t t);

#endif
