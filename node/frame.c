/* SPDX-License-Identifier: Apache-2.0 */
/* frame: one spooled record as 48 bytes with a checksum. */
#include "node/frame.h"

#include "mesh/octets.h"

#include <assert.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SEQ_AT = 12, T_AT = 18, WALL_AT = 24, BODY_AT = 30, BODY_LEN = 14, CRC_AT = 44 };
static_assert(CRC_AT + 4 == FRAME_LEN, "the checksum ends the frame");
static_assert((int)VERDICT_LEN <= BODY_LEN && (int)SAMPLE_LEN <= BODY_LEN, "bodies fit");

static const int64_t U48_MAX = 0xffffffffffff;
static const char kinds[] = {
	[RECORD_HEAD] = 'H', [RECORD_NEWS] = 'N', [RECORD_SAMPLE] = 'S', [RECORD_ACKED] = 'A'
};

/* Four bits a step: sixteen words of table instead of a thousand. */
static uint32_t crc32(const uint8_t *p, size_t len)
{
	static const uint32_t step[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	while (len-- > 0) {
		crc ^= *p++;
		crc = crc >> 4 ^ step[crc & 15];
		crc = crc >> 4 ^ step[crc & 15];
	}
	return ~crc;
}

void frame_encode(uint8_t buf[static FRAME_LEN], const struct record *r)
{
	const struct record_head *h = &r->head;

	assert(h->seq >= 1 && h->seq <= (uint64_t)U48_MAX && h->quality <= CLOCK_NTP);
	assert(h->t_ms >= 0 && h->t_ms <= U48_MAX && h->wall.ms >= 0 && h->wall.ms <= U48_MAX);
	memset(buf, 0, FRAME_LEN);
	buf[0] = 'M';
	buf[1] = (uint8_t)kinds[r->kind];
	buf[2] = (uint8_t)h->quality;
	octets_put(buf + 4, h->boot, 8);
	octets_put(buf + SEQ_AT, h->seq, 6);
	octets_put(buf + T_AT, (uint64_t)h->t_ms, 6);
	octets_put(buf + WALL_AT, (uint64_t)h->wall.ms, 6);
	if (r->kind == RECORD_NEWS)
		wire_verdict_put(buf + BODY_AT, &r->verdict);
	else if (r->kind == RECORD_SAMPLE)
		wire_sample_put(buf + BODY_AT, &r->sample);
	octets_put(buf + CRC_AT, crc32(buf, CRC_AT), 4);
}

static bool zeros(const uint8_t *p, size_t len)
{
	while (len > 0 && *p == 0)
		p++, len--;
	return len == 0;
}

static bool kind_of(enum record_kind *kind, uint8_t byte)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (byte == kinds[i]) {
			*kind = (enum record_kind)i;
			return true;
		}
	return false;
}

static bool head_of(struct record_head *h, const uint8_t *buf)
{
	h->boot = octets_get(buf + 4, 8);
	h->seq = octets_get(buf + SEQ_AT, 6);
	h->t_ms = (int64_t)octets_get(buf + T_AT, 6);
	h->wall.ms = (int64_t)octets_get(buf + WALL_AT, 6);
	h->quality = (enum clock_quality)buf[2];
	return buf[2] <= CLOCK_NTP && h->seq >= 1;
}

static bool body_of(struct record *r, const uint8_t *buf)
{
	const uint8_t *body = buf + BODY_AT;

	switch (r->kind) {
	case RECORD_HEAD:
	case RECORD_ACKED:
		return buf[2] == 0 && zeros(buf + T_AT, CRC_AT - T_AT);
	case RECORD_NEWS:
		return wire_verdict_get(&r->verdict, body) == WIRE_OK &&
		       zeros(body + VERDICT_LEN, BODY_LEN - VERDICT_LEN);
	case RECORD_SAMPLE:
		return wire_sample_get(&r->sample, body) == WIRE_OK &&
		       zeros(body + SAMPLE_LEN, BODY_LEN - SAMPLE_LEN);
	}
	return false;
}

bool frame_decode(struct record *out, const uint8_t buf[static FRAME_LEN])
{
	struct record r = { 0 };

	if (buf[0] != 'M' || buf[3] != 0 || octets_get(buf + CRC_AT, 4) != crc32(buf, CRC_AT))
		return false;
	if (!kind_of(&r.kind, buf[1]) || !head_of(&r.head, buf) || !body_of(&r, buf))
		return false;
	*out = r;
	return true;
}
