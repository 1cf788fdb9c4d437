/* SPDX-License-Identifier: Apache-2.0 */
/* order: what a person may ask of one node, as a message of the wire. */
#include "gateway/order.h"

#include <cjson/cJSON.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	uint8_t what;
} words[] = {
	{ "beat", ASK_BEAT },   { "birth", ASK_BIRTH }, { "report", ASK_REPORT },
	{ "probe", ASK_PROBE }, { "find", ASK_FIND },   { "taken", ASK_TAKEN },
	{ "left", ASK_LEFT },
};

static size_t refuse(char why[static ORDER_WHY], const char *what)
{
	snprintf(why, ORDER_WHY, "%s", what);
	return 0;
}

static size_t ask(uint8_t *buf, const cJSON *word, char why[static ORDER_WHY])
{
	struct wire_ask m = { 0 };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (cJSON_IsString(word) && strcmp(word->valuestring, words[i].word) == 0)
			m.what = words[i].what;
	if (m.what == 0)
		return refuse(why,
			      "\"ask\" is one of beat, birth, report, probe, find, taken, left");
	return wire_ask_encode(buf, &m);
}

/* False when it is there and no whole number of 1..most; 0 when it is not there. */
static bool number(const cJSON *in, const char *key, double most, uint16_t *out)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(in, key);

	*out = 0;
	if (!n)
		return true;
	if (!cJSON_IsNumber(n) || n->valuedouble < 1 || n->valuedouble > most ||
	    n->valuedouble != (double)(uint16_t)n->valuedouble)
		return false;
	*out = (uint16_t)n->valuedouble;
	return true;
}

static size_t pace(uint8_t *buf, const cJSON *in, char why[static ORDER_WHY])
{
	struct wire_pace m;

	if (!cJSON_IsObject(in) || !number(in, "beat_s", 900, &m.beat_s) ||
	    !number(in, "minutes", 1440, &m.minutes) || (m.beat_s == 0) != (m.minutes == 0))
		return refuse(why,
			      "\"pace\" wants \"beat_s\" of 1 to 900 and \"minutes\" of 1 to 1440, "
			      "or neither");
	return wire_pace_encode(buf, &m);
}

static size_t push(uint8_t *buf, const cJSON *settings, uint32_t id, char why[static ORDER_WHY])
{
	struct wire_push m = { .id = id };
	size_t len = 0;
	char *text;

	if (!cJSON_IsObject(settings) || !settings->child)
		return refuse(why, "\"push\" wants an object of settings");
	text = cJSON_PrintUnformatted(settings);
	if (!text)
		return refuse(why, "out of memory");
	m.text = text;
	m.text_len = strlen(text);
	if (m.text_len > WIRE_LONG_TEXT)
		snprintf(why, ORDER_WHY, "%zu bytes of settings, at most %d; push fewer at once",
			 m.text_len, WIRE_LONG_TEXT);
	else
		len = wire_push_encode(buf, &m);
	free(text);
	return len;
}

size_t order_encode(uint8_t buf[static WIRE_MAX], const cJSON *asked, uint32_t id,
		    char why[static ORDER_WHY])
{
	const cJSON *a = cJSON_GetObjectItemCaseSensitive(asked, "ask"),
		    *p = cJSON_GetObjectItemCaseSensitive(asked, "pace"),
		    *s = cJSON_GetObjectItemCaseSensitive(asked, "push");

	why[0] = '\0';
	if (!!a + !!p + !!s != 1)
		return refuse(why, "one of \"ask\", \"pace\" and \"push\" is wanted");
	if (a)
		return ask(buf, a, why);
	return p ? pace(buf, p, why) : push(buf, s, id, why);
}
