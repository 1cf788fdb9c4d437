/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/enrol.h"
#include "gateway/psk.h"
#include "node/settings.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of our own with a psk file to come, and settings of two points. */
struct house {
	char dir[64], psk[80], key[80], out[80], why[CONF_WHY];
	struct gateway_settings *s;
};

static struct gateway_settings *settings(struct house *h, const char *address)
{
	char *text = NULL;
	struct gateway_settings *s;

	if (asprintf(&text,
		     "{ \"commune\": \"A\", \"brokers\": [\"127.0.0.1:8883\"], \"broker_address\": "
		     "\"%s\",\n"
		     "\"gasp_listen\": \"0.0.0.0:8885\", \"gasp_address\": \"10.9.0.1:8885\",\n"
		     "\"psk_file\": \"%s\", \"key_file\": \"%s\", \"hamlets\": [{ \"code\": \"H\", "
		     "\"name\": \"Ấp\" }],\n"
		     "\"points\": [{ \"code\": \"TT-01\", \"hamlet\": \"H\", \"household\": \"Hộ "
		     "A1\", \"phone\": \"0900000123\",\n"
		     "\"cameras\": [{ \"name\": \"cổng \\\"chợ\\\"\", \"address\": "
		     "\"192.168.1.20\" }, { \"name\": \"sân\" }] },\n"
		     "{ \"code\": \"TT-02\", \"hamlet\": \"H\", \"cameras\": [{ \"name\": \"x\" }] "
		     "}] }",
		     address, h->psk, h->key) < 0)
		return NULL;
	s = gateway_settings_read("g.jsonc", text, strlen(text), h->why);
	free(text);
	return s;
}

static int moved_in(void **state)
{
	struct house *h = calloc(1, sizeof *h);

	strcpy(h->dir, "/tmp/enrol_test.XXXXXX");
	if (!mkdtemp(h->dir))
		return -1;
	snprintf(h->psk, sizeof h->psk, "%s/psk", h->dir);
	snprintf(h->key, sizeof h->key, "%s/gateway.key", h->dir);
	snprintf(h->out, sizeof h->out, "%s/out", h->dir);
	h->s = settings(h, "10.9.0.1:8883");
	*state = h;
	return h->s ? 0 : -1;
}

static int moved_out(void **state)
{
	static const char *const names[] = { "psk",           "gateway.key",
					     "out/TT-01.key", "out/TT-01.jsonc",
					     "out/TT-02.key", "out/TT-02.jsonc" };
	struct house *h = *state;
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", h->dir, names[i]);
		unlink(path);
	}
	rmdir(h->out);
	gateway_settings_free(h->s);
	if (rmdir(h->dir) < 0) /* nothing half-written may stay behind */
		return -1;
	free(h);
	return 0;
}

static char *text_of(const char *path)
{
	char why[CONF_WHY];
	size_t len;
	char *text = conf_slurp(path, &len, why);

	if (!text)
		fail_msg("%s", why);
	return text;
}

static void holds(const char *path, const char *want)
{
	char *text = text_of(path);

	assert_string_equal(text, want);
	free(text);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static struct enrolment *enrolled(struct house *h, const char *code)
{
	struct enrolment *e = enrol_point(h->s, code, h->why);

	if (!e)
		fail_msg("%s", h->why);
	return e;
}

static void a_point_gets_a_key_and_a_node_file(void **state)
{
	struct house *h = *state;
	struct enrolment *e;
	char want[256], path[128];

	write_text(h->psk, "# keys\ngateway:00ff\n");
	e = enrolled(h, "TT-01");
	assert_string_equal(e->point, "TT-01");
	assert_int_equal(strlen(e->key), 64);
	assert_int_equal(strspn(e->key, "0123456789abcdef"), 64);
	snprintf(want, sizeof want, "# keys\ngateway:00ff\nTT-01:%s\n", e->key);
	holds(h->psk, want);
	assert_int_equal(mode_of(h->psk), 0640);

	assert_int_equal(enrolment_write(e, h->out, h->why), 0);
	snprintf(path, sizeof path, "%s/TT-01.key", h->out);
	snprintf(want, sizeof want, "%s\n", e->key);
	holds(path, want);
	assert_int_equal(mode_of(path), 0600);
	snprintf(path, sizeof path, "%s/TT-01.jsonc", h->out);
	holds(path, e->node_file);
	enrolment_free(e);
}

static void a_node_file_tells_what_a_node_must_know_and_no_more(void **state)
{
	struct house *h = *state;
	struct enrolment *e = enrolled(h, "TT-01");

	assert_non_null(strstr(e->node_file, "\"point\": \"TT-01\""));
	assert_non_null(strstr(e->node_file, "\"brokers\": [\"10.9.0.1:8883\"]"));
	assert_non_null(strstr(e->node_file, "\"gasp\": \"10.9.0.1:8885\""));
	assert_non_null(strstr(
		e->node_file,
		"\n\t\t{ \"name\": \"cổng \\\"chợ\\\"\", \"address\": \"192.168.1.20\" }\n"));
	assert_non_null(strstr(e->node_file, "// to do, its address: { \"name\": \"sân\""));
	assert_null(strstr(e->node_file, "Hộ"));
	assert_null(strstr(e->node_file, "0900000123"));
	assert_null(strstr(e->node_file, e->key));
	enrolment_free(e);
	enrolment_free(NULL);
}

static void a_node_takes_the_file_as_it_is(void **state)
{
	static const char *const codes[] = { "TT-01", "TT-02" };
	struct house *h = *state;

	for (size_t i = 0; i < 2; i++) {
		struct enrolment *e = enrolled(h, codes[i]);
		struct node_settings *n =
			node_settings_read("n.jsonc", e->node_file, strlen(e->node_file), h->why);

		if (!n)
			fail_msg("%s", h->why);
		assert_string_equal(n->point, codes[i]);
		assert_string_equal(n->brokers[0], "10.9.0.1:8883");
		assert_int_equal(n->n_cameras, i == 0 ? 1 : 0);
		node_settings_free(n);
		enrolment_free(e);
	}
}

static void enrolling_again_voids_the_old_key(void **state)
{
	struct house *h = *state;
	struct enrolment *a = enrolled(h, "TT-01"), *b = enrolled(h, "TT-02"),
			 *c = enrolled(h, "TT-01");
	char *text = text_of(h->psk);

	assert_string_not_equal(a->key, c->key);
	assert_null(strstr(text, a->key));
	assert_non_null(strstr(text, b->key));
	assert_non_null(strstr(text, c->key));
	free(text);
	enrolment_free(a);
	enrolment_free(b);
	enrolment_free(c);
}

static void a_revoked_point_has_no_key_left(void **state)
{
	struct house *h = *state;

	write_text(h->psk, "gateway:00\nTT-01-x:aa\nTT-01:11\nTT-01:22");
	assert_int_equal(enrol_revoke(h->s, "TT-01", h->why), 0);
	holds(h->psk, "gateway:00\nTT-01-x:aa\n");
	assert_int_equal(enrol_revoke(h->s, "TT-01", h->why), -ENOENT);
	assert_non_null(strstr(h->why, "TT-01"));
	assert_int_equal(enrol_revoke(h->s, "gateway", h->why), -EINVAL);
	assert_int_equal(enrol_revoke(h->s, "a:b\n", h->why), -EINVAL);
	holds(h->psk, "gateway:00\nTT-01-x:aa\n");
	enrolment_free(enrolled(h, "TT-01"));
}

static void a_stranger_is_not_enrolled(void **state)
{
	struct house *h = *state;
	struct gateway_settings *nowhere = settings(h, "");

	assert_non_null(nowhere);
	assert_null(enrol_point(h->s, "TT-99", h->why));
	assert_non_null(strstr(h->why, "TT-99"));
	assert_null(enrol_point(h->s, "gateway", h->why));
	assert_null(enrol_point(nowhere, "TT-01", h->why));
	assert_non_null(strstr(h->why, "broker_address"));
	assert_int_equal(access(h->psk, F_OK), -1);
	gateway_settings_free(nowhere);
}

static void what_cannot_be_written_is_said(void **state)
{
	struct house *h = *state;
	struct enrolment *e = enrolled(h, "TT-01");

	assert_int_not_equal(enrolment_write(e, "/proc/nowhere", h->why), 0);
	assert_non_null(strstr(h->why, "/proc/nowhere"));
	enrolment_free(e);
	assert_int_equal(unlink(h->psk), 0);
	assert_int_equal(mkdir(h->psk, 0700), 0); /* a folder in the file's place */
	assert_null(enrol_point(h->s, "TT-01", h->why));
	assert_non_null(strstr(h->why, h->psk));
	assert_int_equal(rmdir(h->psk), 0);
}

static void the_gateway_gets_its_key_once(void **state)
{
	struct house *h = *state;
	struct stat first, second;
	char *key, want[128];

	assert_int_equal(enrol_gateway(h->s, h->why), 0);
	key = text_of(h->key);
	assert_int_equal(strlen(key), 65);
	snprintf(want, sizeof want, "gateway:%s", key);
	holds(h->psk, want);
	assert_int_equal(mode_of(h->key), 0600);
	assert_int_equal(stat(h->psk, &first), 0);

	assert_int_equal(enrol_gateway(h->s, h->why), 0);
	holds(h->key, key);
	assert_int_equal(stat(h->psk, &second), 0);
	assert_true(first.st_ino == second.st_ino); /* not even touched */

	assert_int_equal(unlink(h->psk), 0);
	assert_int_equal(enrol_gateway(h->s, h->why), 0);
	holds(h->psk, want);
	free(key);

	write_text(h->key, "not a key\n");
	assert_int_equal(enrol_gateway(h->s, h->why), -EINVAL);
	assert_non_null(strstr(h->why, "hexadecimal"));
}

static void the_file_of_keys_keeps_its_owner(void **state)
{
	struct house *h = *state;
	struct stat st;

	if (geteuid() != 0)
		skip();
	write_text(h->psk, "gateway:00\n");
	assert_int_equal(chown(h->psk, 12, 34), 0);
	assert_int_equal(psk_put(h->psk, "TT-01", "11", h->why), 0);
	assert_int_equal(stat(h->psk, &st), 0);
	assert_int_equal(st.st_uid, 12);
	assert_int_equal(st.st_gid, 34);
	assert_int_equal(st.st_mode & 0777, 0640);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, moved_in, moved_out)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_point_gets_a_key_and_a_node_file),
		TEST(a_node_file_tells_what_a_node_must_know_and_no_more),
		TEST(a_node_takes_the_file_as_it_is),
		TEST(enrolling_again_voids_the_old_key),
		TEST(a_revoked_point_has_no_key_left),
		TEST(a_stranger_is_not_enrolled),
		TEST(what_cannot_be_written_is_said),
		TEST(the_gateway_gets_its_key_once),
		TEST(the_file_of_keys_keeps_its_owner),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
