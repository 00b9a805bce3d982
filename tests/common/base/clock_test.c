/* Instants and their spelling, against the C library's calendar. */
#include <time.h>

#include "base/clock.h"
#include "tap.h"

static const struct {
	const char *text;
	const char *utc; /* as clock_format() says it; NULL: refused */
} texts[] = {
	{ "2025-01-31T23:59:59Z", "2025-01-31T23:59:59Z" },
	{ "2025-01-31t23:59:59z", "2025-01-31T23:59:59Z" },
	{ "2025-01-31T23:59:59.5Z", "2025-01-31T23:59:59.5Z" },
	{ "2025-01-31T23:59:59.123456Z", "2025-01-31T23:59:59.123456Z" },
	{ "2025-01-31T23:59:59.000001Z", "2025-01-31T23:59:59.000001Z" },
	{ "2025-01-31T23:59:59.120000Z", "2025-01-31T23:59:59.12Z" },
	{ "2025-01-31T23:59:59.000Z", "2025-01-31T23:59:59Z" },
	{ "2025-09-12T18:43:35.406-07:00", "2025-09-13T01:43:35.406Z" },
	{ "2025-01-01T00:30:00+05:30", "2024-12-31T19:00:00Z" },
	{ "2025-01-01T00:30:00+0530", "2024-12-31T19:00:00Z" },
	{ "2025-01-01T00:00:00-00:00", "2025-01-01T00:00:00Z" },
	{ "2025-01-01T00:00:00+23:59", "2024-12-31T00:01:00Z" },
	{ "2025-01-31T10:00Z", "2025-01-31T10:00:00Z" },
	{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z" },
	{ "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z" },
	{ "1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.9Z" },
	{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
	{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
	{ "0001-01-01T00:00:00+00:01", NULL },
	{ "9999-12-31T23:59:59-00:01", NULL },
	{ "0000-01-01T00:00:00Z", NULL },
	{ "2025-02-29T00:00:00Z", NULL },
	{ "1900-02-29T00:00:00Z", NULL },
	{ "2025-04-31T00:00:00Z", NULL },
	{ "2025-13-01T00:00:00Z", NULL },
	{ "2025-00-01T00:00:00Z", NULL },
	{ "2025-01-00T00:00:00Z", NULL },
	{ "2025-01-32T00:00:00Z", NULL },
	{ "2025-01-01T24:00:00Z", NULL },
	{ "2025-01-01T00:60:00Z", NULL },
	{ "2016-12-31T23:59:60Z", NULL },
	{ "2025-01-01T00:00:00", NULL },
	{ "2025-01-01", NULL },
	{ "2025-01-01 00:00:00Z", NULL },
	{ "2025-01-01T00:00:00.Z", NULL },
	{ "2025-01-01T00:00:00.1234567Z", NULL },
	{ "2025-01-01T00:00:00+24:00", NULL },
	{ "2025-01-01T00:00:00+00:60", NULL },
	{ "2025-01-01T00:00:00+07", NULL },
	{ "2025-01-01T00:00:00+7:00", NULL },
	{ "2025-01-01T00:00:00Z ", NULL },
	{ " 2025-01-01T00:00:00Z", NULL },
	{ "2025-1-01T00:00:00Z", NULL },
	{ "+2025-01-01T00:00:00Z", NULL },
	{ "25-01-01T00:00:00Z", NULL },
	{ "2025-01-01T00:00:00UTC", NULL },
	{ "2025-01-01T0:00:00Z", NULL },
	{ "20250101T000000Z", NULL },
	{ "", NULL },
};

static void
test_texts(void)
{
	for (size_t i = 0; i < LENGTH(texts); i++) {
		char spelled[CLOCK_TEXT] = "refused";
		int64_t at_us;

		if (clock_parse(slice_of(texts[i].text), &at_us))
			clock_format(at_us, spelled);
		ok(!strcmp(spelled, texts[i].utc ? texts[i].utc : "refused"),
		   "\"%s\" is %s", texts[i].text,
		   texts[i].utc ? texts[i].utc : "refused");
	}
}

/* A time cut short is refused, but where its seconds may be left out. */
static void
test_truncations(void)
{
	static const char text[] = "2025-09-12T18:43:35.406-07:00";
	size_t taken = 0;
	int64_t at_us;

	for (size_t len = 0; len < sizeof(text) - 1; len++)
		taken += clock_parse((struct slice){ text, len }, &at_us);
	ok(!taken, "no truncation of a time is a time");
}

static void
test_civil(void)
{
	struct clock_civil c;

	ok(clock_parse_civil(SLICE("2025-01-31"), &c) && c.year == 2025 &&
		   c.month == 1 && c.day == 31 && !c.hour && !c.minute &&
		   !c.second && !c.us,
	   "a date is its midnight");
	ok(clock_parse_civil(SLICE("2025-01-31T10:05"), &c) && c.hour == 10 &&
		   c.minute == 5 && !c.second,
	   "hours and minutes");
	ok(clock_parse_civil(SLICE("2025-01-31T10:05:07.25"), &c) &&
		   c.second == 7 && c.us == 250000,
	   "seconds and a fraction");
	ok(!clock_parse_civil(SLICE("2025-01-31T10:05Z"), &c) &&
		   !clock_parse_civil(SLICE("2025-01-31T"), &c) &&
		   !clock_parse_civil(SLICE("2025-01-31T10"), &c) &&
		   !clock_parse_civil(SLICE("2025-01-31 10:05"), &c) &&
		   !clock_parse_civil(SLICE("2025-02-30"), &c) &&
		   !clock_parse_civil(SLICE("2025-01"), &c),
	   "nothing after it, and nothing less");
	ok(clock_month_days(2024, 2) == 29 && clock_month_days(2025, 2) == 28 &&
		   clock_month_days(1900, 2) == 28 &&
		   clock_month_days(2000, 2) == 29 &&
		   clock_month_days(2025, 12) == 31,
	   "months have their days");
}

/* Every day from year 1 to 9999, one second after the other's midnight. */
static void
test_calendar(void)
{
	size_t wrong = 0, days = 0;

	for (int64_t at = CLOCK_FIRST; at <= CLOCK_LAST; at += CLOCK_DAY) {
		int64_t second = (int64_t)(days++ * 7919 % 86400);
		time_t seconds = at / CLOCK_SECOND + second;
		struct clock_civil c;
		struct tm tm;

		gmtime_r(&seconds, &tm);
		clock_to_civil(at + second * CLOCK_SECOND + 5, &c);
		wrong += c.year != tm.tm_year + 1900 ||
			 c.month != tm.tm_mon + 1 || c.day != tm.tm_mday ||
			 c.hour != tm.tm_hour || c.minute != tm.tm_min ||
			 c.second != tm.tm_sec || c.us != 5 ||
			 clock_from_civil(&c) != at + second * CLOCK_SECOND + 5;
	}
	ok(!wrong && days == 3652059,
	   "every day of the years 1 to 9999 is converted and back");
}

static void
test_now(void)
{
	char text[CLOCK_TEXT];
	int64_t now = clock_now_us(), tick = clock_monotonic_ms(), again;

	clock_format(now, text);
	ok(clock_parse(slice_of(text), &again) && again == now,
	   "now comes back from its spelling");
	ok(now > INT64_C(1700000000) * CLOCK_SECOND &&
		   clock_monotonic_ms() >= tick,
	   "now is in this century, and ticks go forward");
}

int
main(void)
{
	test_texts();
	test_truncations();
	test_civil();
	test_calendar();
	test_now();
	return tap_done();
}
