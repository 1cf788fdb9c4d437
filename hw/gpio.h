/* SPDX-License-Identifier: Apache-2.0 */
/* gpio: the wires of a point, in the words of the job. Three bodies: libgpiod 1, libgpiod 2,
 * scripted. */
#ifndef MATSANG_HW_GPIO_H
#define MATSANG_HW_GPIO_H

#include "mesh/clock.h"

#include <stdbool.h>
#include <stddef.h>

enum { GPIO_HEARTBEATS = 8, GPIO_WHY = 160 };

/* GPIO_UPS: the UPS is fed from outside. */
enum gpio_wire {
	GPIO_MAINS,
	GPIO_LIGHT,
	GPIO_RELAY,
	GPIO_BUTTON,
	GPIO_UPS,
	GPIO_HEARTBEAT,
	GPIO_WIRES
};

/* One line: its name as the kernel has it ("GPIO17"); "" when it is not fitted. */
struct gpio_line {
	const char *name;
	bool active_low;
};

struct gpio_options {
	const char *body; /* "chip" or "script" */
	const char *chip; /* label such as "pinctrl-bcm2835"; "" for whichever chip has the line */
	const char *script; /* "script": path of the socket that plays the wires */
	struct gpio_line mains, light, relay, button, ups;
	struct gpio_line heartbeat[GPIO_HEARTBEATS]; /* one a camera */
	size_t n_heartbeats;
};

/* Something changed on an input. Levels are logical: on means mains present, button pressed. */
struct gpio_edge {
	enum gpio_wire wire;
	unsigned which; /* GPIO_HEARTBEAT: which camera */
	bool on;
	mono_t at; /* the kernel's time stamp, on the clock of mono_t */
};

struct gpio;

/*
 * Open all lines that options name: inputs with edges (mains biased so that an open wire reads "no
 * mains"), outputs off. NULL, and why filled with place and remedy, when a line is missing (errno
 * ENOENT) or taken.
 */
struct gpio *gpio_open(const struct gpio_options *o, char why[static GPIO_WHY]);
void gpio_close(struct gpio *g); /* outputs go off first */

/*
 * Turn the light off when nobody holds it any more, whatever a dead program left it at: opens that
 * line alone, sets it off and closes. 0 (also when no light is fitted), or -EIO and why filled.
 */
int gpio_light_off(const struct gpio_options *o, char why[static GPIO_WHY]);

/* One descriptor (an epoll set) that is readable when gpio_next has something. */
int gpio_fd(const struct gpio *g);

/* Take the oldest edge. False when there is none. Edges are hints, gpio_read is the truth. */
bool gpio_next(struct gpio *g, struct gpio_edge *edge);

bool gpio_fitted(const struct gpio *g, enum gpio_wire wire, unsigned which);

/* 1 on, 0 off, -errno when the line cannot be read (or is not fitted: -ENODEV). */
int gpio_read(struct gpio *g, enum gpio_wire wire, unsigned which);

/* Outputs: GPIO_LIGHT, GPIO_RELAY. 0 or -errno. */
int gpio_set(struct gpio *g, enum gpio_wire wire, bool on);

#endif
