/* SPDX-License-Identifier: Apache-2.0 */
/* compose_sms: the same in one text message; compose's own. */
#ifndef MATSANG_GATEWAY_COMPOSE_SMS_H
#define MATSANG_GATEWAY_COMPOSE_SMS_H

#include "gateway/compose.h"

/*
 * At most 160 characters without accents that count one septet each. When it would be longer, names
 * become shorter and what one can do without goes; code, state, time, phone and the word to take
 * the job with stay.
 */
void compose_sms(char text[static COMPOSE_SMS], const struct roster *r, const struct notice *n,
		 enum language lang);

#endif
