/* SPDX-License-Identifier: Apache-2.0 */
/* report: what the node says about itself once a day, and when asked: JSON for people. */
#ifndef MATSANG_NODE_REPORT_H
#define MATSANG_NODE_REPORT_H

#include "node/state.h"

/* What came of settings that the gateway pushed; id 0: none were. */
struct report_push {
	uint32_t id;
	const char *state; /* "trial", "kept", "refused", "undone" */
	const char *why;   /* "" unless refused or undone */
};

/* What only the shell knows. */
struct report_shell {
	uint64_t ip_in, ip_out; /* bytes of IP of the whole machine since its boot */
	uint64_t strays;        /* pings that nobody asked for */
	const char *interface;
	struct report_push push;
};

/* One report message, ready to be sent; 0 when it would be too long or memory is short. */
size_t report_encode(uint8_t buf[static WIRE_MAX], const struct node *n,
		     const struct report_shell *shell, mono_t now);

#endif
