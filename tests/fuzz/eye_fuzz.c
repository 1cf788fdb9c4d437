/* SPDX-License-Identifier: Apache-2.0 */
/* eye: whatever a camera says: its description, a run of packets, its time. */
#include "node/camera_look.h"
#include "node/eye/onvif.h"
#include "node/eye/rtp.h"
#include "node/eye/sdp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void no_break(const char *url)
{
	for (; *url; url++)
		if (*url <= ' ' || *url > '~')
			abort();
}

static void description(const char *text, size_t size)
{
	struct sdp s;

	if (!sdp_read(&s, "rtsp://10.0.0.5/live", text, size))
		return;
	no_break(s.track);
	no_break(s.whole);
}

/* Pieces of the bytes as packets, each as long as its first byte says. */
static void packets(const uint8_t *data, size_t size)
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
			return;
		memcpy(p, data + 1, len);
		rtp_feed(&r, p, len);
		free(p);
		data += len + 1;
		size -= len + 1;
	}
	rtp_tell(&r, &l);
	if (!camera_look_ok(&l))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t utc_s = -1;

	description((const char *)data, size);
	packets(data, size);
	if (onvif_time(&utc_s, (const char *)data, size) ? utc_s < 0 : utc_s != -1)
		abort();
	return 0;
}
