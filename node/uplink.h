/* SPDX-License-Identifier: Apache-2.0 */
/* uplink: what leaves the spool next; a small window, and back to the front when in doubt. */
#ifndef MATSANG_NODE_UPLINK_H
#define MATSANG_NODE_UPLINK_H

#include "mesh/clock.h"
#include "mesh/wire.h"
#include "node/spool.h"

enum {
	UPLINK_WINDOW = 8,   /* most messages on their way */
	UPLINK_PATIENCE = 4, /* doublings of the timeout while nobody acknowledges */
	UPLINK_BACK_PAUSE =
		1000, /* ms in which a second complaint is taken for an echo of the first */
};

struct uplink_counters {
	uint64_t news, past; /* messages made */
	uint64_t timeouts,
		back; /* went back to the front: nobody answered, the gateway lacked one */
};

struct uplink {
	int64_t timeout_ms;
	bool open;
	bool cautious;     /* nobody answered the last window: one message at a time */
	unsigned tries;    /* timeouts in a row */
	uint64_t next;     /* position in the spool */
	unsigned shuffles; /* of the spool when next was set */
	struct {
		uint64_t boot, last_seq;
		bool news;
	} sent[UPLINK_WINDOW]; /* on their way, oldest first */
	unsigned n_sent;
	mono_t progress; /* last sending into an empty window, or acknowledgement */
	mono_t went_back;
	mono_t hold; /* nothing leaves before */
	struct uplink_counters count;
};

/* timeout_ms: how long an acknowledgement may take, at least 1. Starts closed. */
void uplink_init(struct uplink *u, int64_t timeout_ms);

/* The gateway can be reached (or came back): begin at the front. */
void uplink_open(struct uplink *u, const struct spool *s);
/* It cannot. */
void uplink_close(struct uplink *u);

/* What was made last did not leave: begin at the front again, not before `at`. */
void uplink_unsent(struct uplink *u, const struct spool *s, mono_t at);

/* An acknowledgement came in; lets records go from the spool. */
void uplink_ack(struct uplink *u, struct spool *s, const struct wire_ack *ack, mono_t now);

/*
 * Make the next message: one news, or up to WIRE_PAST_SAMPLES samples of one boot with consecutive
 * numbers. Returns its length, 0 when nothing may leave now. Call until 0. Records of a later boot
 * wait until the earlier boot's are acknowledged, so that `oldest` is always the front.
 *
 * boot  the one we are in: records of another boot have no age
 */
size_t uplink_step(struct uplink *u, struct spool *s, uint64_t boot, mono_t now,
		   uint8_t buf[static WIRE_MAX]);

/* When to step again if nothing is fed. */
mono_t uplink_due(const struct uplink *u, const struct spool *s);

#endif
