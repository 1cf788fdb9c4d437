/* SPDX-License-Identifier: Apache-2.0 */
/* matsang-node: opens what one point's core needs, and closes it again. Decides nothing. */
#include "node/app.h"

#include "mesh/args.h"
#include "mesh/log.h"
#include "node/disk_file.h"
#include "node/disk_none.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYE_MS = 1000 };

static void open_spool(struct app *a, mono_t now)
{
	char path[PATH_MAX];
	const struct spool_counters *c = &a->spool.count;
	const struct disk *disk = &a->disk;
	int err;

	if (mkdir(a->settings->state_dir, 0700) < 0 && errno != EEXIST)
		log_warn("%s: %s", a->settings->state_dir, strerror(errno));
	snprintf(path, sizeof path, "%s/spool", a->settings->state_dir);
	err = disk_file_open(&a->disk, path);
	if (err) {
		log_err("%s: %s; records are kept in memory only", path, strerror(-err));
		disk = &disk_none;
	}
	disk_rest_init(&a->disk_rest, disk);
	err = spool_open(&a->spool, &a->disk_rest.disk, (uint64_t)a->settings->spool_kib << 10,
			 a->boot, now);
	if (err && disk != &disk_none)
		log_err("%s: %s; records are kept in memory", path, strerror(-err));
	if (c->lost || c->torn || c->corrupt)
		log_warn("%s: begun anew %llu times, %llu frames torn off, %llu unreadable", path,
			 (unsigned long long)c->lost, (unsigned long long)c->torn,
			 (unsigned long long)c->corrupt);
	if (spool_held(&a->spool) > 0)
		log_info("%s: %llu records wait", path, (unsigned long long)spool_held(&a->spool));
}

/* Where it cannot be kept, what NTP says in this boot still is a floor. */
static void open_floor(struct app *a, mono_t now)
{
	char path[PATH_MAX];
	int err, read;

	snprintf(path, sizeof path, "%s/floor", a->settings->state_dir);
	err = disk_file_open(&a->floor_disk, path);
	read = floor_open(&a->floor, err ? &disk_none : &a->floor_disk, now);
	if (err || read)
		log_warn("%s: %s; no time is known from before", path,
			 strerror(err ? -err : -read));
}

/* Differs on every node and every boot; no secret. */
static uint64_t seed(const struct app *a)
{
	uint64_t h = a->boot;

	for (const char *p = a->settings->point; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	return h;
}

static int open_mqtt(struct app *a)
{
	const struct node_settings *s = a->settings;
	struct mqtt_options o = {
		.identity = s->point,
		.n_endpoints = s->n_brokers,
		.subscriptions = { a->topic_down, TOPIC_GATEWAY },
		.n_subscriptions = 2,
		.alias_topic = a->topic_up,
		.will_topic = a->topic_up,
		.keepalive_s = (uint16_t)s->keepalive_s,
		.user_timeout_ms = (unsigned)s->link_timeout_s * 1000,
		.retry_min_ms = s->retry_min_ms,
		.retry_max_ms = s->retry_max_ms,
		.seed = seed(a),
	};
	uint8_t will[WIRE_MAX];

	for (size_t i = 0; i < s->n_brokers; i++)
		o.endpoints[i] = s->brokers[i];
	o.will_len = node_will(&a->node, will);
	memcpy(o.will, will, o.will_len);
	memcpy(o.key, a->key, sizeof o.key);
	o.key_len = a->key_len;
	a->mqtt = mqtt_new(a->loop, &o, app_on_mqtt, a);
	explicit_bzero(o.key, sizeof o.key);
	explicit_bzero(a->key, sizeof a->key);
	if (!a->mqtt)
		log_err("broker: %s", strerror(errno));
	return a->mqtt ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Opened before it is needed: nothing is looked up or made when mains go. */
static void open_gasps(struct app *a)
{
	if (a->settings->gasp[0] == '\0')
		return;
	a->gasps = udp_to(a->settings->gasp);
	if (!a->gasps)
		log_err("last gasps to %s: %s", a->settings->gasp, strerror(errno));
	seal_init(&a->seal, a->key, a->key_len);
}

static int open_wires(struct app *a)
{
	const struct gpio_options o = node_settings_gpio(a->settings);
	char why[GPIO_WHY];
	int status;

	a->gpio = gpio_open(&o, why);
	if (!a->gpio) {
		status = errno == ENOENT ? EXIT_SETTINGS : EXIT_FAILURE;
		fprintf(stderr, "matsang-node: %s\n", why);
		return status;
	}
	a->wires = loop_watch_new(a->loop, gpio_fd(a->gpio), LOOP_READ, app_on_wires, a);
	return a->wires ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Where it is installed; beside this program while that is not. */
static void eye_beside(char path[static PATH_MAX])
{
	static const char installed[] = "/usr/lib/matsang/matsang-eye", name[] = "matsang-eye";
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - sizeof name - 1);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, name);
	if (access(path, X_OK) < 0)
		strcpy(path, installed);
}

static int open_all(struct app *a)
{
	const mono_t now = clock_mono();
	int status;

	a->loop = loop_new();
	if (!a->loop)
		return EXIT_FAILURE;
	a->due = loop_alarm_new(a->loop, app_on_due, a);
	a->tick = loop_alarm_new(a->loop, app_on_tick, a);
	a->light = loop_alarm_new(a->loop, app_on_light, a);
	a->ping = ping_new(a->loop, (int)a->settings->probe_timeout_ms, app_on_ping, a);
	eye_beside(a->eye);
	a->look = look_new(a->loop, a->eye, app_on_look, a);
	if (!a->due || !a->tick || !a->light || !a->ping || !a->look)
		return EXIT_FAILURE;
	status = open_wires(a);
	if (status != EXIT_SUCCESS)
		return status;
	open_spool(a, now);
	open_floor(a, now);
	a->wall_less_mono = clock_wall().ms - now.ms;
	a->options.month_spent = a->floor.month.bytes;
	a->options.month_ms = a->floor.month.ms;
	node_init(&a->node, &a->options, &a->spool, a->boot, seed(a), now);
	/* Nothing where something was kept before is a loss as well. */
	if (spool_lost(&a->spool) || (spool_fresh(&a->spool) && a->floor.kept.ms > 0))
		node_records_lost(&a->node);
	a->verdict = a->node.verdict;
	if (a->push.trying)
		a->trial_ends = mono_after(now, PUSH_TRIAL_MS);
	if (a->push.id != 0)
		node_report(&a->node); /* what came of it */
	open_gasps(a);
	status = open_mqtt(a);
	if (status != EXIT_SUCCESS)
		return status;
	app_read_wires(a, now);
	loop_alarm_set(a->tick, now);
	return loop_alive(a->loop, app_ticking, a) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void close_all(struct app *a)
{
	if (a->mqtt)
		mqtt_bye(a->mqtt, BYE_MS);
	mqtt_free(a->mqtt);
	disk_rest_wake(&a->disk_rest); /* an orderly end writes, as the rest of the system does */
	if (a->spool.disk && spool_flush(&a->spool) != 0)
		log_err("spool: what was in memory only is lost");
	disk_file_close(&a->disk);
	udp_free(a->gasps);
	seal_wipe(&a->seal);
	app_keep_floor(a, true, clock_mono());
	disk_file_close(&a->floor_disk);
	loop_watch_free(a->wires);
	gpio_close(a->gpio);
	ping_free(a->ping);
	look_free(a->look);
	loop_alarm_free(a->light);
	loop_alarm_free(a->tick);
	loop_alarm_free(a->due);
	loop_free(a->loop);
	free(a->birth_text);
	node_settings_free(a->settings);
}

static int run(struct app *a)
{
	int status = open_all(a), err;

	if (status != EXIT_SUCCESS)
		return status;
	/* Reading the settings is over; what it needed goes back to the system. */
	malloc_trim(0);
	log_info("point %s: started, boot %016llx", a->settings->point,
		 (unsigned long long)a->boot);
	loop_notify("READY=1");
	err = loop_run(a->loop);
	loop_notify(a->again ? "RELOADING=1" : "STOPPING=1");
	if (err < 0)
		log_err("loop: %s", strerror(-err));
	log_info("point %s: ended", a->settings->point);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Everything that wrong settings can spoil, before anything starts. */
static int prepare(struct app *a)
{
	int err = vitals_boot(a->settings->boot_id_file, &a->boot);
	char why[KEY_WHY];

	if (err) {
		fprintf(stderr, "%s: no boot id: %s; see \"boot_id_file\"\n",
			a->settings->boot_id_file,
			err == -EINVAL ? "not 16 hex digits" : strerror(-err));
		return EXIT_SETTINGS;
	}
	if (!key_read(a->settings->key_file, a->key, &a->key_len, why)) {
		fprintf(stderr, "%s\n", why);
		return EXIT_SETTINGS;
	}
	a->options = node_settings_options(a->settings);
	a->birth_text = node_settings_birth(a->settings);
	if (a->birth_text) {
		a->options.birth_text = a->birth_text;
		a->options.birth_text_len = strlen(a->birth_text);
	}
	topic_up_draw(a->topic_up, a->settings->point);
	topic_down_draw(a->topic_down, a->settings->point);
	return EXIT_SUCCESS;
}

/* For the service manager, when this program has died: a dark light is then the truth. */
static int light_off(const struct node_settings *s)
{
	const struct gpio_options o = node_settings_gpio(s);
	char why[GPIO_WHY];

	if (gpio_light_off(&o, why) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "matsang-node: %s\n", why);
	return EXIT_FAILURE;
}

/* With what was pushed over the settings; whatever keeps that from starting is undone. */
static int begin(struct app *a)
{
	int status;

	a->settings = push_begin(&a->push, a->settings, a->file);
	status = prepare(a);
	if (status == EXIT_SUCCESS)
		status = run(a);
	if (status == EXIT_SUCCESS || !a->push.trying)
		return status;
	push_undo(&a->push, "the program did not start with them");
	a->again = true;
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct args_word own = { "light-off",
					      "turn the light off, and end: for when it died" };
	struct args args;
	struct app *a;
	char why[CONF_WHY];
	bool again;
	int status;

	/* One heap for all threads: the household's board has little memory. */
	mallopt(M_ARENA_MAX, 1);
	log_open("matsang-node");
	status = args_read(&args, "matsang-node", &own, argc, argv);
	if (status >= 0)
		return status;
	a = calloc(1, sizeof *a);
	if (!a)
		return EXIT_FAILURE;
	a->file = args.file;
	a->trial_ends = MONO_NEVER;
	a->settings = node_settings_load(args.file, why);
	if (!a->settings) {
		fprintf(stderr, "%s\n", why);
		free(a);
		return EXIT_SETTINGS;
	}
	if (args.print)
		status = conf_print(a->settings, &node_table) ? EXIT_SUCCESS : EXIT_FAILURE;
	else if (args.check)
		status = EXIT_SUCCESS;
	else if (args.own)
		status = light_off(a->settings);
	else
		status = begin(a);
	close_all(a);
	again = a->again;
	free(a);
	if (again && status == EXIT_SUCCESS) {
		execv("/proc/self/exe", argv);
		log_err("cannot begin anew: %m");
		return EXIT_FAILURE; /* the supervisor starts us again */
	}
	return status;
}
