/*
 * base/clock.h - points in time, and how they are written.
 *
 * An instant is an int64_t of microseconds since 1970-01-01T00:00:00Z, as
 * PostgreSQL's timestamptz counts (from another epoch).  Years 1 to 9999.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/slice.h"

enum { CLOCK_TEXT = sizeof("2025-01-31T23:59:59.123456Z") };

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_DAY (86400 * CLOCK_SECOND)

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z */
#define CLOCK_FIRST (INT64_C(-62135596800) * CLOCK_SECOND)
#define CLOCK_LAST (INT64_C(253402300800) * CLOCK_SECOND - 1)

int64_t clock_now_us(void);

/* Milliseconds of a monotonic clock; for waits and ages, not for dates. */
int64_t clock_monotonic_ms(void);

/* RFC 3339 in UTC, with a fraction only if it is not zero.  From CLOCK_FIRST to
 * CLOCK_LAST. */
void clock_format(int64_t at_us, char text[CLOCK_TEXT]);

/*
 * RFC 3339 with an offset ("Z", "-07:00", "+0530"), up to six digits of a
 * second; the seconds may be left out.  False for anything else, a leap second,
 * an impossible date, and a time outside the years 1 to 9999 in UTC.
 */
bool clock_parse(struct slice text, int64_t *at_us) MUST_CHECK;

/* A date and time as written on a calendar, without a zone. */
struct clock_civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, us;
};

/* "2025-01-31", "2025-01-31T10:00" or "...T10:00:00[.5]", nothing after. */
bool clock_parse_civil(struct slice text, struct clock_civil *civil) MUST_CHECK;
int clock_month_days(int year, int month);

/* Read as UTC. */
int64_t clock_from_civil(const struct clock_civil *civil);
void clock_to_civil(int64_t at_us, struct clock_civil *civil);

#endif
