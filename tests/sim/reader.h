/* SPDX-License-Identifier: Apache-2.0 */
/* reader: what the parts of the scenario's parser hand to each other. */
#ifndef MATSANG_SIM_READER_H
#define MATSANG_SIM_READER_H

#include "tests/sim/script.h"
#include "tests/sim/words.h"

struct reader {
	struct script *s;
	struct words w;
	int64_t last_at; /* of the last thing that happens: "+90s" counts from there */
	char *why;
};

/* Is there a point, hamlet or provider of this name? Then *out is it. */
bool reader_knows(const struct script *s, const char *word, struct subject *out);

/* Each takes words from the line; false, and why, when they cannot be understood. */
bool reader_subject(struct reader *r, struct subject *out);
bool reader_at(struct reader *r);     /* after "at" */
bool reader_monkey(struct reader *r); /* after "monkey" */
bool reader_expect(struct reader *r); /* after "expect" */

#endif
