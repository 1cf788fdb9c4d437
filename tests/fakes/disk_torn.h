/* SPDX-License-Identifier: Apache-2.0 */
/* disk_torn: a disk in memory that knows what is not synced, and all that a power cut may leave. */
#ifndef MATSANG_TESTS_DISK_TORN_H
#define MATSANG_TESTS_DISK_TORN_H

#include "node/disk.h"

#include <stdbool.h>

enum {
	TORN_SECTOR = 512,
	TORN_ROOM = 72 << 10, /* most bytes of a file */
	TORN_LOOSE = 10,      /* most sectors on their way at once; more is a fault of the test */
	TORN_LENGTHS = 64,    /* most lengths since the last sync */
	TORN_LOG = 1024,      /* calls whose kind is remembered */
	TORN_OLD = 3,         /* files whose replacement the folder may not know yet */
};

/* One file: as the program sees it, as it certainly is on the card, and what lies between. */
struct torn_file {
	uint8_t now[TORN_ROOM], safe[TORN_ROOM];
	size_t len, safe_len;
	bool loose[TORN_ROOM / TORN_SECTOR]; /* this sector may be either */
	/* A sync failed while it was loose: later ones do not try it again, until it is written
	 * anew. */
	bool stuck[TORN_ROOM / TORN_SECTOR];
	size_t lengths[TORN_LENGTHS]; /* the file may have any of these, and safe_len */
	size_t n_lengths;
};

/* Kinds of calls, and what is wrong with them. */
enum torn_call {
	TORN_SIZE = 1,
	TORN_READ = 2,
	TORN_APPEND = 4,
	TORN_SYNC = 8,
	TORN_CUT = 16,
	TORN_BEGIN = 32,
	TORN_ADD = 64,
	TORN_COMMIT = 128,
	TORN_FOLDER = 256, /* the folder's part of a commit or a sync */
	TORN_WRITES = TORN_APPEND | TORN_SYNC | TORN_CUT | TORN_BEGIN | TORN_ADD | TORN_COMMIT |
		      TORN_FOLDER,
	TORN_READS = TORN_SIZE | TORN_READ,
};

struct torn_fault {
	uint64_t from, until; /* these calls (from 1, until not included) ... */
	unsigned calls;       /* ... if of these kinds ... */
	int err;              /* ... return this -errno */
};

struct disk_torn {
	struct disk disk; /* its self is this struct, so do not move it */
	struct torn_file file;
	struct torn_file old[TORN_OLD]; /* may be back after a power cut, newest last */
	size_t n_old;
	uint8_t beside[TORN_ROOM];
	size_t beside_len;
	bool open_beside;
	uint64_t calls;
	uint16_t log[TORN_LOG]; /* their kinds */
	struct torn_fault fault;
	/* Called when something on the card may have changed: the power may go here. NULL none. */
	void (*step)(void *self);
	void *step_self;
};

/* An empty disk that works. */
void disk_torn_init(struct disk_torn *d);

/* The file holds these bytes, synced. */
void disk_torn_fill(struct disk_torn *d, const uint8_t *buf, size_t len);

/*
 * Everything that a power cut now may leave of the file, handed to `left` one after the other: each
 * length it had since the last sync, each subset of the loose sectors in it (what did not arrive is
 * as before, or zeros), and each of those with its last sector half old and half new, either way.
 * The same for files whose replacement the folder does not know for sure. Returns how many.
 */
uint64_t disk_torn_each(const struct disk_torn *d,
			void (*left)(void *self, const uint8_t *buf, size_t len), void *self);

/* The power went; of what disk_torn_each counts this is the nth (wrapping). Faults stay. */
void disk_torn_power_cut(struct disk_torn *d, uint64_t nth);

#endif
