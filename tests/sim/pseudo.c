#include "pseudo.h"
#include "base/clock.h"
#include "pen.h"

/* 2014-10-15T11:28:33-07:00, as in Intuit's sample. */
enum { SAMPLE_S = 1413397713 };

static const char *const ids[PSEUDO_ROWS] = { "TAX", "NON" };

bool
pseudo_has(const struct world *w, const struct world_entity *e)
{
	return w->pseudo != WORLD_NO_PSEUDO &&
	       !strcmp(e->entity->name, "TaxCode");
}

bool
pseudo_is(const struct world_entity *e, int64_t i)
{
	return i >= e->rows;
}

struct world_row
pseudo_row(const struct world *w, const struct world_entity *e, int64_t i)
{
	return (struct world_row){ .of = e,
				   .i = i,
				   .updated_s = w->pseudo == WORLD_PSEUDO_NOW
							? clock_now_us() /
								  CLOCK_SECOND
							: SAMPLE_S,
				   .active = true };
}

bool
pseudo_find(const struct world *w, const struct world_entity *e,
	    struct slice id, int64_t *i)
{
	for (int64_t k = 0; pseudo_has(w, e) && k < PSEUDO_ROWS; k++)
		if (slice_is(id, ids[k])) {
			*i = e->rows + k;
			return true;
		}
	return false;
}

const char *
pseudo_id(const struct world_row *row)
{
	return ids[row->i - row->of->rows];
}

void
pseudo_write(struct buf *to, const struct world_row *row)
{
	const char *id = pseudo_id(row);

	pen_format(to,
		   "{\"Name\":\"%s\",\"Description\":\"%s\",\"Taxable\":%s,"
		   "\"TaxGroup\":false,\"Id\":\"%s\","
		   "\"MetaData\":{\"CreateTime\":\"",
		   id, id, strcmp(id, "TAX") ? "false" : "true", id);
	pen_time(to, row->updated_s);
	pen_text(to, "\",\"LastUpdatedTime\":\"");
	pen_time(to, row->updated_s);
	pen_text(to, "\"}}");
}

static bool
within(const struct filter_range *range, int64_t at_s)
{
	return at_s >= range->low && at_s < range->high;
}

/* A row without Active is neither active nor inactive. */
static bool
passes(const struct filter *f, const struct world_row *row)
{
	if (!f->world->pseudo_unfiltered &&
	    (f->active_asked || !within(&f->updated, row->updated_s) ||
	     !within(&f->created, row->updated_s)))
		return false;
	for (size_t i = 0; i < f->count; i++)
		if ((f->tests[i].property != FILTER_ID &&
		     f->tests[i].property != FILTER_NAME) ||
		    !filter_matches(&f->tests[i], slice_of(pseudo_id(row))))
			return false;
	return true;
}

void
pseudo_read(struct pseudo_page *p, const struct filter *f,
	    const struct question *s)
{
	size_t before = (size_t)(s->start - 1); /* not negative */

	p->rest = *s;
	p->passing = p->from = p->shown = 0;
	for (int64_t k = 0; pseudo_has(f->world, f->of) && k < PSEUDO_ROWS;
	     k++) {
		struct world_row row =
			pseudo_row(f->world, f->of, f->of->rows + k);

		if (passes(f, &row))
			p->rows[p->passing++] = row;
	}
	p->from = before < p->passing ? before : p->passing;
	if (!s->count)
		p->shown = p->passing - p->from;
	if ((int64_t)p->shown > s->most)
		p->shown = (size_t)s->most;
	p->rest.start -= (int64_t)p->from;
	p->rest.most -= (int64_t)p->shown;
	p->rest.count = s->count || !p->rest.most;
}

void
pseudo_insert(struct choice *c, const struct pseudo_page *p)
{
	c->count += (int64_t)p->passing;
	if (!p->shown)
		return;
	c->rows = base_realloc(c->rows,
			       (c->row_count + p->shown) * sizeof(*c->rows));
	memmove(c->rows + p->shown, c->rows, c->row_count * sizeof(*c->rows));
	memcpy(c->rows, p->rows + p->from, p->shown * sizeof(*c->rows));
	c->row_count += p->shown;
}
