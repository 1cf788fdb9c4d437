/* SPDX-License-Identifier: Apache-2.0 */
/* octets: whole numbers as big-endian bytes, of any width up to eight. */
#ifndef MATSANG_MESH_OCTETS_H
#define MATSANG_MESH_OCTETS_H

#include <stdint.h>

/* Writes the lowest `bytes` bytes of v; bytes: 1..8. */
static inline void octets_put(uint8_t *at, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		*at++ = (uint8_t)(v >> 8 * bytes);
}

static inline uint64_t octets_get(const uint8_t *at, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | *at++;
	return v;
}

#endif
