/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: when to try again, and which endpoint; exponential with full jitter, never in step. */
#include "mesh/backoff.h"

void backoff_init(struct backoff *b, int64_t min_ms, int64_t max_ms, size_t endpoints,
		  uint64_t seed)
{
	*b = (struct backoff){
		.min_ms = min_ms, .max_ms = max_ms, .seed = seed, .endpoints = endpoints
	};
}

/* SplitMix64: small, and good enough to keep neighbours out of step. */
static uint64_t jitter(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t backoff_draw(struct backoff *b, uint64_t below)
{
	return jitter(&b->seed) % below;
}

int64_t backoff_failed(struct backoff *b)
{
	int64_t ceiling = b->min_ms;

	for (size_t round = b->failed / b->endpoints; round > 0 && ceiling < b->max_ms; round--)
		ceiling = ceiling > b->max_ms / 2 ? b->max_ms : ceiling * 2;
	b->failed++;
	b->at = (b->at + 1) % b->endpoints;
	return ceiling / 2 + (int64_t)backoff_draw(b, (uint64_t)(ceiling - ceiling / 2) + 1);
}

void backoff_settled(struct backoff *b)
{
	b->failed = 0;
}
