/* SPDX-License-Identifier: Apache-2.0 */
/* disk_rest: stands before a disk; while it rests nothing is written, all else is as ever. */
#include "node/disk_rest.h"

#include <errno.h>

static int64_t rest_size(void *self)
{
	struct disk_rest *r = self;

	return r->under->size(r->under->self);
}

static int64_t rest_read(void *self, uint64_t off, void *buf, size_t len)
{
	struct disk_rest *r = self;

	return r->under->read(r->under->self, off, buf, len);
}

static int rest_append(void *self, const void *buf, size_t len)
{
	struct disk_rest *r = self;

	return r->resting ? -EROFS : r->under->append(r->under->self, buf, len);
}

static int rest_sync(void *self)
{
	struct disk_rest *r = self;

	return r->resting ? -EROFS : r->under->sync(r->under->self);
}

static int rest_cut(void *self, uint64_t size)
{
	struct disk_rest *r = self;

	return r->resting ? -EROFS : r->under->cut(r->under->self, size);
}

static int rest_begin(void *self)
{
	struct disk_rest *r = self;

	return r->resting ? -EROFS : r->under->begin(r->under->self);
}

/* Nothing rests between begin and commit: they are one call of the spool. */
static int rest_add(void *self, const void *buf, size_t len)
{
	struct disk_rest *r = self;

	return r->under->add(r->under->self, buf, len);
}

static int rest_commit(void *self)
{
	struct disk_rest *r = self;

	return r->under->commit(r->under->self);
}

void disk_rest_init(struct disk_rest *r, const struct disk *under)
{
	*r = (struct disk_rest){ .disk = { .self = r,
					   .size = rest_size,
					   .read = rest_read,
					   .append = rest_append,
					   .sync = rest_sync,
					   .cut = rest_cut,
					   .begin = rest_begin,
					   .add = rest_add,
					   .commit = rest_commit },
				 .under = under };
}

int disk_rest_sleep(struct disk_rest *r)
{
	int err = r->under->sync(r->under->self);

	r->resting = true;
	return err;
}

void disk_rest_wake(struct disk_rest *r)
{
	r->resting = false;
}
