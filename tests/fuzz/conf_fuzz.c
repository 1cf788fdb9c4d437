/* SPDX-License-Identifier: Apache-2.0 */
/* conf: any text as settings of node and gateway; a refusal names a place, what is accepted reads
 * back. */
#include "gateway/settings.h"
#include "mesh/conf.h"
#include "node/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is accepted prints as settings that are accepted too, and print the same again. */
static void reads_back(const struct conf_table *table, const char *text, size_t len)
{
	char why[CONF_WHY] = "";
	void *out = calloc(1, table->size), *again = calloc(1, table->size);
	struct conf *conf = NULL, *conf2 = NULL;

	if (!out || !again)
		abort();
	if (conf_read(&conf, out, table, "fuzz", text, len, why) == CONF_OK) {
		char *effective = conf_effective(out, table), *twice;

		if (!effective || conf_read(&conf2, again, table, "again", effective,
					    strlen(effective), why) != CONF_OK)
			abort();
		twice = conf_effective(again, table);
		if (!twice || strcmp(effective, twice) != 0)
			abort();
		free(effective);
		free(twice);
	} else if (strncmp(why, "fuzz:", 5) != 0) {
		abort();
	}
	conf_free(conf);
	conf_free(conf2);
	free(out);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[CONF_WHY];

	reads_back(&node_table, (const char *)data, size);
	reads_back(&gateway_table, (const char *)data, size);
	gateway_settings_free(gateway_settings_read("fuzz", (const char *)data, size, why));
	return 0;
}
