#include "quickbooks/change_windows.h"
#include "base/clock.h"
#include "quickbooks/window_end.h"
#include "json/json.h"

enum { MOST_WINDOW_BYTES = 1024 };

void
change_windows_init(struct change_windows *w)
{
	*w = (struct change_windows){ 0 };
}

void
change_windows_clear(struct change_windows *w)
{
	for (size_t i = 0; i < w->count; i++) {
		buf_free(&w->at[i].text);
		id_set_free(&w->at[i].known_gone);
	}
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
	return added;
}

static bool
read_known(struct id_set *known, struct slice array, struct failure *why)
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

bool
change_windows_add(struct change_windows *w, const struct window *window,
		   struct slice text, struct slice known_gone,
		   struct failure *why)
{
	struct change_window *added = append(w);
	int64_t since_us;

	added->window = *window;
	if (!buf_add_slice(&added->text, text, why) ||
	    !window_end_clamp(&added->window, &added->text, why) ||
	    (known_gone.at && !read_known(&added->known_gone, known_gone, why)))
		return false;
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
