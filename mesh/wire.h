/* SPDX-License-Identifier: Apache-2.0 */
/* wire: the messages between node and gateway, bytes to structs and back. WIRE.md draws them. */
#ifndef MATSANG_MESH_WIRE_H
#define MATSANG_MESH_WIRE_H

#include "mesh/clock.h"

#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_VERSION = 1,
	WIRE_CAMERAS = 8,        /* most cameras of one point */
	WIRE_BEAT_LEN = 10,      /* a beat is most of the bill: keep it at 12 or less */
	WIRE_NEWS_LEN = 52,      /* exactly */
	WIRE_PAST_SAMPLES = 100, /* most samples in one batch */
	WIRE_BIRTH_TEXT = 1024,  /* most bytes of a birth's JSON */
	WIRE_LONG_TEXT = 1380,   /* of a report's or of pushed settings' */
	WIRE_MAX = 1400,         /* no message is longer */
};

/* Why a message was refused. Each has a counter where messages arrive. */
enum wire_err {
	WIRE_OK,
	WIRE_SHORT, /* ends too early, or is empty */
	WIRE_LONG,  /* bytes left over, or above WIRE_MAX */
	WIRE_BAD_VERSION,
	WIRE_BAD_KIND, /* no such kind, or one that does not belong in this direction */
	WIRE_RANGE,    /* a field holds what it never may */
	WIRE_TEXT,     /* a birth's text is not UTF-8, or has control characters */
	WIRE_ERRS
};

enum wire_kind {
	WIRE_BIRTH = 1, /* up: once per connection, and when asked */
	WIRE_BEAT = 2,  /* up: this minute's sample */
	WIRE_NEWS = 3,  /* up: a verdict that changed, kept until acknowledged */
	WIRE_PAST = 4,  /* up: missed samples, kept until acknowledged */
	WIRE_WILL = 5,  /* up: the broker speaks for a node that is gone */
	WIRE_REPORT =
		6,      /* up: JSON for people, once a day, when asked, and in answer to settings */
	WIRE_ACK = 8,   /* down: all records up to here are stored */
	WIRE_ASK = 9,   /* down: say or show something now */
	WIRE_PACE = 10, /* down: beat at another pace for a while */
	WIRE_PUSH = 11, /* down: new settings, on trial */
	WIRE_GATE = 12, /* on ms/gateway, retained: is the gateway listening? */
};

enum cause {
	CAUSE_NONE,     /* all well */
	CAUSE_POWER,    /* no mains at the house */
	CAUSE_ROUTER,   /* the house's own router does not answer */
	CAUSE_PROVIDER, /* router answers, nothing beyond it */
	CAUSE_GATEWAY,  /* the outside answers, our broker or gateway does not */
	CAUSE_LINE,     /* the way out is broken, layer not known */
	CAUSE_CAMERA,   /* power and line are fine, a camera is silent */
	CAUSE_DEVICE,   /* our own box */
	CAUSE_OPEN,     /* not known yet */
	CAUSE_LINK,     /* no carrier: the cable to the router, or the router's port */
	CAUSE_NAMES,    /* the outside answers, names are not resolved */
	CAUSE_PORTAL, /* somebody else answers in the broker's place: a sign-in page, a spent SIM */
	CAUSE_MTU,    /* small packets pass, large ones vanish */
	CAUSES
};

/* The way out, from the nearest layer to the farthest: the first that fails is what is told. */
enum layer {
	LAYER_NONE,    /* nothing fails, or nobody looked */
	LAYER_LINK,    /* carrier on our own interface */
	LAYER_ROUTER,  /* the house's router answers */
	LAYER_OUTSIDE, /* addresses beyond the provider answer */
	LAYER_NAMES,   /* the broker's name is resolved */
	LAYER_TCP,     /* the broker's port answers */
	LAYER_TLS,     /* with the key that we share */
	LAYER_ACK,     /* the gateway listens and acknowledges */
	LAYERS
};

/* What one camera is worth now. */
enum eye {
	EYE_UNKNOWN,     /* not decided yet */
	EYE_OK,          /* sees, as far as it was asked */
	EYE_SILENT,      /* answers no ping */
	EYE_REFUSING,    /* pings, and does not answer as a camera */
	EYE_LOCKED,      /* answers, but not to our name and password */
	EYE_FROZEN,      /* its picture stands still or repeats */
	EYE_STOPPED,     /* its heartbeat output stands still */
	EYE_CONTRADICTS, /* one level says dead, another one alive: counts as seeing */
	EYE_BUSY,        /* somebody else watches: cannot be judged, counts as seeing */
	EYES
};

enum sure { SURE_OPEN, SURE_PROBABLE, SURE_CONFIRMED, SURES };

/* Facts a verdict rests on: each with a "known" bit, so that "no" and "not asked" differ. */
enum fact {
	FACT_MAINS_KNOWN = 1 << 0,
	FACT_MAINS_ON = 1 << 1,
	FACT_ROUTER_KNOWN = 1 << 2,
	FACT_ROUTER_ANSWERS = 1 << 3,
	FACT_OUTSIDE_KNOWN = 1 << 4,
	FACT_OUTSIDE_ANSWERS = 1 << 5,
	FACT_LINK_UP = 1 << 6,         /* MQTT socket up and acknowledged lately */
	FACT_GATEWAY_LISTENS = 1 << 7, /* the gateway says that it is listening */
	FACT_NO_PING_RIGHT = 1 << 8,   /* this node may not ping at all */
	FACT_UPS_KNOWN = 1 << 9,       /* a UPS is fitted and says how it is */
	FACT_ON_BATTERY = 1 << 10,     /* it feeds us from its battery */
	FACT_BATTERY_LOW = 1 << 11,
	FACT_UNDER_VOLTAGE = 1 << 12, /* the board's supply is too weak */
	FACT_AWAY = 1 << 13,          /* the family said: unplugged on purpose */
	FACT_CALL = 1 << 14,          /* the family said: please call */
	FACT_HEALING = 1 << 15,       /* the relay holds something without power, to restart it */
	FACT_RECORDS_LOST = 1 << 16,  /* the spool could not be used and was begun anew */
	FACT_CAMERA_CLOCK = 1 << 17,  /* a camera's clock is more than 5 s off */
	FACT_SLOWED = 1 << 18,        /* beats come rarer, to keep within the month's bytes */
	FACTS_ALL = (1 << 19) - 1,
	/* These are worth news by themselves, whatever the cause. */
	FACTS_NEWS = FACT_ON_BATTERY | FACT_BATTERY_LOW | FACT_UNDER_VOLTAGE | FACT_AWAY |
		     FACT_CALL | FACT_HEALING | FACT_RECORDS_LOST | FACT_CAMERA_CLOCK | FACT_SLOWED,
};

struct verdict {
	enum cause cause;
	enum sure sure;
	enum layer layer; /* first of the way out that fails */
	uint32_t facts;   /* enum fact bits */
	uint8_t cams_n;   /* cameras configured, 0..WIRE_CAMERAS */
	uint32_t eyes;    /* enum eye of each, 4 bits, camera 0 lowest; 0 from cams_n on */
};

/* The state of camera i. */
static inline enum eye eye_of(uint32_t eyes, unsigned i)
{
	return (enum eye)(eyes >> 4 * i & 15);
}

/* The same states, but for camera i. */
static inline uint32_t eyes_with(uint32_t eyes, unsigned i, enum eye e)
{
	return (eyes & ~((uint32_t)15 << 4 * i)) | (uint32_t)e << 4 * i;
}

/* Does a camera in this state see? */
static inline bool eye_sees(enum eye e)
{
	return e == EYE_OK || e == EYE_CONTRADICTS || e == EYE_BUSY;
}

/* Bit i: camera i sees. */
uint8_t eyes_up(uint32_t eyes);

/* Round trips travel as one byte, 16 steps an octave: 0 no answer, else 0.125 ms to 7.5 s
 * within 4.5 %. */
uint8_t wire_rtt_pack(int32_t us);   /* us < 0: no answer */
int32_t wire_rtt_us(uint8_t packed); /* -1: no answer */

/* One minute as the node saw it. */
struct sample {
	bool mains_known, mains_on;
	bool router_known, router_answers;
	bool on_battery, under_voltage;
	uint8_t cams_up;    /* bit i: camera i sees */
	uint8_t router_rtt; /* packed */
	uint8_t out_rtt;    /* packed: the MQTT socket's smoothed round trip */
	uint8_t lost;       /* percent of camera and router probes lost this minute, 0..100 */
	int8_t temp_c;      /* -128: not known */
};

/* ---- up ---- */

struct wire_birth {
	uint64_t boot; /* differs at every boot */
	uint32_t conn; /* connections since this program knows this boot; rises */
	int64_t t_ms;  /* since boot, at sending */
	wall_t wall;
	enum clock_quality quality;
	uint16_t pace_s; /* beats come at this pace, at least 1 */
	uint8_t cams_n;
	uint32_t waiting;       /* records in the spool */
	struct verdict verdict; /* the node's verdict now: a birth alone repairs everything */
	const char *text;       /* JSON for people; borrowed from the buffer; not NUL-terminated */
	size_t text_len;
};

struct wire_beat {
	uint16_t t_s;    /* low 16 bits of seconds since boot */
	uint8_t waiting; /* records in the spool, 255 for more */
	struct sample sample;
};

/* What a spooled record says about itself. */
struct record_head {
	uint64_t boot;
	uint64_t seq; /* at least 1; 48 bits on the wire */
	int64_t t_ms; /* since its boot, when it happened; 48 bits */
	wall_t wall;  /* of the node when it happened; 48 bits */
	enum clock_quality quality;
};

struct wire_news {
	struct record_head head;
	int64_t age_ms;  /* between happening and sending; -1 when it happened in another boot */
	uint64_t oldest; /* oldest seq of this boot that is still held */
	bool skipped;    /* numbers from `oldest` up to this record's were never used */
	uint16_t more;   /* news held after this one, 65535 for more; 0: this is how things are */
	struct verdict verdict;
};

struct wire_past {
	struct record_head head; /* of the first sample */
	int64_t age_ms;          /* of the first sample; -1 when of another boot */
	uint64_t oldest;
	bool skipped;
	uint16_t more; /* records held after the last sample of this batch */
	uint8_t n;     /* 1..WIRE_PAST_SAMPLES; seq of sample i is head.seq + i */
	uint32_t after_s[WIRE_PAST_SAMPLES]; /* seconds after the first; not falling */
	struct sample sample[WIRE_PAST_SAMPLES];
};

struct wire_will {
	uint64_t boot;
	uint32_t conn;
};

struct wire_report {
	uint64_t boot;
	int64_t t_ms;     /* since boot, at sending */
	const char *text; /* JSON; borrowed from the buffer; not NUL-terminated */
	size_t text_len;
};

/* ---- down ---- */

struct wire_ack {
	uint64_t boot;
	uint64_t seq; /* everything of this boot up to here is stored; 0 none */
};

enum {
	ASK_BEAT = 1,
	ASK_BIRTH = 2,
	ASK_REPORT = 4,
	ASK_PROBE = 8,  /* ask router, outside and cameras now, then beat */
	ASK_FIND = 16,  /* show by the light which device this is; again: stop */
	ASK_TAKEN = 32, /* somebody has taken the job: the light may say so */
	ASK_LEFT = 64,  /* nobody has it any more */
	ASK_ALL = 127,
};

struct wire_ask {
	uint8_t what; /* ASK_ bits, at least one */
};

struct wire_pace {
	uint16_t beat_s;  /* 1..900; 0: the node's own again */
	uint16_t minutes; /* for so long, 1..1440; 0 with beat_s 0 */
};

struct wire_push {
	uint32_t id;      /* comes back in the report that answers */
	const char *text; /* settings as JSON; borrowed from the buffer; not NUL-terminated */
	size_t text_len;
};

struct wire_gate {
	bool up;
	uint64_t epoch; /* differs at every start of the gateway */
	wall_t wall;
};

/* Which kind a message claims to be. WIRE_SHORT, WIRE_LONG, WIRE_BAD_VERSION or WIRE_BAD_KIND
 * otherwise. */
enum wire_err wire_kind_of(enum wire_kind *kind, const uint8_t *buf, size_t len);

/*
 * Decoders: *out is untouched unless the answer is WIRE_OK; nothing is kept but what is said to be
 * borrowed. Encoders: buf has WIRE_MAX bytes; return the length; fields must be in range
 * (asserted). Whatever a decoder accepts encodes back to the same bytes.
 */
enum wire_err wire_birth_decode(struct wire_birth *out, const uint8_t *buf, size_t len);
enum wire_err wire_beat_decode(struct wire_beat *out, const uint8_t *buf, size_t len);
enum wire_err wire_news_decode(struct wire_news *out, const uint8_t *buf, size_t len);
enum wire_err wire_past_decode(struct wire_past *out, const uint8_t *buf, size_t len);
enum wire_err wire_will_decode(struct wire_will *out, const uint8_t *buf, size_t len);
enum wire_err wire_report_decode(struct wire_report *out, const uint8_t *buf, size_t len);
enum wire_err wire_ack_decode(struct wire_ack *out, const uint8_t *buf, size_t len);
enum wire_err wire_ask_decode(struct wire_ask *out, const uint8_t *buf, size_t len);
enum wire_err wire_pace_decode(struct wire_pace *out, const uint8_t *buf, size_t len);
enum wire_err wire_push_decode(struct wire_push *out, const uint8_t *buf, size_t len);
enum wire_err wire_gate_decode(struct wire_gate *out, const uint8_t *buf, size_t len);

size_t wire_birth_encode(uint8_t buf[static WIRE_MAX], const struct wire_birth *in);
size_t wire_beat_encode(uint8_t buf[static WIRE_MAX], const struct wire_beat *in);
size_t wire_news_encode(uint8_t buf[static WIRE_MAX], const struct wire_news *in);
size_t wire_past_encode(uint8_t buf[static WIRE_MAX], const struct wire_past *in);
size_t wire_will_encode(uint8_t buf[static WIRE_MAX], const struct wire_will *in);
size_t wire_report_encode(uint8_t buf[static WIRE_MAX], const struct wire_report *in);
size_t wire_ack_encode(uint8_t buf[static WIRE_MAX], const struct wire_ack *in);
size_t wire_ask_encode(uint8_t buf[static WIRE_MAX], const struct wire_ask *in);
size_t wire_pace_encode(uint8_t buf[static WIRE_MAX], const struct wire_pace *in);
size_t wire_push_encode(uint8_t buf[static WIRE_MAX], const struct wire_push *in);
size_t wire_gate_encode(uint8_t buf[static WIRE_MAX], const struct wire_gate *in);

/*
 * The parts a record is spooled as: a verdict in VERDICT_LEN bytes, a sample in SAMPLE_LEN. The
 * same bytes travel in news and past, and lie in the gateway's ledger.
 */
enum { VERDICT_LEN = 10, SAMPLE_LEN = 7 };
void wire_verdict_put(uint8_t buf[static VERDICT_LEN], const struct verdict *v);
enum wire_err wire_verdict_get(struct verdict *out, const uint8_t buf[static VERDICT_LEN]);
void wire_sample_put(uint8_t buf[static SAMPLE_LEN], const struct sample *s);
enum wire_err wire_sample_get(struct sample *out, const uint8_t buf[static SAMPLE_LEN]);

const char *wire_err_str(enum wire_err e);
const char *wire_kind_str(enum wire_kind k);
const char *cause_str(enum cause c);
const char *sure_str(enum sure s);
const char *layer_str(enum layer l);
const char *eye_str(enum eye e);

#endif
