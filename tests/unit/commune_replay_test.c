/* SPDX-License-Identifier: Apache-2.0 */
/* commune_replay: whatever happens, the rows alone give the same outages, incidents and colours.
 * Not after restarts: how long an incident was held already no row says. SEED=n: only that one. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { POINTS = 16, EVENTS = 60, SEEDS = 150 };

static uint64_t seed;
static bool blind, line_gone, mains_gone;
static struct window window[EVENTS];
static struct windows windows;

static unsigned chance(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static void hear_again(void)
{
	hall.deaf = blind || line_gone;
	for (size_t i = 0; i < POINTS && !hall.deaf; i++)
		if (hall.speaks[i]) {
			hall_birth(i);
			hall_pass(1);
		}
}

static void several(void (*what)(size_t point))
{
	const size_t first = chance(POINTS), n = 1 + chance(chance(3) ? 3 : POINTS);

	for (size_t i = 0; i < n; i++) {
		what((first + i) % POINTS);
		hall_pass(1);
	}
}

static void power(size_t point)
{
	hall_news(point, CAUSE_POWER);
}

static void camera(size_t point)
{
	hall_news(point, CAUSE_CAMERA);
}

static void well(size_t point)
{
	hall_news(point, CAUSE_NONE);
}

static void explains(size_t point)
{
	const int64_t up = hall.passed - hall.booted[point],
		      age = (int64_t)chance(20 * HALL_MINUTE);

	hall_past(point, CAUSE_PROVIDER, age < up ? age : up, false);
	hall_pass(1);
	hall_past(point, CAUSE_NONE, 1000, true);
}

static void announce(void)
{
	struct window *w = &window[windows.n++];
	const int64_t from = (int64_t)chance(30 * HALL_MINUTE);

	*w = (struct window){
		.kind = chance(2) ? WINDOW_CUT : WINDOW_WORK,
		.target = WINDOW_HAMLET,
		.from = { hall_wall().ms + from },
		.until = { hall_wall().ms + from + 1 + (int64_t)chance(HALL_HOUR) },
	};
	strcpy(w->what, hall_roster.hamlets[chance(4)].code);
	commune_windows(hall.c, &windows, hall_now());
	hall_turn();
}

static void doubt(enum doubt d, bool *gone)
{
	*gone = !*gone;
	hall.deaf = blind || line_gone;
	commune_doubt(hall.c, d, *gone,
		      (wall_t){ hall_wall().ms - (int64_t)chance(2 * HALL_MINUTE) }, hall_now(),
		      hall_wall());
	hall_pass(1);
	hear_again();
}

static void happen(void)
{
	switch (chance(15)) {
	case 0:
	case 1:
		several(hall_mute);
		return;
	case 2:
		several(hall_will);
		return;
	case 3:
	case 4:
		several(hall_birth);
		return;
	case 5:
		several(hall_reboot);
		return;
	case 6:
		several(power);
		return;
	case 7:
		several(camera);
		return;
	case 8:
	case 9:
		several(well);
		return;
	case 10:
		blind = !blind;
		hall.deaf = blind || line_gone;
		commune_link(hall.c, !blind, hall_now(), hall_wall());
		hall_pass(1);
		hear_again();
		return;
	case 11:
		if (chance(2))
			doubt(DOUBT_LINE, &line_gone);
		else
			doubt(DOUBT_POWER, &mains_gone);
		return;
	case 12:
		announce();
		return;
	case 13:
		several(explains);
		return;
	case 14:
		if (chance(4) == 0)
			hall.set += (int64_t)chance(2 * HALL_HOUR) - HALL_HOUR;
		hall_turn();
		return;
	default:
		return;
	}
}

static void whatever_happens_the_rows_give_the_same(void **state)
{
	const char *only = getenv("SEED");
	size_t rows = 0;

	(void)state;
	for (uint64_t n = 1; n <= SEEDS; n++) {
		if (only && strtoull(only, NULL, 10) != n)
			continue;
		seed = n * UINT64_C(0x9e3779b97f4a7c15);
		blind = line_gone = mains_gone = false;
		windows = (struct windows){ .at = window };
		if (only)
			print_message("seed %s\n", only);
		hall_open(&hall_roster, HALL_DAY);
		for (int i = 0; i < EVENTS; i++) {
			happen();
			hall_pass((int64_t)chance(chance(3) ? 3 * HALL_MINUTE : 20 * HALL_MINUTE));
		}
		rows += hall.n_rows;
		hall_close();
	}
	assert_true(only || rows > 10000); /* something did happen */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_happens_the_rows_give_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
