/* SPDX-License-Identifier: Apache-2.0 */
/* button: the family's one button. */
#include "node/button.h"

static void said_away(struct button *b, mono_t at)
{
	b->away = !b->away;
	b->away_until = mono_after(at, BUTTON_AWAY_MS);
}

static void said_call(struct button *b, mono_t at)
{
	b->call = !b->call;
	b->call_until = mono_after(at, BUTTON_CALL_MS);
}

void button_feed(struct button *b, bool pressed, mono_t at)
{
	if (pressed == b->pressed)
		return;
	button_step(b, at); /* a press may have become long without anybody looking */
	b->pressed = pressed;
	if (pressed) {
		b->since = at;
		b->told = false;
	} else if (!b->told && mono_since(at, b->since) >= BUTTON_BOUNCE_MS) {
		said_away(b, at);
	}
}

void button_step(struct button *b, mono_t now)
{
	if (b->pressed && !b->told && mono_since(now, b->since) >= BUTTON_LONG_MS) {
		b->told = true; /* a button that is stuck says it once */
		said_call(b, now);
	}
	if (b->away && mono_reached(now, b->away_until))
		b->away = false;
	if (b->call && mono_reached(now, b->call_until))
		b->call = false;
}

mono_t button_due(const struct button *b)
{
	mono_t due = MONO_NEVER;

	if (b->pressed && !b->told)
		due = mono_after(b->since, BUTTON_LONG_MS);
	if (b->away)
		due = mono_first(due, b->away_until);
	if (b->call)
		due = mono_first(due, b->call_until);
	return due;
}

void button_answered(struct button *b)
{
	b->call = false;
}
