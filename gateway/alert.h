/* SPDX-License-Identifier: Apache-2.0 */
/* alert: who is to be told of an incident, who is next when nobody goes, and the code by which the
 * job is taken. */
#ifndef MATSANG_GATEWAY_ALERT_H
#define MATSANG_GATEWAY_ALERT_H

#include "gateway/facts.h"
#include "gateway/roster.h"

/* Is this incident any of the receiver's business? touched: of an incident in several hamlets, one
 * a hamlet of the roster, those with points in it; NULL: it may be any. */
bool alert_concerns(const struct receiver *r, const struct roster *roster, const struct incident *i,
		    const uint8_t *touched);

/* Is it one of the receiver's quiet hours? *until: when they end. */
bool alert_quiet(const struct receiver *r, wall_t at, wall_t *until);

bool alert_told(const struct alert *a, size_t receiver);
void alert_tell(struct alert *a, size_t receiver);

/*
 * The next person in the chain: technicians, then duty officers, and from leaders_from on leaders,
 * each in the roster's order, whose business it is, who is not told yet and not in quiet hours.
 * SIZE_MAX: nobody now; *later is when somebody may be (ms 0: never).
 */
size_t alert_next(const struct alert *a, const struct roster *roster, const struct incident *i,
		  const uint8_t *touched, wall_t leaders_from, wall_t now, wall_t *later);

/* Digit, letter, digit, from any number: "7K2". No I and no O. */
void alert_code(char code[static NOTICE_CODE], uint64_t number);

/* The next moment strictly after t at which it is so many minutes after midnight in Vietnam;
 * weekday 0 Sunday .. 6, or -1 for any day. */
wall_t alert_next_clock(wall_t t, int minutes, int weekday);

#endif
