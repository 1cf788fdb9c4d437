/* SPDX-License-Identifier: Apache-2.0 */
/* commune_gasp: a last gasp is the record it tells, or evidence until that record comes; once. */
#include "gateway/commune.h"
#include "gateway/outage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" } };
static const struct roster_camera eyes[] = { { "cổng chợ", "" } };
static const struct roster_point points[] = {
	{ .code = "TT-01-01", .hamlet = "QT", .cameras = eyes, .n_cameras = 1 },
};
static const struct receiver receivers[] = { { .id = "hook0", .name = "hook0" } };
static const struct roster roster = {
	.commune = "Thiện Tân",
	.hamlets = hamlets,
	.n_hamlets = 1,
	.points = points,
	.n_points = 1,
	.receivers = receivers,
	.n_receivers = 1,
};
static const struct commune_options options = {
	.grace_ms = 10000,
	.ask_ms = 4000,
	.sight_ms = 30000,
	.group_window_ms = 60000,
	.blind_hold_ms = 300000,
};

static const wall_t WALL = { 1790000000000 };
enum { BOOT = 7, FIRST = 500, UP_MS = 3600000 }; /* the boot is an hour old when the test begins */

static struct commune *c;
static int64_t passed; /* ms since the test began */
static int64_t set;    /* ms by which our wall clock was set since */
static unsigned told, news_rows, gasp_rows, painted;
static enum cause told_cause;
static struct boot_memory boot; /* as it would be kept */

static mono_t now(void)
{
	return (mono_t){ 1000000 + passed };
}

static wall_t wall(void)
{
	return (wall_t){ WALL.ms + passed + set };
}

/* One turn: what would be kept and told. */
static void turn(void)
{
	const struct acts *acts;

	commune_step(c, now(), wall());
	commune_settle(c);
	acts = commune_acts(c);
	for (size_t i = 0; i < acts->n; i++) {
		const struct act *a = &acts->act[i];

		if (a->kind == ACT_TELL && a->u.tell.notice->what == TELL_FIRING) {
			told++;
			told_cause = a->u.tell.notice->incident.cause;
		}
		news_rows += a->kind == ACT_ROW && a->u.row.kind == ROW_NEWS;
		gasp_rows += a->kind == ACT_ROW && a->u.row.kind == ROW_GASP;
		painted += a->kind == ACT_PAINT;
		if (a->kind == ACT_BOOT && a->u.boot.boot == BOOT)
			boot = a->u.boot;
	}
	commune_acts_clear(c);
}

static void pass(int64_t ms)
{
	int64_t until = passed + ms;

	while (commune_due(c).ms - 1000000 < until) {
		int64_t due = commune_due(c).ms - 1000000;

		passed = due > passed ? due : passed;
		turn();
	}
	passed = until;
	turn();
}

static const struct verdict well = { .cause = CAUSE_NONE,
				     .sure = SURE_CONFIRMED,
				     .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON,
				     .eyes = EYE_OK,
				     .cams_n = 1 };
static const struct verdict cut = { .cause = CAUSE_POWER,
				    .sure = SURE_CONFIRMED,
				    .facts = FACT_MAINS_KNOWN,
				    .eyes = EYE_OK,
				    .cams_n = 1 };

static void hear_birth(uint64_t of)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_birth b = { .boot = of,
				      .conn = (uint32_t)(10 + passed),
				      .t_ms = UP_MS + passed,
				      .wall = wall(),
				      .pace_s = 60,
				      .cams_n = 1,
				      .verdict = well,
				      .text = "{}",
				      .text_len = 2 };
	size_t len = wire_birth_encode(buf, &b);

	assert_int_equal(commune_hear(c, "ms/TT-01-01/up", buf, len, now(), wall()), 0);
	turn();
}

static unsigned hear_news(uint64_t seq, const struct verdict *v, uint16_t more, int64_t age_ms)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_news n = {
		.head = { BOOT, seq, UP_MS + passed - age_ms, wall(), CLOCK_NTP },
		.age_ms = age_ms,
		.oldest = FIRST,
		.more = more,
		.verdict = *v,
	};
	size_t len = wire_news_encode(buf, &n);
	unsigned r = commune_hear(c, "ms/TT-01-01/up", buf, len, now(), wall());

	turn();
	return r;
}

/* Sent now, of something 20 ms ago. */
static struct gasp word(uint64_t of, uint64_t seq, uint16_t behind)
{
	return (struct gasp){ .boot = of,
			      .seq = seq,
			      .t_ms = UP_MS + passed - 20,
			      .age_ms = 20,
			      .behind = behind,
			      .verdict = cut };
}

static unsigned hear_gasp(const struct gasp *g)
{
	unsigned r = commune_gasp(c, "TT-01-01", g, false, now(), wall());

	turn();
	return r;
}

static int begin(void **state)
{
	(void)state;
	passed = set = 0;
	told = news_rows = gasp_rows = painted = 0;
	c = commune_new(&roster, &options);
	assert_non_null(c);
	commune_start(c, (wall_t){ 0 }, now(), wall());
	commune_link(c, true, now(), wall());
	turn();
	return 0;
}

/* The same, with a point that is well and has told one record. */
static int begin_well(void **state)
{
	begin(state);
	hear_birth(BOOT);
	assert_int_equal(hear_news(FIRST, &well, 0, 0), 0);
	news_rows = 0;
	pass(5000);
	return 0;
}

static int end(void **state)
{
	(void)state;
	commune_free(c);
	return 0;
}

static void the_next_record_is_taken_from_a_gasp_and_told_once(void **state)
{
	const struct gasp g = word(BOOT, FIRST + 1, 0);

	(void)state;
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(told, 1);
	assert_int_equal(told_cause, CAUSE_POWER);
	assert_int_equal(news_rows, 1);
	assert_int_equal(gasp_rows, 0);
	assert_int_equal(boot.seq, FIRST + 1);
	/* The same by MQTT is there already, and acknowledged. */
	assert_int_equal(hear_news(FIRST + 1, &cut, 0, 30), REFUSE_DUPLICATE);
	pass(60000);
	assert_int_equal(told, 1);
	assert_int_equal(news_rows, 1);
}

static void a_gasp_after_its_record_is_known(void **state)
{
	const struct gasp g = word(BOOT, FIRST + 1, 0);

	(void)state;
	assert_int_equal(hear_news(FIRST + 1, &cut, 0, 20), 0);
	assert_int_equal(hear_gasp(&g), GASP_KNOWN);
	assert_int_equal(hear_gasp(&g), GASP_REPLAYED);
	assert_int_equal(told, 1);
	assert_int_equal(news_rows, 1);
}

static void other_turns_are_known_and_copies_are_replayed(void **state)
{
	struct gasp g = word(BOOT, FIRST + 1, 0);

	(void)state;
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(hear_gasp(&g), GASP_REPLAYED);
	g.turn = 1;
	assert_int_equal(hear_gasp(&g), GASP_KNOWN);
	assert_int_equal(hear_gasp(&g), GASP_REPLAYED);
	assert_int_equal(told, 1);
}

static void ahead_of_its_record_it_is_a_row_of_its_own_and_told_at_once(void **state)
{
	const struct gasp g = word(BOOT, FIRST + 4, 3);

	(void)state;
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(told, 1);
	assert_int_equal(told_cause, CAUSE_POWER);
	assert_int_equal(gasp_rows, 1);
	assert_int_equal(news_rows, 0);
	assert_int_equal(boot.seq, FIRST); /* nothing is taken out of turn */
	assert_int_equal(boot.gasp, FIRST + 4);
	assert_int_equal(commune_point(c, 0).cause, CAUSE_POWER);
	/* The records come later, in order, and tell nobody anything new. */
	pass(1000);
	for (uint64_t seq = FIRST + 1; seq < FIRST + 4; seq++)
		assert_int_equal(hear_news(seq, &well, (uint16_t)(FIRST + 4 - seq), 3000), 0);
	assert_int_equal(hear_news(FIRST + 4, &cut, 0, 1020), 0);
	pass(30000);
	assert_int_equal(told, 1);
	assert_int_equal(news_rows, 4);
	assert_int_equal(gasp_rows, 1);
	assert_int_equal(commune_point(c, 0).cause, CAUSE_POWER);
}

static void a_point_never_heard_by_mqtt_is_heard_by_its_gasp(void **state)
{
	const struct gasp g = word(BOOT, 7000, 2);

	(void)state;
	assert_int_equal(commune_point(c, 0).contact, CONTACT_UNKNOWN);
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(told, 1);
	assert_int_equal(told_cause, CAUSE_POWER);
	/* Then it falls silent, and that is the same cut. */
	pass(200000);
	assert_int_equal(commune_point(c, 0).contact, CONTACT_DARK);
	assert_int_equal(commune_point(c, 0).cause, CAUSE_POWER);
	assert_int_equal(told, 1);
}

static void a_gasp_explains_why_a_dark_point_is_dark(void **state)
{
	struct gasp g;

	(void)state;
	pass(200000);
	assert_int_equal(commune_point(c, 0).contact, CONTACT_DARK);
	assert_int_equal(told, 1);
	assert_int_equal(commune_point(c, 0).cause, CAUSE_OPEN);
	g = word(BOOT, FIRST + 4, 3);
	assert_int_equal(hear_gasp(&g), 0);
	/* Still dark: nobody can reach it by MQTT. */
	assert_int_equal(commune_point(c, 0).contact, CONTACT_DARK);
	assert_int_equal(commune_point(c, 0).cause, CAUSE_POWER);
	assert_int_equal(told, 1);
}

static void one_that_was_kept_and_let_loose_later_is_old(void **state)
{
	struct gasp g = word(BOOT, FIRST + 1, 0);

	(void)state;
	pass(10 * 60 * 1000);
	told = 0;
	assert_int_equal(hear_gasp(&g), GASP_OLD);
	assert_int_equal(news_rows + gasp_rows, 0);
	assert_int_equal(told, 0);
}

static void our_own_clock_may_be_set_meanwhile(void **state)
{
	struct gasp g;

	(void)state;
	set = 2 * 3600 * 1000;
	g = word(BOOT, FIRST + 1, 0);
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(told, 1);
}

static void a_boot_that_is_over_gasps_no_more(void **state)
{
	const struct gasp unheard = word(99, 40, 0);

	(void)state;
	/* Another boot is being heard. */
	assert_int_equal(hear_gasp(&unheard), GASP_OLD);
	/* The ledger knows it from long ago. */
	pass(200000);
	told = 0;
	assert_int_equal(commune_gasp(c, "TT-01-01", &unheard, true, now(), wall()), GASP_REPLAYED);
	hear_birth(8);
	pass(200000);
	assert_int_equal(
		commune_gasp(
			c, "TT-01-01",
			&(struct gasp){
				.boot = 99, .seq = 41, .t_ms = 5, .behind = 0, .verdict = cut },
			true, now(), wall()),
		GASP_OLD);
	turn();
}

static void a_restart_forgets_no_gasp(void **state)
{
	struct gasp g = word(BOOT, FIRST + 4, 3);

	(void)state;
	assert_int_equal(hear_gasp(&g), 0);
	commune_free(c);
	c = commune_new(&roster, &options);
	boot.point = 0;
	commune_restore_boot(c, &boot);
	commune_restore_rows(c, 100);
	commune_start(c, wall(), now(), wall());
	commune_link(c, true, now(), wall());
	turn();
	told = gasp_rows = 0;
	assert_int_equal(hear_gasp(&g), GASP_KNOWN);
	g.turn = 2;
	assert_int_equal(hear_gasp(&g), GASP_KNOWN);
	assert_int_equal(told + gasp_rows, 0);
}

static void a_point_that_is_in_no_roster_is_unknown(void **state)
{
	const struct gasp g = word(BOOT, FIRST + 1, 0);

	(void)state;
	assert_int_equal(commune_gasp(c, "TT-09-09", &g, false, now(), wall()), GASP_UNKNOWN_POINT);
}

/* While the broker is away we cannot judge; what the house said is in the ledger all the same. */
static void a_blind_gateway_keeps_what_it_is_told(void **state)
{
	struct gasp g;

	(void)state;
	commune_link(c, false, now(), wall());
	turn();
	g = word(BOOT, FIRST + 1, 0);
	assert_int_equal(hear_gasp(&g), 0);
	assert_int_equal(news_rows, 1);
	assert_int_equal(told, 0);
	assert_int_equal(commune_point(c, 0).contact, CONTACT_UNKNOWN);
}

static void every_refusal_has_a_name(void **state)
{
	(void)state;
	for (unsigned r = 1; r < GASP_REFUSALS; r++)
		assert_string_not_equal(gasp_refusal_str(r), "?");
	assert_string_equal(gasp_refusal_str(GASP_BAD_SEAL), "bad_seal");
	assert_string_equal(gasp_refusal_str(WIRE_LONG), "too_long");
	assert_string_equal(gasp_refusal_str(GASP_REFUSALS), "?");
}

int main(void)
{
#define FRESH(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_well, end)
	const struct CMUnitTest tests[] = {
		TEST(the_next_record_is_taken_from_a_gasp_and_told_once),
		TEST(a_gasp_after_its_record_is_known),
		TEST(other_turns_are_known_and_copies_are_replayed),
		TEST(ahead_of_its_record_it_is_a_row_of_its_own_and_told_at_once),
		FRESH(a_point_never_heard_by_mqtt_is_heard_by_its_gasp),
		TEST(a_gasp_explains_why_a_dark_point_is_dark),
		TEST(one_that_was_kept_and_let_loose_later_is_old),
		TEST(our_own_clock_may_be_set_meanwhile),
		TEST(a_boot_that_is_over_gasps_no_more),
		TEST(a_restart_forgets_no_gasp),
		TEST(a_point_that_is_in_no_roster_is_unknown),
		TEST(a_blind_gateway_keeps_what_it_is_told),
		cmocka_unit_test(every_refusal_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
