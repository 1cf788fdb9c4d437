/* SPDX-License-Identifier: Apache-2.0 */
/* conf: settings as JSON with comments, checked against a table; every refusal names its place. */
#ifndef MATSANG_MESH_CONF_H
#define MATSANG_MESH_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONF_WHY = 320, CONF_SIZE_MAX = 4 << 20, CONF_DEPTH_MAX = 8 };

/* Why settings were refused. */
enum conf_err {
	CONF_OK,
	CONF_SYNTAX, /* not JSON (comments allowed) */
	CONF_NOT_UTF8,
	CONF_TOO_BIG, /* above CONF_SIZE_MAX, or nested too deep */
	CONF_UNKNOWN, /* no such key; why names the nearest right one */
	CONF_TYPE,    /* a string where a number belongs, and so on */
	CONF_RANGE, /* number or length out of range, too many list items, not among the choices */
	CONF_DUPLICATE, /* the same key twice in one object */
	CONF_MISSING,   /* a key that has no default is not there */
	CONF_VALUE,     /* the program's own check refused it */
	CONF_ERRS
};

enum conf_type {
	CONF_INT,    /* int64_t; min..max */
	CONF_BOOL,   /* bool */
	CONF_STRING, /* const char *, owned by the conf; min..max bytes; choices when given */
	CONF_OBJECT, /* a struct inside this one, described by of */
	CONF_LIST,   /* min..max items: of strings (of == NULL) or of objects; see at_count */
};

struct conf_table;

/* One key: where it lands and what it may be. */
struct conf_key {
	const char *key;
	enum conf_type type;
	size_t at; /* offset in the struct */
	int64_t min, max;
	int64_t def;          /* default of CONF_INT and CONF_BOOL */
	const char *def_text; /* default of CONF_STRING; NULL with required */
	bool required;
	const char *const *choices;  /* CONF_STRING: NULL-terminated, or NULL for any text */
	const struct conf_table *of; /* CONF_OBJECT and CONF_LIST of objects */
	size_t at_count;  /* CONF_LIST: offset of a size_t; the list itself (at) is a pointer to an
			     array allocated by the conf: const char ** or struct * */
	const char *help; /* one line for the manual page and --print-effective */
};

struct conf_table {
	const struct conf_key *keys;
	size_t n;
	size_t size; /* of the struct these keys describe */
};

struct conf; /* owns every string and list it handed out */

/*
 * Read text (len bytes, called name in messages) into *out (table->size bytes, which is first
 * filled with the defaults). On error returns the name of the refusal and writes to why one line
 * "name:line:column: what is wrong; what to do"; *out is then not to be used, *conf is NULL.
 * On CONF_OK *conf owns what *out points to: conf_free it after the last use of *out.
 */
enum conf_err conf_read(struct conf **conf, void *out, const struct conf_table *table,
			const char *name, const char *text, size_t len, char why[static CONF_WHY]);
void conf_free(struct conf *c);

/*
 * For the program's own checks afterwards (CONF_VALUE): writes "name:line:column: what; remedy" for
 * the value at path, such as "points[3].code"; falls back to "name: ..." when the key is not there.
 */
void conf_blame(const struct conf *c, const char *path, const char *what,
		char why[static CONF_WHY]);

/*
 * All checks are done. Until now the conf keeps the whole file as it was read, for conf_blame,
 * which from now on falls back to the name; what was handed out stays. A roster of 10 000 points
 * gives 13 MB back to the system.
 */
void conf_settle(struct conf *c);

/* Every key with the value in force, as JSON with comments that reads back to the same. malloc'd.
 */
char *conf_effective(const void *in, const struct conf_table *table);

/* The same to standard output (--print-effective). False when it could not be written. */
bool conf_print(const void *in, const struct conf_table *table);

/* Whole file into a malloc'd buffer; NULL and why on error (names the file and errno's words). */
char *conf_slurp(const char *path, size_t *len, char why[static CONF_WHY]);

const char *conf_err_str(enum conf_err e);

#endif
