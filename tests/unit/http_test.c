/* SPDX-License-Identifier: Apache-2.0 */
/* http: a real server in a child process, a real client here; what it shows is made up. */
#include "gateway/assets.h"
#include "gateway/catalogue.h"
#include "gateway/draw_client.h"
#include "gateway/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the stand-ins: they live in the server's process ---- */

static const struct roster_point point = { .code = "TT-01", .hamlet = "QT" };
static const struct roster roster = { .commune = "Thiện Tân", .points = &point, .n_points = 1 };

struct view_figures *view_figures_new(size_t n)
{
	return calloc(n, 1);
}

void view_figures_free(struct view_figures *f)
{
	free(f);
}

struct cJSON *view_status(const struct view *v)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "commune", v->roster->commune);
	cJSON_AddBoolToObject(json, "now_is_set", v->now.ms > 0);
	return json;
}

/* A list of more than a connection takes at once: spaces, then an empty array. */
struct view_points {
	size_t left;
};

enum { LIST_BYTES = 300 * 1000 };

struct view_points *view_points_new(const struct view *v)
{
	struct view_points *p = calloc(1, sizeof *p);

	(void)v;
	assert_non_null(p);
	p->left = LIST_BYTES;
	return p;
}

ssize_t view_points_draw(struct view_points *p, char *to, size_t max)
{
	const size_t n = p->left < max ? p->left : max;

	memset(to, ' ', n);
	for (size_t i = 0; i < n; i++, p->left--)
		if (p->left <= 2)
			to[i] = p->left == 2 ? '[' : ']';
	return (ssize_t)n;
}

void view_points_free(struct view_points *p)
{
	free(p);
}

struct cJSON *view_point(const struct view *v, const char *code)
{
	cJSON *json;

	(void)v;
	if (strcmp(code, "TT-01") != 0)
		return NULL;
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "point", code);
	return json;
}

struct cJSON *view_incidents(const struct view *v, bool open_only)
{
	cJSON *json = cJSON_CreateArray();

	(void)v;
	cJSON_AddItemToArray(json, cJSON_CreateBool(open_only));
	return json;
}

struct cJSON *view_incident(const struct view *v, int64_t id)
{
	(void)v;
	return id == 7 ? cJSON_CreateObject() : NULL;
}

char *view_metrics(const struct view *v)
{
	(void)v;
	return strdup("matsang_blind 0\n");
}

size_t commune_find(const struct commune *c, const char *code)
{
	(void)c;
	return strcmp(code, "TT-01") == 0 ? 0 : SIZE_MAX;
}

struct point_view commune_point(const struct commune *c, size_t i)
{
	(void)c;
	(void)i;
	return (struct point_view){ .colour = COLOUR_UP };
}

void store_outages(struct store *s, size_t i, wall_t since, store_outage_fn *row, void *self)
{
	const struct outage o = { .id = 1, .from = since };

	(void)s;
	(void)i;
	while (row(self, &o))
		;
}

bool store_verify(struct store *s, int64_t *at, size_t n, struct verify_result *out)
{
	(void)s;
	*at += (int64_t)n;
	out->rows = *at;
	if (*at < 10000)
		return true;
	out->first_bad = 9999;
	strcpy(out->why, "row 9999: its hash is wrong");
	return false;
}

static struct {
	draw_fn *fn;
	void *self;
	bool fine;
	struct loop_alarm *alarm;
} drawing;

static void drawn(void *self, mono_t now)
{
	(void)self;
	(void)now;
	drawing.fn(drawing.self, drawing.fine ? "\x89PNG" : NULL, drawing.fine ? 4 : 0);
	drawing.fn = NULL;
}

struct draw_client *draw_client_new(struct loop *l, const char *program, const char *dir)
{
	(void)program;
	(void)dir;
	drawing.alarm = loop_alarm_new(l, drawn, NULL);
	return (struct draw_client *)&drawing;
}

void draw_client_free(struct draw_client *c)
{
	(void)c;
	loop_alarm_free(drawing.alarm);
}

/* A day is drawn, an hour cannot be, a month is never answered; one waits at most. */
int draw_ask(struct draw_client *c, const struct draw_request *r, draw_fn *fn, void *self)
{
	(void)c;
	assert_true(r->n_outages == DRAW_OUTAGES);
	if (drawing.fn)
		return -EBUSY;
	drawing.fn = fn;
	drawing.self = self;
	drawing.fine = r->span_s == 24 * 3600;
	if (r->span_s <= 24 * 3600)
		loop_alarm_set(drawing.alarm, clock_mono());
	return 0;
}

struct draw_counters draw_counters(const struct draw_client *c)
{
	(void)c;
	return (struct draw_counters){ .asked = 3 };
}

static struct cJSON *enrol(void *self, const char *code, unsigned *status)
{
	cJSON *json = cJSON_CreateObject();

	(void)self;
	cJSON_AddStringToObject(json, "enrolled", code);
	*status = strcmp(code, "TT-01") == 0 ? 200 : 404;
	return json;
}

static struct cJSON *rebuild(void *self, unsigned *status)
{
	(void)self;
	(void)status;
	return cJSON_CreateObject();
}

static struct cJSON *planned(void *self, unsigned *status)
{
	(void)self;
	*status = 200;
	return cJSON_CreateArray();
}

static struct cJSON *plan(void *self, const struct cJSON *asked, unsigned *status)
{
	(void)self;
	*status = cJSON_IsObject(asked) ? 200 : 400;
	return cJSON_Duplicate(asked, true);
}

static struct cJSON *unplan(void *self, int64_t id, unsigned *status)
{
	(void)self;
	*status = id == 7 ? 200 : 404;
	return cJSON_CreateNumber((double)id);
}

static struct cJSON *reply(void *self, const char *via, const char *from, const char *text,
			   unsigned *status)
{
	cJSON *json = cJSON_CreateObject();

	(void)self;
	cJSON_AddStringToObject(json, via, from);
	cJSON_AddStringToObject(json, "text", text);
	*status = strcmp(text, "later") == 0 ? 503 : 200;
	return json;
}

/* Says how much it was given, and of what. */
static struct cJSON *calendar(void *self, const char *text, size_t len, unsigned *status)
{
	cJSON *json = cJSON_CreateObject();

	(void)self;
	*status = 200;
	cJSON_AddNumberToObject(json, "len", (double)len);
	cJSON_AddBoolToObject(json, "x", len > 0 && text[0] == 'x' && text[len - 1] == 'x');
	return json;
}

/* ---- the server ---- */

static char hash[crypto_pwhash_STRBYTES];
static char dir[] = "/tmp/http_testXXXXXX", path[64], series[64], url[64];
static pid_t server;

static unsigned free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static int serve(int ready)
{
	const struct http_user user = { "an", hash };
	const struct http_options o = { .listen = url + strlen("http://"),
					.url = "https://camera.example/x",
					.socket = path,
					.metrics_token = "the token",
					.series_dir = dir,
					.draw_program = "",
					.users = &user,
					.n_users = 1 };
	const struct http_deeds deeds = { .enrol = enrol,
					  .rebuild = rebuild,
					  .revoke = NULL,
					  .self = NULL,
					  .planned = planned,
					  .plan = plan,
					  .unplan = unplan,
					  .calendar = calendar,
					  .reply = reply };
	struct view v = { .roster = &roster };
	char why[HTTP_WHY];
	struct loop *l = loop_new();
	struct http *h = http_open(l, &o, &v, &deeds, why);
	int err;

	if (!h) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	if (write(ready, "", 1) != 1)
		return 1;
	err = loop_run(l);
	http_close(h);
	loop_free(l);
	return err < 0 || access(path, F_OK) == 0;
}

static int setup(void **state)
{
	int fd[2];
	char byte;

	(void)state;
	snprintf(url, sizeof url, "http://127.0.0.1:%u", free_port());
	assert_int_equal(pipe(fd), 0);
	fflush(NULL);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exit(serve(fd[1]));
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &byte, 1), 1);
	close(fd[0]);
	return 0;
}

static int teardown(void **state)
{
	int status;

	(void)state;
	kill(server, SIGTERM);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(status, 0);
	return 0;
}

/* ---- the client ---- */

struct text {
	char *at;
	size_t len;
};

static struct {
	long status;
	struct text head, body;
} got;

static char cookie[64], token[64];

static size_t keep(char *data, size_t size, size_t n, void *self)
{
	struct text *t = self;

	(void)size;
	t->at = realloc(t->at, t->len + n + 1);
	memcpy(t->at + t->len, data, n);
	t->len += n;
	t->at[t->len] = '\0';
	return n;
}

static char empty[1];

static void forget(void)
{
	free(got.head.at);
	free(got.body.at);
	memset(&got, 0, sizeof got);
	keep(empty, 1, 0, &got.head);
	keep(empty, 1, 0, &got.body);
}

/* header: one more of them, or NULL; body: NULL for GET; over: the socket, or NULL for TCP. */
static long ask(const char *where, const char *header, const char *body, const char *over)
{
	CURL *c = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char text[256];
	CURLcode err;

	forget();
	snprintf(text, sizeof text, "%s%s", url, where);
	curl_easy_setopt(c, CURLOPT_URL, text);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &got.body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &got.head);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 20L);
	curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, over);
	if (cookie[0])
		curl_easy_setopt(c, CURLOPT_COOKIE, cookie);
	if (header)
		headers = curl_slist_append(headers, header);
	if (body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	}
	if (header && strcmp(header, "DELETE") == 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, header);
	if (header && strcmp(header, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	err = curl_easy_perform(c);
	if (err)
		fail_msg("%s: %s", where, curl_easy_strerror(err));
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &got.status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return got.status;
}

static long get(const char *where)
{
	return ask(where, NULL, NULL, NULL);
}

static bool head_has(const char *text)
{
	return strstr(got.head.at, text) != NULL;
}

static bool body_has(const char *text)
{
	return strstr(got.body.at, text) != NULL;
}

static void sign_in(void)
{
	cJSON *json;
	const char *at;

	assert_int_equal(ask("/api/v1/login", NULL, "name=an&password=m%E1%BA%AFt+1", NULL), 303);
	assert_true(head_has("Location: /\r\n"));
	at = strstr(got.head.at, "Set-Cookie: ");
	assert_non_null(at);
	assert_non_null(strstr(at, "; Path=/; HttpOnly; SameSite=Strict; Secure\r\n"));
	snprintf(cookie, sizeof cookie, "%.40s", at + strlen("Set-Cookie: "));
	assert_int_equal(get("/api/v1/status"), 200);
	json = cJSON_Parse(got.body.at);
	snprintf(token, sizeof token, "X-Matsang-Token: %s",
		 cJSON_GetObjectItem(cJSON_GetObjectItem(json, "session"), "token")->valuestring);
	cJSON_Delete(json);
}

static int before(void **state)
{
	cookie[0] = token[0] = '\0';
	return setup(state);
}

/* ---- the tests ---- */

static void nothing_is_shown_to_a_stranger(void **state)
{
	static const char *const closed[] = { "/api/v1/status",
					      "/api/v1/points",
					      "/api/v1/points/TT-01",
					      "/api/v1/points/TT-01/graph.png?span=24h",
					      "/api/v1/points/none",
					      "/api/v1/incidents",
					      "/api/v1/incidents/7",
					      "/api/v1/planned",
					      "/metrics" };

	(void)state;
	assert_int_equal(get("/"), 303);
	assert_true(head_has("Location: /login\r\n"));
	assert_int_equal(got.body.len, 0);
	for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
		assert_int_equal(get(closed[i]), 401);
		assert_string_equal(got.body.at,
				    "{\"refused\":\"unsigned\",\"error\":\"sign in first\"}");
	}
	snprintf(cookie, sizeof cookie, "matsang=00000000000000000000000000000000");
	assert_int_equal(get("/api/v1/status"), 401);
	assert_int_equal(get("/login"), 200);
}

static void a_link_to_a_job_survives_the_sign_in(void **state)
{
	(void)state;
	assert_int_equal(get("/take/7K2"), 303);
	assert_true(head_has("Location: /login#take-7K2\r\n"));
	assert_int_equal(get("/take/7K"), 303);
	assert_true(head_has("Location: /login\r\n"));
	assert_int_equal(get("/take/7%0D%0A"), 303);
	assert_true(head_has("Location: /login\r\n"));
	sign_in();
	assert_int_equal(get("/take/7K2"), 200);
}

static void signing_in_opens_everything(void **state)
{
	(void)state;
	sign_in();
	assert_true(body_has("\"commune\":\"Thiện Tân\""));
	assert_true(body_has("\"now_is_set\":true"));
	assert_true(body_has("\"name\":\"an\""));
	assert_int_equal(get("/"), 200);
	assert_int_equal(get("/api/v1/points"), 200);
	assert_int_equal(get("/api/v1/points/TT-01"), 200);
	assert_int_equal(get("/api/v1/points/TT-02"), 404);
	assert_int_equal(get("/api/v1/incidents"), 200);
	assert_string_equal(got.body.at, "[false]");
	assert_int_equal(get("/api/v1/incidents?open=1"), 200);
	assert_string_equal(got.body.at, "[true]");
	assert_int_equal(get("/api/v1/incidents/7"), 200);
	assert_int_equal(get("/api/v1/incidents/8"), 404);
	assert_int_equal(get("/api/v1/incidents/7x"), 404);
	assert_int_equal(get("/api/v1/incidents/99999999999999999999"), 404);
	assert_int_equal(get("/metrics"), 200);
	assert_int_equal(get("/login"), 303);
}

static void a_list_longer_than_a_connection_holds_comes_whole(void **state)
{
	(void)state;
	sign_in();
	assert_int_equal(get("/api/v1/points"), 200);
	assert_int_equal(got.body.len, LIST_BYTES);
	assert_string_equal(got.body.at + LIST_BYTES - 2, "[]");
	assert_true(head_has("Content-Type: application/json; charset=utf-8\r\n"));
	assert_true(head_has("Cache-Control: no-store\r\n"));
	assert_int_equal(get("/api/v1/status"), 200);
}

static void a_wrong_password_is_told_and_then_made_to_wait(void **state)
{
	(void)state;
	assert_int_equal(ask("/api/v1/login", NULL, "name=an&password=x", NULL), 303);
	assert_true(head_has("Location: /login#wrong\r\n"));
	assert_false(head_has("Set-Cookie"));
	assert_int_equal(ask("/api/v1/login", NULL, "name=an&password=x", NULL), 303);
	assert_true(head_has("Location: /login#wait\r\n"));
	assert_int_equal(
		ask("/api/v1/login", "Accept: application/json", "name=an&password=x", NULL), 429);
	assert_true(body_has("\"wait_ms\":"));
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	assert_true(body_has("\"sign_in\":{\"ok\":0,\"wrong\":1,\"wait\":2}"));
}

static void a_form_that_makes_no_sense_is_refused(void **state)
{
	char big[400];

	(void)state;
	assert_int_equal(ask("/api/v1/login", NULL, "", NULL), 400);
	assert_int_equal(ask("/api/v1/login", "Content-Type: text/plain", "name=an", NULL), 400);
	assert_int_equal(ask("/api/v1/login", NULL, "name=a%00n&password=x", NULL), 400);
	memset(big, 'x', sizeof big);
	memcpy(big, "name=an&password=", strlen("name=an&password="));
	big[sizeof big - 1] = '\0';
	assert_int_equal(ask("/api/v1/login", NULL, big, NULL), 400);
	assert_int_equal(get("/api/v1/login"), 405);
}

static void another_site_cannot_sign_in_or_change(void **state)
{
	const char *form = "name=an&password=m%E1%BA%AFt+1";

	(void)state;
	assert_int_equal(ask("/api/v1/login", "Origin: http://evil.example", form, NULL), 403);
	assert_int_equal(ask("/api/v1/login", "Origin: null", form, NULL), 403);
	assert_int_equal(ask("/api/v1/login", "Sec-Fetch-Site: cross-site", form, NULL), 403);
	assert_int_equal(ask("/api/v1/login", "Origin: https://camera.example.evil", form, NULL),
			 403);
	assert_int_equal(ask("/api/v1/login", "Origin: https://camera.example", form, NULL), 303);
}

static void a_change_needs_the_pages_token(void **state)
{
	(void)state;
	sign_in();
	assert_int_equal(ask("/api/v1/verify", NULL, "", NULL), 403);
	assert_true(body_has("no_token"));
	assert_int_equal(ask("/api/v1/logout", "X-Matsang-Token: 0", "", NULL), 403);
	assert_int_equal(ask("/api/v1/verify", token, "", NULL), 200);
	assert_string_equal(got.body.at, "{\"ok\":false,\"rows\":10000,\"first_bad\":9999,"
					 "\"why\":\"row 9999: its hash is wrong\"}");
	assert_int_equal(ask("/api/v1/logout", token, "", NULL), 303);
	assert_int_equal(get("/api/v1/status"), 401);
}

static void keys_are_given_out_only_on_the_gateway_itself(void **state)
{
	(void)state;
	sign_in();
	assert_int_equal(ask("/api/v1/enrol", token, "{\"point\":\"TT-01\"}", NULL), 403);
	assert_int_equal(ask("/api/v1/rebuild", token, "", NULL), 403);
	cookie[0] = '\0';
	assert_int_equal(ask("/api/v1/enrol", NULL, "{\"point\":\"TT-01\"}", NULL), 401);
	assert_int_equal(ask("/api/v1/enrol", NULL, "{\"point\":\"TT-01\"}", path), 200);
	assert_string_equal(got.body.at, "{\"enrolled\":\"TT-01\"}");
	assert_int_equal(ask("/api/v1/enrol", NULL, "{\"point\":\"TT-09\"}", path), 404);
	assert_int_equal(ask("/api/v1/enrol", NULL, "{\"point\":7}", path), 400);
	assert_int_equal(ask("/api/v1/enrol", NULL, "nonsense", path), 400);
	assert_int_equal(ask("/api/v1/enrol", NULL, "", path), 400);
	assert_int_equal(ask("/api/v1/rebuild", NULL, "", path), 200);
}

static void what_is_planned_is_changed_only_on_the_gateway_itself(void **state)
{
	(void)state;
	assert_int_equal(get("/api/v1/planned"), 401);
	sign_in();
	assert_int_equal(get("/api/v1/planned"), 200);
	assert_string_equal(got.body.at, "[]");
	assert_int_equal(ask("/api/v1/planned", token, "{}", NULL), 403);
	assert_int_equal(ask("/api/v1/calendar", token, "x", NULL), 403);
	assert_int_equal(ask("/api/v1/planned/7", "DELETE", NULL, NULL), 403);
	cookie[0] = '\0';
	assert_int_equal(ask("/api/v1/planned/7", "DELETE", NULL, NULL), 401);
	assert_int_equal(ask("/api/v1/planned", NULL, NULL, path), 200);
	assert_int_equal(ask("/api/v1/planned", NULL, "{\"from\":1}", path), 200);
	assert_string_equal(got.body.at, "{\"from\":1}");
	assert_int_equal(ask("/api/v1/planned", NULL, "[]", path), 400);
	assert_int_equal(ask("/api/v1/planned", NULL, "nonsense", path), 400);
	assert_int_equal(ask("/api/v1/planned", NULL, "", path), 400);
	assert_int_equal(ask("/api/v1/planned/7", "DELETE", NULL, path), 200);
	assert_string_equal(got.body.at, "7");
	assert_int_equal(ask("/api/v1/planned/8", "DELETE", NULL, path), 404);
	assert_int_equal(ask("/api/v1/planned/x", "DELETE", NULL, path), 404);
	assert_int_equal(ask("/api/v1/planned", "DELETE", NULL, path), 405);
	assert_int_equal(ask("/api/v1/planned/7", NULL, NULL, path), 405);
}

static void a_calendar_may_be_long_where_it_is_trusted(void **state)
{
	const size_t most = 256 * 1024;
	char *text = malloc(most + 2), want[64];

	(void)state;
	memset(text, 'x', most + 1);
	text[most + 1] = '\0';
	assert_int_equal(ask("/api/v1/calendar", NULL, text, path), 413);
	text[most] = '\0';
	assert_int_equal(ask("/api/v1/calendar", NULL, text, path), 200);
	snprintf(want, sizeof want, "{\"len\":%zu,\"x\":true}", most);
	assert_string_equal(got.body.at, want);
	assert_int_equal(ask("/api/v1/calendar", NULL, "", path), 400);
	sign_in();
	text[65 * 1024] = '\0';
	assert_int_equal(ask("/api/v1/calendar", token, text, NULL), 413);
	free(text);
}

static void whoever_may_open_the_socket_is_trusted(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	assert_true(body_has("\"http\":{"));
	assert_false(body_has("session"));
	assert_int_equal(ask("/metrics", NULL, NULL, path), 200);
	assert_int_equal(ask("/api/v1/verify", NULL, "", path), 200);
}

static void an_answer_is_handed_on_and_only_from_the_socket(void **state)
{
	static const char said[] = "{\"via\":\"mail\",\"from\":\"a@b.vn\",\"text\":\"OK 7K2\"}";
	static const char *const nonsense[] = {
		"",
		"OK 7K2",
		"{}",
		"{\"via\":\"mail\",\"from\":\"a@b.vn\"}",
		"{\"via\":\"mail\",\"from\":7,\"text\":\"OK 7K2\"}",
	};

	(void)state;
	assert_int_equal(ask("/api/v1/reply", NULL, said, path), 200);
	assert_string_equal(got.body.at, "{\"mail\":\"a@b.vn\",\"text\":\"OK 7K2\"}");
	assert_int_equal(ask("/api/v1/reply", NULL,
			     "{\"via\":\"mail\",\"from\":\"a@b.vn\",\"text\":\"later\"}", path),
			 503);
	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
		assert_int_equal(ask("/api/v1/reply", NULL, nonsense[i], path), 400);
	assert_int_equal(ask("/api/v1/reply", NULL, said, NULL), 401);
	sign_in();
	assert_int_equal(ask("/api/v1/reply", token, said, NULL), 403);
	assert_true(body_has("only_local"));
}

static void a_second_gateway_is_refused_and_a_stale_socket_replaced(void **state)
{
	struct view v = { .roster = &roster };
	const struct http_deeds deeds = {
		.self = NULL, .enrol = NULL, .revoke = NULL, .rebuild = NULL
	};
	struct http_options o = { .listen = "127.0.0.1:0",
				  .url = "",
				  .socket = path,
				  .metrics_token = "",
				  .series_dir = "",
				  .draw_program = "" };
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct loop *l = loop_new();
	char why[HTTP_WHY], stale[80];
	struct http *h;
	int fd;

	(void)state;
	assert_null(http_open(l, &o, &v, &deeds, why));
	assert_non_null(strstr(why, "is another gateway running?"));
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	o.listen = url + strlen("http://");
	assert_null(http_open(l, &o, &v, &deeds, why));
	assert_non_null(strstr(why, "Address already in use"));
	o.listen = "nonsense";
	assert_null(http_open(l, &o, &v, &deeds, why));

	snprintf(stale, sizeof stale, "%s.stale", path);
	strcpy(a.sun_path, stale);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);
	o.listen = "127.0.0.1:0";
	o.socket = stale;
	h = http_open(l, &o, &v, &deeds, why);
	assert_non_null(h);
	http_close(h);
	assert_int_equal(access(stale, F_OK), -1);
	loop_free(l);
}

static void what_does_not_exist_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(get("/nothing"), 404);
	assert_true(head_has("Content-Type: application/json"));
	assert_int_equal(get("/api/v1/points/TT-01/graph.jpg"), 404);
	assert_int_equal(get("/../../etc/passwd"), 404);
	assert_int_equal(get("/api/v1/points/"), 404);
	assert_int_equal(ask("/page.js", NULL, "x", NULL), 405);
}

static void every_answer_carries_its_protection(void **state)
{
	static const char *const where[] = { "/nothing", "/login", "/page.js", "/api/v1/status" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		get(where[i]);
		assert_true(head_has("X-Content-Type-Options: nosniff\r\n"));
		assert_true(head_has("Content-Security-Policy: default-src 'self'; "));
		assert_true(head_has("X-Frame-Options: DENY\r\n"));
		assert_true(head_has(i == 1 || i == 2 ? "Cache-Control: no-cache\r\n"
						      : "Cache-Control: no-store\r\n"));
	}
}

static void files_are_sent_once(void **state)
{
	char tag[64] = "If-None-Match: ", *at;

	(void)state;
	assert_int_equal(get("/page.css"), 200);
	assert_true(head_has("Content-Type: text/css"));
	at = strstr(got.head.at, "ETag: ");
	assert_non_null(at);
	snprintf(tag, sizeof tag, "If-None-Match: %.18s", at + strlen("ETag: "));
	assert_int_equal(ask("/page.css", tag, NULL, NULL), 304);
	assert_int_equal(got.body.len, 0);
}

static void head_is_a_get_without_its_body(void **state)
{
	(void)state;
	assert_int_equal(ask("/login", "HEAD", NULL, NULL), 200);
	assert_int_equal(got.body.len, 0);
	assert_true(head_has("Content-Length: "));
	assert_int_equal(ask("/api/v1/status", "HEAD", NULL, NULL), 401);
}

static void a_graph_comes_when_it_is_drawn(void **state)
{
	(void)state;
	assert_int_equal(ask("/api/v1/points/TT-01/graph.png?span=24h", NULL, NULL, path), 200);
	assert_true(head_has("Content-Type: image/png\r\n"));
	assert_string_equal(got.body.at, "\x89PNG");
	assert_int_equal(
		ask("/api/v1/points/TT-01/graph.png?span=1h&size=small&lang=en", NULL, NULL, path),
		500);
	assert_int_equal(ask("/api/v1/points/TT-01/graph.png?span=2h", NULL, NULL, path), 400);
	assert_int_equal(ask("/api/v1/points/TT-01/graph.png", NULL, NULL, path), 400);
	assert_int_equal(ask("/api/v1/points/TT-09/graph.png?span=24h", NULL, NULL, path), 404);
}

static int raw(const char *text)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1));
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

static void one_who_waits_for_a_graph_holds_nobody_up(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *month =
		"GET /api/v1/points/TT-01/graph.png?span=30d HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	strcpy(a.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(write(fd, month, strlen(month)), (ssize_t)strlen(month));
	/* The helper's queue is full of it soon, which is how we know that it has been read. */
	while (ask("/api/v1/points/TT-01/graph.png?span=24h", NULL, NULL, path) == 200)
		;
	assert_int_equal(got.status, 503);
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	assert_int_equal(ask("/api/v1/verify", NULL, "", path), 200);
	/* The server is stopped with it still waiting (teardown). */
	close(fd);
}

static void slow_and_garbled_clients_hold_nobody_up(void **state)
{
	int fd[5];
	char text[512];
	ssize_t n;

	(void)state;
	fd[0] = raw("GET /login HT");
	fd[1] = raw("POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nname=");
	fd[2] = raw("\x16\x03\x01\x02nonsense\r\n\r\n");
	fd[3] = raw("GET /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n");
	fd[4] = raw("");
	assert_int_equal(get("/login"), 200);
	n = read(fd[2], text, sizeof text - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_true(n == 0 || strstr(text, " 400 "));
	for (size_t i = 0; i < 5; i++)
		close(fd[i]);
	assert_int_equal(get("/login"), 200);
}

static void one_address_has_only_so_many_connections(void **state)
{
	int fd[40], refused = 0;
	char byte;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		fd[i] = raw("");
	/* Those above the limit are closed at once; MHD takes them in order. */
	for (size_t i = 32; i < 40; i++)
		refused += read(fd[i], &byte, 1) <= 0;
	assert_int_equal(refused, 8);
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	for (size_t i = 0; i < 40; i++)
		close(fd[i]);
}

static void too_big_a_body_is_refused(void **state)
{
	char *big = calloc(1, 270001);

	(void)state;
	memset(big, 'x', 270000);
	assert_int_equal(ask("/api/v1/enrol", NULL, big, path), 413);
	assert_int_equal(ask("/api/v1/enrol", "Transfer-Encoding: chunked", big, path), 413);
	big[5000] = '\0';
	assert_int_equal(ask("/api/v1/login", NULL, big, NULL), 413);
	assert_int_equal(ask("/api/v1/login", "Transfer-Encoding: chunked", big, NULL), 413);
	assert_int_equal(ask("/api/v1/enrol", NULL, big, path), 400);
	free(big);
	assert_int_equal(ask("/api/v1/status", NULL, NULL, path), 200);
	assert_true(body_has("\"too_big\":4"));
}

static void headers_without_end_are_refused(void **state)
{
	char *big = calloc(1, 90001);

	(void)state;
	memset(big, 'x', 90000);
	memcpy(big, "X-Big: ", 7);
	assert_in_range(ask("/login", big, NULL, NULL), 400, 499);
	free(big);
	assert_int_equal(get("/login"), 200);
}

static void metrics_have_their_own_token(void **state)
{
	(void)state;
	assert_int_equal(ask("/metrics", "Authorization: Bearer the token", NULL, NULL), 200);
	assert_true(head_has("Content-Type: text/plain; version=0.0.4"));
	assert_int_equal(ask("/metrics", "Authorization: Bearer the tokeN", NULL, NULL), 401);
	assert_int_equal(ask("/metrics", "Authorization: Bearer ", NULL, NULL), 401);
	assert_int_equal(ask("/api/v1/status", "Authorization: Bearer the token", NULL, NULL), 401);
}

static void the_whole_page_is_small_and_brings_nothing_from_outside(void **state)
{
	size_t all = 0;

	(void)state;
	for (size_t i = 0; i < n_assets; i++) {
		const char *data = (const char *)assets[i].data;

		all += assets[i].len;
		if (strcmp(assets[i].path, "/icon.svg") !=
		    0) /* its namespace looks like an address */
			assert_null(memmem(data, assets[i].len, "://", 3));
		assert_null(memmem(data, assets[i].len, "innerHTML", 9));
		assert_null(memmem(data, assets[i].len, "style=", 6));
		assert_null(memmem(data, assets[i].len, "onclick=", 8));
	}
	assert_in_range(all, 1, 60 * 1024);
	assert_int_equal(get("/words.json"), 200);
	assert_true(body_has("Mất giám sát"));
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, before, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(nothing_is_shown_to_a_stranger),
		sentence(a_link_to_a_job_survives_the_sign_in),
		sentence(signing_in_opens_everything),
		sentence(a_list_longer_than_a_connection_holds_comes_whole),
		sentence(a_wrong_password_is_told_and_then_made_to_wait),
		sentence(a_form_that_makes_no_sense_is_refused),
		sentence(another_site_cannot_sign_in_or_change),
		sentence(a_change_needs_the_pages_token),
		sentence(keys_are_given_out_only_on_the_gateway_itself),
		sentence(what_is_planned_is_changed_only_on_the_gateway_itself),
		sentence(a_calendar_may_be_long_where_it_is_trusted),
		sentence(whoever_may_open_the_socket_is_trusted),
		sentence(an_answer_is_handed_on_and_only_from_the_socket),
		sentence(a_second_gateway_is_refused_and_a_stale_socket_replaced),
		sentence(what_does_not_exist_is_not_found),
		sentence(every_answer_carries_its_protection),
		sentence(files_are_sent_once),
		sentence(head_is_a_get_without_its_body),
		sentence(a_graph_comes_when_it_is_drawn),
		sentence(one_who_waits_for_a_graph_holds_nobody_up),
		sentence(slow_and_garbled_clients_hold_nobody_up),
		sentence(one_address_has_only_so_many_connections),
		sentence(too_big_a_body_is_refused),
		sentence(headers_without_end_are_refused),
		sentence(metrics_have_their_own_token),
		sentence(the_whole_page_is_small_and_brings_nothing_from_outside),
	};
	char why[CATALOGUE_WHY];
	int failed;

	if (!catalogue_open(LOCALE_DIR, why) || sodium_init() < 0 || !mkdtemp(dir) ||
	    curl_global_init(CURL_GLOBAL_ALL) ||
	    crypto_pwhash_str(hash, "mắt 1", strlen("mắt 1"), crypto_pwhash_OPSLIMIT_MIN,
			      crypto_pwhash_MEMLIMIT_MIN) < 0)
		return 1;
	snprintf(path, sizeof path, "%s/sock", dir);
	snprintf(series, sizeof series, "%s/TT-01.rrd", dir);
	fclose(fopen(series, "w"));
	signal(SIGPIPE, SIG_IGN);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	forget();
	free(got.head.at);
	free(got.body.at);
	curl_global_cleanup();
	unlink(series);
	rmdir(dir);
	return failed;
}
