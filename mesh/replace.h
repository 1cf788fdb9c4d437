/* SPDX-License-Identifier: Apache-2.0 */
/* replace: a file gets new contents all at once, or keeps the old ones, power cut or not. */
#ifndef MATSANG_MESH_REPLACE_H
#define MATSANG_MESH_REPLACE_H

#include "mesh/conf.h"

#include <sys/types.h>

/*
 * Write len bytes of text beside path, to the disk, and rename them into place. A file that was
 * there keeps its owner and group; where the owner cannot be kept the group must be, else nothing
 * is changed. 0, or -errno and one line in why that names path.
 */
int replace_file(const char *path, const char *text, size_t len, mode_t mode,
		 char why[static CONF_WHY]);

/* Give a file another name in the same folder, so that it lasts. 0 or -errno. */
int replace_rename(const char *from, const char *to);

/* It is gone, and stays gone. 0 also when it was not there; -errno. */
int replace_remove(const char *path);

#endif
