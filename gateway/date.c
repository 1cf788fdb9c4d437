/* SPDX-License-Identifier: Apache-2.0 */
/* date: a wall time as year, month and day, computed; no zone files, no locale. */
#include "gateway/date.h"

#include <stdio.h>

#define DAY_MS INT64_C(86400000)
#define LAST_MS (INT64_C(2932897) * DAY_MS - 1) /* the end of 9999 */

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/* Whole leap cycles of 400 years first, then year by year: at most 400 steps. */
static void split_days(struct date *d, unsigned days)
{
	const unsigned cycle = 146097;

	d->year = 1970 + days / cycle * 400;
	days %= cycle;
	while (days >= (is_leap(d->year) ? 366u : 365u)) {
		days -= is_leap(d->year) ? 366u : 365u;
		d->year++;
	}
	d->month = 1;
	while (days >= month_days(d->year, d->month)) {
		days -= month_days(d->year, d->month);
		d->month++;
	}
	d->day = days + 1;
}

struct date date_of(wall_t t, int offset_min)
{
	const int64_t offset = (int64_t)offset_min * 60000;
	int64_t ms = t.ms > LAST_MS ? LAST_MS : t.ms < 0 ? 0 : t.ms;
	struct date d = { 0 };
	unsigned days, rest;

	ms += offset;
	ms = ms > LAST_MS ? LAST_MS : ms < 0 ? 0 : ms;
	days = (unsigned)(ms / DAY_MS);
	rest = (unsigned)(ms % DAY_MS);
	split_days(&d, days);
	d.weekday = (days + 4) % 7; /* 1970 began on a Thursday */
	d.hour = rest / 3600000;
	d.minute = rest / 60000 % 60;
	d.second = rest / 1000 % 60;
	d.ms = rest % 1000;
	return d;
}

/* Days since 1970 before this year began. */
static unsigned year_days(unsigned year)
{
	const unsigned y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

bool date_wall(wall_t *out, const struct date *d, int offset_min)
{
	const bool midnight = d->hour == 24 && d->minute == 0 && d->second == 0 && d->ms == 0;
	int64_t ms, days;

	if (d->year < 1970 || d->year > 9999 || d->month < 1 || d->month > 12 || d->day < 1 ||
	    d->day > month_days(d->year, d->month))
		return false;
	if ((d->hour > 23 && !midnight) || d->minute > 59 || d->second > 59 || d->ms > 999)
		return false;
	days = year_days(d->year) + d->day - 1;
	for (unsigned m = 1; m < d->month; m++)
		days += month_days(d->year, m);
	ms = days * DAY_MS + d->hour * INT64_C(3600000) + d->minute * INT64_C(60000) +
	     d->second * INT64_C(1000) + d->ms - (int64_t)offset_min * 60000;
	if (ms < 0 || ms > LAST_MS)
		return false;
	out->ms = ms;
	return true;
}

void date_draw_iso(char text[static DATE_TEXT], wall_t t)
{
	const struct date d = date_of(t, 0);

	snprintf(text, DATE_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", d.year % 10000,
		 d.month % 100, d.day % 100, d.hour % 100, d.minute % 100, d.second % 100,
		 d.ms % 1000);
}

void date_draw_mail(char text[static DATE_TEXT], wall_t t)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const struct date d = date_of(t, DATE_VIETNAM_MIN);

	snprintf(text, DATE_TEXT, "%s, %02u %s %04u %02u:%02u:%02u +0700", days[d.weekday],
		 d.day % 100, months[d.month - 1], d.year % 10000, d.hour % 100, d.minute % 100,
		 d.second % 100);
}
