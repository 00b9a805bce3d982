/* covers: max_age */
#include "base/clock.h"
#include "status/max_age.h"
#include "tap.h"

int
main(void)
{
	static const struct {
		const char *text;
		int64_t age_us; /* 0: refused */
	} cases[] = {
		{ "1m", 60 * CLOCK_SECOND },
		{ "36h", 36 * 3600 * CLOCK_SECOND },
		{ "1d", CLOCK_DAY },
		{ "3650d", 3650 * CLOCK_DAY },
		{ "87600h", 3650 * CLOCK_DAY },
		{ "3651d", 0 },
		{ "87601h", 0 },
		{ "9223372036854775807m", 0 },
		{ "99999999999999999999m", 0 },
		{ "0d", 0 },
		{ "-1d", 0 },
		{ "+1d", 0 },
		{ " 1d", 0 },
		{ "1", 0 },
		{ "1 d", 0 },
		{ "1.5h", 0 },
		{ "1D", 0 },
		{ "1w", 0 },
		{ "d", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };
		int64_t age_us = 0;
		bool done = max_age_parse(cases[i].text, &age_us, &why);

		ok(done == (cases[i].age_us > 0) && age_us == cases[i].age_us,
		   "\"%s\" is %s", cases[i].text,
		   cases[i].age_us ? "an age" : "refused");
		ok(done == !why.kind && (done || why.kind == FAILURE_USAGE),
		   "\"%s\": the kind of failure", cases[i].text);
	}
	return tap_done();
}
