/* SPDX-License-Identifier: Apache-2.0 */
/* rtp: a run of packets, each as long as the byte before it says; the counts always make a look. */
#include "node/eye/rtp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rtp r;
	struct camera_look l = { .reach = true };

	if (r.packets > 0) /* it is large, and most inputs leave it as it was */
		rtp_init(&r, NAL_NONE);
	r.codec = size > 0 ? (enum nal_codec)(data[0] % 3) : NAL_NONE;
	while (size > 0) {
		const size_t len = data[0] < size ? data[0] : size - 1;
		uint8_t *p = malloc(len + 1);

		if (!p)
			return 0;
		memcpy(p, data + 1, len);
		rtp_feed(&r, p, len);
		free(p);
		data += len + 1;
		size -= len + 1;
	}
	rtp_tell(&r, &l);
	if (!camera_look_ok(&l))
		abort();
	return 0;
}
