#include <stdarg.h>

#include "check/proof.h"
#include "json/json.h"

void
proof_init(struct proof *p)
{
	*p = (struct proof){ 0 };
	time_ranges_init(&p->covered);
	time_ranges_init(&p->archived);
}

void
proof_free(struct proof *p)
{
	time_ranges_free(&p->covered);
	time_ranges_free(&p->archived);
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

static void
add_finding_of_range(struct proof *p, enum failure_kind kind, const char *what,
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

	if (t->rows !=
	    t->inserted + t->updated + t->unchanged + t->stale + t->rejected)
		add_finding_of_range(p, FAILURE_DATA,
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
	sum->dropped += t->dropped;
}

static void
add_gaps(struct proof *p, const struct time_ranges *cover, const char *what)
{
	struct time_range rest = p->range, gap;

	while (rest.start_us < rest.end_us &&
	       time_ranges_gap(cover, rest, &gap)) {
		add_finding_of_range(p, FAILURE_LATER, what, gap);
		rest.start_us = gap.end_us;
	}
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

static void
check_table_has_rows(struct proof *p)
{
	if (p->in_table > 0)
		return;
	if (p->counted || p->loaded.rows)
		proof_add_finding(p, FAILURE_LATER, "the table has no rows");
	else
		proof_add_finding(
			p, FAILURE_NONE,
			"the table has no rows, and QuickBooks counts none");
}

void
proof_conclude(struct proof *p)
{
	add_gaps(p, &p->covered, "not loaded");
	if (p->with_archive)
		add_gaps(p, &p->archived, "not archived");
	compare_counts(p);
	check_table_has_rows(p);
	if (p->altered)
		proof_add_finding(p, FAILURE_NONE,
				  "%" PRId64
				  " windows were altered by qb-stamp --jq "
				  "after they were archived",
				  p->altered);
}

const char *
proof_verdict(const struct proof *p)
{
	if (!p->verdict)
		return "ok";
	return p->verdict == FAILURE_DATA ? "damaged" : "incomplete";
}

static bool
write_line(struct buf *to, const char *what, int64_t number, const char *more,
	   struct failure *why)
{
	return buf_printf(to, why, "  %-23s %11" PRId64 "%s%s\n", what, number,
			  *more ? "  " : "", more);
}

static bool
write_total(const struct proof *p, struct buf *to, struct failure *why)
{
	static const char what[] = "at QuickBooks, in all";

	if (p->counted_total >= 0)
		return write_line(to, what, p->counted_total, "", why);
	return buf_printf(to, why, "  %-23s %11s\n", what, "unknown");
}

static bool
write_loaded(const struct proof *p, struct buf *to, struct failure *why)
{
	const struct proof_totals *t = &p->loaded;
	char more[192];

	snprintf(more, sizeof(more),
		 "%" PRId64 " inserted, %" PRId64 " updated, %" PRId64
		 " unchanged, %" PRId64 " stale, %" PRId64 " rejected",
		 t->inserted, t->updated, t->unchanged, t->stale, t->rejected);
	return write_line(to, "loaded",
			  t->inserted + t->updated + t->unchanged + t->stale,
			  more, why);
}

static bool
write_archived(const struct proof *p, struct buf *to, struct failure *why)
{
	char more[64];

	if (!p->with_archive)
		return true;
	snprintf(more, sizeof(more), "in %" PRId64 " files", p->files);
	return write_line(to, "archived", p->file_rows, more, why);
}

static bool
write_findings(const struct proof *p, struct buf *to, struct failure *why)
{
	for (size_t i = 0; i < p->finding_count; i++)
		if (!buf_printf(to, why, "  %s: %s\n",
				p->findings[i].kind ? "WRONG" : "note",
				p->findings[i].text))
			return false;
	return !p->more_findings ||
	       buf_printf(to, why, "  and %zu more\n", p->more_findings);
}

/* The date trap: whoever wants the year 2025 may mean another time of a row. */
static bool
write_outside(const struct proof *p, struct buf *to, struct failure *why)
{
	static const struct {
		const char *field, *done;
	} selected[] = {
		[WINDOW_BY_UPDATED] = { "LastUpdatedTime", "changed" },
		[WINDOW_BY_CREATED] = { "CreateTime", "created" },
		[WINDOW_BY_TXN_DATE] = { "TxnDate", "dated" },
	};
	int64_t outside = p->counted_total - p->counted;
	char after[64] = "";

	if (p->counted_after > 0)
		snprintf(after, sizeof(after), ", %" PRId64 " of them %s later",
			 p->counted_after, selected[p->by].done);
	return outside <= 0 ||
	       buf_printf(to, why,
			  "  note: %" PRId64
			  " rows lie outside this range%s: --from/--to select "
			  "by %s (qb-check(1), DATES)\n",
			  outside, after, selected[p->by].field);
}

bool
proof_write(const struct proof *p, struct buf *to, struct failure *why)
{
	static const char *const by[] = {
		[WINDOW_BY_UPDATED] = "by last update",
		[WINDOW_BY_CREATED] = "by creation",
		[WINDOW_BY_TXN_DATE] = "by transaction date",
	};
	char start[CLOCK_TEXT], end[CLOCK_TEXT], windows[96];

	clock_format(p->range.start_us, start);
	clock_format(p->range.end_us, end);
	snprintf(windows, sizeof(windows),
		 "in %" PRId64 " windows (rows read again count again)",
		 p->loaded.windows);
	return buf_printf(to, why, "%s (%s), %s to %s: %s\n", p->entity->name,
			  by[p->by], start, end, proof_verdict(p)) &&
	       write_line(to, "at QuickBooks, in range", p->counted, "now",
			  why) &&
	       write_total(p, to, why) &&
	       write_line(to, "read", p->loaded.rows, windows, why) &&
	       write_archived(p, to, why) && write_loaded(p, to, why) &&
	       write_line(to, "in the table, in range", p->in_range,
			  p->in_range == p->counted ? "equal" : "", why) &&
	       write_line(to, "in the table, in all", p->in_table, "", why) &&
	       write_findings(p, to, why) && write_outside(p, to, why);
}

static bool
write_json_archive(const struct proof *p, struct buf *to, struct failure *why)
{
	if (!p->with_archive)
		return buf_printf(to, why, ",\"archived\":null");
	return buf_printf(to, why,
			  ",\"archived\":{\"files\":%" PRId64
			  ",\"rows\":%" PRId64 "}",
			  p->files, p->file_rows);
}

static bool
write_json_findings(const struct proof *p, struct buf *to, struct failure *why)
{
	if (!buf_printf(to, why, ",\"findings\":["))
		return false;
	for (size_t i = 0; i < p->finding_count; i++) {
		const struct proof_finding *found = &p->findings[i];

		if (!buf_printf(to, why, "%s{\"status\":%d,\"text\":",
				i ? "," : "", (int)found->kind) ||
		    !json_quote(slice_of(found->text), to, why) ||
		    !buf_printf(to, why, "}"))
			return false;
	}
	return buf_printf(to, why, "],\"more_findings\":%zu}\n",
			  p->more_findings);
}

bool
proof_write_json(const struct proof *p, struct buf *to, struct failure *why)
{
	const struct proof_totals *t = &p->loaded;
	char start[CLOCK_TEXT], end[CLOCK_TEXT], total[32] = "null";

	if (p->counted_total >= 0)
		snprintf(total, sizeof(total), "%" PRId64, p->counted_total);
	clock_format(p->range.start_us, start);
	clock_format(p->range.end_us, end);
	return buf_printf(to, why,
			  "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"%s\","
			  "\"end\":\"%s\",\"verdict\":\"%s\",\"status\":%d,"
			  "\"counted\":%" PRId64 ",\"quickbooks_total\":%s"
			  ",\"windows\":%" PRId64 ",\"extracted\":%" PRId64,
			  p->entity->name, window_by_name(p->by), start, end,
			  proof_verdict(p), (int)p->verdict, p->counted, total,
			  t->windows, t->rows) &&
	       write_json_archive(p, to, why) &&
	       buf_printf(to, why,
			  ",\"inserted\":%" PRId64 ",\"updated\":%" PRId64
			  ",\"unchanged\":%" PRId64 ",\"stale\":%" PRId64
			  ",\"rejected\":%" PRId64 ",\"dropped\":%" PRId64
			  ",\"in_range\":%" PRId64 ",\"final_count\":%" PRId64
			  ",\"missing\":%" PRId64,
			  t->inserted, t->updated, t->unchanged, t->stale,
			  t->rejected, t->dropped, p->in_range, p->in_table,
			  p->missing) &&
	       write_json_findings(p, to, why);
}
