-- SPDX-License-Identifier: Apache-2.0
-- schema: what the gateway keeps, in state_dir/ledger.db. Built into the gateway; read it with
-- `sqlite3 -readonly ledger.db`. Times are UTC milliseconds since 1970. Causes, colours, states and kinds
-- are the numbers of the enums in gateway/facts.h and mesh/wire.h.

-- The truth: append-only, in the order in which the gateway learned it. hash is BLAKE2b-256 over the hash
-- of the row before and the row itself (gateway/ledger.h), so that a later change shows.
CREATE TABLE IF NOT EXISTS ledger (
	id        INTEGER PRIMARY KEY,  -- rising; outages and incidents are named after the row that began them
	at_ms     INTEGER NOT NULL,     -- when it happened
	stored_ms INTEGER NOT NULL,     -- when the gateway learned it
	how       INTEGER NOT NULL,     -- how sure at_ms is
	point     TEXT NOT NULL,        -- its code; '' for the gateway itself
	kind      INTEGER NOT NULL,
	boot      INTEGER NOT NULL,     -- 0 for what the gateway saw itself; 64 bits as they are
	seq       INTEGER NOT NULL,
	body      BLOB NOT NULL,
	hash      BLOB NOT NULL
);
-- A record is stored once, however often it is sent.
CREATE UNIQUE INDEX IF NOT EXISTS ledger_once ON ledger (point, kind, boot, seq) WHERE boot != 0;

CREATE INDEX IF NOT EXISTS ledger_planned ON ledger (point, id) WHERE kind = 11;

-- The end of the chain, so that rows cut off its end are missed too.
CREATE TABLE IF NOT EXISTS head (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	id   INTEGER NOT NULL,
	hash BLOB NOT NULL
);

-- A number for each code ever in the roster: rosters change, numbers do not.
CREATE TABLE IF NOT EXISTS point (
	id   INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE
);

-- What must be found again after a restart.
CREATE TABLE IF NOT EXISTS memory (
	point         INTEGER PRIMARY KEY REFERENCES point,
	known         INTEGER NOT NULL,
	boot          INTEGER NOT NULL,
	conn          INTEGER NOT NULL,
	pace_s        INTEGER NOT NULL,
	cause         INTEGER NOT NULL, -- the verdict
	sure          INTEGER NOT NULL,
	layer         INTEGER NOT NULL,
	facts         INTEGER NOT NULL,
	eyes          INTEGER NOT NULL,
	cams_n        INTEGER NOT NULL,
	since_ms      INTEGER NOT NULL, -- of the verdict
	heard_ms      INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS boot (
	point   INTEGER NOT NULL REFERENCES point,
	boot    INTEGER NOT NULL,
	seq     INTEGER NOT NULL,       -- all records up to here are stored
	anchor  INTEGER NOT NULL,
	zero_ms INTEGER NOT NULL,       -- when this boot began, if anchored
	used_ms INTEGER NOT NULL,       -- when this row last changed
	PRIMARY KEY (point, boot)
) WITHOUT ROWID;
-- What a node said about itself, as JSON, the latest of each kind.
CREATE TABLE IF NOT EXISTS about (
	point INTEGER NOT NULL REFERENCES point,
	what  INTEGER NOT NULL,         -- 0 birth, 1 report
	at_ms INTEGER NOT NULL,
	text  TEXT NOT NULL,
	PRIMARY KEY (point, what)
) WITHOUT ROWID;
-- When the gateway was last alive, and whether it ended in order.
CREATE TABLE IF NOT EXISTS mark (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	alive_ms INTEGER NOT NULL,
	clean    INTEGER NOT NULL
);

-- Derived from the ledger; `matsang rebuild` derives it again.
-- Colours of time. Spans of a point never overlap; one that is still going on ends at 2^63-1.
CREATE TABLE IF NOT EXISTS span (
	point    INTEGER NOT NULL REFERENCES point,
	from_ms  INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	colour   INTEGER NOT NULL,
	cause    INTEGER NOT NULL,
	PRIMARY KEY (point, from_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outage (
	id       INTEGER PRIMARY KEY,
	point    INTEGER NOT NULL REFERENCES point,
	from_ms  INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,      -- 0: still open
	cause    INTEGER NOT NULL,
	sure     INTEGER NOT NULL,
	eyes     INTEGER NOT NULL,      -- states of its cameras, 4 bits each
	cams_n   INTEGER NOT NULL,
	incident INTEGER NOT NULL       -- 0: learned afterwards
);
CREATE INDEX IF NOT EXISTS outage_point ON outage (point, from_ms);
CREATE INDEX IF NOT EXISTS outage_incident ON outage (incident) WHERE incident != 0;
CREATE INDEX IF NOT EXISTS outage_open ON outage (id) WHERE until_ms = 0;
CREATE TABLE IF NOT EXISTS incident (
	id       INTEGER PRIMARY KEY,
	hamlet   TEXT NOT NULL,         -- its code
	point    TEXT NOT NULL,         -- code of the first point
	from_ms  INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,      -- 0: still open
	cause    INTEGER NOT NULL,
	sure     INTEGER NOT NULL,
	state    INTEGER NOT NULL,
	told     INTEGER NOT NULL,
	points   INTEGER NOT NULL,      -- outages in it, all
	open     INTEGER NOT NULL,      -- and still open
	eyes     INTEGER NOT NULL,      -- states of its cameras, 4 bits each
	cams_n   INTEGER NOT NULL,
	facts    INTEGER NOT NULL,
	scope    INTEGER NOT NULL,      -- what its outages share
	doubt    INTEGER NOT NULL,      -- why the gateway doubted itself
	corrected INTEGER NOT NULL,     -- cause as a person knows it; 0: as judged
	residue  INTEGER NOT NULL,      -- what stayed dark when its neighbours came back
	shared   INTEGER NOT NULL,      -- points that share it, all
	others   INTEGER NOT NULL,      -- nearby points outside that worked
	hamlets  INTEGER NOT NULL,
	flaps    INTEGER NOT NULL,
	evidence INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS incident_open ON incident (id) WHERE state != 3;

-- Not derived: what people were told. One row a message and receiver, made before it is sent, as it will be read.
CREATE TABLE IF NOT EXISTS outbox (
	id       INTEGER PRIMARY KEY,
	key      TEXT NOT NULL UNIQUE,  -- "<incident>-<what>-<receiver>", the same at every try
	receiver TEXT NOT NULL,
	what     INTEGER NOT NULL,
	way      INTEGER NOT NULL,      -- which of the receiver's ways is tried now, from 0
	round    INTEGER NOT NULL,      -- how often all of them failed
	tries    INTEGER NOT NULL,
	made_ms  INTEGER NOT NULL,
	due_ms   INTEGER NOT NULL,
	sent_ms  INTEGER NOT NULL,      -- the receipt; 0: not yet; -1: given up
	via      TEXT NOT NULL,         -- the channel that delivered it; ''
	note     TEXT NOT NULL,         -- what the other side said
	code     TEXT NOT NULL,         -- to take the job with
	subject  TEXT NOT NULL,
	text     TEXT NOT NULL,
	sms      TEXT NOT NULL,
	-- the incident as it stood when it was told
	incident INTEGER NOT NULL,
	hamlet   TEXT NOT NULL,
	point    TEXT NOT NULL,
	from_ms  INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	cause    INTEGER NOT NULL,
	sure     INTEGER NOT NULL,
	state    INTEGER NOT NULL,
	told     INTEGER NOT NULL,
	points   INTEGER NOT NULL,
	open     INTEGER NOT NULL,
	eyes     INTEGER NOT NULL,
	cams_n   INTEGER NOT NULL,
	facts    INTEGER NOT NULL,
	scope    INTEGER NOT NULL,
	doubt    INTEGER NOT NULL,
	corrected INTEGER NOT NULL,
	residue  INTEGER NOT NULL,
	shared   INTEGER NOT NULL,
	others   INTEGER NOT NULL,
	hamlets  INTEGER NOT NULL,
	flaps    INTEGER NOT NULL,
	evidence INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_incident ON outbox (incident, receiver);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (due_ms) WHERE sent_ms = 0;
CREATE INDEX IF NOT EXISTS outbox_given_up ON outbox (id) WHERE sent_ms = -1;
CREATE INDEX IF NOT EXISTS outbox_sent ON outbox (receiver, sent_ms) WHERE sent_ms > 0;

-- Not derived: who was told of an incident, who is next, and who takes care of it.
CREATE TABLE IF NOT EXISTS alert (
	incident  INTEGER PRIMARY KEY,
	code      TEXT NOT NULL,        -- to take the job with
	told_to   TEXT NOT NULL,        -- ids of receivers, a comma after each
	opened_ms INTEGER NOT NULL,     -- when the first person was told; 0: nobody could be yet
	next_ms   INTEGER NOT NULL,     -- when the next one is; 0: nobody any more
	reminded  INTEGER NOT NULL,     -- reminders sent
	taken_by  TEXT NOT NULL,        -- a receiver's id or a name; '': nobody
	taken_ms  INTEGER NOT NULL,
	closed    INTEGER NOT NULL      -- its end was told
);
CREATE INDEX IF NOT EXISTS alert_open ON alert (incident) WHERE closed = 0;

-- Back-filled samples that are not in the graphs yet.
CREATE TABLE IF NOT EXISTS undrawn (
	point     INTEGER NOT NULL REFERENCES point,
	at_ms     INTEGER NOT NULL,
	up        INTEGER NOT NULL,
	site      INTEGER NOT NULL,
	out_us    INTEGER NOT NULL,
	router_us INTEGER NOT NULL,
	lost      INTEGER NOT NULL,
	PRIMARY KEY (point, at_ms)
) WITHOUT ROWID;

-- Not derived: planned work and holidays, and power cuts that were published. Never deleted: what was announced
-- stays on record. Numbers are those of gateway/window.h.
CREATE TABLE IF NOT EXISTS planned (
	id         INTEGER PRIMARY KEY,
	kind       INTEGER NOT NULL,    -- 0 work, 1 a power cut
	target     INTEGER NOT NULL,    -- 0 all, 1 hamlet, 2 transformer, 3 point
	what       TEXT NOT NULL,       -- its code or name; '' for all
	from_ms    INTEGER NOT NULL,    -- of the first occurrence
	until_ms   INTEGER NOT NULL,
	repeat     INTEGER NOT NULL,    -- 0 once, 1 daily, 2 weekly
	days       INTEGER NOT NULL,    -- weekly: bit 0 Sunday .. bit 6 Saturday
	last_ms    INTEGER NOT NULL,    -- none begins after it; 0: for ever
	reason     TEXT NOT NULL,
	made_ms    INTEGER NOT NULL,
	removed_ms INTEGER NOT NULL     -- taken back; 0: it stands
);
-- A calendar that is read twice is kept once.
CREATE UNIQUE INDEX IF NOT EXISTS planned_once
	ON planned (kind, target, what, from_ms, until_ms, repeat, days, last_ms) WHERE removed_ms = 0;
