/* SPDX-License-Identifier: Apache-2.0 */
/* eye: whatever a camera says: its description, and its time. */
#include "node/eye/onvif.h"
#include "node/eye/sdp.h"

#include <stdlib.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t utc_s = -1;

	description((const char *)data, size);
	if (onvif_time(&utc_s, (const char *)data, size) ? utc_s < 0 : utc_s != -1)
		abort();
	return 0;
}
