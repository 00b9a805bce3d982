/*
 * quickbooks/window_fetch.h - one window on its way from ticket to seal.
 */
#ifndef QUICKBOOKS_WINDOW_FETCH_H
#define QUICKBOOKS_WINDOW_FETCH_H

#include "quickbooks/call.h"
#include "quickbooks/fetch_output.h"
#include "stream/window.h"

/* Also an end, which waits for the windows before it. */
struct window_fetch {
	bool is_end;
	struct window window;
	struct buf text; /* its object, as it will be written */
	struct window_reader reader;
	int64_t pages; /* written */
	/* responses are taken in the order of the questions */
	int64_t questions_sent, responses_taken;
	bool failed; /* left out with --keep-going */
};

void window_fetch_init(struct window_fetch *fetch);
void window_fetch_free(
	struct window_fetch *fetch); /* window_fetch_begin() may follow */

/*
 * A window that ends in the future is cut to now, with a warning; FAILURE_DATA
 * when it begins there.
 */
bool window_fetch_begin(struct window_fetch *fetch, const struct window *window,
			struct slice text, int64_t page_size, bool counts,
			struct failure *why) MUST_CHECK;
void window_fetch_begin_end(struct window_fetch *fetch);

/* Write the rows of `call` that the window does not have yet. */
bool window_fetch_write_page(struct window_fetch *fetch,
			     struct fetch_output *to, const char *realm,
			     const struct qbo_call *call,
			     const struct reader_question *question,
			     struct failure *why) MUST_CHECK;

/* The reader is done: write the seal. */
bool window_fetch_write_seal(struct window_fetch *fetch,
			     struct fetch_output *to, const char *realm,
			     struct failure *why) MUST_CHECK;

/* READER_SHIFTED: record that, and return false. */
bool window_fetch_fail_shifted(const struct window_fetch *fetch,
			       struct failure *why);

/* Put the window in front of what is recorded; returns false. */
bool window_fetch_fail_in(const struct window_fetch *fetch,
			  struct failure *why);

#endif
