/* SPDX-License-Identifier: Apache-2.0 */
/* settings_check: what gateway_table cannot say of gateway.jsonc: codes, addresses, hashes; part of
 * settings. */
#include "gateway/settings_check.h"
#include "mesh/topic.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_TEXT = 96, KEY_TEXT = 40 };

/* Where a check stands, and where it writes what is wrong. */
struct check {
	const struct conf *conf;
	char *why; /* CONF_WHY bytes */
};

/* Says what is wrong with key of item i of list (whole path when list is NULL). Returns false. */
static bool blame(const struct check *c, const char *list, size_t i, const char *key,
		  const char *what)
{
	char path[PATH_TEXT];

	if (list)
		snprintf(path, sizeof path, "%s[%zu]%s%s", list, i, key ? "." : "", key ? key : "");
	else
		snprintf(path, sizeof path, "%s", key);
	conf_blame(c->conf, path, what, c->why);
	return false;
}

/* "host:port" or "[v6]:port", port from least on. */
static bool endpoint_ok(const char *s, long least)
{
	const char *colon = strrchr(s, ':');
	size_t host;
	char *end;
	long port;

	if (!colon || colon == s || colon[1] < '0' || colon[1] > '9')
		return false;
	host = (size_t)(colon - s);
	if (s[0] == '[' ? colon[-1] != ']' || strspn(s + 1, "0123456789abcdefABCDEF:.") + 2 != host
			: strcspn(s, ": /[]@\t") != host)
		return false;
	port = strtol(colon + 1, &end, 10);
	return *end == '\0' && port >= least && port <= 65535;
}

static bool address_ok(const char *s)
{
	struct in_addr a;

	return inet_pton(AF_INET, s, &a) == 1;
}

/* An endpoint that is not to be looked up: nodes have no time for it. */
static bool literal_ok(const char *s)
{
	char host[INET6_ADDRSTRLEN + 1];
	struct in6_addr a;
	size_t len;

	if (!endpoint_ok(s, 1))
		return false;
	len = (size_t)(strrchr(s, ':') - s) - (s[0] == '[' ? 2 : 0);
	if (len >= sizeof host)
		return false;
	memcpy(host, s + (s[0] == '['), len);
	host[len] = '\0';
	return inet_pton(s[0] == '[' ? AF_INET6 : AF_INET, host, &a) == 1;
}

static bool gasps_ok(const struct check *c, const struct gateway_settings *s)
{
	if (s->gasp_listen[0] && !literal_ok(s->gasp_listen))
		return blame(c, NULL, 0, "gasp_listen",
			     "not address:port; write one such as 0.0.0.0:8885");
	if (s->gasp_address[0] && !literal_ok(s->gasp_address))
		return blame(c, NULL, 0, "gasp_address",
			     "not address:port; nodes look up no names for it, write one such as "
			     "10.9.0.1:8885");
	if (s->gasp_address[0] && !s->gasp_listen[0])
		return blame(c, NULL, 0, "gasp_address",
			     "nobody listens there; set \"gasp_listen\" too");
	return true;
}

/* No blanks, controls or brackets: nothing that could begin another header. */
static bool mail_ok(const char *s)
{
	const char *at = strchr(s, '@');

	for (const char *p = s; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("<>,;:\"\\()", *p))
			return false;
	return at && at != s && at[1] != '\0' && !strchr(at + 1, '@');
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* One of a list of items that must all have another name. */
struct named {
	const char *name;
	size_t i;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	const int d = strcmp(x->name, y->name);

	return d ? d : (x->i > y->i) - (x->i < y->i);
}

/* Sorts all; SIZE_MAX, or the index of an item whose name an earlier one has. */
static size_t twice(struct named *all, size_t n)
{
	size_t first = SIZE_MAX;

	if (n)
		qsort(all, n, sizeof *all, by_name);
	for (size_t k = 1; k < n; k++)
		if (strcmp(all[k - 1].name, all[k].name) == 0 && all[k].i < first)
			first = all[k].i;
	return first;
}

static bool among(const struct named *all, size_t n, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const int d = strcmp(all[mid].name, name);

		if (d == 0)
			return true;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool point_ok(const struct check *c, const struct roster_point *p, size_t i)
{
	char key[KEY_TEXT];

	if (!point_code_ok(p->code))
		return blame(c, "points", i, "code",
			     "not a point code; 1 to 24 letters, digits or -, and not \"gateway\"");
	if (strspn(p->phone, "0123456789+ .-") != strlen(p->phone))
		return blame(c, "points", i, "phone",
			     "not a telephone number; digits, +, -, . and blanks");
	for (size_t k = 0; k < p->n_cameras; k++) {
		snprintf(key, sizeof key, "cameras[%zu].address", k);
		if (p->cameras[k].address[0] && !address_ok(p->cameras[k].address))
			return blame(c, "points", i, key,
				     "not an IPv4 address; write one such as 192.168.1.20");
		snprintf(key, sizeof key, "cameras[%zu].name", k);
		for (size_t j = 0; j < k; j++)
			if (strcmp(p->cameras[j].name, p->cameras[k].name) == 0)
				return blame(c, "points", i, key,
					     "another camera of this point has this name; give it "
					     "its own");
	}
	return true;
}

/* ---- people ---- */

static bool is_machine_id(const char *id)
{
	static const char *const kinds[] = { "hook", "mail", "exec" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (begins(id, kinds[i]) && id[4] && strspn(id + 4, "0123456789") == strlen(id + 4))
			return true;
	return false;
}

static bool is_cause(const char *name)
{
	for (unsigned k = CAUSE_NONE + 1; k < CAUSES; k++)
		if (strcmp(cause_str((enum cause)k), name) == 0)
			return true;
	return false;
}

static bool number_ok(const char *s)
{
	const size_t digits = strspn(s + (*s == '+'), "0123456789");

	return digits >= 3 && digits <= 15 && s[(*s == '+') + digits] == '\0';
}

/* What a way's address must look like; NULL when it does. */
static const char *not_an_address(const struct person_way *w)
{
	static const char topic[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

	if (strcmp(w->via, "sms") == 0)
		return number_ok(w->to) ? NULL : "not a number; digits only, such as 0900000101";
	if (strcmp(w->via, "mail") == 0)
		return mail_ok(w->to) ? NULL : "not a mail address; write one such as a@b.vn";
	if (strspn(w->to, topic) != strlen(w->to))
		return strcmp(w->via, "ntfy") == 0
			       ? "not a topic; letters, digits, _ and - only"
			       : "not a chat; write the chat_id as the bot was told it";
	return NULL;
}

/* What is missing for a way; NULL when it can be used. */
static const char *not_set_up(const struct gateway_settings *s, const struct person_way *w)
{
	if (strcmp(w->via, "zalo") == 0 && s->zalo.token_file[0] == '\0')
		return "Zalo is not set up; set \"token_file\" in \"zalo\"";
	if (strcmp(w->via, "sms") == 0 && s->sms.outbox[0] == '\0')
		return "SMS is not set up; set \"outbox\" in \"sms\", such as "
		       "/var/spool/gammu/outbox";
	if (strcmp(w->via, "mail") == 0 && s->mail.server[0] == '\0')
		return "people's mail is not set up; set \"server\" and \"from\" in \"mail\"";
	return NULL;
}

static bool ways_ok(const struct check *c, const struct gateway_settings *s, size_t i)
{
	const struct gateway_person *p = &s->people[i];
	char key[KEY_TEXT];

	for (size_t k = 0; k < p->n_ways; k++) {
		const char *what = not_set_up(s, &p->ways[k]);

		snprintf(key, sizeof key, "ways[%zu].via", k);
		if (what)
			return blame(c, "people", i, key, what);
		what = not_an_address(&p->ways[k]);
		snprintf(key, sizeof key, "ways[%zu].to", k);
		if (what)
			return blame(c, "people", i, key, what);
	}
	return true;
}

static bool concerns_ok(const struct check *c, const struct gateway_settings *s, size_t i)
{
	const struct gateway_person *p = &s->people[i];
	char key[KEY_TEXT];

	for (size_t k = 0, j; k < p->n_hamlets; k++) {
		for (j = 0; j < s->roster.n_hamlets; j++)
			if (strcmp(s->roster.hamlets[j].code, p->hamlets[k]) == 0)
				break;
		snprintf(key, sizeof key, "hamlets[%zu]", k);
		if (j == s->roster.n_hamlets)
			return blame(c, "people", i, key,
				     "no hamlet has this code; add it under \"hamlets\"");
	}
	for (size_t k = 0; k < p->n_causes; k++) {
		snprintf(key, sizeof key, "causes[%zu]", k);
		if (!is_cause(p->causes[k]))
			return blame(c, "people", i, key,
				     "no such cause; write power, router, provider, gateway, line, "
				     "camera, device, open, link, names, portal or mtu");
	}
	return true;
}

static bool person_ok(const struct check *c, const struct gateway_settings *s, size_t i)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const struct gateway_person *p = &s->people[i];
	int from, until;

	if (strspn(p->id, letters) != strlen(p->id))
		return blame(c, "people", i, "id", "not an id; a to z, digits and - only");
	if (is_machine_id(p->id))
		return blame(c, "people", i, "id",
			     "a web hook, mail or program may have this id; choose another");
	for (size_t j = 0; j < i; j++)
		if (strcmp(s->people[j].id, p->id) == 0)
			return blame(c, "people", i, "id",
				     "another person has this id; give each their own");
	if (p->quiet[0] && !gateway_settings_quiet(p->quiet, &from, &until))
		return blame(c, "people", i, "quiet",
			     "not hours of a day; write two that differ, such as 22:00-06:00");
	return concerns_ok(c, s, i) && ways_ok(c, s, i);
}

/* "" or a whole path. */
static bool path_ok(const char *s)
{
	return s[0] == '\0' || s[0] == '/';
}

static bool services_ok(const struct check *c, const struct gateway_settings *s)
{
	const struct {
		const char *key, *path;
	} folder[] = {
		{ "sms.outbox", s->sms.outbox }, { "sms.inbox", s->sms.inbox },
		{ "sms.sent", s->sms.sent },     { "sms.error", s->sms.error },
		{ "mains_file", s->mains_file },
	};
	const struct {
		const char *key, *url;
	} url[] = {
		{ "zalo.url", s->zalo.url },
		{ "ntfy.url", s->ntfy.url },
		{ "heartbeat_url", s->heartbeat_url },
	};

	for (size_t i = 0; i < sizeof folder / sizeof folder[0]; i++)
		if (!path_ok(folder[i].path))
			return blame(c, NULL, 0, folder[i].key, "the full path belongs here");
	for (size_t i = 0; i < sizeof url / sizeof url[0]; i++)
		if (url[i].url[0] && !begins(url[i].url, "http://") &&
		    !begins(url[i].url, "https://"))
			return blame(c, NULL, 0, url[i].key, "must begin with http:// or https://");
	if (s->sms.reserve > s->sms.per_day)
		return blame(c, NULL, 0, "sms.reserve",
			     "more than there are in a day; make it less than \"per_day\"");
	if (s->mail.server[0] && !begins(s->mail.server, "smtp://") &&
	    !begins(s->mail.server, "smtps://"))
		return blame(c, NULL, 0, "mail.server", "must begin with smtp:// or smtps://");
	if (s->mail.server[0] && !mail_ok(s->mail.from))
		return blame(c, NULL, 0, s->mail.from[0] ? "mail.from" : "mail",
			     "\"from\" is not a mail address; write one such as a@b.vn");
	return true;
}

static bool references_ok(const struct check *c, const struct gateway_settings *s)
{
	if (s->n_references == 1)
		return blame(c, "references", 0, NULL,
			     "one alone may be down itself; name two to four, or none");
	for (size_t i = 0; i < s->n_references; i++) {
		if (!address_ok(s->references[i]))
			return blame(c, "references", i, NULL,
				     "not an IPv4 address; write one such as 203.0.113.1");
		for (size_t j = 0; j < i; j++)
			if (strcmp(s->references[i], s->references[j]) == 0)
				return blame(c, "references", i, NULL,
					     "this address is there already; name another");
	}
	return true;
}

static bool people_ok(const struct check *c, const struct gateway_settings *s)
{
	for (size_t i = 0; i < s->n_people; i++)
		if (!person_ok(c, s, i))
			return false;
	return services_ok(c, s) && references_ok(c, s);
}

/* ---- points and routes ---- */

static bool roster_ok(const struct check *c, const struct roster *r)
{
	struct named *hamlets = calloc(r->n_hamlets + 1, sizeof *hamlets);
	struct named *points = calloc(r->n_points + 1, sizeof *points);
	bool ok = false;
	size_t i;

	if (!hamlets || !points) {
		blame(c, NULL, 0, "points", "out of memory");
		goto out;
	}
	for (i = 0; i < r->n_hamlets; i++)
		hamlets[i] = (struct named){ r->hamlets[i].code, i };
	for (i = 0; i < r->n_points; i++)
		points[i] = (struct named){ r->points[i].code, i };

	i = twice(hamlets, r->n_hamlets);
	if (i != SIZE_MAX) {
		blame(c, "hamlets", i, "code", "another hamlet has this code; give it its own");
		goto out;
	}
	for (i = 0; i < r->n_points; i++) {
		if (!point_ok(c, &r->points[i], i))
			goto out;
		if (!among(hamlets, r->n_hamlets, r->points[i].hamlet)) {
			blame(c, "points", i, "hamlet",
			      "no hamlet has this code; add it under \"hamlets\"");
			goto out;
		}
	}
	i = twice(points, r->n_points);
	if (i != SIZE_MAX) {
		blame(c, "points", i, "code", "another point has this code; give it its own");
		goto out;
	}
	for (i = 0; i < r->n_points; i++) {
		const char *relay = r->points[i].relay;

		if (relay[0] == '\0')
			continue;
		if (strcmp(relay, r->points[i].code) == 0 || !among(points, r->n_points, relay)) {
			blame(c, "points", i, "relay",
			      "no other point has this code; name one that is in \"points\"");
			goto out;
		}
	}
	ok = true;
out:
	free(hamlets);
	free(points);
	return ok;
}

static bool users_ok(const struct check *c, const struct gateway_settings *s)
{
	for (size_t i = 0; i < s->n_users; i++) {
		if (!begins(s->users[i].password, "$argon2id$"))
			return blame(c, "users", i, "password",
				     "not an argon2id hash; make one with: matsang password");
		for (size_t j = 0; j < i; j++)
			if (strcmp(s->users[j].name, s->users[i].name) == 0)
				return blame(c, "users", i, "name",
					     "another user has this name; give it its own");
	}
	return true;
}

static bool routes_ok(const struct check *c, const struct gateway_settings *s)
{
	char key[KEY_TEXT];

	for (size_t i = 0; i < s->n_hooks; i++)
		if (!begins(s->hooks[i].url, "http://") && !begins(s->hooks[i].url, "https://"))
			return blame(c, "hooks", i, "url", "must begin with http:// or https://");
	for (size_t i = 0; i < s->n_mails; i++) {
		const struct gateway_mail *m = &s->mails[i];

		if (!begins(m->server, "smtp://") && !begins(m->server, "smtps://"))
			return blame(c, "mails", i, "server",
				     "must begin with smtp:// or smtps://");
		if (!mail_ok(m->from))
			return blame(c, "mails", i, "from",
				     "not a mail address; write one such as a@b.vn");
		for (size_t k = 0; k < m->n_to; k++) {
			snprintf(key, sizeof key, "to[%zu]", k);
			if (!mail_ok(m->to[k]))
				return blame(c, "mails", i, key,
					     "not a mail address; write one such as a@b.vn");
		}
	}
	for (size_t i = 0; i < s->n_execs; i++)
		if (s->execs[i].command[0][0] != '/')
			return blame(c, "execs", i, "command[0]",
				     "the program's full path belongs here");
	if (s->n_broker_reload > 0 && s->broker_reload[0][0] == '\0')
		return blame(c, "broker_reload", 0, NULL, "a program's name belongs here");
	return true;
}

bool settings_check(const struct gateway_settings *s, char why[static CONF_WHY])
{
	const struct check check = { s->conf, why }, *const c = &check;

	for (size_t i = 0; i < s->n_brokers; i++)
		if (!endpoint_ok(s->brokers[i], 1))
			return blame(c, "brokers", i, NULL,
				     "not host:port; write one such as 127.0.0.1:8883");
	if (s->broker_address[0] && !endpoint_ok(s->broker_address, 1))
		return blame(c, NULL, 0, "broker_address",
			     "not host:port; write one such as 10.9.0.1:8883");
	if (!endpoint_ok(s->page.listen, 0))
		return blame(c, NULL, 0, "page.listen",
			     "not host:port; write one such as 127.0.0.1:8080");
	if (!begins(s->page.url, "http://") && !begins(s->page.url, "https://"))
		return blame(c, NULL, 0, "page.url", "must begin with http:// or https://");
	return gasps_ok(c, s) && roster_ok(c, &s->roster) && users_ok(c, s) && routes_ok(c, s) &&
	       people_ok(c, s);
}
