/* SPDX-License-Identifier: Apache-2.0 */
/* topic: point codes, the three MQTT topics that carry everything, and the broker's own two. */
#include "mesh/topic.h"

#include <stdio.h>
#include <string.h>

static bool code_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

static bool code_ok(const char *code, size_t len)
{
	if (len < 1 || len > POINT_CODE_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!code_char(code[i]))
			return false;
	return !(len == strlen(TOPIC_GATEWAY_USER) && memcmp(code, TOPIC_GATEWAY_USER, len) == 0);
}

bool point_code_ok(const char *code)
{
	return code_ok(code, strnlen(code, POINT_CODE_MAX + 1));
}

void topic_up_draw(char text[static TOPIC_TEXT], const char *code)
{
	snprintf(text, TOPIC_TEXT, "ms/%s/up", code);
}

void topic_down_draw(char text[static TOPIC_TEXT], const char *code)
{
	snprintf(text, TOPIC_TEXT, "ms/%s/down", code);
}

/* The code between "ms/" and tail. */
static bool point_before(const char *tail, char code[static POINT_CODE_TEXT], const char *topic,
			 size_t len)
{
	static const char head[] = "ms/";
	const size_t h = sizeof head - 1, t = strlen(tail);

	if (len < h + t + 1 || memcmp(topic, head, h) != 0 || memcmp(topic + len - t, tail, t) != 0)
		return false;
	if (!code_ok(topic + h, len - h - t))
		return false;
	memcpy(code, topic + h, len - h - t);
	code[len - h - t] = '\0';
	return true;
}

bool topic_up_point(char code[static POINT_CODE_TEXT], const char *topic, size_t len)
{
	return point_before("/up", code, topic, len);
}

bool topic_down_point(char code[static POINT_CODE_TEXT], const char *topic, size_t len)
{
	return point_before("/down", code, topic, len);
}
