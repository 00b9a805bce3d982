#include "idorder.h"

enum {
	FIRST_ROOM = 64,
	MOST_ROWS = 32 * 1024,
	MOST_TEXT = 512 * 1024,
};

void
idorder_init(struct idorder *o)
{
	*o = (struct idorder){ .once = true };
	buf_init(&o->text, MOST_TEXT);
}

void
idorder_clear(struct idorder *o)
{
	buf_clear(&o->text);
	o->count = 0;
	o->once = true;
}

void
idorder_free(struct idorder *o)
{
	free(o->rows);
	buf_free(&o->text);
	idorder_init(o);
}

/* What is shorter is filled up with NULs, which no id holds. */
static uint64_t
head_of(struct slice id)
{
	uint64_t head = 0;

	for (size_t i = 0; i < sizeof(head); i++)
		head = head << 8 | (i < id.len ? (unsigned char)id.at[i] : 0);
	return head;
}

static void
grow(struct idorder *o)
{
	o->room = o->room ? 2 * o->room : FIRST_ROOM;
	o->rows = base_realloc(o->rows, o->room * sizeof(*o->rows));
}

void
idorder_add(struct idorder *o, struct slice id, int64_t place)
{
	uint32_t at = (uint32_t)o->text.len; /* bounded, and so is `count` */
	struct failure unheard;

	o->once = o->once && o->count < MOST_ROWS &&
		  buf_add_slice(&o->text, id, &unheard);
	if (!o->once)
		return;
	if (o->count == o->room)
		grow(o);
	o->rows[o->count] = (struct idorder_row){
		.head = head_of(id),
		.at = at,
		.len = (uint32_t)id.len,
		.n = (uint32_t)o->count,
		.place = place,
	};
	o->count++;
}

static int
compare(const void *one, const void *other, void *text)
{
	const struct idorder_row *a = one, *b = other;
	const char *of = text;

	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	int differ = memcmp(of + a->at, of + b->at,
			    a->len < b->len ? a->len : b->len);
	if (differ)
		return differ;
	return (a->len > b->len) - (a->len < b->len);
}

void
idorder_settle(struct idorder *o)
{
	if (!o->once || !o->count)
		return;
	qsort_r(o->rows, o->count, sizeof(*o->rows), compare, o->text.at);
	for (size_t i = 1; i < o->count; i++)
		if (!compare(&o->rows[i - 1], &o->rows[i], o->text.at))
			o->once = false;
}
