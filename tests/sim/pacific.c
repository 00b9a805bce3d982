#include "pacific.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

static int64_t
day_of(int year, int month, int day)
{
	struct clock_civil c = { .year = year, .month = month, .day = day };

	return clock_from_civil(&c) / CLOCK_DAY;
}

/* The first Sunday on or after a day; 1970-01-01 was a Thursday. */
static int64_t
sunday_from(int64_t day)
{
	return day + (7 - (day + 4) % 7) % 7;
}

/* Between two in the morning standard time, and two in daylight time. */
static bool
is_summer(int year, int64_t at_s)
{
	bool new_rule = year >= 2007;
	int64_t start =
		sunday_from(new_rule ? day_of(year, 3, 8) : day_of(year, 4, 1));
	int64_t end = sunday_from(new_rule ? day_of(year, 11, 1)
					   : day_of(year, 10, 25));

	return at_s >= start * DAY + 10 * HOUR && at_s < end * DAY + 9 * HOUR;
}

int64_t
pacific_offset_s(int64_t at_s)
{
	struct clock_civil c;

	/* neither change is near New Year, so its year is the zone's */
	clock_to_civil(at_s * CLOCK_SECOND, &c);
	return is_summer(c.year, at_s) ? -7 * HOUR : -8 * HOUR;
}

static void
put_digits(char *to, int number, int digits)
{
	while (digits--) {
		to[digits] = (char)('0' + number % 10);
		number /= 10;
	}
}

void
pacific_spell(int64_t at_s, int ms, char text[PACIFIC_SPELLED])
{
	int64_t offset = pacific_offset_s(at_s);
	struct clock_civil c;
	char *at = text + 19;

	clock_to_civil((at_s + offset) * CLOCK_SECOND, &c);
	memcpy(text, "0000-00-00T00:00:00", 19);
	put_digits(text, c.year, 4);
	put_digits(text + 5, c.month, 2);
	put_digits(text + 8, c.day, 2);
	put_digits(text + 11, c.hour, 2);
	put_digits(text + 14, c.minute, 2);
	put_digits(text + 17, c.second, 2);
	if (ms >= 0) {
		*at++ = '.';
		put_digits(at, ms, 3);
		at += 3;
	}
	memcpy(at, offset == -7 * HOUR ? "-07:00" : "-08:00", 7);
}

int64_t
pacific_day(int64_t at_s)
{
	int64_t local = at_s + pacific_offset_s(at_s);

	return local >= 0 ? local / DAY : -((DAY - 1 - local) / DAY);
}

void
pacific_spell_day(int64_t day, char text[PACIFIC_SPELLED])
{
	struct clock_civil c;

	clock_to_civil(day * CLOCK_DAY, &c);
	memcpy(text, "0000-00-00", 11);
	put_digits(text, c.year, 4);
	put_digits(text + 5, c.month, 2);
	put_digits(text + 8, c.day, 2);
}

int64_t
pacific_instant_s(const struct clock_civil *civil)
{
	int64_t local = clock_from_civil(civil) / CLOCK_SECOND;
	int64_t at_s = local + 7 * HOUR;

	return pacific_offset_s(at_s) == -7 * HOUR ? at_s : local + 8 * HOUR;
}

bool
pacific_read(struct slice text, int64_t *at_us)
{
	struct clock_civil civil;

	if (clock_parse(text, at_us))
		return true;
	if (!clock_parse_civil(text, &civil))
		return false;
	*at_us = pacific_instant_s(&civil) * CLOCK_SECOND + civil.us;
	return true;
}
