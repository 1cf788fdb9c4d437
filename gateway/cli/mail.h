/* SPDX-License-Identifier: Apache-2.0 */
/* mail: one mail as it came, down to who wrote what; GMime does the reading. */
#ifndef MATSANG_GATEWAY_CLI_MAIL_H
#define MATSANG_GATEWAY_CLI_MAIL_H

#include <stddef.h>

enum { MAIL_FROM = 256, MAIL_TEXT = 4096 };

struct mail {
	char from[MAIL_FROM]; /* the bare address in From */
	char text[MAIL_TEXT]; /* UTF-8; the subject where the text is blank */
};

enum mail_err {
	MAIL_OK,
	MAIL_AUTOMATIC, /* a program wrote it: a bounce, a notice of absence, a list */
	MAIL_NO_SENDER,
	MAIL_NO_TEXT, /* no part of it is plain text */
	MAIL_ERRS
};
const char *mail_err_str(enum mail_err e);

/* The first part that is plain text and no attachment, whatever it is encoded in. What does not fit
 * is cut at a whole character. *out counts only when the answer is MAIL_OK. */
enum mail_err mail_read(struct mail *out, const char *bytes, size_t len);

#endif
