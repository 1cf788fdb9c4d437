/* SPDX-License-Identifier: Apache-2.0 */
/* list: a growing array of anything. */
#ifndef MATSANG_YEAR_LIST_H
#define MATSANG_YEAR_LIST_H

#include <stddef.h>
#include <stdlib.h>

#define LIST(type)              \
	struct {                \
		type *at;       \
		size_t n, room; \
	}

static inline void *list_room(void *at, size_t n, size_t *room, size_t each)
{
	size_t more = *room ? 2 * *room : 8;
	void *grown;

	if (n < *room)
		return at;
	grown = realloc(at, more * each);
	if (!grown)
		abort();
	*room = more;
	return grown;
}

/* A place at the end, to be filled at once. */
#define LIST_ADD(list)                                                                \
	((list).at = list_room((list).at, (list).n, &(list).room, sizeof *(list).at), \
	 &(list).at[(list).n++])

#endif
