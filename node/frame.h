/* SPDX-License-Identifier: Apache-2.0 */
/* frame: one spooled record as 48 bytes with a checksum. */
#ifndef MATSANG_NODE_FRAME_H
#define MATSANG_NODE_FRAME_H

#include "mesh/wire.h"

/*
 * Big-endian:
 *
 *	'M' K Q 00  boot*8  seq*6  t_ms*6  wall_ms*6  body*14  crc32*4
 *
 *	K     kind: 'H' head, 'N' news, 'S' sample, 'A' acknowledged
 *	Q     quality of the wall time, enum clock_quality
 *	body  a verdict or a sample as on the wire, then zeros
 *	crc   CRC-32 (IEEE 802.3) of the 44 bytes before it
 *
 * A head's seq is the next one of its boot. An 'A' says that the gateway has everything before it,
 * up to that seq of that boot. Times and body of both are zero.
 */
enum { FRAME_LEN = 48 };

enum record_kind { RECORD_HEAD, RECORD_NEWS, RECORD_SAMPLE, RECORD_ACKED };

struct record {
	enum record_kind kind;
	struct record_head head;
	struct verdict verdict; /* RECORD_NEWS */
	struct sample sample;   /* RECORD_SAMPLE */
};

/* Fields must be in range, as for the wire (asserted). */
void frame_encode(uint8_t buf[static FRAME_LEN], const struct record *r);

/* False, and *out untouched, when the checksum or a field is wrong. What is accepted encodes back
 * to the same bytes. */
bool frame_decode(struct record *out, const uint8_t buf[static FRAME_LEN]);

#endif
