/*
 * quickbooks/window_end.h - a window can be complete only when its end has
 * passed.
 */
#ifndef QUICKBOOKS_WINDOW_END_H
#define QUICKBOOKS_WINDOW_END_H

#include "base/buf.h"
#include "stream/window.h"

/*
 * Cut a window that ends in the future to now, with a warning, and update
 * `text`, its object.  FAILURE_DATA when it begins in the future.
 */
bool window_end_clamp(struct window *window, struct buf *text,
		      struct failure *why) MUST_CHECK;

/*
 * Has the end passed by QuickBooks' clock, too?  `time` is that of a response
 * (at NULL: it has none).  If not, rows may still enter the window: send the
 * request again after `*wait_s`, or fail with FAILURE_LATER when this machine's
 * clock is far ahead.
 */
bool window_end_check(int64_t end_us, struct slice time, int64_t *wait_s,
		      struct failure *why) MUST_CHECK;

#endif
