/* SPDX-License-Identifier: Apache-2.0 */
/* table: rows of text in columns that line up. */
#include "gateway/cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Characters of UTF-8 text; our texts are composed (NFC), so each is one column wide. */
static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

void table_add(struct table *t, const char *text)
{
	char **grown, *copy;

	if (t->n == t->size) {
		grown = realloc(t->cell, (2 * t->size + 64) * sizeof *grown);
		if (!grown)
			abort();
		t->cell = grown;
		t->size = 2 * t->size + 64;
	}
	copy = strdup(text);
	if (!copy)
		abort();
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	t->cell[t->n++] = copy;
}

void table_print(struct table *t)
{
	int widest[TABLE_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->n; i++)
		if (width(t->cell[i]) > widest[i % t->columns])
			widest[i % t->columns] = width(t->cell[i]);
	for (size_t i = 0; i < t->n; i++) {
		const size_t column = i % t->columns;
		const int last = column + 1 == t->columns;
		const int pad = last ? 0 : widest[column] + 2 - width(t->cell[i]);

		printf("%s%*s%s", t->cell[i], pad, "", last ? "\n" : "");
		free(t->cell[i]);
	}
	free(t->cell);
	*t = (struct table){ .columns = t->columns };
}
