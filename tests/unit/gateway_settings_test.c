/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/settings.h"
#include "golden.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char example[] = "gateway/example.jsonc";

static struct gateway_settings *good(const char *text)
{
	char why[CONF_WHY];
	struct gateway_settings *s = gateway_settings_read("g.jsonc", text, strlen(text), why);

	if (!s)
		fail_msg("%s", why);
	return s;
}

static void the_example_we_ship_is_right(void **state)
{
	char why[CONF_WHY];
	struct gateway_settings *s = gateway_settings_load(example, why);
	const struct roster_point *p;

	(void)state;
	if (!s)
		fail_msg("%s", why);
	assert_string_equal(s->roster.commune, "Thiện Tân");
	assert_int_equal(s->roster.n_hamlets, 3);
	assert_int_equal(s->roster.n_points, 12);
	p = gateway_settings_find(s, "TT-06-01");
	assert_non_null(p);
	assert_string_equal(p->household, "Hộ B1");
	assert_int_equal(p->n_cameras, 2);
	assert_string_equal(p->cameras[1].name, "sân bóng");
	assert_null(gateway_settings_find(s, "TT-99-01"));
	gateway_settings_free(s);
	gateway_settings_free(NULL);
}

static void what_the_gateway_prints_of_itself_reads_back(void **state)
{
	char why[CONF_WHY], *first, *second;
	struct gateway_settings *s = gateway_settings_load(example, why), *again;

	(void)state;
	if (!s)
		fail_msg("%s", why);
	first = conf_effective(s, &gateway_table);
	again = good(first);
	second = conf_effective(again, &gateway_table);
	assert_string_equal(first, second);
	assert_string_equal(again->roster.points[11].cameras[0].name,
			    s->roster.points[11].cameras[0].name);
	free(first);
	free(second);
	gateway_settings_free(s);
	gateway_settings_free(again);
}

static void a_mail_route_carries_its_password(void **state)
{
	char dir[] = "/tmp/settings_test.XXXXXX", conf[64], pass[64], why[CONF_WHY];
	struct gateway_settings *s;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(conf, sizeof conf, "%s/g.jsonc", dir);
	snprintf(pass, sizeof pass, "%s/pass", dir);
	f = fopen(conf, "w");
	assert_non_null(f);
	fprintf(f,
		"{ \"commune\": \"A\", \"brokers\": [\"b:1\"], \"mails\": [\n"
		"{ \"server\": \"smtp://m\", \"from\": \"a@b\", \"to\": [\"c@d\", \"e@f\"] },\n"
		"{ \"server\": \"smtp://m\", \"from\": \"a@b\", \"to\": [\"c@d\"],\n\"user\": "
		"\"u\", \"password_file\": \"%s\" }] }",
		pass);
	fclose(f);

	assert_null(gateway_settings_load(conf, why));
	assert_non_null(strstr(why, "g.jsonc:4:31: "));
	assert_non_null(strstr(why, strerror(ENOENT)));

	f = fopen(pass, "w");
	assert_non_null(f);
	fputs("open sesame\nsecond line\n", f);
	fclose(f);
	s = gateway_settings_load(conf, why);
	if (!s)
		fail_msg("%s", why);
	assert_int_equal(s->n_mails, 2);
	assert_string_equal(s->mail_routes[0].password, "");
	assert_int_equal(s->mail_routes[0].n_to, 2);
	assert_string_equal(s->mail_routes[1].password, "open sesame");
	assert_string_equal(s->mail_routes[1].user, "u");
	gateway_settings_free(s);
	unlink(conf);
	unlink(pass);
	rmdir(dir);
}

static void ten_thousand_points_are_no_trouble(void **state)
{
	const size_t n = 10000;
	struct gateway_settings *s;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	fputs("{ \"commune\": \"A\", \"brokers\": [\"b:1\"], \"hamlets\": [", f);
	for (size_t i = 0; i < 500; i++)
		fprintf(f, "%s{ \"code\": \"H%zu\", \"name\": \"Ấp\" }", i ? "," : "", i);
	fputs("],\n\"points\": [", f);
	for (size_t i = 0; i < n; i++)
		fprintf(f,
			"%s\n{ \"code\": \"P-%zu\", \"hamlet\": \"H%zu\", \"household\": \"Hộ "
			"%zu\", \"phone\": \"0900000123\","
			"\"provider\": \"vnpt\", \"transformer\": \"T%zu\", \"cameras\": [{ "
			"\"name\": \"cổng\" }] }",
			i ? "," : "", i, i % 500, i, i / 40);
	fputs("] }", f);
	fclose(f);
	s = good(text);
	assert_int_equal(s->roster.n_points, n);
	assert_string_equal(s->roster.points[n - 1].code, "P-9999");
	gateway_settings_free(s);
	free(text);
}

/* The keys that enrolment writes are the ones that the shipped broker reads. */
static void the_broker_reads_the_file_that_enrolment_writes(void **state)
{
	struct gateway_settings *s = gateway_settings_load(example, (char[CONF_WHY]){ 0 });
	char why[CONF_WHY], line[600], *conf;
	size_t len;

	(void)state;
	assert_non_null(s);
	conf = conf_slurp("broker-config/mosquitto.conf", &len, why);
	assert_non_null(conf);
	snprintf(line, sizeof line, "\npsk_file %s\n", s->psk_file);
	assert_non_null(strstr(conf, line));
	free(conf);
	gateway_settings_free(s);
}

static char *golden(const char *name, const char *text, size_t len)
{
	char why[CONF_WHY], *out = NULL;
	struct gateway_settings *s = gateway_settings_read(name, text, len, why);

	if (s)
		out = conf_effective(s, &gateway_table);
	else if (asprintf(&out, "%s\n", why) < 0)
		out = NULL;
	gateway_settings_free(s);
	return out;
}

static void golden_files_come_out_as_agreed(void **state)
{
	unsigned n;

	(void)state;
	assert_int_equal(golden_run("tests/golden/gateway-settings", golden, &n), 0);
	assert_true(n >= 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_we_ship_is_right),
		cmocka_unit_test(what_the_gateway_prints_of_itself_reads_back),
		cmocka_unit_test(a_mail_route_carries_its_password),
		cmocka_unit_test(ten_thousand_points_are_no_trouble),
		cmocka_unit_test(the_broker_reads_the_file_that_enrolment_writes),
		cmocka_unit_test(golden_files_come_out_as_agreed),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
