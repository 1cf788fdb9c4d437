/* SPDX-License-Identifier: Apache-2.0 */
/* disk_file: the real body of struct disk, a file in a folder. */
#ifndef MATSANG_NODE_DISK_FILE_H
#define MATSANG_NODE_DISK_FILE_H

#include "node/disk.h"

/*
 * Open path, or create it (mode 0600), and fill *d. The folder must exist. The file is locked, so
 * that two nodes never share one; beside it PATH.new comes and goes. 0; -EBUSY when another process
 * has it; -errno.
 *
 * Where the folder could not be synced (at creation or after a commit) each sync tries again first,
 * and fails as long as that does.
 */
int disk_file_open(struct disk *d, const char *path);
void disk_file_close(struct disk *d); /* *d may be all zeroes */

#endif
