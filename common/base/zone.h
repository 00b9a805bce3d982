/*
 * base/zone.h - clocks on the wall: civil times in a zone of the system's tz
 * database.
 *
 * The door to libc's time zones (tzset(3)), which are one for the whole
 * process.  No zone of the database changes its offset twice within two days
 * (checked over all of 2026f); what is here counts on that.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/clock.h"
#include "base/failure.h"

/*
 * "America/Guayaquil", as the database spells it; "UTC" needs no database.
 * Read below TZDIR, or else /usr/share/zoneinfo.  FAILURE_USAGE for a name
 * that is not there; nothing but a name is ever opened.
 */
bool zone_set(const char *name, struct failure *why) MUST_CHECK;

/* What the clocks of the zone show at that instant. */
void zone_to_civil(int64_t at_us, struct clock_civil *civil);

enum zone_fit {
	ZONE_ONCE,
	ZONE_TWICE, /* the clocks were set back: the first of the two */
	ZONE_NEVER, /* they were set forward: the moment when that was done */
};

/* The instant at which the clocks of the zone show `civil`. */
enum zone_fit zone_to_instant(const struct clock_civil *civil, int64_t *at_us);

#endif
