/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of the loopback, where this process has the right to ping; and of worlds of our own making
 * (a network namespace), where it has the right to make them. */
#include "mesh/ping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMEOUT_MS = 2000, NOBODY = 65534 };

struct stage {
	struct loop *loop;
	struct loop_alarm *guard;
	struct ping *ping;
	int wanted, told, again;
	int home; /* the namespace this process came from, or -1 */
	unsigned told_tag[PING_MOST];
	int32_t rtt_us[PING_MOST]; /* by tag */
};

static void too_late(void *self, mono_t now)
{
	(void)self;
	(void)now;
	fail_msg("nobody was told");
}

static void on_told(void *self, unsigned tag, int32_t rtt_us, mono_t now)
{
	struct stage *s = self;

	(void)now;
	assert_true(tag < PING_MOST);
	s->told_tag[tag]++;
	s->rtt_us[tag] = rtt_us;
	s->told++;
	if (s->again > 0) {
		s->again--;
		assert_int_equal(ping_send(s->ping, "127.0.0.1", false, tag), 0);
	}
	if (s->told == s->wanted)
		loop_end(s->loop);
}

static int stage_with(void **state, int timeout_ms)
{
	struct stage *s = calloc(1, sizeof *s);

	if (!s || !(s->loop = loop_new()))
		return -1;
	s->home = -1;
	s->guard = loop_alarm_new(s->loop, too_late, s);
	loop_alarm_set(s->guard, mono_after(clock_mono(), 10000));
	s->ping = ping_new(s->loop, timeout_ms, on_told, s);
	*state = s;
	return s->ping ? 0 : -1;
}

static int stage_up(void **state)
{
	return stage_with(state, TIMEOUT_MS);
}

static int stage_impatient(void **state)
{
	return stage_with(state, 0);
}

/* A network of one loopback, not even up. Without the right to make one, home stays -1. */
static int stage_elsewhere(void **state)
{
	const int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	const int moved = unshare(CLONE_NEWNET);
	struct stage *s;

	if (stage_with(state, 20) < 0)
		return -1;
	s = *state;
	if (moved == 0)
		s->home = home;
	else
		close(home);
	return 0;
}

static int stage_down(void **state)
{
	struct stage *s = *state;
	int err = 0;

	ping_free(s->ping);
	loop_alarm_free(s->guard);
	loop_free(s->loop);
	if (s->home >= 0) {
		err = setns(s->home, CLONE_NEWNET);
		close(s->home);
	}
	free(s);
	return err;
}

static void run_until_told(struct stage *s, int wanted)
{
	s->wanted = wanted;
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->told, wanted);
}

static void many_probes_are_each_answered_once(void **state)
{
	struct stage *s = *state;

	if (!ping_able(s->ping))
		skip();
	for (unsigned tag = 0; tag < PING_MOST; tag++)
		assert_int_equal(ping_send(s->ping, "127.0.0.1", false, tag), 0);
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 0), -EBUSY);
	run_until_told(s, PING_MOST);
	for (unsigned tag = 0; tag < PING_MOST; tag++) {
		assert_int_equal(s->told_tag[tag], 1);
		assert_in_range(s->rtt_us[tag], 0, TIMEOUT_MS * 1000);
	}
	assert_int_equal(ping_strays(s->ping), 0);
}

static void a_probe_may_be_sent_from_the_answer_to_another(void **state)
{
	struct stage *s = *state;

	if (!ping_able(s->ping))
		skip();
	s->again = 5;
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 3), 0);
	run_until_told(s, 6);
	assert_int_equal(s->told_tag[3], 6);
}

static void no_route_is_silence(void **state)
{
	struct stage *s = *state;

	if (s->home < 0)
		skip();
	assert_int_equal(ping_send(s->ping, "192.0.2.1", false, 7), 0);
	assert_int_equal(s->told, 0);
	run_until_told(s, 1);
	assert_int_equal(s->rtt_us[7], PING_SILENT);
}

static void loopback_up(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
	close(fd);
}

static void say_nothing(const char *setting)
{
	const int fd = open(setting, O_WRONLY);

	assert_int_equal(write(fd, "1", 1), 1);
	close(fd);
}

static void no_answer_in_time_is_silence(void **state)
{
	struct stage *s = *state;
	const mono_t before = clock_mono();

	if (s->home < 0)
		skip();
	loopback_up();
	say_nothing("/proc/sys/net/ipv4/icmp_echo_ignore_all");
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 0), 0);
	assert_int_equal(ping_send(s->ping, "127.0.0.2", false, 1), 0);
	run_until_told(s, 2);
	assert_int_equal(s->rtt_us[0], PING_SILENT);
	assert_int_equal(s->rtt_us[1], PING_SILENT);
	assert_true(mono_since(clock_mono(), before) >= 20);
}

/* A broadcast address may not be pinged: our mistake, and no news of anybody. */
static void what_the_kernel_refuses_to_send_is_no_silence(void **state)
{
	struct stage *s = *state;

	if (s->home < 0)
		skip();
	loopback_up();
	assert_int_equal(ping_send(s->ping, "127.255.255.255", false, 4), 0);
	run_until_told(s, 1);
	assert_int_equal(s->rtt_us[4], PING_UNABLE);
}

/* The loop was held up beyond the time-out; the answer had come long before. */
static void an_answer_at_the_door_counts_though_its_time_is_over(void **state)
{
	struct stage *s = *state;

	if (!ping_able(s->ping))
		skip();
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 1),
			 0); /* loopback answers within send */
	run_until_told(s, 1);
	assert_in_range(s->rtt_us[1], 0, INT32_MAX);
}

static void a_name_is_not_looked_up(void **state)
{
	struct stage *s = *state;

	assert_int_equal(ping_send(s->ping, "localhost", false, 0), -EINVAL);
	assert_int_equal(ping_send(s->ping, "", false, 0), -EINVAL);
	assert_int_equal(s->told, 0);
}

/* In a fresh namespace nobody may ping but root, and we are not root while we ask. */
static void without_a_right_to_ping_it_says_so_and_not_silence(void **state)
{
	struct stage *s = *state;

	if (s->home < 0)
		skip();
	loopback_up();
	ping_free(s->ping);
	assert_int_equal(seteuid(NOBODY), 0);
	s->ping = ping_new(s->loop, TIMEOUT_MS, on_told, s);
	assert_false(ping_able(s->ping));
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 2), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(s->told, 0);

	/* The right came; nothing need be started anew. */
	assert_int_equal(ping_send(s->ping, "127.0.0.1", false, 3), 0);
	assert_true(ping_able(s->ping));
	run_until_told(s, 2);
	assert_int_equal(s->rtt_us[2], PING_UNABLE);
	assert_in_range(s->rtt_us[3], 0, TIMEOUT_MS * 1000);
}

#define staged(f) cmocka_unit_test_setup_teardown(f, stage_up, stage_down)
#define elsewhere(f) cmocka_unit_test_setup_teardown(f, stage_elsewhere, stage_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(many_probes_are_each_answered_once),
		staged(a_probe_may_be_sent_from_the_answer_to_another),
		cmocka_unit_test_setup_teardown(
			an_answer_at_the_door_counts_though_its_time_is_over, stage_impatient,
			stage_down),
		staged(a_name_is_not_looked_up),
		elsewhere(no_route_is_silence),
		elsewhere(no_answer_in_time_is_silence),
		elsewhere(what_the_kernel_refuses_to_send_is_no_silence),
		elsewhere(without_a_right_to_ping_it_says_so_and_not_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
