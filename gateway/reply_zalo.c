/* SPDX-License-Identifier: Apache-2.0 */
/* reply_zalo: what people write to the commune's bot, asked for by long poll. */
#include "gateway/reply_zalo.h"

#include "gateway/channel.h"
#include "gateway/post_json.h"
#include "mesh/backoff.h"
#include "mesh/log.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message has at most 2000 characters, each perhaps as \uXXXX. */
enum { ANSWER = 32 * 1024, NOTHING_NEW = 408, NOTE = 128 };

const struct reply_zalo_options reply_zalo_defaults = {
	.poll_s = 30, .gap_ms = 1000, .min_ms = 2000, .max_ms = 300000
};

struct reply_zalo {
	struct reply_zalo_options options;
	char *url; /* with the token */
	struct post *post;
	struct post_json *asked;
	struct loop_alarm *alarm;
	mono_t began;
	struct backoff backoff;
	struct reply_zalo_counters counters;
	char failure[NOTE]; /* the last one said in the log */
	reply_fn *took;
	void *self;
};

/* ---- one answer ---- */

static const char *text_at(const cJSON *o, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
}

/* {"event_name":"message.text.received","message":{"chat":{"id","chat_type"},"from":{"id",
 * "display_name"},"text",...}}; pictures and stickers come without a text. */
static void take(struct reply_zalo *r, const cJSON *update)
{
	const cJSON *message = cJSON_GetObjectItemCaseSensitive(update, "message");
	const cJSON *from = cJSON_GetObjectItemCaseSensitive(message, "from");
	const char *chat = text_at(cJSON_GetObjectItemCaseSensitive(message, "chat"), "id");
	const char *name = text_at(from, "display_name"), *text = text_at(message, "text");

	if (!chat || !chat[0])
		return;
	log_info("zalo: chat %.64s (\"%.64s\") wrote", chat, name ? name : "");
	r->counters.took++;
	if (text)
		r->took(r->self, "zalo", chat, text);
}

/* One update; should there be a list one day, each of it. */
static void take_all(struct reply_zalo *r, const cJSON *result)
{
	const cJSON *update;

	if (!cJSON_IsArray(result)) {
		take(r, result);
		return;
	}
	cJSON_ArrayForEach(update, result) take(r, update);
}

static bool nothing_new(const cJSON *answer, long status)
{
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "error_code");

	return cJSON_IsNumber(code) ? code->valueint == NOTHING_NEW : status == NOTHING_NEW;
}

/* ---- asking ---- */

static void failed(struct reply_zalo *r, mono_t now, const char *why)
{
	r->counters.failed++;
	r->counters.failed_in_a_row++;
	if (strcmp(why, r->failure) != 0)
		log_warn("zalo: no replies: %s; trying again", why);
	snprintf(r->failure, sizeof r->failure, "%s", why);
	loop_alarm_set(r->alarm, mono_after(now, backoff_failed(&r->backoff)));
}

static void went_well(struct reply_zalo *r)
{
	if (r->failure[0])
		log_info("zalo: replies are heard again");
	r->failure[0] = '\0';
	r->counters.failed_in_a_row = 0;
	backoff_settled(&r->backoff);
	loop_alarm_set(r->alarm, mono_after(r->began, r->options.gap_ms));
}

/* A refusal's own words, unless they would give the token away. */
static void say_refusal(const struct reply_zalo *r, char why[static NOTE], const cJSON *answer,
			long status)
{
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "error_code");
	const char *words = text_at(answer, "description");

	if (!words || strstr(words, r->options.token))
		words = "refused";
	snprintf(why, NOTE, "%d: %.100s", cJSON_IsNumber(code) ? code->valueint : (int)status,
		 words);
}

static void on_done(void *self, const cJSON *answer, long status, const char *note)
{
	struct reply_zalo *r = self;
	const cJSON *ok = cJSON_GetObjectItemCaseSensitive(answer, "ok");
	const mono_t now = clock_mono();
	char why[NOTE];

	r->asked = NULL;
	if (status == 200 && cJSON_IsTrue(ok)) {
		went_well(r);
		take_all(r, cJSON_GetObjectItemCaseSensitive(answer, "result"));
	} else if (nothing_new(answer, status)) {
		went_well(r);
	} else if (cJSON_IsFalse(ok)) {
		say_refusal(r, why, answer, status);
		failed(r, now, why);
	} else {
		failed(r, now, note);
	}
}

static void on_alarm(void *self, mono_t now)
{
	struct reply_zalo *r = self;
	cJSON *body = cJSON_CreateObject();
	char seconds[16];

	/* The table of parameters says it is a string. */
	snprintf(seconds, sizeof seconds, "%lld", (long long)r->options.poll_s);
	cJSON_AddStringToObject(body, "timeout", seconds);
	r->began = now;
	r->counters.polls++;
	r->asked = post_json_start(r->post, r->url, "", body, ANSWER, on_done, r);
	if (!r->asked)
		failed(r, now, strerror(errno));
}

struct reply_zalo *reply_zalo_new(struct loop *l, const struct reply_zalo_options *o,
				  reply_fn *took, void *self)
{
	const struct post_options limits = { .connect_ms = post_defaults.connect_ms,
					     .total_ms = (o->poll_s + 10) * 1000,
					     .proxy = o->proxy };
	struct reply_zalo *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	*r = (struct reply_zalo){ .options = *o, .took = took, .self = self };
	if (asprintf(&r->url, "%s/bot%s/getUpdates", o->url, o->token) < 0)
		r->url = NULL;
	backoff_init(&r->backoff, o->min_ms, o->max_ms, 1, channel_hash(o->token));
	r->post = post_new(l, &limits);
	r->alarm = loop_alarm_new(l, on_alarm, r);
	if (!r->url || !r->post || !r->alarm) {
		reply_zalo_free(r);
		errno = ENOMEM;
		return NULL;
	}
	loop_alarm_set(r->alarm, clock_mono());
	return r;
}

void reply_zalo_free(struct reply_zalo *r)
{
	if (!r)
		return;
	if (r->asked)
		post_json_cancel(r->asked);
	loop_alarm_free(r->alarm);
	post_free(r->post);
	free(r->url);
	free(r);
}

struct reply_zalo_counters reply_zalo_counters(const struct reply_zalo *r)
{
	return r->counters;
}
