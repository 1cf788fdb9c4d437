/* SPDX-License-Identifier: Apache-2.0 */
/* matrix: every fault and every pair of faults, injected truth against the node's verdict. */
#include "tests/sim/house.h"
#include "tests/sim/office.h"
#include "tests/sim/world.h"
#include "tests/verdict/fault.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	CALM_MS = 5 * 60 * 1000,  /* before anything happens */
	APART_MS = 2 * 60 * 1000, /* between two that do not come together */
	LINES = 40,               /* most failures that are told in words */
};

enum mark { MARK_RIGHT, MARK_OPEN, MARK_WRONG, MARKS };

static const char letters[MARKS] = { '.', 'o', 'X' };

struct score {
	unsigned long of[MARKS];
	unsigned long passing;  /* wrong and not confirmed, on the way */
	unsigned long chosen;   /* right by one of the stated choices */
	unsigned long spurious; /* a cause confirmed that nobody injected */
	unsigned told, tell_most;
	int64_t lived_ms;
	enum mark cell[FAULTS][FAULTS]; /* row: came first, or was lifted first */
	enum mark power[UPS_ALL + 1][FAULTS];
};

/* One world and what is wrong in it now. */
struct play {
	struct score *score;
	struct script *script;
	struct world *world;
	enum ups ups;
	const char *how;
	unsigned faults, ever;
	uint32_t causes; /* that may be told, a set */
	bool found;      /* the truth of now has been told */
	bool judged;     /* what is told on the way counts */
	struct verdict last;
	enum mark worst;
};

/* ---- telling ---- */

static void draw_faults(char text[static 80], unsigned faults)
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned f = 0; f < FAULTS && len < 79; f++)
		if (faults >> f & 1)
			len += (size_t)snprintf(text + len, 80 - len, "%s%s", len ? " + " : "",
						fault_kinds[f].name);
}

static void complain(struct play *p, const char *what, const struct verdict *v)
{
	char now[80], ever[80];

	if (p->score->told++ >= p->score->tell_most)
		return;
	draw_faults(now, p->faults);
	draw_faults(ever, p->ever);
	printf("%s: [%s] of [%s], %s, at %lld s: %s %s, layer %s, facts %05x, eyes %03x\n", what,
	       now, ever, p->how, (long long)(p->world->now / 1000), sure_str(v->sure),
	       cause_str(v->cause), layer_str(v->layer), v->facts, v->eyes);
}

/* ---- judging ---- */

static enum mark mark_eyes(const struct truth *t, const struct verdict *v)
{
	enum mark mark = MARK_RIGHT;

	for (unsigned i = 0; i < FAULT_CAMERAS; i++) {
		enum eye e = eye_of(v->eyes, i);

		if (e == t->eye[i] || (i == 0 && t->either && (e == EYE_BUSY || e == EYE_FROZEN)))
			continue;
		if (e != EYE_UNKNOWN)
			return MARK_WRONG;
		mark = MARK_OPEN;
	}
	return mark;
}

static enum mark mark_of(const struct truth *t, const struct verdict *v)
{
	bool told = v->cause == t->cause && v->sure == t->sure && v->layer == t->layer;

	if (t->either && (t->cause == CAUSE_NONE || t->cause == CAUSE_CAMERA))
		told = v->cause == CAUSE_NONE || v->cause == CAUSE_CAMERA;
	if ((v->facts ^ t->facts) & t->judged)
		return MARK_WRONG;
	if (!told)
		return v->sure == SURE_OPEN ? MARK_OPEN : MARK_WRONG;
	return t->eyes_known ? mark_eyes(t, v) : MARK_RIGHT;
}

static void check(struct play *p)
{
	const struct truth t = fault_truth(p->faults, p->ever, p->ups);
	const struct machine *m = &p->world->house[0].own;
	enum mark mark;

	if (!m->running)
		return; /* without power it says nothing, and nothing is asked of it */
	mark = mark_of(&t, &m->acts.verdict);
	p->score->of[mark]++;
	p->score->chosen += t.chosen && mark == MARK_RIGHT;
	if (mark > p->worst)
		p->worst = mark;
	if (mark != MARK_RIGHT)
		complain(p, mark == MARK_OPEN ? "open" : "wrong", &m->acts.verdict);
}

/* What has been found out is not taken back while it lasts. */
static void keeps_to_it(struct play *p, const struct verdict *v)
{
	const struct truth t = fault_truth(p->faults, p->ever, p->ups);
	bool told = v->cause == t.cause;

	if (p->found && !told && v->sure == SURE_CONFIRMED && !t.either) {
		p->score->spurious++;
		p->worst = MARK_WRONG;
		complain(p, "taken back", v);
	}
	p->found |= told;
}

/* Every verdict on the way: nothing may be confirmed that nobody injected. */
static void watch(void *self, const struct house *h, const struct verdict *v)
{
	struct play *p = self;
	bool news = v->cause != p->last.cause || v->sure != p->last.sure;

	(void)h;
	p->last = *v;
	if (p->judged && news)
		keeps_to_it(p, v);
	if (!p->judged || !news || v->sure == SURE_OPEN || p->causes >> v->cause & 1)
		return;
	if (v->sure == SURE_PROBABLE) {
		complain(p, "in passing", v);
		p->score->passing++;
		return;
	}
	p->score->spurious++;
	p->worst = MARK_WRONG;
	complain(p, "spurious", v);
}

/* ---- playing ---- */

static void run_for(struct play *p, int64_t ms)
{
	p->script->end = p->world->now + ms;
	world_run(p->world);
	p->score->lived_ms += ms;
}

static void act(struct play *p, enum verb verb, enum odd odd, unsigned n)
{
	const struct action a = { .verb = verb, .odd = odd, .n = n, .who = { .kind = WHO_ALL } };

	if (verb >= GATEWAY_STOP)
		office_act(p->world, &a);
	else
		house_act(p->world, &p->world->house[0], &a);
}

static void begin(struct play *p, enum fault f)
{
	const struct fault_kind *k = &fault_kinds[f];

	p->found = false;
	p->faults |= 1u << f;
	p->ever |= 1u << f;
	act(p, k->begins, k->odd, k->n);
	if (k->with == WITH_RESET)
		act(p, LINE_RESET, 0, 0);
	if (k->with == WITH_RESTART)
		act(p, NODE_RESTART, 0, 0);
}

static void end(struct play *p, enum fault f)
{
	p->found = false;
	p->faults &= ~(1u << f);
	act(p, fault_kinds[f].ends, fault_kinds[f].odd, fault_kinds[f].n);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct script *house_of(enum ups ups)
{
	static const char *const names[] = { "no", "node", "yes", "all" };
	struct script *s = malloc(sizeof *s);
	char text[120], why[SCRIPT_WHY];

	snprintf(text, sizeof text, "hamlet A points 1 ups %s eyes stream heart both\nend 00:01\n",
		 ups == UPS_HOUSE ? "24h" : names[ups]);
	if (!s || !script_read(s, "matrix", text, why))
		abort();
	return s;
}

static void open_play(struct play *p)
{
	p->script = house_of(p->ups);
	p->world = world_new(p->script, false);
	p->world->watcher = watch;
	p->world->watching = p;
	if (p->ups != UPS_NONE)
		act(p, ODD_BEGINS, ODD_UPS_TALK, 0);
}

static void close_play(struct play *p)
{
	if (p->world->faults.n > 0) {
		p->worst = MARK_WRONG;
		p->score->of[MARK_WRONG]++;
		printf("the world is out of order: %s\n", p->world->faults.line[0]);
	}
	world_free(p->world);
	free(p->script);
}

/* What may be told while these come and go. */
static uint32_t causes_of(unsigned a, unsigned b, enum ups ups)
{
	/* Nothing gets out any more: that it is a portal is seen at the next attempt to connect. */
	uint32_t shut = (a | b) >> F_SHUT & 1 ? 1u << CAUSE_PROVIDER : 0;

	return shut | 1u << CAUSE_NONE | 1u << fault_truth(a, a, ups).cause |
	       1u << fault_truth(b, b, ups).cause | 1u << fault_truth(a | b, a | b, ups).cause;
}

/* a and b: a so long before b, or with it; a is lifted first. They may be one. */
static enum mark play(struct score *score, enum ups ups, enum fault a, enum fault b,
		      int64_t apart_ms)
{
	const struct fault_kind *ka = &fault_kinds[a], *kb = &fault_kinds[b];
	struct play p = { .score = score,
			  .ups = ups,
			  .how = apart_ms > 0 ? "the first before" : "at once",
			  .causes = causes_of(1u << a, 1u << b, ups) };

	open_play(&p);
	if (ka->with == ALWAYS_SO)
		begin(&p, a);
	if (kb->with == ALWAYS_SO && a != b)
		begin(&p, b);
	run_for(&p, CALM_MS);
	check(&p);
	p.judged = true;
	if (ka->with != ALWAYS_SO)
		begin(&p, a);
	run_for(&p, apart_ms);
	if (kb->with != ALWAYS_SO && a != b)
		begin(&p, b);
	run_for(&p, later(ka->known_ms, kb->known_ms));
	check(&p);
	end(&p, a);
	/* Uncovered, the other one has to be found out. */
	run_for(&p, later(ka->over_ms, kb->known_ms));
	check(&p);
	if (a != b) {
		end(&p, b);
		run_for(&p, kb->over_ms);
		check(&p);
	}
	close_play(&p);
	return p.worst;
}

static void worse(enum mark *cell, enum mark m)
{
	if (m > *cell)
		*cell = m;
}

/* Each before the other, and lifted first; and at once, where one cell stands for both. */
static void play_pair(struct score *s, enum fault a, enum fault b)
{
	bool turned = (a + b) % 2 == 1;

	if (a != b)
		worse(&s->cell[a][b], play(s, UPS_HOUSE, a, b, APART_MS));
	if (a <= b)
		worse(&s->cell[a][b], play(s, UPS_HOUSE, turned ? b : a, turned ? a : b, 0));
}

/* Where the power cut takes other things with it. */
static void play_power(struct score *s, enum ups ups)
{
	for (unsigned f = 0; f < FAULTS; f++) {
		enum mark m = play(s, ups, F_POWER, f, f == F_POWER ? 0 : APART_MS);
		enum mark o = f == F_POWER ? m : play(s, ups, f, F_POWER, APART_MS);

		s->power[ups][f] = m > o ? m : o;
	}
}

/* ---- the table ---- */

static void show(const struct score *s)
{
	static const char *const ups_names[] = { "no UPS", "node on UPS", "", "all on UPS" };

	printf("\n%28s ", "");
	for (unsigned f = 0; f < FAULTS; f++)
		printf("%c", 'a' + f);
	printf("   row first, column second; both lifted in this order\n");
	for (unsigned a = 0; a < FAULTS; a++) {
		printf("%c %-26s ", 'a' + a, fault_kinds[a].name);
		for (unsigned b = 0; b < FAULTS; b++)
			printf("%c", letters[s->cell[a][b]]);
		printf("\n");
	}
	for (unsigned u = 0; u <= UPS_ALL; u++) {
		if (u == UPS_HOUSE)
			continue;
		printf("  %-26s ", ups_names[u]);
		for (unsigned f = 0; f < FAULTS; f++)
			printf("%c", letters[s->power[u][f]]);
		printf("   with a power cut, in both orders\n");
	}
}

static void show_choices(const struct score *s)
{
	char text[240];

	printf("\nwhere no node can know the whole truth (%lu verdicts, counted as right):\n",
	       s->chosen);
	for (size_t i = 0; fault_choice(i, text); i++)
		printf("  %s\n", text);
}

static bool totals(const struct score *s)
{
	unsigned long n = s->of[MARK_RIGHT] + s->of[MARK_OPEN] + s->of[MARK_WRONG];

	printf("\n%u faults alone and in %u ordered pairs, node and router on a UPS, and power "
	       "cuts "
	       "with three other supplies:\n%lu verdicts in %.0f days: %.2f %% right, %.2f %% "
	       "open, "
	       "%.2f %% wrong; %lu spurious causes confirmed on the way, %lu probable\n",
	       FAULTS, FAULTS * (FAULTS - 1), n, (double)s->lived_ms / 86400000,
	       100.0 * (double)s->of[MARK_RIGHT] / (double)n,
	       100.0 * (double)s->of[MARK_OPEN] / (double)n,
	       100.0 * (double)s->of[MARK_WRONG] / (double)n, s->spurious, s->passing);
	printf("(. right, o open, X wrong; %.1f s)\n", (double)clock() / CLOCKS_PER_SEC);
	return s->of[MARK_WRONG] == 0 && s->spurious == 0 && 100 * s->of[MARK_RIGHT] >= 99 * n;
}

int main(int argc, char **argv)
{
	static struct score s = { .tell_most = LINES };

	if (argc > 1 && strcmp(argv[1], "--all") == 0)
		s.tell_most = UINT_MAX;

	for (unsigned a = 0; a < FAULTS; a++)
		for (unsigned b = 0; b < FAULTS; b++)
			play_pair(&s, a, b);
	for (enum ups ups = UPS_NONE; ups <= UPS_ALL; ups++)
		if (ups != UPS_HOUSE)
			play_power(&s, ups);
	show(&s);
	show_choices(&s);
	return totals(&s) ? EXIT_SUCCESS : EXIT_FAILURE;
}
