/* SPDX-License-Identifier: Apache-2.0 */
/* vitals: boot ids and routes as the kernel writes them. */
#include "node/vitals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_boot_id_is_its_first_eight_bytes(void **state)
{
	uint64_t boot = 0;

	(void)state;
	assert_true(vitals_boot_parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n", &boot));
	assert_int_equal(boot, 0x0f1e2d3c4b5a6978);
	assert_true(vitals_boot_parse("0123456789ABCDEF", &boot));
	assert_int_equal(boot, 0x0123456789abcdef);
	boot = 7;
	assert_false(vitals_boot_parse("", &boot));
	assert_false(vitals_boot_parse("0f1e2d3c-4b5a", &boot));
	assert_false(vitals_boot_parse("0f1e2d3c 4b5a6978", &boot));
	assert_int_equal(boot, 7);
}

static void this_machine_has_a_boot_id(void **state)
{
	uint64_t a = 0, b = 1;

	(void)state;
	assert_int_equal(vitals_boot("/proc/sys/kernel/random/boot_id", &a), 0);
	assert_int_equal(vitals_boot("/proc/sys/kernel/random/boot_id", &b), 0);
	assert_int_equal(a, b);
	assert_true(vitals_boot("/nowhere/boot_id", &a) < 0);
	assert_true(vitals_boot("/dev/null", &a) < 0);
}

#define HEADING \
	"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

static void the_default_route_with_the_least_metric_is_the_router(void **state)
{
	static const char two[] =
		HEADING "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
			"eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
			"eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";
	struct vitals_route r;

	(void)state;
	assert_true(vitals_route_parse(two, &r));
	assert_string_equal(r.router, "192.168.1.254");
	assert_string_equal(r.interface, "eth0");
}

static void without_a_default_route_there_is_no_router(void **state)
{
	struct vitals_route r = { "x", "y" };

	(void)state;
	assert_false(vitals_route_parse("", &r));
	assert_string_equal(r.router, "");
	assert_string_equal(r.interface, "");
	assert_false(vitals_route_parse(HEADING, &r));
	assert_false(vitals_route_parse(
		HEADING "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n", &r));
	/* Down, or without a gateway of its own. */
	assert_false(vitals_route_parse(
		HEADING "eth0\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
			"ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
			"rubbish\n",
		&r));
}

static void an_interface_that_is_not_there_has_no_carrier_to_speak_of(void **state)
{
	(void)state;
	assert_int_equal(vitals_carrier(""), -1);
	assert_int_equal(vitals_carrier("none0"), -1);
	assert_int_equal(vitals_carrier("../net/lo"), -1);
	assert_int_equal(vitals_carrier("lo"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_id_is_its_first_eight_bytes),
		cmocka_unit_test(this_machine_has_a_boot_id),
		cmocka_unit_test(the_default_route_with_the_least_metric_is_the_router),
		cmocka_unit_test(without_a_default_route_there_is_no_router),
		cmocka_unit_test(an_interface_that_is_not_there_has_no_carrier_to_speak_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
