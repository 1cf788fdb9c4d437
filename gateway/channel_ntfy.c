/* SPDX-License-Identifier: Apache-2.0 */
/* channel_ntfy: a notification on a phone, through an ntfy server; a button takes the job.
 *
 * ntfy knows no key that would make a second try the same message: when an answer is lost the phone
 * may show it twice. */
#include "gateway/channel.h"

#include "gateway/post_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ntfy_try {
	struct post_json *asked;
	channel_done_fn *done;
	void *self;
};

static void on_done(void *self, const cJSON *answer, long status, const char *words)
{
	struct ntfy_try *t = self;
	const struct ntfy_try was = *t;
	const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "id"));
	const char *event = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "event"));
	const char *error = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "error"));
	const bool delivered =
		status == 200 && id && id[0] && event && strcmp(event, "message") == 0;
	char note[CHANNEL_NOTE];

	if (error)
		snprintf(note, sizeof note, "HTTP %ld, %.100s", status, error);
	else
		snprintf(note, sizeof note, "%s%s", words,
			 answer && !delivered ? ", malformed answer" : "");
	free(t);
	was.done(was.self,
		 delivered                                         ? CHANNEL_DELIVERED
		 : status == 400 || status == 403 || status == 404 ? CHANNEL_REFUSED
								   : CHANNEL_FAILED,
		 note);
}

/* As ntfy has them: 5 rings through, 3 is usual, 2 makes no sound; a tag it knows is a picture. */
static const struct {
	int priority;
	const char *tag;
} looks[] = {
	[TELL_FIRING] = { 4, "warning" },        [TELL_RESOLVED] = { 3, "white_check_mark" },
	[TELL_RESIDUE] = { 4, "warning" },       [TELL_UNSTABLE] = { 3, "warning" },
	[TELL_REMIND] = { 5, "rotating_light" }, [TELL_MORNING] = { 3, "sunrise" },
	[TELL_EVENING] = { 3, "crescent_moon" }, [TELL_TEST] = { 2, "bell" },
	[TELL_ANSWER] = { 3, "speech_balloon" },
};
_Static_assert(sizeof looks / sizeof looks[0] == TELLS, "a look for everything that is told");

static void add_action(cJSON *to, const char *url)
{
	cJSON *action = cJSON_CreateObject();

	cJSON_AddStringToObject(action, "action", "view");
	cJSON_AddStringToObject(action, "label", "Nhận việc");
	cJSON_AddStringToObject(action, "url", url);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(to, "actions"), action);
}

cJSON *ntfy_draw(const struct letter *l)
{
	cJSON *o = cJSON_CreateObject();
	char link[CHANNEL_LINK];

	cJSON_AddStringToObject(o, "topic", l->to);
	cJSON_AddStringToObject(o, "title", l->message->subject);
	cJSON_AddStringToObject(o, "message", l->message->text);
	if (l->what < TELLS) {
		cJSON_AddNumberToObject(o, "priority", looks[l->what].priority);
		cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "tags"),
				     cJSON_CreateString(looks[l->what].tag));
	}
	if (l->page_url[0])
		cJSON_AddStringToObject(o, "click", l->page_url);
	channel_link(link, l);
	if (link[0])
		add_action(o, link);
	return o;
}

static void *ntfy_start(const struct channel_tools *tools, const void *route,
			const struct letter *l, channel_done_fn *done, void *self,
			char note[static CHANNEL_NOTE])
{
	const struct ntfy_service *s = route;
	struct ntfy_try *t = calloc(1, sizeof *t);

	if (t) {
		*t = (struct ntfy_try){ .done = done, .self = self };
		t->asked = post_json_start(tools->post, s->url, s->token, ntfy_draw(l),
					   POST_JSON_ANSWER, on_done, t);
	}
	if (t && t->asked)
		return t;
	free(t);
	snprintf(note, CHANNEL_NOTE, "%s", strerror(ENOMEM));
	return NULL;
}

static void ntfy_cancel(void *handle)
{
	struct ntfy_try *t = handle;

	post_json_cancel(t->asked);
	free(t);
}

static void ntfy_target(char text[static CHANNEL_TARGET], const void *route)
{
	channel_target_url(text, ((const struct ntfy_service *)route)->url);
}

const struct channel channel_ntfy = {
	.name = "ntfy",
	.start = ntfy_start,
	.cancel = ntfy_cancel,
	.target = ntfy_target,
};
