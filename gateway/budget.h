/* SPDX-License-Identifier: Apache-2.0 */
/* budget: how many SMS one person gets on one day. */
#ifndef MATSANG_GATEWAY_BUDGET_H
#define MATSANG_GATEWAY_BUDGET_H

#include "mesh/clock.h"

struct budget {
	int64_t per_day; /* to one person on one day in Vietnam */
	int64_t reserve; /* the last of them are kept for when the gateway doubts itself */
};

/* When the day in Vietnam (UTC+7) began. */
wall_t budget_day(wall_t now);

/* May one more go out after so many today? ourselves: it is about the gateway itself. */
bool budget_lets(const struct budget *b, int64_t sent, bool ourselves);

#endif
