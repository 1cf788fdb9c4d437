/* SPDX-License-Identifier: Apache-2.0 */
/* words: what messages are made of; every word and template, in both languages by the catalogue. */
#ifndef MATSANG_GATEWAY_WORDS_H
#define MATSANG_GATEWAY_WORDS_H

#include "gateway/compose.h"

/*
 * Templates hold {slots} that compose fills; words.c shows which. In those of text messages a
 * clause in [brackets] may be left out when the message is too long: the last, then the first ones.
 */
enum word {
	WORD_NOW_ONE, /* subjects: it began */
	WORD_NOW_HAMLET,
	WORD_NOW_PROVIDER,
	WORD_NOW_RELAY,
	WORD_NOW_LEARNED,
	WORD_NOW_AREA,
	WORD_NOW_RESIDUE,
	WORD_NOW_UNSTABLE,
	WORD_REMIND, /* before one of them, and behind it */
	WORD_UNTAKEN,
	WORD_BACK_ONE, /* subjects: it is over */
	WORD_BACK_CAMERA,
	WORD_BACK_MANY,
	WORD_BACK_AREA,
	WORD_WHO_MANY,
	WORD_PROBABLY, /* before a state */
	WORD_MAYBE,    /* before a cause */
	WORD_CONFIRMED,
	WORD_CORRECTED,
	WORD_NO_CAUSE,
	WORD_GRID,
	WORD_WHERE, /* lines of the text */
	WORD_WHERE_HAMLET,
	WORD_POINTS,
	WORD_POINTS_TRANSFORMER,
	WORD_POINTS_PROVIDER,
	WORD_POINTS_AREA,
	WORD_POINTS_LEARNED,
	WORD_POINTS_RELAY,
	WORD_COUNT,
	WORD_OTHERS,
	WORD_OTHERS_TRANSFORMER,
	WORD_OTHERS_PROVIDER,
	WORD_OTHERS_NAMED,
	WORD_NEIGHBOURS_POWER,
	WORD_NEIGHBOURS,
	WORD_NEIGHBOURS_PROVIDER,
	WORD_NEIGHBOURS_BACK,
	WORD_MIXED,
	WORD_THROUGH,
	WORD_BATTERY,
	WORD_CAUSE,
	WORD_LAST_HEARD,
	WORD_MERGED,
	WORD_STILL_OPEN,
	WORD_OPEN,
	WORD_LASTED,
	WORD_LASTED_DAYS,
	WORD_SAME_BOOT,
	WORD_NEW_BOOT,
	WORD_FLAPPED,
	WORD_TODO,
	WORD_TODO_UNSTABLE,
	WORD_NOTHING_TODO,
	WORD_NOBODY,
	WORD_TAKE,
	WORD_TAKEN,
	WORD_BLIND, /* of the gateway */
	WORD_BLIND_ALL,
	WORD_BACKFILL,
	WORD_DOUBTED,
	WORD_DOUBTED_DAYS,
	WORD_NOT_COUNTED,
	WORD_MORNING, /* digests and the test */
	WORD_EVENING,
	WORD_EVENING_NONE,
	WORD_TEST,
	WORD_ANSWER,
	WORD_ANSWER_NONE,
	WORD_NO_JOB,
	WORD_UP,
	WORD_UP_ALL,
	WORD_DARK,
	WORD_DARK_HAMLET,
	WORD_DARK_MORE,
	WORD_UNKNOWN,
	WORD_PLANNED,
	WORD_NO_BLIND,
	WORD_HEALTHY,
	WORD_MAINS, /* what a verdict rests on */
	WORD_ROUTER,
	WORD_LINE,
	WORD_EYES,
	WORD_EYES_REST,
	WORD_EYE,
	WORD_HOUSEHOLD, /* before names that do not say it themselves */
	WORD_CAMERA,
	WORD_HAMLET,
	WORD_HAMLET_FIRST,
	WORD_HAMLET_PLACE,
	WORD_HAMLET_WHOLE,
	WORD_HAMLETS,
	WORD_DAYS, /* lengths of time */
	WORD_HOURS,
	WORD_MINUTES,
	WORD_SECONDS,
	SMS_NOW_ONE, /* text messages, sentence by sentence */
	SMS_NOW_CAMERA,
	SMS_NOW_HAMLET,
	SMS_NOW_PROVIDER,
	SMS_NOW_RELAY,
	SMS_NOW_LEARNED,
	SMS_NOW_AREA,
	SMS_NOW_RESIDUE,
	SMS_NOW_UNSTABLE,
	SMS_REMIND,
	SMS_UNTAKEN,
	SMS_BACK_ONE,
	SMS_BACK_MANY,
	SMS_BACK_AREA,
	SMS_LASTED,
	SMS_STILL_OPEN,
	SMS_HOUSEHOLD,
	SMS_OTHERS_PROVIDER,
	SMS_OTHERS_NAMED,
	SMS_NEIGHBOURS,
	SMS_BATTERY,
	SMS_POWER_AND_LINE,
	SMS_GRID,
	SMS_CORRECTED,
	SMS_NO_CAUSE,
	SMS_MERGED,
	SMS_TODO_UNSTABLE,
	SMS_NOTHING_TODO,
	SMS_TAKE,
	SMS_TAKEN,
	SMS_BLIND,
	SMS_DOUBTED,
	SMS_NOT_COUNTED,
	SMS_MORNING,
	SMS_EVENING,
	SMS_EVENING_NONE,
	SMS_TEST,
	SMS_ANSWER,
	SMS_ANSWER_NONE,
	WORDS
};
const char *words_str(enum word w, enum language lang);

struct cause_words {
	const char *name;    /* on pages: "Mất điện" */
	const char *state;   /* in subjects: "MẤT ĐIỆN" */
	const char *cause;   /* inside a sentence: "mất điện" */
	const char *swings;  /* what comes and goes: "điện" */
	const char *effect;  /* what is lost and what is not; may be "" */
	const char *do_one;  /* what to do about one point */
	const char *do_many; /* and about several */
	const char *sms_one; /* the same in a text message */
	const char *sms_many;
};
struct cause_words words_cause(enum cause c, enum language lang);

/* Why the gateway doubts itself. */
struct doubt_words {
	const char *state; /* subject: it began */
	const char *back;  /* subject: it is over */
	const char *means; /* "": the points are not known meanwhile, and that is said */
	const char *todo;
	const char *sms, *sms_todo;
};
struct doubt_words words_doubt(enum doubt d, enum language lang);

/* What is wrong with a camera, as a cause is said; NULL when nothing is. */
const char *words_eye(enum eye e, enum language lang);

/* Does a name from the settings say itself what it is ("Trường tiểu học ...", "Thôn ...")? */
bool words_names_itself(const char *name);

#endif
