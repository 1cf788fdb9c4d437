/* SPDX-License-Identifier: Apache-2.0 */
/* conf_text: settings read from a file, and printed so that they read back to the same; part of
 * conf. */
#include "mesh/conf.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct print {
	FILE *to;
	bool failed;
};

static void object(struct print *p, const char *in, const struct conf_table *table, int depth);

static void indent(struct print *p, int depth)
{
	for (int i = 0; i < depth; i++)
		fputc('\t', p->to);
}

static void newline(struct print *p, int depth)
{
	fputc('\n', p->to);
	indent(p, depth);
}

static void text(struct print *p, const char *s)
{
	cJSON *j = cJSON_CreateStringReference(s ? s : "");
	char *out = j ? cJSON_PrintUnformatted(j) : NULL;

	if (out)
		fputs(out, p->to);
	else
		p->failed = true;
	cJSON_free(out);
	cJSON_Delete(j);
}

static size_t list_of(const char *in, const struct conf_key *k, const char **items)
{
	size_t n;

	memcpy(items, in + k->at, sizeof *items);
	memcpy(&n, in + k->at_count, sizeof n);
	return n;
}

/*
 * A key that may be left out can have a default that may not be written, such as "" where at least
 * one byte is asked for. Such a line is shown as a comment.
 */
static bool writable(const char *in, const struct conf_key *k)
{
	const char *s;

	if (k->required)
		return true;
	if (k->type == CONF_LIST)
		return (int64_t)list_of(in, k, &s) >= k->min;
	if (k->type != CONF_STRING)
		return true;
	memcpy(&s, in + k->at, sizeof s);
	s = s ? s : "";
	if (!k->choices)
		return (int64_t)strlen(s) >= k->min;
	for (size_t i = 0; k->choices[i]; i++)
		if (strcmp(k->choices[i], s) == 0)
			return true;
	return false;
}

/* Objects get a line each, at the given depth; all stays on one line when that is negative. */
static void list(struct print *p, const char *in, const struct conf_key *k, int depth)
{
	const bool lines = k->of && depth >= 0;
	const char *items, *s;
	const size_t n = list_of(in, k, &items);

	fputc('[', p->to);
	for (size_t i = 0; i < n; i++) {
		if (i)
			fputs(lines ? "," : ", ", p->to);
		if (lines)
			newline(p, depth + 1);
		if (k->of) {
			object(p, items + i * k->of->size, k->of, -1);
		} else {
			memcpy(&s, items + i * sizeof s, sizeof s);
			text(p, s);
		}
	}
	if (lines && n)
		newline(p, depth);
	fputc(']', p->to);
}

static void value(struct print *p, const char *in, const struct conf_key *k, int depth)
{
	const char *s;
	int64_t n;
	bool b;

	switch (k->type) {
	case CONF_INT:
		memcpy(&n, in + k->at, sizeof n);
		fprintf(p->to, "%" PRId64, n);
		break;
	case CONF_BOOL:
		memcpy(&b, in + k->at, sizeof b);
		fputs(b ? "true" : "false", p->to);
		break;
	case CONF_STRING:
		memcpy(&s, in + k->at, sizeof s);
		text(p, s);
		break;
	case CONF_OBJECT:
		object(p, in + k->at, k->of, depth);
		break;
	case CONF_LIST:
		list(p, in, k, depth);
		break;
	}
}

/* Items of a list are printed on one line, without the keys' help: depth -1. */
static void one_line(struct print *p, const char *in, const struct conf_table *table)
{
	const char *between = "{ ";

	for (size_t i = 0; i < table->n; i++) {
		if (!writable(in, &table->keys[i]))
			continue;
		fprintf(p->to, "%s\"%s\": ", between, table->keys[i].key);
		value(p, in, &table->keys[i], -1);
		between = ", ";
	}
	fputs(between[0] == '{' ? "{}" : " }", p->to);
}

static void object(struct print *p, const char *in, const struct conf_table *table, int depth)
{
	size_t last = 0;

	if (depth < 0) {
		one_line(p, in, table);
		return;
	}
	for (size_t i = 0; i < table->n; i++)
		if (writable(in, &table->keys[i]))
			last = i;
	fputs("{\n", p->to);
	for (size_t i = 0; i < table->n; i++) {
		const struct conf_key *k = &table->keys[i];

		if (k->help) {
			indent(p, depth + 1);
			fprintf(p->to, "// %s\n", k->help);
		}
		indent(p, depth + 1);
		fprintf(p->to, "%s\"%s\": ", writable(in, k) ? "" : "// ", k->key);
		value(p, in, k, depth + 1);
		fputs(i < last ? ",\n" : "\n", p->to);
	}
	indent(p, depth);
	fputc('}', p->to);
}

char *conf_effective(const void *in, const struct conf_table *table)
{
	char *out = NULL;
	size_t len = 0;
	struct print p = { open_memstream(&out, &len), false };

	if (!p.to)
		return NULL;
	object(&p, in, table, 0);
	fputc('\n', p.to);
	if (fclose(p.to) != 0 || p.failed) {
		free(out);
		return NULL;
	}
	return out;
}

char *conf_slurp(const char *path, size_t *len, char why[static CONF_WHY])
{
	FILE *f = fopen(path, "re");
	char *text = NULL, *fit;
	int err = errno;
	size_t n = 0;

	if (f) {
		text = malloc(CONF_SIZE_MAX + 2); /* untouched pages cost nothing */
		errno = text ? 0 : ENOMEM;
		if (text)
			n = fread(text, 1, CONF_SIZE_MAX + 1, f);
		err = errno;
		if (text && !ferror(f))
			err = 0;
		fclose(f);
	}
	if (!f || err != 0) {
		snprintf(why, CONF_WHY, "%s: cannot be read: %s", path, strerror(err));
	} else if (n > CONF_SIZE_MAX) {
		snprintf(why, CONF_WHY, "%s: larger than %d bytes; these cannot be settings", path,
			 CONF_SIZE_MAX);
	} else {
		text[n] = '\0';
		*len = n;
		fit = realloc(text, n + 1);
		return fit ? fit : text;
	}
	free(text);
	return NULL;
}

bool conf_print(const void *in, const struct conf_table *table)
{
	char *text = conf_effective(in, table);
	bool ok = text && puts(text) >= 0 && fflush(stdout) == 0;

	free(text);
	return ok;
}
