/* SPDX-License-Identifier: Apache-2.0 */
/* disk_rest: stands before a disk; while it rests nothing is written, all else is as ever. */
#ifndef MATSANG_NODE_DISK_REST_H
#define MATSANG_NODE_DISK_REST_H

#include "node/disk.h"

#include <stdbool.h>

/* A spool on it keeps records in memory while it rests, as when the disk refuses (-EROFS), and
 * writes them at its next put or flush afterwards. */
struct disk_rest {
	struct disk disk; /* hand this on */
	const struct disk *under;
	bool resting;
};

/* under is borrowed. Awake at first. Do not move r afterwards. */
void disk_rest_init(struct disk_rest *r, const struct disk *under);

/* Sync, so that the kernel has nothing left to write for us later; then rest, whatever came of it.
 * 0 or -errno. */
int disk_rest_sleep(struct disk_rest *r);
void disk_rest_wake(struct disk_rest *r);

#endif
