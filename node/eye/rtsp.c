/* SPDX-License-Identifier: Apache-2.0 */
/* rtsp: one session: ask, set up, watch for a while, tear down. */
#include "node/eye/rtsp.h"

#include "node/eye/handle.h"
#include "node/eye/rtp.h"
#include "node/eye/sdp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/*
 * What libcurl 7.88 does with RTSP, and what is done about it here:
 *
 * - Basic and digest work as in HTTP: the first question gets a 401, is asked again, and from then
 * on the right header goes along. That a question is asked twice does not show, but in the round
 * trip of a Date.
 * - RECEIVE returns after whatever came in one read. When its time is over, or any question's,
 * libcurl closes the connection, and TEARDOWN would go over another one. So the socket is polled
 * first, and RECEIVE is called only when there is something; only a camera that stops in the middle
 * of a packet is torn down over a second one.
 * - Packets that come with the answer to PLAY, or before the one to TEARDOWN, go to the same
 * function as those of RECEIVE.
 * - An answer without the right CSeq is an error; some cameras give none. Its status is taken all
 * the same.
 * - A body where none belongs (a page of words with a 404) is an error as well. Its status is
 * taken, too.
 */
enum { RECEIVE_GRACE_MS = 500, INTERLEAVED = 4, STATUS_OK = 200, STATUS_BAD = 300 };

struct session {
	const struct request *q;
	struct camera_look *l;
	struct dial *dial;
	bool dates;
	CURL *curl;
	struct answer answer;
	struct rtp rtp;
	char base[SDP_URL]; /* of the description */
	wall_t left;        /* when the question under way left */
	size_t bytes;       /* of the stream */
	bool watching;
};

/* ---- what comes in ---- */

/* The value of a header of this name. */
static bool take_header(char *out, size_t size, const char *name, const char *line, size_t len)
{
	const size_t key = strlen(name);

	if (len < key || strncasecmp(line, name, key) != 0)
		return false;
	line += key;
	len -= key;
	while (len > 0 && *line == ' ') {
		line++;
		len--;
	}
	if (len == 0 || len >= size)
		return false;
	memcpy(out, line, len);
	out[len] = '\0';
	return true;
}

static void on_header(void *self, const char *line, size_t len)
{
	struct session *s = self;
	const int64_t date = s->dates ? handle_date(line, len) : -1;

	if (date >= 0)
		dial_feed(s->dial, CAMERA_CLOCK_DATE, date, s->left, clock_wall());
	if (!take_header(s->base, sizeof s->base, "Content-Base:", line, len))
		take_header(s->base, sizeof s->base, "Content-Location:", line, len);
}

/* One interleaved packet: '$', channel, 16 bits of length, and itself. */
static size_t on_packet(char *data, size_t size, size_t n, void *self)
{
	struct session *s = self;
	const size_t len = size * n;

	s->bytes += len;
	if (s->watching && len > INTERLEAVED)
		rtp_feed(&s->rtp, (const uint8_t *)data + INTERLEAVED, len - INTERLEAVED);
	return len;
}

/* ---- questions ---- */

static bool unusual_but_answered(CURLcode err, long status)
{
	return err == CURLE_RTSP_CSEQ_ERROR ||
	       (err == CURLE_WEIRD_SERVER_REPLY && status >= STATUS_BAD);
}

/* The status of the answer; 0 when none came. */
static uint16_t ask(struct session *s, long question, const char *uri, mono_t until)
{
	long status = 0;
	CURLcode err;

	if (mono_reached(clock_mono(), until))
		return 0;
	curl_easy_setopt(s->curl, CURLOPT_RTSP_REQUEST, question);
	curl_easy_setopt(s->curl, CURLOPT_RTSP_STREAM_URI, uri);
	s->left = clock_wall();
	err = handle_perform(s->curl, &s->answer, until);
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	if ((err != CURLE_OK && !unusual_but_answered(err, status)) || status < 100 || status > 999)
		return 0;
	return (uint16_t)status;
}

static bool connected(struct session *s)
{
	curl_off_t us = 0;

	curl_easy_getinfo(s->curl, CURLINFO_CONNECT_TIME_T, &us);
	return us > 0;
}

/* ---- the stream ---- */

/* Something can be read before `until`. */
static bool readable(struct session *s, mono_t until)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	struct pollfd p = { .events = POLLIN };
	int n;

	curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD)
		return false;
	p.fd = fd;
	do {
		const int64_t left = mono_since(until, clock_mono());

		n = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* watch_ms from the first packet on; a camera may wait for its next whole picture to begin. */
static void watch(struct session *s, mono_t deadline)
{
	mono_t until = deadline;
	bool begun = false;

	curl_easy_setopt(s->curl, CURLOPT_RTSP_REQUEST, (long)CURL_RTSPREQ_RECEIVE);
	while (!rtp_full(&s->rtp) && s->bytes < RTSP_BYTES && readable(s, until)) {
		if (handle_perform(s->curl, &s->answer, mono_after(until, RECEIVE_GRACE_MS)) !=
		    CURLE_OK)
			break;
		if (!begun && s->rtp.packets > 0) {
			begun = true;
			until = mono_first(deadline, mono_after(clock_mono(), s->q->watch_ms));
		}
	}
	s->watching = false;
}

/* ---- the order of it ---- */

/* Nobody who says this is asked on. */
static bool closed(uint16_t status)
{
	return status == 0 || status == 401 || status == 403 || status == 453 || status == 503;
}

static void set_up_and_watch(struct session *s, const struct sdp *sdp, mono_t deadline)
{
	curl_easy_setopt(s->curl, CURLOPT_RTSP_TRANSPORT, "RTP/AVP/TCP;unicast;interleaved=0-1");
	s->l->setup = ask(s, CURL_RTSPREQ_SETUP, sdp->track, deadline);
	if (s->l->setup != STATUS_OK)
		return;
	rtp_init(&s->rtp, sdp->codec);
	s->watching = true;
	s->l->play = ask(s, CURL_RTSPREQ_PLAY, sdp->whole, deadline);
	if (s->l->play == STATUS_OK)
		watch(s, deadline);
	s->watching = false;
	rtp_tell(&s->rtp, s->l);
}

/* Whatever gave our session a name shall forget it. */
static void tear_down(struct session *s, const char *uri)
{
	char *name = NULL;

	curl_easy_getinfo(s->curl, CURLINFO_RTSP_SESSION_ID, &name);
	if (name)
		s->l->teardown = ask(s, CURL_RTSPREQ_TEARDOWN, uri,
				     mono_after(clock_mono(), RTSP_TEARDOWN_MS));
}

static void look(struct session *s)
{
	const mono_t deadline = mono_after(clock_mono(), s->q->timeout_ms);
	struct camera_look *l = s->l;
	struct sdp sdp;

	l->options = ask(s, CURL_RTSPREQ_OPTIONS, s->q->url, deadline);
	l->reach = l->options != 0 || connected(s);
	if (closed(l->options))
		return;
	l->describe = ask(s, CURL_RTSPREQ_DESCRIBE, s->q->url, deadline);
	if (l->describe != STATUS_OK || !sdp_read(&sdp, s->base, s->answer.body, s->answer.len))
		return;
	set_up_and_watch(s, &sdp, deadline);
	tear_down(s, sdp.whole);
}

bool rtsp_look(struct camera_look *l, struct dial *d, bool dates, const struct request *q)
{
	static struct session s; /* too large for a stack; there is one look a process */

	s = (struct session){ .q = q, .l = l, .dial = d, .dates = dates };
	s.answer.header = on_header;
	s.answer.self = &s;
	snprintf(s.base, sizeof s.base, "%s", q->url);
	s.curl = handle_new(q->url, "rtsp", &s.answer);
	if (!s.curl)
		return false;
	if (q->user[0]) {
		curl_easy_setopt(s.curl, CURLOPT_USERNAME, q->user);
		curl_easy_setopt(s.curl, CURLOPT_PASSWORD, q->password);
		curl_easy_setopt(s.curl, CURLOPT_HTTPAUTH,
				 (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
	}
	curl_easy_setopt(s.curl, CURLOPT_INTERLEAVEFUNCTION, on_packet);
	curl_easy_setopt(s.curl, CURLOPT_INTERLEAVEDATA, &s);
	look(&s);
	curl_easy_cleanup(s.curl);
	return true;
}
