/* SPDX-License-Identifier: Apache-2.0 */
/* channel_zalo: a message from the commune's bot to one chat, over Zalo's Bot API.
 *
 * Zalo knows no key that would make a second try the same message: when an answer is lost it may be
 * read twice. */
#include "gateway/channel.h"

#include "gateway/post_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZALO_CHARACTERS = 2000 };

struct zalo_try {
	struct post_json *asked;
	char *token; /* to know it again in what the other side says */
	channel_done_fn *done;
	void *self;
};

static void zalo_free(struct zalo_try *t)
{
	free(t->token);
	free(t);
}

/* It answers, as its manual says, and will have nothing to do with this chat. */
static bool is_of_the_chat(const cJSON *answer)
{
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "error_code");
	const int n = cJSON_IsNumber(code) ? code->valueint : 0;

	return cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(answer, "ok")) &&
	       (n == 400 || n == 403 || n == 404);
}

/* A refusal's own words, which are a stranger's: not with the token in them. */
static void say_refusal(char note[static CHANNEL_NOTE], const cJSON *answer, const char *token)
{
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "error_code");
	const char *words =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "description"));

	if (!words || strstr(words, token))
		words = "refused";
	if (cJSON_IsNumber(code))
		snprintf(note, CHANNEL_NOTE, "%d: %.100s", code->valueint, words);
	else
		snprintf(note, CHANNEL_NOTE, "%.100s", words);
}

static void on_done(void *self, const cJSON *answer, long status, const char *words)
{
	struct zalo_try *t = self;
	const struct zalo_try was = *t;
	const cJSON *ok = cJSON_GetObjectItemCaseSensitive(answer, "ok");
	const bool delivered = status == 200 && cJSON_IsTrue(ok);
	const enum channel_end end = delivered                ? CHANNEL_DELIVERED
				     : is_of_the_chat(answer) ? CHANNEL_REFUSED
							      : CHANNEL_FAILED;
	char note[CHANNEL_NOTE];

	if (cJSON_IsFalse(ok))
		say_refusal(note, answer, t->token);
	else
		snprintf(note, sizeof note, "%s%s", words,
			 answer && !delivered ? ", malformed answer" : "");
	zalo_free(t);
	was.done(was.self, end, note);
}

/* How many bytes of text are n characters as Zalo counts them (in UTF-16) or fewer; whole ones. */
static size_t cut(const char *text, size_t n)
{
	size_t at = 0;

	while (text[at]) {
		const unsigned char c = (unsigned char)text[at];
		const size_t units = c >= 0xf0 ? 2 : 1;
		size_t len = 1;

		while (((unsigned char)text[at + len] & 0xc0) == 0x80)
			len++;
		if (units > n)
			break;
		n -= units;
		at += len;
	}
	return at;
}

cJSON *zalo_draw(const struct letter *l)
{
	char text[sizeof(struct message) + CHANNEL_LINK], link[CHANNEL_LINK];
	cJSON *o = cJSON_CreateObject();

	channel_link(link, l);
	if (link[0] && channel_is_near(link)) /* a telephone elsewhere cannot open it */
		link[0] = '\0';
	snprintf(text, sizeof text, "%s\n%s%s%s", l->message->subject, l->message->text,
		 link[0] ? "\n" : "", link);
	text[cut(text, ZALO_CHARACTERS)] = '\0';
	cJSON_AddStringToObject(o, "chat_id", l->to);
	cJSON_AddStringToObject(o, "text", text);
	return o;
}

/* The token is a part of the path. */
static char *address(const struct zalo_service *s)
{
	char *url;

	return asprintf(&url, "%s/bot%s/sendMessage", s->url, s->token) < 0 ? NULL : url;
}

static void *zalo_start(const struct channel_tools *tools, const void *route,
			const struct letter *l, channel_done_fn *done, void *self,
			char note[static CHANNEL_NOTE])
{
	const struct zalo_service *s = route;
	struct zalo_try *t = calloc(1, sizeof *t);
	char *url = address(s);

	if (t && url) {
		*t = (struct zalo_try){ .token = strdup(s->token), .done = done, .self = self };
		if (t->token)
			t->asked = post_json_start(tools->post, url, "", zalo_draw(l),
						   POST_JSON_ANSWER, on_done, t);
	}
	free(url);
	if (t && t->asked)
		return t;
	if (t)
		zalo_free(t);
	snprintf(note, CHANNEL_NOTE, "%s", strerror(ENOMEM));
	return NULL;
}

static void zalo_cancel(void *handle)
{
	struct zalo_try *t = handle;

	post_json_cancel(t->asked);
	zalo_free(t);
}

static void zalo_target(char text[static CHANNEL_TARGET], const void *route)
{
	channel_target_url(text, ((const struct zalo_service *)route)->url);
}

const struct channel channel_zalo = {
	.name = "zalo",
	.start = zalo_start,
	.cancel = zalo_cancel,
	.target = zalo_target,
};
