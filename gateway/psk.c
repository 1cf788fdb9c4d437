/* SPDX-License-Identifier: Apache-2.0 */
/* psk: the broker's file of pre-shared keys, one "identity:key" a line; no key, no way in. */
#include "gateway/psk.h"
#include "mesh/replace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PSK_MODE = 0640 }; /* the broker reads it by its group */

/* The file's text, malloc'd; "" when there is no file yet; NULL and why when it cannot be read. */
static char *slurp(const char *path, size_t *len, char why[static CONF_WHY])
{
	*len = 0;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return strdup("");
	return conf_slurp(path, len, why);
}

static void wipe(char *text, size_t len)
{
	if (text)
		explicit_bzero(text, len);
	free(text);
}

/* Copy to `to` all lines of text but those of identity. Returns how many those were. */
static size_t others(FILE *to, const char *text, size_t len, const char *identity)
{
	const size_t id = strlen(identity);
	size_t dropped = 0;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		const size_t n = end ? (size_t)(end - text) : len;

		if (n > id && text[id] == ':' && memcmp(text, identity, id) == 0) {
			dropped++;
		} else {
			fwrite(text, 1, n, to);
			fputc('\n', to);
		}
		text += end ? n + 1 : n;
		len -= end ? n + 1 : n;
	}
	return dropped;
}

/* key NULL: drop. */
static int change(const char *path, const char *identity, const char *key,
		  char why[static CONF_WHY])
{
	size_t len, new_len = 0, dropped;
	char *old = slurp(path, &len, why), *text = NULL;
	FILE *f = old ? open_memstream(&text, &new_len) : NULL;
	int err = 0;

	if (!f) {
		wipe(old, len);
		if (old)
			snprintf(why, CONF_WHY, "%s: out of memory", path);
		return old ? -ENOMEM : -EIO;
	}
	dropped = others(f, old, len, identity);
	if (key)
		fprintf(f, "%s:%s\n", identity, key);
	if (fclose(f) != 0) {
		err = -ENOMEM;
		snprintf(why, CONF_WHY, "%s: out of memory", path);
	} else if (!key && dropped == 0) {
		err = -ENOENT;
		snprintf(why, CONF_WHY, "%s: %s has no key here; nothing to take away", path,
			 identity);
	} else if (new_len != len || memcmp(text, old, len) != 0) {
		err = replace_file(path, text, new_len, PSK_MODE, why);
	}
	wipe(old, len);
	wipe(text, new_len);
	return err;
}

int psk_put(const char *path, const char *identity, const char *key, char why[static CONF_WHY])
{
	return change(path, identity, key, why);
}

int psk_drop(const char *path, const char *identity, char why[static CONF_WHY])
{
	return change(path, identity, NULL, why);
}
