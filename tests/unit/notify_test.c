/* SPDX-License-Identifier: Apache-2.0 */
/* notify: from the outbox (a made-up one, below) to servers and programs on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"
#include "mesh/log.h"

#include "catcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, ROWS = 200, HOOKS = 2, SOON_MS = 10 };

static const struct post_options hasty = { .connect_ms = 500, .total_ms = 1000 };

/* ---- the outbox: what store.h promises, without a database ---- */

struct made_row {
	struct delivery d;
	bool sent, given_up;
	int64_t wait_ms; /* that was asked for after the last failure */
	char note[CHANNEL_NOTE];
};

struct store {
	struct made_row row[ROWS];
	size_t n;
	unsigned broken;       /* receipts that cannot be written yet */
	void (*changed)(void); /* after each receipt */
};

size_t store_due(struct store *s, wall_t now, struct delivery *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < max; i++)
		if (!s->row[i].sent && !s->row[i].given_up && s->row[i].d.due.ms <= now.ms)
			out[n++] = s->row[i].d;
	return n;
}

wall_t store_next_due(struct store *s)
{
	wall_t first = { INT64_MAX };

	for (size_t i = 0; i < s->n; i++)
		if (!s->row[i].sent && !s->row[i].given_up && s->row[i].d.due.ms < first.ms)
			first = s->row[i].d.due;
	return first;
}

int store_delivered(struct store *s, int64_t id, wall_t now, const char *note)
{
	struct made_row *r = &s->row[id - 1];

	if (s->broken > 0) {
		s->broken--;
		return -ENOSPC;
	}
	assert_false(r->sent);
	assert_true(now.ms > 0);
	r->sent = true;
	snprintf(r->note, sizeof r->note, "%s", note);
	s->changed();
	return 0;
}

int store_failed(struct store *s, int64_t id, wall_t due, bool given_up, const char *note)
{
	struct made_row *r = &s->row[id - 1];

	r->d.tries++;
	r->given_up = given_up;
	r->wait_ms = due.ms - clock_wall().ms;
	r->d.due.ms = clock_wall().ms + SOON_MS; /* a test does not wait a second */
	snprintf(r->note, sizeof r->note, "%s", note);
	s->changed();
	return 0;
}

/* ---- the world ---- */

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" } };
static const struct roster_point points[] = {
	{ "TT-07-03", "QT", "ông Nguyễn Văn A", "0900000123", "", "", NULL, 0 },
};
static const struct roster roster = { "Thiện Tân", hamlets, 1, points, 1 };

static struct {
	struct loop *loop;
	struct loop_alarm *patience, *later;
	struct catcher *hook[HOOKS], *mail;
	char url[HOOKS][100], server[64];
	struct hook_route hooks[HOOKS];
	struct mail_route mails[1];
	struct exec_route execs[1];
	const char *to[2], *command[3];
	struct notify_options options;
	struct store store;
	struct notify *notify;
	char caught[HOOKS + 1][CATCH_MOST][CATCH_TEXT]; /* mail last */
	unsigned n_caught[HOOKS + 1];
	unsigned until; /* receipts to wait for */
	unsigned receipts;
} w;

static void on_patience_lost(void *self, mono_t now)
{
	(void)self;
	(void)now;
	abort();
}

static void on_caught(void *self, const char *text)
{
	const size_t k = (size_t)((char(*)[CATCH_MOST][CATCH_TEXT])self - w.caught);

	snprintf(w.caught[k][w.n_caught[k]], CATCH_TEXT, "%s", text);
	w.n_caught[k]++;
}

static void on_receipt(void)
{
	if (++w.receipts == w.until)
		loop_end(w.loop);
}

static int world_open(void **state)
{
	(void)state;
	memset(&w, 0, sizeof w);
	w.loop = loop_new();
	w.patience = loop_alarm_new(w.loop, on_patience_lost, NULL);
	loop_alarm_set(w.patience, mono_after(clock_mono(), PATIENCE_MS));
	for (size_t k = 0; k < HOOKS; k++) {
		w.hook[k] = catcher_new(w.loop, CATCH_HTTP, on_caught, &w.caught[k]);
		snprintf(w.url[k], sizeof w.url[k],
			 "http://who:pass%zu@127.0.0.1:%u/TOKEN?key=QUERY", k,
			 catcher_port(w.hook[k]));
		w.hooks[k] = (struct hook_route){ w.url[k], "" };
	}
	w.mail = catcher_new(w.loop, CATCH_SMTP, on_caught, &w.caught[HOOKS]);
	snprintf(w.server, sizeof w.server, "smtp://127.0.0.1:%u", catcher_port(w.mail));
	w.to[0] = "kythuat@example.org";
	w.mails[0] = (struct mail_route){ w.server, "matsang@example.org", "", "", w.to, 1 };
	w.command[0] = "/bin/sh";
	w.command[1] = "-c";
	w.command[2] = "grep -q CameraPointDark";
	w.execs[0] = (struct exec_route){ w.command, 3 };
	w.options = (struct notify_options){ .roster = &roster,
					     .page_url = "http://localhost:8080",
					     .hooks = w.hooks,
					     .n_hooks = HOOKS,
					     .mails = w.mails,
					     .n_mails = 1,
					     .execs = w.execs,
					     .n_execs = 1 };
	w.store.changed = on_receipt;
	w.notify = notify_new_limits(w.loop, &w.store, &w.options, &hasty, 5000);
	return w.notify ? 0 : -1;
}

static int world_close(void **state)
{
	(void)state;
	notify_free(w.notify);
	catcher_free(w.mail);
	for (size_t k = 0; k < HOOKS; k++)
		catcher_free(w.hook[k]);
	loop_alarm_free(w.later);
	loop_alarm_free(w.patience);
	loop_free(w.loop);
	return 0;
}

static struct made_row *add(const char *route, int64_t incident, enum tell what, int64_t due_in_ms)
{
	struct made_row *r = &w.store.row[w.store.n++];

	*r = (struct made_row){ .d = { .id = (int64_t)w.store.n,
				       .what = what,
				       .due = { clock_wall().ms + due_in_ms },
				       .incident = { .id = incident,
						     .points = 1,
						     .open = 1,
						     .cause = CAUSE_POWER,
						     .sure = SURE_CONFIRMED,
						     .from = { INT64_C(1778762520000) } } } };
	snprintf(r->d.route, sizeof r->d.route, "%s", route);
	snprintf(r->d.key, sizeof r->d.key, "%u-%s-%.8s", (unsigned)incident,
		 what == TELL_FIRING ? "firing" : "resolved", route);
	return r;
}

/* Kick and turn until so many receipts were written. */
static void run(unsigned receipts)
{
	w.until = receipts;
	notify_kick(w.notify);
	assert_int_equal(loop_run(w.loop), 0);
}

static void routes_are_named_after_their_channel_and_place(void **state)
{
	size_t n;
	const char *const *names = notify_routes(w.notify, &n);

	(void)state;
	assert_int_equal(n, 4);
	assert_string_equal(names[0], "hook0");
	assert_string_equal(names[1], "hook1");
	assert_string_equal(names[2], "mail0");
	assert_string_equal(names[3], "exec0");
}

static void a_due_message_goes_out_over_every_route(void **state)
{
	(void)state;
	add("hook0", 42, TELL_FIRING, 0);
	add("hook1", 42, TELL_FIRING, 0);
	add("mail0", 42, TELL_FIRING, 0);
	add("exec0", 42, TELL_FIRING, 0);
	run(4);
	for (size_t i = 0; i < 4; i++) {
		assert_true(w.store.row[i].sent);
		assert_int_equal(notify_counters(w.notify, i).sent, 1);
		assert_int_equal(notify_counters(w.notify, i).failed, 0);
	}
	assert_string_equal(w.store.row[0].note, "HTTP 200");
	assert_string_equal(w.store.row[2].note, "SMTP 250");
	assert_string_equal(w.store.row[3].note, "exit code 0");
	assert_non_null(strstr(w.caught[0][0], "Idempotency-Key: 42-firing-hook0\r\n"));
	assert_non_null(strstr(w.caught[0][0], "\"status\":\"firing\""));
	assert_null(strstr(w.caught[0][0], "Expect"));
	assert_null(strstr(w.caught[0][0], "X-Matsang-Signature"));
	assert_non_null(strstr(w.caught[HOOKS][0], "MAIL FROM:<matsang@example.org>"));
	assert_non_null(strstr(w.caught[HOOKS][0], "RCPT TO:<kythuat@example.org>"));
	assert_non_null(strstr(w.caught[HOOKS][0], "Message-ID: <42-firing-mail0."));
}

static void head_and_body_of_a_hook_travel_together(void **state)
{
	(void)state;
	add("hook0", 42, TELL_FIRING, 0);
	run(1);
	assert_int_equal(catcher_reads(w.hook[0]), 1);
}

static void a_secret_signs_the_body(void **state)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;
	char want[200], hex[2 * sizeof mac + 1];
	const char *body;

	(void)state;
	w.hooks[0].secret = "bí mật";
	add("hook0", 42, TELL_FIRING, 0);
	run(1);
	body = strstr(w.caught[0][0], "\r\n\r\n") + 4;
	crypto_auth_hmacsha256_init(&s, (const unsigned char *)w.hooks[0].secret,
				    strlen(w.hooks[0].secret));
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)body, strlen(body));
	crypto_auth_hmacsha256_final(&s, mac);
	snprintf(want, sizeof want, "\r\nX-Matsang-Signature: %s\r\n",
		 sodium_bin2hex(hex, sizeof hex, mac, sizeof mac));
	assert_non_null(strstr(w.caught[0][0], want));
}

static void a_failed_message_is_tried_again_with_the_same_key(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, 0);

	(void)state;
	catcher_answer(w.hook[0], 500);
	catcher_answer(w.hook[0], 503);
	catcher_answer(w.hook[0], 200);
	run(3);
	assert_true(r->sent);
	assert_int_equal(r->d.tries, 2);
	assert_in_range(r->wait_ms, 1001, 2000);
	assert_int_equal(w.n_caught[0], 3);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(strstr(w.caught[0][i], "Idempotency-Key: 42-firing-hook0\r\n"));
	assert_int_equal(notify_counters(w.notify, 0).sent, 1);
	assert_int_equal(notify_counters(w.notify, 0).failed, 2);
}

static void a_mail_that_is_refused_is_tried_again(void **state)
{
	struct made_row *r = add("mail0", 42, TELL_FIRING, 0);

	(void)state;
	catcher_answer(w.mail, 451);
	run(1);
	assert_false(r->sent);
	assert_memory_equal(r->note, "SMTP 451", 8);
}

static void one_bad_mailbox_does_not_keep_the_mail_from_the_others(void **state)
{
	struct made_row *r = add("mail0", 42, TELL_FIRING, 0);

	(void)state;
	w.to[0] = "nobody@example.org";
	w.to[1] = "kythuat@example.org";
	w.mails[0].n_to = 2;
	run(1);
	assert_true(r->sent);
	assert_int_equal(w.n_caught[HOOKS], 1);
}

static void a_mail_that_no_mailbox_takes_is_a_failure(void **state)
{
	struct made_row *r = add("mail0", 42, TELL_FIRING, 0);

	(void)state;
	w.to[0] = "nobody@example.org";
	run(1);
	assert_false(r->sent);
	assert_int_equal(w.n_caught[HOOKS], 0);
}

static void a_closed_port_is_a_failure_with_a_name(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, 0);

	(void)state;
	snprintf(w.url[0], sizeof w.url[0], "http://127.0.0.1:%u/", catcher_free_port());
	run(1);
	assert_false(r->sent);
	assert_int_equal(r->d.tries, 1);
	assert_in_range(r->wait_ms, 1, 1000);
	assert_true(strlen(r->note) > 0);
}

static void a_program_that_fails_is_tried_again(void **state)
{
	struct made_row *r = add("exec0", 42, TELL_FIRING, 0);

	(void)state;
	w.command[2] = "exit 3";
	run(2);
	assert_int_equal(r->d.tries, 2);
	assert_string_equal(r->note, "exit code 3");
}

static void a_program_that_is_not_there_is_tried_again_too(void **state)
{
	struct made_row *a = add("exec0", 42, TELL_FIRING, 0),
			*b = add("exec0", 43, TELL_FIRING, 0);

	(void)state;
	w.command[0] = "/nonexistent/program";
	run(4);
	assert_int_equal(a->d.tries + b->d.tries, 4);
}

static void a_route_that_hangs_holds_up_no_other(void **state)
{
	struct made_row *slow[50], *quick;

	(void)state;
	for (size_t i = 0; i < 50; i++)
		slow[i] = add("hook0", 42 + (int64_t)i, TELL_FIRING, -1000);
	quick = add("hook1", 42, TELL_FIRING, 0);
	catcher_answer(w.hook[0], CATCH_HANG);
	run(1);
	assert_true(quick->sent);
	assert_int_equal(slow[0]->d.tries, 0);
	assert_true(w.n_caught[0] <= 1);
}

static void a_mail_server_that_hangs_holds_up_no_web_hook(void **state)
{
	struct made_row *mail = add("mail0", 42, TELL_FIRING, 0), *hook;

	(void)state;
	catcher_answer(w.mail, CATCH_HANG);
	hook = add("hook0", 42, TELL_FIRING, 100); /* the mail's last answer is awaited by then */
	run(1);
	assert_true(hook->sent);
	assert_int_equal(w.n_caught[HOOKS], 1);
	assert_int_equal(mail->d.tries, 0);
}

static void a_hanging_try_ends_and_the_next_message_has_its_turn(void **state)
{
	struct made_row *first = add("hook0", 42, TELL_FIRING, -1000);
	struct made_row *second = add("hook0", 43, TELL_FIRING, 0);

	(void)state;
	catcher_answer(w.hook[0], CATCH_HANG);
	catcher_answer(w.hook[0], 200);
	run(3);
	assert_true(first->sent);
	assert_true(second->sent);
	assert_int_equal(first->d.tries, 1);
}

static void the_end_never_overtakes_the_beginning(void **state)
{
	(void)state;
	add("hook0", 42, TELL_FIRING, 0);
	add("hook0", 42, TELL_RESOLVED, 0);
	catcher_answer(w.hook[0], 500);
	catcher_answer(w.hook[0], 200);
	run(3);
	assert_int_equal(w.n_caught[0], 3);
	assert_non_null(strstr(w.caught[0][0], "Idempotency-Key: 42-firing-hook0\r\n"));
	assert_non_null(strstr(w.caught[0][1], "Idempotency-Key: 42-firing-hook0\r\n"));
	assert_non_null(strstr(w.caught[0][2], "Idempotency-Key: 42-resolved-hook0\r\n"));
}

static void on_kick_again(void *self, mono_t now)
{
	(void)self;
	(void)now;
	notify_kick(w.notify);
}

static void a_receipt_that_cannot_be_stored_is_stored_later_and_nothing_sent_twice(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, 0);

	(void)state;
	/* The first attempt and one look of notify's own fail; then the test kicks. */
	w.store.broken = 2;
	w.later = loop_alarm_new(w.loop, on_kick_again, NULL);
	loop_alarm_set(w.later, mono_after(clock_mono(), 100));
	run(1);
	assert_true(r->sent);
	assert_int_equal(w.n_caught[0], 1);
	assert_int_equal(notify_counters(w.notify, 0).sent, 1);
}

static void a_message_for_later_wakes_us_then(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, 60);
	const mono_t began = clock_mono();

	(void)state;
	run(1);
	assert_true(r->sent);
	assert_true(mono_since(clock_mono(), began) >= 55);
}

static void a_clock_that_was_set_back_delays_nothing(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, INT64_C(86400000));

	(void)state;
	run(1);
	assert_true(r->sent);
}

static void a_message_is_given_up_after_a_day(void **state)
{
	struct made_row *r = add("hook0", 42, TELL_FIRING, 0);

	(void)state;
	r->d.tries = 300;
	catcher_answer(w.hook[0], 500);
	run(1);
	assert_true(r->given_up);
	assert_int_equal(notify_counters(w.notify, 0).given_up, 1);
}

static void a_message_for_a_route_that_is_gone_is_given_up(void **state)
{
	struct made_row *r = add("hook7", 42, TELL_FIRING, 0);

	(void)state;
	w.until = 2;
	notify_kick(w.notify);
	assert_true(r->given_up);
	assert_string_equal(r->note, "no such route any more");
}

static void many_messages_all_go_out_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < 100; i++)
		add("exec0", 1 + (int64_t)i, TELL_FIRING, 0);
	w.command[2] = "exit 0";
	run(100);
	for (size_t i = 0; i < 100; i++)
		assert_true(w.store.row[i].sent);
	assert_int_equal(notify_counters(w.notify, 3).sent, 100);
}

static void the_log_tells_no_secrets(void **state)
{
	char path[] = "/tmp/notify-test-XXXXXX", text[8192];
	int fd = mkstemp(path), before = dup(STDERR_FILENO);
	ssize_t n;

	(void)state;
	assert_true(fd >= 0 && before >= 0);
	w.hooks[0].secret = "SECRET";
	add("hook0", 42, TELL_FIRING, 0);
	catcher_answer(w.hook[0], 500);
	catcher_answer(w.hook[0], 200);
	dup2(fd, STDERR_FILENO);
	run(2);
	dup2(before, STDERR_FILENO);
	n = pread(fd, text, sizeof text - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "127.0.0.1"));
	assert_non_null(strstr(text, "42-firing-hook0"));
	assert_null(strstr(text, "SECRET"));
	assert_null(strstr(text, "TOKEN"));
	assert_null(strstr(text, "QUERY"));
	assert_null(strstr(text, "pass0"));
	assert_null(strstr(text, "0900000123"));
	close(fd);
	close(before);
	unlink(path);
}

static void stopping_in_the_middle_leaves_nothing_behind(void **state)
{
	(void)state;
	add("hook0", 42, TELL_FIRING, 0);
	add("mail0", 42, TELL_FIRING, 0);
	add("exec0", 42, TELL_FIRING, 0);
	add("hook1", 42, TELL_FIRING, 0);
	w.command[2] = "sleep 1000";
	catcher_answer(w.hook[0], CATCH_HANG);
	run(1);
	/* world_close ends it with tries under way */
}

#define test(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(routes_are_named_after_their_channel_and_place),
		test(a_due_message_goes_out_over_every_route),
		test(head_and_body_of_a_hook_travel_together),
		test(a_secret_signs_the_body),
		test(a_failed_message_is_tried_again_with_the_same_key),
		test(a_mail_that_is_refused_is_tried_again),
		test(one_bad_mailbox_does_not_keep_the_mail_from_the_others),
		test(a_mail_that_no_mailbox_takes_is_a_failure),
		test(a_closed_port_is_a_failure_with_a_name),
		test(a_program_that_fails_is_tried_again),
		test(a_program_that_is_not_there_is_tried_again_too),
		test(a_route_that_hangs_holds_up_no_other),
		test(a_mail_server_that_hangs_holds_up_no_web_hook),
		test(a_hanging_try_ends_and_the_next_message_has_its_turn),
		test(the_end_never_overtakes_the_beginning),
		test(a_receipt_that_cannot_be_stored_is_stored_later_and_nothing_sent_twice),
		test(a_message_for_later_wakes_us_then),
		test(a_clock_that_was_set_back_delays_nothing),
		test(a_message_is_given_up_after_a_day),
		test(a_message_for_a_route_that_is_gone_is_given_up),
		test(many_messages_all_go_out_once),
		test(the_log_tells_no_secrets),
		test(stopping_in_the_middle_leaves_nothing_behind),
	};

	log_open("notify_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
