/* SPDX-License-Identifier: Apache-2.0 */
/* keys: has the broker read its keys again, and throw off who got in by an old one. */
#include "gateway/keys.h"

#include "mesh/child.h"
#include "mesh/log.h"
#include "mesh/topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MAX = 64 };

struct keys {
	struct loop *loop;
	const struct gateway_settings *settings;
	struct mqtt *mqtt;
	char wait[WAIT_MAX][POINT_CODE_TEXT]; /* points to be thrown off, oldest first */
	size_t n;
};

struct keys *keys_new(struct loop *l, const struct gateway_settings *s)
{
	struct keys *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	k->loop = l;
	k->settings = s;
	return k;
}

void keys_free(struct keys *k)
{
	free(k);
}

void keys_by(struct keys *k, struct mqtt *m)
{
	k->mqtt = m;
}

static void on_reloaded(void *self, int status)
{
	(void)self;
	if (status != 0)
		log_err("broker: reload failed (status %d); new keys count after `broker_reload` "
			"works",
			status);
}

void keys_reread(struct keys *k)
{
	const struct gateway_settings *s = k->settings;
	pid_t pid;
	int e;

	if (s->n_broker_reload == 0)
		return;
	e = child_start(&pid, s->broker_reload, s->n_broker_reload, -1, -1);
	if (e == 0)
		e = loop_child(k->loop, pid, on_reloaded, NULL);
	if (e < 0)
		log_err("broker: cannot run %s: %s", s->broker_reload[0], strerror(-e));
}

void keys_linked(struct keys *k)
{
	size_t given = 0;

	while (k->mqtt && given < k->n &&
	       mqtt_send(k->mqtt, TOPIC_THROW_OFF, (const uint8_t *)k->wait[given],
			 strlen(k->wait[given]), false) == 0)
		given++;
	k->n -= given;
	memmove(k->wait[0], k->wait[given], k->n * sizeof k->wait[0]);
}

void keys_changed(struct keys *k, const char *point)
{
	keys_reread(k);
	if (k->n == WAIT_MAX) {
		log_err("broker: out of reach; point %s may stay connected until it is restarted",
			k->wait[0]);
		memmove(k->wait[0], k->wait[1], --k->n * sizeof k->wait[0]);
	}
	snprintf(k->wait[k->n++], sizeof k->wait[0], "%s", point);
	keys_linked(k);
}
