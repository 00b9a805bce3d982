#include "audit/census_pass.h"
#include "base/clock.h"

void
census_pass_init(struct census_pass *p)
{
	*p = (struct census_pass){ 0 };
	known_rows_init(&p->found);
	id_set_init(&p->found_ids);
}

void
census_pass_free(struct census_pass *p)
{
	free(p->missed);
	known_rows_free(&p->found);
	id_set_free(&p->found_ids);
	census_pass_init(p);
}

void
census_pass_begin(struct census_pass *p)
{
	p->missed_count = p->confirmed = 0;
	p->found.count = p->found.text_len = 0;
	id_set_clear(&p->found_ids);
}

void
census_pass_add_missed(struct census_pass *p, size_t i)
{
	if (p->missed_count == p->missed_room) {
		p->missed_room = p->missed_room ? 2 * p->missed_room : 64;
		p->missed = base_realloc(p->missed,
					 p->missed_room * sizeof(*p->missed));
	}
	p->missed[p->missed_count++] = i;
}

void
census_pass_add_found(struct census_pass *p, int64_t created_us,
		      struct slice id, enum known_row_is is)
{
	if (!id.len || id_set_mark(&p->found_ids, id, 1) == ID_SET_NEW)
		known_rows_add(&p->found, created_us, id, is);
}

static const struct response_row *
find_row(const struct query_response *page, struct slice id)
{
	for (size_t i = 0; i < page->row_count; i++)
		if (slice_equal(page->rows[i].id, id))
			return &page->rows[i];
	return NULL;
}

struct confirmation {
	struct census_pass *pass;
	struct known_rows *known;
	struct time_range range;
	struct census_calls *calls;
	struct census_output *output;
};

/* It is there after all.  If it was created at another time than the table
 * says, the table has it wrong. */
static void
take_present(const struct confirmation *c, struct known_row *known,
	     const struct response_row *row)
{
	int64_t created_us;

	if (!row->created.at || !clock_parse(row->created, &created_us) ||
	    created_us == known->created_us)
		return;
	known->dropped = true;
	if (created_us >= c->range.start_us && created_us < c->range.end_us)
		census_pass_add_found(c->pass, created_us, row->id,
				      census_calls_unknown(c->calls, row));
}

static bool
take_answer(const struct confirmation *c, const size_t *missed, size_t count,
	    struct failure *why)
{
	const struct query_response *page = &c->calls->call.response;
	int64_t at_us;

	if (!page->time.at || !clock_parse(page->time, &at_us))
		return fail(why, FAILURE_DATA,
			    "%s: a response of QuickBooks without its time",
			    c->calls->entity->name);
	for (size_t i = 0; i < count; i++) {
		struct known_row *known = &c->known->rows[missed[i]];
		struct slice id = known_rows_id(c->known, missed[i]);
		const struct response_row *row = find_row(page, id);

		if (row) {
			take_present(c, known, row);
			continue;
		}
		known->dropped = true;
		if (known->is == KNOWN_IN_TABLE &&
		    !census_output_add(c->output, known->created_us, id,
				       page->time, (struct slice){ 0 }, why))
			return false;
	}
	return true;
}

/* A transient error may be that of all requests: a count tells. */
static bool
answers_others(const struct confirmation *c, int64_t created_us,
	       struct failure *why)
{
	struct time_range range = { created_us, created_us + CLOCK_SECOND };
	int64_t count;

	return c->calls->unreadable_why.kind != FAILURE_LATER ||
	       census_calls_count(c->calls, range, &count, why);
}

/* QuickBooks returns nothing for an id that it does not have: so it has a row
 * that makes the page fail. */
static bool
take_unreadable(const struct confirmation *c, size_t missed,
		struct failure *why)
{
	size_t unreadable = 0;

	if (!answers_others(c, c->known->rows[missed].created_us, why))
		return false;
	c->known->rows[missed].unreadable = true;
	for (size_t i = 0; i < c->known->count; i++)
		unreadable += c->known->rows[i].unreadable;
	if (unreadable <= CENSUS_MOST_UNREADABLE)
		return true;
	*why = c->calls->unreadable_why;
	return fail_in(why, "%s", c->calls->entity->name);
}

static bool
ask(const struct confirmation *c, const size_t *missed, size_t count,
    enum census_page *page, struct failure *why)
{
	struct slice ids[QUERY_MOST_IDS];

	for (size_t i = 0; i < count; i++)
		ids[i] = known_rows_id(c->known, missed[i]);
	if (!census_calls_ids(c->calls, ids, count, page, why))
		return false;
	if (*page == CENSUS_PAGE_CAME)
		return take_answer(c, missed, count, why);
	if (count > 1)
		return true;
	if (*page == CENSUS_PAGE_UNREADABLE)
		return take_unreadable(c, *missed, why);
	return fail(why, FAILURE_LATER, "%s: Id %.*s takes QuickBooks too long",
		    c->calls->entity->name, SLICE_SHOWN(ids[0]));
}

/* As many at once as QuickBooks is fast enough for; around a row that it cannot
 * return, fewer, and then more again. */
bool
census_pass_confirm(struct census_pass *p, struct known_rows *known,
		    struct time_range range, struct census_calls *calls,
		    struct census_output *output, struct failure *why)
{
	const struct confirmation c = { p, known, range, calls, output };
	size_t fast_enough = QUERY_MOST_IDS, most = QUERY_MOST_IDS;
	enum census_page page = CENSUS_PAGE_CAME;

	while (p->confirmed < p->missed_count) {
		size_t left = p->missed_count - p->confirmed;
		size_t count = left < most ? left : most;

		if (!ask(&c, p->missed + p->confirmed, count, &page, why))
			return false;
		if (page == CENSUS_PAGE_CAME || count == 1) {
			p->confirmed += count;
			most = 2 * count < fast_enough ? 2 * count
						       : fast_enough;
			continue;
		}
		most = count / 2;
		if (page == CENSUS_PAGE_TOO_SLOW)
			fast_enough = most;
	}
	return true;
}
