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

static void tokens_and_passwords_of_services_are_read(void **state)
{
	char dir[] = "/tmp/settings_test.XXXXXX", conf[64], secret[64], why[CONF_WHY];
	struct gateway_settings *s;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(conf, sizeof conf, "%s/g.jsonc", dir);
	snprintf(secret, sizeof secret, "%s/secret", dir);
	f = fopen(conf, "w");
	assert_non_null(f);
	fprintf(f,
		"{ \"commune\": \"A\", \"brokers\": [\"b:1\"],\n\"zalo\": { \"token_file\": \"%s\" "
		"},\n\"ntfy\": { \"token_file\": \"%s\" },\n\"mail\": { \"server\": "
		"\"smtp://m\", \"from\": \"a@b\", \"user\": \"u\", \"password_file\": \"%s\" } }",
		secret, secret, secret);
	fclose(f);
	assert_null(gateway_settings_load(conf, why));
	assert_non_null(strstr(why, strerror(ENOENT)));
	assert_non_null(strstr(why, "g.jsonc:4:"));

	f = fopen(secret, "w");
	assert_non_null(f);
	fputs("123:abc\r\n", f);
	fclose(f);
	s = gateway_settings_load(conf, why);
	if (!s)
		fail_msg("%s", why);
	assert_string_equal(s->zalo_token, "123:abc");
	assert_string_equal(s->ntfy_token, "123:abc");
	assert_string_equal(s->mail_route.password, "123:abc");
	assert_string_equal(s->mail_route.user, "u");
	assert_int_equal(s->mail_route.n_to, 0);
	gateway_settings_free(s);
	unlink(conf);
	unlink(secret);
	rmdir(dir);
}

static void machines_come_first_then_people_as_they_are_listed(void **state)
{
	char why[CONF_WHY];
	struct gateway_settings *s = gateway_settings_load(example, why);
	const struct receiver *r;

	(void)state;
	if (!s)
		fail_msg("%s", why);
	assert_int_equal(s->roster.n_receivers, 7);
	r = s->roster.receivers;
	assert_string_equal(r[0].id, "hook0");
	assert_string_equal(r[1].id, "mail0");
	assert_int_equal(r[1].role, ROLE_MACHINE);
	assert_int_equal(r[1].language, LANGUAGE_VI);
	assert_string_equal(r[2].id, "ky-thuat-1");
	assert_string_equal(r[2].name, "kỹ thuật viên 1");
	assert_int_equal(r[2].role, ROLE_TECHNICIAN);
	assert_int_equal(r[2].causes, 0);
	assert_int_equal(r[2].quiet_from, r[2].quiet_until);
	assert_true(r[2].digests);
	assert_false(r[3].digests);
	assert_int_equal(r[4].role, ROLE_HAMLET_HEAD);
	assert_int_equal(r[4].n_hamlets, 1);
	assert_string_equal(r[4].hamlets[0], "TT05");
	assert_int_equal(r[4].causes, 1u << CAUSE_POWER | 1u << CAUSE_PROVIDER);
	assert_int_equal(r[4].quiet_from, 22 * 60);
	assert_int_equal(r[4].quiet_until, 5 * 60 + 30);
	assert_int_equal(r[5].role, ROLE_DUTY);
	assert_int_equal(r[6].role, ROLE_LEADER);
	assert_int_equal(s->n_people, 5);
	assert_int_equal(s->ways[0].n_ways, 2);
	assert_string_equal(s->ways[0].ways[1].via, "mail");
	gateway_settings_free(s);
}

static void quiet_hours_are_two_times_of_a_day(void **state)
{
	static const char *const bad[] = { "",
					   "22:00",
					   "22:00-6:00",
					   "22:00 - 06:00",
					   "24:00-06:00",
					   "22:60-06:00",
					   "06:00-06:00",
					   "aa:bb-cc:dd",
					   "22:00-06:00x" };
	int from = -1, until = -1;

	(void)state;
	assert_true(gateway_settings_quiet("22:00-06:15", &from, &until));
	assert_int_equal(from, 1320);
	assert_int_equal(until, 375);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (gateway_settings_quiet(bad[i], &from, &until))
			fail_msg("%s", bad[i]);
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
		cmocka_unit_test(tokens_and_passwords_of_services_are_read),
		cmocka_unit_test(machines_come_first_then_people_as_they_are_listed),
		cmocka_unit_test(quiet_hours_are_two_times_of_a_day),
		cmocka_unit_test(ten_thousand_points_are_no_trouble),
		cmocka_unit_test(the_broker_reads_the_file_that_enrolment_writes),
		cmocka_unit_test(golden_files_come_out_as_agreed),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
