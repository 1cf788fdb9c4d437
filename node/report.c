/* SPDX-License-Identifier: Apache-2.0 */
/* report: what the node says about itself: JSON for people. */
#include "node/report.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

static void number(cJSON *to, const char *key, uint64_t n)
{
	cJSON_AddNumberToObject(to, key, (double)n);
}

static void add_bytes(cJSON *to, const struct node *n, const struct report_shell *shell)
{
	cJSON *b = cJSON_AddObjectToObject(to, "bytes");

	number(b, "month", n->bytes.month);
	number(b, "month_s", (uint64_t)(n->bytes.month_ms / 1000));
	number(b, "budget", n->bytes.budget);
	number(b, "since_start", n->bytes.ever);
	number(b, "slower", bytes_factor(&n->bytes));
	number(b, "ip_in", shell->ip_in);
	number(b, "ip_out", shell->ip_out);
}

static void add_power(cJSON *to, const struct node *n)
{
	cJSON *p = cJSON_AddObjectToObject(to, "power");

	number(p, "dips", n->mains.dips);
	number(p, "cuts", n->cuts);
	cJSON_AddBoolToObject(p, "under_voltage", n->supply.under_voltage);
	if (!n->supply.ups_known)
		return;
	cJSON_AddBoolToObject(p, "on_battery", n->supply.on_battery);
	if (n->supply.battery_percent <= 100)
		number(p, "battery_percent", n->supply.battery_percent);
}

static void add_spool(cJSON *to, const struct node *n)
{
	const struct spool_counters *c = &n->spool->count;
	cJSON *s = cJSON_AddObjectToObject(to, "spool");

	number(s, "held", spool_held(n->spool));
	number(s, "thinned", c->thinned);
	number(s, "dropped", c->dropped);
	number(s, "torn", c->torn);
	number(s, "corrupt", c->corrupt);
	number(s, "lost", c->lost);
	number(s, "write_errors", c->write_errors);
}

static void add_counts(cJSON *to, const struct node *n, const struct report_shell *shell)
{
	cJSON *c = cJSON_AddObjectToObject(to, "count");
	cJSON *refused = cJSON_AddObjectToObject(c, "refused");

	number(c, "beats", n->count.beats);
	number(c, "births", n->count.births);
	number(c, "verdicts", n->count.verdicts);
	number(c, "unsent", n->count.unsent);
	number(c, "heals", n->heal.tries);
	number(c, "stray_pings", shell->strays);
	for (unsigned e = WIRE_OK + 1; e < WIRE_ERRS; e++)
		if (n->count.refused[e])
			number(refused, wire_err_str((enum wire_err)e), n->count.refused[e]);
	if (n->count.wrong_topic)
		number(refused, "wrong_topic", n->count.wrong_topic);
}

/* Those that are not simply well, and clocks that are off. */
static void add_cameras(cJSON *to, const struct node *n)
{
	cJSON *list = cJSON_AddArrayToObject(to, "cameras");

	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		const struct camera *c = &n->eye[i];
		cJSON *camera = cJSON_CreateObject();

		cJSON_AddStringToObject(camera, "eye", eye_str(c->eye));
		if (c->clock != CAMERA_CLOCK_NONE)
			cJSON_AddNumberToObject(camera, "clock_off_s",
						(double)(c->clock_off_ms / 1000));
		cJSON_AddItemToArray(list, camera);
	}
}

static void add_push(cJSON *to, const struct report_push *p, bool why)
{
	cJSON *push;

	if (p->id == 0)
		return;
	push = cJSON_AddObjectToObject(to, "push");
	number(push, "id", p->id);
	cJSON_AddStringToObject(push, "state", p->state);
	if (why && p->why[0])
		cJSON_AddStringToObject(push, "why", p->why);
}

static char *draw(const struct node *n, const struct report_shell *shell, bool why, mono_t now)
{
	cJSON *to = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(to, "version", MATSANG_VERSION);
	number(to, "up_s", (uint64_t)(mono_since(now, n->started) / 1000));
	number(to, "pace_s", (uint64_t)(n->pace.every_ms / 1000));
	cJSON_AddStringToObject(to, "interface", shell->interface);
	add_push(to, &shell->push, why);
	add_cameras(to, n);
	add_bytes(to, n, shell);
	add_power(to, n);
	add_spool(to, n);
	add_counts(to, n, shell);
	text = cJSON_PrintUnformatted(to);
	cJSON_Delete(to);
	return text;
}

size_t report_encode(uint8_t buf[static WIRE_MAX], const struct node *n,
		     const struct report_shell *shell, mono_t now)
{
	struct wire_report r = { .boot = n->boot, .t_ms = now.ms };
	char *text = draw(n, shell, true, now);
	size_t len = 0;

	/* A reason may be long. */
	if (text && strlen(text) > WIRE_LONG_TEXT) {
		free(text);
		text = draw(n, shell, false, now);
	}
	if (text && strlen(text) <= WIRE_LONG_TEXT) {
		r.text = text;
		r.text_len = strlen(text);
		len = wire_report_encode(buf, &r);
	}
	free(text);
	return len;
}
