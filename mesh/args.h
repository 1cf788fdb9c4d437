/* SPDX-License-Identifier: Apache-2.0 */
/* args: the words a daemon understands on its command line; the same for node and gateway. */
#ifndef MATSANG_MESH_ARGS_H
#define MATSANG_MESH_ARGS_H

#include <stdbool.h>

enum { EXIT_USAGE = 2, EXIT_SETTINGS = 3 };

struct args {
	bool check;       /* --check: read the settings, say what is wrong, end */
	bool print;       /* --print-effective: print every setting in force, end */
	bool own;         /* the one word that only this daemon knows */
	const char *file; /* the settings; borrowed from argv */
};

/* Such a word, without its hyphens, and what it does in one line of the usage. */
struct args_word {
	const char *name, *help;
};

/*
 * Read argv of the daemon called program; own is NULL when it has no word of its own. --verbose
 * takes effect here; --version and --help are answered here. -1 to go on with *a filled, else the
 * exit status.
 */
int args_read(struct args *a, const char *program, const struct args_word *own, int argc,
	      char **argv);

#endif
