/* SPDX-License-Identifier: Apache-2.0 */
/* world: the commune of the simulated year: houses, lines, the broker, and the gateway's real core.
 */
#ifndef MATSANG_YEAR_WORLD_H
#define MATSANG_YEAR_WORLD_H

#include "gateway/roster.h"
#include "mesh/topic.h"
#include "tests/sim/queue.h"
#include "tests/year/chance.h"
#include "tests/year/keeper.h"
#include "tests/year/score.h"

enum {
	SPOOL = 64, /* news a node holds at most; then the oldest gives way */
	NAMES = 16,
	RELAYED = 3,      /* points behind a relay */
	BROKEN_MS = 20000 /* TCP_USER_TIMEOUT: unacknowledged for so long, a connection is over */
};

/* What happens next; who is meant. */
enum happens {
	HAPPENS_FAULT,   /* a source: something breaks, and when the next does */
	HAPPENS_BEGIN,   /* a spell */
	HAPPENS_END,     /* a spell */
	HAPPENS_FLAP,    /* a spell */
	HAPPENS_WILL,    /* a will */
	HAPPENS_START,   /* a site: its node; tag: life */
	HAPPENS_BATTERY, /* a site: it is empty; tag: cut */
	HAPPENS_ROUTER,  /* a site: it has booted; tag: cut */
	HAPPENS_CAMERA,  /* a site: it has booted; tag: cut */
	HAPPENS_LOOK,    /* a site: its node looked at the camera; tag: look */
	HAPPENS_DIAL,    /* a site; tag: dial */
	HAPPENS_SYNC,    /* a site: the gateway says that it listens */
	HAPPENS_NOTICE,  /* a site: think again */
	HAPPENS_FLUSH,   /* a site: go back to the first record that is not acknowledged */
	HAPPENS_BEAT,    /* a site: was asked for a beat */
	HAPPENS_BIRTH,   /* a site: was asked for a birth */
	HAPPENS_GATE_START,
	HAPPENS_GATE_DIAL,
	HAPPENS_GATE_PLAN,  /* tag: hamlet << 1 | begins */
	HAPPENS_GATE_DOUBT, /* tag: doubt << 1 | on */
	HAPPENS_GATE_TAKE   /* somebody takes a job; tag: incident */
};

struct record {
	uint64_t boot, seq;
	int64_t t_ms;
	wall_t wall;
	enum clock_quality quality;
	struct verdict verdict;
};

/* A point: the house, its line, and its node as the wire knows it. Times are of the world. */
struct site {
	uint32_t i;
	char code[NAMES], topic[TOPIC_TEXT];
	uint32_t hamlet, transformer, provider;
	struct site *relay; /* through which it reaches us; NULL: by itself */
	struct site *behind[RELAYED];
	struct site *next; /* beats in the same second */
	bool battery, router_ups;
	uint8_t cams_n;
	enum clock_quality quality;
	int64_t clock_late_ms;

	/* What is the matter: how many faults say so, and which came last. */
	unsigned no_mains, bad_line, bad_router, bad_camera, bad_node;
	enum fault why_mains, why_line, why_camera, why_node;
	bool empty; /* the battery is */
	bool router_boots, camera_boots;
	bool flapping;
	uint64_t cut; /* rises with each loss of mains */

	/* The node. */
	bool board, running; /* it has booted; and its program runs */
	bool connected, way_was_bad;
	uint64_t boot, life, look, dial;
	int64_t booted, mains_since, path_since, stuck_since; /* stuck 0: all is acknowledged */
	bool path;                                            /* what it sends would arrive now */
	bool says_power, says_blind, looked, flushing;
	bool asked; /* and the question is still under way */
	uint32_t conn;
	uint64_t seq;
	struct verdict verdict;
	struct record spool[SPOOL];
	size_t held;

	/* What the broker holds for it. */
	bool will;
	uint64_t will_boot;
	uint32_t will_conn;
};

struct gate {
	struct commune *commune; /* NULL: not running */
	bool linked;             /* to the broker */
	bool broker, line;       /* they work */
	bool on_battery;         /* its mains are gone, and it lives on */
	wall_t line_since, battery_since;
	int64_t announced;          /* windows so far */
	LIST(struct window) window; /* that were announced, and are not long over */
	struct windows windows;     /* the same */
	int64_t lives;
	int64_t started;
	wall_t alive;
	bool dirty;
	uint64_t heard, refused, gaps, turns;
};

struct world {
	const struct plan *plan;
	struct chance chance; /* of who lives where and what breaks */
	struct chance luck;   /* of the rest: that may depend on what the gateway does */
	int64_t now, end;     /* ms since the year began */
	struct queue queue;
	struct site *site;
	struct site **slot; /* by second of the pace: who beats then */
	void *sources;
	struct roster roster;
	void *names; /* that the roster borrows */
	struct commune_options options;
	struct gate gate;
	struct keeper keeper;
	struct truth truth;
	struct score score;
	const struct site *watched; /* by watch.c; NULL: none */
};

/* 2026-01-01 00:00 in Vietnam. */
#define YEAR_BEGINS 1767200400000

struct world *world_new(const struct plan *p, uint64_t seed);
void world_run(struct world *w);
void world_free(struct world *w);

void world_in(struct world *w, int64_t ms, enum happens what, void *who, uint64_t tag);
wall_t world_wall(const struct world *w);
mono_t world_mono(const struct world *w);

/* ---- village.c: who lives where ---- */
void village_build(struct world *w);
void village_free(struct world *w);

/* ---- faults.c: what breaks ---- */
void faults_plan(struct world *w);
void faults_happen(struct world *w, enum happens what, void *who);
void faults_free(struct world *w);

/* ---- site.c: house, line and the life of the node ---- */
void site_begin(struct world *w, struct site *s);
void site_happen(struct world *w, struct site *s, enum happens what, uint64_t tag);
void site_mains(struct world *w, struct site *s, bool on, enum fault why);
void site_node(struct world *w, struct site *s, bool on, enum fault why);
void site_changed(struct world *w, struct site *s); /* a counter or the way to us did */
void site_camera(struct world *w, struct site *s);  /* bad_camera did */
bool site_line(const struct site *s);               /* is its own way out in order? */

/* ---- speak.c: what the node says ---- */
struct will {
	struct site *site;
	bool late;           /* the node is back under another number */
	int64_t stuck_since; /* as it was then: the connection may come back to life */
	uint64_t boot;
	uint32_t conn;
};
void speak_connect(struct world *w, struct site *s);
void speak_birth(struct world *w, struct site *s);
void speak_beat(struct world *w, struct site *s);
void speak_notice(struct world *w, struct site *s);
void speak_flush(struct world *w, struct site *s);
void speak_acknowledged(struct world *w, struct site *s, uint64_t boot, uint64_t seq);
void speak_will_later(struct world *w, struct site *s, bool late, int64_t ms);
void speak_will(struct world *w, struct will *will);

/* ---- gate.c: the gateway's process, its broker and its own line ---- */
void gate_start(struct world *w);
void gate_end(struct world *w, bool goodbye);
void gate_broker(struct world *w, bool up);
void gate_line(struct world *w, bool up);
void gate_battery(struct world *w, bool on);
void gate_happen(struct world *w, enum happens what, uint64_t tag);
unsigned gate_hear(struct world *w, const char *topic, const uint8_t *buf, size_t len);
void gate_gasp(struct world *w, struct site *s, const struct gasp *g);
void gate_turn(struct world *w);
int64_t gate_due(const struct world *w);

/* A cut that was announced: the hamlet is without mains from..until (ms of the year). */
void gate_planned(struct world *w, uint32_t hamlet, int64_t from, int64_t until);

#endif
