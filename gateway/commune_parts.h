/* SPDX-License-Identifier: Apache-2.0 */
/* commune_parts: what commune.c and commune_hear.c share, and nobody else. */
#ifndef MATSANG_GATEWAY_COMMUNE_PARTS_H
#define MATSANG_GATEWAY_COMMUNE_PARTS_H

#include "gateway/acts.h"
#include "gateway/commune.h"
#include "gateway/incident.h"
#include "gateway/ingest.h"
#include "gateway/outage.h"
#include "gateway/point.h"

struct place {
	struct point point;
	struct spell spell;
	struct ingest ingest;
	uint64_t boot, boot_before;
	mono_t began; /* boot, on our own clock; MONO_NEVER until its birth is heard in this run */
	uint32_t conn;
	uint8_t turns; /* how often the boot before came back */
	bool ack_due;
	uint64_t ack_boot;
	uint32_t hamlet;
	uint32_t waiting;
	wall_t heard;
	struct sample sample;
	bool sampled;
	wall_t fill_from, fill_until; /* dark time not yet drawn */
	struct {
		uint64_t boot, seq;
		uint32_t turns; /* bit i: turn i was opened */
	} gasp;                 /* the last one */
};

struct commune {
	const struct roster *roster;
	const struct commune_options *o;
	struct place *place; /* one a point, in roster order */
	uint32_t *sorted;    /* indices by code */
	struct incidents incidents;
	int64_t last_row;
	bool sees;
	wall_t blind_since;
	mono_t scan_due;
	struct acts acts;
	uint32_t *ack; /* points that await an acknowledgement */
	size_t n_ack;
	uint64_t refused[REFUSALS];
	uint64_t tallied; /* the broker's own count, as last heard */
};

/* One more act about a point, to be filled at once. */
struct act *commune_add(struct commune *c, enum act_kind kind, uint32_t point);

/* A row about one point: into the ledger, and into what follows from it. */
void commune_row(struct commune *c, struct place *p, struct row *row, mono_t now);

/* Keep what must be found again of this point. */
void commune_keep(struct commune *c, struct place *p);

/* Feed the point's contact, and act on what comes of it. */
void commune_contact(struct commune *c, struct place *p, enum point_input in, mono_t now,
		     wall_t wall);

/* Ask the point for ASK_ bits. */
void commune_ask(struct commune *c, struct place *p, uint8_t what);

/* The point spoke by MQTT, or another way as good. birth: by a birth. */
void commune_alive(struct commune *c, struct place *p, bool birth, mono_t now, wall_t wall);

/* What a message of records says beside its first one. */
struct claim {
	uint64_t last, oldest; /* its last number; the oldest of its boot that is still held */
	uint32_t more;         /* records held after the last */
	bool skipped;          /* instead, oldest is the first number that was never used */
};

/*
 * The records' place in their boot's sequence; 0 when they are to be taken, from *first on. What is
 * stored is acknowledged at the end of the turn.
 */
unsigned commune_take(struct commune *c, struct place *p, const struct record_head *h,
		      const struct claim *claim, uint64_t *first, mono_t now, wall_t wall);

/* When it happened. */
wall_t commune_stamp(struct place *p, const struct record_head *h, int64_t age_ms, wall_t wall,
		     enum stamp_how *how);

/* A row (kind, at, stored, how are set) about a verdict, and what must be found again. */
void commune_news(struct commune *c, struct place *p, struct row *row, const struct record_head *h,
		  const struct verdict *v, bool present, mono_t now);

#endif
