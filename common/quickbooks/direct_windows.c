#include "quickbooks/direct_windows.h"
#include "base/clock.h"
#include "quickbooks/window_end.h"

enum { MOST_WINDOW_BYTES = 1024 };

bool
direct_windows_take(enum window_by by)
{
	return by == WINDOW_BY_WHOLE || by == WINDOW_BY_AS_OF ||
	       by == WINDOW_BY_REPORT;
}

void
direct_windows_init(struct direct_windows *w)
{
	*w = (struct direct_windows){ 0 };
}

static void
free_window(struct direct_window *w)
{
	buf_free(&w->text);
	ticket_rows_free(&w->known);
}

void
direct_windows_clear(struct direct_windows *w)
{
	for (size_t i = 0; i < w->count; i++)
		free_window(&w->at[i]);
	w->count = 0;
}

void
direct_windows_free(struct direct_windows *w)
{
	direct_windows_clear(w);
	free(w->at);
	direct_windows_init(w);
}

static bool
fits(const struct window *w, struct failure *why)
{
	const struct entity *entity = w->entity;
	bool right = w->by == WINDOW_BY_WHOLE   ? entity_is_whole(entity)
		     : w->by == WINDOW_BY_AS_OF ? entity->shape == SHAPE_RATES
						: entity->shape == SHAPE_REPORT;

	if (!right)
		return fail(why, FAILURE_DATA, "%s is not read by \"%s\"",
			    entity->name, window_by_name(w->by));
	return w->by == WINDOW_BY_WHOLE ||
	       (w->start_us % CLOCK_DAY == 0 && w->end_us % CLOCK_DAY == 0) ||
	       fail(why, FAILURE_DATA,
		    "window: by \"%s\" it must be of whole days",
		    window_by_name(w->by));
}

bool
direct_windows_add(struct direct_windows *w, const struct window *window,
		   struct slice text, struct slice known_rows,
		   struct failure *why)
{
	if (!fits(window, why))
		return false;
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 16;
		w->at = base_realloc(w->at, w->room * sizeof(*w->at));
	}
	struct direct_window *added = &w->at[w->count++];

	added->window = *window;
	buf_init(&added->text, MOST_WINDOW_BYTES);
	ticket_rows_init(&added->known);
	if (buf_add_slice(&added->text, text, why) &&
	    /* a day may be over in the company's zone before it is in UTC */
	    (window->by != WINDOW_BY_WHOLE ||
	     window_end_clamp(&added->window, &added->text, why)) &&
	    ticket_rows_read(&added->known, known_rows, why))
		return true;
	free_window(&w->at[--w->count]);
	return false;
}
