/* SPDX-License-Identifier: Apache-2.0 */
/* login: who may look: passwords, sessions, and patience with those who guess. No I/O, no clock. */
#ifndef MATSANG_GATEWAY_LOGIN_H
#define MATSANG_GATEWAY_LOGIN_H

#include "mesh/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOGIN_SESSIONS = 64, /* when full, the one idle for longest makes room */
	LOGIN_TRIES = 256,   /* accounts and sources with failures; the oldest makes room */
	LOGIN_ID_LEN = 16,   /* bytes of a session id, random */
	LOGIN_ID_TEXT = 33,  /* the same in hex, with NUL */
	LOGIN_HASH_LEN = 32,
	LOGIN_IDLE_MS = 30 * 60000,    /* a session ends this long after its last use */
	LOGIN_FORGET_MS = 15 * 60000,  /* failures are forgotten after this long without one */
	LOGIN_SOURCE_WAIT_MS = 300000, /* most that one source waits */
	LOGIN_ACCOUNT_WAIT_MS = 8000,  /* most that one account waits: nobody locks another out */
	LOGIN_BURST = 4,               /* passwords checked within LOGIN_BURST_MS, from anywhere: */
	LOGIN_BURST_MS = 2000, /* each costs some 64 MiB and a tenth of a second of the loop */
	LOGIN_PASSWORD_MAX = 256,
};

struct login_user {
	const char *name, *password; /* argon2id string */
};

enum login_answer {
	LOGIN_OK,
	LOGIN_WRONG, /* name or password; which of them is not said */
	LOGIN_WAIT,  /* not looked at: too soon after failures, or too many at once */
	LOGIN_ANSWERS
};
const char *login_answer_str(enum login_answer a);

struct login_session {
	uint8_t hash[LOGIN_HASH_LEN]; /* of the id: memory that leaks gives no session away */
	size_t user;
	mono_t used;
	bool live;
};

struct login_try {
	uint8_t hash[8]; /* of what failed: "a" and account, or "s" and source */
	unsigned failed;
	mono_t last, until;
};

struct login {
	const struct login_user *users;
	size_t n_users;
	struct login_session session[LOGIN_SESSIONS];
	struct login_try tries[LOGIN_TRIES];
	mono_t burst[LOGIN_BURST]; /* when the last passwords were checked */
	size_t burst_at;
	uint64_t answered[LOGIN_ANSWERS];
	uint64_t expired;
};

/* users are borrowed. */
void login_init(struct login *l, const struct login_user *users, size_t n);

/*
 * Check a name and a password that came from source (an address in text). Takes a tenth of a second
 * unless the answer is LOGIN_WAIT. *user is set on LOGIN_OK; *wait_ms (always) says how long to
 * wait before the next try.
 */
enum login_answer login_try(struct login *l, const char *name, const char *password,
			    const char *source, mono_t now, size_t *user, int64_t *wait_ms);

/* Begin a session with an id from the caller's random source; writes the text for the cookie. */
void login_begin(struct login *l, size_t user, const uint8_t id[static LOGIN_ID_LEN], mono_t now,
		 char text[static LOGIN_ID_TEXT]);

/* The user of this cookie (its use is noted), or NULL when there is no such session any more. */
const struct login_user *login_find(struct login *l, const char *text, mono_t now);

/* End it. Nothing happens when there is none. */
void login_end(struct login *l, const char *text);

/* The token that a page must send with each change; made from the session's id, so nothing is kept.
 */
void login_token_draw(char token[static LOGIN_ID_TEXT], const char *text);
bool login_token_ok(const char *text, const char *token);

#endif
