/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: the door at which last gasps arrive. */
#include "gateway/gasp.h"

#include "mesh/conf.h"
#include "mesh/log.h"
#include "mesh/seal.h"
#include "mesh/topic.h"
#include "mesh/udp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BURST = 64 }; /* datagrams of one wake-up; then the loop gets its turn */

/* What one line of the file makes. */
struct holder {
	char code[POINT_CODE_TEXT];
	struct seal seal;
};

struct gasp_door {
	struct udp *udp;
	struct loop_watch *watch;
	const char *psk_file;
	struct stat seen; /* of the file when it was read */
	bool complained;  /* that it cannot be read */
	struct holder *holder;
	size_t n, size;
	gasp_fn *fn;
	void *self;
	uint64_t count[GASP_REFUSALS];
};

/* ---- the keys ---- */

static void forget(struct gasp_door *d)
{
	if (d->holder)
		explicit_bzero(d->holder, d->size * sizeof *d->holder);
	free(d->holder);
	d->holder = NULL;
	d->n = d->size = 0;
}

/* "identity:key"; what is none, and the gateway's own, is passed over. */
static void take_line(struct gasp_door *d, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	const size_t code = colon ? (size_t)(colon - line) : POINT_CODE_TEXT;
	struct holder *h = &d->holder[d->n];
	uint8_t key[KEY_MAX];
	size_t key_len;

	if (d->n == d->size || code >= sizeof h->code)
		return;
	memcpy(h->code, line, code);
	h->code[code] = '\0';
	if (!point_code_ok(h->code) || !key_parse(key, &key_len, colon + 1, len - code - 1))
		return;
	seal_init(&h->seal, key, key_len);
	explicit_bzero(key, sizeof key);
	d->n++;
}

static void take_lines(struct gasp_door *d, const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	d->holder = calloc(lines, sizeof *d->holder);
	d->size = d->holder ? lines : 0;
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		const size_t n = end ? (size_t)(end - text) : len;

		take_line(d, text, n);
		text += end ? n + 1 : n;
		len -= end ? n + 1 : n;
	}
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* enrol replaces the file, so one look at its number tells. */
static void look_at_keys(struct gasp_door *d)
{
	struct stat is = { 0 };
	char why[CONF_WHY], *text;
	size_t len;

	if (stat(d->psk_file, &is) == 0 && same(&is, &d->seen))
		return;
	d->seen = is;
	forget(d);
	text = conf_slurp(d->psk_file, &len, why);
	if (!text) {
		if (!d->complained)
			log_err("last gasps cannot be opened: %s", why);
		d->complained = true;
		return;
	}
	d->complained = false;
	take_lines(d, text, len);
	explicit_bzero(text, len);
	free(text);
}

/* ---- what arrives ---- */

/* Every key that has the name is tried. */
static unsigned open_seal(struct gasp_door *d, const uint8_t *buf, struct gasp *g,
			  const char **code)
{
	unsigned no = GASP_UNKNOWN_POINT;
	uint8_t body[GASP_BODY];

	for (size_t i = 0; i < d->n; i++) {
		if (memcmp(d->holder[i].seal.name, g->name, sizeof g->name) != 0)
			continue;
		if (!seal_open(body, buf, &d->holder[i].seal)) {
			no = GASP_BAD_SEAL;
			continue;
		}
		*code = d->holder[i].code;
		return gasp_body_decode(g, body);
	}
	return no;
}

static unsigned hear(struct gasp_door *d, const uint8_t *buf, size_t len, mono_t now)
{
	const char *code = "";
	struct gasp g;
	unsigned no = gasp_head_decode(&g, buf, len);

	if (no == WIRE_OK) {
		look_at_keys(d);
		no = open_seal(d, buf, &g, &code);
	}
	return no == WIRE_OK ? d->fn(d->self, code, &g, now) : no;
}

static void on_datagram(void *self, mono_t now)
{
	struct gasp_door *d = self;
	uint8_t buf[GASP_MAX + 1];

	for (unsigned i = 0; i < BURST; i++) {
		int64_t len = udp_next(d->udp, buf, sizeof buf);
		unsigned no;

		if (len < 0)
			return;
		no = hear(d, buf, len > (int64_t)sizeof buf ? sizeof buf : (size_t)len, now);
		d->count[no]++;
	}
}

/* ---- making one ---- */

struct gasp_door *gasp_door_open(struct loop *l, const char *listen, const char *psk_file,
				 gasp_fn *fn, void *self, char why[static GASP_WHY])
{
	struct gasp_door *d = calloc(1, sizeof *d);

	if (d) {
		d->psk_file = psk_file;
		d->fn = fn;
		d->self = self;
		d->udp = udp_at(listen);
	}
	if (d && d->udp)
		d->watch = loop_watch_new(l, udp_fd(d->udp), LOOP_READ, on_datagram, d);
	if (d && d->watch) {
		look_at_keys(d);
		return d;
	}
	snprintf(why, GASP_WHY, "gasp_listen %.80s: %s", listen, strerror(errno));
	gasp_door_close(d);
	return NULL;
}

void gasp_door_close(struct gasp_door *d)
{
	if (!d)
		return;
	loop_watch_free(d->watch);
	udp_free(d->udp);
	forget(d);
	free(d);
}

uint64_t gasp_door_count(const struct gasp_door *d, unsigned reason)
{
	return reason < GASP_REFUSALS ? d->count[reason] : 0;
}
