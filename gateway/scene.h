/* SPDX-License-Identifier: Apache-2.0 */
/* scene: one notice as the slots that templates may ask for; compose's own. */
#ifndef MATSANG_GATEWAY_SCENE_H
#define MATSANG_GATEWAY_SCENE_H

#include "gateway/compose.h"
#include "gateway/words.h"

/* ---- text that is cut at whole characters ---- */

struct sheet {
	char *text;
	size_t size, len;
	bool full; /* something did not fit: nothing comes after it */
};

struct sheet sheet_init(char *text, size_t size);
/* Names come from people: a control character in one is a blank in the message. */
void sheet_put(struct sheet *s, const char *text, size_t len);
void sheet_put_str(struct sheet *s, const char *text);
void sheet_newline(struct sheet *s);

/* ---- what templates may ask for ---- */

enum { SCENE_SLOTS = 64, SCENE_STORE = 16384 };

struct scene {
	const struct roster *roster;
	const struct notice *notice;
	const struct incident *incident;  /* the notice's */
	const struct roster_point *point; /* of the first outage; NULL when the roster forgot it */
	const struct roster_hamlet *hamlet;
	enum language lang;
	size_t shorter;   /* a name has at most so many characters, without accents; 0: as it is */
	enum cause cause; /* what a person said, else what was judged */
	enum scope scope; /* as it is told: SCOPE_POINT for a single point whatever it shares */
	bool many;        /* several points are dark, and the first is not the reason */
	bool known;       /* there is a cause */
	bool probably;    /* a cause that is not sure, and not the grid's */
	bool grid;        /* probably the grid's */
	struct slot {
		const char *name, *value;
	} slot[SCENE_SLOTS];
	size_t n;
	char store[SCENE_STORE]; /* what the slots hold */
	size_t used;
};

/* Borrows roster and notice for as long as the scene is in use. */
void scene_init(struct scene *s, const struct roster *r, const struct notice *n, enum language lang,
		size_t shorter);

/* Give a slot another value; text is copied. */
void scene_put(struct scene *s, const char *name, const char *text);

/* A template with its slots filled. */
void scene_fill(struct sheet *out, const struct scene *s, const char *template);
void scene_say(struct sheet *out, const struct scene *s, enum word w);

/* A piece of a template whose slots are all empty; false when it has none. */
bool scene_says_nothing(const struct scene *s, const char *from, const char *until);

/* Slot "list": the codes of the digest's dark points, of one hamlet, or of all for NULL. Returns
 * how many there are. */
unsigned scene_list(struct scene *s, const struct roster_hamlet *h);

/* Slot "Hamlet": another one. */
void scene_hamlet(struct scene *s, const struct roster_hamlet *h);

/* How many points of the hamlet there are; with another provider than the first; the other points
 * of its own. */
unsigned scene_points(const struct scene *s);
unsigned scene_rivals(const struct scene *s, const char **provider);
bool scene_shares_provider(const struct scene *s);

/* Its neighbours are back, and it is not. */
bool scene_is_residue(const struct scene *s);

/* The verdict speaks of the time before the silence, not of now. */
bool scene_facts_are_old(const struct scene *s);
/* Its mains are gone and it says so itself. */
bool scene_on_battery(const struct scene *s);

#endif
