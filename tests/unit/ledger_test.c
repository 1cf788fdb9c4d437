/* SPDX-License-Identifier: Apache-2.0 */
/* ledger: every byte of a row is in its hash, and the store finds what was changed afterwards. */
#include "gateway/ledger.h"

#include "gateway/acts.h"
#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct row sample = {
	.id = 0x0102,
	.at = { 0x0a0b0c },
	.stored = { 0x0a0b0d },
	.how = STAMP_NTP,
	.kind = ROW_NEWS,
	.point = "TT-1",
	.boot = 0xfedcba9876543210,
	.seq = 7,
	.body = { 0xaa, 0xbb },
	.body_len = 2,
};

static void the_canonical_bytes_are_as_drawn(void **state)
{
	static const uint8_t want[] = {
		0,    0,    0,    0,    0,    0,    1,    2,    /* id */
		0,    0,    0,    0,    0,    0x0a, 0x0b, 0x0c, /* at */
		0,    0,    0,    0,    0,    0x0a, 0x0b, 0x0d, /* stored */
		3,    2,                                        /* how, kind */
		0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, /* boot */
		0,    0,    0,    0,    0,    0,    0,    7,    /* seq */
		4,    'T',  'T',  '-',  '1',                    /* point */
		2,    0xaa, 0xbb,                               /* body */
	};
	uint8_t buf[LEDGER_ROW_MAX];

	(void)state;
	assert_int_equal(ledger_encode(buf, &sample), sizeof want);
	assert_memory_equal(buf, want, sizeof want);
}

static void every_field_changes_the_hash(void **state)
{
	const uint8_t zero[LEDGER_HASH] = { 0 };
	struct row changed[10];
	uint8_t hash[10][LEDGER_HASH];

	(void)state;
	for (size_t i = 0; i < 10; i++)
		changed[i] = sample;
	changed[1].id++;
	changed[2].at.ms++;
	changed[3].stored.ms++;
	changed[4].how = STAMP_GUESS;
	changed[5].kind = ROW_LOST;
	changed[6].boot++;
	changed[7].seq++;
	strcpy(changed[8].point, "TT-2");
	changed[9].body[1]++;
	for (size_t i = 0; i < 10; i++) {
		ledger_link(hash[i], zero, &changed[i]);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(hash[i], hash[k], LEDGER_HASH);
	}
}

static void the_hash_rests_on_the_one_before(void **state)
{
	uint8_t prev[LEDGER_HASH] = { 0 }, a[LEDGER_HASH], b[LEDGER_HASH];

	(void)state;
	ledger_link(a, prev, &sample);
	prev[31] = 1;
	ledger_link(b, prev, &sample);
	assert_memory_not_equal(a, b, LEDGER_HASH);
	ledger_link(prev, prev, &sample); /* in place */
	assert_memory_equal(prev, b, LEDGER_HASH);
}

/* ---- in the store ---- */

static struct verify_result verify(struct store *s, size_t n)
{
	struct verify_result out;
	int64_t at = 0;

	for (int i = 0; i < 1000 && store_verify(s, &at, n, &out); i++)
		;
	return out;
}

static struct store *with_rows(void)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	for (int64_t id = 1; id <= 20; id++) {
		/* A hole in the numbers is no hole in the chain. */
		shelf_row(&a, id > 10 ? id + 5 : id, ROW_NEWS, "TT-07-03", 77, (uint64_t)id);
		if (id % 3 == 0)
			shelf_commit(s, &a, 1000);
	}
	shelf_commit(s, &a, 1000);
	free(a.act);
	return s;
}

static void a_whole_ledger_is_found_whole_in_any_steps(void **state)
{
	struct store *s = with_rows();

	(void)state;
	for (size_t n = 1; n < 25; n++) {
		struct verify_result r = verify(s, n);

		assert_int_equal(r.rows, 20);
		assert_int_equal(r.first_bad, 0);
		assert_string_equal(r.why, "");
	}
	store_close(s);
}

static void an_empty_ledger_is_whole(void **state)
{
	struct store *s = shelf_open();
	struct verify_result r = verify(s, 10);

	(void)state;
	assert_int_equal(r.rows, 0);
	assert_int_equal(r.first_bad, 0);
	store_close(s);
}

static void tampering_is_found_at_the_first_row_it_touches(void **state)
{
	static const struct {
		const char *sql;
		int64_t bad;
	} deeds[] = {
		{ "UPDATE ledger SET at_ms = at_ms + 1 WHERE id = 7", 7 },
		{ "UPDATE ledger SET body = x'010204' WHERE id = 1", 1 },
		{ "UPDATE ledger SET point = 'TT-07-04' WHERE id = 25", 25 },
		{ "UPDATE ledger SET hash = zeroblob(32) WHERE id = 4", 4 },
		{ "UPDATE ledger SET hash = 'text' WHERE id = 4", 4 },
		{ "UPDATE ledger SET kind = 99 WHERE id = 4", 4 },
		{ "UPDATE ledger SET body = zeroblob(1000) WHERE id = 4", 4 },
		{ "DELETE FROM ledger WHERE id = 9", 10 },
		{ "DELETE FROM ledger WHERE id = 1", 2 },
		{ "DELETE FROM ledger WHERE id = 25", 25 }, /* the end; the next would be 25 */
		{ "DELETE FROM ledger WHERE id > 20", 21 }, /* more of the end */
		{ "DELETE FROM ledger", 1 },                /* all */
		{ "INSERT INTO ledger SELECT 12, at_ms, stored_ms, how, point, kind, 5, seq, body, "
		  "hash "
		  "FROM ledger WHERE id = 10",
		  12 },
		{ "INSERT INTO ledger SELECT 99, at_ms, stored_ms, how, point, kind, 5, seq, body, "
		  "hash "
		  "FROM ledger WHERE id = 25",
		  99 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		struct store *s;
		struct verify_result r;

		assert_int_equal(shelf_teardown(NULL), 0);
		assert_int_equal(shelf_setup(NULL), 0);
		s = with_rows();
		shelf_tamper(deeds[i].sql);
		for (size_t n = 1; n < 40; n += 13) {
			r = verify(s, n);
			if (r.first_bad != deeds[i].bad)
				fail_msg("%s: found %lld, %s", deeds[i].sql, (long long)r.first_bad,
					 r.why);
			assert_string_not_equal(r.why, "");
		}
		store_close(s);
	}
}

static void a_cut_end_shows_even_after_new_rows(void **state)
{
	struct store *s = with_rows();
	struct acts a = { 0 };
	struct verify_result r;

	(void)state;
	store_close(s);
	shelf_tamper("DELETE FROM ledger WHERE id = 25");
	s = shelf_open();
	shelf_row(&a, 26, ROW_NEWS, "TT-07-03", 78, 1);
	shelf_commit(s, &a, 2000);
	r = verify(s, 100);
	assert_int_equal(r.first_bad, 26);
	store_close(s);
	free(a.act);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_canonical_bytes_are_as_drawn),
		cmocka_unit_test(every_field_changes_the_hash),
		cmocka_unit_test(the_hash_rests_on_the_one_before),
		cmocka_unit_test_setup_teardown(a_whole_ledger_is_found_whole_in_any_steps,
						shelf_setup, shelf_teardown),
		cmocka_unit_test_setup_teardown(an_empty_ledger_is_whole, shelf_setup,
						shelf_teardown),
		cmocka_unit_test_setup_teardown(tampering_is_found_at_the_first_row_it_touches,
						shelf_setup, shelf_teardown),
		cmocka_unit_test_setup_teardown(a_cut_end_shows_even_after_new_rows, shelf_setup,
						shelf_teardown),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
