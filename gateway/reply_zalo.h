/* SPDX-License-Identifier: Apache-2.0 */
/* reply_zalo: what people write to the commune's bot, asked for by long poll. */
#ifndef MATSANG_GATEWAY_REPLY_ZALO_H
#define MATSANG_GATEWAY_REPLY_ZALO_H

#include "gateway/reply.h"
#include "mesh/loop.h"

struct reply_zalo_options {
	const char *url, *token; /* https://bot-api.zaloplatforms.com; no secret is ever logged */
	int64_t poll_s;          /* how long Zalo is asked to wait for something to come */
	int64_t gap_ms;          /* from one question to the next at least */
	int64_t min_ms, max_ms;  /* to wait after a failure, the first time and at most */
	bool proxy;
};
/* Without url and token: 30 s, 1 s, 2 s, 5 min, no proxy. */
extern const struct reply_zalo_options reply_zalo_defaults;

struct reply_zalo;

/*
 * Ask for ever; what is written comes to took with the chat's id, which a log line names, too: so a
 * new chat is known to whoever pairs it. Zalo keeps nothing for a second asking, so nobody else may
 * poll the same bot, and no web hook be set for it. Borrows the strings. NULL with errno.
 */
struct reply_zalo *reply_zalo_new(struct loop *l, const struct reply_zalo_options *o,
				  reply_fn *took, void *self);
void reply_zalo_free(struct reply_zalo *r);

struct reply_zalo_counters {
	uint64_t polls, took, failed;
	unsigned failed_in_a_row; /* 0: Zalo answers */
};
struct reply_zalo_counters reply_zalo_counters(const struct reply_zalo *r);

#endif
