/* SPDX-License-Identifier: Apache-2.0 */
/* reply: somebody takes a job by answering "OK 7K2"; reads what people really type. */
#ifndef MATSANG_GATEWAY_REPLY_H
#define MATSANG_GATEWAY_REPLY_H

#include "gateway/facts.h"

/*
 * What every source of replies calls for each message that came in: via "sms", "zalo" or "mail",
 * from a number, a chat or an address as it was said there, text all of it. Borrowed for the call.
 * After it the source forgets the message; false: it could not be kept, and comes again where the
 * source can keep it.
 */
typedef bool reply_fn(void *self, const char *via, const char *from, const char *text);

/* Why nobody takes anything. */
enum reply_err {
	REPLY_OK,
	REPLY_NO_WORD, /* neither "OK" nor "nhận" in any of their forms */
	REPLY_NO_CODE, /* the word, but nothing to take */
	REPLY_SEVERAL, /* more than one code: which? */
	REPLY_UNCLEAR, /* a "không", a "chưa" or a question mark beside the word */
	REPLY_ERRS
};
const char *reply_err_str(enum reply_err e);

/*
 * The code in text: a digit, a letter and a digit ("7K2"; not I, not O), in capitals. The word may
 * be "OK", "oke", "nhận" and the like, in any case, with or without accents, full-width, with or
 * without a blank before the code, before or after it; the code alone will do, too. What is quoted
 * below an answer is asked for the code only when the answer says the word and no code of its own.
 * Only the first 4 KiB count. text is UTF-8; what is not is passed over. code is untouched unless
 * the answer is REPLY_OK.
 */
enum reply_err reply_read(char code[static NOTICE_CODE], const char *text);

/* Is it the same telephone? "+84 900 000 123", "84900000123" and "0900.000.123" are one. Names that
 * stand where a number should ("Viettel") are only like themselves. */
bool reply_number_same(const char *a, const char *b);

#endif
