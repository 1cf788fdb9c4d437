/* SPDX-License-Identifier: Apache-2.0 */
/* rig: what live tests stand on: a folder, a real broker, other programs, waiting on the loop. */
#include "tests/live/rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef RIG_SOURCE
#error "RIG_SOURCE is the folder of the source tree"
#endif
#ifndef RIG_PLUGIN
#error "RIG_PLUGIN is the broker's plugin as it was built"
#endif

enum { END_MS = 10000, LISTEN_MS = 10000, TURN_MS = 5 };

/* ---- folders and files ---- */

int rig_dir_new(char dir[static RIG_PATH])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, RIG_PATH, "%.200s/matsang-live-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	return mkdtemp(dir) ? 0 : -errno;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void rig_dir_free(const char *dir)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int rig_file(const char *dir, const char *name, const char *text)
{
	char path[RIG_PATH], fresh[RIG_PATH];
	const size_t len = strlen(text);
	ssize_t n;
	int fd;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= RIG_PATH ||
	    snprintf(fresh, sizeof fresh, "%s/%s.new", dir, name) >= RIG_PATH)
		return -ENAMETOOLONG;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	close(fd);
	if (n != (ssize_t)len)
		return -EIO;
	return rename(fresh, path) == 0 ? 0 : -errno;
}

/* ---- ports ---- */

static int socket_at(unsigned port, struct sockaddr_in *at)
{
	*at = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

unsigned rig_port(void)
{
	struct sockaddr_in at;
	socklen_t len = sizeof at;
	const int fd = socket_at(0, &at);
	unsigned port = 0;

	if (fd < 0)
		return 0;
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &len) == 0)
		port = ntohs(at.sin_port);
	close(fd);
	return port;
}

static bool listens(unsigned port)
{
	struct sockaddr_in at;
	const int fd = socket_at(port, &at);
	const bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	return yes;
}

/* ---- programs ---- */

/* In the child; ends it. */
static void become(const struct rig_process *p, const char *const *argv, const char *const *env)
{
	char *args[RIG_ARGS + 1] = { 0 };
	const int out = open(p->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
	for (size_t i = 0; env && env[i]; i++) {
		char *copy = strdup(env[i]);

		if (copy)
			putenv(copy);
	}
	for (size_t i = 0; i < RIG_ARGS && argv[i]; i++)
		args[i] = strdup(argv[i]);
	execvp(args[0], args);
	fprintf(stderr, "cannot start %s: %m\n", args[0]);
	_exit(127);
}

int rig_start(struct rig_process *p, const char *dir, const char *name, const char *const *argv,
	      const char *const *env)
{
	pid_t pid;

	if (snprintf(p->log, sizeof p->log, "%s/%s.log", dir, name) >= RIG_PATH)
		return -ENAMETOOLONG;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(p, argv, env);
	p->pid = pid;
	return 0;
}

static bool ends(int signo)
{
	return signo != SIGSTOP && signo != SIGCONT && signo != SIGHUP && signo != SIGUSR1 &&
	       signo != SIGUSR2;
}

int rig_signal(struct rig_process *p, int signo)
{
	int status = 0;
	struct pollfd end;

	if (p->pid <= 0)
		return 0;
	end = (struct pollfd){ .fd = (int)syscall(SYS_pidfd_open, p->pid, 0), .events = POLLIN };
	kill(p->pid, signo);
	if (ends(signo)) {
		if (poll(&end, 1, END_MS) != 1)
			kill(p->pid, SIGKILL);
		waitpid(p->pid, &status, 0);
		p->pid = 0;
	}
	if (end.fd >= 0)
		close(end.fd);
	return status;
}

bool rig_ended(struct rig_process *p, int *status)
{
	int st;

	if (p->pid <= 0)
		return true;
	if (waitpid(p->pid, &st, WNOHANG) != p->pid)
		return false;
	p->pid = 0;
	if (status)
		*status = st;
	return true;
}

/* The whole log; the caller frees. NULL when there is none. */
static char *log_text(const struct rig_process *p)
{
	FILE *f = fopen(p->log, "re");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

bool rig_said(const struct rig_process *p, const char *text)
{
	char *all = log_text(p);
	const bool yes = all && strstr(all, text);

	free(all);
	return yes;
}

void rig_show(const struct rig_process *p)
{
	char *all = log_text(p);
	const size_t len = all ? strlen(all) : 0, most = 8000;

	fprintf(stderr, "---- %s\n%s----\n", p->log,
		all ? all + (len > most ? len - most : 0) : "");
	free(all);
}

long rig_uss_kib(pid_t pid)
{
	char path[64], line[256];
	long sum = 0, kib;
	FILE *f;

	if (pid == 0)
		pid = getpid();
	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "Private_Clean: %ld", &kib) == 1 ||
		    sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			sum += kib;
	fclose(f);
	return sum;
}

/* ---- the broker ---- */

/* Runs broker-config/place; its last line is the command that starts the broker. */
static int place(const struct rig_broker *b, char *command, size_t size)
{
	char line[4 * RIG_PATH];
	FILE *f;
	bool got;

	snprintf(line, sizeof line, "'%s/broker-config/place' '%s' 127.0.0.1 %u '%s'", RIG_SOURCE,
		 b->dir, b->port, RIG_PLUGIN);
	f = popen(line, "re");
	if (!f)
		return -errno;
	got = fgets(command, (int)size, f);
	return pclose(f) == 0 && got ? 0 : -EIO;
}

int rig_broker_restart(struct rig_broker *b)
{
	char command[3 * RIG_PATH];
	const char *const argv[] = { "/bin/sh", "-c", command, NULL };
	int err = place(b, command, sizeof command);

	if (err < 0)
		return err;
	err = rig_start(&b->process, b->dir, "broker", argv, NULL);
	for (int ms = 0; err == 0 && !listens(b->port); ms += TURN_MS) {
		if (ms > LISTEN_MS || rig_ended(&b->process, NULL))
			err = -ECHILD;
		poll(NULL, 0, TURN_MS);
	}
	if (err < 0)
		rig_show(&b->process);
	return err;
}

int rig_broker_start(struct rig_broker *b, const char *dir, unsigned port)
{
	*b = (struct rig_broker){ .port = port ? port : rig_port() };
	if (snprintf(b->dir, sizeof b->dir, "%s/broker", dir) >= RIG_PATH)
		return -ENAMETOOLONG;
	snprintf(b->endpoint, sizeof b->endpoint, "127.0.0.1:%u", b->port);
	return rig_broker_restart(b);
}

void rig_key(uint8_t key[static RIG_KEY], const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < RIG_KEY; i++) {
		for (const char *c = name; *c; c++)
			h = (h ^ (uint8_t)*c) * 0x100000001b3u;
		h = (h ^ i) * 0x100000001b3u;
		key[i] = (uint8_t)(h >> 32);
	}
}

void rig_key_draw(char text[static RIG_KEY_TEXT], const uint8_t key[static RIG_KEY])
{
	for (size_t i = 0; i < RIG_KEY; i++)
		snprintf(text + 2 * i, 3, "%02x", key[i]);
}

/* All lines of the key file but identity's, at most size - 1 bytes. */
static size_t other_keys(const struct rig_broker *b, const char *identity, char *out, size_t size)
{
	const size_t len = strlen(identity);
	char path[RIG_PATH + 8], line[256];
	size_t at = 0;
	FILE *f;

	out[0] = '\0';
	snprintf(path, sizeof path, "%s/psk", b->dir);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if ((strncmp(line, identity, len) != 0 || line[len] != ':') &&
		    at + strlen(line) < size)
			at += (size_t)snprintf(out + at, size - at, "%s", line);
	if (f)
		fclose(f);
	return at;
}

int rig_broker_key_file(struct rig_broker *b, const char *identity, const uint8_t *key)
{
	enum { SIZE = 1 << 20 };
	char hex[RIG_KEY_TEXT], *text = malloc(SIZE);
	size_t at;
	int err;

	if (!text)
		return -ENOMEM;
	at = other_keys(b, identity, text, SIZE);
	if (key) {
		rig_key_draw(hex, key);
		snprintf(text + at, SIZE - at, "%s:%s\n", identity, hex);
	}
	err = rig_file(b->dir, "psk", text);
	free(text);
	return err;
}

int rig_broker_key(struct rig_broker *b, const char *identity, const uint8_t *key)
{
	const int err = rig_broker_key_file(b, identity, key);

	if (err == 0)
		rig_signal(&b->process, SIGHUP);
	return err;
}

/* ---- waiting ---- */

bool rig_until(struct loop *l, bool (*done)(void *self), void *self, int ms)
{
	const mono_t end = mono_after(clock_mono(), ms);

	while (!done(self)) {
		if (mono_reached(clock_mono(), end))
			return false;
		loop_turn(l, TURN_MS);
	}
	return true;
}
