/* SPDX-License-Identifier: Apache-2.0 */
/* world: the made-up commune: houses with real node cores, an office with the real gateway core. */
#ifndef MATSANG_SIM_WORLD_H
#define MATSANG_SIM_WORLD_H

#include "mesh/backoff.h"
#include "node/floor.h"
#include "node/state.h"
#include "tests/fakes/disk_mem.h"
#include "tests/sim/memory.h"
#include "tests/sim/notes.h"
#include "tests/sim/queue.h"
#include "tests/sim/script.h"

#define WORLD_BEGINS SCRIPT_BEGINS
#define WALL_1970 ((int64_t)0)
#define WALL_2033 ((int64_t)1988150400000)

enum {
	RTT_MS = 30,             /* there and back on a good line */
	REFUSED_MS = 40,         /* a broker that is not there says so */
	DIAL_MS = 200,           /* TCP, TLS, CONNECT */
	DIAL_GIVE_UP_MS = 15000, /* as mesh/mqtt.c */
	SETTLED_MS = 60000,      /* as mesh/mqtt.c */
	NTP_MS = 15000,          /* from a way out to a clock that is right */
	DIAL_NOW_MS = 500,       /* a node that wants to dial at once does so within this */
	RETRY_MIN_MS = 2000,     /* of a node */
	RETRY_MAX_MS = 300000,
	OFFICE_RETRY_MIN_MS = 200,
	OFFICE_RETRY_MAX_MS = 5000,
	USER_TIMEOUT_MS = 20000, /* TCP_USER_TIMEOUT of a node */
	LOOK_MS = 3000,          /* a look at a camera takes so long */
	HEART_MS = 30000,        /* a heartbeat output has an edge each so often */
	RESEND_MS = 1000,        /* until TCP finds out that the line is back */
	GIVE_UP_MS = 15 * 60000, /* the broker's TCP on a line that died */
	MARK_MS = 10000,         /* "the gateway lives" is written this often */
	REFERENCES_MS = 15000,   /* until the office knows that its own line is gone, or back */
	RESTART_MS = 2000,       /* a supervisor starts what ended */
	LETTERS = 64,            /* messages that wait for a line to come back */
	WRITEBACK_MS = 30000,    /* a kernel writes what lies about that long by itself */
	TURNS_MOST = 2000,       /* in one instant: more is a machine that never rests */
};

struct machine;

/* One message on its way. */
struct letter {
	struct machine *machine; /* from it or to it */
	uint64_t conn;
	bool kept; /* by the broker, from before the machine came */
	char topic[TOPIC_TEXT];
	size_t len;
	uint8_t buf[];
};

struct letters {
	struct letter *at[LETTERS];
	size_t n;
};

struct house;

enum stage { STAGE_OFF, STAGE_WAITING, STAGE_DIALLING, STAGE_UP };

/* A Raspberry Pi: the point's own, or a copy of its card in another one. */
struct machine {
	struct house *house;
	bool clone;
	bool powered, booted, running;
	uint64_t life; /* rises whenever the program starts or ends */
	uint64_t boot;
	int64_t booted_at; /* of the scenario */
	struct disk_mem disk;
	uint64_t writes; /* of it, as last seen */
	int64_t written_at;
	struct spool spool;
	struct node node;
	struct node_acts acts; /* of its last step */
	int64_t due_queued;
	int64_t instant; /* turns of this instant are counted */
	unsigned turns;
	/* its clock */
	int64_t wall_off;           /* what it shows is WORLD_BEGINS + now + this */
	enum clock_quality quality; /* as its kernel has it */
	struct disk_mem floor_disk;
	struct floor floor;
	/* its connection */
	enum stage stage;
	uint64_t conn; /* rises with every attempt and every loss */
	struct backoff backoff;
	bool named; /* this program knows the broker's address */
	uint8_t will[WIRE_MAX];
	size_t will_len;
	struct letters stuck; /* sent, and no line to carry it */
	int64_t stuck_since, ack_at;
	bool second_queued;
	int64_t last_up, last_down; /* order of arrival */
	/* what it committed */
	uint64_t noted_seq; /* records below are promises already */
	uint64_t noted_jumps;
	uint64_t thinned, dropped; /* given up by spools of this machine that are closed */
	uint64_t loose;            /* records that were only in memory: promised to nobody */
	int64_t last_wall;         /* what it showed when it lost its power */
};

/* What the broker knows of one client. */
struct session {
	bool open;
	struct machine *machine;
	uint64_t conn;
	uint8_t will[WIRE_MAX];
	size_t will_len;
	int64_t heard, stuck_since; /* stuck_since -1: nothing waits */
	struct letters stuck;
};

enum clock_mode { CLOCKS_DEAD, CLOCKS_FLOOR, CLOCKS_WRONG /* no NTP ever */ };

struct house {
	uint32_t index;
	const struct script_point *p;
	bool mains, line, router_switch, no_ping_right, battery_gone;
	bool camera_switch[WIRE_CAMERAS];
	unsigned odd[ODDS]; /* bit n: of camera or outside address n; else bit 0 */
	bool router_powered, cameras_powered;
	bool reached;                       /* the line worked when it was looked at last */
	int64_t router_ready, camera_ready; /* after power came */
	uint64_t mains_serial;
	struct law law;
	enum clock_mode clock;
	int64_t wrong_wall; /* CLOCKS_WRONG: what it shows at boot */
	bool ntp;           /* NTP may set it */
	struct node_options options;
	struct machine own, copy;
	struct session session;
	uint8_t old_will[WIRE_MAX];
	size_t old_will_len;
	LIST(int64_t) asked; /* moments at which the gateway asked */
};

/* A record that a node said it had committed. */
struct promise {
	struct machine *machine;
	uint64_t boot, seq;
	bool sample;
	bool excused; /* the scenario itself destroyed it */
};

struct office {
	bool running, linked;
	bool cut; /* its own way out: no house reaches it */
	struct commune *commune;
	struct windows windows;
	int64_t started;  /* of the process */
	int64_t booted;   /* of its machine */
	int64_t wall_off; /* what its clock shows is the true time and this */
	unsigned lives;
	uint64_t life;
	uint64_t epoch;
	struct backoff backoff;
	struct memory memory;
	wall_t alive;
	int64_t due_queued;
	int64_t instant; /* turns of this instant are counted */
	unsigned turns;
	bool dirty;
	uint64_t refused[REFUSALS]; /* of the lives before */
};

struct broker {
	bool up;
	bool retained;
	uint8_t gate[WIRE_MAX];
	size_t gate_len;
};

/* What a colour, lamp or verdict was when it was looked at. */
struct look {
	bool taken;
	struct point_view view[SCRIPT_POINTS];
	struct verdict verdict[SCRIPT_POINTS];
	enum lamp lamp[SCRIPT_POINTS];
	bool gateway, node[SCRIPT_POINTS];
};

struct world {
	const struct script *s;
	int64_t now;
	bool trace;
	struct queue queue;
	struct notes log, faults;
	uint64_t chance;
	uint64_t serial; /* numbers connections and lives */
	struct roster roster;
	struct roster_hamlet *hamlets;
	struct roster_point *points;
	struct receiver receivers[SCRIPT_PEOPLE + 1]; /* the first is a machine */
	const char *hamlets_of[SCRIPT_PEOPLE];
	struct house *house; /* one a point */
	struct broker broker;
	struct office office;
	LIST(struct promise) promises;
	void (*watcher)(void *self, const struct house *h, const struct verdict *v); /* or NULL */
	void *watching;     /* its self: called after each step of a point's own node */
	struct look **look; /* one an expectation, NULL when it needs none */
	uint64_t steps;
};

/* Borrows the script. */
struct world *world_new(const struct script *s, bool trace);
void world_free(struct world *w);

/* Run to the end of the scenario. */
void world_run(struct world *w);

/* ---- for the parts of the world ---- */

enum happening {
	HAPPENS_ACTION,
	HAPPENS_LOOK,
	HAPPENS_NODE_DUE,
	HAPPENS_NODE_STARTS,
	HAPPENS_SECOND,
	HAPPENS_DIAL,
	HAPPENS_DIALLED,
	HAPPENS_SETTLED,
	HAPPENS_UNANSWERED,
	HAPPENS_LOOKED,
	HAPPENS_HEART,
	HAPPENS_RESENT,
	HAPPENS_THROWN_OFF,
	HAPPENS_NTP,
	HAPPENS_UP,
	HAPPENS_DOWN,
	HAPPENS_READY,
	HAPPENS_BATTERY,
	HAPPENS_SESSION_DEAD,
	HAPPENS_SESSION_IDLE,
	HAPPENS_HUNG_UP,
	HAPPENS_GOODBYE,
	HAPPENS_BROKER_GONE,
	HAPPENS_BROKER_START,
	HAPPENS_OFFICE_DUE,
	HAPPENS_OFFICE_DIAL,
	HAPPENS_OFFICE_START,
	HAPPENS_OFFICE_LINE, /* its references answer, or not */
};

void world_in(struct world *w, int64_t ms, enum happening what, void *who, uint64_t tag);
void world_say(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_fault(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint64_t world_draw(struct world *w, uint64_t below); /* a number in [0, below) */
wall_t world_wall(const struct world *w);             /* the true time */

struct letter *letter_new(struct machine *m, uint64_t conn, const char *topic, const uint8_t *buf,
			  size_t len);
void letters_put(struct letters *l, struct letter *letter); /* the oldest gives way */
void letters_clear(struct letters *l);

#endif
