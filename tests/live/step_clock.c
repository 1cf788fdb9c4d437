/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step_clock: preloaded into one program, gives it a wall clock that a test can step while it runs,
 * without the right to set the system's. As in a kernel, who waits for a moment of the wall clock
 * waits until it shows that moment, however often it is set in the meantime.
 *
 * STEP_CLOCK names a file of two numbers, 8 bytes each, little-endian: what to add to the true time
 * in milliseconds; 1 when NTP keeps it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { OFF, SYNCED, LOOK_NS = 10 * 1000 * 1000 };

static const volatile int64_t *told;

__attribute__((constructor)) static void step_clock_open(void)
{
	const char *path = getenv("STEP_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0)
		map = mmap(NULL, 2 * sizeof *told, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		abort();
	close(fd);
	told = map;
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	long err = syscall(SYS_clock_gettime, clock, ts);
	int64_t ms = told ? told[OFF] : 0, ns;

	if (err != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return (int)err;
	ns = ts->tv_nsec + ms % 1000 * 1000000;
	ts->tv_sec += ms / 1000 + (ns >= 1000000000) - (ns < 0);
	ts->tv_nsec = ns >= 1000000000 ? ns - 1000000000 : ns < 0 ? ns + 1000000000 : ns;
	return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

time_t time(time_t *out)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int adjtimex(struct timex *tx)
{
	tx->status = told && told[SYNCED] ? 0 : STA_UNSYNC;
	return told && told[SYNCED] ? TIME_OK : TIME_ERROR;
}

static int reached(const struct timespec *moment)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec > moment->tv_sec ||
	       (now.tv_sec == moment->tv_sec && now.tv_nsec >= moment->tv_nsec);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict moment)
{
	struct timespec look;
	int err = ETIMEDOUT;

	while (err == ETIMEDOUT && !reached(moment)) {
		clock_gettime(CLOCK_MONOTONIC, &look);
		look.tv_nsec += LOOK_NS;
		if (look.tv_nsec >= 1000000000) {
			look.tv_nsec -= 1000000000;
			look.tv_sec++;
		}
		err = pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &look);
	}
	return err;
}
