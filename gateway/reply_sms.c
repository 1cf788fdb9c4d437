/* SPDX-License-Identifier: Apache-2.0 */
/* reply_sms: text messages that gammu-smsd puts into its inbox folder. */
#include "gateway/reply_sms.h"

#include "mesh/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* gammu-smsd writes where we look, part after part: only a folder that was quiet for a moment has
 * whole messages. */
enum { QUIET_MS = 1000, LOOK_MS = 60000, PART = 1024, TEXT = 4096 };

struct reply_sms {
	const char *inbox;
	reply_fn *took;
	void *self;
	int fd, watched; /* inotify, and what it watches; watched -1: no folder yet */
	struct loop_watch *watch;
	struct loop_alarm *alarm;
	bool complained;
};

/* ---- names and texts ---- */

static bool digits(const char *s, size_t n)
{
	return strspn(s, "0123456789") >= n;
}

bool reply_sms_name(const char *name, char number[static REPLY_SMS_NUMBER], size_t *shared)
{
	/* IN, date, time and serial number, each followed by a line below. */
	enum { DATE = 2, TIME = 11, SERIAL = 18, NUMBER = 21 };
	const char *end = strrchr(name, '_');
	size_t len;

	if (strncmp(name, "IN", 2) != 0 || !digits(name + DATE, 8) || name[TIME - 1] != '_' ||
	    !digits(name + TIME, 6) || name[SERIAL - 1] != '_' || !digits(name + SERIAL, 2) ||
	    name[NUMBER - 1] != '_' || end < name + NUMBER || !digits(end + 1, 2) ||
	    strcmp(end + 3, ".txt") != 0)
		return false;
	len = (size_t)(end - name) - NUMBER;
	if (len >= REPLY_SMS_NUMBER)
		return false;
	memcpy(number, name + NUMBER, len);
	number[len] = '\0';
	*shared = (size_t)(end - name);
	return true;
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static uint32_t unit(const unsigned char *s, bool big)
{
	return big ? (uint32_t)(s[0] << 8 | s[1]) : (uint32_t)(s[1] << 8 | s[0]);
}

static void from_utf16(char *out, size_t size, const unsigned char *file, size_t len, bool big)
{
	size_t n = 0;

	for (size_t at = 0; at + 2 <= len && n + 5 <= size; at += 2) {
		uint32_t c = unit(file + at, big);

		if (c >= 0xd800 && c < 0xdc00 && at + 4 <= len &&
		    (unit(file + at + 2, big) & 0xfc00) == 0xdc00) {
			c = 0x10000 + ((c - 0xd800) << 10) + (unit(file + at + 2, big) - 0xdc00);
			at += 2;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		if (c)
			n += put_utf8(out + n, c);
	}
	out[n] = '\0';
}

void reply_sms_text(char *out, size_t size, const unsigned char *file, size_t len)
{
	const bool big = len >= 2 && file[0] == 0xfe && file[1] == 0xff;
	const bool little = len >= 2 && file[0] == 0xff && file[1] == 0xfe;
	size_t n = 0;

	if (big || little) {
		from_utf16(out, size, file + 2, len - 2, big);
		return;
	}
	for (size_t at = 0; at < len && n + 1 < size; at++)
		if (file[at])
			out[n++] = (char)file[at];
	out[n] = '\0';
}

/* ---- looking ---- */

static void complain(struct reply_sms *r, const char *what)
{
	if (!r->complained)
		log_warn("sms: %s: %s: %m", r->inbox, what);
	r->complained = true;
}

static bool read_part(int folder, const char *name, char *out, size_t size)
{
	unsigned char file[PART];
	const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, file, sizeof file);
	close(fd);
	if (n < 0)
		return false;
	reply_sms_text(out, size, file, (size_t)n);
	return true;
}

/* names is sorted, so parts of a message follow each other. How many were of this one. */
static int take(struct reply_sms *r, int folder, struct dirent *const *names, int n)
{
	char number[REPLY_SMS_NUMBER], other[REPLY_SMS_NUMBER], text[TEXT];
	size_t shared, other_shared, len = 0;
	int parts = 0;

	if (!reply_sms_name(names[0]->d_name, number, &shared))
		return 1;
	text[0] = '\0';
	for (; parts < n; parts++) {
		const char *name = names[parts]->d_name;

		if (!reply_sms_name(name, other, &other_shared) || other_shared != shared ||
		    memcmp(name, names[0]->d_name, shared) != 0)
			break;
		if (!read_part(folder, name, text + len, sizeof text - len)) {
			complain(r, "a message cannot be read");
			return parts + 1;
		}
		len += strlen(text + len);
	}
	if (!r->took(r->self, "sms", number, text))
		return parts; /* it stays, and is looked at again */
	for (int i = 0; i < parts; i++)
		if (unlinkat(folder, names[i]->d_name, 0) < 0 && errno != ENOENT)
			complain(r, "a message cannot be removed");
	return parts;
}

static void look(struct reply_sms *r)
{
	struct dirent **names;
	int folder = open(r->inbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n;

	/* Else the same message would be taken each minute. */
	if (folder < 0 || faccessat(folder, ".", W_OK | X_OK, 0) < 0) {
		complain(r, "cannot be read and written");
		if (folder >= 0)
			close(folder);
		return;
	}
	r->complained = false;
	n = scandirat(folder, ".", &names, NULL, alphasort);
	for (int at = 0; at < n;)
		at += take(r, folder, names + at, n - at);
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
	close(folder);
}

/* Reads away what inotify has to say; true when it said that something came. */
static bool heard(struct reply_sms *r)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool any = false;
	ssize_t n;

	while ((n = read(r->fd, buf, sizeof buf)) > 0) {
		any = true;
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(buf + at);

			if (e->mask & IN_IGNORED)
				r->watched = -1; /* the folder itself is gone */
			at += (ssize_t)(sizeof *e + e->len);
		}
	}
	return any;
}

static void on_news(void *self, mono_t now)
{
	struct reply_sms *r = self;

	if (heard(r))
		loop_alarm_set(r->alarm, mono_after(now, QUIET_MS));
}

static void on_alarm(void *self, mono_t now)
{
	struct reply_sms *r = self;

	if (heard(r)) {
		loop_alarm_set(r->alarm, mono_after(now, QUIET_MS));
		return;
	}
	if (r->watched < 0)
		r->watched = inotify_add_watch(r->fd, r->inbox,
					       IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO);
	look(r);
	loop_alarm_set(r->alarm, mono_after(now, LOOK_MS));
}

struct reply_sms *reply_sms_new(struct loop *l, const char *inbox, reply_fn *took, void *self)
{
	struct reply_sms *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	*r = (struct reply_sms){ .inbox = inbox, .took = took, .self = self, .watched = -1 };
	r->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (r->fd < 0)
		goto free_reply;
	r->watch = loop_watch_new(l, r->fd, LOOP_READ, on_news, r);
	if (!r->watch)
		goto close_fd;
	r->alarm = loop_alarm_new(l, on_alarm, r);
	if (!r->alarm)
		goto free_watch;
	r->watched = inotify_add_watch(r->fd, inbox, IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO);
	loop_alarm_set(r->alarm, mono_after(clock_mono(), QUIET_MS));
	return r;

free_watch:
	loop_watch_free(r->watch);
close_fd:
	close(r->fd);
free_reply:
	free(r);
	return NULL;
}

void reply_sms_free(struct reply_sms *r)
{
	if (!r)
		return;
	loop_alarm_free(r->alarm);
	loop_watch_free(r->watch);
	close(r->fd);
	free(r);
}
