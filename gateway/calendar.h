/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: the power company's published cuts, as a table or as pasted text, made into windows. */
#ifndef MATSANG_GATEWAY_CALENDAR_H
#define MATSANG_GATEWAY_CALENDAR_H

#include "gateway/window.h"

enum { CALENDAR_WHY = 240 };

struct calendar_ear {
	void *self;
	void (*found)(void *self, const struct window *w); /* borrowed; id 0 */
	/* line: where the entry begins, from 1; why: what is wrong with it and what to do */
	void (*refused)(void *self, unsigned line, const char *why);
};

struct calendar_counts {
	size_t found;   /* windows: an entry may name several places and times */
	size_t refused; /* entries */
};

/*
 * Read all of text (UTF-8, a byte order mark does no harm):
 *
 * - a table with a heading row, cells apart by comma, semicolon, tab or '|', quoted where need be
 *   (RFC 4180). Columns by their usual Vietnamese or English names: day, from, until or hours;
 * area, transformer, hamlet or point; reason. Others are not looked at.
 * - text as the customer pages of the power companies show it, fields by their labels ("KHU VỰC:",
 *   "THỜI GIAN:", "LÝ DO NGỪNG CUNG CẤP ĐIỆN:"), or lines such as "Trạm T05-1: 7h30 - 11h00 ngày
 *   20/11/2026". A day ("NGÀY: ...") holds until the next day or company.
 *
 * Areas are looked up in the roster, without accents and capitals: transformers, hamlets (unless a
 * transformer in them is named too, or the text says that they are another commune's), points, and
 * the whole commune. Times are Vietnam's. Whatever looks like an entry is either found or refused;
 * a text without any entry is refused as a whole. Keeps nothing; fed text, opens nothing.
 */
struct calendar_counts calendar_read(const char *text, size_t len, const struct roster *r,
				     const struct calendar_ear *ear);

#endif
