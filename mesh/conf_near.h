/* SPDX-License-Identifier: Apache-2.0 */
/* conf_near: the right name nearest to a wrong one, and names as a message shows them; part of
 * conf. */
#ifndef MATSANG_MESH_CONF_NEAR_H
#define MATSANG_MESH_CONF_NEAR_H

#include <stddef.h>

enum { NEAR_QUOTE = 48 };

/* The i-th right name; NULL after the last. */
typedef const char *near_name_fn(const void *of, size_t i);

/* The name that wrong was probably meant to be; NULL when none is near. Case does not matter. */
const char *near_find(const char *wrong, near_name_fn *name, const void *of);

/* All names as "a, b, c", cut with dots when size bytes are too few. */
void near_all(char *out, size_t size, near_name_fn *name, const void *of);

/* Somebody's text (UTF-8), fit for a message: short, and no control characters. Returns out. */
const char *near_quote(char out[static NEAR_QUOTE], const char *text);

#endif
