#include "quickbooks/change_windows.h"
#include "base/clock.h"
#include "quickbooks/window_end.h"
#include "stream/fingerprint.h"
#include "json/json.h"

enum { MOST_WINDOW_BYTES = 1024 };

void
change_windows_init(struct change_windows *w)
{
	*w = (struct change_windows){ 0 };
}

static void
free_window(struct change_window *w)
{
	buf_free(&w->text);
	id_set_free(&w->known_gone);
	free(w->known_rows);
	buf_free(&w->known_text);
}

void
change_windows_clear(struct change_windows *w)
{
	for (size_t i = 0; i < w->count; i++)
		free_window(&w->at[i]);
	w->count = 0;
}

void
change_windows_free(struct change_windows *w)
{
	change_windows_clear(w);
	free(w->at);
	change_windows_init(w);
}

static struct change_window *
append(struct change_windows *w)
{
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : ENTITY_MOST;
		w->at = base_realloc(w->at, w->room * sizeof(*w->at));
	}
	struct change_window *added = &w->at[w->count++];
	*added = (struct change_window){ .state = CHANGE_WAITS };
	buf_init(&added->text, MOST_WINDOW_BYTES);
	id_set_init(&added->known_gone);
	buf_init(&added->known_text, LINES_LONGEST);
	return added;
}

static bool
read_known_gone(struct id_set *known, struct slice array, struct failure *why)
{
	struct slice value, id;
	struct json j;

	json_begin(&j, array);
	bool valid = json_array(&j);
	while (valid && json_element(&j)) {
		valid = json_value(&j, &value) && json_plain_string(value, &id);
		if (valid)
			(void)id_set_mark(known, id, 1);
	}
	return (valid && json_end(&j, why)) ||
	       fail(why, FAILURE_DATA,
		    "\"known_gone\" is not an array of plain strings");
}

/* --- known rows ------------------------------------------------------------
 */

static struct slice
known_id(const struct change_window *w, const struct known_row *row)
{
	return (struct slice){ w->known_text.at + row->id_at, row->id_length };
}

static bool
add_known_row(struct change_window *w, struct slice id, int64_t fingerprint,
	      size_t *room, struct failure *why)
{
	struct known_row row = { w->known_text.len, id.len, fingerprint };

	if (!buf_add_slice(&w->known_text, id, why))
		return false;
	if (w->known_row_count == *room) {
		*room = *room ? 2 * *room : 64;
		w->known_rows = base_realloc(w->known_rows,
					     *room * sizeof(*w->known_rows));
	}
	w->known_rows[w->known_row_count++] = row;
	return true;
}

static bool
read_known_rows(struct change_window *w, struct slice object,
		struct failure *why)
{
	struct slice id, value;
	size_t room = 0;
	struct json j;

	json_begin(&j, object);
	bool valid = json_object(&j);
	while (valid && json_key(&j, &id)) {
		int64_t fingerprint;

		valid = json_value(&j, &value) &&
			json_integer(value, &fingerprint) &&
			add_known_row(w, id, fingerprint, &room, why);
	}
	return (valid && json_end(&j, why)) ||
	       fail(why, FAILURE_DATA,
		    "\"known_rows\" is not an object of numbers");
}

/* A few, and asked for each object that came, of which there are at most
 * LOG_MOST_OBJECTS. */
bool
change_window_has_row(const struct change_window *w, struct slice id,
		      struct slice payload)
{
	for (size_t i = 0; i < w->known_row_count; i++)
		if (slice_equal(known_id(w, &w->known_rows[i]), id))
			return w->known_rows[i].fingerprint ==
			       payload_fingerprint(w->window.entity, payload);
	return false;
}

bool
change_windows_add(struct change_windows *w, const struct window *window,
		   struct slice text, struct slice known_gone,
		   struct slice known_rows, struct failure *why)
{
	struct change_window *added = append(w);
	int64_t since_us;

	added->window = *window;
	if (!buf_add_slice(&added->text, text, why) ||
	    !window_end_clamp(&added->window, &added->text, why) ||
	    (known_gone.at &&
	     !read_known_gone(&added->known_gone, known_gone, why)) ||
	    (known_rows.at && !read_known_rows(added, known_rows, why))) {
		free_window(&w->at[--w->count]);
		return false;
	}
	since_us = added->window.empty_until_us ? added->window.empty_until_us
						: window->start_us;
	added->since_us = since_us / CLOCK_SECOND * CLOCK_SECOND;
	return true;
}

static bool
waits(const struct change_window *w, const struct entity *entity)
{
	return w->window.entity == entity && w->state == CHANGE_WAITS;
}

int64_t
change_windows_since(const struct change_windows *w,
		     const struct entity *entity)
{
	int64_t since_us = INT64_MAX;

	for (size_t i = 0; i < w->count; i++)
		if (waits(&w->at[i], entity) && w->at[i].since_us < since_us)
			since_us = w->at[i].since_us;
	return since_us;
}

int64_t
change_windows_end(const struct change_windows *w, const struct entity *entity)
{
	int64_t end_us = 0;

	for (size_t i = 0; i < w->count; i++)
		if (waits(&w->at[i], entity) && w->at[i].window.end_us > end_us)
			end_us = w->at[i].window.end_us;
	return end_us;
}

void
change_windows_set(struct change_windows *w, const struct entity *entity,
		   enum change_state state)
{
	for (size_t i = 0; i < w->count; i++)
		if (waits(&w->at[i], entity))
			w->at[i].state = state;
}
