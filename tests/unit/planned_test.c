/* SPDX-License-Identifier: Apache-2.0 */
/* planned: what the API takes becomes a window, and what it says back is taken again. */
#include "gateway/planned.h"
#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static const wall_t now = { INT64_C(1795910400000) }; /* 2026-11-29 07:00 in Vietnam, a Sunday */

static bool read_text(const char *text, struct window *w, char why[static PLANNED_WHY])
{
	cJSON *asked = cJSON_Parse(text);
	bool ok;

	assert_non_null(asked);
	ok = planned_read(w, asked, &shelf_roster, why);
	cJSON_Delete(asked);
	return ok;
}

static void assert_refused(const char *text, const char *with)
{
	char why[PLANNED_WHY] = "";
	struct window w;

	assert_false(read_text(text, &w, why));
	if (!strstr(why, with))
		fail_msg("%s: \"%s\", not \"%s\"", text, why, with);
}

static void times_are_vietnams_unless_they_say_otherwise(void **state)
{
	char why[PLANNED_WHY];
	struct window w;

	(void)state;
	assert_true(read_text("{\"target\":\"all\",\"from\":\"2026-11-29 07:00\","
			      "\"until\":\"2026-11-29T00:01:30.250Z\"}",
			      &w, why));
	assert_int_equal(w.kind, WINDOW_WORK);
	assert_int_equal(w.target, WINDOW_ALL);
	assert_int_equal(w.repeat, WINDOW_ONCE);
	assert_true(w.from.ms == now.ms);
	assert_true(w.until.ms == now.ms + 90250);
	assert_string_equal(w.reason, "");
}

static void a_week_is_said_in_either_language(void **state)
{
	char why[PLANNED_WHY];
	struct window w;

	(void)state;
	assert_true(read_text("{\"kind\":\"cut\",\"target\":\"hamlet\",\"what\":\"TT-07\","
			      "\"from\":\"2026-11-28 22:00\",\"until\":\"2026-11-29 05:00\","
			      "\"repeat\":\"weekly\",\"days\":[\"cn\",\"mon\",\"t7\"],"
			      "\"last\":\"2026-12-31\",\"reason\":\"Bảo trì\"}",
			      &w, why));
	assert_int_equal(w.kind, WINDOW_CUT);
	assert_string_equal(w.what, "TT-07");
	assert_int_equal(w.days, 1 | 2 | 64);
	/* The whole last day is in it, in Vietnam. */
	assert_true(w.last.ms == INT64_C(1798736400000) - 1);
	assert_string_equal(w.reason, "Bảo trì");
}

#define ALL "{\"target\":\"all\","
#define WHEN "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-29 08:00\""

static void what_makes_no_sense_is_refused_with_the_remedy(void **state)
{
	(void)state;
	assert_refused("[]", "object");
	assert_refused("{" WHEN "}", "\"target\"");
	assert_refused("{\"target\":\"house\"," WHEN "}", "\"target\"");
	assert_refused("{\"target\":\"point\"," WHEN "}", "\"what\"");
	assert_refused("{\"target\":\"all\",\"what\":\"TT-07\"," WHEN "}", "\"what\"");
	assert_refused("{\"target\":\"point\",\"what\":\"TT-09\"," WHEN "}", "no point \"TT-09\"");
	assert_refused("{\"target\":\"hamlet\",\"what\":\"Ấp 7\"," WHEN "}", "no hamlet");
	assert_refused("{\"target\":\"transformer\",\"what\":\"T1\"," WHEN "}", "no transformer");
	assert_refused(ALL "\"kind\":\"rest\"," WHEN "}", "\"kind\"");
	assert_refused(ALL "\"kind\":1," WHEN "}", "\"kind\"");
	assert_refused(ALL "\"until\":\"2026-11-29 08:00\"}", "\"from\"");
	assert_refused(ALL "\"from\":\"2026-11-29\",\"until\":\"2026-11-29 08:00\"}", "\"from\"");
	assert_refused(ALL "\"from\":\"29/11/2026 07:00\",\"until\":\"2026-11-29 08:00\"}",
		       "\"from\"");
	assert_refused(ALL "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-29 8h\"}",
		       "\"until\"");
	assert_refused(ALL "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-31 08:00\"}",
		       "\"until\"");
	assert_refused(ALL "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-29 08:00+07:00\"}",
		       "\"until\"");
	assert_refused(ALL "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-29 07:00\"}",
		       "before it begins");
	assert_refused(ALL WHEN ",\"repeat\":\"yearly\"}", "\"repeat\"");
	assert_refused(ALL WHEN ",\"repeat\":\"weekly\"}", "weekly");
	assert_refused(ALL WHEN ",\"days\":[\"mon\"]}", "weekly");
	assert_refused(ALL WHEN ",\"repeat\":\"weekly\",\"days\":[\"monday\"]}", "days are");
	assert_refused(ALL WHEN ",\"repeat\":\"weekly\",\"days\":\"mon\"}", "days are");
	assert_refused(ALL WHEN ",\"last\":\"2026-12-31\"}", "\"last\"");
	assert_refused(ALL WHEN ",\"repeat\":\"daily\",\"last\":\"31/12/2026\"}", "\"last\"");
	assert_refused(ALL WHEN ",\"repeat\":\"daily\",\"last\":\"2026-11-28\"}", "never begin");
	assert_refused(ALL "\"from\":\"2026-11-29 07:00\",\"until\":\"2026-11-30 07:01\","
			   "\"repeat\":\"daily\"}",
		       "a day at most");
	assert_refused(ALL WHEN ",\"reason\":\"0123456789012345678901234567890123456789012345678"
				"90123456789012345678901234567890123456789012345\"}",
		       "95 bytes");
}

static cJSON *list(struct store *s)
{
	struct windows all;
	unsigned status;
	cJSON *json;

	assert_int_equal(store_planned(s, now, &all), 0);
	json = planned_list(&all, now, &status);
	assert_int_equal(status, 200);
	windows_free(&all);
	return json;
}

static void what_is_listed_can_be_added_again(void **state)
{
	struct store *s = shelf_open();
	cJSON *asked =
		cJSON_Parse("{\"target\":\"point\",\"what\":\"TT-07-03\",\"repeat\":\"daily\","
			    "\"last\":\"2026-12-31\",\"reason\":\"x\"," WHEN "}");
	cJSON *json, *one;
	unsigned status;

	(void)state;
	json = planned_add(s, &shelf_roster, asked, now, &status);
	assert_int_equal(status, 200);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(json, "known")));
	cJSON_Delete(json);
	cJSON_Delete(asked);

	json = list(s);
	one = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "planned"), 0);
	assert_string_equal(cJSON_GetObjectItem(one, "from")->valuestring,
			    "2026-11-29T00:00:00.000Z");
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(one, "now")));
	assert_string_equal(cJSON_GetObjectItem(one, "next")->valuestring,
			    "2026-11-29T01:00:00.000Z");
	asked = planned_add(s, &shelf_roster, one, now, &status);
	assert_int_equal(status, 200);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(asked, "known")));
	cJSON_Delete(asked);

	asked = planned_remove(s, cJSON_GetObjectItem(one, "id")->valueint, now, &status);
	assert_int_equal(status, 200);
	cJSON_Delete(asked);
	asked = planned_remove(s, cJSON_GetObjectItem(one, "id")->valueint, now, &status);
	assert_int_equal(status, 404);
	cJSON_Delete(asked);
	cJSON_Delete(json);
	json = list(s);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "planned")), 0);
	cJSON_Delete(json);
	store_close(s);
}

static cJSON *import(struct store *s, const char *text)
{
	unsigned status;
	cJSON *json = planned_import(s, &shelf_roster, text, strlen(text), now, &status);

	assert_int_equal(status, 200);
	return json;
}

static void a_calendar_says_what_was_taken_and_what_was_not(void **state)
{
	static const char text[] = "ngày,từ,đến,khu vực\n20/11/2026,8:00,9:00,Ấp 7\n"
				   "20/11/2026,8:00,9:00,Ấp 99\n20/11/2026,8:00,9:00,Ấp 8\n";
	struct store *s = shelf_open();
	cJSON *json = import(s, text), *refused = cJSON_GetObjectItem(json, "refused");
	const cJSON *w;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "taken")), 2);
	assert_int_equal(cJSON_GetArraySize(refused), 1);
	assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(refused, 0), "line")->valueint, 3);
	cJSON_Delete(json);
	json = import(s, text);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "taken")), 2);
	cJSON_ArrayForEach(w, cJSON_GetObjectItem(json, "taken"))
	{
		assert_true(cJSON_IsTrue(cJSON_GetObjectItem(w, "known")));
		assert_string_equal(cJSON_GetObjectItem(w, "kind")->valuestring, "cut");
	}
	cJSON_Delete(json);
	json = list(s);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "planned")), 2);
	cJSON_Delete(json);
	store_close(s);
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_vietnams_unless_they_say_otherwise),
		cmocka_unit_test(a_week_is_said_in_either_language),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_the_remedy),
		with_shelf(what_is_listed_can_be_added_again),
		with_shelf(a_calendar_says_what_was_taken_and_what_was_not),
	};

	return cmocka_run_group_tests_name("planned", tests, NULL, NULL);
}
