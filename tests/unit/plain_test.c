/* SPDX-License-Identifier: Apache-2.0 */
/* plain: every letter that Vietnamese has, composed and not, and what a telephone cannot show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/plain.h"

#include <string.h>

enum { TEXT = 400 };

static void expect(const char *utf8, const char *want)
{
	char got[TEXT];

	plain_draw(got, sizeof got, utf8);
	assert_string_equal(got, want);
	assert_true(plain_ok(got));
}

/* The 67 letters with a mark, twice: small and capital. */
static const char *const small[] = { "à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ",
				     "đ",
				     "è é ẻ ẽ ẹ ê ề ế ể ễ ệ",
				     "ì í ỉ ĩ ị",
				     "ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ",
				     "ù ú ủ ũ ụ ư ừ ứ ử ữ ự",
				     "ỳ ý ỷ ỹ ỵ" };
static const char *const capital[] = { "À Á Ả Ã Ạ Ă Ằ Ắ Ẳ Ẵ Ặ Â Ầ Ấ Ẩ Ẫ Ậ",
				       "Đ",
				       "È É Ẻ Ẽ Ẹ Ê Ề Ế Ể Ễ Ệ",
				       "Ì Í Ỉ Ĩ Ị",
				       "Ò Ó Ỏ Õ Ọ Ô Ồ Ố Ổ Ỗ Ộ Ơ Ờ Ớ Ở Ỡ Ợ",
				       "Ù Ú Ủ Ũ Ụ Ư Ừ Ứ Ử Ữ Ự",
				       "Ỳ Ý Ỷ Ỹ Ỵ" };

static void all_134_letters_lose_their_marks(void **state)
{
	unsigned letters = 0;

	(void)state;
	for (size_t k = 0; k < 7; k++) {
		char lower[TEXT], upper[TEXT], raised[TEXT];

		plain_draw(lower, sizeof lower, small[k]);
		plain_draw(upper, sizeof upper, capital[k]);
		for (size_t i = 0; i < strlen(lower); i++) {
			assert_int_equal(lower[i], i % 2 ? ' ' : "adeiouy"[k]);
			assert_int_equal(upper[i], i % 2 ? ' ' : "ADEIOUY"[k]);
			letters += i % 2 ? 0 : 2;
		}
		plain_capitals(raised, sizeof raised, small[k]);
		assert_string_equal(raised, capital[k]);
		plain_capitals(raised, sizeof raised, capital[k]);
		assert_string_equal(raised, capital[k]);
	}
	assert_int_equal(letters, 134);
}

/* As some keyboards write them: a letter, and its marks behind it. */
static void letters_in_pieces_are_the_same(void **state)
{
	static const char *const marks[] = { "\u0300", "\u0301", "\u0309", "\u0303", "\u0323", "" };
	static const char *const bases[] = { "a", "a\u0306", "a\u0302", "e", "e\u0302", "i",
					     "o", "o\u0302", "o\u031b", "u", "u\u031b", "y",
					     "A", "A\u0306", "A\u0302", "E", "E\u0302", "I",
					     "O", "O\u0302", "O\u031b", "U", "U\u031b", "Y" };

	(void)state;
	for (size_t b = 0; b < 24; b++)
		for (size_t m = 0; m < 6; m++) {
			char text[TEXT] = "", want[2] = { bases[b][0], '\0' };

			strcat(text, bases[b]);
			strcat(text, marks[m]);
			expect(text, want);
			/* The other order of marks, as no norm writes it. */
			strcpy(text, want);
			strcat(text, marks[m]);
			strcat(text, bases[b] + 1);
			expect(text, want);
		}
	expect("Đo\u0302\u0300ng Be\u0302\u0301n", "Dong Ben");
	expect("Quyết Thắng, xã Thiện Tân", "Quyet Thang, xa Thien Tan");
}

static void what_costs_two_septets_is_written_otherwise(void **state)
{
	(void)state;
	expect("[a] {b} c|d \\ ~ ^ ` €", "(a) (b) c/d / -   ' EUR");
	expect("19:42–21:05 — “x” ‘y’ … ×", "19:42-21:05 - \"x\" 'y' ... x");
	expect("✓ tốt ✕ 😀 中", " tot  ? ?");
	expect("84.000₫ @ $ _", "84.000d @ $ _");
}

static void control_characters_are_blanks(void **state)
{
	(void)state;
	expect("a\r\nb\tc\x1b"
	       "d\x7f",
	       "a  b c d ");
}

static void broken_characters_do_no_harm(void **state)
{
	char got[TEXT];

	(void)state;
	for (unsigned c = 1; c < 256; c++)
		for (unsigned d = 1; d < 256; d++) {
			const char text[] = { (char)c, (char)d, 'x', '\0' };

			plain_draw(got, sizeof got, text);
			assert_true(plain_ok(got));
			plain_capitals(got, sizeof got, text);
			assert_int_equal(strlen(got), 3);
		}
}

static void what_does_not_fit_is_cut(void **state)
{
	char got[6], big[6];

	(void)state;
	plain_draw(got, sizeof got, "Đồng Bến");
	assert_string_equal(got, "Dong ");
	plain_draw(got, sizeof got, "abcd…");
	assert_string_equal(got, "abcd");
	plain_capitals(big, sizeof big, "đồng");
	assert_string_equal(big, "ĐỒ");
	assert_false(plain_ok("a[b"));
	assert_false(plain_ok("ố"));
	assert_false(plain_ok("a\nb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_134_letters_lose_their_marks),
		cmocka_unit_test(letters_in_pieces_are_the_same),
		cmocka_unit_test(what_costs_two_septets_is_written_otherwise),
		cmocka_unit_test(control_characters_are_blanks),
		cmocka_unit_test(broken_characters_do_no_harm),
		cmocka_unit_test(what_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
