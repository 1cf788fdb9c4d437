/* SPDX-License-Identifier: Apache-2.0 */
/* words: one line of a scenario as words, taken one after the other. */
#include "tests/sim/words.h"

#include "tests/sim/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool words_wrong(struct words *w, const char *format, ...)
{
	char text[SCRIPT_WHY / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	snprintf(w->why, SCRIPT_WHY, "%s:%u: %s", w->file, w->line, text);
	return false;
}

bool words_begin(struct words *w, const char *file, unsigned line, const char *text, size_t len,
		 char *why)
{
	size_t i = 0;

	w->file = file;
	w->line = line;
	w->why = why;
	w->n = w->next = 0;
	if (len >= sizeof w->text)
		return words_wrong(w, "line too long");
	memcpy(w->text, text, len);
	w->text[len] = '\0';
	w->text[strcspn(w->text, ";\r")] = '\0';
	while (w->text[i += strspn(w->text + i, " \t")] != '\0') {
		if (w->n == WORDS_MOST)
			return words_wrong(w, "more than %d words", WORDS_MOST);
		w->at[w->n++] = i;
		i += strcspn(w->text + i, " \t");
		if (w->text[i] != '\0')
			w->text[i++] = '\0';
	}
	return true;
}

bool words_left(const struct words *w)
{
	return w->next < w->n;
}

const char *words_peek(const struct words *w)
{
	return words_left(w) ? w->text + w->at[w->next] : "";
}

void words_drop(struct words *w)
{
	w->next++;
}

bool words_are(const struct words *w, const char *word)
{
	return words_left(w) && strcmp(words_peek(w), word) == 0;
}

bool words_take(struct words *w, const char *word)
{
	if (!words_are(w, word))
		return false;
	words_drop(w);
	return true;
}

bool words_number(struct words *w, int64_t *out)
{
	const char *text = words_peek(w);
	char *end;
	long long v = strtoll(text, &end, 10);

	if (end == text || *end != '\0')
		return words_wrong(w, "'%s' is not a number", text);
	*out = v;
	words_drop(w);
	return true;
}

bool words_permille(struct words *w, unsigned *out)
{
	const char *text = words_peek(w);
	char *end;
	double v = strtod(text, &end);

	if (end == text || strcmp(end, "%") != 0 || v < 0 || v > 100)
		return words_wrong(w, "'%s' is not a share such as 10%%", text);
	*out = (unsigned)(v * 10 + 0.5);
	words_drop(w);
	return true;
}

static bool duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 },    { "s", 1000 },    { "", 1000 },
		      { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
	char *end;
	double v = strtod(text, &end);

	for (size_t i = 0; end != text && i < COUNT(units); i++)
		if (strcmp(end, units[i].unit) == 0) {
			*ms = (int64_t)(v * (double)units[i].ms + (v < 0 ? -0.5 : 0.5));
			return true;
		}
	return false;
}

bool words_duration(struct words *w, int64_t *ms)
{
	if (!duration(words_peek(w), ms))
		return words_wrong(w, "'%s' is not a duration such as 800ms, 30s, 5m or 2h",
				   words_peek(w));
	words_drop(w);
	return true;
}

bool words_moment(struct words *w, int64_t after, int64_t *ms)
{
	const char *text = words_peek(w);
	int64_t part[3] = { 0 }, step;
	size_t n = 0;
	char *end;

	if (text[0] == '+' && duration(text + 1, &step)) {
		*ms = after + step;
		words_drop(w);
		return true;
	}
	for (const char *p = text; n < COUNT(part); p = end + 1) {
		part[n] = strtoll(p, &end, 10);
		if (end == p || (*end != ':' && *end != '\0'))
			break;
		n++;
		if (*end == '\0')
			break;
	}
	if (n < 2 || *end != '\0' || part[0] < 0 || part[1] > 59 || part[2] > 59)
		return words_wrong(w, "'%s' is not a time such as 01:30, 01:30:05 or +90s", text);
	*ms = ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000;
	words_drop(w);
	return true;
}
