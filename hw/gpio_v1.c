/* SPDX-License-Identifier: Apache-2.0 */
/* gpio_v1: the wires through libgpiod 1.6 (Debian 12). */
#include "hw/gpio_body.h"

#include <errno.h>
#include <glob.h>
#include <gpiod.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct pin {
	struct gpiod_chip *chip; /* NULL: not fitted. Each pin holds its own. */
	struct gpiod_line *line;
};

struct chips {
	int epoll;
	struct pin pins[GPIO_SLOTS];
};

/* Chip numbers change with kernels: a line is known by its name, and the chip by its label if at
 * all. */
static bool chip_has(struct pin *pin, const char *path, const char *label, const char *name)
{
	pin->chip = gpiod_chip_open(path);
	if (!pin->chip)
		return false;
	if (!label[0] || strcmp(gpiod_chip_label(pin->chip), label) == 0) {
		errno = 0; /* what a chip without that line sets is no reason */
		pin->line = gpiod_chip_find_line(pin->chip, name);
		if (pin->line)
			return true;
	}
	gpiod_chip_close(pin->chip);
	pin->chip = NULL;
	errno = 0;
	return false;
}

/* 0; -ENOENT when no chip has it; -EACCES when one could not be asked. */
static int pin_find(struct pin *pin, const char *label, const char *name)
{
	int err = -ENOENT;
	glob_t g;

	if (glob("/dev/gpiochip*", 0, NULL, &g) != 0)
		return err;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if (chip_has(pin, g.gl_pathv[i], label, name)) {
			err = 0;
			break;
		}
		if (errno == EACCES || errno == EPERM)
			err = -EACCES;
	}
	globfree(&g);
	return err;
}

static int pin_request(struct pin *pin, bool output, bool active_low)
{
	struct gpiod_line_request_config c = { .consumer = "matsang" };

	if (active_low)
		c.flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
	if (output) {
		c.request_type = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT;
	} else {
		c.request_type = GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES;
		/* A cut wire must read as off: no mains, no heartbeat, button not pressed. */
		c.flags |= active_low ? GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP
				      : GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
	}
	return gpiod_line_request(pin->line, &c, 0) < 0 ? -errno : 0;
}

static int chips_watch(const struct chips *c, unsigned slot)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = slot };

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, gpiod_line_event_get_fd(c->pins[slot].line),
			 &ev) < 0
		       ? -errno
		       : 0;
}

static void say(char why[static GPIO_WHY], unsigned slot, const struct gpio_options *o,
		const struct pin *pin, int err)
{
	const char *name = gpio_slot_line(o, slot)->name, *user;
	char wire[GPIO_SLOT_TEXT];

	gpio_slot_draw(wire, slot);
	if (err == -ENOENT)
		snprintf(why, GPIO_WHY, "%s: no line \"%s\"%s%s; `gpioinfo` lists what there is",
			 wire, name, o->chip[0] ? " on a chip " : "", o->chip);
	else if (err == -EACCES)
		snprintf(why, GPIO_WHY, "%s: no right to open /dev/gpiochip*; join the group gpio",
			 wire);
	else if (err == -EBUSY && (user = gpiod_line_consumer(pin->line)))
		snprintf(why, GPIO_WHY, "%s: line \"%s\" is held by \"%s\"; stop that first", wire,
			 name, user);
	else
		snprintf(why, GPIO_WHY, "%s: line \"%s\": %s", wire, name, strerror(-err));
}

static void chips_close(void *self)
{
	struct chips *c = self;

	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++)
		if (c->pins[slot].chip)
			gpiod_chip_close(c->pins[slot].chip); /* releases its lines */
	close(c->epoll);
	free(c);
}

static int pin_open(struct chips *c, unsigned slot, const char *label, const struct gpio_line *line)
{
	const bool output = gpio_slot_is_output(slot);
	struct pin *pin = &c->pins[slot];
	int err = pin_find(pin, label, line->name);

	if (err < 0)
		return err;
	err = pin_request(pin, output, line->active_low);
	if (err < 0 || output)
		return err;
	return chips_watch(c, slot);
}

static void *chips_open(const struct gpio_options *o, char why[static GPIO_WHY])
{
	struct chips *c = calloc(1, sizeof *c);

	if (!c) {
		snprintf(why, GPIO_WHY, "out of memory");
		return NULL;
	}
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll < 0) {
		snprintf(why, GPIO_WHY, "epoll: %s", strerror(errno));
		free(c);
		return NULL;
	}
	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++) {
		const struct gpio_line *line = gpio_slot_line(o, slot);
		int err;

		if (!line)
			continue;
		err = pin_open(c, slot, o->chip, line);
		if (err < 0) {
			say(why, slot, o, &c->pins[slot], err);
			chips_close(c);
			errno = -err;
			return NULL;
		}
	}
	return c;
}

static int chips_fd(const void *self)
{
	const struct chips *c = self;

	return c->epoll;
}

static int chips_read(void *self, unsigned slot)
{
	struct chips *c = self;
	const int level = gpiod_line_get_value(c->pins[slot].line);

	return level < 0 ? -errno : level;
}

static int chips_set(void *self, unsigned slot, bool on)
{
	struct chips *c = self;

	return gpiod_line_set_value(c->pins[slot].line, on) < 0 ? -errno : 0;
}

static bool more_waits(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/*
 * One event at a time, so that the descriptor stays readable as long as there is another. The
 * kernel holds 16 a line and drops the newest without a word; so the last of a burst is told with
 * the level as it is now, which is the truth whatever was dropped.
 */
static bool chips_next(void *self, unsigned *slot, bool *on, mono_t *at)
{
	struct chips *c = self;
	struct gpiod_line_event e;
	struct epoll_event ready;
	int fd, level;

	if (epoll_wait(c->epoll, &ready, 1, 0) <= 0)
		return false;
	fd = gpiod_line_event_get_fd(c->pins[ready.data.u32].line);
	if (gpiod_line_event_read_fd(fd, &e) < 0) {
		/* The chip is gone (unplugged). gpio_read says so; do not wake for it for ever. */
		if (errno != EAGAIN && errno != EINTR)
			epoll_ctl(c->epoll, EPOLL_CTL_DEL, fd, NULL);
		return false;
	}

	*slot = ready.data.u32;
	*on = e.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
	*at = gpio_stamp((uint64_t)e.ts.tv_sec * 1000000000u + (uint64_t)e.ts.tv_nsec);
	if (!more_waits(fd)) {
		level = chips_read(c, *slot);
		if (level >= 0)
			*on = level > 0;
	}
	return true;
}

const struct gpio_body gpio_chip = {
	.open = chips_open,
	.close = chips_close,
	.fd = chips_fd,
	.next = chips_next,
	.read = chips_read,
	.set = chips_set,
};
