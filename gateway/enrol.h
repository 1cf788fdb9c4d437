/* SPDX-License-Identifier: Apache-2.0 */
/* enrol: gives a point its key and its node file, or takes the key away again. */
#ifndef MATSANG_GATEWAY_ENROL_H
#define MATSANG_GATEWAY_ENROL_H

#include "gateway/settings.h"
#include "mesh/topic.h"

enum { ENROL_KEY_BYTES = 32, ENROL_KEY_TEXT = 2 * ENROL_KEY_BYTES + 1 };

/* What a node is given. The key is as good as the point: let nobody see it. */
struct enrolment {
	char point[POINT_CODE_TEXT];
	char key[ENROL_KEY_TEXT]; /* hexadecimal; CODE.key is this and a line break */
	char *node_file;          /* text of CODE.jsonc */
};

/*
 * Make a fresh key for the roster's point code and put it in psk_file; a key the point had before
 * is void once the broker has read that file again, which is the caller's to arrange. NULL and why
 * on error: no such point, broker_address not set, or the file cannot be written; then the old key
 * still holds.
 */
struct enrolment *enrol_point(const struct gateway_settings *s, const char *code,
			      char why[static CONF_WHY]);
void enrolment_free(struct enrolment *e); /* wipes the key */

/* Write CODE.jsonc and CODE.key (0600) into dir, which is made when missing. 0, or -errno and why.
 */
int enrolment_write(const struct enrolment *e, const char *dir, char why[static CONF_WHY]);

/* Void a point's key; the point need not be in the roster any more. 0; -ENOENT when it has none;
 * -EINVAL when code is no point code; other -errno and why. The caller has the broker read its
 * keys. */
int enrol_revoke(const struct gateway_settings *s, const char *code, char why[static CONF_WHY]);

/* The gateway's own key: made (key_file, 0600) when missing, and put in psk_file. 0, -errno and
 * why. */
int enrol_gateway(const struct gateway_settings *s, char why[static CONF_WHY]);

#endif
