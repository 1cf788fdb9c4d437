/* SPDX-License-Identifier: Apache-2.0 */
/* settings: gateway.jsonc, the commune's roster included, read once at the start and then constant.
 */
#ifndef MATSANG_GATEWAY_SETTINGS_H
#define MATSANG_GATEWAY_SETTINGS_H

#include "gateway/http.h"
#include "gateway/notify.h"
#include "gateway/roster.h"
#include "mesh/conf.h"

#include <stddef.h>
#include <stdint.h>

/* Texts are never NULL: what was not given is "". Lists that were not given are NULL with count 0.
 */

struct gateway_mail {
	const char *server, *from;
	const char *const *to;
	size_t n_to;
	const char *user, *password_file; /* "" for none */
};

/* Somebody who is told. */
struct gateway_person {
	const char *id, *name, *role;
	const char *const *hamlets;
	size_t n_hamlets;
	const char *const *causes;
	size_t n_causes;
	const char *quiet; /* "22:00-06:00"; "" none */
	const char *language;
	bool digests;
	const struct person_way *ways;
	size_t n_ways;
};

struct gateway_settings {
	struct roster roster; /* commune, hamlets, points */
	const char *language; /* "vi" or "en" */
	const char *const *brokers;
	size_t n_brokers; /* 1..MQTT_ENDPOINTS, "host:port" */
	const char *key_file, *state_dir, *socket;
	struct {
		const char *listen, *url, *metrics_token;
	} page;
	int64_t grace_s, ask_s, sight_s;
	int64_t group_hold_s, camera_hold_s, return_hold_s, group_window_s;
	int64_t step_s; /* of the graphs */
	const char *psk_file;
	const char *const *broker_reload; /* a command; none when the broker is told by hand */
	size_t n_broker_reload;
	const char *broker_address; /* what node files say, "host:port"; "" when not said */
	const char *gasp_listen;    /* "address:port", literals; "" when none are taken */
	const char *gasp_address;   /* what node files say of it; "" when not said */
	const struct http_user *users;
	size_t n_users;
	const struct hook_route *hooks;
	size_t n_hooks;
	const struct gateway_mail *mails;
	size_t n_mails;
	const struct exec_route *execs;
	size_t n_execs;
	const struct gateway_person *people;
	size_t n_people;
	struct {
		const char *url, *token_file;
	} zalo, ntfy; /* "" for no token */
	struct {
		const char *outbox; /* folders of gammu-smsd; "" for none */
		const char *inbox, *sent, *error;
		int64_t per_day, reserve; /* SMS to one person on one day */
	} sms;
	struct {
		const char *server, *from, *user, *password_file;
	} mail; /* people's */
	int64_t residue_hold_s, again_hold_s, stable_hold_s, blind_hold_s, cut_grace_s;
	int64_t next_person_s, leader_s;
	const char *const *references; /* IPv4 literals outside; none or 2..4 */
	size_t n_references;
	const char *mains_file;    /* "0" in it when our own mains are gone; "" none */
	const char *heartbeat_url; /* fetched each minute; "" none */

	/* Not in the file: */
	struct receiver *receivers;   /* roster.receivers: hooks, mails, execs, then people */
	char (*machine)[16];          /* ids of the first of them: "hook0" */
	struct person_ways *ways;     /* of the people */
	struct mail_route mail_route; /* of people's mail, password read (_load only, else "") */
	const char *zalo_token, *ntfy_token; /* read (_load only, else "") */
	struct mail_route *mail_routes; /* n_mails of them, passwords read (_load only, else "") */
	char **secrets;                 /* what these borrow: n_mails, then three more */
	struct conf *conf;              /* owns every text and list above */
};

extern const struct conf_table gateway_table;

/*
 * Read and check. NULL on error, with one line in why: "name:line:column: what is wrong; what to
 * do". Everything the result points to lives until gateway_settings_free. _load opens the file at
 * path and the password and token files it names, _read is fed the text (len bytes, called name in
 * messages).
 */
struct gateway_settings *gateway_settings_load(const char *path, char why[static CONF_WHY]);
struct gateway_settings *gateway_settings_read(const char *name, const char *text, size_t len,
					       char why[static CONF_WHY]);
void gateway_settings_free(struct gateway_settings *s);

/* "22:00-06:00" as minutes of the day; false when it is not that. */
bool gateway_settings_quiet(const char *text, int *from, int *until);

/* The roster's point with this code, borrowed, or NULL. */
const struct roster_point *gateway_settings_find(const struct gateway_settings *s,
						 const char *code);

#endif
