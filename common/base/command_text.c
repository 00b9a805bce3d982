#include "base/command_text.h"
#include "base/clock.h"

bool
command_text_option(const char *option, const char *value, struct buf *to,
		    struct failure *why)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:@%+,-";

	if (!value[strspn(value, plain)])
		return buf_printf(to, why, " %s=%s", option, value);
	if (!buf_printf(to, why, " %s='", option))
		return false;
	for (; *value; value++)
		if (!(*value == '\'' ? buf_add(to, "'\\''", 4, why)
				     : buf_add(to, value, 1, why)))
			return false;
	return buf_add(to, "'", 1, why);
}

bool
command_text_schema(const char *schema, struct buf *to, struct failure *why)
{
	return !strcmp(schema, "raw") ||
	       command_text_option("--schema", schema, to, why);
}

int64_t
command_text_second(int64_t at_us, bool up)
{
	int64_t rest = at_us % CLOCK_SECOND;

	if (rest < 0)
		rest += CLOCK_SECOND;
	return at_us - rest + (up && rest ? CLOCK_SECOND : 0);
}
