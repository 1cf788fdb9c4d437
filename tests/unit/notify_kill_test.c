/* SPDX-License-Identifier: Apache-2.0 */
/* notify_kill: a gateway that is killed again and again, with a real ledger and a real web hook: no
 * message is lost, and who honours the key sees each once and in order. */
#include "gateway/acts.h"
#include "gateway/channel.h"
#include "mesh/log.h"
#include "shelf.h"

#include "catcher.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { INCIDENTS = 12, MESSAGES = 2 * INCIDENTS, LIVES_MOST = 400 };

static struct {
	char key[MESSAGES][STORE_KEY];
	unsigned n, twice;
} seen;

/* As an honest receiver keeps them. */
static void on_caught(void *self, const char *text)
{
	static const char name[] = "\r\nIdempotency-Key: ";
	const char *at = strstr(text, name);
	char key[STORE_KEY];

	(void)self;
	assert_non_null(at);
	at += sizeof name - 1;
	snprintf(key, sizeof key, "%.*s", (int)strcspn(at, "\r"), at);
	for (unsigned i = 0; i < seen.n; i++)
		if (strcmp(seen.key[i], key) == 0) {
			seen.twice++;
			return;
		}
	assert_true(seen.n < MESSAGES);
	strcpy(seen.key[seen.n++], key);
}

/* One life of the gateway, in a process of its own; ends when nothing waits any more. */
static void live(unsigned port)
{
	const struct notify_limits limits = { .post = { .connect_ms = 500, .total_ms = 1000 },
					      .exec_ms = 1000,
					      .way_ms = 1000,
					      .mute_ms = 100000,
					      .quick = 1000 };
	static const struct receiver hook0[] = { { .id = "hook0", .name = "hook0" } };
	struct roster roster = shelf_roster;
	struct hook_route hook = { .secret = "" };
	struct notify_options o = {
		.roster = &roster, .page_url = "", .hooks = &hook, .n_hooks = 1
	};
	struct loop *l = loop_new();
	char url[64], why[STORE_WHY];
	struct notify *n;
	struct store *s;

	roster.receivers = hook0;
	roster.n_receivers = 1;
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
	hook.url = url;
	s = store_open(shelf_dir, &roster, why);
	n = l && s ? notify_new_limits(l, s, &o, &limits) : NULL;
	if (!n)
		_exit(2);
	notify_kick(n);
	while (store_waits(s) != 0)
		if (loop_turn(l, 10) < 0)
			_exit(2);
	_exit(0);
}

static void put_all(void)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	for (int64_t id = 1; id <= INCIDENTS; id++) {
		const struct incident i = { .id = id, .from = { 1000 * id }, .points = 1 };

		shelf_tell(&a, &i, TELL_FIRING, 0);
		shelf_tell(&a, &i, TELL_RESOLVED, 0);
	}
	shelf_commit(s, &a, clock_wall().ms); /* not of another day */
	free(a.act);
	store_close(s);
}

static unsigned place(int64_t incident, const char *what)
{
	char key[STORE_KEY];
	unsigned i = 0;

	snprintf(key, sizeof key, "%d-%s-hook0.%d", (int)incident, what, 1000 * (int)incident);
	while (i < seen.n && strcmp(seen.key[i], key) != 0)
		i++;
	assert_true(i < seen.n);
	return i;
}

static void killed_at_any_moment_it_loses_nothing_and_doubles_no_key(void **state)
{
	struct loop *l = loop_new();
	struct catcher *hook = catcher_new(l, CATCH_HTTP, on_caught, NULL);
	const unsigned port = catcher_port(hook);
	unsigned lives = 0;
	int status = -1;

	(void)state;
	put_all();
	/* Each life is a little longer than the last, and begins anywhere in what it does. */
	while (status != 0 && lives < LIVES_MOST) {
		const mono_t end = mono_after(clock_mono(), 1 + lives++ % 40);
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			live(port);
		while (!mono_reached(clock_mono(), end))
			assert_true(loop_turn(l, 1) >= 0);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		for (int i = 0; i < 20 && loop_turn(l, 0) > 0; i++)
			continue; /* what it had said before it died */
	}
	assert_int_equal(status, 0);
	assert_int_equal(seen.n, MESSAGES);
	for (int64_t id = 1; id <= INCIDENTS; id++)
		assert_true(place(id, "firing") < place(id, "resolved"));
	print_message("%u lives, %u messages came twice and were known by their key\n", lives,
		      seen.twice);
	catcher_free(hook);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			killed_at_any_moment_it_loses_nothing_and_doubles_no_key, shelf_setup,
			shelf_teardown),
	};

	log_open("notify_kill_test");
	return cmocka_run_group_tests_name("notify_kill", tests, NULL, NULL);
}
