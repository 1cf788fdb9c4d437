/* SPDX-License-Identifier: Apache-2.0 */
/* route_try: one letter over one channel, or whoever answers; for live tests of the routes alone.
 *
 *	route_try send JSON	one try; prints {"delivered", "note", "target"}, ends with 0 or 1
 *	route_try hear JSON	prints {"via", "from", "text", "code" or "refused"} for each until
 *SIGTERM
 *
 * JSON has "via" (sms, zalo, ntfy or mail) and what the route of that name wants to know. */
#include "gateway/channel.h"
#include "gateway/reply_sms.h"
#include "gateway/reply_zalo.h"
#include "mesh/log.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MS = 60000 };

static struct loop *loop;
static cJSON *asked;
static bool over, delivered;

static const char *text_of(const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(asked, key));

	return text ? text : "";
}

static int64_t number_of(const char *key, int64_t otherwise)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(asked, key);

	return cJSON_IsNumber(n) ? (int64_t)n->valuedouble : otherwise;
}

static void print(cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);

	puts(text);
	fflush(stdout);
	free(text);
	cJSON_Delete(o);
}

/* ---- sending ---- */

static union {
	struct sms_service sms;
	struct zalo_service zalo;
	struct ntfy_service ntfy;
	struct mail_route mail;
} service;

static const struct channel *choose(void)
{
	static const char *to[1];

	to[0] = text_of("to");
	if (strcmp(text_of("via"), "sms") == 0) {
		service.sms =
			(struct sms_service){ text_of("outbox"), text_of("sent"), text_of("error"),
					      number_of("limit_ms", LIMIT_MS) };
		return &channel_sms;
	}
	if (strcmp(text_of("via"), "zalo") == 0) {
		service.zalo = (struct zalo_service){ text_of("url"), text_of("token") };
		return &channel_zalo;
	}
	if (strcmp(text_of("via"), "ntfy") == 0) {
		service.ntfy = (struct ntfy_service){ text_of("url"), text_of("token") };
		return &channel_ntfy;
	}
	service.mail = (struct mail_route){ .server = text_of("server"),
					    .from = text_of("from"),
					    .user = text_of("user"),
					    .password = text_of("password"),
					    .to = to,
					    .n_to = 1 };
	return &channel_mail;
}

static void say(const struct channel *c, bool arrived, const char *note)
{
	char target[CHANNEL_TARGET];
	cJSON *o = cJSON_CreateObject();

	c->target(target, &service);
	cJSON_AddBoolToObject(o, "delivered", arrived);
	cJSON_AddStringToObject(o, "note", note);
	cJSON_AddStringToObject(o, "target", target);
	print(o);
	delivered = arrived;
	over = true;
}

static void on_done(void *self, enum channel_end end, const char *note)
{
	say(self, end == CHANNEL_DELIVERED, note);
	loop_end(loop);
}

static int send_one(void)
{
	static const struct roster roster = { .commune = "Thiện Tân" };
	static const struct incident incident = { .id = 42, .from = { INT64_C(1778762520000) } };
	static struct message message;
	const struct post_options limits = {
		.connect_ms = 5000, .total_ms = number_of("total_ms", post_defaults.total_ms)
	};
	const struct channel_tools tools = { .loop = loop, .post = post_new(loop, &limits) };
	const struct channel *c = choose();
	const struct letter l = { .key = text_of("key"),
				  .to = text_of("to"),
				  .code = text_of("code"),
				  .what = TELL_FIRING,
				  .incident = &incident,
				  .roster = &roster,
				  .message = &message,
				  .page_url = text_of("page"),
				  .now = clock_wall() };
	char note[CHANNEL_NOTE];
	void *handle;

	snprintf(message.subject, sizeof message.subject, "%s", text_of("subject"));
	snprintf(message.text, sizeof message.text, "%s", text_of("text"));
	snprintf(message.sms, sizeof message.sms, "%s", text_of("sms"));
	handle = c->start(&tools, &service, &l, on_done, (void *)(uintptr_t)c, note);
	if (handle)
		loop_run(loop);
	else
		say(c, false, note);
	if (!over)
		c->cancel(handle);
	post_free(tools.post);
	return delivered ? 0 : 1;
}

/* ---- hearing ---- */

static bool on_reply(void *self, const char *via, const char *from, const char *text)
{
	char code[NOTICE_CODE];
	const enum reply_err err = reply_read(code, text);
	cJSON *o = cJSON_CreateObject();

	(void)self;
	cJSON_AddStringToObject(o, "via", via);
	cJSON_AddStringToObject(o, "from", from);
	cJSON_AddStringToObject(o, "text", text);
	cJSON_AddStringToObject(o, err ? "refused" : "code", err ? reply_err_str(err) : code);
	print(o);
	return true;
}

static int hear(void)
{
	struct reply_zalo_options o = reply_zalo_defaults;
	struct reply_zalo *zalo = NULL;
	struct reply_sms *sms = NULL;

	o.url = text_of("url");
	o.token = text_of("token");
	o.poll_s = number_of("poll_s", o.poll_s);
	o.gap_ms = number_of("gap_ms", o.gap_ms);
	o.min_ms = number_of("min_ms", o.min_ms);
	if (strcmp(text_of("via"), "sms") == 0)
		sms = reply_sms_new(loop, text_of("inbox"), on_reply, NULL);
	else
		zalo = reply_zalo_new(loop, &o, on_reply, NULL);
	if (!sms && !zalo)
		return 1;
	loop_run(loop);
	reply_sms_free(sms);
	reply_zalo_free(zalo);
	return 0;
}

int main(int argc, char **argv)
{
	int code;

	asked = argc == 3 ? cJSON_Parse(argv[2]) : NULL;
	if (!asked) {
		fprintf(stderr, "usage: route_try send|hear JSON\n");
		return 2;
	}
	log_open("route_try");
	loop = loop_new();
	if (!loop)
		return 1;
	code = strcmp(argv[1], "send") == 0 ? send_one() : hear();
	loop_free(loop);
	cJSON_Delete(asked);
	return code;
}
