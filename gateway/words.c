/* SPDX-License-Identifier: Apache-2.0 */
/* words: the catalogue of what messages are made of; every word and template in both languages. */
#include "gateway/words.h"

#include <assert.h>
#include <string.h>

enum { LANGUAGES = LANGUAGE_EN + 1 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const char *const words[][LANGUAGES] = {
	[WORD_NOW_ONE] = { "✕ {code} {state}{sure} từ {time}{eyes}",
			   "✕ {code} {state}{sure} since {time}{eyes}" },
	[WORD_NOW_MANY] = { "✕ {place} {state}{sure} từ {time}: {n}/{m} điểm",
			    "✕ {place} {state}{sure} since {time}: {n} of {m} points" },
	[WORD_BACK_ONE] = { "✓ {code} ĐÃ HOẠT ĐỘNG LẠI lúc {until}",
			    "✓ {code} WORKING AGAIN {until}" },
	[WORD_BACK_MANY] = { "✓ {place} ĐÃ HOẠT ĐỘNG LẠI lúc {until}: {back}/{n} điểm",
			     "✓ {place} WORKING AGAIN {until}: {back} of {n} points" },
	[WORD_BACK_CAMERA] = { "✓ {code} CAMERA ĐÃ HOẠT ĐỘNG LẠI lúc {until}",
			       "✓ {code} CAMERA WORKING AGAIN {until}" },
	[WORD_PROBABLY] = { "NGHI ", "PROBABLY " },
	[WORD_MAYBE] = { "nghi do ", "probably " },
	[WORD_CONFIRMED] = { " (đã xác nhận)", " (confirmed)" },
	[WORD_NO_CAUSE] = { " (chưa rõ nguyên nhân)", " (cause unknown)" },

	[WORD_SINCE] = { "Từ {time} ngày {date}. {where}", "Since {time} on {date}. {where}" },
	[WORD_LASTED] = { "Gián đoạn {duration} ({time}–{until} ngày {date}). {where}",
			  "Down {duration} ({time}–{until} on {date}). {where}" },
	[WORD_LASTED_DAYS] = { "Gián đoạn {duration} ({time} {date} – {until} {until_date}). {where}",
			       "Down {duration} ({time} {date} – {until} {until_date}). {where}" },
	[WORD_CAUSE] = { "Nguyên nhân: {cause}.", "Cause: {cause}." },
	[WORD_WHERE] = { "{household}, {hamlet}.", "{household}, {hamlet}." },
	[WORD_WHERE_HAMLET] = { "{place}.", "{place}." },
	[WORD_BATTERY] = { "Thiết bị giám sát đang chạy pin dự phòng.", "The device runs on its backup battery." },
	[WORD_OTHERS] = { "{rest} điểm khác trong thôn không thuộc sự cố này.",
			  "Other points of the hamlet that are not part of it: {rest}." },
	[WORD_LAST_HEARD] = { "Lúc liên lạc lần cuối: ", "When last heard: " },
	[WORD_STILL_OPEN] = { "Còn {open} điểm chưa hoạt động lại.", "Points that are not back yet: {open}." },
	[WORD_TODO] = { "Việc cần làm: ", "Do: " },
	[WORD_NOTHING_TODO] = { "Không cần làm gì.", "Nothing to do." },

	[WORD_MAINS] = { "Điện", "Power" },
	[WORD_ROUTER] = { "Modem", "Router" },
	[WORD_LINE] = { "Mạng", "Internet" },
	[WORD_EYES] = { "Mắt camera {up}/{eyes_n}", "Cameras {up} of {eyes_n}" },
	[WORD_EYE] = { " – {names} ({lost}/{eyes_n} mắt)", " – {names} ({lost} of {eyes_n})" },

	[WORD_HOUSEHOLD] = { "Hộ ", "Household " },
	[WORD_CAMERA] = { "camera ", "camera " },
	[WORD_HAMLET] = { "thôn ", "hamlet " },
	[WORD_HAMLET_FIRST] = { "Thôn ", "Hamlet " },
	[WORD_HAMLET_WHOLE] = { "Cả thôn ", "All of hamlet " },

	[WORD_DAYS] = { "ngày", "d" },
	[WORD_HOURS] = { "giờ", "h" },
	[WORD_MINUTES] = { "phút", "min" },
	[WORD_SECONDS] = { "giây", "s" },
};
static_assert(COUNT(words) == WORDS, "say every word in both languages");

/* Nobody is blamed: the line and the power are lent by families. */
static const struct cause_words causes[][LANGUAGES] = {
	[CAUSE_NONE] = {
		{ "Không có sự cố", "CÓ SỰ CỐ", "chưa rõ", "", "xem trang theo dõi.", "xem trang theo dõi." },
		{ "No fault", "TROUBLE", "unknown", "", "look at the page.", "look at the page." } },
	[CAUSE_POWER] = {
		{ "Mất điện", "MẤT ĐIỆN", "mất điện", "",
		  "gọi hộ, nhờ xem giúp aptomat và phích cắm{phone}.",
		  "gọi Điện lực; không cần đến từng hộ." },
		{ "Power out", "POWER OUT", "power cut", "",
		  "call the house, ask kindly to look at breaker and plug{phone}.",
		  "call the power company; no house visits." } },
	[CAUSE_ROUTER] = {
		{ "Modem không trả lời", "MODEM KHÔNG TRẢ LỜI", "modem không trả lời",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "gọi hộ, nhờ xem giúp đèn và nguồn của modem{phone}.",
		  "gọi nhà mạng{provider}, báo modem ở nhiều hộ không trả lời." },
		{ "Router silent", "ROUTER SILENT", "the router does not answer",
		  "Cameras may still record on site; the commune cannot see them.",
		  "call the house, ask kindly to look at the router's lights and plug{phone}.",
		  "call the provider{provider}: routers of several houses are silent." } },
	[CAUSE_PROVIDER] = {
		{ "Lỗi nhà mạng", "LỖI NHÀ MẠNG{provider}", "lỗi nhà mạng{provider}",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "gọi tổng đài nhà mạng{provider}; không cần đến hộ.",
		  "gọi tổng đài nhà mạng{provider}; không cần đến từng hộ." },
		{ "Provider fault", "PROVIDER FAULT{provider}", "the internet provider{provider}",
		  "Cameras may still record on site; the commune cannot see them.",
		  "call the provider{provider}; no house visit.",
		  "call the provider{provider}; no house visits." } },
	[CAUSE_GATEWAY] = {
		{ "Không tới được máy trung tâm", "KHÔNG TỚI ĐƯỢC MÁY TRUNG TÂM", "không tới được máy trung tâm",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "xem máy trung tâm và đường truyền Internet tại xã; không cần đến hộ.",
		  "xem máy trung tâm và đường truyền Internet tại xã; không cần đến từng hộ." },
		{ "Gateway out of reach", "GATEWAY OUT OF REACH", "the gateway was out of reach",
		  "Cameras may still record on site; the commune cannot see them.",
		  "check the gateway and the commune's internet line; no house visit.",
		  "check the gateway and the commune's internet line; no house visits." } },
	[CAUSE_LINE] = {
		{ "Mất mạng", "MẤT MẠNG", "mất mạng",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "gọi hộ, nhờ xem giúp đèn modem{phone}.",
		  "gọi tổng đài nhà mạng{provider}; không cần đến từng hộ." },
		{ "No internet", "NO INTERNET", "internet line down",
		  "Cameras may still record on site; the commune cannot see them.",
		  "call the house, ask kindly to look at the modem's lights{phone}.",
		  "call the provider{provider}; no house visits." } },
	[CAUSE_CAMERA] = {
		{ "Camera mất tín hiệu", "CAMERA MẤT TÍN HIỆU", "camera mất tín hiệu", "",
		  "xem nguồn camera, dây mạng; gọi hộ{phone}.",
		  "xem nguồn camera, dây mạng tại từng điểm." },
		{ "Camera lost", "CAMERA LOST", "camera without signal", "",
		  "check the camera's adapter and cable; call the house{phone}.",
		  "check adapter and cable at each point." } },
	[CAUSE_DEVICE] = {
		{ "Thiết bị giám sát hỏng", "THIẾT BỊ GIÁM SÁT HỎNG", "thiết bị giám sát hỏng",
		  "Camera có thể vẫn ghi tại chỗ.",
		  "mang thiết bị khác đến thay; gọi hộ trước{phone}.",
		  "mang thiết bị khác đến thay tại từng điểm." },
		{ "Device fault", "DEVICE FAULT", "our own device",
		  "Cameras may still record on site.",
		  "bring another device and swap it; call the house first{phone}.",
		  "bring other devices and swap them." } },
	[CAUSE_OPEN] = {
		{ "Mất liên lạc", "MẤT LIÊN LẠC", "chưa rõ", "",
		  "gọi hộ, hỏi giúp đèn báo đang sáng thế nào{phone}.",
		  "gọi một hộ trong thôn, hỏi giúp điện và mạng{phone}." },
		{ "No contact", "NO CONTACT", "unknown", "",
		  "call the house, ask kindly what the light does{phone}.",
		  "call one house of the hamlet, ask about power and internet{phone}." } },
	[CAUSE_LINK] = {
		{ "Đứt dây mạng", "ĐỨT DÂY MẠNG", "thiết bị không còn nối với modem",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "gọi hộ, nhờ xem giúp dây mạng giữa thiết bị và modem, nguồn modem{phone}.",
		  "gọi từng hộ, nhờ xem giúp dây mạng và nguồn modem." },
		{ "Cable out", "CABLE OUT", "no link between device and router",
		  "Cameras may still record on site; the commune cannot see them.",
		  "call the house, ask kindly to look at the cable between device and router, and the router's plug{phone}.",
		  "call the houses, ask kindly about cable and router." } },
	[CAUSE_NAMES] = {
		{ "Lỗi tên miền", "LỖI TÊN MIỀN (DNS)", "mạng còn, không phân giải được tên miền",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "ghi địa chỉ IP của máy trung tâm vào cấu hình, hoặc báo nhà mạng{provider}; không cần đến hộ.",
		  "báo nhà mạng{provider} lỗi DNS; không cần đến từng hộ." },
		{ "Names not resolved", "NAMES NOT RESOLVED (DNS)", "the line works, names are not resolved",
		  "Cameras may still record on site; the commune cannot see them.",
		  "give the gateway by address in the settings, or call the provider{provider}; no house visit.",
		  "call the provider{provider} about DNS; no house visits." } },
	[CAUSE_PORTAL] = {
		{ "Mạng bị chặn", "MẠNG BỊ CHẶN", "trang đăng nhập hoặc SIM hết dữ liệu chặn đường ra",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "xem gói cước, dữ liệu của đường truyền{provider}; không cần đến hộ.",
		  "xem gói cước, dữ liệu của các đường truyền{provider}; không cần đến từng hộ." },
		{ "Line held back", "LINE HELD BACK", "a sign-in page or a spent SIM stands in the way",
		  "Cameras may still record on site; the commune cannot see them.",
		  "check the line's plan and data{provider}; no house visit.",
		  "check the lines' plans and data{provider}; no house visits." } },
	[CAUSE_MTU] = {
		{ "Lỗi gói tin lớn", "LỖI GÓI TIN LỚN (MTU)", "gói tin nhỏ qua được, gói lớn bị mất (MTU)",
		  "Camera có thể vẫn ghi tại chỗ; chưa xem được từ xã.",
		  "báo nhà mạng{provider}: lỗi MTU trên đường truyền; không cần đến hộ.",
		  "báo nhà mạng{provider}: lỗi MTU trên đường truyền; không cần đến từng hộ." },
		{ "Large packets lost", "LARGE PACKETS LOST (MTU)", "small packets pass, large ones vanish (MTU)",
		  "Cameras may still record on site; the commune cannot see them.",
		  "tell the provider{provider}: path MTU trouble; no house visit.",
		  "tell the provider{provider}: path MTU trouble; no house visits." } },
};
static_assert(COUNT(causes) == CAUSES, "say every cause in both languages");

/* What is wrong with a camera, as a cause is said. */
static const char *const eyes[][LANGUAGES] = {
	[EYE_UNKNOWN] = { NULL, NULL },
	[EYE_OK] = { NULL, NULL },
	[EYE_SILENT] = { "camera mất tín hiệu", "camera without signal" },
	[EYE_REFUSING] = { "camera còn trên mạng nhưng không cho hình", "the camera is on the network but gives no picture" },
	[EYE_LOCKED] = { "camera không nhận tên và mật khẩu đã lưu", "the camera refuses our name and password" },
	[EYE_FROZEN] = { "camera đứng hình", "the camera's picture stands still" },
	[EYE_STOPPED] = { "camera treo, tín hiệu nhịp đã dừng", "the camera hangs, its heartbeat output has stopped" },
	[EYE_CONTRADICTS] = { "dấu hiệu của camera trái ngược nhau", "the camera's signs contradict each other" },
	[EYE_BUSY] = { NULL, NULL },
};
static_assert(COUNT(eyes) == EYES, "say every state of a camera in both languages");

static const char *const colours[][LANGUAGES] = {
	[COLOUR_UNKNOWN] = { "Chưa rõ", "Unknown" },
	[COLOUR_UP] = { "Hoạt động", "Working" },
	[COLOUR_DOWN] = { "Mất giám sát", "Dark" },
	[COLOUR_PLANNED] = { "Đang bảo trì", "Under maintenance" },
};
static_assert(COUNT(colours) == COLOURS, "say every colour in both languages");

static const char *const sures[][LANGUAGES] = {
	[SURE_OPEN] = { "chưa rõ", "unknown" },
	[SURE_PROBABLE] = { "nghi ngờ", "probable" },
	[SURE_CONFIRMED] = { "đã xác nhận", "confirmed" },
};
static_assert(COUNT(sures) == SURES, "say every confidence in both languages");

/* First words of names that need no "Hộ", "thôn" or "camera" before them. */
static const char *const kinds[] = {
	"Hộ ", "hộ ", "Nhà ", "nhà ", "Trường ", "trường ", "Điểm trường ", "Trụ sở ", "UBND ", "Trạm ",
	"Chợ ", "Công ty ", "Cửa hàng ", "Thôn ", "thôn ", "Bản ", "bản ", "Khu ", "Tổ ", "Xóm ", "xóm ",
	"Household ", "household ", "School ", "Hamlet ", "hamlet ", "Camera ", "camera ", "Mắt ", "mắt ",
};
/* clang-format on */

const char *words_str(enum word w, enum language lang)
{
	return words[w][lang];
}

const struct cause_words *words_cause(enum cause c, enum language lang)
{
	return &causes[(unsigned)c < CAUSES ? c : CAUSE_OPEN][lang];
}

const char *words_eye(enum eye e, enum language lang)
{
	return (unsigned)e < EYES ? eyes[e][lang] : NULL;
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
	return words_cause(c, lang)->name;
}

const char *word_colour(enum colour c, enum language lang)
{
	return (unsigned)c < COLOURS ? colours[c][lang] : "?";
}

const char *word_sure(enum sure s, enum language lang)
{
	return (unsigned)s < SURES ? sures[s][lang] : "?";
}
