/* SPDX-License-Identifier: Apache-2.0 */
/* matsang-draw: draws graphs asked for on standard input; librrd's drawing leaks and is not
 * thread-safe, so it lives in a process of its own that ends after a while and is started again. */
#include "gateway/catalogue.h"
#include "gateway/graph.h"
#include "mesh/sanitized.h"

#include <errno.h>
#include <locale.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * One request a line, fields parted by tabs:
 *
 *	file  span_s  now_s  width  height  title  vi|en  dark_since_s  from-until,from-until,...
 *
 * dark_since_s is 0 when it is not dark now; the last field may be missing or empty. The answer is
 * "ok LENGTH\n" and LENGTH bytes of PNG, or "err WORDS\n".
 */
enum { FIELDS = 9, GRAPHS = 500, CPU_S = 120, SPAN_MAX = 1830 * 24 * 3600 };

#define MEMORY ((rlim_t)512 << 20)

/* A whole number within min..max at *text, which moves behind it. */
static bool number(const char **text, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(*text, &end, 10);
	if (end == *text || errno != 0 || v < min || v > max)
		return false;
	*text = end;
	*out = v;
	return true;
}

/* Nothing may follow. */
static bool whole(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return number(&text, min, max, out) && *text == '\0';
}

static bool outages(struct graph *g, const char *text)
{
	while (*text) {
		struct graph_outage o;

		if (g->n_outages == GRAPH_OUTAGES || !number(&text, 0, INT64_MAX / 2, &o.from_s) ||
		    *text++ != '-' || !number(&text, 0, INT64_MAX / 2, &o.until_s))
			return false;
		if (*text == ',')
			text++;
		else if (*text)
			return false;
		g->outage[g->n_outages++] = o;
	}
	return true;
}

/* NULL, or which field is wrong. Borrows line, which it cuts at the tabs. */
static const char *parse(struct graph *g, char *line)
{
	const char *field[FIELDS];
	int64_t width, height, dark;
	size_t n = 0;

	for (char *at = line; at && n < FIELDS;)
		field[n++] = strsep(&at, "\t");
	if (n < FIELDS - 1)
		return "fields are missing";
	if (field[0][0] == '\0')
		return "no file";
	*g = (struct graph){ .file = field[0], .title = field[5] };
	if (!whole(field[1], 60, SPAN_MAX, &g->span_s))
		return "span is not within 60 s and 5 years";
	if (!whole(field[2], SPAN_MAX, UINT32_MAX, &g->now_s))
		return "now is no time";
	if (!whole(field[3], 100, 2000, &width) || !whole(field[4], 30, 1000, &height))
		return "width or height is out of range";
	g->width = (unsigned)width;
	g->height = (unsigned)height;
	if (strcmp(field[6], "vi") != 0 && strcmp(field[6], "en") != 0)
		return "language is neither vi nor en";
	g->language = field[6][0] == 'v' ? LANGUAGE_VI : LANGUAGE_EN;
	if (!whole(field[7], 0, UINT32_MAX, &dark))
		return "dark since is no time";
	if (dark > 0)
		g->outage[g->n_outages++] = (struct graph_outage){ dark, g->now_s };
	if (n == FIELDS && !outages(g, field[8]))
		return "outages are not from-until,...";
	return NULL;
}

static bool answer(const char *head, const unsigned char *body, size_t len)
{
	return fputs(head, stdout) >= 0 && (len == 0 || fwrite(body, 1, len, stdout) == len) &&
	       fflush(stdout) == 0;
}

/* False when nobody listens any more. */
static bool draw(char *line)
{
	struct graph g;
	char why[GRAPH_WHY], head[GRAPH_WHY + 16];
	const char *wrong = parse(&g, line);
	unsigned char *png = NULL;
	size_t len = 0;
	bool heard;

	if (!wrong && graph_draw(&g, &png, &len, why) < 0)
		wrong = why;
	if (wrong)
		snprintf(head, sizeof head, "err %s\n", wrong);
	else
		snprintf(head, sizeof head, "ok %zu\n", len);
	/* The words are librrd's: no line may end within them. */
	for (char *c = head; *c; c++)
		if (*c == '\n' && c[1])
			*c = ' ';
	heard = answer(head, png, len);
	free(png);
	return heard;
}

/* A picture that goes wrong must not take the machine with it. */
static bool set_limits(void)
{
	const struct rlimit cpu = { CPU_S, CPU_S }, core = { 0, 0 }, memory = { MEMORY, MEMORY };

	return setrlimit(RLIMIT_CPU, &cpu) == 0 && setrlimit(RLIMIT_CORE, &core) == 0 &&
	       (SANITIZED || setrlimit(RLIMIT_AS, &memory) == 0) &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	char why[CATALOGUE_WHY];

	if (!set_limits()) {
		fprintf(stderr, "matsang-draw: no limits: %s\n", strerror(errno));
		return 1;
	}
	/* What is missing is said by the gateway; the picture is drawn in English then. */
	catalogue_open(NULL, why);
	/* Letters are UTF-8; numbers keep their point. */
	setlocale(LC_CTYPE, "C.UTF-8");
	/* Asia/Ho_Chi_Minh, spelled so that a machine without the time zones knows it too. */
	if (setenv("TZ", "<+07>-7", 1) < 0)
		return 1;

	for (int n = 0; n < GRAPHS && (len = getline(&line, &room, stdin)) > 0; n++) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!draw(line))
			break;
	}
	/* librrd, Pango and fontconfig keep what they have to the end: no need to hear about it. */
	fflush(stdout);
	_exit(0);
}
