/* SPDX-License-Identifier: Apache-2.0 */
/*
 * year: a simulated year of a commune, told by a page of text: what is told, how often, and whether
 * it was true.
 *
 * The gateway's judgement is the real one (gateway_core), and so is the codec. The nodes are made
 * up at the level of the wire: births, beats, news, wills and last gasps as mesh/WIRE.md has them,
 * from a small model of a house (site.c) and of what a node knows of it (speak.c). Real node cores
 * tick each second, which a year of 500 points leaves no time for; tests/scenarios and
 * tests/verdict drive those. A beat costs the core about 100 ns, and a year of 500 points at the
 * product's pace of 60 s has 263 million: half a minute. So the page declares 120 s, and what
 * depends on that (how soon silence is known) comes a minute later here; "pace 60" shows the other.
 * Missed samples ("past") are left out: they change graphs, and no judgement.
 *
 * The truth is kept by the world itself (truth.c) and never asks the gateway.
 *
 * usage: year PAGE [points N] [days N] [pace S] [watch CODE] [all]
 *        SEED in the environment is another year
 */
#include "tests/year/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PAGE_MOST = 65536 };

static bool read_page(struct plan *p, const char *file)
{
	static char text[PAGE_MOST];
	char why[PLAN_WHY];
	FILE *f = fopen(file, "r");
	size_t len;

	if (!f) {
		perror(file);
		return false;
	}
	len = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[len] = '\0';
	if (!plan_read(p, file, text, why)) {
		fprintf(stderr, "%s\n", why);
		return false;
	}
	return true;
}

/* A smaller commune has fewer of everything. */
static void shrink(struct plan *p, unsigned points)
{
	p->hamlets = (p->hamlets * points + p->points - 1) / p->points;
	p->transformers = (p->transformers * points + p->points - 1) / p->points;
	p->relays = p->relays * points / p->points;
	p->points = points;
}

static bool read_words(struct plan *p, int argc, char **argv, bool *all, const char **watched)
{
	for (int i = 2; i < argc; i++) {
		unsigned long n = i + 1 < argc ? strtoul(argv[i + 1], NULL, 10) : 0;

		if (strcmp(argv[i], "all") == 0) {
			*all = true;
			continue;
		}
		if (strcmp(argv[i], "points") == 0 && n >= 10 && n <= p->points)
			shrink(p, (unsigned)n);
		else if (strcmp(argv[i], "pace") == 0 && n >= 1 && n <= 900)
			p->pace_s = (unsigned)n;
		else if (strcmp(argv[i], "watch") == 0 && i + 1 < argc)
			*watched = argv[i + 1];
		else if (strcmp(argv[i], "days") == 0 && n >= 1 && n <= 366)
			p->days = (unsigned)n;
		else
			return false;
		i++;
	}
	return argc > 1;
}

static uint64_t seed(void)
{
	const char *text = getenv("SEED");

	return text ? strtoull(text, NULL, 10) : 1;
}

static void intro(const struct world *w, uint64_t s)
{
	const struct plan *p = w->plan;
	const struct gate *g = &w->gate;

	printf("%u days of %u points in %u hamlets, %u transformers, %u providers; a beat each %u "
	       "s; seed %" PRIu64 "\n",
	       p->days, p->points, p->hamlets, p->transformers, p->providers, p->pace_s, s);
	printf("%" PRIu64 " messages heard, %" PRIu64 " refused (%" PRIu64 " gaps); %" PRIu64
	       " turns, %" PRIu64 " rows; the gateway lived %" PRId64 " times\n",
	       g->heard, g->refused, g->gaps, g->turns, w->keeper.rows, g->lives);
}

int main(int argc, char **argv)
{
	const uint64_t s = seed();
	static struct plan plan;
	static struct judge judge;
	struct world *w;
	const char *watched = NULL;
	double spent;
	bool all = false, ok;

	if (argc < 2 || !read_page(&plan, argv[1]))
		return 2;
	if (!read_words(&plan, argc, argv, &all, &watched)) {
		fprintf(stderr,
			"usage: year PAGE [points N] [days N] [pace S] [watch CODE] [all]\n");
		return 2;
	}
	w = world_new(&plan, s);
	for (unsigned i = 0; watched && i < plan.points; i++)
		if (strcmp(w->site[i].code, watched) == 0)
			w->watched = &w->site[i];
	world_run(w);
	intro(w, s);
	judge_year(&judge, w);
	ok = table_print(&judge, w, all);
	spent = (double)clock() / CLOCKS_PER_SEC;
	printf("%.1f s, %.0f ns a message\n", spent, spent * 1e9 / (double)w->gate.heard);
	judge_free(&judge);
	world_free(w);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
