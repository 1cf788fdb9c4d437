/* SPDX-License-Identifier: Apache-2.0 */
/* supply: sentences about a made-up /sys. */
#include "node/supply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char root[] = "/tmp/matsang-supply-XXXXXX";

static void put(const char *path, const char *text)
{
	char whole[256];
	FILE *f;

	snprintf(whole, sizeof whole, "%s/%s", root, path);
	for (char *p = whole + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(whole, 0700);
	}
	f = fopen(whole, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void a_board_without_anything_says_nothing(void **state)
{
	const struct supply s = supply_read("/nowhere", "auto", -1);

	(void)state;
	assert_false(s.ups_known || s.on_battery || s.battery_low || s.under_voltage);
	assert_int_equal(s.battery_percent, SUPPLY_UNKNOWN);
}

static void the_boards_own_monitor_tells_of_a_weak_supply(void **state)
{
	(void)state;
	put("class/hwmon/hwmon0/name", "cpu_thermal\n");
	put("class/hwmon/hwmon1/name", "rpi_volt\n");
	put("class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
	assert_false(supply_read(root, "auto", -1).under_voltage);
	put("class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
	assert_true(supply_read(root, "auto", -1).under_voltage);
}

static void the_fuel_gauge_tells_what_is_left(void **state)
{
	struct supply s;

	(void)state;
	put("class/power_supply/ac/type", "Mains\n");
	put("class/power_supply/gauge/type", "Battery\n");
	put("class/power_supply/gauge/capacity", "87\n");
	put("class/power_supply/gauge/status", "Full\n");
	s = supply_read(root, "auto", -1);
	assert_true(s.ups_known);
	assert_false(s.on_battery);
	assert_int_equal(s.battery_percent, 87);
	put("class/power_supply/gauge/capacity", "12\n");
	assert_false(supply_read(root, "auto", -1).battery_low); /* it is being charged */
	put("class/power_supply/gauge/status", "Discharging\n");
	s = supply_read(root, "gauge", -1);
	assert_true(s.on_battery && s.battery_low);
	assert_false(supply_read(root, "", -1).ups_known);
}

static void the_upss_own_line_is_believed_before_the_gauge(void **state)
{
	(void)state;
	assert_false(supply_read(root, "gauge", 1).on_battery);
	assert_true(supply_read(root, "", 0).on_battery);
	assert_false(supply_read(root, "", 0).battery_low);
}

static void rubbish_in_the_kernels_files_is_not_believed(void **state)
{
	(void)state;
	put("class/power_supply/gauge/capacity", "-3\n");
	assert_int_equal(supply_read(root, "gauge", -1).battery_percent, SUPPLY_UNKNOWN);
	put("class/power_supply/gauge/capacity", "");
	assert_int_equal(supply_read(root, "gauge", -1).battery_percent, SUPPLY_UNKNOWN);
	assert_false(supply_read(root, "../gauge", -1).ups_known);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	static const char *const made[] = {
		"class/hwmon/hwmon0/name",
		"class/hwmon/hwmon0",
		"class/hwmon/hwmon1/name",
		"class/hwmon/hwmon1/in0_lcrit_alarm",
		"class/hwmon/hwmon1",
		"class/hwmon",
		"class/power_supply/ac/type",
		"class/power_supply/ac",
		"class/power_supply/gauge/type",
		"class/power_supply/gauge/capacity",
		"class/power_supply/gauge/status",
		"class/power_supply/gauge",
		"class/power_supply",
		"class",
		"",
	};
	char whole[256];

	(void)state;
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		snprintf(whole, sizeof whole, "%s/%s", root, made[i]);
		remove(whole);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_without_anything_says_nothing),
		cmocka_unit_test(the_boards_own_monitor_tells_of_a_weak_supply),
		cmocka_unit_test(the_fuel_gauge_tells_what_is_left),
		cmocka_unit_test(the_upss_own_line_is_believed_before_the_gauge),
		cmocka_unit_test(rubbish_in_the_kernels_files_is_not_believed),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
