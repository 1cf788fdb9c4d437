/* SPDX-License-Identifier: Apache-2.0 */
/* matsang-eye: one look at one camera, for the node, which never reads a byte of a camera itself.
 */
#include "node/eye/request.h"
#include "node/eye/rtsp.h"
#include "node/eye/sandbox.h"
#include "node/eye/soap.h"

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Standard input: one line, {"url": "rtsp://192.168.1.20:554/stream", "user": "..", "password":
 *"..", "watch_ms": 3000, "timeout_ms": 8000, "clock": "date"|"onvif"|"none", "onvif": "http://.."};
 *all but url may be missing. Standard output: one line as in node/camera_look.h. It ends within
 *timeout_ms and EXTRA_MS.
 *
 * Exit status:
 *
 *	0  it could look, and the line says what it saw, be it that nobody answers
 *	1  it could not look: out of memory, or nobody reads the line
 *	3  the request is none; standard error says why
 *
 * With clock "onvif" the ONVIF answer counts, else its Date, else RTSP's. With "date" it is RTSP's
 *Date; where the camera sends none and onvif is given, the Date of that answer.
 */
enum { EXIT_REQUEST = 3, CLOCK_MS = 2000, EXTRA_MS = RTSP_TEARDOWN_MS + CLOCK_MS + 500 };

static size_t read_line(char text[static REQUEST_TEXT])
{
	size_t len = 0;

	while (len < REQUEST_TEXT && memchr(text, '\n', len) == NULL) {
		const ssize_t n = read(STDIN_FILENO, text + len, REQUEST_TEXT - len);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return len;
}

static bool look(struct camera_look *l, const struct request *q)
{
	const bool onvif = strcmp(q->clock, "onvif") == 0, none = strcmp(q->clock, "none") == 0;
	struct dial d = { 0 };

	if (!rtsp_look(l, &d, !none, q))
		return false;
	if (q->onvif[0] && l->reach && (onvif || (!none && d.clock == CAMERA_CLOCK_NONE)))
		soap_ask(&d, q->onvif, onvif, mono_after(clock_mono(), CLOCK_MS));
	l->clock = d.clock;
	l->clock_off_ms = d.off_ms;
	return true;
}

int main(void)
{
	char text[REQUEST_TEXT], why[CONF_WHY], line[CAMERA_LOOK_TEXT];
	struct camera_look l = { 0 };
	struct request q;
	const size_t len = read_line(text);
	bool ok;

	ok = request_read(&q, text, len, why);
	explicit_bzero(text, sizeof text);
	if (!ok) {
		fprintf(stderr, "matsang-eye: %s\n", why);
		return EXIT_REQUEST;
	}
	sandbox_enter((unsigned)((q.timeout_ms + EXTRA_MS) / 1000 + 1));
	ok = curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK && look(&l, &q);
	request_free(&q);
	if (!ok)
		return EXIT_FAILURE;
	camera_look_draw(line, &l);
	return printf("%s\n", line) > 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
