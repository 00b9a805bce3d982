#include <endian.h>

#include "load/id_order.h"

enum {
	FIRST_ROOM = 64,
	MOST_ROWS = 96 * 1024,
	MOST_TEXT = 512 * 1024,
	HEAD_BYTES = sizeof(uint64_t),
};

void
id_order_init(struct id_order *o)
{
	*o = (struct id_order){ .unique = true };
	buf_init(&o->text, MOST_TEXT);
}

void
id_order_clear(struct id_order *o)
{
	buf_clear(&o->text);
	o->count = 0;
	o->unique = true;
}

void
id_order_free(struct id_order *o)
{
	free(o->rows);
	buf_free(&o->text);
	id_order_init(o);
}

/* A shorter id is padded with NULs. */
static uint64_t
head_of(struct slice id)
{
	uint64_t head = 0;

	memcpy(&head, id.at, id.len < HEAD_BYTES ? id.len : HEAD_BYTES);
	return be64toh(head);
}

static void
grow(struct id_order *o)
{
	o->room = o->room ? 2 * o->room : FIRST_ROOM;
	if (o->room > MOST_ROWS)
		o->room = MOST_ROWS;
	o->rows = base_realloc(o->rows, o->room * sizeof(*o->rows));
}

/* Append what the head does not hold to `text`, NUL-terminated; ids that are no
 * longer than a head share the empty text at its start. */
static bool
keep_rest(struct id_order *o, struct slice id, uint32_t *rest_at)
{
	struct failure ignored; /* large, so not initialised for every row */

	if (!o->text.len && !buf_add(&o->text, "", 1, &ignored))
		return false;
	if (id.len <= HEAD_BYTES)
		return true;
	*rest_at = (uint32_t)o->text.len; /* bounded */
	return buf_add(&o->text, id.at + HEAD_BYTES, id.len - HEAD_BYTES,
		       &ignored) &&
	       buf_add(&o->text, "", 1, &ignored);
}

void
id_order_add(struct id_order *o, struct slice id, int64_t offset)
{
	uint32_t rest_at = 0;

	o->unique = o->unique && o->count < MOST_ROWS;
	if (o->unique && (!o->text.len || id.len > HEAD_BYTES))
		o->unique = keep_rest(o, id, &rest_at);
	if (!o->unique)
		return;
	if (o->count == o->room)
		grow(o);
	o->rows[o->count] = (struct id_order_row){
		.head = head_of(id),
		.offset = offset,
		.rest_at = rest_at,
		.n = (uint32_t)o->count, /* bounded */
	};
	o->count++;
}

static int
compare(const void *one, const void *other, void *of)
{
	const struct id_order *o = of;
	const struct id_order_row *a = one, *b = other;

	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return strcmp(o->text.at + a->rest_at, o->text.at + b->rest_at);
}

void
id_order_sort(struct id_order *o)
{
	if (!o->unique || !o->count)
		return;
	qsort_r(o->rows, o->count, sizeof(*o->rows), compare, o);
	for (size_t i = 1; i < o->count; i++)
		if (!compare(&o->rows[i - 1], &o->rows[i], o))
			o->unique = false;
}
