/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_parts: what the files of calendar share among themselves, and nobody else. */
#ifndef MATSANG_GATEWAY_CALENDAR_PARTS_H
#define MATSANG_GATEWAY_CALENDAR_PARTS_H

#include "gateway/calendar.h"

enum { CALENDAR_FIELD = 4096, CALENDAR_SPANS = 8, CALENDAR_PLACES = 128 };

/* ---- calendar_fold.c: text without accents and capitals ---- */

/* One byte a letter; at[i] is where text[i] begins in the original, at[n] its length. */
struct folded {
	size_t n;
	char text[CALENDAR_FIELD + 1];
	uint16_t at[CALENDAR_FIELD + 1];
};

/* The first byte that is no UTF-8, or is NUL; len when all is well. */
size_t utf8_bad(const char *text, size_t len);
/* At most n bytes of the text, but no half character. */
size_t utf8_cut(const char *text, size_t n);

/* len at most CALENDAR_FIELD. */
void fold(struct folded *out, const char *text, size_t len);

/* Words with one space between, in place; a '-' stays inside a word ("t05-1", also for "T05.1");
 * ',' ';' ':' stay as words of their own where lists, groups and headings end; nothing else stays.
 */
void squeeze(char *folded);

/* What a label or the heading of a column announces. */
enum column {
	COLUMN_NONE,
	COLUMN_AREA,
	COLUMN_STATION, /* a transformer */
	COLUMN_ADDRESS, /* of a customer: the area of all entries that name none */
	COLUMN_DATE,
	COLUMN_TIME, /* beginning and end together */
	COLUMN_FROM,
	COLUMN_UNTIL,
	COLUMN_REASON,
	COLUMN_COMPANY,
	COLUMN_ENTRY, /* an entry's number: a new one begins */
	COLUMN_OTHER,
};

/* A label and its ':' at the beginning of text; *used gets their length. */
enum column label_read(const char *folded, size_t *used);
/* The whole text as a column's heading. */
enum column heading_read(const char *folded);

/* ---- calendar_time.c ---- */

struct calendar_span {
	wall_t from, until;
};

bool times_has_clock(const char *folded);
bool times_has_date(const char *folded);
/* A ';' in the place of every day and hour. */
void times_blank(char *folded);

/* Beginnings and ends in text; date: where to look for the day when text names none. How many, or 0
 * and why. */
size_t times_read(struct calendar_span out[static CALENDAR_SPANS], const char *folded,
		  const char *date, char why[static CALENDAR_WHY]);

/* ---- calendar_place.c ---- */

struct places; /* the names of a roster, ready to be looked for */

struct calendar_place {
	enum window_target target;
	const char *what; /* of the roster */
};

struct places *places_new(const struct roster *r); /* NULL: out of memory */
void places_free(struct places *p);

/* What area names, each once; area (folded) is spoilt. How many, or 0 and why. */
size_t places_find(struct places *p, char *area, struct calendar_place out[static CALENDAR_PLACES],
		   char why[static CALENDAR_WHY]);

#endif
