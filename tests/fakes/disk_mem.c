/* SPDX-License-Identifier: Apache-2.0 */
/* disk_mem: a disk in memory, which fills up, breaks and loses its power when told to. */
#include "tests/fakes/disk_mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int grow(uint8_t **buf, size_t *room, size_t need)
{
	size_t size = *room ? *room : 4096;
	uint8_t *grown;

	if (need <= *room)
		return 0;
	while (size < need)
		size *= 2;
	grown = realloc(*buf, size);
	if (!grown)
		return -ENOMEM;
	*buf = grown;
	*room = size;
	return 0;
}

static int64_t mem_size(void *self)
{
	struct disk_mem *d = self;

	return d->fail_read ? d->fail_read : (int64_t)d->len;
}

static int64_t mem_read(void *self, uint64_t off, void *buf, size_t len)
{
	struct disk_mem *d = self;

	d->reads++;
	if (d->fail_read)
		return d->fail_read;
	if (off >= d->len)
		return 0;
	if (len > d->len - off)
		len = d->len - (size_t)off;
	memcpy(buf, d->data + off, len);
	return (int64_t)len;
}

/* Counts a call; 0, or -errno when the disk refuses it or dies at it. */
static int called(struct disk_mem *d)
{
	d->calls++;
	return d->dies_at && d->calls >= d->dies_at ? -EIO : d->fail_write;
}

static int refuses(struct disk_mem *d, size_t len)
{
	int err = called(d);

	d->writes++;
	if (err)
		return err;
	return d->limit && len > d->limit ? -ENOSPC : 0;
}

static int mem_append(void *self, const void *buf, size_t len)
{
	struct disk_mem *d = self;
	int err = refuses(d, d->len + len);
	bool half = d->dies_at && d->calls == d->dies_at;

	if (!err || half) {
		int grown = grow(&d->data, &d->room, d->len + len);

		err = grown ? grown : err;
	}
	if (err && !half)
		return err;
	memcpy(d->data + d->len, buf, len);
	d->len += half ? len / 2 : len;
	return err;
}

static int mem_sync(void *self)
{
	struct disk_mem *d = self;

	int err = called(d);

	d->syncs++;
	if (!err)
		err = d->fail_sync;
	if (!err)
		d->synced = d->len;
	return err;
}

static int mem_cut(void *self, uint64_t size)
{
	struct disk_mem *d = self;
	int err = called(d);

	if (err)
		return err;
	if (size < d->len)
		d->len = (size_t)size;
	if (d->synced > d->len)
		d->synced = d->len;
	return 0;
}

static void drop_beside(struct disk_mem *d)
{
	d->beside_len = 0;
	d->open_beside = false;
}

static int mem_begin(void *self)
{
	struct disk_mem *d = self;
	int err = called(d);

	drop_beside(d);
	if (err)
		return err;
	d->open_beside = true;
	return 0;
}

static int mem_add(void *self, const void *buf, size_t len)
{
	struct disk_mem *d = self;
	int err = d->open_beside ? refuses(d, d->beside_len + len) : -EBADF;

	if (!err)
		err = grow(&d->beside, &d->beside_room, d->beside_len + len);
	if (err) {
		drop_beside(d);
		return err;
	}
	memcpy(d->beside + d->beside_len, buf, len);
	d->beside_len += len;
	return 0;
}

static int mem_commit(void *self)
{
	struct disk_mem *d = self;
	uint8_t *old = d->data;
	size_t old_room = d->room;
	int err = d->open_beside ? refuses(d, 0) : -EBADF;

	if (err) {
		drop_beside(d);
		return err;
	}
	d->syncs++;
	d->commits++;
	d->data = d->beside;
	d->room = d->beside_room;
	d->len = d->synced = d->beside_len;
	d->beside = old;
	d->beside_room = old_room;
	drop_beside(d);
	return 0;
}

void disk_mem_init(struct disk_mem *d)
{
	*d = (struct disk_mem){ .disk = { .self = d,
					  .size = mem_size,
					  .read = mem_read,
					  .append = mem_append,
					  .sync = mem_sync,
					  .cut = mem_cut,
					  .begin = mem_begin,
					  .add = mem_add,
					  .commit = mem_commit } };
}

void disk_mem_free(struct disk_mem *d)
{
	free(d->data);
	free(d->beside);
	d->data = d->beside = NULL;
}

void disk_mem_power_cut(struct disk_mem *d, uint64_t seed)
{
	size_t loose = d->len - d->synced, stays;

	drop_beside(d);
	d->dies_at = 0;
	if (loose == 0)
		return;
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	stays = (size_t)((seed >> 33) % (loose + 1));
	if (stays > 0 && (seed >> 20 & 3) == 0)
		d->data[d->synced + (seed >> 40) % stays] ^= 0x5a;
	d->len = d->synced = d->synced + stays;
}

void disk_mem_fill(struct disk_mem *d, const uint8_t *buf, size_t len)
{
	d->len = 0;
	if (grow(&d->data, &d->room, len) != 0)
		abort();
	if (len)
		memcpy(d->data, buf, len);
	d->len = d->synced = len;
}

void disk_mem_lose(struct disk_mem *d)
{
	drop_beside(d);
	d->len = d->synced = 0;
}
