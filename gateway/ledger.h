/* SPDX-License-Identifier: Apache-2.0 */
/* ledger: the hash chain over ledger rows, so that a later change shows. Bytes only; store keeps
 * them. */
#ifndef MATSANG_GATEWAY_LEDGER_H
#define MATSANG_GATEWAY_LEDGER_H

#include "gateway/facts.h"

enum {
	LEDGER_HASH = 32,
	LEDGER_ROW_MAX = 8 + 8 + 8 + 1 + 1 + 8 + 8 + 1 + POINT_CODE_MAX + 1 + ROW_BODY,
};

/*
 * The canonical bytes of one row, all numbers big-endian:
 *
 *	id 8 | at ms 8 | stored ms 8 | how 1 | kind 1 | boot 8 | seq 8 |
 *	length 1, point code | length 1, body
 *
 * Lengths come before what they count, so no two rows have the same bytes. Returns how many. The
 *row must be in range (asserted).
 */
size_t ledger_encode(uint8_t buf[static LEDGER_ROW_MAX], const struct row *r);

/* hash = BLAKE2b-256(prev, canonical bytes of r). prev of the first row is all zero. hash may be
 * prev. */
void ledger_link(uint8_t hash[static LEDGER_HASH], const uint8_t prev[static LEDGER_HASH],
		 const struct row *r);

#endif
