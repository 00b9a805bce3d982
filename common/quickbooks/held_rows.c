#include "quickbooks/held_rows.h"

enum { MOST_MEMORY = 2 * 1024 * 1024 };

void
held_rows_init(struct held_rows *h)
{
	*h = (struct held_rows){ 0 };
	spool_init(&h->spool, MOST_MEMORY);
}

void
held_rows_free(struct held_rows *h)
{
	spool_free(&h->spool);
	free(h->rows);
}

void
held_rows_clear(struct held_rows *h)
{
	spool_clear(&h->spool);
	h->count = 0;
}

bool
held_rows_add(struct held_rows *h, const struct held_row *row,
	      struct slice record, struct failure *why)
{
	int64_t place = spool_place(&h->spool);

	if (!spool_add(&h->spool, record, why))
		return false;
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 256;
		h->rows = base_realloc(h->rows, h->room * sizeof(*h->rows));
	}
	h->rows[h->count] = *row;
	h->rows[h->count++].place = place;
	return true;
}

/* Within a window by place, since the spool grows. */
static int
compare(const void *a, const void *b)
{
	const struct held_row *x = a, *y = b;

	if (x->window != y->window)
		return x->window < y->window ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

bool
held_rows_sort(struct held_rows *h, struct failure *why)
{
	for (size_t i = 1; i < h->count; i++)
		if (h->rows[i].window < h->rows[i - 1].window) {
			qsort(h->rows, h->count, sizeof(*h->rows), compare);
			break;
		}
	return spool_rewind(&h->spool, why);
}

bool
held_rows_read(struct held_rows *h, size_t i, struct slice *record,
	       struct failure *why)
{
	return spool_at(&h->spool, h->rows[i].place, record, why);
}

struct slice
held_row_id(const struct held_row *row, struct slice record)
{
	return (struct slice){ record.at + row->id_at, row->id_length };
}
