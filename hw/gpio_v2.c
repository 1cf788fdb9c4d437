/* SPDX-License-Identifier: Apache-2.0 */
/* gpio_v2: the wires through libgpiod 2 (Debian 13). */
#include "hw/gpio_body.h"

#include "mesh/log.h"

#include <errno.h>
#include <glob.h>
#include <gpiod.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	KERNEL_EVENTS = 256, /* how many edges of one line the kernel keeps for us */
	USER = 32,           /* the kernel keeps no longer name of a holder */
};

struct pin {
	struct gpiod_line_request *request; /* NULL: not fitted */
	unsigned offset;
	unsigned long seqno; /* of the last edge */
	char user[USER];     /* when another program holds it: which, if the kernel says so */
};

struct chips {
	int epoll;
	struct gpiod_edge_event_buffer *event; /* room for one */
	struct pin pins[GPIO_SLOTS];
};

static bool label_fits(struct gpiod_chip *chip, const char *label)
{
	struct gpiod_chip_info *info;
	bool fits;

	if (!label[0])
		return true;
	info = gpiod_chip_get_info(chip);
	fits = info && strcmp(gpiod_chip_info_get_label(info), label) == 0;
	gpiod_chip_info_free(info);
	return fits;
}

/* The chip that has a line of this name, and its offset there. The caller closes the chip. */
static struct gpiod_chip *chip_with(const char *path, const char *label, const char *name,
				    unsigned *offset)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	int at;

	if (!chip)
		return NULL;
	if (label_fits(chip, label)) {
		at = gpiod_chip_get_line_offset_from_name(chip, name);
		if (at >= 0) {
			*offset = (unsigned)at;
			return chip;
		}
	}
	gpiod_chip_close(chip);
	errno = 0; /* what a chip without that line sets is no reason */
	return NULL;
}

/* NULL with errno: ENOENT when no chip has it, EACCES when one could not be asked. Chip numbers
 * change with kernels: a line is known by its name, and the chip by its label if at all. */
static struct gpiod_chip *chip_find(const char *label, const char *name, unsigned *offset)
{
	struct gpiod_chip *chip = NULL;
	int why = ENOENT;
	glob_t g;

	if (glob("/dev/gpiochip*", 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc && !chip; i++) {
			chip = chip_with(g.gl_pathv[i], label, name, offset);
			if (!chip && (errno == EACCES || errno == EPERM))
				why = EACCES;
		}
		globfree(&g);
	}
	errno = why;
	return chip;
}

static int settings_fill(struct gpiod_line_settings *s, bool output, bool active_low)
{
	gpiod_line_settings_set_active_low(s, active_low);
	if (output)
		return gpiod_line_settings_set_direction(s, GPIOD_LINE_DIRECTION_OUTPUT) < 0 ||
				       gpiod_line_settings_set_output_value(
					       s, GPIOD_LINE_VALUE_INACTIVE) < 0
			       ? -errno
			       : 0;
	/* A cut wire must read as off: no mains, no heartbeat, button not pressed. */
	if (gpiod_line_settings_set_direction(s, GPIOD_LINE_DIRECTION_INPUT) < 0 ||
	    gpiod_line_settings_set_edge_detection(s, GPIOD_LINE_EDGE_BOTH) < 0 ||
	    gpiod_line_settings_set_event_clock(s, GPIOD_LINE_CLOCK_MONOTONIC) < 0 ||
	    gpiod_line_settings_set_bias(s, active_low ? GPIOD_LINE_BIAS_PULL_UP
						       : GPIOD_LINE_BIAS_PULL_DOWN) < 0)
		return -errno;
	return 0;
}

static int pin_request(struct pin *pin, struct gpiod_chip *chip, bool output, bool active_low)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	int err = -ENOMEM;

	if (!settings || !lines || !config)
		goto free_all;
	gpiod_request_config_set_consumer(config, "matsang");
	gpiod_request_config_set_event_buffer_size(config, KERNEL_EVENTS);
	err = settings_fill(settings, output, active_low);
	if (err < 0)
		goto free_all;
	err = -ENOMEM;
	if (gpiod_line_config_add_line_settings(lines, &pin->offset, 1, settings) < 0)
		goto free_all;
	pin->request = gpiod_chip_request_lines(chip, config, lines);
	err = pin->request ? 0 : -errno;

free_all:
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	return err;
}

static void note_user(struct pin *pin, struct gpiod_chip *chip)
{
	struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, pin->offset);
	const char *user = info ? gpiod_line_info_get_consumer(info) : NULL;

	snprintf(pin->user, sizeof pin->user, "%s", user ? user : "");
	gpiod_line_info_free(info);
}

static void say(char why[static GPIO_WHY], unsigned slot, const struct gpio_options *o,
		const struct pin *pin, int err)
{
	const char *name = gpio_slot_line(o, slot)->name;
	char wire[GPIO_SLOT_TEXT];

	gpio_slot_draw(wire, slot);
	if (err == -ENOENT)
		snprintf(why, GPIO_WHY, "%s: no line \"%s\"%s%s; `gpioinfo` lists what there is",
			 wire, name, o->chip[0] ? " on a chip " : "", o->chip);
	else if (err == -EACCES)
		snprintf(why, GPIO_WHY, "%s: no right to open /dev/gpiochip*; join the group gpio",
			 wire);
	else if (err == -EBUSY && pin->user[0])
		snprintf(why, GPIO_WHY, "%s: line \"%s\" is held by \"%s\"; stop that first", wire,
			 name, pin->user);
	else
		snprintf(why, GPIO_WHY, "%s: line \"%s\": %s", wire, name, strerror(-err));
}

static void chips_close(void *self)
{
	struct chips *c = self;

	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++)
		if (c->pins[slot].request)
			gpiod_line_request_release(c->pins[slot].request);
	gpiod_edge_event_buffer_free(c->event);
	if (c->epoll >= 0)
		close(c->epoll);
	free(c);
}

static int pin_open(struct chips *c, unsigned slot, const char *label, const struct gpio_line *line)
{
	const bool output = gpio_slot_is_output(slot);
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = slot };
	struct pin *pin = &c->pins[slot];
	struct gpiod_chip *chip = chip_find(label, line->name, &pin->offset);
	int err;

	if (!chip)
		return -errno;
	err = pin_request(pin, chip, output, line->active_low);
	if (err == -EBUSY)
		note_user(pin, chip);
	gpiod_chip_close(chip); /* the request lives on */
	if (err < 0 || output)
		return err;
	if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, gpiod_line_request_get_fd(pin->request), &ev) < 0)
		return -errno;
	return 0;
}

static void *chips_open(const struct gpio_options *o, char why[static GPIO_WHY])
{
	struct chips *c = calloc(1, sizeof *c);

	if (!c) {
		snprintf(why, GPIO_WHY, "out of memory");
		return NULL;
	}
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->event = gpiod_edge_event_buffer_new(1);
	if (c->epoll < 0 || !c->event) {
		snprintf(why, GPIO_WHY, "epoll: %s", strerror(errno));
		chips_close(c);
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
	const struct pin *pin = &c->pins[slot];
	const enum gpiod_line_value v = gpiod_line_request_get_value(pin->request, pin->offset);

	return v == GPIOD_LINE_VALUE_ERROR ? -errno : v == GPIOD_LINE_VALUE_ACTIVE;
}

static int chips_set(void *self, unsigned slot, bool on)
{
	struct chips *c = self;
	const struct pin *pin = &c->pins[slot];

	if (gpiod_line_request_set_value(pin->request, pin->offset,
					 on ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE) <
	    0)
		return -errno;
	return 0;
}

static bool more_waits(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* The kernel numbers the edges of a line from 1; a gap says how many it had to drop. */
static void count_lost(struct pin *pin, unsigned slot, unsigned long seqno)
{
	char wire[GPIO_SLOT_TEXT];

	if (seqno > pin->seqno + 1)
		log_warn("gpio: %s: %lu edges lost, too many at once", gpio_slot_draw(wire, slot),
			 seqno - pin->seqno - 1);
	pin->seqno = seqno;
}

/*
 * One event at a time, so that the descriptor stays readable as long as there is another. The last
 * of a burst is told with the level as it is now, which is the truth whatever was dropped.
 */
static bool chips_next(void *self, unsigned *slot, bool *on, mono_t *at)
{
	struct chips *c = self;
	struct gpiod_edge_event *e;
	struct epoll_event ready;
	struct pin *pin;
	int fd, level;

	if (epoll_wait(c->epoll, &ready, 1, 0) <= 0)
		return false;
	*slot = ready.data.u32;
	pin = &c->pins[*slot];
	fd = gpiod_line_request_get_fd(pin->request);
	if (gpiod_line_request_read_edge_events(pin->request, c->event, 1) <= 0) {
		/* The chip is gone (unplugged). gpio_read says so; do not wake for it for ever. */
		if (errno != EAGAIN && errno != EINTR)
			epoll_ctl(c->epoll, EPOLL_CTL_DEL, fd, NULL);
		return false;
	}

	e = gpiod_edge_event_buffer_get_event(c->event, 0);
	*on = gpiod_edge_event_get_event_type(e) == GPIOD_EDGE_EVENT_RISING_EDGE;
	*at = gpio_stamp(gpiod_edge_event_get_timestamp_ns(e));
	count_lost(pin, *slot, gpiod_edge_event_get_line_seqno(e));
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
