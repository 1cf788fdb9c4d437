/* SPDX-License-Identifier: Apache-2.0 */
/* replace: a file gets new contents all at once, or keeps the old ones, power cut or not. */
#include "mesh/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole text, mode, owner of path if there is one, and all of it on the disk. 0 or -errno. */
static int fill(int fd, const char *path, const char *text, size_t len, mode_t mode)
{
	struct stat old;

	while (len > 0) {
		const ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	/* Owner first: a change of owner may take mode bits away. */
	if (stat(path, &old) == 0 && fchown(fd, old.st_uid, old.st_gid) < 0 &&
	    fchown(fd, (uid_t)-1, old.st_gid) < 0)
		return -errno;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

/* The rename itself must outlive a power cut, too. 0 or -errno. */
static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	char *slash;
	int fd, err = 0;

	snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

int replace_rename(const char *from, const char *to)
{
	return rename(from, to) < 0 ? -errno : sync_folder(to);
}

int replace_remove(const char *path)
{
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : -errno;
	return sync_folder(path);
}

int replace_file(const char *path, const char *text, size_t len, mode_t mode,
		 char why[static CONF_WHY])
{
	char beside[PATH_MAX];
	int fd, err;

	if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
		snprintf(why, CONF_WHY, "%s: the path is too long", path);
		return -ENAMETOOLONG;
	}
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		goto say;
	}
	err = fill(fd, path, text, len, mode);
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(beside, path) < 0)
		err = -errno;
	if (err != 0)
		unlink(beside);
	else
		err = sync_folder(path);
say:
	if (err != 0)
		snprintf(why, CONF_WHY, "%s: cannot be written: %s", path, strerror(-err));
	return err;
}
