/* SPDX-License-Identifier: Apache-2.0 */
/* key: a point's pre-shared key, kept as one line of hexadecimal digits in a file of its own. */
#ifndef MATSANG_MESH_KEY_H
#define MATSANG_MESH_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_MIN = 16, KEY_MAX = 64, KEY_WHY = 200 };

/*
 * Parse len characters: KEY_MIN to KEY_MAX bytes as hex digits, white space around them ignored.
 * False, and *key_len 0, when it is anything else.
 */
bool key_parse(uint8_t key[static KEY_MAX], size_t *key_len, const char *text, size_t len);

/* The same from a file. On false why names the file and the remedy. */
bool key_read(const char *path, uint8_t key[static KEY_MAX], size_t *key_len,
	      char why[static KEY_WHY]);

#endif
