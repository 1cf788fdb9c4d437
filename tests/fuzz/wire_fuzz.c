/* SPDX-License-Identifier: Apache-2.0 */
/* wire: any bytes; what is accepted is in range and encodes back, what is refused changes nothing.
 */
#include "mesh/topic.h"
#include "mesh/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(x)               \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

/* Decode; on yes encode back to the same bytes, on no nothing was touched. */
#define ROUND_TRIP(type)                                                \
	static void type##_round_trip(const uint8_t *data, size_t size) \
	{                                                               \
		static struct wire_##type m, before;                    \
		uint8_t back[WIRE_MAX];                                 \
                                                                        \
		memset(&m, 0xa5, sizeof m);                             \
		memcpy(&before, &m, sizeof m);                          \
		if (wire_##type##_decode(&m, data, size) != WIRE_OK) {  \
			REQUIRE(memcmp(&m, &before, sizeof m) == 0);    \
			return;                                         \
		}                                                       \
		REQUIRE(wire_##type##_encode(back, &m) == size);        \
		REQUIRE(memcmp(back, data, size) == 0);                 \
	}

ROUND_TRIP(birth)
ROUND_TRIP(beat)
ROUND_TRIP(news)
ROUND_TRIP(past)
ROUND_TRIP(will)
ROUND_TRIP(ack)
ROUND_TRIP(ask)
ROUND_TRIP(gate)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char code[POINT_CODE_TEXT];

	birth_round_trip(data, size);
	beat_round_trip(data, size);
	news_round_trip(data, size);
	past_round_trip(data, size);
	will_round_trip(data, size);
	ack_round_trip(data, size);
	ask_round_trip(data, size);
	gate_round_trip(data, size);
	if (topic_up_point(code, (const char *)data, size))
		REQUIRE(point_code_ok(code));
	return 0;
}
