/* SPDX-License-Identifier: Apache-2.0 */
/* reply_sms: text messages that gammu-smsd puts into its inbox folder. */
#ifndef MATSANG_GATEWAY_REPLY_SMS_H
#define MATSANG_GATEWAY_REPLY_SMS_H

#include "gateway/reply.h"
#include "mesh/loop.h"

struct reply_sms;

/*
 * Watch inbox (borrowed; gammu-smsd's "inboxpath", with "InboxFormat = unicode" or "standard") and
 * give each message to took, parts of one joined, then remove its files. What cannot be removed is
 * not taken. A folder that is not there yet is looked for each minute. NULL with errno.
 */
struct reply_sms *reply_sms_new(struct loop *l, const char *inbox, reply_fn *took, void *self);
void reply_sms_free(struct reply_sms *r);

/* "IN20261114_194200_00_+84900000123_01.txt": up to and with the number what all parts of a message
 * share. False when a name is none of gammu-smsd's. */
enum { REPLY_SMS_NUMBER = 32 };
bool reply_sms_name(const char *name, char number[static REPLY_SMS_NUMBER], size_t *shared);

/* The file's text as UTF-8: after a byte-order mark it is UTF-16, else it stays as it is. */
void reply_sms_text(char *out, size_t size, const unsigned char *file, size_t len);

#endif
