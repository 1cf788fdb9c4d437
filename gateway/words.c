/* SPDX-License-Identifier: Apache-2.0 */
/* words: what messages are made of; every word and template, in both languages by the catalogue. */
#include "gateway/words.h"

#include "gateway/catalogue.h"

#include <assert.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const char *const words[] = {
	[WORD_NOW_ONE] = N_("{code} {state}{sure} since {time}{why}{eyes}"),
	[WORD_NOW_HAMLET] = N_("{state}{sure}, {place}, since {time}{why}"),
	[WORD_NOW_PROVIDER] = N_("{state}{sure}, {hamlets}, since {time}{why}"),
	[WORD_NOW_RELAY] = N_("{code} {state}{sure} since {time}{why}, and {rest} more behind it"),
	[WORD_NOW_LEARNED] = N_("{state}{sure}, {n} points that often fail together, {hamlets}, since {time}{why}"),
	[WORD_NOW_AREA] = N_("{state} OVER A WIDE AREA{sure} since {time}{why}: {hamlets}, {n} points"),
	[WORD_NOW_RESIDUE] = N_("{who} STILL {bare}{sure} since {time} (the neighbours are back)"),
	[WORD_NOW_UNSTABLE] = N_("{who} UNSTABLE: {swings} lost {flaps} times (since {time})"),
	[WORD_REMIND] = N_("REMINDER: "),
	[WORD_UNTAKEN] = N_(" – nobody has taken it"),
	[WORD_BACK_ONE] = N_("{code} WORKING AGAIN {until}"),
	[WORD_BACK_CAMERA] = N_("{code} CAMERA WORKING AGAIN {until}"),
	[WORD_BACK_MANY] = N_("WORKING AGAIN {until}, {place}: {back} of {n} points"),
	[WORD_BACK_AREA] = N_("{hamlets} WORKING AGAIN {until}: {back} of {n} points"),
	[WORD_WHO_MANY] = N_("{n} points, {hamlets},"),
	[WORD_PROBABLY] = N_("PROBABLY "),
	[WORD_MAYBE] = N_("probably "),
	[WORD_CONFIRMED] = N_(" (confirmed)"),
	[WORD_CORRECTED] = N_(" (corrected)"),
	[WORD_NO_CAUSE] = N_(" (cause unknown)"),
	[WORD_GRID] = N_(" (probably the grid)"),

	[WORD_WHERE] = N_("{household}, {hamlet}."),
	[WORD_WHERE_HAMLET] = N_("{Hamlet}."),
	[WORD_POINTS] = N_("{count} points."),
	[WORD_POINTS_TRANSFORMER] = N_("{count} points, same transformer {transformer}."),
	[WORD_POINTS_PROVIDER] = N_("{count} points on {provider} are silent"),
	[WORD_POINTS_AREA] = N_("{count} points in {hamlets}."),
	[WORD_POINTS_LEARNED] = N_("{count} points that often fail together, as earlier times have shown."),
	[WORD_POINTS_RELAY] = N_("{rest} more reach the commune through this point, and are silent with it."),
	[WORD_COUNT] = N_("{n} of {m}"),
	[WORD_OTHERS] = N_(" {others} others nearby are fine."),
	[WORD_OTHERS_TRANSFORMER] = N_(" {others} others on another transformer are fine."),
	[WORD_OTHERS_PROVIDER] = N_("; {others} on other providers are fine."),
	[WORD_OTHERS_NAMED] = N_("; {others} of {others} on {rival} are fine."),
	[WORD_NEIGHBOURS_POWER] = N_(" Neighbours have power."),
	[WORD_NEIGHBOURS] = N_("Other points of the hamlet are fine."),
	[WORD_NEIGHBOURS_PROVIDER] = N_("The points of the same hamlet and the same provider are fine."),
	[WORD_NEIGHBOURS_BACK] = N_("The neighbouring points work again; here it is still dark."),
	[WORD_MIXED] = N_("Several providers went dark together: hardly the line."),
	[WORD_THROUGH] = N_("It reaches the commune through {relay}, which is silent too."),
	[WORD_BATTERY] = N_("The device runs on its backup battery."),
	[WORD_CAUSE] = N_("Cause: {cause}."),
	[WORD_LAST_HEARD] = N_("When last heard: "),
	[WORD_MERGED] = N_("Messages are merged: the next one comes when it is stable, or dark for good."),
	[WORD_STILL_OPEN] = N_("Not back yet: {open}. What stays dark is told by itself."),
	[WORD_OPEN] = N_("Not back yet: {open}."),
	[WORD_LASTED] = N_("Down {duration} ({time}–{until}). Cause: {cause}."),
	[WORD_LASTED_DAYS] = N_("Down {duration} ({time} {date} – {until} {until_date}). Cause: {cause}."),
	[WORD_SAME_BOOT] = N_("The device had power all along."),
	[WORD_NEW_BOOT] = N_("The device had been without power."),
	[WORD_FLAPPED] = N_("It came and went {flaps} times."),
	[WORD_TODO] = N_("Do: "),
	[WORD_TODO_UNSTABLE] = N_("check the modem's power plug and the network cable{phone}"),
	[WORD_NOTHING_TODO] = N_("Nothing to do."),
	[WORD_NOBODY] = N_("Nobody has taken it for {hours} hours."),
	[WORD_TAKE] = N_("Reply OK {token} to take the job."),
	[WORD_TAKEN] = N_("Handled by {by}."),

	[WORD_BLIND] = N_("The state of {total} points is not known. These are NOT {total} outages; this time does not count as downtime."),
	[WORD_BLIND_ALL] = N_("The state of the points is not known. This time does not count as downtime."),
	[WORD_BACKFILL] = N_("The points keep their own logs and send them later."),
	[WORD_DOUBTED] = N_("It lasted {duration} ({time}–{until})."),
	[WORD_DOUBTED_DAYS] = N_("It lasted {duration} ({time} {date} – {until} {until_date})."),
	[WORD_NOT_COUNTED] = N_("This time does not count as downtime; the points send their logs later."),

	[WORD_MORNING] = N_("{time} {date}: {up} of {total} points working"),
	[WORD_EVENING] = N_("{time} {date}: {dark} of {total} points BLIND TONIGHT"),
	[WORD_EVENING_NONE] = N_("{time} {date}: no blind spots tonight"),
	[WORD_ANSWER] = N_("{token}: {by} has the job"),
	[WORD_ANSWER_NONE] = N_("{token}: no open job has that code"),
	[WORD_NO_JOB] = N_("It may be over already, or the code is another one."),
	[WORD_TEST] = N_("TEST – Mắt Sáng, {commune}, {time} {date}"),
	[WORD_UP] = N_("{up} of {total} points working."),
	[WORD_UP_ALL] = N_("All {total} points are working."),
	[WORD_DARK] = N_(" Dark: {list}."),
	[WORD_DARK_HAMLET] = N_("{Hamlet}: {list}."),
	[WORD_DARK_MORE] = N_(" and {more} more"),
	[WORD_UNKNOWN] = N_("Unknown: {unknown}."),
	[WORD_PLANNED] = N_("Under maintenance: {planned}."),
	[WORD_NO_BLIND] = N_("No blind spots."),
	[WORD_HEALTHY] = N_("This message shows that the way to you works."),

	[WORD_MAINS] = N_("Power"),
	[WORD_ROUTER] = N_("Router"),
	[WORD_LINE] = NC_("fact", "Internet"),
	[WORD_EYES] = N_("Cameras {seeing} of {eyes_n}"),
	[WORD_EYES_REST] = N_("Other cameras"),
	[WORD_EYE] = N_(" – {names} ({lost} of {eyes_n})"),

	[WORD_HOUSEHOLD] = N_("Household "),
	[WORD_CAMERA] = N_("camera "),
	[WORD_HAMLET] = N_("hamlet "),
	[WORD_HAMLET_FIRST] = N_("Hamlet "),
	[WORD_HAMLET_PLACE] = NC_("place", "hamlet "),
	[WORD_HAMLET_WHOLE] = N_("all of hamlet "),
	[WORD_HAMLETS] = N_("{k} hamlets"),

	[WORD_DAYS] = N_("d"),
	[WORD_HOURS] = N_("h"),
	[WORD_MINUTES] = N_("min"),
	[WORD_SECONDS] = N_("s"),

	[SMS_NOW_ONE] = NC_("sms", "{code} {state}{sure} since {time}{why}[, {household}][, {village}]."),
	[SMS_NOW_CAMERA] = NC_("sms", "{code} {maybe}CAMERA {bare_names} lost{sure} since {time}."),
	[SMS_NOW_HAMLET] = NC_("sms", "{state}{sure} {hamlets} since {time}{why}: {count} points."),
	[SMS_NOW_PROVIDER] = NC_("sms", "{state}{sure}, {hamlets} since {time}{why}: {count} {provider} points silent"),
	[SMS_NOW_RELAY] = NC_("sms", "{code} {state}{sure} since {time}{why}, {rest} more behind it[, {village}]."),
	[SMS_NOW_LEARNED] = NC_("sms", "{state}{sure} {hamlets} since {time}{why}: {count} points[ that often fail together]."),
	[SMS_NOW_AREA] = NC_("sms", "{state} WIDE AREA{sure} since {time}{why}: {hamlets}, {count} points."),
	[SMS_NOW_RESIDUE] = NC_("sms", "{who} STILL {bare}{sure} since {time}[, neighbours are back][, {household}][, {village}]."),
	[SMS_NOW_UNSTABLE] = NC_("sms", "{who} UNSTABLE: {swings} lost {flaps} times since {time}."),
	[SMS_REMIND] = NC_("sms", "REMINDER: "),
	[SMS_UNTAKEN] = NC_("sms", "[ Nobody took it for {hours} h.]"),
	[SMS_BACK_ONE] = NC_("sms", "{code} WORKING AGAIN {until}."),
	[SMS_BACK_MANY] = NC_("sms", "{Hamlet} WORKING AGAIN {until}: {back} of {n} points."),
	[SMS_BACK_AREA] = NC_("sms", "{hamlets} WORKING AGAIN {until}: {back} of {n} points."),
	[SMS_LASTED] = NC_("sms", " Down {duration} ({time}-{until})[, cause: {short_cause}{sure}]."),
	[SMS_STILL_OPEN] = NC_("sms", " Not back yet: {open}."),
	[SMS_HOUSEHOLD] = NC_("sms", "house of "),
	[SMS_OTHERS_PROVIDER] = NC_("sms", "[, {others} on other providers fine]."),
	[SMS_OTHERS_NAMED] = NC_("sms", "[, {others} of {others} {rival} fine]."),
	[SMS_NEIGHBOURS] = NC_("sms", "[ Neighbours fine.]"),
	[SMS_BATTERY] = NC_("sms", "[ On battery.]"),
	[SMS_POWER_AND_LINE] = NC_("sms", "[ Power and internet fine.]"),
	[SMS_GRID] = NC_("sms", "[ Probably the grid.]"),
	[SMS_CORRECTED] = NC_("sms", " (corrected)"),
	[SMS_NO_CAUSE] = NC_("sms", ", cause unknown"),
	[SMS_MERGED] = NC_("sms", "[ Messages merged.]"),
	[SMS_TODO_UNSTABLE] = NC_("sms", "[ Check modem plug and cable.] Call{call}."),
	[SMS_NOTHING_TODO] = NC_("sms", "[ Nothing to do.]"),
	[SMS_TAKE] = NC_("sms", " Reply OK {token}[ to take it]."),
	[SMS_TAKEN] = NC_("sms", " Handled by {by}."),
	[SMS_BLIND] = NC_("sms", " State of {total} points unknown, NOT {total} outages."),
	[SMS_DOUBTED] = NC_("sms", " It lasted {duration} ({time}-{until})."),
	[SMS_NOT_COUNTED] = NC_("sms", "[ Not counted as downtime.]"),
	[SMS_MORNING] = NC_("sms", "{time} {date}: {up} of {total} points working."),
	[SMS_EVENING] = NC_("sms", "{time} {date}: {dark} of {total} BLIND TONIGHT: {list}."),
	[SMS_EVENING_NONE] = NC_("sms", "{time} {date}: no blind spots tonight."),
	[SMS_ANSWER] = NC_("sms", "{token}: {by} has the job. "),
	[SMS_ANSWER_NONE] = NC_("sms", "{token}: no open job has that code. It may be over already."),
	[SMS_TEST] = NC_("sms", "TEST Mat Sang {commune} {time} {date}. {up} of {total} points working. Nothing to do."),
};
static_assert(COUNT(words) == WORDS, "say every word");

#define STILL_RECORDS N_("Cameras may still record on site; the commune cannot see them.")

/* Nobody is blamed: the line and the power are lent by families. */
static const struct cause_words causes[] = {
	[CAUSE_NONE] = {
		.name = N_("No fault"), .state = N_("TROUBLE"),
		.cause = N_("unknown"), .swings = N_("contact"), .effect = "",
		.do_one = N_("look at the page."),
		.do_many = N_("look at the page."),
		.sms_one = NC_("sms", " Look at the page."),
		.sms_many = NC_("sms", " Look at the page.") },
	[CAUSE_POWER] = {
		.name = N_("Power out"), .state = N_("POWER OUT"),
		.cause = N_("power cut"), .swings = N_("power"), .effect = "",
		.do_one = N_("call the house, ask kindly to look at breaker and plug{phone}"),
		.do_many = N_("call the power company; no house visits."),
		.sms_one = NC_("sms", " Call the house{call}."),
		.sms_many = NC_("sms", "[ No house visits.] Call the power company.") },
	[CAUSE_ROUTER] = {
		.name = N_("Router silent"), .state = N_("ROUTER SILENT"),
		.cause = N_("the router does not answer"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("call the house, ask kindly to look at the router's lights and plug{phone}"),
		.do_many = N_("call the provider{_provider}: routers of several houses are silent."),
		.sms_one = NC_("sms", "[ Check router lights and plug.] Call the house{call}."),
		.sms_many = NC_("sms", " Call the provider{_provider}.") },
	[CAUSE_PROVIDER] = {
		.name = N_("Provider fault"), .state = N_("PROVIDER FAULT{_provider}"),
		.cause = N_("the internet provider{_provider}"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("call the provider; no house visit."),
		.do_many = N_("call the provider."),
		.sms_one = NC_("sms", " Call the provider."),
		.sms_many = NC_("sms", " Call the provider.") },
	[CAUSE_GATEWAY] = {
		.name = N_("Gateway out of reach"),
		.state = N_("GATEWAY OUT OF REACH"),
		.cause = N_("the gateway was out of reach"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("check the gateway and the commune's internet line; no house visit."),
		.do_many = N_("check the gateway and the commune's internet line; no house visits."),
		.sms_one = NC_("sms", " Check gateway and internet at the office."),
		.sms_many = NC_("sms", " Check gateway and internet at the office.") },
	[CAUSE_LINE] = {
		.name = N_("No internet"), .state = N_("NO INTERNET"),
		.cause = N_("internet line down"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("call the house, ask kindly to look at the modem's lights{phone}"),
		.do_many = N_("call the provider{_provider}; no house visits."),
		.sms_one = NC_("sms", "[ Check modem lights.] Call the house{call}."),
		.sms_many = NC_("sms", " Call the provider{_provider}.") },
	[CAUSE_CAMERA] = {
		.name = N_("Camera lost"), .state = N_("CAMERA LOST"),
		.cause = N_("camera without signal"), .swings = N_("camera"), .effect = "",
		.do_one = N_("check the camera's adapter and cable; call the house{phone}"),
		.do_many = N_("check adapter and cable at each point."),
		.sms_one = NC_("sms", "[ Check adapter and cable.] Call the house{call}."),
		.sms_many = NC_("sms", " Check adapter and cable at each point.") },
	[CAUSE_DEVICE] = {
		.name = N_("Device fault"), .state = N_("DEVICE FAULT"),
		.cause = N_("our own device"), .swings = N_("contact"),
		.effect = N_("Cameras may still record on site."),
		.do_one = N_("bring another device and swap it; call the house first{phone}"),
		.do_many = N_("bring other devices and swap them."),
		.sms_one = NC_("sms", "[ Swap the device.] Call the house first{call}."),
		.sms_many = NC_("sms", " Swap the devices.") },
	[CAUSE_OPEN] = {
		.name = N_("No contact"), .state = N_("NO CONTACT"),
		.cause = N_("unknown"), .swings = N_("contact"), .effect = "",
		.do_one = N_("call the house, ask kindly what the light does{phone}"),
		.do_many = N_("call one house of the hamlet, ask about power and internet{phone}"),
		.sms_one = NC_("sms", " Call the house[, ask about the light]{call}."),
		.sms_many = NC_("sms", " Call one house[, ask about power and internet]{call}.") },
	[CAUSE_LINK] = {
		.name = N_("Cable out"), .state = N_("CABLE OUT"),
		.cause = N_("no link between device and router"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("call the house, ask kindly to look at the cable between device and router, and the router's plug{phone}"),
		.do_many = N_("call the houses, ask kindly about cable and router."),
		.sms_one = NC_("sms", "[ Check cable and router plug.] Call the house{call}."),
		.sms_many = NC_("sms", " Call the houses about cable and router.") },
	[CAUSE_NAMES] = {
		.name = N_("Names not resolved"), .state = N_("NAMES NOT RESOLVED (DNS)"),
		.cause = N_("the line works, names are not resolved"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("give the gateway by address in the settings, or call the provider{_provider}; no house visit."),
		.do_many = N_("call the provider{_provider} about DNS; no house visits."),
		.sms_one = NC_("sms", " Tell the provider{_provider}: DNS."),
		.sms_many = NC_("sms", " Tell the provider{_provider}: DNS.") },
	[CAUSE_PORTAL] = {
		.name = N_("Line held back"), .state = N_("LINE HELD BACK"),
		.cause = N_("a sign-in page or a spent SIM stands in the way"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("check the line's plan and data{_provider}; no house visit."),
		.do_many = N_("check the lines' plans and data{_provider}; no house visits."),
		.sms_one = NC_("sms", " Check the line's plan and data{_provider}."),
		.sms_many = NC_("sms", " Check the line's plan and data{_provider}.") },
	[CAUSE_MTU] = {
		.name = N_("Large packets lost"), .state = N_("LARGE PACKETS LOST (MTU)"),
		.cause = N_("small packets pass, large ones vanish (MTU)"), .swings = N_("internet"),
		.effect = STILL_RECORDS,
		.do_one = N_("tell the provider{_provider}: path MTU trouble; no house visit."),
		.do_many = N_("tell the provider{_provider}: path MTU trouble; no house visits."),
		.sms_one = NC_("sms", " Tell the provider{_provider}: MTU."),
		.sms_many = NC_("sms", " Tell the provider{_provider}: MTU.") },
};
static_assert(COUNT(causes) == CAUSES, "say every cause");

static const struct doubt_words doubts[] = {
	[DOUBT_NONE] = {
		.state = N_("GATEWAY IN DOUBT since {time}"),
		.back = N_("GATEWAY WORKING AGAIN {until}"),
		.means = "",
		.todo = N_("look at the gateway in the office."),
		.sms = NC_("sms", "GATEWAY in doubt since {time}."),
		.sms_todo = NC_("sms", " Check the gateway in the office.") },
	[DOUBT_BROKER] = {
		.state = N_("GATEWAY RECEIVES NO REPORTS since {time} (MQTT broker gone)"),
		.back = N_("GATEWAY RECEIVES REPORTS AGAIN {until}"),
		.means = "",
		.todo = N_("look at the service mosquitto on the gateway."),
		.sms = NC_("sms", "GATEWAY receives no reports since {time} (MQTT)."),
		.sms_todo = NC_("sms", " Check mosquitto.") },
	[DOUBT_LINE] = {
		.state = N_("GATEWAY HAS NO INTERNET since {time}"),
		.back = N_("GATEWAY HAS INTERNET AGAIN {until}"),
		.means = "",
		.todo = N_("look at the modem in the office."),
		.sms = NC_("sms", "GATEWAY has no internet since {time}."),
		.sms_todo = NC_("sms", " Check the office modem.") },
	[DOUBT_POWER] = {
		.state = N_("GATEWAY WITHOUT MAINS, ON ITS UPS, since {time}"),
		.back = N_("GATEWAY HAS MAINS AGAIN {until}"),
		.means = N_("When the battery is empty the gateway stops. After that there will be no more alerts."),
		.todo = N_("look at the power in the office."),
		.sms = NC_("sms", "GATEWAY without mains since {time}, on its UPS. After that no more alerts."),
		.sms_todo = NC_("sms", " Check the power in the office.") },
	[DOUBT_CLOCK] = {
		.state = N_("GATEWAY'S CLOCK IS WRONG since {time}"),
		.back = N_("GATEWAY'S CLOCK IS RIGHT AGAIN {until}"),
		.means = N_("Several devices show another time: the times in messages may be wrong."),
		.todo = N_("check the gateway's clock and its time servers (NTP)."),
		.sms = NC_("sms", "GATEWAY'S CLOCK is wrong since {time}; times in messages may be wrong."),
		.sms_todo = NC_("sms", " Check NTP.") },
	[DOUBT_MASS] = {
		.state = N_("MOST POINTS VANISHED AT ONCE since {time}, probably the gateway's own line"),
		.back = N_("GATEWAY HEARS THE POINTS AGAIN {until}"),
		.means = "",
		.todo = N_("look at modem and gateway in the office."),
		.sms = NC_("sms", "MOST POINTS VANISHED at once since {time}, probably our own line."),
		.sms_todo = NC_("sms", " Check the office modem.") },
	[DOUBT_MUTE] = {
		.state = N_("GATEWAY CANNOT DELIVER MESSAGES since {time}"),
		.back = N_("GATEWAY DELIVERS MESSAGES AGAIN {until}"),
		.means = N_("For ten minutes nothing could be delivered to anybody; what waits is sent later."),
		.todo = N_("check the internet line, the SIM and the settings of the channels."),
		.sms = NC_("sms", "GATEWAY cannot deliver messages since {time}; they are sent later."),
		.sms_todo = NC_("sms", " Check line and SIM.") },
};
static_assert(COUNT(doubts) == DOUBTS, "say every doubt");

/* What is wrong with a camera, as a cause is said. */
static const char *const eyes[] = {
	[EYE_UNKNOWN] = NULL,
	[EYE_OK] = NULL,
	[EYE_SILENT] = N_("camera without signal"),
	[EYE_REFUSING] = N_("the camera is on the network but gives no picture"),
	[EYE_LOCKED] = N_("the camera refuses our name and password"),
	[EYE_FROZEN] = N_("the camera's picture stands still"),
	[EYE_STOPPED] = N_("the camera hangs, its heartbeat output has stopped"),
	[EYE_CONTRADICTS] = N_("the camera's signs contradict each other"),
	[EYE_BUSY] = NULL,
};
static_assert(COUNT(eyes) == EYES, "say every state of a camera");

static const char *const colours[] = {
	[COLOUR_UNKNOWN] = N_("Unknown"),
	[COLOUR_UP] = N_("Working"),
	[COLOUR_DOWN] = N_("Dark"),
	[COLOUR_PLANNED] = N_("Under maintenance"),
};
static_assert(COUNT(colours) == COLOURS, "say every colour");

static const char *const sures[] = {
	[SURE_OPEN] = N_("unknown"),
	[SURE_PROBABLE] = N_("probable"),
	[SURE_CONFIRMED] = N_("confirmed"),
};
static_assert(COUNT(sures) == SURES, "say every confidence");
/* clang-format on */

/* First words of names that need no "Hộ", "thôn" or "camera" before them. */
static const char *const kinds[] = {
	"Hộ ",          "hộ ",     "Nhà ",    "nhà ",       "Trường ",    "trường ",
	"Điểm trường ", "Trụ sở ", "UBND ",   "Trạm ",      "Chợ ",       "Công ty ",
	"Cửa hàng ",    "Thôn ",   "thôn ",   "Bản ",       "bản ",       "Khu ",
	"Tổ ",          "Xóm ",    "xóm ",    "Household ", "household ", "School ",
	"Hamlet ",      "hamlet ", "Camera ", "camera ",    "Mắt ",       "mắt ",
};

const char *words_str(enum word w, enum language lang)
{
	return catalogue_marked(words[w], lang);
}

struct cause_words words_cause(enum cause c, enum language lang)
{
	const struct cause_words *w = &causes[(unsigned)c < CAUSES ? c : CAUSE_OPEN];

	return (struct cause_words){
		.name = catalogue_marked(w->name, lang),
		.state = catalogue_marked(w->state, lang),
		.cause = catalogue_marked(w->cause, lang),
		.swings = catalogue_marked(w->swings, lang),
		.effect = catalogue_marked(w->effect, lang),
		.do_one = catalogue_marked(w->do_one, lang),
		.do_many = catalogue_marked(w->do_many, lang),
		.sms_one = catalogue_marked(w->sms_one, lang),
		.sms_many = catalogue_marked(w->sms_many, lang),
	};
}

struct doubt_words words_doubt(enum doubt d, enum language lang)
{
	const struct doubt_words *w = &doubts[(unsigned)d < DOUBTS ? d : DOUBT_NONE];

	return (struct doubt_words){
		.state = catalogue_marked(w->state, lang),
		.back = catalogue_marked(w->back, lang),
		.means = catalogue_marked(w->means, lang),
		.todo = catalogue_marked(w->todo, lang),
		.sms = catalogue_marked(w->sms, lang),
		.sms_todo = catalogue_marked(w->sms_todo, lang),
	};
}

const char *words_eye(enum eye e, enum language lang)
{
	return (unsigned)e < EYES && eyes[e] ? catalogue_marked(eyes[e], lang) : NULL;
}

bool words_names_itself(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

const char *word_cause(enum cause c, enum language lang)
{
	return words_cause(c, lang).name;
}

const char *word_colour(enum colour c, enum language lang)
{
	return (unsigned)c < COLOURS ? catalogue_marked(colours[c], lang) : "?";
}

const char *word_sure(enum sure s, enum language lang)
{
	return (unsigned)s < SURES ? catalogue_marked(sures[s], lang) : "?";
}
