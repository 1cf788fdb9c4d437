/* SPDX-License-Identifier: Apache-2.0 */
/* disk: the one file under the spool, as a table of functions; real in disk_file.c, played in
 * tests. */
#ifndef MATSANG_NODE_DISK_H
#define MATSANG_NODE_DISK_H

#include <stddef.h>
#include <stdint.h>

/*
 * A file that is written at its end, cut at its end, or replaced whole. Offsets and lengths in
 * bytes. Every function returns -errno when it fails, and keeps nothing of what it is handed.
 *
 * What a power cut leaves: everything up to the last sync or commit that returned 0; of later
 * appends any part, in any order, or none; after a begin without its commit the old file,
 * untouched.
 */
struct disk {
	void *self; /* handed to every function; the owner's */

	/* Length of the file now, 0 when there is none yet. */
	int64_t (*size)(void *self);

	/* Read len bytes at off. Returns how many were there (less than len only at the end of the
	 * file). */
	int64_t (*read)(void *self, uint64_t off, void *buf, size_t len);

	/* Add len bytes at the end, all or nothing: when it fails (-ENOSPC, -EIO) the length is as
	 * before. Returns 0. Not durable before sync. */
	int (*append)(void *self, const void *buf, size_t len);

	/* Everything appended so far survives a power cut once this has returned 0. */
	int (*sync)(void *self);

	/* Shorten the file to size bytes. Returns 0. Durable at the next sync. */
	int (*cut)(void *self, uint64_t size);

	/*
	 * Replace the whole file, so that a power cut leaves either the old or the new one: begin
	 * opens an empty file beside it (dropping one left over), add writes to its end, commit
	 * syncs it, puts it in the old one's place and syncs the folder. Between begin and commit,
	 * size and read still mean the old file; append, sync and cut are not called. When begin,
	 * add or commit fails the new file is dropped and the old one stays. Each returns 0.
	 */
	int (*begin)(void *self);
	int (*add)(void *self, const void *buf, size_t len);
	int (*commit)(void *self);
};

#endif
