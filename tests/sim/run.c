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

/* The gateway ends once more, at this moment, and is started again. */
static bool play_again(struct script *s, int64_t at, enum verb how)
{
	static struct script again;
	struct action a = { .at = at, .verb = how };

	memcpy(&again, s, sizeof again);
	if (again.n_actions == SCRIPT_ACTIONS)
		return false;
	again.action[again.n_actions++] = a;
	if (how == GATEWAY_KILL) {
		a.at += 2000;
		a.verb = GATEWAY_START;
		if (again.n_actions < SCRIPT_ACTIONS)
			again.action[again.n_actions++] = a;
	}
	snprintf(again.name, sizeof again.name, "%.40s, gateway %s at %lld s", s->name,
		 how == GATEWAY_KILL ? "killed" : "restarted", (long long)(at / 1000));
	return play(&again, false);
}

/*
 * Whatever is expected must come true with a restart inside as well: a little after each thing that
 * happens, in the hold, when it has been told, in the return's hold, and later; of many such
 * moments every so manieth.
 */
static bool restarts(struct script *s)
{
	static const int64_t after[] = { 1000, 31000, 75000, 400000, 1500000 };
	const size_t most = s->n_points > 1000 ? 2 : 60,
		     all = 3 * s->n_actions + sizeof after / sizeof after[0] - 3,
		     each = (all + most - 1) / most;
	size_t n = 0;
	bool good = true;

	for (size_t i = 0; i < s->n_actions; i++)
		for (size_t k = 0; k < sizeof after / sizeof after[0]; k++) {
			int64_t at = s->action[i].at + after[k];

			if (at < s->end - 3000 && (i + 1 == s->n_actions || after[k] < 400000) &&
			    n++ % each == each / 2)
				good &= play_again(s, at,
						   (i + k) % 2 ? GATEWAY_KILL : GATEWAY_RESTART);
		}
	return good;
}

static bool run(const char *path, bool trace, bool restart)
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
		good = play(s, trace) && (!restart || restarts(s));
	free(s);
	free(text);
	return good;
}

int main(int argc, char **argv)
{
	bool trace = argc > 1 && strcmp(argv[1], "--trace") == 0,
	     restart = argc > 1 && strcmp(argv[1], "--restarts") == 0;
	int first = trace || restart ? 2 : 1, failures = 0;

	if (argc <= first) {
		fprintf(stderr, "usage: scenario [--trace|--restarts] FILE...\n");
		return 2;
	}
	for (int i = first; i < argc; i++)
		failures += !run(argv[i], trace, restart);
	return failures > 0;
}
