/* SPDX-License-Identifier: Apache-2.0 */
/* learn: who goes dark together often, and seldom without each other, belongs together. */
#include "gateway/learn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { POINTS = 80 };

static void together(struct learn *all, uint32_t a, uint32_t b, int times)
{
	const uint32_t pair[] = { a, b };

	for (int i = 0; i < times; i++)
		learn_together(all, pair, 2);
}

static void three_times_together_are_friends_and_two_are_not(void **state)
{
	struct learn all[POINTS] = { 0 };
	uint32_t out[LEARN_FRIENDS];

	(void)state;
	together(all, 3, 7, 2);
	assert_false(learn_friends(all, 3, 7));
	together(all, 7, 3, 1);
	assert_true(learn_friends(all, 3, 7));
	assert_true(learn_friends(all, 7, 3));
	assert_false(learn_friends(all, 3, 4));
	assert_int_equal(learn_of(all, 3, out), 1);
	assert_int_equal(out[0], 7);
	assert_int_equal(learn_of(all, 4, out), 0);
}

/* One of them goes with everybody: the commune is one line, and teaches nothing of these two. */
static void who_goes_with_others_as_often_is_no_friend(void **state)
{
	struct learn all[POINTS] = { 0 };

	(void)state;
	together(all, 1, 2, 7);
	together(all, 1, 3, 3);
	assert_true(learn_friends(all, 1, 2)); /* 7 of 10 */
	assert_false(learn_friends(all, 1, 3));
	together(all, 1, 4, 1);
	assert_false(learn_friends(all, 1, 2));
}

static void a_group_learns_all_its_pairs(void **state)
{
	struct learn all[POINTS] = { 0 };
	const uint32_t group[] = { 10, 11, 12, 13 };
	uint32_t out[LEARN_FRIENDS];

	(void)state;
	for (int i = 0; i < 3; i++)
		learn_together(all, group, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(learn_of(all, group[i], out), 3);
}

static void one_alone_and_a_crowd_teach_nothing(void **state)
{
	struct learn all[POINTS] = { 0 };
	uint32_t crowd[LEARN_CROWD + 1];

	(void)state;
	for (uint32_t i = 0; i <= LEARN_CROWD; i++)
		crowd[i] = i;
	for (int i = 0; i < 9; i++) {
		learn_together(all, crowd, 0);
		learn_together(all, crowd, 1);
		learn_together(all, crowd, LEARN_CROWD + 1);
	}
	for (size_t i = 0; i < POINTS; i++)
		assert_int_equal(all[i].times, 0);
	learn_together(all, crowd, LEARN_CROWD);
	assert_int_equal(all[LEARN_CROWD - 1].times, 1);
}

/* Chance fills the list, but does not keep those out who come again and again. */
static void who_is_rare_gives_way(void **state)
{
	struct learn all[POINTS] = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= LEARN_FRIENDS; i++)
		together(all, 0, i, 2);
	together(all, 0, 50, 60);
	assert_true(learn_friends(all, 0, 50));
}

static void what_is_no_more_is_forgotten(void **state)
{
	struct learn all[POINTS] = { 0 };

	(void)state;
	together(all, 1, 2, 60);
	assert_true(learn_friends(all, 1, 2));
	/* A new line was drawn: 1 hangs with 3 from now on. */
	together(all, 1, 3, 200);
	assert_false(learn_friends(all, 1, 2));
	assert_true(learn_friends(all, 1, 3));
}

static void whoever_asks_itself_is_no_friend_of_itself(void **state)
{
	struct learn all[POINTS] = { 0 };

	(void)state;
	together(all, 1, 2, 5);
	assert_false(learn_friends(all, 1, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_times_together_are_friends_and_two_are_not),
		cmocka_unit_test(who_goes_with_others_as_often_is_no_friend),
		cmocka_unit_test(a_group_learns_all_its_pairs),
		cmocka_unit_test(one_alone_and_a_crowd_teach_nothing),
		cmocka_unit_test(who_is_rare_gives_way),
		cmocka_unit_test(what_is_no_more_is_forgotten),
		cmocka_unit_test(whoever_asks_itself_is_no_friend_of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
