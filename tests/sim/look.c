#include "look.h"
#include "choose.h"
#include "filter.h"

static bool
is_open(const struct filter_range *range)
{
	return range->low == INT64_MIN || range->high == INT64_MAX;
}

void
look_at(struct look *l, const struct world *w, const struct question *q)
{
	const struct world_entity *e = world_find(w, q->entity);
	struct refusal why;
	struct filter f;

	*l = (struct look){ .low_s = INT64_MIN, .high_s = INT64_MAX };
	if (!e)
		return;
	if (filter_read(&f, w, e, q, &why)) {
		const struct filter_range *range = &f.updated;

		/* the one that bounds what is looked at */
		if (is_open(range) &&
		    (!is_open(&f.created) ||
		     (range->low == INT64_MIN && range->high == INT64_MAX)))
			range = &f.created;
		l->low_s = range->low;
		l->high_s = range->high;
		if (f.txn_date.low != INT64_MIN)
			l->low_s = f.txn_date.low * 86400;
		if (f.txn_date.high != INT64_MAX)
			l->high_s = f.txn_date.high * 86400;
	}
	filter_free(&f);
}

void
look_at_rows(struct look *l, const struct world *w, const struct overlay *o,
	     const struct question *q)
{
	struct refusal why;
	struct choice c;

	if (!choose(&c, w, o, q, &why))
		return;
	l->matching = c.count;
	l->ids = base_realloc(NULL, (c.row_count + 1) * sizeof(*l->ids));
	for (size_t i = 0; i < c.row_count; i++)
		l->ids[l->id_count++] = world_id(c.of, c.rows[i].i);
	choice_free(&c);
}

void
look_free(struct look *l)
{
	free(l->ids);
	l->ids = NULL;
	l->id_count = 0;
}

int64_t
look_span_s(const struct look *l)
{
	return l->low_s == INT64_MIN || l->high_s == INT64_MAX
		       ? INT64_MAX
		       : l->high_s - l->low_s;
}
