/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"
#include "mesh/conf.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A small daemon's settings, with one key of every sort. */
struct door {
	const char *name, *kind;
	int64_t width;
	bool locked;
};

struct house {
	const char *owner, *colour, *note;
	int64_t beat_s, offset, wide;
	bool lit;
	const char *const *guests;
	size_t n_guests;
	const struct door *doors;
	size_t n_doors;
	struct {
		const char *listen;
		int64_t port;
	} page;
};

static const char *const colours[] = { "red", "green", "yellow", NULL };
static const char *const kinds[] = { "wood", "steel", NULL };

static const struct conf_key door_keys[] = {
	{ .key = "name",
	  .type = CONF_STRING,
	  .at = offsetof(struct door, name),
	  .min = 1,
	  .max = 8,
	  .required = true,
	  .help = "what people call it" },
	{ .key = "kind",
	  .type = CONF_STRING,
	  .at = offsetof(struct door, kind),
	  .choices = kinds,
	  .def_text = "wood" },
	{ .key = "width",
	  .type = CONF_INT,
	  .at = offsetof(struct door, width),
	  .min = 40,
	  .max = 300,
	  .def = 80 },
	{ .key = "locked", .type = CONF_BOOL, .at = offsetof(struct door, locked), .def = 1 },
};
static const struct conf_table door_table = { door_keys, COUNT(door_keys), sizeof(struct door) };

static const struct conf_key page_keys[] = {
	{ .key = "listen",
	  .type = CONF_STRING,
	  .at = offsetof(struct house, page.listen) - offsetof(struct house, page),
	  .def_text = "127.0.0.1",
	  .help = "Address." },
	{ .key = "port",
	  .type = CONF_INT,
	  .at = offsetof(struct house, page.port) - offsetof(struct house, page),
	  .min = 1,
	  .max = 65535,
	  .def = 8080 },
};
static const struct conf_table page_table = { page_keys, COUNT(page_keys),
					      sizeof(((struct house *)0)->page) };

static const struct conf_key house_keys[] = {
	{ .key = "owner",
	  .type = CONF_STRING,
	  .at = offsetof(struct house, owner),
	  .min = 1,
	  .max = 20,
	  .required = true,
	  .help = "whose it is" },
	{ .key = "colour",
	  .type = CONF_STRING,
	  .at = offsetof(struct house, colour),
	  .choices = colours,
	  .def_text = "red",
	  .help = "Of the walls." },
	{ .key = "note",
	  .type = CONF_STRING,
	  .at = offsetof(struct house, note),
	  .min = 2,
	  .max = 40 },
	{ .key = "beat_s",
	  .type = CONF_INT,
	  .at = offsetof(struct house, beat_s),
	  .min = 1,
	  .max = 900,
	  .def = 60,
	  .help = "Seconds between beats." },
	{ .key = "offset",
	  .type = CONF_INT,
	  .at = offsetof(struct house, offset),
	  .min = -12,
	  .max = 12 },
	{ .key = "wide",
	  .type = CONF_INT,
	  .at = offsetof(struct house, wide),
	  .min = INT64_MIN,
	  .max = INT64_MAX,
	  .def = 1 },
	{ .key = "lit", .type = CONF_BOOL, .at = offsetof(struct house, lit) },
	{ .key = "guests",
	  .type = CONF_LIST,
	  .at = offsetof(struct house, guests),
	  .at_count = offsetof(struct house, n_guests),
	  .max = 3,
	  .help = "Who may come in." },
	{ .key = "doors",
	  .type = CONF_LIST,
	  .at = offsetof(struct house, doors),
	  .at_count = offsetof(struct house, n_doors),
	  .min = 1,
	  .max = 4,
	  .of = &door_table },
	{ .key = "page",
	  .type = CONF_OBJECT,
	  .at = offsetof(struct house, page),
	  .of = &page_table },
};
static const struct conf_table house_table = { house_keys, COUNT(house_keys),
					       sizeof(struct house) };

static enum conf_err read_text(struct conf **c, struct house *h, const char *text,
			       char why[static CONF_WHY])
{
	memset(h, 0xa5, sizeof *h);
	return conf_read(c, h, &house_table, "house.jsonc", text, strlen(text), why);
}

static struct conf *good(struct house *h, const char *text)
{
	char why[CONF_WHY];
	struct conf *c;

	if (read_text(&c, h, text, why) != CONF_OK)
		fail_msg("%s", why);
	return c;
}

static void refused(enum conf_err want, const char *text)
{
	char why[CONF_WHY];
	struct house h;
	struct conf *c;
	const enum conf_err err = read_text(&c, &h, text, why);

	if (err != want)
		fail_msg("%s: %s instead of %s: %s", text, conf_err_str(err), conf_err_str(want),
			 why);
	assert_null(c);
	assert_int_equal(strncmp(why, "house.jsonc:", 12), 0);
}

static void what_is_not_given_has_its_default(void **state)
{
	struct house h;
	struct conf *c = good(&h, "{\"owner\": \"A1\"}");

	(void)state;
	assert_string_equal(h.owner, "A1");
	assert_string_equal(h.colour, "red");
	assert_string_equal(h.note, "");
	assert_int_equal(h.beat_s, 60);
	assert_int_equal(h.offset, 0);
	assert_false(h.lit);
	assert_null(h.guests);
	assert_int_equal(h.n_guests, 0);
	assert_int_equal(h.n_doors, 0);
	assert_string_equal(h.page.listen, "127.0.0.1");
	assert_int_equal(h.page.port, 8080);
	conf_free(c);
}

static void what_is_given_lands_in_the_struct(void **state)
{
	struct house h;
	struct conf *c = good(&h, "{\"owner\": \"Hộ \\u00c2n\", \"lit\": true, \"offset\": -7,\n"
				  "\"guests\": [\"x\", \"y\"], \"page\": {\"port\": 1},\n"
				  "\"doors\": [{\"name\": \"a\"}, {\"name\": \"b\", \"width\": "
				  "200, \"locked\": false}]}");

	(void)state;
	assert_string_equal(h.owner, "Hộ Ân");
	assert_true(h.lit);
	assert_int_equal(h.offset, -7);
	assert_int_equal(h.n_guests, 2);
	assert_string_equal(h.guests[1], "y");
	assert_int_equal(h.page.port, 1);
	assert_string_equal(h.page.listen, "127.0.0.1");
	assert_int_equal(h.n_doors, 2);
	assert_int_equal(h.doors[0].width, 80);
	assert_true(h.doors[0].locked);
	assert_int_equal(h.doors[1].width, 200);
	assert_false(h.doors[1].locked);
	conf_free(c);
}

static void whole_numbers_are_exact_to_the_last_bit(void **state)
{
	struct house h;
	struct conf *c = good(&h, "{\"owner\": \"A\", \"wide\": 9223372036854775807}");

	(void)state;
	assert_true(h.wide == INT64_MAX);
	conf_free(c);
	c = good(&h, "{\"owner\": \"A\", \"wide\": -9223372036854775808}");
	assert_true(h.wide == INT64_MIN);
	conf_free(c);
	refused(CONF_RANGE, "{\"owner\": \"A\", \"wide\": 9223372036854775808}");
}

static void odd_numbers_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum conf_err err;
	} cases[] = {
		{ "1e2", CONF_TYPE },
		{ "1e99", CONF_TYPE },
		{ "1e999", CONF_TYPE },
		{ "1.5", CONF_TYPE },
		{ "60.0", CONF_TYPE },
		{ "0", CONF_RANGE },
		{ "901", CONF_RANGE },
		{ "-1", CONF_RANGE },
		{ "NaN", CONF_SYNTAX },
		{ "Infinity", CONF_SYNTAX },
		{ "nan", CONF_SYNTAX },
		{ "+1", CONF_SYNTAX },
		{ "01", CONF_SYNTAX },
		{ "-", CONF_SYNTAX },
		{ "1.", CONF_SYNTAX },
		{ ".5", CONF_SYNTAX },
		{ "1e", CONF_SYNTAX },
		{ "0x10", CONF_SYNTAX },
		{ "1,5", CONF_SYNTAX },
		{ "null", CONF_TYPE },
		{ "\"60\"", CONF_TYPE },
		{ "true", CONF_TYPE },
		{ "[60]", CONF_TYPE },
		{ "18446744073709551676", CONF_RANGE },
		{ "11111111111111111111111111111111111111111111111111", CONF_RANGE },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof text, "{\"owner\": \"A\", \"beat_s\": %s}", cases[i].text);
		refused(cases[i].err, text);
	}
}

static void odd_texts_are_refused(void **state)
{
	(void)state;
	refused(CONF_SYNTAX, "{\"owner\": \"a\nb\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"a\tb\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\u0000\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\ud800\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\udc00\\ud800\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\u12g4\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\x\"}");
	refused(CONF_SYNTAX, "{\"owner\": \"\\");
	refused(CONF_SYNTAX, "{'owner': \"A\"}");
	refused(CONF_NOT_UTF8, "{\"owner\": \"\xff\"}");
	refused(CONF_NOT_UTF8, "{\"owner\": \"\xc0\x80\"}");
	refused(CONF_NOT_UTF8, "{\"owner\": \"\xed\xa0\x80\"}");
	refused(CONF_NOT_UTF8, "// \xe1\xbb\n{\"owner\": \"A\"}");
}

static void too_much_is_refused_before_it_is_parsed(void **state)
{
	char *deep = malloc(100001), why[CONF_WHY];
	struct house h;
	struct conf *c;

	(void)state;
	memset(deep, '[', 100000);
	deep[100000] = '\0';
	refused(CONF_TOO_BIG, deep);
	free(deep);

	char *big = malloc(CONF_SIZE_MAX + 1);

	memset(big, ' ', CONF_SIZE_MAX + 1);
	assert_int_equal(
		conf_read(&c, &h, &house_table, "house.jsonc", big, CONF_SIZE_MAX + 1, why),
		CONF_TOO_BIG);
	assert_null(c);
	free(big);
}

static void every_prefix_of_good_settings_is_refused_in_words(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf// x\n{\"owner\": \"Hộ \\u00c2\\ud83d\\ude00\", /* y */ \"beat_s\": "
		"12,\n"
		"\"guests\": [\"a\", \"b\"], \"doors\": [{\"name\": \"c\"}], \"lit\": true}";
	char why[CONF_WHY];
	struct house h;
	struct conf *c;

	(void)state;
	for (size_t len = 0; len + 1 < sizeof text; len++) {
		char *cut = malloc(len + 1); /* so that the sanitizer sees a step too far */

		memcpy(cut, text, len);
		assert_int_not_equal(conf_read(&c, &h, &house_table, "house.jsonc", cut, len, why),
				     CONF_OK);
		assert_null(c);
		assert_int_equal(strncmp(why, "house.jsonc:", 12), 0);
		free(cut);
	}
	c = good(&h, text);
	conf_free(c);
}

static void a_long_message_is_cut_between_characters(void **state)
{
	char name[CONF_WHY * 2], why[CONF_WHY];
	struct house h;
	struct conf *c;

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(name, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof name; i += 3)
			memcpy(name + i, "ắ", 4);
		assert_int_not_equal(conf_read(&c, &h, &house_table, name, "{}", 2, why), CONF_OK);
		assert_int_equal((strlen(why) - shift) % 3, 0);
	}
}

static void blame_points_at_the_value(void **state)
{
	struct house h;
	char why[CONF_WHY];
	struct conf *c = good(&h, "{\n\t\"owner\": \"A\", /* ắ */ \"page\": {\"port\": 7},\n"
				  "\t\"guests\": [\"x\",\n\t\t\"y\"],\n"
				  "\t\"doors\": [{\"name\": \"a\", \"width\": 50},\n\t{\"width\": "
				  "60, \"name\": \"b\"}]}");

	(void)state;
	conf_blame(c, "owner", "no", why);
	assert_string_equal(why, "house.jsonc:2:11: no");
	conf_blame(c, "page.port", "no", why);
	assert_string_equal(why, "house.jsonc:2:41: no");
	conf_blame(c, "guests[1]", "no", why);
	assert_string_equal(why, "house.jsonc:4:3: no");
	conf_blame(c, "doors[1].name", "100%s", why);
	assert_string_equal(why, "house.jsonc:6:24: 100%s");
	conf_blame(c, "doors[1]", "no", why);
	assert_string_equal(why, "house.jsonc:6:2: no");
	conf_blame(c, "doors[2].name", "no", why);
	assert_string_equal(why, "house.jsonc: no");
	conf_blame(c, "beat_s", "no", why);
	assert_string_equal(why, "house.jsonc: no");
	conf_blame(c, "owner.x", "no", why);
	assert_string_equal(why, "house.jsonc: no");
	conf_free(c);
}

static void what_was_handed_out_outlives_the_tree(void **state)
{
	char text[3 * 5000 + 64], long_name[5000 + 1];
	char why[CONF_WHY];
	struct house h;
	struct conf *c;

	(void)state;
	memset(long_name, 'n', 5000);
	long_name[5000] = '\0';
	snprintf(text, sizeof text, "{\"owner\": \"A\", \"guests\": [\"x\", \"%s\", \"y\"]}",
		 long_name);
	c = good(&h, text);
	conf_settle(c);
	assert_string_equal(h.owner, "A");
	assert_string_equal(h.guests[0], "x");
	assert_string_equal(h.guests[1], long_name);
	assert_string_equal(h.guests[2], "y");
	conf_blame(c, "owner", "no", why);
	assert_string_equal(why, "house.jsonc: no");
	conf_free(c);
}

static void what_is_printed_reads_back_to_the_same(void **state)
{
	static const char *const texts[] = {
		"{\"owner\": \"A\"}",
		"{\"owner\": \"\\\"q\\\" \\\\ \\n ắ \\u0001\", \"note\": \"//no\", \"wide\": "
		"-9223372036854775808,"
		"\"guests\": [\"\", \"/*\"], \"doors\": [{\"name\": \"x\", \"kind\": \"steel\"}, "
		"{\"name\": \"y\"}],"
		"\"page\": {\"listen\": \"\"}, \"lit\": true, \"colour\": \"yellow\"}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct house a, b;
		struct conf *ca = good(&a, texts[i]), *cb;
		char *first = conf_effective(&a, &house_table), *second;

		assert_non_null(first);
		cb = good(&b, first);
		second = conf_effective(&b, &house_table);
		assert_string_equal(first, second);
		assert_string_equal(a.owner, b.owner);
		assert_string_equal(a.note, b.note);
		assert_true(a.wide == b.wide && a.lit == b.lit && a.n_doors == b.n_doors);
		free(first);
		free(second);
		conf_free(ca);
		conf_free(cb);
	}
}

static void a_file_is_read_whole_or_its_name_is_said(void **state)
{
	char path[] = "/tmp/conf_test.XXXXXX", why[CONF_WHY];
	const int fd = mkstemp(path);
	size_t len = 0;
	char *text;

	(void)state;
	assert_true(fd >= 0);
	text = conf_slurp(path, &len, why);
	assert_non_null(text);
	assert_int_equal(len, 0);
	free(text);
	assert_int_equal(write(fd, "{}\n", 3), 3);
	text = conf_slurp(path, &len, why);
	assert_non_null(text);
	assert_int_equal(len, 3);
	assert_string_equal(text, "{}\n");
	free(text);
	assert_int_equal(ftruncate(fd, CONF_SIZE_MAX + 1), 0);
	assert_null(conf_slurp(path, &len, why));
	assert_non_null(strstr(why, "larger than"));
	close(fd);
	unlink(path);
	assert_null(conf_slurp(path, &len, why));
	assert_non_null(strstr(why, path));
	assert_non_null(strstr(why, strerror(ENOENT)));
	assert_null(conf_slurp("/tmp", &len, why));
}

static void every_refusal_has_a_name(void **state)
{
	(void)state;
	for (unsigned e = 0; e < CONF_ERRS; e++)
		assert_string_not_equal(conf_err_str((enum conf_err)e), "?");
	assert_string_equal(conf_err_str(CONF_ERRS), "?");
}

/* What a golden file shows: the refusal, or the settings in force. */
static char *golden(const char *name, const char *text, size_t len)
{
	char why[CONF_WHY], *out = NULL;
	struct house h;
	struct conf *c;
	const enum conf_err err = conf_read(&c, &h, &house_table, name, text, len, why);

	if (err == CONF_OK)
		out = conf_effective(&h, &house_table);
	else if (asprintf(&out, "%s\n(%s)\n", why, conf_err_str(err)) < 0)
		out = NULL;
	conf_free(c);
	return out;
}

static void golden_files_come_out_as_agreed(void **state)
{
	unsigned n;

	(void)state;
	assert_int_equal(golden_run("tests/golden/conf", golden, &n), 0);
	assert_true(n >= 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(what_is_given_lands_in_the_struct),
		cmocka_unit_test(whole_numbers_are_exact_to_the_last_bit),
		cmocka_unit_test(odd_numbers_are_refused),
		cmocka_unit_test(odd_texts_are_refused),
		cmocka_unit_test(too_much_is_refused_before_it_is_parsed),
		cmocka_unit_test(every_prefix_of_good_settings_is_refused_in_words),
		cmocka_unit_test(a_long_message_is_cut_between_characters),
		cmocka_unit_test(blame_points_at_the_value),
		cmocka_unit_test(what_was_handed_out_outlives_the_tree),
		cmocka_unit_test(what_was_handed_out_outlives_the_tree),
		cmocka_unit_test(what_is_printed_reads_back_to_the_same),
		cmocka_unit_test(a_file_is_read_whole_or_its_name_is_said),
		cmocka_unit_test(every_refusal_has_a_name),
		cmocka_unit_test(golden_files_come_out_as_agreed),
	};

	setlocale(LC_ALL, ""); /* vi_VN writes 0,5: nothing here may care */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
