/* SPDX-License-Identifier: Apache-2.0 */
/* reply: somebody takes a job by answering "OK 7K2"; reads what people really type. */
#include "gateway/reply.h"

#include <assert.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { FOLDED = 4096 };

static const char *const names[] = {
	[REPLY_OK] = "ok",           [REPLY_NO_WORD] = "no_word", [REPLY_NO_CODE] = "no_code",
	[REPLY_SEVERAL] = "several", [REPLY_UNCLEAR] = "unclear",
};
static_assert(COUNT(names) == REPLY_ERRS, "name every refusal");

const char *reply_err_str(enum reply_err e)
{
	const size_t i = (size_t)e;

	return i < COUNT(names) ? names[i] : "?";
}

/* ---- letters without what decorates them ---- */

/* One character of UTF-8; moves *text behind it. Bytes that are none count as U+FFFD each. */
static uint32_t character(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*text;
	const unsigned more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc0 ? 1 : 0;
	uint32_t c = more ? s[0] & (0x3fu >> more) : s[0];

	*text += 1;
	if (s[0] >= 0x80 && s[0] < 0xc0)
		return 0xfffd;
	for (unsigned i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (s[i] & 0x3f);
	}
	*text += more;
	return c < least[more] ? 0xfffd : c;
}

/* Vietnamese letters with their accents, as ranges of Unicode. */
static const struct {
	uint16_t from, to;
	char letter;
} accented[] = {
	{ 0xc0, 0xc5, 'a' },     { 0xc8, 0xcb, 'e' },     { 0xcc, 0xcf, 'i' },
	{ 0xd2, 0xd6, 'o' },     { 0xd9, 0xdc, 'u' },     { 0xdd, 0xdd, 'y' },
	{ 0xe0, 0xe5, 'a' },     { 0xe8, 0xeb, 'e' },     { 0xec, 0xef, 'i' },
	{ 0xf2, 0xf6, 'o' },     { 0xf9, 0xfc, 'u' },     { 0xfd, 0xfd, 'y' },
	{ 0x102, 0x103, 'a' },   { 0x110, 0x111, 'd' },   { 0x128, 0x129, 'i' },
	{ 0x168, 0x169, 'u' },   { 0x1a0, 0x1a1, 'o' },   { 0x1af, 0x1b0, 'u' },
	{ 0x1ea0, 0x1eb7, 'a' }, { 0x1eb8, 0x1ec7, 'e' }, { 0x1ec8, 0x1ecb, 'i' },
	{ 0x1ecc, 0x1ee3, 'o' }, { 0x1ee4, 0x1ef1, 'u' }, { 0x1ef2, 0x1ef9, 'y' },
};

/* A small letter, a digit or a mark of ASCII; 0 for what does not count: accents that stand alone,
 * characters without width. */
static char plain(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e) /* full-width */
		c -= 0xff01 - '!';
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	if (c == '\n' || (c >= ' ' && c <= '~'))
		return (char)c;
	if (c == '\t' || c == '\r' || c == 0xa0 || c == 0x202f || c == 0x3000 ||
	    (c >= 0x2000 && c <= 0x200a))
		return ' ';
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
	    c == 0xfeff || c == 0xad || (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	if (c == 0x2028 || c == 0x2029)
		return '\n';
	for (size_t i = 0; i < COUNT(accented); i++)
		if (c >= accented[i].from && c <= accented[i].to)
			return accented[i].letter;
	return '.';
}

static void fold(char out[static FOLDED], const char *text)
{
	size_t n = 0;

	while (*text && n < FOLDED - 1) {
		const char c = plain(character(&text));

		if (c)
			out[n++] = c;
	}
	out[n] = '\0';
}

/* ---- what is quoted below an answer ---- */

static bool ends_with(const char *line, size_t len, const char *tail)
{
	const size_t n = strlen(tail);

	while (len > 0 && line[len - 1] == ' ')
		len--;
	return len >= n && memcmp(line + len - n, tail, n) == 0;
}

static bool begins_with(const char *line, const char *head)
{
	return strncmp(line, head, strlen(head)) == 0;
}

/* Does everything from this line on belong to what was written before? As mail programs say it. */
static bool begins_quote(const char *line, size_t len)
{
	return line[0] == '>' || begins_with(line, "-----") || begins_with(line, "_____") ||
	       begins_with(line, "from:") || begins_with(line, "tu:") ||
	       ends_with(line, len, "wrote:") || ends_with(line, len, "da viet:");
}

/* Where it begins; the text's end when there is none. Answers between quoted lines are not read. */
static size_t quote_of(const char *text)
{
	size_t at = 0;

	while (text[at]) {
		const size_t blank = strspn(text + at, " ");
		const size_t len = strcspn(text + at + blank, "\n");

		if (begins_quote(text + at + blank, len))
			return at;
		at += blank + len;
		at += text[at] == '\n';
	}
	return at;
}

/* ---- words and codes ---- */

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_code(const char *s)
{
	return is_digit(s[0]) && is_letter(s[1]) && s[1] != 'i' && s[1] != 'o' && is_digit(s[2]);
}

static bool is_in(const char *word, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
			return true;
	return false;
}

static bool says_yes(const char *word, size_t len)
{
	static const char *const list[] = { "ok",  "oke",   "okay", "okey", "okie",
					    "oki", "okela", "okla", "nhan", "okok" };

	return is_in(word, len, list, COUNT(list));
}

static bool says_no(const char *word, size_t len)
{
	static const char *const list[] = { "khong", "hong", "hok", "ko", "k",    "kg",  "kh",
					    "khg",   "chua", "not", "no", "cant", "dont" };

	return is_in(word, len, list, COUNT(list));
}

/* What makes an answer polite, and no other. */
static bool says_nothing(const char *word, size_t len)
{
	static const char *const list[] = { "a",   "ah",   "anh", "ban",  "chi", "cho", "da",
					    "em",  "minh", "nay", "nha",  "nhe", "roi", "thoi",
					    "toi", "u",    "uh",  "vang", "viec" };

	return is_in(word, len, list, COUNT(list));
}

/* What a stretch of text holds. */
struct found {
	char code[NOTICE_CODE]; /* the first one */
	unsigned codes;         /* how many different ones; more than two count as two */
	unsigned words;         /* of any kind, codes not among them */
	unsigned meant;         /* of them, what is more than polite */
	bool yes, no, asks;     /* the last two: in its sentence, or behind it */
};

static void found_code(struct found *f, const char *s)
{
	const char code[] = { s[0], (char)(s[1] - 'a' + 'A'), s[2], '\0' };

	if (f->codes == 0)
		memcpy(f->code, code, sizeof code);
	if (f->codes == 0 || (f->codes == 1 && strcmp(f->code, code) != 0))
		f->codes++;
}

/* One run of letters and digits: a code, a word, or a word with the code right behind it. */
struct piece {
	const char *word;
	size_t len;
	const char *code; /* NULL none */
};

static struct piece piece_of(const char *s, size_t len)
{
	if (len == 3 && is_code(s))
		return (struct piece){ s, 0, s };
	if (len > 3 && is_code(s + len - 3) && says_yes(s, len - 3))
		return (struct piece){ s, len - 3, s + len - 3 };
	return (struct piece){ s, len, NULL };
}

/* "Nhận được tin" and "nhận tin" say that a message came, not that somebody goes. */
static bool says_received(const char *text, size_t end)
{
	static const char *const list[] = { "duoc", "tin", "dc" };
	size_t at = 0, len = 0;

	while (at < end && text[at] == ' ')
		at++;
	while (at + len < end && is_letter(text[at + len]))
		len++;
	return is_in(text + at, len, list, COUNT(list));
}

/* All of text up to end. quoted: only a code right behind the word counts. */
static struct found search(const char *text, size_t end, bool quoted)
{
	struct found f = { .codes = 0 };
	bool after_yes = false; /* of the last piece */

	for (size_t at = 0; at < end;) {
		size_t len = 0;
		struct piece p;
		bool yes;

		if (!is_letter(text[at]) && !is_digit(text[at])) {
			f.asks = f.asks || text[at] == '?';
			/* What was said before is of something else. */
			if (strchr(".,;!?\n", text[at]) && !f.yes && f.codes == 0)
				f.no = f.asks = false;
			at++;
			continue;
		}
		while (at + len < end && (is_letter(text[at + len]) || is_digit(text[at + len])))
			len++;
		p = piece_of(text + at, len);
		yes = p.len > 0 && says_yes(p.word, p.len) &&
		      !says_received(text + at + len, end - at - len);
		if (p.code && (!quoted || after_yes || p.len > 0))
			found_code(&f, p.code);
		after_yes = yes && !p.code;
		f.yes = f.yes || yes;
		f.no = f.no || says_no(p.word, p.len);
		f.words += p.len > 0;
		f.meant += p.len > 0 && !says_nothing(p.word, p.len);
		at += len;
	}
	return f;
}

/* Of an answer without a code of its own: more than these is a letter, and who knows what it says.
 */
enum { YES_WORDS = 2 };

enum reply_err reply_read(char code[static NOTICE_CODE], const char *text)
{
	char folded[FOLDED];
	size_t own;
	struct found f;

	fold(folded, text);
	own = quote_of(folded);
	f = search(folded, own, false);
	if (!f.yes && (f.words > 0 || f.codes == 0))
		return REPLY_NO_WORD;
	/* Better to ask once more than to believe that somebody goes. */
	if (f.no || f.asks)
		return REPLY_UNCLEAR;
	if (f.codes == 0) {
		if (f.meant > YES_WORDS)
			return REPLY_UNCLEAR;
		f = search(folded + own, strlen(folded + own), true);
		if (f.codes == 0)
			return REPLY_NO_CODE;
	}
	if (f.codes > 1)
		return REPLY_SEVERAL;
	memcpy(code, f.code, 4);
	return REPLY_OK;
}

/* ---- telephones ---- */

enum { NUMBER_MOST = 24 };

/* As it is dialled within Vietnam; false when it is no number. */
static bool national(char out[static NUMBER_MOST], const char *number)
{
	char digits[NUMBER_MOST];
	size_t n = 0, country = 0;

	for (const char *c = number; *c; c++) {
		if (strchr(" .-()", *c) || (*c == '+' && n == 0))
			continue;
		if (!is_digit(*c) || n + 1 >= sizeof digits)
			return false;
		digits[n++] = *c;
	}
	digits[n] = '\0';
	if (begins_with(digits, "0084"))
		country = 4;
	else if (begins_with(digits, "84") && n > 9)
		country = 2;
	out[0] = '0';
	memcpy(out + (country > 0), digits + country, n - country + 1);
	return n > 0;
}

bool reply_number_same(const char *a, const char *b)
{
	char one[NUMBER_MOST], other[NUMBER_MOST];

	if (national(one, a) && national(other, b))
		return strcmp(one, other) == 0;
	return strcmp(a, b) == 0;
}
