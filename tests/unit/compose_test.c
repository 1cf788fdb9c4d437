/* SPDX-License-Identifier: Apache-2.0 */
/* compose: what people read, compared byte by byte with tests/golden/compose.
 * GOLDEN=accept in the environment accepts what is said now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/compose.h"
#include "gateway/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SINCE INT64_C(1778762520000) /* 14/05/2026 19:42 in Vietnam */
#define MINUTE INT64_C(60000)

static const struct roster_camera two_cameras[] = { { "cổng chợ", "192.168.1.20" },
						    { "camera ngã ba", "192.168.1.21" } };
static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" },
						{ "LB", "Thôn Làng Bến" } };
static const struct roster_point points[] = {
	{ "TT-07-01", "QT", "bà Lý Thị B", "0900000121", "Viettel", "QT1", two_cameras, 1 },
	{ "TT-07-02", "QT", "Trường tiểu học", "", "Viettel", "QT1", two_cameras, 1 },
	{ "TT-07-03", "QT", "ông Nguyễn Văn A", "0900000123", "Viettel", "QT1", two_cameras, 2 },
	{ "TT-07-04", "QT", "", "", "Viettel", "QT1", two_cameras, 2 },
	{ "TT-08-01", "LB", "ông Hoàng C", "0900000124", "VNPT", "LB", two_cameras, 2 },
};
static const struct roster roster = { "Thiện Tân", hamlets, 2, points, 5 };

struct golden {
	const char *name;
	struct incident incident;
};

#define ONE .id = 41, .points = 1, .open = 1, .from = { SINCE }
#define MANY .id = 42, .point = 0, .from = { SINCE }, .cams_n = 1

static const struct golden goldens[] = {
	{ "power-one",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_POWER, .sure = SURE_CONFIRMED,
	    .facts = FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS | FACT_LINK_UP } },
	{ "power-hamlet",
	  { MANY, .points = 3, .open = 3, .cause = CAUSE_POWER, .sure = SURE_PROBABLE } },
	{ "line-hamlet",
	  { MANY, .points = 4, .open = 4, .cause = CAUSE_LINE, .sure = SURE_PROBABLE } },
	{ "provider-one",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_PROVIDER, .sure = SURE_CONFIRMED,
	    .eyes = 0x11,
	    .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS |
		     FACT_OUTSIDE_KNOWN } },
	{ "camera-one-of-two",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_CAMERA, .sure = SURE_CONFIRMED,
	    .eyes = 0x12,
	    .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS |
		     FACT_LINK_UP } },
	{ "no-contact",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_OPEN, .eyes = 0x11,
	    .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS |
		     FACT_LINK_UP } },
	{ "no-contact-hamlet", { MANY, .points = 2, .open = 2, .cause = CAUSE_OPEN } },
	{ "device",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_DEVICE, .sure = SURE_PROBABLE,
	    .eyes = 0x11, .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_LINK_UP } },
	{ "router-school",
	  { ONE, .point = 1, .cause = CAUSE_ROUTER, .sure = SURE_CONFIRMED, .cams_n = 1,
	    .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN } },
	{ "gateway-one",
	  { ONE, .point = 2, .cams_n = 2, .cause = CAUSE_GATEWAY, .sure = SURE_CONFIRMED } },
};

static const char *const tell_name[] = { [TELL_FIRING] = "firing", [TELL_RESOLVED] = "resolved" };
static const char *const language_name[] = { [LANGUAGE_VI] = "vi", [LANGUAGE_EN] = "en" };

static void check_golden(const struct golden *g, enum tell what, enum language lang)
{
	struct incident i = g->incident;
	char path[200], want[2048] = "", got[2048];
	const char *mode = getenv("GOLDEN");
	const bool accept = mode && strcmp(mode, "accept") == 0;
	struct message m;
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "tests/golden/compose/%s.%s.%s.txt", g->name, tell_name[what],
		 language_name[lang]);
	if (what == TELL_RESOLVED) {
		i.open = 0;
		i.until.ms = SINCE + 83 * MINUTE;
	}
	compose(&m, &roster, &i, what, lang);
	snprintf(got, sizeof got, "%s\n\n%s\n", m.subject, m.text);

	f = fopen(path, accept ? "w" : "r");
	if (!f)
		fail_msg("%s: cannot open; GOLDEN=accept makes it", path);
	if (accept) {
		fputs(got, f);
	} else {
		len = fread(want, 1, sizeof want - 1, f);
		want[len] = '\0';
		if (strcmp(got, want) != 0)
			fail_msg("%s says\n%s\nbut compose says\n%s", path, want, got);
	}
	fclose(f);
}

static void every_message_reads_as_agreed(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof goldens / sizeof goldens[0]; k++)
		for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++) {
			check_golden(&goldens[k], TELL_FIRING, (enum language)lang);
			check_golden(&goldens[k], TELL_RESOLVED, (enum language)lang);
		}
}

/* Would a reader of UTF-8 accept it? Enough for what compose can do wrong: cut characters. */
static bool whole_characters(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		size_t more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;

		if ((*c & 0xc0) == 0x80)
			return false;
		c++;
		for (; more > 0; more--, c++)
			if ((*c & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static void long_names_are_cut_at_a_whole_character(void **state)
{
	char name[700];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		struct roster_camera camera = { name, "" };
		struct roster_hamlet hamlet = { "QT", name };
		struct roster_point point = { "TT-07-03", "QT", name, name, name, "", &camera, 1 };
		struct roster r = { "Thiện Tân", &hamlet, 1, &point, 1 };
		struct incident i = { .points = 1, .open = 1, .cause = CAUSE_CAMERA, .cams_n = 1 };
		struct message m;

		memset(name, 'x', shift);
		for (size_t k = shift; k + 3 < sizeof name; k += 3)
			memcpy(name + k, "ắ", 4); /* three bytes */
		for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++)
			for (int what = TELL_FIRING; what < TELLS; what++) {
				compose(&m, &r, &i, (enum tell)what, (enum language)lang);
				assert_true(whole_characters(m.subject));
				assert_true(whole_characters(m.text));
				assert_true(strlen(m.subject) < sizeof m.subject);
				assert_true(strlen(m.text) < sizeof m.text);
			}
		compose(&m, &r, &i, TELL_FIRING, LANGUAGE_VI);
		assert_in_range(strlen(m.subject), sizeof m.subject - 4, sizeof m.subject - 1);
	}
}

static void a_line_break_in_a_name_does_not_break_the_line(void **state)
{
	struct roster_hamlet hamlet = { "QT", "Quyết\r\nThắng" };
	struct roster_point point = { "TT-07-03", "QT", "ông\nA", "09\n1", "", "", NULL, 0 };
	struct roster r = { "Thiện Tân", &hamlet, 1, &point, 1 };
	struct incident i = { .points = 1, .open = 1, .cause = CAUSE_POWER };
	struct message m;

	(void)state;
	compose(&m, &r, &i, TELL_FIRING, LANGUAGE_VI);
	assert_null(strpbrk(m.subject, "\r\n"));
	assert_non_null(strstr(m.text, "ông A"));
	assert_null(strstr(m.text, "\nThắng"));
}

static void an_incident_the_roster_no_longer_knows_is_told_all_the_same(void **state)
{
	struct incident i = {
		.hamlet = 99, .point = 99, .points = 1, .cause = CAUSE_OPEN, .cams_n = 8
	};
	struct message m;

	(void)state;
	compose(&m, &roster, &i, TELL_FIRING, LANGUAGE_VI);
	assert_non_null(strstr(m.subject, "MẤT LIÊN LẠC"));
}

static void the_last_one_that_did_not_come_back_is_counted(void **state)
{
	struct incident i = { .points = 3,
			      .open = 1,
			      .cause = CAUSE_POWER,
			      .from = { SINCE },
			      .until = { SINCE + 26 * 60 * MINUTE } };
	struct message m;

	(void)state;
	compose(&m, &roster, &i, TELL_RESOLVED, LANGUAGE_VI);
	assert_string_equal(m.subject, "✓ Thôn Quyết Thắng ĐÃ HOẠT ĐỘNG LẠI lúc 21:42: 2/3 điểm");
	assert_non_null(strstr(m.text, "Còn 1 điểm"));
	assert_non_null(strstr(m.text, "(19:42 14/05/2026 – 21:42 15/05/2026)"));
}

static void times_are_vietnams_whatever_the_machine_thinks(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	setenv("TZ", "America/New_York", 1);
	clock_draw(text, (wall_t){ SINCE });
	assert_string_equal(text, "19:42");
	clock_draw_date(text, (wall_t){ SINCE });
	assert_string_equal(text, "14/05/2026 19:42");
	clock_draw_date(text, (wall_t){ SINCE + 5 * 60 * MINUTE });
	assert_string_equal(text, "15/05/2026 00:42");
}

static void durations_say_their_two_largest_units(void **state)
{
	static const struct {
		int64_t ms;
		const char *vi, *en;
	} rows[] = {
		{ -5, "0 giây", "0 s" },
		{ 999, "0 giây", "0 s" },
		{ 45000, "45 giây", "45 s" },
		{ 61000, "1 phút", "1 min" },
		{ 83 * MINUTE, "1 giờ 23 phút", "1 h 23 min" },
		{ 60 * MINUTE, "1 giờ", "1 h" },
		{ 52 * 60 * MINUTE, "2 ngày 4 giờ", "2 d 4 h" },
		{ 48 * 60 * MINUTE + 5 * MINUTE, "2 ngày", "2 d" },
		{ INT64_MAX, "366000 ngày", "366000 d" },
	};
	char text[CLOCK_TEXT * 2];

	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		duration_draw(text, rows[k].ms, LANGUAGE_VI);
		assert_string_equal(text, rows[k].vi);
		duration_draw(text, rows[k].ms, LANGUAGE_EN);
		assert_string_equal(text, rows[k].en);
	}
}

static void every_cause_colour_and_confidence_has_a_word(void **state)
{
	(void)state;
	for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++) {
		for (int c = 0; c < CAUSES; c++)
			assert_true(word_cause((enum cause)c, (enum language)lang)[0] != '\0');
		for (int c = 0; c < COLOURS; c++)
			assert_true(word_colour((enum colour)c, (enum language)lang)[0] != '\0');
		for (int c = 0; c < SURES; c++)
			assert_true(word_sure((enum sure)c, (enum language)lang)[0] != '\0');
		for (int w = 0; w < WORDS; w++)
			assert_true(words_str((enum word)w, (enum language)lang)[0] != '\0');
	}
	assert_string_equal(word_cause(CAUSE_POWER, LANGUAGE_VI), "Mất điện");
	assert_string_equal(word_colour(COLOUR_DOWN, LANGUAGE_VI), "Mất giám sát");
	assert_string_equal(word_sure(SURE_CONFIRMED, LANGUAGE_VI), "đã xác nhận");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_reads_as_agreed),
		cmocka_unit_test(long_names_are_cut_at_a_whole_character),
		cmocka_unit_test(a_line_break_in_a_name_does_not_break_the_line),
		cmocka_unit_test(an_incident_the_roster_no_longer_knows_is_told_all_the_same),
		cmocka_unit_test(the_last_one_that_did_not_come_back_is_counted),
		cmocka_unit_test(times_are_vietnams_whatever_the_machine_thinks),
		cmocka_unit_test(durations_say_their_two_largest_units),
		cmocka_unit_test(every_cause_colour_and_confidence_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
