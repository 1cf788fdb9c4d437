/* SPDX-License-Identifier: Apache-2.0 */
/* chance: what happens by accident, the same again for the same seed. */
#ifndef MATSANG_YEAR_CHANCE_H
#define MATSANG_YEAR_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

void chance_init(struct chance *c, uint64_t seed);
uint64_t chance_draw(struct chance *c);

/* In [0, 1). */
double chance_unit(struct chance *c);

/* True in so many of a thousand. */
bool chance_hit(struct chance *c, unsigned permille);

/* Evenly in [least, most). */
int64_t chance_between(struct chance *c, int64_t least, int64_t most);

/* The wait until the next of events that come mean apart, none remembering another. */
int64_t chance_wait(struct chance *c, double mean);

/* Half are shorter than the median; the logarithm has this standard deviation. */
int64_t chance_lasts(struct chance *c, int64_t median, double spread);

#endif
