/* SPDX-License-Identifier: Apache-2.0 */
/* notify_set: who is told, and over which ways, as the settings say. */
#include "gateway/notify_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SERVICES = 4,           /* that people's ways go over */
	SMS_MS = 2 * 60 * 1000, /* a modem sends one after the other, to everybody */
};

static struct route *add_route(struct notify *n, const struct channel *c, const char *name,
			       const void *config, bool outside)
{
	struct route *r = &n->routes[n->n_routes];

	*r = (struct route){ .channel = c, .config = config, .outside = outside };
	snprintf(r->name, sizeof r->name, "%s", name);
	c->target(r->target, config);
	n->names[n->n_routes++] = r->name;
	return r;
}

static struct party *add_party(struct notify *n)
{
	struct party *p = &n->parties[n->n_parties];

	p->notify = n;
	p->who = &n->options->roster->receivers[n->n_parties++];
	return p;
}

static void add_way(struct party *p, struct route *r, const char *to)
{
	p->way[p->n_ways].route = r;
	p->way[p->n_ways++].to = to;
}

/* A machine has one way, which is its own. */
static void add_machine(struct notify *n, const struct channel *c, const void *config,
			const char *url)
{
	struct party *p = add_party(n);

	add_way(p, add_route(n, c, p->who->id, config, url && !channel_is_near(url)), p->who->id);
}

/* What people's ways go over, if it is set up. */
static void add_services(struct notify *n, const struct notify_options *o)
{
	n->zalo = (struct zalo_service){ o->zalo_url, o->zalo_token };
	n->ntfy = (struct ntfy_service){ o->ntfy_url, o->ntfy_token };
	n->sms = (struct sms_service){ o->sms_outbox, o->sms_sent, o->sms_error, SMS_MS };
	if (o->zalo_url && o->zalo_url[0])
		add_route(n, &channel_zalo, "zalo", &n->zalo, !channel_is_near(o->zalo_url));
	if (o->sms_outbox && o->sms_outbox[0])
		add_route(n, &channel_sms, "sms", &n->sms, false);
	if (o->mail.server && o->mail.server[0])
		/* A mail server of our own only keeps what it cannot send on. */
		add_route(n, &channel_mail, "mail", &o->mail, true);
	if (o->ntfy_url && o->ntfy_url[0])
		add_route(n, &channel_ntfy, "ntfy", &n->ntfy, !channel_is_near(o->ntfy_url));
}

static struct route *service(struct notify *n, const char *name)
{
	for (size_t i = n->n_routes; i-- > 0;)
		if (strcmp(n->routes[i].name, name) == 0)
			return &n->routes[i];
	return NULL;
}

/* False when a way goes over what is not set up. */
static bool add_person(struct notify *n, const struct person_ways *w)
{
	struct party *p = add_party(n);

	for (size_t i = 0; i < w->n_ways && i < PERSON_WAYS; i++) {
		struct route *r = service(n, w->ways[i].via);

		if (!r)
			return false;
		add_way(p, r, w->ways[i].to);
	}
	return p->n_ways > 0;
}

bool notify_set_up(struct notify *n, const struct notify_options *o)
{
	const size_t machines = o->n_hooks + o->n_mails + o->n_execs;
	bool ok = true;

	assert(o->roster->n_receivers == machines + o->n_people);
	n->routes = calloc(machines + SERVICES, sizeof *n->routes);
	n->names = calloc(machines + SERVICES, sizeof *n->names);
	n->parties = calloc(machines + o->n_people + 1, sizeof *n->parties);
	errno = ENOMEM;
	if (!n->routes || !n->names || !n->parties)
		return false;
	for (size_t i = 0; i < o->n_hooks; i++)
		add_machine(n, &channel_hook, &o->hooks[i], o->hooks[i].url);
	for (size_t i = 0; i < o->n_mails; i++)
		add_machine(n, &channel_mail, &o->mails[i], o->mails[i].server);
	for (size_t i = 0; i < o->n_execs; i++)
		add_machine(n, &channel_exec, &o->execs[i], NULL);
	add_services(n, o);
	for (size_t i = 0; ok && i < o->n_people; i++)
		ok = add_person(n, &o->people[i]);
	errno = EINVAL;
	return ok;
}
