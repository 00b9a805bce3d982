/*
 * quickbooks/direct_windows.h - the windows of a stream that are not read by
 * scans: what is read whole, exchange rates, and reports.
 */
#ifndef QUICKBOOKS_DIRECT_WINDOWS_H
#define QUICKBOOKS_DIRECT_WINDOWS_H

#include "quickbooks/ticket_rows.h"
#include "stream/window.h"

struct direct_window {
	struct window window;
	struct buf text;          /* its object */
	struct ticket_rows known; /* rows that the table has */
};

struct direct_windows {
	struct direct_window *at; /* in the order of their tickets */
	size_t count, room;
};

bool direct_windows_take(enum window_by by);

void direct_windows_init(struct direct_windows *w);
void direct_windows_clear(struct direct_windows *w);
void direct_windows_free(struct direct_windows *w);

/*
 * Append one; `known_rows` is that member of its ticket, or at NULL.  A window
 * by whole that ends in the future is cut to now, with a warning; FAILURE_DATA,
 * and it is not appended, when it begins there, when its entity is not read so,
 * when it is not of whole days where it must be, or when the member is of
 * another form.
 */
bool direct_windows_add(struct direct_windows *w, const struct window *window,
			struct slice text, struct slice known_rows,
			struct failure *why) MUST_CHECK;

#endif
