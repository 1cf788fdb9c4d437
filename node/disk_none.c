/* SPDX-License-Identifier: Apache-2.0 */
/* disk_none: stands in for a disk that cannot be used at all; every function fails. */
#include "node/disk_none.h"

#include <errno.h>

static int64_t no_size(void *self)
{
	(void)self;
	return -EIO;
}

static int64_t no_read(void *self, uint64_t off, void *buf, size_t len)
{
	(void)self;
	(void)off;
	(void)buf;
	(void)len;
	return -EIO;
}

static int no_write(void *self, const void *buf, size_t len)
{
	(void)self;
	(void)buf;
	(void)len;
	return -EIO;
}

static int no_cut(void *self, uint64_t size)
{
	(void)self;
	(void)size;
	return -EIO;
}

static int no_way(void *self)
{
	(void)self;
	return -EIO;
}

const struct disk disk_none = { .size = no_size,
				.read = no_read,
				.append = no_write,
				.sync = no_way,
				.cut = no_cut,
				.begin = no_way,
				.add = no_write,
				.commit = no_way };
