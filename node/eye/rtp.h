/* SPDX-License-Identifier: Apache-2.0 */
/* rtp: does a stream go on, and does it bring anything new? Counts; never looks at a picture. */
#ifndef MATSANG_NODE_EYE_RTP_H
#define MATSANG_NODE_EYE_RTP_H

#include "node/camera_look.h"
#include "node/eye/nal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RTP_MOST = 30000,  /* packets that are counted */
	RTP_SLOTS = 65536, /* power of two, above twice that */
};

struct rtp {
	enum nal_codec codec;
	uint32_t packets, seq_advance, frames, repeats; /* as in struct camera_look */
	uint32_t differences;                           /* packets of kind NAL_STILL or NAL_MOVES */
	uint32_t new_at;   /* the frame in which a payload last was a new one */
	uint32_t moved_at; /* the frame in which a difference last was a new one; 0: none was */
	uint32_t others;   /* what was no RTP packet (RFC 3550), or of another source, or RTCP */
	uint32_t source, stamp;
	uint16_t seq;
	uint64_t seen[RTP_SLOTS]; /* hashes of payloads; 0 is free */
};

void rtp_init(struct rtp *r, enum nal_codec codec);

/* One packet as it came. The source of the first one is the one that counts. */
void rtp_feed(struct rtp *r, const uint8_t *packet, size_t len);

/* Write down what was counted. Where there are differences, only they bring anything new. */
void rtp_tell(const struct rtp *r, struct camera_look *l);

/* No more packets are taken. */
bool rtp_full(const struct rtp *r);

#endif
