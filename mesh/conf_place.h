/* SPDX-License-Identifier: Apache-2.0 */
/* conf_place: where each value of a settings text stands; part of conf, for conf.c only. */
#ifndef MATSANG_MESH_CONF_PLACE_H
#define MATSANG_MESH_CONF_PLACE_H

#include "mesh/conf.h"

/* Line and column from 1; a column is one character, whatever its bytes. */
struct conf_spot {
	unsigned line, column;
};

/* One value, and its key when it stands in an object (else key equals value). */
struct conf_place {
	struct conf_spot key, value;
	size_t at, len; /* bytes of a number in the text; of anything else only at */
};

struct conf_places {
	struct conf_place *place; /* in the order in which the values begin in the text */
	size_t n, size;
};

/*
 * Go once through text: check that it is UTF-8 and strict JSON with comments, nested no deeper than
 * CONF_DEPTH_MAX, note the place of every value, and blank byte order mark and comments out of text
 * with spaces (line breaks stay). cJSON then reads the same bytes; the order of its tree, parents
 * before children, is the order of the places.
 *
 * On error *bad is where and what (a static sentence) is wrong. Either way free places->place
 * after.
 */
enum conf_err conf_place_scan(struct conf_places *places, char *text, size_t len,
			      struct conf_spot *bad, const char **what);

#endif
