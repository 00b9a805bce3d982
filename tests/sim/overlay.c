#include "overlay.h"
#include "base/clock.h"

void
overlay_free(struct overlay *o)
{
	free(o->rows);
	*o = (struct overlay){ 0 };
}

const struct overlay_row *
overlay_find(const struct overlay *o, const struct world_entity *e, int64_t i)
{
	for (size_t k = 0; k < o->count; k++)
		if (o->rows[k].of == e && o->rows[k].i == i)
			return &o->rows[k];
	return NULL;
}

struct world_row
overlay_now(const struct overlay_row *edit, const struct world_entity *e,
	    int64_t i)
{
	return edit ? (struct world_row){ e, i, edit->updated_s, edit->edits,
					  edit->active }
		    : world_row(e, i);
}

/* Take the row out of its place, and append it. */
static struct overlay_row *
moved_to_end(struct overlay *o, const struct world_entity *e, int64_t i)
{
	struct overlay_row row = { .of = e,
				   .i = i,
				   .active = world_active(e, i) };
	const struct overlay_row *old = overlay_find(o, e, i);

	if (old) {
		size_t at = (size_t)(old - o->rows);

		row = *old;
		memmove(o->rows + at, o->rows + at + 1,
			(o->count - at - 1) * sizeof(row));
		o->count--;
	}
	if (o->count == o->room) {
		o->room = o->room ? 2 * o->room : 64;
		o->rows = base_realloc(o->rows, o->room * sizeof(row));
	}
	o->rows[o->count] = row;
	return &o->rows[o->count++];
}

/* Never before a row that nobody touched: those keep their order, and what
 * was edited comes after them. */
void
overlay_edit(struct overlay *o, const struct world_entity *e, int64_t i)
{
	struct overlay_row *row = moved_to_end(o, e, i);
	int64_t last_s = world_updated_s(e, e->rows - 1);

	row->updated_s = clock_now_us() / CLOCK_SECOND;
	if (row->updated_s <= last_s)
		row->updated_s = last_s + 1;
	row->deleted = false;
	row->edits++;
}

void
overlay_activate(struct overlay *o, const struct world_entity *e, int64_t i,
		 bool active)
{
	overlay_edit(o, e, i);
	o->rows[o->count - 1].active = active;
}

void
overlay_delete_at(struct overlay *o, const struct world_entity *e, int64_t i,
		  int64_t at_s)
{
	struct overlay_row *row = moved_to_end(o, e, i);

	row->updated_s = at_s;
	row->deleted = true;
}

void
overlay_delete(struct overlay *o, const struct world_entity *e, int64_t i)
{
	overlay_delete_at(o, e, i, clock_now_us() / CLOCK_SECOND);
}

void
overlay_return(struct overlay *o, const struct world_entity *e, int64_t rows)
{
	/* an edit moves the row away from k, and another takes its place */
	for (size_t k = 0, left = o->count; left && rows; left--)
		if (o->rows[k].of == e && o->rows[k].deleted) {
			overlay_edit(o, e, o->rows[k].i);
			rows--;
		} else {
			k++;
		}
}
