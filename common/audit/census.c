#include "audit/census.h"
#include "base/clock.h"

/* Each halving leaves one half waiting: by the rows that are known, or by time,
 * neither of which can be halved 64 times. */
enum { MOST_WAITING = 128, MOST_TRIES = 3, MOST_PASSES = 3 };

/* A part of the range, and how many rows QuickBooks has there. */
struct part {
	struct time_range range;
	int64_t counted;
	size_t first, end; /* the known rows */
};

struct parts {
	struct part waiting[MOST_WAITING]; /* next one last */
	size_t count;
};

void
census_init(struct census *c)
{
	*c = (struct census){ 0 };
	known_rows_init(&c->known);
	known_rows_init(&c->page);
	census_pass_init(&c->pass);
	id_set_init(&c->came);
	id_set_init(&c->stored);
}

void
census_free(struct census *c)
{
	known_rows_free(&c->known);
	known_rows_free(&c->page);
	census_pass_free(&c->pass);
	id_set_free(&c->came);
	id_set_free(&c->stored);
}

/* --- parts ---------------------------------------------------------------- */

static void
add_part(const struct census *c, struct parts *parts, struct time_range range,
	 int64_t counted)
{
	struct part *part = &parts->waiting[parts->count++];

	if (parts->count > MOST_WAITING)
		BUG("a range that can be halved without end");
	*part = (struct part){ .range = range, .counted = counted };
	known_rows_find(&c->known, range, &part->first, &part->end);
}

static int64_t
floor_second(int64_t at_us)
{
	int64_t rest = at_us % CLOCK_SECOND;

	return at_us - rest - (rest < 0 ? CLOCK_SECOND : 0);
}

/* Where to halve: in the middle of the known rows, if these are most of them.
 * False: no whole second lies within. */
static bool
find_middle(const struct census *c, const struct part *part, int64_t *middle_us)
{
	struct time_range range = part->range;
	int64_t first_us = floor_second(range.start_us) + CLOCK_SECOND;
	int64_t last_us = floor_second(range.end_us - 1);
	size_t known = part->end - part->first;

	if (first_us > last_us)
		return false;
	if (known && part->counted / 2 <= (int64_t)known)
		*middle_us = c->known.rows[part->first + known / 2].created_us;
	else
		*middle_us =
			range.start_us + (range.end_us - range.start_us) / 2;
	*middle_us = floor_second(*middle_us);
	if (*middle_us < first_us)
		*middle_us = first_us;
	if (*middle_us > last_us)
		*middle_us = last_us;
	return true;
}

/* Count the first half: the other one has the rest. */
static bool
halve(struct census *c, const struct part *part, int64_t middle_us,
      struct parts *parts, struct failure *why)
{
	struct time_range left = { part->range.start_us, middle_us };
	struct time_range right = { middle_us, part->range.end_us };
	int64_t counted;

	if (!census_calls_count(c->calls, left, &counted, why))
		return false;
	/* rows were deleted since the whole was counted: nothing is negative */
	add_part(c, parts, right,
		 part->counted > counted ? part->counted - counted : 0);
	add_part(c, parts, left, counted);
	return true;
}

/* --- a part that is small ------------------------------------------------- */

static void
compare_ids(struct census *c, const struct part *part)
{
	id_set_clear(&c->stored);
	for (size_t i = part->first; i < part->end; i++) {
		struct slice id = known_rows_id(&c->known, i);

		(void)id_set_mark(&c->stored, id, 1);
		if (!id.len) /* it can be returned now, and so came */
			c->known.rows[i].dropped = true;
		else if (!id_set_pass(&c->came, id))
			census_pass_add_missed(&c->pass, i);
	}
	for (size_t i = 0; i < c->page.count; i++) {
		struct slice id = known_rows_id(&c->page, i);

		if (!id_set_pass(&c->stored, id))
			census_pass_add_found(&c->pass,
					      c->page.rows[i].created_us, id,
					      c->page.rows[i].is);
	}
}

/* The rows of the part into c->page and their ids into c->came. */
static bool
read_rows(struct census *c, const struct part *part, enum census_page *page,
	  struct failure *why)
{
	c->page.count = c->page.text_len = 0;
	id_set_clear(&c->came);
	if (!census_calls_rows(c->calls, part->range, part->counted, &c->page,
			       page, why))
		return false;
	for (size_t i = 0; i < c->page.count; i++)
		(void)id_set_mark(&c->came, known_rows_id(&c->page, i), 1);
	return true;
}

static enum census_result
give_up_part(const struct census *c, const struct part *part,
	     struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(part->range.start_us, start);
	clock_format(part->range.end_us, end);
	fail(why, FAILURE_LATER,
	     "%s %s to %s: QuickBooks counts %" PRId64
	     " rows and returns %zu, %d times",
	     c->calls->entity->name, start, end, part->counted, c->came.count,
	     MOST_TRIES);
	return CENSUS_GIVEN_UP;
}

/* One page is as of one moment: then the count may be made after it. */
static bool
is_one_page(const struct census *c, int64_t pages_before)
{
	int64_t pages = c->calls->pages - pages_before;

	return pages == 1 || (pages == 2 && !c->calls->call.response.row_count);
}

/* `*same`: QuickBooks counts as many rows as it returned. */
static bool
read_and_count(struct census *c, struct part *part, enum census_page *page,
	       bool *same, struct failure *why)
{
	int64_t pages = c->calls->pages;

	*same = false;
	if (!read_rows(c, part, page, why))
		return false;
	if (*page != CENSUS_PAGE_CAME)
		return true;
	*same = (int64_t)c->came.count == part->counted;
	if (*same)
		return true;
	bool one_page = is_one_page(c, pages);
	if (!census_calls_count(c->calls, part->range, &part->counted, why))
		return false;
	*same = one_page && (int64_t)c->came.count == part->counted;
	return true;
}

/* A second in which a row lies that QuickBooks cannot return: known rows are
 * asked for by their ids, and what is counted beside them is not known. */
static enum census_result
ask_for_known(struct census *c, struct part *part, struct failure *why)
{
	int64_t unknown;

	if (!census_calls_count(c->calls, part->range, &unknown, why))
		return CENSUS_FAILED;
	for (size_t i = part->first; i < part->end; i++)
		if (c->known.rows[i].id_len)
			census_pass_add_missed(&c->pass, i);
		else
			c->known.rows[i].dropped = true;
	if (!census_pass_confirm(&c->pass, &c->known, c->range, c->calls,
				 c->output, why))
		return CENSUS_FAILED;
	for (size_t i = part->first; i < part->end; i++)
		unknown -= !c->known.rows[i].dropped;
	if (unknown > CENSUS_MOST_UNREADABLE) {
		*why = c->calls->unreadable_why;
		fail_in(why, "%s", c->calls->entity->name);
		return CENSUS_FAILED;
	}
	for (; unknown > 0; unknown--)
		census_pass_add_found(&c->pass, part->range.start_us,
				      (struct slice){ "", 0 },
				      KNOWN_UNREADABLE);
	return CENSUS_DONE;
}

static enum census_result
read_part(struct census *c, struct part *part, struct parts *parts,
	  struct failure *why)
{
	enum census_page page = CENSUS_PAGE_CAME;
	bool same = false;
	int64_t middle_us;

	for (int i = 0; i < MOST_TRIES && !same && page == CENSUS_PAGE_CAME;
	     i++)
		if (!read_and_count(c, part, &page, &same, why))
			return CENSUS_FAILED;
	if (same) {
		compare_ids(c, part);
		return CENSUS_DONE;
	}
	if (page == CENSUS_PAGE_CAME)
		return give_up_part(c, part, why);
	if (find_middle(c, part, &middle_us))
		return halve(c, part, middle_us, parts, why) ? CENSUS_DONE
							     : CENSUS_FAILED;
	return page == CENSUS_PAGE_UNREADABLE ? ask_for_known(c, part, why)
					      : give_up_part(c, part, why);
}

static enum census_result
take_part(struct census *c, struct part *part, struct parts *parts,
	  struct failure *why)
{
	int64_t middle_us;

	if (part->counted == (int64_t)(part->end - part->first) && !c->thorough)
		return CENSUS_DONE;
	if (part->counted <= QUERY_MOST_ROWS ||
	    !find_middle(c, part, &middle_us))
		return read_part(c, part, parts, why);
	return halve(c, part, middle_us, parts, why) ? CENSUS_DONE
						     : CENSUS_FAILED;
}

/* --- passes --------------------------------------------------------------- */

/* From now on, what QuickBooks is known to have.  What was gone in an earlier
 * pass and is there now is a row of the table again. */
static void
end_pass(struct census *c)
{
	const struct known_rows *found = &c->pass.found;

	known_rows_sweep(&c->known);
	for (size_t i = 0; i < found->count; i++) {
		struct slice id = known_rows_id(found, i);
		bool withdrawn = census_output_withdraw(c->output, id);

		known_rows_add(&c->known, found->rows[i].created_us, id,
			       withdrawn ? KNOWN_IN_TABLE : found->rows[i].is);
	}
	known_rows_sort(&c->known);
}

static enum census_result
take_pass(struct census *c, int64_t counted, struct failure *why)
{
	struct parts parts = { .count = 0 };

	census_pass_begin(&c->pass);
	add_part(c, &parts, c->range, counted);
	while (parts.count) {
		struct part part = parts.waiting[--parts.count];
		enum census_result result = take_part(c, &part, &parts, why);

		if (result)
			return result;
	}
	if (!census_pass_confirm(&c->pass, &c->known, c->range, c->calls,
				 c->output, why))
		return CENSUS_FAILED;
	end_pass(c);
	return CENSUS_DONE;
}

/* How many of the rows that QuickBooks counts were changed after the last load.
 */
static bool
count_later(struct census *c, int64_t *later, struct failure *why)
{
	struct census_calls *calls = c->calls;
	int64_t from_us = calls->changed_from_us;

	if (calls->loaded_until_us > from_us)
		calls->changed_from_us = calls->loaded_until_us;
	bool done = census_calls_count(calls, c->range, later, why);
	calls->changed_from_us = from_us;
	return done;
}

/* A table that was emptied by hand, or one that is behind: its ids would fill
 * the screen. */
static enum census_result
give_up_table(struct census *c, int64_t counted, struct failure *why)
{
	const char *name = c->calls->entity->name;
	int64_t known = (int64_t)c->known.count, later = 0;

	if (known && c->calls->loaded_until_us != INT64_MAX &&
	    !count_later(c, &later, why))
		return CENSUS_FAILED;
	c->outdated = counted - known - later <= CENSUS_MOST_MISSING;
	if (c->outdated)
		fail(why, FAILURE_LATER,
		     "%s: %" PRId64
		     " rows were changed since the table was loaded, too many "
		     "to be told from those that are missing",
		     name, later);
	else
		fail(why, FAILURE_LATER,
		     "%s: the load log says that all was loaded, but "
		     "QuickBooks has %" PRId64
		     " rows that were created in the range, and the table "
		     "%" PRId64,
		     name, counted, known);
	return CENSUS_GIVEN_UP;
}

enum census_result
census_take(struct census *c, struct time_range range, struct failure *why)
{
	c->range = range;
	for (int pass = 1;; pass++) {
		int64_t counted, known = (int64_t)c->known.count;

		if (!census_calls_count(c->calls, range, &counted, why))
			return CENSUS_FAILED;
		if (counted == known && (pass > 1 || !c->thorough))
			return CENSUS_DONE;
		if (counted - known > CENSUS_MOST_MISSING && !c->may_lack)
			return give_up_table(c, counted, why);
		if (pass > MOST_PASSES)
			break;
		enum census_result result = take_pass(c, counted, why);
		if (result)
			return result;
	}
	fail(why, FAILURE_LATER,
	     "%s: rows are being deleted or changed while they are counted",
	     c->calls->entity->name);
	return CENSUS_GIVEN_UP;
}
