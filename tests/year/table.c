/* SPDX-License-Identifier: Apache-2.0 */
/* table: the year on one page. */
#include "tests/year/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EXAMPLES = 6, MOMENT = 32 };

static const char *const found_names[FOUNDS] = {
	[FOUND_ONCE] = "told once",
	[FOUND_FLAPPING] = "flapping",
	[FOUND_MISSED] = "not told",
	[FOUND_TWICE] = "told twice",
	[FOUND_SWALLOWED] = "passed for the one before",
	[FOUND_ANNOUNCED] = "told though announced",
	[FOUND_MAY_TOLD] = "told",
	[FOUND_MAY_QUIET] = "not told",
};

static const char *when(char text[static MOMENT], int64_t ms)
{
	snprintf(text, MOMENT, "day %d %02d:%02d:%02d", (int)(ms / DAY), (int)(ms / HOUR % 24),
		 (int)(ms / MINUTE % 60), (int)(ms / 1000 % 60));
	return text;
}

static bool verdict(bool ok, const char *what)
{
	printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
	return ok;
}

/* ---- true outages ---- */

static int by_length(const void *a, const void *b)
{
	const int64_t *p = a, *q = b;

	return *p < *q ? -1 : *p > *q;
}

static void percentiles(int64_t *at, size_t n)
{
	if (n == 0) {
		printf(" %6s %6s", "", "");
		return;
	}
	qsort(at, n, sizeof at[0], by_length);
	printf(" %6" PRId64 " %6" PRId64, at[n / 2] / 1000, at[n * 99 / 100] / 1000);
}

static void outages(struct judge *j)
{
	printf("\n%-12s %29s %13s | %13s %13s | %s\n", "", "over the threshold: told",
	       "told if short", "known after s", "told after s", "cause");
	printf("%-12s %6s %5s %5s %5s %4s %6s %6s | %6s %6s %6s %6s | %6s %6s %6s %6s\n", "true",
	       "once", "never", "twice", "as b.", "flap", "yes", "no", "p50", "p99", "p50", "p99",
	       "right", "prob.", "open", "wrong");
	for (unsigned k = 0; k < FAULTS; k++) {
		struct verdict_on *v = &j->of[k];
		unsigned all = 0;

		for (unsigned f = 0; f < FOUNDS; f++)
			all += v->found[f];
		if (all == 0)
			continue;
		printf("%-12s %6u %5u %5u %5u %4u %6u %6u |", fault_kinds[k].name,
		       v->found[FOUND_ONCE], v->found[FOUND_MISSED], v->found[FOUND_TWICE],
		       v->found[FOUND_SWALLOWED], v->found[FOUND_FLAPPING],
		       v->found[FOUND_MAY_TOLD], v->found[FOUND_MAY_QUIET]);
		percentiles(v->known.at, v->known.n);
		percentiles(v->told.at, v->told.n);
		printf(" | %6u %6u %6u %6u %s\n", v->match[MATCH_RIGHT], v->match[MATCH_PROBABLE],
		       v->match[MATCH_OPEN], v->match[MATCH_WRONG],
		       v->match[MATCH_WRONG] ? cause_str(v->wrong) : "");
	}
}

static unsigned found_in_all(const struct judge *j, enum found f)
{
	unsigned n = 0;

	for (unsigned k = 0; k < FAULTS; k++)
		n += j->of[k].found[f];
	return n;
}

static void examples(const struct judge *j, const struct world *w, enum found f, bool all)
{
	char text[MOMENT];
	unsigned n = 0;

	for (size_t i = 0; i < j->examples.n; i++) {
		const struct example *e = &j->examples.at[i];

		if (e->found != f || (n++ >= EXAMPLES && !all))
			continue;
		printf("      %s: %s, %s, %s for %" PRId64 " s (incidents %" PRId64 " %" PRId64
		       ")\n",
		       found_names[f], w->site[e->point].code, fault_kinds[e->ill.kind].name,
		       when(text, e->ill.from),
		       ((e->ill.until ? e->ill.until : w->end) - e->ill.from) / 1000,
		       e->incident[0], e->incident[1]);
	}
}

static bool told_once(const struct judge *j, const struct world *w, bool all)
{
	unsigned never = found_in_all(j, FOUND_MISSED), twice = found_in_all(j, FOUND_TWICE);
	unsigned as = found_in_all(j, FOUND_SWALLOWED);
	unsigned announced = found_in_all(j, FOUND_ANNOUNCED);
	char line[200];
	bool ok;

	snprintf(line, sizeof line,
		 "true outages over the threshold: %u told once, %u never, %u twice, %u passed for "
		 "the one before; %u told though announced",
		 found_in_all(j, FOUND_ONCE), never, twice, as, announced);
	ok = verdict(never + twice + as + announced == 0, line);
	examples(j, w, FOUND_MISSED, all);
	examples(j, w, FOUND_TWICE, all);
	examples(j, w, FOUND_SWALLOWED, all);
	examples(j, w, FOUND_ANNOUNCED, all);
	snprintf(line, sizeof line,
		 "ends: %u of %u incidents told once, %u wrong (twice, or closed without), %u "
		 "forgotten",
		 j->ended_once, j->incidents, j->ended_wrong, j->ended_never);
	ok &= verdict(j->ended_wrong + j->ended_never == 0, line);
	snprintf(line, sizeof line, "trouble of the gateway's own: %u of %u told once",
		 j->doubts_once, j->doubts);
	return verdict(j->doubts_once == j->doubts, line) && ok;
}

/* ---- false alarms ---- */

static bool false_alarms(const struct world *w, bool all)
{
	const struct score *s = &w->score;
	unsigned of[ALARMS] = { 0 }, worst = 0, over = 0, sum = 0, n = 0;
	uint32_t who = 0;
	char line[200], text[MOMENT];
	bool ok;

	for (uint32_t i = 0; i < w->plan->points; i++)
		for (unsigned q = 0; q < QUARTERS; q++) {
			over += s->false_of[i][q] > w->plan->limit[LIMIT_FALSE];
			if (s->false_of[i][q] > worst)
				worst = s->false_of[who = i][q];
		}
	for (size_t i = 0; i < s->false_alarms.n; i++)
		if (!s->false_alarms.at[i].true_after_all) {
			of[s->false_alarms.at[i].alarm]++;
			sum++;
		}
	snprintf(line, sizeof line,
		 "false alarms: %u; worst %u in a quarter (%s); more than %u in %u quarters of a "
		 "point",
		 sum, worst, worst ? w->site[who].code : "-", w->plan->limit[LIMIT_FALSE], over);
	ok = verdict(over == 0 && of[ALARM_DOUBT] == 0, line);
	for (unsigned a = 0; a < ALARMS; a++) {
		if (of[a] > 0)
			printf("      %u while there was %s\n", of[a], alarm_names[a]);
		n = 0;
		for (size_t i = 0; i < s->false_alarms.n; i++) {
			const struct false_alarm *f = &s->false_alarms.at[i];

			if (f->alarm == a && !f->true_after_all && (n++ < EXAMPLES || all))
				printf("         %s, %s and %d more, %s\n", when(text, f->at),
				       w->site[f->point].code, f->points - 1, cause_str(f->cause));
		}
	}
	snprintf(line, sizeof line, "ends told while a point was still ill: %zu", s->early_ends.n);
	ok &= verdict(s->early_ends.n == 0, line);
	for (size_t i = 0; i < s->early_ends.n && (i < EXAMPLES || all); i++)
		printf("         %s, %s, %s\n", when(text, s->early_ends.at[i].at),
		       w->site[s->early_ends.at[i].point].code,
		       cause_str(s->early_ends.at[i].cause));
	return ok;
}

static bool flaps(const struct judge *j, const struct world *w)
{
	char line[200];

	snprintf(line, sizeof line,
		 "loose plugs: %u, which began %u tellings, at most %u; (%s) more than %u in six "
		 "hours and one for "
		 "each long outage by %u",
		 j->flaps, j->flap_tellings, j->flap_most,
		 j->flap_over ? w->site[j->flap_worst].code : "-", w->plan->limit[LIMIT_FLAP],
		 j->flap_over);
	return verdict(j->flap_over == 0, line);
}

/* ---- seconds and messages ---- */

static bool seconds(const struct judge *j, const struct world *w)
{
	const double all = (double)w->plan->points * (double)(w->end / 1000) / 100;
	char line[200];

	printf("\n%-24s", "seconds of all points");
	for (unsigned h = 0; h < HUES; h++)
		printf(" %14s", hue_names[h]);
	printf("\n%-24s", "true");
	for (unsigned h = 0; h < HUES; h++)
		printf(" %14" PRId64, j->truth_s[h]);
	printf("\n%-24s", "as the gateway painted");
	for (unsigned h = 0; h < HUES; h++)
		printf(" %14" PRId64, j->kept_s[h]);
	printf("\n%-24s", "percent, and difference");
	for (unsigned h = 0; h < HUES; h++)
		printf(" %7.3f %+6.3f", (double)j->kept_s[h] / all,
		       (double)(j->kept_s[h] - j->truth_s[h]) / all);
	printf("\n");
	snprintf(line, sizeof line,
		 "seconds of the five colours sum to the %u days, %u points do not", w->plan->days,
		 j->bad_sums);
	return verdict(j->bad_sums == 0, line);
}

static void messages(const struct world *w)
{
	const struct score *s = &w->score;
	unsigned weeks = (w->plan->days + 6) / 7;

	for (size_t r = 0; r < w->roster.n_receivers; r++) {
		unsigned most = 0, sum = 0;

		for (unsigned k = 0; k < weeks; k++) {
			sum += s->week[r][k];
			if (s->week[r][k] > most)
				most = s->week[r][k];
		}
		printf("messages a week to %s: mean %.1f, most %u\n", w->roster.receivers[r].id,
		       (double)sum * 7 / w->plan->days, most);
	}
	printf("told:");
	for (unsigned t = 0; t < TELLS; t++)
		if (s->told[t])
			printf(" %s %u", tell_str((enum tell)t), s->told[t]);
	printf("\nbegan by cause:");
	for (unsigned c = 0; c < CAUSES; c++)
		if (s->by_cause[c])
			printf(" %s %u", cause_str((enum cause)c), s->by_cause[c]);
	printf("\nbegan by scope:");
	for (unsigned c = 0; c < SCOPES; c++)
		if (s->by_scope[c])
			printf(" %s %u", scope_str((enum scope)c), s->by_scope[c]);
	for (unsigned d = 0; d < DOUBTS; d++)
		if (s->by_doubt[d])
			printf(", %s %u", doubt_str((enum doubt)d), s->by_doubt[d]);
	printf("\n");
}

bool table_print(struct judge *j, const struct world *w, bool all)
{
	char line[200];
	bool ok;

	printf("has to be told after %" PRId64 " s in sight, a camera after %" PRId64
	       " s; is no false alarm after %d s; out of sight %zu times\n",
	       judge_threshold(w, TRACK_WAY) / 1000, judge_threshold(w, TRACK_CAMERA) / 1000,
	       TRUTH_LEAST_MS / 1000, w->truth.blinds.n);
	outages(j);
	ok = seconds(j, w);
	ok &= told_once(j, w, all);
	ok &= false_alarms(w, all);
	ok &= flaps(j, w);
	snprintf(line, sizeof line, "what a store must never be asked to do: %" PRIu64 "%s%s",
		 w->keeper.faults, w->keeper.faults ? ", first: " : "", w->keeper.fault);
	ok &= verdict(w->keeper.faults == 0, line);
	printf("\n");
	messages(w);
	return ok;
}
