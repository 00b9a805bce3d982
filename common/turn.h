/* turn.h - a window under way, from its ticket to its seal. */
#ifndef TURN_H
#define TURN_H

#include "fetched.h"
#include "qbo_call.h"
#include "window.h"

/* Or an end that waits for the windows before it. */
struct turn {
	bool is_end;
	struct window window;
	struct buf text; /* the window's object, as it will be written */
	struct reading reading;
	int64_t pages;           /* written */
	int64_t asked, answered; /* questions, to take answers in order */
	bool missed;             /* given up, the others go on */
};

void turn_init(struct turn *turn);
void turn_free(struct turn *turn); /* its memory; it can begin again */

/*
 * A window that ends in the future is cut to now, with a warning;
 * FAILURE_DATA when it begins there.
 */
bool turn_begin(struct turn *turn, const struct window *window,
		struct slice text, int64_t page_size, bool counts,
		struct failure *why) MUST_CHECK;
void turn_begin_end(struct turn *turn);

/* Write those rows of the page that `call` brought which are new. */
bool turn_write_page(struct turn *turn, struct fetched *to, const char *realm,
		     const struct qbo_call *call,
		     const struct reading_question *question,
		     struct failure *why) MUST_CHECK;

/* The reading is done: close the window. */
bool turn_write_seal(struct turn *turn, struct fetched *to, const char *realm,
		     struct failure *why) MUST_CHECK;

/* The reading has shifted: record that, and return false. */
bool turn_fail_shifted(const struct turn *turn, struct failure *why);

/* Put the window in front of what is recorded; returns false. */
bool turn_fail_in(const struct turn *turn, struct failure *why);

#endif
