/* SPDX-License-Identifier: Apache-2.0 */
/* page_words: what the page and the command line say, in both languages. */
#include "gateway/page_words.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *key, *vi, *en;
} words[] = {
	{ "title", "Mắt Sáng", "Mắt Sáng" },
	{ "commune", "Xã {name} · camera an ninh", "{name} · security cameras" },
	{ "signed_in", "Đăng nhập: {name}", "Signed in: {name}" },
	{ "sign_out", "Đăng xuất", "Sign out" },
	{ "other_language", "English", "Tiếng Việt" },
	{ "fresh", "số liệu cập nhật {n} giây trước", "data is {n} seconds old" },
	{ "stale", "MÀN HÌNH KHÔNG CẬP NHẬT", "SCREEN IS NOT UPDATING" },
	{ "stale_since", "không có số liệu mới từ {time}", "no new data since {time}" },
	{ "loading", "Đang tải…", "Loading…" },
	{ "blind", "Máy trung tâm mất kết nối từ {time}: chưa biết tình trạng các điểm; thời gian này không tính là gián đoạn.",
	  "The gateway hears nothing since {time}: the state of the points is not known; this time does not count as downtime." },
	{ "incidents", "Sự cố đang có ({n})", "Open incidents ({n})" },
	{ "incidents_none", "Không có sự cố", "No incidents" },
	{ "incidents_more", "+{n} sự cố khác", "+{n} more incidents" },
	{ "incident_points", "{n} điểm", "{n} points" },
	{ "incident_held", "đang chờ xác minh", "being confirmed" },
	{ "incident_told", "đã báo", "people were told" },
	{ "incident_closing", "đang ổn định", "settling" },
	{ "incident_closed", "đã khắc phục", "over" },
	{ "points", "Điểm camera", "Camera points" },
	{ "group_down", "Mất giám sát", "Dark" },
	{ "group_unknown", "Chưa rõ", "Unknown" },
	{ "group_planned", "Đang bảo trì", "Under maintenance" },
	{ "group_up", "Hoạt động", "Working" },
	{ "hamlets_fine", "{n} thôn đầy đủ · {m} điểm", "{n} hamlets complete · {m} points" },
	{ "since", "từ {time}", "since {time}" },
	{ "for", "đã {duration}", "for {duration}" },
	{ "never", "chờ lắp đặt", "awaiting installation" },
	{ "suspect", "đang hỏi lại…", "being asked…" },
	{ "heard", "Nghe lần cuối", "Last heard" },
	{ "heard_never", "chưa bao giờ", "never" },
	{ "waiting", "Bản ghi chờ gửi bù", "Records waiting at the point" },
	{ "hamlet", "Thôn", "Hamlet" },
	{ "household", "Hộ gia đình", "Household" },
	{ "phone", "Gọi hộ", "Call the household" },
	{ "provider", "Nhà mạng", "Internet provider" },
	{ "transformer", "Trạm biến áp", "Transformer" },
	{ "cameras", "Mắt camera", "Cameras" },
	{ "camera_up", "hoạt động", "working" },
	{ "camera_down", "mất tín hiệu", "lost" },
	{ "camera_unknown", "chưa rõ", "unknown" },
	{ "eye_refusing", "có trên mạng, không cho hình", "on the network, gives no picture" },
	{ "eye_locked", "không nhận mật khẩu đã lưu", "refuses our password" },
	{ "eye_frozen", "đứng hình", "its picture stands still" },
	{ "eye_stopped", "treo, tín hiệu nhịp đã dừng", "hangs, its heartbeat has stopped" },
	{ "eye_contradicts", "hoạt động; dấu hiệu trái ngược", "working; its signs contradict" },
	{ "eye_busy", "hoạt động; đang có người xem", "working; somebody is watching" },
	{ "availability", "Tỷ lệ thông suốt", "Availability" },
	{ "period", "Kỳ", "Period" },
	{ "percent", "Thông suốt", "Available" },
	{ "up_time", "Hoạt động", "Working" },
	{ "down_time", "Gián đoạn", "Down" },
	{ "theirs_time", "do điện lưới, nhà mạng", "of it grid or provider" },
	{ "unknown_time", "Chưa rõ", "Unknown" },
	{ "planned_time", "Bảo trì", "Maintenance" },
	{ "h24", "24 giờ qua", "Last 24 hours" },
	{ "d30", "30 ngày qua", "Last 30 days" },
	{ "m6", "6 tháng qua", "Last 6 months" },
	{ "h1", "1 giờ qua", "Last hour" },
	{ "graphs", "Biểu đồ", "Graphs" },
	{ "graph_missing", "chưa có biểu đồ", "no graph yet" },
	{ "outages", "Các lần gián đoạn", "Interruptions" },
	{ "outages_none", "Chưa có lần gián đoạn nào trong 6 tháng qua", "None in the last six months" },
	{ "from", "Từ", "From" },
	{ "until", "Đến", "Until" },
	{ "lasted", "Kéo dài", "Lasted" },
	{ "cause", "Nguyên nhân", "Cause" },
	{ "still", "chưa hết", "still open" },
	{ "facts", "Thiết bị tại chỗ nói", "What the device on site says" },
	{ "fact_mains", "Điện lưới", "Mains power" },
	{ "fact_router", "Modem trong nhà", "House router" },
	{ "fact_outside", "Internet", "Internet" },
	{ "fact_link", "Kết nối về xã", "Link to the commune" },
	{ "fact_gateway", "Máy trung tâm", "Gateway" },
	{ "notes", "Ghi chú", "Notes" },
	{ "note_on_battery", "đang chạy pin dự phòng", "runs on its backup battery" },
	{ "note_battery_low", "pin dự phòng sắp hết", "its backup battery is low" },
	{ "note_under_voltage", "nguồn thiết bị yếu", "its supply is too weak" },
	{ "note_away", "gia đình báo: tự rút điện", "the family says: unplugged on purpose" },
	{ "note_call", "gia đình nhờ gọi lại", "the family asks for a call" },
	{ "note_healing", "đang khởi động lại thiết bị nối qua rơ-le", "the relay is restarting something" },
	{ "note_records_lost", "mất bản ghi lưu trong thiết bị", "records kept in the device were lost" },
	{ "note_camera_clock", "đồng hồ camera sai hơn 5 giây", "a camera's clock is more than 5 s off" },
	{ "note_slowed", "báo thưa hơn để tiết kiệm dữ liệu", "reports less often, to save data" },
	{ "yes", "có", "yes" },
	{ "no", "không", "no" },
	{ "not_known", "chưa rõ", "not known" },
	{ "about", "Thiết bị giám sát", "Monitoring device" },
	{ "version", "Phiên bản", "Version" },
	{ "close", "Đóng", "Close" },
	{ "wall", "Màn hình trực ban", "Duty-room screen" },
	{ "broker", "Kết nối MQTT", "MQTT connection" },
	{ "messages", "Tin báo", "Messages" },
	{ "messages_waiting", "{n} tin chờ gửi", "{n} messages waiting" },
	{ "messages_fine", "không có tin chờ", "none waiting" },
	{ "ok", "tốt", "fine" },
	{ "all_fine", "Mọi điểm đều hoạt động.", "Every point is working." },
	{ "seconds", "{n} giây", "{n} s" },
	{ "minutes", "{n} phút", "{n} min" },
	{ "hours", "{n} giờ", "{n} h" },
	{ "days", "{n} ngày", "{n} d" },
};
/* clang-format on */

const char *page_word(const char *key, enum language lang)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return lang == LANGUAGE_VI ? words[i].vi : words[i].en;
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
		cJSON_AddStringToObject(to, words[i].key,
					lang == LANGUAGE_VI ? words[i].vi : words[i].en);
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

void headline_draw(char text[static HEADLINE_TEXT], const struct headline *h, enum language lang)
{
	const bool vi = lang == LANGUAGE_VI;
	int n;

	if (h->blind)
		n = snprintf(text, HEADLINE_TEXT,
			     vi ? "CHƯA RÕ — tình trạng %zu điểm" : "STATE UNKNOWN — %zu points",
			     h->total);
	else if (h->down)
		n = snprintf(text, HEADLINE_TEXT,
			     vi ? "%zu / %zu ĐIỂM MẤT GIÁM SÁT" : "%zu / %zu POINTS DARK", h->down,
			     h->total);
	else if (h->up == h->total)
		n = snprintf(text, HEADLINE_TEXT,
			     vi ? "THÔNG SUỐT — %zu/%zu điểm hoạt động"
				: "ALL FLOWING — %zu/%zu points working",
			     h->up, h->total);
	else
		n = snprintf(text, HEADLINE_TEXT,
			     vi ? "%zu / %zu điểm hoạt động" : "%zu / %zu points working", h->up,
			     h->total);
	if (!h->blind && h->unknown && n > 0 && n < HEADLINE_TEXT)
		n += snprintf(text + n, HEADLINE_TEXT - (size_t)n,
			      vi ? " · %zu chưa rõ" : " · %zu unknown", h->unknown);
	if (!h->blind && h->planned && n > 0 && n < HEADLINE_TEXT)
		snprintf(text + n, HEADLINE_TEXT - (size_t)n,
			 vi ? " · %zu bảo trì" : " · %zu under maintenance", h->planned);
}
