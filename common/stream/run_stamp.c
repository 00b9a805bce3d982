#include <sys/random.h>

#include "stream/run_stamp.h"

static void
generate_id(struct run_stamp *run)
{
	struct clock_civil now;
	uint32_t random_bits;

	if (getrandom(&random_bits, sizeof(random_bits), 0) !=
	    sizeof(random_bits))
		BUG("getrandom() failed");
	clock_to_civil(clock_now_us(), &now);
	snprintf(run->id, sizeof(run->id),
		 "%04d%02d%02dT%02d%02d%02dZ-%08" PRIx32, now.year, now.month,
		 now.day, now.hour, now.minute, now.second, random_bits);
}

static bool
take_id(struct run_stamp *run, const char *id, struct failure *why)
{
	size_t len = strlen(id);

	if (!len || len > RUN_STAMP_LONGEST_ID)
		return fail(why, FAILURE_USAGE,
			    "the run name takes 1 to %d characters, not %zu",
			    RUN_STAMP_LONGEST_ID, len);
	for (const char *at = id; *at; at++)
		if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
			return fail(why, FAILURE_USAGE,
				    "the run name takes printable ASCII "
				    "without \" and \\");
	memcpy(run->id, id, len + 1);
	return true;
}

bool
run_stamp_init(struct run_stamp *run, const char *id, const char *at,
	       struct failure *why)
{
	*run = (struct run_stamp){ .fixed = at };
	if (at && !clock_parse(slice_of(at), &run->at_us))
		return fail(why, FAILURE_USAGE,
			    "--at takes a time such as 2025-01-31T10:00:00Z, "
			    "not \"%s\"",
			    at);
	if (id)
		return take_id(run, id, why);
	generate_id(run);
	return true;
}

bool
run_stamp_write(const struct run_stamp *run, struct buf *to,
		struct failure *why)
{
	char at[CLOCK_TEXT];

	clock_format(run->fixed ? run->at_us : clock_now_us(), at);
	return buf_printf(to, why, "{\"ingested_at\":\"%s\",\"run\":\"%s\"}",
			  at, run->id);
}
