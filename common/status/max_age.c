#include "status/max_age.h"
#include "base/clock.h"

enum { MOST_DAYS = 3650 };

static const struct {
	const char *name;
	int64_t us;
} units[] = {
	{ "m", 60 * CLOCK_SECOND },
	{ "h", 3600 * CLOCK_SECOND },
	{ "d", CLOCK_DAY },
};

static int64_t
unit_us(const char *unit)
{
	for (size_t i = 0; i < LENGTH(units); i++)
		if (!strcmp(units[i].name, unit))
			return units[i].us;
	return 0;
}

bool
max_age_parse(const char *text, int64_t *age_us, struct failure *why)
{
	char *unit;

	errno = 0;
	intmax_t count = strtoimax(text, &unit, 10);
	int64_t us = unit_us(unit);
	if (errno || *text < '0' || *text > '9' || count < 1 || !us ||
	    count > MOST_DAYS * CLOCK_DAY / us)
		return fail(why, FAILURE_USAGE,
			    "--max-age takes a time such as 90m, 36h or 2d, "
			    "from 1m to %dd, not \"%s\"",
			    MOST_DAYS, text);
	*age_us = count * us;
	return true;
}
