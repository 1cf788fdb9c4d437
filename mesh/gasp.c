/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: a point's last word as one datagram, bytes to structs and back. */
#include "mesh/gasp.h"

#include "mesh/octets.h"

#include <assert.h>
#include <string.h>

static_assert(GASP_LEN <= GASP_MAX, "one small datagram");
static_assert(GASP_HEAD - GASP_NAME <= GASP_NONCE, "all of it makes the nonce");
static_assert(GASP_BODY == 8 + VERDICT_LEN, "the verdict fits");

enum { AT_NAME = 1, AT_BOOT = 5, AT_SEQ = 13, AT_T = 19, AT_TURN = 25 };

enum wire_err gasp_head_decode(struct gasp *out, const uint8_t *buf, size_t len)
{
	if (len == 0)
		return WIRE_SHORT;
	if (buf[0] >> 4 != WIRE_VERSION)
		return WIRE_BAD_VERSION;
	if ((buf[0] & 15) != GASP_KIND)
		return WIRE_BAD_KIND;
	if (len != GASP_LEN)
		return len < GASP_LEN ? WIRE_SHORT : WIRE_LONG;
	if (octets_get(buf + AT_SEQ, 6) == 0)
		return WIRE_RANGE;
	*out = (struct gasp){ .boot = octets_get(buf + AT_BOOT, 8),
			      .seq = octets_get(buf + AT_SEQ, 6),
			      .t_ms = (int64_t)octets_get(buf + AT_T, 6),
			      .turn = buf[AT_TURN] };
	memcpy(out->name, buf + AT_NAME, GASP_NAME);
	return WIRE_OK;
}

void gasp_head_encode(uint8_t buf[static GASP_HEAD], const struct gasp *in)
{
	assert(in->seq >= 1 && in->seq >> 48 == 0 && in->t_ms >= 0 && in->t_ms >> 48 == 0);
	buf[0] = WIRE_VERSION << 4 | GASP_KIND;
	memcpy(buf + AT_NAME, in->name, GASP_NAME);
	octets_put(buf + AT_BOOT, in->boot, 8);
	octets_put(buf + AT_SEQ, in->seq, 6);
	octets_put(buf + AT_T, (uint64_t)in->t_ms, 6);
	buf[AT_TURN] = in->turn;
}

enum wire_err gasp_body_decode(struct gasp *out, const uint8_t buf[static GASP_BODY])
{
	uint16_t behind = (uint16_t)octets_get(buf + 4, 2);
	struct verdict v;
	enum wire_err e = wire_verdict_get(&v, buf + 8);

	if (e != WIRE_OK)
		return e;
	if (behind != GASP_NOT_SAID && behind >= out->seq)
		return WIRE_RANGE;
	out->age_ms = (uint32_t)octets_get(buf, 4);
	out->behind = behind;
	out->more = (uint16_t)octets_get(buf + 6, 2);
	out->verdict = v;
	return WIRE_OK;
}

void gasp_body_encode(uint8_t buf[static GASP_BODY], const struct gasp *in)
{
	assert(in->behind == GASP_NOT_SAID || in->behind < in->seq);
	octets_put(buf, in->age_ms, 4);
	octets_put(buf + 4, in->behind, 2);
	octets_put(buf + 6, in->more, 2);
	wire_verdict_put(buf + 8, &in->verdict);
}

void gasp_nonce(uint8_t nonce[static GASP_NONCE], const uint8_t head[static GASP_HEAD])
{
	memset(nonce, 0, GASP_NONCE);
	nonce[0] = head[0];
	memcpy(nonce + 1, head + AT_BOOT, GASP_HEAD - AT_BOOT);
}
