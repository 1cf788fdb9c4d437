/* SPDX-License-Identifier: Apache-2.0 */
/* page_words: what the page and the command line say, in both languages. */
#include "gateway/page_words.h"

#include "gateway/catalogue.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *key, *text;
} words[] = {
	{ "title", N_("Mắt Sáng") },
	{ "commune", N_("{name} · security cameras") },
	{ "signed_in", N_("Signed in: {name}") },
	{ "sign_out", N_("Sign out") },
	{ "other_language", N_("Tiếng Việt") },
	{ "fresh", N_("data is {n} seconds old") },
	{ "stale", N_("SCREEN IS NOT UPDATING") },
	{ "stale_since", N_("no new data since {time}") },
	{ "blind", N_("The gateway hears nothing since {time}: the state of the points is not known; this time does not count as downtime.") },
	{ "incidents", N_("Open incidents ({n})") },
	{ "incidents_none", N_("No incidents") },
	{ "incidents_more", N_("+{n} more incidents") },
	{ "incident_points", N_("{n} points") },
	{ "incident_held", N_("being confirmed") },
	{ "incident_told", N_("people were told") },
	{ "incident_closing", N_("settling") },
	{ "incident_closed", N_("over") },
	{ "points", N_("Camera points") },
	{ "group_down", N_("Dark") },
	{ "group_unknown", N_("Unknown") },
	{ "group_planned", N_("Under maintenance") },
	{ "group_up", N_("Working") },
	{ "hamlets_fine", N_("{n} hamlets complete · {m} points") },
	{ "since", N_("since {time}") },
	{ "never", N_("awaiting installation") },
	{ "suspect", N_("being asked…") },
	{ "heard", N_("Last heard") },
	{ "heard_never", N_("never") },
	{ "waiting", N_("Records waiting at the point") },
	{ "hamlet", N_("Hamlet") },
	{ "household", N_("Household") },
	{ "phone", N_("Call the household") },
	{ "provider", N_("Internet provider") },
	{ "transformer", N_("Transformer") },
	{ "cameras", N_("Cameras") },
	{ "camera_up", N_("working") },
	{ "camera_down", N_("lost") },
	{ "camera_unknown", N_("unknown") },
	{ "eye_refusing", N_("on the network, gives no picture") },
	{ "eye_locked", N_("refuses our password") },
	{ "eye_frozen", N_("its picture stands still") },
	{ "eye_stopped", N_("hangs, its heartbeat has stopped") },
	{ "eye_contradicts", N_("working; its signs contradict") },
	{ "eye_busy", N_("working; somebody is watching") },
	{ "availability", N_("Availability") },
	{ "period", N_("Period") },
	{ "percent", N_("Available") },
	{ "down_time", N_("Down") },
	{ "theirs_time", N_("of it grid or provider") },
	{ "unknown_time", N_("Unknown") },
	{ "h24", N_("Last 24 hours") },
	{ "d30", N_("Last 30 days") },
	{ "m6", N_("Last 6 months") },
	{ "graphs", N_("Graphs") },
	{ "graph_missing", N_("no graph yet") },
	{ "outages", N_("Interruptions") },
	{ "outages_none", N_("None in the last six months") },
	{ "from", N_("From") },
	{ "until", N_("Until") },
	{ "lasted", N_("Lasted") },
	{ "cause", N_("Cause") },
	{ "still", N_("still open") },
	{ "facts", N_("What the device on site says") },
	{ "fact_mains", N_("Mains power") },
	{ "fact_router", N_("House router") },
	{ "fact_outside", N_("Internet") },
	{ "fact_link", N_("Link to the commune") },
	{ "fact_gateway", N_("Gateway") },
	{ "notes", N_("Notes") },
	{ "note_on_battery", N_("runs on its backup battery") },
	{ "note_battery_low", N_("its backup battery is low") },
	{ "note_under_voltage", N_("its supply is too weak") },
	{ "note_away", N_("the family says: unplugged on purpose") },
	{ "note_call", N_("the family asks for a call") },
	{ "note_healing", N_("the relay is restarting something") },
	{ "note_records_lost", N_("records kept in the device were lost") },
	{ "note_camera_clock", N_("a camera's clock is more than 5 s off") },
	{ "note_slowed", N_("reports less often, to save data") },
	{ "yes", N_("yes") },
	{ "no", N_("no") },
	{ "not_known", N_("not known") },
	{ "version", N_("Version") },
	{ "close", N_("Close") },
	{ "wall", N_("Duty-room screen") },
	{ "broker", N_("MQTT connection") },
	{ "messages", N_("Messages") },
	{ "messages_waiting", N_("{n} messages waiting") },
	{ "messages_fine", N_("none waiting") },
	{ "ok", N_("fine") },
	{ "scope_point", N_("one point") },
	{ "scope_hamlet", N_("whole hamlet") },
	{ "scope_transformer", N_("same transformer") },
	{ "scope_provider", N_("same provider") },
	{ "scope_relay", N_("through one point") },
	{ "scope_learned", N_("often fail together") },
	{ "scope_area", N_("wide area") },
	{ "scope_gateway", N_("gateway") },
	{ "doubt_none", N_("the gateway is in doubt") },
	{ "doubt_broker", N_("the MQTT broker is gone") },
	{ "doubt_line", N_("the gateway has no internet") },
	{ "doubt_power", N_("the gateway runs on its UPS") },
	{ "doubt_clock", N_("the gateway's clock is wrong") },
	{ "doubt_mass", N_("most points vanished at once") },
	{ "doubt_mute", N_("messages cannot be delivered") },
	{ "judged", N_("judged: {cause}") },
	{ "linked_none", N_("{code}: no open job has that code. It may be over already.") },
	{ "incident_last", N_("Last incident") },
	{ "next_at", N_("next person at {time}") },
	{ "relay", N_("Speaks through") },
	{ "learned", N_("Often goes dark with (learned)") },
	{ "evidence", N_("It rests on") },
	{ "evidence_said", N_("said by the device") },
	{ "evidence_transformer", N_("all of one transformer") },
	{ "evidence_provider", N_("all of one provider") },
	{ "evidence_mixed", N_("several providers at once") },
	{ "evidence_same_boot", N_("had power all along") },
	{ "evidence_new_boot", N_("had been without power") },
	{ "evidence_relay", N_("the point before it is dark") },
	{ "tell_firing", N_("began") },
	{ "tell_resolved", N_("working again") },
	{ "tell_residue", N_("not back with the others") },
	{ "tell_unstable", N_("unstable") },
	{ "tell_remind", N_("reminder") },
	{ "tell_morning", N_("morning digest") },
	{ "tell_evening", N_("blind spots tonight") },
	{ "tell_test", N_("test message") },
	{ "tell_answer", N_("answer") },
	{ "take", N_("Take the job") },
	{ "taken", N_("{name} has taken it") },
	{ "untaken", N_("NOBODY HAS TAKEN IT") },
	{ "unstable", N_("Unstable") },
	{ "correct", N_("Correct the cause") },
	{ "corrected", N_("corrected") },
	{ "hamlets", N_("{n} hamlets") },
	{ "others_fine", N_("{n} others are fine") },
	{ "seconds", N_("{n} s") },
	{ "minutes", N_("{n} min") },
	{ "hours", N_("{n} h") },
	{ "days", N_("{n} d") },
};
/* clang-format on */

const char *page_word(const char *key, enum language lang)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return catalogue_marked(words[i].text, lang);
	return "?";
}

static void add_named(cJSON *to, const char *group, const char *name, const char *text)
{
	char key[48];

	snprintf(key, sizeof key, "%s_%s", group, name);
	cJSON_AddStringToObject(to, key, text);
}

static cJSON *words_in(enum language lang)
{
	cJSON *to = cJSON_CreateObject();

	for (size_t i = 0; i < COUNT(words); i++)
		cJSON_AddStringToObject(to, words[i].key, catalogue_marked(words[i].text, lang));
	for (int c = 0; c < CAUSES; c++)
		add_named(to, "cause", cause_str((enum cause)c), word_cause((enum cause)c, lang));
	for (int c = 0; c < COLOURS; c++)
		add_named(to, "state", colour_str((enum colour)c),
			  word_colour((enum colour)c, lang));
	for (int s = 0; s < SURES; s++)
		add_named(to, "sure", sure_str((enum sure)s), word_sure((enum sure)s, lang));
	return to;
}

cJSON *page_words(void)
{
	cJSON *to = cJSON_CreateObject();

	cJSON_AddItemToObject(to, "vi", words_in(LANGUAGE_VI));
	cJSON_AddItemToObject(to, "en", words_in(LANGUAGE_EN));
	return to;
}

static const char *cause_letter(enum cause cause)
{
	switch (cause) {
	case CAUSE_POWER:
		return "Đ";
	case CAUSE_ROUTER:
	case CAUSE_PROVIDER:
	case CAUSE_GATEWAY:
	case CAUSE_LINE:
	case CAUSE_LINK:
	case CAUSE_NAMES:
	case CAUSE_PORTAL:
	case CAUSE_MTU:
		return "M";
	case CAUSE_CAMERA:
		return "C";
	case CAUSE_DEVICE:
		return "T";
	case CAUSE_NONE:
	case CAUSE_OPEN:
	case CAUSES:
		break;
	}
	return "✕";
}

const char *page_letter(enum colour colour, enum cause cause)
{
	switch (colour) {
	case COLOUR_UP:
		return "·";
	case COLOUR_DOWN:
		return cause_letter(cause);
	case COLOUR_PLANNED:
		return "B";
	case COLOUR_UNKNOWN:
	case COLOURS:
		break;
	}
	return "?";
}

/* Behind what is there already; {n} and {m} filled in. */
static void headline_add(char text[static HEADLINE_TEXT], const char *english, enum language lang,
			 size_t n, size_t m)
{
	const char *words_of = catalogue_str(NULL, english, lang);
	size_t len = strlen(text);

	while (*words_of && len + 1 < HEADLINE_TEXT) {
		const bool slot = words_of[0] == '{' && words_of[1] != '\0' && words_of[2] == '}';

		if (!slot) {
			text[len++] = *words_of++;
			text[len] = '\0';
			continue;
		}
		snprintf(text + len, HEADLINE_TEXT - len, "%zu", words_of[1] == 'n' ? n : m);
		len = strlen(text);
		words_of += 3;
	}
}

void headline_draw(char text[static HEADLINE_TEXT], const struct headline *h, enum language lang)
{
	text[0] = '\0';
	if (h->blind) {
		headline_add(text, N_("STATE UNKNOWN — {n} points"), lang, h->total, 0);
		return;
	}
	if (h->down)
		headline_add(text, N_("{n} / {m} POINTS DARK"), lang, h->down, h->total);
	else if (h->up == h->total)
		headline_add(text, N_("ALL FLOWING — {n}/{m} points working"), lang, h->up,
			     h->total);
	else
		headline_add(text, N_("{n} / {m} points working"), lang, h->up, h->total);
	if (h->unknown)
		headline_add(text, N_(" · {n} unknown"), lang, h->unknown, 0);
	if (h->planned)
		headline_add(text, N_(" · {n} under maintenance"), lang, h->planned, 0);
}
