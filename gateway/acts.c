/* SPDX-License-Identifier: Apache-2.0 */
/* acts: the list of what the core wants done; grows as needed, emptied after every turn. */
#include "gateway/acts.h"

#include <stdlib.h>
#include <string.h>

enum { ACTS_KEPT = 1024 };

struct act *acts_add(struct acts *a, enum act_kind kind, uint32_t point)
{
	struct act *act;

	if (a->n == a->size) {
		size_t size = a->size ? 2 * a->size : 64;
		struct act *grown = realloc(a->act, size * sizeof *grown);

		if (!grown)
			abort();
		a->act = grown;
		a->size = size;
	}
	act = &a->act[a->n++];
	memset(act, 0, sizeof *act);
	act->kind = kind;
	act->point = point;
	return act;
}

void acts_clear(struct acts *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->act[i].kind == ACT_ABOUT)
			free(a->act[i].u.about.text);
		else if (a->act[i].kind == ACT_SAMPLES)
			free(a->act[i].u.samples.draw);
		else if (a->act[i].kind == ACT_TELL)
			free(a->act[i].u.tell.notice);
	}
	a->n = 0;
	if (a->size > ACTS_KEPT) {
		free(a->act);
		*a = (struct acts){ 0 };
	}
}
