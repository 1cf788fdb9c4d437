/* SPDX-License-Identifier: Apache-2.0 */
/* state: what the node believes now, and what it wants done: one machine made of the small ones. */
#ifndef MATSANG_NODE_STATE_H
#define MATSANG_NODE_STATE_H

#include "hw/lamp.h"
#include "mesh/clock.h"
#include "mesh/topic.h"
#include "mesh/wire.h"
#include "node/button.h"
#include "node/bytes.h"
#include "node/camera.h"
#include "node/debounce.h"
#include "node/gasping.h"
#include "node/heal.h"
#include "node/pace.h"
#include "node/reach.h"
#include "node/spool.h"
#include "node/uplink.h"
#include "node/verdict.h"
#include "node/wayout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NODE_OUTSIDES = 4,         /* most outside addresses */
	NODE_SENDS = 8,            /* most messages of one step */
	NODE_WAKE_MS = 180 * 1000, /* what a router or camera may take to start after a power cut */
	NODE_CAMERA_LAMP_MS = 180 * 1000, /* a camera silent this long is worth the family's look */
	NODE_HEARD_MS =
		120 * 1000, /* steady light: broker heard this lately (or within two beats) */
	NODE_LAMP_TEST_MS = 2000,
	NODE_FIND_MS =
		15 * 60 * 1000, /* "which one is it?", and a fresh device that is not enrolled */
	NODE_LARGE_AFTER_MS = 5000,            /* of doubt, before large packets are tried */
	NODE_REPORT_FIRST_MS = 30 * 60 * 1000, /* and up to as much again, by chance */
	NODE_REPORT_MS = 24 * 3600 * 1000,
	NODE_PROBE_MS = 1500, /* after "probe now" the beat waits so long for the answers */
	NODE_BEAT_MOST_MS =
		900 * 1000, /* however slow: the gateway's word for a pace has no more */
};

/* NODE_LARGE: an outside address that answers, with a packet of 1400 bytes. */
enum node_target { NODE_ROUTER, NODE_OUTSIDE, NODE_CAMERA, NODE_LARGE };

/* A probe's bit in node_acts.probes. */
static inline unsigned node_probe_bit(enum node_target kind, unsigned which)
{
	return kind == NODE_ROUTER    ? 1u
	       : kind == NODE_OUTSIDE ? 1u << (1 + which)
	       : kind == NODE_CAMERA  ? 1u << (8 + which)
				      : 1u << (16 + which);
}

enum node_heals { HEALS_NOTHING, HEALS_ROUTER, HEALS_CAMERA };

/* How the board is fed, as the kernel says. */
struct supply {
	bool ups_known, on_battery, battery_low;
	bool under_voltage;
	uint8_t battery_percent; /* 255: not known; only for the report */
};

/* From the settings; borrowed for the node's life. */
struct node_options {
	const char *point; /* a valid point code */
	int64_t beat_ms;   /* 1000..900000 */
	int64_t probe_ms, probe_timeout_ms;
	unsigned probe_fails;
	int64_t mains_out_ms, mains_back_ms;
	int64_t hold_up_ms;   /* what feeds the board when mains go lasts so long; 0: not known */
	int64_t line_hold_ms; /* a line (or the gateway) must be away this long */
	int64_t ack_timeout_ms;
	uint64_t month_bytes; /* a month may cost so many; 0 for as many as it takes */
	uint64_t month_spent; /* of the present month, from an earlier run */
	int64_t month_ms;     /* and how much of it had gone by */
	bool mains_fitted;    /* is there a mains sensor? */
	bool router_set;      /* is there a router address? */
	unsigned outside_n;   /* 0..NODE_OUTSIDES */
	unsigned cameras_n;   /* 0..WIRE_CAMERAS */
	struct camera_options camera[WIRE_CAMERAS];
	enum node_heals heals;  /* what hangs on the relay */
	const char *birth_text; /* JSON for people, at most WIRE_BIRTH_TEXT bytes; may be NULL */
	size_t birth_text_len;
};

struct node_counters {
	uint64_t refused[WIRE_ERRS]; /* messages from the broker, by reason */
	uint64_t wrong_topic;        /* messages on a topic that is not ours */
	uint64_t births, beats;      /* sent */
	uint64_t unsent;             /* steps whose messages did not leave */
	uint64_t verdicts;           /* changes */
	uint64_t reports, asked;     /* wanted of us; questions and orders heard */
};

struct node {
	const struct node_options *o;
	struct spool *spool;
	uint64_t boot;
	uint32_t conn; /* of this connection, or of the last one */
	mono_t started, stepped;
	char down_topic[TOPIC_TEXT];

	struct debounce mains;
	uint32_t cuts;     /* times mains went and that counted; dips are the debounce's */
	mono_t mains_back; /* MONO_NEVER when it never went */
	struct reach router, outside[NODE_OUTSIDES], camera[WIRE_CAMERAS], large;
	unsigned large_of; /* the outside address that large ones go to */
	mono_t afresh;    /* the house's network came back: what was silent before is asked again */
	bool router_mute; /* it answers no pings, and carries our messages all the same */
	struct camera eye[WIRE_CAMERAS]; /* what each camera is worth, of which ping is one sign */
	bool carrier_known, carrier;
	mono_t carrier_lost;
	enum layer dial_failed; /* where the last attempt ended; NONE while connected */
	enum layer dial_before; /* the attempt before that */
	mono_t dialled;         /* when it ended */
	bool stranger;          /* and somebody else answered */
	bool no_ping_right;
	mono_t asked; /* some probe left us lately */

	struct wayout wayout;

	bool gate_known, gate_up;
	uint64_t gate_epoch;
	mono_t gate_away_since; /* MONO_NEVER while it listens or is not known */

	struct supply supply;
	bool refused; /* the broker does not know us; and never did since the start */
	bool records_lost;
	struct button button;
	struct heal heal;
	struct bytes bytes;
	mono_t finding;   /* the light shows which device this is, until then */
	bool taken;       /* somebody has taken the job */
	mono_t probed;    /* "probe now": the beat that shows it; MONO_NEVER for none */
	int64_t paced_ms; /* beats as asked for; 0 as in the settings */
	mono_t paced_until;
	mono_t report_due;
	bool report_owed;
	struct {
		bool here;
		uint32_t id;
		size_t len;
		char text[WIRE_LONG_TEXT];
	} push; /* settings from the gateway, for the shell to take */

	struct verdict verdict;
	struct pace pace;
	struct uplink uplink;
	struct gasping gasping;
	bool resting;                /* so was the last step told */
	bool birth_owed, birth_made; /* to be sent; was part of the last step */
	bool beat_open;              /* the last beat is not known to have arrived */
	bool beat_unsent;            /* it did not even leave */
	struct moment beat_at;
	struct sample beat;
	bool dial; /* wanted in the next step */
	bool more; /* step again at once */
	int8_t temp_c;
	struct node_counters count;
};

/* What the shell should do now, in this order: send, gasp, rest, probe, look, light. */
struct node_acts {
	struct {
		uint8_t buf[WIRE_MAX];
		size_t len;
	} send[NODE_SENDS]; /* to ms/<point>/up */
	unsigned n_send;
	bool gasp; /* mains went, and the news of it is in the spool: say this by datagram too */
	struct gasp word;
	bool rest;       /* from now on, nothing is to be written to the disk */
	unsigned looks;  /* bit i: look at camera i; must come back by node_looked */
	unsigned probes; /* node_probe_bit bits; each must come back by node_pinged */
	bool dial;       /* the outside answers again: dial now, not when the wait is over */
	enum lamp lamp;
	bool relay;  /* on: what hangs on it is without power */
	bool report; /* make one now, and give it to node_report_sent */
	bool verdict_changed;
	struct verdict verdict; /* always the one in force */
	int spool_error;        /* -errno when a record of this step is only in memory */
};

/*
 * options and spool are borrowed; boot as in the spool; seed differs on every node (jitter). The
 * number of the first connection is taken from the time since boot, so that it rises over restarts
 * too.
 */
void node_init(struct node *n, const struct node_options *options, struct spool *spool,
	       uint64_t boot, uint64_t seed, mono_t now);

/* The mains line's raw level, at every edge and once at start. */
void node_mains(struct node *n, bool on, mono_t at);

/* The outcome of one probe: microseconds; -1 unanswered; -2 it could not even be sent. */
void node_pinged(struct node *n, enum node_target kind, unsigned which, int32_t rtt_us, mono_t now);

/*
 * What the kernel knows of our connection; feed it each second and at every change. Going up means
 * a new connection, which begins with a birth.
 *
 * unacked     bytes on their way that the far kernel has not acknowledged
 * ack_age_ms  since the last acknowledgement came in
 * rtt_us      smoothed, -1 when not known
 */
void node_link(struct node *n, bool up, bool unacked, int64_t ack_age_ms, int64_t rtt_us,
	       mono_t now);

/* Has the interface that leads out a carrier? known: false where it cannot be told (no such
 * interface). */
void node_carrier(struct node *n, bool known, bool carrier, mono_t now);

/* An attempt to connect ended at this layer (NAMES, TCP, TLS, ACK). refused: our broker does not
 * know us; stranger: whoever answered is not our broker. */
void node_dial_failed(struct node *n, enum layer at, bool refused, bool stranger, mono_t now);

/*
 * A message from the broker; kept: said before we came, and kept for us (MQTT's retained). Whatever
 * is wrong with it is counted. Keeps nothing of it.
 */
void node_heard(struct node *n, const char *topic, const uint8_t *payload, size_t len, bool kept,
		mono_t now);

/* An edge of a camera's heartbeat output. */
void node_beaten(struct node *n, unsigned camera, mono_t at, mono_t now);

/* A look at a camera has ended; NULL when it could not be made. clock_sure: our own clock is kept
 * by NTP. */
void node_looked(struct node *n, unsigned camera, const struct camera_look *look, bool clock_sure,
		 mono_t now);

/* The button's level, at every edge and at each look. */
void node_button(struct node *n, bool pressed, mono_t at);

/* How the board is fed. */
void node_supply(struct node *n, const struct supply *s);

/* Bytes of IP of the present connection, both ways, as the kernel counts them. */
void node_bytes(struct node *n, uint64_t counter, mono_t now);

/* Bytes of IP of anything else that left the house. */
void node_bytes_more(struct node *n, uint64_t bytes);

/* Records that were to be told are gone: a fact of every verdict from now on. */
void node_records_lost(struct node *n);

/* Something is worth a report, as soon as one can leave. */
void node_report(struct node *n);

/* Degrees Celsius of the board, -128 when not known. */
void node_temp(struct node *n, int8_t temp_c);

/* Decide. Call after every feed and when node_due has come; fills all of *out. */
void node_step(struct node *n, mono_t now, wall_t wall, enum clock_quality quality,
	       struct node_acts *out);
mono_t node_due(const struct node *n);

/* A message of the last step could not be sent: what it told is told again, a second later. */
void node_unsent(struct node *n, mono_t now);

/* The connection number that the next connection will have (for its will). */
uint32_t node_conn_next(const struct node *n);

/* The will of the next connection. Returns its length, at most 64. */
size_t node_will(const struct node *n, uint8_t buf[static WIRE_MAX]);

#endif
