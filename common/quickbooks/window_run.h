/*
 * quickbooks/window_run.h - windows of one entity that follow each other
 * without a gap, so that they can be read together.
 */
#ifndef QUICKBOOKS_WINDOW_RUN_H
#define QUICKBOOKS_WINDOW_RUN_H

#include "base/buf.h"
#include "stream/window.h"

/* A run of more windows is two runs, each with its own counts: 10,000 windows
 * of an hour are 14 months, and take 2 MB. */
enum { WINDOW_RUN_MOST = 10000 };

struct window_run {
	struct window_in_run *windows;
	size_t count, room;
	struct buf texts; /* their objects, as they came */
	int scans;        /* that read it; the last one frees it */
};

void window_run_init(struct window_run *run);
void window_run_free(struct window_run *run);

/* Does the window follow the last one, and is there room? */
bool window_run_takes(const struct window_run *run,
		      const struct window *window);

/*
 * Append it; the first one may be any.  A window that ends in the future is cut
 * to now, with a warning; FAILURE_DATA when it begins there.
 */
bool window_run_add(struct window_run *run, const struct window *window,
		    struct slice text, struct failure *why) MUST_CHECK;

const struct window *window_run_at(const struct window_run *run, size_t i);
struct slice window_run_text(const struct window_run *run, size_t i);

/* The window that contains `at_us`, which must lie in one. */
size_t window_run_find(const struct window_run *run, int64_t at_us);

/*
 * The bound between two windows that is nearest to `at_us`, among those between
 * `start_us` and `end_us` (both left out), which contain `at_us`.  False: there
 * is none, since that range lies within one window.
 */
bool window_run_bound(const struct window_run *run, int64_t start_us,
		      int64_t end_us, int64_t at_us, int64_t *bound_us);

#endif
