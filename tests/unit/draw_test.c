/* SPDX-License-Identifier: Apache-2.0 */
/* draw: the pictures that matsang-draw gives, looked at pixel by pixel, and who gets which. */
#include "gateway/draw_client.h"
#include "gateway/series.h"

#include "shelf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#define T0 1778000400 /* a whole half hour */

enum {
	RED = 0xff6a3d,
	GREEN = 0x1e5b52,
	GREY = 0x4a535c,
	BACK = 0x101418,
	WIDTH = 600,
	HEIGHT = 100
};

static struct loop *loop;
static struct loop_alarm *guard;
static struct draw_client *client;

static void too_late(void *self, mono_t now)
{
	(void)self;
	(void)now;
	fail_msg("no answer");
}

static int setup(void **state)
{
	if (shelf_setup(state) < 0 || !(loop = loop_new()))
		return -1;
	guard = loop_alarm_new(loop, too_late, NULL);
	client = draw_client_new(loop, DRAW_PROGRAM, shelf_dir);
	if (!guard || !client)
		return -1;
	loop_alarm_set(guard, mono_after(clock_mono(), 60000));
	return 0;
}

static int teardown(void **state)
{
	draw_client_free(client);
	loop_alarm_free(guard);
	loop_free(loop);
	return shelf_teardown(state);
}

/* A file with one value a minute up to T0 + until_s; none in the last quarter when gap. */
static void make_file(int64_t hours, int64_t until_s, bool gap)
{
	char why[SERIES_WHY];
	struct series *s = series_open(shelf_dir, &shelf_roster, 60, why);

	assert_non_null(s);
	for (int64_t t = T0 - hours * 3600; t <= T0 + until_s; t += 60)
		if (!gap || t < T0 - 1200 || t > T0 - 600)
			series_add(s, 0, &(struct draw){ { t * 1000 }, 1, 100, -1, -1, 0 },
				   (wall_t){ t * 1000 });
	series_close(s);
}

static struct draw_request hour(void)
{
	return (struct draw_request){ .code = "TT-07-03",
				      .span_s = 3600,
				      .now = { T0 * 1000LL },
				      .width = WIDTH,
				      .height = HEIGHT,
				      .title = "TT-07-03",
				      .language = LANGUAGE_VI };
}

struct picture {
	int answers;
	size_t len;
	uint8_t *rgb;
	unsigned w, h;
};

static void take(void *self, const void *png, size_t len)
{
	struct picture *p = self;
	png_image image = { .version = PNG_IMAGE_VERSION };

	p->answers++;
	p->len = len;
	if (!png)
		return;
	assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(png_image_begin_read_from_memory(&image, png, len), 1);
	image.format = PNG_FORMAT_RGB;
	free(p->rgb);
	p->rgb = malloc(PNG_IMAGE_SIZE(image));
	p->w = image.width;
	p->h = image.height;
	assert_int_equal(png_image_finish_read(&image, NULL, p->rgb, 0, NULL), 1);
}

/* Until it was answered; the guard ends what never is. */
static void wait_for(const struct picture *p)
{
	while (p->answers == 0)
		assert_true(loop_turn(loop, 30000) >= 0);
}

static struct picture get(const struct draw_request *r)
{
	struct picture p = { 0 };

	assert_int_equal(draw_ask(client, r, take, &p), 0);
	assert_int_equal(p.answers, 0);
	wait_for(&p);
	assert_int_equal(p.answers, 1);
	return p;
}

static int pixel(const struct picture *p, unsigned x, unsigned y)
{
	const uint8_t *at = p->rgb + 3 * ((size_t)y * p->w + x);

	return at[0] << 16 | at[1] << 8 | at[2];
}

static bool ours(int colour)
{
	return colour == RED || colour == GREEN || colour == GREY;
}

/* The row of the canvas that shows most of its colours: no line of the grid runs along it. */
static unsigned clear_row(const struct picture *p)
{
	unsigned row = 0, best = 0;

	for (unsigned y = 0; y < p->h; y++) {
		unsigned n = 0;

		for (unsigned x = 0; x < p->w; x++)
			n += ours(pixel(p, x, y));
		if (n > best) {
			best = n;
			row = y;
		}
	}
	return row;
}

/* Which minutes of the hour have this colour; bit 0 is the first. The first is never blank in these
 * tests. */
static uint64_t minutes(const struct picture *p, int colour)
{
	unsigned row = clear_row(p), left = 0;
	uint64_t bits = 0;

	while (left < p->w && !ours(pixel(p, left, row)))
		left++;
	for (unsigned m = 0; m < 60; m++) {
		unsigned x = left + m * WIDTH / 60 + WIDTH / 120;

		bits |= (uint64_t)(x < p->w && pixel(p, x, row) == colour) << m;
	}
	return bits;
}

#define MINUTES(from, until) ((((uint64_t)1 << ((until) - (from))) - 1) << (from))

static void a_good_hour_is_green(void **state)
{
	struct draw_request r = hour();
	struct picture p;

	(void)state;
	make_file(2, 0, false);
	p = get(&r);
	assert_true(minutes(&p, GREEN) == MINUTES(0, 60));
	free(p.rgb);
}

static void an_outage_of_the_ledger_is_red_where_it_was(void **state)
{
	static const struct draw_outage outages[] = {
		{ { (T0 - 1200) * 1000LL }, { (T0 - 600) * 1000LL } },
		{ { (T0 - 3000) * 1000LL }, { (T0 - 2400) * 1000LL } },
	};
	struct draw_request r = hour();
	struct picture p;

	(void)state;
	make_file(2, 0, false); /* which knows nothing of it */
	r.outages = outages;
	r.n_outages = 2;
	p = get(&r);
	assert_true(minutes(&p, RED) == (MINUTES(10, 20) | MINUTES(40, 50)));
	assert_true(minutes(&p, GREEN) == (MINUTES(0, 10) | MINUTES(20, 40) | MINUTES(50, 60)));
	free(p.rgb);
}

static void an_outage_that_goes_on_is_red_to_the_end(void **state)
{
	static const struct draw_outage open[] = { { { (T0 - 1500) * 1000LL }, { 0 } } };
	struct draw_request r = hour();
	struct picture p;

	(void)state;
	make_file(2, -1500, false);
	r.dark_since = (wall_t){ (T0 - 1500) * 1000LL };
	p = get(&r);
	assert_true(minutes(&p, RED) == MINUTES(35, 60));
	free(p.rgb);
	r.dark_since = (wall_t){ 0 };
	r.outages = open;
	r.n_outages = 1;
	p = get(&r);
	assert_true(minutes(&p, RED) == MINUTES(35, 60));
	free(p.rgb);
}

static void what_nobody_knows_is_grey_and_not_red(void **state)
{
	struct draw_request r = hour();
	struct picture p;

	(void)state;
	make_file(2, 0, true);
	p = get(&r);
	assert_true(minutes(&p, RED) == 0);
	assert_true((minutes(&p, GREY) & MINUTES(41, 49)) == MINUTES(41, 49));
	assert_true((minutes(&p, GREEN) & MINUTES(0, 39)) == MINUTES(0, 39));
	free(p.rgb);
}

static void after_the_last_value_there_is_nothing_yet_but_not_for_long(void **state)
{
	struct draw_request r = hour();
	struct picture p;

	(void)state;
	make_file(2, -300, false);
	p = get(&r);
	assert_true((minutes(&p, GREY) | minutes(&p, RED)) == 0);
	assert_true(minutes(&p, GREEN) == MINUTES(0, 55));
	free(p.rgb);
	r.now.ms += 600 * 1000;
	r.title = "later";
	p = get(&r);
	assert_true(minutes(&p, GREY) == MINUTES(45, 60));
	free(p.rgb);
}

static void every_span_can_be_drawn_and_a_short_outage_shows(void **state)
{
	static const int64_t spans[] = { 86400, 30 * 86400, 183 * 86400, 1830LL * 86400 };
	static const struct draw_outage brief[] = {
		{ { (T0 - 40000) * 1000LL }, { (T0 - 39700) * 1000LL } },
		{ { (T0 - 10 * 86400) * 1000LL }, { (T0 - 10 * 86400 + 300) * 1000LL } },
	};
	struct draw_request r = hour();

	(void)state;
	make_file(24 * 40, 0, false);
	r.outages = brief;
	r.n_outages = 2;
	for (size_t i = 0; i < 4; i++) {
		struct picture p;
		size_t red = 0;

		r.span_s = spans[i];
		r.language = i % 2 ? LANGUAGE_EN : LANGUAGE_VI;
		p = get(&r);
		assert_true(p.len > 0);
		/* Above the legend, which has a red square too. */
		for (unsigned y = 0; y < HEIGHT + 30; y++)
			for (unsigned x = 0; x < p.w; x++)
				red += pixel(&p, x, y) == RED;
		assert_true(red > 0);
		free(p.rgb);
	}
}

static void what_cannot_be_drawn_has_an_answer_too(void **state)
{
	struct draw_request r = hour();
	struct picture p = get(&r); /* no such file */

	(void)state;
	assert_int_equal(p.len, 0);
	assert_int_equal(draw_counters(client).failed, 1);
	make_file(2, 0, false); /* a failure is not kept */
	p = get(&r);
	assert_true(p.len > 0);
	free(p.rgb);
}

static void what_makes_no_sense_is_refused_at_once(void **state)
{
	struct draw_request r;
	struct picture p = { 0 };

	(void)state;
	r = hour();
	r.code = "../etc/passwd";
	assert_int_equal(draw_ask(client, &r, take, &p), -EINVAL);
	r = hour();
	r.span_s = 59;
	assert_int_equal(draw_ask(client, &r, take, &p), -EINVAL);
	r = hour();
	r.width = 5000;
	assert_int_equal(draw_ask(client, &r, take, &p), -EINVAL);
	r = hour();
	r.height = 0;
	assert_int_equal(draw_ask(client, &r, take, &p), -EINVAL);
	assert_int_equal(draw_counters(client).refused, 4);
}

static void a_title_cannot_break_the_request(void **state)
{
	struct draw_request r = hour();
	struct picture p;
	char title[400] = "tab\there\nline: --end 0 %s \\";

	(void)state;
	make_file(2, 0, false);
	for (size_t i = strlen(title); i + 3 < sizeof title; i += 3)
		memcpy(title + i, "\xe1\xba\xb1", 4);
	r.title = title;
	p = get(&r);
	assert_true(minutes(&p, GREEN) == MINUTES(0, 60));
	free(p.rgb);
}

static void the_same_graph_is_drawn_once(void **state)
{
	struct draw_request r = hour();
	struct picture p[3] = { 0 };

	(void)state;
	make_file(2, 0, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(draw_ask(client, &r, take, &p[i]), 0);
	wait_for(&p[2]);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(p[i].answers, 1);
		free(p[i].rgb);
	}
	r.now.ms += 5000; /* a little later */
	p[0] = get(&r);
	free(p[0].rgb);
	assert_int_equal(draw_counters(client).drawn, 1);
	assert_int_equal(draw_counters(client).kept, 1);
	r.dark_since = (wall_t){ T0 * 1000LL - 60000 }; /* something happened */
	p[0] = get(&r);
	free(p[0].rgb);
	assert_int_equal(draw_counters(client).drawn, 2);
}

static void who_no_longer_asks_is_not_called(void **state)
{
	struct draw_request r = hour();
	struct picture p[3] = { 0 };

	(void)state;
	make_file(2, 0, false);
	for (int i = 0; i < 3; i++) {
		r.width = WIDTH + (unsigned)i;
		assert_int_equal(draw_ask(client, &r, take, &p[i]), 0);
	}
	draw_cancel(client, &p[1]);
	wait_for(&p[2]);
	assert_int_equal(p[0].answers, 1);
	assert_int_equal(p[1].answers, 0);
	assert_int_equal(p[2].answers, 1);
	free(p[0].rgb);
	free(p[2].rgb);
}

static void too_many_at_once_are_told_so(void **state)
{
	struct draw_request r = hour();
	struct picture p[DRAW_WAITING + 1] = { 0 };

	(void)state;
	for (int i = 0; i < DRAW_WAITING; i++)
		assert_int_equal(draw_ask(client, &r, take, &p[i]), 0);
	assert_int_equal(draw_ask(client, &r, take, &p[DRAW_WAITING]), -EBUSY);
	wait_for(&p[DRAW_WAITING - 1]);
	for (int i = 0; i < DRAW_WAITING; i++)
		assert_int_equal(p[i].answers, 1);
}

static void the_helper_is_renewed_and_nobody_notices(void **state)
{
	struct draw_request r = hour();

	(void)state;
	make_file(2, 0, false);
	r.height = 30;
	r.width = 100;
	for (int i = 0; i < 498; i++) { /* refused: as good as drawn, and quicker */
		r.code = "TT-08-01";
		assert_int_equal(get(&r).len, 0);
	}
	r.code = "TT-07-03";
	for (unsigned i = 0; i < 4; i++) {
		struct picture p;

		r.width = 100 + i;
		p = get(&r);
		assert_true(p.len > 0);
		free(p.rgb);
	}
	assert_int_equal(draw_counters(client).started, 2);
}

/* ---- letters ---- */

struct box {
	unsigned w, h;
};

/* How much room the title takes, in pixels. */
static struct box title_box(const char *title)
{
	struct draw_request r = hour();
	struct picture p;
	unsigned left = UINT32_MAX, right = 0, top = UINT32_MAX, bottom = 0;

	r.title = title;
	r.width = 100;
	r.height = 30;
	p = get(&r);
	assert_true(p.len > 0);
	for (unsigned y = 0; y < 26; y++)
		for (unsigned x = 0; x < p.w; x++) {
			if (pixel(&p, x, y) == BACK)
				continue;
			left = x < left ? x : left;
			right = x > right ? x : right;
			top = y < top ? y : top;
			bottom = y > bottom ? y : bottom;
		}
	free(p.rgb);
	return (struct box){ right - left, bottom - top };
}

static void every_vietnamese_letter_has_a_shape(void **state)
{
	static const char letters[] =
		"ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
		"ĂÂĐÊÔƠƯÁÀẢÃẠẮẰẲẴẶẤẦẨẪẬÉÈẺẼẸẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌỐỒỔỖỘỚỜỞỠỢÚÙỦŨỤỨỪỬỮỰÝỲỶỸỴ";
	/* What no font has is drawn as a box with its number in it, all of one size. */
	struct box none;

	(void)state;
	make_file(2, 0, false);
	none = title_box("\xee\x86\xab\xee\x86\xab"); /* private use, twice */
	for (const char *c = letters; *c;) {
		char twice[9] = "";
		size_t n = 1;
		struct box b;

		while (((unsigned char)c[n] & 0xc0) == 0x80)
			n++;
		memcpy(twice, c, n);
		memcpy(twice + n, c, n);
		c += n;
		b = title_box(twice);
		if (b.w == none.w && b.h == none.h)
			fail_msg("no font has %s", twice);
	}
}

#define staged(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(a_good_hour_is_green),
		staged(an_outage_of_the_ledger_is_red_where_it_was),
		staged(an_outage_that_goes_on_is_red_to_the_end),
		staged(what_nobody_knows_is_grey_and_not_red),
		staged(after_the_last_value_there_is_nothing_yet_but_not_for_long),
		staged(every_span_can_be_drawn_and_a_short_outage_shows),
		staged(what_cannot_be_drawn_has_an_answer_too),
		staged(what_makes_no_sense_is_refused_at_once),
		staged(a_title_cannot_break_the_request),
		staged(the_same_graph_is_drawn_once),
		staged(who_no_longer_asks_is_not_called),
		staged(too_many_at_once_are_told_so),
		staged(the_helper_is_renewed_and_nobody_notices),
		staged(every_vietnamese_letter_has_a_shape),
	};

	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
