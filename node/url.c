/* SPDX-License-Identifier: Apache-2.0 */
/* url: an address of a camera's stream or service that may be asked. */
#include "node/url.h"

#include <string.h>

bool url_ok(const char *url, const char *scheme)
{
	const size_t len = strlen(scheme);
	const char *host = url + len;

	if (strncmp(url, scheme, len) != 0 || *host == '\0' || strlen(url) > URL_TEXT)
		return false;
	for (const char *p = url; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	/* A host there is, and no @ before the path. */
	return strcspn(host, "/:?#") > 0 && strcspn(host, "@") >= strcspn(host, "/?#");
}
