/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue: the one catalogue of all words that people see: English in the code, Vietnamese from
 * what msgfmt makes of po/vi.po.
 *
 * The file is gettext's, the search in it is ours: libintl translates into the language of the
 * process, and one process speaks two here. It also needs a locale other than C to be installed;
 * from glibc 2.39 on it takes even C.UTF-8 for C and turns a deaf ear to LANGUAGE.
 */
#include "gateway/catalogue.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "vi/LC_MESSAGES/matsang.mo"

enum { FILE_MOST = 1 << 20 };

/*
 * The head of the file, seven words of 32 bits in the order of the machine that made it:
 *
 *	magic  revision  texts  offset of the originals  of the translations  (hash table: unused)
 *
 * Originals and translations are tables of (length, offset), sorted by the original; each text
 * ends in NUL. "context\004text" is the original of a text with a context.
 */
enum { MO_MAGIC, MO_REVISION, MO_TEXTS, MO_ORIGINALS, MO_TRANSLATIONS, MO_HEAD = 7 };

static struct {
	uint32_t *word; /* the whole file, and a NUL behind it; NULL when there is none */
	size_t size;
} file;

/* ---- reading ---- */

static bool read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	uint32_t *word;
	size_t size;

	if (!f)
		return false;
	word = calloc(1, FILE_MOST + sizeof *word);
	size = word ? fread(word, 1, FILE_MOST, f) : 0;
	fclose(f);
	if (!word)
		return false;
	catalogue_close();
	file.word = word;
	file.size = size;
	return true;
}

/* A table of so many rows lies in the file. */
static bool table_ok(uint32_t at, uint32_t rows)
{
	return at % 4 == 0 && at <= file.size && rows <= (file.size - at) / 8;
}

/* Every text lies in the file and ends there. */
static bool texts_ok(uint32_t at, uint32_t rows)
{
	const char *bytes = (const char *)file.word;

	for (uint32_t i = 0; i < rows; i++) {
		const uint32_t *row = file.word + at / 4 + 2 * (size_t)i;

		if (row[1] >= file.size || row[0] >= file.size - row[1] ||
		    bytes[row[1] + row[0]] != '\0')
			return false;
	}
	return true;
}

static bool file_ok(void)
{
	const uint32_t *w = file.word;

	return file.size >= MO_HEAD * sizeof *w && w[MO_MAGIC] == 0x950412de &&
	       w[MO_REVISION] >> 16 == 0 && table_ok(w[MO_ORIGINALS], w[MO_TEXTS]) &&
	       table_ok(w[MO_TRANSLATIONS], w[MO_TEXTS]) &&
	       texts_ok(w[MO_ORIGINALS], w[MO_TEXTS]) && texts_ok(w[MO_TRANSLATIONS], w[MO_TEXTS]);
}

/* The folder of the program itself, without the last slash. */
static bool program_folder(char out[static PATH_MAX])
{
	const ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash)
		*slash = '\0';
	return slash != NULL;
}

bool catalogue_open(const char *dir, char why[static CATALOGUE_WHY])
{
	static const char *const beside[] = { "/locale", "/../share/locale" };
	char folder[PATH_MAX], path[PATH_MAX + 64] = "/proc/self/exe";
	bool found = false;

	why[0] = '\0';
	if (dir) {
		snprintf(path, sizeof path, "%s/" FILE_NAME, dir);
		found = read_file(path);
	} else if (program_folder(folder)) {
		for (size_t i = 0; !found && i < 2; i++) {
			snprintf(path, sizeof path, "%s%s/" FILE_NAME, folder, beside[i]);
			found = read_file(path);
		}
	}
	if (found && file_ok())
		return true;
	snprintf(why, CATALOGUE_WHY,
		 "%.300s: %s; English is spoken instead of Vietnamese: install the program's "
		 "share/locale "
		 "again",
		 path, found ? "no catalogue of msgfmt for this machine" : strerror(errno));
	if (found)
		catalogue_close();
	return false;
}

void catalogue_close(void)
{
	free(file.word);
	file.word = NULL;
	file.size = 0;
}

/* ---- looking up ---- */

static const char *text_at(uint32_t table, uint32_t i)
{
	return (const char *)file.word + file.word[table / 4 + 2 * (size_t)i + 1];
}

/* "context\004english", not put together, against a whole original. */
static int compare(const char *context, size_t len, const char *english, const char *original)
{
	const int c = context ? strncmp(context, original, len) : 0;

	if (!context || c != 0)
		return context ? c : strcmp(english, original);
	if (original[len] != '\004')
		return '\004' - (unsigned char)original[len];
	return strcmp(english, original + len + 1);
}

static const char *find(const char *context, size_t len, const char *english)
{
	uint32_t least = 0, most = file.word ? file.word[MO_TEXTS] : 0;

	while (least < most) {
		const uint32_t i = least + (most - least) / 2;
		const int c = compare(context, len, english, text_at(file.word[MO_ORIGINALS], i));
		const char *found;

		if (c < 0) {
			most = i;
		} else if (c > 0) {
			least = i + 1;
		} else {
			found = text_at(file.word[MO_TRANSLATIONS], i);
			return found[0] ? found : english;
		}
	}
	return english;
}

const char *catalogue_str(const char *context, const char *english, enum language lang)
{
	if (lang != LANGUAGE_VI || english[0] == '\0')
		return english;
	return find(context, context ? strlen(context) : 0, english);
}

const char *catalogue_marked(const char *text, enum language lang)
{
	const char *mark = strchr(text, '\004');
	const char *english = mark ? mark + 1 : text;

	if (lang != LANGUAGE_VI || english[0] == '\0')
		return english;
	return find(mark ? text : NULL, mark ? (size_t)(mark - text) : 0, english);
}
