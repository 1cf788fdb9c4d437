/* SPDX-License-Identifier: Apache-2.0 */
/* enrol: gives a point its key and its node file, or takes the key away again. */
#include "gateway/enrol.h"
#include "gateway/psk.h"
#include "mesh/replace.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET = 0600, OPEN = 0644, KEY_HEX_MIN = 32 };

static int key_new(char text[static ENROL_KEY_TEXT], char why[static CONF_WHY])
{
	uint8_t key[ENROL_KEY_BYTES];

	if (sodium_init() < 0) {
		snprintf(why, CONF_WHY, "no source of random numbers");
		return -EIO;
	}
	randombytes_buf(key, sizeof key);
	sodium_bin2hex(text, ENROL_KEY_TEXT, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return 0;
}

/* s as a JSON text. */
static void put_text(FILE *f, const char *s)
{
	cJSON *j = cJSON_CreateStringReference(s);
	char *text = cJSON_PrintUnformatted(j);

	fputs(text ? text : "\"\"", f);
	cJSON_free(text);
	cJSON_Delete(j);
}

static void put_camera(FILE *f, const struct roster_camera *c)
{
	fputs("{ \"name\": ", f);
	put_text(f, c->name);
	fputs(", \"address\": ", f);
	put_text(f, c->address);
	fputs(" }", f);
}

/* Cameras with an address, and the others as comments to be completed at the point. */
static void put_cameras(FILE *f, const struct roster_point *p)
{
	const char *between = "";

	fputs("\t\"cameras\": [", f);
	for (size_t i = 0; i < p->n_cameras; i++) {
		if (p->cameras[i].address[0] == '\0')
			continue;
		fprintf(f, "%s\n\t\t", between);
		put_camera(f, &p->cameras[i]);
		between = ",";
	}
	for (size_t i = 0; i < p->n_cameras; i++) {
		if (p->cameras[i].address[0] != '\0')
			continue;
		fputs("\n\t\t// to do, its address: ", f);
		put_camera(f, &p->cameras[i]);
	}
	fputs("\n\t]", f);
}

/* The node file; malloc'd, NULL when out of memory. */
static char *node_text(const struct gateway_settings *s, const struct roster_point *p)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f,
		"// Settings of the node at point %s, made by `matsang enrol`; put it on the node "
		"as\n"
		"// /etc/matsang/node.jsonc and %s.key beside it. matsang-node.jsonc(5) explains "
		"every key.\n"
		"{\n\t\"point\": ",
		p->code, p->code);
	put_text(f, p->code);
	fputs(",\n\t\"brokers\": [", f);
	put_text(f, s->broker_address);
	if (s->gasp_address[0]) {
		fputs("],\n\t\"gasp\": ", f);
		put_text(f, s->gasp_address);
		fputs(",\n", f);
	} else {
		fputs("],\n", f);
	}
	fprintf(f, "\t\"key_file\": \"/etc/matsang/%s.key\",\n", p->code);
	put_cameras(f, p);
	fputs(",\n\n\t// Two addresses beyond the provider, asked only when the line is in doubt.\n"
	      "\t\"outside\": [\"1.1.1.1\", \"8.8.8.8\"]\n}\n",
	      f);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

struct enrolment *enrol_point(const struct gateway_settings *s, const char *code,
			      char why[static CONF_WHY])
{
	const struct roster_point *p = gateway_settings_find(s, code);
	struct enrolment *e;

	if (!p) {
		snprintf(why, CONF_WHY,
			 "no point has the code %.*s; add it to \"points\" of the gateway's "
			 "settings",
			 POINT_CODE_MAX, code);
		return NULL;
	}
	if (s->broker_address[0] == '\0') {
		snprintf(why, CONF_WHY,
			 "\"broker_address\" is not set; nodes would not know where to call");
		return NULL;
	}
	e = calloc(1, sizeof *e);
	if (e)
		e->node_file = node_text(s, p);
	if (!e || !e->node_file) {
		snprintf(why, CONF_WHY, "out of memory");
		enrolment_free(e);
		return NULL;
	}
	snprintf(e->point, sizeof e->point, "%s", p->code);
	if (key_new(e->key, why) < 0 || psk_put(s->psk_file, p->code, e->key, why) < 0) {
		enrolment_free(e);
		return NULL;
	}
	return e;
}

void enrolment_free(struct enrolment *e)
{
	if (!e)
		return;
	free(e->node_file);
	sodium_memzero(e, sizeof *e);
	free(e);
}

/* text into dir/CODE.ending. */
static int write_out(const char *dir, const char *code, const char *ending, const char *text,
		     mode_t mode, char why[static CONF_WHY])
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/%s.%s", dir, code, ending) >= (int)sizeof path) {
		snprintf(why, CONF_WHY, "%s: the path is too long", dir);
		return -ENAMETOOLONG;
	}
	return replace_file(path, text, strlen(text), mode, why);
}

int enrolment_write(const struct enrolment *e, const char *dir, char why[static CONF_WHY])
{
	char line[ENROL_KEY_TEXT + 1];
	int err;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		err = -errno;
		snprintf(why, CONF_WHY, "%s: cannot be made: %s", dir, strerror(-err));
		return err;
	}
	snprintf(line, sizeof line, "%s\n", e->key);
	err = write_out(dir, e->point, "key", line, SECRET, why);
	sodium_memzero(line, sizeof line);
	return err ? err : write_out(dir, e->point, "jsonc", e->node_file, OPEN, why);
}

int enrol_revoke(const struct gateway_settings *s, const char *code, char why[static CONF_WHY])
{
	if (!point_code_ok(code)) {
		snprintf(why, CONF_WHY, "not a point code");
		return -EINVAL;
	}
	return psk_drop(s->psk_file, code, why);
}

/* The key in key_file, malloc'd and cut after its digits; NULL and why when it is none. */
static char *key_load(const char *path, char why[static CONF_WHY])
{
	size_t len, n;
	char *text = conf_slurp(path, &len, why);

	if (!text)
		return NULL;
	n = strspn(text, "0123456789abcdefABCDEF");
	if (n < KEY_HEX_MIN || n % 2 != 0 || strspn(text + n, " \r\n") != len - n) {
		snprintf(why, CONF_WHY,
			 "%s: not a key in hexadecimal; take the file away to get a new one", path);
		sodium_memzero(text, len);
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

int enrol_gateway(const struct gateway_settings *s, char why[static CONF_WHY])
{
	char line[ENROL_KEY_TEXT + 1], key[ENROL_KEY_TEXT], *have;
	int err = 0;

	if (access(s->key_file, F_OK) < 0) {
		err = key_new(key, why);
		if (err == 0) {
			snprintf(line, sizeof line, "%s\n", key);
			err = replace_file(s->key_file, line, strlen(line), SECRET, why);
		}
		sodium_memzero(key, sizeof key);
		sodium_memzero(line, sizeof line);
		if (err != 0)
			return err;
	}
	have = key_load(s->key_file, why);
	if (!have)
		return -EINVAL;
	err = psk_put(s->psk_file, TOPIC_GATEWAY_USER, have, why);
	sodium_memzero(have, strlen(have));
	free(have);
	return err;
}
