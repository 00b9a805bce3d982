#include "check/proof_report.h"
#include "json/json.h"

static bool
write_line(struct buf *to, const char *what, int64_t number, const char *more,
	   struct failure *why)
{
	return buf_printf(to, why, "  %-23s %11" PRId64 "%s%s\n", what, number,
			  *more ? "  " : "", more);
}

static bool
write_counted(const struct proof *p, struct buf *to, struct failure *why)
{
	static const char in_all[] = "at QuickBooks, in all";
	const char *in_range = p->by == WINDOW_BY_WHOLE
				       ? "at QuickBooks"
				       : "at QuickBooks, in range";

	if (p->offline)
		return buf_printf(to, why, "  %-23s %11s\n", in_range,
				  "not asked");
	if (!write_line(to, in_range, p->counted, "now", why))
		return false;
	if (!p->with_outside)
		return true;
	if (p->counted_total >= 0)
		return write_line(to, in_all, p->counted_total, "", why);
	return buf_printf(to, why, "  %-23s %11s\n", in_all, "unknown");
}

static bool
write_whole(const struct proof *p, struct buf *to, struct failure *why)
{
	char at[CLOCK_TEXT];

	if (p->whole.rows < 0)
		return true;
	clock_format(p->whole.at_us, at);
	return write_line(to, "at the last reading", p->whole.rows, at, why);
}

static bool
write_in_table(const struct proof *p, struct buf *to, struct failure *why)
{
	bool whole = p->by == WINDOW_BY_WHOLE;
	bool equal = whole ? p->in_range == p->whole.rows
			   : !p->offline && p->in_range == p->counted;

	return write_line(to,
			  whole ? "in the table, live"
				: "in the table, in range",
			  p->in_range, equal ? "equal" : "", why) &&
	       write_line(to, "in the table, in all", p->in_table, "", why);
}

static bool
write_loaded(const struct proof *p, struct buf *to, struct failure *why)
{
	const struct proof_totals *t = &p->loaded;
	char more[224], deleted[40] = "";

	if (t->deleted)
		snprintf(deleted, sizeof(deleted), ", %" PRId64 " deleted",
			 t->deleted);
	snprintf(more, sizeof(more),
		 "%" PRId64 " inserted, %" PRId64 " updated, %" PRId64
		 " unchanged, %" PRId64 " stale, %" PRId64 " rejected%s",
		 t->inserted, t->updated, t->unchanged, t->stale, t->rejected,
		 deleted);
	return write_line(to, "loaded",
			  t->inserted + t->updated + t->unchanged + t->stale +
				  t->deleted,
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
		[WINDOW_BY_AS_OF] = { "AsOfDate", "dated" },
		[WINDOW_BY_REPORT] = { "the period of a report", "dated" },
	};
	int64_t outside =
		p->with_outside ? p->counted_total - p->counted : p->outside;
	char after[64] = "";

	if (p->counted_after > 0)
		snprintf(after, sizeof(after), ", %" PRId64 " of them %s later",
			 p->counted_after, selected[p->by].done);
	return outside <= 0 ||
	       buf_printf(
		       to, why,
		       "  note: %" PRId64
		       " rows %slie outside this range%s: --from/--to select "
		       "by %s (qb-check(1), DATES)\n",
		       outside, p->with_outside ? "" : "of the table ", after,
		       selected[p->by].field);
}

bool
proof_write(const struct proof *p, struct buf *to, struct failure *why)
{
	static const char *const by[] = {
		[WINDOW_BY_UPDATED] = "by last update",
		[WINDOW_BY_CREATED] = "by creation",
		[WINDOW_BY_TXN_DATE] = "by transaction date",
		[WINDOW_BY_WHOLE] = "read whole",
		[WINDOW_BY_AS_OF] = "by day",
		[WINDOW_BY_REPORT] = "by period",
	};
	char start[CLOCK_TEXT], end[CLOCK_TEXT], windows[96];

	if (p->absent)
		return buf_printf(to, why, "%s: %s%s\n", p->entity->name,
				  p->loaded_before ? "incomplete: " : "",
				  p->findings[0].text);
	clock_format(p->range.start_us, start);
	clock_format(p->range.end_us, end);
	snprintf(windows, sizeof(windows),
		 "in %" PRId64 " windows (rows read again count again)",
		 p->loaded.windows);
	return buf_printf(to, why, "%s (%s), %s to %s: %s\n", p->entity->name,
			  by[p->by], start, end, proof_verdict(p)) &&
	       write_counted(p, to, why) && write_whole(p, to, why) &&
	       write_line(to, "read", p->loaded.rows, windows, why) &&
	       write_archived(p, to, why) && write_loaded(p, to, why) &&
	       write_in_table(p, to, why) && write_findings(p, to, why) &&
	       write_outside(p, to, why);
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

static void
write_number(char *to, size_t room, bool known, int64_t number)
{
	snprintf(to, room, "null");
	if (known)
		snprintf(to, room, "%" PRId64, number);
}

bool
proof_write_json(const struct proof *p, struct buf *to, struct failure *why)
{
	const struct proof_totals *t = &p->loaded;
	char start[CLOCK_TEXT], end[CLOCK_TEXT], counted[32], total[32],
		found[32];

	write_number(counted, sizeof(counted), !p->offline && !p->absent,
		     p->counted);
	write_number(found, sizeof(found), p->whole.rows >= 0, p->whole.rows);
	write_number(total, sizeof(total),
		     p->with_outside && p->counted_total >= 0,
		     p->counted_total);
	clock_format(p->range.start_us, start);
	clock_format(p->range.end_us, end);
	return buf_printf(to, why,
			  "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"%s\","
			  "\"end\":\"%s\",\"verdict\":\"%s\",\"status\":%d,"
			  "\"counted\":%s,\"quickbooks_total\":%s"
			  ",\"last_reading\":%s,\"windows\":%" PRId64
			  ",\"extracted\":%" PRId64,
			  p->entity->name, window_by_name(p->by), start, end,
			  proof_verdict(p), (int)p->verdict, counted, total,
			  found, t->windows, t->rows) &&
	       write_json_archive(p, to, why) &&
	       buf_printf(to, why,
			  ",\"inserted\":%" PRId64 ",\"updated\":%" PRId64
			  ",\"unchanged\":%" PRId64 ",\"stale\":%" PRId64
			  ",\"rejected\":%" PRId64 ",\"deleted\":%" PRId64
			  ",\"dropped\":%" PRId64 ",\"in_range\":%" PRId64
			  ",\"final_count\":%" PRId64 ",\"missing\":%" PRId64,
			  t->inserted, t->updated, t->unchanged, t->stale,
			  t->rejected, t->deleted, t->dropped, p->in_range,
			  p->in_table, p->missing) &&
	       write_json_findings(p, to, why);
}
