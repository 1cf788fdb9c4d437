/* SPDX-License-Identifier: Apache-2.0 */
/* table: the year on one page. */
#ifndef MATSANG_YEAR_TABLE_H
#define MATSANG_YEAR_TABLE_H

#include "tests/year/judge.h"

/* all: every example, not only the first few. False when something is not as it has to be. */
bool table_print(struct judge *j, const struct world *w, bool all);

#endif
