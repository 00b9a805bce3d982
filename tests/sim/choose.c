#include "choose.h"
#include "absent.h"
#include "base/clock.h"
#include "filter.h"
#include "pseudo.h"

/*
 * Rows in one order, from rank `low` to `high`: without those that are
 * `removed`, and in the order by LastUpdatedTime with the `edited` behind.
 */
struct sequence {
	const struct world_entity *of;
	const struct overlay *overlay;
	enum world_order by;
	bool descending;
	int64_t low, high;
	int64_t *removed; /* ranks, rising */
	int64_t removed_count;
	const struct overlay_row **edited;
	int64_t edited_count;
	int64_t total;
};

static int
compare_numbers(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Seconds or days as ranks of their order. */
static void
bound(struct sequence *q, const struct filter *f)
{
	const struct world_entity *e = q->of;
	int64_t low = 0, high = e->rows;

	if (q->by == WORLD_UPDATED) {
		low = world_ranks_before(e, WORLD_UPDATED, f->updated.low);
		high = world_ranks_before(e, WORLD_UPDATED, f->updated.high);
	} else if (q->by == WORLD_CREATED) {
		low = world_ranks_before(e, WORLD_CREATED, f->created.low);
		high = world_ranks_before(e, WORLD_CREATED, f->created.high);
		int64_t first = world_ranks_before_day(e, f->txn_date.low);
		int64_t last = world_ranks_before_day(e, f->txn_date.high);

		low = first > low ? first : low;
		high = last < high ? last : high;
	}
	q->low = low;
	q->high = high > low ? high : low;
}

static void
lay_over(struct sequence *q, const struct filter *f)
{
	const struct overlay *o = q->overlay;

	q->removed = base_realloc(NULL, (o->count + 1) * sizeof(*q->removed));
	q->edited = base_realloc(NULL, (o->count + 1) * sizeof(*q->edited));
	for (size_t k = 0; k < o->count; k++) {
		const struct overlay_row *row = &o->rows[k];

		if (row->of != q->of)
			continue;
		int64_t rank = world_rank(q->of, q->by, row->i);
		if ((row->deleted || q->by == WORLD_UPDATED) &&
		    rank >= q->low && rank < q->high)
			q->removed[q->removed_count++] = rank;
		if (!row->deleted && q->by == WORLD_UPDATED &&
		    row->updated_s >= f->updated.low &&
		    row->updated_s < f->updated.high)
			q->edited[q->edited_count++] = row;
	}
	qsort(q->removed, (size_t)q->removed_count, sizeof(*q->removed),
	      compare_numbers);
	q->total = q->high - q->low - q->removed_count + q->edited_count;
}

static void
sequence_init(struct sequence *q, const struct overlay *o,
	      const struct filter *f, enum world_order by, bool descending)
{
	*q = (struct sequence){
		.of = f->of, .overlay = o, .by = by, .descending = descending
	};
	bound(q, f);
	lay_over(q, f);
}

static void
sequence_free(struct sequence *q)
{
	free(q->removed);
	free(q->edited);
}

static struct world_row
sequence_at(const struct sequence *q, int64_t position)
{
	int64_t untouched = q->total - q->edited_count;

	if (q->descending)
		position = q->total - 1 - position;
	if (position >= untouched) {
		const struct overlay_row *last =
			q->edited[position - untouched];

		return overlay_now(last, last->of, last->i);
	}
	int64_t rank = q->low + position;
	for (int64_t k = 0; k < q->removed_count; k++)
		rank += q->removed[k] <= rank;

	int64_t i = world_row_at(q->of, q->by, rank);
	return overlay_now(q->by == WORLD_UPDATED || !q->overlay->count
				   ? NULL
				   : overlay_find(q->overlay, q->of, i),
			   q->of, i);
}

static void
keep(struct choice *c, const struct world_row *row, size_t most)
{
	if (!c->rows)
		c->rows = base_realloc(NULL, most * sizeof(*c->rows));
	c->rows[c->row_count++] = *row;
}

/* Every condition is the range of the order itself: pages are arithmetic. */
static bool
is_plain(const struct filter *f, enum world_order by)
{
	const struct filter_range *ranges[] = { &f->updated, &f->created,
						&f->txn_date };

	for (size_t i = 0; i < LENGTH(ranges); i++) {
		enum world_order of = i ? WORLD_CREATED : WORLD_UPDATED;

		if (of != by && (ranges[i]->low != INT64_MIN ||
				 ranges[i]->high != INT64_MAX))
			return false;
	}
	return !f->count && f->active && f->inactive;
}

static void
take_page(struct choice *c, const struct sequence *q, const struct question *s)
{
	c->count = q->total;
	for (int64_t p = s->start - 1;
	     !s->count && p < q->total && (int64_t)c->row_count < s->most;
	     p++) {
		struct world_row row = sequence_at(q, p);

		keep(c, &row, (size_t)s->most);
	}
}

static void
take_passing(struct choice *c, const struct sequence *q, struct filter *f,
	     const struct question *s)
{
	c->count = 0;
	for (int64_t p = 0; p < q->total; p++) {
		struct world_row row = sequence_at(q, p);

		if (!filter_passes(f, &row))
			continue;
		c->count++;
		if (s->count || c->count < s->start)
			continue;
		keep(c, &row, (size_t)s->most);
		if ((int64_t)c->row_count == s->most)
			return;
	}
}

struct ranked {
	int64_t rank;
	struct world_row row;
};

static int
compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static int64_t
rank_now(const struct overlay *o, enum world_order by,
	 const struct world_row *row)
{
	const struct overlay_row *edit =
		by == WORLD_UPDATED ? overlay_find(o, row->of, row->i) : NULL;

	return edit ? row->of->rows + (edit - o->rows)
		    : world_rank(row->of, by, row->i);
}

/* The page of what passed, in its order. */
static void
take_ranked(struct choice *c, struct ranked *all, int64_t count,
	    const struct question *s)
{
	qsort(all, (size_t)count, sizeof(*all), compare_ranked);
	c->count = count;
	for (int64_t p = s->start - 1;
	     !s->count && p < count && p < s->start - 1 + s->most; p++)
		keep(c, &all[p].row, (size_t)s->most);
}

/* The range narrows another order than the one that was asked for. */
static void
take_sorted(struct choice *c, const struct sequence *q, struct filter *f,
	    const struct question *s, enum world_order by, bool descending)
{
	struct ranked *all =
		base_realloc(NULL, (size_t)(q->total + 1) * sizeof(*all));
	int64_t count = 0;

	for (int64_t p = 0; p < q->total; p++) {
		struct world_row row = sequence_at(q, p);
		int64_t rank = rank_now(q->overlay, by, &row);

		if (filter_passes(f, &row))
			all[count++] =
				(struct ranked){ descending ? -rank : rank,
						 row };
	}
	take_ranked(c, all, count, s);
	free(all);
}

/* Which order's range to walk: the one that leaves the fewest rows. */
static enum world_order
narrowest(const struct overlay *o, const struct filter *f,
	  enum world_order wanted)
{
	enum world_order best = wanted;
	int64_t fewest = -1;

	for (int by = WORLD_UPDATED; by <= WORLD_CREATED; by++) {
		struct sequence q;

		sequence_init(&q, o, f, (enum world_order)by, false);
		int64_t total = q.total;
		sequence_free(&q);
		if (total < f->of->rows && (fewest < 0 || total < fewest)) {
			fewest = total;
			best = (enum world_order)by;
		}
	}
	return best;
}

static bool
is_among(const struct ranked *all, int64_t count, int64_t i)
{
	for (int64_t p = 0; p < count; p++)
		if (all[p].row.i == i)
			return true;
	return false;
}

/* An Id that is named twice is one row. */
static void
take_ids(struct choice *c, const struct overlay *o, struct filter *f,
	 const struct question *s, enum world_order by, bool descending)
{
	struct ranked *all =
		base_realloc(NULL, (f->ids->count + 1) * sizeof(*all));
	int64_t count = 0, i;

	for (size_t k = 0; k < f->ids->count; k++) {
		if (!world_find_id(f->of, f->ids->values[k], &i) ||
		    is_among(all, count, i))
			continue;
		const struct overlay_row *edit = overlay_find(o, f->of, i);
		struct world_row row = overlay_now(edit, f->of, i);
		if ((edit && edit->deleted) || !filter_passes(f, &row))
			continue;
		int64_t rank = rank_now(o, by, &row);
		all[count++] =
			(struct ranked){ descending ? -rank : rank, row };
	}
	take_ranked(c, all, count, s);
	free(all);
}

static void
take(struct choice *c, const struct overlay *o, struct filter *f,
     const struct question *s, enum world_order by, bool descending)
{
	struct sequence q;

	if (f->ids) {
		take_ids(c, o, f, s, by, descending);
		return;
	}
	enum world_order walk = is_plain(f, by) ? by : narrowest(o, f, by);
	sequence_init(&q, o, f, walk, walk == by && descending);
	if (is_plain(f, walk) && (walk == by || s->count))
		take_page(c, &q, s);
	else if (walk == by)
		take_passing(c, &q, f, s);
	else
		take_sorted(c, &q, f, s, by, descending);
	sequence_free(&q);
}

/* What has been changed lately is not seen yet: a row as it was, or not at
 * all. */
static void
see_late(const struct world *w, const struct overlay *o, struct filter *f,
	 struct overlay *seen)
{
	int64_t now_s = clock_now_us() / CLOCK_SECOND - w->late_s;

	seen->rows = base_realloc(NULL, (o->count + 1) * sizeof(*seen->rows));
	for (size_t k = 0; k < o->count; k++)
		if (o->rows[k].updated_s <= now_s)
			seen->rows[seen->count++] = o->rows[k];
	if (f->updated.high > now_s + 1)
		f->updated.high = now_s + 1;
}

/* Without ORDERBY lists come by name, transactions with the latest first. */
bool
choose(struct choice *c, const struct world *w, const struct overlay *o,
       const struct question *s, struct refusal *why)
{
	const struct world_entity *e = world_find(w, s->entity);
	enum world_order by = WORLD_UPDATED;
	bool descending = true;
	struct overlay seen = { 0 };
	struct pseudo_page page;
	struct filter f;

	*c = (struct choice){ .of = e };
	if (!e)
		return refuse_query(why,
				    "QueryValidationError: invalid context "
				    "declaration: %.*s",
				    SLICE_SHOWN(s->entity));
	if (!absent_pass(e, why))
		return false;
	if (e->entity->list) {
		by = WORLD_NAME;
		descending = false;
	}
	if (s->order.at) {
		descending = s->descending;
		if (!property_order(e, s->order, &by, why))
			return false;
	}
	if (!filter_read(&f, w, e, s, why)) {
		filter_free(&f);
		return false;
	}
	if (w->late_s)
		see_late(w, o, &f, &seen);
	pseudo_read(&page, &f, s);
	if (e->rows)
		take(c, w->late_s ? &seen : o, &f, &page.rest, by, descending);
	pseudo_insert(c, &page);
	overlay_free(&seen);
	filter_free(&f);
	return true;
}

void
choice_free(struct choice *c)
{
	free(c->rows);
	*c = (struct choice){ 0 };
}
