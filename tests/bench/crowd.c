/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd: thousands of points in one process, for the bench. Real MQTT 5 connections to a real
 *broker, the project's own messages, made-up houses behind them.
 *
 *	crowd ADDRESS PORT CODES BEAT_S
 *
 * CODES has one point code a line. Without TLS, so that what is measured is the gateway and not
 *this; name and client id are the point's code. Once connected each point is born and beats each
 *BEAT_S seconds, all of them spread evenly over that time. It answers what it is asked, as a node
 *does.
 *
 * Words on standard input, each over MS milliseconds, evenly, in an order that has nothing to do
 *with the roster's:
 *
 *	power MS     every point tells by news that its mains are gone
 *	reset MS     every connection is reset (RST)
 *	count        say the figures so far
 *
 * It says "up N MS" when all are connected and born; "<word> N FROM UNTIL" (UTC milliseconds) when
 *a word is done; "acked N UNTIL" when the last news was acknowledged. End of input ends it.
 */
#include "mesh/clock.h"
#include "mesh/topic.h"
#include "mesh/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	KEEPALIVE_S = 14400, /* as a node's */
	DIALLING = 64,       /* connections that are being made at a time */
	IN_MAX = 512,        /* nothing longer is ever said to a point here */
	OUT_MAX = WIRE_MAX + 128,
	EVENTS = 256,
	AGE_MS = 3600 * 1000, /* every point has been on for an hour */
};

enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, SUBSCRIBE = 0x82, SUBACK = 0x90 };
enum { TOPIC_ALIAS = 0x23, WILL = 0x04, CLEAN_START = 0x02, USER_NAME = 0x80 };

enum stage { STAGE_NEW, STAGE_DIALLING, STAGE_GREETING, STAGE_SUBSCRIBING, STAGE_UP, STAGE_GONE };

struct point {
	char code[POINT_CODE_TEXT];
	int fd;
	enum stage stage;
	bool aliased;    /* the topic was said, its alias is enough */
	bool power_gone; /* and told */
	uint64_t boot, seq, acked;
	uint8_t in[IN_MAX];
	size_t in_len;
};

/* Something that all points do in turn, evenly over a time. */
struct wave {
	const char *name; /* NULL: none */
	void (*act)(struct point *p, mono_t now);
	mono_t begun;
	wall_t from;
	int64_t span_ms;
	size_t done;
};

static struct {
	struct sockaddr_in broker;
	struct point *point;
	size_t *order; /* of waves */
	size_t n, dialled, dialling, up, told, acked;
	int64_t beat_ms;
	mono_t start, beats_from;
	uint64_t beats; /* sent since beats_from */
	struct wave wave;
	int epoll;
	struct {
		uint64_t births, asks, acks, lost;
	} count;
} crowd;

/* ---- MQTT 5, as much as is said here ---- */

static uint8_t *put16(uint8_t *at, size_t v)
{
	*at++ = (uint8_t)(v >> 8);
	*at++ = (uint8_t)v;
	return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t len)
{
	at = put16(at, len);
	memcpy(at, bytes, len);
	return at + len;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
	return put_bytes(at, text, strlen(text));
}

static void lost(struct point *p)
{
	if (p->stage == STAGE_GONE)
		return;
	if (p->stage != STAGE_UP && p->stage != STAGE_NEW)
		crowd.dialling--;
	p->stage = STAGE_GONE;
	crowd.count.lost++;
	close(p->fd);
	fprintf(stderr, "%s: lost\n", p->code);
}

/* One packet: first byte, length, body. A socket that has no room for so little is a lost one. */
static void send_packet(struct point *p, uint8_t first, const uint8_t *body, size_t len)
{
	uint8_t buf[OUT_MAX + 4], *at = buf;
	size_t rest = len;

	*at++ = first;
	do {
		*at++ = (uint8_t)(rest % 128 | (rest >= 128 ? 0x80 : 0));
		rest /= 128;
	} while (rest > 0);
	memcpy(at, body, len);
	at += len;
	if (send(p->fd, buf, (size_t)(at - buf), MSG_NOSIGNAL) != at - buf)
		lost(p);
}

static void say_hello(struct point *p)
{
	uint8_t body[OUT_MAX], *at = body, will[WIRE_MAX];
	char topic[TOPIC_TEXT];
	const struct wire_will w = { .boot = p->boot, .conn = 1 };

	topic_up_draw(topic, p->code);
	at = put_text(at, "MQTT");
	*at++ = 5;
	*at++ = USER_NAME | WILL | CLEAN_START;
	at = put16(at, KEEPALIVE_S);
	*at++ = 0; /* properties */
	at = put_text(at, p->code);
	*at++ = 0; /* properties of the will */
	at = put_text(at, topic);
	at = put_bytes(at, will, wire_will_encode(will, &w));
	at = put_text(at, p->code);
	p->stage = STAGE_GREETING;
	send_packet(p, CONNECT, body, (size_t)(at - body));
}

static void subscribe(struct point *p)
{
	uint8_t body[OUT_MAX], *at = body;
	char topic[TOPIC_TEXT];

	topic_down_draw(topic, p->code);
	at = put16(at, 1);
	*at++ = 0;
	at = put_text(at, topic);
	*at++ = 0;
	at = put_text(at, TOPIC_GATEWAY);
	*at++ = 0;
	p->stage = STAGE_SUBSCRIBING;
	send_packet(p, SUBSCRIBE, body, (size_t)(at - body));
}

static void publish(struct point *p, const uint8_t *payload, size_t len)
{
	uint8_t body[OUT_MAX], *at = body;
	char topic[TOPIC_TEXT] = "";

	if (!p->aliased)
		topic_up_draw(topic, p->code);
	p->aliased = true;
	at = put_text(at, topic);
	*at++ = 3;
	*at++ = TOPIC_ALIAS;
	at = put16(at, 1);
	memcpy(at, payload, len);
	send_packet(p, PUBLISH, body, (size_t)(at + len - body));
}

/* ---- what a point says ---- */

static struct verdict verdict_of(const struct point *p)
{
	struct verdict v = { .cause = p->power_gone ? CAUSE_POWER : CAUSE_NONE,
			     .sure = SURE_CONFIRMED,
			     .facts = FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS |
				      FACT_LINK_UP | FACT_GATEWAY_LISTENS,
			     .cams_n = 1,
			     .eyes = EYE_OK };

	if (!p->power_gone)
		v.facts |= FACT_MAINS_ON;
	return v;
}

static int64_t since_boot(mono_t now)
{
	return mono_since(now, crowd.start) + AGE_MS;
}

static void say_birth(struct point *p, mono_t now)
{
	static const char text[] = "{\"version\":\"" MATSANG_VERSION "\",\"cameras\":[\"cổng\"],"
				   "\"settings\":\"8f14e45fceea167a5a36dedd4bea2543\"}";
	const struct wire_birth b = { .boot = p->boot,
				      .conn = 1,
				      .t_ms = since_boot(now),
				      .wall = clock_wall(),
				      .quality = CLOCK_NTP,
				      .pace_s = (uint16_t)(crowd.beat_ms / 1000),
				      .cams_n = 1,
				      .verdict = verdict_of(p),
				      .text = text,
				      .text_len = sizeof text - 1 };
	uint8_t buf[WIRE_MAX];

	crowd.count.births++;
	publish(p, buf, wire_birth_encode(buf, &b));
}

static void say_beat(struct point *p, mono_t now)
{
	const struct wire_beat b = { .t_s = (uint16_t)(since_boot(now) / 1000),
				     .sample = { .mains_known = true,
						 .mains_on = !p->power_gone,
						 .router_known = true,
						 .router_answers = true,
						 .cams_up = 1,
						 .router_rtt = wire_rtt_pack(800),
						 .out_rtt = wire_rtt_pack(21000),
						 .temp_c = 48 } };
	uint8_t buf[WIRE_MAX];

	publish(p, buf, wire_beat_encode(buf, &b));
}

static void power_goes(struct point *p, mono_t now)
{
	struct wire_news n = { .head = { .boot = p->boot,
					 .seq = ++p->seq,
					 .t_ms = since_boot(now),
					 .wall = clock_wall(),
					 .quality = CLOCK_NTP } };
	uint8_t buf[WIRE_MAX];

	p->power_gone = true;
	n.oldest = p->acked + 1;
	n.verdict = verdict_of(p);
	crowd.told++;
	publish(p, buf, wire_news_encode(buf, &n));
}

static void reset(struct point *p, mono_t now)
{
	const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	(void)now;
	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(p->fd);
	p->stage = STAGE_GONE;
}

/* ---- what it hears ---- */

static void hear_ack(struct point *p, const uint8_t *payload, size_t len)
{
	struct wire_ack a;

	if (wire_ack_decode(&a, payload, len) != WIRE_OK || a.boot != p->boot)
		return;
	crowd.count.acks++;
	if (p->acked < p->seq && a.seq >= p->seq && ++crowd.acked == crowd.told &&
	    crowd.told == crowd.n)
		printf("acked %zu %" PRId64 "\n", crowd.acked, clock_wall().ms);
	if (a.seq > p->acked)
		p->acked = a.seq;
}

static void hear_message(struct point *p, bool retained, const uint8_t *payload, size_t len,
			 mono_t now)
{
	enum wire_kind kind;
	struct wire_ask ask;

	if (wire_kind_of(&kind, payload, len) != WIRE_OK)
		return;
	if (kind == WIRE_ACK)
		hear_ack(p, payload, len);
	if (kind == WIRE_GATE && !retained)
		say_birth(p, now); /* a gateway that came after us */
	if (kind != WIRE_ASK || wire_ask_decode(&ask, payload, len) != WIRE_OK)
		return;
	crowd.count.asks++;
	if (ask.what & ASK_BIRTH)
		say_birth(p, now);
	if (ask.what & (ASK_BEAT | ASK_PROBE))
		say_beat(p, now);
}

/* Topic, packet properties (fewer than 128 bytes of them), payload. */
static void hear_publish(struct point *p, uint8_t first, const uint8_t *body, size_t len,
			 mono_t now)
{
	size_t at = len < 2 ? len : 2 + ((size_t)body[0] << 8 | body[1]);

	if (at >= len || at + 1 + body[at] > len)
		lost(p);
	else
		hear_message(p, first & 1, body + at + 1 + body[at], len - at - 1 - body[at], now);
}

static void all_up(mono_t now)
{
	printf("up %zu %" PRId64 "\n", crowd.up, mono_since(now, crowd.start));
	crowd.beats_from = now;
}

static void hear_packet(struct point *p, uint8_t first, const uint8_t *body, size_t len, mono_t now)
{
	switch (first & 0xf0) {
	case CONNACK:
		if (len < 2 || body[1] != 0)
			lost(p);
		else
			subscribe(p);
		break;
	case SUBACK:
		p->stage = STAGE_UP;
		crowd.dialling--;
		say_birth(p, now);
		if (++crowd.up == crowd.n)
			all_up(now);
		break;
	case PUBLISH:
		hear_publish(p, first, body, len, now);
		break;
	default:
		lost(p);
		break;
	}
}

/* The length of the first packet held, 0 when it is not all there; *body: where its body begins. */
static size_t whole(const struct point *p, size_t *body)
{
	size_t len = 0, at = 1;

	for (unsigned shift = 0; at < p->in_len && shift < 28; shift += 7) {
		const uint8_t b = p->in[at++];

		len |= (size_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			*body = at;
			return at + len <= p->in_len ? at + len : 0;
		}
	}
	return 0;
}

static void hear(struct point *p, mono_t now)
{
	const ssize_t n = recv(p->fd, p->in + p->in_len, IN_MAX - p->in_len, 0);
	size_t len, body;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			lost(p);
		return;
	}
	p->in_len += (size_t)n;
	while (p->stage != STAGE_GONE && (len = whole(p, &body)) > 0) {
		hear_packet(p, p->in[0], p->in + body, len - body, now);
		p->in_len -= len;
		memmove(p->in, p->in + len, p->in_len);
	}
	if (p->stage != STAGE_GONE && p->in_len == IN_MAX)
		lost(p);
}

/* ---- coming ---- */

static void dial(struct point *p)
{
	const int on = 1;
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = p };

	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0) {
		perror("socket");
		exit(1);
	}
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	p->stage = STAGE_DIALLING;
	crowd.dialling++;
	if (connect(p->fd, (struct sockaddr *)&crowd.broker, sizeof crowd.broker) < 0 &&
	    errno != EINPROGRESS)
		lost(p);
	else
		epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, p->fd, &e);
}

static void connected(struct point *p)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = p };
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err != 0) {
		lost(p);
		return;
	}
	epoll_ctl(crowd.epoll, EPOLL_CTL_MOD, p->fd, &e);
	say_hello(p);
}

/* ---- words ---- */

static void begin_wave(const char *name, void (*act)(struct point *, mono_t), int64_t span_ms,
		       mono_t now)
{
	crowd.wave = (struct wave){
		.name = name, .act = act, .begun = now, .from = clock_wall(), .span_ms = span_ms
	};
}

static void count(void)
{
	printf("count births %" PRIu64 " asks %" PRIu64 " acks %" PRIu64 " lost %" PRIu64
	       " beats %" PRIu64 "\n",
	       crowd.count.births, crowd.count.asks, crowd.count.acks, crowd.count.lost,
	       crowd.beats);
}

static void obey(const char *line, mono_t now)
{
	long long ms;

	if (sscanf(line, "power %lld", &ms) == 1)
		begin_wave("power", power_goes, ms, now);
	else if (sscanf(line, "reset %lld", &ms) == 1)
		begin_wave("reset", reset, ms, now);
	else
		count();
}

/* False when there is nothing more to come. */
static bool read_words(mono_t now)
{
	static char text[256];
	static size_t held;
	const ssize_t n = read(STDIN_FILENO, text + held, sizeof text - 1 - held);
	char *end;

	if (n <= 0)
		return false;
	held += (size_t)n;
	text[held] = '\0';
	while ((end = strchr(text, '\n'))) {
		*end = '\0';
		obey(text, now);
		held -= (size_t)(end + 1 - text);
		memmove(text, end + 1, held + 1);
	}
	return true;
}

/* ---- time ---- */

/* How many of n are due by now when they are spread evenly over span. */
static uint64_t due_by(mono_t now, mono_t from, int64_t span_ms, size_t n)
{
	const uint64_t gone = (uint64_t)mono_since(now, from);

	return span_ms <= 0 ? n : gone * n / (uint64_t)span_ms;
}

static void beat(mono_t now)
{
	const uint64_t due = due_by(now, crowd.beats_from, crowd.beat_ms, crowd.n);

	for (; crowd.beats < due; crowd.beats++) {
		struct point *p = &crowd.point[crowd.order[crowd.beats % crowd.n]];

		if (p->stage == STAGE_UP)
			say_beat(p, now);
	}
}

static void roll(struct wave *w, mono_t now)
{
	const uint64_t due = due_by(now, w->begun, w->span_ms, crowd.n);

	for (; w->done < due && w->done < crowd.n; w->done++) {
		struct point *p = &crowd.point[crowd.order[w->done]];

		if (p->stage == STAGE_UP)
			w->act(p, now);
	}
	if (w->done < crowd.n)
		return;
	printf("%s %zu %" PRId64 " %" PRId64 "\n", w->name, w->done, w->from.ms, clock_wall().ms);
	w->name = NULL;
}

static void pass(mono_t now)
{
	while (crowd.dialled < crowd.n && crowd.dialling < DIALLING)
		dial(&crowd.point[crowd.dialled++]);
	if (crowd.up == crowd.n)
		beat(now);
	if (crowd.wave.name)
		roll(&crowd.wave, now);
}

static int run(void)
{
	struct epoll_event events[EVENTS], words = { .events = EPOLLIN };

	epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &words);
	for (;;) {
		const int n = epoll_wait(crowd.epoll, events, EVENTS, crowd.wave.name ? 1 : 5);
		const mono_t now = clock_mono();

		for (int i = 0; i < n; i++) {
			struct point *p = events[i].data.ptr;

			if (!p && !read_words(now))
				return 0;
			if (p && p->stage == STAGE_DIALLING)
				connected(p);
			else if (p && p->stage != STAGE_GONE)
				hear(p, now);
		}
		pass(now);
	}
}

/* ---- beginning ---- */

static bool read_codes(const char *path)
{
	FILE *f = fopen(path, "re");
	char code[POINT_CODE_TEXT];
	size_t size = 0;

	while (f && fscanf(f, "%24s", code) == 1) {
		if (crowd.n == size) {
			size = size ? 2 * size : 1024;
			crowd.point = realloc(crowd.point, size * sizeof *crowd.point);
			if (!crowd.point)
				return false;
		}
		crowd.point[crowd.n] =
			(struct point){ .fd = -1, .boot = (uint64_t)rand() << 20 | (crowd.n + 1) };
		memcpy(crowd.point[crowd.n++].code, code, sizeof code);
	}
	if (f)
		fclose(f);
	return crowd.n > 0;
}

/* Neighbours in the roster are not neighbours in time. */
static bool shuffle(void)
{
	crowd.order = calloc(crowd.n, sizeof *crowd.order);
	if (!crowd.order)
		return false;
	for (size_t i = 0; i < crowd.n; i++) {
		const size_t j = (size_t)rand() % (i + 1);

		crowd.order[i] = crowd.order[j];
		crowd.order[j] = i;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct rlimit files;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &crowd.broker.sin_addr) != 1) {
		fprintf(stderr, "usage: crowd ADDRESS PORT CODES BEAT_S\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	crowd.broker.sin_family = AF_INET;
	crowd.broker.sin_port = htons((uint16_t)atoi(argv[2]));
	crowd.beat_ms = atoll(argv[4]) * 1000;
	if (!read_codes(argv[3]) || !shuffle() || crowd.beat_ms <= 0) {
		fprintf(stderr, "crowd: no points in %s, or no pace\n", argv[3]);
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
	crowd.start = clock_mono();
	return crowd.epoll < 0 ? 1 : run();
}
