/* quickbooks/window_fetch.h - a window under way, from its ticket to its seal.
 */
#ifndef QUICKBOOKS_WINDOW_FETCH_H
#define QUICKBOOKS_WINDOW_FETCH_H

#include "quickbooks/call.h"
#include "quickbooks/fetch_output.h"
#include "stream/window.h"

/* Or an end that waits for the windows before it. */
struct window_fetch {
	bool is_end;
	struct window window;
	struct buf text; /* the window's object, as it will be written */
	struct window_reader reading;
	int64_t pages;           /* written */
	int64_t asked, answered; /* questions, to take answers in order */
	bool missed;             /* given up, the others go on */
};

void window_fetch_init(struct window_fetch *turn);
void window_fetch_free(
	struct window_fetch *turn); /* its memory; it can begin again */

/*
 * A window that ends in the future is cut to now, with a warning;
 * FAILURE_DATA when it begins there.
 */
bool window_fetch_begin(struct window_fetch *turn, const struct window *window,
			struct slice text, int64_t page_size, bool counts,
			struct failure *why) MUST_CHECK;
void window_fetch_begin_end(struct window_fetch *turn);

/* Write those rows of the page that `call` brought which are new. */
bool window_fetch_write_page(struct window_fetch *turn, struct fetch_output *to,
			     const char *realm, const struct qbo_call *call,
			     const struct reader_question *question,
			     struct failure *why) MUST_CHECK;

/* The reading is done: close the window. */
bool window_fetch_write_seal(struct window_fetch *turn, struct fetch_output *to,
			     const char *realm, struct failure *why) MUST_CHECK;

/* The reading has shifted: record that, and return false. */
bool window_fetch_fail_shifted(const struct window_fetch *turn,
			       struct failure *why);

/* Put the window in front of what is recorded; returns false. */
bool window_fetch_fail_in(const struct window_fetch *turn, struct failure *why);

#endif
