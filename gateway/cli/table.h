/* SPDX-License-Identifier: Apache-2.0 */
/* table: rows of text in columns that line up, for a terminal. */
#ifndef MATSANG_GATEWAY_CLI_TABLE_H
#define MATSANG_GATEWAY_CLI_TABLE_H

#include <stddef.h>

enum { TABLE_COLUMNS = 8 };

struct table {
	size_t columns; /* 1..TABLE_COLUMNS */
	char **cell;    /* row after row */
	size_t n, size;
};

/* Add the next cell; copies text; control characters come out as '?', so that names from elsewhere
 * cannot steer a terminal. */
void table_add(struct table *t, const char *text);

/* Print and forget all rows. Each column is as wide as its widest cell. */
void table_print(struct table *t);

#endif
