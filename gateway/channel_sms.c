/* SPDX-License-Identifier: Apache-2.0 */
/* channel_sms: a file for gammu-smsd's outbox, and the wait until it stands among those sent.
 *
 * Spooled is not sent. gammu-smsd 1.42 with folders never gives up on a message that the network
 * refuses: it stays first in the outbox, is tried every few seconds and keeps all others waiting.
 * So we take it back. The name has the key's hash in it: whoever tries again after a crash finds
 * what was written before it. */
#include "gateway/channel.h"

#include "gateway/date.h"
#include "mesh/replace.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 250, NUMBER_MOST = 16, NAME = 96, SERIALS = 100, PART = 160 };

/* ---- the text ---- */

/* Of GSM 03.38 only what ASCII has, too: whatever the gateway says without accents is that. */
static int septets(char c)
{
	if (c == '\n' || c == '\r')
		return 1;
	if (c < ' ' || c > '~' || c == '`')
		return 0;
	return strchr("{}[]~^\\|", c) ? 2 : 1;
}

bool sms_fits(const char *text)
{
	int n = 0;

	for (const char *c = text; *c; c++) {
		if (septets(*c) == 0)
			return false;
		n += septets(*c);
		if (n > PART)
			return false;
	}
	return n > 0;
}

static bool is_number(const char *to)
{
	const char *digits = to + (to[0] == '+');
	const size_t n = strlen(digits);

	return n >= 3 && n < NUMBER_MOST && strspn(digits, "0123456789") == n;
}

/* ---- the folders ---- */

struct sms_try {
	struct sms_service service;
	struct loop_alarm *alarm;
	mono_t due; /* not sent by then: taken back */
	char name[NAME];
	bool delivered;        /* an earlier try did it */
	const char *objection; /* it is not even begun */
	channel_done_fn *done;
	void *self;
};

static void path_of(char path[static PATH_MAX], const char *folder, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static bool stands_in(const char *folder, const char *name)
{
	char path[PATH_MAX];

	path_of(path, folder, name);
	return folder[0] && access(path, F_OK) == 0;
}

static uint64_t hash_of(const struct letter *l)
{
	char key[CHANNEL_KEY];

	channel_key(key, l);
	return channel_hash(key);
}

static void tail_draw(char tail[static NAME], const struct letter *l)
{
	snprintf(tail, NAME, "_%s_%016" PRIx64 ".txt", l->to, hash_of(l));
}

/* The name of what an earlier try left in folder; false when there is none. */
static bool find(char name[static NAME], const char *folder, const struct letter *l)
{
	char tail[NAME];
	const struct dirent *e;
	DIR *d = folder[0] ? opendir(folder) : NULL;
	bool found = false;

	if (!d)
		return false;
	tail_draw(tail, l);
	while (!found && (e = readdir(d))) {
		const size_t len = strlen(e->d_name), end = strlen(tail);

		found = len < NAME && len > end && strncmp(e->d_name, "OUT", 3) == 0 &&
			strcmp(e->d_name + len - end, tail) == 0;
		if (found)
			memcpy(name, e->d_name, len + 1);
	}
	closedir(d);
	return found;
}

/* A name that no folder has: gammu-smsd would move it over another one. */
static bool name_draw(struct sms_try *t, const struct letter *l)
{
	const struct date d = date_of(l->now, DATE_VIETNAM_MIN);
	char tail[NAME];

	tail_draw(tail, l);
	for (unsigned serial = 0; serial < SERIALS; serial++) {
		snprintf(t->name, sizeof t->name, "OUTC%04u%02u%02u_%02u%02u%02u_%02u%s", d.year,
			 d.month, d.day, d.hour, d.minute, d.second, serial, tail);
		if (!stands_in(t->service.outbox, t->name) &&
		    !stands_in(t->service.sent, t->name) && !stands_in(t->service.error, t->name))
			return true;
	}
	return false;
}

/* gammu-smsd takes what begins with OUT and whose last dot begins ".txt", at any moment; so the
 * file comes by one rename. It runs as somebody else: the folder's rights guard the text. */
static int spool(struct sms_try *t, const struct letter *l)
{
	char beside[PATH_MAX], path[PATH_MAX], hidden[NAME], why[CONF_WHY];
	int err;

	if (!name_draw(t, l))
		return -EEXIST;
	snprintf(hidden, sizeof hidden, ".matsang-%016" PRIx64, hash_of(l));
	path_of(beside, t->service.outbox, hidden);
	path_of(path, t->service.outbox, t->name);
	err = replace_file(beside, l->message->sms, strlen(l->message->sms), 0644, why);
	if (err == 0)
		err = replace_rename(beside, path);
	if (err != 0)
		unlink(beside);
	return err;
}

/* ---- one try ---- */

static void sms_free(struct sms_try *t)
{
	loop_alarm_free(t->alarm);
	free(t);
}

static void end(struct sms_try *t, enum channel_end how, const char *note)
{
	const struct sms_try was = *t;

	sms_free(t);
	was.done(was.self, how, note);
}

/* Out of gammu-smsd's hands. 0; 1 when it was sent meanwhile; -errno. */
static int unspool(const struct sms_try *t)
{
	char path[PATH_MAX];
	int err;

	path_of(path, t->service.outbox, t->name);
	err = unlink(path) < 0 ? errno : 0;
	return err != 0 && stands_in(t->service.sent, t->name) ? 1 : -err;
}

static void take_back(struct sms_try *t)
{
	const int err = -unspool(t);
	char note[CHANNEL_NOTE];

	if (err < 0) {
		end(t, CHANNEL_DELIVERED, "sent");
		return;
	}
	snprintf(note, sizeof note, "not sent within %" PRId64 " s, %s%s",
		 t->service.limit_ms / 1000, err ? "and not to be had: " : "taken back",
		 err ? strerror(err) : "");
	end(t, CHANNEL_FAILED, note);
}

static void on_look(void *self, mono_t now)
{
	struct sms_try *t = self;
	const bool waits =
		stands_in(t->service.outbox, t->name); /* first: it moves on from there */

	if (t->objection)
		end(t, CHANNEL_REFUSED, t->objection);
	else if (t->delivered || stands_in(t->service.sent, t->name))
		end(t, CHANNEL_DELIVERED, "sent");
	else if (!t->service.sent[0])
		end(t, CHANNEL_DELIVERED, "in the outbox");
	else if (stands_in(t->service.error, t->name))
		end(t, CHANNEL_FAILED, "gammu-smsd gave it up");
	else if (!waits)
		end(t, CHANNEL_FAILED, "gone from the outbox, and not among those sent");
	else if (mono_reached(now, t->due))
		take_back(t);
	else
		loop_alarm_set(t->alarm, mono_after(now, LOOK_MS));
}

/* A letter that cannot be sent to that receiver. NULL: fine. */
static const char *objection(const struct letter *l)
{
	if (!is_number(l->to))
		return "not a number";
	return sms_fits(l->message->sms) ? NULL : "not one part of GSM 7-bit";
}

/* Folders in which nobody could see whether it was sent. */
static bool is_blind(const struct sms_service *s)
{
	return s->sent[0] &&
	       (access(s->sent, R_OK | X_OK) < 0 || (s->error[0] && access(s->error, X_OK) < 0));
}

/* What an earlier try left, or a new file. 0 or -errno. */
static int put(struct sms_try *t, const struct letter *l)
{
	/* The outbox first: it may move on from there between the two. */
	if (find(t->name, t->service.outbox, l))
		return 0;
	t->delivered = find(t->name, t->service.sent, l);
	return t->delivered ? 0 : spool(t, l);
}

static void *sms_start(const struct channel_tools *tools, const void *route, const struct letter *l,
		       channel_done_fn *done, void *self, char note[static CHANNEL_NOTE])
{
	const struct sms_service *s = route;
	struct sms_try *t;
	int err = -ENOMEM;

	if (is_blind(s)) {
		snprintf(note, CHANNEL_NOTE, "no right to look into gammu-smsd's folders");
		return NULL;
	}
	t = calloc(1, sizeof *t);
	if (!t)
		goto say_why;
	*t = (struct sms_try){
		.service = *s, .objection = objection(l), .done = done, .self = self
	};
	t->alarm = loop_alarm_new(tools->loop, on_look, t);
	if (t->alarm)
		err = t->objection ? 0 : put(t, l);
	if (err == 0) {
		t->due = mono_after(clock_mono(), s->limit_ms);
		loop_alarm_set(t->alarm, clock_mono());
		return t;
	}
	sms_free(t);
say_why:
	snprintf(note, CHANNEL_NOTE, "outbox: %s", strerror(-err));
	return NULL;
}

/* What is in the outbox stays there: the next try with the same key finds it. */
static void sms_cancel(void *handle)
{
	sms_free(handle);
}

static bool sms_withdraw(void *handle)
{
	struct sms_try *t = handle;
	const bool sent = t->delivered || (!t->objection && unspool(t) == 1);

	sms_free(t);
	return sent;
}

static void sms_target(char text[static CHANNEL_TARGET], const void *route)
{
	snprintf(text, CHANNEL_TARGET, "%.150s", ((const struct sms_service *)route)->outbox);
}

const struct channel channel_sms = {
	.name = "sms",
	.start = sms_start,
	.cancel = sms_cancel,
	.withdraw = sms_withdraw,
	.target = sms_target,
};
