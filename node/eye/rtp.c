/* SPDX-License-Identifier: Apache-2.0 */
/* rtp: does a stream go on, and does it bring anything new? Counts; never looks at a picture. */
#include "node/eye/rtp.h"

#include <string.h>

/*
 * A packet, big-endian (RFC 3550, 5.1):
 *
 *	BB TT QQ QQ SS SS SS SS CC CC CC CC ...
 *
 *	B   2 bits version, padding, extension, 4 bits number of sources that follow
 *	T   marker, 7 bits payload type; 192 to 223 as a whole byte is RTCP (RFC 5761, 4)
 *	Q  16 bits  sequence number
 *	S  32 bits  time stamp, the same for all packets of a frame
 *	C  32 bits  source
 */
enum { HEADER = 12, EXTENSION = 4, VERSION = 2, RTCP_FIRST = 192, RTCP_LAST = 223 };

struct packet {
	uint16_t seq;
	uint32_t stamp, source;
	const uint8_t *payload;
	size_t len;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static bool decode(struct packet *out, const uint8_t *p, size_t len)
{
	size_t header, padding;

	if (len < HEADER || p[0] >> 6 != VERSION || (p[1] >= RTCP_FIRST && p[1] <= RTCP_LAST))
		return false;
	header = HEADER + 4u * (p[0] & 0x0f);
	if (p[0] & 0x10) {
		if (len < header + EXTENSION)
			return false;
		header += EXTENSION + 4u * get16(p + header + 2);
	}
	if (len < header)
		return false;
	padding = p[0] & 0x20 ? p[len - 1] : 0;
	if (len - header < padding)
		return false;
	*out = (struct packet){ get16(p + 2), get32(p + 4), get32(p + 8), p + header,
				len - header - padding };
	return true;
}

/* FNV-1a, 64 bits: tells payloads apart, protects nothing. Never 0. */
static uint64_t digest(const uint8_t *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h == 0 ? 1 : h;
}

/* Remember it. True when it was there before. There is always a free slot. */
static bool seen_before(struct rtp *r, uint64_t hash)
{
	size_t i = (size_t)(hash ^ hash >> 32) % RTP_SLOTS;

	while (r->seen[i] != 0 && r->seen[i] != hash)
		i = (i + 1) % RTP_SLOTS;
	if (r->seen[i] == hash)
		return true;
	r->seen[i] = hash;
	return false;
}

void rtp_init(struct rtp *r, enum nal_codec codec)
{
	memset(r, 0, sizeof *r);
	r->codec = codec;
}

bool rtp_full(const struct rtp *r)
{
	return r->packets >= RTP_MOST;
}

static void advance(struct rtp *r, uint16_t seq)
{
	const uint16_t step = (uint16_t)(seq - r->seq);

	if (step == 0 || step >= 0x8000)
		return; /* again, or from before */
	r->seq = seq;
	r->seq_advance += step;
	if (r->seq_advance > CAMERA_LOOK_PACKETS)
		r->seq_advance = CAMERA_LOOK_PACKETS;
}

static void take_payload(struct rtp *r, const uint8_t *payload, size_t len)
{
	const enum nal_kind kind = nal_kind(r->codec, payload, len);

	if (kind == NAL_STILL || kind == NAL_MOVES)
		r->differences++;
	if (seen_before(r, digest(payload, len))) {
		r->repeats++;
		return;
	}
	r->new_at = r->frames;
	if (kind == NAL_MOVES)
		r->moved_at = r->frames;
}

void rtp_feed(struct rtp *r, const uint8_t *packet, size_t len)
{
	struct packet p;

	if (rtp_full(r) || !decode(&p, packet, len) || (r->packets > 0 && p.source != r->source)) {
		r->others++;
		return;
	}
	if (r->packets == 0) {
		r->source = p.source;
		r->seq = p.seq;
	}
	if (r->packets == 0 || p.stamp != r->stamp)
		r->frames++;
	r->stamp = p.stamp;
	advance(r, p.seq);
	r->packets++;
	take_payload(r, p.payload, p.len);
}

void rtp_tell(const struct rtp *r, struct camera_look *l)
{
	l->packets = r->packets;
	l->seq_advance = r->seq_advance;
	l->frames = r->frames;
	l->repeats = r->repeats;
	l->stale = r->frames - (r->differences > 0 ? r->moved_at : r->new_at);
}
