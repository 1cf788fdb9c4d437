/* SPDX-License-Identifier: Apache-2.0 */
/* gpio: chooses the body, and keeps what all bodies have in common. */
#include "hw/gpio_body.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gpio {
	const struct gpio_body *body;
	void *self;
	bool fitted[GPIO_SLOTS];
	mono_t last[GPIO_SLOTS]; /* stamps of one wire never go back */
};

static const struct {
	const char *name;
	const struct gpio_body *body;
} bodies[] = {
	{ "chip", &gpio_chip },
	{ "script", &gpio_script },
};

static const char *const wire_names[] = {
	[GPIO_MAINS] = "mains",   [GPIO_LIGHT] = "light", [GPIO_RELAY] = "relay",
	[GPIO_BUTTON] = "button", [GPIO_UPS] = "ups",     [GPIO_HEARTBEAT] = "heartbeat",
};
static_assert(sizeof wire_names / sizeof wire_names[0] == GPIO_WIRES, "name every wire");

const char *gpio_slot_draw(char text[static GPIO_SLOT_TEXT], unsigned slot)
{
	if (slot < GPIO_HEARTBEAT)
		snprintf(text, GPIO_SLOT_TEXT, "%s", wire_names[slot]);
	else
		snprintf(text, GPIO_SLOT_TEXT, "%s %u", wire_names[GPIO_HEARTBEAT],
			 (slot - GPIO_HEARTBEAT) % GPIO_HEARTBEATS);
	return text;
}

const struct gpio_line *gpio_slot_line(const struct gpio_options *o, unsigned slot)
{
	const struct gpio_line *const single[] = { &o->mains, &o->light, &o->relay, &o->button,
						   &o->ups };
	const struct gpio_line *line;

	if (slot < GPIO_HEARTBEAT)
		line = single[slot];
	else if (slot - GPIO_HEARTBEAT < o->n_heartbeats)
		line = &o->heartbeat[slot - GPIO_HEARTBEAT];
	else
		return NULL;
	return line->name && line->name[0] ? line : NULL;
}

mono_t gpio_stamp(uint64_t kernel_ns)
{
	const mono_t now = clock_mono();
	const int64_t age_us = clock_us() - (int64_t)(kernel_ns / 1000);

	if (age_us < 0 || age_us > INT64_C(86400) * 1000000)
		return now;
	return mono_after(now, -(age_us / 1000));
}

static const struct gpio_body *body_find(const char *name)
{
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		if (strcmp(name, bodies[i].name) == 0)
			return bodies[i].body;
	return NULL;
}

struct gpio *gpio_open(const struct gpio_options *o, char why[static GPIO_WHY])
{
	struct gpio *g;

	if (o->n_heartbeats > GPIO_HEARTBEATS) {
		snprintf(why, GPIO_WHY, "%zu heartbeat lines, at most %d", o->n_heartbeats,
			 GPIO_HEARTBEATS);
		return NULL;
	}
	g = calloc(1, sizeof *g);
	if (!g) {
		snprintf(why, GPIO_WHY, "out of memory");
		return NULL;
	}
	g->body = body_find(o->body);
	if (!g->body) {
		snprintf(why, GPIO_WHY, "no gpio body \"%s\"; there are \"chip\" and \"script\"",
			 o->body);
		goto free_gpio;
	}
	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++)
		g->fitted[slot] = gpio_slot_line(o, slot) != NULL;
	g->self = g->body->open(o, why);
	if (!g->self)
		goto free_gpio;
	return g;

free_gpio:
	free(g);
	return NULL;
}

void gpio_close(struct gpio *g)
{
	if (!g)
		return;
	gpio_set(g, GPIO_LIGHT, false);
	gpio_set(g, GPIO_RELAY, false);
	g->body->close(g->self);
	free(g);
}

int gpio_light_off(const struct gpio_options *o, char why[static GPIO_WHY])
{
	const struct gpio_options light = { .body = o->body,
					    .chip = o->chip,
					    .script = o->script,
					    .light = o->light,
					    .relay = o->relay }; /* opening lets go of it */
	struct gpio *g;
	int err;

	if (!gpio_slot_line(&light, GPIO_LIGHT) && !gpio_slot_line(&light, GPIO_RELAY))
		return 0;
	g = gpio_open(&light, why);
	if (!g)
		return -EIO;
	err = gpio_fitted(g, GPIO_LIGHT, 0) ? gpio_set(g, GPIO_LIGHT, false) : 0;
	if (err < 0)
		snprintf(why, GPIO_WHY, "light: %s", strerror(-err));
	gpio_close(g);
	return err < 0 ? -EIO : 0;
}

int gpio_fd(const struct gpio *g)
{
	return g->body->fd(g->self);
}

bool gpio_next(struct gpio *g, struct gpio_edge *edge)
{
	unsigned slot;
	mono_t at;
	bool on;

	if (!g->body->next(g->self, &slot, &on, &at))
		return false;
	/* Two clocks are rounded to make a stamp, so a later edge may seem a millisecond earlier.
	 */
	if (!mono_reached(at, g->last[slot]))
		at = g->last[slot];
	g->last[slot] = at;
	*edge = (struct gpio_edge){
		.wire = slot < GPIO_HEARTBEAT ? (enum gpio_wire)slot : GPIO_HEARTBEAT,
		.which = slot < GPIO_HEARTBEAT ? 0 : slot - GPIO_HEARTBEAT,
		.on = on,
		.at = at,
	};
	return true;
}

/* GPIO_SLOTS when there is no such wire. */
static unsigned slot_of(enum gpio_wire wire, unsigned which)
{
	if ((unsigned)wire < GPIO_HEARTBEAT)
		return (unsigned)wire;
	if (wire == GPIO_HEARTBEAT && which < GPIO_HEARTBEATS)
		return GPIO_HEARTBEAT + which;
	return GPIO_SLOTS;
}

bool gpio_fitted(const struct gpio *g, enum gpio_wire wire, unsigned which)
{
	const unsigned slot = slot_of(wire, which);

	return slot < GPIO_SLOTS && g->fitted[slot];
}

int gpio_read(struct gpio *g, enum gpio_wire wire, unsigned which)
{
	if (!gpio_fitted(g, wire, which))
		return -ENODEV;
	return g->body->read(g->self, slot_of(wire, which));
}

int gpio_set(struct gpio *g, enum gpio_wire wire, bool on)
{
	if (!gpio_fitted(g, wire, 0))
		return -ENODEV;
	if (!gpio_slot_is_output(slot_of(wire, 0)))
		return -EINVAL;
	return g->body->set(g->self, slot_of(wire, 0), on);
}
