/* SPDX-License-Identifier: Apache-2.0 */
/* commune_self: before a silence is believed: was it us? */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ALL = 16 };

static void link_is(bool up)
{
	hall.deaf = !up;
	commune_link(hall.c, up, hall_now(), hall_wall());
	hall_turn();
}

static void doubt(enum doubt d, bool on, wall_t since)
{
	commune_doubt(hall.c, d, on, since, hall_now(), hall_wall());
	hall_turn();
}

static void all_connect(void)
{
	for (size_t i = 0; i < hall.roster->n_points; i++)
		hall_birth(i);
}

static void nobody_was_down(void)
{
	for (size_t i = 0; i < hall.roster->n_points; i++)
		assert_int_equal(hall_spent(i, hall.day, hall_wall(), COLOUR_DOWN), 0);
}

static size_t how_many(enum colour c)
{
	size_t n = 0;

	for (size_t i = 0; i < hall.roster->n_points; i++)
		n += hall_view(i).colour == c;
	return n;
}

/* ---- the broker ---- */

static void a_broker_that_is_gone_is_one_incident_of_our_own(void **state)
{
	const wall_t from = hall_wall();

	(void)state;
	link_is(false);
	assert_int_equal(commune_doubts(hall.c), 1u << DOUBT_BROKER);
	hall_pass(5 * HALL_MINUTE - 1);
	assert_int_equal(hall.n_said, 0);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UNKNOWN), ALL);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.scope, SCOPE_GATEWAY);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_BROKER);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.from.ms, from.ms);
	assert_int_equal(hall_last(HALL_HOOK)->notice.unknown, ALL);
	link_is(true);
	all_connect();
	assert_int_equal(commune_doubts(hall.c), 0);
	hall_pass(2 * HALL_MINUTE + 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(how_many(COLOUR_UP), ALL);
	nobody_was_down();
	for (size_t i = 0; i < ALL; i++)
		assert_int_equal(hall_spent(i, from, hall_wall(), COLOUR_UNKNOWN),
				 10 * HALL_MINUTE - 1);
}

static void a_broker_that_is_back_soon_is_told_to_nobody(void **state)
{
	const struct incident *own;

	(void)state;
	link_is(false);
	hall_pass(4 * HALL_MINUTE);
	own = hall_doubt(DOUBT_BROKER);
	assert_non_null(own);
	link_is(true);
	all_connect();
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
	assert_int_equal(own->state, INCIDENT_CLOSED);
	assert_false(own->told);
	nobody_was_down();
}

static void a_broker_that_comes_and_goes_is_told_once(void **state)
{
	(void)state;
	link_is(false);
	hall_pass(6 * HALL_MINUTE);
	link_is(true);
	all_connect();
	hall_pass(HALL_MINUTE);
	link_is(false);
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 0);
	link_is(true);
	all_connect();
	hall_pass(3 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

static void a_restart_in_our_own_trouble_tells_its_end_once(void **state)
{
	(void)state;
	link_is(false);
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	hall_restart(HALL_MINUTE);
	hall.deaf = false;
	all_connect();
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	assert_null(hall_doubt(DOUBT_BROKER));
	nobody_was_down();
}

/* ---- our own line ---- */

/* A probe of our line notices later than the points' silence does. */
static void what_went_dark_since_our_line_went_never_was(void **state)
{
	const wall_t since = hall_wall();

	(void)state;
	for (size_t i = 0; i < 4; i++)
		hall_mute(i);
	hall_pass(80 * HALL_SECOND);
	assert_int_equal(how_many(COLOUR_DOWN), 4);
	hall.deaf = true;
	doubt(DOUBT_LINE, true, since);
	assert_int_equal(how_many(COLOUR_DOWN), 0);
	assert_int_equal(how_many(COLOUR_UNKNOWN), ALL);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(hall_last_outage(i)->until.ms, hall_last_outage(i)->from.ms);
	hall_pass(10 * HALL_MINUTE);
	hall.deaf = false;
	doubt(DOUBT_LINE, false, (wall_t){ 0 });
	all_connect();
	hall_pass(10 * HALL_MINUTE);
	nobody_was_down();
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_LINE);
}

static void what_was_dark_before_our_line_went_stays_dark(void **state)
{
	const struct outage *o;

	(void)state;
	hall_mute(0);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	hall.deaf = true;
	doubt(DOUBT_LINE, true, hall_wall());
	hall_pass(20 * HALL_MINUTE);
	hall.deaf = false;
	doubt(DOUBT_LINE, false, (wall_t){ 0 });
	hall_pass(10 * HALL_SECOND);
	o = hall_last_outage(0);
	assert_int_equal(o->until.ms, 0);
	assert_int_equal(hall_view(0).outage, o->id);
	for (size_t i = 1; i < ALL; i++)
		hall_birth(i);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_last_outage(0)->id, o->id);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	hall_birth(0);
	hall_pass(10 * HALL_MINUTE);
	/* The point's and our own: each once. */
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 2);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 2);
}

static void the_nearest_doubt_is_told(void **state)
{
	(void)state;
	hall.deaf = true;
	doubt(DOUBT_LINE, true, hall_wall());
	link_is(false);
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_BROKER);
	/* One of the two is over: still blind. */
	doubt(DOUBT_LINE, false, (wall_t){ 0 });
	hall_pass(HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UNKNOWN), ALL);
	link_is(true);
	all_connect();
	hall_pass(3 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

/* ---- our own mains ---- */

static void without_our_mains_no_silence_is_believed_and_then_it_counts_again(void **state)
{
	(void)state;
	doubt(DOUBT_POWER, true, (wall_t){ 0 });
	hall_mute(0);
	hall_pass(4 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_UNKNOWN);
	assert_int_equal(how_many(COLOUR_UP), ALL - 1);
	assert_int_equal(hall.n_said, 0);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_POWER);
	doubt(DOUBT_POWER, false, (wall_t){ 0 });
	/* Pace, grace and time to dial again; then it is asked. */
	hall_pass(133 * HALL_SECOND);
	assert_int_equal(hall_view(0).colour, COLOUR_UNKNOWN);
	hall_pass(2 * HALL_SECOND);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 2);
	assert_int_equal(how_many(COLOUR_UP), ALL - 1);
}

static void who_speaks_again_when_our_mains_are_back_was_never_down(void **state)
{
	(void)state;
	doubt(DOUBT_POWER, true, (wall_t){ 0 });
	for (size_t i = 0; i < 4; i++)
		hall_mute(i);
	hall_pass(30 * HALL_MINUTE);
	doubt(DOUBT_POWER, false, (wall_t){ 0 });
	hall_pass(HALL_MINUTE);
	all_connect();
	hall_pass(30 * HALL_MINUTE);
	nobody_was_down();
	assert_int_equal(how_many(COLOUR_UP), ALL);
}

/* What a node says itself is believed all the same. */
static void without_our_mains_a_nodes_word_still_counts(void **state)
{
	(void)state;
	doubt(DOUBT_POWER, true, (wall_t){ 0 });
	hall_news(5, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_view(5).colour, COLOUR_DOWN);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
}

/* ---- our own clock ---- */

static void outage_across_a_step(int64_t by)
{
	const int64_t dark_ms = 21 * HALL_MINUTE;
	const struct outage *o;
	wall_t before, from;

	hall_mute(0);
	hall_pass(11 * HALL_MINUTE);
	before = hall_wall();
	hall.set += by;
	hall_turn();
	assert_int_equal(hall_rows(ROW_CLOCK), 1);
	hall_pass(10 * HALL_MINUTE);
	hall_birth(0);
	o = hall_last_outage(0);
	/* Since its last beat, half a minute before. */
	assert_int_equal(o->until.ms - o->from.ms, dark_ms + HALL_MINUTE / 2);
	assert_int_equal(o->until.ms, hall_wall().ms);
	hall_pass(5 * HALL_MINUTE);
	/* What lies beyond now our clock did not live yet. */
	from.ms = before.ms - 2 * HALL_HOUR;
	assert_int_equal(hall_spent(0, from, hall_wall(), COLOUR_DOWN), o->until.ms - o->from.ms);
	for (size_t i = 1; i < ALL; i++) {
		assert_int_equal(hall_spent(i, from, hall_wall(), COLOUR_DOWN), 0);
		if (by > 0)
			assert_int_equal(hall_spent(i, hall.day, hall_wall(), COLOUR_UNKNOWN), by);
	}
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

static void an_outage_in_which_our_clock_is_set_on_keeps_its_length(void **state)
{
	(void)state;
	outage_across_a_step(HALL_HOUR);
}

static void an_outage_in_which_our_clock_is_set_back_keeps_its_length(void **state)
{
	(void)state;
	outage_across_a_step(-HALL_HOUR);
}

static void a_clock_that_is_slewed_is_not_set(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		hall.set += 1500;
		hall_pass(HALL_MINUTE);
	}
	assert_int_equal(hall_rows(ROW_CLOCK), 0);
}

static void nodes_that_ntp_keeps_contradict_our_clock(void **state)
{
	const struct incident *own;

	(void)state;
	hall.ntp = true;
	hall.ahead = 5 * HALL_MINUTE;
	/* The first that says so has others asked. */
	hall_birth(0);
	assert_true(commune_doubts(hall.c) & 1u << DOUBT_CLOCK);
	own = hall_doubt(DOUBT_CLOCK);
	assert_non_null(own);
	assert_int_equal(hall_view(15).colour, COLOUR_UNKNOWN);
	/* Whoever is heard is well; whoever falls silent is not told, nor down. */
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UP), ALL);
	hall_mute(3);
	hall_pass(4 * HALL_MINUTE);
	assert_int_equal(hall_view(3).colour, COLOUR_UNKNOWN);
	assert_int_equal(how_many(COLOUR_UP), ALL - 1);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_CLOCK);
	/* Our clock is set right: connections come, and they agree. */
	hall.set = 5 * HALL_MINUTE;
	hall_turn();
	all_connect();
	assert_int_equal(commune_doubts(hall.c), 0);
	hall_pass(3 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UP), ALL);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	nobody_was_down();
}

static void one_nodes_clock_is_its_own_matter(void **state)
{
	(void)state;
	hall.ntp = true;
	for (size_t i = 1; i < 5; i++)
		hall_birth(i);
	hall.ahead = -5 * HALL_MINUTE;
	hall_birth(0);
	hall.ahead = 0;
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(commune_doubts(hall.c), 0);
	assert_int_equal(how_many(COLOUR_UP), ALL);
}

static void clocks_that_nobody_keeps_have_no_vote(void **state)
{
	(void)state;
	hall.ahead = 30 * HALL_MINUTE;
	all_connect();
	assert_int_equal(commune_doubts(hall.c), 0);
}

/* ---- most points at once ---- */

static void most_points_of_several_hamlets_vanish_is_us(void **state)
{
	const struct incident *own;
	size_t heard;

	(void)state;
	hall.deaf = true; /* and neither broker nor line know of it */
	hall_pass(2 * HALL_MINUTE);
	assert_true(commune_doubts(hall.c) & 1u << DOUBT_MASS);
	own = hall_doubt(DOUBT_MASS);
	assert_non_null(own);
	assert_int_equal(how_many(COLOUR_DOWN), 0);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	/* Fewer than half: still blind. */
	hall.deaf = false;
	for (size_t i = 0; i < ALL; i++)
		hall_mute(i);
	for (heard = 0; commune_doubts(hall.c) != 0; heard++)
		hall_birth(heard);
	/* Eleven of them had vanished when two thirds had. */
	assert_int_equal(heard, 6);
	all_connect();
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	nobody_was_down();
}

static void most_points_that_stay_away_are_believed_in_the_end(void **state)
{
	(void)state;
	hall.deaf = true;
	hall_pass(25 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UNKNOWN), ALL);
	hall_pass(15 * HALL_MINUTE);
	assert_int_equal(commune_doubts(hall.c), 0);
	assert_int_equal(how_many(COLOUR_DOWN), ALL);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 2);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.scope, SCOPE_AREA);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.points, ALL);
	/* And so it stays: it is them. */
	hall_pass(2 * HALL_HOUR);
	assert_int_equal(how_many(COLOUR_DOWN), ALL);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 2);
	/* Once most were heard again, the next time is doubted again. */
	hall.deaf = false;
	all_connect();
	hall_pass(30 * HALL_MINUTE);
	hall.deaf = true;
	hall_pass(5 * HALL_MINUTE);
	assert_true(commune_doubts(hall.c) & 1u << DOUBT_MASS);
}

/* The roster, but all on VNPT or all different, apart from three that are Viettel's. */
static struct roster_point others[ALL];
static struct roster regrouped;

static void reopen(bool one_provider)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };

	hall_close();
	memcpy(others, hall_roster.points, sizeof others);
	for (size_t i = 0; i < ALL; i++) {
		others[i].relay = "";
		others[i].provider = one_provider ? "VNPT" : names[i % 5];
	}
	for (size_t i = 1; i < ALL; i += 6)
		others[i].provider = "Viettel";
	regrouped = hall_roster;
	regrouped.points = others;
	hall_open(&regrouped, HALL_DAY);
}

static void all_but_viettel_go(void)
{
	for (size_t i = 0; i < ALL; i++)
		if (strcmp(others[i].provider, "Viettel") != 0)
			hall_mute(i);
	hall_pass(3 * HALL_MINUTE);
}

static void all_of_one_provider_while_another_speaks_is_the_provider(void **state)
{
	(void)state;
	reopen(true);
	all_but_viettel_go();
	assert_int_equal(commune_doubts(hall.c), 0);
	assert_int_equal(how_many(COLOUR_DOWN), ALL - 3);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.scope, SCOPE_PROVIDER);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.cause, CAUSE_PROVIDER);
}

static void the_same_points_without_anything_in_common_are_us(void **state)
{
	(void)state;
	reopen(false);
	all_but_viettel_go();
	assert_true(commune_doubts(hall.c) & 1u << DOUBT_MASS);
	assert_int_equal(how_many(COLOUR_DOWN), 0);
	/* Those that never stopped. */
	assert_int_equal(hall.n_said, 0);
}

static void a_commune_that_says_why_it_goes_is_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++)
		hall_news(i, CAUSE_POWER);
	hall_pass(HALL_MINUTE);
	hall.deaf = true;
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(commune_doubts(hall.c), 0);
	assert_int_equal(how_many(COLOUR_DOWN), ALL);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.cause, CAUSE_POWER);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.scope, SCOPE_AREA);
}

static void three_of_two_hamlets_have_all_others_asked(void **state)
{
	(void)state;
	hall_mute(0);
	hall_mute(1);
	hall_mute(4);
	hall_pass(39 * HALL_SECOND);
	memset(hall.asked, 0, sizeof hall.asked);
	hall_pass(40 * HALL_SECOND);
	for (size_t i = 5; i < ALL; i++)
		assert_int_equal(hall.asked[i], 1);
	assert_int_equal(how_many(COLOUR_UP), ALL - 3);
}

/* ---- nobody can be reached ---- */

static void what_cannot_be_delivered_is_our_own_trouble_and_blinds_nobody(void **state)
{
	(void)state;
	doubt(DOUBT_MUTE, true, hall_wall());
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_UP), ALL);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.doubt, DOUBT_MUTE);
	hall_restart(HALL_MINUTE);
	assert_true(commune_doubts(hall.c) & 1u << DOUBT_MUTE);
	all_connect();
	doubt(DOUBT_MUTE, false, (wall_t){ 0 });
	hall_pass(3 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

/* ---- those who speak through another ---- */

static void a_relay_that_is_back_makes_those_behind_it_unknown_until_heard(void **state)
{
	(void)state;
	for (size_t i = 13; i < 16; i++)
		hall_mute(i);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(how_many(COLOUR_DOWN), 3);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.scope, SCOPE_RELAY);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.point, 13);
	hall_birth(13);
	assert_int_equal(hall_view(13).colour, COLOUR_UP);
	assert_int_equal(hall_view(14).colour, COLOUR_UNKNOWN);
	assert_int_equal(hall_view(15).colour, COLOUR_UNKNOWN);
	hall_birth(14);
	assert_int_equal(hall_view(14).colour, COLOUR_UP);
	/* The last one has its time to dial, and then is dark again. */
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_view(15).colour, COLOUR_UNKNOWN);
	hall_pass(HALL_MINUTE);
	assert_int_equal(hall_view(15).colour, COLOUR_DOWN);
	hall_birth(15);
	hall_pass(20 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, hall_setup, hall_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(a_broker_that_is_gone_is_one_incident_of_our_own),
		sentence(a_broker_that_is_back_soon_is_told_to_nobody),
		sentence(a_broker_that_comes_and_goes_is_told_once),
		sentence(a_restart_in_our_own_trouble_tells_its_end_once),
		sentence(what_went_dark_since_our_line_went_never_was),
		sentence(what_was_dark_before_our_line_went_stays_dark),
		sentence(the_nearest_doubt_is_told),
		sentence(without_our_mains_no_silence_is_believed_and_then_it_counts_again),
		sentence(who_speaks_again_when_our_mains_are_back_was_never_down),
		sentence(without_our_mains_a_nodes_word_still_counts),
		sentence(an_outage_in_which_our_clock_is_set_on_keeps_its_length),
		sentence(an_outage_in_which_our_clock_is_set_back_keeps_its_length),
		sentence(a_clock_that_is_slewed_is_not_set),
		sentence(nodes_that_ntp_keeps_contradict_our_clock),
		sentence(one_nodes_clock_is_its_own_matter),
		sentence(clocks_that_nobody_keeps_have_no_vote),
		sentence(most_points_of_several_hamlets_vanish_is_us),
		sentence(most_points_that_stay_away_are_believed_in_the_end),
		sentence(all_of_one_provider_while_another_speaks_is_the_provider),
		sentence(the_same_points_without_anything_in_common_are_us),
		sentence(a_commune_that_says_why_it_goes_is_believed),
		sentence(three_of_two_hamlets_have_all_others_asked),
		sentence(what_cannot_be_delivered_is_our_own_trouble_and_blinds_nobody),
		sentence(a_relay_that_is_back_makes_those_behind_it_unknown_until_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
