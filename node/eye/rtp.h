/* SPDX-License-Identifier: Apache-2.0 */
/* rtp: does a stream go on, and does it bring anything new? Counts; never looks at a picture. */
#ifndef MATSANG_NODE_EYE_RTP_H
#define MATSANG_NODE_EYE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RTP_MOST = 30000,  /* packets that are counted */
	RTP_SLOTS = 65536, /* power of two, above twice that */
};

struct rtp {
	uint32_t packets, seq_advance, frames, repeats, stale; /* as in struct camera_look */
	uint32_t others; /* what was no RTP packet (RFC 3550), or of another source, or RTCP */
	uint32_t source, stamp;
	uint16_t seq;
	uint64_t seen[RTP_SLOTS]; /* hashes of payloads; 0 is free */
};

void rtp_init(struct rtp *r);

/* One packet as it came. The source of the first one is the one that counts. */
void rtp_feed(struct rtp *r, const uint8_t *packet, size_t len);

/* No more packets are taken. */
bool rtp_full(const struct rtp *r);

#endif
