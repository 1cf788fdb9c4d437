/* SPDX-License-Identifier: Apache-2.0 */
/* words: the catalogue of what messages are made of; every word and template in both languages. */
#ifndef MATSANG_GATEWAY_WORDS_H
#define MATSANG_GATEWAY_WORDS_H

#include "gateway/compose.h"

/* Templates hold {slots} that compose fills; their names stand beside each in words.c. */
enum word {
	WORD_NOW_ONE, /* subjects: it began, at one point or in a hamlet */
	WORD_NOW_MANY,
	WORD_BACK_ONE, /* subjects: it is over */
	WORD_BACK_MANY,
	WORD_BACK_CAMERA,
	WORD_PROBABLY, /* before a state */
	WORD_MAYBE,    /* before a cause */
	WORD_CONFIRMED,
	WORD_NO_CAUSE,
	WORD_SINCE, /* lines of the text */
	WORD_LASTED,
	WORD_LASTED_DAYS,
	WORD_CAUSE,
	WORD_WHERE,
	WORD_WHERE_HAMLET,
	WORD_BATTERY,
	WORD_OTHERS,
	WORD_LAST_HEARD,
	WORD_STILL_OPEN,
	WORD_TODO,
	WORD_NOTHING_TODO,
	WORD_MAINS, /* what a verdict rests on */
	WORD_ROUTER,
	WORD_LINE,
	WORD_EYES,
	WORD_EYE,
	WORD_HOUSEHOLD, /* before names that do not say it themselves */
	WORD_CAMERA,
	WORD_HAMLET,
	WORD_HAMLET_FIRST,
	WORD_HAMLET_WHOLE,
	WORD_DAYS, /* lengths of time */
	WORD_HOURS,
	WORD_MINUTES,
	WORD_SECONDS,
	WORDS
};
const char *words_str(enum word w, enum language lang);

struct cause_words {
	const char *name;    /* on pages: "Mất điện" */
	const char *state;   /* in subjects: "MẤT ĐIỆN" */
	const char *cause;   /* inside a sentence: "mất điện" */
	const char *effect;  /* what is lost and what is not; may be "" */
	const char *do_one;  /* what to do about one point */
	const char *do_many; /* and about several */
};
const struct cause_words *words_cause(enum cause c, enum language lang);

/* What is wrong with a camera, as a cause is said; NULL when nothing is. */
const char *words_eye(enum eye e, enum language lang);

/* Does a name from the settings say itself what it is ("Trường tiểu học ...", "Thôn ...")? */
bool words_names_itself(const char *name);

#endif
