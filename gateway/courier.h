/* SPDX-License-Identifier: Apache-2.0 */
/* courier: one transfer of libcurl's in a thread of its own; for mail.
 *
 * libcurl's SMTP waits, inside a call, for the server's last answer and for its farewell, as long
 * as that may take; in our loop everything else would wait with it. Web hooks do not need this: see
 * post.h. */
#ifndef MATSANG_GATEWAY_COURIER_H
#define MATSANG_GATEWAY_COURIER_H

#include "gateway/post.h"

struct courier;

/*
 * Begin the transfer described in easy, with what post_set adds. easy stays the caller's, who must
 * leave it alone until done was called, once, from the loop and never from here; the courier is
 * gone after that. NULL with errno (then done is not called).
 */
struct courier *courier_start(struct loop *l, const struct post_options *o, CURL *easy,
			      post_done_fn *done, void *self);

/* Stop it; done is not called. Waits until the thread has noticed, about a second at most: for the
 * end of the program, and for a server that goes beyond every limit. */
void courier_cancel(struct courier *c);

#endif
