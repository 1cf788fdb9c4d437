/* SPDX-License-Identifier: Apache-2.0 */
/* reply_sms: an inbox folder, with the test in gammu-smsd's place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/reply_sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

struct world {
	struct loop *loop;
	struct reply_sms *replies;
	char dir[32];
	unsigned took;
	bool full; /* nothing can be kept now */
	char said[2000];
};

static bool on_reply(void *self, const char *via, const char *from, const char *text)
{
	struct world *w = self;

	w->took++;
	snprintf(w->said, sizeof w->said, "%s %s %s", via, from, text);
	return !w->full;
}

static void world_open(struct world *w)
{
	*w = (struct world){ .loop = loop_new(), .dir = "/tmp/inbox-test-XXXXXX" };
	assert_non_null(w->loop);
	assert_non_null(mkdtemp(w->dir));
}

static void begin(struct world *w)
{
	w->replies = reply_sms_new(w->loop, w->dir, on_reply, w);
	assert_non_null(w->replies);
}

static void world_close(struct world *w)
{
	reply_sms_free(w->replies);
	loop_free(w->loop);
	assert_int_equal(rmdir(w->dir), 0); /* nothing was left */
}

static void put(struct world *w, const char *name, const void *text, size_t len)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", w->dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static bool there(const struct world *w, const char *name)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s", w->dir, name);
	return access(path, F_OK) == 0;
}

static void drop(const struct world *w, const char *name)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s", w->dir, name);
	assert_int_equal(unlink(path), 0);
}

static void turn_for(struct world *w, unsigned took, int ms)
{
	const mono_t end = mono_after(clock_mono(), ms);

	while (w->took < took && !mono_reached(clock_mono(), end))
		loop_turn(w->loop, 20);
}

static void what_came_before_and_what_comes_is_taken_and_removed(void **state)
{
	static const char name[] = "IN20260514_194301_00_+84900000123_00.txt";
	struct world w;

	(void)state;
	world_open(&w);
	put(&w, name,
	    "\xfe\xff\0O\0K\0 \0"
	    "7\0K\0"
	    "2",
	    14);
	begin(&w);
	turn_for(&w, 1, PATIENCE_MS);
	assert_string_equal(w.said, "sms +84900000123 OK 7K2");
	assert_false(there(&w, name));
	put(&w, "IN20260514_194400_00_Viettel_00.txt", "Nap the", 7);
	turn_for(&w, 2, PATIENCE_MS);
	assert_string_equal(w.said, "sms Viettel Nap the");
	world_close(&w);
}

static void what_could_not_be_kept_stays_and_comes_again(void **state)
{
	static const char name[] = "IN20260514_194301_00_+84900000123_00.txt";
	struct world w;

	(void)state;
	world_open(&w);
	put(&w, name, "OK 7K2", 6);
	w.full = true;
	begin(&w);
	turn_for(&w, 1, PATIENCE_MS);
	assert_true(there(&w, name));
	reply_sms_free(w.replies);
	w.full = false;
	begin(&w);
	turn_for(&w, 2, PATIENCE_MS);
	assert_false(there(&w, name));
	world_close(&w);
}

static void parts_of_one_message_are_joined_once_the_folder_is_quiet(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	put(&w, "IN20260514_194301_00_+84900000123_00.txt", "OK ", 3);
	turn_for(&w, 1, 500);
	put(&w, "IN20260514_194301_00_+84900000123_01.txt", "7K2", 3);
	put(&w, "IN20260514_194301_01_+84900000123_00.txt", "x", 1);
	turn_for(&w, 1, 700);
	assert_int_equal(w.took, 0);
	turn_for(&w, 1, PATIENCE_MS);
	assert_int_equal(w.took, 2);
	assert_string_equal(w.said, "sms +84900000123 x");
	world_close(&w);
}

static void other_files_are_let_be(void **state)
{
	static const char *const names[] = { "IN20260514_194301_00_+84900000123_00.bin",
					     "IN20260514_194301_00_+84900000123_00.txt.new",
					     "IN20260514_19430_00_+84900000123_00.txt",
					     "OUT+84900000123.txt", ".hidden" };
	struct world w;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(&w, names[i], "x", 1);
	put(&w, "IN20260514_194302_00_1_00.txt", "y", 1);
	begin(&w);
	turn_for(&w, 1, PATIENCE_MS);
	assert_string_equal(w.said, "sms 1 y");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		drop(&w, names[i]);
	world_close(&w);
}

static void a_name_that_is_none_is_refused(void **state)
{
	static const char *const names[] = {
		"",
		"IN",
		"IN20260514_194301_00_",
		"IN20260514_194301_00_00.txt",
		"IN20260514_194301_00_+8_0.txt",
		"IN20260514_194301_00_+84900000123_00",
		"IN20260514-194301_00_+84900000123_00.txt",
		"IN20260514_194301_00_123456789012345678901234567890123_00.txt",
	};
	char number[REPLY_SMS_NUMBER];
	size_t shared;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_false(reply_sms_name(names[i], number, &shared));
	assert_true(reply_sms_name("IN20260514_194301_00__00.txt", number, &shared));
	assert_string_equal(number, "");
	assert_true(reply_sms_name("IN20260514_194301_07_a_b_12.txt", number, &shared));
	assert_string_equal(number, "a_b");
}

static void a_text_is_read_in_either_format_and_never_too_far(void **state)
{
	char out[16];

	(void)state;
	reply_sms_text(out, sizeof out, (const unsigned char *)"\xfe\xff\x1e\xad\0n", 6);
	assert_string_equal(out, "ận");
	reply_sms_text(out, sizeof out, (const unsigned char *)"\xff\xfeO\0K\0", 6);
	assert_string_equal(out, "OK");
	reply_sms_text(out, sizeof out, (const unsigned char *)"\xfe\xff\xd8\x3d\xde\x00", 6);
	assert_string_equal(out, "😀");
	reply_sms_text(out, sizeof out, (const unsigned char *)"\xfe\xff\xd8\x3d\0O\0", 7);
	assert_string_equal(out, "�O");
	reply_sms_text(out, sizeof out, (const unsigned char *)"O\0K", 3);
	assert_string_equal(out, "OK");
	reply_sms_text(out, 4, (const unsigned char *)"12345", 5);
	assert_string_equal(out, "123");
	reply_sms_text(out, 6, (const unsigned char *)"\xfe\xff\0a\0b\0c\0d\0e", 12);
	assert_true(strlen(out) < 6);
	reply_sms_text(out, sizeof out, (const unsigned char *)"", 0);
	assert_string_equal(out, "");
}

static void a_folder_that_is_not_there_yet_is_no_end(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	rmdir(w.dir);
	begin(&w);
	turn_for(&w, 1, 1200);
	assert_int_equal(mkdir(w.dir, 0700), 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_before_and_what_comes_is_taken_and_removed),
		cmocka_unit_test(what_could_not_be_kept_stays_and_comes_again),
		cmocka_unit_test(parts_of_one_message_are_joined_once_the_folder_is_quiet),
		cmocka_unit_test(other_files_are_let_be),
		cmocka_unit_test(a_name_that_is_none_is_refused),
		cmocka_unit_test(a_text_is_read_in_either_format_and_never_too_far),
		cmocka_unit_test(a_folder_that_is_not_there_yet_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
