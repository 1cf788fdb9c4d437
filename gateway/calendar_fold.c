/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_fold: Vietnamese without accents and capitals, and the labels that announce a field. */
#include "gateway/calendar_parts.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- UTF-8 ---- */

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* One character; 0 when it is none, its length otherwise. */
static size_t utf8_read(uint32_t *out, const char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char first = (unsigned char)text[0];
	const size_t n = first < 0x80   ? 1
			 : first < 0xc2 ? 0
			 : first < 0xe0 ? 2
			 : first < 0xf0 ? 3
					: 4;
	uint32_t c = n == 1 ? first : first & (0xffu >> (n + 1));

	if (n == 0 || n > len || first > 0xf4 || first == 0)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!is_tail(text[i]))
			return 0;
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*out = c;
	return n;
}

size_t utf8_bad(const char *text, size_t len)
{
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_read(&c, text + i, len - i);
		if (n == 0)
			return i;
	}
	return len;
}

size_t utf8_cut(const char *text, size_t n)
{
	const size_t len = strnlen(text, n + 1);

	if (len <= n)
		return len;
	while (n > 0 && is_tail(text[n]))
		n--;
	return n;
}

/* ---- letters ---- */

/* The letters of Vietnamese, by ranges of Unicode; 0: nothing (an accent by itself). */
static const struct {
	uint32_t first, last;
	char letter;
} letters[] = {
	{ 0xa0, 0xa0, ' ' },     { 0xc0, 0xc5, 'a' },     { 0xc7, 0xc7, 'c' },
	{ 0xc8, 0xcb, 'e' },     { 0xcc, 0xcf, 'i' },     { 0xd0, 0xd0, 'd' },
	{ 0xd1, 0xd1, 'n' },     { 0xd2, 0xd6, 'o' },     { 0xd9, 0xdc, 'u' },
	{ 0xdd, 0xdd, 'y' },     { 0xe0, 0xe5, 'a' },     { 0xe7, 0xe7, 'c' },
	{ 0xe8, 0xeb, 'e' },     { 0xec, 0xef, 'i' },     { 0xf0, 0xf0, 'd' },
	{ 0xf1, 0xf1, 'n' },     { 0xf2, 0xf6, 'o' },     { 0xf9, 0xfc, 'u' },
	{ 0xfd, 0xfd, 'y' },     { 0x102, 0x103, 'a' },   { 0x110, 0x111, 'd' },
	{ 0x128, 0x129, 'i' },   { 0x168, 0x169, 'u' },   { 0x1a0, 0x1a1, 'o' },
	{ 0x1af, 0x1b0, 'u' },   { 0x300, 0x36f, 0 },     { 0x1ea0, 0x1eb7, 'a' },
	{ 0x1eb8, 0x1ec7, 'e' }, { 0x1ec8, 0x1ecb, 'i' }, { 0x1ecc, 0x1ee3, 'o' },
	{ 0x1ee4, 0x1ef1, 'u' }, { 0x1ef2, 0x1ef9, 'y' }, { 0x200b, 0x200f, 0 },
	{ 0x2010, 0x2015, '-' }, { 0x2212, 0x2212, '-' }, { 0xfeff, 0xfeff, 0 },
	{ 0xff1a, 0xff1a, ':' },
};

static char letter_of(uint32_t c)
{
	if (c < 0x80)
		return c < ' ' ? ' ' : (char)tolower((int)c);
	for (size_t i = 0; i < COUNT(letters); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return letters[i].letter;
	return ' ';
}

void fold(struct folded *out, const char *text, size_t len)
{
	uint32_t c;

	out->n = 0;
	for (size_t i = 0, n; i < len; i += n) {
		char letter = ' ';

		n = utf8_read(&c, text + i, len - i);
		if (n == 0)
			n = 1;
		else
			letter = letter_of(c);
		if (letter == 0)
			continue;
		out->at[out->n] = (uint16_t)i;
		out->text[out->n++] = letter;
	}
	out->at[out->n] = (uint16_t)len;
	out->text[out->n] = '\0';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) != 0;
}

/* ',' for what divides a list, ';' a group, ':' what follows a heading; 0 for nothing of the kind.
 */
static char divider_of(char c)
{
	if (c == ',' || c == '+' || c == '&' || c == ')')
		return ',';
	if (c == ';' || c == '|')
		return ';';
	return c == ':' || c == '(' ? ':' : 0;
}

static char *put_divider(char *begin, char *out, char divider)
{
	while (out > begin && out[-1] == ' ')
		out--;
	if (out > begin && divider_of(out[-1]) == 0)
		*out++ = divider;
	else if (out > begin && divider == ';')
		out[-1] = divider;
	return out;
}

void squeeze(char *folded)
{
	char *out = folded;

	for (const char *in = folded; *in; in++) {
		const bool follows = out > folded && is_word(out[-1]);
		const char divider = divider_of(*in);

		if (is_word(*in))
			*out++ = *in;
		else if (divider)
			out = put_divider(folded, out, divider);
		else if (follows)
			*out++ = strchr("-./", *in) && is_word(in[1]) ? '-' : ' ';
	}
	while (out > folded && out[-1] == ' ')
		out--;
	*out = '\0';
}

/* ---- labels ---- */

static const struct {
	const char *words;
	enum column what;
} heads[] = {
	{ "khu vuc", COLUMN_AREA },
	{ "pham vi", COLUMN_AREA },
	{ "dia diem", COLUMN_AREA },
	{ "dia ban", COLUMN_AREA },
	{ "area", COLUMN_AREA },
	{ "areas", COLUMN_AREA },
	{ "location", COLUMN_AREA },
	{ "place", COLUMN_AREA },
	{ "hamlet", COLUMN_AREA },
	{ "ap", COLUMN_AREA },
	{ "thon", COLUMN_AREA },
	{ "point", COLUMN_AREA },
	{ "diem", COLUMN_AREA },
	{ "ma diem", COLUMN_AREA },
	{ "diem camera", COLUMN_AREA },
	{ "tram", COLUMN_STATION },
	{ "ten tram", COLUMN_STATION },
	{ "ma tram", COLUMN_STATION },
	{ "tram bien ap", COLUMN_STATION },
	{ "ten tram bien ap", COLUMN_STATION },
	{ "tba", COLUMN_STATION },
	{ "transformer", COLUMN_STATION },
	{ "station", COLUMN_STATION },
	{ "dia chi", COLUMN_ADDRESS },
	{ "address", COLUMN_ADDRESS },
	{ "ngay", COLUMN_DATE },
	{ "date", COLUMN_DATE },
	{ "day", COLUMN_DATE },
	{ "thoi gian", COLUMN_TIME },
	{ "gio", COLUMN_TIME },
	{ "time", COLUMN_TIME },
	{ "hours", COLUMN_TIME },
	{ "thoi gian bat dau", COLUMN_FROM },
	{ "thoi diem bat dau", COLUMN_FROM },
	{ "gio bat dau", COLUMN_FROM },
	{ "bat dau", COLUMN_FROM },
	{ "tu", COLUMN_FROM },
	{ "tu gio", COLUMN_FROM },
	{ "from", COLUMN_FROM },
	{ "start", COLUMN_FROM },
	{ "begin", COLUMN_FROM },
	{ "thoi gian ket thuc", COLUMN_UNTIL },
	{ "thoi gian tai lap", COLUMN_UNTIL },
	{ "thoi diem ket thuc", COLUMN_UNTIL },
	{ "gio ket thuc", COLUMN_UNTIL },
	{ "ket thuc", COLUMN_UNTIL },
	{ "den", COLUMN_UNTIL },
	{ "den gio", COLUMN_UNTIL },
	{ "until", COLUMN_UNTIL },
	{ "to", COLUMN_UNTIL },
	{ "end", COLUMN_UNTIL },
	{ "ly do", COLUMN_REASON },
	{ "noi dung", COLUMN_REASON },
	{ "reason", COLUMN_REASON },
	{ "dien luc", COLUMN_COMPANY },
	{ "cong ty dien luc", COLUMN_COMPANY },
	{ "don vi", COLUMN_COMPANY },
	{ "company", COLUMN_COMPANY },
	{ "ma lich", COLUMN_ENTRY },
	{ "stt", COLUMN_ENTRY },
	{ "khach hang", COLUMN_OTHER },
	{ "ten khach hang", COLUMN_OTHER },
	{ "ma khach hang", COLUMN_OTHER },
	{ "trang thai", COLUMN_OTHER },
	{ "status", COLUMN_OTHER },
};

/* Words that a label may go on with: "KHU VỰC MẤT ĐIỆN", "LÝ DO NGỪNG CUNG CẤP ĐIỆN". */
static const char *const more[] = {
	"mat", "cat",  "cup",   "ngung", "giam", "cung", "cap",  "dien", "tam",
	"bi",  "anh",  "huong", "du",    "kien", "viec", "cong", "co",   "lai",
	"tac", "quan", "ly",    "cua",   "gian", "thoi", "lam",
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The length of these words at the beginning of text, blanks between as they come; 0: others. */
static size_t words_read(const char *text, const char *words)
{
	const char *at = text;

	for (; *words; words++) {
		if (*words == ' ') {
			if (!is_blank(*at))
				return 0;
			while (is_blank(*at))
				at++;
		} else if (*at++ != *words) {
			return 0;
		}
	}
	return is_word(*at) ? 0 : (size_t)(at - text);
}

static size_t blanks(const char *text)
{
	return strspn(text, " \t");
}

static size_t more_read(const char *text)
{
	for (size_t i = 0; i < COUNT(more); i++) {
		size_t n = words_read(text, more[i]);

		if (n)
			return n;
	}
	return 0;
}

/* Head, more words, blanks; the longest reading that `end` follows. */
static enum column head_read(const char *text, char end, size_t *used)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		size_t n = words_read(text, heads[i].words), m;

		if (n == 0)
			continue;
		for (n += blanks(text + n); (m = more_read(text + n)) > 0;)
			n += m + blanks(text + n + m);
		if (text[n] != end)
			continue;
		*used = n;
		return heads[i].what;
	}
	return COLUMN_NONE;
}

enum column label_read(const char *folded, size_t *used)
{
	enum column c = head_read(folded, ':', used);

	/* "Tổ: 13" is no "to:". */
	if (c == COLUMN_NONE || strncmp(folded, "to:", 3) == 0)
		return COLUMN_NONE;
	*used += 1;
	return c;
}

enum column heading_read(const char *folded)
{
	size_t used;

	return head_read(folded + blanks(folded), '\0', &used);
}
