/* SPDX-License-Identifier: Apache-2.0 */
/* request: what the eye may be asked. */
#include "node/eye/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_is_not_said_has_its_default(void **state)
{
	static const char text[] = "{\"url\":\"rtsp://10.0.0.5:554/s?a=1\"}\n";
	char why[CONF_WHY];
	struct request q;

	(void)state;
	assert_true(request_read(&q, text, strlen(text), why));
	assert_string_equal(q.url, "rtsp://10.0.0.5:554/s?a=1");
	assert_string_equal(q.user, "");
	assert_string_equal(q.onvif, "");
	assert_string_equal(q.clock, "date");
	assert_int_equal(q.watch_ms, 3000);
	assert_int_equal(q.timeout_ms, 8000);
	request_free(&q);
}

static void what_could_do_harm_is_refused_without_telling_the_password(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"url\":\"http://10.0.0.5/\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp:///s\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp://a:b@10.0.0.5/s\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp://10.0.0.5/a b\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp://10.0.0.5/a\\r\\nX: y\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp://10.0.0.5/\",\"onvif\":\"file:///etc/passwd\"}",
		"{\"url\":\"rtsp://10.0.0.5/\",\"clock\":\"sun\",\"password\":\"hush\"}",
		"{\"url\":\"rtsp://10.0.0.5/\",\"watch_ms\":100000,\"password\":\"hush\"}",
		"{\"url\":\"rtsp://10.0.0.5/\",\"pasword\":\"hush\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char why[CONF_WHY];
		struct request q;

		if (request_read(&q, bad[i], strlen(bad[i]), why))
			fail_msg("taken: %s", bad[i]);
		assert_null(strstr(why, "hush"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(what_could_do_harm_is_refused_without_telling_the_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
