/* SPDX-License-Identifier: Apache-2.0 */
/* channel: one way out to people. A family; only notify and the channels see this. */
#ifndef MATSANG_GATEWAY_CHANNEL_H
#define MATSANG_GATEWAY_CHANNEL_H

#include "gateway/notify.h"
#include "gateway/post.h"

enum { CHANNEL_NOTE = 128, CHANNEL_TARGET = 160 };

/* What channels work with; all borrowed. */
struct channel_tools {
	struct loop *loop;
	struct post *post;
	int64_t exec_ms; /* a program that runs longer is killed */
};

/* One message to one route; borrowed for the call of start only. */
struct letter {
	const char *key;  /* the same at every try */
	const char *to;   /* of a person: address, number, chat or topic; of a machine its id */
	const char *code; /* to take the job with; "" none */
	enum tell what;
	const struct incident *incident;
	const struct roster *roster;
	const struct message *message;
	const char *page_url;
	wall_t now;
};

/* How a try ended. */
enum channel_end {
	CHANNEL_FAILED, /* the service did not do it: perhaps later */
	CHANNEL_DELIVERED,
	CHANNEL_REFUSED, /* the service works, but not for this receiver: no chat, mailbox, number
			    of that name */
};

/* One try is over; the handle is gone. note says how, without secrets; borrowed for the call. */
typedef void channel_done_fn(void *self, enum channel_end end, const char *note);

/*
 * gammu-smsd's folders. A message counts as delivered once it stands in sent; with sent "" as soon
 * as it stands in outbox. When it fails to get there within limit_ms it is taken back: gammu-smsd
 * tries for ever, and everything behind it waits. All are borrowed until the end of a try.
 */
struct sms_service {
	const char *outbox, *sent, *error;
	int64_t limit_ms;
};

/* The bot; letter.to is a chat. Nothing that is said or logged has the token in it. */
struct zalo_service {
	const char *url, *token; /* https://bot-api.zaloplatforms.com */
};

/* letter.to is a topic. */
struct ntfy_service {
	const char *url, *token; /* of the server, not of a topic; token "": none */
};

struct channel {
	const char *name;
	/* Begin one try over route (a hook_route, mail_route, exec_route, sms_service,
	 * zalo_service or ntfy_service, borrowed until the end). done is called once, from the
	 * loop, never from here. Returns a handle for cancel; NULL and a note when it could not
	 * even begin (then done is not called). */
	void *(*start)(const struct channel_tools *tools, const void *route, const struct letter *l,
		       channel_done_fn *done, void *self, char note[static CHANNEL_NOTE]);
	/* Stop it, because the program ends; done is not called. What was begun may still arrive,
	 * and the next try with the same key finds it. */
	void (*cancel)(void *handle);
	/* Stop it for good, because another way has its turn: nothing of it may arrive later. done
	 * is not called. True: too late, it was delivered. NULL: cancel does it. */
	bool (*withdraw)(void *handle);
	/* Where it goes, fit for a log: no user, password, path, query or argument. */
	void (*target)(char text[static CHANNEL_TARGET], const void *route);
};

extern const struct channel channel_hook, channel_mail, channel_exec, channel_sms, channel_zalo,
	channel_ntfy;

/* The hook's JSON, also what programs read. malloc'd, or NULL when out of memory. */
char *hook_draw(const struct letter *l);

/* A whole mail (RFC 5322, CRLF). malloc'd; NULL with errno EINVAL when an address is not one. A
 * mail to a person (the route names nobody) may be answered. */
char *mail_draw(const struct letter *l, const struct mail_route *r);

/* What Zalo and ntfy are sent; the caller deletes it. */
struct cJSON *zalo_draw(const struct letter *l);
struct cJSON *ntfy_draw(const struct letter *l);

/* One part of GSM 7-bit (160 of its characters; {}[]~^\| take two of them), and not empty? */
bool sms_fits(const char *text);

/* To know something again by name. */
uint64_t channel_hash(const char *text);

/* The letter's key and when its incident began: a new ledger counts from 1 again, and what it says
 * for the first time must not look like what an old one said. */
enum { CHANNEL_KEY = 96 };
void channel_key(char out[static CHANNEL_KEY], const struct letter *l);

/* Where the job is taken with one tap; "" when the letter asks nobody to go. */
enum { CHANNEL_LINK = 560 };
void channel_link(char out[static CHANNEL_LINK], const struct letter *l);

/* "smtp://host:port" of a URL; "?" when it is none. */
void channel_target_url(char text[static CHANNEL_TARGET], const char *url);

/* On this machine or in a network of our own, as far as the URL says: reached without a line to the
 * outside. */
bool channel_is_near(const char *url);

struct notify_limits {
	struct post_options post;
	int64_t exec_ms; /* a program that runs longer is killed */
	int64_t way_ms;  /* after this the next way has its turn, whatever this one does */
	int64_t mute_ms; /* nothing was delivered to anybody for so long */
	unsigned quick;  /* waits between tries are shorter by this factor; 1 */
};

/* notify_new with other limits than the usual ones. */
struct notify *notify_new_limits(struct loop *l, struct store *s, const struct notify_options *o,
				 const struct notify_limits *limits);

#endif
