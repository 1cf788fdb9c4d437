/* SPDX-License-Identifier: Apache-2.0 */
/* state: one node in a made-up house, on a clock we own. */
#include "node/state.h"
#include "tests/fakes/disk_mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { BOOT = 0x11, START = 3600 * 1000, RTT = 1500 };

/* What left the node, newest last. */
struct heard {
	enum wire_kind kind;
	int64_t at;
	struct wire_birth birth;
	struct wire_beat beat;
	struct wire_news news;
	struct wire_past past;
};

/* The house: who answers, and what is heard outside. The gateway acknowledges when told to. */
static struct {
	struct disk_mem mem;
	struct spool spool;
	struct node_options o;
	struct node n;
	struct node_acts acts;
	int64_t now, next_tick;
	bool large;                     /* large packets pass outside */
	bool router, outside, up, line; /* line: the far kernel acknowledges */
	bool gateway_acks;
	bool broker_new; /* it has no word of the gateway to give */
	int64_t last_ack;
	unsigned cameras, probed, dials, forbidden;
	enum clock_quality quality;
	struct heard heard[4000];
	unsigned n_heard;
	enum cause causes[64];
	unsigned n_causes;
	uint64_t have;
} h;

static mono_t now(void)
{
	return (mono_t){ h.now };
}

static void tell(const char *topic, const uint8_t *buf, size_t len)
{
	node_heard(&h.n, topic, buf, len, false, now());
}

static void tell_ack(uint64_t seq)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_ack a = { BOOT, seq };

	tell("ms/TT-01/down", buf, wire_ack_encode(buf, &a));
}

static void say_gate(bool up, uint64_t epoch, bool kept)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_gate g = { .up = up, .epoch = epoch, .wall = { 1 } };

	node_heard(&h.n, TOPIC_GATEWAY, buf, wire_gate_encode(buf, &g), kept, now());
}

static void tell_gate(bool up, uint64_t epoch)
{
	say_gate(up, epoch, false);
}

static void take(const uint8_t *buf, size_t len)
{
	struct heard *e = &h.heard[h.n_heard];
	enum wire_err err = WIRE_BAD_KIND;

	assert_true(h.n_heard < 4000);
	e->at = h.now;
	assert_int_equal(wire_kind_of(&e->kind, buf, len), WIRE_OK);
	if (e->kind == WIRE_BIRTH)
		err = wire_birth_decode(&e->birth, buf, len);
	if (e->kind == WIRE_BEAT)
		err = wire_beat_decode(&e->beat, buf, len);
	if (e->kind == WIRE_NEWS)
		err = wire_news_decode(&e->news, buf, len);
	if (e->kind == WIRE_PAST)
		err = wire_past_decode(&e->past, buf, len);
	assert_int_equal(err, WIRE_OK);
	h.n_heard++;
	if (e->kind == WIRE_NEWS && e->news.oldest > h.have)
		h.have = e->news.oldest - 1;
	if (e->kind == WIRE_PAST && e->past.oldest > h.have)
		h.have = e->past.oldest - 1;
	if (e->kind == WIRE_NEWS && e->news.head.seq == h.have + 1)
		h.have++;
	if (e->kind == WIRE_PAST && e->past.head.seq == h.have + 1)
		h.have += e->past.n;
	if ((e->kind == WIRE_NEWS || e->kind == WIRE_PAST) && h.gateway_acks)
		tell_ack(h.have);
}

static void answer(enum node_target kind, unsigned which, bool answers)
{
	if (h.acts.probes & node_probe_bit(kind, which)) {
		h.probed |= node_probe_bit(kind, which);
		node_pinged(&h.n, kind, which,
			    h.forbidden & node_probe_bit(kind, which) ? -2
			    : answers                                 ? RTT
								      : -1,
			    now());
	}
}

static void step(void)
{
	do {
		node_step(&h.n, now(), (wall_t){ 1778762520000 + h.now }, h.quality, &h.acts);
		if (h.acts.verdict_changed) {
			assert_true(h.n_causes < 64);
			h.causes[h.n_causes++] = h.acts.verdict.cause;
		}
		h.dials += h.acts.dial;
		for (unsigned i = 0; i < h.acts.n_send; i++)
			if (h.line)
				take(h.acts.send[i].buf, h.acts.send[i].len);
		answer(NODE_ROUTER, 0, h.router);
		for (unsigned i = 0; i < h.o.outside_n; i++)
			answer(NODE_OUTSIDE, i, h.outside), answer(NODE_LARGE, i, h.large);
		for (unsigned i = 0; i < h.o.cameras_n; i++)
			answer(NODE_CAMERA, i, h.cameras >> i & 1);
	} while (node_due(&h.n).ms <= h.now);
}

/* The socket's facts: what is sent is acknowledged at once while the line is whole. */
static void feed_link(void)
{
	bool unacked = h.up && !h.line && h.n.beat_open;

	if (h.line)
		h.last_ack = h.now;
	node_link(&h.n, h.up, unacked, h.now - h.last_ack, 20000, now());
}

static void run_until(int64_t at)
{
	while (h.now < at) {
		int64_t due = node_due(&h.n).ms;

		assert_true(due > h.now);
		if (due > h.next_tick)
			due = h.next_tick;
		h.now = due < at ? due : at;
		if (h.now == h.next_tick) {
			h.next_tick += 1000;
			feed_link();
		}
		step();
	}
}

static void run(int64_t seconds)
{
	run_until(h.now + seconds * 1000);
}

/* The broker keeps the gateway's word, and gives it to whoever comes. */
static void connect_up(bool up)
{
	h.up = up;
	feed_link();
	if (up && !h.broker_new)
		say_gate(true, 1, true);
	step();
}

static void mains(bool on)
{
	node_mains(&h.n, on, now());
	step();
}

static int well(void **state)
{
	(void)state;
	memset(&h, 0, sizeof h);
	h.o = (struct node_options){ .point = "TT-01",
				     .beat_ms = 60000,
				     .probe_ms = 10000,
				     .probe_timeout_ms = 1000,
				     .probe_fails = 3,
				     .mains_out_ms = 500,
				     .mains_back_ms = 2000,
				     .line_hold_ms = 20000,
				     .ack_timeout_ms = 20000,
				     .mains_fitted = true,
				     .router_set = true,
				     .outside_n = 2,
				     .cameras_n = 2,
				     .birth_text = "{}",
				     .birth_text_len = 2 };
	h.router = h.outside = h.large = h.line = h.gateway_acks = true;
	h.cameras = 3;
	h.quality = CLOCK_NTP;
	h.now = START;
	h.next_tick = START + 1000;
	disk_mem_init(&h.mem);
	spool_open(&h.spool, &h.mem.disk, 1 << 20, BOOT, now());
	node_init(&h.n, &h.o, &h.spool, BOOT, 99, now());
	mains(true);
	return 0;
}

/* The same, connected and quiet for ten minutes. */
static int calm(void **state)
{
	well(state);
	run(2);
	connect_up(true);
	tell_gate(true, 1);
	run(600);
	assert_int_equal(h.acts.verdict.cause, CAUSE_NONE);
	h.n_heard = h.n_causes = 0;
	h.probed = 0;
	return 0;
}

static int done(void **state)
{
	(void)state;
	disk_mem_free(&h.mem);
	return 0;
}

static unsigned count(enum wire_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h.n_heard; i++)
		n += h.heard[i].kind == kind;
	return n;
}

static const struct heard *nth(enum wire_kind kind, unsigned n)
{
	for (unsigned i = 0; i < h.n_heard; i++)
		if (h.heard[i].kind == kind && n-- == 0)
			return &h.heard[i];
	fail_msg("no %s", wire_kind_str(kind));
	return NULL;
}

static void expect_causes(const enum cause *want, unsigned n)
{
	for (unsigned i = 0; i < n && i < h.n_causes; i++)
		assert_string_equal(cause_str(h.causes[i]), cause_str(want[i]));
	assert_int_equal(h.n_causes, n);
}

#define CAUSES_WERE(...)                                   \
	expect_causes((const enum cause[]){ __VA_ARGS__ }, \
		      sizeof((const enum cause[]){ __VA_ARGS__ }) / sizeof(enum cause))

static void a_connection_begins_with_a_birth_and_then_news(void **state)
{
	const struct heard *e;

	(void)state;
	run(2);
	assert_int_equal(h.n_heard, 0);
	connect_up(true);
	assert_true(h.n_heard >= 2);
	assert_int_equal(h.heard[0].kind, WIRE_BIRTH);
	assert_int_equal(h.heard[1].kind, WIRE_NEWS);
	e = nth(WIRE_BIRTH, 0);
	assert_int_equal(e->birth.boot, BOOT);
	assert_int_equal(e->birth.pace_s, 60);
	assert_int_equal(e->birth.cams_n, 2);
	assert_int_equal(e->birth.verdict.cause, CAUSE_NONE);
	assert_int_equal(e->birth.text_len, 2);
	CAUSES_WERE(CAUSE_NONE);
	assert_int_equal(spool_held(&h.spool), 0);
}

static void connections_are_numbered_upwards_over_restarts_too(void **state)
{
	uint8_t buf[WIRE_MAX];
	struct wire_will w;
	uint32_t first;

	(void)state;
	connect_up(true);
	first = nth(WIRE_BIRTH, 0)->birth.conn;
	connect_up(false);
	assert_int_equal(wire_will_decode(&w, buf, node_will(&h.n, buf)), WIRE_OK);
	assert_int_equal(w.conn, first + 1);
	connect_up(true);
	assert_int_equal(nth(WIRE_BIRTH, 1)->birth.conn, first + 1);
	run(30);
	node_init(&h.n, &h.o, &h.spool, BOOT, 99, now());
	assert_true(node_conn_next(&h.n) > first + 1);
}

static void ask(uint8_t what)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_ask a = { what };

	tell("ms/TT-01/down", buf, wire_ask_encode(buf, &a));
	step();
}

static void pace(uint16_t beat_s, uint16_t minutes)
{
	uint8_t buf[WIRE_MAX];
	const struct wire_pace p = { beat_s, minutes };

	tell("ms/TT-01/down", buf, wire_pace_encode(buf, &p));
	step();
}

static void find_shows_itself_for_a_quarter_of_an_hour_or_until_asked_again(void **state)
{
	(void)state;
	ask(ASK_FIND);
	assert_int_equal(h.acts.lamp, LAMP_DOUBLE);
	run(14 * 60);
	assert_int_equal(h.acts.lamp, LAMP_DOUBLE);
	run(2 * 60);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
	ask(ASK_FIND);
	run(60);
	ask(ASK_FIND);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
}

static void another_pace_is_announced_kept_and_given_up_in_time(void **state)
{
	(void)state;
	pace(5, 10);
	assert_int_equal(nth(WIRE_BIRTH, 0)->birth.pace_s, 5);
	run(300);
	assert_in_range(count(WIRE_BEAT), 58, 62);
	run(301);
	assert_int_equal(nth(WIRE_BIRTH, 1)->birth.pace_s, 60);
	pace(5, 10);
	pace(0, 0);
	assert_int_equal(nth(WIRE_BIRTH, 3)->birth.pace_s, 60);
}

static void probe_now_looks_at_everything_and_beats(void **state)
{
	(void)state;
	h.probed = 0;
	ask(ASK_PROBE);
	assert_int_equal(h.probed, node_probe_bit(NODE_ROUTER, 0) | node_probe_bit(NODE_CAMERA, 0) |
					   node_probe_bit(NODE_CAMERA, 1));
	run(2);
	assert_int_equal(count(WIRE_BEAT), 1);
}

static void a_report_is_made_once_a_day_and_when_asked(void **state)
{
	unsigned made = 0;

	(void)state;
	ask(ASK_REPORT);
	assert_true(h.acts.report);
	step();
	assert_false(h.acts.report);
	for (unsigned minute = 0; minute < 3 * 24 * 60; minute++) {
		h.n_heard = 0;
		run(60);
		made = (unsigned)h.n.count.reports;
	}
	assert_in_range(made, 3, 4);
}

static void the_family_says_unplugged_on_purpose(void **state)
{
	const struct heard *e;

	(void)state;
	h.cameras = 1;
	run(300);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	node_button(&h.n, true, now());
	h.now += 200;
	node_button(&h.n, false, now());
	step();
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	e = nth(WIRE_NEWS, 1);
	assert_true(e->news.verdict.facts & FACT_AWAY);
	run(30 * 60);
	assert_false(nth(WIRE_NEWS, 2)->news.verdict.facts & FACT_AWAY);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
}

static void please_call_is_news_until_somebody_takes_the_job(void **state)
{
	(void)state;
	node_button(&h.n, true, now());
	run(4);
	node_button(&h.n, false, now());
	step();
	assert_true(nth(WIRE_NEWS, 0)->news.verdict.facts & FACT_CALL);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	ask(ASK_TAKEN);
	assert_false(nth(WIRE_NEWS, 1)->news.verdict.facts & FACT_CALL);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
}

static void whoever_took_the_job_quiets_the_light_until_all_is_well(void **state)
{
	(void)state;
	h.cameras = 1;
	run(300);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	ask(ASK_TAKEN);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	ask(ASK_LEFT);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	ask(ASK_TAKEN);
	h.cameras = 3;
	run(120);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
	h.cameras = 1;
	run(300);
	assert_int_equal(h.acts.lamp, LAMP_FAST); /* another job */
}

static void the_relay_restarts_a_silent_router_and_says_so(void **state)
{
	unsigned offs = 0;

	(void)state;
	h.o.heals = HEALS_ROUTER;
	run(24 * 3600); /* what an earlier run did is not known for a day */
	h.n_heard = h.n_causes = 0;
	h.router = h.outside = h.line = false;
	connect_up(false);
	for (unsigned s = 0; s < 15 * 60; s++) {
		run(1);
		offs += h.acts.relay;
	}
	assert_in_range(offs, 14, 16);
	assert_int_equal(h.n.heal.tries, 1);
	mains(false);
	run(4 * 3600);
	assert_int_equal(h.n.heal.tries, 1);
}

static void nothing_hangs_on_the_relay_unless_somebody_said_so(void **state)
{
	(void)state;
	h.router = h.outside = h.line = false;
	connect_up(false);
	run(24 * 3600);
	assert_int_equal(h.n.heal.tries, 0);
}

static void a_battery_and_a_weak_supply_are_news(void **state)
{
	const struct supply s = { .ups_known = true, .on_battery = true, .under_voltage = true };

	(void)state;
	node_supply(&h.n, &s);
	step();
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.facts &
				 (FACT_UPS_KNOWN | FACT_ON_BATTERY | FACT_UNDER_VOLTAGE),
			 FACT_UPS_KNOWN | FACT_ON_BATTERY | FACT_UNDER_VOLTAGE);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	run(60);
	assert_true(nth(WIRE_BEAT, 0)->beat.sample.on_battery);
}

static void records_that_were_lost_are_told_with_the_first_news(void **state)
{
	(void)state;
	node_records_lost(&h.n);
	run(2);
	connect_up(true);
	assert_true(nth(WIRE_NEWS, 0)->news.verdict.facts & FACT_RECORDS_LOST);
}

static void a_broker_that_knows_no_gateway_is_not_taken_for_one(void **state)
{
	(void)state;
	h.gateway_acks = false;
	h.broker_new = true;
	connect_up(false);
	run(2);
	connect_up(true);
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_GATEWAY);
	assert_int_equal(h.acts.verdict.layer, LAYER_ACK);
	assert_false(h.acts.verdict.facts & FACT_GATEWAY_LISTENS);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	tell_gate(true, 2);
	run(2);
	assert_int_equal(h.acts.verdict.cause, CAUSE_NONE);
}

static void a_gateway_that_comes_after_the_node_is_given_the_birth_again(void **state)
{
	(void)state;
	connect_up(false);
	run(2);
	h.broker_new = true; /* it started again, and the gateway is not back yet */
	h.n_heard = 0;
	connect_up(true);
	run(1);
	assert_int_equal(count(WIRE_BIRTH), 1);
	tell_gate(true, 1); /* the same gateway as before */
	run(1);
	assert_int_equal(count(WIRE_BIRTH), 2);
	tell_gate(true, 1);
	run(1);
	assert_int_equal(count(WIRE_BIRTH), 2);
}

static void a_spent_budget_slows_beats_and_holds_no_alarm_back(void **state)
{
	(void)state;
	h.n.bytes.budget = 1000000;
	node_bytes(&h.n, 1000000, now());
	step();
	assert_int_equal(nth(WIRE_BIRTH, 0)->birth.pace_s, 900);
	assert_true(nth(WIRE_NEWS, 0)->news.verdict.facts & FACT_SLOWED);
	h.n_heard = 0;
	mains(false);
	run(1);
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.cause, CAUSE_POWER);
	h.n_heard = 0;
	run(3600);
	assert_in_range(count(WIRE_BEAT), 3, 4);
}

static void pushed_settings_are_handed_on_as_they_came(void **state)
{
	static const char text[] = "{\"beat_s\":75}";
	const struct wire_push p = { .id = 5, .text = text, .text_len = sizeof text - 1 };
	uint8_t buf[WIRE_MAX];

	(void)state;
	tell("ms/TT-01/down", buf, wire_push_encode(buf, &p));
	assert_true(h.n.push.here);
	assert_int_equal(h.n.push.id, 5);
	assert_int_equal(h.n.push.len, sizeof text - 1);
	assert_memory_equal(h.n.push.text, text, sizeof text - 1);
}

static void a_device_that_nobody_enrolled_shows_itself_at_first(void **state)
{
	(void)state;
	run(3);
	node_dial_failed(&h.n, LAYER_ACK, true, false, now());
	step();
	assert_int_equal(h.acts.lamp, LAMP_DOUBLE);
	run(15 * 60);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
}

static void a_cable_that_is_out_is_named_and_the_family_asked(void **state)
{
	(void)state;
	node_carrier(&h.n, true, true, now());
	h.router = h.outside = h.line = false;
	node_carrier(&h.n, true, false, now());
	connect_up(false);
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_LINK);
	assert_int_equal(h.acts.verdict.layer, LAYER_LINK);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	h.router = h.outside = h.line = true;
	h.dials = 0;
	node_carrier(&h.n, true, true, now());
	step();
	assert_int_equal(h.dials, 1);
}

static void calm_is_one_beat_a_minute_and_no_write(void **state)
{
	uint64_t writes = h.mem.calls;

	(void)state;
	run(24 * 3600);
	assert_int_equal(count(WIRE_BEAT), 24 * 60);
	assert_int_equal(h.n_heard, 24 * 60);
	assert_int_equal(h.mem.calls, writes);
	assert_int_equal(nth(WIRE_BEAT, 5)->beat.sample.cams_up, 3);
	assert_int_equal(nth(WIRE_BEAT, 5)->beat.sample.lost, 0);
	assert_true(nth(WIRE_BEAT, 5)->beat.sample.mains_on);
	assert_in_range(wire_rtt_us(nth(WIRE_BEAT, 5)->beat.sample.out_rtt), 19000, 21000);
	assert_false(h.probed & node_probe_bit(NODE_OUTSIDE, 0));
	assert_true(h.probed & node_probe_bit(NODE_ROUTER, 0));
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
	assert_int_equal(h.n_causes, 0);
}

static void mains_out_is_news_after_its_hold_and_at_once_on_the_wire(void **state)
{
	int64_t at;

	(void)state;
	mains(false);
	at = h.now;
	run(5);
	CAUSES_WERE(CAUSE_POWER);
	assert_int_equal(nth(WIRE_NEWS, 0)->at, at + 500);
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.cause, CAUSE_POWER);
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.sure, SURE_CONFIRMED);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	mains(true);
	at = h.now;
	run(5);
	CAUSES_WERE(CAUSE_POWER, CAUSE_NONE);
	assert_int_equal(nth(WIRE_NEWS, 1)->at, at + 2000);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
}

static void a_dip_of_the_mains_is_nobodys_news(void **state)
{
	(void)state;
	mains(false);
	run_until(h.now + 400);
	mains(true);
	run(60);
	assert_int_equal(h.n_causes, 0);
	assert_int_equal(h.n.mains.dips, 1);
}

static void cameras_that_start_slowly_after_a_power_cut_are_no_broken_cameras(void **state)
{
	(void)state;
	mains(false);
	h.cameras = 0;
	h.router = false;
	run(600);
	mains(true);
	run(60);
	CAUSES_WERE(CAUSE_POWER, CAUSE_POWER);
	assert_int_equal(h.acts.verdict.sure, SURE_PROBABLE);
	h.router = true;
	h.cameras = 3;
	run(60);
	CAUSES_WERE(CAUSE_POWER, CAUSE_POWER, CAUSE_NONE);
}

static void a_camera_that_never_comes_back_after_the_power_is_told(void **state)
{
	(void)state;
	mains(false);
	h.cameras = 0;
	run(600);
	mains(true);
	h.cameras = 2;
	run(300);
	CAUSES_WERE(CAUSE_POWER, CAUSE_POWER, CAUSE_CAMERA);
	assert_int_equal(h.acts.verdict.eyes, 0x12);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
}

static void one_silent_camera_is_told_and_lights_the_lamp_later(void **state)
{
	(void)state;
	h.cameras = 1;
	run(45);
	CAUSES_WERE(CAUSE_CAMERA);
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.eyes, 0x21);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
	run(180);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	h.cameras = 0;
	run(45);
	CAUSES_WERE(CAUSE_CAMERA, CAUSE_CAMERA);
	h.cameras = 3;
	run(45);
	assert_int_equal(h.acts.verdict.cause, CAUSE_NONE);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
	assert_true(nth(WIRE_BEAT, 2)->beat.sample.lost > 0);
}

static void a_camera_dead_since_the_boot_is_told_after_it_had_time_to_start(void **state)
{
	done(state);
	well(state);
	h.now = 20000;
	h.next_tick = 21000;
	h.cameras = 2;
	node_init(&h.n, &h.o, &h.spool, BOOT, 99, now());
	mains(true);
	connect_up(true);
	run(155);
	assert_int_equal(h.n_causes, 0);
	assert_int_equal(h.acts.verdict.cause, CAUSE_OPEN);
	run(10);
	CAUSES_WERE(CAUSE_CAMERA);
}

static void a_cut_line_is_told_from_a_dead_router(void **state)
{
	(void)state;
	/* The provider: the socket hangs first, then dies. */
	h.line = h.outside = false;
	run(100);
	h.up = false;
	run(30);
	assert_int_equal(h.acts.verdict.cause, CAUSE_PROVIDER);
	assert_int_equal(h.acts.verdict.sure, SURE_CONFIRMED);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	/* Now the router too. */
	h.router = false;
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_ROUTER);
	assert_int_equal(h.acts.lamp, LAMP_FAST);
	/* All answers again: first our own connection gets its chance. That the outside was silent
	 * behind a dead router says nothing of the provider. */
	h.router = h.outside = true;
	h.dials = 0;
	run(20);
	assert_int_equal(h.acts.verdict.cause, CAUSE_LINE);
	assert_int_equal(h.acts.verdict.sure, SURE_OPEN);
	assert_int_equal(h.dials, 2);
	run(30);
	assert_int_equal(h.acts.verdict.cause, CAUSE_GATEWAY);
	h.line = true;
	connect_up(true);
	assert_int_equal(h.acts.verdict.cause, CAUSE_NONE);
	assert_int_equal(spool_held(&h.spool), 0);
}

static void a_short_reconnect_is_nobodys_news(void **state)
{
	(void)state;
	connect_up(false);
	run(15);
	connect_up(true);
	run(60);
	assert_int_equal(h.n_causes, 0);
	assert_int_equal(count(WIRE_BIRTH), 1);
	assert_int_equal(count(WIRE_NEWS), 0);
}

static void outside_is_pinged_only_in_doubt(void **state)
{
	unsigned outside = node_probe_bit(NODE_OUTSIDE, 0) | node_probe_bit(NODE_OUTSIDE, 1);

	(void)state;
	run(120);
	assert_false(h.probed & outside);
	h.line = false;
	run(75); /* the next beat hangs */
	assert_int_equal(h.probed & outside, outside);
	h.line = true;
	run(5);
	h.probed = 0;
	run(120);
	assert_false(h.probed & outside);
	assert_int_equal(h.n_causes, 0);
}

static void missed_minutes_come_back_in_order_with_their_times(void **state)
{
	int64_t last = 0, cut;
	unsigned samples = 0;

	(void)state;
	run(30);
	cut = h.now;
	h.line = false;
	run(90);
	h.up = false;
	run(3600);
	assert_int_equal(count(WIRE_PAST), 0);
	h.line = true;
	h.n_heard = 0;
	connect_up(true);
	assert_int_equal(h.heard[0].kind, WIRE_BIRTH);
	for (unsigned i = 0; i < h.n_heard; i++) {
		const struct wire_past *p = &h.heard[i].past;

		if (h.heard[i].kind != WIRE_PAST)
			continue;
		for (unsigned k = 0; k < p->n; k++) {
			int64_t t = p->head.t_ms + (int64_t)p->after_s[k] * 1000;

			/* One a minute, the beat that was lost in the hanging socket included. */
			if (last)
				assert_in_range(t - last, 59000, 61000);
			else
				assert_in_range(t, cut, cut + 61000);
			last = t;
			samples++;
		}
	}
	assert_in_range(samples, 61, 62);
	assert_int_equal(spool_held(&h.spool), 0);
	h.n_heard = 0;
	run(120);
	assert_int_equal(count(WIRE_BEAT), 2);
	assert_int_equal(count(WIRE_PAST), 0);
}

static void while_samples_wait_new_minutes_queue_behind_them(void **state)
{
	(void)state;
	connect_up(false);
	run(300);
	h.gateway_acks = false;
	connect_up(true);
	h.n_heard = 0;
	run(60);
	assert_int_equal(count(WIRE_BEAT), 0);
	assert_true(h.n_heard >= 1); /* the front, again and again */
	assert_true(spool_held_samples(&h.spool) >= 5);
	h.gateway_acks = true;
	tell_ack(h.have);
	step();
	h.n_heard = 0;
	run(180);
	assert_true(count(WIRE_BEAT) >= 2);
	assert_int_equal(spool_held(&h.spool), 0);
}

static void a_gateway_that_is_away_gets_its_minutes_later(void **state)
{
	(void)state;
	tell_gate(false, 1);
	run(15);
	assert_int_equal(h.n_causes, 0);
	run(300);
	CAUSES_WERE(CAUSE_GATEWAY);
	assert_int_equal(h.acts.lamp, LAMP_SLOW);
	assert_int_equal(h.n_heard, count(WIRE_BEAT)); /* in case it listens after all */
	tell_gate(true, 2);
	step();
	assert_int_equal(nth(WIRE_NEWS, 0)->news.verdict.cause, CAUSE_GATEWAY);
	assert_true(nth(WIRE_PAST, 0)->past.n >= 4);
	CAUSES_WERE(CAUSE_GATEWAY, CAUSE_NONE);
	assert_int_equal(spool_held(&h.spool), 0);
}

static void a_gateway_that_asks_is_answered_now(void **state)
{
	uint8_t buf[WIRE_MAX];
	struct wire_ask ask = { .what = ASK_BEAT };

	(void)state;
	tell("ms/TT-01/down", buf, wire_ask_encode(buf, &ask));
	step();
	assert_int_equal(count(WIRE_BEAT), 1);
	ask.what = ASK_BIRTH;
	tell("ms/TT-01/down", buf, wire_ask_encode(buf, &ask));
	step();
	assert_int_equal(count(WIRE_BIRTH), 1);
}

static void a_router_that_carries_without_answering_is_never_blamed(void **state)
{
	(void)state;
	h.router = false;
	run(300);
	assert_int_equal(h.n_causes, 0);
	h.cameras = 0;
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_CAMERA); /* the link vouches for the rest */
	h.line = h.outside = false;
	run(100);
	connect_up(false);
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_LINE);
	assert_int_equal(h.acts.verdict.sure, SURE_OPEN);
}

static void a_house_network_that_dies_blames_no_camera(void **state)
{
	(void)state;
	/* The cameras' turns come at different moments, before the link is missed and after. */
	h.router = h.line = h.outside = false;
	h.cameras = 0;
	run(200);
	CAUSES_WERE(CAUSE_ROUTER);
	h.router = h.line = h.outside = true;
	h.cameras = 3;
	run(30);
	assert_int_equal(h.acts.verdict.cause, CAUSE_NONE);
	for (unsigned i = 0; i < h.n_causes; i++)
		assert_int_not_equal(h.causes[i], CAUSE_CAMERA);
}

static void large_packets_are_asked_of_an_address_that_answers(void **state)
{
	(void)state;
	h.large = h.line = false;
	connect_up(false);
	node_dial_failed(&h.n, LAYER_TLS, false, false, now());
	run(60);
	assert_int_equal(h.acts.verdict.cause, CAUSE_MTU);
	assert_int_equal(h.acts.verdict.layer, LAYER_TLS);
	/* They pass again: our own connection has its chance before the gateway is blamed. */
	h.large = true;
	h.dials = 0;
	run(15);
	assert_int_equal(h.dials, 1);
	assert_int_equal(h.acts.verdict.cause, CAUSE_MTU);
	run(40);
	assert_int_equal(h.acts.verdict.cause, CAUSE_GATEWAY);
}

static void whatever_is_wrong_with_a_message_is_counted(void **state)
{
	const uint8_t zeros[20] = { 0 }, beat[WIRE_BEAT_LEN] = { 0x12 };

	(void)state;
	tell("ms/TT-01/down", zeros, 0);
	tell("ms/TT-01/down", zeros, 20);
	tell("ms/TT-01/down", beat, sizeof beat);
	tell(TOPIC_GATEWAY, beat, sizeof beat);
	tell("ms/TT-02/down", zeros, 20);
	assert_int_equal(h.n.count.refused[WIRE_SHORT], 1);
	assert_int_equal(h.n.count.refused[WIRE_BAD_VERSION], 1);
	assert_int_equal(h.n.count.refused[WIRE_BAD_KIND], 2);
	assert_int_equal(h.n.count.wrong_topic, 1);
}

static void without_the_right_to_ping_nobody_is_called_silent(void **state)
{
	(void)state;
	h.forbidden = ~0u;
	run(120);
	CAUSES_WERE(CAUSE_OPEN); /* nor is what was heard before still true */
	assert_true(h.acts.verdict.facts & FACT_NO_PING_RIGHT);
	h.forbidden = 0;
	run(20);
	assert_false(h.acts.verdict.facts & FACT_NO_PING_RIGHT);
}

static void one_address_without_a_way_to_it_is_silent(void **state)
{
	(void)state;
	h.forbidden = node_probe_bit(NODE_CAMERA, 1);
	run(60);
	CAUSES_WERE(CAUSE_CAMERA);
	assert_int_equal(h.acts.verdict.eyes, 0x21);
	assert_false(h.acts.verdict.facts & FACT_NO_PING_RIGHT);
}

static void what_could_not_be_sent_is_told_again(void **state)
{
	(void)state;
	h.line = false; /* nothing of this step leaves */
	mains(false);
	run_until(h.now + 600);
	node_unsent(&h.n, now());
	h.line = true;
	assert_int_equal(count(WIRE_NEWS), 0);
	run(2);
	assert_int_equal(count(WIRE_NEWS), 1);
	assert_int_equal(spool_held(&h.spool), 0);
}

static void the_lamp_is_tested_first(void **state)
{
	(void)state;
	assert_int_equal(h.acts.lamp, LAMP_TEST);
	run(3);
	assert_int_equal(h.acts.lamp, LAMP_SLOW); /* not connected yet */
	connect_up(true);
	run(5);
	assert_int_equal(h.acts.lamp, LAMP_STEADY);
}

static void power_and_line_together_is_power_until_the_house_is_awake(void **state)
{
	(void)state;
	mains(false);
	h.line = h.outside = h.router = false;
	h.cameras = 0;
	h.up = false;
	run(600);
	CAUSES_WERE(CAUSE_POWER);
	mains(true);
	h.router = true;
	h.cameras = 3;
	run(60);
	CAUSES_WERE(CAUSE_POWER, CAUSE_POWER);
	run(150);
	CAUSES_WERE(CAUSE_POWER, CAUSE_POWER, CAUSE_PROVIDER);
	h.line = true;
	connect_up(true);
	assert_int_equal(count(WIRE_NEWS), 4);
	assert_int_equal(spool_held(&h.spool), 0);
}

int main(void)
{
#define NEW(name) cmocka_unit_test_setup_teardown(name, well, done)
#define TEST(name) cmocka_unit_test_setup_teardown(name, calm, done)
	const struct CMUnitTest tests[] = {
		NEW(a_connection_begins_with_a_birth_and_then_news),
		NEW(connections_are_numbered_upwards_over_restarts_too),
		NEW(the_lamp_is_tested_first),
		TEST(find_shows_itself_for_a_quarter_of_an_hour_or_until_asked_again),
		TEST(another_pace_is_announced_kept_and_given_up_in_time),
		TEST(probe_now_looks_at_everything_and_beats),
		TEST(a_report_is_made_once_a_day_and_when_asked),
		TEST(the_family_says_unplugged_on_purpose),
		TEST(please_call_is_news_until_somebody_takes_the_job),
		TEST(whoever_took_the_job_quiets_the_light_until_all_is_well),
		TEST(the_relay_restarts_a_silent_router_and_says_so),
		TEST(nothing_hangs_on_the_relay_unless_somebody_said_so),
		TEST(a_battery_and_a_weak_supply_are_news),
		TEST(a_broker_that_knows_no_gateway_is_not_taken_for_one),
		TEST(a_gateway_that_comes_after_the_node_is_given_the_birth_again),
		TEST(a_spent_budget_slows_beats_and_holds_no_alarm_back),
		TEST(pushed_settings_are_handed_on_as_they_came),
		TEST(a_cable_that_is_out_is_named_and_the_family_asked),
		NEW(records_that_were_lost_are_told_with_the_first_news),
		NEW(a_device_that_nobody_enrolled_shows_itself_at_first),
		TEST(calm_is_one_beat_a_minute_and_no_write),
		TEST(mains_out_is_news_after_its_hold_and_at_once_on_the_wire),
		TEST(a_dip_of_the_mains_is_nobodys_news),
		TEST(cameras_that_start_slowly_after_a_power_cut_are_no_broken_cameras),
		TEST(a_camera_that_never_comes_back_after_the_power_is_told),
		TEST(one_silent_camera_is_told_and_lights_the_lamp_later),
		NEW(a_camera_dead_since_the_boot_is_told_after_it_had_time_to_start),
		TEST(a_cut_line_is_told_from_a_dead_router),
		TEST(a_router_that_carries_without_answering_is_never_blamed),
		TEST(a_house_network_that_dies_blames_no_camera),
		TEST(large_packets_are_asked_of_an_address_that_answers),
		TEST(a_short_reconnect_is_nobodys_news),
		TEST(outside_is_pinged_only_in_doubt),
		TEST(missed_minutes_come_back_in_order_with_their_times),
		TEST(while_samples_wait_new_minutes_queue_behind_them),
		TEST(a_gateway_that_is_away_gets_its_minutes_later),
		TEST(a_gateway_that_asks_is_answered_now),
		TEST(whatever_is_wrong_with_a_message_is_counted),
		TEST(without_the_right_to_ping_nobody_is_called_silent),
		TEST(one_address_without_a_way_to_it_is_silent),
		TEST(what_could_not_be_sent_is_told_again),
		TEST(power_and_line_together_is_power_until_the_house_is_awake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
