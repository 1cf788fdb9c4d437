/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edges NAME...: print what gpio.h tells of heartbeat lines, until SIGTERM. For a camera each line:
 *
 *	edge WHICH on|off AT NOW        AT is the edge's stamp, NOW the same clock when it was read
 *	level WHICH on|off              after each burst: the truth
 */
#include "hw/gpio.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static void tell_edges(struct gpio *g)
{
	struct gpio_edge e;

	while (gpio_next(g, &e))
		printf("edge %u %s %lld %lld\n", e.which, e.on ? "on" : "off", (long long)e.at.ms,
		       (long long)clock_mono().ms);
}

static void tell_levels(struct gpio *g)
{
	for (unsigned i = 0; gpio_fitted(g, GPIO_HEARTBEAT, i); i++)
		printf("level %u %s\n", i, gpio_read(g, GPIO_HEARTBEAT, i) > 0 ? "on" : "off");
}

int main(int argc, char **argv)
{
	struct gpio_options o = { .body = "chip", .chip = "pinctrl-bcm2835" };
	char why[GPIO_WHY];
	struct pollfd p = { .events = POLLIN };
	struct gpio *g;

	for (int i = 1; i < argc && o.n_heartbeats < GPIO_HEARTBEATS; i++)
		o.heartbeat[o.n_heartbeats++].name = argv[i];
	setvbuf(stdout, NULL, _IOLBF, 0);
	g = gpio_open(&o, why);
	if (!g) {
		fprintf(stderr, "edges: %s\n", why);
		return EXIT_FAILURE;
	}
	p.fd = gpio_fd(g);
	do {
		tell_edges(g);
		tell_levels(g);
	} while (poll(&p, 1, -1) > 0);
	gpio_close(g);
	return EXIT_SUCCESS;
}
