/* SPDX-License-Identifier: Apache-2.0 */
/* channel_hook: the JSON that receivers of Alertmanager's web hooks know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" } };
static const struct roster_point points[] = {
	{ .code = "TT-07-03", .hamlet = "QT", .household = "ông Nguyễn Văn A" },
};
static const struct roster roster = {
	.commune = "Thiện Tân", .hamlets = hamlets, .n_hamlets = 1, .points = points, .n_points = 1
};
static const struct message message = { .subject = "✕ TT-07-03 \"MẤT ĐIỆN\"",
					.text = "dòng 1\ndòng 2" };
static const struct incident open_incident = { .id = 42,
					       .points = 1,
					       .open = 1,
					       .from = { INT64_C(1778762520000) },
					       .cause = CAUSE_POWER,
					       .sure = SURE_CONFIRMED };

static cJSON *draw(const struct incident *i, enum tell what)
{
	const struct letter l = { .key = "42-firing-hook0",
				  .to = "hook0",
				  .what = what,
				  .incident = i,
				  .roster = &roster,
				  .message = &message,
				  .page_url = "http://localhost:8080",
				  .now = { INT64_C(1778770000000) } };
	char *text = hook_draw(&l);
	cJSON *o = cJSON_Parse(text);

	assert_non_null(o);
	free(text);
	return o;
}

static const char *at(const cJSON *o, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
}

static const cJSON *in(const cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

static void a_firing_hook_has_every_field_that_receivers_ask_for(void **state)
{
	cJSON *o = draw(&open_incident, TELL_FIRING);
	const cJSON *a = cJSON_GetArrayItem(in(o, "alerts"), 0);

	(void)state;
	assert_string_equal(at(o, "version"), "4");
	assert_string_equal(at(o, "groupKey"), "{}:{incident=\"42\"}");
	assert_int_equal(in(o, "truncatedAlerts")->valueint, 0);
	assert_string_equal(at(o, "status"), "firing");
	assert_string_equal(at(o, "receiver"), "hook0");
	assert_string_equal(at(in(o, "groupLabels"), "incident"), "42");
	assert_string_equal(at(o, "externalURL"), "http://localhost:8080");
	assert_true(cJSON_Compare(in(o, "commonLabels"), in(a, "labels"), 1));
	assert_true(cJSON_Compare(in(o, "commonAnnotations"), in(a, "annotations"), 1));
	assert_int_equal(cJSON_GetArraySize(in(o, "alerts")), 1);
	cJSON_Delete(o);
}

static void an_alert_says_which_point_and_why(void **state)
{
	cJSON *o = draw(&open_incident, TELL_FIRING);
	const cJSON *a = cJSON_GetArrayItem(in(o, "alerts"), 0), *labels = in(a, "labels");

	(void)state;
	assert_string_equal(at(a, "status"), "firing");
	assert_string_equal(at(labels, "alertname"), "CameraPointDark");
	assert_string_equal(at(labels, "incident"), "42");
	assert_string_equal(at(labels, "commune"), "Thiện Tân");
	assert_string_equal(at(labels, "hamlet"), "QT");
	assert_string_equal(at(labels, "point"), "TT-07-03");
	assert_string_equal(at(labels, "points"), "1");
	assert_string_equal(at(labels, "cause"), cause_str(CAUSE_POWER));
	assert_string_equal(at(labels, "sure"), sure_str(SURE_CONFIRMED));
	assert_string_equal(at(in(a, "annotations"), "summary"), message.subject);
	assert_string_equal(at(in(a, "annotations"), "description"), message.text);
	assert_string_equal(at(a, "startsAt"), "2026-05-14T12:42:00.000Z");
	assert_string_equal(at(a, "endsAt"), "0001-01-01T00:00:00Z");
	assert_string_equal(at(a, "generatorURL"), "http://localhost:8080/#incident-42");
	assert_int_equal(strlen(at(a, "fingerprint")), 16);
	cJSON_Delete(o);
}

static void the_end_carries_the_same_fingerprint_even_when_the_cause_was_corrected(void **state)
{
	struct incident closed = open_incident, other = open_incident;
	cJSON *began = draw(&open_incident, TELL_FIRING), *ended, *strange;
	const char *fingerprint;

	(void)state;
	closed.cause = CAUSE_LINE;
	closed.until.ms = closed.from.ms + 60000;
	other.id = 43;
	ended = draw(&closed, TELL_RESOLVED);
	strange = draw(&other, TELL_FIRING);
	fingerprint = at(cJSON_GetArrayItem(in(began, "alerts"), 0), "fingerprint");
	assert_string_equal(at(ended, "status"), "resolved");
	assert_string_equal(at(ended, "groupKey"), at(began, "groupKey"));
	assert_string_equal(at(cJSON_GetArrayItem(in(ended, "alerts"), 0), "fingerprint"),
			    fingerprint);
	assert_string_equal(at(cJSON_GetArrayItem(in(ended, "alerts"), 0), "endsAt"),
			    "2026-05-14T12:43:00.000Z");
	assert_string_not_equal(at(cJSON_GetArrayItem(in(strange, "alerts"), 0), "fingerprint"),
				fingerprint);
	cJSON_Delete(began);
	cJSON_Delete(ended);
	cJSON_Delete(strange);
}

static void an_incident_of_a_forgotten_point_is_drawn_all_the_same(void **state)
{
	struct incident i = open_incident;
	cJSON *o;

	(void)state;
	i.point = i.hamlet = 77;
	o = draw(&i, TELL_FIRING);
	assert_string_equal(at(in(o, "commonLabels"), "point"), "");
	cJSON_Delete(o);
}

static void a_log_learns_neither_user_nor_path_nor_query(void **state)
{
	static const char *const rows[][2] = {
		{ "https://user:secret@example.org:444/bot123:TOKEN/send?key=SECRET#x",
		  "https://example.org:444" },
		{ "http://127.0.0.1:9000", "http://127.0.0.1:9000" },
		{ "smtp://[::1]:2525", "smtp://[::1]:2525" },
		{ "no url at all: SECRET", "?" },
	};
	char text[CHANNEL_TARGET];

	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		channel_target_url(text, rows[k][0]);
		assert_string_equal(text, rows[k][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_firing_hook_has_every_field_that_receivers_ask_for),
		cmocka_unit_test(an_alert_says_which_point_and_why),
		cmocka_unit_test(
			the_end_carries_the_same_fingerprint_even_when_the_cause_was_corrected),
		cmocka_unit_test(an_incident_of_a_forgotten_point_is_drawn_all_the_same),
		cmocka_unit_test(a_log_learns_neither_user_nor_path_nor_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
