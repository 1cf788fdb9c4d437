/* SPDX-License-Identifier: Apache-2.0 */
/* ledger: the hash chain over ledger rows. */
#include "gateway/ledger.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(LEDGER_HASH == crypto_generichash_BYTES, "BLAKE2b-256");

static uint8_t *put8(uint8_t *at, uint8_t v)
{
	*at = v;
	return at + 1;
}

static uint8_t *put64(uint8_t *at, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(v >> shift);
	return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t len)
{
	at = put8(at, (uint8_t)len);
	memcpy(at, bytes, len);
	return at + len;
}

size_t ledger_encode(uint8_t buf[static LEDGER_ROW_MAX], const struct row *r)
{
	size_t code = strnlen(r->point, sizeof r->point);
	uint8_t *at = buf;

	assert(code <= POINT_CODE_MAX && r->body_len <= ROW_BODY);
	at = put64(at, (uint64_t)r->id);
	at = put64(at, (uint64_t)r->at.ms);
	at = put64(at, (uint64_t)r->stored.ms);
	at = put8(at, (uint8_t)r->how);
	at = put8(at, (uint8_t)r->kind);
	at = put64(at, r->boot);
	at = put64(at, r->seq);
	at = put_bytes(at, r->point, code);
	at = put_bytes(at, r->body, r->body_len);
	return (size_t)(at - buf);
}

void ledger_link(uint8_t hash[static LEDGER_HASH], const uint8_t prev[static LEDGER_HASH],
		 const struct row *r)
{
	uint8_t buf[LEDGER_HASH + LEDGER_ROW_MAX];
	uint8_t row[LEDGER_ROW_MAX];
	size_t len = ledger_encode(row, r);

	memcpy(buf, prev, LEDGER_HASH);
	memcpy(buf + LEDGER_HASH, row, len);
	crypto_generichash(hash, LEDGER_HASH, buf, LEDGER_HASH + len, NULL, 0);
}
