/* SPDX-License-Identifier: Apache-2.0 */
/* words: one line of a scenario as words, taken one after the other. */
#ifndef MATSANG_SIM_WORDS_H
#define MATSANG_SIM_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_MOST = 48, WORDS_LINE = 400 };

struct words {
	const char *file;
	unsigned line;
	char *why; /* where to say what is wrong; borrowed */
	char text[WORDS_LINE];
	size_t at[WORDS_MOST]; /* where each word begins */
	size_t n, next;
};

/* Split at blanks; ';' begins a comment. False and why when the line is too long. */
bool words_begin(struct words *w, const char *file, unsigned line, const char *text, size_t len,
		 char *why);

bool words_left(const struct words *w);
const char *words_peek(const struct words *w); /* only when some are left */
void words_drop(struct words *w);
bool words_are(const struct words *w, const char *word); /* is this the next one? */
bool words_take(struct words *w, const char *word);      /* then take it */

/* Take one; false, and why, when it is not such a thing. */
bool words_number(struct words *w, int64_t *out);
bool words_permille(struct words *w, unsigned *out); /* 10% or 0.5% */
bool words_duration(struct words *w,
		    int64_t *ms); /* 800ms 30s 5m 2h 3d -1h; a plain number is seconds */
bool words_moment(struct words *w, int64_t after,
		  int64_t *ms); /* 01:02[:03] or +90s after `after` */

/* Say what is wrong with this line; always false. */
bool words_wrong(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
