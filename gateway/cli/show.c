/* SPDX-License-Identifier: Apache-2.0 */
/* show: the gateway's answers in words. */
#include "gateway/cli/show.h"

#include "gateway/cli/table.h"
#include "gateway/date.h"
#include "gateway/page_words.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE = 256, OUTAGES_SHOWN = 20 };

/* ---- reading the answer; what is missing reads as nothing ---- */

static const cJSON *item(const cJSON *from, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(from, key);
}

static const char *text(const cJSON *from, const char *key)
{
	const cJSON *i = item(from, key);

	return cJSON_IsString(i) ? i->valuestring : "";
}

static int64_t number(const cJSON *from, const char *key)
{
	const cJSON *i = item(from, key);

	return cJSON_IsNumber(i) ? (int64_t)i->valuedouble : 0;
}

/* A time of the API ("2026-05-14T12:42:03.120Z"); ms 0 when there is none. */
static wall_t moment(const cJSON *from, const char *key)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text(from, key), "%Y-%m-%dT%H:%M:%S", &tm);

	return rest ? (wall_t){ (int64_t)timegm(&tm) * 1000 } : (wall_t){ 0 };
}

/* ---- words ---- */

static const char *name_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return names[i];
	return NULL;
}

static const char *cause_word(const char *name, enum language lang)
{
	for (int c = 0; c < CAUSES; c++)
		if (strcmp(cause_str((enum cause)c), name) == 0)
			return word_cause((enum cause)c, lang);
	return "";
}

static const char *sure_word(const cJSON *from, enum language lang)
{
	for (int s = 0; s < SURES; s++)
		if (strcmp(sure_str((enum sure)s), text(from, "sure")) == 0)
			return word_sure((enum sure)s, lang);
	return "";
}

static const char *state_word(const cJSON *point, enum language lang)
{
	for (int c = 0; c < COLOURS; c++)
		if (strcmp(colour_str((enum colour)c), text(point, "state")) == 0)
			return word_colour((enum colour)c, lang);
	return "?";
}

static const char *incident_word(const cJSON *incident, enum language lang)
{
	static const char *const states[] = { "held", "told", "closing", "closed" };
	const char *state = name_of(states, 4, text(incident, "state"));
	char key[32];

	snprintf(key, sizeof key, "incident_%s", state ? state : "");
	return state ? page_word(key, lang) : "";
}

/* As a person knows it, else as it was judged. */
static void cause_draw(char out[static LINE], const cJSON *from, enum language lang)
{
	const bool corrected = *text(from, "corrected");
	const char *sure = corrected ? page_word("corrected", lang) : sure_word(from, lang);

	snprintf(out, LINE, *sure ? "%s (%s)" : "%s",
		 cause_word(text(from, corrected ? "corrected" : "cause"), lang), sure);
}

static void time_draw(char out[static LINE], const cJSON *from, const char *key)
{
	const wall_t t = moment(from, key);
	char date[CLOCK_TEXT];

	if (t.ms)
		clock_draw_date(date, t);
	snprintf(out, LINE, "%s", t.ms ? date : "–");
}

static void lasted_draw(char out[static LINE], int64_t seconds, enum language lang)
{
	char duration[2 * CLOCK_TEXT];

	duration_draw(duration, seconds * 1000, lang);
	snprintf(out, LINE, "%s", duration);
}

static void percent_draw(char out[static LINE], const cJSON *figures, enum language lang)
{
	const cJSON *p = item(figures, "percent");
	char *dot;

	if (!cJSON_IsNumber(p)) {
		snprintf(out, LINE, "–");
		return;
	}
	snprintf(out, LINE, "%.2f%%", p->valuedouble);
	dot = strchr(out, '.');
	if (dot && lang == LANGUAGE_VI)
		*dot = ',';
}

/* Where an incident is: one point and its house, or a hamlet and how much of it. */
static void place_draw(char out[static LINE], const cJSON *incident, enum language lang)
{
	const char *hamlet = text(item(incident, "hamlet"), "name");
	char key[LINE];

	if (strcmp(text(incident, "scope"), "gateway") == 0) {
		snprintf(key, sizeof key, "doubt_%s", text(incident, "doubt"));
		snprintf(out, LINE, "%s", page_word(key, lang));
		return;
	}
	if (number(incident, "points") > 1)
		snprintf(out, LINE, "%s %lld/%lld", hamlet, (long long)number(incident, "open"),
			 (long long)number(incident, "hamlet_points"));
	else
		snprintf(out, LINE, "%s %s", text(incident, "point"), hamlet);
}

/* ---- incidents ---- */

/* Who takes care of it, or the code by which somebody may. */
static void taker_draw(char out[static LINE], const cJSON *incident, enum language lang)
{
	const cJSON *alert = item(incident, "alert");
	const char *by = text(alert, "taken_by");

	out[0] = '\0';
	if (by[0])
		snprintf(out, LINE, "%s", by);
	else if (text(alert, "code")[0])
		snprintf(out, LINE, "%s: %s", page_word("untaken", lang), text(alert, "code"));
}

/* What its points have in common. */
static void scope_draw(char out[static LINE], const cJSON *incident, enum language lang)
{
	char key[LINE];

	snprintf(key, sizeof key, "scope_%s", text(incident, "scope"));
	snprintf(out, LINE, "%s%s%s", page_word(key, lang), *text(incident, "shared") ? " " : "",
		 text(incident, "shared"));
}

static void add_incident(struct table *t, const cJSON *i, enum language lang)
{
	char line[LINE];

	table_add(t, text(i, "letter"));
	snprintf(line, sizeof line, "%lld", (long long)number(i, "id"));
	table_add(t, line);
	place_draw(line, i, lang);
	table_add(t, line);
	scope_draw(line, i, lang);
	table_add(t, line);
	cause_draw(line, i, lang);
	table_add(t, line);
	time_draw(line, i, "from");
	table_add(t, line);
	lasted_draw(line, number(i, "seconds"), lang);
	table_add(t, line);
	table_add(t, incident_word(i, lang));
	taker_draw(line, i, lang);
	table_add(t, line);
}

void show_incidents(const cJSON *incidents, enum language lang)
{
	struct table t = { .columns = 9 };
	const cJSON *i;

	if (!cJSON_GetArraySize(item(incidents, "incidents")))
		printf("%s\n", page_word("incidents_none", lang));
	cJSON_ArrayForEach(i, item(incidents, "incidents"))
	{
		add_incident(&t, i, lang);
	}
	table_print(&t);
}

static void show_deliveries(const cJSON *incident, enum language lang)
{
	struct table t = { .columns = 5 };
	char line[LINE];
	const cJSON *d;

	cJSON_ArrayForEach(d, item(incident, "deliveries"))
	{
		table_add(&t, text(d, "receiver"));
		snprintf(line, sizeof line, "tell_%s", text(d, "what"));
		table_add(&t, page_word(line, lang));
		table_add(&t, text(d, "via"));
		time_draw(line, d, "sent");
		table_add(&t, cJSON_IsTrue(item(d, "given_up")) ? "✕" : line);
		table_add(&t, text(d, "note"));
	}
	table_print(&t);
}

static void show_outages(const cJSON *of, enum language lang)
{
	struct table t = { .columns = 5 };
	char line[LINE];
	const cJSON *o;
	int left = OUTAGES_SHOWN;

	cJSON_ArrayForEach(o, item(of, "outages"))
	{
		if (left-- == 0)
			break;
		table_add(&t, text(o, "point"));
		time_draw(line, o, "from");
		table_add(&t, line);
		time_draw(line, o, "until");
		table_add(&t, line);
		lasted_draw(line, number(o, "seconds"), lang);
		table_add(&t, line);
		cause_draw(line, o, lang);
		table_add(&t, line);
	}
	table_print(&t);
}

void show_incident(const cJSON *incident, enum language lang)
{
	const cJSON *message = item(item(incident, "message"), lang == LANGUAGE_VI ? "vi" : "en");

	printf("%s\n%s\n\n", text(message, "subject"), text(message, "text"));
	show_outages(incident, lang);
	printf("\n%s\n", page_word("messages", lang));
	show_deliveries(incident, lang);
}

/* ---- the whole commune ---- */

/* Only what happened; --json has them all. */
static void show_refused(const cJSON *status)
{
	const cJSON *r;

	cJSON_ArrayForEach(r, item(status, "refused"))
	{
		if (r->valuedouble > 0)
			printf("refused %s: %.0f\n", r->string, r->valuedouble);
	}
	cJSON_ArrayForEach(r, item(status, "refused_gasp"))
	{
		if (r->valuedouble > 0)
			printf("refused last gasp, %s: %.0f\n", r->string, r->valuedouble);
	}
}

void show_status(const cJSON *status, const cJSON *incidents, enum language lang)
{
	const cJSON *outbox = item(status, "outbox");
	char line[LINE];

	printf("%s\n", text(item(status, "headline"), lang == LANGUAGE_VI ? "vi" : "en"));
	time_draw(line, status, "now");
	printf("%s, %s\n\n", text(status, "commune"), line);
	show_incidents(incidents, lang);
	if (number(outbox, "waiting") || number(outbox, "given_up"))
		printf("\noutbox: waiting %lld, given up %lld\n",
		       (long long)number(outbox, "waiting"), (long long)number(outbox, "given_up"));
	show_refused(status);
}

/* ---- points ---- */

static void state_draw(char out[static LINE], const cJSON *p, enum language lang)
{
	char cause[LINE];

	cause_draw(cause, p, lang);
	snprintf(out, LINE, "%s", *text(p, "cause") ? cause : state_word(p, lang));
}

void show_points(const cJSON *points, enum language lang)
{
	struct table t = { .columns = 7 };
	char line[LINE];
	const cJSON *p;

	cJSON_ArrayForEach(p, item(points, "points"))
	{
		table_add(&t, text(p, "letter"));
		table_add(&t, text(p, "code"));
		table_add(&t, text(item(p, "hamlet"), "name"));
		table_add(&t, text(p, "household"));
		state_draw(line, p, lang);
		table_add(&t, line);
		time_draw(line, p, "since");
		table_add(&t, line);
		percent_draw(line, item(item(p, "availability"), "h24"), lang);
		table_add(&t, line);
	}
	table_print(&t);
}

static void add_pair(struct table *t, const char *key, const char *value, enum language lang)
{
	if (!*value)
		return;
	table_add(t, page_word(key, lang));
	table_add(t, value);
}

/* "TT-07-04, TT-07-05" */
static void learned_draw(char out[static LINE], const cJSON *point)
{
	const cJSON *friend;
	size_t len = 0;

	out[0] = '\0';
	cJSON_ArrayForEach(friend, item(point, "learned"))
	{
		if (cJSON_IsString(friend) && len < LINE)
			len += (size_t)snprintf(out + len, LINE - len, "%s%s", len ? ", " : "",
						friend->valuestring);
	}
}

static void show_pairs(const cJSON *p, enum language lang)
{
	struct table t = { .columns = 2 };
	char line[LINE];

	add_pair(&t, "hamlet", text(item(p, "hamlet"), "name"), lang);
	add_pair(&t, "household", text(p, "household"), lang);
	add_pair(&t, "phone", text(p, "phone"), lang);
	add_pair(&t, "provider", text(p, "provider"), lang);
	add_pair(&t, "transformer", text(p, "transformer"), lang);
	add_pair(&t, "relay", text(p, "relay"), lang);
	learned_draw(line, p);
	add_pair(&t, "learned", line, lang);
	time_draw(line, p, "heard");
	add_pair(&t, "heard", line, lang);
	snprintf(line, sizeof line, "%lld", (long long)number(p, "waiting"));
	add_pair(&t, "waiting", line, lang);
	table_print(&t);
}

static void show_cameras(const cJSON *p, enum language lang)
{
	struct table t = { .columns = 2 };
	const cJSON *c;

	cJSON_ArrayForEach(c, item(p, "cameras"))
	{
		const cJSON *up = item(c, "up");

		table_add(&t, text(c, "name"));
		table_add(&t, page_word(cJSON_IsTrue(up)    ? "camera_up"
					: cJSON_IsFalse(up) ? "camera_down"
							    : "camera_unknown",
					lang));
	}
	table_print(&t);
}

static void show_figures(const cJSON *p, enum language lang)
{
	static const char *const periods[] = { "h24", "d30", "m6" };
	struct table t = { .columns = 4 };
	char line[LINE];

	table_add(&t, page_word("period", lang));
	table_add(&t, page_word("percent", lang));
	table_add(&t, page_word("down_time", lang));
	table_add(&t, page_word("unknown_time", lang));
	for (size_t i = 0; i < 3; i++) {
		const cJSON *f = item(item(p, "availability"), periods[i]);

		table_add(&t, page_word(periods[i], lang));
		percent_draw(line, f, lang);
		table_add(&t, line);
		lasted_draw(line, number(f, "down"), lang);
		table_add(&t, line);
		lasted_draw(line, number(f, "unknown"), lang);
		table_add(&t, line);
	}
	table_print(&t);
}

void show_point(const cJSON *p, enum language lang)
{
	char state[LINE], since[LINE];

	state_draw(state, p, lang);
	time_draw(since, p, "since");
	printf("%s %s: %s, %s\n\n", text(p, "letter"), text(p, "code"), state, since);
	show_pairs(p, lang);
	printf("\n");
	show_cameras(p, lang);
	printf("\n");
	show_figures(p, lang);
	if (cJSON_GetArraySize(item(p, "outages")))
		printf("\n%s\n", page_word("outages", lang));
	show_outages(p, lang);
}

/* ---- what is planned ---- */

static const char *say(enum language lang, const char *vi, const char *en)
{
	return lang == LANGUAGE_VI ? vi : en;
}

static const char *target_word(const cJSON *w, enum language lang)
{
	static const char *const words[][3] = {
		{ "hamlet", "ấp", "hamlet" },
		{ "transformer", "trạm", "transformer" },
		{ "point", "điểm", "point" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text(w, "target"), words[i][0]) == 0)
			return say(lang, words[i][1], words[i][2]);
	return say(lang, "toàn xã", "all");
}

/* "weekly mon,tue until 31/12/2026 23:59" */
static void repeat_draw(char out[static LINE], const cJSON *w, enum language lang)
{
	const char *repeat = text(w, "repeat"), *word = "";
	char last[LINE];
	const cJSON *d;
	int n;

	if (strcmp(repeat, "daily") == 0)
		word = say(lang, "hằng ngày", "daily");
	else if (strcmp(repeat, "weekly") == 0)
		word = say(lang, "hằng tuần", "weekly");
	n = snprintf(out, LINE, "%s", word);
	cJSON_ArrayForEach(d, item(w, "days"))
	{
		if (cJSON_IsString(d) && n < LINE - 16)
			n += snprintf(out + n, (size_t)(LINE - n), "%c%.8s",
				      d->prev->next ? ',' : ' ',
				      d->valuestring); /* the first's prev is the last */
	}
	time_draw(last, w, "last");
	if (moment(w, "last").ms && n < LINE)
		snprintf(out + n, (size_t)(LINE - n), " %s %.40s", say(lang, "đến", "until"), last);
}

static void add_window(struct table *t, const cJSON *w, enum language lang)
{
	char line[LINE];

	snprintf(line, sizeof line, "%lld", (long long)number(w, "id"));
	table_add(t, line);
	table_add(t, strcmp(text(w, "kind"), "cut") == 0 ? say(lang, "cắt điện", "power cut")
							 : say(lang, "báo trước", "planned"));
	snprintf(line, sizeof line, "%s %.100s", target_word(w, lang), text(w, "what"));
	table_add(t, line);
	time_draw(line, w, "from");
	table_add(t, line);
	time_draw(line, w, "until");
	table_add(t, line);
	repeat_draw(line, w, lang);
	table_add(t, line);
	snprintf(line, sizeof line, "%.200s%s", text(w, "reason"),
		 cJSON_IsTrue(item(w, "known")) ? say(lang, " (đã có)", " (known already)")
		 : cJSON_IsTrue(item(w, "now")) ? say(lang, " (đang diễn ra)", " (now)")
						: "");
	table_add(t, line);
}

void show_window(const cJSON *window, enum language lang)
{
	struct table t = { .columns = 7 };

	add_window(&t, window, lang);
	table_print(&t);
}

static size_t show_windows(const cJSON *list, enum language lang)
{
	struct table t = { .columns = 7 };
	size_t n = 0;
	const cJSON *w;

	cJSON_ArrayForEach(w, list)
	{
		add_window(&t, w, lang);
		n++;
	}
	table_print(&t);
	return n;
}

void show_planned(const cJSON *planned, enum language lang)
{
	if (show_windows(item(planned, "planned"), lang) == 0)
		puts(say(lang, "Không có lịch báo trước", "Nothing is planned"));
}

void show_calendar(const cJSON *calendar, const char *file, enum language lang)
{
	const size_t taken = show_windows(item(calendar, "taken"), lang);
	const cJSON *r;

	printf("%s: %zu, %s: %d\n", say(lang, "đã nhận", "taken"), taken,
	       say(lang, "từ chối", "refused"), cJSON_GetArraySize(item(calendar, "refused")));
	fflush(stdout);
	cJSON_ArrayForEach(r, item(calendar, "refused"))
	{
		fprintf(stderr, "%s:%lld: %s\n", file, (long long)number(r, "line"),
			text(r, "why"));
	}
}
