/* SPDX-License-Identifier: Apache-2.0 */
/* rig: what live tests stand on: a folder, a real broker, other programs, waiting on the loop. */
#ifndef MATSANG_TESTS_LIVE_RIG_H
#define MATSANG_TESTS_LIVE_RIG_H

#include "mesh/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RIG_PATH = 256, RIG_ARGS = 24, RIG_ENVS = 8, RIG_KEY = 16, RIG_KEY_TEXT = 2 * RIG_KEY + 1 };

/* Make a folder of this test's own under TMPDIR (or /tmp). dir gets its path. 0 or -errno. */
int rig_dir_new(char dir[static RIG_PATH]);

/* Remove it and everything in it. */
void rig_dir_free(const char *dir);

/* Write text to dir/name, replacing it as a whole (rename). 0 or -errno. */
int rig_file(const char *dir, const char *name, const char *text);

/* A TCP port of 127.0.0.1 that nobody had a moment ago; 0 on failure. */
unsigned rig_port(void);

/* A program of ours or of others. Ends with the test, even when that is killed. */
struct rig_process {
	pid_t pid;          /* 0: not running */
	char log[RIG_PATH]; /* its standard output and error; appended to by each start */
};

/*
 * Start argv (NULL-terminated, at most RIG_ARGS) with extra environment "NAME=value" entries
 * (NULL-terminated, at most RIG_ENVS, or NULL), output to dir/name.log. 0 or -errno.
 */
int rig_start(struct rig_process *p, const char *dir, const char *name, const char *const *argv,
	      const char *const *env);

/* Send signo and, unless it is one that does not end (SIGSTOP, SIGCONT, SIGHUP, SIGUSR1, SIGUSR2),
 * wait for the end: after 10 s with SIGKILL. Returns the wait status; 0 when it was not running. */
int rig_signal(struct rig_process *p, int signo);

/* Has it ended by itself? Then *status (if not NULL) gets the wait status. */
bool rig_ended(struct rig_process *p, int *status);

/* Does its log hold this text? */
bool rig_said(const struct rig_process *p, const char *text);

/* Print the log's end to standard error, for when a test fails. */
void rig_show(const struct rig_process *p);

/* Private memory of a process in KiB (Private_* of smaps_rollup); -1 when unknown. pid 0: this. */
long rig_uss_kib(pid_t pid);

/* The real broker with the shipped configuration, put in place by broker-config/place. */
struct rig_broker {
	struct rig_process process;
	char dir[RIG_PATH];
	unsigned port;
	char endpoint[32]; /* "127.0.0.1:PORT" */
};

/*
 * Start it in dir/broker on port (0: a free one) of 127.0.0.1 and wait till it listens. Keys of an
 * earlier start in the same dir stay. 0 or -errno.
 */
int rig_broker_start(struct rig_broker *b, const char *dir, unsigned port);

/* Start again after a kill, on the same port. 0 or -errno. */
int rig_broker_restart(struct rig_broker *b);

/*
 * Give identity a key, or take it away (key NULL), in the broker's file alone, and with a wish that
 * the broker read it again. rig_key makes a key out of a name, and hex text of it.
 */
int rig_broker_key_file(struct rig_broker *b, const char *identity, const uint8_t *key);
int rig_broker_key(struct rig_broker *b, const char *identity, const uint8_t *key);
void rig_key(uint8_t key[static RIG_KEY], const char *name);
void rig_key_draw(char text[static RIG_KEY_TEXT], const uint8_t key[static RIG_KEY]);

/* Turn the loop until done(self) is true: at most ms. False when it never was. */
bool rig_until(struct loop *l, bool (*done)(void *self), void *self, int ms);

#endif
