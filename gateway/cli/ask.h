/* SPDX-License-Identifier: Apache-2.0 */
/* ask: one question to the gateway, over its Unix socket. */
#ifndef MATSANG_GATEWAY_CLI_ASK_H
#define MATSANG_GATEWAY_CLI_ASK_H

struct cJSON;

/* What the command ends with; part of its contract (see its manual page). */
enum {
	ANSWER_OK = 0,
	ANSWER_FAILED = 1,
	ANSWER_USAGE = 2,
	ANSWER_NOT_FOUND = 4,
	ANSWER_UNREACHABLE = 5,
	ANSWER_REFUSED = 6,
};

/*
 * Ask the gateway at socket for path; body NULL asks with GET, else POST. The answer's JSON, which
 * the caller deletes; or NULL after saying on standard error what is wrong, and *code says how to
 * end.
 */
struct cJSON *ask(const char *socket, const char *path, const char *body, int *code);

/* The same, with DELETE. */
struct cJSON *ask_delete(const char *socket, const char *path, int *code);
/* The same; *status is what HTTP says, or 0 when the gateway could not be reached. */
struct cJSON *ask_status(const char *socket, const char *path, const char *body, int *code,
			 long *status);

#endif
