/*
 * quickbooks/change_windows.h - the windows by change of a stream of tickets,
 * which QuickBooks' log of changes is asked for together.
 */
#ifndef QUICKBOOKS_CHANGE_WINDOWS_H
#define QUICKBOOKS_CHANGE_WINDOWS_H

#include "quickbooks/id_set.h"
#include "stream/window.h"

enum change_state {
	CHANGE_WAITS,
	CHANGE_READ,     /* from the log */
	CHANGE_BY_QUERY, /* the log cannot say: its rows must be queried */
};

struct change_window {
	struct window window;
	struct buf text;  /* its object */
	int64_t since_us; /* what changed before is known; whole seconds */
	struct id_set known_gone; /* marked as deleted in the table */
	enum change_state state;
};

struct change_windows {
	struct change_window *at; /* in the order of their tickets */
	size_t count, room;
};

void change_windows_init(struct change_windows *w);
void change_windows_clear(struct change_windows *w);
void change_windows_free(struct change_windows *w);

/*
 * Append one; `known_gone` is that member of its ticket, an array of strings
 * (at NULL: none).  A window that ends in the future is cut to now, with a
 * warning; FAILURE_DATA when it begins there, or the member is no such array.
 */
bool change_windows_add(struct change_windows *w, const struct window *window,
			struct slice text, struct slice known_gone,
			struct failure *why) MUST_CHECK;

/* The earliest since_us, and the latest end, of the windows of an entity that
 * wait. */
int64_t change_windows_since(const struct change_windows *w,
			     const struct entity *entity);
int64_t change_windows_end(const struct change_windows *w,
			   const struct entity *entity);

/* Set the state of the windows of the entity that wait. */
void change_windows_set(struct change_windows *w, const struct entity *entity,
			enum change_state state);

#endif
