/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: what power companies publish, as tables and as pasted text; nothing is lost in silence.
 */
#include "gateway/calendar.h"

#include "gateway/date.h"
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct roster_hamlet hamlets[] = { { "TT05", "Ấp 5" },
						{ "TT06", "Ấp 6" },
						{ "TT07", "Ấp 7" },
						{ "AL", "Ấp An Lạc" },
						{ "AD", "An Định" } };
static const struct roster_point points[] = {
	{ .code = "TT-05-01", .hamlet = "TT05", .transformer = "T05-1" },
	{ .code = "TT-05-02", .hamlet = "TT05", .transformer = "T05-1" },
	{ .code = "TT-05-03", .hamlet = "TT05", .transformer = "T05-2" },
	{ .code = "TT-06-01", .hamlet = "TT06", .transformer = "T06-1" },
	{ .code = "TT-07-01", .hamlet = "TT07", .transformer = "Thiện Tân" },
	{ .code = "AL-01", .hamlet = "AL", .transformer = "Trạm 1" },
	{ .code = "AL-02", .hamlet = "AL", .transformer = "Trạm 2" },
	{ .code = "AD-01", .hamlet = "AD", .transformer = "" },
};
static const struct roster roster = {
	.commune = "Thiện Tân", .hamlets = hamlets, .n_hamlets = 5, .points = points, .n_points = 8
};

struct out {
	char text[1 << 16];
	size_t n;
	struct calendar_counts told;
};

static void say(struct out *o, const char *line)
{
	o->n += (size_t)snprintf(o->text + o->n, sizeof o->text - o->n, "%s\n", line);
	assert_true(o->n < sizeof o->text);
}

static void moment_draw(char text[static 32], wall_t t)
{
	const struct date d = date_of(t, DATE_VIETNAM_MIN);

	snprintf(text, 32, "%04u-%02u-%02u %02u:%02u", d.year, d.month, d.day, d.hour, d.minute);
}

static void found(void *self, const struct window *w)
{
	struct out *o = self;
	char from[32], until[32], line[512];

	assert_true(window_ok(w));
	assert_int_equal(w->kind, WINDOW_CUT);
	assert_int_equal(w->repeat, WINDOW_ONCE);
	moment_draw(from, w->from);
	moment_draw(until, w->until);
	snprintf(line, sizeof line, "%s .. %s %s %s: %s", from, until, window_target_str(w->target),
		 w->what, w->reason);
	say(o, line);
	o->told.found++;
}

static void refused(void *self, unsigned at, const char *why)
{
	struct out *o = self;
	char line[512];

	snprintf(line, sizeof line, "line %u: %s", at, why);
	say(o, line);
	o->told.refused++;
}

static struct out *read_out(const char *text, size_t len)
{
	struct out *o = calloc(1, sizeof *o);
	const struct calendar_ear ear = { o, found, refused };
	struct calendar_counts c = calendar_read(text, len, &roster, &ear);

	assert_int_equal(c.found, o->told.found);
	assert_int_equal(c.refused, o->told.refused);
	return o;
}

static char *golden(const char *name, const char *text, size_t len)
{
	struct out *o = read_out(text, len);
	char *all = strdup(o->text);

	(void)name;
	free(o);
	return all;
}

static void golden_files_come_out_as_agreed(void **state)
{
	unsigned n;

	(void)state;
	assert_int_equal(golden_run("tests/golden/calendar", golden, &n), 0);
	assert_true(n >= 15);
}

/* One entry as a line; what comes of it. */
static void assert_area(const char *area, const char *want)
{
	char text[1024], line[1100];
	struct out *o;

	snprintf(text, sizeof text,
		 "KHU VỰC: %s\nTHỜI GIAN: 8:00 - 9:00 ngày 20/11/2026\nLÝ DO: x\n", area);
	o = read_out(text, strlen(text));
	line[0] = '\0';
	for (char *at = o->text, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (strncmp(at, "line", 4) == 0) {
			strcat(line, line[0] ? ", refused" : "refused");
		} else {
			at += strlen("2026-11-20 08:00 .. 2026-11-20 09:00 ");
			snprintf(line + strlen(line), sizeof line - strlen(line), "%s%.*s",
				 line[0] ? ", " : "", (int)(strchr(at, ':') - at), at);
		}
	}
	if (strcmp(line, want) != 0)
		fail_msg("\"%s\": %s, not %s", area, line, want);
	free(o);
}

static void areas_are_found_as_people_write_them(void **state)
{
	(void)state;
	assert_area("Ấp 5", "hamlet TT05");
	assert_area("ấp 5, ấp 6", "hamlet TT05, hamlet TT06");
	assert_area("Ap 5 va ap 7", "hamlet TT05, hamlet TT07");
	assert_area("Một phần khu vực ấp 5, 6 và 7 xã Thiện Tân",
		    "hamlet TT05, hamlet TT06, hamlet TT07");
	assert_area("Toàn bộ khu vực ấp An Lạc, An Định xã Thiện Tân", "hamlet AL, hamlet AD");
	assert_area("TRẠM T05-1", "transformer T05-1");
	assert_area("TBA T05.1", "transformer T05-1");
	assert_area("Trạm biến áp T05-1, T05-2", "transformer T05-1, transformer T05-2");
	assert_area("Trạm 1, 2", "transformer Trạm 1, transformer Trạm 2");
	assert_area("Trạm Thiện Tân", "transformer Thiện Tân");
	assert_area("điểm TT-05-01", "point TT-05-01");
	assert_area("tt-05-01; AL-02", "point TT-05-01, point AL-02");
	assert_area("Toàn bộ xã Thiện Tân", "all ");
	assert_area("toàn xã", "all ");
	assert_area("Toàn bộ xã Thiện Tân: ấp 5, ấp 6", "hamlet TT05, hamlet TT06");
}

static void a_transformer_is_preferred_to_its_hamlet_and_to_no_other(void **state)
{
	(void)state;
	assert_area("Ấp 5 (Trạm T05-1)", "transformer T05-1");
	assert_area("Trạm T05-1 ấp 5, ấp 6", "transformer T05-1, hamlet TT06");
}

static void what_only_looks_like_ours_is_not_taken(void **state)
{
	(void)state;
	assert_area("Ấp 5 xã Mỹ An", "refused");
	assert_area("ấp 5, ấp 6 xã Mỹ An; ấp 7 xã Thiện Tân", "hamlet TT07");
	assert_area("ấp 5 xã Thiện Tân, ấp 6 xã Mỹ An", "hamlet TT05");
	assert_area("Xã Mỹ An: ấp 5, ấp 6", "refused");
	assert_area("Xã Mỹ An (ấp 5; ấp 6), xã Thiện Tân: ấp 7", "hamlet TT07");
	assert_area("Ấp 15, ấp 5-6", "refused");
	assert_area("Ấp 5, ấp 6-7", "refused");
	assert_area("đường 5, tổ 6", "refused");
	assert_area("T05-11", "refused");
	assert_area("Một phần xã Thiện Tân", "refused");
	assert_area("Trạm 1 xã Mỹ An", "refused");
	assert_area("xã An Định", "refused");
	assert_area("Ấp 5 (trừ trạm T05-2)", "refused");
	assert_area("Ấp 5 từ trụ 5 đến trụ 6", "hamlet TT05");
	assert_area("", "refused");
}

/* One time on a line; what comes of it. */
static void assert_times(const char *time, const char *want)
{
	char text[512], line[600], *end;
	struct out *o;

	snprintf(text, sizeof text, "THỜI GIAN: %s\nKHU VỰC: Ấp 5", time);
	o = read_out(text, strlen(text));
	line[0] = '\0';
	for (char *at = o->text; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (line[0])
			strcat(line, ", ");
		if (strncmp(at, "line", 4) == 0)
			strcat(line, "refused");
		else
			snprintf(line + strlen(line), sizeof line - strlen(line), "%.36s", at);
	}
	if (strcmp(line, want) != 0)
		fail_msg("\"%s\": %s, not %s", time, line, want);
	free(o);
}

static void times_are_read_as_people_write_them(void **state)
{
	static const char day[] = "2026-11-20 07:30 .. 2026-11-20 11:00";
	static const char *const same[] = {
		"Từ 07:30 ngày 20/11/2026 đến 11:00 ngày 20/11/2026",
		"Từ 07:30:00 ngày 20/11/2026 đến 11:00:00 ngày 20/11/2026",
		"7h30 - 11h00 ngày 20/11/2026",
		"7h30-11h ngày 20-11-2026",
		"7 giờ 30 đến 11 giờ ngày 20.11.2026",
		"7g30 – 11g00, 20/11/2026",
		"20/11/2026 07:30:00 20/11/2026 11:00:00",
		"2026-11-20 07:30 - 11:00",
		"2026-11-20T07:30:00+07:00 2026-11-20T11:00:00+07:00",
		"20/11/2026 từ 07h30 - 11h00",
		"ngày 20/11/2026, 7:30 SA - 11:00 SA",
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		assert_times(same[i], day);
	assert_times("22:00 ngày 31/12/2026 đến 05:00 ngày 01/01/2027",
		     "2026-12-31 22:00 .. 2027-01-01 05:00");
	assert_times("23:59 28/02/2028 - 00:01 29/02/2028", "2028-02-28 23:59 .. 2028-02-29 00:01");
	assert_times("13:00 - 24:00 ngày 20/11/2026", "2026-11-20 13:00 .. 2026-11-21 00:00");
	assert_times("00:00 - 06:59 ngày 01/03/2027", "2027-03-01 00:00 .. 2027-03-01 06:59");
	assert_times("7h30-11h và 13h-17h ngày 20/11/2026",
		     "2026-11-20 07:30 .. 2026-11-20 11:00, 2026-11-20 13:00 .. 2026-11-20 17:00");
	assert_times("7h30-11h 20/11/2026, 13h-17h 21/11/2026",
		     "2026-11-20 07:30 .. 2026-11-20 11:00, 2026-11-21 13:00 .. 2026-11-21 17:00");
	assert_times("1:30 CH - 3:00 CH 20/11/2026", "2026-11-20 13:30 .. 2026-11-20 15:00");
}

static void times_that_cannot_be_told_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"ngày 20/11/2026",
		"7h30 ngày 20/11/2026",
		"7h30 - 11h00",
		"7h30 - 11h00 ngày 20/11",
		"11h00 - 7h30 ngày 20/11/2026",
		"7h30 - 7h30 ngày 20/11/2026",
		"22h00 - 5h00 ngày 20/11/2026",
		"7h30 - 11h00 ngày 31/11/2026",
		"7h30 - 11h00 ngày 29/02/2027",
		"7h30 - 25h00 ngày 20/11/2026",
		"7h60 - 11h00 ngày 20/11/2026",
		"7h30 ngày 20/11/2026 - 11h00 ngày 20/11/2027",
		"từ 20/11/2026 đến 22/11/2026, 7h30 - 11h00",
		"2026-11-20T07:30:00Z 2026-11-20T11:00:00Z",
		"1h-2h 3h-4h 5h-6h 7h-8h 9h-10h 11h-12h 13h-14h 15h-16h 17h-18h 20/11/2026",
		("1h-2h 3h-4h 5h-6h 7h-8h 9h-10h 11h-12h 13h-14h 15h-16h 17h-18h 19h-20h 20h-21h "
		 "21h-22h 22h-23h 20/11/2026"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_times(bad[i], "refused");
}

static void a_long_reason_is_cut_between_characters(void **state)
{
	char text[600] = "THỜI GIAN: 8h-9h 20/11/2026\nKHU VỰC: Ấp 5\nLÝ DO: x";
	struct out *o;
	char *reason;

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(text, "ệ");
	o = read_out(text, strlen(text));
	reason = strstr(o->text, "TT05: ");
	assert_non_null(reason);
	assert_int_equal(strlen(reason + 6), 1 + 31 * 3 + 1);
	free(o);
}

static void too_much_is_refused_and_not_cut(void **state)
{
	static char text[20000];
	struct out *o;

	(void)state;
	strcpy(text, "ngày,từ,đến,khu vực\n20/11/2026,8:00,9:00,\"");
	for (int i = 0; i < 500; i++)
		strcat(text, "Một phần ấp Nào Đó\n");
	strcat(text, "Ấp 5\"\n20/11/2026,8:00,9:00,Ấp 6\n");
	o = read_out(text, strlen(text));
	assert_int_equal(o->told.found, 1);
	assert_int_equal(o->told.refused, 1);
	assert_non_null(strstr(o->text, "line 2: "));
	free(o);

	memset(text, 'x', 5000);
	strcpy(text + 5000, "\nTrạm T05-1: 7h30 - 11h ngày 20/11/2026");
	o = read_out(text, strlen(text));
	assert_int_equal(o->told.found, 1);
	assert_int_equal(o->told.refused, 1);
	free(o);
}

static void what_is_no_text_is_refused_with_its_line(void **state)
{
	struct out *o = read_out("a\nb\xffz", 5);

	(void)state;
	assert_true(strncmp(o->text, "line 2: it is no UTF-8", 22) == 0);
	free(o);
	o = read_out("a\0b", 3);
	assert_int_equal(o->told.refused, 1);
	free(o);
	o = read_out("", 0);
	assert_int_equal(o->told.refused, 1);
	free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_found_as_people_write_them),
		cmocka_unit_test(a_transformer_is_preferred_to_its_hamlet_and_to_no_other),
		cmocka_unit_test(what_only_looks_like_ours_is_not_taken),
		cmocka_unit_test(times_are_read_as_people_write_them),
		cmocka_unit_test(times_that_cannot_be_told_are_refused),
		cmocka_unit_test(a_long_reason_is_cut_between_characters),
		cmocka_unit_test(too_much_is_refused_and_not_cut),
		cmocka_unit_test(what_is_no_text_is_refused_with_its_line),
		cmocka_unit_test(golden_files_come_out_as_agreed),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
