/* SPDX-License-Identifier: Apache-2.0 */
/* child: start another program clean: three descriptors, no blocked or ignored signals. */
#ifndef MATSANG_MESH_CHILD_H
#define MATSANG_MESH_CHILD_H

#include <stddef.h>
#include <sys/types.h>

enum { CHILD_ARGS = 32 };

/*
 * Start command[0] (looked for in PATH when it has no slash) with n arguments, itself included, in
 * a process group of its own. in and out become its standard input and output, -1 is /dev/null;
 * standard error is ours. 0 and *pid, or -errno. Wait for its end with loop_child.
 */
int child_start(pid_t *pid, const char *const *command, size_t n, int in, int out);

/*
 * Text for a child's standard input: a file in memory and not a pipe, so it never fills, and the
 * child may read it at any time or not at all. A descriptor (the caller's to close) or -errno.
 */
int child_text(const char *text);

#endif
