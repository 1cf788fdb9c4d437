/* SPDX-License-Identifier: Apache-2.0 */
/* channel_absent: stands in for the channels to people until they are there; then this file goes.
 */
#include "gateway/channel.h"

#include <stdio.h>

static void *start(const struct channel_tools *tools, const void *route, const struct letter *l,
		   channel_done_fn *done, void *self, char note[static CHANNEL_NOTE])
{
	(void)tools;
	(void)route;
	(void)l;
	(void)done;
	(void)self;
	snprintf(note, CHANNEL_NOTE, "this channel is not there yet");
	return NULL;
}

static void cancel(void *handle)
{
	(void)handle;
}

static void target(char text[static CHANNEL_TARGET], const void *route)
{
	(void)route;
	snprintf(text, CHANNEL_TARGET, "nowhere");
}

const struct channel channel_sms = { "sms", start, cancel, target };
const struct channel channel_zalo = { "zalo", start, cancel, target };
const struct channel channel_ntfy = { "ntfy", start, cancel, target };
