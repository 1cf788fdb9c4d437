/* SPDX-License-Identifier: Apache-2.0 */
/* The page: asks the gateway every few seconds and shows what it says. Whatever comes from outside is put in as
 * text, never as markup. ES2017, because televisions are old. */
"use strict";

const POLL_MS = 5000, HIDDEN_POLL_MS = 15000, ANSWER_MS = 10000, GRAPH_MS = 30000;
const LATE_MS = 15000, STALE_MS = 60000, NEW_MS = 60000;
const LETTERS = 24; /* of one hamlet on a wall */
const ORDER = ["down", "unknown", "planned", "up"];
const CODE = /^[A-Za-z0-9-]{1,24}$/;
const wall = /[?&]wall=1/.test(location.search);

let words = null, lang = null;
let report = null, incidents = [], points = [];
let fetched = 0; /* when the last answer came, by this browser's clock */
let stale = false;
let seen = null; /* incident id -> when this page first saw it */
let detail = null, detail_at = 0, last = null; /* the latest incident of the point on show */

const $ = id => document.getElementById(id);

/* ---- words, times, figures ---- */

function word(key, values) {
	let text = words && words[lang] && words[lang][key];
	if (text === undefined || text === null)
		return key;
	for (const name in values || {})
		text = text.replace("{" + name + "}", () => values[name]);
	return text;
}

const two = n => (n < 10 ? "0" : "") + n;

/* Vietnam's time, wherever the browser is: no summer time there. */
function local(ms) {
	const d = new Date(ms + 7 * 3600e3);
	return {
		day: two(d.getUTCDate()) + "/" + two(d.getUTCMonth() + 1),
		date: two(d.getUTCDate()) + "/" + two(d.getUTCMonth() + 1) + "/" + d.getUTCFullYear(),
		time: two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()),
		second: ":" + two(d.getUTCSeconds()),
	};
}

/* The gateway's clock as far as this page can tell: its last word and the time since. */
const now = () => Date.parse(report.now) + Math.max(0, Date.now() - fetched);

/* "19:42", with its day when that is not today. */
function clock(iso) {
	const t = local(Date.parse(iso)), today = local(now());
	return t.date === today.date ? t.time : t.time + " " + t.day;
}

function duration(s) {
	const n = (key, v) => word(key, { n: Math.floor(v) });
	if (s < 60)
		return n("seconds", Math.max(0, s));
	if (s < 3600)
		return n("minutes", s / 60);
	if (s < 86400)
		return n("hours", s / 3600) + (s % 3600 >= 60 ? " " + n("minutes", s % 3600 / 60) : "");
	return n("days", s / 86400) + (s % 86400 >= 3600 ? " " + n("hours", s % 86400 / 3600) : "");
}

function percent(p) {
	if (p === null || p === undefined)
		return "–";
	const text = String(Math.floor(p * 100) / 100);
	return (lang === "vi" ? text.replace(".", ",") : text) + "%";
}

const ago = iso => (now() - Date.parse(iso)) / 1000;

/* ---- elements ---- */

function el(tag, cls, ...inside) {
	const e = document.createElement(tag);
	if (cls)
		e.className = cls;
	for (const i of inside)
		if (i !== null && i !== undefined)
			e.append(i);
	return e;
}

function put(parent, ...inside) {
	while (parent.firstChild)
		parent.removeChild(parent.firstChild);
	parent.append(...inside);
}

/* Only when it differs: a screen reader need not hear it again, a television not draw it. */
function say(e, text) {
	if (e.textContent !== text)
		e.textContent = text;
}

const letter = (l, state) => el("span", "letter " + (l === "~" ? "unstable" : state), l === "·" ? "•" : l);

/* ---- incidents ---- */

const CAUSES = ["power", "router", "provider", "line", "camera", "device"]; /* as people know them */
const opened = new Set(); /* incidents whose choice of causes stands open */

/* A message's link names a job: /take/7K2, or behind the '#' after a sign-in. Nothing is taken by opening it. */
const linked = () => ((location.pathname + location.hash).match(/^\/(?:take\/|#take-)([0-9][A-Z][0-9])$/) || [])[1];

function incident_title(i) {
	const place = i.hamlet.name || i.hamlet.code;
	if (i.scope === "gateway")
		return word("doubt_" + i.doubt);
	if (i.points > 1)
		return (i.hamlets > 1 ? word("hamlets", { n: i.hamlets }) : place) + "  " + i.open + "/" +
			(i.group || i.hamlet_points);
	return i.point + " · " + (i.household || place);
}

function incident_line(i) {
	const sure = i.sure === "open" ? "" : " (" + word("sure_" + i.sure) + ")";
	const since = word("since", { time: clock(i.from) }) + " (" +
		duration(i.until ? i.seconds : ago(i.from)) + ")";
	const cause = i.corrected ? word("cause_" + i.corrected) + " (" + word("corrected") + ")"
		: word("cause_" + i.cause) + sure;
	const parts = [i.scope === "gateway" ? since : cause + " " + since];
	if (i.points > 1)
		parts.push(word("scope_" + i.scope) + (i.shared ? " " + i.shared : ""));
	if (i.state !== "told")
		parts.push(word("incident_" + i.state));
	if (i.alert && i.alert.taken_by)
		parts.push(word("taken", { name: i.alert.taken_by }));
	else if (i.untaken)
		parts.push(word("untaken") + (i.alert && i.alert.next ? ", " + word("next_at", { time: clock(i.alert.next) }) : ""));
	return parts.join(" · ");
}

/* What the judgement rests on; and what was judged, where a person knew better. */
function incident_evidence(i) {
	const parts = i.evidence.filter(e => e !== "neighbours").map(e => word("evidence_" + e));
	if (i.others)
		parts.push(word("others_fine", { n: i.others }));
	if (i.corrected)
		parts.unshift(word("judged", { cause: word("cause_" + i.cause) }));
	return parts.length ? word("evidence") + ": " + parts.join("; ") : "";
}

/* What a link asked for, then what nobody has taken, then the largest. */
function urgency(i) {
	return (i.alert && i.alert.code === linked() ? 1e6 : 0) + (i.untaken ? 1e5 : 0) +
		(i.scope === "gateway" ? 5e4 : 0) + i.open;
}

async function change(where, what) {
	await fetch(where, { method: "POST", credentials: "same-origin", redirect: "manual",
		headers: { "X-Matsang-Token": report.session.token, "Content-Type": "application/json" },
		body: JSON.stringify(what) });
	detail_at = 0;
	await poll();
}

/* Only whoever is signed in, and never the wall. */
const may_change = () => !wall && report.session;

function take_button(i) {
	const b = el("button", "take", word("take"));
	b.type = "button";
	b.onclick = () => {
		b.disabled = true;
		return change("/api/v1/take", { code: i.alert.code });
	};
	return b;
}

function correction(i) {
	const box = el("details", "correct", el("summary", "", word("correct")));
	box.open = opened.has(i.id);
	box.ontoggle = () => box.open ? opened.add(i.id) : opened.delete(i.id);
	for (const cause of CAUSES) {
		const b = el("button", cause === (i.corrected || i.cause) ? "now" : "", word("cause_" + cause));
		b.type = "button";
		b.onclick = () => {
			opened.delete(i.id);
			return change("/api/v1/correct", { incident: i.id, cause: cause });
		};
		box.append(b);
	}
	return box;
}

function incident_text(i) {
	const text = el("div", "", el("b", "", incident_title(i)), el("p", "", incident_line(i)));
	const evidence = wall ? "" : incident_evidence(i);
	if (evidence)
		text.append(el("p", "faint", evidence));
	if (may_change() && i.untaken && i.alert)
		text.append(take_button(i));
	if (may_change() && i.scope !== "gateway")
		text.append(correction(i));
	return text;
}

function show_incidents() {
	const box = $("incidents"), list = box.querySelector("ol"), more = box.querySelector(".more");
	const t = Date.now(), first = seen === null, code = linked();

	if (first)
		seen = {};
	say(box.querySelector("h2"), incidents.length ? word("incidents", { n: incidents.length })
						       : word("incidents_none"));
	$("linked").hidden = !code || incidents.some(i => i.alert && i.alert.code === code);
	if (code)
		say($("linked"), word("linked_none", { code: code }));
	put(list);
	for (const i of incidents.slice().sort((a, b) => urgency(b) - urgency(a))) {
		if (!seen[i.id])
			seen[i.id] = first ? 1 : t;
		const closing = i.state === "closing" || i.state === "closed";
		const fresh = i.untaken && t - seen[i.id] < NEW_MS, state = closing ? "unknown" : "down";
		list.append(el("li", (closing ? "closing" : "down") + (fresh ? " new" : ""), letter(i.letter, state),
			       incident_text(i)));
	}
	/* A wall is never scrolled: what does not fit is counted. */
	let dropped = 0;
	more.hidden = true;
	while (wall && list.children.length > 1 && list.scrollHeight > list.clientHeight + 2) {
		list.removeChild(list.lastChild);
		dropped++;
		say(more, word("incidents_more", { n: dropped }));
		more.hidden = false;
	}
}

/* ---- points ---- */

/* What we cannot vouch for any more is unknown. */
const state_of = p => stale ? "unknown" : p.state;
const letter_of = p => stale ? "?" : p.letter;

function tile(p) {
	const state = state_of(p), a = el("a", "tile");
	a.href = "#" + p.code;
	a.append(letter(letter_of(p), state), el("b", "", p.code));
	if (state === "up") {
		a.append(el("span", "", p.hamlet.name + (p.unstable ? " · " + word("unstable") : "")));
		return a;
	}
	a.append(el("span", "", p.hamlet.name + (p.household ? " · " + p.household : "")));
	if (state === "down")
		a.append(el("span", "", word("cause_" + p.cause) + " " + word("since", { time: clock(p.since) })));
	else if (state === "unknown" && !p.heard)
		a.append(el("span", "", word("never")));
	else if (!stale && p.since)
		a.append(el("span", "", word("since", { time: clock(p.since) })));
	if (!stale && p.contact === "suspect")
		a.append(el("span", "faint", word("suspect")));
	return a;
}

function show_groups(box) {
	for (const state of ORDER) {
		const these = points.filter(p => state_of(p) === state);
		if (!these.length)
			continue;
		const list = el("ul");
		for (const p of these)
			list.append(el("li", state, tile(p)));
		box.append(el("section", "group " + state,
			      el("h2", "", word("group_" + state) + " (" + these.length + ")"), list));
	}
}

/* Too many for tiles on a wall: a line of letters a hamlet, the worst first. When even that is too much, those that
 * are complete become one line, and what works has no letter. */
function show_hamlets(box, collapse) {
	const by = {};
	for (const p of points)
		(by[p.hamlet.code] = by[p.hamlet.code] || []).push(p);
	const missing = h => by[h].filter(p => state_of(p) !== "up").length;
	let whole = 0, fine = 0;
	for (const h of Object.keys(by).sort((a, b) => missing(b) - missing(a))) {
		if (collapse && !missing(h)) {
			whole++;
			fine += by[h].length;
			continue;
		}
		const letters = by[h].filter(p => !collapse || state_of(p) !== "up");
		const row = el("div", "letters", ...letters.slice(0, LETTERS).map(p => letter(letter_of(p), state_of(p))));
		if (letters.length > LETTERS)
			row.append("+" + (letters.length - LETTERS));
		box.append(el("div", "hamlet", el("span", "name", by[h][0].hamlet.name),
			el("span", "", (by[h].length - missing(h)) + "/" + by[h].length), row));
	}
	if (whole)
		box.append(el("p", "faint", word("hamlets_fine", { n: whole, m: fine })));
}

function show_points() {
	const box = $("points"), held = document.activeElement && document.activeElement.hash;
	const full = () => wall && box.scrollHeight > box.clientHeight + 2;
	put(box);
	show_groups(box);
	if (full()) {
		put(box);
		show_hamlets(box, false);
	}
	if (full()) {
		put(box);
		show_hamlets(box, true);
	}
	if (held)
		for (const a of box.querySelectorAll("a"))
			if (a.hash === held)
				a.focus({ preventScroll: true });
}

/* ---- the whole commune ---- */

function show_headline() {
	const parts = stale ? [word("stale")] : report.headline[lang].split(/ [—·] /);
	say($("big"), parts[0]);
	say($("small"), parts.slice(1).join(" · "));
	const n = report.points;
	$("big").className = stale || report.blind ? "" : n.down ? "down" : n.up === n.total ? "up" : "";
	document.title = (stale ? "? " : n.down ? "(" + n.down + ") " : "") + word("title") + " · " + report.commune;
	let up = 0, judged = 0;
	for (const p of points) {
		const f = p.availability && p.availability.h24;
		if (f) {
			up += f.up;
			judged += f.up + f.down;
		}
	}
	say($("day"), judged && !stale ? word("h24") + " " + percent(100 * up / judged) : "");
	$("blind").hidden = !report.blind || stale;
	if (report.blind && report.blind_since)
		say($("blind"), report.doubts.map(d => word("doubt_" + d)).join(", ") + (report.doubts.length ? ". " : "") +
			word("blind", { time: clock(report.blind_since) }));
}

function show_trust() {
	const o = report.outbox;
	put($("trust"),
	    el("span", report.blind ? "bad" : "", word("broker") + ": " + (report.blind ? "✕" : "✓")),
	    el("span", o.waiting ? "bad" : "", word("messages") + ": " +
		(o.waiting ? word("messages_waiting", { n: o.waiting }) : word("messages_fine"))),
	    el("span", "", word("title") + " " + report.version));
}

function show_fixed() {
	document.documentElement.lang = lang;
	say($("commune"), word("commune", { name: report.commune }));
	say($("language"), word("other_language"));
	say($("wall"), word("wall"));
	say($("sign_out"), word("sign_out"));
	$("sign_out").hidden = !report.session;
	if (report.session)
		$("sign_out").title = word("signed_in", { name: report.session.name });
}

function show() {
	if (!report || !words)
		return;
	show_fixed();
	show_headline();
	show_incidents();
	show_points();
	show_trust();
	show_detail();
}

/* Every second: how old is what you see? A clock set back counts as stale, too. */
function tick() {
	if (!report || !words)
		return;
	const age = Date.now() - fetched, was = stale;
	const t = local(now());
	stale = age > STALE_MS || age < -LATE_MS;
	say($("clock"), t.time + t.second + " " + t.date);
	say($("fresh"), word("fresh", { n: Math.max(0, Math.round(age / 1000)) }));
	$("fresh").className = age > LATE_MS || stale ? "late" : "";
	$("stale").hidden = !stale;
	if (stale) {
		const since = local(fetched);
		say($("stale").firstChild, word("stale"));
		say($("stale").lastChild, word("stale_since", { time: since.time + " " + since.day }));
	}
	if (stale !== was)
		show();
}

/* ---- one point ---- */

/* A period as a strip: working, under maintenance, unknown, lost to grid or provider, lost otherwise. */
function bar(f) {
	const strip = el("div", "bar");
	for (const [cls, s] of [["up", f.up], ["planned", f.planned], ["unknown", f.unknown], ["theirs", f.theirs],
				["down", f.down - f.theirs]]) {
		const piece = el("span", cls);
		piece.style.flexGrow = s;
		if (s)
			strip.append(piece);
	}
	return strip;
}

function table(heads, rows) {
	const t = el("table"), head = el("tr");
	for (const h of heads)
		head.append(el("th", "", word(h)));
	t.append(head);
	for (const r of rows) {
		const tr = el("tr");
		for (const cell of r)
			tr.append(cell instanceof Element && cell.tagName === "TD" ? cell : el("td", "", cell));
		t.append(tr);
	}
	return el("div", "scroll", t);
}

const figure = text => el("td", "figure", text);

function detail_availability(p) {
	const rows = [];
	for (const key of ["h24", "d30", "m6"]) {
		const f = p.availability && p.availability[key];
		if (!f)
			continue;
		const down = duration(f.down) + (f.theirs ? " (" + duration(f.theirs) + " " + word("theirs_time") + ")" : "");
		rows.push([word(key), figure(percent(f.percent)), el("td", "", bar(f)), f.down ? down : "–",
			   f.unknown ? duration(f.unknown) : "–"]);
	}
	return table(["period", "percent", "", "down_time", "unknown_time"], rows);
}

function detail_outages(p) {
	if (!p.outages.length)
		return el("p", "faint", word("outages_none"));
	return table(["from", "until", "lasted", "cause"], p.outages.map(o => {
		const from = local(Date.parse(o.from)), until = o.until && local(Date.parse(o.until));
		return [figure(from.date + " " + from.time),
			figure(until ? until.date + " " + until.time : word("still")),
			figure(duration(o.until ? o.seconds : ago(o.from))),
			word("cause_" + o.cause) + " (" + word("sure_" + o.sure) + ")"];
	}));
}

const known = v => v === null || v === undefined ? word("not_known") : word(v ? "yes" : "no");

function detail_facts(p) {
	const rows = ["mains", "router", "outside", "link", "gateway"].map(f =>
		[word("fact_" + f), known(p.facts[f])]);
	const notes = ["call", "away", "healing", "on_battery", "battery_low", "under_voltage", "records_lost",
		"camera_clock", "slowed"].filter(f => p.facts[f]).map(f => word("note_" + f));
	if (notes.length)
		rows.push([word("notes"), notes.join("; ")]);
	rows.push([word("heard"), p.heard ? clock(p.heard) : word("heard_never")]);
	if (p.waiting)
		rows.push([word("waiting"), String(p.waiting)]);
	if (p.provider)
		rows.push([word("provider"), p.provider]);
	if (p.transformer)
		rows.push([word("transformer"), p.transformer]);
	if (p.relay)
		rows.push([word("relay"), p.relay]);
	if (p.learned.length)
		rows.push([word("learned"), p.learned.join(", ")]);
	if (p.about && p.about.version)
		rows.push([word("version"), String(p.about.version)]);
	return table([], rows);
}

/* What is the matter with a camera; the plain words where nothing more is known. */
function camera_word(c) {
	if (c.up === null)
		return word("camera_unknown");
	if (["ok", "silent", "unknown"].includes(c.eye))
		return word(c.up ? "camera_up" : "camera_down");
	return word("eye_" + c.eye);
}

function detail_cameras(p) {
	return table([], p.cameras.map(c => [c.name, c.up === null ? letter("?", "unknown")
		: letter(c.up ? "•" : "C", c.up ? "up" : "down"), camera_word(c)]));
}

/* The latest thing that happened here: causes are often known only when all is over. */
function detail_incident() {
	if (!last || detail.outages.every(o => o.incident !== last.id))
		return null;
	return el("div", "", el("h2", "", word("incident_last")), incident_text(last));
}

/* The graph on show stays until the next one is here. */
function graph(box, code, span) {
	const next = new Image(), turn = Math.floor(Date.now() / GRAPH_MS);
	const size = window.innerWidth < 600 ? "&size=small" : "";
	const src = "/api/v1/points/" + code + "/graph.png?span=" + span + size + "&lang=" + lang + "&t=" + turn;
	if (box.dataset.src === src)
		return;
	box.dataset.src = src;
	next.alt = code + " " + span;
	next.onload = () => {
		if (box.dataset.src === src)
			put(box, next);
	};
	next.onerror = () => {
		if (box.dataset.src === src)
			put(box, el("p", "faint", word("graph_missing")));
	};
	next.src = src;
}

function detail_state(p) {
	if (stale)
		return word("state_unknown");
	const text = [word("state_" + p.state)];
	if (p.cause)
		text.push(word("cause_" + p.cause) + " (" + word("sure_" + p.sure) + ")");
	else if (!p.heard)
		text.push(word("never"));
	if (p.since)
		text.push(word("since", { time: clock(p.since) }) + " (" + duration(ago(p.since)) + ")");
	return text.join(" · ");
}

/* The point that the address asks for, "" when it asks for none of ours. */
function hash_code() {
	const code = location.hash.slice(1);
	return CODE.test(code) && (points || []).some((p) => p.code === code) ? code : "";
}

function show_detail() {
	const box = $("detail"), code = hash_code();
	const p = detail;
	box.hidden = wall || !code;
	if (box.hidden || !report || !words || !p || p.code !== code)
		return;
	const state = state_of(p), close = el("button", "", word("close"));
	const graphs = box.querySelector(".graphs") && box.dataset.code === code && box.dataset.lang === lang
		? box.querySelector(".graphs") : el("div", "graphs");
	const top = box.scrollTop;
	close.type = "button";
	close.onclick = () => { location.hash = ""; };
	const call = el("a", "call", word("phone") + " " + p.phone);
	call.href = "tel:" + p.phone.replace(/[^0-9+]/g, "");
	put(box, el("div", "top", letter(letter_of(p), state), el("b", "", p.code), close),
	    el("p", "", p.hamlet.name + (p.household ? " · " + p.household : "")),
	    el("p", "", detail_state(p)), p.phone ? el("p", "", call) : "", detail_incident() || "",
	    el("h2", "", word("cameras")), detail_cameras(p),
	    el("h2", "", word("availability")), detail_availability(p),
	    el("h2", "", word("graphs")), graphs,
	    el("h2", "", word("outages")), detail_outages(p),
	    el("h2", "", word("facts")), detail_facts(p));
	if (!graphs.firstChild)
		for (let i = 0; i < 4; i++)
			graphs.append(el("div"));
	["1h", "24h", "30d", "6mo"].forEach((span, i) => graph(graphs.children[i], p.code, span));
	box.scrollTop = box.dataset.code === code ? top : 0;
	box.dataset.code = code;
	box.dataset.lang = lang;
}

/* ---- asking ---- */

async function ask(where) {
	const gone = new AbortController(), timer = setTimeout(() => gone.abort(), ANSWER_MS);
	try {
		const r = await fetch(where, { credentials: "same-origin", cache: "no-store", signal: gone.signal });
		if (r.status === 401) {
			location.assign("/login" + (linked() ? "#take-" + linked() : location.hash));
			return null;
		}
		return r.ok ? await r.json() : null;
	} finally {
		clearTimeout(timer);
	}
}

async function ask_detail() {
	const code = hash_code();
	if (wall || !code)
		return;
	if (!detail || detail.code !== code || Date.now() - detail_at > 3 * POLL_MS) {
		detail_at = Date.now();
		const p = await ask("/api/v1/points/" + code);
		const o = p && p.outages.find(one => one.incident !== null);
		if (!p)
			return;
		last = o ? await ask("/api/v1/incidents/" + o.incident) : null;
		detail = p;
	}
}

async function poll() {
	try {
		if (!words)
			words = await ask("/words.json");
		const s = await ask("/api/v1/status"), i = await ask("/api/v1/incidents?open=1");
		const p = await ask("/api/v1/points");
		if (s && i && p) {
			report = s;
			incidents = i.incidents;
			points = p.points;
			lang = lang || localStorage.getItem("language") || s.language;
			fetched = Date.now();
			stale = false;
		}
		await ask_detail();
	} catch (e) {
		/* No answer: the age on the screen says so. */
	}
	show();
	tick();
}

function start() {
	let timer = 0;
	const round = async () => {
		clearTimeout(timer);
		timer = -1;
		await poll();
		timer = setTimeout(round, document.hidden ? HIDDEN_POLL_MS : POLL_MS);
	};
	if (wall)
		document.documentElement.className = "wall";
	$("language").onclick = () => {
		lang = lang === "vi" ? "en" : "vi";
		localStorage.setItem("language", lang);
		show();
		tick();
	};
	$("sign_out").onclick = async () => {
		await fetch("/api/v1/logout", { method: "POST", credentials: "same-origin", redirect: "manual",
						headers: { "X-Matsang-Token": report.session.token } });
		location.assign("/login");
	};
	addEventListener("hashchange", async () => {
		try {
			await ask_detail();
		} catch (e) {
			/* The next round asks again. */
		}
		show_detail();
	});
	addEventListener("keydown", e => {
		if (e.key === "Escape" && location.hash)
			location.hash = "";
	});
	document.addEventListener("visibilitychange", () => {
		if (!document.hidden && timer > 0)
			round();
	});
	setInterval(tick, 1000);
	round();
}

/* The sign-in page: a point's address survives it, and whoever is signed in already goes on. (A link in a mail comes
 * without the session: browsers do not send it along from elsewhere.) */
async function sign_in() {
	const form = document.querySelector("form"), code = location.hash.slice(1);
	if (CODE.test(code) && code !== "wrong" && code !== "wait")
		form.action += "#" + code;
	const r = await fetch("/api/v1/status", { credentials: "same-origin", cache: "no-store" });
	await r.text();
	if (r.ok)
		location.replace("/" + location.hash);
}

if (document.body.id === "sign_in")
	sign_in();
else
	start();
