/* SPDX-License-Identifier: Apache-2.0 */
/* conf: settings as JSON with comments, checked against a table; every refusal names its place. */
#include "mesh/conf.h"
#include "mesh/conf_near.h"
#include "mesh/conf_place.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64, NUMBER_TEXT = 48, ROOM = 4096, COMMON = 256 };

/* Lists and texts handed out. */
struct block {
	struct block *next;
	max_align_t data[];
};

struct conf {
	char *name;
	cJSON *root;               /* NULL once settled */
	struct conf_places places; /* in the order of the tree */
	struct block *blocks;      /* own the lists and the texts */
	char *room;                /* for more, in the latest block */
	size_t left;
};

struct reader {
	struct conf *conf;
	const char *text;           /* without comments */
	size_t next;                /* index of the place of the next value */
	const char *common[COMMON]; /* texts handed out lately, by their hash */
	enum conf_err err;
	char *why; /* CONF_WHY bytes */
};

static enum conf_err read_object(struct reader *r, void *out, const struct conf_table *table,
				 const cJSON *json);

static const char *const conf_err_names[] = {
	[CONF_OK] = "ok",           [CONF_SYNTAX] = "syntax",       [CONF_NOT_UTF8] = "not-utf8",
	[CONF_TOO_BIG] = "too-big", [CONF_UNKNOWN] = "unknown",     [CONF_TYPE] = "type",
	[CONF_RANGE] = "range",     [CONF_DUPLICATE] = "duplicate", [CONF_MISSING] = "missing",
	[CONF_VALUE] = "value",
};
static_assert(sizeof conf_err_names / sizeof *conf_err_names == CONF_ERRS, "name every refusal");

const char *conf_err_str(enum conf_err e)
{
	const size_t i = (size_t)e;

	return i < CONF_ERRS ? conf_err_names[i] : "?";
}

/* ---- words for people ---- */

/* Write "name:line:column: sentence" (no place when spot is NULL), cut between characters. */
__attribute__((format(printf, 4, 0))) static void say(char why[static CONF_WHY], const char *name,
						      const struct conf_spot *spot, const char *fmt,
						      va_list args)
{
	int n = spot ? snprintf(why, CONF_WHY, "%s:%u:%u: ", name, spot->line, spot->column)
		     : snprintf(why, CONF_WHY, "%s: ", name);

	if (n >= 0 && n < CONF_WHY)
		n += vsnprintf(why + n, (size_t)(CONF_WHY - n), fmt, args);
	if (n < CONF_WHY)
		return;
	n = CONF_WHY - 1;
	while (n > 0 && ((unsigned char)why[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && ((unsigned char)why[n - 1] & 0x80) != 0)
		n--;
	why[n] = '\0';
}

__attribute__((format(printf, 4, 5))) static enum conf_err
refuse(struct reader *r, const struct conf_spot *spot, enum conf_err err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(r->why, r->conf->name, spot, fmt, args);
	va_end(args);
	r->err = err;
	return err;
}

static const char *key_name(const void *of, size_t i)
{
	const struct conf_table *t = of;

	return i < t->n ? t->keys[i].key : NULL;
}

static const char *choice_name(const void *of, size_t i)
{
	const struct conf_key *k = of;

	return k->choices[i];
}

static const char *kind_of(const cJSON *v)
{
	return cJSON_IsNumber(v)   ? "a number"
	       : cJSON_IsString(v) ? "a text"
	       : cJSON_IsBool(v)   ? "true or false"
	       : cJSON_IsArray(v)  ? "a list"
	       : cJSON_IsObject(v) ? "an object"
				   : "null";
}

/* ---- reading ---- */

/* Key k's value v is not of its type. */
static enum conf_err wrong_type(struct reader *r, const struct conf_place *p,
				const struct conf_key *k, const cJSON *v)
{
	static const char *const wanted[] = {
		[CONF_INT] = "a whole number, without quotes",
		[CONF_BOOL] = "true or false, without quotes",
		[CONF_STRING] = "a text in double quotes",
		[CONF_OBJECT] = "an object, { ... }",
		[CONF_LIST] = "a list, [ ... ]",
	};

	if (cJSON_IsNull(v))
		return refuse(r, &p->value, CONF_TYPE,
			      "\"%s\" cannot be null; to have the default, leave the key out",
			      k->key);
	return refuse(r, &p->value, CONF_TYPE, "\"%s\" is %s here; write %s", k->key, kind_of(v),
		      wanted[k->type]);
}

/* The number's own text decides, so that neither a double's 53 bits nor the locale can bend it. */
static enum conf_err read_int(struct reader *r, const struct conf_place *p,
			      const struct conf_key *k, int64_t *out)
{
	char text[NUMBER_TEXT];
	long long v;

	assert(p->len < sizeof text);
	memcpy(text, r->text + p->at, p->len);
	text[p->len] = '\0';
	if (strpbrk(text, ".eE"))
		return refuse(r, &p->value, CONF_TYPE,
			      "\"%s\" must be a whole number, not %s; write digits only", k->key,
			      text);
	errno = 0;
	v = strtoll(text, NULL, 10);
	if (errno == ERANGE || v < k->min || v > k->max)
		return refuse(r, &p->value, CONF_RANGE,
			      "\"%s\" cannot be %s; it goes from %" PRId64 " to %" PRId64, k->key,
			      text, k->min, k->max);
	*out = v;
	return CONF_OK;
}

/* Zeroed memory owned by the conf; NULL when out of memory. A roster has tens of thousands of texts
 * and small lists: they lie side by side. */
static void *keep(struct conf *c, size_t size, size_t align)
{
	size_t skip = (align - (uintptr_t)c->room % align) % align;
	struct block *b;
	char *at;

	if (size > c->left || skip > c->left - size) {
		const size_t room = size > ROOM ? size : ROOM;

		b = room > SIZE_MAX - sizeof *b ? NULL : calloc(1, sizeof *b + room);
		if (!b)
			return NULL;
		b->next = c->blocks;
		c->blocks = b;
		c->room = (char *)b->data;
		c->left = room;
		skip = 0;
	}
	at = c->room + skip;
	c->room = at + size;
	c->left -= skip + size;
	return at;
}

/* n zeroed items. */
static void *list_new(struct conf *c, size_t n, size_t size)
{
	return size != 0 && n > SIZE_MAX / size ? NULL : keep(c, n * size, alignof(max_align_t));
}

/* A copy of the text, or one that was made before: neighbours share hamlet and provider. */
static const char *text_new(struct reader *r, const char *text)
{
	const size_t size = strlen(text) + 1;
	const char **common;
	uint32_t h = 2166136261u;
	char *copy;

	for (size_t i = 0; i < size; i++)
		h = (h ^ (uint8_t)text[i]) * 16777619u;
	common = &r->common[(h ^ h >> 16) % COMMON];
	if (*common && strcmp(*common, text) == 0)
		return *common;
	copy = keep(r->conf, size, 1);
	if (copy)
		*common = memcpy(copy, text, size);
	return copy;
}

/* Also for the texts of a list: those may be anything. */
static enum conf_err read_string(struct reader *r, const struct conf_place *p,
				 const struct conf_key *k, const cJSON *v, const char **out)
{
	const int64_t len = (int64_t)strlen(v->valuestring);
	char q[NEAR_QUOTE], all[CONF_WHY / 2];
	const char *near;

	*out = text_new(r, v->valuestring);
	if (!*out)
		return refuse(r, &p->value, CONF_TOO_BIG, "\"%s\": out of memory", k->key);
	if (k->type == CONF_LIST)
		return CONF_OK;
	if (k->choices) {
		for (size_t i = 0; k->choices[i]; i++)
			if (strcmp(k->choices[i], v->valuestring) == 0)
				return CONF_OK;
		near = near_find(v->valuestring, choice_name, k);
		near_quote(q, v->valuestring);
		if (near)
			return refuse(r, &p->value, CONF_RANGE,
				      "\"%s\" cannot be \"%s\"; did you mean \"%s\"?", k->key, q,
				      near);
		near_all(all, sizeof all, choice_name, k);
		return refuse(r, &p->value, CONF_RANGE, "\"%s\" cannot be \"%s\"; it is one of: %s",
			      k->key, q, all);
	}
	if (len < k->min && len == 0)
		return refuse(r, &p->value, CONF_RANGE, "\"%s\" is empty; %s", k->key,
			      k->required ? "fill it in" : "fill it in, or leave the key out");
	if (len < k->min)
		return refuse(r, &p->value, CONF_RANGE,
			      "\"%s\" is too short; at least %" PRId64 " bytes", k->key, k->min);
	if (k->max > 0 && len > k->max)
		return refuse(r, &p->value, CONF_RANGE,
			      "\"%s\" is too long; at most %" PRId64 " bytes", k->key, k->max);
	return CONF_OK;
}

static enum conf_err read_list(struct reader *r, const struct conf_place *p,
			       const struct conf_key *k, const cJSON *json, char *out)
{
	const size_t n = (size_t)cJSON_GetArraySize(json),
		     size = k->of ? k->of->size : sizeof(char *);
	enum conf_err err = CONF_OK;
	char *list, *item;
	const cJSON *v;

	if ((int64_t)n < k->min)
		return refuse(r, &p->value, CONF_RANGE, "\"%s\" has %zu items; at least %" PRId64,
			      k->key, n, k->min);
	if (k->max > 0 && (int64_t)n > k->max)
		return refuse(r, &p->value, CONF_RANGE, "\"%s\" has %zu items; at most %" PRId64,
			      k->key, n, k->max);
	if (n == 0)
		return CONF_OK;
	item = list = list_new(r->conf, n, size);
	if (!list)
		return refuse(r, &p->value, CONF_TOO_BIG, "\"%s\": out of memory", k->key);
	cJSON_ArrayForEach(v, json)
	{
		const struct conf_place *ip = &r->conf->places.place[r->next++];

		if (k->of ? !cJSON_IsObject(v) : !cJSON_IsString(v))
			err = refuse(r, &ip->value, CONF_TYPE,
				     "in \"%s\" stands %s; each item is %s", k->key, kind_of(v),
				     k->of ? "an object, { ... }" : "a text in double quotes");
		else if (k->of)
			err = read_object(r, item, k->of, v);
		else
			err = read_string(r, ip, k, v, (const char **)(void *)item);
		if (err != CONF_OK)
			return err;
		item += size;
	}
	memcpy(out + k->at, &list, sizeof list);
	memcpy(out + k->at_count, &n, sizeof n);
	return CONF_OK;
}

/* The value v of key k, into its place in the struct at out. */
static enum conf_err read_value(struct reader *r, char *out, const struct conf_key *k,
				const cJSON *v)
{
	const struct conf_place *p = &r->conf->places.place[r->next++];
	enum conf_err err;
	const char *text;
	int64_t n = 0;
	bool b;

	switch (k->type) {
	case CONF_INT:
		if (!cJSON_IsNumber(v))
			break;
		err = read_int(r, p, k, &n);
		if (err == CONF_OK)
			memcpy(out + k->at, &n, sizeof n);
		return err;
	case CONF_BOOL:
		if (!cJSON_IsBool(v))
			break;
		b = cJSON_IsTrue(v);
		memcpy(out + k->at, &b, sizeof b);
		return CONF_OK;
	case CONF_STRING:
		if (!cJSON_IsString(v))
			break;
		err = read_string(r, p, k, v, &text);
		if (err == CONF_OK)
			memcpy(out + k->at, &text, sizeof text);
		return err;
	case CONF_OBJECT:
		return cJSON_IsObject(v) ? read_object(r, out + k->at, k->of, v)
					 : wrong_type(r, p, k, v);
	case CONF_LIST:
		return cJSON_IsArray(v) ? read_list(r, p, k, v, out) : wrong_type(r, p, k, v);
	}
	return wrong_type(r, p, k, v);
}

static void fill_defaults(char *out, const struct conf_table *table)
{
	memset(out, 0, table->size);
	for (size_t i = 0; i < table->n; i++) {
		const struct conf_key *k = &table->keys[i];
		const char *text = k->def_text ? k->def_text : "";
		const bool b = k->def != 0;

		switch (k->type) {
		case CONF_INT:
			memcpy(out + k->at, &k->def, sizeof k->def);
			break;
		case CONF_BOOL:
			memcpy(out + k->at, &b, sizeof b);
			break;
		case CONF_STRING:
			memcpy(out + k->at, &text, sizeof text);
			break;
		case CONF_OBJECT:
			fill_defaults(out + k->at, k->of);
			break;
		case CONF_LIST:
			break;
		}
	}
}

static enum conf_err unknown_key(struct reader *r, const struct conf_place *p,
				 const struct conf_table *table, const char *key)
{
	const char *near = near_find(key, key_name, table);
	char q[NEAR_QUOTE], all[CONF_WHY / 2];

	near_quote(q, key);
	if (near)
		return refuse(r, &p->key, CONF_UNKNOWN, "unknown key \"%s\"; did you mean \"%s\"?",
			      q, near);
	near_all(all, sizeof all, key_name, table);
	return refuse(r, &p->key, CONF_UNKNOWN, "unknown key \"%s\"; known here: %s", q, all);
}

/* The object json, whose place was the last one taken, into the struct at out. */
static enum conf_err read_object(struct reader *r, void *out, const struct conf_table *table,
				 const cJSON *json)
{
	const struct conf_spot start = r->conf->places.place[r->next - 1].value;
	unsigned seen[KEYS_MAX] = { 0 }; /* line of the first */
	enum conf_err err;
	const cJSON *v;

	assert(table->n <= KEYS_MAX);
	fill_defaults(out, table);
	cJSON_ArrayForEach(v, json)
	{
		const struct conf_place *p = &r->conf->places.place[r->next];
		size_t i = 0;

		while (i < table->n && strcmp(table->keys[i].key, v->string) != 0)
			i++;
		if (i == table->n)
			return unknown_key(r, p, table, v->string);
		if (seen[i])
			return refuse(r, &p->key, CONF_DUPLICATE,
				      "\"%s\" was given before, in line %u; keep one of them",
				      table->keys[i].key, seen[i]);
		seen[i] = p->key.line;
		err = read_value(r, out, &table->keys[i], v);
		if (err != CONF_OK)
			return err;
	}
	for (size_t i = 0; i < table->n; i++)
		if (table->keys[i].required && !seen[i])
			return refuse(r, &start, CONF_MISSING,
				      "\"%s\" is missing here; add it (%s)", table->keys[i].key,
				      table->keys[i].help ? table->keys[i].help
							  : "it has no default");
	return CONF_OK;
}

/* How many values there are in v, itself included. */
static size_t count(const cJSON *v)
{
	const cJSON *child;
	size_t n = 1;

	cJSON_ArrayForEach(child, v) n += count(child);
	return n;
}

/* Parse, locate, check: into *out. text is the conf's own copy and loses its comments. */
static enum conf_err digest(struct reader *r, void *out, const struct conf_table *table, char *text,
			    size_t len)
{
	const struct conf_spot top = { 1, 1 };
	struct conf *c = r->conf;
	struct conf_spot bad;
	const char *what;
	enum conf_err err = conf_place_scan(&c->places, text, len, &bad, &what);

	if (err != CONF_OK)
		return refuse(r, &bad, err, "%s", what);
	r->text = text;
	c->root = cJSON_ParseWithLength(text, len);
	if (!c->root)
		return refuse(r, &top, CONF_SYNTAX, "cannot be read as JSON, or out of memory");
	assert(count(c->root) == c->places.n);
	if (!cJSON_IsObject(c->root))
		return refuse(r, &c->places.place[0].value, CONF_TYPE,
			      "%s; settings begin with { and end with }", kind_of(c->root));
	r->next = 1;
	return read_object(r, out, table, c->root);
}

enum conf_err conf_read(struct conf **conf, void *out, const struct conf_table *table,
			const char *name, const char *text, size_t len, char why[static CONF_WHY])
{
	struct conf *c = calloc(1, sizeof *c);
	char *copy = malloc(len + 1);
	struct reader r = { .conf = c, .why = why };
	enum conf_err err = CONF_TOO_BIG;

	*conf = NULL;
	why[0] = '\0';
	if (c)
		c->name = strdup(name);
	if (!c || !copy || !c->name) {
		snprintf(why, CONF_WHY, "%s: out of memory", name);
	} else if (len > CONF_SIZE_MAX) {
		refuse(&r, NULL, err, "larger than %d bytes; these cannot be settings",
		       CONF_SIZE_MAX);
	} else {
		if (len)
			memcpy(copy, text, len);
		copy[len] = '\0';
		err = digest(&r, out, table, copy, len);
	}
	free(copy);
	if (err != CONF_OK) {
		conf_free(c);
		return err;
	}
	*conf = c;
	return CONF_OK;
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	while (c->blocks) {
		struct block *b = c->blocks;

		c->blocks = b->next;
		free(b);
	}
	cJSON_Delete(c->root);
	free(c->places.place);
	free(c->name);
	free(c);
}

/* ---- afterwards ---- */

void conf_settle(struct conf *c)
{
	cJSON_Delete(c->root);
	c->root = NULL;
	free(c->places.place);
	c->places = (struct conf_places){ 0 };
	malloc_trim(0);
}

/* Does this step of a path ("key", "[3]"; n bytes) lead to child, the i-th? */
static bool leads_to(const char *path, size_t n, const cJSON *child, size_t i)
{
	if (path[0] == '[')
		return (size_t)strtoull(path + 1, NULL, 10) == i;
	return child->string && strlen(child->string) == n && memcmp(child->string, path, n) == 0;
}

/* Index of the place of the value at path below root; SIZE_MAX when there is none. */
static size_t locate(const cJSON *root, const char *path)
{
	const cJSON *v = root;
	size_t at = 0;

	if (!root)
		return SIZE_MAX;
	while (*path != '\0') {
		const size_t n = path[0] == '[' ? strcspn(path, "]") + 1 : strcspn(path, ".[");
		const cJSON *child = v->child;

		at++;
		for (size_t i = 0; child && !leads_to(path, n, child, i); i++) {
			at += count(child);
			child = child->next;
		}
		if (!child)
			return SIZE_MAX;
		v = child;
		path += strnlen(path, n);
		if (*path == '.')
			path++;
	}
	return at;
}

__attribute__((format(printf, 4, 5))) static void tell(char why[static CONF_WHY], const char *name,
						       const struct conf_spot *spot,
						       const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(why, name, spot, fmt, args);
	va_end(args);
}

void conf_blame(const struct conf *c, const char *path, const char *what, char why[static CONF_WHY])
{
	const size_t at = locate(c->root, path);

	tell(why, c->name, at == SIZE_MAX ? NULL : &c->places.place[at].value, "%s", what);
}
