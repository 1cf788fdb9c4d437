/* SPDX-License-Identifier: Apache-2.0 */
/* matsang: asks the gateway from a terminal; one table of commands drives both dispatch and help.
 */
#include "gateway/catalogue.h"
#include "gateway/cli/ask.h"
#include "gateway/cli/decode.h"
#include "gateway/cli/planned.h"
#include "gateway/cli/reply.h"
#include "gateway/cli/show.h"
#include "gateway/enrol.h"
#include "mesh/conf.h"
#include "mesh/conf_near.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define SOCKET "/run/matsang/gateway.sock"

enum { PASSWORD_LEAST = 8, PASSWORD_MOST = 256, PATH_SIZE = 128, HEX_SIZE = 4 * WIRE_MAX };

struct call {
	const char *socket;
	const char *out;      /* folder, or NULL when it was not said */
	const char *argument; /* the word after the command, or NULL */
	bool json, mail;
	const char *as; /* who says so; NULL: nobody */
	enum language lang;
	const char *more[2]; /* arguments after the first; NULL when not given */
	struct planned_call planned;
};

struct command {
	const char *name, *usage;
	const char *text; /* of help */
	int (*run)(const struct call *c);
	int least, most; /* arguments */
};

/* Print as JSON and delete. */
static int print_json(cJSON *json)
{
	char *text = cJSON_Print(json);

	cJSON_Delete(json);
	if (!text)
		return ANSWER_FAILED;
	puts(text);
	cJSON_free(text);
	return ANSWER_OK;
}

/* ---- reading ---- */

static int run_status(const struct call *c)
{
	int code;
	cJSON *status = ask(c->socket, "/api/v1/status", NULL, &code), *incidents;

	if (!status || c->json)
		return status ? print_json(status) : code;
	incidents = ask(c->socket, "/api/v1/incidents?open=1", NULL, &code);
	if (incidents)
		show_status(status, incidents, c->lang);
	cJSON_Delete(incidents);
	cJSON_Delete(status);
	return code;
}

/* A list, or the one that the argument names. */
static int run_one_or_all(const struct call *c, const char *what,
			  void (*all)(const cJSON *, enum language),
			  void (*one)(const cJSON *, enum language))
{
	char path[PATH_SIZE];
	cJSON *json;
	int code;

	if (c->argument &&
	    strspn(c->argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789-") != strlen(c->argument)) {
		fprintf(stderr, "matsang: there is nothing by that name\n");
		return ANSWER_NOT_FOUND;
	}
	snprintf(path, sizeof path, "/api/v1/%s%s%.60s", what, c->argument ? "/" : "",
		 c->argument ? c->argument : "");
	json = ask(c->socket, path, NULL, &code);
	if (!json)
		return code;
	if (c->json)
		return print_json(json);
	(c->argument ? one : all)(json, c->lang);
	cJSON_Delete(json);
	return ANSWER_OK;
}

static int run_point(const struct call *c)
{
	return run_one_or_all(c, "points", show_points, show_point);
}

static int run_incident(const struct call *c)
{
	return run_one_or_all(c, "incidents", show_incidents, show_incident);
}

/* ---- changing ---- */

/* Where the files are, for a person or a program. */
static void show_files(const struct call *c, const char *dir)
{
	static const char *const kinds[] = { "jsonc", "key" };
	cJSON *json = cJSON_CreateObject(), *files = cJSON_AddArrayToObject(json, "files");
	char path[512];

	cJSON_AddStringToObject(json, "point", c->argument);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s.%s", dir, c->argument, kinds[i]);
		cJSON_AddItemToArray(files, cJSON_CreateString(path));
		if (!c->json)
			puts(path);
	}
	if (c->json)
		print_json(json);
	else
		cJSON_Delete(json);
}

static int write_enrolment(const struct call *c, const cJSON *json)
{
	const cJSON *key = cJSON_GetObjectItemCaseSensitive(json, "key");
	const cJSON *file = cJSON_GetObjectItemCaseSensitive(json, "node_file");
	const char *dir = c->out ? c->out : ".";
	struct enrolment e = { .node_file = file ? file->valuestring : NULL };
	char why[CONF_WHY];
	int err;

	if (!cJSON_IsString(key) || !cJSON_IsString(file)) {
		fprintf(stderr, "matsang: the gateway's answer makes no sense\n");
		return ANSWER_FAILED;
	}
	snprintf(e.point, sizeof e.point, "%s", c->argument);
	snprintf(e.key, sizeof e.key, "%s", key->valuestring);
	err = enrolment_write(&e, dir, why);
	sodium_memzero(e.key, sizeof e.key);
	if (err < 0) {
		fprintf(stderr, "matsang: %s\n", why);
		return ANSWER_FAILED;
	}
	show_files(c, dir);
	return ANSWER_OK;
}

/* Ask path to do something, `asked`, about the point named on the command line; deletes asked. NULL
 * and *code on failure. */
static cJSON *ask_for(const struct call *c, const char *path, cJSON *asked, int *code)
{
	cJSON *json = NULL;
	char *body;

	cJSON_AddStringToObject(asked, "point", c->argument);
	body = cJSON_PrintUnformatted(asked);
	cJSON_Delete(asked);
	*code = ANSWER_FAILED;
	if (body)
		json = ask(c->socket, path, body, code);
	cJSON_free(body);
	return json;
}

static cJSON *ask_about_point(const struct call *c, const char *path, int *code)
{
	return ask_for(c, path, cJSON_CreateObject(), code);
}

static bool code_given(const struct call *c)
{
	if (point_code_ok(c->argument))
		return true;
	fprintf(stderr, "matsang: \"%.40s\" is no point code (letters, digits, -)\n", c->argument);
	return false;
}

static int run_revoke(const struct call *c)
{
	int code;
	cJSON *json;

	if (!code_given(c))
		return ANSWER_NOT_FOUND;
	json = ask_about_point(c, "/api/v1/revoke", &code);
	if (!json)
		return code;
	if (c->json)
		return print_json(json);
	printf("%s: %s\n", c->argument, catalogue_str(NULL, N_("its key is void"), c->lang));
	cJSON_Delete(json);
	return ANSWER_OK;
}

/* ---- orders to one node ---- */

static int order(const struct call *c, cJSON *asked, const char *done)
{
	cJSON *json;
	int code;

	if (!code_given(c)) {
		cJSON_Delete(asked);
		return ANSWER_NOT_FOUND;
	}
	json = ask_for(c, "/api/v1/order", asked, &code);
	if (!json)
		return code;
	if (c->json)
		return print_json(json);
	printf("%s: %s\n", c->argument, catalogue_str(NULL, done, c->lang));
	cJSON_Delete(json);
	return ANSWER_OK;
}

static int run_ask(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject();

	cJSON_AddStringToObject(asked, "ask", c->more[0]);
	return order(c, asked, N_("asked"));
}

static int run_find(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject();

	cJSON_AddStringToObject(asked, "ask", "find");
	return order(c, asked,
		     N_("its light flashes twice for 15 minutes; the same command again ends it"));
}

static int run_pace(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject(), *pace = cJSON_AddObjectToObject(asked, "pace");

	if (c->more[0])
		cJSON_AddNumberToObject(pace, "beat_s", strtod(c->more[0], NULL));
	if (c->more[0])
		cJSON_AddNumberToObject(pace, "minutes",
					c->more[1] ? strtod(c->more[1], NULL) : 60);
	return order(c, asked, N_("its pace is changed"));
}

static int run_push(const struct call *c)
{
	char why[CONF_WHY];
	size_t len;
	char *text = conf_slurp(c->more[0], &len, why);
	cJSON *asked, *settings;

	if (!text) {
		fprintf(stderr, "matsang: %s\n", why);
		return ANSWER_FAILED;
	}
	cJSON_Minify(text);
	settings = cJSON_Parse(text);
	free(text);
	if (!settings) {
		fprintf(stderr, "matsang: %s: no JSON (comments are allowed)\n", c->more[0]);
		return ANSWER_FAILED;
	}
	asked = cJSON_CreateObject();
	cJSON_AddItemToObject(asked, "push", settings);
	return order(c, asked,
		     N_("the settings are sent and on trial; within 5 minutes matsang point tells "
			"what came of it"));
}

static int run_enrol(const struct call *c)
{
	cJSON *json;
	int code;

	if (!code_given(c))
		return ANSWER_NOT_FOUND;
	/* A new key voids the old one: know first that it can be kept. */
	if (c->out && mkdir(c->out, 0700) < 0 &&
	    (errno != EEXIST || access(c->out, W_OK | X_OK) < 0)) {
		fprintf(stderr, "matsang: %s: %s; nothing was changed\n", c->out, strerror(errno));
		return ANSWER_FAILED;
	}
	json = ask_about_point(c, "/api/v1/enrol", &code);
	if (!json)
		return code;
	if (c->json && !c->out) /* all that the gateway said, the key too: for programs */
		return print_json(json);
	code = write_enrolment(c, json);
	cJSON_Delete(json);
	return code;
}

/* POST and look at "ok". */
static int run_check(const struct call *c, const char *path)
{
	int code;
	cJSON *json = ask(c->socket, path, "", &code);
	const cJSON *rows, *why;

	if (!json)
		return code;
	rows = cJSON_GetObjectItemCaseSensitive(json, "rows");
	why = cJSON_GetObjectItemCaseSensitive(json, "why");
	if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "ok")))
		code = ANSWER_FAILED;
	if (c->json) {
		print_json(json);
		return code;
	}
	printf("%.0f %s%s\n", cJSON_IsNumber(rows) ? rows->valuedouble : 0,
	       catalogue_str(NULL, N_("rows"), c->lang),
	       code ? "" : catalogue_str(NULL, N_(": fine"), c->lang));
	if (code)
		fprintf(stderr, "matsang: %s\n", cJSON_IsString(why) ? why->valuestring : "failed");
	cJSON_Delete(json);
	return code;
}

static int run_verify(const struct call *c)
{
	return run_check(c, "/api/v1/verify");
}

static int run_rebuild(const struct call *c)
{
	return run_check(c, "/api/v1/rebuild");
}

/* ---- what people say ---- */

/* Posts asked, with "as", deletes it, and says done about the command's argument. */
static int say(const struct call *c, const char *path, cJSON *asked, const char *done)
{
	cJSON *json = NULL;
	int code = ANSWER_FAILED;
	char *body;

	if (c->as)
		cJSON_AddStringToObject(asked, "as", c->as);
	body = cJSON_PrintUnformatted(asked);
	cJSON_Delete(asked);
	if (body)
		json = ask(c->socket, path, body, &code);
	cJSON_free(body);
	if (!json)
		return code;
	if (c->json)
		return print_json(json);
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "quiet")))
		done = N_("it waits for the end of the quiet hours");
	printf("%s: %s\n", c->argument, catalogue_str(NULL, done, c->lang));
	cJSON_Delete(json);
	return ANSWER_OK;
}

static int run_take(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject();

	cJSON_AddStringToObject(asked, "code", c->argument);
	return say(c, "/api/v1/take", asked, N_("taken"));
}

static int run_cause(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject();

	cJSON_AddNumberToObject(asked, "incident", strtod(c->argument, NULL));
	cJSON_AddStringToObject(asked, "cause", c->more[0]);
	return say(c, "/api/v1/correct", asked, N_("corrected"));
}

static int run_test_message(const struct call *c)
{
	cJSON *asked = cJSON_CreateObject();

	cJSON_AddStringToObject(asked, "to", c->argument);
	return say(c, "/api/v1/test", asked, N_("a test message is on its way"));
}

/* ---- what is planned ---- */

static struct planned_call planned_call(const struct call *c)
{
	struct planned_call p = c->planned;

	p.socket = c->socket;
	p.json = c->json;
	p.lang = c->lang;
	return p;
}

static int run_mute(const struct call *c)
{
	const struct planned_call p = planned_call(c);

	return planned_mute(&p, c->argument, c->more[0]);
}

static int run_calendar(const struct call *c)
{
	const struct planned_call p = planned_call(c);

	return planned_calendar(&p, c->argument);
}

static int run_reply(const struct call *c)
{
	if (c->mail)
		return reply_mail(c->socket);
	fprintf(stderr, "matsang: usage: matsang reply --mail\n");
	return ANSWER_USAGE;
}

/* ---- without the gateway ---- */

/* One line from standard input, unseen when it is a terminal. */
static bool read_password(char out[static PASSWORD_MOST + 2], const char *prompt)
{
	const bool terminal = isatty(STDIN_FILENO);
	struct termios was, quiet;
	bool got;

	if (terminal && tcgetattr(STDIN_FILENO, &was) == 0) {
		quiet = was;
		quiet.c_lflag &= (tcflag_t)~ECHO;
		fprintf(stderr, "%s: ", prompt);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	got = fgets(out, PASSWORD_MOST + 2, stdin) != NULL;
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	if (got)
		out[strcspn(out, "\r\n")] = '\0';
	return got;
}

static bool ask_password(char out[static PASSWORD_MOST + 2], enum language lang)
{
	char again[PASSWORD_MOST + 2];
	bool same;

	if (!read_password(out, catalogue_str(NULL, N_("Password"), lang)))
		return false;
	if (strlen(out) < PASSWORD_LEAST || strlen(out) > PASSWORD_MOST) {
		fprintf(stderr, "matsang: a password has %d to %d bytes\n", PASSWORD_LEAST,
			PASSWORD_MOST);
		return false;
	}
	if (!isatty(STDIN_FILENO))
		return true;
	same = read_password(again, catalogue_str(NULL, N_("Again"), lang)) &&
	       strcmp(again, out) == 0;
	sodium_memzero(again, sizeof again);
	if (!same)
		fprintf(stderr, "matsang: they differ\n");
	return same;
}

static int run_password(const struct call *c)
{
	char password[PASSWORD_MOST + 2], hash[crypto_pwhash_STRBYTES];
	int made;

	if (!ask_password(password, c->lang))
		return ANSWER_FAILED;
	made = crypto_pwhash_str(hash, password, strlen(password),
				 crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 crypto_pwhash_MEMLIMIT_INTERACTIVE);
	sodium_memzero(password, sizeof password);
	if (made < 0) {
		fprintf(stderr, "matsang: out of memory\n");
		return ANSWER_FAILED;
	}
	puts(hash);
	return ANSWER_OK;
}

static int run_decode(const struct call *c)
{
	static char text[HEX_SIZE];
	uint8_t buf[WIRE_MAX];
	enum wire_err err;
	cJSON *json;
	long len;

	if (c->argument)
		snprintf(text, sizeof text, "%s", c->argument);
	else
		text[fread(text, 1, sizeof text - 1, stdin)] = '\0';
	len = decode_hex(buf, text);
	if (len < 0) {
		fprintf(stderr, "matsang: that is not hexadecimal, or more than %d bytes\n",
			WIRE_MAX);
		return ANSWER_FAILED;
	}
	json = decode_message(buf, (size_t)len, &err);
	if (!json) {
		fprintf(stderr, "matsang: no message of ours: %s\n", wire_err_str(err));
		return ANSWER_FAILED;
	}
	return print_json(json);
}

/* ---- the table ---- */

static const struct command commands[] = {
	{ "status", "status", N_("the whole commune in one sentence, and open incidents"),
	  run_status, 0, 0 },
	{ "point", "point [CODE]", N_("all points, dark ones first; or one of them"), run_point, 0,
	  1 },
	{ "incident", "incident [ID]", N_("the last incidents; or one of them and what was sent"),
	  run_incident, 0, 1 },
	{ "enrol", "enrol POINT [--out DIR]",
	  N_("a new key for a point; writes POINT.jsonc and POINT.key"), run_enrol, 1, 1 },
	{ "revoke", "revoke POINT", N_("void a point's key (a stolen node)"), run_revoke, 1, 1 },
	{ "ask", "ask POINT WHAT", N_("ask a point now for a beat, birth or report, or to probe"),
	  run_ask, 2, 2 },
	{ "find", "find POINT", N_("make a device's light show which one it is"), run_find, 1, 1 },
	{ "pace", "pace POINT [SECONDS [MINUTES]]",
	  N_("another pace of beats for a while; without numbers its own again"), run_pace, 1, 3 },
	{ "push", "push POINT FILE",
	  N_("settings for a point to try; undone when it cannot reach the gateway with them"),
	  run_push, 2, 2 },
	{ "take", "take CODE [--as ID]", N_("take the job that a message named by its code"),
	  run_take, 1, 1 },
	{ "cause", "cause INCIDENT CAUSE [--as ID]",
	  N_("say that an incident's cause was another one"), run_cause, 2, 2 },
	{ "test-message", "test-message PERSON", N_("send somebody a test message now"),
	  run_test_message, 1, 1 },
	{ "mute", "mute add|list|remove [ID]",
	  N_("planned work: --point, --hamlet, --transformer or --all, --from, --until, --reason"),
	  run_mute, 1, 2 },
	{ "calendar", "calendar FILE|-",
	  N_("read the power company's calendar of cuts (CSV or text)"), run_calendar, 1, 1 },
	{ "verify", "verify", N_("check the ledger's chain"), run_verify, 0, 0 },
	{ "rebuild", "rebuild", N_("derive all figures from the ledger again"), run_rebuild, 0, 0 },
	{ "reply", "reply --mail",
	  N_("hand the gateway an answer by mail, read from standard input"), run_reply, 0, 0 },
	{ "password", "password", N_("read a password, print its argon2id text for gateway.jsonc"),
	  run_password, 0, 0 },
	{ "decode", "decode [HEX]", N_("print a message of the wire as JSON"), run_decode, 0, 1 },
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static const char *command_name(const void *of, size_t i)
{
	(void)of;
	return i < N_COMMANDS ? commands[i].name : NULL;
}

static void help(FILE *to, enum language lang)
{
	fprintf(to, "%s: matsang [--socket PATH] [--json] [--lang vi|en] %s\n\n",
		catalogue_str(NULL, N_("Usage"), lang), catalogue_str(NULL, N_("COMMAND"), lang));
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-30s %s\n", commands[i].usage,
			catalogue_str(NULL, commands[i].text, lang));
	fputs(catalogue_str(NULL,
			    N_("\nExit codes: 0 fine, 1 failed, 2 usage, 4 not found,\n"
			       "5 the gateway cannot be reached, 6 refused.\n"
			       "Example: matsang point TT-07-03\n"),
			    lang),
	      to);
}

static int usage_error(const char *name)
{
	const char *near = name ? near_find(name, command_name, NULL) : NULL;
	char quote[NEAR_QUOTE];

	if (near)
		fprintf(stderr, "matsang: no command \"%s\"; did you mean \"%s\"?\n",
			near_quote(quote, name), near);
	else if (name)
		fprintf(stderr, "matsang: no command \"%s\"; see matsang --help\n",
			near_quote(quote, name));
	else
		help(stderr, LANGUAGE_EN);
	return ANSWER_USAGE;
}

/* "points" is as good as "point". */
static bool is_command(const struct command *k, const char *word)
{
	const size_t n = strlen(k->name);

	return strncmp(k->name, word, n) == 0 &&
	       (!word[n] ||
		(strcmp(word + n, "s") == 0 && (k->run == run_point || k->run == run_incident)));
}

static int run(struct call *c, int n, char **words)
{
	if (n == 0)
		return usage_error(NULL);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *k = &commands[i];

		if (!is_command(k, words[0]))
			continue;
		if (n - 1 < k->least || n - 1 > k->most) {
			fprintf(stderr, "matsang: usage: matsang %s\n", k->usage);
			return ANSWER_USAGE;
		}
		c->argument = n > 1 ? words[1] : NULL;
		for (int w = 2; w < n; w++)
			c->more[w - 2] = words[w];
		return k->run(c);
	}
	return usage_error(words[0]);
}

static enum language language_here(void)
{
	static const char *const from[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *said = getenv(from[i]);

		if (said && *said)
			return strncmp(said, "vi", 2) == 0 ? LANGUAGE_VI : LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

/* The options of mute. */
static bool take_planned(struct planned_call *p, int o, const char *text)
{
	switch (o) {
	case 'P':
		p->point = text;
		break;
	case 'H':
		p->hamlet = text;
		break;
	case 'T':
		p->transformer = text;
		break;
	case 'A':
		p->all = true;
		break;
	case 'F':
		p->from = text;
		break;
	case 'U':
		p->until = text;
		break;
	case 'D':
		p->daily = true;
		break;
	case 'W':
		p->weekly = text;
		break;
	case 'L':
		p->last = text;
		break;
	case 'R':
		p->reason = text;
		break;
	case 'C':
		p->cut = true;
		break;
	default:
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "lang", required_argument, NULL, 'l' },
		{ "out", required_argument, NULL, 'o' },
		{ "point", required_argument, NULL, 'P' },
		{ "hamlet", required_argument, NULL, 'H' },
		{ "transformer", required_argument, NULL, 'T' },
		{ "all", no_argument, NULL, 'A' },
		{ "from", required_argument, NULL, 'F' },
		{ "until", required_argument, NULL, 'U' },
		{ "daily", no_argument, NULL, 'D' },
		{ "weekly", required_argument, NULL, 'W' },
		{ "last", required_argument, NULL, 'L' },
		{ "reason", required_argument, NULL, 'R' },
		{ "cut", no_argument, NULL, 'C' },
		{ "mail", no_argument, NULL, 'm' },
		{ "as", required_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *env = getenv("MATSANG_SOCKET");
	char why[CATALOGUE_WHY];
	struct call c = { .socket = env ? env : SOCKET, .lang = language_here() };
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 's')
			c.socket = optarg;
		else if (o == 'j')
			c.json = true;
		else if (o == 'm')
			c.mail = true;
		else if (o == 'a')
			c.as = optarg;
		else if (o == 'o')
			c.out = optarg;
		else if (o == 'l' && strcmp(optarg, "vi") == 0)
			c.lang = LANGUAGE_VI;
		else if (o == 'l' && strcmp(optarg, "en") == 0)
			c.lang = LANGUAGE_EN;
		else if (o == 'h' || o == 'v')
			break;
		else if (!take_planned(&c.planned, o, optarg))
			return ANSWER_USAGE;
	}
	if (c.lang == LANGUAGE_VI && !catalogue_open(NULL, why))
		fprintf(stderr, "matsang: %s\n", why);
	if (o == 'h')
		help(stdout, c.lang);
	if (o == 'v')
		printf("matsang %s\n", MATSANG_VERSION);
	if (o != -1)
		return ANSWER_OK;
	if (sodium_init() < 0)
		return ANSWER_FAILED;
	return run(&c, argc - optind, argv + optind);
}
