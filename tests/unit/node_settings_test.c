/* SPDX-License-Identifier: Apache-2.0 */
/* settings of the node: what is refused, in which words; what is shipped is right. */
#include "golden.h"
#include "node/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char example[] = "node/example.jsonc";

static struct node_settings *good(const char *text)
{
	char why[CONF_WHY];
	struct node_settings *s = node_settings_read("n.jsonc", text, strlen(text), why);

	if (!s)
		fail_msg("%s", why);
	return s;
}

static struct node_settings *shipped(void)
{
	char why[CONF_WHY];
	struct node_settings *s = node_settings_load(example, why);

	if (!s)
		fail_msg("%s", why);
	return s;
}

static void the_example_we_ship_is_right(void **state)
{
	struct node_settings *s = shipped();
	struct node_options o = node_settings_options(s);
	struct gpio_options g = node_settings_gpio(s);

	(void)state;
	assert_string_equal(o.point, "TT-07-03");
	assert_int_equal(o.beat_ms, 60000);
	assert_int_equal(o.line_hold_ms, 20000);
	assert_true(o.mains_fitted && o.router_set);
	assert_int_equal(o.outside_n, 2);
	assert_int_equal(o.cameras_n, 2);
	assert_string_equal(s->cameras[0].name, "cổng chợ");
	assert_string_equal(g.body, "chip");
	assert_string_equal(g.mains.name, "GPIO17");
	assert_string_equal(g.light.name, "GPIO27");
	assert_string_equal(g.button.name, "GPIO22");
	assert_true(g.button.active_low && !g.mains.active_low);
	assert_string_equal(g.relay.name, "");
	assert_int_equal(g.n_heartbeats, 0);
	node_settings_free(s);
	node_settings_free(NULL);
}

static void what_the_node_prints_of_itself_reads_back(void **state)
{
	struct node_settings *s = shipped(), *again;
	char *first = conf_effective(s, &node_table), *second;

	(void)state;
	again = good(first);
	second = conf_effective(again, &node_table);
	assert_string_equal(first, second);
	free(first);
	free(second);
	node_settings_free(s);
	node_settings_free(again);
}

/* Effective settings, or why there are none. */
static char *outcome(const char *name, const char *text, size_t len)
{
	char why[CONF_WHY], *out = NULL;
	struct node_settings *s = node_settings_read(name, text, len, why);

	if (s)
		out = conf_effective(s, &node_table);
	else if (asprintf(&out, "%s\n", why) < 0)
		out = NULL;
	node_settings_free(s);
	return out;
}

static void what_is_wrong_is_said_with_its_place_and_remedy(void **state)
{
	unsigned n;

	(void)state;
	assert_int_equal(golden_run("tests/golden/node-settings", outcome, &n), 0);
	assert_true(n >= 25);
}

static void a_camera_with_a_stream_is_looked_at(void **state)
{
	struct node_settings *s =
		good("{ \"point\": \"A\", \"brokers\": [\"b:1\"], \"key_file\": \"k\", "
		     "\"look_s\": 900, \"cameras\": ["
		     "{ \"name\": \"a\", \"address\": \"10.0.0.1\" },"
		     "{ \"name\": \"b\", \"address\": \"10.0.0.2\", \"user\": \"u\","
		     "\"stream\": \"rtsp://10.0.0.2/s\", \"password_file\": \"/p\" }],"
		     "\"gpio\": { \"heartbeats\": [\"GPIO5\"] } }");
	const struct camera_options a = node_settings_camera(s, 0), b = node_settings_camera(s, 1);
	const struct look_at at = node_settings_look(s, 1);

	(void)state;
	assert_true(!a.stream && a.heartbeat);
	assert_true(b.stream && !b.heartbeat);
	assert_int_equal(b.look_every_ms, 900000);
	assert_int_equal(a.beat_ms, 60000);
	assert_string_equal(at.stream, "rtsp://10.0.0.2/s");
	assert_string_equal(at.user, "u");
	assert_string_equal(at.password_file, "/p");
	assert_string_equal(at.clock, "date");
	assert_string_equal(at.onvif, "");
	node_settings_free(s);
}

static void a_birth_names_the_cameras_and_tells_settings_apart(void **state)
{
	struct node_settings *a =
		good("{ \"point\": \"A\", \"brokers\": [\"b:1\"], \"key_file\": \"k\","
		     "\"cameras\": [{ \"name\": \"cổng\", \"address\": \"10.0.0.1\" }] }");
	struct node_settings *b =
		good("{ \"point\": \"A\", \"brokers\": [\"b:1\"], \"key_file\": \"k\", "
		     "\"beat_s\": 75 }");
	char *x = node_settings_birth(a), *y = node_settings_birth(b),
	     *again = node_settings_birth(a);

	(void)state;
	assert_non_null(strstr(x, "\"version\":\"" MATSANG_VERSION "\""));
	assert_non_null(strstr(x, "\"cameras\":[\"cổng\"]"));
	assert_string_equal(x, again);
	assert_int_not_equal(strncmp(strstr(x, "\"settings\""), strstr(y, "\"settings\""), 28), 0);
	free(x);
	free(y);
	free(again);
	node_settings_free(a);
	node_settings_free(b);
}

static void names_that_do_not_fit_a_birth_stay_at_home(void **state)
{
	char text[8192] =
		"{ \"point\": \"A\", \"brokers\": [\"b:1\"], \"key_file\": \"k\", \"cameras\": [";
	struct node_settings *s;
	char *birth;

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s{ \"name\": \"%d",
			 i ? ", " : "", i);
		for (int k = 0; k < 59; k++)
			strcat(text, "\\u0001");
		strcat(text, "\", \"address\": \"10.0.0.1\" }");
	}
	strcat(text, "] }");
	s = good(text);
	birth = node_settings_birth(s);
	assert_true(strlen(birth) <= WIRE_BIRTH_TEXT);
	assert_non_null(strstr(birth, "\"cameras\":[]"));
	free(birth);
	node_settings_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_we_ship_is_right),
		cmocka_unit_test(what_the_node_prints_of_itself_reads_back),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place_and_remedy),
		cmocka_unit_test(a_camera_with_a_stream_is_looked_at),
		cmocka_unit_test(a_birth_names_the_cameras_and_tells_settings_apart),
		cmocka_unit_test(names_that_do_not_fit_a_birth_stay_at_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
