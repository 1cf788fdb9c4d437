/* SPDX-License-Identifier: Apache-2.0 */
/* notify: takes due deliveries from the outbox and sends each over its receiver's ways, one after
 * the other, until one has taken it. */
#ifndef MATSANG_GATEWAY_NOTIFY_H
#define MATSANG_GATEWAY_NOTIFY_H

#include "gateway/budget.h"
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

/* How a person is reached, best way first. */
struct person_way {
	const char *via; /* "zalo", "sms", "mail" or "ntfy" */
	const char *to;  /* chat, number, address or topic */
};
enum { PERSON_WAYS = 4 };
struct person_ways {
	const struct person_way *ways; /* 1..PERSON_WAYS */
	size_t n_ways;
};

/*
 * The receivers of roster are, in this order: hooks, mails, execs, people.
 *
 * What people's ways go over is told by url or outbox; a way over what is not set up ("") fails.
 * mail names nobody (to): each mail goes to the address of the way.
 */
struct notify_options {
	const struct roster *roster;
	const char *page_url;
	const struct hook_route *hooks;
	size_t n_hooks;
	const struct mail_route *mails;
	size_t n_mails;
	const struct exec_route *execs;
	size_t n_execs;
	const struct person_ways *people;
	size_t n_people;
	const char *zalo_url, *zalo_token;
	const char *ntfy_url, *ntfy_token;
	const char *sms_outbox, *sms_sent, *sms_error; /* gammu-smsd's folders; sent may be "" */
	struct budget sms;                             /* a person and day */
	struct mail_route mail;
};

struct notify;

/* Borrows store and options. NULL with errno. */
struct notify *notify_new(struct loop *l, struct store *s, const struct notify_options *o);
void notify_free(struct notify *n);

/*
 * Tell the owner how a delivery went, after its receipt was stored: that it was delivered; or,
 * once, that all ways of the receiver failed or had to be passed over, one after the other (it
 * will be tried again all the same). d is borrowed for the call, which may kick.
 */
typedef void notify_result_fn(void *self, const struct delivery *d, bool delivered);
void notify_on_result(struct notify *n, notify_result_fn *fn, void *self);

/*
 * For ten minutes something has waited that reached none of those it was for, and nothing else was
 * delivered to anybody on any way: true when that begins, false when something is delivered again.
 * (One person who cannot be reached while others are is no such thing.) The call may kick.
 */
typedef void notify_mute_fn(void *self, bool mute);
void notify_on_mute(struct notify *n, notify_mute_fn *fn, void *self);
bool notify_mute(const struct notify *n);

/* Our own line to the outside is gone, or back: what needs it is passed over meanwhile. */
void notify_offline(struct notify *n, bool offline);

/* New rows may be in the outbox: send what is due now, and again whenever something falls due. */
void notify_kick(struct notify *n);

/* ---- for people: the ways out, each a service of its own: "hook0", "mail0", "exec0", then those
 * that people's ways go over, "zalo", "sms", "mail", "ntfy" ---- */
const char *const *notify_routes(const struct notify *n, size_t *count);

/* Why a way was passed over. */
enum notify_skip {
	SKIP_NOT,
	SKIP_BREAKER, /* it failed again and again, and is left alone for a while */
	SKIP_OFFLINE, /* it needs our line to the outside, which is gone */
	SKIP_BUDGET,  /* the person has had the day's SMS */
	SKIPS
};
const char *notify_skip_str(enum notify_skip s);

struct notify_counters {
	uint64_t sent, failed, given_up; /* given up: it was the last to be tried */
	uint64_t skipped[SKIPS];
	bool open; /* its breaker: it is left alone just now */
};
struct notify_counters notify_counters(const struct notify *n, size_t route);

#endif
