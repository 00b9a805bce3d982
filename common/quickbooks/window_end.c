#include "quickbooks/window_end.h"
#include "base/clock.h"
#include "base/log.h"

enum { MOST_CLOCK_WAIT_S = 60 }; /* this machine's clock may be ahead so much */

bool
window_end_clamp(struct window *window, struct buf *text, struct failure *why)
{
	int64_t now = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND;
	char named[WINDOW_TEXT];

	if (window->end_us <= now)
		return true;
	window_describe(window, named);
	if (window->start_us >= now) {
		fail(why, FAILURE_DATA, "%s: the window lies in the future",
		     named);
		return fail_next(why, "create the tickets again with qb-window "
				      "and a --to in the past");
	}
	log_warn("%s: its end lies in the future and is cut to now", named);
	window->end_us = now;
	if (window->empty_until_us > now)
		window->empty_until_us = now;
	buf_clear(text);
	return window_write(window, text, why);
}

bool
window_end_check(int64_t end_us, struct slice time, int64_t *wait_s,
		 struct failure *why)
{
	char end[CLOCK_TEXT];
	int64_t at_us;

	if (!time.at || !clock_parse(time, &at_us) || at_us >= end_us)
		return true;
	*wait_s = (end_us - at_us) / CLOCK_SECOND + 1;
	if (*wait_s > MOST_CLOCK_WAIT_S) {
		clock_format(end_us, end);
		fail(why, FAILURE_LATER,
		     "the window ends at %s, but QuickBooks' clock says %.*s",
		     end, SLICE_SHOWN(time));
		fail_next(why, "set this machine's clock, then run the same "
			       "command again");
	}
	return false;
}
