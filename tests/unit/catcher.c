/* SPDX-License-Identifier: Apache-2.0 */
/* catcher: a web-hook or mail server on loopback, in the test's own loop, that does as it is told.
 */
#include "catcher.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct talk {
	struct catcher *catcher;
	int fd;
	struct loop_watch *watch;
	char text[CATCH_TEXT];
	size_t len, line; /* SMTP: where the line begins that is being heard */
	unsigned reads;
	bool in_data, over;
};

struct catcher {
	enum catcher_kind kind;
	struct loop *loop;
	catcher_fn *caught;
	void *self;
	int fd;
	struct loop_watch *watch;
	struct talk *talks[CATCH_MOST];
	size_t n_talks;
	int answers[CATCH_ANSWERS];
	const char *bodies[CATCH_ANSWERS];
	size_t n_answers;
	unsigned count, reads;
};

static void say(const struct talk *t, const char *text)
{
	if (send(t->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		return; /* the other side has gone; the test sees what that leads to */
}

/* Which of the answers comes next; only where there are any. */
static size_t next_at(const struct catcher *c)
{
	return c->count < c->n_answers ? c->count : c->n_answers - 1;
}

static int next_answer(const struct catcher *c)
{
	return c->n_answers > 0 ? c->answers[next_at(c)] : c->kind == CATCH_SMTP ? 250 : 200;
}

static const char *next_body(const struct catcher *c)
{
	return c->n_answers > 0 ? c->bodies[next_at(c)] : "ok";
}

static int caught(struct talk *t)
{
	struct catcher *c = t->catcher;
	const int status = next_answer(c);

	c->reads = c->count++ == 0 ? t->reads : c->reads;
	c->caught(c->self, t->text);
	return status;
}

static void hear_http(struct talk *t)
{
	const char *end = strstr(t->text, "\r\n\r\n"), *length;
	const char *body = next_body(t->catcher);
	char answer[128];
	int status;

	if (!end)
		return;
	length = strcasestr(t->text, "\r\nContent-Length:");
	if (!length && strncmp(t->text, "GET ", 4) != 0)
		return;
	if (length && t->len < (size_t)(end + 4 - t->text) + strtoul(length + 17, NULL, 10))
		return;
	t->over = true;
	status = caught(t);
	if (status == CATCH_HANG)
		return;
	snprintf(answer, sizeof answer,
		 "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
		 status, strlen(body));
	say(t, answer);
	say(t, body);
}

static void hear_line(struct talk *t, const char *line)
{
	char answer[32];
	int status;

	if (t->in_data) {
		if (strcmp(line, ".") != 0)
			return;
		t->in_data = false;
		status = caught(t);
		if (status == CATCH_HANG)
			return;
		snprintf(answer, sizeof answer, "%d done\r\n", status);
		say(t, answer);
	} else if (strncmp(line, "DATA", 4) == 0) {
		t->in_data = true;
		say(t, "354 go on\r\n");
	} else if (strncmp(line, "QUIT", 4) == 0) {
		say(t, "221 bye\r\n");
	} else if (strstr(line, "<nobody@")) {
		say(t, "550 no such mailbox\r\n");
	} else {
		say(t, "250 ok\r\n");
	}
}

static void hear_smtp(struct talk *t)
{
	char line[1024], *end;

	while ((end = strstr(t->text + t->line, "\r\n"))) {
		snprintf(line, sizeof line, "%.*s", (int)(end - t->text - (ptrdiff_t)t->line),
			 t->text + t->line);
		t->line = (size_t)(end + 2 - t->text);
		hear_line(t, line);
	}
}

static void end(struct talk *t)
{
	loop_watch_free(t->watch);
	close(t->fd);
	free(t);
}

static void forget(struct talk *t)
{
	struct catcher *c = t->catcher;

	for (size_t i = 0; i < c->n_talks; i++)
		if (c->talks[i] == t)
			c->talks[i] = c->talks[--c->n_talks];
	end(t);
}

static void on_heard(void *self, mono_t now)
{
	struct talk *t = self;
	ssize_t n = recv(t->fd, t->text + t->len, sizeof t->text - 1 - t->len, MSG_DONTWAIT);

	(void)now;
	if (n <= 0) {
		forget(t);
		return;
	}
	t->len += (size_t)n;
	t->text[t->len] = '\0';
	t->reads++;
	if (t->catcher->kind == CATCH_SMTP)
		hear_smtp(t);
	else if (!t->over)
		hear_http(t);
}

static void on_call(void *self, mono_t now)
{
	struct catcher *c = self;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
	struct talk *t = fd >= 0 && c->n_talks < CATCH_MOST ? calloc(1, sizeof *t) : NULL;

	(void)now;
	if (!t) {
		if (fd >= 0)
			close(fd);
		return;
	}
	*t = (struct talk){ .catcher = c, .fd = fd };
	t->watch = loop_watch_new(c->loop, fd, LOOP_READ, on_heard, t);
	c->talks[c->n_talks++] = t;
	if (c->kind == CATCH_SMTP)
		say(t, "220 catcher\r\n");
}

static int listener(void)
{
	const struct sockaddr_in here = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&here, sizeof here) < 0 ||
	    listen(fd, 16) < 0)
		abort();
	return fd;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		abort();
	return ntohs(a.sin_port);
}

struct catcher *catcher_new(struct loop *l, enum catcher_kind kind, catcher_fn *caught_fn,
			    void *self)
{
	struct catcher *c = calloc(1, sizeof *c);

	if (!c)
		abort();
	*c = (struct catcher){ .kind = kind, .loop = l, .caught = caught_fn, .self = self };
	c->fd = listener();
	c->watch = loop_watch_new(l, c->fd, LOOP_READ, on_call, c);
	return c;
}

void catcher_free(struct catcher *c)
{
	for (size_t i = 0; i < c->n_talks; i++)
		end(c->talks[i]);
	loop_watch_free(c->watch);
	close(c->fd);
	free(c);
}

unsigned catcher_port(const struct catcher *c)
{
	return port_of(c->fd);
}

void catcher_answer(struct catcher *c, int status)
{
	catcher_say(c, status, "ok");
}

void catcher_say(struct catcher *c, int status, const char *body)
{
	if (c->n_answers >= CATCH_ANSWERS)
		return;
	c->bodies[c->n_answers] = body;
	c->answers[c->n_answers++] = status;
}

unsigned catcher_count(const struct catcher *c)
{
	return c->count;
}

unsigned catcher_reads(const struct catcher *c)
{
	return c->reads;
}

unsigned catcher_free_port(void)
{
	int fd = listener();
	unsigned port = port_of(fd);

	close(fd);
	return port;
}
