/* quickbooks/closed_window.h - a window must have passed before it can be
 * complete. */
#ifndef QUICKBOOKS_CLOSED_WINDOW_H
#define QUICKBOOKS_CLOSED_WINDOW_H

#include "base/buf.h"
#include "stream/window.h"

/*
 * A window that ends in the future ends now, with a warning, and `text`, its
 * object, says so.  FAILURE_DATA when it begins there.
 */
bool closed_window_clamp(struct window *window, struct buf *text,
			 struct failure *why) MUST_CHECK;

/*
 * Has it passed by QuickBooks' clock, `time` (at NULL: it did not say), too?
 * Otherwise a row may still enter it.  A machine that is a few seconds ahead
 * waits for `*wait_s` and asks again; FAILURE_LATER when it is far ahead.
 */
bool closed_window_check(int64_t end_us, struct slice time, int64_t *wait_s,
			 struct failure *why) MUST_CHECK;

#endif
