/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: any datagram, and any body behind a good seal; what is accepted encodes back, what is
 * refused changes nothing, and nothing but what the key closed is ever opened. */
#include "mesh/seal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(x)               \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static const uint8_t key[32] = { 7 };

static void a_stranger_speaks(const uint8_t *data, size_t size)
{
	struct gasp g, before;
	uint8_t head[GASP_HEAD], body[GASP_BODY];
	struct seal s;

	memset(&g, 0xa5, sizeof g);
	memcpy(&before, &g, sizeof g);
	if (gasp_head_decode(&g, data, size) != WIRE_OK) {
		REQUIRE(memcmp(&g, &before, sizeof g) == 0);
		return;
	}
	gasp_head_encode(head, &g);
	REQUIRE(memcmp(head, data, GASP_HEAD) == 0);
	seal_init(&s, key, sizeof key);
	memcpy(s.name, g.name, GASP_NAME); /* as if the name had been found */
	REQUIRE(!seal_open(body, data, &s));
}

/* A node with our key whose program is wrong. */
static void a_body_is_anything(const uint8_t *data, size_t size)
{
	struct gasp g = { .seq = 300 }, before = g;
	uint8_t body[GASP_BODY], buf[GASP_LEN], back[GASP_BODY];
	struct seal s;

	if (size < GASP_BODY)
		return;
	if (gasp_body_decode(&g, data) != WIRE_OK) {
		REQUIRE(memcmp(&g, &before, sizeof g) == 0);
		return;
	}
	gasp_body_encode(body, &g);
	REQUIRE(memcmp(body, data, GASP_BODY) == 0);
	seal_init(&s, key, sizeof key);
	REQUIRE(seal_close(buf, &g, &s) == sizeof buf && seal_open(back, buf, &s));
	REQUIRE(memcmp(back, data, GASP_BODY) == 0);
	buf[size % sizeof buf] ^= (uint8_t)(1 << data[0] % 8);
	REQUIRE(!seal_open(back, buf, &s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	a_stranger_speaks(data, size);
	a_body_is_anything(data, size);
	return 0;
}
