/*
 * pacific.h - times as QuickBooks prints them: on the clock of California,
 * whatever the company's zone (QuickBooks-V3-Java-SDK#26).
 *
 * Seconds since 1970-01-01T00:00:00Z.  The rules are those of the United
 * States since 1987 (15 U.S.C. 260a), and used for the years before too.
 */
#ifndef PACIFIC_H
#define PACIFIC_H

#include "base/clock.h"

enum { PACIFIC_SPELLED = sizeof("2020-09-29T06:03:53.903-07:00") };

/* -25200 or -28800. */
int64_t pacific_offset_s(int64_t at_s);

/* "2020-09-29T06:03:53-07:00", with milliseconds unless `ms` is negative. */
void pacific_spell(int64_t at_s, int ms, char text[PACIFIC_SPELLED]);

/* The date there, as days since 1970-01-01. */
int64_t pacific_day(int64_t at_s);
/* "2020-09-29" */
void pacific_spell_day(int64_t day, char text[PACIFIC_SPELLED]);

/* The instant at which a clock there shows `civil` (the earlier of two). */
int64_t pacific_instant_s(const struct clock_civil *civil);

/* A time of a request: RFC 3339, or without an offset on the clock of
 * California; what QuickBooks does with such a one is not established. */
bool pacific_read(struct slice text, int64_t *at_us) MUST_CHECK;

#endif
