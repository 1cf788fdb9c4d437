/* SPDX-License-Identifier: Apache-2.0 */
/* small_file: a file that is written whole or not at all, whatever happens to the power. */
#ifndef MATSANG_NODE_SMALL_FILE_H
#define MATSANG_NODE_SMALL_FILE_H

#include <stddef.h>

/* Replace the file at path by these bytes (0600): written beside, synced, renamed, the folder
 * synced. 0 or -errno; then the old one still stands. */
int small_file_write(const char *path, const void *text, size_t len);

/* The whole file, NUL-terminated, malloc'd; NULL with errno, EFBIG above most bytes. */
char *small_file_read(const char *path, size_t most);

/* It is gone, and stays gone. 0 also when it was not there; -errno. */
int small_file_remove(const char *path);

/* Give it another name in the same folder. 0 or -errno. */
int small_file_rename(const char *from, const char *to);

#endif
