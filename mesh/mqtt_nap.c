/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_nap: keeps Paho's receiving thread from sleeping over what comes in. */
#include "mesh/mqtt_nap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_US = 500 };

static _Thread_local bool receiver;
static atomic_int ups;

void mqtt_nap_up(void)
{
	receiver = true;
	atomic_fetch_add(&ups, 1);
}

void mqtt_nap_down(void)
{
	atomic_fetch_sub(&ups, 1);
}

int usleep(useconds_t us)
{
	struct timespec t;

	/* Not zero: should the socket be gone before we hear of it, this is all that brakes Paho.
	 */
	if (receiver && us > SHORT_US && atomic_load(&ups) > 0)
		us = SHORT_US;
	t = (struct timespec){ .tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000) * 1000 };
	return nanosleep(&t, NULL);
}
