/* SPDX-License-Identifier: Apache-2.0 */
/* golden: runs every NN-name.in of a folder and compares what comes out with NN-name.ok. */
#ifndef MATSANG_TESTS_UNIT_GOLDEN_H
#define MATSANG_TESTS_UNIT_GOLDEN_H

#include <stddef.h>

/* What comes out for one input (len bytes, NUL-terminated, called name): malloc'd text. */
typedef char *golden_fn(const char *name, const char *text, size_t len);

/*
 * Returns how many differ (each is printed), and the number of inputs in *n. With GOLDEN=accept in
 * the environment what comes out becomes the .ok file instead.
 */
unsigned golden_run(const char *folder, golden_fn *fn, unsigned *n);

#endif
