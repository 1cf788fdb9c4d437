/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: the power company's published cuts, as a table or as pasted text, made into windows. */
#include "gateway/calendar_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { COLUMNS_MOST = 32, SHORT = 512 };

/* One field of an entry, gathered piece by piece. */
struct field {
	size_t n;
	bool full; /* not all of it fits, or its end is missing */
	char text[CALENDAR_FIELD + 1];
};

/* What is known of one entry so far. */
struct entry {
	unsigned line;                                                   /* 0: nothing yet */
	bool area_said, station_said, time_said, date_said, reason_said; /* by labels */
	bool area_first; /* its area stood before its time */
	struct field area;
	struct field loose; /* lines that hold days or hours, and perhaps an area */
	bool loose_hours;   /* hours, so they are the entry's and no heading */
	struct field time, reason;
	char date[SHORT]; /* said before, perhaps for several entries */
};

struct table {
	char divider; /* 0: no table */
	enum column column[COLUMNS_MOST];
	size_t n;
};

struct reader {
	const char *text;
	size_t len, at;
	unsigned line; /* of at */
	const struct calendar_ear *ear;
	struct places *places;
	struct calendar_counts counts;
	struct table table;
	struct entry entry;
	struct field address, cell;
	enum column last; /* what the line before belonged to */
	bool gap;         /* an empty line stood in between */
	struct folded folded, scratch;
};

/* ---- fields ---- */

static void field_clear(struct field *f)
{
	f->n = 0;
	f->full = false;
	f->text[0] = '\0';
}

static void field_add(struct field *f, const char *between, const char *text, size_t n)
{
	const size_t b = f->n ? strlen(between) : 0;

	for (; n > 0 && isspace((unsigned char)text[0]); n--)
		text++;
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	if (n == 0)
		return;
	if (f->n + b + n > CALENDAR_FIELD) {
		f->full = true;
		return;
	}
	memcpy(f->text + f->n, between, b);
	memcpy(f->text + f->n + b, text, n);
	f->n += b + n;
	f->text[f->n] = '\0';
}

static void refuse(struct reader *r, unsigned line, const char *why)
{
	r->counts.refused++;
	r->ear->refused(r->ear->self, line, why);
}

/* ---- an entry that is complete ---- */

static void entry_clear(struct entry *e)
{
	e->line = 0;
	e->area_said = e->station_said = e->time_said = e->date_said = false;
	e->reason_said = e->area_first = e->loose_hours = false;
	field_clear(&e->area);
	field_clear(&e->loose);
	field_clear(&e->time);
	field_clear(&e->reason);
}

/* "trừ" is "except", but without its accents a pole. */
static bool has_exception(const char *area)
{
	return strstr(area, "trừ ") || strstr(area, "Trừ ") || strstr(area, "TRỪ ");
}

static void reason_draw(char out[static WINDOW_REASON], const struct field *reason)
{
	const size_t n = utf8_cut(reason->text, WINDOW_REASON - 1);

	memcpy(out, reason->text, n);
	out[n] = '\0';
	for (char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
}

static void tell(struct reader *r, const struct calendar_place *place,
		 const struct calendar_span *span)
{
	struct window w = { .kind = WINDOW_CUT,
			    .target = place->target,
			    .from = span->from,
			    .until = span->until };

	snprintf(w.what, sizeof w.what, "%s", place->what);
	reason_draw(w.reason, &r->entry.reason);
	r->counts.found++;
	r->ear->found(r->ear->self, &w);
}

/* The entry's area, and where there is none the customer's; into r->cell. */
static void area_of(struct reader *r)
{
	const struct entry *e = &r->entry;

	field_clear(&r->cell);
	field_add(&r->cell, "", e->area.text, e->area.n);
	field_add(&r->cell, ";", e->loose.text, e->loose.n);
	if (e->area.n == 0)
		field_add(&r->cell, ";", r->address.text, r->address.n);
	r->cell.full = r->cell.full || e->area.full || e->loose.full;
}

static size_t find_places(struct reader *r, struct calendar_place place[static CALENDAR_PLACES],
			  char why[static CALENDAR_WHY])
{
	size_t n;

	area_of(r);
	for (char *c = r->cell.text; *c; c++)
		*c = *c == '\n' ? ',' : *c;
	fold(&r->scratch, r->cell.text, r->cell.n);
	times_blank(r->scratch.text); /* 7:30 is no hamlet */
	n = places_find(r->places, r->scratch.text, place, why);
	if (r->cell.full) {
		snprintf(why, CALENDAR_WHY,
			 "it is too long, or a closing quote is missing; make it several entries");
		return 0;
	}
	if (n && has_exception(r->cell.text)) {
		snprintf(why, CALENDAR_WHY,
			 "it makes an exception (\"trừ\"); enter it by hand: matsang mute add "
			 "--cut");
		return 0;
	}
	return n;
}

/* Lines before and after the entries: no time, no label, nothing of ours. */
static bool is_talk(const struct entry *e, size_t places)
{
	return !e->time_said && !e->area_said && !e->station_said && !e->reason_said && places == 0;
}

/* Tell or refuse what was gathered, and begin anew. */
static void flush(struct reader *r)
{
	struct calendar_place place[CALENDAR_PLACES];
	struct calendar_span span[CALENDAR_SPANS];
	char why[CALENDAR_WHY], date[SHORT];
	struct entry *e = &r->entry;
	size_t places, spans;

	if (e->line == 0)
		return;
	places = find_places(r, place, why);
	if (is_talk(e, places)) {
		entry_clear(e);
		return;
	}
	fold(&r->scratch, e->date, strlen(e->date));
	snprintf(date, sizeof date, "%s", r->scratch.text);
	fold(&r->scratch, e->time.text, e->time.n);
	if (places == 0) {
		refuse(r, e->line, why);
	} else if ((spans = times_read(span, r->scratch.text, date, why)) == 0) {
		refuse(r, e->line, why);
	} else {
		for (size_t i = 0; i < places * spans; i++)
			tell(r, &place[i / spans], &span[i % spans]);
	}
	entry_clear(e);
}

static void begin(struct reader *r)
{
	if (r->entry.line == 0)
		r->entry.line = r->line;
}

static void date_set(struct reader *r, const char *text, size_t n)
{
	n = n < SHORT ? n : SHORT - 1;
	memcpy(r->entry.date, text, n);
	r->entry.date[n] = '\0';
}

/* ---- text: fields by their labels, or by what they look like ---- */

/* Would this field begin another entry? */
static bool is_next(const struct entry *e, enum column c)
{
	switch (c) {
	case COLUMN_AREA:
		return e->area_said && e->time_said;
	case COLUMN_STATION:
		return e->station_said && e->time_said;
	case COLUMN_TIME:
	case COLUMN_FROM:
	case COLUMN_ENTRY:
	case COLUMN_ADDRESS:
		return e->time_said;
	case COLUMN_DATE:
		return e->date_said || (e->time_said && e->area.n);
	case COLUMN_REASON:
		return e->reason_said;
	case COLUMN_COMPANY:
		return true;
	case COLUMN_UNTIL:
	case COLUMN_OTHER:
	case COLUMN_NONE:
		break;
	}
	return false;
}

static void put_area(struct reader *r, const char *between, const char *text, size_t n)
{
	struct entry *e = &r->entry;

	e->area_first = e->area_first || !e->time_said;
	field_add(&e->area, between, text, n);
}

/* What stood before the first label of an area was a heading. */
static void drop_heading(struct entry *e)
{
	if (e->area_said || e->station_said)
		return;
	field_clear(&e->area);
	e->area_first = false;
	if (!e->loose_hours)
		field_clear(&e->loose);
}

/* A field that a label announced. */
static void put_field(struct reader *r, enum column c, const char *text, size_t n)
{
	struct entry *e = &r->entry;

	switch (c) {
	case COLUMN_STATION:
		begin(r);
		drop_heading(e);
		put_area(r, ";", "tram", 4);
		put_area(r, " ", text, n);
		e->station_said = true;
		break;
	case COLUMN_AREA:
		begin(r);
		drop_heading(e);
		put_area(r, ";", text, n);
		e->area_said = true;
		break;
	case COLUMN_ADDRESS:
		field_clear(&r->address);
		field_add(&r->address, "", text, n);
		break;
	case COLUMN_DATE:
		begin(r);
		date_set(r, text, n);
		e->date_said = true;
		break;
	case COLUMN_TIME:
	case COLUMN_FROM:
	case COLUMN_UNTIL:
		begin(r);
		field_add(&e->time, " ", text, n);
		e->time_said = true;
		break;
	case COLUMN_REASON:
		begin(r);
		field_add(&e->reason, " ", text, n);
		e->reason_said = true;
		break;
	case COLUMN_COMPANY:
		e->date[0] = '\0';
		field_clear(&r->address);
		break;
	case COLUMN_ENTRY:
	case COLUMN_OTHER:
	case COLUMN_NONE:
		break;
	}
}

static void take_label(struct reader *r, enum column c, const char *text, size_t n)
{
	const bool dated = r->entry.date_said && !r->entry.time_said && r->entry.area.n == 0;

	/* "NGÀY:" may stand before "ĐIỆN LỰC:". */
	if (is_next(&r->entry, c) && !(c == COLUMN_COMPANY && dated))
		flush(r);
	if (!(c == COLUMN_COMPANY && dated))
		put_field(r, c, text, n);
	r->last = c;
}

/* A piece without a label that tells hours: a whole entry, or the time of one. */
static void take_hours(struct reader *r, const char *text, size_t n)
{
	struct entry *e = &r->entry;

	if (e->time_said)
		flush(r);
	begin(r);
	field_add(&e->time, " ", text, n);
	field_add(&e->loose, ";", text, n);
	e->time_said = e->loose_hours = true;
	r->last = COLUMN_TIME;
}

/* Does the entry know its hours, but no day? */
static bool wants_day(struct reader *r)
{
	const struct entry *e = &r->entry;

	fold(&r->scratch, e->time.text, e->time.n);
	return e->time_said && !e->date[0] && !times_has_date(r->scratch.text);
}

/* A heading such as "Ngày 20/11/2026": for all that follows, or the entry's own. */
static void take_day(struct reader *r, const char *text, size_t n)
{
	struct entry *e = &r->entry;

	if (e->time_said && !wants_day(r))
		flush(r);
	begin(r);
	date_set(r, text, n);
	field_add(&e->loose, ";", text, n);
	r->last = COLUMN_DATE;
}

/* Words alone: more of the field before, or an area. */
static void take_words(struct reader *r, const char *text, size_t n)
{
	struct entry *e = &r->entry;
	struct calendar_place place[CALENDAR_PLACES];
	char why[CALENDAR_WHY];

	if (r->last == COLUMN_REASON && !r->gap) {
		field_add(&e->reason, " ", text, n);
		return;
	}
	/* Trạm A, hours, Trạm B: B is the next. Hours, Trạm A, Trạm B: both are of these hours. */
	if (e->time_said &&
	    ((e->area_first && e->area.n) || (r->gap && find_places(r, place, why) > 0)))
		flush(r);
	begin(r);
	put_area(r, ",", text, n);
	r->last = COLUMN_AREA;
}

/* A piece of a line that no label announces. */
static void take_piece(struct reader *r, const char *folded, const char *text, size_t n)
{
	const size_t blank = strspn(folded, " ");

	if (strpbrk(folded, "abcdefghijklmnopqrstuvwxyz0123456789") == NULL)
		return;
	if (strncmp(folded + blank, "dien luc ", 9) == 0 ||
	    strncmp(folded + blank, "cong ty dien luc ", 17) == 0)
		take_label(r, COLUMN_COMPANY, text, n);
	else if ((r->last == COLUMN_TIME || r->last == COLUMN_FROM || r->last == COLUMN_UNTIL) &&
		 !r->gap && r->entry.time.n == 0)
		put_field(r, COLUMN_UNTIL, text, n); /* the label stood on the line before */
	else if (r->last == COLUMN_DATE && !r->gap && !r->entry.date[0])
		put_field(r, COLUMN_DATE, text, n);
	else if (times_has_clock(folded))
		take_hours(r, text, n);
	else if (times_has_date(folded))
		take_day(r, text, n);
	else
		take_words(r, text, n);
}

/* The next label at or after from; SIZE_MAX when there is none. */
static size_t label_find(const struct folded *f, size_t from, enum column *c, size_t *used)
{
	for (size_t i = from; i < f->n; i++) {
		if (f->text[i] == ' ' || (i > 0 && isalnum((unsigned char)f->text[i - 1])))
			continue;
		*c = label_read(f->text + i, used);
		if (*c != COLUMN_NONE)
			return i;
	}
	return SIZE_MAX;
}

static void take_line(struct reader *r, const char *line)
{
	struct folded *f = &r->folded;
	enum column c = COLUMN_NONE, next = COLUMN_NONE;
	size_t from = 0, end, used = 0;

	for (bool more = true; more; from = end + used, c = next) {
		end = label_find(f, from, &next, &used);
		more = end != SIZE_MAX;
		end = more ? end : f->n;
		if (c != COLUMN_NONE) {
			take_label(r, c, line + f->at[from], (size_t)(f->at[end] - f->at[from]));
			r->gap = false;
		} else if (end > from) {
			char kept = f->text[end];

			f->text[end] = '\0';
			take_piece(r, f->text + from, line + f->at[from],
				   (size_t)(f->at[end] - f->at[from]));
			f->text[end] = kept;
		}
		if (!more)
			break;
	}
	r->gap = false;
}

/* ---- tables ---- */

/*
 * The next cell of a row, unquoted, into r->cell; *at moves behind it and its divider. False behind
 * the last cell of the row. A quoted cell may go over several lines.
 */
static bool cell_read(struct reader *r, size_t *at, char divider, bool *ended)
{
	size_t i = *at;
	bool quoted;

	if (*ended)
		return false;
	field_clear(&r->cell);
	while (i < r->len && r->text[i] == ' ')
		i++;
	quoted = i < r->len && r->text[i] == '"';
	i += quoted;
	for (; i < r->len; i++) {
		const char c = r->text[i];

		if (quoted && c == '"') {
			quoted = i + 1 < r->len && r->text[i + 1] == '"';
			i += quoted;
			if (!quoted)
				continue;
		} else if (!quoted && (c == divider || c == '\n')) {
			break;
		}
		if (r->cell.n == CALENDAR_FIELD)
			r->cell.full = true;
		else if (c != '\r')
			r->cell.text[r->cell.n++] = c;
	}
	r->cell.text[r->cell.n] = '\0';
	r->cell.full = r->cell.full || quoted; /* the rest of the text is no cell */
	*ended = i == r->len || r->text[i] == '\n';
	*at = i < r->len ? i + 1 : i;
	return true;
}

/* Is the row at r->at a heading with this divider? */
static bool heading_row(struct reader *r, char divider, struct table *out, size_t *behind)
{
	bool ended = false, place = false, time = false;
	size_t at = r->at;

	*out = (struct table){ .divider = divider };
	while (cell_read(r, &at, divider, &ended)) {
		enum column c = COLUMN_NONE;

		if (r->cell.n < 80) {
			fold(&r->scratch, r->cell.text, r->cell.n);
			squeeze(r->scratch.text);
			c = heading_read(r->scratch.text);
		}
		if (out->n == COLUMNS_MOST)
			return false;
		out->column[out->n++] = c;
		place = place || c == COLUMN_AREA || c == COLUMN_STATION || c == COLUMN_ADDRESS;
		time = time || c == COLUMN_TIME || c == COLUMN_FROM || c == COLUMN_DATE;
	}
	*behind = at;
	return place && time;
}

static bool begins_table(struct reader *r, struct table *out, size_t *behind)
{
	static const char dividers[] = { ';', ',', '\t', '|' };

	for (size_t i = 0; i < COUNT(dividers); i++)
		if (heading_row(r, dividers[i], out, behind))
			return true;
	return false;
}

/* Days and hours of a row, in the order in which people say them. */
static void take_times(struct reader *r, const struct field *date, const struct field *time)
{
	struct entry *e = &r->entry;

	e->date[0] = '\0';
	date_set(r, date->text, date->n);
	field_add(&e->time, " ", time->text, time->n);
	e->time_said = true;
}

static void take_cell(struct reader *r, enum column c, struct field *date, struct field *time)
{
	struct entry *e = &r->entry;
	const char *text = r->cell.text;
	const size_t n = r->cell.n;

	switch (c) {
	case COLUMN_DATE:
		field_add(date, " ", text, n);
		break;
	case COLUMN_TIME:
	case COLUMN_FROM:
	case COLUMN_UNTIL:
		field_add(time, " ", text, n);
		break;
	case COLUMN_STATION:
		if (n)
			field_add(&e->area, ";", "tram", 4);
		field_add(&e->area, " ", text, n);
		break;
	case COLUMN_AREA:
	case COLUMN_ADDRESS:
		field_add(&e->area, ";", text, n);
		break;
	case COLUMN_REASON:
		field_add(&e->reason, " ", text, n);
		break;
	case COLUMN_COMPANY:
	case COLUMN_ENTRY:
	case COLUMN_OTHER:
	case COLUMN_NONE:
		break;
	}
	e->area.full = e->area.full || r->cell.full;
}

static void take_row(struct reader *r)
{
	struct field *date = calloc(2, sizeof *date), *time = date ? date + 1 : NULL;
	bool ended = false, blank = true;
	size_t at = r->at;

	if (!date) {
		refuse(r, r->line, "out of memory");
		r->at = r->len;
		return;
	}
	for (size_t i = 0; cell_read(r, &at, r->table.divider, &ended); i++) {
		blank = blank && strspn(r->cell.text, " \t\r\n|-") == r->cell.n;
		if (i < r->table.n)
			take_cell(r, r->table.column[i], date, time);
	}
	if (!blank) {
		begin(r);
		take_times(r, date, time);
		r->entry.area_said = true;
		flush(r);
	}
	free(date);
	r->at = at;
}

/* ---- all of it ---- */

static void count_lines(struct reader *r, size_t from)
{
	for (size_t i = from; i < r->at; i++)
		r->line += r->text[i] == '\n';
}

static void text_line(struct reader *r)
{
	const char *line = r->text + r->at, *end = memchr(line, '\n', r->len - r->at);
	size_t n = end ? (size_t)(end - line) : r->len - r->at;

	r->at += end ? n + 1 : n;
	if (n > CALENDAR_FIELD) {
		flush(r);
		refuse(r, r->line, "the line is too long; make it several");
		return;
	}
	fold(&r->folded, line, n);
	if (strspn(r->folded.text, " ") == r->folded.n)
		r->gap = true;
	else
		take_line(r, line);
}

static void read_all(struct reader *r)
{
	struct table heading;
	size_t behind, was;

	while (r->at < r->len) {
		was = r->at;
		if (begins_table(r, &heading, &behind)) {
			flush(r);
			r->table = heading;
			r->at = behind;
		} else if (r->table.divider) {
			take_row(r);
		} else {
			text_line(r);
		}
		count_lines(r, was);
	}
	flush(r);
	if (r->counts.found == 0 && r->counts.refused == 0)
		refuse(r, 1,
		       "there is no entry here; it needs a heading row as \"ngày,từ,đến,khu vực\", "
		       "or "
		       "labels as \"KHU VỰC:\" and \"THỜI GIAN:\"");
}

struct calendar_counts calendar_read(const char *text, size_t len, const struct roster *roster,
				     const struct calendar_ear *ear)
{
	struct reader *r = calloc(1, sizeof *r);
	struct calendar_counts counts = { .refused = 1 };
	const size_t bad = utf8_bad(text, len);

	if (r)
		*r = (struct reader){ .text = text, .len = len, .line = 1, .ear = ear };
	if (r)
		r->places = places_new(roster);
	if (!r || !r->places) {
		ear->refused(ear->self, 1, "out of memory");
	} else if (bad < len) {
		r->at = bad;
		count_lines(r, 0);
		ear->refused(ear->self, r->line,
			     "it is no UTF-8; save it as \"CSV UTF-8\" or paste it as text");
	} else {
		r->at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		read_all(r);
		counts = r->counts;
	}
	if (r)
		places_free(r->places);
	free(r);
	return counts;
}
