/*
 * base/time_zone.h - civil (wall clock) times in a zone of the system's tz
 * database.
 *
 * The only wrapper of libc's time zone (tzset(3)), of which a process has one.
 * It relies on no zone changing its offset twice within two days, which holds
 * for the whole database (checked for 2026f).
 */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include "base/clock.h"
#include "base/failure.h"

/*
 * "America/Guayaquil", as the database spells it; "UTC" needs no database.
 * The database is TZDIR, or else /usr/share/zoneinfo.  FAILURE_USAGE for an
 * unknown name; a name cannot lead out of the database.
 */
bool zone_set(const char *name, struct failure *why) MUST_CHECK;

/* The civil time in the zone at that instant. */
void zone_to_civil(int64_t at_us, struct clock_civil *civil);

enum zone_fit {
	ZONE_ONCE,
	ZONE_TWICE, /* the clocks were set back: the first of the two */
	ZONE_NEVER, /* the clocks were set forward: the moment of the change */
};

/* The instant at which the clocks of the zone show `civil`. */
enum zone_fit zone_to_instant(const struct clock_civil *civil, int64_t *at_us);

#endif
