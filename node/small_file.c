/* SPDX-License-Identifier: Apache-2.0 */
/* small_file: a file that is written whole or not at all, whatever happens to the power. */
#include "node/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A rename or removal lasts once its folder is on the disk. */
static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd, err = 0;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	fd = open(folder[0] ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int small_file_write(const char *path, const void *text, size_t len)
{
	char beside[PATH_MAX];
	int fd, err;

	if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = put(fd, text, len);
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0)
		return small_file_rename(beside, path);
	unlink(beside);
	return err;
}

char *small_file_read(const char *path, size_t most)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), why = 0;
	char *text = fd < 0 ? NULL : malloc(most + 2);
	size_t have = 0;
	ssize_t n = 1;

	if (!text) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	while (n > 0 && have <= most) {
		n = read(fd, text + have, most + 1 - have);
		if (n > 0)
			have += (size_t)n;
		else if (n < 0)
			why = errno;
	}
	close(fd);
	if (have > most)
		why = EFBIG;
	text[have] = '\0';
	if (why == 0)
		return text;
	free(text);
	errno = why;
	return NULL;
}

int small_file_remove(const char *path)
{
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : -errno;
	return sync_folder(path);
}

int small_file_rename(const char *from, const char *to)
{
	if (rename(from, to) < 0)
		return -errno;
	return sync_folder(to);
}
