/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue: Vietnamese comes out whatever the machine is set to, and nothing that is broken is
 * read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/catalogue.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_it(void)
{
	char why[CATALOGUE_WHY];

	if (!catalogue_open(LOCALE_DIR, why))
		fail_msg("%s", why);
}

static void both_languages_are_there_at_once(void **state)
{
	(void)state;
	open_it();
	assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_VI), "Mất điện");
	assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_EN), "Power out");
	assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_VI), "Mất điện");
}

static void a_context_has_words_of_its_own(void **state)
{
	(void)state;
	open_it();
	assert_string_equal(catalogue_str(NULL, "Internet", LANGUAGE_VI), "Internet");
	assert_string_equal(catalogue_str("fact", "Internet", LANGUAGE_VI), "Mạng");
	assert_string_equal(catalogue_str("no such", "Internet", LANGUAGE_VI), "Internet");
	assert_string_equal(catalogue_marked(NC_("fact", "Internet"), LANGUAGE_VI), "Mạng");
	assert_string_equal(catalogue_marked(NC_("fact", "Internet"), LANGUAGE_EN), "Internet");
	assert_string_equal(catalogue_marked(N_("Internet"), LANGUAGE_VI), "Internet");
}

static void what_it_does_not_know_is_english(void **state)
{
	(void)state;
	open_it();
	assert_string_equal(catalogue_str(NULL, "zzz no such words", LANGUAGE_VI),
			    "zzz no such words");
	assert_string_equal(catalogue_str(NULL, "", LANGUAGE_VI), "");
	assert_string_equal(catalogue_marked("", LANGUAGE_VI), "");
	catalogue_close();
	assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_VI), "Power out");
}

static void the_environment_has_no_say(void **state)
{
	static const char *const set[] = { "",        "C",           "POSIX",
					   "C.UTF-8", "en_US.UTF-8", "vi_VN.UTF-8",
					   "no" };
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE" };

	(void)state;
	for (size_t k = 0; k < sizeof set / sizeof set[0]; k++) {
		const char *numeric;

		for (size_t n = 0; n < 4; n++)
			setenv(names[n], set[k], 1);
		setlocale(LC_ALL, "");
		numeric = setlocale(LC_NUMERIC, NULL);
		open_it();
		assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_VI), "Mất điện");
		assert_string_equal(catalogue_str(NULL, "Power out", LANGUAGE_EN), "Power out");
		assert_string_equal(setlocale(LC_NUMERIC, NULL), numeric);
	}
	setlocale(LC_ALL, "C");
}

static void a_catalogue_that_is_not_there_is_named(void **state)
{
	char why[CATALOGUE_WHY];

	(void)state;
	assert_false(catalogue_open("/nonexistent", why));
	assert_non_null(strstr(why, "/nonexistent/vi/LC_MESSAGES/matsang.mo"));
	assert_non_null(strstr(why, "install"));
	/* Beside this program is none. */
	assert_false(catalogue_open(NULL, why));
	assert_non_null(strstr(why, "/share/locale/vi/LC_MESSAGES/matsang.mo"));
}

/* ---- broken ones ---- */

static char folder[] = "/tmp/matsang-catalogue-XXXXXX";
static char made[100];

static bool open_bytes(const void *bytes, size_t len)
{
	char why[CATALOGUE_WHY];
	FILE *f = fopen(made, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	return catalogue_open(folder, why);
}

static void nothing_broken_is_read(void **state)
{
	static uint8_t good[1 << 18], bad[1 << 18];
	FILE *f = fopen(LOCALE_DIR "/vi/LC_MESSAGES/matsang.mo", "r");
	char path[100];
	size_t len, opened = 0;
	uint32_t x = 7;

	(void)state;
	assert_non_null(f);
	len = fread(good, 1, sizeof good, f);
	fclose(f);
	assert_in_range(len, 1000, sizeof good - 1);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/vi", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/vi/LC_MESSAGES", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(made, sizeof made, "%s/matsang.mo", path);

	assert_false(open_bytes("", 0));
	assert_true(open_bytes(good, len));
	for (size_t n = 1; n < len; n = n * 3 / 2 + 1)
		assert_false(open_bytes(good, n));
	for (unsigned k = 0; k < 300; k++) {
		memcpy(bad, good, len);
		x = x * 1664525 + 1013904223;
		bad[(x >> 8) % (k < 100 ? 28 : 8192)] ^= (uint8_t)(1 + (x >> 24) % 255);
		if (!open_bytes(bad, len))
			continue;
		opened++;
		assert_non_null(catalogue_str(NULL, "Power out", LANGUAGE_VI));
		assert_non_null(catalogue_str("sms", "zzz", LANGUAGE_VI));
	}
	assert_in_range(opened, 0, 299);
	unlink(made);
	rmdir(path);
	snprintf(path, sizeof path, "%s/vi", folder);
	rmdir(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_languages_are_there_at_once),
		cmocka_unit_test(a_context_has_words_of_its_own),
		cmocka_unit_test(what_it_does_not_know_is_english),
		cmocka_unit_test(the_environment_has_no_say),
		cmocka_unit_test(a_catalogue_that_is_not_there_is_named),
		cmocka_unit_test(nothing_broken_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
