/* SPDX-License-Identifier: Apache-2.0 */
/* chance: what happens by accident, the same again for the same seed. */
#include "tests/year/chance.h"

#include <math.h>

/* SplitMix64, by Sebastiano Vigna, in the public domain. */
uint64_t chance_draw(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Mixed: plain seeds that follow on each other would give the same numbers, one later. */
void chance_init(struct chance *c, uint64_t seed)
{
	c->state = seed;
	c->state = chance_draw(c);
}

double chance_unit(struct chance *c)
{
	return (double)(chance_draw(c) >> 11) / 9007199254740992.0;
}

bool chance_hit(struct chance *c, unsigned permille)
{
	return chance_draw(c) % 1000 < permille;
}

int64_t chance_between(struct chance *c, int64_t least, int64_t most)
{
	return least + (int64_t)(chance_unit(c) * (double)(most - least));
}

int64_t chance_wait(struct chance *c, double mean)
{
	return (int64_t)(-mean * log(1.0 - chance_unit(c)));
}

int64_t chance_lasts(struct chance *c, int64_t median, double spread)
{
	double u = sqrt(-2.0 * log(1.0 - chance_unit(c)));
	double normal = u * cos(6.283185307179586 * chance_unit(c));

	return (int64_t)((double)median * exp(spread * normal));
}
