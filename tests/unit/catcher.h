/* SPDX-License-Identifier: Apache-2.0 */
/* catcher: a web-hook or mail server on loopback, in the test's own loop, that does as it is told.
 */
#ifndef MATSANG_TESTS_UNIT_CATCHER_H
#define MATSANG_TESTS_UNIT_CATCHER_H

#include "mesh/loop.h"

#include <stddef.h>

enum catcher_kind { CATCH_HTTP, CATCH_SMTP };

/* What to answer to the next whole messages; the last one goes on being given. Without any: all is
 * well. */
enum { CATCH_HANG = 0, CATCH_ANSWERS = 8, CATCH_MOST = 16, CATCH_TEXT = 8192 };

struct catcher;

/* Called after each whole message: everything that was sent (HTTP: head and body; SMTP: all lines).
 */
typedef void catcher_fn(void *self, const char *text);

struct catcher *catcher_new(struct loop *l, enum catcher_kind kind, catcher_fn *caught, void *self);
void catcher_free(struct catcher *c);
unsigned catcher_port(const struct catcher *c);

/* Add one answer (SMTP: mailboxes called nobody@ are refused whatever it is): a status such as 200
 * (HTTP) or 250 (SMTP, after DATA), or CATCH_HANG. */
void catcher_answer(struct catcher *c, int status);
/* The same with a body (HTTP), which is borrowed. */
void catcher_say(struct catcher *c, int status, const char *body);

/* How many whole messages came, and how many reads the first took (1: head and body came together).
 */
unsigned catcher_count(const struct catcher *c);
unsigned catcher_reads(const struct catcher *c);

/* A port on which nobody listens. */
unsigned catcher_free_port(void);

#endif
