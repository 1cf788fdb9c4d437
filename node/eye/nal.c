/* SPDX-License-Identifier: Apache-2.0 */
/* nal: which packets of an H.264 or H.265 stream tell of movement. */
#include "node/eye/nal.h"

#include <stdbool.h>

/* What RTP makes of units: one in a packet, several in one, or a piece of one. */
struct packing {
	size_t header;                    /* bytes of a unit's header */
	unsigned several, piece;          /* types that are none of the codec's own */
	unsigned delta_first, delta_last; /* types of differences */
};

static const struct packing packings[] = {
	[NAL_H264] = { 1, 24, 28, 1, 4 },
	[NAL_H265] = { 2, 48, 49, 0, 9 },
};

static unsigned type_of(enum nal_codec codec, const uint8_t *unit)
{
	return codec == NAL_H264 ? unit[0] & 0x1f : unit[0] >> 1 & 0x3f;
}

static enum nal_kind of_type(const struct packing *p, unsigned type, size_t len)
{
	if (type < p->delta_first || type > p->delta_last)
		return NAL_KEY;
	return len <= NAL_STILL_MOST ? NAL_STILL : NAL_MOVES;
}

/* Units one after the other, each behind 16 bits of length. */
static enum nal_kind of_several(enum nal_codec codec, const uint8_t *at, size_t left)
{
	const struct packing *p = &packings[codec];
	enum nal_kind most = NAL_KEY;

	while (left > 2) {
		const size_t len = (size_t)(at[0] << 8 | at[1]);
		enum nal_kind k;

		if (len < p->header || len > left - 2)
			break;
		k = of_type(p, type_of(codec, at + 2), len);
		most = k > most ? k : most;
		at += 2 + len;
		left -= 2 + len;
	}
	return most;
}

enum nal_kind nal_kind(enum nal_codec codec, const uint8_t *payload, size_t len)
{
	const struct packing *p = &packings[codec];
	unsigned type;

	if (codec == NAL_NONE)
		return NAL_WHOLE;
	if (len <= p->header)
		return NAL_KEY;
	type = type_of(codec, payload);
	if (type == p->several)
		return of_several(codec, payload + p->header, len - p->header);
	/* The type of the whole is in the low bits behind; its last piece may be small, a unit that
	 * is sent in pieces is not. */
	if (type == p->piece)
		return of_type(p, payload[p->header] & (codec == NAL_H264 ? 0x1f : 0x3f),
			       NAL_STILL_MOST + 1);
	return of_type(p, type, len);
}
