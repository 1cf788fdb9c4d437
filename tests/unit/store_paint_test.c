/* SPDX-License-Identifier: Apache-2.0 */
/* store_paint: colours of time never overlap, and their seconds sum to the whole. */
#include "gateway/acts.h"
#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CANVAS = 60, SPANS = 80 };

struct seen {
	struct span span[SPANS]; /* newest first */
	size_t n;
};

static bool see(void *self, const struct span *span)
{
	struct seen *seen = self;

	assert_true(seen->n < SPANS);
	seen->span[seen->n++] = *span;
	return true;
}

static struct seen look(struct store *s, size_t point, int64_t from, int64_t until)
{
	struct seen seen = { .n = 0 };

	store_spans(s, point, (wall_t){ from }, (wall_t){ until }, see, &seen);
	return seen;
}

static void paint(struct store *s, uint32_t point, int64_t from, int64_t until, enum colour colour,
		  enum cause cause)
{
	struct acts a = { 0 };

	shelf_paint(&a, point, from, until, colour, cause);
	shelf_commit(s, &a, 1);
	free(a.act);
}

static void check_span(const struct span *span, int64_t from, int64_t until, enum colour colour)
{
	assert_int_equal(span->from.ms, from);
	assert_int_equal(span->until.ms, until);
	assert_int_equal(span->colour, colour);
}

static void a_span_in_the_middle_splits_what_lies_below(void **state)
{
	struct store *s = shelf_open();
	struct seen seen;

	(void)state;
	paint(s, 0, 1000, 0, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 5000, 7000, COLOUR_DOWN, CAUSE_POWER);
	seen = look(s, 0, 0, 100000);
	assert_int_equal(seen.n, 3);
	check_span(&seen.span[0], 7000, 0, COLOUR_UP);
	check_span(&seen.span[1], 5000, 7000, COLOUR_DOWN);
	assert_int_equal(seen.span[1].cause, CAUSE_POWER);
	check_span(&seen.span[2], 1000, 5000, COLOUR_UP);
	store_close(s);
}

static void an_open_end_covers_everything_after_it(void **state)
{
	struct store *s = shelf_open();
	struct seen seen;

	(void)state;
	paint(s, 0, 1000, 2000, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 3000, 4000, COLOUR_DOWN, CAUSE_LINE);
	paint(s, 0, 5000, 0, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 1500, 0, COLOUR_UNKNOWN, CAUSE_NONE);
	seen = look(s, 0, 0, 100000);
	assert_int_equal(seen.n, 2);
	check_span(&seen.span[0], 1500, 0, COLOUR_UNKNOWN);
	check_span(&seen.span[1], 1000, 1500, COLOUR_UP);
	store_close(s);
}

static void alike_neighbours_become_one(void **state)
{
	struct store *s = shelf_open();
	struct seen seen;

	(void)state;
	paint(s, 0, 1000, 2000, COLOUR_DOWN, CAUSE_LINE);
	paint(s, 0, 3000, 4000, COLOUR_DOWN, CAUSE_LINE);
	paint(s, 0, 4000, 5000, COLOUR_DOWN, CAUSE_POWER); /* not alike */
	paint(s, 0, 2000, 3000, COLOUR_DOWN, CAUSE_LINE);
	seen = look(s, 0, 0, 100000);
	assert_int_equal(seen.n, 2);
	check_span(&seen.span[0], 4000, 5000, COLOUR_DOWN);
	check_span(&seen.span[1], 1000, 4000, COLOUR_DOWN);
	store_close(s);
}

static void an_empty_span_changes_nothing(void **state)
{
	struct store *s = shelf_open();

	(void)state;
	paint(s, 0, 1000, 2000, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 1500, 1500, COLOUR_DOWN, CAUSE_LINE);
	paint(s, 0, 1700, 1600, COLOUR_DOWN, CAUSE_LINE);
	assert_int_equal(look(s, 0, 0, 100000).n, 1);
	store_close(s);
}

static void points_do_not_paint_each_other(void **state)
{
	struct store *s = shelf_open();

	(void)state;
	paint(s, 0, 1000, 0, COLOUR_UP, CAUSE_NONE);
	paint(s, 2, 500, 0, COLOUR_DOWN, CAUSE_LINE);
	check_span(&look(s, 0, 0, 5000).span[0], 1000, 0, COLOUR_UP);
	check_span(&look(s, 2, 0, 5000).span[0], 500, 0, COLOUR_DOWN);
	assert_int_equal(look(s, 1, 0, 5000).n, 0);
	store_close(s);
}

static void only_what_touches_the_window_is_shown(void **state)
{
	struct store *s = shelf_open();

	(void)state;
	paint(s, 0, 1000, 2000, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 2000, 3000, COLOUR_DOWN, CAUSE_LINE);
	paint(s, 0, 3000, 4000, COLOUR_UP, CAUSE_NONE);
	assert_int_equal(look(s, 0, 0, 1000).n, 0);
	assert_int_equal(look(s, 0, 4000, 5000).n, 0);
	assert_int_equal(look(s, 0, 2000, 3000).n, 1);
	assert_int_equal(look(s, 0, 1999, 3001).n, 3);
	store_close(s);
}

static void seconds_count_each_colour_and_whose_it_was(void **state)
{
	struct store *s = shelf_open();
	struct seconds sec;

	(void)state;
	paint(s, 0, 10000, 0, COLOUR_UP, CAUSE_NONE);
	paint(s, 0, 20000, 25000, COLOUR_DOWN, CAUSE_POWER);
	paint(s, 0, 30000, 33000, COLOUR_DOWN, CAUSE_CAMERA);
	paint(s, 0, 40000, 42000, COLOUR_PLANNED, CAUSE_NONE);
	sec = store_seconds(s, 0, (wall_t){ 0 }, (wall_t){ 60000 });
	assert_int_equal(sec.of[COLOUR_UNKNOWN], 10);
	assert_int_equal(sec.of[COLOUR_UP], 40);
	assert_int_equal(sec.of[COLOUR_DOWN], 8);
	assert_int_equal(sec.of[COLOUR_PLANNED], 2);
	assert_int_equal(sec.theirs, 5);
	sec = store_seconds(s, 1, (wall_t){ 0 }, (wall_t){ 60000 }); /* never heard */
	assert_int_equal(sec.of[COLOUR_UNKNOWN], 60);
	sec = store_seconds(s, 0, (wall_t){ 5000 }, (wall_t){ 5000 });
	assert_int_equal(sec.of[COLOUR_UNKNOWN], 0);
	store_close(s);
}

/* ---- against a canvas of one cell a half-second ---- */

static uint64_t dice = 20260514;

static int64_t roll(int64_t n)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((dice >> 33) % (uint64_t)n);
}

struct cell {
	bool painted;
	enum colour colour;
	enum cause cause;
};

static void check_against(struct store *s, const struct cell canvas[CANVAS], int64_t base)
{
	struct seen seen = look(s, 1, base, base + CANVAS * 500);
	int64_t later = INT64_MAX;
	bool shown[CANVAS] = { false };

	for (size_t i = 0; i < seen.n; i++) {
		const struct span *p = &seen.span[i];
		int64_t until = p->until.ms ? p->until.ms : INT64_MAX;

		assert_true(p->from.ms < until);
		assert_true(until <= later); /* never overlaps the one after it */
		later = p->from.ms;
		for (int c = 0; c < CANVAS; c++) {
			int64_t at = base + c * 500;

			if (at < p->from.ms || at >= until)
				continue;
			assert_true(canvas[c].painted);
			assert_int_equal(p->colour, canvas[c].colour);
			assert_int_equal(p->cause, canvas[c].cause);
			shown[c] = true;
		}
	}
	for (int c = 0; c < CANVAS; c++)
		assert_int_equal(shown[c], canvas[c].painted);
}

static void check_sums(struct store *s, int64_t base)
{
	int64_t from = base + roll(CANVAS * 500), until = from + roll(CANVAS * 500), mid;
	struct seconds a, b, whole = store_seconds(s, 1, (wall_t){ from }, (wall_t){ until });
	int64_t sum = 0;

	for (size_t i = 0; i < COLOURS; i++) {
		assert_true(whole.of[i] >= 0);
		sum += whole.of[i];
	}
	assert_int_equal(sum, until / 1000 - from / 1000);
	assert_true(whole.theirs >= 0 && whole.theirs <= whole.of[COLOUR_DOWN]);

	/* Two halves are the whole, colour by colour. */
	mid = from + (until > from ? roll(until - from) : 0);
	a = store_seconds(s, 1, (wall_t){ from }, (wall_t){ mid });
	b = store_seconds(s, 1, (wall_t){ mid }, (wall_t){ until });
	for (size_t i = 0; i < COLOURS; i++)
		assert_int_equal(a.of[i] + b.of[i], whole.of[i]);
}

static void random_paintings_match_a_canvas(void **state)
{
	const int64_t base = 1778000000000;
	struct cell canvas[CANVAS] = { 0 };
	struct store *s = shelf_open();

	(void)state;
	for (int round = 0; round < 1500; round++) {
		int64_t from = roll(CANVAS), until = from + roll(12);
		struct cell c = { true, (enum colour)roll(COLOURS), CAUSE_NONE };

		if (until > CANVAS)
			until = CANVAS;
		if (c.colour == COLOUR_DOWN)
			c.cause = (enum cause)(1 + roll(3));
		if (roll(10) == 0) {
			paint(s, 1, base + from * 500, 0, c.colour, c.cause);
			until = CANVAS;
		} else {
			paint(s, 1, base + from * 500, base + until * 500, c.colour, c.cause);
		}
		for (int64_t i = from; i < until; i++)
			canvas[i] = c;
		check_against(s, canvas, base);
		check_sums(s, base);
	}
	store_close(s);
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(a_span_in_the_middle_splits_what_lies_below),
		with_shelf(an_open_end_covers_everything_after_it),
		with_shelf(alike_neighbours_become_one),
		with_shelf(an_empty_span_changes_nothing),
		with_shelf(points_do_not_paint_each_other),
		with_shelf(only_what_touches_the_window_is_shown),
		with_shelf(seconds_count_each_colour_and_whose_it_was),
		with_shelf(random_paintings_match_a_canvas),
	};

	return cmocka_run_group_tests_name("store_paint", tests, NULL, NULL);
}
