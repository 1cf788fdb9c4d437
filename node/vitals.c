/* SPDX-License-Identifier: Apache-2.0 */
/* vitals: what the board knows of itself: which boot this is, its temperature, its default route.
 */
#include "node/vitals.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL = 64, ROUTES = 8192, ROUTE_GATEWAY = 2, ROUTE_UP = 1 };

/* The beginning of a small file of the kernel's, NUL-terminated. 0 or -errno. */
static int read_small(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n > 0 && have < size - 1) {
		n = read(fd, text + have, size - 1 - have);
		if (n > 0)
			have += (size_t)n;
		else if (n < 0)
			err = -errno;
	}
	text[have] = '\0';
	close(fd);
	return err;
}

bool vitals_boot_parse(const char *text, uint64_t *boot)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t v = 0;
	unsigned digits = 0;

	for (; digits < 16; text++) {
		const char *at = *text ? strchr(hex, *text | 0x20) : NULL;

		if (*text == '-')
			continue;
		if (!at)
			return false;
		v = v << 4 | (uint64_t)(at - hex);
		digits++;
	}
	*boot = v;
	return true;
}

int vitals_boot(const char *path, uint64_t *boot)
{
	char text[SMALL];
	int err = read_small(path, text, sizeof text);

	if (err)
		return err;
	return vitals_boot_parse(text, boot) ? 0 : -EINVAL;
}

int8_t vitals_temp(void)
{
	char text[SMALL], *end;
	long milli;

	if (read_small("/sys/class/thermal/thermal_zone0/temp", text, sizeof text) != 0)
		return VITALS_NO_TEMP;
	milli = strtol(text, &end, 10);
	if (end == text || milli < -127000 || milli > 127000)
		return VITALS_NO_TEMP;
	return (int8_t)(milli / 1000);
}

/* The number that stands in the second line where name stands in the first. */
static bool column(const char *names, const char *numbers, const char *name, uint64_t *out)
{
	const char *names_end = strchr(names, '\n'),
		   *end = names_end ? strchr(numbers, '\n') : NULL;
	size_t len = strlen(name);

	while (end && names < names_end && numbers < end) {
		size_t a = strcspn(names, " \n"), b = strcspn(numbers, " \n");

		if (a == len && strncmp(names, name, len) == 0) {
			*out = strtoull(numbers, NULL, 10);
			return true;
		}
		names += a + 1;
		numbers += b + 1;
	}
	return false;
}

bool vitals_bytes_parse(const char *text, uint64_t *in, uint64_t *out)
{
	const char *names = strstr(text, "IpExt: "), *numbers;

	if (!names)
		return false;
	numbers = strstr(names + 1, "IpExt: ");
	return numbers && column(names, numbers, "InOctets", in) &&
	       column(names, numbers, "OutOctets", out);
}

bool vitals_bytes(uint64_t *in, uint64_t *out)
{
	char text[ROUTES];

	return read_small("/proc/net/netstat", text, sizeof text) == 0 &&
	       vitals_bytes_parse(text, in, out);
}

int vitals_carrier(const char *interface)
{
	char path[SMALL + VITALS_INTERFACE], text[SMALL];
	int err;

	if (interface[0] == '\0' || strchr(interface, '/'))
		return -1;
	snprintf(path, sizeof path, "/sys/class/net/%s/carrier", interface);
	err = read_small(path, text, sizeof text);
	if (err == -EINVAL) /* so says the kernel of an interface that is switched off */
		return 0;
	return err ? -1 : text[0] == '1';
}

bool vitals_route_parse(const char *text, struct vitals_route *out)
{
	unsigned best = UINT32_MAX;
	bool found = false;

	*out = (struct vitals_route){ 0 };
	/* The first line is the heading. */
	for (const char *line = strchr(text, '\n'); line && line[1];
	     line = strchr(line + 1, '\n')) {
		unsigned to, via, flags, metric, mask;
		struct vitals_route r;
		struct in_addr a;

		if (sscanf(line + 1, "%15s %8x %8x %8x %*u %*u %8u %8x", r.interface, &to, &via,
			   &flags, &metric, &mask) != 6)
			continue;
		if (to != 0 || mask != 0 || !(flags & ROUTE_UP) || !(flags & ROUTE_GATEWAY) ||
		    (found && metric >= best))
			continue;
		best = metric;
		a.s_addr = via;
		if (!inet_ntop(AF_INET, &a, r.router, sizeof r.router))
			continue;
		*out = r;
		found = true;
	}
	return found;
}

bool vitals_route(struct vitals_route *out)
{
	char text[ROUTES];

	*out = (struct vitals_route){ 0 };
	return read_small("/proc/net/route", text, sizeof text) == 0 &&
	       vitals_route_parse(text, out);
}
