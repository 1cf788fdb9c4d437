/* SPDX-License-Identifier: Apache-2.0 */
/* onvif: the time in an answer, however a camera writes it. */
#include "node/eye/onvif.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                         \
	"<env:Envelope xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\" " \
	"xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\" "                \
	"xmlns:tt=\"http://www.onvif.org/ver10/schema\"><env:Body>"            \
	"<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"            \
	"<tt:DateTimeType>NTP</tt:DateTimeType><tt:TimeZone><tt:TZ>CST-7</tt:TZ></tt:TimeZone>"
#define UTC(h, y)                                                                   \
	"<tt:UTCDateTime><tt:Time><tt:Hour>" h "</tt:Hour><tt:Minute>8</tt:Minute>" \
	"<tt:Second> 09\n</tt:Second></tt:Time><tt:Date><tt:Year>" y "</tt:Year>"   \
	"<tt:Month>2</tt:Month><tt:Day>29</tt:Day></tt:Date></tt:UTCDateTime>"
#define LOCAL                                                                      \
	"<tt:LocalDateTime><tt:Time><tt:Hour>14</tt:Hour><tt:Minute>1</tt:Minute>" \
	"<tt:Second>1</tt:Second></tt:Time><tt:Date><tt:Year>2001</tt:Year>"       \
	"<tt:Month>1</tt:Month><tt:Day>1</tt:Day></tt:Date></tt:LocalDateTime>"
#define TAIL "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></env:Body></env:Envelope>"

static bool told(int64_t *utc_s, const char *xml)
{
	return onvif_time(utc_s, xml, strlen(xml));
}

static void the_time_of_an_answer_is_its_utc_and_not_its_local_one(void **state)
{
	int64_t s = 0;

	(void)state;
	assert_true(told(&s, HEAD UTC("7", "2028") LOCAL TAIL));
	assert_int_equal(s, 1835420889);
	s = 0;
	assert_true(told(&s, HEAD LOCAL UTC("07", "2028") TAIL));
	assert_int_equal(s, 1835420889);
}

static void prefixes_are_the_cameras_own_business(void **state)
{
	int64_t s = 0;

	(void)state;
	assert_true(told(&s, "<UTCDateTime xmlns='http://www.onvif.org/ver10/schema'><Hour>0</Hour>"
			     "<Minute>0</Minute><Second>1</Second><Year>1970</Year><Month>1</Month>"
			     "<Day>1</Day></UTCDateTime>"));
	assert_int_equal(s, 1);
}

static void an_answer_that_is_cut_or_wrong_tells_nothing(void **state)
{
	static const char whole[] = HEAD UTC("7", "2028") TAIL;
	static const char *const bad[] = {
		HEAD LOCAL TAIL,
		HEAD UTC("24", "2028") TAIL,
		HEAD UTC("-1", "2028") TAIL,
		HEAD UTC("", "2028") TAIL,
		HEAD UTC("7", "12028") TAIL,
		HEAD UTC("7", "1969") TAIL,
		"<!DOCTYPE x [<!ENTITY a \"7\">]>" UTC("&a;", "2028"),
		"HTTP/1.1 200 OK",
	};
	int64_t s = 77;

	(void)state;
	for (size_t n = 0; n < strlen(whole); n++)
		assert_false(onvif_time(&s, whole, n));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (told(&s, bad[i]))
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(s, 77);
	assert_true(told(&s, whole));
}

static void our_own_question_is_whole_xml(void **state)
{
	int64_t s = 77;

	(void)state;
	/* It has no time in it, and nothing else is wrong with it. */
	assert_false(told(&s, onvif_ask_time));
	assert_non_null(strstr(onvif_ask_time, "<GetSystemDateAndTime "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_of_an_answer_is_its_utc_and_not_its_local_one),
		cmocka_unit_test(prefixes_are_the_cameras_own_business),
		cmocka_unit_test(an_answer_that_is_cut_or_wrong_tells_nothing),
		cmocka_unit_test(our_own_question_is_whole_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
