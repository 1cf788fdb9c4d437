/* SPDX-License-Identifier: Apache-2.0 */
/* ingest: node time becomes UTC here and nowhere else, and every record is taken once, in order. */
#ifndef MATSANG_GATEWAY_INGEST_H
#define MATSANG_GATEWAY_INGEST_H

#include "gateway/facts.h"

enum { INGEST_BOOTS = 8 };

/* What is remembered of a point's last boots, newest first. Zeroed is ready; ends with ingest_free.
 */
struct ingest {
	struct boot_memory *boot; /* most points never have more than a few */
	size_t n;
	wall_t lived; /* the last moment of which we know anything, of earlier boots or this one */
};

void ingest_free(struct ingest *in);

/* The memory of this boot, moved to the front; a new one when it was never seen (of more than
 * INGEST_BOOTS the oldest gives way). Lasts until the next call. */
struct boot_memory *ingest_boot(struct ingest *in, uint32_t point, uint64_t boot);

/* The same, without moving anything; NULL when it was never seen. */
const struct boot_memory *ingest_known(const struct ingest *in, uint64_t boot);

enum ingest_verdict {
	INGEST_NEW,       /* take it */
	INGEST_DUPLICATE, /* stored already: acknowledge again */
	INGEST_GAP, /* one before it is missing: acknowledge what we have, the node goes back */
};

/*
 * May records first..last be taken? On INGEST_NEW *take is the first of them that is new, *lost how
 * many before it the node itself no longer holds (oldest tells), and the memory has moved on to
 * last.
 */
enum ingest_verdict ingest_take(struct boot_memory *b, uint64_t first, uint64_t last,
				uint64_t oldest, uint64_t *take, uint64_t *lost);

/* The point is known to have lived at this moment. */
void ingest_lived(struct ingest *in, wall_t at);

/*
 * When a record of the boot b happened, in UTC, by decision D4. age_ms: how old the node says it is
 * (-1: it cannot say); before: when the boot after this record's began at the latest. Never later
 * than now.
 *
 * A boot that we never met is given a place of its own between the boots around it, as good as its
 * clock allows, and all its records keep their distances.
 */
wall_t ingest_stamp(struct ingest *in, struct boot_memory *b, const struct record_head *h,
		    int64_t age_ms, wall_t now, wall_t before, enum stamp_how *how);

/* A birth heard now: this boot began at now - t_ms. */
void ingest_anchor(struct boot_memory *b, int64_t t_ms, wall_t now);

#endif
