/* SPDX-License-Identifier: Apache-2.0 */
/* disk_mem: a disk in memory, which fills up, breaks and loses its power when told to. */
#ifndef MATSANG_TESTS_DISK_MEM_H
#define MATSANG_TESTS_DISK_MEM_H

#include "node/disk.h"

#include <stdbool.h>

struct disk_mem {
	struct disk disk; /* hand this to whoever wants a disk; its self is this struct, so do not
			     move it */
	uint8_t *data;    /* the file */
	size_t len, room;
	size_t synced;   /* this much of it survives a power cut for sure */
	uint8_t *beside; /* the new file between begin and commit */
	size_t beside_len, beside_room;
	bool open_beside;
	size_t limit;                    /* bytes the file may have, then -ENOSPC; 0 none */
	int fail_write;                  /* -errno of every write from now on; 0 works */
	int fail_read;                   /* -errno of every read (and of size); 0 works */
	int fail_sync;                   /* -errno of every sync from now on; 0 works */
	uint64_t writes, syncs, commits; /* appends, adds and commits; syncs and commits; commits */
	uint64_t reads;
	uint64_t calls;   /* all that may change something: append, sync, cut, begin, add, commit */
	uint64_t dies_at; /* this call (from 1) is half done and all later ones fail; 0 none */
};

/* An empty disk that works. */
void disk_mem_init(struct disk_mem *d);
void disk_mem_free(struct disk_mem *d);

/*
 * The power goes: what was synced stays; of what was appended since, a part drawn from seed stays,
 * and now and then a byte of that part is wrong. A new file that was not committed is gone. A disk
 * that died works again.
 */
void disk_mem_power_cut(struct disk_mem *d, uint64_t seed);

/* The file now holds a copy of these bytes, synced. */
void disk_mem_fill(struct disk_mem *d, const uint8_t *buf, size_t len);

/* The file is gone; the disk still works. */
void disk_mem_lose(struct disk_mem *d);

#endif
