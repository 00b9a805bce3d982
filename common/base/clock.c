#include <time.h>

#include "base/clock.h"

int64_t
clock_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int
clock_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01; the year is taken to begin in March, so that the leap
 * day comes last. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = y / 400; /* y is never negative: years begin with 1 */
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

int64_t
clock_from_civil(const struct clock_civil *c)
{
	int64_t seconds = days_of(c->year, c->month, c->day) * 86400 +
			  c->hour * 3600 + c->minute * 60 + c->second;

	return seconds * CLOCK_SECOND + c->us;
}

void
clock_to_civil(int64_t at_us, struct clock_civil *c)
{
	int64_t us = at_us % CLOCK_SECOND;
	time_t seconds = at_us / CLOCK_SECOND;
	struct tm tm;

	if (us < 0) {
		us += CLOCK_SECOND;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	*c = (struct clock_civil){ tm.tm_year + 1900,
				   tm.tm_mon + 1,
				   tm.tm_mday,
				   tm.tm_hour,
				   tm.tm_min,
				   tm.tm_sec,
				   (int)us /* below a million */ };
}

void
clock_format(int64_t at_us, char text[CLOCK_TEXT])
{
	struct clock_civil c;
	char fraction[8] = "";

	clock_to_civil(at_us, &c);
	if (c.us) {
		snprintf(fraction, sizeof(fraction), ".%06u",
			 (unsigned)c.us % 1000000);
		for (size_t n = 7; fraction[n - 1] == '0'; n--)
			fraction[n - 1] = '\0';
	}
	snprintf(text, CLOCK_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u%sZ",
		 (unsigned)c.year % 10000, (unsigned)c.month % 100,
		 (unsigned)c.day % 100, (unsigned)c.hour % 100,
		 (unsigned)c.minute % 100, (unsigned)c.second % 100, fraction);
}

/* Exactly `digits` digits at the front of `text`, which is shortened. */
static bool
take_number(struct slice *text, int digits, int *value)
{
	if (text->len < (size_t)digits)
		return false;
	*value = 0;
	for (int i = 0; i < digits; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		*value = *value * 10 + (text->at[i] - '0');
	}
	text->at += digits;
	text->len -= (size_t)digits;
	return true;
}

static bool
take_char(struct slice *text, char c)
{
	if (!text->len || *text->at != c)
		return false;
	text->at++;
	text->len--;
	return true;
}

static bool
take_fraction(struct slice *text, int *us)
{
	int unit = 100000, digit;

	if (!take_number(text, 1, &digit))
		return false;
	do {
		*us += digit * unit;
		unit /= 10;
	} while (unit && take_number(text, 1, &digit));
	return true;
}

static bool
take_date(struct slice *text, struct clock_civil *c)
{
	return take_number(text, 4, &c->year) && take_char(text, '-') &&
	       take_number(text, 2, &c->month) && take_char(text, '-') &&
	       take_number(text, 2, &c->day) && c->year >= 1 && c->month >= 1 &&
	       c->month <= 12 && c->day >= 1 &&
	       c->day <= clock_month_days(c->year, c->month);
}

static bool
take_time(struct slice *text, struct clock_civil *c)
{
	if (!take_number(text, 2, &c->hour) || !take_char(text, ':') ||
	    !take_number(text, 2, &c->minute) || c->hour > 23 || c->minute > 59)
		return false;
	if (!take_char(text, ':'))
		return true;
	if (!take_number(text, 2, &c->second) || c->second > 59)
		return false;
	return !take_char(text, '.') || take_fraction(text, &c->us);
}

static bool
take_offset(struct slice *text, int64_t *us)
{
	int hours, minutes, sign;

	*us = 0;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	if (take_char(text, '+'))
		sign = 1;
	else if (take_char(text, '-'))
		sign = -1;
	else
		return false;
	if (!take_number(text, 2, &hours))
		return false;
	take_char(text, ':');
	if (!take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*us = sign * (hours * INT64_C(3600) + minutes * INT64_C(60)) *
	      CLOCK_SECOND;
	return true;
}

bool
clock_parse_civil(struct slice text, struct clock_civil *c)
{
	*c = (struct clock_civil){ 0 };
	if (!take_date(&text, c))
		return false;
	if (!text.len)
		return true;
	return take_char(&text, 'T') && take_time(&text, c) && !text.len;
}

bool
clock_parse(struct slice text, int64_t *at_us)
{
	struct clock_civil c = { 0 };
	int64_t offset_us;

	if (!take_date(&text, &c) ||
	    !(take_char(&text, 'T') || take_char(&text, 't')) ||
	    !take_time(&text, &c) || !take_offset(&text, &offset_us) ||
	    text.len)
		return false;
	int64_t utc_us = clock_from_civil(&c) - offset_us;
	if (utc_us < CLOCK_FIRST || utc_us > CLOCK_LAST)
		return false;
	*at_us = utc_us;
	return true;
}
