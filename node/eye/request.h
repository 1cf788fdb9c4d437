/* SPDX-License-Identifier: Apache-2.0 */
/* request: what matsang-eye is asked: one line of JSON on standard input. */
#ifndef MATSANG_NODE_EYE_REQUEST_H
#define MATSANG_NODE_EYE_REQUEST_H

#include "mesh/conf.h"

#include <stddef.h>
#include <stdint.h>

enum { REQUEST_TEXT = 4096 };

/* Texts are never NULL; what was not given is "". */
struct request {
	const char *url; /* rtsp://host[:port]/path, without a password in it */
	const char *user, *password;
	int64_t watch_ms;   /* the stream is watched so long */
	int64_t timeout_ms; /* asking and watching take at most so long; see main.c for the rest */
	const char *clock;  /* "date", "onvif", "none" */
	const char *onvif;  /* http://host[:port]/path of the device service; "" for none */

	struct conf *conf; /* owns the texts */
};

/* False, and one line in why, when text is no such request. Else request_free it. */
bool request_read(struct request *q, const char *text, size_t len, char why[static CONF_WHY]);
void request_free(struct request *q);

#endif
