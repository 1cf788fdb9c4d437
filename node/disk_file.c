/* SPDX-License-Identifier: Apache-2.0 */
/* disk_file: the real body of struct disk, a file in a folder. */
#include "node/disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct disk_file {
	int fd, fresh;          /* fresh: the new file between begin and commit, else -1 */
	int64_t end, fresh_end; /* what lies behind is left of a write that failed */
	int folder;
	bool folder_unsynced;
	char *name, *fresh_name; /* in folder */
};

static int64_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? -errno : st.st_size;
}

/*
 * All or nothing at *end: what a full disk let in of it is cut off again. Where even that is
 * refused it stays behind the end, and the next write goes over it.
 */
static int file_append(int fd, int64_t *end, const void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const ssize_t n = pwrite(fd, (const char *)buf + done, len - done,
					 (off_t)(*end + (int64_t)done));
		int why;

		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		why = n < 0 ? errno : EIO;
		if (done > 0)
			(void)!ftruncate(fd, (off_t)*end);
		return -why;
	}
	*end += (int64_t)len;
	return 0;
}

static int64_t disk_size(void *self)
{
	const struct disk_file *f = self;

	return f->end;
}

static int64_t disk_read(void *self, uint64_t off, void *buf, size_t len)
{
	const struct disk_file *f = self;
	size_t done = 0;

	if (off >= (uint64_t)f->end)
		return 0;
	if (len > (uint64_t)f->end - off)
		len = (size_t)((uint64_t)f->end - off);
	while (done < len) {
		const ssize_t n = pread(f->fd, (char *)buf + done, len - done, (off_t)(off + done));

		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (int64_t)done;
}

static int disk_append(void *self, const void *buf, size_t len)
{
	struct disk_file *f = self;

	return file_append(f->fd, &f->end, buf, len);
}

static int folder_sync(struct disk_file *f)
{
	if (!f->folder_unsynced)
		return 0;
	if (fsync(f->folder) < 0)
		return -errno;
	f->folder_unsynced = false;
	return 0;
}

static int disk_sync(void *self)
{
	struct disk_file *f = self;

	if (fdatasync(f->fd) < 0)
		return -errno;
	return folder_sync(f);
}

static int disk_cut(void *self, uint64_t size)
{
	struct disk_file *f = self;

	if (ftruncate(f->fd, (off_t)size) < 0)
		return -errno;
	f->end = (int64_t)size;
	return 0;
}

static void drop_fresh(struct disk_file *f)
{
	if (f->fresh >= 0)
		close(f->fresh);
	f->fresh = -1;
	unlinkat(f->folder, f->fresh_name, 0);
}

/* Ours alone, or -EBUSY. */
static int lock(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? -EBUSY : -errno;
}

static int disk_begin(void *self)
{
	struct disk_file *f = self;
	int err;

	drop_fresh(f);
	f->fresh_end = 0;
	f->fresh = openat(f->folder, f->fresh_name,
			  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fresh < 0)
		return -errno;
	err = lock(f->fresh); /* now, so that the file in place is never without */
	if (err < 0)
		drop_fresh(f);
	return err;
}

static int disk_add(void *self, const void *buf, size_t len)
{
	struct disk_file *f = self;
	int err;

	if (f->fresh < 0)
		return -EBADF;
	err = file_append(f->fresh, &f->fresh_end, buf, len);
	if (err < 0)
		drop_fresh(f);
	return err;
}

static int disk_commit(void *self)
{
	struct disk_file *f = self;
	int err;

	if (f->fresh < 0)
		return -EBADF;
	if (fsync(f->fresh) < 0 || renameat(f->folder, f->fresh_name, f->folder, f->name) < 0) {
		err = -errno;
		drop_fresh(f);
		return err;
	}
	close(f->fd);
	f->fd = f->fresh;
	f->end = f->fresh_end;
	f->fresh = -1;
	/* The new file is in place and there is no way back. A power cut now leaves the old or the
	 * new one, and sync promises nothing until the folder too is safe. */
	f->folder_unsynced = true;
	(void)folder_sync(f);
	return 0;
}

/* name and fresh_name from path, and the folder opened. */
static int folder_open(struct disk_file *f, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	f->name = strdup(basename(copy));
	if (!f->name || asprintf(&f->fresh_name, "%s.new", f->name) < 0) {
		f->fresh_name = NULL;
		free(copy);
		return -ENOMEM;
	}
	strcpy(copy, path);
	f->folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	return f->folder < 0 ? -errno : 0;
}

static void file_free(struct disk_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->folder >= 0)
		close(f->folder);
	free(f->name);
	free(f->fresh_name);
	free(f);
}

static int file_open(struct disk_file *f, const char *path)
{
	int err = folder_open(f, path);

	if (err < 0)
		return err;
	f->fd = openat(f->folder, f->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return -errno;
	err = lock(f->fd);
	if (err < 0)
		return err;
	f->end = file_size(f->fd);
	if (f->end < 0)
		return (int)f->end;
	drop_fresh(f); /* left by a power cut */
	f->folder_unsynced = true;
	(void)folder_sync(f);
	return 0;
}

int disk_file_open(struct disk *d, const char *path)
{
	struct disk_file *f = calloc(1, sizeof *f);
	int err;

	if (!f)
		return -ENOMEM;
	*f = (struct disk_file){ .fd = -1, .fresh = -1, .folder = -1 };
	err = file_open(f, path);
	if (err < 0) {
		file_free(f);
		return err;
	}
	*d = (struct disk){
		.self = f,
		.size = disk_size,
		.read = disk_read,
		.append = disk_append,
		.sync = disk_sync,
		.cut = disk_cut,
		.begin = disk_begin,
		.add = disk_add,
		.commit = disk_commit,
	};
	return 0;
}

void disk_file_close(struct disk *d)
{
	if (!d->self)
		return;
	drop_fresh(d->self);
	file_free(d->self);
	*d = (struct disk){ 0 };
}
