/* SPDX-License-Identifier: Apache-2.0 */
/* desk: where people speak to the gateway, from whichever way they come: they take a job, say that
 * a cause was another one, ask for a test message. */
#ifndef MATSANG_GATEWAY_DESK_H
#define MATSANG_GATEWAY_DESK_H

#include "gateway/reply.h"
#include "gateway/settings.h"
#include "gateway/turn.h"

struct cJSON;
struct desk;

/* Everything is borrowed. NULL when out of memory. */
struct desk *desk_new(const struct gateway_settings *s, struct store *store, struct turn *t);
void desk_free(struct desk *d);
void desk_judge(struct desk *d, struct commune *c); /* again after a rebuild */

/* Why nothing came of an answer. */
enum desk_refusal {
	DESK_OK,
	DESK_STRANGER, /* no person of the settings is reached there */
	DESK_NOTHING,  /* no word or no code in it, or several */
	DESK_UNKNOWN,  /* no open incident has that code */
	DESK_TAKEN,    /* somebody else has the job already */
	DESK_NOT_KEPT, /* the ledger refuses: say it again */
	DESK_REFUSALS
};
const char *desk_refusal_str(unsigned r);
const uint64_t *desk_counts(const struct desk *d); /* DESK_REFUSALS of them */

/* An answer came in: a reply_fn. */
bool desk_heard(void *desk, const char *via, const char *from, const char *text);

/* Each returns JSON (the caller deletes it) and sets *status (HTTP). who: signed in, or NULL for
 * whoever may open the socket; then "as" in what was asked names the person. */
struct cJSON *desk_reply(struct desk *d, const char *via, const char *from, const char *text,
			 unsigned *status);
/* {"code": "7K2", "as": "binh"} */
struct cJSON *desk_take(struct desk *d, const struct cJSON *asked, const char *who,
			unsigned *status);
/* {"incident": 12, "cause": "line", "as": "binh"} */
struct cJSON *desk_correct(struct desk *d, const struct cJSON *asked, const char *who,
			   unsigned *status);
/* {"to": "binh"}: a test message; "quiet": true when it waits for the end of quiet hours */
struct cJSON *desk_test(struct desk *d, const struct cJSON *asked, unsigned *status);

#endif
