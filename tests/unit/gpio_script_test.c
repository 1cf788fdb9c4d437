/* SPDX-License-Identifier: Apache-2.0 */
/* The wires as a script plays them, through gpio.h. */
#include "hw/gpio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct stage {
	char folder[64], path[96], mine[96], why[GPIO_WHY];
	struct gpio_options options;
	struct gpio *gpio;
	int fd; /* of the script, with an address of its own */
};

static int stage_up(void **state)
{
	struct stage *s = calloc(1, sizeof *s);
	struct sockaddr_un me = { .sun_family = AF_UNIX }, it = { .sun_family = AF_UNIX };

	if (!s)
		return -1;
	strcpy(s->folder, "/tmp/gpio_script_XXXXXX");
	if (!mkdtemp(s->folder))
		return -1;
	snprintf(s->path, sizeof s->path, "%s/wires", s->folder);
	snprintf(s->mine, sizeof s->mine, "%s/script", s->folder);
	s->options = (struct gpio_options){
		.body = "script",
		.chip = "",
		.script = s->path,
		.mains = { "GPIO17", false },
		.light = { "GPIO27", false },
		.button = { "GPIO22", false },
		.heartbeat = { { "GPIO5", false }, { "", false }, { "GPIO6", false } },
		.n_heartbeats = 3,
	};
	s->gpio = gpio_open(&s->options, s->why);
	if (!s->gpio) {
		fprintf(stderr, "%s\n", s->why);
		return -1;
	}
	s->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	strcpy(me.sun_path, s->mine);
	strcpy(it.sun_path, s->path);
	if (bind(s->fd, (struct sockaddr *)&me, sizeof me) < 0 ||
	    connect(s->fd, (struct sockaddr *)&it, sizeof it) < 0)
		return -1;
	*state = s;
	return 0;
}

static int stage_down(void **state)
{
	struct stage *s = *state;

	gpio_close(s->gpio);
	close(s->fd);
	unlink(s->mine);
	rmdir(s->folder);
	free(s);
	return 0;
}

static void say(struct stage *s, const char *line)
{
	assert_int_equal(send(s->fd, line, strlen(line), 0), strlen(line));
}

/* What the wires answered; gpio_next must have run. */
static const char *answer(struct stage *s)
{
	static char text[128];
	const ssize_t n = recv(s->fd, text, sizeof text - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool readable(const struct stage *s)
{
	struct pollfd p = { .fd = gpio_fd(s->gpio), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void at_start_mains_are_on_and_all_else_is_off(void **state)
{
	struct stage *s = *state;

	assert_int_equal(gpio_read(s->gpio, GPIO_MAINS, 0), 1);
	assert_int_equal(gpio_read(s->gpio, GPIO_LIGHT, 0), 0);
	assert_int_equal(gpio_read(s->gpio, GPIO_BUTTON, 0), 0);
	assert_int_equal(gpio_read(s->gpio, GPIO_HEARTBEAT, 2), 0);
	assert_false(readable(s));
}

static void cutting_the_mains_is_an_edge_with_a_stamp(void **state)
{
	struct stage *s = *state;
	const mono_t before = clock_mono();
	struct gpio_edge e;

	say(s, "mains off\n");
	assert_true(readable(s));
	assert_true(gpio_next(s->gpio, &e));
	assert_int_equal(e.wire, GPIO_MAINS);
	assert_false(e.on);
	assert_true(mono_reached(e.at, before) && mono_reached(clock_mono(), e.at));
	assert_int_equal(gpio_read(s->gpio, GPIO_MAINS, 0), 0);
	assert_string_equal(answer(s), "ok");
	assert_false(gpio_next(s->gpio, &e));
	assert_false(readable(s));
}

static void edges_come_in_the_order_they_were_played(void **state)
{
	struct stage *s = *state;
	struct gpio_edge e;

	say(s, "heartbeat 2 on");
	say(s, "light?");
	say(s, "button on");
	assert_true(gpio_next(s->gpio, &e));
	assert_int_equal(e.wire, GPIO_HEARTBEAT);
	assert_int_equal(e.which, 2);
	assert_true(e.on);
	assert_true(readable(s));
	assert_true(gpio_next(s->gpio, &e));
	assert_int_equal(e.wire, GPIO_BUTTON);
	assert_int_equal(e.which, 0);
	assert_false(gpio_next(s->gpio, &e));
}

static void the_light_can_be_asked_for(void **state)
{
	struct stage *s = *state;
	struct gpio_edge e;

	say(s, "light?");
	assert_false(gpio_next(s->gpio, &e));
	assert_string_equal(answer(s), "light off");
	assert_int_equal(gpio_set(s->gpio, GPIO_LIGHT, true), 0);
	assert_int_equal(gpio_read(s->gpio, GPIO_LIGHT, 0), 1);
	say(s, "light?\n");
	assert_false(gpio_next(s->gpio, &e));
	assert_string_equal(answer(s), "light on");
}

static void what_makes_no_sense_is_refused_and_changes_nothing(void **state)
{
	static const char *const lines[] = { "",
					     "mains",
					     "mains  off",
					     "mains offf",
					     "fire!",
					     "heartbeat 0",
					     "light on",
					     "heartbeat 1 on",
					     "?",
					     "heartbeat 9 on",
					     "relay?",
					     "heartbeat -1 on",
					     "mains off\nmains on\n" };
	struct stage *s = *state;
	struct gpio_edge e;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		say(s, lines[i]);
		assert_false(gpio_next(s->gpio, &e));
		assert_string_not_equal(answer(s), "ok");
	}
	assert_int_equal(gpio_read(s->gpio, GPIO_MAINS, 0), 1);
	assert_int_equal(gpio_read(s->gpio, GPIO_LIGHT, 0), 0);
}

static void a_script_without_an_address_is_obeyed_too(void **state)
{
	struct stage *s = *state;
	struct sockaddr_un it = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct gpio_edge e;

	strcpy(it.sun_path, s->path);
	assert_int_equal(sendto(fd, "mains off\n", 10, 0, (struct sockaddr *)&it, sizeof it), 10);
	close(fd);
	assert_true(gpio_next(s->gpio, &e));
	assert_false(e.on);
}

static void a_wire_that_is_not_fitted_says_so(void **state)
{
	struct stage *s = *state;

	assert_true(gpio_fitted(s->gpio, GPIO_MAINS, 0));
	assert_false(gpio_fitted(s->gpio, GPIO_RELAY, 0));
	assert_false(gpio_fitted(s->gpio, GPIO_HEARTBEAT, 1));
	assert_false(gpio_fitted(s->gpio, GPIO_HEARTBEAT, 99));
	assert_int_equal(gpio_read(s->gpio, GPIO_HEARTBEAT, 1), -ENODEV);
	assert_int_equal(gpio_set(s->gpio, GPIO_RELAY, true), -ENODEV);
	assert_int_equal(gpio_set(s->gpio, GPIO_MAINS, true), -EINVAL);
}

static void only_its_own_user_may_play_the_wires(void **state)
{
	struct stage *s = *state;
	struct stat st;

	assert_int_equal(stat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_second_node_does_not_take_the_socket_away(void **state)
{
	struct stage *s = *state;

	assert_null(gpio_open(&s->options, s->why));
	assert_non_null(strstr(s->why, s->path));
	assert_int_equal(gpio_read(s->gpio, GPIO_MAINS, 0), 1);
}

static void a_socket_left_by_the_dead_is_replaced(void **state)
{
	struct stage *s = *state;
	struct sockaddr_un it = { .sun_family = AF_UNIX };
	int fd;

	gpio_close(s->gpio);
	strcpy(it.sun_path, s->path);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&it, sizeof it), 0);
	close(fd);
	s->gpio = gpio_open(&s->options, s->why);
	assert_non_null(s->gpio);
}

static void a_file_in_the_way_is_never_removed(void **state)
{
	struct stage *s = *state;
	int fd;

	gpio_close(s->gpio);
	fd = open(s->path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_null(gpio_open(&s->options, s->why));
	assert_int_equal(unlink(s->path), 0);
	s->gpio = gpio_open(&s->options, s->why);
	assert_non_null(s->gpio);
}

/* All that is wanted of the dead node's wires is its light. */
static void the_light_alone_is_turned_off_and_let_go(void **state)
{
	struct stage *s = *state;
	struct gpio_options o = s->options;

	gpio_close(s->gpio);
	o.mains.name = "NO-SUCH-LINE";
	assert_int_equal(gpio_light_off(&o, s->why), 0);
	assert_int_equal(access(s->path, F_OK), -1);
	o.body = "chip";
	o.light.name = "NO-SUCH-LIGHT";
	assert_int_equal(gpio_light_off(&o, s->why), -EIO);
	assert_non_null(strstr(s->why, "NO-SUCH-LIGHT"));
	o.light.name = "";
	assert_int_equal(gpio_light_off(&o, s->why), 0);
	s->gpio = gpio_open(&s->options, s->why);
	assert_non_null(s->gpio);
}

static void a_light_that_a_living_node_holds_is_left_to_it(void **state)
{
	struct stage *s = *state;

	assert_int_equal(gpio_set(s->gpio, GPIO_LIGHT, true), 0);
	assert_int_equal(gpio_light_off(&s->options, s->why), -EIO);
	assert_int_equal(gpio_read(s->gpio, GPIO_LIGHT, 0), 1);
}

static void an_unknown_body_is_refused_with_the_ones_there_are(void **state)
{
	struct stage *s = *state;
	struct gpio_options o = s->options;

	o.body = "chips";
	assert_null(gpio_open(&o, s->why));
	assert_non_null(strstr(s->why, "\"script\""));
}

static void a_line_that_no_chip_has_is_named(void **state)
{
	struct stage *s = *state;
	struct gpio_options o = s->options;

	o.body = "chip";
	o.mains.name = "NO-SUCH-LINE";
	assert_null(gpio_open(&o, s->why));
	assert_non_null(strstr(s->why, "NO-SUCH-LINE"));
	assert_non_null(strstr(s->why, "mains"));
}

#define staged(f) cmocka_unit_test_setup_teardown(f, stage_up, stage_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(at_start_mains_are_on_and_all_else_is_off),
		staged(cutting_the_mains_is_an_edge_with_a_stamp),
		staged(edges_come_in_the_order_they_were_played),
		staged(the_light_can_be_asked_for),
		staged(what_makes_no_sense_is_refused_and_changes_nothing),
		staged(a_script_without_an_address_is_obeyed_too),
		staged(a_wire_that_is_not_fitted_says_so),
		staged(only_its_own_user_may_play_the_wires),
		staged(a_second_node_does_not_take_the_socket_away),
		staged(a_socket_left_by_the_dead_is_replaced),
		staged(a_file_in_the_way_is_never_removed),
		staged(the_light_alone_is_turned_off_and_let_go),
		staged(a_light_that_a_living_node_holds_is_left_to_it),
		staged(an_unknown_body_is_refused_with_the_ones_there_are),
		staged(a_line_that_no_chip_has_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
