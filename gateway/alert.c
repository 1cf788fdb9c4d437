/* SPDX-License-Identifier: Apache-2.0 */
/* alert: who is to be told of an incident, and who is next when nobody goes. */
#include "gateway/alert.h"

#include "gateway/date.h"

#include <string.h>

#define MINUTE_MS INT64_C(60000)
enum { DAY_MIN = 24 * 60 };

static bool hamlet_listed(const struct receiver *r, const char *code)
{
	for (size_t i = 0; i < r->n_hamlets; i++)
		if (strcmp(r->hamlets[i], code) == 0)
			return true;
	return r->n_hamlets == 0;
}

bool alert_concerns(const struct receiver *r, const struct roster *roster, const struct incident *i,
		    const uint8_t *touched)
{
	bool any = false;

	if (r->role == ROLE_MACHINE)
		return true;
	if (i->scope == SCOPE_GATEWAY)
		return r->role != ROLE_HAMLET_HEAD;
	if (r->causes != 0 && !(r->causes & 1u << i->cause))
		return false;
	if (i->hamlet >= roster->n_hamlets)
		return true;
	if (i->hamlets <= 1)
		return hamlet_listed(r, roster->hamlets[i->hamlet].code);
	for (size_t k = 0; touched && k < roster->n_hamlets; k++) {
		if (touched[k] && hamlet_listed(r, roster->hamlets[k].code))
			return true;
		any |= touched[k];
	}
	return !any; /* it may be in any of them */
}

static int minute_of(wall_t t)
{
	const struct date d = date_of(t, DATE_VIETNAM_MIN);

	return (int)(d.hour * 60 + d.minute);
}

bool alert_quiet(const struct receiver *r, wall_t at, wall_t *until)
{
	const int now = minute_of(at);
	const bool across = r->quiet_from > r->quiet_until;
	const bool in = across ? now >= r->quiet_from || now < r->quiet_until
			       : now >= r->quiet_from && now < r->quiet_until;

	if (in)
		*until = alert_next_clock(at, r->quiet_until, -1);
	return in;
}

bool alert_told(const struct alert *a, size_t receiver)
{
	return receiver < ALERT_RECEIVERS && (a->told_to[receiver / 64] >> receiver % 64 & 1) != 0;
}

void alert_tell(struct alert *a, size_t receiver)
{
	if (receiver < ALERT_RECEIVERS)
		a->told_to[receiver / 64] |= UINT64_C(1) << receiver % 64;
}

static void sooner(wall_t *later, wall_t t)
{
	if (later->ms == 0 || t.ms < later->ms)
		*later = t;
}

size_t alert_next(const struct alert *a, const struct roster *roster, const struct incident *i,
		  const uint8_t *touched, wall_t leaders_from, wall_t now, wall_t *later)
{
	static const enum role chain[] = { ROLE_TECHNICIAN, ROLE_DUTY, ROLE_LEADER };

	later->ms = 0;
	for (size_t k = 0; k < sizeof chain / sizeof chain[0]; k++)
		for (size_t n = 0; n < roster->n_receivers && n < ALERT_RECEIVERS; n++) {
			const struct receiver *r = &roster->receivers[n];
			wall_t until;

			if (r->role != chain[k] || alert_told(a, n) ||
			    !alert_concerns(r, roster, i, touched))
				continue;
			if (r->role == ROLE_LEADER && now.ms < leaders_from.ms)
				sooner(later, leaders_from);
			else if (alert_quiet(r, now, &until))
				sooner(later, until);
			else
				return n;
		}
	return SIZE_MAX;
}

void alert_code(char code[static NOTICE_CODE], uint64_t number)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
	const uint64_t n_letters = sizeof letters - 1;

	/* 7K2, 7K3 ...: codes that follow on each other look alike but for one character. */
	code[2] = (char)('0' + number % 10);
	code[1] = letters[number / 10 % n_letters];
	code[0] = (char)('0' + (number / 10 / n_letters + 7) % 10);
	code[3] = '\0';
}

wall_t alert_next_clock(wall_t t, int minutes, int weekday)
{
	const struct date d = date_of(t, DATE_VIETNAM_MIN);
	const int64_t midnight = t.ms - (int64_t)(d.hour * 60 + d.minute) * MINUTE_MS -
				 (int64_t)d.second * 1000 - d.ms;
	wall_t next = { midnight + minutes * MINUTE_MS };

	for (int i = 0; i < 8; i++) {
		if (next.ms > t.ms &&
		    (weekday < 0 || date_of(next, DATE_VIETNAM_MIN).weekday == (unsigned)weekday))
			return next;
		next.ms += DAY_MIN * MINUTE_MS;
	}
	return next;
}
