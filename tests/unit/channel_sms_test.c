/* SPDX-License-Identifier: Apache-2.0 */
/* channel_sms: gammu-smsd's folders, with the test in gammu-smsd's place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, PATH = 200 };

static struct message message;

struct world {
	struct loop *loop;
	char dir[32], outbox[64], sent[64], error[64];
	struct sms_service service;
	int64_t from_ms; /* of the incident */
	bool over, delivered, refused;
	char note[CHANNEL_NOTE];
};

static void on_done(void *self, enum channel_end end, const char *note)
{
	struct world *w = self;

	assert_false(w->over);
	w->over = true;
	w->delivered = end == CHANNEL_DELIVERED;
	w->refused = end == CHANNEL_REFUSED;
	snprintf(w->note, sizeof w->note, "%s", note);
}

static void world_open(struct world *w)
{
	*w = (struct world){ .loop = loop_new(), .dir = "/tmp/sms-test-XXXXXX" };
	assert_non_null(w->loop);
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->outbox, sizeof w->outbox, "%s/outbox", w->dir);
	snprintf(w->sent, sizeof w->sent, "%s/sent", w->dir);
	snprintf(w->error, sizeof w->error, "%s/error", w->dir);
	assert_int_equal(mkdir(w->outbox, 0700) | mkdir(w->sent, 0700) | mkdir(w->error, 0700), 0);
	w->service = (struct sms_service){ w->outbox, w->sent, w->error, PATIENCE_MS };
	snprintf(message.sms, sizeof message.sms, "TT-07-03 MAT DIEN tu 19:42. Nhan OK 7K2");
}

static void empty(const char *dir)
{
	char path[PATH + 300];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static void world_close(struct world *w)
{
	loop_free(w->loop);
	empty(w->outbox);
	empty(w->sent);
	empty(w->error);
	rmdir(w->dir);
}

static void *start(struct world *w, const char *key, const char *to)
{
	const struct channel_tools tools = { .loop = w->loop };
	const struct incident i = { .from = { w->from_ms } };
	const struct letter l = { .key = key,
				  .to = to,
				  .incident = &i,
				  .message = &message,
				  .now = { INT64_C(1778762580000) } };

	w->over = false;
	w->note[0] = '\0';
	return channel_sms.start(&tools, &w->service, &l, on_done, w, w->note);
}

static void turn_for(struct world *w, int ms)
{
	const mono_t end = mono_after(clock_mono(), ms);

	while (!w->over && !mono_reached(clock_mono(), end))
		loop_turn(w->loop, 20);
}

/* How many files folder has; name gets that of the last one. */
static unsigned files(const char *folder, char name[static PATH])
{
	unsigned n = 0;
	struct dirent *e;
	DIR *d = opendir(folder);

	name[0] = '\0';
	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, PATH, "%s", e->d_name);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

static void move(const char *from, const char *to)
{
	char name[PATH], a[PATH + 80], b[PATH + 80];

	assert_int_equal(files(from, name), 1);
	snprintf(a, sizeof a, "%s/%s", from, name);
	snprintf(b, sizeof b, "%s/%s", to, name);
	assert_int_equal(rename(a, b), 0);
}

static void the_file_is_named_and_written_as_gammu_smsd_reads_it(void **state)
{
	char name[PATH], path[PATH + 80], text[200] = "";
	struct stat st;
	struct world w;
	void *handle;
	FILE *f;

	(void)state;
	world_open(&w);
	handle = start(&w, "42-firing-binh", "+84900000123");
	assert_non_null(handle);
	assert_false(w.over);
	assert_int_equal(files(w.outbox, name), 1);
	assert_memory_equal(name, "OUTC20260514_194300_00_+84900000123_", 36);
	assert_int_equal(strlen(name), 36 + 16 + 4);
	assert_string_equal(name + 36 + 16, ".txt");
	snprintf(path, sizeof path, "%s/%s", w.outbox, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	f = fopen(path, "r");
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	fclose(f);
	assert_string_equal(text, message.sms);
	channel_sms.cancel(handle);
	assert_int_equal(files(w.outbox, name), 1);
	world_close(&w);
}

static void what_moved_to_sent_is_delivered_and_not_before(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_non_null(start(&w, "k", "0900000123"));
	turn_for(&w, 400);
	assert_false(w.over);
	move(w.outbox, w.sent);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.delivered);
	assert_string_equal(w.note, "sent");
	world_close(&w);
}

static void what_moved_to_error_or_nowhere_has_failed(void **state)
{
	char name[PATH], path[PATH + 80];
	struct world w;

	(void)state;
	world_open(&w);
	assert_non_null(start(&w, "k", "0900000123"));
	move(w.outbox, w.error);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.over && !w.delivered);
	assert_string_equal(w.note, "gammu-smsd gave it up");

	/* The next try is not taken for the one that failed. */
	assert_non_null(start(&w, "k", "0900000123"));
	assert_int_equal(files(w.outbox, name), 1);
	assert_memory_equal(name, "OUTC20260514_194300_01_", 23);
	snprintf(path, sizeof path, "%s/%s", w.outbox, name);
	unlink(path);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.over && !w.delivered);
	assert_string_equal(w.note, "gone from the outbox, and not among those sent");
	world_close(&w);
}

static void what_is_not_sent_in_time_is_taken_back(void **state)
{
	char name[PATH];
	struct world w;

	(void)state;
	world_open(&w);
	w.service.limit_ms = 1000;
	assert_non_null(start(&w, "k", "0900000123"));
	turn_for(&w, 700);
	assert_false(w.over);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.over && !w.delivered);
	assert_string_equal(w.note, "not sent within 1 s, taken back");
	assert_int_equal(files(w.outbox, name), 0);
	world_close(&w);
}

static void what_another_way_says_leaves_nothing_behind(void **state)
{
	char name[PATH];
	struct world w;
	void *handle;

	(void)state;
	world_open(&w);
	handle = start(&w, "k", "0900000123");
	assert_int_equal(files(w.outbox, name), 1);
	assert_false(channel_sms.withdraw(handle));
	assert_int_equal(files(w.outbox, name), 0);
	handle = start(&w, "k", "0900000123");
	assert_int_equal(files(w.outbox, name), 1);
	move(w.outbox, w.sent);
	assert_true(channel_sms.withdraw(handle)); /* too late */
	assert_int_equal(files(w.sent, name), 1);
	assert_false(w.over);
	world_close(&w);
}

static void a_new_ledger_says_it_for_the_first_time(void **state)
{
	char name[PATH];
	struct world w;

	(void)state;
	world_open(&w);
	w.from_ms = INT64_C(1778762520000);
	assert_non_null(start(&w, "42-firing-binh", "0900000123"));
	move(w.outbox, w.sent);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.delivered);
	w.from_ms += 86400000;
	channel_sms.cancel(start(&w, "42-firing-binh", "0900000123"));
	assert_int_equal(files(w.outbox, name), 1);
	world_close(&w);
}

static void a_second_try_after_a_crash_finds_the_first_ones_file(void **state)
{
	char name[PATH];
	struct world w;

	(void)state;
	world_open(&w);
	channel_sms.cancel(start(&w, "k", "0900000123")); /* as if killed */
	channel_sms.cancel(start(&w, "k", "0900000123"));
	assert_int_equal(files(w.outbox, name), 1);
	channel_sms.cancel(start(&w, "other", "0900000123"));
	assert_int_equal(files(w.outbox, name), 2);
	empty(w.outbox);
	mkdir(w.outbox, 0700);

	channel_sms.cancel(start(&w, "k", "0900000123"));
	move(w.outbox, w.sent);
	assert_non_null(start(&w, "k", "0900000123"));
	assert_false(w.over);
	turn_for(&w, PATIENCE_MS);
	assert_true(w.delivered);
	assert_int_equal(files(w.outbox, name), 0);
	world_close(&w);
}

static void without_a_folder_of_what_was_sent_the_outbox_is_enough(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	w.service.sent = "";
	assert_non_null(start(&w, "k", "0900000123"));
	turn_for(&w, PATIENCE_MS);
	assert_true(w.delivered);
	assert_string_equal(w.note, "in the outbox");
	world_close(&w);
}

static void what_cannot_be_sent_is_refused_with_a_reason(void **state)
{
	static const char *const numbers[] = {
		"", "12", "anh Binh", "0900_000123", "../090", "09000001 ", "+8490000012345678", "+"
	};
	char name[PATH], target[CHANNEL_TARGET];
	struct world w;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		assert_non_null(start(&w, "k", numbers[i]));
		turn_for(&w, PATIENCE_MS);
		assert_true(w.over && w.refused); /* of the modem that says nothing */
		assert_string_equal(w.note, "not a number");
	}
	snprintf(message.sms, sizeof message.sms, "mất điện");
	assert_non_null(start(&w, "k", "0900000123"));
	turn_for(&w, PATIENCE_MS);
	assert_true(w.over && w.refused);
	assert_string_equal(w.note, "not one part of GSM 7-bit");
	snprintf(message.sms, sizeof message.sms, "x");
	assert_int_equal(files(w.outbox, name), 0);
	w.service.sent = "/nonexistent/sent";
	assert_null(start(&w, "k", "0900000123"));
	assert_string_equal(w.note, "no right to look into gammu-smsd's folders");
	assert_int_equal(files(w.outbox, name), 0);
	w.service.sent = w.sent;
	w.service.outbox = "/nonexistent/outbox";
	assert_null(start(&w, "k", "0900000123"));
	assert_string_equal(w.note, "outbox: No such file or directory");
	channel_sms.target(target, &w.service);
	assert_string_equal(target, "/nonexistent/outbox");
	world_close(&w);
}

static void one_part_has_160_characters_and_some_count_twice(void **state)
{
	char text[170];

	(void)state;
	memset(text, 'a', sizeof text);
	text[160] = '\0';
	assert_true(sms_fits(text));
	text[0] = '[';
	assert_false(sms_fits(text));
	text[159] = '\0';
	assert_true(sms_fits(text));
	text[0] = 'a';
	text[159] = text[160] = 'a';
	text[161] = '\0';
	assert_false(sms_fits(text));
	assert_true(sms_fits("TT-07 @ 19:42\n$_!\"#%&'()*+,-./:;<=>?"));
	assert_false(sms_fits("`"));
	assert_false(sms_fits("\t"));
	assert_false(sms_fits("é"));
	assert_false(sms_fits(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_named_and_written_as_gammu_smsd_reads_it),
		cmocka_unit_test(what_moved_to_sent_is_delivered_and_not_before),
		cmocka_unit_test(what_moved_to_error_or_nowhere_has_failed),
		cmocka_unit_test(what_is_not_sent_in_time_is_taken_back),
		cmocka_unit_test(what_another_way_says_leaves_nothing_behind),
		cmocka_unit_test(a_new_ledger_says_it_for_the_first_time),
		cmocka_unit_test(a_second_try_after_a_crash_finds_the_first_ones_file),
		cmocka_unit_test(without_a_folder_of_what_was_sent_the_outbox_is_enough),
		cmocka_unit_test(what_cannot_be_sent_is_refused_with_a_reason),
		cmocka_unit_test(one_part_has_160_characters_and_some_count_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
