/*
 * quickbooks/change_windows.h - the windows by change of a stream of tickets,
 * which QuickBooks' log of changes is asked for together.
 */
#ifndef QUICKBOOKS_CHANGE_WINDOWS_H
#define QUICKBOOKS_CHANGE_WINDOWS_H

#include "quickbooks/id_set.h"
#include "stream/lines.h"
#include "stream/window.h"

enum change_state {
	CHANGE_WAITS,
	CHANGE_READ,     /* from the log */
	CHANGE_BY_QUERY, /* the log cannot say: its rows must be queried */
};

struct known_row {
	size_t id_at, id_length; /* in known_text */
	int64_t fingerprint;     /* payload_fingerprint() */
};

struct change_window {
	struct window window;
	struct buf text;  /* its object */
	int64_t since_us; /* what changed before is known; whole seconds */
	/* what the table has since the window's start: rows that are marked as
	 * deleted, and of the others the fingerprints of their payloads */
	struct id_set known_gone;
	struct known_row *known_rows;
	size_t known_row_count;
	struct buf known_text; /* their ids */
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
 * Append one; `known_gone` and `known_rows` are those members of its ticket, an
 * array of strings and an object of numbers (at NULL: none).  A window that
 * ends in the future is cut to now, with a warning; FAILURE_DATA, and it is not
 * appended, when it begins there, or a member is of another form.
 */
bool change_windows_add(struct change_windows *w, const struct window *window,
			struct slice text, struct slice known_gone,
			struct slice known_rows,
			struct failure *why) MUST_CHECK;

/* Does the table have the object unchanged? */
bool change_window_has_row(const struct change_window *w, struct slice id,
			   struct slice payload);

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
