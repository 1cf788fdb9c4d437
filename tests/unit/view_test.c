/* SPDX-License-Identifier: Apache-2.0 */
/* view: what people read, made from a commune and a store that say whatever the test wants. */
#include "gateway/catalogue.h"
#include "gateway/page_words.h"
#include "gateway/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#define NOW_MS 1778762820000LL /* 2026-05-14T12:47:00Z */
#define DAY_S (24 * 3600)

static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" }, { "a\"b", "Làng Bến" } };
static const struct roster_camera eyes[] = { { "cổng chợ", "" }, { "sân <b>", "" } };
static const struct roster_point roster_points[] = {
	{ .code = "TT-01",
	  .hamlet = "QT",
	  .household = "ông A",
	  .phone = "0900000123",
	  .provider = "Viettel",
	  .transformer = "QT1",
	  .relay = "",
	  .cameras = eyes,
	  .n_cameras = 2 },
	{ .code = "TT-02",
	  .hamlet = "QT",
	  .household = "bà B",
	  .phone = "",
	  .provider = "",
	  .transformer = "",
	  .relay = "",
	  .cameras = eyes,
	  .n_cameras = 1 },
	{ .code = "TT-03",
	  .hamlet = "a\"b",
	  .household = "",
	  .phone = "",
	  .provider = "",
	  .transformer = "",
	  .relay = "",
	  .cameras = eyes,
	  .n_cameras = 1 },
	{ .code = "TT-04",
	  .hamlet = "a\"b",
	  .household = "",
	  .phone = "",
	  .provider = "",
	  .transformer = "",
	  .relay = "",
	  .cameras = eyes,
	  .n_cameras = 1 },
};
static const struct roster roster = { .commune = "Thiện Tân",
				      .hamlets = hamlets,
				      .n_hamlets = 2,
				      .points = roster_points,
				      .n_points = 4 };

/* ---- the stand-ins ---- */

static struct point_view made[4];
static bool made_blind;
static struct seconds made_seconds;
static unsigned counted;
static const char *made_about;

bool commune_blind(const struct commune *c, wall_t *since)
{
	(void)c;
	*since = (wall_t){ NOW_MS - 60000 };
	return made_blind;
}

struct point_view commune_point(const struct commune *c, size_t point)
{
	(void)c;
	return made[point];
}

size_t commune_find(const struct commune *c, const char *code)
{
	(void)c;
	for (size_t i = 0; i < 4; i++)
		if (strcmp(roster_points[i].code, code) == 0)
			return i;
	return SIZE_MAX;
}

uint64_t commune_refused(const struct commune *c, unsigned r)
{
	(void)c;
	return r == WIRE_SHORT ? 3 : 0;
}

const char *refusal_str(unsigned r)
{
	static char name[32];

	snprintf(name, sizeof name, "refusal%u", r);
	return name;
}

uint64_t gasp_door_count(const struct gasp_door *d, unsigned reason)
{
	(void)d;
	return reason == 0 ? 7 : reason == GASP_REPLAYED ? 2 : 0;
}

const char *gasp_refusal_str(unsigned r)
{
	static char name[32];

	snprintf(name, sizeof name, "gasp%u", r);
	return name;
}

const char *contact_str(enum contact c)
{
	return c == CONTACT_UP ? "up" : "other";
}

struct seconds store_seconds(struct store *s, size_t point, wall_t from, wall_t until)
{
	(void)s;
	(void)point;
	(void)from;
	(void)until;
	counted++;
	return made_seconds;
}

void store_outages(struct store *s, size_t point, wall_t since, store_outage_fn *row, void *self)
{
	const struct outage o = { .id = 5,
				  .point = (uint32_t)point,
				  .from = { NOW_MS - 5000 },
				  .cause = CAUSE_POWER,
				  .sure = SURE_CONFIRMED };

	(void)s;
	assert_true(since.ms < NOW_MS - 180LL * DAY_S * 1000);
	for (int i = 0; i < 1000 && row(self, &o); i++)
		;
}

void store_outages_of(struct store *s, int64_t incident, store_outage_fn *row, void *self)
{
	const struct outage o = {
		.id = 6, .point = 1, .from = { 1000 }, .until = { 61500 }, .incident = incident
	};

	(void)s;
	row(self, &o);
}

static const struct incident in = { .id = 7,
				    .hamlet = 0,
				    .point = 1,
				    .from = { NOW_MS - 90000 },
				    .cause = CAUSE_PROVIDER,
				    .sure = SURE_PROBABLE,
				    .state = INCIDENT_TOLD,
				    .told = true,
				    .points = 2,
				    .open = 1 };

void store_incidents(struct store *s, bool open_only, size_t max, store_incident_fn *row,
		     void *self)
{
	(void)s;
	(void)open_only;
	for (size_t i = 0; i < max && row(self, &in); i++)
		if (i == 2)
			return;
}

bool store_alert(struct store *s, int64_t incident, struct alert *out)
{
	(void)s;
	if (incident != 7)
		return false;
	*out = (struct alert){ .incident = 7, .code = "7K2", .taken_by = "anh Bình" };
	return true;
}

unsigned commune_doubts(const struct commune *c)
{
	(void)c;
	return 1u << DOUBT_LINE;
}

size_t commune_learned(const struct commune *c, size_t point, uint32_t out[static LEARN_FRIENDS])
{
	(void)c;
	out[0] = 1;
	return point == 0;
}

bool store_incident(struct store *s, int64_t id, struct incident *out)
{
	(void)s;
	if (id != in.id)
		return false;
	*out = in;
	return true;
}

void store_deliveries(struct store *s, int64_t incident, store_delivery_fn *row, void *self)
{
	const struct delivery_view d = { "7-firing-hook0", "hook0", "HTTP 200", TELL_FIRING, 1,
					 { 1000 },         { -1 },  "" };

	(void)s;
	(void)incident;
	row(self, &d);
}

char *store_about(struct store *s, size_t point, enum about_what what, wall_t *at)
{
	(void)s;
	(void)point;
	*at = (wall_t){ NOW_MS };
	return made_about && what == ABOUT_BIRTH ? strdup(made_about) : NULL;
}

struct store_counters store_counters(struct store *s)
{
	(void)s;
	return (struct store_counters){ .rows = 11, .outbox_waiting = 2 };
}

struct series_counters series_counters(const struct series *s)
{
	(void)s;
	return (struct series_counters){ .values = 12 };
}

const char *const *notify_routes(const struct notify *n, size_t *count)
{
	static const char *const names[] = { "hook0", "mail0" };

	(void)n;
	*count = 2;
	return names;
}

struct notify_counters notify_counters(const struct notify *n, size_t route)
{
	(void)n;
	return (struct notify_counters){ .sent = route + 1,
					 .skipped = { [SKIP_BUDGET] = 3 },
					 .open = route == 1 };
}

struct heartbeat_counters heartbeat_counters(const struct heartbeat *h)
{
	(void)h;
	return (struct heartbeat_counters){ .sent = 5, .failing = true };
}

const char *notify_skip_str(enum notify_skip k)
{
	return k == SKIP_BREAKER ? "breaker" : k == SKIP_OFFLINE ? "offline" : "budget";
}

struct mqtt_counters mqtt_counters(const struct mqtt *m)
{
	(void)m;
	return (struct mqtt_counters){ .connects = 4 };
}

void compose(struct message *out, const struct roster *r, const struct notice *n,
	     enum language lang)
{
	(void)r;
	(void)n;
	*out = (struct message){ .subject = "subject", .text = "text" };
	out->text[0] = lang == LANGUAGE_VI ? 'v' : 'e';
}

const char *word_cause(enum cause c, enum language lang)
{
	(void)lang;
	return c == CAUSE_POWER ? "Mất điện" : "-";
}

const char *word_colour(enum colour c, enum language lang)
{
	(void)c;
	return lang == LANGUAGE_VI ? "màu" : "colour";
}

const char *word_sure(enum sure s, enum language lang)
{
	(void)s;
	(void)lang;
	return "-";
}

/* ---- the tests ---- */

static struct view view;
static cJSON *json;

static int setup(void **state)
{
	(void)state;
	memset(made, 0, sizeof made);
	for (size_t i = 0; i < 4; i++)
		made[i] = (struct point_view){ .contact = CONTACT_UP,
					       .colour = COLOUR_UP,
					       .since = { NOW_MS - 1000 },
					       .heard = { NOW_MS - 123 } };
	made_blind = false;
	made_seconds = (struct seconds){ { [COLOUR_UP] = 100 }, 0 };
	made_about = NULL;
	counted = 0;
	view = (struct view){ .roster = &roster, .now = { NOW_MS }, .started = { NOW_MS - 1 } };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cJSON_Delete(json);
	json = NULL;
	view_figures_free(view.figures);
	return 0;
}

/* The item at a path such as "points.down" or "0.cameras.1.up". */
static const cJSON *item(const char *path)
{
	const cJSON *at = json;
	char text[128], *rest = text, *key;

	snprintf(text, sizeof text, "%s", path);
	while (at && (key = strsep(&rest, ".")))
		at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(key))
				       : cJSON_GetObjectItemCaseSensitive(at, key);
	if (!at)
		fail_msg("no %s in %s", path, cJSON_PrintUnformatted(json));
	return at;
}

static const char *text_of(const char *path)
{
	assert_true(cJSON_IsString(item(path)));
	return item(path)->valuestring;
}

static double number(const char *path)
{
	assert_true(cJSON_IsNumber(item(path)));
	return item(path)->valuedouble;
}

static bool is_null(const char *path)
{
	return cJSON_IsNull(item(path));
}

static void all_well_is_said_in_one_sentence(void **state)
{
	(void)state;
	json = view_status(&view);
	assert_string_equal(text_of("headline.vi"), "THÔNG SUỐT — 4/4 điểm hoạt động");
	assert_string_equal(text_of("headline.en"), "ALL FLOWING — 4/4 points working");
	assert_string_equal(text_of("now"), "2026-05-14T12:47:00.000Z");
	assert_true(cJSON_IsFalse(item("blind")));
	assert_true(is_null("blind_since"));
}

static void dark_points_are_counted_and_unknown_ones_apart(void **state)
{
	(void)state;
	made[0].colour = COLOUR_DOWN;
	made[1].colour = COLOUR_UNKNOWN;
	made[2].colour = COLOUR_PLANNED;
	json = view_status(&view);
	assert_string_equal(text_of("headline.vi"),
			    "1 / 4 ĐIỂM MẤT GIÁM SÁT · 1 chưa rõ · 1 bảo trì");
	assert_int_equal(number("points.down"), 1);
	assert_int_equal(number("points.unknown"), 1);
	assert_int_equal(number("points.up"), 1);
}

static void unknown_alone_is_neither_fine_nor_dark(void **state)
{
	(void)state;
	made[1].colour = COLOUR_UNKNOWN;
	json = view_status(&view);
	assert_string_equal(text_of("headline.vi"), "3 / 4 điểm hoạt động · 1 chưa rõ");
}

static void a_blind_gateway_says_so_and_since_when(void **state)
{
	(void)state;
	made_blind = true;
	json = view_status(&view);
	assert_string_equal(text_of("headline.vi"), "CHƯA RÕ — tình trạng 4 điểm");
	assert_string_equal(text_of("blind_since"), "2026-05-14T12:46:00.000Z");
}

static void every_refusal_has_its_counter_even_at_zero(void **state)
{
	char path[64];

	(void)state;
	json = view_status(&view);
	for (unsigned r = 1; r < REFUSALS; r++) {
		snprintf(path, sizeof path, "refused.%s", refusal_str(r));
		assert_int_equal(number(path), r == WIRE_SHORT ? 3 : 0);
	}
}

static void gasps_are_counted_where_they_are_taken(void **state)
{
	char path[64];

	(void)state;
	json = view_status(&view);
	assert_null(cJSON_GetObjectItem(json, "refused_gasp"));
	cJSON_Delete(json);
	view.gasps = (const struct gasp_door *)&view;
	json = view_status(&view);
	assert_int_equal(number("gasps"), 7);
	snprintf(path, sizeof path, "refused_gasp.gasp%u", GASP_REPLAYED);
	assert_int_equal(number(path), 2);
	snprintf(path, sizeof path, "refused_gasp.gasp%u", GASP_BAD_SEAL);
	assert_int_equal(number(path), 0);
}

static void counters_of_the_parts_are_there(void **state)
{
	(void)state;
	view.mqtt = (const struct mqtt *)&view;
	view.notify = (const struct notify *)&view;
	view.series = (struct series *)&view;
	view.heartbeat = (const struct heartbeat *)&view;
	json = view_status(&view);
	assert_int_equal(number("broker.connects"), 4);
	assert_true(cJSON_IsTrue(item("broker.connected")));
	assert_int_equal(number("store.rows"), 11);
	assert_int_equal(number("outbox.waiting"), 2);
	assert_int_equal(number("series.values"), 12);
	assert_string_equal(text_of("notify.1.route"), "mail0");
	assert_int_equal(number("notify.1.sent"), 2);
	assert_int_equal(number("notify.1.skipped.budget"), 3);
	assert_int_equal(number("notify.1.skipped.offline"), 0);
	assert_true(cJSON_IsTrue(item("notify.1.open")));
	assert_false(cJSON_IsTrue(item("notify.0.open")));
	assert_int_equal(number("heartbeat.sent"), 5);
	assert_true(cJSON_IsTrue(item("heartbeat.failing")));
}

/* The whole list, asked for in pieces of so many bytes. */
static cJSON *points_json(const struct view *v, size_t piece)
{
	struct view_points *p = view_points_new(v);
	char text[16384];
	size_t len = 0;
	ssize_t n;
	cJSON *list;

	assert_non_null(p);
	do {
		n = view_points_draw(p, text + len,
				     piece < sizeof text - len ? piece : sizeof text - len);
		assert_true(n >= 0 && len + (size_t)n < sizeof text);
		len += (size_t)n;
	} while (n > 0);
	assert_int_equal(view_points_draw(p, text, 1), 0);
	view_points_free(p);
	list = cJSON_ParseWithLength(text, len);
	assert_non_null(list);
	return list;
}

static void dark_comes_first_then_unknown_then_up(void **state)
{
	(void)state;
	made[1].colour = COLOUR_DOWN;
	made[1].since.ms = NOW_MS - 9000;
	made[2].colour = COLOUR_UNKNOWN;
	made[3].colour = COLOUR_DOWN;
	made[3].since.ms = NOW_MS - 5000;
	json = points_json(&view, 16384);
	assert_int_equal(cJSON_GetArraySize(item("points")), 4);
	assert_string_equal(text_of("points.0.code"), "TT-04");
	assert_string_equal(text_of("points.1.code"), "TT-02");
	assert_string_equal(text_of("points.2.code"), "TT-03");
	assert_string_equal(text_of("points.3.code"), "TT-01");
}

static void the_list_is_the_same_in_pieces_of_any_size(void **state)
{
	(void)state;
	json = points_json(&view, 16384);
	for (size_t piece = 1; piece <= 64; piece *= 4) {
		cJSON *again = points_json(&view, piece);

		assert_true(cJSON_Compare(json, again, true));
		cJSON_Delete(again);
	}
}

static void a_commune_without_points_has_an_empty_list(void **state)
{
	const struct roster nobody = { .commune = "Thiện Tân" };
	struct view empty = view;

	(void)state;
	empty.roster = &nobody;
	json = points_json(&empty, 16384);
	assert_true(cJSON_IsArray(item("points")));
	assert_int_equal(cJSON_GetArraySize(item("points")), 0);
}

static void a_list_given_up_half_way_leaves_nothing(void **state)
{
	struct view_points *p = view_points_new(&view);
	char some[8];

	(void)state;
	assert_int_equal(view_points_draw(p, some, sizeof some), 8);
	assert_memory_equal(some, "{\"points", 8);
	view_points_free(p);
}

static void a_dark_point_says_why_and_since_when(void **state)
{
	(void)state;
	made[0] = (struct point_view){ .contact = CONTACT_UP,
				       .colour = COLOUR_DOWN,
				       .cause = CAUSE_CAMERA,
				       .sure = SURE_CONFIRMED,
				       .since = { NOW_MS - 60001 },
				       .heard = { NOW_MS },
				       .waiting = 3,
				       .verdict = { .eyes = 0x12, .cams_n = 2 } };
	json = points_json(&view, 16384);
	assert_string_equal(text_of("points.0.code"), "TT-01");
	assert_string_equal(text_of("points.0.state"), "down");
	assert_string_equal(text_of("points.0.letter"), "C");
	assert_string_equal(text_of("points.0.cause"), "camera");
	assert_string_equal(text_of("points.0.sure"), "confirmed");
	assert_string_equal(text_of("points.0.since"), "2026-05-14T12:45:59.999Z");
	assert_string_equal(text_of("points.0.hamlet.name"), "Quyết Thắng");
	assert_string_equal(text_of("points.0.cameras.0.name"), "cổng chợ");
	assert_true(cJSON_IsFalse(item("points.0.cameras.0.up")));
	assert_true(cJSON_IsTrue(item("points.0.cameras.1.up")));
	assert_int_equal(number("points.0.waiting"), 3);
	assert_true(is_null("points.1.cause"));
}

static void a_point_that_comes_and_goes_says_so_while_it_works(void **state)
{
	(void)state;
	made[0].unstable = made[1].unstable = true;
	made[1].colour = COLOUR_DOWN;
	made[1].cause = CAUSE_POWER;
	json = points_json(&view, 16384);
	assert_string_equal(text_of("points.0.letter"), "Đ");
	assert_string_equal(text_of("points.1.letter"), "~");
	assert_true(cJSON_IsTrue(item("points.1.unstable")));
	assert_true(cJSON_IsFalse(item("points.2.unstable")));
}

static void cameras_of_a_silent_point_are_not_known(void **state)
{
	(void)state;
	made[0].contact = CONTACT_DARK;
	made[0].verdict = (struct verdict){ .eyes = 0x11, .cams_n = 2 };
	json = view_point(&view, "TT-01");
	assert_true(is_null("cameras.0.up"));
}

static void letters_tell_the_causes_apart(void **state)
{
	(void)state;
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_POWER), "Đ");
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_ROUTER), "M");
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_LINE), "M");
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_CAMERA), "C");
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_DEVICE), "T");
	assert_string_equal(page_letter(COLOUR_DOWN, CAUSE_OPEN), "✕");
	assert_string_equal(page_letter(COLOUR_UNKNOWN, CAUSE_POWER), "?");
	assert_string_equal(page_letter(COLOUR_PLANNED, CAUSE_POWER), "B");
	assert_string_equal(page_letter(COLOUR_UP, CAUSE_POWER), "·");
}

static void availability_leaves_out_what_nobody_knows(void **state)
{
	(void)state;
	made_seconds = (struct seconds){ { [COLOUR_UP] = 2 * DAY_S,
					   [COLOUR_DOWN] = DAY_S,
					   [COLOUR_UNKNOWN] = 5 * DAY_S,
					   [COLOUR_PLANNED] = DAY_S },
					 DAY_S / 2 };
	json = view_point(&view, "TT-01");
	assert_int_equal(number("availability.d30.seconds"), 9 * DAY_S);
	assert_int_equal(number("availability.d30.theirs"), DAY_S / 2);
	assert_float_equal(number("availability.m6.percent"), 66.66, 0.0001);
}

static void one_lost_second_is_not_a_hundred_percent(void **state)
{
	(void)state;
	made_seconds =
		(struct seconds){ { [COLOUR_UP] = 183LL * DAY_S - 1, [COLOUR_DOWN] = 1 }, 0 };
	json = view_point(&view, "TT-01");
	assert_float_equal(number("availability.m6.percent"), 99.99, 0.0001);
}

static void nothing_known_has_no_percentage(void **state)
{
	(void)state;
	made_seconds = (struct seconds){ { [COLOUR_UNKNOWN] = DAY_S }, 0 };
	json = view_point(&view, "TT-01");
	assert_true(is_null("availability.h24.percent"));
}

static void a_list_asks_for_figures_once_a_minute(void **state)
{
	(void)state;
	view.figures = view_figures_new(4);
	json = points_json(&view, 16384);
	assert_int_equal(counted, 12);
	assert_float_equal(number("points.3.availability.h24.percent"), 100, 0.0001);
	cJSON_Delete(json);
	view.now.ms += 59000;
	json = points_json(&view, 16384);
	assert_int_equal(counted, 12);
	cJSON_Delete(json);
	json = view_point(&view, "TT-02");
	assert_int_equal(counted, 15);
	cJSON_Delete(json);
	view.now.ms += 2000;
	json = points_json(&view, 16384);
	assert_int_equal(counted, 15 + 9);
	/* The clock was set back: better to count again than to believe the future. */
	cJSON_Delete(json);
	view.now.ms -= 3600000;
	json = points_json(&view, 16384);
	assert_int_equal(counted, 15 + 9 + 12);
}

static void a_point_tells_everything(void **state)
{
	(void)state;
	made[0].verdict.facts =
		FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS | FACT_LINK_UP;
	made[0].sampled = true;
	made[0].sample = (struct sample){ .lost = 4, .temp_c = -128 };
	made_about = "{\"version\":\"0.1.0\"}";
	json = view_point(&view, "TT-01");
	assert_string_equal(text_of("phone"), "0900000123");
	assert_true(cJSON_IsFalse(item("facts.mains")));
	assert_true(cJSON_IsTrue(item("facts.router")));
	assert_true(is_null("facts.outside"));
	assert_true(cJSON_IsTrue(item("facts.link")));
	assert_int_equal(number("sample.lost_percent"), 4);
	assert_true(is_null("sample.temp_c"));
	assert_true(is_null("sample.out_us"));
	assert_string_equal(text_of("about.version"), "0.1.0");
	assert_int_equal(cJSON_GetArraySize(item("outages")), 200);
	assert_true(is_null("outages.0.until"));
	assert_int_equal(number("outages.0.seconds"), 5);
	assert_true(is_null("outages.0.incident"));
}

static void no_such_point_and_no_such_incident(void **state)
{
	(void)state;
	assert_null(view_point(&view, "TT-99"));
	assert_null(view_incident(&view, 8));
}

static void what_a_node_says_of_itself_may_be_rubbish(void **state)
{
	(void)state;
	made_about = "{not json";
	json = view_point(&view, "TT-01");
	assert_true(is_null("about"));
}

static void incidents_say_where_and_how_many(void **state)
{
	(void)state;
	json = view_incidents(&view, true);
	assert_int_equal(cJSON_GetArraySize(item("incidents")), 3);
	assert_string_equal(text_of("incidents.0.hamlet.name"), "Quyết Thắng");
	assert_string_equal(text_of("incidents.0.letter"), "M");
	assert_string_equal(text_of("incidents.0.shared"), "");
	assert_true(cJSON_IsFalse(item("incidents.0.untaken"))); /* somebody has it */
	assert_int_equal(number("incidents.0.hamlet_points"), 2);
	assert_int_equal(number("incidents.0.seconds"), 90);
}

static void an_incident_has_members_and_receipts(void **state)
{
	(void)state;
	json = view_incident(&view, 7);
	assert_string_equal(text_of("message.en.text"), "eext");
	assert_string_equal(text_of("outages.0.point"), "TT-02");
	assert_int_equal(number("outages.0.seconds"), 60);
	assert_string_equal(text_of("deliveries.0.note"), "HTTP 200");
	assert_true(cJSON_IsTrue(item("deliveries.0.given_up")));
	assert_true(is_null("deliveries.0.sent"));
	assert_string_equal(text_of("alert.code"), "7K2");
	assert_string_equal(text_of("alert.taken_by"), "anh Bình");
	assert_string_equal(text_of("scope"), "point");
}

static void metrics_name_codes_and_no_people(void **state)
{
	char *text;

	(void)state;
	made[1].colour = COLOUR_UNKNOWN;
	made[2].colour = COLOUR_DOWN;
	view.notify = (const struct notify *)&view;
	text = view_metrics(&view);
	assert_non_null(strstr(text, "\nmatsang_point_up{point=\"TT-01\",hamlet=\"QT\"} 1\n"));
	assert_non_null(strstr(text, "\nmatsang_point_known{point=\"TT-02\",hamlet=\"QT\"} 0\n"));
	assert_null(strstr(text, "matsang_point_up{point=\"TT-02\""));
	assert_non_null(strstr(text, "\nmatsang_point_up{point=\"TT-03\",hamlet=\"a\\\"b\"} 0\n"));
	assert_non_null(strstr(text, "\nmatsang_refused_total{reason=\"refusal1\"} 3\n"));
	assert_non_null(
		strstr(text, "matsang_deliveries_total{route=\"mail0\",result=\"sent\"} 2"));
	assert_non_null(strstr(text, "matsang_deliveries_skipped_total{route=\"mail0\",reason="
				     "\"budget\"} 3\n"));
	assert_non_null(strstr(text, "\nmatsang_route_open{route=\"mail0\"} 1\n"));
	assert_null(strstr(text, "ông A"));
	assert_null(strstr(text, "0900000123"));
	assert_null(strstr(text, "Quyết"));
	free(text);
}

static void words_are_there_in_both_languages(void **state)
{
	const cJSON *vi, *en;

	(void)state;
	json = page_words();
	assert_string_equal(text_of("vi.cause_power"), "Mất điện");
	assert_string_equal(text_of("en.state_up"), "colour");
	vi = item("vi");
	en = item("en");
	assert_int_equal(cJSON_GetArraySize(vi), cJSON_GetArraySize(en));
	for (const cJSON *w = vi->child; w; w = w->next)
		assert_true(cJSON_GetObjectItemCaseSensitive(en, w->string)->valuestring[0]);
	assert_string_equal(page_word("title", LANGUAGE_VI), "Mắt Sáng");
	/* The page puts these together from what the API says. */
	for (unsigned e = 0; e < EYES; e++) {
		char key[32];

		snprintf(key, sizeof key, "eye_%s", eye_str((enum eye)e));
		if (e != EYE_UNKNOWN && e != EYE_OK && e != EYE_SILENT)
			assert_string_not_equal(page_word(key, LANGUAGE_VI), "?");
	}
	assert_string_equal(page_word("no such key", LANGUAGE_VI), "?");
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(all_well_is_said_in_one_sentence),
		sentence(dark_points_are_counted_and_unknown_ones_apart),
		sentence(unknown_alone_is_neither_fine_nor_dark),
		sentence(a_blind_gateway_says_so_and_since_when),
		sentence(every_refusal_has_its_counter_even_at_zero),
		sentence(gasps_are_counted_where_they_are_taken),
		sentence(counters_of_the_parts_are_there),
		sentence(dark_comes_first_then_unknown_then_up),
		sentence(the_list_is_the_same_in_pieces_of_any_size),
		sentence(a_commune_without_points_has_an_empty_list),
		sentence(a_list_given_up_half_way_leaves_nothing),
		sentence(a_dark_point_says_why_and_since_when),
		sentence(a_point_that_comes_and_goes_says_so_while_it_works),
		sentence(cameras_of_a_silent_point_are_not_known),
		sentence(letters_tell_the_causes_apart),
		sentence(availability_leaves_out_what_nobody_knows),
		sentence(one_lost_second_is_not_a_hundred_percent),
		sentence(nothing_known_has_no_percentage),
		sentence(a_list_asks_for_figures_once_a_minute),
		sentence(a_point_tells_everything),
		sentence(no_such_point_and_no_such_incident),
		sentence(what_a_node_says_of_itself_may_be_rubbish),
		sentence(incidents_say_where_and_how_many),
		sentence(an_incident_has_members_and_receipts),
		sentence(metrics_name_codes_and_no_people),
		sentence(words_are_there_in_both_languages),
	};

	char why[CATALOGUE_WHY];

	if (!catalogue_open(LOCALE_DIR, why)) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
