/* SPDX-License-Identifier: Apache-2.0 */
/* planned: what people announce beforehand, between the API's JSON and the store. */
#ifndef MATSANG_GATEWAY_PLANNED_H
#define MATSANG_GATEWAY_PLANNED_H

#include "gateway/store.h"

struct cJSON;

enum { PLANNED_WHY = 160 };

/*
 * A window as the API takes it:
 *
 *	"kind": "work" or "cut"                                    (default work)
 *	"target": "all", "hamlet", "transformer" or "point"; "what": its code or name in the roster
 *	"from", "until": "2026-11-28 22:00" in Vietnam's time, or "2026-11-28T15:00:00Z"
 *	"repeat": "once", "daily" or "weekly"                      (default once)
 *	"days": ["mon", "tue"], also "t2" .. "t7" and "cn"         (weekly)
 *	"last": "2026-12-31" or a time: no occurrence begins after it
 *	"reason": text of at most 95 bytes
 *
 * False, and why in a line that names the remedy.
 */
bool planned_read(struct window *out, const struct cJSON *asked, const struct roster *r,
		  char why[static PLANNED_WHY]);

/* Each returns JSON (the caller deletes it; NULL: out of memory) and sets *status (HTTP). */

/* {"planned": [...]}: as planned_read takes them, times in UTC, with "id", whether it holds "now",
 * and when it "next" begins or ends. */
struct cJSON *planned_list(const struct windows *all, wall_t now, unsigned *status);
/* The window as kept, and whether it was "known". */
struct cJSON *planned_add(struct store *s, const struct roster *r, const struct cJSON *asked,
			  wall_t now, unsigned *status);
struct cJSON *planned_remove(struct store *s, int64_t id, wall_t now, unsigned *status);
/* The power company's calendar (calendar.h): {"taken": [...], "refused": [{"line", "why"}]}. */
struct cJSON *planned_import(struct store *s, const struct roster *r, const char *text, size_t len,
			     wall_t now, unsigned *status);

#endif
