#include "quickbooks/window_run.h"
#include "quickbooks/window_end.h"

enum { MOST_TEXTS = 8 * 1024 * 1024, MOST_WINDOW_TEXT = 64 * 1024 };

struct window_in_run {
	struct window window;
	size_t text, text_len; /* its object, in `texts` */
};

void
window_run_init(struct window_run *run)
{
	*run = (struct window_run){ 0 };
	buf_init(&run->texts, MOST_TEXTS);
}

void
window_run_free(struct window_run *run)
{
	free(run->windows);
	buf_free(&run->texts);
}

const struct window *
window_run_at(const struct window_run *run, size_t i)
{
	return &run->windows[i].window;
}

struct slice
window_run_text(const struct window_run *run, size_t i)
{
	const struct window_in_run *w = &run->windows[i];

	return (struct slice){ run->texts.at + w->text, w->text_len };
}

bool
window_run_takes(const struct window_run *run, const struct window *window)
{
	const struct window *last = window_run_at(run, run->count - 1);

	return window->entity == last->entity && window->by == last->by &&
	       window->start_us == last->end_us &&
	       run->count < WINDOW_RUN_MOST &&
	       run->texts.len < MOST_TEXTS - MOST_WINDOW_TEXT;
}

bool
window_run_add(struct window_run *run, const struct window *window,
	       struct slice text, struct failure *why)
{
	struct window_in_run added = { .window = *window };
	struct buf object;

	buf_init(&object, MOST_WINDOW_TEXT);
	bool done = buf_add_slice(&object, text, why) &&
		    window_end_clamp(&added.window, &object, why);
	added.text = run->texts.len;
	added.text_len = object.len;
	done = done && buf_add_slice(&run->texts, buf_slice(&object), why);
	buf_free(&object);
	if (!done)
		return false;
	if (run->count == run->room) {
		run->room = run->room ? 2 * run->room : 16;
		run->windows = base_realloc(run->windows,
					    run->room * sizeof(*run->windows));
	}
	run->windows[run->count++] = added;
	return true;
}

size_t
window_run_find(const struct window_run *run, int64_t at_us)
{
	size_t low = 0, high = run->count - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (window_run_at(run, middle)->end_us <= at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
window_run_bound(const struct window_run *run, int64_t start_us, int64_t end_us,
		 int64_t at_us, int64_t *bound_us)
{
	const struct window *at =
		window_run_at(run, window_run_find(run, at_us));
	bool before = at->start_us > start_us && at->start_us < end_us;
	bool after = at->end_us > start_us && at->end_us < end_us;

	if (!before && !after)
		return false;
	*bound_us =
		before && (!after || at_us - at->start_us < at->end_us - at_us)
			? at->start_us
			: at->end_us;
	return true;
}
