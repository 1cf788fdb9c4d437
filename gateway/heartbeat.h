/* SPDX-License-Identifier: Apache-2.0 */
/* heartbeat: fetches a URL each minute, so that somebody outside learns when it stops. */
#ifndef MATSANG_GATEWAY_HEARTBEAT_H
#define MATSANG_GATEWAY_HEARTBEAT_H

#include "gateway/post.h"

enum { HEARTBEAT_MS = 60 * 1000 };

struct heartbeat;

/* The first goes out when the loop runs, then one every every_ms. Borrows loop and url, which is a
 * secret and not logged. NULL with errno. */
struct heartbeat *heartbeat_new(struct loop *l, const char *url, int64_t every_ms,
				const struct post_options *o);
/* Only while this says so: that we run is no use to anybody when nothing can be kept or told. */
typedef bool heartbeat_well_fn(void *self);
void heartbeat_while(struct heartbeat *h, heartbeat_well_fn *well, void *self);
void heartbeat_free(struct heartbeat *h);

struct heartbeat_counters {
	uint64_t sent, failed;
	bool failing; /* the last one did not arrive */
};
struct heartbeat_counters heartbeat_counters(const struct heartbeat *h);

#endif
