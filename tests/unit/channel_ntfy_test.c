/* SPDX-License-Identifier: Apache-2.0 */
/* channel_ntfy: what an ntfy server is sent, and which of its answers mean that it has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"

#include "catcher.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

static const struct post_options hasty = { .connect_ms = 200, .total_ms = 300 };
static const struct message message = { .subject = "✕ TT-07-03", .text = "Từ 19:42." };

struct world {
	struct loop *loop;
	bool over, delivered, refused;
	char note[CHANNEL_NOTE], text[CATCH_TEXT];
};

static void on_caught(void *self, const char *text)
{
	snprintf(((struct world *)self)->text, CATCH_TEXT, "%s", text);
}

static void on_done(void *self, enum channel_end end, const char *note)
{
	struct world *w = self;

	assert_false(w->over);
	w->over = true;
	w->delivered = end == CHANNEL_DELIVERED;
	w->refused = end == CHANNEL_REFUSED;
	snprintf(w->note, sizeof w->note, "%s", note);
}

static struct letter letter_of(enum tell what, const char *code)
{
	return (struct letter){ .key = "k",
				.to = "thien-tan-x8f2",
				.code = code,
				.what = what,
				.message = &message,
				.page_url = "https://xa.example" };
}

static void run(struct world *w, const char *token, int status, const char *body)
{
	const struct letter l = letter_of(TELL_FIRING, "7K2");
	struct channel_tools tools = { .exec_ms = 0 };
	struct ntfy_service service = { .token = token };
	char note[CHANNEL_NOTE], url[64];
	struct catcher *catcher;

	*w = (struct world){ .loop = loop_new() };
	tools.loop = w->loop;
	tools.post = post_new(w->loop, &hasty);
	catcher = catcher_new(w->loop, CATCH_HTTP, on_caught, w);
	snprintf(url, sizeof url, "http://127.0.0.1:%u", catcher_port(catcher));
	service.url = url;
	catcher_say(catcher, status, body);
	assert_non_null(channel_ntfy.start(&tools, &service, &l, on_done, w, note));
	for (int n = 0; !w->over && n < PATIENCE_MS / 10; n++)
		loop_turn(w->loop, 10);
	assert_true(w->over);
	post_free(tools.post);
	catcher_free(catcher);
	loop_free(w->loop);
}

static void a_message_with_an_id_is_delivered(void **state)
{
	struct world w;

	(void)state;
	run(&w, "tk_secret", 200,
	    "{\"id\":\"sPs71M8A2T\",\"time\":1,\"event\":\"message\",\"topic\":\"thien-tan-x8f2\"}"
	    "\n");
	assert_true(w.delivered);
	assert_string_equal(w.note, "HTTP 200");
	assert_memory_equal(w.text, "POST / HTTP/1.1\r\n", 17);
	assert_non_null(strstr(w.text, "\r\nAuthorization: Bearer tk_secret\r\n"));
	run(&w, "", 200, "{\"id\":\"x\",\"event\":\"message\"}");
	assert_true(w.delivered);
	assert_null(strstr(w.text, "Authorization"));
}

static void everything_else_is_a_failure_that_says_why(void **state)
{
	static const struct {
		int status;
		const char *body, *note;
	} rows[] = {
		{ 403, "{\"code\":40301,\"http\":403,\"error\":\"forbidden\"}",
		  "HTTP 403, forbidden" },
		{ 200, "{\"id\":\"x\",\"event\":\"open\"}", "HTTP 200, malformed answer" },
		{ 200, "{\"event\":\"message\"}", "HTTP 200, malformed answer" },
		{ 200, "{\"id\":\"\",\"event\":\"message\"}", "HTTP 200, malformed answer" },
		{ 200, "<html>", "HTTP 200, malformed answer" },
		{ 507, "{\"id\":\"x\",\"event\":\"message\"}", "HTTP 507, malformed answer" },
		{ CATCH_HANG, "", "Timeout was reached" },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		run(&w, "", rows[i].status, rows[i].body);
		assert_false(w.delivered);
		assert_string_equal(w.note, rows[i].note);
	}
}

static void a_job_that_can_be_taken_has_a_button(void **state)
{
	const struct letter with = letter_of(TELL_FIRING, "7K2");
	const struct letter without = letter_of(TELL_RESOLVED, "");
	cJSON *o = ntfy_draw(&with);
	char *text = cJSON_PrintUnformatted(o);

	(void)state;
	assert_string_equal(
		text,
		"{\"topic\":\"thien-tan-x8f2\",\"title\":\"✕ TT-07-03\",\"message\":\"Từ 19:42.\","
		"\"priority\":4,\"tags\":[\"warning\"],\"click\":\"https://xa.example\","
		"\"actions\":[{\"action\":\"view\",\"label\":\"Nhận việc\","
		"\"url\":\"https://xa.example/take/7K2\"}]}");
	free(text);
	cJSON_Delete(o);
	o = ntfy_draw(&without);
	assert_null(cJSON_GetObjectItem(o, "actions"));
	assert_int_equal(cJSON_GetObjectItem(o, "priority")->valueint, 3);
	cJSON_Delete(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_with_an_id_is_delivered),
		cmocka_unit_test(everything_else_is_a_failure_that_says_why),
		cmocka_unit_test(a_job_that_can_be_taken_has_a_button),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
