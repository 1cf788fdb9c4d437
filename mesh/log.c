/* SPDX-License-Identifier: Apache-2.0 */
/* log: one line to the journal where there is one, else to standard error. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "mesh/log.h"

#include "mesh/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

enum { LINE = 1024, MEASURES = 128, LINES_PER_SPELL = 20, SPELL_MS = 10000 };

/* How much one kind of line (one format, of one point) has been written lately. */
struct measure {
	const char *fmt; /* NULL: free */
	uint32_t point;  /* hash of the point's code; 0 for none */
	int level;
	unsigned lines; /* in this spell, written or not */
	mono_t since;
};

static struct {
	pthread_mutex_t lock;
	const char *program;
	bool verbose, to_journal;
	struct measure measures[MEASURES];
} self = { .lock = PTHREAD_MUTEX_INITIALIZER, .program = "matsang" };

/* The service manager names the stream it gave us; it is ours only if nobody has redirected it
 * since. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_open(const char *program)
{
	self.program = program;
	self.to_journal = stderr_is_journal();
}

void log_verbose(int on)
{
	self.verbose = on != 0;
}

/* One line stays one line, whatever a peer put in it. Cuts at a whole UTF-8 character. */
static void tidy(char *text, size_t wanted)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
	if (wanted <= len)
		return;
	len = len > 3 ? len - 3 : 0;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(text + len, "...", sizeof "...");
}

static void emit(int level, const char *point, const char *text)
{
	char field[4][LINE + 32];
	struct iovec v[4];
	int n = 0;

	if (self.to_journal) {
		snprintf(field[n++], sizeof field[0], "MESSAGE=%s", text);
		snprintf(field[n++], sizeof field[0], "PRIORITY=%d", level);
		snprintf(field[n++], sizeof field[0], "SYSLOG_IDENTIFIER=%s", self.program);
		if (point)
			snprintf(field[n++], sizeof field[0], "MATSANG_POINT=%s", point);
		for (int i = 0; i < n; i++)
			v[i] = (struct iovec){ field[i], strlen(field[i]) };
		if (sd_journal_sendv(v, n) == 0)
			return;
	}
	/* One write, so that lines of several programs on one terminal do not tear each other. */
	n = snprintf(field[0], sizeof field[0], "%s: %s\n", self.program, text);
	if (n > 0 && write(STDERR_FILENO, field[0], strlen(field[0])) < 0)
		return; /* nowhere left to say it */
}

static void close_spell(struct measure *m)
{
	char text[LINE];

	if (m->fmt && m->lines > LINES_PER_SPELL) {
		snprintf(text, sizeof text, "%u more like this: %s", m->lines - LINES_PER_SPELL,
			 m->fmt);
		tidy(text, 0);
		emit(m->level, NULL, text);
	}
	*m = (struct measure){ 0 };
}

static uint32_t point_hash(const char *point)
{
	uint32_t h = 2166136261u;

	if (!point)
		return 0;
	for (; *point; point++)
		h = (h ^ (unsigned char)*point) * 16777619u;
	return h | 1;
}

/* The measure of this kind of line; the one begun longest ago gives way when all are taken. */
static struct measure *measure_of(const char *fmt, uint32_t point, mono_t now)
{
	struct measure *give = &self.measures[0];

	for (size_t i = 0; i < MEASURES; i++) {
		struct measure *m = &self.measures[i];

		if (m->fmt && mono_since(now, m->since) >= SPELL_MS)
			close_spell(m);
	}
	for (size_t i = 0; i < MEASURES; i++) {
		struct measure *m = &self.measures[i];

		if (m->fmt == fmt && m->point == point)
			return m;
		if (give->fmt && (!m->fmt || m->since.ms < give->since.ms))
			give = m;
	}
	close_spell(give);
	*give = (struct measure){ .fmt = fmt, .point = point, .since = now };
	return give;
}

static bool allowed(int level, const char *point, const char *fmt, mono_t now)
{
	struct measure *m = measure_of(fmt, point_hash(point), now);

	m->level = level;
	return ++m->lines <= LINES_PER_SPELL;
}

__attribute__((format(printf, 3, 0))) static void put(int level, const char *point, const char *fmt,
						      va_list args)
{
	const int why = errno;
	char text[LINE];
	int n;

	pthread_mutex_lock(&self.lock);
	if (allowed(level, point, fmt, clock_mono())) {
		errno = why; /* for %m */
		n = vsnprintf(text, sizeof text, fmt, args);
		tidy(text, n > 0 ? (size_t)n : 0);
		emit(level, point, text);
	}
	pthread_mutex_unlock(&self.lock);
	errno = why;
}

void log_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_ERR, NULL, fmt, args);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_WARNING, NULL, fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_INFO, NULL, fmt, args);
	va_end(args);
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	if (!self.verbose)
		return;
	va_start(args, fmt);
	put(LOG_DEBUG, NULL, fmt, args);
	va_end(args);
}

void log_point(const char *point, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_INFO, point, fmt, args);
	va_end(args);
}
