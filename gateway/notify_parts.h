/* SPDX-License-Identifier: Apache-2.0 */
/* notify_parts: what the files of notify share among themselves, and nobody else. */
#ifndef MATSANG_GATEWAY_NOTIFY_PARTS_H
#define MATSANG_GATEWAY_NOTIFY_PARTS_H

#include "gateway/breaker.h"
#include "gateway/channel.h"
#include "gateway/notify.h"

/* One way out: a server, a program, a modem. */
struct route {
	const struct channel *channel;
	const void *config;
	char name[16], target[CHANNEL_TARGET];
	bool outside; /* needs our line */
	struct breaker breaker;
	struct notify_counters counters;
};

/* Somebody or something that is told. What goes there is in order: one delivery at a time, and no
 * other until it was delivered or all its ways failed. */
struct party {
	struct notify *notify;
	const struct receiver *who;
	struct {
		struct route *route;
		const char *to;
	} way[PERSON_WAYS];
	unsigned n_ways;

	struct delivery delivery;  /* on its way, or whose receipt is not written yet; id 0: none */
	void *handle;              /* of the try under way, or NULL */
	mono_t began;              /* the first try on this way */
	unsigned tries;            /* on this way */
	mono_t again;              /* when to try again in this round */
	char passed[CHANNEL_NOTE]; /* which ways of this round were passed over, and why */
	int64_t sms_today;         /* -1: ask the store */
	struct {
		bool waiting; /* could not be stored yet */
		bool delivered, round_over, first_round;
		wall_t at;
		const char *via;
		struct retry next;
		char note[CHANNEL_NOTE];
	} receipt;
};

struct notify {
	struct store *store;
	const struct notify_options *options;
	struct notify_limits limits;
	struct channel_tools tools;
	struct loop_alarm *alarm;
	struct route *routes; /* one a machine, then the services */
	const char **names;
	size_t n_routes;
	struct party *parties; /* one a receiver */
	size_t n_parties;
	struct waiting *rows; /* everything unsent, as it is at one kick; id 0: seen to */
	size_t n_rows, size_rows;
	struct zalo_service zalo;
	struct ntfy_service ntfy;
	struct sms_service sms;
	bool offline;
	bool busy, kicked; /* sending; and told meanwhile to look again */
	struct {
		bool on;
		mono_t since; /* that something waits and nothing is delivered; MONO_NEVER: not so
			       */
		notify_mute_fn *fn;
		void *self;
	} mute;
	struct {
		notify_result_fn *fn;
		void *self;
	} result;
};

/* ---- notify_set.c: everybody who is told, and the ways to them; false with errno ---- */
bool notify_set_up(struct notify *n, const struct notify_options *o);

#endif
