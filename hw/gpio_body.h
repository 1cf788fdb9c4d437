/* SPDX-License-Identifier: Apache-2.0 */
/* gpio_body: what a body of gpio.h must do. Private to hw/; bodies think in slots, one a wire. */
#ifndef MATSANG_HW_GPIO_BODY_H
#define MATSANG_HW_GPIO_BODY_H

#include "hw/gpio.h"

enum { GPIO_SLOTS = GPIO_HEARTBEAT + GPIO_HEARTBEATS };

/* A body is asked only about slots that are fitted, and to set only outputs. */
struct gpio_body {
	/* Opens every fitted slot; outputs off. NULL, why filled and errno set. Borrows o for the
	 * call. */
	void *(*open)(const struct gpio_options *o, char why[static GPIO_WHY]);
	void (*close)(void *self);
	int (*fd)(const void *self);

	/* The oldest edge; false when there is none. fd is readable as long as there is one. */
	bool (*next)(void *self, unsigned *slot, bool *on, mono_t *at);

	int (*read)(void *self, unsigned slot); /* 1, 0 or -errno */
	int (*set)(void *self, unsigned slot, bool on);
};

extern const struct gpio_body gpio_chip; /* gpio_v1.c or gpio_v2.c, as libgpiod is */
extern const struct gpio_body gpio_script;

/* The line of a slot, or NULL when it is not fitted. Borrowed from o. */
const struct gpio_line *gpio_slot_line(const struct gpio_options *o, unsigned slot);

/* "mains", "light", "relay", "button", "ups", "heartbeat 3". Text must hold GPIO_SLOT_TEXT. */
enum { GPIO_SLOT_TEXT = 24 };
const char *gpio_slot_draw(char text[static GPIO_SLOT_TEXT], unsigned slot);

static inline bool gpio_slot_is_output(unsigned slot)
{
	return slot == GPIO_LIGHT || slot == GPIO_RELAY;
}

/* The kernel stamps edges in nanoseconds of CLOCK_MONOTONIC. One that cannot be (before Linux 5.7
 * it was the wall clock) becomes now. */
mono_t gpio_stamp(uint64_t kernel_ns);

#endif
