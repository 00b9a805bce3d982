#include "check/suspects.h"

void
suspects_init(struct suspects *s)
{
	*s = (struct suspects){ 0 };
}

void
suspects_free(struct suspects *s)
{
	free(s->at);
	suspects_init(s);
}

static struct suspect *
find(const struct suspects *s, struct time_range range)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->at[i].range.start_us == range.start_us &&
		    s->at[i].range.end_us == range.end_us)
			return &s->at[i];
	return NULL;
}

bool
suspects_overlap(const struct suspects *s, struct time_range range)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->at[i].range.start_us < range.end_us &&
		    range.start_us < s->at[i].range.end_us)
			return true;
	return false;
}

void
suspects_add(struct suspects *s, struct time_range range, int64_t rows)
{
	struct suspect *same = find(s, range);

	if (same) {
		if (same->rows < rows)
			same->rows = rows;
		return;
	}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->at = base_realloc(s->at, s->room * sizeof(*s->at));
	}
	s->at[s->count++] = (struct suspect){ range, rows };
}

static int
by_start(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return (x->range.start_us > y->range.start_us) -
	       (x->range.start_us < y->range.start_us);
}

void
suspects_sort(struct suspects *s)
{
	if (s->count)
		qsort(s->at, s->count, sizeof(*s->at), by_start);
}
