/* SPDX-License-Identifier: Apache-2.0 */
/* disk_none: stands in for a disk that cannot be used at all; every function fails. */
#ifndef MATSANG_NODE_DISK_NONE_H
#define MATSANG_NODE_DISK_NONE_H

#include "node/disk.h"

/* A spool on it keeps records in memory only: news still goes out, a power cut forgets it. */
extern const struct disk disk_none;

#endif
