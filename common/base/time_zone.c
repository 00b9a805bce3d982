#include <ctype.h>
#include <fcntl.h>
#include <time.h>

#include "base/time_zone.h"

static const char *
database(void)
{
	const char *folder = getenv("TZDIR");

	return folder && *folder ? folder : "/usr/share/zoneinfo";
}

/*
 * Letters, digits, "_", "+", "-" and single slashes inside, so that no name
 * leads out of the folder.  "right/..." counts leap seconds, which clock.h does
 * not.
 */
static bool
is_name(const char *name)
{
	char last = '/';

	for (const char *at = name; *at; last = *at++)
		if (*at == '/' ? last == '/'
			       : !isalnum((unsigned char)*at) &&
					 !strchr("_+-", *at))
			return false;
	return last != '/' && strncmp(name, "right/", 6);
}

static bool
is_zone_file(const char *path)
{
	char magic[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	ssize_t len = read(fd, magic, sizeof(magic));
	close(fd);
	return len == sizeof(magic) && !memcmp(magic, "TZif", sizeof(magic));
}

static bool
fail_unknown(const char *name, struct failure *why)
{
	fail(why, FAILURE_USAGE, "unknown time zone \"%.64s\" (searched %s)",
	     name, database());
	return access(database(), R_OK)
		       ? fail_next(why, "install the package tzdata")
		       : fail_next(why,
				   "name a file below %s, such as "
				   "America/Guayaquil",
				   database());
}

bool
zone_set(const char *name, struct failure *why)
{
	char spelled[64 + 2], path[4096];

	if (!strcmp(name, "UTC")) {
		setenv("TZ", "UTC0", 1);
		tzset();
		return true;
	}
	int len = snprintf(spelled, sizeof(spelled), ":%s", name);
	if (len < 0 || (size_t)len >= sizeof(spelled) || !is_name(name))
		return fail_unknown(name, why);
	len = snprintf(path, sizeof(path), "%s/%s", database(), name);
	if (len < 0 || (size_t)len >= sizeof(path) || !is_zone_file(path))
		return fail_unknown(name, why);
	setenv("TZ", spelled, 1);
	tzset();
	return true;
}

static int64_t
offset_us(int64_t at_us)
{
	time_t seconds = at_us / CLOCK_SECOND;
	struct tm tm;

	if (at_us % CLOCK_SECOND < 0)
		seconds--;
	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff * CLOCK_SECOND;
}

void
zone_to_civil(int64_t at_us, struct clock_civil *civil)
{
	clock_to_civil(at_us + offset_us(at_us), civil);
}

/* The second between the two in which the offset changes. */
static int64_t
change_between(int64_t before_us, int64_t after_us)
{
	int64_t low = before_us / CLOCK_SECOND, high = after_us / CLOCK_SECOND;
	int64_t old = offset_us(before_us);

	while (low + 1 < high) {
		int64_t middle = low + (high - low) / 2;

		if (offset_us(middle * CLOCK_SECOND) == old)
			low = middle;
		else
			high = middle;
	}
	return high * CLOCK_SECOND;
}

enum zone_fit
zone_to_instant(const struct clock_civil *civil, int64_t *at_us)
{
	/* Offsets are less than a day, so the instant lies between these. */
	int64_t as_utc = clock_from_civil(civil);
	int64_t low = as_utc - CLOCK_DAY, high = as_utc + CLOCK_DAY;
	int64_t early = as_utc - offset_us(low),
		late = as_utc - offset_us(high);
	bool at_early = early + offset_us(early) == as_utc;
	bool at_late = late + offset_us(late) == as_utc;

	if (at_early || at_late)
		*at_us = at_early ? early : late;
	else
		*at_us = change_between(low, high);
	if (!at_early && !at_late)
		return ZONE_NEVER;
	return at_early && at_late && early != late ? ZONE_TWICE : ZONE_ONCE;
}
