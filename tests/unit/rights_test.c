/* SPDX-License-Identifier: Apache-2.0 */
/* rights: a point has its own two topics, the gateway the other end of them, nobody more. */
#include "broker-config/plugin/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const topics[] = { "ms/A/up",   "ms/A/down", "ms/B/up",    "ms/B/down",
				      "ms/broker", "ms/A/x",    "ms/gateway", "$CONTROL/matsang/v1",
				      "ms/up",     "",          "ms/A/up/x",  "ms/gateway/up",
				      "#",         "ms/+/up",   "ms/A/upp",   "ms/gateway/down" };

/* One letter a topic: w may write, r may read, - neither. */
static void expect(const char *user, const char *letters)
{
	for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
		if (rights_write(user, topics[i]) != (letters[i] == 'w') ||
		    rights_read(user, topics[i]) != (letters[i] == 'r'))
			fail_msg("%s and %s: not %c", user ? user : "(nobody)", topics[i],
				 letters[i]);
	}
}

static void a_point_writes_up_and_reads_down_on_its_own_topics(void **state)
{
	(void)state;
	expect("A", "wr----r---------");
	expect("B", "--wr--r---------");
}

static void the_gateway_has_the_other_end_of_every_topic(void **state)
{
	(void)state;
	expect("gateway", "rwrwr-ww--------");
}

static void who_is_no_point_has_no_rights(void **state)
{
	(void)state;
	expect(NULL, "----------------");
	expect("", "----------------");
	expect("+", "----------------");
	expect("#", "----------------");
	expect("a/b", "----------------");
	expect("broker", "------r---------"); /* a point of that name would be one like another */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_point_writes_up_and_reads_down_on_its_own_topics),
		cmocka_unit_test(the_gateway_has_the_other_end_of_every_topic),
		cmocka_unit_test(who_is_no_point_has_no_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
