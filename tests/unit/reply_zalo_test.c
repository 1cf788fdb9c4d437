/* SPDX-License-Identifier: Apache-2.0 */
/* reply_zalo: a server that plays Zalo's long poll, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/reply_zalo.h"

#include "catcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

#define NOTHING "{\"ok\":false,\"error_code\":408,\"description\":\"Request timeout\"}"
#define UNAUTHORIZED "{\"ok\":false,\"error_code\":401,\"description\":\"SECRET Unauthorized\"}"
#define WROTE(chat, text)                                                                 \
	"{\"ok\":true,\"result\":{\"event_name\":\"message.text.received\",\"message\":{" \
	"\"from\":{\"id\":\"u1\",\"display_name\":\"anh Bình\",\"is_bot\":false},"       \
	"\"chat\":{\"id\":\"" chat "\",\"chat_type\":\"PRIVATE\"},\"text\":\"" text "\"," \
	"\"message_id\":\"m1\",\"date\":1750316131602}}}"

struct world {
	struct loop *loop;
	struct catcher *catcher;
	struct reply_zalo *replies;
	unsigned took;
	char said[200], text[CATCH_TEXT];
};

static void on_caught(void *self, const char *text)
{
	snprintf(((struct world *)self)->text, CATCH_TEXT, "%s", text);
}

static bool on_reply(void *self, const char *via, const char *from, const char *text)
{
	struct world *w = self;

	w->took++;
	snprintf(w->said, sizeof w->said, "%s %s %s", via, from, text);
	return true;
}

static void world_open(struct world *w)
{
	*w = (struct world){ .loop = loop_new() };
	assert_non_null(w->loop);
	w->catcher = catcher_new(w->loop, CATCH_HTTP, on_caught, w);
}

static void begin(struct world *w)
{
	struct reply_zalo_options o = reply_zalo_defaults;
	char url[64];

	snprintf(url, sizeof url, "http://127.0.0.1:%u", catcher_port(w->catcher));
	o.url = url;
	o.token = "123:SECRET";
	o.gap_ms = 20;
	o.min_ms = 40;
	o.max_ms = 80;
	w->replies = reply_zalo_new(w->loop, &o, on_reply, w);
	assert_non_null(w->replies);
}

static void world_close(struct world *w)
{
	reply_zalo_free(w->replies);
	catcher_free(w->catcher);
	loop_free(w->loop);
}

static void turn_until(struct world *w, uint64_t polls)
{
	const mono_t end = mono_after(clock_mono(), PATIENCE_MS);

	while (reply_zalo_counters(w->replies).polls < polls && !mono_reached(clock_mono(), end))
		loop_turn(w->loop, 10);
	assert_true(reply_zalo_counters(w->replies).polls >= polls);
}

static void what_is_written_comes_with_its_chat(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	catcher_say(w.catcher, 200, WROTE("6ede9afa66b88fe6d6a9", "Nh\\u1eadn 7K2"));
	catcher_answer(w.catcher, CATCH_HANG);
	begin(&w);
	turn_until(&w, 2);
	assert_int_equal(w.took, 1);
	assert_string_equal(w.said, "zalo 6ede9afa66b88fe6d6a9 Nhận 7K2");
	assert_memory_equal(w.text, "POST /bot123:SECRET/getUpdates HTTP/1.1\r\n", 41);
	assert_non_null(strstr(w.text, "\r\n\r\n{\"timeout\":\"30\"}"));
	assert_int_equal(reply_zalo_counters(w.replies).failed, 0);
	world_close(&w);
}

static void nothing_new_is_no_failure(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	catcher_say(w.catcher, 200, NOTHING);
	catcher_say(w.catcher, 408, NOTHING);
	catcher_say(w.catcher, 408, "");
	catcher_say(w.catcher, 200, WROTE("c", "ok 7k2"));
	begin(&w);
	turn_until(&w, 5);
	assert_true(w.took >= 1);
	assert_int_equal(reply_zalo_counters(w.replies).failed, 0);
	world_close(&w);
}

static void after_a_failure_it_waits_longer_and_longer_and_hears_again(void **state)
{
	static const char *const bad[] = { UNAUTHORIZED, "<html>", "[]", "{\"ok\":true" };
	struct world w;
	mono_t began;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		catcher_say(w.catcher, 200, bad[i]);
	catcher_say(w.catcher, 200, WROTE("c", "ok 7k2"));
	catcher_answer(w.catcher, CATCH_HANG);
	began = clock_mono();
	begin(&w);
	turn_until(&w, 5);
	assert_int_equal(reply_zalo_counters(w.replies).failed, 4);
	assert_int_equal(reply_zalo_counters(w.replies).failed_in_a_row, 4);
	assert_true(mono_since(clock_mono(), began) >= 20 + 40 + 40 + 40);
	turn_until(&w, 6);
	assert_int_equal(w.took, 1);
	assert_int_equal(reply_zalo_counters(w.replies).failed_in_a_row, 0);
	world_close(&w);
}

static void pictures_strange_shapes_and_lists_do_no_harm(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	catcher_say(w.catcher, 200, "{\"ok\":true}");
	catcher_say(w.catcher, 200, "{\"ok\":true,\"result\":7}");
	catcher_say(w.catcher, 200,
		    "{\"ok\":true,\"result\":{\"event_name\":\"message.sticker.received\","
		    "\"message\":{\"chat\":{\"id\":\"c\"},\"sticker\":\"x\"}}}");
	catcher_say(w.catcher, 200,
		    "{\"ok\":true,\"result\":{\"message\":{\"chat\":{\"id\":7},\"text\":\"x\"}}}");
	catcher_say(
		w.catcher, 200,
		"{\"ok\":true,\"result\":[{\"message\":{\"chat\":{\"id\":\"a\"},\"text\":\"1\"}},"
		"{\"message\":{\"chat\":{\"id\":\"b\"},\"text\":\"2\"}}]}");
	catcher_answer(w.catcher, CATCH_HANG);
	begin(&w);
	turn_until(&w, 6);
	assert_int_equal(w.took, 2);
	assert_string_equal(w.said, "zalo b 2");
	assert_int_equal(reply_zalo_counters(w.replies).failed, 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_comes_with_its_chat),
		cmocka_unit_test(nothing_new_is_no_failure),
		cmocka_unit_test(after_a_failure_it_waits_longer_and_longer_and_hears_again),
		cmocka_unit_test(pictures_strange_shapes_and_lists_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
