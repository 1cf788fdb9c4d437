/* SPDX-License-Identifier: Apache-2.0 */
/* url: which addresses of cameras may be asked. */
#include "node/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void addresses_of_cameras_are_taken_as_they_write_them(void **state)
{
	(void)state;
	assert_true(url_ok("rtsp://192.168.1.20/", "rtsp://"));
	assert_true(
		url_ok("rtsp://192.168.1.20:554/cam/realmonitor?channel=1&subtype=1", "rtsp://"));
	assert_true(url_ok("rtsp://cam", "rtsp://"));
	assert_true(url_ok("http://192.168.1.20/onvif/device_service", "http://"));
	assert_true(url_ok("rtsp://h/user@place", "rtsp://"));
}

static void passwords_other_protocols_and_line_ends_are_not(void **state)
{
	static const char *const bad[] = {
		"",
		"rtsp://",
		"rtsp:///s",
		"rtsp://:554/s",
		"RTSP://h/s",
		"http://h/s",
		"rtsp://a:b@h/s",
		"rtsp://a@h",
		"rtsp://h/a b",
		"rtsp://h/a\r\nX: y",
		"rtsp://h/ông",
	};
	char text[URL_TEXT + 2] = "rtsp://h/";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (url_ok(bad[i], "rtsp://"))
			fail_msg("taken: %s", bad[i]);
	memset(text + strlen(text), 'a', URL_TEXT - strlen(text));
	assert_true(url_ok(text, "rtsp://"));
	text[URL_TEXT] = 'a';
	assert_false(url_ok(text, "rtsp://"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_cameras_are_taken_as_they_write_them),
		cmocka_unit_test(passwords_other_protocols_and_line_ends_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
