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
	p->missed_count = 0;
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
		      struct slice id)
{
	if (id_set_mark(&p->found_ids, id, 1) == ID_SET_NEW)
		known_rows_add(&p->found, created_us, id, false);
}

static const struct response_row *
find_row(const struct query_response *page, struct slice id)
{
	for (size_t i = 0; i < page->row_count; i++)
		if (slice_equal(page->rows[i].id, id))
			return &page->rows[i];
	return NULL;
}

/* It is there after all.  If it was created at another time than the table
 * says, the table has it wrong. */
static void
take_present(struct census_pass *p, struct known_row *known,
	     const struct response_row *row, struct time_range range)
{
	int64_t created_us;

	if (!row->created.at || !clock_parse(row->created, &created_us) ||
	    created_us == known->created_us)
		return;
	known->dropped = true;
	if (created_us >= range.start_us && created_us < range.end_us)
		census_pass_add_found(p, created_us, row->id);
}

struct confirmation {
	struct census_pass *pass;
	struct known_rows *known;
	struct time_range range;
	struct census_calls *calls;
	struct census_output *output;
};

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
			take_present(c->pass, known, row, c->range);
			continue;
		}
		known->dropped = true;
		if (known->in_table &&
		    !census_output_add(c->output, id, page->time, why))
			return false;
	}
	return true;
}

/* The next ids, at most `most`; how many of them are done, 0 where they were
 * too many for one call. */
static bool
ask(const struct confirmation *c, const size_t *missed, size_t count,
    size_t *done, struct failure *why)
{
	struct slice ids[CENSUS_MOST_IDS];
	bool too_slow;

	for (size_t i = 0; i < count; i++)
		ids[i] = known_rows_id(c->known, missed[i]);
	if (!census_calls_ids(c->calls, ids, count, &too_slow, why))
		return false;
	*done = too_slow ? 0 : count;
	if (too_slow && count == 1)
		return fail(why, FAILURE_LATER,
			    "%s: Id %.*s takes QuickBooks too long",
			    c->calls->entity->name, SLICE_SHOWN(ids[0]));
	return too_slow || take_answer(c, missed, count, why);
}

bool
census_pass_confirm(struct census_pass *p, struct known_rows *known,
		    struct time_range range, struct census_calls *calls,
		    struct census_output *output, struct failure *why)
{
	const struct confirmation c = { p, known, range, calls, output };
	size_t most = CENSUS_MOST_IDS, done;

	for (size_t at = 0; at < p->missed_count; at += done) {
		size_t left = p->missed_count - at;
		size_t count = left < most ? left : most;

		if (!ask(&c, p->missed + at, count, &done, why))
			return false;
		if (!done)
			most = count / 2;
	}
	return true;
}
