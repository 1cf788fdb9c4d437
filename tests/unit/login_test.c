/* SPDX-License-Identifier: Apache-2.0 */
/* login: passwords, sessions and patience, on a clock we own. */
#include "gateway/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static char hash_an[crypto_pwhash_STRBYTES], hash_binh[crypto_pwhash_STRBYTES];
static struct login_user users[2];
static struct login l;

/* As cheap as argon2id goes: the strength of a hash is in its text, not in this module. */
static void cheap(char out[static crypto_pwhash_STRBYTES], const char *password)
{
	assert_int_equal(crypto_pwhash_str(out, password, strlen(password),
					   crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
			 0);
}

static int setup(void **state)
{
	(void)state;
	cheap(hash_an, "mật khẩu của An");
	cheap(hash_binh, "hai ba bốn");
	users[0] = (struct login_user){ "an", hash_an };
	users[1] = (struct login_user){ "binh", hash_binh };
	login_init(&l, users, 2);
	return 0;
}

static mono_t at(int64_t ms)
{
	return (mono_t){ 1000000 + ms };
}

static enum login_answer attempt(const char *name, const char *password, const char *source,
				 mono_t now)
{
	size_t user;
	int64_t wait;

	return login_try(&l, name, password, source, now, &user, &wait);
}

static void the_right_password_opens(void **state)
{
	size_t user = 9;
	int64_t wait;

	(void)state;
	assert_int_equal(login_try(&l, "binh", "hai ba bốn", "::1", at(0), &user, &wait), LOGIN_OK);
	assert_int_equal(user, 1);
	assert_int_equal(wait, 0);
	assert_int_equal(l.answered[LOGIN_OK], 1);
}

static void wrong_name_and_wrong_password_look_the_same(void **state)
{
	(void)state;
	assert_int_equal(attempt("an", "hai ba bốn", "a", at(0)), LOGIN_WRONG);
	assert_int_equal(attempt("nobody", "hai ba bốn", "b", at(0)), LOGIN_WRONG);
	assert_int_equal(attempt("", "", "c", at(0)), LOGIN_WRONG);
	assert_int_equal(l.answered[LOGIN_WRONG], 3);
}

static void nobody_gets_in_where_there_are_no_users(void **state)
{
	(void)state;
	login_init(&l, NULL, 0);
	assert_int_equal(attempt("an", "", "a", at(0)), LOGIN_WRONG);
}

static void a_source_waits_longer_after_each_failure(void **state)
{
	char name[16];
	int64_t t = 0, want = 1000;

	(void)state;
	for (int i = 0; i < 12; i++) {
		int64_t wait;
		size_t user;

		/* Another account each time: it is the source that must wait. */
		snprintf(name, sizeof name, "u%d", i);
		assert_int_equal(login_try(&l, name, "x", "9.9.9.9", at(t), &user, &wait),
				 LOGIN_WRONG);
		assert_int_equal(wait, want);
		assert_int_equal(attempt("an", "mật khẩu của An", "9.9.9.9", at(t + wait - 1)),
				 LOGIN_WAIT);
		t += wait;
		want = want * 2 < LOGIN_SOURCE_WAIT_MS ? want * 2 : LOGIN_SOURCE_WAIT_MS;
	}
	/* Others are not held up. */
	assert_int_equal(attempt("an", "mật khẩu của An", "1.1.1.1", at(t)), LOGIN_OK);
}

static void an_account_under_attack_waits_but_is_not_locked(void **state)
{
	char source[32];
	int64_t t = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(source, sizeof source, "10.0.0.%d", i);
		attempt("an", "x", source, at(t));
		t += LOGIN_ACCOUNT_WAIT_MS;
	}
	assert_int_equal(attempt("an", "mật khẩu của An", "1.1.1.1", at(t)), LOGIN_OK);
}

static void failures_are_forgotten(void **state)
{
	int64_t wait;
	size_t user;

	(void)state;
	attempt("an", "x", "a", at(0));
	attempt("an", "x", "a", at(1000));
	login_try(&l, "an", "x", "a", at(1000 + LOGIN_FORGET_MS), &user, &wait);
	assert_int_equal(wait, 1000);
}

static void many_at_once_are_put_off_unseen(void **state)
{
	char source[32];

	(void)state;
	for (int i = 0; i < LOGIN_BURST; i++) {
		snprintf(source, sizeof source, "10.0.0.%d", i);
		assert_int_equal(attempt("u", i ? "x" : "y", source, at(i * 1000)), LOGIN_WRONG);
		l.tries[0].failed = 0; /* this test is not about the account */
	}
	assert_int_equal(attempt("an", "mật khẩu của An", "z", at(3001)), LOGIN_OK);
	login_init(&l, users, 2);
	for (int i = 0; i < LOGIN_BURST; i++)
		assert_int_equal(attempt("an", "mật khẩu của An", "z", at(i)), LOGIN_OK);
	assert_int_equal(attempt("an", "mật khẩu của An", "z", at(10)), LOGIN_WAIT);
	assert_int_equal(attempt("an", "mật khẩu của An", "z", at(LOGIN_BURST_MS)), LOGIN_OK);
}

static void more_sources_than_fit_push_out_the_oldest(void **state)
{
	char source[32];
	size_t user;
	int64_t wait;

	(void)state;
	for (int i = 0; i < LOGIN_TRIES + 10; i++) {
		snprintf(source, sizeof source, "s%d", i);
		login_try(&l, source, "x", source, at(i * 1000), &user, &wait);
	}
	assert_int_equal(l.answered[LOGIN_WRONG], LOGIN_TRIES + 10);
	login_try(&l, "other", "x", "s0", at(300000), &user, &wait);
	assert_int_equal(wait, 1000);
}

static void a_session_lives_while_it_is_used(void **state)
{
	const uint8_t id[LOGIN_ID_LEN] = { 1, 2, 3 };
	char text[LOGIN_ID_TEXT];

	(void)state;
	login_begin(&l, 1, id, at(0), text);
	assert_string_equal(text, "01020300000000000000000000000000");
	assert_string_equal(login_find(&l, text, at(LOGIN_IDLE_MS - 1))->name, "binh");
	assert_non_null(login_find(&l, text, at(2 * LOGIN_IDLE_MS - 2)));
	assert_null(login_find(&l, text, at(3 * LOGIN_IDLE_MS)));
	assert_null(login_find(&l, text, at(0)));
	assert_int_equal(l.expired, 1);
}

static void an_ended_session_is_gone(void **state)
{
	const uint8_t id[LOGIN_ID_LEN] = { 7 };
	char text[LOGIN_ID_TEXT];

	(void)state;
	login_begin(&l, 0, id, at(0), text);
	login_end(&l, text);
	assert_null(login_find(&l, text, at(1)));
	login_end(&l, text);
}

static void no_other_text_finds_a_session(void **state)
{
	const uint8_t id[LOGIN_ID_LEN] = { 0 };
	char text[LOGIN_ID_TEXT];

	(void)state;
	/* Empty slots hash to nothing that an id could. */
	assert_null(login_find(&l, "00000000000000000000000000000000", at(0)));
	login_begin(&l, 0, id, at(0), text);
	assert_null(login_find(&l, "", at(0)));
	assert_null(login_find(&l, "0000000000000000000000000000000", at(0)));
	assert_null(login_find(&l, "000000000000000000000000000000000", at(0)));
	assert_null(login_find(&l, "0000000000000000000000000000000g", at(0)));
	assert_null(login_find(&l, "00000000000000000000000000000001", at(0)));
	assert_non_null(login_find(&l, text, at(0)));
}

static void the_session_idle_for_longest_makes_room(void **state)
{
	char text[LOGIN_SESSIONS + 1][LOGIN_ID_TEXT];

	(void)state;
	for (int i = 0; i <= LOGIN_SESSIONS; i++) {
		const uint8_t id[LOGIN_ID_LEN] = { (uint8_t)i, 1 };

		if (i == LOGIN_SESSIONS)
			login_find(&l, text[0], at(i)); /* the first is in use, the second idle */
		login_begin(&l, 0, id, at(i), text[i]);
	}
	assert_non_null(login_find(&l, text[0], at(100)));
	assert_null(login_find(&l, text[1], at(100)));
	assert_non_null(login_find(&l, text[LOGIN_SESSIONS], at(100)));
}

static void a_token_belongs_to_one_session(void **state)
{
	char token[LOGIN_ID_TEXT];

	(void)state;
	login_token_draw(token, "00000000000000000000000000000001");
	assert_true(login_token_ok("00000000000000000000000000000001", token));
	assert_false(login_token_ok("00000000000000000000000000000002", token));
	assert_false(login_token_ok("00000000000000000000000000000001", ""));
	assert_string_not_equal(token, "00000000000000000000000000000001");
}

#define sentence(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(the_right_password_opens),
		sentence(wrong_name_and_wrong_password_look_the_same),
		sentence(nobody_gets_in_where_there_are_no_users),
		sentence(a_source_waits_longer_after_each_failure),
		sentence(an_account_under_attack_waits_but_is_not_locked),
		sentence(failures_are_forgotten),
		sentence(many_at_once_are_put_off_unseen),
		sentence(more_sources_than_fit_push_out_the_oldest),
		sentence(a_session_lives_while_it_is_used),
		sentence(an_ended_session_is_gone),
		sentence(no_other_text_finds_a_session),
		sentence(the_session_idle_for_longest_makes_room),
		sentence(a_token_belongs_to_one_session),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
