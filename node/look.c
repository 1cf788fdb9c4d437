/* SPDX-License-Identifier: Apache-2.0 */
/* look: has matsang-eye look at cameras, one at a time, from the loop. */
#include "node/look.h"

#include "mesh/child.h"

#include <cjson/cJSON.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NONE = LOOK_CAMERAS, PASSWORD_TEXT = 130 };

struct look {
	struct loop *loop;
	const char *program;
	look_fn *fn;
	void *self;
	struct loop_alarm *alarm; /* while idle: start the next; else: it took too long */
	struct look_at wanted[LOOK_CAMERAS]; /* .stream NULL: not wanted */

	unsigned camera; /* looked at now, or last; NONE at first */
	pid_t pid;       /* 0: none is running */
	int from;        /* its standard output */
	bool late;
};

/* ---- what the eye is told ---- */

/* The first line of the file, which only its owner may read. False with one line in why. */
static bool read_password(char text[static PASSWORD_TEXT], const char *path,
			  char why[static LOOK_WHY])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0 || fstat(fd, &st) < 0)
		goto say_why;
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		snprintf(why, LOOK_WHY, "%.100s: others may read it; chmod 600 it", path);
		close(fd);
		return false;
	}
	n = read(fd, text, PASSWORD_TEXT - 1);
	if (n < 0)
		goto say_why;
	close(fd);
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	return true;

say_why:
	snprintf(why, LOOK_WHY, "%.100s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

static char *draw_request(const struct look_at *at, const char *password)
{
	cJSON *json = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(json, "url", at->stream);
	cJSON_AddStringToObject(json, "user", at->user);
	cJSON_AddStringToObject(json, "password", password);
	cJSON_AddNumberToObject(json, "watch_ms", (double)at->watch_ms);
	cJSON_AddNumberToObject(json, "timeout_ms", (double)at->timeout_ms);
	cJSON_AddStringToObject(json, "clock", at->clock);
	cJSON_AddStringToObject(json, "onvif", at->onvif);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

/* A descriptor to read the request from, or -1 with one line in why. */
static int request_of(const struct look_at *at, char why[static LOOK_WHY])
{
	char password[PASSWORD_TEXT] = "", *text;
	int fd;

	if (at->password_file[0] && !read_password(password, at->password_file, why))
		return -1;
	text = draw_request(at, password);
	explicit_bzero(password, sizeof password);
	fd = text ? child_text(text) : -ENOMEM;
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	if (fd >= 0)
		return fd;
	snprintf(why, LOOK_WHY, "%s", strerror(-fd));
	return -1;
}

/* ---- one look ---- */

static void on_end(void *self, int status);

static void end_child(struct look *k)
{
	kill(-k->pid, SIGKILL); /* a group of its own */
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	k->pid = 0;
}

/* 0 or -errno. */
static int start_child(struct look *k, int in)
{
	int out[2], err;

	if (pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	/* Only our end is not to wait. */
	fcntl(out[1], F_SETFL, 0);
	err = child_start(&k->pid, &k->program, 1, in, out[1]);
	close(out[1]);
	if (err < 0)
		goto close_pipe;
	err = loop_child(k->loop, k->pid, on_end, k);
	if (err < 0)
		goto end_child;
	k->from = out[0];
	return 0;

end_child:
	end_child(k);
close_pipe:
	close(out[0]);
	k->pid = 0;
	return err;
}

static bool start(struct look *k, const struct look_at *at, char why[static LOOK_WHY])
{
	const int in = request_of(at, why);
	int err;

	if (in < 0)
		return false;
	err = start_child(k, in);
	close(in);
	if (err < 0)
		snprintf(why, LOOK_WHY, "%.100s: %s", k->program, strerror(-err));
	return err == 0;
}

/* The next one in turn that waits; NONE when none does. */
static unsigned next_wanted(const struct look *k)
{
	for (unsigned i = 1; i <= LOOK_CAMERAS; i++) {
		const unsigned camera = (k->camera + i) % LOOK_CAMERAS;

		if (k->wanted[camera].stream)
			return camera;
	}
	return NONE;
}

/* The alarm rings at once when there is somebody to look at. */
static void rearm(struct look *k)
{
	if (k->pid == 0)
		loop_alarm_set(k->alarm, next_wanted(k) == NONE ? MONO_NEVER : clock_mono());
}

static void done(struct look *k, const struct camera_look *found, const char *why)
{
	k->wanted[k->camera].stream = NULL;
	k->fn(k->self, k->camera, found, why, clock_mono());
	rearm(k);
}

static void on_alarm(void *self, mono_t now)
{
	struct look *k = self;
	char why[LOOK_WHY];

	if (k->pid != 0) {
		k->late = true;
		kill(-k->pid, SIGKILL);
		return;
	}
	if (next_wanted(k) == NONE)
		return;
	k->camera = next_wanted(k);
	k->late = false;
	if (start(k, &k->wanted[k->camera], why))
		loop_alarm_set(k->alarm,
			       mono_after(now, k->wanted[k->camera].timeout_ms + LOOK_GRACE_MS));
	else
		done(k, NULL, why);
}

/* Its line waits in the pipe, which holds far more than a line. */
static bool take_line(struct look *k, struct camera_look *found)
{
	char text[CAMERA_LOOK_TEXT + 2];
	const ssize_t n = read(k->from, text, sizeof text - 1);

	if (n <= 0 || text[n - 1] != '\n')
		return false;
	text[n - 1] = '\0';
	return strlen(text) == (size_t)n - 1 && camera_look_parse(text, found);
}

static void on_end(void *self, int status)
{
	struct look *k = self;
	struct camera_look found;
	char why[LOOK_WHY] = "";
	bool ok = false;

	k->pid = 0;
	if (k->late)
		snprintf(why, sizeof why, "%.100s: killed, it took too long", k->program);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof why, "%.100s: ended by signal %d", k->program,
			 WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(why, sizeof why, "%.100s: exit code %d", k->program, WEXITSTATUS(status));
	else if (!(ok = take_line(k, &found)))
		snprintf(why, sizeof why, "%.100s: said what it never says", k->program);
	close(k->from);
	done(k, ok ? &found : NULL, why);
}

/* ---- all of them ---- */

struct look *look_new(struct loop *l, const char *program, look_fn *fn, void *self)
{
	struct look *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	*k = (struct look){ .loop = l, .program = program, .fn = fn, .self = self, .camera = NONE };
	k->alarm = loop_alarm_new(l, on_alarm, k);
	if (!k->alarm) {
		free(k);
		return NULL;
	}
	return k;
}

void look_free(struct look *k)
{
	if (!k)
		return;
	if (k->pid != 0) {
		end_child(k);
		close(k->from);
	}
	loop_alarm_free(k->alarm);
	free(k);
}

void look_ask(struct look *k, unsigned camera, const struct look_at *at)
{
	assert(camera < LOOK_CAMERAS);
	if (k->wanted[camera].stream)
		return;
	k->wanted[camera] = *at;
	rearm(k);
}
