/* SPDX-License-Identifier: Apache-2.0 */
/* icmp: any packet, with and without its IP header; a refusal changes nothing. */
#include "mesh/icmp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int header = 0; header < 2; header++) {
		struct icmp_reply r, before;

		memset(&r, 0xa5, sizeof r);
		memcpy(&before, &r, sizeof r);
		if (icmp_parse(data, size, header, &r) != ICMP_OK &&
		    memcmp(&r, &before, sizeof r) != 0)
			abort();
	}
	return 0;
}
