/* SPDX-License-Identifier: Apache-2.0 */
/* planned: what people announce beforehand, between the API's JSON and the store. */
#include "gateway/planned.h"

#include "gateway/calendar.h"
#include "gateway/date.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_MS INT64_C(86400000)

enum { WEEK = 7 };

/* English and Vietnamese, in the order of the bits of window.days. */
static const char *const weekdays[WEEK][2] = {
	{ "sun", "cn" }, { "mon", "t2" }, { "tue", "t3" }, { "wed", "t4" },
	{ "thu", "t5" }, { "fri", "t6" }, { "sat", "t7" },
};

static bool refuse(char why[static PLANNED_WHY], const char *what)
{
	snprintf(why, PLANNED_WHY, "%s", what);
	return false;
}

/* ---- reading ---- */

/* NULL when it is not there or no text. */
static const char *text(const cJSON *from, const char *key)
{
	const cJSON *i = cJSON_GetObjectItemCaseSensitive(from, key);

	return cJSON_IsString(i) ? i->valuestring : NULL;
}

/* Which of n names; -1 for none of them, def when nothing was said. */
static int choice(const cJSON *from, const char *key, int def, int n, const char *(*name)(int))
{
	const char *said = text(from, key);

	if (!cJSON_HasObjectItem(from, key))
		return def;
	for (int i = 0; said && i < n; i++)
		if (strcmp(said, name(i)) == 0)
			return i;
	return -1;
}

static const char *kind_name(int i)
{
	return window_kind_str((enum window_kind)i);
}

static const char *target_name(int i)
{
	return window_target_str((enum window_target)i);
}

static const char *repeat_name(int i)
{
	return window_repeat_str((enum window_repeat)i);
}

/* A day, or day and time; without an hour *whole. "Z" behind it: UTC, else Vietnam's. */
static bool time_read(wall_t *out, const char *said, bool *whole)
{
	struct date d = { 0 };
	int n = 0, m = 0, zone = DATE_VIETNAM_MIN;

	if (!said || sscanf(said, "%4u-%2u-%2u%n", &d.year, &d.month, &d.day, &n) != 3)
		return false;
	*whole = said[n] == '\0';
	if (*whole)
		return date_wall(out, &d, zone);
	if (said[n] != ' ' && said[n] != 'T')
		return false;
	said += n + 1;
	if (sscanf(said, "%2u:%2u%n", &d.hour, &d.minute, &n) != 2)
		return false;
	if (sscanf(said + n, ":%2u%n", &d.second, &m) == 1)
		n += m;
	if (m > 0 && sscanf(said + n, ".%3u%n", &d.ms, &m) == 1 && m == 4)
		n += m;
	if (said[n] == 'Z') {
		zone = 0;
		n++;
	}
	return said[n] == '\0' && date_wall(out, &d, zone);
}

static bool read_times(struct window *w, const cJSON *asked, char why[static PLANNED_WHY])
{
	bool whole = false, last_whole = false;

	if (!time_read(&w->from, text(asked, "from"), &whole) || whole)
		return refuse(why, "\"from\" is a time as 2026-11-28 22:00");
	if (!time_read(&w->until, text(asked, "until"), &whole) || whole)
		return refuse(why, "\"until\" is a time as 2026-11-29 05:00");
	if (w->until.ms <= w->from.ms)
		return refuse(why, "it ends before it begins");
	if (!cJSON_HasObjectItem(asked, "last") ||
	    cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(asked, "last")))
		return true;
	if (!time_read(&w->last, text(asked, "last"), &last_whole))
		return refuse(why, "\"last\" is a day as 2026-12-31");
	if (last_whole)
		w->last.ms += DAY_MS - 1;
	return true;
}

static bool read_days(struct window *w, const cJSON *asked, char why[static PLANNED_WHY])
{
	const cJSON *days = cJSON_GetObjectItemCaseSensitive(asked, "days"), *day;
	bool known = true;

	cJSON_ArrayForEach(day, days)
	{
		unsigned bit = 0;

		while (bit < WEEK &&
		       !(cJSON_IsString(day) && (strcmp(day->valuestring, weekdays[bit][0]) == 0 ||
						 strcmp(day->valuestring, weekdays[bit][1]) == 0)))
			bit++;
		known = known && bit < WEEK;
		w->days |= (uint8_t)(bit < WEEK ? 1u << bit : 0);
	}
	if (!known || (days && !cJSON_IsArray(days)))
		return refuse(why, "days are sun mon tue wed thu fri sat, or cn t2 t3 t4 t5 t6 t7");
	if ((w->repeat == WINDOW_WEEKLY) != (w->days != 0))
		return refuse(why, "weekly wants its days, and only weekly");
	return true;
}

static bool read_repeat(struct window *w, const cJSON *asked, char why[static PLANNED_WHY])
{
	const int r = choice(asked, "repeat", WINDOW_ONCE, WINDOW_REPEATS, repeat_name);

	if (r < 0)
		return refuse(why, "\"repeat\" is one of once, daily, weekly");
	w->repeat = (enum window_repeat)r;
	if (!read_days(w, asked, why))
		return false;
	if (r != WINDOW_ONCE && w->until.ms - w->from.ms > DAY_MS)
		return refuse(why, "what is repeated lasts a day at most");
	if (r == WINDOW_ONCE && w->last.ms)
		return refuse(why, "\"last\" is for what is repeated");
	return true;
}

static bool in_roster(const struct window *w, const struct roster *r)
{
	for (size_t i = 0; i < r->n_points; i++)
		if (window_concerns(w, r, i))
			return true;
	for (size_t i = 0; i < r->n_hamlets; i++)
		if (w->target == WINDOW_HAMLET && strcmp(r->hamlets[i].code, w->what) == 0)
			return true;
	return w->target == WINDOW_ALL;
}

static bool read_target(struct window *w, const cJSON *asked, const struct roster *r,
			char why[static PLANNED_WHY])
{
	const int t = choice(asked, "target", -1, WINDOW_TARGETS, target_name);
	const char *what = text(asked, "what");

	if (t < 0)
		return refuse(why, "\"target\" is one of all, hamlet, transformer, point");
	w->target = (enum window_target)t;
	what = what ? what : "";
	if ((t == WINDOW_ALL) != (what[0] == '\0'))
		return refuse(why, "\"what\" names the hamlet, transformer or point");
	snprintf(w->what, sizeof w->what, "%s", what);
	if (strlen(what) < sizeof w->what && in_roster(w, r))
		return true;
	snprintf(why, PLANNED_WHY, "no %s \"%.47s\" in gateway.jsonc", target_name(t), what);
	return false;
}

bool planned_read(struct window *out, const cJSON *asked, const struct roster *r,
		  char why[static PLANNED_WHY])
{
	const int kind = choice(asked, "kind", WINDOW_WORK, WINDOW_KINDS, kind_name);
	const char *reason = text(asked, "reason");
	struct window w = { 0 };

	if (!cJSON_IsObject(asked))
		return refuse(why, "an object is wanted");
	if (kind < 0)
		return refuse(why, "\"kind\" is work or cut");
	w.kind = (enum window_kind)kind;
	if (reason && strlen(reason) >= sizeof w.reason)
		return refuse(why, "\"reason\" has at most 95 bytes; say it shorter");
	snprintf(w.reason, sizeof w.reason, "%s", reason ? reason : "");
	if (!read_target(&w, asked, r, why) || !read_times(&w, asked, why) ||
	    !read_repeat(&w, asked, why))
		return false;
	if (!window_ok(&w))
		return refuse(why, "it would never begin; look at \"last\" and \"days\"");
	*out = w;
	return true;
}

/* ---- answers ---- */

static cJSON *failure(unsigned *status, unsigned is, const char *why)
{
	cJSON *json = cJSON_CreateObject();

	*status = is;
	cJSON_AddStringToObject(json, "error", why);
	return json;
}

static void add_time(cJSON *to, const char *key, wall_t t)
{
	char iso[DATE_TEXT];

	if (t.ms == INT64_MAX || t.ms == 0) {
		cJSON_AddNullToObject(to, key);
		return;
	}
	date_draw_iso(iso, t);
	cJSON_AddStringToObject(to, key, iso);
}

static cJSON *draw(const struct window *w)
{
	cJSON *json = cJSON_CreateObject(), *days;

	cJSON_AddNumberToObject(json, "id", (double)w->id);
	cJSON_AddStringToObject(json, "kind", window_kind_str(w->kind));
	cJSON_AddStringToObject(json, "target", window_target_str(w->target));
	cJSON_AddStringToObject(json, "what", w->what);
	add_time(json, "from", w->from);
	add_time(json, "until", w->until);
	cJSON_AddStringToObject(json, "repeat", window_repeat_str(w->repeat));
	days = cJSON_AddArrayToObject(json, "days");
	for (unsigned bit = 0; bit < WEEK; bit++)
		if (w->days >> bit & 1)
			cJSON_AddItemToArray(days, cJSON_CreateString(weekdays[bit][0]));
	add_time(json, "last", w->last);
	cJSON_AddStringToObject(json, "reason", w->reason);
	return json;
}

cJSON *planned_list(const struct windows *all, wall_t now, unsigned *status)
{
	cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "planned");

	for (size_t i = 0; i < all->n; i++) {
		cJSON *one = draw(&all->at[i]);
		wall_t from, until;

		cJSON_AddBoolToObject(one, "now", window_at(&all->at[i], now, &from, &until));
		add_time(one, "next", window_next(&all->at[i], now));
		cJSON_AddItemToArray(list, one);
	}
	*status = 200;
	return json;
}

cJSON *planned_add(struct store *s, const struct roster *r, const cJSON *asked, wall_t now,
		   unsigned *status)
{
	char why[PLANNED_WHY];
	struct window w;
	cJSON *json;
	int e;

	if (!planned_read(&w, asked, r, why))
		return failure(status, 400, why);
	e = store_planned_add(s, &w, now, &w.id);
	if (e < 0)
		return failure(status, 500, strerror(-e));
	json = draw(&w);
	cJSON_AddBoolToObject(json, "known", e == 1);
	*status = 200;
	return json;
}

cJSON *planned_remove(struct store *s, int64_t id, wall_t now, unsigned *status)
{
	int e = store_planned_remove(s, id, now);
	cJSON *json;

	if (e == -ENOENT)
		return failure(status, 404, "nothing planned has that number");
	if (e < 0)
		return failure(status, 500, strerror(-e));
	json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "id", (double)id);
	*status = 200;
	return json;
}

/* ---- the calendar ---- */

struct import {
	struct windows all;
	size_t size;
	bool failed; /* out of memory */
	cJSON *refused;
};

static void import_found(void *self, const struct window *w)
{
	struct import *im = self;
	const size_t more = im->size ? im->size * 2 : 16;
	struct window *grown;

	if (im->failed)
		return;
	if (im->all.n == im->size) {
		grown = reallocarray(im->all.at, more, sizeof *grown);
		im->failed = grown == NULL;
		if (!grown)
			return;
		im->all.at = grown;
		im->size = more;
	}
	im->all.at[im->all.n++] = *w;
}

static void import_refused(void *self, unsigned line, const char *why)
{
	struct import *im = self;
	cJSON *one = cJSON_CreateObject();

	cJSON_AddNumberToObject(one, "line", line);
	cJSON_AddStringToObject(one, "why", why);
	cJSON_AddItemToArray(im->refused, one);
}

static cJSON *import_answer(const struct import *im, const bool *known)
{
	cJSON *json = cJSON_CreateObject(), *taken = cJSON_AddArrayToObject(json, "taken");

	for (size_t i = 0; i < im->all.n; i++) {
		cJSON *one = draw(&im->all.at[i]);

		cJSON_AddBoolToObject(one, "known", known[i]);
		cJSON_AddItemToArray(taken, one);
	}
	return json;
}

cJSON *planned_import(struct store *s, const struct roster *r, const char *said, size_t len,
		      wall_t now, unsigned *status)
{
	struct import im = { .refused = cJSON_CreateArray() };
	const struct calendar_ear ear = { &im, import_found, import_refused };
	bool *known;
	cJSON *json;
	int e;

	calendar_read(said, len, r, &ear);
	known = calloc(im.all.n + 1, sizeof *known);
	e = im.failed || !known ? -ENOMEM
				: store_planned_add_all(s, im.all.at, im.all.n, known, now);
	if (e < 0) {
		json = failure(status, 500, strerror(-e));
		cJSON_Delete(im.refused);
	} else {
		json = import_answer(&im, known);
		cJSON_AddItemToObject(json, "refused", im.refused);
		*status = 200;
	}
	free(known);
	windows_free(&im.all);
	return json;
}
