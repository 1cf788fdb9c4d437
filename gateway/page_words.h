/* SPDX-License-Identifier: Apache-2.0 */
/* page_words: what the page and the command line say, in both languages by the catalogue. */
#ifndef MATSANG_GATEWAY_PAGE_WORDS_H
#define MATSANG_GATEWAY_PAGE_WORDS_H

#include "gateway/compose.h"

struct cJSON;

/* The words of one key, borrowed; "?" for a key that does not exist. {n} and the like are filled in
 * by whoever shows them. */
const char *page_word(const char *key, enum language lang);

/* {"vi": {key: words}, "en": {...}}, causes, colours and confidence included. The caller deletes
 * it. */
struct cJSON *page_words(void);

/* The tile's letter for a point: colour first, then cause; waiting: never heard of yet. */
const char *page_letter(enum colour colour, enum cause cause);

/* One sentence on the whole commune into a buffer of HEADLINE_TEXT bytes. */
enum { HEADLINE_TEXT = 200 };
struct headline {
	size_t total, up, down, unknown, planned;
	bool blind;
};
void headline_draw(char text[static HEADLINE_TEXT], const struct headline *h, enum language lang);

#endif
