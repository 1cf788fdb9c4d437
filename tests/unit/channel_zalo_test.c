/* SPDX-License-Identifier: Apache-2.0 */
/* channel_zalo: what Zalo is sent, and which of its answers mean that the message arrived. */
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

#define TOKEN "123:SECRET-TOKEN"

static const struct post_options hasty = { .connect_ms = 200, .total_ms = 300 };
static struct message message = { .subject = "✕ TT-07-03 MẤT ĐIỆN", .text = "Từ 19:42." };

struct world {
	struct loop *loop;
	struct post *post;
	struct catcher *catcher;
	char url[64];
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
	assert_null(strstr(note, "SECRET"));
}

static void world_open(struct world *w)
{
	*w = (struct world){ .loop = loop_new() };
	assert_non_null(w->loop);
	w->post = post_new(w->loop, &hasty);
	assert_non_null(w->post);
	w->catcher = catcher_new(w->loop, CATCH_HTTP, on_caught, w);
	snprintf(w->url, sizeof w->url, "http://127.0.0.1:%u", catcher_port(w->catcher));
}

static void world_close(struct world *w)
{
	post_free(w->post);
	catcher_free(w->catcher);
	loop_free(w->loop);
}

static void *start(struct world *w)
{
	const struct channel_tools tools = { .loop = w->loop, .post = w->post };
	const struct zalo_service service = { w->url, TOKEN };
	const struct letter l = { .key = "k", .to = "6ede9afa66b88fe6d6a9", .message = &message };
	char note[CHANNEL_NOTE];

	return channel_zalo.start(&tools, &service, &l, on_done, w, note);
}

static void run(struct world *w, int status, const char *body)
{
	world_open(w);
	if (body)
		catcher_say(w->catcher, status, body);
	else
		catcher_answer(w->catcher, CATCH_HANG);
	assert_non_null(start(w));
	for (int n = 0; !w->over && n < PATIENCE_MS / 10; n++)
		loop_turn(w->loop, 10);
	assert_true(w->over);
	world_close(w);
}

static void ok_true_is_delivered_and_the_request_is_as_documented(void **state)
{
	struct world w;
	const char *body;
	cJSON *o;

	(void)state;
	run(&w, 200,
	    "{\"ok\":true,\"result\":{\"message_id\":\"82599fa32f56d00e8941\",\"date\":1}}");
	assert_true(w.delivered);
	assert_string_equal(w.note, "HTTP 200");
	assert_memory_equal(w.text, "POST /bot" TOKEN "/sendMessage HTTP/1.1\r\n",
			    strlen("POST /bot" TOKEN "/sendMessage HTTP/1.1\r\n"));
	assert_non_null(strstr(w.text, "\r\nContent-Type: application/json\r\n"));
	body = strstr(w.text, "\r\n\r\n") + 4;
	o = cJSON_Parse(body);
	assert_string_equal(cJSON_GetObjectItem(o, "chat_id")->valuestring, "6ede9afa66b88fe6d6a9");
	assert_string_equal(cJSON_GetObjectItem(o, "text")->valuestring,
			    "✕ TT-07-03 MẤT ĐIỆN\nTừ 19:42.");
	assert_int_equal(cJSON_GetArraySize(o), 2);
	cJSON_Delete(o);
}

static void everything_else_is_a_failure_that_says_why(void **state)
{
	static const struct {
		int status;
		const char *body, *note;
	} rows[] = {
		{ 200, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}",
		  "401: Unauthorized" },
		{ 401, "{\"ok\":false,\"error_code\":401,\"description\":\"bad " TOKEN "\"}",
		  "401: refused" },
		{ 200, "{\"ok\":false}", "refused" },
		{ 200, "{\"ok\":\"true\"}", "HTTP 200, malformed answer" },
		{ 200, "{\"result\":{}}", "HTTP 200, malformed answer" },
		{ 200, "[{\"ok\":true}]", "HTTP 200, malformed answer" },
		{ 200, "<html>ok</html>", "HTTP 200, malformed answer" },
		{ 200, "", "HTTP 200, malformed answer" },
		{ 502, "Bad gateway", "HTTP 502, malformed answer" },
		{ 500, "{\"ok\":true}", "HTTP 500, malformed answer" },
		{ 302, "ok", "HTTP 302, malformed answer" },
		{ 0, NULL, "Timeout was reached" },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		run(&w, rows[i].status, rows[i].body);
		assert_false(w.delivered);
		assert_string_equal(w.note, rows[i].note);
	}
}

static void an_endless_answer_is_not_read_to_its_end(void **state)
{
	static char body[20000];
	struct world w;

	(void)state;
	memset(body, ' ', sizeof body - 1);
	memcpy(body, "{\"ok\":true", 10);
	body[sizeof body - 2] = '}';
	run(&w, 200, body);
	assert_false(w.delivered);
	assert_string_equal(w.note, "HTTP 200, malformed answer");
}

static void a_text_is_cut_to_2000_characters_and_no_half_ones(void **state)
{
	const struct letter l = { .to = "c", .message = &message };
	const struct message was = message;
	const char *text;
	size_t units = 0;
	cJSON *o;

	(void)state;
	memset(message.subject, 'a', 100);
	message.subject[100] = '\0';
	memset(message.text, 'b', 1896);
	strcpy(message.text + 1896, "Ậ😀Ậ😀Ậ"); /* the second picture would be 1999 to 2001 */
	o = zalo_draw(&l);
	text = cJSON_GetObjectItem(o, "text")->valuestring;
	for (const char *c = text; *c; c++)
		units += ((unsigned char)*c & 0xc0) == 0x80 ? 0u
			 : (unsigned char)*c >= 0xf0        ? 2u
							    : 1u;
	assert_true(units <= 2000);
	assert_string_equal(text + 101 + 1896, "Ậ😀");
	cJSON_Delete(o);
	message = was;
}

static void whoever_is_called_gets_a_link_that_can_be_opened(void **state)
{
	struct letter l = { .key = "k",
			    .to = "c",
			    .code = "7K2",
			    .message = &message,
			    .page_url = "https://camera.example.org" };
	cJSON *o;

	(void)state;
	o = zalo_draw(&l);
	assert_non_null(strstr(cJSON_GetObjectItem(o, "text")->valuestring,
			       "\nhttps://camera.example.org/take/7K2"));
	cJSON_Delete(o);
	l.page_url = "http://localhost:8080";
	o = zalo_draw(&l);
	assert_null(strstr(cJSON_GetObjectItem(o, "text")->valuestring, "localhost"));
	cJSON_Delete(o);
	l.page_url = "https://camera.example.org";
	l.what = TELL_RESOLVED;
	o = zalo_draw(&l);
	assert_null(strstr(cJSON_GetObjectItem(o, "text")->valuestring, "/take/"));
	cJSON_Delete(o);
}

static void what_was_cancelled_is_not_told(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	catcher_answer(w.catcher, CATCH_HANG);
	channel_zalo.cancel(start(&w));
	for (int n = 0; n < 10; n++)
		loop_turn(w.loop, 10);
	assert_false(w.over);
	world_close(&w);
}

static void a_log_learns_where_but_not_the_token(void **state)
{
	const struct zalo_service s = { "https://bot-api.zaloplatforms.com", TOKEN };
	char target[CHANNEL_TARGET];

	(void)state;
	channel_zalo.target(target, &s);
	assert_string_equal(target, "https://bot-api.zaloplatforms.com");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ok_true_is_delivered_and_the_request_is_as_documented),
		cmocka_unit_test(everything_else_is_a_failure_that_says_why),
		cmocka_unit_test(an_endless_answer_is_not_read_to_its_end),
		cmocka_unit_test(a_text_is_cut_to_2000_characters_and_no_half_ones),
		cmocka_unit_test(whoever_is_called_gets_a_link_that_can_be_opened),
		cmocka_unit_test(what_was_cancelled_is_not_told),
		cmocka_unit_test(a_log_learns_where_but_not_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
