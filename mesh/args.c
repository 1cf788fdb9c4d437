/* SPDX-License-Identifier: Apache-2.0 */
/* args: the words a daemon understands on its command line; the same for node and gateway. */
#include "mesh/args.h"

#include "mesh/log.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void usage(FILE *to, const char *program, const struct args_word *own)
{
	fprintf(to,
		"usage: %s [--verbose] [--check | --print-effective] FILE\n"
		"       %s --version\n"
		"  FILE               settings, see %s.jsonc(5)\n"
		"  --check            read the settings, say what is wrong, and end (3 when "
		"something is)\n"
		"  --print-effective  print every setting in force\n"
		"  --verbose          log more\n",
		program, program, program);
	if (own)
		fprintf(to, "  --%-16s %s\n", own->name, own->help);
}

int args_read(struct args *a, const char *program, const struct args_word *own, int argc,
	      char **argv)
{
	const struct option options[] = { { "check", no_argument, NULL, 'c' },
					  { "print-effective", no_argument, NULL, 'p' },
					  { "verbose", no_argument, NULL, 'v' },
					  { "version", no_argument, NULL, 'V' },
					  { "help", no_argument, NULL, 'h' },
					  { own ? own->name : NULL, no_argument, NULL, 'o' },
					  { NULL, 0, NULL, 0 } };
	int o;

	*a = (struct args){ .file = NULL };
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			a->check = true;
			break;
		case 'p':
			a->print = true;
			break;
		case 'v':
			log_verbose(1);
			break;
		case 'o':
			a->own = true;
			break;
		case 'V':
			printf("%s %s\n", program, MATSANG_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			usage(stdout, program, own);
			return EXIT_SUCCESS;
		default:
			usage(stderr, program, own);
			return EXIT_USAGE;
		}
	}
	if (argc - optind != 1) {
		usage(stderr, program, own);
		return EXIT_USAGE;
	}
	a->file = argv[optind];
	return -1;
}
