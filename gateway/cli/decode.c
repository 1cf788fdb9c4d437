/* SPDX-License-Identifier: Apache-2.0 */
/* decode: any message of the wire as JSON. */
#include "gateway/cli/decode.h"

#include "gateway/date.h"
#include "mesh/gasp.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

long decode_hex(uint8_t out[static WIRE_MAX], const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		if (strchr(" \t\r\n:", *text))
			continue;
		if (digit(*text) < 0 || n == 2 * (size_t)WIRE_MAX)
			return -1;
		if (n % 2 == 0)
			out[n / 2] = (uint8_t)(digit(*text) << 4);
		else
			out[n / 2] = (uint8_t)(out[n / 2] | digit(*text));
		n++;
	}
	return n % 2 ? -1 : (long)(n / 2);
}

/* ---- parts ---- */

static void add_number(cJSON *to, const char *key, int64_t n)
{
	cJSON_AddNumberToObject(to, key, (double)n);
}

/* 64 bits do not fit a JSON number. */
static void add_boot(cJSON *to, uint64_t boot)
{
	char hex[20];

	snprintf(hex, sizeof hex, "%016" PRIx64, boot);
	cJSON_AddStringToObject(to, "boot", hex);
}

static void add_wall(cJSON *to, wall_t wall)
{
	char iso[DATE_TEXT];

	date_draw_iso(iso, wall);
	cJSON_AddStringToObject(to, "wall", iso);
}

static void add_quality(cJSON *to, enum clock_quality q)
{
	static const char *const names[] = { "never", "floor", "ntp" };

	cJSON_AddStringToObject(to, "quality", q <= CLOCK_NTP ? names[q] : "?");
}

static void add_known(cJSON *to, const char *key, bool known, bool yes)
{
	if (known)
		cJSON_AddBoolToObject(to, key, yes);
	else
		cJSON_AddNullToObject(to, key);
}

/* What the family, the supply and the device itself have to say; only what holds. */
static void add_more_facts(cJSON *to, uint32_t facts)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} more[] = {
		{ FACT_ON_BATTERY, "on_battery" },
		{ FACT_BATTERY_LOW, "battery_low" },
		{ FACT_UNDER_VOLTAGE, "under_voltage" },
		{ FACT_AWAY, "away" },
		{ FACT_CALL, "call" },
		{ FACT_HEALING, "healing" },
		{ FACT_RECORDS_LOST, "records_lost" },
		{ FACT_CAMERA_CLOCK, "camera_clock" },
		{ FACT_SLOWED, "slowed" },
	};

	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (facts & more[i].bit)
			cJSON_AddTrueToObject(to, more[i].name);
}

static void add_eyes(cJSON *to, const struct verdict *v)
{
	cJSON *list = cJSON_AddArrayToObject(to, "cameras");

	for (unsigned i = 0; i < v->cams_n; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(eye_str(eye_of(v->eyes, i))));
}

static void add_verdict(cJSON *to, const struct verdict *v)
{
	cJSON *j = cJSON_AddObjectToObject(to, "verdict");

	cJSON_AddStringToObject(j, "cause", cause_str(v->cause));
	cJSON_AddStringToObject(j, "sure", sure_str(v->sure));
	add_known(j, "mains", v->facts & FACT_MAINS_KNOWN, v->facts & FACT_MAINS_ON);
	add_known(j, "router", v->facts & FACT_ROUTER_KNOWN, v->facts & FACT_ROUTER_ANSWERS);
	add_known(j, "outside", v->facts & FACT_OUTSIDE_KNOWN, v->facts & FACT_OUTSIDE_ANSWERS);
	cJSON_AddBoolToObject(j, "link", v->facts & FACT_LINK_UP);
	cJSON_AddBoolToObject(j, "gateway", v->facts & FACT_GATEWAY_LISTENS);
	cJSON_AddBoolToObject(j, "may_ping", !(v->facts & FACT_NO_PING_RIGHT));
	cJSON_AddStringToObject(j, "layer", layer_str(v->layer));
	add_more_facts(j, v->facts);
	add_eyes(j, v);
}

static void add_rtt(cJSON *to, const char *key, uint8_t packed)
{
	const int32_t us = wire_rtt_us(packed);

	if (us < 0)
		cJSON_AddNullToObject(to, key);
	else
		add_number(to, key, us);
}

static cJSON *sample_json(const struct sample *s)
{
	cJSON *j = cJSON_CreateObject();

	add_known(j, "mains", s->mains_known, s->mains_on);
	add_known(j, "router", s->router_known, s->router_answers);
	cJSON_AddBoolToObject(j, "on_battery", s->on_battery);
	cJSON_AddBoolToObject(j, "under_voltage", s->under_voltage);
	add_number(j, "cameras_up", s->cams_up);
	add_rtt(j, "router_us", s->router_rtt);
	add_rtt(j, "out_us", s->out_rtt);
	add_number(j, "lost_percent", s->lost);
	if (s->temp_c == -128)
		cJSON_AddNullToObject(j, "temp_c");
	else
		add_number(j, "temp_c", s->temp_c);
	return j;
}

static void add_head(cJSON *to, const struct record_head *h, int64_t age_ms)
{
	add_boot(to, h->boot);
	add_number(to, "seq", (int64_t)h->seq);
	add_number(to, "t_ms", h->t_ms);
	add_wall(to, h->wall);
	add_quality(to, h->quality);
	if (age_ms < 0)
		cJSON_AddNullToObject(to, "age_ms");
	else
		add_number(to, "age_ms", age_ms);
}

/* ---- messages ---- */

static enum wire_err put_birth(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_birth m;
	enum wire_err err = wire_birth_decode(&m, buf, len);
	cJSON *text;

	if (err)
		return err;
	add_boot(to, m.boot);
	add_number(to, "conn", m.conn);
	add_number(to, "t_ms", m.t_ms);
	add_wall(to, m.wall);
	add_quality(to, m.quality);
	add_number(to, "pace_s", m.pace_s);
	add_number(to, "cameras", m.cams_n);
	add_number(to, "waiting", m.waiting);
	add_verdict(to, &m.verdict);
	text = cJSON_ParseWithLength(m.text, m.text_len);
	cJSON_AddItemToObject(to, "about", text ? text : cJSON_CreateNull());
	return WIRE_OK;
}

static enum wire_err put_beat(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_beat m;
	enum wire_err err = wire_beat_decode(&m, buf, len);

	if (err)
		return err;
	add_number(to, "t_s", m.t_s);
	add_number(to, "waiting", m.waiting);
	cJSON_AddItemToObject(to, "sample", sample_json(&m.sample));
	return WIRE_OK;
}

static enum wire_err put_news(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_news m;
	enum wire_err err = wire_news_decode(&m, buf, len);

	if (err)
		return err;
	add_head(to, &m.head, m.age_ms);
	add_number(to, "oldest", (int64_t)m.oldest);
	if (m.skipped)
		cJSON_AddTrueToObject(to, "skipped");
	add_number(to, "more", m.more);
	add_verdict(to, &m.verdict);
	return WIRE_OK;
}

static enum wire_err put_past(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_past *m = malloc(sizeof *m);
	enum wire_err err = m ? wire_past_decode(m, buf, len) : WIRE_LONG;
	cJSON *list;

	if (err) {
		free(m);
		return err;
	}
	add_head(to, &m->head, m->age_ms);
	add_number(to, "oldest", (int64_t)m->oldest);
	if (m->skipped)
		cJSON_AddTrueToObject(to, "skipped");
	add_number(to, "more", m->more);
	list = cJSON_AddArrayToObject(to, "samples");
	for (size_t i = 0; i < m->n; i++) {
		cJSON *s = sample_json(&m->sample[i]);

		add_number(s, "after_s", m->after_s[i]);
		cJSON_AddItemToArray(list, s);
	}
	free(m);
	return WIRE_OK;
}

static enum wire_err put_will(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_will m;
	enum wire_err err = wire_will_decode(&m, buf, len);

	if (err)
		return err;
	add_boot(to, m.boot);
	add_number(to, "conn", m.conn);
	return WIRE_OK;
}

static enum wire_err put_ack(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_ack m;
	enum wire_err err = wire_ack_decode(&m, buf, len);

	if (err)
		return err;
	add_boot(to, m.boot);
	add_number(to, "seq", (int64_t)m.seq);
	return WIRE_OK;
}

static enum wire_err put_ask(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_ask m;
	enum wire_err err = wire_ask_decode(&m, buf, len);

	if (err)
		return err;
	cJSON_AddBoolToObject(to, "beat", m.what & ASK_BEAT);
	cJSON_AddBoolToObject(to, "birth", m.what & ASK_BIRTH);
	cJSON_AddBoolToObject(to, "report", m.what & ASK_REPORT);
	cJSON_AddBoolToObject(to, "probe", m.what & ASK_PROBE);
	cJSON_AddBoolToObject(to, "find", m.what & ASK_FIND);
	cJSON_AddBoolToObject(to, "taken", m.what & ASK_TAKEN);
	cJSON_AddBoolToObject(to, "left", m.what & ASK_LEFT);
	return WIRE_OK;
}

static void add_text(cJSON *to, const char *key, const char *text, size_t len)
{
	cJSON *json = cJSON_ParseWithLength(text, len);

	cJSON_AddItemToObject(to, key, json ? json : cJSON_CreateNull());
}

static enum wire_err put_report(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_report m;
	enum wire_err err = wire_report_decode(&m, buf, len);

	if (err)
		return err;
	add_boot(to, m.boot);
	add_number(to, "t_ms", m.t_ms);
	add_text(to, "report", m.text, m.text_len);
	return WIRE_OK;
}

static enum wire_err put_pace(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_pace m;
	enum wire_err err = wire_pace_decode(&m, buf, len);

	if (err)
		return err;
	add_number(to, "beat_s", m.beat_s);
	add_number(to, "minutes", m.minutes);
	return WIRE_OK;
}

static enum wire_err put_push(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_push m;
	enum wire_err err = wire_push_decode(&m, buf, len);

	if (err)
		return err;
	add_number(to, "id", m.id);
	add_text(to, "settings", m.text, m.text_len);
	return WIRE_OK;
}

static enum wire_err put_gate(cJSON *to, const uint8_t *buf, size_t len)
{
	struct wire_gate m;
	enum wire_err err = wire_gate_decode(&m, buf, len);

	if (err)
		return err;
	cJSON_AddBoolToObject(to, "up", m.up);
	add_number(to, "epoch", (int64_t)m.epoch);
	add_wall(to, m.wall);
	return WIRE_OK;
}

static enum wire_err put(cJSON *to, enum wire_kind kind, const uint8_t *buf, size_t len)
{
	switch (kind) {
	case WIRE_BIRTH:
		return put_birth(to, buf, len);
	case WIRE_BEAT:
		return put_beat(to, buf, len);
	case WIRE_NEWS:
		return put_news(to, buf, len);
	case WIRE_PAST:
		return put_past(to, buf, len);
	case WIRE_WILL:
		return put_will(to, buf, len);
	case WIRE_ACK:
		return put_ack(to, buf, len);
	case WIRE_REPORT:
		return put_report(to, buf, len);
	case WIRE_ASK:
		return put_ask(to, buf, len);
	case WIRE_PACE:
		return put_pace(to, buf, len);
	case WIRE_PUSH:
		return put_push(to, buf, len);
	case WIRE_GATE:
		return put_gate(to, buf, len);
	}
	return WIRE_BAD_KIND;
}

/* What stands in the clear; the rest is for who has the key. */
static enum wire_err put_gasp(cJSON *to, const uint8_t *buf, size_t len)
{
	struct gasp g;
	enum wire_err err = gasp_head_decode(&g, buf, len);

	if (err)
		return err;
	cJSON_AddStringToObject(to, "kind", "gasp");
	add_boot(to, g.boot);
	add_number(to, "seq", (int64_t)g.seq);
	add_number(to, "t_ms", g.t_ms);
	add_number(to, "turn", g.turn);
	return WIRE_OK;
}

cJSON *decode_message(const uint8_t *buf, size_t len, enum wire_err *why)
{
	cJSON *to = cJSON_CreateObject();
	enum wire_kind kind;

	*why = wire_kind_of(&kind, buf, len);
	if (*why == WIRE_BAD_KIND)
		*why = put_gasp(to, buf, len);
	else if (*why == WIRE_OK) {
		cJSON_AddStringToObject(to, "kind", wire_kind_str(kind));
		*why = put(to, kind, buf, len);
	}
	if (*why) {
		cJSON_Delete(to);
		return NULL;
	}
	return to;
}
