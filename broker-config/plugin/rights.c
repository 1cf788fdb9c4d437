/* SPDX-License-Identifier: Apache-2.0 */
/* rights: who may say and hear what; the same as broker-config/acl, and no wider. */
#include "broker-config/plugin/rights.h"

#include "mesh/topic.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool rights_write(const char *user, const char *topic)
{
	char code[POINT_CODE_TEXT];

	if (!user)
		return false;
	if (same(user, TOPIC_GATEWAY_USER))
		return same(topic, TOPIC_GATEWAY) || same(topic, TOPIC_THROW_OFF) ||
		       topic_down_point(code, topic, strlen(topic));
	return topic_up_point(code, topic, strlen(topic)) && same(user, code);
}

bool rights_read(const char *user, const char *topic)
{
	char code[POINT_CODE_TEXT];

	if (!user)
		return false;
	if (same(user, TOPIC_GATEWAY_USER))
		return same(topic, TOPIC_BROKER) || topic_up_point(code, topic, strlen(topic));
	if (same(topic, TOPIC_GATEWAY))
		return point_code_ok(user);
	return topic_down_point(code, topic, strlen(topic)) && same(user, code);
}
