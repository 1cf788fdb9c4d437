/* SPDX-License-Identifier: Apache-2.0 */
/* key: a point's pre-shared key, kept as one line of hexadecimal digits in a file of its own. */
#include "mesh/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool key_parse(uint8_t key[static KEY_MAX], size_t *key_len, const char *text, size_t len)
{
	*key_len = 0;
	while (len > 0 && blank(text[0]))
		text++, len--;
	while (len > 0 && blank(text[len - 1]))
		len--;
	if (len % 2 != 0 || len / 2 < KEY_MIN || len / 2 > KEY_MAX)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		int high = nibble(text[i]), low = nibble(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i / 2] = (uint8_t)(high << 4 | low);
	}
	*key_len = len / 2;
	return true;
}

bool key_read(const char *path, uint8_t key[static KEY_MAX], size_t *key_len,
	      char why[static KEY_WHY])
{
	char text[2 * KEY_MAX + 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	int error = errno;
	bool ok;

	if (fd >= 0)
		close(fd);
	*key_len = 0;
	if (n < 0) {
		snprintf(why, KEY_WHY, "%s: %s; `matsang enrol` makes key files", path,
			 strerror(error));
		return false;
	}
	ok = key_parse(key, key_len, text, (size_t)n);
	explicit_bzero(text, sizeof text);
	if (!ok)
		snprintf(why, KEY_WHY,
			 "%s: not a key (%d to %d bytes as hex digits); make a new one with "
			 "`matsang enrol`",
			 path, KEY_MIN, KEY_MAX);
	return ok;
}
