/* SPDX-License-Identifier: Apache-2.0 */
/* watch: all that happens at one point, line by line, to find out why a year went wrong. */
#ifndef MATSANG_YEAR_WATCH_H
#define MATSANG_YEAR_WATCH_H

#include "tests/year/world.h"

/* Each is silent unless its point is the one that is watched. */
void watch_message(const struct world *w, const char *topic, const uint8_t *buf, size_t len,
		   unsigned refused);
void watch_act(const struct world *w, const struct act *a);
void watch_truth(const struct world *w, const struct site *s, enum fault way);

#endif
