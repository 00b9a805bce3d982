#include <stdarg.h>

#include "check/proof.h"

void
proof_init(struct proof *p)
{
	*p = (struct proof){ .whole = { .rows = -1 } };
	time_ranges_init(&p->covered);
	time_ranges_init(&p->archived);
	suspects_init(&p->reload);
}

void
proof_free(struct proof *p)
{
	time_ranges_free(&p->covered);
	time_ranges_free(&p->archived);
	suspects_free(&p->reload);
}

void
proof_add_finding(struct proof *p, enum failure_kind kind, const char *fmt, ...)
{
	va_list args;

	/* Running again does not repair damage, so it outweighs the rest. */
	if (kind == FAILURE_DATA || (kind && !p->verdict))
		p->verdict = kind;
	if (p->finding_count == PROOF_MOST_FINDINGS) {
		p->more_findings++;
		return;
	}
	struct proof_finding *found = &p->findings[p->finding_count++];
	found->kind = kind;
	va_start(args, fmt);
	vsnprintf(found->text, sizeof(found->text), fmt, args);
	va_end(args);
}

void
proof_add_range(struct proof *p, enum failure_kind kind, const char *what,
		struct time_range range)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(range.start_us, start);
	clock_format(range.end_us, end);
	proof_add_finding(p, kind, "%s: %s to %s", what, start, end);
}

void
proof_add_window(struct proof *p, const struct proof_totals *t,
		 struct time_range range)
{
	struct proof_totals *sum = &p->loaded;

	if (t->rows != t->inserted + t->updated + t->unchanged + t->stale +
			       t->rejected + t->deleted)
		proof_add_range(p, FAILURE_DATA,
				"the load log is damaged, rows do not "
				"add up",
				range);
	sum->windows++;
	sum->rows += t->rows;
	sum->inserted += t->inserted;
	sum->updated += t->updated;
	sum->unchanged += t->unchanged;
	sum->stale += t->stale;
	sum->rejected += t->rejected;
	sum->deleted += t->deleted;
	sum->dropped += t->dropped;
}

static void
add_gaps(struct proof *p, const struct time_ranges *cover, const char *what)
{
	struct time_range rest = p->range, gap;

	while (rest.start_us < rest.end_us &&
	       time_ranges_gap(cover, rest, &gap)) {
		proof_add_range(p, FAILURE_LATER, what, gap);
		rest.start_us = gap.end_us;
	}
}

static void
add_all_gaps(struct proof *p)
{
	if (p->no_day) {
		proof_add_finding(p, FAILURE_NONE,
				  "no day of the range is over");
		return;
	}
	add_gaps(p, &p->covered, "not loaded");
	if (p->with_archive)
		add_gaps(p, &p->archived, "not archived");
}

bool
proof_missing_rejected(const struct proof *p)
{
	return p->missing && p->missing <= p->loaded.rejected;
}

/*
 * By LastUpdatedTime, rows leave a range of the past and none enters it: the
 * table may hold more rows than QuickBooks counts now, never less.  By TxnDate
 * rows can enter; then the table is behind.
 */
static void
compare_counts(struct proof *p)
{
	int64_t short_by = p->counted - p->in_range;

	p->missing =
		short_by > p->loaded.dropped ? short_by - p->loaded.dropped : 0;
	if (proof_missing_rejected(p))
		proof_add_finding(p, FAILURE_DATA,
				  "%" PRId64
				  " rows are missing in the table: %" PRId64
				  " were rejected",
				  p->missing, p->loaded.rejected);
	else if (p->missing)
		proof_add_finding(p, FAILURE_LATER,
				  "%" PRId64 " rows are missing in the table",
				  p->missing);
	else if (short_by > 0)
		proof_add_finding(p, FAILURE_NONE,
				  "%" PRId64
				  " rows are not in the table: %" PRId64
				  " were dropped by qb-stamp --jq",
				  short_by, p->loaded.dropped);
	else if (short_by < 0)
		proof_add_finding(p, FAILURE_NONE,
				  "%" PRId64
				  " rows in the table have left the range "
				  "at QuickBooks: changed or deleted since",
				  -short_by);
}

/* The table has what the last reading found, no row less and none more: what
 * is gone was told by it.  That is the proof; what QuickBooks counts now only
 * tells whether it is still so. */
static void
compare_whole(struct proof *p)
{
	const struct proof_whole *w = &p->whole;
	int64_t short_by = w->rows - p->in_range;

	p->missing = short_by > w->dropped ? short_by - w->dropped : 0;
	if (p->missing && p->missing <= w->rejected)
		proof_add_finding(p, FAILURE_DATA,
				  "%" PRId64
				  " rows are missing in the table: %" PRId64
				  " were rejected",
				  p->missing, w->rejected);
	else if (p->missing)
		proof_add_finding(p, FAILURE_LATER,
				  "%" PRId64 " rows of the last reading are "
				  "missing in the table",
				  p->missing);
	else if (short_by > 0)
		proof_add_finding(p, FAILURE_NONE,
				  "%" PRId64
				  " rows are not in the table: %" PRId64
				  " were dropped by qb-stamp --jq",
				  short_by, w->dropped);
	else if (short_by < 0)
		proof_add_finding(p, FAILURE_LATER,
				  "%" PRId64 " rows of the table were not in "
				  "the last reading, and are not marked as "
				  "deleted",
				  -short_by);
}

static void
compare_whole_now(struct proof *p)
{
	if (p->counted == p->whole.rows)
		return;
	if (p->counted - p->in_range > p->missing)
		p->missing = p->counted - p->in_range;
	proof_add_finding(p, FAILURE_LATER,
			  "QuickBooks has %" PRId64
			  " rows now; the last reading found %" PRId64,
			  p->counted, p->whole.rows);
}

static void
compare(struct proof *p)
{
	if (p->by != WINDOW_BY_WHOLE) {
		if (!p->offline)
			compare_counts(p);
		return;
	}
	if (p->whole.rows < 0)
		return; /* never read: nothing covers the range */
	compare_whole(p);
	if (!p->offline)
		compare_whole_now(p);
}

static void
check_table_has_rows(struct proof *p)
{
	if (p->in_table > 0)
		return;
	if (p->counted || p->loaded.rows)
		proof_add_finding(p, FAILURE_LATER, "the table has no rows");
	else if (p->offline)
		proof_add_finding(
			p, FAILURE_NONE,
			"the table has no rows, and none were loaded");
	else
		proof_add_finding(
			p, FAILURE_NONE,
			"the table has no rows, and QuickBooks counts none");
}

static void
conclude_absent(struct proof *p)
{
	bool refused = *p->absent_why;
	bool excused = p->optional && !p->loaded_before;

	proof_add_finding(p, excused ? FAILURE_NONE : FAILURE_REFUSED,
			  "not in this company%s%s%s%s",
			  refused ? ": QuickBooks refuses it (" : "",
			  p->absent_why, refused ? ")" : "",
			  p->loaded_before ? "; it was loaded before" : "");
}

void
proof_conclude(struct proof *p)
{
	if (p->absent) {
		conclude_absent(p);
		return;
	}
	add_all_gaps(p);
	compare(p);
	check_table_has_rows(p);
	if (p->altered)
		proof_add_finding(p, FAILURE_NONE,
				  "%" PRId64
				  " windows were altered by qb-stamp --jq "
				  "after they were archived",
				  p->altered);
}

/* Where the table has no rows at all there is nothing to tell apart. */
bool
proof_differs(const struct proof *p)
{
	return !p->offline && window_by_is_query(p->by) && p->in_range &&
	       (p->in_range > p->counted ||
		(p->missing && !proof_missing_rejected(p)));
}

/* Is there room to name one more? */
static bool
take_room(struct proof *p, enum failure_kind kind)
{
	if (p->named_windows < PROOF_MOST_WINDOWS) {
		p->named_windows++;
		return true;
	}
	p->more_findings++;
	if (kind && !p->verdict)
		p->verdict = kind;
	return false;
}

static void
describe(const struct time_range *range, size_t windows, char *to, size_t room)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT], several[40] = "";

	clock_format(range->start_us, start);
	clock_format(range->end_us, end);
	if (windows > 1)
		snprintf(several, sizeof(several), " (%zu windows)", windows);
	snprintf(to, room, "%s to %s%s", start, end, several);
}

void
proof_add_difference(struct proof *p, const struct proof_difference *d)
{
	bool missing = d->missing > 0;
	enum failure_kind kind = missing ? FAILURE_LATER : FAILURE_NONE;
	char where[128];

	if (missing) {
		p->missing_found += d->missing;
		if (p->missing < p->missing_found)
			p->missing = p->missing_found;
		suspects_add(&p->reload, d->range, d->missing);
	}
	describe(&d->range, d->windows, where, sizeof(where));
	if (take_room(p, kind))
		proof_add_finding(p, kind,
				  "%s: %" PRId64 " at QuickBooks, %" PRId64
				  " in the table: %" PRId64 " %s",
				  where, d->counted, d->in_table,
				  missing ? d->missing : -d->missing,
				  missing ? "missing"
					  : "changed or deleted since");
}

void
proof_add_suspect(struct proof *p, const struct suspect *suspect)
{
	char where[128];

	if (p->missing_found) {
		if (suspects_overlap(&p->reload, suspect->range))
			suspects_add(&p->reload, suspect->range, 0);
		return;
	}
	suspects_add(&p->reload, suspect->range, suspect->rows);
	describe(&suspect->range, 1, where, sizeof(where));
	if (take_room(p, FAILURE_LATER))
		proof_add_finding(p, FAILURE_LATER,
				  "%s: up to %" PRId64
				  " rows are not as they were loaded: older, "
				  "or gone",
				  where, suspect->rows);
}

const char *
proof_verdict(const struct proof *p)
{
	if (p->absent && !p->loaded_before)
		return "absent";
	if (!p->verdict)
		return "ok";
	return p->verdict == FAILURE_DATA ? "damaged" : "incomplete";
}
