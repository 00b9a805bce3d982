#include "check/table_counts.h"

void
table_counts_init(struct table_counts *t)
{
	*t = (struct table_counts){ 0 };
}

void
table_counts_free(struct table_counts *t)
{
	free(t->bounds);
	free(t->rows_before);
	free(t->live_before);
	table_counts_init(t);
}

void
table_counts_add_bound(struct table_counts *t, int64_t at_us)
{
	if (t->bound_count == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->bounds =
			base_realloc(t->bounds, t->room * sizeof(*t->bounds));
	}
	t->bounds[t->bound_count++] = at_us;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t *
zeros(size_t count)
{
	int64_t *all = base_realloc(NULL, (count + 1) * sizeof(*all));

	memset(all, 0, (count + 1) * sizeof(*all));
	return all;
}

void
table_counts_sort(struct table_counts *t)
{
	size_t kept = 0;

	if (t->bound_count)
		qsort(t->bounds, t->bound_count, sizeof(*t->bounds), by_time);
	for (size_t i = 0; i < t->bound_count; i++)
		if (!kept || t->bounds[i] != t->bounds[kept - 1])
			t->bounds[kept++] = t->bounds[i];
	t->bound_count = kept;
	t->rows_before = zeros(kept);
	t->live_before = zeros(kept);
}

void
table_counts_add(struct table_counts *t, int64_t piece, int64_t rows,
		 int64_t live)
{
	t->rows += rows;
	t->live += live;
	if (piece < 1 || piece >= (int64_t)t->bound_count)
		return;
	/* until they are summed up, those of the piece before each bound */
	t->rows_before[piece] += rows;
	t->live_before[piece] += live;
}

void
table_counts_sum(struct table_counts *t)
{
	for (size_t i = 1; i < t->bound_count; i++) {
		t->rows_before[i] += t->rows_before[i - 1];
		t->live_before[i] += t->live_before[i - 1];
	}
}

static size_t
find_bound(const struct table_counts *t, int64_t at_us)
{
	const int64_t *found = bsearch(&at_us, t->bounds, t->bound_count,
				       sizeof(*t->bounds), by_time);

	if (!found)
		BUG("a range that does not end at bounds");
	return (size_t)(found - t->bounds);
}

int64_t
table_counts_rows(const struct table_counts *t, struct time_range range)
{
	return t->rows_before[find_bound(t, range.end_us)] -
	       t->rows_before[find_bound(t, range.start_us)];
}

int64_t
table_counts_live(const struct table_counts *t, struct time_range range)
{
	return t->live_before[find_bound(t, range.end_us)] -
	       t->live_before[find_bound(t, range.start_us)];
}
