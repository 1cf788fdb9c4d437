/* SPDX-License-Identifier: Apache-2.0 */
/* push: settings sent from the gateway: tried, kept when the gateway is reached with them, else
 * undone. */
#include "node/push.h"

#include "mesh/log.h"
#include "mesh/replace.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path_of(const struct push *p, const char *name, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/push.%s", p->dir, name);
	return path;
}

/* ---- what lies in a file ---- */

/* {"id": n, "settings": {...}}, or NULL when there is none that can be read. */
static cJSON *load(const struct push *p, const char *name)
{
	char path[PATH_MAX], why[CONF_WHY];
	size_t len;
	char *text = conf_slurp(path_of(p, name, path), &len, why);
	cJSON *json = text ? cJSON_ParseWithLength(text, len) : NULL;

	free(text);
	if (cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(json, "id")))
		return json;
	cJSON_Delete(json);
	return NULL;
}

static uint32_t id_of(const cJSON *json)
{
	double id = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "id"));

	return id >= 1 && id <= UINT32_MAX ? (uint32_t)id : 0;
}

static int save(const struct push *p, const char *name, cJSON *json)
{
	char path[PATH_MAX], why[CONF_WHY], *text = cJSON_PrintUnformatted(json);
	int err = text ? replace_file(path_of(p, name, path), text, strlen(text), 0600, why)
		       : -ENOMEM;

	free(text);
	return err;
}

/* ---- one settings object over another ---- */

static void lay_over(cJSON *base, const cJSON *over)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, over)
	{
		cJSON *old = cJSON_GetObjectItemCaseSensitive(base, item->string);

		if (cJSON_IsObject(old) && cJSON_IsObject(item))
			lay_over(old, item);
		else if (old)
			cJSON_ReplaceItemInObjectCaseSensitive(base, item->string,
							       cJSON_Duplicate(item, true));
		else
			cJSON_AddItemToObject(base, item->string, cJSON_Duplicate(item, true));
	}
}

/* The node's own file, comments taken out; NULL when it is gone. */
static cJSON *own(const char *path, char why[static CONF_WHY])
{
	size_t len;
	char *text = conf_slurp(path, &len, why);
	cJSON *json;

	if (!text)
		return NULL;
	cJSON_Minify(text);
	json = cJSON_Parse(text);
	free(text);
	return json;
}

/* The settings that come of it, checked; NULL and why. */
static struct node_settings *together(const char *path, const cJSON *over,
				      char why[static CONF_WHY])
{
	cJSON *json = own(path, why);
	struct node_settings *s = NULL;
	char *text;

	if (!json)
		return NULL;
	lay_over(json, over);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	if (text)
		s = node_settings_read("pushed settings", text, strlen(text), why);
	free(text);
	return s;
}

/* ---- the course of a trial ---- */

static void set(struct push *p, uint32_t id, const char *state, const char *why)
{
	p->id = id;
	p->state = state;
	snprintf(p->why, sizeof p->why, "%s", why);
}

static void note_undone(struct push *p, uint32_t id, const char *why)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddNumberToObject(json, "id", id);
	cJSON_AddStringToObject(json, "why", why);
	save(p, "undone", json);
	cJSON_Delete(json);
	set(p, id, "undone", why);
}

/* An earlier start began a trial and never came to its end: a crash, a power cut. */
static void end_old_trial(struct push *p)
{
	char path[PATH_MAX];
	cJSON *json = load(p, "trying");

	if (json)
		note_undone(p, id_of(json), "the trial was cut short");
	cJSON_Delete(json);
	replace_remove(path_of(p, "trying", path));
}

/* A trial that waits begins now. */
static cJSON *begin_trial(struct push *p)
{
	char from[PATH_MAX], to[PATH_MAX];
	cJSON *json = load(p, "trial");

	if (!json)
		return NULL;
	if (replace_rename(path_of(p, "trial", from), path_of(p, "trying", to)) < 0) {
		cJSON_Delete(json);
		return NULL;
	}
	p->trying = true;
	set(p, id_of(json), "trial", "");
	return json;
}

static void remember(struct push *p, const cJSON *kept)
{
	cJSON *undone = load(p, "undone");

	if (kept)
		set(p, id_of(kept), "kept", "");
	if (undone && id_of(undone) != p->id)
		set(p, id_of(undone), "undone",
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(undone, "why"))
			    ? cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(undone, "why"))
			    : "");
	cJSON_Delete(undone);
}

/* NULL when nothing lies there, or it does not fit (any more): then the log says why. */
static struct node_settings *with(const cJSON *json, const char *path, char why[static CONF_WHY])
{
	struct node_settings *s = NULL;

	if (json)
		s = together(path, cJSON_GetObjectItemCaseSensitive(json, "settings"), why);
	if (json && !s)
		log_err("%s; left aside", why);
	return s;
}

struct node_settings *push_begin(struct push *p, struct node_settings *base, const char *path)
{
	struct node_settings *s;
	char why[CONF_WHY] = "";
	cJSON *trial, *kept;

	*p = (struct push){ .state = "none" };
	snprintf(p->dir, sizeof p->dir, "%s", base->state_dir);
	end_old_trial(p);
	trial = begin_trial(p);
	s = with(trial, path, why);
	if (trial && !s)
		push_undo(p, why);
	cJSON_Delete(trial);
	kept = load(p, "kept");
	if (p->id == 0)
		remember(p, kept);
	if (!s)
		s = with(kept, path, why);
	cJSON_Delete(kept);
	if (!s)
		return base;
	node_settings_free(base);
	return s;
}

/* What only somebody at the box may change: who it is, and where it keeps things. */
static const char *forbidden(const cJSON *settings)
{
	static const char *const keys[] = { "point", "key_file", "state_dir", "boot_id_file" };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (cJSON_GetObjectItemCaseSensitive(settings, keys[i]))
			return keys[i];
	return NULL;
}

static bool refuse(struct push *p, uint32_t id, const char *why)
{
	set(p, id, "refused", why);
	return false;
}

/* What was kept before stays in force where the new settings do not speak of it. Takes settings. */
static cJSON *over_kept(const struct push *p, cJSON *settings)
{
	cJSON *kept = load(p, "kept"), *both;

	if (!kept)
		return settings;
	both = cJSON_DetachItemFromObjectCaseSensitive(kept, "settings");
	cJSON_Delete(kept);
	if (!cJSON_IsObject(both)) {
		cJSON_Delete(both);
		return settings;
	}
	lay_over(both, settings);
	cJSON_Delete(settings);
	return both;
}

bool push_take(struct push *p, const char *path, uint32_t id, const char *text, size_t len)
{
	cJSON *settings = cJSON_ParseWithLength(text, len), *json;
	struct node_settings *s;
	char why[CONF_WHY] = "";
	const char *key;
	int err;

	if (!cJSON_IsObject(settings)) {
		cJSON_Delete(settings);
		return refuse(p, id, "not a JSON object");
	}
	key = forbidden(settings);
	settings = over_kept(p, settings);
	s = key ? NULL : together(path, settings, why);
	if (!s) {
		if (key)
			snprintf(why, sizeof why, "\"%s\" is changed at the box only", key);
		cJSON_Delete(settings);
		return refuse(p, id, why);
	}
	node_settings_free(s);
	json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "id", id);
	cJSON_AddItemToObject(json, "settings", settings);
	err = save(p, "trial", json);
	cJSON_Delete(json);
	if (err)
		return refuse(p, id, strerror(-err));
	set(p, id, "trial", "");
	return true;
}

int push_keep(struct push *p)
{
	char from[PATH_MAX], to[PATH_MAX], undone[PATH_MAX];
	int err = replace_rename(path_of(p, "trying", from), path_of(p, "kept", to));

	if (err)
		return err;
	replace_remove(path_of(p, "undone", undone));
	p->trying = false;
	set(p, p->id, "kept", "");
	return 0;
}

int push_undo(struct push *p, const char *why)
{
	char path[PATH_MAX];

	note_undone(p, p->id, why);
	p->trying = false;
	return replace_remove(path_of(p, "trying", path));
}

struct report_push push_report(const struct push *p)
{
	return (struct report_push){ p->id, p->state, p->why };
}
