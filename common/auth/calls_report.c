#include "auth/calls_report.h"
#include "auth/monthly_count.h"
#include "base/log.h"

/* -1: not known */
static int64_t
read_calls(const struct settings *settings, int64_t now_us)
{
	struct monthly_count count;
	struct failure trouble = { 0 };
	int64_t calls;

	if (!settings->client_id)
		return -1;
	monthly_count_init(&count, settings->env, settings->client_id,
			   monthly_count_month(now_us));
	if (monthly_count_look(&count, &calls, &trouble))
		return calls;
	log_warn("the app's calls of this month are not known: %s%s%s",
		 trouble.text, trouble.next[0] ? "; " : "", trouble.next);
	return -1;
}

/* 1,234,567 */
static bool
write_grouped(int64_t number, struct buf *to, struct failure *why)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	size_t len = strlen(digits);
	for (size_t i = 0; i < len; i++)
		if ((i && (len - i) % 3 == 0 && !buf_add(to, ",", 1, why)) ||
		    !buf_add(to, digits + i, 1, why))
			return false;
	return true;
}

bool
calls_report_write_text(const struct settings *settings, int64_t now_us,
			struct buf *to, struct failure *why)
{
	int64_t calls = read_calls(settings, now_us);
	int64_t most = settings->monthly_calls;

	if (!buf_printf(to, why, "calls this month: ") ||
	    !(calls < 0 ? buf_printf(to, why, "not known")
			: write_grouped(calls, to, why)))
		return false;
	if (most &&
	    (!buf_printf(to, why, " of ") || !write_grouped(most, to, why)))
		return false;
	return buf_printf(to, why, "\n");
}

bool
calls_report_write_json(const struct settings *settings, int64_t now_us,
			struct buf *to, struct failure *why)
{
	int64_t calls = read_calls(settings, now_us);
	int64_t most = settings->monthly_calls;

	if (!(calls < 0 ? buf_printf(to, why, ",\"calls\":null")
			: buf_printf(to, why, ",\"calls\":%" PRId64, calls)))
		return false;
	return most ? buf_printf(to, why, ",\"calls_limit\":%" PRId64 "}\n",
				 most)
		    : buf_printf(to, why, ",\"calls_limit\":null}\n");
}
