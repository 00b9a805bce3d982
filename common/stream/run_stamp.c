#include <sys/random.h>

#include "stream/run_stamp.h"

static void
make_id(struct run_stamp *run)
{
	struct clock_civil now;
	uint32_t chance;

	if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance))
		BUG("the kernel gives no random bytes");
	clock_to_civil(clock_now_us(), &now);
	snprintf(run->id, sizeof(run->id),
		 "%04d%02d%02dT%02d%02d%02dZ-%08" PRIx32, now.year, now.month,
		 now.day, now.hour, now.minute, now.second, chance);
}

static bool
take_id(struct run_stamp *run, const char *id, struct failure *why)
{
	size_t len = strlen(id);

	if (!len || len > RUN_STAMP_LONGEST_ID)
		return fail(why, FAILURE_USAGE,
			    "a run's name may have 1 to %d characters, not %zu",
			    RUN_STAMP_LONGEST_ID, len);
	for (const char *at = id; *at; at++)
		if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
			return fail(why, FAILURE_USAGE,
				    "a run's name may hold printable ASCII "
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
	make_id(run);
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
