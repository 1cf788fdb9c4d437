/* SPDX-License-Identifier: Apache-2.0 */
/* http: libmicrohttpd in our loop, listening on TCP and on a Unix socket. */
#include "gateway/http_parts.h"

#include "gateway/assets.h"
#include "mesh/log.h"

#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CONNECTIONS = 256,
	CONNECTIONS_PER_IP = 32,
	TIMEOUT_S = 30,
	MEMORY = 64 * 1024, /* a connection; its request line and headers must fit */
	BACKLOG = 64,
};

/* ---- one request ---- */

static struct http_request *request_new(struct http_face *face, struct MHD_Connection *c)
{
	struct http_request *q = calloc(1, sizeof *q);

	if (q)
		*q = (struct http_request){ .face = face, .connection = c };
	return q;
}

/* Who is it? Asked anew for each call: a cookie lives in MHD's memory, a session may end meanwhile.
 */
static void request_identify(struct http_request *q)
{
	q->now = clock_mono();
	q->cookie = MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, "matsang");
	q->user = q->cookie && !q->face->trusted
			  ? login_find(&q->face->http->login, q->cookie, q->now)
			  : NULL;
}

static size_t request_limit(const struct http_request *q)
{
	if (q->face->trusted)
		return HTTP_BODY_LOCAL;
	return q->user ? HTTP_BODY_MAX : HTTP_BODY_UNSIGNED;
}

/* Takes a piece of the body. False when no memory is left. */
static bool request_feed(struct http_request *q, const char *data, size_t len)
{
	char *grown;

	if (q->too_big || len > request_limit(q) - q->len) {
		q->too_big = true; /* read to its end, but not kept */
		return true;
	}
	if (q->len + len > q->size) {
		grown = realloc(q->body, q->len + len + 1024);
		if (!grown)
			return false;
		q->body = grown;
		q->size = q->len + len + 1024;
	}
	memcpy(q->body + q->len, data, len);
	q->len += len;
	return true;
}

static bool claims_too_much(const struct http_request *q)
{
	const char *length = request_header(q, "Content-Length");

	return length && strtoull(length, NULL, 10) > request_limit(q);
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *c, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **mine)
{
	struct http_face *face = self;
	struct http_request *q = *mine;
	struct MHD_Response *answer;

	(void)version;
	if (!q) {
		q = *mine = request_new(face, c);
		if (!q)
			return MHD_NO;
		request_identify(q);
		/* Said before the body is sent; MHD closes the connection after. */
		return claims_too_much(q) ? reply_refuse(q, HTTP_TOO_BIG) : MHD_YES;
	}
	if (*len) {
		if (!request_feed(q, data, *len))
			return MHD_NO;
		*len = 0;
		return MHD_YES;
	}
	if (q->answer) {
		answer = q->answer;
		q->answer = NULL;
		return reply_send(q, q->status, answer);
	}
	if (q->too_big)
		return reply_refuse(q, HTTP_TOO_BIG);
	request_identify(q);
	face->http->view->now = clock_wall();
	return http_route(q, url, method);
}

static void on_completed(void *self, struct MHD_Connection *c, void **mine,
			 enum MHD_RequestTerminationCode code)
{
	struct http_request *q = *mine;

	(void)self;
	(void)c;
	(void)code;
	if (!q)
		return;
	if (q->answer)
		MHD_destroy_response(q->answer);
	free(q->body);
	free(q);
	*mine = NULL;
}

__attribute__((format(printf, 2, 0))) static void on_log(void *self, const char *fmt, va_list ap)
{
	char line[256];
	int n;

	(void)self;
	n = vsnprintf(line, sizeof line, fmt, ap);
	if (n > 0 && (size_t)n < sizeof line && line[n - 1] == '\n')
		line[n - 1] = '\0';
	log_debug("http: %s", line); /* anybody on the network can cause these */
}

/* ---- a daemon in our loop ---- */

static void face_rearm(struct http_face *face, mono_t now)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (face->http->closing)
		return;
	if (MHD_get_timeout(face->daemon, &ms) == MHD_YES)
		loop_alarm_set(face->alarm, mono_after(now, (int64_t)(ms < 60000 ? ms : 60000)));
	else
		loop_alarm_set(face->alarm, MONO_NEVER);
}

static void on_turn(void *self, mono_t now)
{
	struct http_face *face = self;

	MHD_run(face->daemon);
	face_rearm(face, now);
}

static bool face_open(struct http_face *face, struct http *h, int fd, bool trusted)
{
	const union MHD_DaemonInfo *info;

	face->http = h;
	face->trusted = trusted;
	face->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		on_request, face, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)(trusted ? 0 : CONNECTIONS_PER_IP),
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
	if (!face->daemon)
		return false;
	info = MHD_get_daemon_info(face->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return false;
	face->watch = loop_watch_new(h->loop, info->epoll_fd, LOOP_READ, on_turn, face);
	face->alarm = loop_alarm_new(h->loop, on_turn, face);
	if (!face->watch || !face->alarm)
		return false;
	face_rearm(face, clock_mono());
	return true;
}

static void face_close(struct http_face *face)
{
	loop_watch_free(face->watch);
	if (face->daemon)
		MHD_stop_daemon(face->daemon);
	loop_alarm_free(face->alarm);
}

/* ---- listening ---- */

/* "host:port" or "[host]:port" into its two parts. */
static bool address_split(const char *listen_at, char host[static 256], char port[static 16])
{
	const char *colon = strrchr(listen_at, ':');
	size_t n;

	if (!colon || strlen(colon + 1) >= 16 || !colon[1])
		return false;
	n = (size_t)(colon - listen_at);
	if (n >= 2 && listen_at[0] == '[' && listen_at[n - 1] == ']') {
		listen_at++;
		n -= 2;
	}
	if (n >= 256)
		return false;
	memcpy(host, listen_at, n);
	host[n] = '\0';
	strcpy(port, colon + 1);
	return true;
}

static int listen_on(const struct addrinfo *a)
{
	const int on = 1;
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int why;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int tcp_listen(const char *listen_at, char why[static HTTP_WHY])
{
	const struct addrinfo want = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				       .ai_socktype = SOCK_STREAM };
	char host[256], port[16];
	struct addrinfo *found;
	int err, fd = -1;

	if (!address_split(listen_at, host, port)) {
		snprintf(why, HTTP_WHY, "page.listen: \"%.60s\" is no host:port", listen_at);
		return -1;
	}
	err = getaddrinfo(host[0] ? host : NULL, port, &want, &found);
	if (err) {
		snprintf(why, HTTP_WHY, "page.listen: %.60s: %s", listen_at, gai_strerror(err));
		return -1;
	}
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
		fd = listen_on(a);
	if (fd < 0)
		snprintf(why, HTTP_WHY, "page.listen: %.60s: %s; is another gateway running?",
			 listen_at, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

/* A socket that nobody listens on is left over from a crash; one that answers is not ours to take.
 */
static bool socket_make_room(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers;

	if (fd < 0)
		return false;
	answers = connect(fd, (const struct sockaddr *)a, sizeof *a) == 0;
	close(fd);
	if (answers) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(a->sun_path) == 0 || errno == ENOENT;
}

static int local_listen(const char *path, char why[static HTTP_WHY])
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = -1;

	if (strlen(path) >= sizeof a.sun_path) {
		snprintf(why, HTTP_WHY, "socket: %.60s...: longer than %zu bytes", path,
			 sizeof a.sun_path - 1);
		return -1;
	}
	strcpy(a.sun_path, path);
	if (!socket_make_room(&a))
		goto fail;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		goto fail;
	/* Until listen() nobody can connect, so there is no moment with the wrong mode. */
	if (bind(fd, (const struct sockaddr *)&a, sizeof a) == 0 && chmod(path, 0660) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
fail:
	snprintf(why, HTTP_WHY,
		 "socket: %.80s: %s; does its folder exist, is another gateway running?", path,
		 strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* ---- all of it ---- */

/* One tag for all files: they change together, with the program. */
static void etag_draw(char text[static 24])
{
	crypto_generichash_state state;
	uint8_t hash[crypto_generichash_BYTES_MIN];
	char hex[17];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < n_assets; i++)
		crypto_generichash_update(&state, assets[i].data, assets[i].len);
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(hex, sizeof hex, hash, 8);
	snprintf(text, 24, "\"%s\"", hex);
}

static bool users_take(struct http *h, const struct http_options *o)
{
	h->users = calloc(o->n_users ? o->n_users : 1, sizeof *h->users);
	if (!h->users)
		return false;
	for (size_t i = 0; i < o->n_users; i++)
		h->users[i] = (struct login_user){ o->users[i].name, o->users[i].password };
	login_init(&h->login, h->users, o->n_users);
	return true;
}

static bool parts_open(struct http *h, const struct http_options *o)
{
	h->draw = draw_client_new(h->loop, o->draw_program, o->series_dir);
	h->verify = loop_alarm_new(h->loop, http_verify_step, h);
	if (!h->view->figures)
		h->view->figures = view_figures_new(h->view->roster->n_points);
	return h->draw && h->verify && h->view->figures && users_take(h, o);
}

struct http *http_open(struct loop *l, const struct http_options *o, struct view *v,
		       const struct http_deeds *deeds, char why[static HTTP_WHY])
{
	struct http *h = calloc(1, sizeof *h);
	int fd;

	snprintf(why, HTTP_WHY, "page: out of memory or descriptors");
	if (!h || sodium_init() < 0) {
		free(h);
		return NULL;
	}
	*h = (struct http){ .loop = l, .options = *o, .view = v, .deeds = *deeds };
	etag_draw(h->etag);
	if (!parts_open(h, o))
		goto close_http;
	fd = tcp_listen(o->listen, why);
	if (fd < 0 || !face_open(&h->tcp, h, fd, false))
		goto close_http;
	fd = local_listen(o->socket, why);
	if (fd < 0 || !face_open(&h->local, h, fd, true))
		goto close_http;
	return h;

close_http:
	http_close(h);
	return NULL;
}

void http_close(struct http *h)
{
	if (!h)
		return;
	/* Those who wait aside are let go first: MHD must not stop over them. */
	draw_client_free(h->draw);
	h->closing = true;
	while (h->aside)
		reply_refuse(h->aside, HTTP_BUSY);
	if (h->local.daemon)
		unlink(h->options.socket);
	face_close(&h->local);
	face_close(&h->tcp);
	loop_alarm_free(h->verify);
	view_figures_free(h->view->figures);
	h->view->figures = NULL;
	free(h->users);
	free(h);
}
