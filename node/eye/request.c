/* SPDX-License-Identifier: Apache-2.0 */
/* request: what matsang-eye is asked: one line of JSON on standard input. */
#include "node/eye/request.h"

#include "node/url.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
#define TEXT(field, least, most) \
	.key = #field, .type = CONF_STRING, .at = offsetof(struct request, field), .min = (least), .max = (most)
#define NUMBER(field, least, most, default_) \
	.key = #field, .type = CONF_INT, .at = offsetof(struct request, field), \
	.min = (least), .max = (most), .def = (default_)

static const char *const clocks[] = { "date", "onvif", "none", NULL };
static const struct conf_key keys[] = {
	{ TEXT(url, 8, URL_TEXT), .required = true, .help = "the stream" },
	{ TEXT(user, 0, 128), .help = "who asks" },
	{ TEXT(password, 0, 128), .help = "with which password" },
	{ NUMBER(watch_ms, 200, 10000, 3000), .help = "the stream is watched so long" },
	{ NUMBER(timeout_ms, 500, 30000, 8000), .help = "all of it takes at most so long" },
	{ TEXT(clock, 0, 5), .choices = clocks, .def_text = "date", .help = "which clock to read" },
	{ TEXT(onvif, 0, URL_TEXT), .help = "the ONVIF device service" },
};
/* clang-format on */
static const struct conf_table table = { keys, COUNT(keys), sizeof(struct request) };

bool request_read(struct request *q, const char *text, size_t len, char why[static CONF_WHY])
{
	if (conf_read(&q->conf, q, &table, "request", text, len, why) != CONF_OK)
		return false;
	if (!url_ok(q->url, "rtsp://"))
		conf_blame(q->conf, "url", "not rtsp://host/path; no password belongs in it", why);
	else if (q->onvif[0] && !url_ok(q->onvif, "http://"))
		conf_blame(q->conf, "onvif", "not http://host/path; no password belongs in it",
			   why);
	else
		return true;
	request_free(q);
	return false;
}

void request_free(struct request *q)
{
	conf_free(q->conf);
	q->conf = NULL;
}
