/* SPDX-License-Identifier: Apache-2.0 */
/* look: eyes that see, fail, hang and talk nonsense; played by shell scripts, and once the real
 * one.
 */
#include "node/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN                                                                           \
	"reach=1 options=200 describe=200 setup=200 play=200 teardown=200 packets=90 " \
	"seq_advance=89 frames=30 repeats=0 stale=0 clock=date clock_off_ms=-7"

enum { PATIENCE_MS = 20000, PATH_TEXT = 64 };

static const struct look_at at = { .stream = "rtsp://127.0.0.1/\"s\"",
				   .user = "ông",
				   .password_file = "",
				   .clock = "date",
				   .onvif = "",
				   .watch_ms = 3000,
				   .timeout_ms = 8000 };

struct world {
	struct loop *loop;
	struct loop_alarm *patience;
	struct look *look;
	char dir[PATH_TEXT], eye[2 * PATH_TEXT];
	unsigned told, failed;
	unsigned order[16];
	struct camera_look found;
	char why[LOOK_WHY];
};

static void on_patience_lost(void *self, mono_t now)
{
	(void)self;
	(void)now;
	abort();
}

static void on_look(void *self, unsigned camera, const struct camera_look *found, const char *why,
		    mono_t now)
{
	struct world *w = self;

	assert_true(now.ms > 0);
	w->order[w->told++ % 16] = camera;
	if (found) {
		w->found = *found;
		assert_string_equal(why, "");
	} else {
		w->failed++;
		assert_true(why[0]);
	}
	snprintf(w->why, sizeof w->why, "%s", why);
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* A world with this eye. */
static void world_start(struct world *w, const char *eye)
{
	w->loop = loop_new();
	assert_non_null(w->loop);
	w->patience = loop_alarm_new(w->loop, on_patience_lost, w);
	loop_alarm_set(w->patience, mono_after(clock_mono(), PATIENCE_MS));
	w->look = look_new(w->loop, eye, on_look, w);
	assert_non_null(w->look);
}

/* A world whose eye is this script. */
static struct world *world_open(const char *script)
{
	struct world *w = calloc(1, sizeof *w);
	char text[2048];

	assert_non_null(w);
	strcpy(w->dir, "/tmp/look-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->eye, sizeof w->eye, "%s/eye", w->dir);
	snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
	put(w->eye, text, 0700);
	world_start(w, w->eye);
	return w;
}

static void world_end(struct world *w)
{
	look_free(w->look);
	loop_alarm_free(w->patience);
	loop_free(w->loop);
	/* Nothing of ours is left to be waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void world_close(struct world *w)
{
	char path[2 * PATH_TEXT];

	world_end(w);
	unlink(w->eye);
	snprintf(path, sizeof path, "%s/asked", w->dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/password", w->dir);
	unlink(path);
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
}

static void run(struct world *w, unsigned looks)
{
	const unsigned until = w->told + looks;

	while (w->told < until)
		assert_true(loop_turn(w->loop, 1000) >= 0);
}

static void look_once(struct world *w, const struct look_at *what)
{
	look_ask(w->look, 0, what);
	assert_int_equal(w->told, 0); /* never inside the call */
	run(w, 1);
}

static void what_the_eye_saw_is_told(void **state)
{
	struct world *w = world_open("cat >\"${0%/*}/asked\"; echo '" SEEN "'");
	char path[2 * PATH_TEXT], asked[512] = "";
	FILE *f;

	(void)state;
	look_once(w, &at);
	assert_int_equal(w->failed, 0);
	assert_int_equal(w->found.packets, 90);
	assert_int_equal(w->found.clock_off_ms, -7);
	snprintf(path, sizeof path, "%s/asked", w->dir);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(asked, sizeof asked, f));
	fclose(f);
	assert_string_equal(asked, "{\"url\":\"rtsp://127.0.0.1/\\\"s\\\"\",\"user\":\"ông\","
				   "\"password\":\"\",\"watch_ms\":3000,\"timeout_ms\":8000,"
				   "\"clock\":\"date\",\"onvif\":\"\"}");
	world_close(w);
}

static void the_password_is_read_from_a_file_of_its_owner(void **state)
{
	struct world *w = world_open("grep -q '\"password\":\"mở ra\"' && echo '" SEEN "'");
	struct look_at what = at;
	char path[2 * PATH_TEXT];

	(void)state;
	snprintf(path, sizeof path, "%s/password", w->dir);
	what.password_file = path;
	put(path, "mở ra\r\nsecond line\n", 0600);
	look_once(w, &what);
	assert_int_equal(w->failed, 0);
	put(path, "mở ra\n", 0644);
	look_ask(w->look, 0, &what);
	run(w, 1);
	assert_int_equal(w->failed, 1);
	assert_non_null(strstr(w->why, "password: others may read it"));
	unlink(path);
	look_ask(w->look, 0, &what);
	run(w, 1);
	assert_int_equal(w->failed, 2);
	assert_non_null(strstr(w->why, "No such file"));
	world_close(w);
}

static void fails(const char *script, const char *why)
{
	struct world *w = world_open(script);

	look_once(w, &at);
	assert_int_equal(w->failed, 1);
	if (!strstr(w->why, why))
		fail_msg("%s: %s", script, w->why);
	world_close(w);
}

static void an_eye_that_fails_says_how(void **state)
{
	(void)state;
	fails("exit 3", "exit code 3");
	fails("kill -9 $$", "ended by signal 9");
	fails("exit 0", "never says");
	fails("echo hello", "never says");
	fails("printf '" SEEN "'", "never says");
	fails("echo '" SEEN "'; echo more", "never says");
	fails("printf '" SEEN "\\000\\n'", "never says");
	fails("head -c 5000 /dev/zero", "never says");
	fails("echo '" SEEN "'; exit 1", "exit code 1");
}

static void an_eye_that_hangs_or_never_stops_talking_is_killed(void **state)
{
	struct look_at soon = at;

	(void)state;
	soon.timeout_ms = 300 - LOOK_GRACE_MS;
	for (int i = 0; i < 2; i++) {
		struct world *w = world_open(i == 0 ? "sleep 100 & wait" : "yes");

		look_once(w, &soon);
		assert_int_equal(w->failed, 1);
		assert_non_null(strstr(w->why, "took too long"));
		world_close(w);
	}
}

static void an_eye_that_is_not_there_is_no_eye(void **state)
{
	struct world *w = world_open("");

	(void)state;
	unlink(w->eye);
	look_once(w, &at);
	assert_int_equal(w->failed, 1);
	world_close(w);
}

static void cameras_take_turns_and_none_is_asked_twice(void **state)
{
	/* Fails when another eye is open at the same time. */
	struct world *w = world_open("mkdir \"${0%/*}/asked\" || exit 1\n"
				     "rmdir \"${0%/*}/asked\"; echo '" SEEN "'");

	(void)state;
	for (int i = 0; i < 3; i++)
		for (unsigned camera = LOOK_CAMERAS; camera > 0; camera--)
			look_ask(w->look, camera - 1, &at);
	run(w, LOOK_CAMERAS);
	assert_int_equal(w->failed, 0);
	for (unsigned i = 0; i < LOOK_CAMERAS; i++)
		assert_int_equal(w->order[i], (LOOK_CAMERAS + 1 + i) % LOOK_CAMERAS);
	world_close(w);
}

static void an_eye_under_way_does_not_outlive_the_node(void **state)
{
	struct world *w = world_open("sleep 100");

	(void)state;
	look_ask(w->look, 0, &at);
	assert_true(loop_turn(w->loop, 1000) >= 0);
	world_close(w);
}

static void the_real_eye_understands_what_it_is_asked(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	const int nobody = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct look_at what = at;
	struct world w = { 0 };
	char url[PATH_TEXT];

	(void)state;
	/* Bound, but nobody listens. */
	assert_int_equal(bind(nobody, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(getsockname(nobody, (struct sockaddr *)&a, &len), 0);
	snprintf(url, sizeof url, "rtsp://127.0.0.1:%u/", ntohs(a.sin_port));
	what.stream = url;
	world_start(&w, EYE_PROGRAM);
	w.found.reach = true;
	look_once(&w, &what);
	assert_string_equal(w.why, "");
	assert_false(w.found.reach);
	what.stream = "file:///etc/passwd";
	look_ask(w.look, 0, &what);
	run(&w, 1);
	assert_non_null(strstr(w.why, "exit code 3"));
	world_end(&w);
	close(nobody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_eye_saw_is_told),
		cmocka_unit_test(the_password_is_read_from_a_file_of_its_owner),
		cmocka_unit_test(an_eye_that_fails_says_how),
		cmocka_unit_test(an_eye_that_hangs_or_never_stops_talking_is_killed),
		cmocka_unit_test(an_eye_that_is_not_there_is_no_eye),
		cmocka_unit_test(cameras_take_turns_and_none_is_asked_twice),
		cmocka_unit_test(the_real_eye_understands_what_it_is_asked),
		cmocka_unit_test(an_eye_under_way_does_not_outlive_the_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
