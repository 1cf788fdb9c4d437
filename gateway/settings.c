/* SPDX-License-Identifier: Apache-2.0 */
/* settings: gateway.jsonc, the commune's roster included, read once at the start and then constant.
 */
#include "gateway/settings.h"
#include "gateway/settings_check.h"
#include "mesh/topic.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	PATH_TEXT = 64,
	SUN_PATH_MAX = 107,
	CAMERAS_MAX = 8,
	BROKERS_MAX = 4,
	PEOPLE_MAX = 200,
	PERSON_ID_MAX = 24,
	SECRETS_MORE = 3, /* people's mail, Zalo, ntfy */
};
static_assert((int)PERSON_ID_MAX < (int)STORE_RECEIVER, "the outbox knows people by their id");
static_assert((int)BROKERS_MAX == (int)MQTT_ENDPOINTS, "as many brokers as mqtt can dial");

/* ---- the tables; the manual page matsang-gateway.jsonc(5) is held to them by a test ---- */

static const char *const languages[] = { "vi", "en", NULL };
static const char *const services[] = { "zalo", "sms", "mail", "ntfy", NULL };
static const char *const roles[] = { "technician", "hamlet_head", "duty", "leader", NULL };

/* clang-format off */
#define TEXT(struct_, field, least, most) \
	.type = CONF_STRING, .at = offsetof(struct_, field), .min = (least), .max = (most)
#define NUMBER(struct_, field, least, most, default_) \
	.type = CONF_INT, .at = offsetof(struct_, field), .min = (least), .max = (most), .def = (default_)
#define LIST(struct_, field, count, least, most) \
	.type = CONF_LIST, .at = offsetof(struct_, field), .at_count = offsetof(struct_, count), \
	.min = (least), .max = (most)
#define TABLE(keys, struct_) { keys, COUNT(keys), sizeof(struct_) }

static const struct conf_key hamlet_keys[] = {
	{ .key = "code", TEXT(struct roster_hamlet, code, 1, 24), .required = true,
	  .help = "short and unique; points name it" },
	{ .key = "name", TEXT(struct roster_hamlet, name, 1, 80), .required = true,
	  .help = "as people call it" },
};
static const struct conf_table hamlet_table = TABLE(hamlet_keys, struct roster_hamlet);

static const struct conf_key camera_keys[] = {
	{ .key = "name", TEXT(struct roster_camera, name, 1, 60), .required = true,
	  .help = "what it looks at" },
	{ .key = "address", TEXT(struct roster_camera, address, 0, 15),
	  .help = "IPv4 address in the house; goes into the node's file" },
};
static const struct conf_table camera_table = TABLE(camera_keys, struct roster_camera);

static const struct conf_key point_keys[] = {
	{ .key = "code", TEXT(struct roster_point, code, 1, POINT_CODE_MAX), .required = true,
	  .help = "letters, digits and -, unique for ever" },
	{ .key = "hamlet", TEXT(struct roster_point, hamlet, 1, 24), .required = true,
	  .help = "code of one of the hamlets" },
	{ .key = "household", TEXT(struct roster_point, household, 0, 80),
	  .help = "whose house it is at; never leaves the gateway's people" },
	{ .key = "phone", TEXT(struct roster_point, phone, 0, 20),
	  .help = "whom the technician calls" },
	{ .key = "provider", TEXT(struct roster_point, provider, 0, 40),
	  .help = "of the house's internet line; neighbours share it" },
	{ .key = "transformer", TEXT(struct roster_point, transformer, 0, 40),
	  .help = "of the house's power; neighbours share it" },
	{ .key = "relay", TEXT(struct roster_point, relay, 0, POINT_CODE_MAX),
	  .help = "code of the point through which this one reaches us; empty: none" },
	{ .key = "cameras", LIST(struct roster_point, cameras, n_cameras, 1, CAMERAS_MAX),
	  .of = &camera_table, .required = true, .help = "1 to 8 of them" },
};
static const struct conf_table point_table = TABLE(point_keys, struct roster_point);

static const struct conf_key user_keys[] = {
	{ .key = "name", TEXT(struct http_user, name, 1, 40), .required = true,
	  .help = "to sign in with" },
	{ .key = "password", TEXT(struct http_user, password, 1, 128), .required = true,
	  .help = "argon2id hash, as `matsang password` prints it" },
};
static const struct conf_table user_table = TABLE(user_keys, struct http_user);

static const struct conf_key hook_keys[] = {
	{ .key = "url", TEXT(struct hook_route, url, 1, 500), .required = true,
	  .help = "http:// or https://, gets Alertmanager version 4 JSON" },
	{ .key = "secret", TEXT(struct hook_route, secret, 0, 128),
	  .help = "key of the HMAC-SHA256 signature; empty for none" },
};
static const struct conf_table hook_table = TABLE(hook_keys, struct hook_route);

static const struct conf_key mail_keys[] = {
	{ .key = "server", TEXT(struct gateway_mail, server, 1, 200), .required = true,
	  .help = "smtp://host:port or smtps://host:port" },
	{ .key = "from", TEXT(struct gateway_mail, from, 1, 200), .required = true,
	  .help = "the sender's address" },
	{ .key = "to", LIST(struct gateway_mail, to, n_to, 1, 16), .required = true,
	  .help = "the receivers' addresses" },
	{ .key = "user", TEXT(struct gateway_mail, user, 0, 200),
	  .help = "to sign in to the server with; empty for none" },
	{ .key = "password_file", TEXT(struct gateway_mail, password_file, 0, 400),
	  .help = "its first line is the password" },
};
static const struct conf_table mail_table = TABLE(mail_keys, struct gateway_mail);

static const struct conf_key exec_keys[] = {
	{ .key = "command", LIST(struct exec_route, command, n_command, 1, 16), .required = true,
	  .help = "program by full path, then its arguments" },
};
static const struct conf_table exec_table = TABLE(exec_keys, struct exec_route);

static const struct conf_key way_keys[] = {
	{ .key = "via", TEXT(struct person_way, via, 0, 0), .choices = services, .required = true,
	  .help = "what it goes over" },
	{ .key = "to", TEXT(struct person_way, to, 1, 200), .required = true,
	  .help = "chat, number, address or topic" },
};
static const struct conf_table way_table = TABLE(way_keys, struct person_way);

#define P struct gateway_person
static const struct conf_key person_keys[] = {
	{ .key = "id", TEXT(P, id, 1, PERSON_ID_MAX), .required = true,
	  .help = "short and unique: a-z, 0-9 and -" },
	{ .key = "name", TEXT(P, name, 1, NOTICE_NAME - 1), .required = true,
	  .help = "as people call him or her" },
	{ .key = "role", TEXT(P, role, 0, 0), .choices = roles, .required = true,
	  .help = "who is told first, and who when nobody goes" },
	{ .key = "hamlets", LIST(P, hamlets, n_hamlets, 0, 1000),
	  .help = "codes of those that matter; none: all" },
	{ .key = "causes", LIST(P, causes, n_causes, 0, CAUSES),
	  .help = "those that matter; none: all" },
	{ .key = "quiet", TEXT(P, quiet, 0, 11),
	  .help = "hours that are kept quiet, such as 22:00-06:00; empty: none" },
	{ .key = "language", TEXT(P, language, 0, 0), .choices = languages, .def_text = "vi",
	  .help = "of the messages" },
	{ .key = "digests", .type = CONF_BOOL, .at = offsetof(P, digests), .def = true,
	  .help = "gets the digests of evening and morning, and Monday's test" },
	{ .key = "ways", LIST(P, ways, n_ways, 1, PERSON_WAYS), .of = &way_table, .required = true,
	  .help = "how to reach the person, best way first" },
};
#undef P
static const struct conf_table person_table = TABLE(person_keys, struct gateway_person);

#define IN(part, field) \
	(offsetof(struct gateway_settings, part.field) - offsetof(struct gateway_settings, part))
#define PART(part) { part##_keys, COUNT(part##_keys), sizeof(((struct gateway_settings *)0)->part) }
static const struct conf_key zalo_keys[] = {
	{ .key = "url", .type = CONF_STRING, .at = IN(zalo, url), .min = 1, .max = 200,
	  .def_text = "https://bot-api.zaloplatforms.com", .help = "of the Zalo Bot API" },
	{ .key = "token_file", .type = CONF_STRING, .at = IN(zalo, token_file), .max = 400,
	  .help = "its first line is the bot's token" },
};
static const struct conf_table zalo_table = PART(zalo);

static const struct conf_key sms_keys[] = {
	{ .key = "outbox", .type = CONF_STRING, .at = IN(sms, outbox), .max = 400,
	  .help = "gammu-smsd's folder for what is to be sent; empty: no SMS" },
	{ .key = "inbox", .type = CONF_STRING, .at = IN(sms, inbox), .max = 400,
	  .help = "its folder for what came in; empty: answers are not read" },
	{ .key = "sent", .type = CONF_STRING, .at = IN(sms, sent), .max = 400,
	  .help = "its folder for what was sent" },
	{ .key = "error", .type = CONF_STRING, .at = IN(sms, error), .max = 400,
	  .help = "its folder for what could not be sent" },
	{ .key = "per_day", .type = CONF_INT, .at = IN(sms, per_day), .max = 1000, .def = 30,
	  .help = "to one person, at most" },
	{ .key = "reserve", .type = CONF_INT, .at = IN(sms, reserve), .max = 1000, .def = 5,
	  .help = "of these, kept for trouble of the gateway's own" },
};
static const struct conf_table sms_table = PART(sms);

static const struct conf_key ntfy_keys[] = {
	{ .key = "url", .type = CONF_STRING, .at = IN(ntfy, url), .min = 1, .max = 200,
	  .def_text = "https://ntfy.sh", .help = "of the ntfy server" },
	{ .key = "token_file", .type = CONF_STRING, .at = IN(ntfy, token_file), .max = 400,
	  .help = "its first line is the access token; empty for none" },
};
static const struct conf_table ntfy_table = PART(ntfy);

static const struct conf_key people_mail_keys[] = {
	{ .key = "server", .type = CONF_STRING, .at = IN(mail, server), .max = 200,
	  .help = "smtp://host:port or smtps://host:port; empty: no mail" },
	{ .key = "from", .type = CONF_STRING, .at = IN(mail, from), .max = 200,
	  .help = "the sender's address, which answers go to" },
	{ .key = "user", .type = CONF_STRING, .at = IN(mail, user), .max = 200,
	  .help = "to sign in to the server with; empty for none" },
	{ .key = "password_file", .type = CONF_STRING, .at = IN(mail, password_file), .max = 400,
	  .help = "its first line is the password" },
};
static const struct conf_table people_mail_table = { people_mail_keys, COUNT(people_mail_keys),
	sizeof(((struct gateway_settings *)0)->mail) };

#define PAGE(field) (offsetof(struct gateway_settings, page.field) - offsetof(struct gateway_settings, page))
static const struct conf_key page_keys[] = {
	{ .key = "listen", .type = CONF_STRING, .at = PAGE(listen), .min = 1, .max = 200,
	  .def_text = "127.0.0.1:8080", .help = "address and port of the page" },
	{ .key = "url", .type = CONF_STRING, .at = PAGE(url), .min = 1, .max = 200,
	  .def_text = "http://localhost:8080", .help = "how people reach it; goes into messages" },
	{ .key = "metrics_token", .type = CONF_STRING, .at = PAGE(metrics_token), .max = 128,
	  .help = "bearer token for /metrics; empty: only signed in" },
};
static const struct conf_table page_table = { page_keys, COUNT(page_keys),
	sizeof(((struct gateway_settings *)0)->page) };

#define G struct gateway_settings
static const struct conf_key gateway_keys[] = {
	{ .key = "commune", TEXT(G, roster.commune, 1, 80), .required = true,
	  .help = "its name, as the page's heading" },
	{ .key = "language", TEXT(G, language, 0, 0), .choices = languages, .def_text = "vi",
	  .help = "of page and messages" },
	{ .key = "brokers", LIST(G, brokers, n_brokers, 1, BROKERS_MAX), .required = true,
	  .help = "host:port of the MQTT broker; more than one are tried in turn" },
	{ .key = "key_file", TEXT(G, key_file, 1, 400), .def_text = "/etc/matsang/gateway.key",
	  .help = "the gateway's own key, in hexadecimal" },
	{ .key = "state_dir", TEXT(G, state_dir, 1, 400), .def_text = "/var/lib/matsang",
	  .help = "ledger and graphs live here" },
	{ .key = "socket", TEXT(G, socket, 1, SUN_PATH_MAX), .def_text = "/run/matsang/gateway.sock",
	  .help = "where the matsang command finds the gateway" },
	{ .key = "page", .type = CONF_OBJECT, .at = offsetof(G, page), .of = &page_table,
	  .help = "the page for people" },
	{ .key = "grace_s", NUMBER(G, grace_s, 1, 600, 10),
	  .help = "a beat may be this late before its point is suspect" },
	{ .key = "ask_s", NUMBER(G, ask_s, 1, 120, 4),
	  .help = "a suspect point has this long to answer before it is dark" },
	{ .key = "sight_s", NUMBER(G, sight_s, 0, 3600, 330),
	  .help = "seconds more that nodes get to dial again after the gateway could not hear" },
	{ .key = "group_hold_s", NUMBER(G, group_hold_s, 0, 3600, 60),
	  .help = "wait for neighbours before telling anybody" },
	{ .key = "camera_hold_s", NUMBER(G, camera_hold_s, 0, 86400, 180),
	  .help = "a camera must be silent this long before it is told" },
	{ .key = "return_hold_s", NUMBER(G, return_hold_s, 0, 86400, 120),
	  .help = "all must be well this long before the end is told" },
	{ .key = "residue_hold_s", NUMBER(G, residue_hold_s, 0, 86400, 600),
	  .help = "a group is back but for a few: so long those get to follow" },
	{ .key = "again_hold_s", NUMBER(G, again_hold_s, 0, 86400, 600),
	  .help = "a point told of within the last hour must be out this long to be told again" },
	{ .key = "stable_hold_s", NUMBER(G, stable_hold_s, 0, 86400, 1800),
	  .help = "a point that comes and goes must be well this long before its end is told" },
	{ .key = "blind_hold_s", NUMBER(G, blind_hold_s, 0, 86400, 60),
	  .help = "the gateway must be blind this long before that is told" },
	{ .key = "cut_grace_s", NUMBER(G, cut_grace_s, 0, 86400, 1800),
	  .help = "power may come back so long after a published cut's end" },
	{ .key = "group_window_s", NUMBER(G, group_window_s, 0, 3600, 120),
	  .help = "outages that begin this close together may be one incident" },
	{ .key = "step_s", NUMBER(G, step_s, 1, 900, 60),
	  .help = "of the graphs; fixed once they exist" },
	{ .key = "psk_file", TEXT(G, psk_file, 1, 400), .def_text = "/var/lib/matsang/psk",
	  .help = "the broker's file of keys; matsang enrol writes it" },
	{ .key = "broker_reload", LIST(G, broker_reload, n_broker_reload, 0, 16),
	  .help = "command that makes the broker read its keys again; empty: by hand" },
	{ .key = "broker_address", TEXT(G, broker_address, 0, 200),
	  .help = "host:port by which nodes reach the broker; enrolment needs it" },
	{ .key = "gasp_listen", TEXT(G, gasp_listen, 0, 60),
	  .help = "address:port (UDP) where last gasps are taken; empty: none are" },
	{ .key = "gasp_address", TEXT(G, gasp_address, 0, 60),
	  .help = "address:port by which nodes reach it; enrolment writes it" },
	{ .key = "hamlets", LIST(G, roster.hamlets, roster.n_hamlets, 0, 1000), .of = &hamlet_table,
	  .help = "parts of the commune" },
	{ .key = "points", LIST(G, roster.points, roster.n_points, 0, 20000), .of = &point_table,
	  .help = "where the cameras are" },
	{ .key = "users", LIST(G, users, n_users, 0, 200), .of = &user_table,
	  .help = "who may sign in to the page" },
	{ .key = "hooks", LIST(G, hooks, n_hooks, 0, 16), .of = &hook_table,
	  .help = "web hooks that are told of incidents" },
	{ .key = "mails", LIST(G, mails, n_mails, 0, 16), .of = &mail_table,
	  .help = "mail that is sent of incidents" },
	{ .key = "execs", LIST(G, execs, n_execs, 0, 16), .of = &exec_table,
	  .help = "programs that get an incident as JSON on standard input" },
	{ .key = "people", LIST(G, people, n_people, 0, PEOPLE_MAX), .of = &person_table,
	  .help = "who is told, in this order" },
	{ .key = "next_person_s", NUMBER(G, next_person_s, 60, 86400, 300),
	  .help = "nobody took the job for so long: tell the next" },
	{ .key = "leader_s", NUMBER(G, leader_s, 60, 604800, 14400),
	  .help = "nobody took the job for so long: tell the leaders" },
	{ .key = "zalo", .type = CONF_OBJECT, .at = offsetof(G, zalo), .of = &zalo_table,
	  .help = "the commune's Zalo bot" },
	{ .key = "sms", .type = CONF_OBJECT, .at = offsetof(G, sms), .of = &sms_table,
	  .help = "SMS through gammu-smsd and a modem of our own" },
	{ .key = "ntfy", .type = CONF_OBJECT, .at = offsetof(G, ntfy), .of = &ntfy_table,
	  .help = "messages to the ntfy app" },
	{ .key = "mail", .type = CONF_OBJECT, .at = offsetof(G, mail), .of = &people_mail_table,
	  .help = "people's mail" },
	{ .key = "references", LIST(G, references, n_references, 0, 4),
	  .help = "IPv4 addresses outside that show whether our own line works; none or 2 to 4" },
	{ .key = "mains_file", TEXT(G, mains_file, 0, 400),
	  .help = "a file that holds 0 when our own mains are gone; empty: none" },
	{ .key = "heartbeat_url", TEXT(G, heartbeat_url, 0, 500),
	  .help = "fetched each minute, so that somebody outside learns when we died" },
};
const struct conf_table gateway_table = TABLE(gateway_keys, G);
/* clang-format on */

/* ---- reading ---- */

static void machines(struct gateway_settings *s, const char *kind, size_t n, size_t *at)
{
	for (size_t i = 0; i < n; i++, ++*at) {
		snprintf(s->machine[*at], sizeof s->machine[*at], "%s%zu", kind, i);
		s->receivers[*at] = (struct receiver){
			.id = s->machine[*at],
			.name = s->machine[*at],
			.role = ROLE_MACHINE,
			.language = strcmp(s->language, "en") == 0 ? LANGUAGE_EN : LANGUAGE_VI,
		};
	}
}

static uint32_t cause_bits(const struct gateway_person *p)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < p->n_causes; i++)
		for (unsigned c = 0; c < CAUSES; c++)
			if (strcmp(cause_str((enum cause)c), p->causes[i]) == 0)
				bits |= UINT32_C(1) << c;
	return bits;
}

static struct receiver person(const struct gateway_person *p)
{
	struct receiver r = {
		.id = p->id,
		.name = p->name,
		.hamlets = p->hamlets,
		.n_hamlets = p->n_hamlets,
		.causes = cause_bits(p),
		.language = strcmp(p->language, "en") == 0 ? LANGUAGE_EN : LANGUAGE_VI,
		.digests = p->digests,
	};

	for (unsigned k = 0; k < ROLES; k++)
		if (strcmp(role_str((enum role)k), p->role) == 0)
			r.role = (enum role)k;
	gateway_settings_quiet(p->quiet, &r.quiet_from, &r.quiet_until);
	return r;
}

bool gateway_settings_quiet(const char *text, int *from, int *until)
{
	unsigned at[4];
	char again[12];

	if (sscanf(text, "%2u:%2u-%2u:%2u", &at[0], &at[1], &at[2], &at[3]) != 4 || at[0] > 23 ||
	    at[1] > 59 || at[2] > 23 || at[3] > 59)
		return false;
	snprintf(again, sizeof again, "%02u:%02u-%02u:%02u", at[0], at[1], at[2], at[3]);
	if (strcmp(again, text) != 0)
		return false;
	*from = (int)(60 * at[0] + at[1]);
	*until = (int)(60 * at[2] + at[3]);
	return *from != *until;
}

/* Everybody and everything that is told. */
static bool receivers_new(struct gateway_settings *s)
{
	const size_t all = s->n_hooks + s->n_mails + s->n_execs + s->n_people;
	size_t at = 0;

	s->receivers = calloc(all + 1, sizeof *s->receivers);
	s->machine = calloc(all + 1, sizeof *s->machine);
	s->ways = calloc(s->n_people + 1, sizeof *s->ways);
	if (!s->receivers || !s->machine || !s->ways)
		return false;
	machines(s, "hook", s->n_hooks, &at);
	machines(s, "mail", s->n_mails, &at);
	machines(s, "exec", s->n_execs, &at);
	for (size_t i = 0; i < s->n_people; i++) {
		s->receivers[at++] = person(&s->people[i]);
		s->ways[i] = (struct person_ways){ s->people[i].ways, s->people[i].n_ways };
	}
	s->roster.receivers = s->receivers;
	s->roster.n_receivers = at;
	return true;
}

/* What notify wants of mails and services; passwords and tokens still empty. */
static bool routes_new(struct gateway_settings *s)
{
	s->mail_routes = calloc(s->n_mails + 1, sizeof *s->mail_routes);
	s->secrets = calloc(s->n_mails + SECRETS_MORE, sizeof *s->secrets);
	if (!s->mail_routes || !s->secrets)
		return false;
	for (size_t i = 0; i < s->n_mails; i++)
		s->mail_routes[i] = (struct mail_route){ .server = s->mails[i].server,
							 .from = s->mails[i].from,
							 .user = s->mails[i].user,
							 .password = "",
							 .to = s->mails[i].to,
							 .n_to = s->mails[i].n_to };
	s->mail_route = (struct mail_route){
		.server = s->mail.server, .from = s->mail.from, .user = s->mail.user, .password = ""
	};
	s->zalo_token = s->ntfy_token = "";
	return true;
}

struct gateway_settings *gateway_settings_read(const char *name, const char *text, size_t len,
					       char why[static CONF_WHY])
{
	struct gateway_settings *s = calloc(1, sizeof *s);
	struct conf *conf;
	bool ok;

	if (!s) {
		snprintf(why, CONF_WHY, "%s: out of memory", name);
		return NULL;
	}
	if (conf_read(&conf, s, &gateway_table, name, text, len, why) != CONF_OK) {
		free(s);
		return NULL;
	}
	s->conf = conf;
	ok = routes_new(s) && receivers_new(s);
	if (!ok)
		snprintf(why, CONF_WHY, "%s: out of memory", name);
	if (ok && settings_check(s, why))
		return s;
	gateway_settings_free(s);
	return NULL;
}

/* The first line of a file that the settings name; *out stays as it is when they name none. */
static bool secret_load(struct gateway_settings *s, size_t at, const char *file, const char *path,
			const char **out, char why[static CONF_WHY])
{
	char what[CONF_WHY];
	size_t len;

	if (file[0] == '\0')
		return true;
	s->secrets[at] = conf_slurp(file, &len, what);
	if (!s->secrets[at]) {
		conf_blame(s->conf, path, what, why);
		return false;
	}
	s->secrets[at][strcspn(s->secrets[at], "\r\n")] = '\0';
	*out = s->secrets[at];
	return true;
}

static bool secrets_load(struct gateway_settings *s, char why[static CONF_WHY])
{
	const size_t n = s->n_mails;
	char path[PATH_TEXT];

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "mails[%zu].password_file", i);
		if (!secret_load(s, i, s->mails[i].password_file, path, &s->mail_routes[i].password,
				 why))
			return false;
	}
	return secret_load(s, n, s->mail.password_file, "mail.password_file",
			   &s->mail_route.password, why) &&
	       secret_load(s, n + 1, s->zalo.token_file, "zalo.token_file", &s->zalo_token, why) &&
	       secret_load(s, n + 2, s->ntfy.token_file, "ntfy.token_file", &s->ntfy_token, why);
}

struct gateway_settings *gateway_settings_load(const char *path, char why[static CONF_WHY])
{
	struct gateway_settings *s;
	size_t len;
	char *text = conf_slurp(path, &len, why);

	if (!text)
		return NULL;
	s = gateway_settings_read(path, text, len, why);
	free(text);
	if (s && !secrets_load(s, why)) {
		gateway_settings_free(s);
		s = NULL;
	}
	if (s)
		conf_settle(s->conf);
	return s;
}

void gateway_settings_free(struct gateway_settings *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->secrets && i < s->n_mails + SECRETS_MORE; i++)
		free(s->secrets[i]);
	free(s->secrets);
	free(s->ways);
	free(s->mail_routes);
	free(s->receivers);
	free(s->machine);
	conf_free(s->conf);
	free(s);
}

const struct roster_point *gateway_settings_find(const struct gateway_settings *s, const char *code)
{
	for (size_t i = 0; i < s->roster.n_points; i++)
		if (strcmp(s->roster.points[i].code, code) == 0)
			return &s->roster.points[i];
	return NULL;
}
