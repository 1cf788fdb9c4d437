/* SPDX-License-Identifier: Apache-2.0 */
/* onvif: the question GetSystemDateAndTime, and the time in its answer. Expat reads the XML:
 * prefixes, entities and encodings are free in it, and a scan for "<tt:Year>" would meet cameras
 * that write it otherwise. */
#include "node/eye/onvif.h"

#include <expat.h>
#include <string.h>
#include <time.h>

#define SCHEMA "http://www.onvif.org/ver10/schema|"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { DIGITS = 4, DEPTH = 32, FIRST_YEAR = 1970, LAST_YEAR = 9999 };

const char *const onvif_ask_time =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
	"<GetSystemDateAndTime xmlns=\"http://www.onvif.org/ver10/device/wsdl\"/>"
	"</s:Body></s:Envelope>";

enum part { HOUR, MINUTE, SECOND, YEAR, MONTH, DAY, PARTS };

static const struct {
	const char *name;
	int least, most;
} parts[] = {
	[HOUR] = { SCHEMA "Hour", 0, 23 },     [MINUTE] = { SCHEMA "Minute", 0, 59 },
	[SECOND] = { SCHEMA "Second", 0, 60 }, [YEAR] = { SCHEMA "Year", FIRST_YEAR, LAST_YEAR },
	[MONTH] = { SCHEMA "Month", 1, 12 },   [DAY] = { SCHEMA "Day", 1, 31 },
};

struct reader {
	XML_Parser xml;
	unsigned depth, utc_depth; /* utc_depth: of UTCDateTime, 0 outside of it */
	enum part part;            /* PARTS outside of them */
	int digits, value;
	int found[PARTS]; /* -1: not yet */
};

static void stop(struct reader *r)
{
	XML_StopParser(r->xml, XML_FALSE);
}

static void on_start(void *self, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = self;

	(void)attributes;
	if (++r->depth > DEPTH) {
		stop(r);
		return;
	}
	if (r->utc_depth == 0 && strcmp(name, SCHEMA "UTCDateTime") == 0)
		r->utc_depth = r->depth;
	r->part = PARTS;
	for (size_t i = 0; r->utc_depth > 0 && i < COUNT(parts); i++)
		if (strcmp(name, parts[i].name) == 0)
			r->part = (enum part)i;
	r->digits = r->value = 0;
}

static void on_end(void *self, const XML_Char *name)
{
	struct reader *r = self;

	(void)name;
	if (r->part < PARTS && r->digits > 0 && r->value >= parts[r->part].least &&
	    r->value <= parts[r->part].most)
		r->found[r->part] = r->value;
	r->part = PARTS;
	if (r->depth-- == r->utc_depth)
		r->utc_depth = 0;
}

static void on_text(void *self, const XML_Char *text, int len)
{
	struct reader *r = self;

	for (int i = 0; r->part < PARTS && i < len; i++) {
		if (strchr(" \t\r\n", text[i]) && text[i] != '\0')
			continue;
		if (text[i] < '0' || text[i] > '9' || ++r->digits > DIGITS) {
			r->part = PARTS;
			return;
		}
		r->value = r->value * 10 + (text[i] - '0');
	}
}

/* No answer of a camera has one, and entities that grow begin there. */
static void on_doctype(void *self, const XML_Char *name, const XML_Char *system,
		       const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(self);
}

static bool put_together(const struct reader *r, int64_t *utc_s)
{
	struct tm tm = { 0 };

	for (size_t i = 0; i < PARTS; i++)
		if (r->found[i] < 0)
			return false;
	tm.tm_year = r->found[YEAR] - 1900;
	tm.tm_mon = r->found[MONTH] - 1;
	tm.tm_mday = r->found[DAY];
	tm.tm_hour = r->found[HOUR];
	tm.tm_min = r->found[MINUTE];
	tm.tm_sec = r->found[SECOND];
	*utc_s = timegm(&tm);
	return true;
}

bool onvif_time(int64_t *utc_s, const char *xml, size_t len)
{
	struct reader r = { .part = PARTS };
	bool whole;

	if (len == 0 || len > ONVIF_TEXT)
		return false;
	for (size_t i = 0; i < PARTS; i++)
		r.found[i] = -1;
	r.xml = XML_ParserCreateNS(NULL, '|');
	if (!r.xml)
		return false;
	XML_SetUserData(r.xml, &r);
	XML_SetElementHandler(r.xml, on_start, on_end);
	XML_SetCharacterDataHandler(r.xml, on_text);
	XML_SetStartDoctypeDeclHandler(r.xml, on_doctype);
	whole = XML_Parse(r.xml, xml, (int)len, XML_TRUE) == XML_STATUS_OK;
	XML_ParserFree(r.xml);
	return whole && put_together(&r, utc_s);
}
