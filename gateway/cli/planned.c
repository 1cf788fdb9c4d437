/* SPDX-License-Identifier: Apache-2.0 */
/* planned: planned work and published power cuts, from a terminal. */
#include "gateway/cli/planned.h"

#include "gateway/cli/ask.h"
#include "gateway/cli/show.h"
#include "mesh/conf.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 64, CALENDAR_MOST = 256 * 1024 };

/* Print as JSON and delete. */
static void print_json(cJSON *json)
{
	char *text = cJSON_Print(json);

	if (text)
		puts(text);
	cJSON_free(text);
	cJSON_Delete(json);
}

static int wrong(const char *what)
{
	fprintf(stderr, "matsang: %s\n", what);
	return ANSWER_USAGE;
}

/* ---- mute ---- */

static void add_text(cJSON *to, const char *key, const char *text)
{
	if (text)
		cJSON_AddStringToObject(to, key, text);
}

/* "mon,tue" */
static void add_days(cJSON *to, const char *text)
{
	cJSON *days = cJSON_AddArrayToObject(to, "days");
	char *all = strdup(text), *rest = all, *day;

	while (all && (day = strsep(&rest, ", ")) != NULL)
		if (*day)
			cJSON_AddItemToArray(days, cJSON_CreateString(day));
	free(all);
}

static void add_target(cJSON *to, const struct planned_call *c)
{
	const char *what = c->point ? c->point : c->hamlet ? c->hamlet : c->transformer;

	cJSON_AddStringToObject(to, "target",
				c->point         ? "point"
				: c->hamlet      ? "hamlet"
				: c->transformer ? "transformer"
						 : "all");
	add_text(to, "what", what);
}

/* The gateway looks at times, days and names; here only what it cannot see. */
static int mute_add(const struct planned_call *c)
{
	const int targets = !!c->point + !!c->hamlet + !!c->transformer + c->all;
	cJSON *asked, *json;
	char *body;
	int code;

	if (targets != 1)
		return wrong("one of --point, --hamlet, --transformer and --all is wanted");
	if (!c->from || !c->until)
		return wrong("--from and --until are wanted, as \"2026-11-28 22:00\"");
	if (c->daily && c->weekly)
		return wrong("--daily or --weekly, not both");
	if (!c->reason)
		return wrong("--reason is wanted: people ask later");
	asked = cJSON_CreateObject();
	cJSON_AddStringToObject(asked, "kind", c->cut ? "cut" : "work");
	add_target(asked, c);
	add_text(asked, "from", c->from);
	add_text(asked, "until", c->until);
	cJSON_AddStringToObject(asked, "repeat",
				c->daily    ? "daily"
				: c->weekly ? "weekly"
					    : "once");
	if (c->weekly)
		add_days(asked, c->weekly);
	add_text(asked, "last", c->last);
	add_text(asked, "reason", c->reason);
	body = cJSON_PrintUnformatted(asked);
	cJSON_Delete(asked);
	json = body ? ask(c->socket, "/api/v1/planned", body, &code) : NULL;
	code = body ? code : ANSWER_FAILED;
	cJSON_free(body);
	if (!json)
		return code;
	if (c->json) {
		print_json(json);
		return ANSWER_OK;
	}
	show_window(json, c->lang);
	cJSON_Delete(json);
	return ANSWER_OK;
}

static int mute_list(const struct planned_call *c)
{
	int code;
	cJSON *json = ask(c->socket, "/api/v1/planned", NULL, &code);

	if (!json)
		return code;
	if (c->json) {
		print_json(json);
		return ANSWER_OK;
	}
	show_planned(json, c->lang);
	cJSON_Delete(json);
	return ANSWER_OK;
}

static int mute_remove(const struct planned_call *c, const char *id)
{
	char path[PATH_SIZE];
	cJSON *json;
	int code;

	if (!*id || strlen(id) > 18 || strspn(id, "0123456789") != strlen(id))
		return wrong("the number of what is planned is wanted; matsang mute list tells it");
	snprintf(path, sizeof path, "/api/v1/planned/%s", id);
	json = ask_delete(c->socket, path, &code);
	if (!json)
		return code;
	if (c->json) {
		print_json(json);
		return ANSWER_OK;
	}
	printf("%s: %s\n", id, c->lang == LANGUAGE_VI ? "đã hủy" : "removed");
	cJSON_Delete(json);
	return ANSWER_OK;
}

int planned_mute(const struct planned_call *c, const char *verb, const char *id)
{
	if (strcmp(verb, "add") == 0 && !id)
		return mute_add(c);
	if (strcmp(verb, "list") == 0 && !id)
		return mute_list(c);
	if (strcmp(verb, "remove") == 0 && id)
		return mute_remove(c, id);
	return wrong("usage: matsang mute add ..., matsang mute list, or matsang mute remove ID");
}

/* ---- calendar ---- */

/* All of standard input, at most one byte more than a calendar may have; NULL: out of memory. */
static char *read_stdin(size_t *len)
{
	char *text = malloc(CALENDAR_MOST + 2);

	if (!text)
		return NULL;
	*len = fread(text, 1, CALENDAR_MOST + 1, stdin);
	text[*len] = '\0';
	return text;
}

int planned_calendar(const struct planned_call *c, const char *file)
{
	char why[CONF_WHY] = "out of memory";
	size_t len = 0;
	char *text = strcmp(file, "-") == 0 ? read_stdin(&len) : conf_slurp(file, &len, why);
	cJSON *json = NULL;
	int code = ANSWER_FAILED;

	if (!text)
		fprintf(stderr, "matsang: %s\n", why);
	else if (len == 0)
		fprintf(stderr, "matsang: %s: nothing is in it\n", file);
	else if (len > CALENDAR_MOST)
		fprintf(stderr, "matsang: %s: more than %d KiB; make it several\n", file,
			CALENDAR_MOST / 1024);
	else if (strlen(text) != len)
		fprintf(stderr, "matsang: %s: it is no text; save it as \"CSV UTF-8\"\n", file);
	else
		json = ask(c->socket, "/api/v1/calendar", text, &code);
	free(text);
	if (!json)
		return code;
	if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(json, "refused")) > 0)
		code = ANSWER_FAILED;
	if (c->json) {
		print_json(json);
		return code;
	}
	show_calendar(json, file, c->lang);
	cJSON_Delete(json);
	return code;
}
