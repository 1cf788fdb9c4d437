/* SPDX-License-Identifier: Apache-2.0 */
/* supply: how the board is fed. */
#include "node/supply.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD = 64, ENTRIES = 64 };

/* The first word of a small file of the kernel's. False when there is none. */
static bool word(char text[static WORD], const char *folder, const char *name, const char *file)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, WORD - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool is(const char *folder, const char *name, const char *file, const char *want)
{
	char text[WORD];

	return word(text, folder, name, file) && strcmp(text, want) == 0;
}

typedef bool entry_fn(const char *folder, const char *name, void *self);

/* The first entry of a folder that fn likes, into name. */
static bool find(const char *folder, entry_fn *fn, void *self)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	bool found = false;

	if (!d)
		return false;
	for (unsigned i = 0; !found && i < ENTRIES && (e = readdir(d)); i++)
		found = e->d_name[0] != '.' && fn(folder, e->d_name, self);
	closedir(d);
	return found;
}

/* ---- under-voltage: the Raspberry Pi's own monitor ---- */

static bool weak(const char *folder, const char *name, void *self)
{
	(void)self;
	return is(folder, name, "name", "rpi_volt") && is(folder, name, "in0_lcrit_alarm", "1");
}

/* ---- the UPS ---- */

static bool battery(const char *folder, const char *name, void *self)
{
	if (!is(folder, name, "type", "Battery"))
		return false;
	snprintf(self, WORD, "%s", name);
	return true;
}

static void read_gauge(struct supply *s, const char *folder, const char *name)
{
	char text[WORD];

	if (word(text, folder, name, "capacity")) {
		long percent = strtol(text, NULL, 10);

		if (percent >= 0 && percent <= 100)
			s->battery_percent = (uint8_t)percent;
	}
	if (word(text, folder, name, "status")) {
		s->ups_known = true;
		s->on_battery = strcmp(text, "Discharging") == 0;
	}
	s->battery_low = is(folder, name, "capacity_level", "Critical") ||
			 is(folder, name, "capacity_level", "Low") ||
			 s->battery_percent < SUPPLY_LOW_PERCENT;
}

struct supply supply_read(const char *root, const char *ups, int power_good)
{
	struct supply s = { .battery_percent = SUPPLY_UNKNOWN };
	char folder[PATH_MAX], name[WORD] = "";

	snprintf(folder, sizeof folder, "%s/class/hwmon", root);
	s.under_voltage = find(folder, weak, NULL);

	snprintf(folder, sizeof folder, "%s/class/power_supply", root);
	if (strcmp(ups, "auto") == 0)
		find(folder, battery, name);
	else
		snprintf(name, sizeof name, "%s", ups);
	if (name[0] && !strchr(name, '/'))
		read_gauge(&s, folder, name);
	/* The line is quicker than any gauge, and speaks of nothing else. */
	if (power_good >= 0) {
		s.ups_known = true;
		s.on_battery = power_good == 0;
	}
	s.battery_low &= s.ups_known && s.on_battery;
	return s;
}
