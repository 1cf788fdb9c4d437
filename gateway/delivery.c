/* SPDX-License-Identifier: Apache-2.0 */
/* delivery: when to try a message again, and when to give up. */
#include "gateway/delivery.h"

enum {
	FIRST_MS = 1000,
	MOST_MS = 5 * 60 * 1000,
	LONG_ENOUGH_MS = 24 * 60 * 60 * 1000,
	WAY_TRIES = 3,
	WAY_MS = 5000, /* a way that took as long to fail is no better a second later */
};

int64_t delivery_wait(unsigned rounds)
{
	int64_t wait = FIRST_MS, waited = 0;

	for (unsigned i = 1; i < rounds; i++) {
		waited += wait;
		if (waited + wait > LONG_ENOUGH_MS)
			return -1;
		wait = wait * 2 > MOST_MS ? MOST_MS : wait * 2;
	}
	return waited + wait > LONG_ENOUGH_MS ? -1 : wait;
}

int64_t delivery_again(unsigned tries, int64_t since_ms)
{
	return tries < WAY_TRIES && since_ms < WAY_MS ? (int64_t)FIRST_MS << (tries - 1) : -1;
}
