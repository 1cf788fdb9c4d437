/* SPDX-License-Identifier: Apache-2.0 */
/* scenario: plays the mesh from pages of text and says whether it went as written. */
#include "tests/sim/check.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t n = 0, size = 0, got = 1;

	while (f && got > 0) {
		if (n + 4096 >= size) {
			char *grown = realloc(text, size += 8192);

			if (!grown)
				break;
			text = grown;
		}
		got = fread(text + n, 1, 4096, f);
		n += got;
	}
	if (f)
		fclose(f);
	if (text)
		text[n] = '\0';
	return text;
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void show(const char *head, const struct notes *n)
{
	for (size_t i = 0; i < n->n; i++)
		printf("%s%s\n", head, n->line[i]);
	if (n->dropped > 0)
		printf("%s... and %zu lines more\n", head, n->dropped);
}

static bool play(const struct script *s, bool trace)
{
	struct world *w = world_new(s, trace);
	struct notes wrong = { 0 }, disorder = { 0 };
	double began = cpu_seconds();
	bool good;

	world_run(w);
	check_expectations(w, &wrong);
	check_order(w, &disorder);
	good = wrong.n == 0 && disorder.n == 0;
	if (!good) {
		if (!trace)
			show("    ", &w->log);
		show("", &wrong);
		show("not in order: ", &disorder);
	}
	printf("%s %s (%.1f hours of %zu points in %.2f s)\n", good ? "ok" : "FAILED", s->name,
	       (double)s->end / 3600000, s->n_points, cpu_seconds() - began);
	notes_free(&wrong);
	notes_free(&disorder);
	world_free(w);
	return good;
}

static bool run(const char *path, bool trace)
{
	struct script *s = malloc(sizeof *s);
	char *text = read_file(path);
	char why[SCRIPT_WHY];
	bool good = false;

	if (!s || !text)
		fprintf(stderr, "%s: cannot be read\n", path);
	else if (!script_read(s, path, text, why))
		fprintf(stderr, "%s\n", why);
	else
		good = play(s, trace);
	free(s);
	free(text);
	return good;
}

int main(int argc, char **argv)
{
	bool trace = argc > 1 && strcmp(argv[1], "--trace") == 0;
	int failures = 0;

	if (argc < (trace ? 3 : 2)) {
		fprintf(stderr, "usage: scenario [--trace] FILE...\n");
		return 2;
	}
	for (int i = trace ? 2 : 1; i < argc; i++)
		failures += !run(argv[i], trace);
	return failures > 0;
}
