/* SPDX-License-Identifier: Apache-2.0 */
/* wire: the messages between node and gateway, bytes to structs and back. WIRE.md draws them. */
#include "mesh/wire.h"

#include "mesh/octets.h"

#include <assert.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	BIRTH_HEAD = 41,
	REPORT_HEAD = 15,
	PUSH_HEAD = 5,
	PACE_LEN = 5,
	PAST_HEAD = 43,
	PAST_EACH = 2 + SAMPLE_LEN, /* seconds after the sample before, then the sample */
	WILL_LEN = 13,
	ACK_LEN = 15,
	ASK_LEN = 2,
	GATE_LEN = 16,
};

static_assert(PAST_HEAD + PAST_EACH * WIRE_PAST_SAMPLES <= WIRE_MAX, "a full batch fits");
static_assert(BIRTH_HEAD + WIRE_BIRTH_TEXT <= WIRE_MAX, "a full birth fits");
static_assert(REPORT_HEAD + WIRE_LONG_TEXT <= WIRE_MAX, "a full report fits");
static_assert(EYES <= 16, "a camera's state has four bits");
static_assert(CAUSES <= 16 && SURES <= 16 && LAYERS <= 16, "so has each of these");

static const uint64_t U48_MAX = 0xffffffffffffu;

static void put(uint8_t **p, uint64_t v, unsigned bytes)
{
	octets_put(*p, v, bytes);
	*p += bytes;
}

static uint64_t get(const uint8_t **p, unsigned bytes)
{
	uint64_t v = octets_get(*p, bytes);

	*p += bytes;
	return v;
}

/* ---- names ---- */

static const char *const err_names[] = {
	[WIRE_OK] = "ok",
	[WIRE_SHORT] = "too_short",
	[WIRE_LONG] = "too_long",
	[WIRE_BAD_VERSION] = "wrong_version",
	[WIRE_BAD_KIND] = "wrong_kind",
	[WIRE_RANGE] = "out_of_range",
	[WIRE_TEXT] = "not_utf8",
};
static_assert(COUNT(err_names) == WIRE_ERRS, "name every refusal");

static const char *const kind_names[] = {
	[WIRE_BIRTH] = "birth", [WIRE_BEAT] = "beat", [WIRE_NEWS] = "news",
	[WIRE_PAST] = "past",   [WIRE_WILL] = "will", [WIRE_REPORT] = "report",
	[WIRE_ACK] = "ack",     [WIRE_ASK] = "ask",   [WIRE_PACE] = "pace",
	[WIRE_PUSH] = "push",   [WIRE_GATE] = "gate",
};

static const char *const cause_names[] = {
	[CAUSE_NONE] = "none",         [CAUSE_POWER] = "power",     [CAUSE_ROUTER] = "router",
	[CAUSE_PROVIDER] = "provider", [CAUSE_GATEWAY] = "gateway", [CAUSE_LINE] = "line",
	[CAUSE_CAMERA] = "camera",     [CAUSE_DEVICE] = "device",   [CAUSE_OPEN] = "open",
	[CAUSE_LINK] = "link",         [CAUSE_NAMES] = "names",     [CAUSE_PORTAL] = "portal",
	[CAUSE_MTU] = "mtu",
};
static_assert(COUNT(cause_names) == CAUSES, "name every cause");

static const char *const sure_names[] = {
	[SURE_OPEN] = "open",
	[SURE_PROBABLE] = "probable",
	[SURE_CONFIRMED] = "confirmed",
};
static_assert(COUNT(sure_names) == SURES, "name every confidence");

static const char *const layer_names[] = {
	[LAYER_NONE] = "none",       [LAYER_LINK] = "link",   [LAYER_ROUTER] = "router",
	[LAYER_OUTSIDE] = "outside", [LAYER_NAMES] = "names", [LAYER_TCP] = "tcp",
	[LAYER_TLS] = "tls",         [LAYER_ACK] = "ack",
};
static_assert(COUNT(layer_names) == LAYERS, "name every layer");

static const char *const eye_names[] = {
	[EYE_UNKNOWN] = "unknown", [EYE_OK] = "ok",
	[EYE_SILENT] = "silent",   [EYE_REFUSING] = "refusing",
	[EYE_LOCKED] = "locked",   [EYE_FROZEN] = "frozen",
	[EYE_STOPPED] = "stopped", [EYE_CONTRADICTS] = "contradicts",
	[EYE_BUSY] = "busy",
};
static_assert(COUNT(eye_names) == EYES, "name every state of a camera");

static const char *name(const char *const *names, size_t n, size_t i)
{
	return i < n && names[i] ? names[i] : "?";
}

const char *wire_err_str(enum wire_err e)
{
	return name(err_names, COUNT(err_names), (size_t)e);
}

const char *wire_kind_str(enum wire_kind k)
{
	return name(kind_names, COUNT(kind_names), (size_t)k);
}

const char *cause_str(enum cause c)
{
	return name(cause_names, COUNT(cause_names), (size_t)c);
}

const char *sure_str(enum sure s)
{
	return name(sure_names, COUNT(sure_names), (size_t)s);
}

const char *layer_str(enum layer l)
{
	return name(layer_names, COUNT(layer_names), (size_t)l);
}

const char *eye_str(enum eye e)
{
	return name(eye_names, COUNT(eye_names), (size_t)e);
}

/* ---- round trips ---- */

/* 2^(i/16) in 1/65536, so that an octave has 16 even steps and no floating point is needed. */
static const uint32_t octave[16] = { 65536, 68438, 71468,  74632,  77936,  81386,  84990,  88752,
				     92682, 96785, 101070, 105545, 110218, 115098, 120194, 125515 };

int32_t wire_rtt_us(uint8_t packed)
{
	if (packed == 0)
		return -1;
	packed--;
	return (int32_t)(((uint64_t)125 << (packed / 16)) * octave[packed % 16] >> 16);
}

uint8_t wire_rtt_pack(int32_t us)
{
	if (us < 0)
		return 0;
	/* Halfway between two steps belongs to the upper one; a binary search over a rising table.
	 */
	unsigned lo = 1, hi = 255;

	while (lo < hi) {
		unsigned mid = (lo + hi + 1) / 2;

		if (wire_rtt_us((uint8_t)mid) <= us)
			lo = mid;
		else
			hi = mid - 1;
	}
	if (lo < 255 && wire_rtt_us((uint8_t)(lo + 1)) - us < us - wire_rtt_us((uint8_t)lo))
		lo++;
	return (uint8_t)lo;
}

/* ---- samples and verdicts ---- */

enum {
	SAMPLE_MAINS_KNOWN = 1,
	SAMPLE_MAINS_ON = 2,
	SAMPLE_ROUTER_KNOWN = 4,
	SAMPLE_ROUTER_ANSWERS = 8,
	SAMPLE_ON_BATTERY = 16,
	SAMPLE_UNDER_VOLTAGE = 32,
	SAMPLE_FLAGS = 63,
};

/* "on" without "known" means nothing and is never sent, so that one state has one spelling. */
static bool said_unknown(uint64_t flags, uint64_t known, uint64_t said)
{
	return (flags & said) && !(flags & known);
}

void wire_sample_put(uint8_t buf[static SAMPLE_LEN], const struct sample *s)
{
	unsigned flags = 0;

	assert(s->lost <= 100);
	if (s->mains_known)
		flags |= SAMPLE_MAINS_KNOWN | (s->mains_on ? SAMPLE_MAINS_ON : 0u);
	if (s->router_known)
		flags |= SAMPLE_ROUTER_KNOWN | (s->router_answers ? SAMPLE_ROUTER_ANSWERS : 0u);
	flags |= (s->on_battery ? SAMPLE_ON_BATTERY : 0u) |
		 (s->under_voltage ? SAMPLE_UNDER_VOLTAGE : 0u);
	buf[0] = (uint8_t)flags;
	buf[1] = s->cams_up;
	buf[2] = s->router_rtt;
	buf[3] = s->out_rtt;
	buf[4] = s->lost;
	buf[5] = (uint8_t)s->temp_c;
	buf[6] = 0; /* spare */
}

enum wire_err wire_sample_get(struct sample *out, const uint8_t buf[static SAMPLE_LEN])
{
	uint8_t flags = buf[0];

	if (flags & ~SAMPLE_FLAGS || buf[4] > 100 || buf[6] != 0 ||
	    said_unknown(flags, SAMPLE_MAINS_KNOWN, SAMPLE_MAINS_ON) ||
	    said_unknown(flags, SAMPLE_ROUTER_KNOWN, SAMPLE_ROUTER_ANSWERS))
		return WIRE_RANGE;
	*out = (struct sample){
		.mains_known = flags & SAMPLE_MAINS_KNOWN,
		.mains_on = flags & SAMPLE_MAINS_ON,
		.router_known = flags & SAMPLE_ROUTER_KNOWN,
		.router_answers = flags & SAMPLE_ROUTER_ANSWERS,
		.on_battery = flags & SAMPLE_ON_BATTERY,
		.under_voltage = flags & SAMPLE_UNDER_VOLTAGE,
		.cams_up = buf[1],
		.router_rtt = buf[2],
		.out_rtt = buf[3],
		.lost = buf[4],
		.temp_c = (int8_t)buf[5],
	};
	return WIRE_OK;
}

uint8_t eyes_up(uint32_t eyes)
{
	unsigned up = 0;

	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		up |= eye_sees(eye_of(eyes, i)) ? 1u << i : 0;
	return (uint8_t)up;
}

void wire_verdict_put(uint8_t buf[static VERDICT_LEN], const struct verdict *v)
{
	uint8_t *p = buf;

	assert(v->cause < CAUSES && v->sure < SURES && v->layer < LAYERS &&
	       v->cams_n <= WIRE_CAMERAS);
	put(&p, (uint64_t)v->sure << 4 | (uint64_t)v->cause, 1);
	put(&p, (uint64_t)v->layer << 4 | v->cams_n, 1);
	put(&p, v->facts, 4);
	put(&p, v->eyes, 4);
}

/* Each camera there is in a state there is, and none beyond. */
static bool eyes_ok(const struct verdict *v)
{
	for (unsigned i = 0; i < WIRE_CAMERAS; i++) {
		enum eye e = eye_of(v->eyes, i);

		if (e >= EYES || (i >= v->cams_n && e != EYE_UNKNOWN))
			return false;
	}
	return true;
}

enum wire_err wire_verdict_get(struct verdict *out, const uint8_t buf[static VERDICT_LEN])
{
	const uint8_t *p = buf + 2;
	struct verdict v = { .cause = (enum cause)(buf[0] & 15),
			     .sure = (enum sure)(buf[0] >> 4),
			     .layer = (enum layer)(buf[1] >> 4),
			     .cams_n = buf[1] & 15,
			     .facts = (uint32_t)get(&p, 4) };

	v.eyes = (uint32_t)get(&p, 4);
	if (v.cause >= CAUSES || v.sure >= SURES || v.layer >= LAYERS ||
	    v.facts & ~(uint32_t)FACTS_ALL || v.cams_n > WIRE_CAMERAS || !eyes_ok(&v) ||
	    said_unknown(v.facts, FACT_MAINS_KNOWN, FACT_MAINS_ON) ||
	    said_unknown(v.facts, FACT_ROUTER_KNOWN, FACT_ROUTER_ANSWERS) ||
	    said_unknown(v.facts, FACT_OUTSIDE_KNOWN, FACT_OUTSIDE_ANSWERS) ||
	    said_unknown(v.facts, FACT_UPS_KNOWN, FACT_ON_BATTERY | FACT_BATTERY_LOW))
		return WIRE_RANGE;
	*out = v;
	return WIRE_OK;
}

/* ---- heads ---- */

static void put_first(uint8_t **p, enum wire_kind kind)
{
	put(p, (uint64_t)WIRE_VERSION << 4 | (uint64_t)kind, 1);
}

enum wire_err wire_kind_of(enum wire_kind *kind, const uint8_t *buf, size_t len)
{
	unsigned k;

	if (len < 1)
		return WIRE_SHORT;
	if (len > WIRE_MAX)
		return WIRE_LONG;
	if (buf[0] >> 4 != WIRE_VERSION)
		return WIRE_BAD_VERSION;
	k = buf[0] & 15;
	if (k >= COUNT(kind_names) || !kind_names[k])
		return WIRE_BAD_KIND;
	*kind = (enum wire_kind)k;
	return WIRE_OK;
}

/* The first byte, and a length between least and most. */
static enum wire_err open_as(enum wire_kind want, const uint8_t *buf, size_t len, size_t least,
			     size_t most)
{
	enum wire_kind kind;
	enum wire_err e = wire_kind_of(&kind, buf, len);

	if (e != WIRE_OK)
		return e;
	if (kind != want)
		return WIRE_BAD_KIND;
	return len < least ? WIRE_SHORT : len > most ? WIRE_LONG : WIRE_OK;
}

enum { SKIPPED = 0x80 }; /* in the byte of quality */

static void put_head(uint8_t **p, const struct record_head *h, int64_t age_ms, uint64_t oldest,
		     bool skipped, uint16_t more)
{
	assert(h->seq >= 1 && h->seq <= U48_MAX && oldest <= h->seq && h->t_ms >= 0 &&
	       h->wall.ms >= 0);
	put(p, h->boot, 8);
	put(p, h->seq, 6);
	put(p, (uint64_t)h->t_ms, 6);
	put(p, (uint64_t)h->wall.ms, 6);
	put(p, (uint64_t)h->quality | (skipped ? SKIPPED : 0), 1);
	put(p, age_ms < 0 ? U48_MAX : (uint64_t)age_ms, 6);
	put(p, oldest, 6);
	put(p, more, 2);
}

static enum wire_err get_head(const uint8_t **p, struct record_head *h, int64_t *age_ms,
			      uint64_t *oldest, bool *skipped, uint16_t *more)
{
	uint64_t age, quality;

	h->boot = get(p, 8);
	h->seq = get(p, 6);
	h->t_ms = (int64_t)get(p, 6);
	h->wall.ms = (int64_t)get(p, 6);
	quality = get(p, 1);
	*skipped = quality & SKIPPED;
	quality &= ~(uint64_t)SKIPPED;
	age = get(p, 6);
	*oldest = get(p, 6);
	*more = (uint16_t)get(p, 2);
	if (quality > CLOCK_NTP || h->seq < 1 || *oldest > h->seq)
		return WIRE_RANGE;
	h->quality = (enum clock_quality)quality;
	*age_ms = age == U48_MAX ? -1 : (int64_t)age;
	return WIRE_OK;
}

/* ---- birth ---- */

static size_t utf8_len(const uint8_t *s, size_t left)
{
	static const struct {
		uint8_t mask, is;
		uint32_t least;
	} shape[] = { { 0x80, 0x00, 0x20 },
		      { 0xe0, 0xc0, 0x80 },
		      { 0xf0, 0xe0, 0x800 },
		      { 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 0; n < COUNT(shape); n++) {
		uint32_t code;

		if ((s[0] & shape[n].mask) != shape[n].is)
			continue;
		if (n + 1 > left)
			return 0;
		code = s[0] & (uint8_t)~shape[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (s[i] & 0x3f);
		}
		return code < shape[n].least || code == 0x7f || code > 0x10ffff ||
				       (code >= 0xd800 && code <= 0xdfff)
			       ? 0
			       : n + 1;
	}
	return 0;
}

/* Well-formed UTF-8 without control characters: it may reach a page or a log. */
static bool text_ok(const uint8_t *s, size_t len)
{
	while (len > 0) {
		size_t n = utf8_len(s, len);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

size_t wire_birth_encode(uint8_t buf[static WIRE_MAX], const struct wire_birth *in)
{
	uint8_t *p = buf;

	assert(in->text_len <= WIRE_BIRTH_TEXT && in->cams_n <= WIRE_CAMERAS && in->pace_s >= 1);
	put_first(&p, WIRE_BIRTH);
	put(&p, in->boot, 8);
	put(&p, in->conn, 4);
	put(&p, (uint64_t)in->t_ms, 6);
	put(&p, (uint64_t)in->wall.ms, 6);
	put(&p, (uint64_t)in->quality << 4 | in->cams_n, 1);
	put(&p, in->pace_s, 2);
	put(&p, in->waiting > 0xffffff ? 0xffffff : in->waiting, 3);
	wire_verdict_put(p, &in->verdict);
	p += VERDICT_LEN;
	if (in->text_len)
		memcpy(p, in->text, in->text_len);
	return (size_t)(p - buf) + in->text_len;
}

enum wire_err wire_birth_decode(struct wire_birth *out, const uint8_t *buf, size_t len)
{
	struct wire_birth b = { 0 };
	const uint8_t *p = buf + 1;
	unsigned both;
	enum wire_err e = open_as(WIRE_BIRTH, buf, len, BIRTH_HEAD, BIRTH_HEAD + WIRE_BIRTH_TEXT);

	if (e != WIRE_OK)
		return e;
	b.boot = get(&p, 8);
	b.conn = (uint32_t)get(&p, 4);
	b.t_ms = (int64_t)get(&p, 6);
	b.wall.ms = (int64_t)get(&p, 6);
	both = (unsigned)get(&p, 1);
	b.cams_n = both & 15;
	b.pace_s = (uint16_t)get(&p, 2);
	b.waiting = (uint32_t)get(&p, 3);
	e = wire_verdict_get(&b.verdict, p);
	if (e != WIRE_OK)
		return e;
	p += VERDICT_LEN;
	b.text = (const char *)p;
	b.text_len = len - BIRTH_HEAD;
	if (both >> 4 > CLOCK_NTP || b.cams_n > WIRE_CAMERAS || b.pace_s < 1)
		return WIRE_RANGE;
	b.quality = (enum clock_quality)(both >> 4);
	if (!text_ok(p, b.text_len))
		return WIRE_TEXT;
	*out = b;
	return WIRE_OK;
}

/* ---- beat ---- */

size_t wire_beat_encode(uint8_t buf[static WIRE_MAX], const struct wire_beat *in)
{
	uint8_t *p = buf, sample[SAMPLE_LEN];

	put_first(&p, WIRE_BEAT);
	put(&p, in->t_s, 2);
	put(&p, in->waiting, 1);
	wire_sample_put(sample, &in->sample);
	memcpy(p, sample, SAMPLE_LEN - 1); /* a beat leaves the spare byte at home */
	return WIRE_BEAT_LEN;
}

enum wire_err wire_beat_decode(struct wire_beat *out, const uint8_t *buf, size_t len)
{
	struct wire_beat b;
	uint8_t sample[SAMPLE_LEN] = { 0 };
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_BEAT, buf, len, WIRE_BEAT_LEN, WIRE_BEAT_LEN);

	if (e != WIRE_OK)
		return e;
	b.t_s = (uint16_t)get(&p, 2);
	b.waiting = (uint8_t)get(&p, 1);
	memcpy(sample, p, SAMPLE_LEN - 1);
	e = wire_sample_get(&b.sample, sample);
	if (e == WIRE_OK)
		*out = b;
	return e;
}

/* ---- news ---- */

size_t wire_news_encode(uint8_t buf[static WIRE_MAX], const struct wire_news *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_NEWS);
	put_head(&p, &in->head, in->age_ms, in->oldest, in->skipped, in->more);
	wire_verdict_put(p, &in->verdict);
	return WIRE_NEWS_LEN;
}

enum wire_err wire_news_decode(struct wire_news *out, const uint8_t *buf, size_t len)
{
	struct wire_news n;
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_NEWS, buf, len, WIRE_NEWS_LEN, WIRE_NEWS_LEN);

	if (e == WIRE_OK)
		e = get_head(&p, &n.head, &n.age_ms, &n.oldest, &n.skipped, &n.more);
	if (e == WIRE_OK)
		e = wire_verdict_get(&n.verdict, p);
	if (e == WIRE_OK)
		*out = n;
	return e;
}

/* ---- past ---- */

size_t wire_past_encode(uint8_t buf[static WIRE_MAX], const struct wire_past *in)
{
	uint8_t *p = buf;

	assert(in->n >= 1 && in->n <= WIRE_PAST_SAMPLES && in->after_s[0] == 0);
	put_first(&p, WIRE_PAST);
	put_head(&p, &in->head, in->age_ms, in->oldest, in->skipped, in->more);
	put(&p, in->n, 1);
	for (unsigned i = 0; i < in->n; i++) {
		uint32_t step = i ? in->after_s[i] - in->after_s[i - 1] : 0;

		assert(step <= 0xffff);
		put(&p, step, 2);
		wire_sample_put(p, &in->sample[i]);
		p += SAMPLE_LEN;
	}
	return (size_t)(p - buf);
}

enum wire_err wire_past_decode(struct wire_past *out, const uint8_t *buf, size_t len)
{
	struct wire_past d = { 0 };
	const uint8_t *p = buf + 1;
	uint32_t after = 0;
	enum wire_err e = open_as(WIRE_PAST, buf, len, PAST_HEAD + PAST_EACH, WIRE_MAX);

	if (e == WIRE_OK)
		e = get_head(&p, &d.head, &d.age_ms, &d.oldest, &d.skipped, &d.more);
	if (e != WIRE_OK)
		return e;
	d.n = (uint8_t)get(&p, 1);
	if (d.n < 1 || d.n > WIRE_PAST_SAMPLES || d.head.seq + d.n - 1 > U48_MAX)
		return WIRE_RANGE;
	if (len != PAST_HEAD + (size_t)PAST_EACH * d.n)
		return len < PAST_HEAD + (size_t)PAST_EACH * d.n ? WIRE_SHORT : WIRE_LONG;
	for (unsigned i = 0; i < d.n; i++, p += SAMPLE_LEN) {
		after += (uint32_t)get(&p, 2);
		d.after_s[i] = after;
		e = wire_sample_get(&d.sample[i], p);
		if (e != WIRE_OK)
			return e;
	}
	if (d.after_s[0] != 0)
		return WIRE_RANGE;
	*out = d;
	return WIRE_OK;
}

/* ---- the short ones ---- */

size_t wire_will_encode(uint8_t buf[static WIRE_MAX], const struct wire_will *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_WILL);
	put(&p, in->boot, 8);
	put(&p, in->conn, 4);
	return WILL_LEN;
}

enum wire_err wire_will_decode(struct wire_will *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_WILL, buf, len, WILL_LEN, WILL_LEN);

	if (e != WIRE_OK)
		return e;
	out->boot = get(&p, 8);
	out->conn = (uint32_t)get(&p, 4);
	return WIRE_OK;
}

size_t wire_ack_encode(uint8_t buf[static WIRE_MAX], const struct wire_ack *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_ACK);
	put(&p, in->boot, 8);
	put(&p, in->seq, 6);
	return ACK_LEN;
}

enum wire_err wire_ack_decode(struct wire_ack *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_ACK, buf, len, ACK_LEN, ACK_LEN);

	if (e != WIRE_OK)
		return e;
	out->boot = get(&p, 8);
	out->seq = get(&p, 6);
	return WIRE_OK;
}

size_t wire_ask_encode(uint8_t buf[static WIRE_MAX], const struct wire_ask *in)
{
	uint8_t *p = buf;

	assert(in->what != 0 && !(in->what & ~ASK_ALL));
	put_first(&p, WIRE_ASK);
	put(&p, in->what, 1);
	return ASK_LEN;
}

enum wire_err wire_ask_decode(struct wire_ask *out, const uint8_t *buf, size_t len)
{
	enum wire_err e = open_as(WIRE_ASK, buf, len, ASK_LEN, ASK_LEN);

	if (e != WIRE_OK)
		return e;
	if (buf[1] == 0 || buf[1] & ~ASK_ALL)
		return WIRE_RANGE;
	out->what = buf[1];
	return WIRE_OK;
}

size_t wire_pace_encode(uint8_t buf[static WIRE_MAX], const struct wire_pace *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_PACE);
	put(&p, in->beat_s, 2);
	put(&p, in->minutes, 2);
	return PACE_LEN;
}

enum wire_err wire_pace_decode(struct wire_pace *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_PACE, buf, len, PACE_LEN, PACE_LEN);
	struct wire_pace v;

	if (e != WIRE_OK)
		return e;
	v.beat_s = (uint16_t)get(&p, 2);
	v.minutes = (uint16_t)get(&p, 2);
	if (v.beat_s > 900 || v.minutes > 1440 || (v.beat_s == 0) != (v.minutes == 0))
		return WIRE_RANGE;
	*out = v;
	return WIRE_OK;
}

/* ---- the long ones ---- */

static size_t put_text(uint8_t *buf, uint8_t *p, const char *text, size_t len)
{
	assert(len <= WIRE_LONG_TEXT);
	if (len)
		memcpy(p, text, len);
	return (size_t)(p - buf) + len;
}

static enum wire_err get_text(const char **text, size_t *text_len, const uint8_t *p, size_t len)
{
	if (len > WIRE_LONG_TEXT)
		return WIRE_LONG;
	if (!text_ok(p, len))
		return WIRE_TEXT;
	*text = (const char *)p;
	*text_len = len;
	return WIRE_OK;
}

size_t wire_report_encode(uint8_t buf[static WIRE_MAX], const struct wire_report *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_REPORT);
	put(&p, in->boot, 8);
	put(&p, (uint64_t)in->t_ms, 6);
	return put_text(buf, p, in->text, in->text_len);
}

enum wire_err wire_report_decode(struct wire_report *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_REPORT, buf, len, REPORT_HEAD, WIRE_MAX);
	struct wire_report r;

	if (e != WIRE_OK)
		return e;
	r.boot = get(&p, 8);
	r.t_ms = (int64_t)get(&p, 6);
	e = get_text(&r.text, &r.text_len, p, len - REPORT_HEAD);
	if (e == WIRE_OK)
		*out = r;
	return e;
}

size_t wire_push_encode(uint8_t buf[static WIRE_MAX], const struct wire_push *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_PUSH);
	put(&p, in->id, 4);
	return put_text(buf, p, in->text, in->text_len);
}

enum wire_err wire_push_decode(struct wire_push *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_PUSH, buf, len, PUSH_HEAD, WIRE_MAX);
	struct wire_push v;

	if (e != WIRE_OK)
		return e;
	v.id = (uint32_t)get(&p, 4);
	e = get_text(&v.text, &v.text_len, p, len - PUSH_HEAD);
	if (e == WIRE_OK)
		*out = v;
	return e;
}

size_t wire_gate_encode(uint8_t buf[static WIRE_MAX], const struct wire_gate *in)
{
	uint8_t *p = buf;

	put_first(&p, WIRE_GATE);
	put(&p, in->up, 1);
	put(&p, in->epoch, 8);
	put(&p, (uint64_t)in->wall.ms, 6);
	return GATE_LEN;
}

enum wire_err wire_gate_decode(struct wire_gate *out, const uint8_t *buf, size_t len)
{
	const uint8_t *p = buf + 1;
	enum wire_err e = open_as(WIRE_GATE, buf, len, GATE_LEN, GATE_LEN);

	if (e != WIRE_OK)
		return e;
	if (buf[1] > 1)
		return WIRE_RANGE;
	out->up = get(&p, 1) != 0;
	out->epoch = get(&p, 8);
	out->wall.ms = (int64_t)get(&p, 6);
	return WIRE_OK;
}
