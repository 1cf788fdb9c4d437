/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: the rules one by one, and every combination once. */
#include "node/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A house where all is well: two cameras, a sensor, a router. */
static struct facts well(void)
{
	return (struct facts){ .mains_known = true,
			       .mains_on = true,
			       .link_known = true,
			       .link_up = true,
			       .gateway_listens = true,
			       .router_known = true,
			       .router_answers = true,
			       .large_known = true,
			       .cams_n = 2,
			       .eyes = 0x11 };
}

static void expect(const struct facts *f, enum cause cause, enum sure sure)
{
	struct verdict v = verdict_of(f);

	assert_string_equal(cause_str(v.cause), cause_str(cause));
	assert_string_equal(sure_str(v.sure), sure_str(sure));
}

static void all_well_is_none_confirmed(void **state)
{
	struct facts f = well();
	struct verdict v = verdict_of(&f);

	(void)state;
	expect(&f, CAUSE_NONE, SURE_CONFIRMED);
	assert_int_equal(v.facts, FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN |
					  FACT_ROUTER_ANSWERS | FACT_LINK_UP |
					  FACT_GATEWAY_LISTENS);
	assert_int_equal(v.eyes, 0x11);
	assert_int_equal(v.cams_n, 2);
}

static void no_mains_comes_before_everything(void **state)
{
	struct facts f = { .mains_known = true, .link_known = true, .cams_n = 2, .eyes = 0x22 };

	(void)state;
	expect(&f, CAUSE_POWER, SURE_CONFIRMED);
	f = well();
	f.mains_on = false;
	expect(&f, CAUSE_POWER, SURE_CONFIRMED);
}

static void a_silent_router_is_certain_only_where_mains_is(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = f.router_answers = false;
	expect(&f, CAUSE_ROUTER, SURE_CONFIRMED);
	f.mains_known = f.mains_on = false;
	expect(&f, CAUSE_ROUTER, SURE_PROBABLE);
}

static void router_answers_and_nothing_beyond_is_the_provider(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = false;
	expect(&f, CAUSE_LINE, SURE_OPEN); /* outside not asked yet */
	f.outside_known = true;
	expect(&f, CAUSE_PROVIDER, SURE_CONFIRMED);
	f.outside_answers = true;
	expect(&f, CAUSE_GATEWAY, SURE_CONFIRMED);
}

static void a_router_that_ignores_pings_does_not_hide_the_outside(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = f.router_answers = false;
	f.outside_known = f.outside_answers = true;
	expect(&f, CAUSE_GATEWAY, SURE_CONFIRMED);
}

static void without_the_right_to_ping_no_layer_is_blamed(void **state)
{
	struct facts f = { .no_ping_right = true,
			   .link_known = true,
			   .router_known = true,
			   .outside_known = true,
			   .cams_n = 1 };

	(void)state;
	expect(&f, CAUSE_LINE, SURE_OPEN);
	f.link_up = true;
	expect(&f, CAUSE_OPEN, SURE_OPEN);
	f.cams_n = 0;
	expect(&f, CAUSE_NONE, SURE_CONFIRMED);
}

static void a_gateway_that_says_it_is_away_is_believed(void **state)
{
	struct facts f = well();

	(void)state;
	f.gateway_listens = false;
	expect(&f, CAUSE_NONE, SURE_CONFIRMED); /* not heard of yet */
	f.gateway_away = true;
	expect(&f, CAUSE_GATEWAY, SURE_CONFIRMED);
}

static void one_silent_camera_is_a_camera(void **state)
{
	struct facts f = well();

	(void)state;
	f.eyes = 0x12;
	expect(&f, CAUSE_CAMERA, SURE_CONFIRMED);
	f.mains_known = f.mains_on = false;
	expect(&f, CAUSE_CAMERA, SURE_CONFIRMED); /* the router vouches for power */
	f.router_known = f.router_answers = false;
	expect(&f, CAUSE_CAMERA, SURE_PROBABLE);
}

static void all_cameras_and_the_router_silent_is_the_house_network(void **state)
{
	struct facts f = well();

	(void)state;
	f.eyes = 0x22;
	expect(&f, CAUSE_CAMERA, SURE_CONFIRMED);
	f.router_answers = false;
	f.network_silent = true;
	expect(&f, CAUSE_ROUTER, SURE_CONFIRMED);
	f.eyes = 0x72; /* one of them has a heartbeat, which needs no network */
	expect(&f, CAUSE_ROUTER, SURE_CONFIRMED);
	f.network_silent = false;
	f.eyes = 0x21;
	expect(&f, CAUSE_CAMERA, SURE_CONFIRMED);
}

static void a_line_that_is_cut_comes_before_a_camera(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = false;
	f.outside_known = true;
	f.eyes = 0x21;
	expect(&f, CAUSE_PROVIDER, SURE_CONFIRMED);
	assert_int_equal(verdict_of(&f).eyes, 0x21);
	assert_int_equal(verdict_of(&f).layer, LAYER_OUTSIDE);
}

static void no_carrier_is_the_cable_whatever_else_is_silent(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = f.router_answers = false;
	f.carrier_known = true;
	expect(&f, CAUSE_LINK, SURE_CONFIRMED);
	assert_int_equal(verdict_of(&f).layer, LAYER_LINK);
	f.no_ping_right = true;
	expect(&f, CAUSE_LINK, SURE_CONFIRMED);
	f.mains_on = false;
	expect(&f, CAUSE_POWER, SURE_CONFIRMED); /* the router has no power either */
}

static void names_alone_are_never_the_line(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = false;
	f.dial_failed = LAYER_NAMES;
	expect(&f, CAUSE_NAMES, SURE_PROBABLE);
	f.outside_known = f.outside_answers = true;
	expect(&f, CAUSE_NAMES, SURE_CONFIRMED);
	f.outside_answers = false;
	expect(&f, CAUSE_PROVIDER, SURE_CONFIRMED);
}

static void large_packets_that_vanish_have_their_own_name(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = false;
	f.outside_known = f.outside_answers = f.large_lost = true;
	f.dial_failed = LAYER_TLS;
	expect(&f, CAUSE_MTU, SURE_CONFIRMED);
	f.dial_failed = LAYER_TCP; /* what fails first is told */
	expect(&f, CAUSE_GATEWAY, SURE_CONFIRMED);
	f.dial_failed = LAYER_NAMES;
	expect(&f, CAUSE_NAMES, SURE_CONFIRMED);
	f.dial_failed = LAYER_TLS;
	f.large_lost = false;
	f.large_known = false;
	expect(&f, CAUSE_LINE, SURE_OPEN); /* not asked yet */
	f.large_known = true;
	expect(&f, CAUSE_GATEWAY, SURE_CONFIRMED);
	assert_int_equal(verdict_of(&f).layer, LAYER_TLS);
}

static void a_stranger_in_the_brokers_place_is_a_portal(void **state)
{
	struct facts f = well();

	(void)state;
	f.link_up = false;
	f.outside_known = f.outside_answers = f.stranger = true;
	f.dial_failed = LAYER_TLS;
	expect(&f, CAUSE_PORTAL, SURE_CONFIRMED);
}

static void a_camera_that_answers_and_does_not_see_is_a_camera(void **state)
{
	struct facts f = well();

	(void)state;
	for (unsigned e = EYE_SILENT; e < EYES; e++) {
		f.eyes = eyes_with(0x11, 1, (enum eye)e);
		expect(&f, eye_sees((enum eye)e) ? CAUSE_NONE : CAUSE_CAMERA, SURE_CONFIRMED);
	}
	/* A picture that stands still has power, whatever the router does. */
	f.mains_known = f.mains_on = f.router_known = f.router_answers = false;
	f.eyes = eyes_with(0x11, 1, EYE_FROZEN);
	expect(&f, CAUSE_CAMERA, SURE_CONFIRMED);
}

static void nothing_is_said_before_it_is_known(void **state)
{
	struct facts f = { .cams_n = 1 };

	(void)state;
	expect(&f, CAUSE_OPEN, SURE_OPEN);
	f = well();
	f.eyes = 0x01;
	expect(&f, CAUSE_OPEN, SURE_OPEN);
}

static void a_house_that_wakes_up_is_still_the_power_cut(void **state)
{
	struct facts f = well();

	(void)state;
	f.waking = true;
	expect(&f, CAUSE_NONE, SURE_CONFIRMED);
	f.eyes = 0x01;
	expect(&f, CAUSE_POWER, SURE_PROBABLE);
	f.link_up = f.router_known = f.router_answers = false;
	f.outside_known = true;
	expect(&f, CAUSE_POWER, SURE_PROBABLE);
	f.waking = false;
	expect(&f, CAUSE_LINE, SURE_OPEN);
}

static void changes_worth_telling(void **state)
{
	struct verdict a = {
		.cause = CAUSE_CAMERA, .sure = SURE_CONFIRMED, .eyes = 0x21, .cams_n = 2
	};
	struct verdict b = a;

	(void)state;
	b.facts = FACT_LINK_UP;
	assert_false(verdict_differs(&a, &b));
	b.eyes = 0x22;
	assert_true(verdict_differs(&a, &b));
	b = a;
	b.sure = SURE_PROBABLE;
	assert_true(verdict_differs(&a, &b));
	b = a;
	b.facts = FACT_CALL;
	assert_true(verdict_differs(&a, &b));
	b.facts = 0;
	a.cause = b.cause = CAUSE_POWER;
	a.sure = b.sure = SURE_CONFIRMED;
	b.eyes = 0x22;
	assert_false(verdict_differs(&a, &b));
}

/* Whatever is known, the verdict fits on the wire, and what is out of order is never "none". */
static void every_combination_gives_a_verdict_the_wire_carries(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1u << 19; i++) {
		struct facts f = {
			.mains_known = i & 1,
			.mains_on = i & 1 && i & 2,
			.waking = i & 4,
			.link_known = i & 8,
			.link_up = i & 16,
			.gateway_listens = i & 32,
			.gateway_away = i & 64,
			.no_ping_right = i & 128,
			.router_known = i & 256,
			.router_answers = i & 256 && i & 512,
			.outside_known = i & 1024,
			.outside_answers = i & 1024 && i & 2048,
			.cams_n = 1,
			.eyes = i >> 12 & 3,
			.carrier_known = i >> 14 & 1,
			.carrier = i >> 15 & 1,
			.large_lost = i >> 16 & 1,
			.stranger = i >> 17 & 1,
			.dial_failed = i >> 18 & 1 ? LAYER_NAMES : LAYER_TCP,
		};
		struct verdict v = verdict_of(&f), back;
		uint8_t buf[VERDICT_LEN];

		wire_verdict_put(buf, &v);
		assert_int_equal(wire_verdict_get(&back, buf), WIRE_OK);
		if (v.cause == CAUSE_NONE)
			assert_true(f.link_up && f.eyes == EYE_OK && !f.gateway_away &&
				    (!f.mains_known || f.mains_on));
		if (v.cause == CAUSE_POWER && v.sure == SURE_CONFIRMED)
			assert_true(f.mains_known && !f.mains_on);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_well_is_none_confirmed),
		cmocka_unit_test(no_mains_comes_before_everything),
		cmocka_unit_test(a_silent_router_is_certain_only_where_mains_is),
		cmocka_unit_test(router_answers_and_nothing_beyond_is_the_provider),
		cmocka_unit_test(a_router_that_ignores_pings_does_not_hide_the_outside),
		cmocka_unit_test(without_the_right_to_ping_no_layer_is_blamed),
		cmocka_unit_test(a_gateway_that_says_it_is_away_is_believed),
		cmocka_unit_test(one_silent_camera_is_a_camera),
		cmocka_unit_test(all_cameras_and_the_router_silent_is_the_house_network),
		cmocka_unit_test(a_line_that_is_cut_comes_before_a_camera),
		cmocka_unit_test(no_carrier_is_the_cable_whatever_else_is_silent),
		cmocka_unit_test(names_alone_are_never_the_line),
		cmocka_unit_test(large_packets_that_vanish_have_their_own_name),
		cmocka_unit_test(a_stranger_in_the_brokers_place_is_a_portal),
		cmocka_unit_test(a_camera_that_answers_and_does_not_see_is_a_camera),
		cmocka_unit_test(nothing_is_said_before_it_is_known),
		cmocka_unit_test(a_house_that_wakes_up_is_still_the_power_cut),
		cmocka_unit_test(changes_worth_telling),
		cmocka_unit_test(every_combination_gives_a_verdict_the_wire_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
