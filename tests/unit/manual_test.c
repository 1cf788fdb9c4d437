/* SPDX-License-Identifier: Apache-2.0 */
/* The manual pages of the settings say what the tables say, key by key. */
#include "gateway/settings.h"
#include "node/settings.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH_TEXT = 128, LINE_TEXT = 512, DEEP = 8 };

/* One page, and how many of its keys the table has. */
struct page {
	const char *path;
	char *text;
	unsigned keys, missing;
};

/* What a key's heading says in brackets, as "whole number, 1 to 600, default 10". */
static void spec(char out[static LINE_TEXT], const struct conf_key *k)
{
	const char *def = k->required ? ", required" : NULL;
	int n = 0;

	switch (k->type) {
	case CONF_INT:
		n = snprintf(out, LINE_TEXT, "whole number, %" PRId64 " to %" PRId64, k->min,
			     k->max);
		if (!def)
			snprintf(out + n, (size_t)(LINE_TEXT - n), ", default %" PRId64, k->def);
		break;
	case CONF_BOOL:
		n = snprintf(out, LINE_TEXT, "true or false");
		if (!def)
			snprintf(out + n, (size_t)(LINE_TEXT - n), ", default %s",
				 k->def ? "true" : "false");
		break;
	case CONF_STRING:
		n = snprintf(out, LINE_TEXT, "%s", k->choices ? "one of" : "text");
		for (size_t i = 0; k->choices && k->choices[i]; i++)
			n += snprintf(out + n, (size_t)(LINE_TEXT - n), " \"%s\"", k->choices[i]);
		if (!def && k->def_text && k->def_text[0])
			snprintf(out + n, (size_t)(LINE_TEXT - n), ", default \"%s\"", k->def_text);
		else if (!def)
			snprintf(out + n, (size_t)(LINE_TEXT - n), ", default empty");
		break;
	case CONF_OBJECT:
		n = snprintf(out, LINE_TEXT, "object");
		break;
	case CONF_LIST:
		n = snprintf(out, LINE_TEXT, "list of %" PRId64 " to %" PRId64 " %s", k->min,
			     k->max, k->of ? "objects" : "texts");
		if (!def)
			snprintf(out + n, (size_t)(LINE_TEXT - n), ", default empty");
		break;
	}
	if (def)
		snprintf(out + n, (size_t)(LINE_TEXT - n), "%s", def);
}

/* Every key of the table has its heading in the page, with these very words. */
static void compare(struct page *p, const struct conf_table *t, const char *within, int depth)
{
	char path[PATH_TEXT], what[LINE_TEXT], line[LINE_TEXT + PATH_TEXT + 16];

	assert_true(depth < DEEP);
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_key *k = &t->keys[i];

		snprintf(path, sizeof path, "%s%s", within, k->key);
		spec(what, k);
		snprintf(line, sizeof line, "\n*%s* (%s)\n", path, what);
		p->keys++;
		if (!strstr(p->text, line)) {
			p->missing++;
			fprintf(stderr, "%s: not there: %s", p->path, line + 1);
		}
		if (!k->of)
			continue;
		snprintf(path, sizeof path, "%s%s%s", within, k->key,
			 k->type == CONF_LIST ? "[]." : ".");
		compare(p, k->of, path, depth + 1);
	}
}

/* Headings in the page: lines such as "*grace_s* (...)". */
static unsigned headings(const char *text)
{
	unsigned n = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *open, *end;

		line += *line == '\n';
		end = line + strcspn(line, "\n");
		open = strstr(line, "* (");
		n += *line == '*' && open && open < end;
	}
	return n;
}

static void page_says_what_the_table_says(const char *path, const struct conf_table *t)
{
	char why[CONF_WHY];
	struct page p = { .path = path };
	size_t len;

	p.text = conf_slurp(path, &len, why);
	if (!p.text)
		fail_msg("%s", why);
	compare(&p, t, "", 0);
	assert_int_equal(p.missing, 0);
	assert_int_equal(headings(p.text), p.keys); /* and nothing that is no key any more */
	free(p.text);
}

/* Rules that conf relies on: see conf_key. */
static void table_is_sound(const struct conf_table *t, bool optional, int depth)
{
	assert_true(depth < DEEP);
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_key *k = &t->keys[i];

		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(t->keys[j].key, k->key);
		assert_true(k->at < t->size);
		/* An object that may be left out has a default for everything in it. */
		if (optional)
			assert_false(k->required);
		if (k->type == CONF_INT && !k->required)
			assert_true(k->def >= k->min && k->def <= k->max);
		if (k->type == CONF_STRING && k->def_text && k->def_text[0])
			assert_true((int64_t)strlen(k->def_text) >= k->min);
		if (k->of)
			table_is_sound(k->of, k->type == CONF_OBJECT && !k->required, depth + 1);
	}
}

static void the_gateway_page_says_what_its_table_says(void **state)
{
	(void)state;
	page_says_what_the_table_says("gateway/matsang-gateway.jsonc.5.scd", &gateway_table);
}

static void the_node_page_says_what_its_table_says(void **state)
{
	(void)state;
	page_says_what_the_table_says("node/matsang-node.jsonc.5.scd", &node_table);
}

static void the_tables_are_sound(void **state)
{
	(void)state;
	table_is_sound(&gateway_table, false, 0);
	table_is_sound(&node_table, false, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gateway_page_says_what_its_table_says),
		cmocka_unit_test(the_node_page_says_what_its_table_says),
		cmocka_unit_test(the_tables_are_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
