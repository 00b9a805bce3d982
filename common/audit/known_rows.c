#include "audit/known_rows.h"

void
known_rows_init(struct known_rows *k)
{
	*k = (struct known_rows){ 0 };
}

void
known_rows_free(struct known_rows *k)
{
	free(k->rows);
	free(k->text);
	known_rows_init(k);
}

static size_t
add_text(struct known_rows *k, struct slice id)
{
	size_t at = k->text_len;

	if (id.len > k->text_room - at) {
		k->text_room = 2 * k->text_room + id.len + 4096;
		k->text = base_realloc(k->text, k->text_room);
	}
	if (id.len)
		memcpy(k->text + at, id.at, id.len);
	k->text_len += id.len;
	return at;
}

void
known_rows_add(struct known_rows *k, int64_t created_us, struct slice id,
	       enum known_row_is is)
{
	if (k->count == k->room) {
		k->room = k->room ? 2 * k->room : 256;
		k->rows = base_realloc(k->rows, k->room * sizeof(*k->rows));
	}
	k->rows[k->count++] = (struct known_row){ .created_us = created_us,
						  .id_at = add_text(k, id),
						  .id_len = id.len,
						  .is = is };
}

static int
by_time(const void *a, const void *b)
{
	const struct known_row *x = a, *y = b;

	if (x->created_us != y->created_us)
		return x->created_us > y->created_us ? 1 : -1;
	return (x->id_at > y->id_at) - (x->id_at < y->id_at);
}

void
known_rows_sort(struct known_rows *k)
{
	if (k->count)
		qsort(k->rows, k->count, sizeof(*k->rows), by_time);
}

struct slice
known_rows_id(const struct known_rows *k, size_t i)
{
	return (struct slice){ k->text + k->rows[i].id_at, k->rows[i].id_len };
}

/* How many rows lie before that time. */
static size_t
count_before(const struct known_rows *k, int64_t at_us)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->rows[middle].created_us < at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
known_rows_find(const struct known_rows *k, struct time_range range,
		size_t *first, size_t *end)
{
	*first = count_before(k, range.start_us);
	*end = count_before(k, range.end_us);
}

void
known_rows_sweep(struct known_rows *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->count; i++)
		if (!k->rows[i].dropped)
			k->rows[kept++] = k->rows[i];
	k->count = kept;
}
