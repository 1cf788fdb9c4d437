/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as they come out on standard error, caught in a file. */
#include "mesh/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int caught = -1, screen = -1;

static int catch (void **state)
{
	char path[] = "/tmp/log_XXXXXX";

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_open("matsang-test");
	caught = mkstemp(path);
	screen = dup(STDERR_FILENO);
	unlink(path);
	return dup2(caught, STDERR_FILENO) < 0 ? -1 : 0;
}

static int release(void **state)
{
	(void)state;
	dup2(screen, STDERR_FILENO);
	close(screen);
	close(caught);
	return 0;
}

static const char *lines(void)
{
	static char text[16384];
	const ssize_t n = pread(caught, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int count(const char *what)
{
	int n = 0;

	for (const char *at = lines(); (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void a_line_begins_with_the_program(void **state)
{
	(void)state;
	log_info("broker %s is back", "10.9.0.1");
	assert_string_equal(lines(), "matsang-test: broker 10.9.0.1 is back\n");
}

static void errno_is_shown_and_kept(void **state)
{
	(void)state;
	errno = ENOSPC;
	log_err("spool: %m");
	assert_int_equal(errno, ENOSPC);
	assert_non_null(strstr(lines(), "spool: No space left on device\n"));
}

static void debug_lines_come_only_when_asked_for(void **state)
{
	(void)state;
	log_debug("quiet");
	log_verbose(1);
	log_debug("loud");
	log_verbose(0);
	assert_string_equal(lines(), "matsang-test: loud\n");
}

static void one_line_stays_one_line_whatever_a_peer_put_in_it(void **state)
{
	(void)state;
	log_warn("birth of %s", "x\nmatsang-gateway: all is well\033[2J");
	assert_int_equal(count("\n"), 1);
	assert_int_equal(count("\033"), 0);
}

static void a_long_line_is_cut_at_a_whole_letter(void **state)
{
	char name[3000] = "";
	const char *text;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof name; i += 3)
		memcpy(name + i, "ắ", 3);
	log_info("%s", name);
	text = lines();
	assert_true(strlen(text) < 1100);
	assert_string_equal(text + strlen(text) - 7, "ắ...\n");
}

static void a_flood_of_one_kind_is_held_back_and_others_are_not(void **state)
{
	(void)state;
	for (int i = 0; i < 500; i++)
		log_warn("flood of %d", i);
	log_warn("something else");
	assert_int_equal(count("flood"), 20);
	assert_int_equal(count("something else"), 1);
}

static void each_point_has_a_measure_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		log_point("TT-07-03", "point %s: up -> silent", "TT-07-03");
	log_point("TT-07-04", "point %s: up -> silent", "TT-07-04");
	assert_int_equal(count("TT-07-03"), 20);
	assert_int_equal(count("TT-07-04"), 1);
}

#define staged(f) cmocka_unit_test_setup_teardown(f, catch, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(a_line_begins_with_the_program),
		staged(errno_is_shown_and_kept),
		staged(debug_lines_come_only_when_asked_for),
		staged(one_line_stays_one_line_whatever_a_peer_put_in_it),
		staged(a_long_line_is_cut_at_a_whole_letter),
		staged(a_flood_of_one_kind_is_held_back_and_others_are_not),
		staged(each_point_has_a_measure_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
