/* SPDX-License-Identifier: Apache-2.0 */
/* reply: hands the gateway an answer that came by mail; for the mail server's alias. */
#include "gateway/cli/reply.h"

#include "gateway/cli/ask.h"
#include "gateway/cli/mail.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* Pictures may follow; the text comes first. */
enum { BYTES = 1 << 20 };

/* All of it is read, even what is not kept: else the mail server takes it for a failure. NULL when
 * it cannot be. */
static char *slurp(size_t *len)
{
	char *bytes = malloc(BYTES), rest[4096];

	if (!bytes)
		return NULL;
	*len = fread(bytes, 1, BYTES, stdin);
	while (fread(rest, 1, sizeof rest, stdin) > 0)
		continue;
	if (!ferror(stdin))
		return bytes;
	free(bytes);
	return NULL;
}

static int hand_over(const char *socket, const struct mail *m)
{
	cJSON *said = cJSON_CreateObject(), *json;
	long status = 0;
	char *body;
	int code;

	cJSON_AddStringToObject(said, "via", "mail");
	cJSON_AddStringToObject(said, "from", m->from);
	cJSON_AddStringToObject(said, "text", m->text);
	body = cJSON_PrintUnformatted(said);
	cJSON_Delete(said);
	if (!body)
		return EX_TEMPFAIL;
	json = ask_status(socket, "/api/v1/reply", body, &code, &status);
	cJSON_free(body);
	cJSON_Delete(json);
	if (code == ANSWER_OK)
		return EX_OK;
	return status >= 400 && status < 500 ? EX_DATAERR : EX_TEMPFAIL;
}

int reply_mail(const char *socket)
{
	struct mail m;
	enum mail_err err;
	size_t len;
	char *bytes = slurp(&len);

	if (!bytes) {
		fprintf(stderr, "matsang: the mail cannot be read\n");
		return EX_TEMPFAIL;
	}
	err = mail_read(&m, bytes, len);
	free(bytes);
	if (err == MAIL_OK)
		return hand_over(socket, &m);
	if (err == MAIL_AUTOMATIC) /* an answer would be answered again */
		return EX_OK;
	fprintf(stderr, "matsang: this mail takes no job: %s\n", mail_err_str(err));
	return EX_DATAERR;
}
