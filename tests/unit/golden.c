/* SPDX-License-Identifier: Apache-2.0 */
/* golden: runs every NN-name.in of a folder and compares what comes out with NN-name.ok. */
#include "golden.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole file, NUL-terminated; "" when it cannot be read. */
static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	*len = f && text ? fread(text, 1, (1 << 20) - 1, f) : 0;
	if (f)
		fclose(f);
	return text;
}

static void accept_as(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static int inputs(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && strcmp(dot, ".in") == 0;
}

static unsigned differs(const char *folder, const char *name, golden_fn *fn)
{
	const char *mode = getenv("GOLDEN");
	size_t len, ok_len;
	char in[512], ok[512];
	char *text, *want, *got;
	unsigned bad;

	snprintf(in, sizeof in, "%s/%s", folder, name);
	snprintf(ok, sizeof ok, "%s/%.*s.ok", folder, (int)strlen(name) - 3, name);
	text = slurp(in, &len);
	want = slurp(ok, &ok_len);
	got = text ? fn(name, text, len) : NULL;
	bad = !got || !want || strcmp(got, want) != 0;
	if (bad && got && mode && strcmp(mode, "accept") == 0) {
		accept_as(ok, got);
		bad = 0;
	}
	if (bad)
		fprintf(stderr, "%s differs\n--- wanted\n%s--- got\n%s", ok, want ? want : "",
			got ? got : "");
	free(text);
	free(want);
	free(got);
	return bad;
}

unsigned golden_run(const char *folder, golden_fn *fn, unsigned *n)
{
	struct dirent **names = NULL;
	const int count = scandir(folder, &names, inputs, alphasort);
	unsigned bad = 0;

	*n = count > 0 ? (unsigned)count : 0;
	for (int i = 0; i < count; i++) {
		bad += differs(folder, names[i]->d_name, fn);
		free(names[i]);
	}
	free(names);
	return bad;
}
