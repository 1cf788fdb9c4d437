/* SPDX-License-Identifier: Apache-2.0 */
/* post: transfers in our own loop, against a server in the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/post.h"

#include "catcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

static const struct post_options hasty = { .connect_ms = 200, .total_ms = 300 };

struct world {
	struct loop *loop;
	struct post *post;
	struct catcher *catcher;
	struct loop_alarm *patience;
	CURL *easy;
	CURLcode code;
	long status;
	unsigned told;
	char text[CATCH_TEXT];
};

static void on_patience_lost(void *self, mono_t now)
{
	(void)self;
	(void)now;
	abort();
}

static void on_caught(void *self, const char *text)
{
	struct world *w = self;

	snprintf(w->text, sizeof w->text, "%s", text);
}

static void on_done(void *self, CURLcode code, long status)
{
	struct world *w = self;

	w->told++;
	w->code = code;
	w->status = status;
	loop_end(w->loop);
}

static void world_open(struct world *w, const struct post_options *o)
{
	*w = (struct world){ .loop = loop_new() };
	assert_non_null(w->loop);
	w->post = post_new(w->loop, o);
	assert_non_null(w->post);
	w->catcher = catcher_new(w->loop, CATCH_HTTP, on_caught, w);
	w->patience = loop_alarm_new(w->loop, on_patience_lost, w);
	loop_alarm_set(w->patience, mono_after(clock_mono(), PATIENCE_MS));
	w->easy = curl_easy_init();
}

static void world_close(struct world *w)
{
	post_free(w->post);
	curl_easy_cleanup(w->easy);
	catcher_free(w->catcher);
	loop_alarm_free(w->patience);
	loop_free(w->loop);
}

static void ask(struct world *w, unsigned port)
{
	char url[64];

	snprintf(url, sizeof url, "http://127.0.0.1:%u/hook", port);
	curl_easy_setopt(w->easy, CURLOPT_URL, url);
	curl_easy_setopt(w->easy, CURLOPT_COPYPOSTFIELDS, "hello");
	assert_int_equal(post_start(w->post, w->easy, on_done, w), 0);
	assert_int_equal(w->told, 0);
}

static void what_is_sent_arrives_and_the_status_comes_back(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, &post_defaults);
	catcher_answer(w.catcher, 202);
	ask(&w, catcher_port(w.catcher));
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.code, CURLE_OK);
	assert_int_equal(w.status, 202);
	assert_int_equal(w.told, 1);
	assert_non_null(strstr(w.text, "\r\n\r\nhello"));
	world_close(&w);
}

static void what_comes_back_is_kept_for_who_asks_and_no_more_than_has_room(void **state)
{
	char text[9], url[64];
	struct post_answer answer = { .text = text, .size = sizeof text };
	struct world w;

	(void)state;
	for (int more = 0; more < 2; more++) {
		world_open(&w, &post_defaults);
		catcher_say(w.catcher, 200, more ? "{\"ok\": 1}" : "{\"ok\":1}");
		snprintf(url, sizeof url, "http://127.0.0.1:%u/", catcher_port(w.catcher));
		curl_easy_setopt(w.easy, CURLOPT_URL, url);
		curl_easy_setopt(w.easy, CURLOPT_COPYPOSTFIELDS, "hello");
		assert_int_equal(post_ask(w.post, w.easy, &answer, on_done, &w), 0);
		assert_int_equal(loop_run(w.loop), 0);
		assert_int_equal(w.code, CURLE_OK);
		assert_string_equal(text, more ? "{\"ok\": 1" : "{\"ok\":1}");
		assert_int_equal(answer.len, 8);
		assert_int_equal(answer.cut, more);
		world_close(&w);
	}
}

static void a_redirect_is_not_followed(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, &post_defaults);
	catcher_answer(w.catcher, 302);
	ask(&w, catcher_port(w.catcher));
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.code, CURLE_OK);
	assert_int_equal(w.status, 302);
	world_close(&w);
}

static void a_proxy_in_the_environment_is_not_asked(void **state)
{
	struct world w;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	world_open(&w, &post_defaults);
	ask(&w, catcher_port(w.catcher));
	assert_int_equal(loop_run(w.loop), 0);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	assert_int_equal(w.code, CURLE_OK);
	world_close(&w);
}

static void a_closed_port_is_told_as_such(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, &post_defaults);
	ask(&w, catcher_free_port());
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.code, CURLE_COULDNT_CONNECT);
	assert_int_equal(w.status, 0);
	world_close(&w);
}

static void a_server_that_never_answers_is_left_in_time(void **state)
{
	struct world w;
	mono_t began;

	(void)state;
	world_open(&w, &hasty);
	catcher_answer(w.catcher, CATCH_HANG);
	began = clock_mono();
	ask(&w, catcher_port(w.catcher));
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.code, CURLE_OPERATION_TIMEDOUT);
	assert_true(mono_since(clock_mono(), began) >= 290);
	assert_int_equal(catcher_count(w.catcher), 1);
	world_close(&w);
}

static void on_never(void *self, CURLcode code, long status)
{
	(void)self;
	(void)code;
	(void)status;
	abort();
}

static void what_was_cancelled_is_not_told(void **state)
{
	struct world w;
	char url[64];
	CURL *other = curl_easy_init();

	(void)state;
	world_open(&w, &post_defaults);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", catcher_port(w.catcher));
	curl_easy_setopt(other, CURLOPT_URL, url);
	assert_int_equal(post_start(w.post, other, on_never, NULL), 0);
	post_cancel(w.post, other);
	post_cancel(w.post, other);
	ask(&w, catcher_port(w.catcher));
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.told, 1);
	curl_easy_cleanup(other);
	world_close(&w);
}

static void what_is_under_way_at_the_end_is_let_go(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, &post_defaults);
	ask(&w, catcher_port(w.catcher));
	world_close(&w);
	assert_int_equal(w.told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_arrives_and_the_status_comes_back),
		cmocka_unit_test(what_comes_back_is_kept_for_who_asks_and_no_more_than_has_room),
		cmocka_unit_test(a_redirect_is_not_followed),
		cmocka_unit_test(a_proxy_in_the_environment_is_not_asked),
		cmocka_unit_test(a_closed_port_is_told_as_such),
		cmocka_unit_test(a_server_that_never_answers_is_left_in_time),
		cmocka_unit_test(what_was_cancelled_is_not_told),
		cmocka_unit_test(what_is_under_way_at_the_end_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
