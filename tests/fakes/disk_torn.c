/* SPDX-License-Identifier: Apache-2.0 */
/* disk_torn: a disk in memory that knows what is not synced, and all that a power cut may leave. */
#include "tests/fakes/disk_torn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- one file ---- */

static void touch(struct torn_file *f, size_t from, size_t to)
{
	for (size_t i = from / TORN_SECTOR; i * TORN_SECTOR < to; i++) {
		f->loose[i] = true;
		f->stuck[i] = false;
	}
}

static void resized(struct torn_file *f, size_t len)
{
	bool again = len == f->safe_len;

	f->len = len;
	for (size_t i = 0; i < f->n_lengths; i++)
		again |= f->lengths[i] == len;
	if (again)
		return;
	assert(f->n_lengths < TORN_LENGTHS);
	f->lengths[f->n_lengths++] = len;
}

static void write_end(struct torn_file *f, const void *buf, size_t len)
{
	assert(f->len + len <= TORN_ROOM);
	memcpy(f->now + f->len, buf, len);
	touch(f, f->len, f->len + len);
	resized(f, f->len + len);
}

static void shorten(struct torn_file *f, size_t len)
{
	size_t was = f->len;

	memset(f->now + len, 0, was - len);
	touch(f, len, was);
	resized(f, len);
}

static size_t longer(const struct torn_file *f)
{
	return f->len > f->safe_len ? f->len : f->safe_len;
}

/* What is on its way arrives, but for sectors that a failed sync has forgotten. */
static void settle(struct torn_file *f)
{
	for (size_t i = 0; i * TORN_SECTOR < longer(f); i++)
		if (!f->stuck[i]) {
			memcpy(f->safe + i * TORN_SECTOR, f->now + i * TORN_SECTOR, TORN_SECTOR);
			f->loose[i] = false;
		}
	f->safe_len = f->len;
	f->n_lengths = 0;
}

static void give_up(struct torn_file *f)
{
	for (size_t i = 0; i * TORN_SECTOR < longer(f); i++)
		f->stuck[i] |= f->loose[i];
}

static void replace(struct torn_file *f, const uint8_t *buf, size_t len)
{
	size_t was = longer(f);

	memset(f->now, 0, was);
	memset(f->safe, 0, was);
	if (len) {
		memcpy(f->now, buf, len);
		memcpy(f->safe, buf, len);
	}
	memset(f->loose, 0, sizeof f->loose);
	memset(f->stuck, 0, sizeof f->stuck);
	f->len = f->safe_len = len;
	f->n_lengths = 0;
}

static void copy(struct torn_file *to, const struct torn_file *from)
{
	replace(to, from->safe, from->safe_len);
	memcpy(to->now, from->now, longer(from));
	to->len = from->len;
	memcpy(to->loose, from->loose, sizeof to->loose);
	memcpy(to->lengths, from->lengths, sizeof to->lengths);
	to->n_lengths = from->n_lengths;
}

/* Of more than fit, the oldest and the newest. */
static void keep_old(struct disk_torn *d)
{
	if (d->n_old == TORN_OLD) {
		for (size_t i = 2; i < TORN_OLD; i++)
			copy(&d->old[i - 1], &d->old[i]);
		d->n_old--;
	}
	copy(&d->old[d->n_old++], &d->file);
}

/* ---- the table ---- */

static int refused(struct disk_torn *d, enum torn_call call)
{
	const struct torn_fault *t = &d->fault;

	return (t->calls & call) && d->calls >= t->from && d->calls < t->until ? t->err : 0;
}

static int called(struct disk_torn *d, enum torn_call call)
{
	if (d->calls < TORN_LOG)
		d->log[d->calls] = (uint16_t)call;
	d->calls++;
	return refused(d, call);
}

static int stepped(struct disk_torn *d, int result)
{
	if (d->step)
		d->step(d->step_self);
	return result;
}

static int64_t torn_size(void *self)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_SIZE);

	return err ? err : (int64_t)d->file.len;
}

static int64_t torn_read(void *self, uint64_t off, void *buf, size_t len)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_READ);

	if (err)
		return err;
	if (off >= d->file.len)
		return 0;
	if (len > d->file.len - off)
		len = d->file.len - (size_t)off;
	memcpy(buf, d->file.now + off, len);
	return (int64_t)len;
}

static int torn_append(void *self, const void *buf, size_t len)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_APPEND);

	if (err) {
		/* Some of it may have gone in before it was cut off again. */
		if (err == -ENOSPC) {
			write_end(&d->file, buf, len / 2);
			shorten(&d->file, d->file.len - len / 2);
		}
		return stepped(d, err);
	}
	write_end(&d->file, buf, len);
	return stepped(d, 0);
}

/* Once the folder has been told, the replaced files are gone for good. */
static int folder(struct disk_torn *d)
{
	int err = d->n_old > 0 ? refused(d, TORN_FOLDER) : 0;

	if (d->n_old > 0 && d->calls <= TORN_LOG)
		d->log[d->calls - 1] |= TORN_FOLDER;
	if (!err)
		d->n_old = 0;
	return err;
}

static int torn_sync(void *self)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_SYNC);

	if (err) {
		give_up(&d->file);
		return stepped(d, err);
	}
	settle(&d->file);
	return stepped(d, folder(d));
}

static int torn_cut(void *self, uint64_t size)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_CUT);

	if (!err && size < d->file.len)
		shorten(&d->file, (size_t)size);
	return stepped(d, err);
}

static int torn_begin(void *self)
{
	struct disk_torn *d = self;
	int err = called(d, TORN_BEGIN);

	d->beside_len = 0;
	d->open_beside = !err;
	return stepped(d, err);
}

static int torn_add(void *self, const void *buf, size_t len)
{
	struct disk_torn *d = self;
	int err = d->open_beside ? called(d, TORN_ADD) : -EBADF;

	if (err) {
		d->open_beside = false;
		return stepped(d, err);
	}
	assert(d->beside_len + len <= TORN_ROOM);
	memcpy(d->beside + d->beside_len, buf, len);
	d->beside_len += len;
	return stepped(d, 0);
}

static int torn_commit(void *self)
{
	struct disk_torn *d = self;
	int err = d->open_beside ? called(d, TORN_COMMIT) : -EBADF;

	d->open_beside = false;
	if (err)
		return stepped(d, err);
	keep_old(d);
	replace(&d->file, d->beside, d->beside_len);
	stepped(d, 0); /* renamed, and the folder not yet synced */
	(void)folder(d);
	return stepped(d, 0);
}

void disk_torn_init(struct disk_torn *d)
{
	memset(d, 0, sizeof *d);
	d->disk = (struct disk){ .self = d,
				 .size = torn_size,
				 .read = torn_read,
				 .append = torn_append,
				 .sync = torn_sync,
				 .cut = torn_cut,
				 .begin = torn_begin,
				 .add = torn_add,
				 .commit = torn_commit };
}

void disk_torn_fill(struct disk_torn *d, const uint8_t *buf, size_t len)
{
	assert(len <= TORN_ROOM);
	replace(&d->file, buf, len);
	d->n_old = 0;
	d->open_beside = false;
}

/* ---- what a power cut may leave ---- */

struct leaver {
	void (*left)(void *self, const uint8_t *buf, size_t len);
	void *self;
	uint64_t n;
	uint8_t buf[TORN_ROOM];
};

static void leave(struct leaver *l, size_t len)
{
	l->n++;
	l->left(l->self, l->buf, len);
}

static void put_part(struct leaver *l, const struct torn_file *f, size_t sector, bool fresh,
		     size_t from, size_t to)
{
	const uint8_t *src = fresh ? f->now : f->safe;

	memcpy(l->buf + sector * TORN_SECTOR + from, src + sector * TORN_SECTOR + from, to - from);
}

/* This subset of the loose sectors arrived; then the same with the last of them torn. */
static void leave_subset(struct leaver *l, const struct torn_file *f, const size_t *at, size_t n,
			 unsigned arrived, size_t len)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		bool fresh = arrived >> i & 1;

		put_part(l, f, at[i], fresh, 0, TORN_SECTOR);
		if (fresh)
			last = at[i];
	}
	leave(l, len);
	if (last == SIZE_MAX)
		return;
	put_part(l, f, last, false, TORN_SECTOR / 2, TORN_SECTOR);
	leave(l, len);
	put_part(l, f, last, false, 0, TORN_SECTOR / 2);
	put_part(l, f, last, true, TORN_SECTOR / 2, TORN_SECTOR);
	leave(l, len);
}

static void leave_length(struct leaver *l, const struct torn_file *f, size_t len)
{
	size_t at[TORN_LOOSE], n = 0;

	memcpy(l->buf, f->safe, TORN_ROOM);
	for (size_t i = 0; i * TORN_SECTOR < len; i++)
		if (f->loose[i]) {
			assert(n < TORN_LOOSE);
			at[n++] = i;
		}
	for (unsigned arrived = 0; arrived < 1u << n; arrived++)
		leave_subset(l, f, at, n, arrived, len);
}

static void leave_file(struct leaver *l, const struct torn_file *f)
{
	leave_length(l, f, f->safe_len);
	for (size_t i = 0; i < f->n_lengths; i++)
		leave_length(l, f, f->lengths[i]);
}

uint64_t disk_torn_each(const struct disk_torn *d,
			void (*left)(void *self, const uint8_t *buf, size_t len), void *self)
{
	struct leaver *l = malloc(sizeof *l);
	uint64_t n;

	if (!l)
		abort();
	l->left = left;
	l->self = self;
	l->n = 0;
	leave_file(l, &d->file);
	for (size_t i = 0; i < d->n_old; i++)
		leave_file(l, &d->old[i]);
	n = l->n;
	free(l);
	return n;
}

struct picker {
	struct disk_torn *d;
	uint64_t nth;
	uint8_t buf[TORN_ROOM];
	size_t len;
};

static void none_left(void *self, const uint8_t *buf, size_t len)
{
	(void)self;
	(void)buf;
	(void)len;
}

static void pick(void *self, const uint8_t *buf, size_t len)
{
	struct picker *p = self;

	if (p->nth-- != 0)
		return;
	memcpy(p->buf, buf, len);
	p->len = len;
}

void disk_torn_power_cut(struct disk_torn *d, uint64_t nth)
{
	static struct picker p; /* large */

	p.nth = nth % disk_torn_each(d, none_left, NULL);
	disk_torn_each(d, pick, &p);
	disk_torn_fill(d, p.buf, p.len);
}
