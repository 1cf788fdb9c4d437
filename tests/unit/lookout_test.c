/* SPDX-License-Identifier: Apache-2.0 */
/* lookout: a few answers of a kind are believed, one is not. */
#include "gateway/lookout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static wall_t at(int s)
{
	return (wall_t){ 1781000000000 + s * 1000 };
}

static void one_lost_answer_is_nothing(void **state)
{
	struct sense s = { 0 };

	(void)state;
	assert_false(sense_feed(&s, true, at(0)));
	assert_true(sense_feed(&s, true, at(5))); /* believed for the first time */
	assert_false(s.gone);
	assert_false(sense_feed(&s, false, at(10)));
	assert_false(sense_feed(&s, false, at(15)));
	assert_false(sense_feed(&s, true, at(20)));
	assert_false(sense_feed(&s, false, at(25)));
	assert_false(s.gone);
}

static void three_in_a_row_are_believed_and_since_when_is_known(void **state)
{
	struct sense s = { 0 };

	(void)state;
	sense_feed(&s, true, at(0));
	sense_feed(&s, true, at(5));
	assert_false(sense_feed(&s, false, at(10)));
	assert_false(sense_feed(&s, false, at(15)));
	assert_true(sense_feed(&s, false, at(20)));
	assert_true(s.gone);
	assert_int_equal(s.good.ms, at(5).ms);
	assert_false(sense_feed(&s, true, at(25)));
	assert_true(sense_feed(&s, true, at(30)));
	assert_false(s.gone);
}

static void what_is_gone_from_the_beginning_is_said(void **state)
{
	struct sense s = { 0 };

	(void)state;
	assert_false(sense_feed(&s, false, at(0)));
	assert_false(sense_feed(&s, false, at(5)));
	assert_true(sense_feed(&s, false, at(10)));
	assert_true(s.gone);
	assert_int_equal(s.good.ms, 0);
	assert_false(sense_feed(&s, false, at(15))); /* once */
}

/* ---- the whole, on a file and on addresses that nobody has ---- */

struct heard {
	struct loop *loop;
	const char *path;
	unsigned gone, back;
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void on_doubt(void *self, enum doubt d, bool on, wall_t since)
{
	struct heard *h = self;

	(void)since;
	assert_int_equal(d, DOUBT_POWER);
	h->gone += on;
	h->back += !on;
	if (on)
		write_file(h->path, "1\n");
	else
		loop_end(h->loop);
}

static void our_own_mains_are_read_from_a_file(void **state)
{
	char path[] = "/tmp/matsang-mains-XXXXXX";
	struct heard h = { .loop = loop_new(), .path = path };
	const struct lookout_options o = { .mains_file = path, .every_ms = 5, .timeout_ms = 4 };
	struct lookout *k;

	(void)state;
	close(mkstemp(path));
	write_file(path, "0\n");
	k = lookout_new(h.loop, &o, on_doubt, &h);
	assert_non_null(k);
	assert_int_equal(loop_run(h.loop), 0);
	assert_int_equal(h.gone, 1);
	assert_int_equal(h.back, 1);
	assert_false(lookout_offline(k));
	lookout_free(k);
	loop_free(h.loop);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lost_answer_is_nothing),
		cmocka_unit_test(three_in_a_row_are_believed_and_since_when_is_known),
		cmocka_unit_test(what_is_gone_from_the_beginning_is_said),
		cmocka_unit_test(our_own_mains_are_read_from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
