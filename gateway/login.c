/* SPDX-License-Identifier: Apache-2.0 */
/* login: who may look. */
#include "gateway/login.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const answer_names[] = {
	[LOGIN_OK] = "ok",
	[LOGIN_WRONG] = "wrong",
	[LOGIN_WAIT] = "wait",
};
static_assert(COUNT(answer_names) == LOGIN_ANSWERS, "name every answer");

const char *login_answer_str(enum login_answer a)
{
	size_t i = (size_t)a;

	return i < COUNT(answer_names) ? answer_names[i] : "?";
}

void login_init(struct login *l, const struct login_user *users, size_t n)
{
	*l = (struct login){ .users = users, .n_users = n };
	for (size_t i = 0; i < LOGIN_BURST; i++)
		l->burst[i] = (mono_t){ INT64_MIN / 2 };
}

/* ---- failures: who must wait ---- */

static void try_hash(uint8_t hash[static 8], char kind, const char *text)
{
	crypto_generichash_state state;
	uint8_t full[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&state, NULL, 0, sizeof full);
	crypto_generichash_update(&state, (const uint8_t *)&kind, 1);
	crypto_generichash_update(&state, (const uint8_t *)text, strlen(text));
	crypto_generichash_final(&state, full, sizeof full);
	memcpy(hash, full, 8);
}

static struct login_try *try_find(struct login *l, const uint8_t hash[static 8], mono_t now)
{
	for (size_t i = 0; i < LOGIN_TRIES; i++) {
		struct login_try *t = &l->tries[i];

		if (t->failed == 0 || memcmp(t->hash, hash, 8) != 0)
			continue;
		if (mono_since(now, t->last) < LOGIN_FORGET_MS)
			return t;
		t->failed = 0;
	}
	return NULL;
}

static struct login_try *try_add(struct login *l, const uint8_t hash[static 8])
{
	struct login_try *oldest = &l->tries[0];

	for (size_t i = 0; i < LOGIN_TRIES && oldest->failed; i++)
		if (!l->tries[i].failed || l->tries[i].last.ms < oldest->last.ms)
			oldest = &l->tries[i];
	*oldest = (struct login_try){ 0 };
	memcpy(oldest->hash, hash, 8);
	return oldest;
}

/* 1 s after the first failure, then twice as long each time, up to most. */
static void try_failed(struct login *l, const uint8_t hash[static 8], int64_t most, mono_t now)
{
	struct login_try *t = try_find(l, hash, now);
	int64_t wait;

	if (!t)
		t = try_add(l, hash);
	wait = t->failed < 20 ? (int64_t)1000 << t->failed : most;
	t->failed++;
	t->last = now;
	t->until = mono_after(now, wait < most ? wait : most);
}

static int64_t try_wait(struct login *l, const uint8_t hash[static 8], mono_t now)
{
	const struct login_try *t = try_find(l, hash, now);

	return t && !mono_reached(now, t->until) ? mono_since(t->until, now) : 0;
}

/* ---- passwords ---- */

/* An unknown name costs as much time as a known one: its password is checked too, in vain. */
static bool password_ok(const struct login *l, const char *name, const char *password, size_t *user)
{
	size_t at = 0;
	bool known = false, right;

	for (size_t i = 0; i < l->n_users; i++)
		if (strcmp(l->users[i].name, name) == 0) {
			at = i;
			known = true;
		}
	if (l->n_users == 0)
		return false;
	right = crypto_pwhash_str_verify(l->users[at].password, password, strlen(password)) == 0;
	*user = at;
	return known && right;
}

static int64_t longest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

enum login_answer login_try(struct login *l, const char *name, const char *password,
			    const char *source, mono_t now, size_t *user, int64_t *wait_ms)
{
	uint8_t account[8], from[8];
	mono_t *slot = &l->burst[l->burst_at];
	enum login_answer answer = LOGIN_WRONG;
	size_t who = 0;

	try_hash(account, 'a', name);
	try_hash(from, 's', source);
	*wait_ms = longest(try_wait(l, account, now), try_wait(l, from, now));
	if (*wait_ms == 0 && mono_since(now, *slot) < LOGIN_BURST_MS)
		*wait_ms = LOGIN_BURST_MS - mono_since(now, *slot);
	if (*wait_ms > 0) {
		l->answered[LOGIN_WAIT]++;
		return LOGIN_WAIT;
	}
	*slot = now;
	l->burst_at = (l->burst_at + 1) % LOGIN_BURST;

	if (strlen(password) <= LOGIN_PASSWORD_MAX && password_ok(l, name, password, &who)) {
		struct login_try *t = try_find(l, account, now);

		/* The source keeps its failures: one right account buys no guesses at others. */
		if (t)
			t->failed = 0;
		*user = who;
		answer = LOGIN_OK;
	} else {
		try_failed(l, account, LOGIN_ACCOUNT_WAIT_MS, now);
		try_failed(l, from, LOGIN_SOURCE_WAIT_MS, now);
		*wait_ms = longest(try_wait(l, account, now), try_wait(l, from, now));
	}
	l->answered[answer]++;
	return answer;
}

/* ---- sessions ---- */

static bool id_read(uint8_t id[static LOGIN_ID_LEN], const char *text)
{
	size_t len;

	return strlen(text) == LOGIN_ID_TEXT - 1 &&
	       sodium_hex2bin(id, LOGIN_ID_LEN, text, LOGIN_ID_TEXT - 1, NULL, &len, NULL) == 0 &&
	       len == LOGIN_ID_LEN;
}

static void id_hash(uint8_t hash[static LOGIN_HASH_LEN], const uint8_t id[static LOGIN_ID_LEN])
{
	crypto_generichash(hash, LOGIN_HASH_LEN, id, LOGIN_ID_LEN, NULL, 0);
}

void login_begin(struct login *l, size_t user, const uint8_t id[static LOGIN_ID_LEN], mono_t now,
		 char text[static LOGIN_ID_TEXT])
{
	struct login_session *s = &l->session[0];

	for (size_t i = 0; i < LOGIN_SESSIONS && s->live; i++)
		if (!l->session[i].live || l->session[i].used.ms < s->used.ms)
			s = &l->session[i];
	*s = (struct login_session){ .user = user, .used = now, .live = true };
	id_hash(s->hash, id);
	sodium_bin2hex(text, LOGIN_ID_TEXT, id, LOGIN_ID_LEN);
}

static struct login_session *session_find(struct login *l, const char *text)
{
	uint8_t id[LOGIN_ID_LEN], hash[LOGIN_HASH_LEN];

	if (!id_read(id, text))
		return NULL;
	id_hash(hash, id);
	for (size_t i = 0; i < LOGIN_SESSIONS; i++)
		if (l->session[i].live &&
		    sodium_memcmp(l->session[i].hash, hash, LOGIN_HASH_LEN) == 0)
			return &l->session[i];
	return NULL;
}

const struct login_user *login_find(struct login *l, const char *text, mono_t now)
{
	struct login_session *s = session_find(l, text);

	if (!s)
		return NULL;
	if (mono_since(now, s->used) >= LOGIN_IDLE_MS) {
		*s = (struct login_session){ 0 };
		l->expired++;
		return NULL;
	}
	s->used = now;
	return &l->users[s->user];
}

void login_end(struct login *l, const char *text)
{
	struct login_session *s = session_find(l, text);

	if (s)
		*s = (struct login_session){ 0 };
}

void login_token_draw(char token[static LOGIN_ID_TEXT], const char *text)
{
	static const uint8_t purpose[crypto_generichash_KEYBYTES_MIN] = "matsang token";
	uint8_t hash[LOGIN_ID_LEN];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), purpose,
			   sizeof purpose);
	sodium_bin2hex(token, LOGIN_ID_TEXT, hash, sizeof hash);
}

bool login_token_ok(const char *text, const char *token)
{
	char right[LOGIN_ID_TEXT];

	login_token_draw(right, text);
	return strlen(token) == LOGIN_ID_TEXT - 1 &&
	       sodium_memcmp(right, token, LOGIN_ID_TEXT - 1) == 0;
}
