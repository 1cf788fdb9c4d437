/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_time: days and hours as they are written in Vietnam, made into beginnings and ends. */
#include "gateway/calendar_parts.h"

#include "gateway/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

enum { MARKS = 24, LONGEST_DAYS = 31 };

/* What was read: a day, or an hour. */
struct mark {
	bool is_date;
	struct date d; /* only the half that was said */
	size_t at, end;
};

struct reading {
	struct mark mark[MARKS];
	size_t n, clocks, dates;
	bool too_many, no_year, zone;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to most digits, and no more of them behind; how many, 0 when it is otherwise. */
static size_t number_read(unsigned *out, const char *text, size_t most)
{
	size_t n = 0;

	for (*out = 0; is_digit(text[n]); n++) {
		if (n == most)
			return 0;
		*out = *out * 10 + (unsigned)(text[n] - '0');
	}
	return n;
}

static bool ends_word(char c)
{
	return !isalnum((unsigned char)c);
}

/* "/11/2026" after a day, or "-11-20" after a year. */
static size_t date_rest(const char *text, unsigned *second, unsigned *third, size_t third_digits)
{
	const char divider = text[0];
	size_t n, m;

	if (divider != '/' && divider != '-' && divider != '.')
		return 0;
	n = number_read(second, text + 1, 2);
	if (n == 0 || text[1 + n] != divider)
		return 0;
	m = number_read(third, text + 2 + n, 4);
	if (m == 0 || (third_digits == 4 && m != 4) || m > third_digits)
		return 0;
	return 2 + n + m;
}

static size_t date_read(struct date *out, const char *text)
{
	unsigned a, b = 0, c = 0;
	size_t n = number_read(&a, text, 4), m;

	if (n == 4) {
		m = date_rest(text + n, &b, &c, 2);
		*out = (struct date){ .year = a, .month = b, .day = c };
	} else {
		m = n == 1 || n == 2 ? date_rest(text + n, &b, &c, 4) : 0;
		*out = (struct date){ .year = c, .month = b, .day = a };
	}
	return m ? n + m : 0;
}

/* "20/11", which could be any year's. */
static bool is_yearless(const char *text)
{
	unsigned day, month;
	size_t n = number_read(&day, text, 2), m;

	if (n == 0 || text[n] != '/')
		return false;
	m = number_read(&month, text + n + 1, 2);
	return m > 0 && ends_word(text[n + 1 + m]) && text[n + 1 + m] != '/' && day >= 1 &&
	       day <= 31 && month >= 1 && month <= 12;
}

/* Minutes after "7h" or "7 gio ": two digits that are not the day of a date. */
static size_t minutes_read(unsigned *out, const char *text)
{
	const size_t blank = strspn(text, " ");
	const char *at = text + blank;
	size_t n = number_read(out, at, 2);

	if (n == 2 && ends_word(at[n]) && at[n] != '/' && !(blank && strchr(":-.", at[n])))
		return blank + n;
	*out = 0;
	return 0;
}

/* "SA", "CH", "AM", "PM" behind a time. */
static size_t half_read(struct date *d, const char *text)
{
	const size_t blank = strspn(text, " ");
	const char *at = text + blank;
	const bool am = strncmp(at, "am", 2) == 0 || strncmp(at, "sa", 2) == 0;
	const bool pm = strncmp(at, "pm", 2) == 0 || strncmp(at, "ch", 2) == 0;

	if ((!am && !pm) || !ends_word(at[2]) || d->hour > 12)
		return 0;
	d->hour = d->hour % 12 + (pm ? 12 : 0);
	return blank + 2;
}

/* ":30", ":30:00", ":30:00.000" */
static size_t colon_read(struct date *d, const char *text)
{
	unsigned ignored;
	size_t n, m;

	n = number_read(&d->minute, text + 1, 2);
	if (n == 0)
		return 0;
	n += 1;
	if (text[n] != ':')
		return n;
	m = number_read(&d->second, text + n + 1, 2);
	if (m == 0)
		return 0;
	n += 1 + m;
	m = text[n] == '.' ? number_read(&ignored, text + n + 1, 9) : 0;
	return m ? n + 1 + m : n;
}

static size_t clock_read(struct date *d, const char *text)
{
	size_t n = number_read(&d->hour, text, 2), m;

	if (n == 0)
		return 0;
	if (text[n] == ':') {
		m = colon_read(d, text + n);
		return m ? n + m + half_read(d, text + n + m) : 0;
	}
	m = n + strspn(text + n, " ");
	if (strncmp(text + m, "gio", 3) == 0 && ends_word(text[m + 3]))
		return m + 3 + minutes_read(&d->minute, text + m + 3);
	if (text[n] != 'h' && text[n] != 'g')
		return 0;
	m = minutes_read(&d->minute, text + n + 1);
	return m || ends_word(text[n + 1]) ? n + 1 + m : 0;
}

/* After "2026-11-20T07:30:00": a zone that is not Vietnam's would be another moment. */
static size_t zone_read(struct reading *r, const char *text)
{
	const size_t n = strspn(text, "+-0123456789:");

	if (*text == 'z')
		r->zone = true;
	else if (*text == '+' || *text == '-')
		r->zone = r->zone || strncmp(text, "+07", 3) != 0;
	return *text == 'z' ? 1 : *text == '+' || *text == '-' ? n : 0;
}

static void keep(struct reading *r, const struct mark *m)
{
	if (r->n == MARKS) {
		r->too_many = true;
		return;
	}
	r->mark[r->n++] = *m;
	if (m->is_date)
		r->dates++;
	else
		r->clocks++;
}

static void read_marks(struct reading *r, const char *text)
{
	bool iso = false; /* "2026-11-20t" stands before */

	*r = (struct reading){ 0 };
	for (size_t i = 0, n; text[i]; i += n) {
		struct mark m = { .at = i };

		n = 1;
		if (!is_digit(text[i]) || (i > 0 && !ends_word(text[i - 1]) && !iso)) {
			iso = false;
			continue;
		}
		n = date_read(&m.d, text + i);
		m.is_date = n > 0;
		if (n == 0)
			n = clock_read(&m.d, text + i);
		m.end = i + n;
		if (n == 0) {
			r->no_year = r->no_year || is_yearless(text + i);
			n = strspn(text + i, "0123456789");
		} else {
			keep(r, &m);
		}
		if (iso && !m.is_date && m.end > i)
			n += zone_read(r, text + i + n);
		iso = m.is_date && text[i + n] == 't' && is_digit(text[i + n + 1]);
		n += iso;
	}
}

bool times_has_clock(const char *folded)
{
	struct reading r;

	read_marks(&r, folded);
	return r.clocks > 0;
}

bool times_has_date(const char *folded)
{
	struct reading r;

	read_marks(&r, folded);
	return r.dates > 0;
}

void times_blank(char *folded)
{
	struct reading r;

	do {
		read_marks(&r, folded);
		for (size_t i = 0; i < r.n; i++)
			memset(folded + r.mark[i].at, ';', r.mark[i].end - r.mark[i].at);
	} while (r.too_many);
}

/* ---- which day is whose ---- */

static size_t refuse(char why[static CALENDAR_WHY], const char *what)
{
	snprintf(why, CALENDAR_WHY, "%s", what);
	return 0;
}

/* The k-th of the marks of one kind. */
static const struct date *nth(const struct reading *r, bool is_date, size_t k)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->mark[i].is_date == is_date && k-- == 0)
			return &r->mark[i].d;
	return NULL;
}

/* Day and hour together. */
static bool moment(wall_t *out, const struct date *day, const struct date *hour)
{
	struct date d = *hour;

	d.year = day->year;
	d.month = day->month;
	d.day = day->day;
	return date_wall(out, &d, DATE_VIETNAM_MIN);
}

/* How many days belong to one beginning and its end: 0 when that cannot be told. */
static size_t days_each(const struct reading *hours, const struct reading *days)
{
	const size_t pairs = hours->clocks / 2;
	size_t dates = 0;

	if (days->dates == 1 || days->dates == pairs)
		return 1;
	if (days->dates != 2 * pairs || hours != days)
		return 0;
	/* "from 20/11 to 22/11, 7:30 to 11:00" may mean each of these days. */
	for (size_t i = 0; i < days->n; i++) {
		if (!days->mark[i].is_date && dates == 1)
			return 2;
		dates += days->mark[i].is_date;
	}
	return 0;
}

static bool span_read(struct calendar_span *out, const struct reading *hours,
		      const struct reading *days, size_t k, size_t each,
		      char why[static CALENDAR_WHY])
{
	const bool one = days->dates == 1;
	const struct date *begin = nth(days, true, one ? 0 : k * each);
	const struct date *end = nth(days, true, one ? 0 : k * each + each - 1);

	if (!moment(&out->from, begin, nth(hours, false, 2 * k)) ||
	    !moment(&out->until, end, nth(hours, false, 2 * k + 1)))
		return refuse(why, "there is no such day or hour; days are day/month/year") > 0;
	if (out->until.ms <= out->from.ms)
		return refuse(why, "it ends before it begins; an end on another day needs that "
				   "day's date") > 0;
	if (out->until.ms - out->from.ms > LONGEST_DAYS * DAY_MS)
		return refuse(why, "it lasts more than 31 days; look at its dates again") > 0;
	return true;
}

size_t times_read(struct calendar_span out[static CALENDAR_SPANS], const char *folded,
		  const char *date, char why[static CALENDAR_WHY])
{
	struct reading hours, other;
	const struct reading *days = &hours;
	size_t each, n;

	read_marks(&hours, folded);
	read_marks(&other, date);
	if (hours.dates == 0)
		days = &other;
	n = hours.clocks / 2;
	if (hours.clocks == 0)
		return refuse(why, "it says no hours; write them as 07:30 - 11:00");
	if (hours.zone || days->zone)
		return refuse(why, "its hours are of another zone; write them in Vietnam's time");
	if (hours.clocks % 2 != 0)
		return refuse(why, "it says when it begins or ends, but not both");
	if (days->dates == 0 && (hours.no_year || days->no_year))
		return refuse(why, "its date has no year; write it as 20/11/2026");
	if (days->dates == 0)
		return refuse(why, "it says no date; write it as 20/11/2026");
	if (hours.too_many || days->too_many || n > CALENDAR_SPANS)
		return refuse(why, "too many times in one entry; make it several");
	each = days_each(&hours, days);
	if (each == 0)
		return refuse(why, "which hours are of which day? Write each time with its date");
	for (size_t k = 0; k < n; k++)
		if (!span_read(&out[k], &hours, days, k, each, why))
			return 0;
	return n;
}
