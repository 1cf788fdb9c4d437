/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gpio_script: wires played by a script, for machines without pins and for tests.
 *
 * A Unix datagram socket (mode 0600) takes one line of text a datagram:
 *
 *	mains on|off     heartbeat N on|off     button on|off     ups on|off    an input changes: an
 *edge mains?  light?  relay?  heartbeat N?  button?  ups?                     asks for a level
 *
 * Every line is answered when the asker has an address of its own: a question with "light on", an
 * edge with "ok", anything else with what is wrong. So `echo 'mains off' | socat -
 *UNIX-SENDTO:PATH` cuts the power. At start mains are on, the UPS is fed,
 * and all else is off.
 */
#include "hw/gpio_body.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE = 64, LINES_A_TURN = 64 };

struct script {
	int fd;
	struct sockaddr_un at;
	bool fitted[GPIO_SLOTS], level[GPIO_SLOTS];
};

/* A socket that nobody listens to was left by a process that died; anything else is not ours to
 * remove. */
static int remove_stale(const struct sockaddr_un *at)
{
	struct stat st;
	int fd, err;

	if (lstat(at->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 ? -EADDRINUSE : -errno;
	close(fd);
	if (err != -ECONNREFUSED)
		return err;
	return unlink(at->sun_path) < 0 ? -errno : 0;
}

static int listen_at(struct script *s, const char *path)
{
	int err;

	if (strlen(path) >= sizeof s->at.sun_path)
		return -ENAMETOOLONG;
	s->at.sun_family = AF_UNIX;
	strcpy(s->at.sun_path, path);
	err = remove_stale(&s->at);
	if (err < 0)
		return err;

	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	/* Before bind, so that there is no moment in which others may write. */
	if (fchmod(s->fd, 0600) < 0 ||
	    bind(s->fd, (const struct sockaddr *)&s->at, sizeof s->at) < 0) {
		err = -errno;
		close(s->fd);
		return err;
	}
	return 0;
}

static void *script_open(const struct gpio_options *o, char why[static GPIO_WHY])
{
	struct script *s;
	int err;

	if (!o->script || !o->script[0]) {
		snprintf(why, GPIO_WHY, "body \"script\" needs \"script\": the path of its socket");
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (!s) {
		snprintf(why, GPIO_WHY, "out of memory");
		return NULL;
	}
	err = listen_at(s, o->script);
	if (err < 0) {
		snprintf(why, GPIO_WHY, "script socket %s: %s", o->script, strerror(-err));
		free(s);
		return NULL;
	}
	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++)
		s->fitted[slot] = gpio_slot_line(o, slot) != NULL;
	s->level[GPIO_MAINS] = s->level[GPIO_UPS] = true;
	return s;
}

static void script_close(void *self)
{
	struct script *s = self;

	unlink(s->at.sun_path);
	close(s->fd);
	free(s);
}

static int script_fd(const void *self)
{
	const struct script *s = self;

	return s->fd;
}

static int script_read(void *self, unsigned slot)
{
	const struct script *s = self;

	return s->level[slot];
}

static int script_set(void *self, unsigned slot, bool on)
{
	struct script *s = self;

	s->level[slot] = on;
	return 0;
}

static const char *skip_word(const char *text, const char *word)
{
	const size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

/* The fitted wire that text begins with, and what follows its name. GPIO_SLOTS when there is none.
 */
static unsigned slot_find(const struct script *s, const char *text, const char **rest)
{
	char name[GPIO_SLOT_TEXT];

	for (unsigned slot = 0; slot < GPIO_SLOTS; slot++) {
		*rest = skip_word(text, gpio_slot_draw(name, slot));
		if (*rest && s->fitted[slot])
			return slot;
	}
	return GPIO_SLOTS;
}

/* Does what the line says and writes the answer. True when it was an edge of *slot. */
static bool obey(struct script *s, const char *line, char answer[static LINE], unsigned *slot)
{
	char name[GPIO_SLOT_TEXT];
	const char *rest;
	bool on;

	*slot = slot_find(s, line, &rest);
	if (*slot == GPIO_SLOTS) {
		snprintf(answer, LINE, "no such wire here");
		return false;
	}
	if (strcmp(rest, "?") == 0) {
		snprintf(answer, LINE, "%s %s", gpio_slot_draw(name, *slot),
			 s->level[*slot] ? "on" : "off");
		return false;
	}
	on = strcmp(rest, " on") == 0;
	if (!on && strcmp(rest, " off") != 0) {
		snprintf(answer, LINE, "say on, off or ?");
		return false;
	}
	if (gpio_slot_is_output(*slot)) {
		snprintf(answer, LINE, "%s is an output", gpio_slot_draw(name, *slot));
		return false;
	}
	s->level[*slot] = on;
	snprintf(answer, LINE, "ok");
	return true;
}

static bool script_next(void *self, unsigned *slot, bool *on, mono_t *at)
{
	struct script *s = self;

	for (int i = 0; i < LINES_A_TURN; i++) {
		char line[LINE], answer[LINE];
		struct sockaddr_un from = { 0 };
		socklen_t from_len = sizeof from;
		const ssize_t n = recvfrom(s->fd, line, sizeof line - 1, 0,
					   (struct sockaddr *)&from, &from_len);
		bool edge;

		if (n < 0)
			return false;
		line[n] = '\0';
		if (n > 0 && line[n - 1] == '\n')
			line[n - 1] = '\0';
		edge = obey(s, line, answer, slot);
		if (from_len > sizeof(sa_family_t)) /* else it has no address, and hears nothing */
			(void)sendto(s->fd, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL,
				     (struct sockaddr *)&from, from_len);
		if (edge) {
			*on = s->level[*slot];
			*at = clock_mono();
			return true;
		}
	}
	return false;
}

const struct gpio_body gpio_script = {
	.open = script_open,
	.close = script_close,
	.fd = script_fd,
	.next = script_next,
	.read = script_read,
	.set = script_set,
};
