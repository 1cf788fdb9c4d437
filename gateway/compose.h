/* SPDX-License-Identifier: Apache-2.0 */
/* compose: what is said about an incident, in words; in the receiver's language. */
#ifndef MATSANG_GATEWAY_COMPOSE_H
#define MATSANG_GATEWAY_COMPOSE_H

#include "gateway/facts.h"
#include "gateway/roster.h"

enum { COMPOSE_LINE = 200, COMPOSE_TEXT = 2000, COMPOSE_SMS = 161 };

struct message {
	char subject[COMPOSE_LINE]; /* code and state, since when */
	char text[COMPOSE_TEXT];    /* cause, what still works, what to do */
	char sms[COMPOSE_SMS];      /* all of it without accents, one part of GSM-7 */
};

/*
 * Any notice at all is said; what it does not tell is left out. All texts end in NUL; subject and
 * text are cut at a whole character when they do not fit, the text message makes itself fit. Names
 * that are too long or hold control characters do no harm. Vietnamese needs an open catalogue.
 */
void compose(struct message *out, const struct roster *r, const struct notice *n,
	     enum language lang);

/* Words for page, API and messages. */
const char *word_cause(enum cause c, enum language lang);
const char *word_colour(enum colour c, enum language lang);
const char *word_sure(enum sure s, enum language lang);

/* "19:42" and "14/05/2026 19:42" in Vietnam's time (UTC+7, no summer time). */
enum { CLOCK_TEXT = 24 };
void clock_draw(char text[static CLOCK_TEXT], wall_t t);
void clock_draw_date(char text[static CLOCK_TEXT], wall_t t);
/* "1 giờ 23 phút" or "1 h 23 min". */
void duration_draw(char text[static CLOCK_TEXT * 2], int64_t ms, enum language lang);

#endif
