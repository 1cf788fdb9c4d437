/* SPDX-License-Identifier: Apache-2.0 */
/* loop: descriptors, deadlines and signals; a thin face over sd-event. It passes now down. */
#ifndef MATSANG_MESH_LOOP_H
#define MATSANG_MESH_LOOP_H

#include "mesh/clock.h"

#include <stdbool.h>

struct loop;
struct loop_watch;
struct loop_alarm;
struct sd_event;

/* Watches and alarms may be set and freed inside any call, their own too. */
typedef void loop_fn(void *self, mono_t now);

/* SIGTERM and SIGINT end the run, SIGPIPE is ignored. Call before any thread starts. NULL with
 * errno. */
struct loop *loop_new(void);
void loop_free(struct loop *l);

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Call ready whenever fd is readable (or writable, by LOOP_ bits). The fd stays the caller's; drop
 * the watch before closing it. NULL with errno. loop_watch_set changes the bits (0 pauses). */
struct loop_watch *loop_watch_new(struct loop *l, int fd, unsigned bits, loop_fn *ready,
				  void *self);
void loop_watch_set(struct loop_watch *w, unsigned bits);
void loop_watch_free(struct loop_watch *w);

/* One deadline; MONO_NEVER (at first) means none. Fires once, then needs setting again. Wakes from
 * the clock of mono_t (CLOCK_BOOTTIME). */
struct loop_alarm *loop_alarm_new(struct loop *l, loop_fn *fire, void *self);
void loop_alarm_set(struct loop_alarm *a, mono_t due);
void loop_alarm_free(struct loop_alarm *a);

/* Call fire on signal signo (blocked by this call; call before threads start). 0 or -errno. */
int loop_signal(struct loop *l, int signo, loop_fn *fire, void *self);

/* Call done(self, status) once when child pid ends; status as from waitpid. 0 or -errno. SIGCHLD is
 * blocked by loop_new. */
typedef void loop_child_fn(void *self, int status);
int loop_child(struct loop *l, int pid, loop_child_fn *done, void *self);

/* Tell the service manager (if there is one): "READY=1", "STATUS=...", "STOPPING=1". */
void loop_notify(const char *state);

/*
 * The service manager's watchdog (WatchdogSec=), if there is one, is fed by loop_run, and only
 * while every part that was named here says that it makes progress. alive is asked in the loop's
 * thread, a few times in the watchdog's time. 0, or -ENOSPC. loop_alive_drop forgets what was named
 * with self.
 */
typedef bool loop_alive_fn(void *self, mono_t now);
int loop_alive(struct loop *l, loop_alive_fn *alive, void *self);
void loop_alive_drop(struct loop *l, const void *self);

/* Until SIGTERM, SIGINT or loop_end. 0, or -errno. */
int loop_run(struct loop *l);

/* One turn: wait at most wait_ms for something to happen, and handle it. For tests, which look
 * round between turns. 1 something happened, 0 nothing did, or -errno. */
int loop_turn(struct loop *l, int wait_ms);
void loop_end(struct loop *l);

#endif
