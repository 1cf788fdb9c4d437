/* SPDX-License-Identifier: Apache-2.0 */
/* shelf: what tests of the store share: a small roster, a folder that goes away, acts by hand. */
#ifndef MATSANG_TESTS_SHELF_H
#define MATSANG_TESTS_SHELF_H

#include "gateway/store.h"

extern const struct roster shelf_roster; /* hamlets TT-07, TT-08; points TT-07-03, TT-07-04,
					    TT-08-01; receivers hook0, mail0, which reads English */
extern char shelf_dir[64];               /* of the running test */

/* cmocka set-up and tear-down: a fresh folder, and away with it. */
int shelf_setup(void **state);
int shelf_teardown(void **state);

struct store *shelf_open(void); /* fails the test when it cannot */

/* One act into the list; then commit, which must work. */
void shelf_row(struct acts *a, int64_t id, enum row_kind kind, const char *point, uint64_t boot,
	       uint64_t seq);
void shelf_paint(struct acts *a, uint32_t point, int64_t from, int64_t until, enum colour colour,
		 enum cause cause);
void shelf_tell(struct acts *a, const struct incident *i, enum tell what, uint32_t receiver);
int shelf_try(struct store *s, struct acts *a, int64_t now); /* commits and empties the list */
void shelf_commit(struct store *s, struct acts *a, int64_t now);

/* Run SQL on the file as somebody else would, behind the store's back. */
void shelf_tamper(const char *sql);

#endif
