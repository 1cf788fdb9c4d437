/* SPDX-License-Identifier: Apache-2.0 */
/* compose: what people read, compared byte by byte with tests/golden/compose.
 * GOLDEN=accept in the environment accepts what is said now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/catalogue.h"
#include "gateway/compose.h"
#include "gateway/plain.h"
#include "gateway/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SINCE INT64_C(1778762520000) /* 14/05/2026 19:42 in Vietnam */
#define MINUTE INT64_C(60000)
#define AT(hours, minutes) SINCE + ((hours)*60 + (minutes) - (19 * 60 + 42)) * MINUTE

/* ---- a commune ---- */

static const struct roster_camera two_cameras[] = { { "cổng chợ", "192.168.1.20" },
						    { "camera ngã ba", "192.168.1.21" } };
static const struct roster_hamlet hamlets[] = { { "QT", "Quyết Thắng" },
						{ "LB", "Thôn Làng Bến" } };

/* code, hamlet, household, phone, provider, transformer, relay, cameras */
#define QT(n, household, phone, provider, transformer, relay)                                    \
	{                                                                                        \
		"TT-07-" n, "QT", household, phone, provider, transformer, relay, two_cameras, 2 \
	}

static const struct roster_point points[] = {
	QT("01", "bà Lý Thị B", "0900000121", "Viettel", "Quyết Thắng 1", ""),
	QT("02", "Trường tiểu học", "", "Viettel", "Quyết Thắng 1", ""),
	QT("03", "ông Nguyễn Văn A", "0900000123", "Viettel", "Quyết Thắng 1", ""),
	QT("04", "", "", "Viettel", "Quyết Thắng 1", "TT-07-03"),
	QT("05", "bà Hoàng Thị D", "0900000125", "Viettel", "Quyết Thắng 1", ""),
	QT("06", "ông Vi Văn E", "0900000126", "Viettel", "Quyết Thắng 1", ""),
	QT("07", "ông Lộc Văn G", "0900000127", "VNPT", "Quyết Thắng 1", ""),
	QT("08", "bà Nông Thị H", "0900000128", "VNPT", "Quyết Thắng 1", ""),
	QT("09", "ông Hứa Văn I", "0900000129", "VNPT", "Quyết Thắng 1", ""),
	QT("10", "ông Lành Văn K", "0900000130", "VNPT", "Quyết Thắng 2", ""),
	QT("11", "Nhà văn hóa", "", "", "Quyết Thắng 2", ""),
	{ "TT-08-01", "LB", "ông Hoàng C", "0900000124", "VNPT", "LB", "", two_cameras, 2 },
};
enum { POINTS = sizeof points / sizeof points[0], POINT_A = 2, POINT_LB = 11 };
static const struct roster roster = { "Thiện Tân", hamlets, 2, points, POINTS, NULL, 0 };

/* ---- what is told ---- */

struct golden {
	const char *name;
	struct notice notice;
};

#define ALL_FINE \
	FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS | FACT_LINK_UP
#define ON_BATTERY FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS | FACT_LINK_UP
#define NO_WAY_OUT                                                                   \
	FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN | FACT_ROUTER_ANSWERS | \
		FACT_OUTSIDE_KNOWN
#define ONE .id = 41, .points = 1, .hamlets = 1, .cams_n = 2
#define AT_A ONE, .point = POINT_A
#define MANY .id = 42, .cams_n = 2
#define HERE MANY, .hamlets = 1
#define OF(kind) .id = 43, .scope = SCOPE_GATEWAY, .doubt = kind
#define COMMUNE .total = 48, .up = 46, .down = 2

static const struct golden goldens[] = {
	/* The thirteen of the plan, in its order. */
	{ "01-power-one",
	  { .what = TELL_FIRING,
	    .code = "7K2",
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_CONFIRMED,
			  .facts = ON_BATTERY, .evidence = EVIDENCE_SAID | EVIDENCE_NEIGHBOURS,
			  .others = 10 } } },
	{ "02-power-hamlet",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_HAMLET, .points = 9, .open = 9, .group = 11, .others = 2,
			  .evidence = EVIDENCE_TRANSFORMER } } },
	{ "02-power-transformer",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_TRANSFORMER, .points = 9, .open = 9, .group = 9,
			  .others = 2, .evidence = EVIDENCE_TRANSFORMER } } },
	{ "03-provider",
	  { .what = TELL_FIRING,
	    .code = "7K4",
	    .incident = { HERE, .from = { AT(20, 10) }, .cause = CAUSE_PROVIDER,
			  .sure = SURE_PROBABLE, .scope = SCOPE_PROVIDER, .points = 6, .open = 6,
			  .group = 6, .others = 4, .evidence = EVIDENCE_PROVIDER } } },
	{ "04-camera",
	  { .what = TELL_FIRING,
	    .code = "7K5",
	    .incident = { AT_A, .from = { AT(20, 31) }, .cause = CAUSE_CAMERA,
			  .sure = SURE_CONFIRMED, .eyes = 0x12, .facts = ALL_FINE } } },
	{ "05-no-contact",
	  { .what = TELL_FIRING,
	    .code = "7K6",
	    .incident = { AT_A, .from = { AT(20, 40) }, .cause = CAUSE_OPEN, .eyes = 0x11,
			  .facts = ALL_FINE, .evidence = EVIDENCE_NEIGHBOURS, .others = 10 } } },
	{ "06-recovery",
	  { .what = TELL_RESOLVED,
	    .taken_by = "anh Bình",
	    .incident = { AT_A, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_POWER,
			  .sure = SURE_CONFIRMED, .facts = ON_BATTERY } } },
	{ "07-unstable",
	  { .what = TELL_UNSTABLE,
	    .code = "7K7",
	    .incident = { AT_A, .from = { AT(18, 50) }, .cause = CAUSE_LINE, .sure = SURE_CONFIRMED,
			  .flaps = 8 } } },
	{ "08-gateway-line",
	  { .what = TELL_FIRING,
	    .code = "7K8",
	    .total = 48,
	    .unknown = 48,
	    .incident = { OF(DOUBT_LINE), .from = { AT(22, 10) } } } },
	{ "09-gateway-power",
	  { .what = TELL_FIRING,
	    .code = "7K9",
	    COMMUNE,
	    .incident = { OF(DOUBT_POWER), .from = { AT(22, 10) } } } },
	{ "10-reminder",
	  { .what = TELL_REMIND,
	    .code = "7K2",
	    .hours = 24,
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_CONFIRMED,
			  .facts = ON_BATTERY, .evidence = EVIDENCE_NEIGHBOURS } } },
	{ "11-recovery-hamlet",
	  { .what = TELL_RESOLVED,
	    .taken_by = "anh Bình",
	    .incident = { HERE, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_POWER,
			  .sure = SURE_PROBABLE, .scope = SCOPE_HAMLET, .points = 9,
			  .group = 11 } } },
	{ "11-recovery-hamlet-open",
	  { .what = TELL_RESOLVED,
	    .incident = { HERE, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_POWER,
			  .sure = SURE_CONFIRMED, .scope = SCOPE_HAMLET, .points = 9, .open = 1,
			  .group = 11, .evidence = EVIDENCE_NEW_BOOT } } },
	{ "12-test", { .what = TELL_TEST, COMMUNE, .incident = { .from = { AT(104, 0) } } } },
	{ "13-morning",
	  { .what = TELL_MORNING,
	    .total = 48,
	    .up = 44,
	    .down = 2,
	    .unknown = 1,
	    .planned = 1,
	    .dark_n = 2,
	    .dark = { POINT_A, POINT_LB },
	    .incident = { .from = { AT(31, 0) } } } },
	{ "13-morning-all",
	  { .what = TELL_MORNING, .total = 48, .up = 48, .incident = { .from = { AT(31, 0) } } } },
	{ "13-evening",
	  { .what = TELL_EVENING,
	    .total = 48,
	    .up = 45,
	    .down = 3,
	    .dark_n = 3,
	    .dark = { POINT_A, 3, POINT_LB },
	    .incident = { .from = { AT(18, 0) } } } },
	{ "13-evening-none",
	  { .what = TELL_EVENING, .total = 48, .up = 48, .incident = { .from = { AT(18, 0) } } } },

	/* Said to whoever answered. */
	{ "16-answer",
	  { .what = TELL_ANSWER,
	    .code = "7K2",
	    .taken_by = "anh Bình",
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_CONFIRMED,
			  .facts = ON_BATTERY } } },
	{ "16-answer-gateway",
	  { .what = TELL_ANSWER,
	    .code = "7K8",
	    .taken_by = "chị Hà",
	    .total = 48,
	    .incident = { OF(DOUBT_LINE), .from = { AT(22, 10) } } } },
	{ "16-answer-hamlet",
	  { .what = TELL_ANSWER,
	    .code = "7K3",
	    .taken_by = "chị Hà",
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_HAMLET, .points = 9, .open = 9, .group = 11,
			  .others = 2 } } },
	{ "16-answer-none",
	  { .what = TELL_ANSWER, .code = "7K9", .incident = { .scope = SCOPE_GATEWAY } } },

	/* Their kin: of several points, taken meanwhile, all of a hamlet's one provider. */
	{ "14-provider-hamlet",
	  { .what = TELL_FIRING,
	    .code = "7K4",
	    .incident = { HERE, .from = { AT(20, 10) }, .cause = CAUSE_PROVIDER,
			  .sure = SURE_CONFIRMED, .scope = SCOPE_HAMLET, .points = 6, .open = 6,
			  .group = 11, .others = 5, .evidence = EVIDENCE_PROVIDER } } },
	{ "14-unstable-hamlet",
	  { .what = TELL_UNSTABLE,
	    .code = "7K7",
	    .incident = { HERE, .from = { AT(18, 50) }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_HAMLET, .points = 9, .open = 9, .group = 11,
			  .flaps = 27 } } },
	{ "14-reminder-hamlet",
	  { .what = TELL_REMIND,
	    .taken_by = "anh Bình",
	    .hours = 4,
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_HAMLET, .points = 9, .open = 5, .group = 11,
			  .others = 2 } } },
	{ "14-residue-two",
	  { .what = TELL_RESIDUE,
	    .code = "7K2",
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .scope = SCOPE_HAMLET, .points = 2, .open = 2, .residue = true } } },
	{ "14-power-corrected",
	  { .what = TELL_FIRING,
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_OPEN, .corrected = CAUSE_POWER,
			  .scope = SCOPE_HAMLET, .points = 9, .open = 9, .group = 11 } } },

	/* One that did not come back; the gateway's other doubts, and their end. */
	{ "20-residue",
	  { .what = TELL_RESIDUE,
	    .code = "7K2",
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_POWER, .sure = SURE_PROBABLE,
			  .residue = true } } },
	{ "20-residue-unknown",
	  { .what = TELL_RESIDUE,
	    .code = "7K2",
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_OPEN, .residue = true } } },
	{ "21-gateway-broker",
	  { .what = TELL_FIRING,
	    .code = "7K8",
	    .total = 48,
	    .incident = { OF(DOUBT_BROKER), .from = { AT(22, 10) } } } },
	{ "21-gateway-clock",
	  { .what = TELL_FIRING,
	    .code = "7K8",
	    .total = 48,
	    .incident = { OF(DOUBT_CLOCK), .from = { AT(22, 10) } } } },
	{ "21-gateway-mass",
	  { .what = TELL_FIRING,
	    .code = "7K8",
	    .total = 48,
	    .incident = { OF(DOUBT_MASS), .from = { AT(22, 10) } } } },
	{ "21-gateway-mute",
	  { .what = TELL_FIRING,
	    .code = "7K8",
	    .total = 48,
	    .incident = { OF(DOUBT_MUTE), .from = { AT(22, 10) } } } },
	{ "21-gateway-remind",
	  { .what = TELL_REMIND,
	    .code = "7K8",
	    .hours = 4,
	    .total = 48,
	    .incident = { OF(DOUBT_LINE), .from = { AT(22, 10) } } } },
	{ "22-gateway-line-over",
	  { .what = TELL_RESOLVED,
	    .total = 48,
	    .incident = { OF(DOUBT_LINE), .from = { AT(22, 10) }, .until = { AT(22, 40) } } } },
	{ "22-gateway-power-over",
	  { .what = TELL_RESOLVED,
	    .total = 48,
	    .taken_by = "chị Hà",
	    .incident = { OF(DOUBT_POWER), .from = { AT(22, 10) }, .until = { AT(25, 0) } } } },

	/* Other groups. */
	{ "30-area",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { MANY, .hamlets = 3, .from = { SINCE }, .cause = CAUSE_POWER,
			  .sure = SURE_PROBABLE, .scope = SCOPE_AREA, .points = 17, .open = 17,
			  .group = 29, .others = 12 } } },
	{ "30-area-over",
	  { .what = TELL_RESOLVED,
	    .incident = { MANY, .hamlets = 3, .from = { SINCE }, .until = { AT(45, 42) },
			  .cause = CAUSE_POWER, .sure = SURE_PROBABLE, .scope = SCOPE_AREA,
			  .points = 17, .group = 29 } } },
	{ "31-relay",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { HERE, .point = POINT_A, .from = { SINCE }, .cause = CAUSE_OPEN,
			  .scope = SCOPE_RELAY, .points = 4, .open = 4, .group = 4,
			  .evidence = EVIDENCE_RELAY } } },
	{ "31-behind-relay",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { ONE, .point = 3, .from = { SINCE }, .cause = CAUSE_OPEN,
			  .evidence = EVIDENCE_RELAY } } },
	{ "32-learned",
	  { .what = TELL_FIRING,
	    .code = "7K3",
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_OPEN, .scope = SCOPE_LEARNED,
			  .points = 4, .open = 4, .group = 5, .others = 6,
			  .evidence = EVIDENCE_MIXED } } },
	{ "33-no-contact-hamlet",
	  { .what = TELL_FIRING,
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_OPEN, .scope = SCOPE_HAMLET,
			  .points = 3, .open = 3, .group = 11, .others = 8,
			  .evidence = EVIDENCE_MIXED } } },
	{ "33-provider-mixed",
	  { .what = TELL_FIRING,
	    .incident = { HERE, .from = { SINCE }, .cause = CAUSE_LINE, .sure = SURE_PROBABLE,
			  .scope = SCOPE_PROVIDER, .points = 3, .open = 3, .group = 7,
			  .others = 2 } } },

	/* Other causes at one point. */
	{ "40-router-school",
	  { .what = TELL_FIRING,
	    .incident = { ONE, .point = 1, .from = { SINCE }, .cause = CAUSE_ROUTER,
			  .sure = SURE_CONFIRMED,
			  .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_ROUTER_KNOWN } } },
	{ "40-provider-one",
	  { .what = TELL_FIRING,
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_PROVIDER, .sure = SURE_CONFIRMED,
			  .eyes = 0x11, .facts = NO_WAY_OUT } } },
	{ "40-device",
	  { .what = TELL_FIRING,
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_DEVICE, .sure = SURE_PROBABLE,
			  .eyes = 0x11, .facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_LINK_UP,
			  .evidence = EVIDENCE_NEIGHBOURS, .others = 3 } } },
	{ "40-gateway-one",
	  { .what = TELL_FIRING,
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_GATEWAY,
			  .sure = SURE_CONFIRMED } } },
	{ "40-cameras-frozen",
	  { .what = TELL_FIRING,
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_CAMERA, .sure = SURE_CONFIRMED,
			  .eyes = 0x55, .facts = ALL_FINE } } },
	{ "41-camera-over",
	  { .what = TELL_RESOLVED,
	    .incident = { AT_A, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_CAMERA,
			  .sure = SURE_CONFIRMED, .eyes = 0x22, .flaps = 4 } } },
	{ "41-line-over",
	  { .what = TELL_RESOLVED,
	    .incident = { AT_A, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_LINE,
			  .sure = SURE_CONFIRMED, .evidence = EVIDENCE_SAME_BOOT } } },
	{ "42-corrected",
	  { .what = TELL_FIRING,
	    .taken_by = "anh Bình",
	    .incident = { AT_A, .from = { SINCE }, .cause = CAUSE_OPEN,
			  .corrected = CAUSE_LINK } } },
	{ "42-corrected-over",
	  { .what = TELL_RESOLVED,
	    .taken_by = "anh Bình",
	    .incident = { AT_A, .from = { SINCE }, .until = { AT(21, 5) }, .cause = CAUSE_POWER,
			  .sure = SURE_PROBABLE, .corrected = CAUSE_DEVICE } } },
};
enum { GOLDENS = sizeof goldens / sizeof goldens[0] };

static void check_file(const char *name, const char *kind, const char *got)
{
	char path[200], want[4096] = "";
	const char *mode = getenv("GOLDEN");
	const bool accept = mode && strcmp(mode, "accept") == 0;
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "tests/golden/compose/%s.%s.txt", name, kind);
	f = fopen(path, accept ? "w" : "r");
	if (!f)
		fail_msg("%s: cannot open; GOLDEN=accept makes it", path);
	if (accept) {
		fputs(got, f);
	} else {
		len = fread(want, 1, sizeof want - 1, f);
		want[len] = '\0';
		if (strcmp(got, want) != 0)
			fail_msg("%s says\n%s\nbut compose says\n%s", path, want, got);
	}
	fclose(f);
}

/* One part, and every character one septet. */
static void check_sms(const char *sms)
{
	assert_in_range(strlen(sms), 1, 160);
	if (!plain_ok(sms))
		fail_msg("not plain: %s", sms);
}

static void every_message_reads_as_agreed(void **state)
{
	char got[4096];
	struct message vi, en;

	(void)state;
	for (size_t k = 0; k < GOLDENS; k++) {
		compose(&vi, &roster, &goldens[k].notice, LANGUAGE_VI);
		compose(&en, &roster, &goldens[k].notice, LANGUAGE_EN);
		snprintf(got, sizeof got, "%s\n%s\n", vi.subject, vi.text);
		check_file(goldens[k].name, "vi", got);
		snprintf(got, sizeof got, "%s\n%s\n", en.subject, en.text);
		check_file(goldens[k].name, "en", got);
		snprintf(got, sizeof got, "%s\n%s\n", vi.sms, en.sms);
		check_file(goldens[k].name, "sms", got);
		check_sms(vi.sms);
		check_sms(en.sms);
	}
}

/* Would a reader of UTF-8 accept it? Enough for what compose can do wrong: cut characters. */
static bool whole_characters(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		size_t more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;

		if ((*c & 0xc0) == 0x80)
			return false;
		c++;
		for (; more > 0; more--, c++)
			if ((*c & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static bool has_words(const struct message *m)
{
	assert_true(whole_characters(m->subject));
	assert_true(whole_characters(m->text));
	assert_true(strlen(m->subject) < sizeof m->subject);
	assert_true(strlen(m->text) < sizeof m->text);
	check_sms(m->sms);
	return !strpbrk(m->subject, "{}[]") && !strpbrk(m->text, "{}[]");
}

static void long_names_are_cut_at_a_whole_character(void **state)
{
	char name[700];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		struct roster_camera camera = { name, "" };
		struct roster_hamlet hamlet = { "QT", name };
		struct roster_point point = { "TT-07-03", "QT", name,    name, name,
					      name,       "",   &camera, 1 };
		struct roster r = { "Thiện Tân", &hamlet, 1, &point, 1, NULL, 0 };

		memset(name, 'x', shift);
		for (size_t k = shift; k + 3 < sizeof name; k += 3)
			memcpy(name + k, "ắ", 4); /* three bytes */
		for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++)
			for (int what = TELL_FIRING; what < TELLS; what++)
				for (int scope = 0; scope < SCOPES; scope++) {
					struct notice n = {
						.what = (enum tell)what,
						.code = "7K2",
						.incident = { .points = 3,
							      .scope = (enum scope)scope,
							      .cause = CAUSE_PROVIDER,
							      .cams_n = 1 },
					};
					struct message m;

					compose(&m, &r, &n, (enum language)lang);
					assert_true(has_words(&m));
				}
	}
}

/* As long as the settings allow, and a code of the longest kind. */
static void the_longest_names_leave_what_matters_in_a_text_message(void **state)
{
	static const char code[] = "ABCDEFGHIJKLMNOPQRSTUVWX", phone[] = "+84 900 000 123 4567";
	static const char longest[] =
		"Nhà văn hóa sinh hoạt cộng đồng của các thôn Quyết Thắng và Đồng Bến";
	static const char word[] = "Đđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđ";
	const char *const names[] = { longest, word };
	unsigned tried = 0;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		const struct roster_camera cameras[] = { { names[k], "" }, { names[k], "" } };
		const struct roster_hamlet h = { "QT", names[k] };
		const struct roster_point p = { code,     "QT", names[k], phone, names[k],
						names[k], code, cameras,  2 };
		const struct roster r = { names[k], &h, 1, &p, 1, NULL, 0 };

		for (size_t g = 0; g < GOLDENS; g++)
			for (int cause = 0; cause < CAUSES; cause++)
				for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++) {
					struct notice n = goldens[g].notice;
					const char *job =
						n.what == TELL_ANSWER ? "7K2XY9Z:" : "OK 7K2XY9Z";
					struct message m;
					char time[CLOCK_TEXT];

					n.incident.point = 0;
					n.incident.hamlet = 0;
					n.incident.cause = (enum cause)cause;
					if (n.code[0])
						memcpy(n.code, "7K2XY9Z", 8);
					if (n.taken_by[0])
						snprintf(n.taken_by, sizeof n.taken_by, "%s",
							 names[k]);
					compose(&m, &r, &n, (enum language)lang);
					assert_true(has_words(&m));
					clock_draw(time, n.what == TELL_RESOLVED ? n.incident.until
										 : n.incident.from);
					if (n.incident.from.ms > 0 && !strstr(m.sms, time))
						fail_msg("%s: no %s in %s", goldens[g].name, time,
							 m.sms);
					if (n.code[0] && !strstr(m.sms, job))
						fail_msg("%s: no job in %s", goldens[g].name,
							 m.sms);
					if (n.incident.points == 1 && !strstr(m.sms, code))
						fail_msg("%s: no code in %s", goldens[g].name,
							 m.sms);
					if (n.incident.points == 1 && n.what == TELL_FIRING &&
					    cause == CAUSE_POWER && !strstr(m.sms, phone))
						fail_msg("%s: no phone in %s", goldens[g].name,
							 m.sms);
					tried++;
				}
	}
	assert_in_range(tried, 1000, 100000);
}

static unsigned dice(unsigned sides)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return (x >> 8) % sides;
}

/* Any incident at all: every slot is there, every text fits. */
static void no_incident_is_too_strange_to_be_told(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 20000; k++) {
		struct notice n = {
			.what = (enum tell)dice(TELLS),
			.hours = (uint8_t)dice(256),
			.total = (uint16_t)dice(65536),
			.up = (uint16_t)dice(65536),
			.down = (uint16_t)dice(100),
			.unknown = (uint16_t)dice(3),
			.planned = (uint16_t)dice(3),
			.dark_n = (uint16_t)dice(NOTICE_LIST + 2),
			.incident = {
				.scope = (enum scope)dice(SCOPES),
				.doubt = (enum doubt)dice(DOUBTS),
				.hamlet = dice(4),
				.point = dice(POINTS + 3),
				.from = { SINCE },
				.until = { dice(2) ? SINCE + (int64_t)dice(1u << 24) * 1000 : 0 },
				.cause = (enum cause)dice(CAUSES),
				.sure = (enum sure)dice(SURES),
				.corrected = dice(4) ? CAUSE_NONE : (enum cause)dice(CAUSES),
				.residue = dice(5) == 0,
				.points = (uint16_t)dice(12),
				.open = (uint16_t)dice(12),
				.group = (uint16_t)dice(20),
				.others = (uint16_t)dice(20),
				.hamlets = (uint16_t)dice(4),
				.flaps = (uint16_t)dice(30),
				.evidence = dice(256),
				.eyes = dice(1u << 24) << 8 | dice(256),
				.cams_n = (uint8_t)dice(9),
				.facts = dice(1u << 16),
			},
		};
		struct message m;

		for (size_t d = 0; d < NOTICE_LIST; d++)
			n.dark[d] = dice(POINTS + 1);
		if (dice(2))
			memcpy(n.code, "7K2", 4);
		if (dice(2))
			memcpy(n.taken_by, "{anh} [B]", 10);
		compose(&m, &roster, &n, (enum language)dice(2));
		assert_true(strlen(m.subject) > 0 && strlen(m.text) > 0);
		check_sms(m.sms);
		assert_true(whole_characters(m.subject) && whole_characters(m.text));
	}
}

static void a_line_break_in_a_name_does_not_break_the_line(void **state)
{
	struct roster_hamlet hamlet = { "QT", "Quyết\r\nThắng" };
	struct roster_point point = { "TT-07-03", "QT", "ông\nA", "09\n1", "", "", "", NULL, 0 };
	struct roster r = { "Thiện Tân", &hamlet, 1, &point, 1, NULL, 0 };
	const struct notice n = { .incident = { .points = 1, .open = 1, .cause = CAUSE_POWER } };
	struct message m;

	(void)state;
	compose(&m, &r, &n, LANGUAGE_VI);
	assert_null(strpbrk(m.subject, "\r\n"));
	assert_non_null(strstr(m.text, "ông A"));
	assert_null(strstr(m.text, "\nThắng"));
	assert_null(strpbrk(m.sms, "\r\n"));
}

static void an_incident_the_roster_no_longer_knows_is_told_all_the_same(void **state)
{
	const struct notice n = { .incident = { .hamlet = 99,
						.point = 99,
						.points = 1,
						.cause = CAUSE_OPEN,
						.cams_n = 8 } };
	struct message m;

	(void)state;
	compose(&m, &roster, &n, LANGUAGE_VI);
	assert_non_null(strstr(m.subject, "MẤT LIÊN LẠC"));
	assert_non_null(strstr(m.sms, "MAT LIEN LAC"));
}

static void times_are_vietnams_whatever_the_machine_thinks(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	setenv("TZ", "America/New_York", 1);
	clock_draw(text, (wall_t){ SINCE });
	assert_string_equal(text, "19:42");
	clock_draw_date(text, (wall_t){ SINCE });
	assert_string_equal(text, "14/05/2026 19:42");
	clock_draw_date(text, (wall_t){ SINCE + 5 * 60 * MINUTE });
	assert_string_equal(text, "15/05/2026 00:42");
}

static void durations_say_their_two_largest_units(void **state)
{
	static const struct {
		int64_t ms;
		const char *vi, *en;
	} rows[] = {
		{ -5, "0 giây", "0 s" },
		{ 999, "0 giây", "0 s" },
		{ 45000, "45 giây", "45 s" },
		{ 61000, "1 phút", "1 min" },
		{ 83 * MINUTE, "1 giờ 23 phút", "1 h 23 min" },
		{ 60 * MINUTE, "1 giờ", "1 h" },
		{ 52 * 60 * MINUTE, "2 ngày 4 giờ", "2 d 4 h" },
		{ 48 * 60 * MINUTE + 5 * MINUTE, "2 ngày", "2 d" },
		{ INT64_MAX, "366000 ngày", "366000 d" },
	};
	char text[CLOCK_TEXT * 2];

	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		duration_draw(text, rows[k].ms, LANGUAGE_VI);
		assert_string_equal(text, rows[k].vi);
		duration_draw(text, rows[k].ms, LANGUAGE_EN);
		assert_string_equal(text, rows[k].en);
	}
}

static void every_cause_colour_and_confidence_has_a_word(void **state)
{
	(void)state;
	for (int lang = LANGUAGE_VI; lang <= LANGUAGE_EN; lang++) {
		for (int c = 0; c < CAUSES; c++)
			assert_true(word_cause((enum cause)c, (enum language)lang)[0] != '\0');
		for (int c = 0; c < COLOURS; c++)
			assert_true(word_colour((enum colour)c, (enum language)lang)[0] != '\0');
		for (int c = 0; c < SURES; c++)
			assert_true(word_sure((enum sure)c, (enum language)lang)[0] != '\0');
		for (int w = 0; w < WORDS; w++)
			assert_true(words_str((enum word)w, (enum language)lang)[0] != '\0');
	}
	assert_string_equal(word_cause(CAUSE_POWER, LANGUAGE_VI), "Mất điện");
	assert_string_equal(word_colour(COLOUR_DOWN, LANGUAGE_VI), "Mất giám sát");
	assert_string_equal(word_sure(SURE_CONFIRMED, LANGUAGE_VI), "đã xác nhận");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_reads_as_agreed),
		cmocka_unit_test(long_names_are_cut_at_a_whole_character),
		cmocka_unit_test(the_longest_names_leave_what_matters_in_a_text_message),
		cmocka_unit_test(no_incident_is_too_strange_to_be_told),
		cmocka_unit_test(a_line_break_in_a_name_does_not_break_the_line),
		cmocka_unit_test(an_incident_the_roster_no_longer_knows_is_told_all_the_same),
		cmocka_unit_test(times_are_vietnams_whatever_the_machine_thinks),
		cmocka_unit_test(durations_say_their_two_largest_units),
		cmocka_unit_test(every_cause_colour_and_confidence_has_a_word),
	};

	char why[CATALOGUE_WHY];

	if (!catalogue_open(LOCALE_DIR, why)) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
