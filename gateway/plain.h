/* SPDX-License-Identifier: Apache-2.0 */
/* plain: Vietnamese for a text message: without accents, in characters that count one septet each;
 * and in capitals for a headline. */
#ifndef MATSANG_GATEWAY_PLAIN_H
#define MATSANG_GATEWAY_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * UTF-8, composed or not, as characters that both ASCII and the GSM-7 default alphabet have at one
 * septet: "Đồng Bến" becomes "Dong Ben". Control characters become blanks, what has no likeness
 * becomes "?", check marks and accents go. Cut when size bytes do not hold it; ends in NUL.
 */
void plain_draw(char *text, size_t size, const char *utf8);

/* Every character is one septet of GSM-7. */
bool plain_ok(const char *text);

/* Composed Vietnamese in capitals; all other characters stay. Never longer than the original. */
void plain_capitals(char *text, size_t size, const char *utf8);

#endif
