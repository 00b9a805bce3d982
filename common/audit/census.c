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
		if (!id_set_pass(&c->came, id))
			census_pass_add_missed(&c->pass, i);
	}
	for (size_t i = 0; i < c->page.count; i++) {
		struct slice id = known_rows_id(&c->page, i);

		if (!id_set_pass(&c->stored, id))
			census_pass_add_found(&c->pass,
					      c->page.rows[i].created_us, id);
	}
}

/* The rows of the part into c->page and their ids into c->came. */
static bool
read_rows(struct census *c, const struct part *part, bool *too_slow,
	  struct failure *why)
{
	c->page.count = c->page.text_len = 0;
	id_set_clear(&c->came);
	if (!census_calls_rows(c->calls, part->range, part->counted, &c->page,
			       too_slow, why))
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
read_and_count(struct census *c, struct part *part, bool *too_slow, bool *same,
	       struct failure *why)
{
	int64_t pages = c->calls->pages;

	*same = false;
	if (!read_rows(c, part, too_slow, why))
		return false;
	if (*too_slow)
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

static enum census_result
read_part(struct census *c, struct part *part, struct parts *parts,
	  struct failure *why)
{
	bool too_slow = false, same = false;
	int64_t middle_us;

	for (int i = 0; i < MOST_TRIES && !same && !too_slow; i++)
		if (!read_and_count(c, part, &too_slow, &same, why))
			return CENSUS_FAILED;
	if (same) {
		compare_ids(c, part);
		return CENSUS_DONE;
	}
	if (!too_slow || !find_middle(c, part, &middle_us))
		return give_up_part(c, part, why);
	return halve(c, part, middle_us, parts, why) ? CENSUS_DONE
						     : CENSUS_FAILED;
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
		bool in_table = census_output_withdraw(c->output, id);

		known_rows_add(&c->known, found->rows[i].created_us, id,
			       in_table);
	}
	known_rows_sort(&c->known);
}

static enum census_result
take_pass(struct census *c, struct time_range range, int64_t counted,
	  struct failure *why)
{
	struct parts parts = { .count = 0 };

	census_pass_begin(&c->pass);
	add_part(c, &parts, range, counted);
	while (parts.count) {
		struct part part = parts.waiting[--parts.count];
		enum census_result result = take_part(c, &part, &parts, why);

		if (result)
			return result;
	}
	if (!census_pass_confirm(&c->pass, &c->known, range, c->calls,
				 c->output, why))
		return CENSUS_FAILED;
	end_pass(c);
	return CENSUS_DONE;
}

/* A table that was emptied by hand: its ids would fill the screen. */
static enum census_result
give_up_table(const struct census *c, int64_t counted, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "%s: the load log says that all was loaded, but QuickBooks has "
	     "%" PRId64 " rows that were created in the range, and the table "
	     "%zu",
	     c->calls->entity->name, counted, c->known.count);
	return CENSUS_GIVEN_UP;
}

enum census_result
census_take(struct census *c, struct time_range range, struct failure *why)
{
	for (int pass = 1;; pass++) {
		int64_t counted, known = (int64_t)c->known.count;

		if (!census_calls_count(c->calls, range, &counted, why))
			return CENSUS_FAILED;
		if (counted == known && (pass > 1 || !c->thorough))
			return CENSUS_DONE;
		if (counted - known > CENSUS_MOST_MISSING)
			return give_up_table(c, counted, why);
		if (pass > MOST_PASSES)
			break;
		enum census_result result = take_pass(c, range, counted, why);
		if (result)
			return result;
	}
	fail(why, FAILURE_LATER,
	     "%s: rows are being deleted while they are counted",
	     c->calls->entity->name);
	return CENSUS_GIVEN_UP;
}
