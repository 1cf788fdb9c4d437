/* SPDX-License-Identifier: Apache-2.0 */
/* sdp: the first video of a description, and nothing that could do harm in a request. */
#include "node/eye/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char base[] = "rtsp://10.0.0.5/live";

static bool read_text(struct sdp *out, const char *at, const char *text)
{
	return sdp_read(out, at, text, strlen(text));
}

static void the_first_video_is_taken_and_its_address_put_behind_the_base(void **state)
{
	struct sdp s;

	(void)state;
	assert_true(read_text(
		&s, base,
		"v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\na=control:*\r\n"
		"m=audio 0 RTP/AVP 8\r\na=control:trackID=9\r\n"
		"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
		"m=video 0 RTP/AVP 97\r\na=control:trackID=2\r\n"));
	assert_string_equal(s.whole, "rtsp://10.0.0.5/live");
	assert_string_equal(s.track, "rtsp://10.0.0.5/live/trackID=1");
	assert_int_equal(s.codec, NAL_H264);
}

static void a_base_that_ends_in_a_slash_gets_no_second_one(void **state)
{
	struct sdp s;

	(void)state;
	assert_true(read_text(&s, "rtsp://h/a/", "m=video 0 RTP/AVP 26\na=control: stream=0 \n"));
	assert_string_equal(s.track, "rtsp://h/a/stream=0");
}

static void absolute_addresses_stay_as_they_are(void **state)
{
	struct sdp s;

	(void)state;
	assert_true(read_text(&s, base,
			      "a=control:rtsp://10.0.0.5/all/\nm=video 0 RTP/AVP 26\n"
			      "A=Control:RTSP://10.0.0.5/v"));
	assert_string_equal(s.whole, "rtsp://10.0.0.5/all/");
	assert_string_equal(s.track, "RTSP://10.0.0.5/v");
}

static void a_video_without_an_address_is_controlled_as_a_whole(void **state)
{
	struct sdp s;

	(void)state;
	assert_true(read_text(&s, base, "m=video 0 RTP/AVP 26\n"));
	assert_string_equal(s.track, base);
}

static void the_coding_is_that_of_the_video(void **state)
{
	struct sdp s;

	(void)state;
	assert_true(read_text(&s, base, "m=video 0 RTP/AVP 26\n"));
	assert_int_equal(s.codec, NAL_NONE);
	assert_true(read_text(&s, base, "m=video 0 RTP/AVP 98\na=rtpmap:98 h265/90000\n"));
	assert_int_equal(s.codec, NAL_H265);
	assert_true(read_text(&s, base,
			      "m=audio 0 RTP/AVP 97\na=rtpmap:97 H264/1\n"
			      "m=video 0 RTP/AVP 96\na=rtpmap:96\na=rtpmap:96 JPEG/90000\n"));
	assert_int_equal(s.codec, NAL_NONE);
}

static void without_video_there_is_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"v=0\na=control:*\n",
		"m=audio 0 RTP/AVP 8\na=control:x\n",
		"<html>m=video </html>",
		" m=video 0 RTP/AVP 26\n",
		"m=videoton 0\n",
	};
	struct sdp s;

	(void)state;
	memset(&s, 'x', sizeof s);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(read_text(&s, base, bad[i]));
	assert_int_equal(s.track[0], 'x');
}

static void an_address_that_would_break_the_request_is_refused(void **state)
{
	char text[3 * SDP_URL] = "m=video 0 RTP/AVP 26\na=control:";
	struct sdp s;

	(void)state;
	assert_false(read_text(&s, base, "m=video 0 RTP/AVP 26\na=control:a b\n"));
	assert_false(read_text(&s, base, "m=video 0 RTP/AVP 26\na=control:a\rX: y\n"));
	assert_false(read_text(&s, "", "m=video 0 RTP/AVP 26\na=control:a\n"));
	memset(text + strlen(text), 'a', 2 * SDP_URL);
	assert_false(read_text(&s, base, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_video_is_taken_and_its_address_put_behind_the_base),
		cmocka_unit_test(a_base_that_ends_in_a_slash_gets_no_second_one),
		cmocka_unit_test(absolute_addresses_stay_as_they_are),
		cmocka_unit_test(a_video_without_an_address_is_controlled_as_a_whole),
		cmocka_unit_test(the_coding_is_that_of_the_video),
		cmocka_unit_test(without_video_there_is_nothing),
		cmocka_unit_test(an_address_that_would_break_the_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
