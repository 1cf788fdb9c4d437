/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: a point's last word as one datagram, bytes to structs and back. WIRE.md draws it, seal.c
 * seals it. */
#ifndef MATSANG_MESH_GASP_H
#define MATSANG_MESH_GASP_H

#include "mesh/wire.h"

enum {
	GASP_KIND = 7, /* beside enum wire_kind; never by MQTT */
	GASP_NAME = 4, /* finds the point; seal.h says how */
	GASP_HEAD = 26,
	GASP_BODY = 18,
	GASP_TAG = 16,
	GASP_LEN = GASP_HEAD + GASP_BODY + GASP_TAG, /* exactly */
	GASP_MAX = 64,                               /* no version of it is longer */
	GASP_NONCE = 24,
	GASP_NOT_SAID = 0xffff, /* as `behind` */
};

struct gasp {
	/* In the clear: whose it is, and what makes it the only one of its kind. */
	uint8_t name[GASP_NAME];
	uint64_t boot;
	uint64_t seq; /* of the record that it tells; at least 1, 48 bits */
	int64_t t_ms; /* since its boot, when it happened; 48 bits */
	uint8_t turn; /* the same word is said several times: 0, 1, 2 .. */

	/* Sealed. */
	uint32_t age_ms; /* between happening and sending */
	uint16_t behind; /* seq - behind is the oldest of this boot that the node still holds */
	uint16_t more;   /* news held after this one; 0: this is how things are */
	struct verdict verdict;
};

/* The clear part of a whole datagram of len bytes; *out's sealed fields are 0. *out is untouched
 * unless the answer is WIRE_OK. */
enum wire_err gasp_head_decode(struct gasp *out, const uint8_t *buf, size_t len);
void gasp_head_encode(uint8_t buf[static GASP_HEAD], const struct gasp *in);

/* The sealed part, once opened; the clear fields of *out stay as they are. */
enum wire_err gasp_body_decode(struct gasp *out, const uint8_t buf[static GASP_BODY]);
void gasp_body_encode(uint8_t buf[static GASP_BODY], const struct gasp *in);

/*
 * The number that the seal must never see twice with different words. It is everything of the head
 * but the name: kind, boot, seq, t, turn. A boot is never used twice, nor is a seq in one boot;
 * were a seq ever given again by a program that has lost its memory, it would be at another t,
 * which only rises; and the same record is said again only under another turn.
 */
void gasp_nonce(uint8_t nonce[static GASP_NONCE], const uint8_t head[static GASP_HEAD]);

#endif
