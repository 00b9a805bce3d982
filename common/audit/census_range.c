#include "audit/census_range.h"
#include "audit/census_coverage.h"
#include "audit/live_rows.h"
#include "base/clock.h"
#include "base/command_text.h"
#include "base/log.h"

/* Rows that are counted together: those that were created in the range, and
 * changed from some time on, if that is not 0. */
struct piece {
	struct time_range range;
	bool older; /* those in the table that were created before it, too */
	int64_t changed_from_us;
};

/* --- what is loaded ------------------------------------------------------- */

static void
warn_of_end(const struct window *window, int64_t end_us)
{
	char end[CLOCK_TEXT];

	if (end_us >= window->end_us - CLOCK_DAY)
		return;
	clock_format(end_us, end);
	log_warn("%s: the range ends at %s, since nothing later is loaded",
		 window->entity->name, end);
}

/* Rows that were changed after windows by `updated` begin, and created before,
 * are counted with those created since in one call: both were changed since. */
static size_t
divide(const struct census_coverage *covered, struct time_range range,
       struct piece pieces[2])
{
	int64_t changed_us = census_coverage_changed_from(covered, range);

	pieces[0] = pieces[1] = (struct piece){ .range = range };
	if (!changed_us)
		return 1;
	pieces[0].older = true;
	pieces[0].changed_from_us = changed_us;
	if (changed_us == range.start_us)
		return 1;
	pieces[0].range.end_us = range.start_us; /* empty so far */
	return 2;
}

static enum census_result
check_coverage(struct census_range *r, struct window *window,
	       struct piece pieces[2], size_t *count, struct failure *why)
{
	struct time_range range = { window->start_us, window->end_us };
	enum census_result result = CENSUS_FAILED;
	struct census_coverage covered;
	struct time_range missing;

	census_coverage_init(&covered);
	if (!census_coverage_read(&covered, r->ledger, window->entity,
				  r->settle_ms, why))
		goto out;
	result = CENSUS_GIVEN_UP;
	if (census_coverage_apply(&covered, &range, &missing)) {
		census_fail_uncovered(&r->advice, missing, why);
		goto out;
	}
	result = CENSUS_DONE;
	warn_of_end(window, range.end_us);
	window->end_us = range.end_us;
	r->calls->loaded_until_us = census_coverage_loaded_until(&covered);
	*count = divide(&covered, range, pieces);
out:
	census_coverage_free(&covered);
	return result;
}

/* --- what is counted ------------------------------------------------------ */

static void
advise(const struct census_range *r, const struct census *census,
       const struct piece *piece, struct failure *why)
{
	if (why->next[0])
		return;
	if (census->outdated)
		census_advise_load(&r->advice, r->calls->loaded_until_us, why);
	else
		census_advise_reload(&r->advice, piece->range,
				     piece->changed_from_us, why);
}

/* What is wrong with one piece is told at the end; with both, as it comes. */
static void
note_missing(struct census_range *r, const struct census *census)
{
	struct failure missing = { 0 };

	if (r->may_lack ||
	    census_require_all(&r->advice, &census->known, &missing))
		return;
	log_failure(&r->missing);
	r->missing = missing;
}

/* The rows of the table into census->known.  A piece of older rows begins with
 * the first that the table has: what else QuickBooks has is no deleted row. */
static bool
read_table(struct census_range *r, struct piece *piece, struct census *census,
	   struct failure *why)
{
	struct time_range range = piece->range;

	if (piece->older)
		range.start_us = 0;
	if (!live_rows_read(r->ledger, r->advice.entity, range,
			    piece->changed_from_us, &census->known, why))
		return false;
	if (piece->older && census->known.count) {
		int64_t first_us = command_text_second(
			census->known.rows[0].created_us, false);

		if (first_us < piece->range.start_us)
			piece->range.start_us = first_us;
	}
	return true;
}

/* Of older rows the table has none. */
static bool
is_empty(const struct piece *piece)
{
	return piece->range.start_us == piece->range.end_us;
}

/* The table is read before QuickBooks counts: what is deleted meanwhile is then
 * a difference, and what is loaded meanwhile cannot seem to be gone. */
static enum census_result
count_piece(struct census_range *r, struct piece *piece, struct failure *why)
{
	enum census_result result = CENSUS_FAILED;
	struct census census;

	census_init(&census);
	census.calls = r->calls;
	census.output = r->output;
	census.thorough = r->thorough;
	census.may_lack = r->may_lack;
	r->calls->changed_from_us = piece->changed_from_us;
	if (read_table(r, piece, &census, why))
		result = is_empty(piece)
				 ? CENSUS_DONE
				 : census_take(&census, piece->range, why);
	if (result == CENSUS_GIVEN_UP)
		advise(r, &census, piece, why);
	if (!result) {
		note_missing(r, &census);
		census_tell_unreadable(&r->advice, &census.known,
				       &r->calls->unreadable_why);
		r->rows += (int64_t)census.known.count;
	}
	census_free(&census);
	return result;
}

/* --- what is said --------------------------------------------------------- */

/* A row that was created before the range and is gone lies in the window, too.
 */
static bool
seal(struct census_range *r, struct window *window, int64_t calls,
     struct failure *why)
{
	struct time_range span;
	int64_t gone;

	if (census_output_span(r->output, &span) &&
	    span.start_us < window->start_us)
		window->start_us = span.start_us;
	window->provisional = r->missing.kind;
	if (!census_output_seal(r->output, window, r->calls->pages, calls,
				&gone, why))
		return false;
	log_info("counted entity=%s rows=%" PRId64 " gone=%" PRId64
		 " calls=%" PRId64,
		 window->entity->name, r->rows, gone, calls);
	return true;
}

enum census_result
census_range_count(struct census_range *r, struct window *window,
		   struct failure *why)
{
	int64_t calls = qbo_client_calls(r->calls->qbo);
	enum census_result result;
	struct piece pieces[2];
	size_t count;

	r->advice.entity = r->calls->entity = window->entity;
	r->calls->pages = r->rows = 0;
	r->missing = (struct failure){ 0 };
	result = check_coverage(r, window, pieces, &count, why);
	if (result)
		return result;
	census_output_begin(r->output);
	for (size_t i = 0; i < count && !result; i++)
		result = count_piece(r, &pieces[i], why);
	if (!result &&
	    !seal(r, window, qbo_client_calls(r->calls->qbo) - calls, why))
		return CENSUS_FAILED;
	if (result || !r->missing.kind)
		return result;
	*why = r->missing;
	return CENSUS_GIVEN_UP;
}
