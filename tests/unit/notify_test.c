/* SPDX-License-Identifier: Apache-2.0 */
/* notify: from the outbox (a made-up one, below) to servers and programs on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"
#include "gateway/date.h"
#include "mesh/log.h"

#include "catcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, ROWS = 200, HOOKS = 2, HANG_MS = 150 };

/* A second of waiting between tries is ten milliseconds. */
enum { QUICK = 100 };
static struct notify_limits limits; /* of the next world */

/* ---- the outbox: what store.h promises, without a database ---- */

struct made_row {
	struct delivery d;
	bool sent, given_up;
	wall_t at;       /* of the receipt */
	int64_t wait_ms; /* that was asked for after the last failure */
	char note[CHANNEL_NOTE], via[16];
	bool moot;
};

struct store {
	struct made_row row[ROWS];
	size_t n;
	unsigned broken;       /* receipts that cannot be written yet */
	void (*changed)(void); /* after each receipt */
};

static bool still_waits(const struct made_row *r)
{
	return !r->sent && !r->given_up;
}

static bool first_in_line(const struct store *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (still_waits(&s->row[k]) && s->row[i].d.incident.id != 0 &&
		    s->row[k].d.incident.id == s->row[i].d.incident.id &&
		    strcmp(s->row[k].d.receiver, s->row[i].d.receiver) == 0)
			return false;
	return true;
}

size_t store_waiting(struct store *s, struct waiting *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < max; i++) {
		const struct delivery *d = &s->row[i].d;

		if (!still_waits(&s->row[i]) || !first_in_line(s, i))
			continue;
		out[n] = (struct waiting){ .id = d->id,
					   .what = d->what,
					   .made = d->made,
					   .moot = s->row[i].moot,
					   .scope = d->incident.scope,
					   .way = d->way,
					   .round = d->round,
					   .due = d->due };
		memcpy(out[n++].receiver, d->receiver, sizeof d->receiver);
	}
	return n;
}

int store_waits(struct store *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (still_waits(&s->row[i]))
			return 1;
	return 0;
}

int store_unheard(struct store *s, const struct store_hearing *h)
{
	for (size_t i = 0; i < s->n; i++) {
		bool heard = false;

		for (size_t k = 0; k < s->n; k++)
			heard |= s->row[k].sent && s->row[k].d.what == s->row[i].d.what &&
				 s->row[k].d.incident.id == s->row[i].d.incident.id &&
				 h->hears(h->self, s->row[k].d.receiver);
		if (still_waits(&s->row[i]) && !heard &&
		    h->counts(h->self, s->row[i].d.receiver, s->row[i].d.what))
			return 1;
	}
	return 0;
}

bool store_delivery(struct store *s, int64_t id, struct delivery *out)
{
	*out = s->row[id - 1].d;
	return still_waits(&s->row[id - 1]);
}

int64_t store_budget(struct store *s, const char *receiver, const char *via, wall_t since)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->row[i].sent && s->row[i].at.ms >= since.ms &&
		     strcmp(s->row[i].via, via) == 0 && strcmp(s->row[i].d.receiver, receiver) == 0;
	return n;
}

int store_delivered(struct store *s, int64_t id, wall_t now, const char *via, const char *note)
{
	struct made_row *r = &s->row[id - 1];

	if (s->broken > 0) {
		s->broken--;
		return -ENOSPC;
	}
	assert_false(r->sent);
	assert_true(now.ms > 0);
	r->sent = true;
	r->at = now;
	snprintf(r->via, sizeof r->via, "%s", via);
	snprintf(r->note, sizeof r->note, "%s", note);
	s->changed();
	return 0;
}

int store_failed(struct store *s, int64_t id, const struct retry *next, const char *note)
{
	struct made_row *r = &s->row[id - 1];

	r->d.tries += !next->untried;
	r->d.way = next->way;
	r->d.round = next->round;
	r->given_up = next->given_up;
	r->wait_ms = next->due.ms - clock_wall().ms;
	r->d.due = next->due;
	snprintf(r->note, sizeof r->note, "%s", note);
	s->changed();
	return 0;
}

/* ---- people's channels: they do as they are told, and show what they were given ---- */

enum does {
	DELIVERS,
	REFUSES,
	HANGS,
	LIES,
	KNOWS_NOT
}; /* lies: answers at once, but not as promised */

static struct fake {
	const char *name;
	enum does does;
	bool begins_not;  /* it cannot even begin */
	const char *dead; /* nobody is reached there, whatever it does for others */
	unsigned tries, cancelled, withdrawn;
	mono_t first;
	char key[16][STORE_KEY], to[16][64];
} fakes[] = { { .name = "zalo" }, { .name = "sms" }, { .name = "ntfy" } };
enum { ZALO, SMS, NTFY, FAKES };

struct fake_try {
	struct fake *fake;
	struct loop_alarm *alarm;
	channel_done_fn *done;
	void *self;
	enum does does;
};

static void fake_end(struct fake_try *t)
{
	loop_alarm_free(t->alarm);
	free(t);
}

static void fake_answer(void *self, mono_t now)
{
	struct fake_try *t = self;
	const bool ok = t->does == DELIVERS;

	(void)now;
	t->done(t->self,
		ok                     ? CHANNEL_DELIVERED
		: t->does == KNOWS_NOT ? CHANNEL_REFUSED
				       : CHANNEL_FAILED,
		ok                 ? "ok"
		: t->does == HANGS ? "Timeout was reached"
		: t->does == LIES  ? "HTTP 200, but no ok in it"
				   : "refused");
	fake_end(t);
}

static void *fake_start(struct fake *f, const struct channel_tools *tools, const struct letter *l,
			channel_done_fn *done, void *self, char *note)
{
	struct fake_try *t;

	if (f->tries == 0)
		f->first = clock_mono();
	if (f->tries < 16) {
		snprintf(f->key[f->tries], sizeof f->key[0], "%s", l->key);
		snprintf(f->to[f->tries], sizeof f->to[0], "%s", l->to);
	}
	f->tries++;
	if (f->begins_not) {
		snprintf(note, CHANNEL_NOTE, "no such folder");
		return NULL;
	}
	t = calloc(1, sizeof *t);
	assert_non_null(t);
	*t = (struct fake_try){ .fake = f, .done = done, .self = self, .does = f->does };
	if (f->dead && strcmp(f->dead, l->to) == 0)
		t->does = KNOWS_NOT;
	t->alarm = loop_alarm_new(tools->loop, fake_answer, t);
	loop_alarm_set(t->alarm, mono_after(clock_mono(), t->does == HANGS ? HANG_MS : 1));
	return t;
}

static void fake_cancel(void *handle)
{
	struct fake_try *t = handle;

	t->fake->cancelled++;
	fake_end(t);
}

static bool fake_withdraw(void *handle)
{
	struct fake_try *t = handle;

	t->fake->withdrawn++;
	fake_end(t);
	return false;
}

#define FAKE(which, at, takes_back)                                                           \
	static void *which##_start(const struct channel_tools *tools, const void *route,      \
				   const struct letter *l, channel_done_fn *done, void *self, \
				   char note[static CHANNEL_NOTE])                            \
	{                                                                                     \
		(void)route;                                                                  \
		return fake_start(&fakes[at], tools, l, done, self, note);                    \
	}                                                                                     \
	static void which##_target(char text[static CHANNEL_TARGET], const void *route)       \
	{                                                                                     \
		(void)route;                                                                  \
		snprintf(text, CHANNEL_TARGET, "somewhere");                                  \
	}                                                                                     \
	const struct channel channel_##which = { .name = #which,                              \
						 .start = which##_start,                      \
						 .cancel = fake_cancel,                       \
						 .withdraw = takes_back,                      \
						 .target = which##_target };

FAKE(zalo, ZALO, NULL)
FAKE(sms, SMS, fake_withdraw)
FAKE(ntfy, NTFY, NULL)

/* ---- the world ---- */

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" } };
static const struct roster_point points[] = {
	{ .code = "TT-07-03",
	  .hamlet = "QT",
	  .household = "ông Nguyễn Văn A",
	  .phone = "0900000123" },
};
static struct receiver receivers[] = {
	{ .id = "hook0" },
	{ .id = "hook1" },
	{ .id = "mail0" },
	{ .id = "exec0" },
	{ .id = "binh", .role = ROLE_TECHNICIAN },
	{ .id = "an", .role = ROLE_TECHNICIAN },
	{ .id = "chi", .role = ROLE_DUTY },
	{ .id = "duc", .role = ROLE_DUTY },
};
enum { BINH = 4 };
static const struct roster roster = { .commune = "Thiện Tân",
				      .hamlets = hamlets,
				      .n_hamlets = 1,
				      .points = points,
				      .n_points = 1,
				      .receivers = receivers,
				      .n_receivers = 8 };
static const struct person_way binh[] = { { "zalo", "chat-binh" }, { "sms", "0900000101" } },
			       an[] = { { "zalo", "chat-an" } },
			       chi[] = { { "ntfy", "topic-chi" },
					 { "mail", "chi@example.org" },
					 { "sms", "0900000103" } };
static const struct person_way duc[] = { { "sms", "0900000104" }, { "ntfy", "topic-duc" } };
static const struct person_ways people[] = { { binh, 2 }, { an, 1 }, { chi, 3 }, { duc, 2 } };

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
	unsigned reached, unreached; /* results that the owner heard of */
	char last[STORE_KEY];
	unsigned mutes, unmutes;
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

static void on_result(void *self, const struct delivery *d, bool delivered)
{
	assert_ptr_equal(self, &w);
	if (delivered)
		w.reached++;
	else
		w.unreached++;
	snprintf(w.last, sizeof w.last, "%s", d->key);
	notify_kick(w.notify); /* the core may have somebody else told */
}

static void on_mute(void *self, bool mute)
{
	assert_ptr_equal(self, &w);
	if (mute)
		w.mutes++;
	else
		w.unmutes++;
}

static void notify_begins(void)
{
	w.notify = notify_new_limits(w.loop, &w.store, &w.options, &limits);
	assert_non_null(w.notify);
	notify_on_result(w.notify, on_result, &w);
	notify_on_mute(w.notify, on_mute, &w);
}

static int world_open(void **state)
{
	(void)state;
	memset(&w, 0, sizeof w);
	receivers[BINH].quiet_from = receivers[BINH].quiet_until = 0;
	for (size_t k = 0; k < FAKES; k++)
		fakes[k] = (struct fake){ .name = fakes[k].name };
	limits = (struct notify_limits){ .post = { .connect_ms = 500, .total_ms = 1000 },
					 .exec_ms = 5000,
					 .way_ms = 5000,
					 .mute_ms = 100000,
					 .quick = QUICK };
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
					     .n_execs = 1,
					     .people = people,
					     .n_people = 4,
					     .zalo_url = "https://zalo.example.org",
					     .zalo_token = "TOKEN",
					     .ntfy_url = "https://ntfy.example.org",
					     .ntfy_token = "",
					     .sms_outbox = "/nonexistent",
					     .sms_sent = "",
					     .sms_error = "",
					     .sms = { .per_day = 4, .reserve = 1 },
					     .mail = { w.server, "matsang@example.org", "", "",
						       NULL, 0 } };
	w.store.changed = on_receipt;
	notify_begins();
	return 0;
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

static struct made_row *add(const char *receiver, int64_t incident, enum tell what,
			    int64_t due_in_ms)
{
	struct made_row *r = &w.store.row[w.store.n++];

	*r = (struct made_row){ .d = { .id = (int64_t)w.store.n,
				       .what = what,
				       .made = clock_wall(),
				       .due = { clock_wall().ms + due_in_ms },
				       .incident = { .id = incident,
						     .points = 1,
						     .open = 1,
						     .cause = CAUSE_POWER,
						     .sure = SURE_CONFIRMED,
						     .from = { INT64_C(1778762520000) } } } };
	snprintf(r->d.receiver, sizeof r->d.receiver, "%s", receiver);
	snprintf(r->d.key, sizeof r->d.key, "%u-%s-%.8s", (unsigned)incident, tell_str(what),
		 receiver);
	return r;
}

/* Kick and turn until so many receipts were written. */
static void run(unsigned receipts)
{
	w.until = receipts;
	notify_kick(w.notify);
	assert_int_equal(loop_run(w.loop), 0);
}

static void ways_out_are_named_after_their_channel_and_place(void **state)
{
	size_t n;
	const char *const *names = notify_routes(w.notify, &n);

	(void)state;
	assert_int_equal(n, 8);
	assert_string_equal(names[4], "zalo");
	assert_string_equal(names[5], "sms");
	assert_string_equal(names[6], "mail");
	assert_string_equal(names[7], "ntfy");
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
	assert_non_null(
		strstr(w.caught[0][0], "Idempotency-Key: 42-firing-hook0.1778762520000\r\n"));
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
	assert_in_range(r->wait_ms, 1000 / QUICK + 1, 2000 / QUICK);
	assert_int_equal(w.n_caught[0], 3);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(strstr(w.caught[0][i],
				       "Idempotency-Key: 42-firing-hook0.1778762520000\r\n"));
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
	assert_in_range(r->wait_ms, 1, 1000 / QUICK);
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
	assert_non_null(
		strstr(w.caught[0][0], "Idempotency-Key: 42-firing-hook0.1778762520000\r\n"));
	assert_non_null(
		strstr(w.caught[0][1], "Idempotency-Key: 42-firing-hook0.1778762520000\r\n"));
	assert_non_null(
		strstr(w.caught[0][2], "Idempotency-Key: 42-resolved-hook0.1778762520000\r\n"));
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
	r->d.tries = r->d.round = 300;
	catcher_answer(w.hook[0], 500);
	run(1);
	assert_true(r->given_up);
	assert_int_equal(notify_counters(w.notify, 0).given_up, 1);
}

static void a_message_for_somebody_who_is_gone_is_given_up(void **state)
{
	struct made_row *r = add("hook7", 42, TELL_FIRING, 0);

	(void)state;
	w.until = 2;
	notify_kick(w.notify);
	assert_true(r->given_up);
	assert_string_equal(r->note, "no such receiver any more");
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

/* ---- people: several ways ---- */

static void until_sent(const struct made_row *r)
{
	notify_kick(w.notify);
	while (!r->sent)
		assert_true(loop_turn(w.loop, 20) >= 0);
}

static void for_a_while(int64_t ms)
{
	const mono_t until = mono_after(clock_mono(), ms);

	while (!mono_reached(clock_mono(), until))
		assert_true(loop_turn(w.loop, 5) >= 0);
}

static size_t route(const char *name)
{
	size_t n, i = 0;
	const char *const *names = notify_routes(w.notify, &n);

	while (i < n && strcmp(names[i], name) != 0)
		i++;
	assert_true(i < n);
	return i;
}

static struct notify_counters counters(const char *name)
{
	return notify_counters(w.notify, route(name));
}

/* As it would be if nothing were hurried. */
static int64_t second_way_after_ms(void)
{
	return mono_since(fakes[SMS].first, fakes[ZALO].first) * QUICK;
}

static void the_best_way_is_enough_when_it_works(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	until_sent(r);
	assert_string_equal(r->via, "zalo");
	assert_string_equal(fakes[ZALO].to[0], "chat-binh");
	assert_string_equal(fakes[ZALO].key[0], "42-firing-binh");
	assert_int_equal(fakes[SMS].tries, 0);
	assert_int_equal(w.reached, 1);
	assert_int_equal(w.unreached, 0);
	assert_string_equal(w.last, "42-firing-binh");
}

static void a_way_that_refuses_is_left_after_three_tries(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = REFUSES;
	until_sent(r);
	assert_string_equal(r->via, "sms");
	assert_int_equal(fakes[ZALO].tries, 3);
	assert_int_equal(fakes[SMS].tries, 1);
	assert_string_equal(fakes[SMS].to[0], "0900000101");
	assert_string_equal(fakes[SMS].key[0], fakes[ZALO].key[0]);
	assert_true(second_way_after_ms() <= 30000);
	assert_int_equal(w.unreached, 0);
	assert_int_equal(counters("zalo").failed, 3);
	assert_int_equal(counters("sms").sent, 1);
}

static void a_way_that_hangs_is_left_when_its_time_is_over(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = HANGS;
	until_sent(r);
	assert_int_equal(fakes[ZALO].tries, 1);
	assert_int_equal(fakes[SMS].tries, 1);
	assert_true(second_way_after_ms() <= 30000);
}

static void a_way_that_lies_is_left_too(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = LIES;
	until_sent(r);
	assert_string_equal(r->via, "sms");
	assert_true(second_way_after_ms() <= 30000);
}

static void a_way_that_cannot_even_begin_is_left_too(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].begins_not = true;
	until_sent(r);
	assert_string_equal(r->via, "sms");
	assert_int_equal(fakes[ZALO].tries, 3);
	assert_true(second_way_after_ms() <= 30000);
}

static void a_way_that_never_ends_is_ended(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	notify_free(w.notify);
	limits.way_ms = 50; /* it hangs for 150 */
	notify_begins();
	fakes[ZALO].does = HANGS;
	until_sent(r);
	assert_int_equal(fakes[ZALO].tries, 1);
	assert_int_equal(fakes[ZALO].cancelled, 1);
	assert_string_equal(r->via, "sms");
}

static void when_all_ways_failed_the_owner_hears_it_once_and_it_goes_on(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = HANGS;
	fakes[SMS].does = REFUSES;
	notify_kick(w.notify);
	while (r->d.round < 2)
		assert_true(loop_turn(w.loop, 20) >= 0);
	assert_int_equal(w.unreached, 1);
	assert_int_equal(w.reached, 0);
	fakes[ZALO].does = DELIVERS;
	until_sent(r);
	assert_string_equal(r->via, "zalo"); /* it began again with the best */
	assert_int_equal(w.unreached, 1);
	assert_int_equal(w.reached, 1);
}

static void nothing_comes_between_two_ways_of_one_delivery(void **state)
{
	struct made_row *first = add("binh", 42, TELL_FIRING, -1000),
			*second = add("binh", 43, TELL_FIRING, -5000);

	(void)state;
	fakes[ZALO].does = HANGS;
	until_sent(first);
	until_sent(second);
	for (unsigned i = 0; i < 2; i++)
		assert_string_equal(fakes[SMS].key[i], fakes[ZALO].key[i]);
	assert_int_equal(fakes[SMS].tries, 2);
}

static void to_a_person_too_the_end_never_overtakes_the_beginning(void **state)
{
	struct made_row *end;

	(void)state;
	add("binh", 42, TELL_FIRING, 0);
	add("binh", 42, TELL_REMIND, 0);
	end = add("binh", 42, TELL_RESOLVED, 0);
	fakes[ZALO].does = fakes[SMS].does = REFUSES;
	notify_kick(w.notify);
	for_a_while(50);
	fakes[SMS].does = DELIVERS;
	until_sent(end);
	assert_string_equal(fakes[SMS].key[fakes[SMS].tries - 3], "42-firing-binh");
	assert_string_equal(fakes[SMS].key[fakes[SMS].tries - 2], "42-remind-binh");
	assert_string_equal(fakes[SMS].key[fakes[SMS].tries - 1], "42-resolved-binh");
}

static void a_mail_to_a_person_is_one_of_the_ways(void **state)
{
	struct made_row *r = add("chi", 42, TELL_FIRING, 0);

	(void)state;
	fakes[NTFY].does = REFUSES;
	until_sent(r);
	assert_string_equal(r->via, "mail");
	assert_int_equal(w.n_caught[HOOKS], 1);
	assert_non_null(strstr(w.caught[HOOKS][0], "RCPT TO:<chi@example.org>"));
	assert_non_null(strstr(w.caught[HOOKS][0], "\r\nTo: chi@example.org\r\n"));
	assert_non_null(strstr(w.caught[HOOKS][0], "Message-ID: <42-firing-chi."));
	assert_int_equal(fakes[SMS].tries, 0);
}

static void a_way_over_what_is_not_set_up_is_refused(void **state)
{
	struct notify_options o = w.options;

	(void)state;
	o.zalo_url = "";
	assert_null(notify_new_limits(w.loop, &w.store, &o, &limits));
	assert_int_equal(errno, EINVAL);
}

/* ---- a service that fails again and again ---- */

static void what_has_another_way_passes_over_a_service_that_is_left_alone(void **state)
{
	struct made_row *first = add("binh", 42, TELL_FIRING, 0), *second;

	(void)state;
	fakes[ZALO].does = REFUSES;
	until_sent(first); /* three failures */
	assert_true(counters("zalo").open);
	second = add("binh", 43, TELL_FIRING, 0);
	until_sent(second);
	assert_int_equal(fakes[ZALO].tries, 3);
	assert_string_equal(second->via, "sms");
	assert_string_equal(second->note, "zalo: left alone after failures; ok");
	assert_int_equal(counters("zalo").skipped[SKIP_BREAKER], 1);
	assert_int_equal(counters("sms").skipped[SKIP_BREAKER], 0);
	assert_int_equal(w.unreached, 0);
}

static void what_has_none_waits_for_the_one_try(void **state)
{
	struct made_row *r = add("an", 42, TELL_FIRING, 0), *late;
	mono_t opened;

	(void)state;
	fakes[ZALO].does = REFUSES;
	notify_kick(w.notify);
	while (!counters("zalo").open)
		assert_true(loop_turn(w.loop, 20) >= 0);
	opened = clock_mono();
	assert_int_equal(fakes[ZALO].tries, 3);
	assert_int_equal(w.unreached, 1);

	fakes[ZALO].does = DELIVERS;
	late = add("an", 43, TELL_FIRING, 0);
	until_sent(r);
	assert_true(mono_since(clock_mono(), opened) * QUICK >= 59000);
	assert_false(counters("zalo").open);
	until_sent(late);
	assert_int_equal(fakes[ZALO].tries, 5); /* three that failed, and one each */
	assert_int_equal(w.unreached, 2);       /* for the second it was so at once */
	assert_int_equal(w.reached, 2);
}

/* ---- our own line ---- */

static void without_our_line_what_needs_it_is_passed_over_at_once(void **state)
{
	struct made_row *binh_row = add("binh", 42, TELL_FIRING, 0),
			*an_row = add("an", 42, TELL_FIRING, 0),
			*hook = add("hook0", 42, TELL_FIRING, 0);
	mono_t back;

	(void)state;
	notify_offline(w.notify, true);
	until_sent(binh_row);
	until_sent(hook); /* on this machine */
	assert_string_equal(binh_row->via, "sms");
	assert_string_equal(binh_row->note, "zalo: our line is gone; ok");
	for_a_while(50);
	assert_false(an_row->sent);
	assert_int_equal(an_row->d.tries, 0);
	assert_string_equal(an_row->note, "zalo: our line is gone");
	assert_int_equal(fakes[ZALO].tries, 0);
	assert_int_equal(w.unreached, 1); /* somebody else can be told meanwhile */
	assert_int_equal(counters("zalo").skipped[SKIP_OFFLINE], 2);

	notify_offline(w.notify, false);
	back = clock_mono();
	while (!an_row->sent)
		assert_true(loop_turn(w.loop, 20) >= 0);
	assert_true(mono_since(clock_mono(), back) < 1000);
	assert_int_equal(w.unreached, 1);
}

/* ---- what SMS cost ---- */

static struct made_row *add_ours(const char *receiver, int64_t incident)
{
	struct made_row *r = add(receiver, incident, TELL_FIRING, 0);

	r->d.incident.scope = SCOPE_GATEWAY;
	r->d.incident.doubt = DOUBT_LINE;
	return r;
}

static void the_last_sms_of_a_day_is_kept_for_trouble_of_our_own(void **state)
{
	struct made_row *r;

	(void)state;
	notify_offline(w.notify, true); /* so that all go by SMS */
	for (int64_t k = 0; k < 3; k++)
		until_sent(add("binh", 42 + k, TELL_FIRING, 0));
	r = add("binh", 50, TELL_FIRING, 0);
	notify_kick(w.notify);
	for_a_while(30);
	assert_false(r->sent);
	assert_int_equal(fakes[SMS].tries, 3);
	assert_string_equal(r->note, "zalo: our line is gone; sms: the day's budget is spent");
	assert_int_equal(counters("sms").skipped[SKIP_BUDGET], 1);
	assert_int_equal(w.unreached, 1);

	until_sent(add_ours("binh", 51));
	assert_int_equal(fakes[SMS].tries, 4);
	r = add_ours("binh", 52);
	notify_kick(w.notify);
	for_a_while(30);
	assert_false(r->sent);
	until_sent(add("chi", 50, TELL_FIRING, 0)); /* mail on this machine */
	notify_offline(w.notify, false);
	until_sent(r);
	assert_string_equal(r->via, "zalo");
}

static void a_digest_takes_nothing_from_what_is_kept_for_trouble_of_our_own(void **state)
{
	struct made_row *digest;

	(void)state;
	fakes[ZALO].does = REFUSES;
	for (int64_t i = 1; i <= 3; i++)
		until_sent(add("binh", i, TELL_FIRING, 0));
	digest = add("binh", 0, TELL_EVENING, 0);
	digest->d.incident.scope = SCOPE_GATEWAY;
	add("binh", 9, TELL_FIRING, 0)->d.incident.scope = SCOPE_GATEWAY;
	until_sent(&w.store.row[w.store.n - 1]);
	assert_true(still_waits(digest));
}

static void yesterdays_sms_do_not_count(void **state)
{
	struct made_row *r;

	(void)state;
	notify_offline(w.notify, true);
	for (int64_t k = 0; k < 3; k++) {
		r = add("binh", 42 + k, TELL_FIRING, 0);
		until_sent(r);
		r->at.ms -= INT64_C(86400000);
	}
	until_sent(add("binh", 50, TELL_FIRING, 0));
	assert_int_equal(fakes[SMS].tries, 4);
}

/* They began an hour ago, and end in an hour. */
static void binh_sleeps(void)
{
	const struct date d = date_of(clock_wall(), DATE_VIETNAM_MIN);
	const int now = (int)(d.hour * 60 + d.minute);

	receivers[BINH].quiet_from = (now + 23 * 60) % (24 * 60);
	receivers[BINH].quiet_until = (now + 60) % (24 * 60);
}

/* ---- an answer to an answer ---- */

static void an_answer_comes_at_any_hour_but_not_long_after(void **state)
{
	struct made_row *late, *soon;

	(void)state;
	binh_sleeps();
	soon = add("binh", 42, TELL_ANSWER, 0);
	until_sent(soon);
	late = add("binh", 43, TELL_ANSWER, 0);
	late->d.made.ms -= 15 * 60 * 1000 + 1000;
	until_sent(add("binh", 44, TELL_FIRING, 0));
	assert_true(late->given_up);
	assert_false(late->sent);
	assert_string_equal(late->note, "nobody waits for this answer any more");
}

static void an_answer_that_reaches_nobody_is_no_trouble(void **state)
{
	(void)state;
	notify_free(w.notify);
	limits.mute_ms = 30;
	notify_begins();
	fakes[ZALO].does = fakes[SMS].does = REFUSES;
	add("binh", 42, TELL_ANSWER, 0);
	notify_kick(w.notify);
	for_a_while(100);
	assert_int_equal(w.mutes, 0);
}

/* ---- one receiver's fault ---- */

static void one_dead_chat_silences_nobody_else(void **state)
{
	(void)state;
	fakes[ZALO].dead = "chat-binh";
	for (int64_t i = 1; i <= 3; i++) {
		struct made_row *r = add("binh", i, TELL_FIRING, 0);

		until_sent(r);
		assert_string_equal(r->via, "sms");
		until_sent(add("an", i, TELL_FIRING, 0));
	}
	assert_false(counters("zalo").open);
	assert_int_equal(counters("zalo").failed, 3); /* once each: three seconds change no name */
}

static void what_the_next_way_says_is_withdrawn_from_the_one_before(void **state)
{
	struct made_row *r = add("duc", 42, TELL_FIRING, 0);

	(void)state;
	notify_free(w.notify);
	limits.way_ms = 30;
	notify_begins();
	fakes[SMS].does = HANGS;
	until_sent(r);
	assert_string_equal(r->via, "ntfy");
	assert_int_equal(fakes[SMS].withdrawn, 1);
	assert_int_equal(fakes[SMS].cancelled, 0);
}

/* ---- too late ---- */

static void nobody_is_called_to_what_is_over_or_of_another_day(void **state)
{
	struct made_row *over = add("binh", 42, TELL_FIRING, 0),
			*old = add("an", 43, TELL_RESOLVED, 0);
	struct made_row *program = add("hook0", 42, TELL_FIRING, 0);
	struct made_row *fresh = add("chi", 45, TELL_FIRING, 0);

	(void)state;
	over->moot = program->moot = true;
	old->d.made.ms -= INT64_C(26) * 60 * 60 * 1000;
	old->d.round = 1; /* a new one is sent: our clock may have been set */
	fresh->d.made.ms = old->d.made.ms;
	until_sent(program); /* programs are told everything */
	until_sent(add("binh", 44, TELL_FIRING, 0));
	until_sent(fresh);
	assert_true(over->given_up && old->given_up);
	assert_string_equal(over->note, "nobody need go any more");
	assert_string_equal(old->note, "it is of another day");
	assert_int_equal(fakes[ZALO].tries, 1);
}

/* ---- quiet hours ---- */

static void what_could_not_be_said_in_time_wakes_nobody(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = fakes[SMS].does = REFUSES;
	notify_kick(w.notify);
	for (int i = 0; i < 400 && r->d.round == 0; i++)
		for_a_while(5); /* both ways, three times each */
	assert_true(still_waits(r) && r->d.round > 0);
	fakes[ZALO].does = fakes[SMS].does = DELIVERS;
	binh_sleeps();
	r->d.due = clock_wall();
	for_a_while(100);
	assert_true(still_waits(r));
	receivers[BINH].quiet_until = receivers[BINH].quiet_from;
	until_sent(r);
}

static void the_end_waits_until_the_quiet_hours_are_over(void **state)
{
	struct made_row *end, *digest;

	(void)state;
	until_sent(add("binh", 42, TELL_FIRING, 0));
	binh_sleeps();
	end = add("binh", 42, TELL_RESOLVED, 0);
	digest = add("binh", 0, TELL_MORNING, 0);
	until_sent(add("binh", 43, TELL_FIRING, 0)); /* whoever decided that knew the hour */
	until_sent(add("an", 42, TELL_RESOLVED, 0));
	assert_true(still_waits(end));
	assert_true(still_waits(digest));
	receivers[BINH].quiet_until = receivers[BINH].quiet_from;
	until_sent(end);
	until_sent(digest);
}

static void what_waits_for_the_morning_is_no_trouble(void **state)
{
	struct made_row *end;

	(void)state;
	notify_free(w.notify);
	limits.mute_ms = 30;
	notify_begins();
	until_sent(add("binh", 42, TELL_FIRING, 0));
	binh_sleeps();
	end = add("binh", 42, TELL_RESOLVED, 0);
	notify_kick(w.notify);
	for_a_while(100);
	assert_true(still_waits(end));
	assert_int_equal(w.mutes, 0);
}

/* ---- nobody hears us ---- */

static void delivery_to_nobody_for_long_is_told_once_until_somebody_is_reached(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	notify_free(w.notify);
	limits.mute_ms = 100;
	notify_begins();
	fakes[ZALO].does = fakes[SMS].does = REFUSES;
	notify_kick(w.notify);
	for_a_while(60);
	assert_false(notify_mute(w.notify));
	for_a_while(150);
	assert_true(notify_mute(w.notify));
	assert_int_equal(w.mutes, 1);
	assert_int_equal(w.unmutes, 0);
	until_sent(add("hook0", 43, TELL_FIRING, 0)); /* a program is nobody */
	assert_true(notify_mute(w.notify));
	until_sent(add("chi", 43, TELL_FIRING, 0)); /* anybody, on any way */
	assert_false(r->sent);
	assert_false(notify_mute(w.notify));
	assert_int_equal(w.mutes, 1);
	assert_int_equal(w.unmutes, 1);
	fakes[SMS].does = fakes[ZALO].does = DELIVERS;
	until_sent(r);
	assert_int_equal(w.unmutes, w.mutes);
}

static void one_who_cannot_be_reached_while_others_are_is_not_nobody(void **state)
{
	struct made_row *r = add("an", 42, TELL_FIRING, 0);

	(void)state;
	notify_free(w.notify);
	limits.mute_ms = 30;
	notify_begins();
	fakes[ZALO].does = REFUSES;
	until_sent(add("chi", 42, TELL_FIRING, 0));
	for_a_while(100);
	assert_false(r->sent);
	assert_int_equal(w.mutes, 0);
}

static void silence_without_anything_to_say_is_no_trouble(void **state)
{
	(void)state;
	notify_free(w.notify);
	limits.mute_ms = 20;
	notify_begins();
	notify_kick(w.notify);
	for_a_while(80);
	assert_int_equal(w.mutes, 0);
}

/* ---- the gateway dies ---- */

static void dies_and_begins_again(void)
{
	notify_free(w.notify);
	w.store.broken = 0;
	notify_begins();
}

static void dying_between_the_send_and_the_receipt_sends_the_same_key_again(void **state)
{
	struct made_row *hook = add("hook0", 42, TELL_FIRING, 0),
			*mail = add("mail0", 42, TELL_FIRING, 0);
	const char *ids[2];
	size_t len;

	(void)state;
	w.store.broken = UINT32_MAX;
	notify_kick(w.notify);
	while (w.n_caught[0] < 1 || w.n_caught[HOOKS] < 1)
		assert_true(loop_turn(w.loop, 20) >= 0);
	for_a_while(50);
	assert_false(hook->sent || mail->sent);
	dies_and_begins_again();
	until_sent(hook);
	until_sent(mail);
	assert_int_equal(w.n_caught[0], 2);
	assert_int_equal(w.n_caught[HOOKS], 2);
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(strstr(w.caught[0][i],
				       "\r\nIdempotency-Key: 42-firing-hook0.1778762520000\r\n"));
		ids[i] = strstr(w.caught[HOOKS][i], "\r\nMessage-ID: ") + 2;
	}
	len = strcspn(ids[0], "\r");
	assert_memory_equal(ids[0], ids[1], len + 1);
}

static void dying_between_two_ways_goes_on_with_the_second(void **state)
{
	struct made_row *r = add("binh", 42, TELL_FIRING, 0);

	(void)state;
	fakes[ZALO].does = HANGS;
	fakes[SMS].does = HANGS;
	notify_kick(w.notify);
	while (fakes[SMS].tries < 1)
		assert_true(loop_turn(w.loop, 20) >= 0);
	dies_and_begins_again();
	fakes[SMS].does = DELIVERS;
	until_sent(r);
	assert_int_equal(fakes[ZALO].tries, 1);
	assert_int_equal(fakes[SMS].tries, 2);
	assert_string_equal(fakes[SMS].key[0], fakes[SMS].key[1]);
	assert_int_equal(r->d.tries, 1);
}

static void a_person_with_fewer_ways_than_before_is_told_all_the_same(void **state)
{
	struct made_row *r = add("an", 42, TELL_FIRING, 0);

	(void)state;
	r->d.way = 3;
	until_sent(r);
	assert_string_equal(r->via, "zalo");
}

#define test(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(ways_out_are_named_after_their_channel_and_place),
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
		test(a_message_for_somebody_who_is_gone_is_given_up),
		test(many_messages_all_go_out_once),
		test(the_log_tells_no_secrets),
		test(stopping_in_the_middle_leaves_nothing_behind),
		test(the_best_way_is_enough_when_it_works),
		test(a_way_that_refuses_is_left_after_three_tries),
		test(a_way_that_hangs_is_left_when_its_time_is_over),
		test(a_way_that_lies_is_left_too),
		test(a_way_that_cannot_even_begin_is_left_too),
		test(a_way_that_never_ends_is_ended),
		test(when_all_ways_failed_the_owner_hears_it_once_and_it_goes_on),
		test(nothing_comes_between_two_ways_of_one_delivery),
		test(to_a_person_too_the_end_never_overtakes_the_beginning),
		test(a_mail_to_a_person_is_one_of_the_ways),
		test(a_way_over_what_is_not_set_up_is_refused),
		test(what_has_another_way_passes_over_a_service_that_is_left_alone),
		test(what_has_none_waits_for_the_one_try),
		test(without_our_line_what_needs_it_is_passed_over_at_once),
		test(the_last_sms_of_a_day_is_kept_for_trouble_of_our_own),
		test(a_digest_takes_nothing_from_what_is_kept_for_trouble_of_our_own),
		test(yesterdays_sms_do_not_count),
		test(an_answer_comes_at_any_hour_but_not_long_after),
		test(an_answer_that_reaches_nobody_is_no_trouble),
		test(one_dead_chat_silences_nobody_else),
		test(what_the_next_way_says_is_withdrawn_from_the_one_before),
		test(nobody_is_called_to_what_is_over_or_of_another_day),
		test(what_could_not_be_said_in_time_wakes_nobody),
		test(the_end_waits_until_the_quiet_hours_are_over),
		test(what_waits_for_the_morning_is_no_trouble),
		test(delivery_to_nobody_for_long_is_told_once_until_somebody_is_reached),
		test(one_who_cannot_be_reached_while_others_are_is_not_nobody),
		test(silence_without_anything_to_say_is_no_trouble),
		test(dying_between_the_send_and_the_receipt_sends_the_same_key_again),
		test(dying_between_two_ways_goes_on_with_the_second),
		test(a_person_with_fewer_ways_than_before_is_told_all_the_same),
	};

	log_open("notify_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
