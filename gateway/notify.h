/* SPDX-License-Identifier: Apache-2.0 */
/* notify: takes due deliveries from the outbox and sends them over their channel, one try at a
 * time. */
#ifndef MATSANG_GATEWAY_NOTIFY_H
#define MATSANG_GATEWAY_NOTIFY_H

#include "gateway/compose.h"
#include "gateway/roster.h"
#include "gateway/store.h"
#include "mesh/loop.h"

/* Where one kind of message goes. Strings are borrowed for the life of notify. */
struct hook_route {
	const char *url,
		*secret; /* secret "": unsigned; else HMAC-SHA256 hex in X-Matsang-Signature */
};
struct mail_route {
	const char *server, *from, *user, *password; /* smtp://host:port or smtps:// */
	const char *const *to;
	size_t n_to;
};
struct exec_route {
	const char *const *command;
	size_t n_command;
};

struct notify_options {
	const struct roster *roster;
	enum language language;
	const char *page_url;
	const struct hook_route *hooks;
	size_t n_hooks;
	const struct mail_route *mails;
	size_t n_mails;
	const struct exec_route *execs;
	size_t n_execs;
};

struct notify;

/* Borrows store and options. NULL with errno. */
struct notify *notify_new(struct loop *l, struct store *s, const struct notify_options *o);
void notify_free(struct notify *n);

/* Names of all routes ("hook0", "mail0", "exec0", ...), for store_commit. */
const char *const *notify_routes(const struct notify *n, size_t *count);

/* New rows may be in the outbox: send what is due now, and again whenever something falls due. */
void notify_kick(struct notify *n);

struct notify_counters {
	uint64_t sent, failed, given_up;
};
struct notify_counters notify_counters(const struct notify *n, size_t route);

#endif
