/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue: the one catalogue of all words that people see: English in the code, Vietnamese from
 * what msgfmt makes of po/vi.po. */
#ifndef MATSANG_GATEWAY_CATALOGUE_H
#define MATSANG_GATEWAY_CATALOGUE_H

#include "gateway/roster.h"

#include <stdbool.h>
#include <stddef.h>

/* Marks for xgettext: a text that is looked up elsewhere, and one whose English needs another
 * Vietnamese here than elsewhere. What they make is for catalogue_marked. */
#define N_(text) (text)
#define NC_(context, text) context "\004" text

enum { CATALOGUE_WHY = 600 };

/*
 * Read the Vietnamese once, at the start, before there are threads.
 *
 * dir  where vi/LC_MESSAGES/matsang.mo is; NULL: locale/ beside the program, as it was built, or
 *      ../share/locale from there, as it is installed
 *
 * false and a sentence in why when there is none: all is said in English then. What is installed as
 * locale and what the environment says does not matter.
 */
bool catalogue_open(const char *dir, char why[static CATALOGUE_WHY]);
void catalogue_close(void);

/* The words for an English text; the English itself when the catalogue does not know it. Borrowed
 * until the catalogue is closed. context: NULL for most. */
const char *catalogue_str(const char *context, const char *english, enum language lang);
const char *catalogue_marked(const char *text, enum language lang);

#endif
