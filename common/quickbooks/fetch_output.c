#include "quickbooks/fetch_output.h"
#include "base/clock.h"
#include "quickbooks/query.h"

enum { LONGEST_PAGE = 128 * 1024 };

void
fetch_output_init(struct fetch_output *f, struct lines_out *out)
{
	*f = (struct fetch_output){ .out = out };
	seal_tally_init(&f->tally);
	buf_init(&f->page, LONGEST_PAGE);
	buf_init(&f->record, LINES_LONGEST);
}

void
fetch_output_free(struct fetch_output *f)
{
	seal_tally_free(&f->tally);
	buf_free(&f->page);
	buf_free(&f->record);
}

/* The statement has a member of its own. */
static struct slice
without_query(struct slice url)
{
	const char *mark = memchr(url.at, '?', url.len);

	if (mark)
		url.len = (size_t)(mark - url.at);
	return url;
}

bool
fetch_output_start_page(struct fetch_output *f, const struct fetch_page *page,
			struct failure *why)
{
	struct buf *to = &f->page;

	buf_clear(to);
	return buf_printf(to, why,
			  ",\"page\":{\"realm\":\"%s\",\"no\":%" PRId64
			  ",\"size\":%" PRId64 ",\"at\":\"",
			  page->realm, page->no, page->size) &&
	       buf_add_slice(to, page->at, why) &&
	       buf_printf(to, why,
			  "\",\"request\":{\"method\":\"GET\",\"url\":") &&
	       json_quote(without_query(page->url), to, why) &&
	       buf_printf(to, why, ",\"query\":") &&
	       json_quote(page->query, to, why) &&
	       buf_printf(to, why, ",\"minorversion\":%d",
			  QUERY_MINOR_VERSION) &&
	       (!page->include ||
		buf_printf(to, why, ",\"include\":\"%s\"", page->include)) &&
	       buf_printf(to, why, "}},\"row\":{\"id\":\"");
}

static void
flatten(char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] == '\n' || at[i] == '\r')
			at[i] = ' ';
}

static bool
add_record(struct buf *to, struct slice page, const struct response_row *row,
	   struct failure *why)
{
	if (!buf_add_slice(to, page, why) || !buf_add_slice(to, row->id, why))
		return false;
	if (row->updated.at &&
	    (!buf_add_slice(to, SLICE("\",\"updated\":\""), why) ||
	     !buf_add_slice(to, row->updated, why)))
		return false;
	if (!buf_add_slice(to, SLICE("\"},\"payload\":"), why) ||
	    !buf_add_slice(to, row->payload, why))
		return false;
	if (memchr(row->payload.at, '\n', row->payload.len) ||
	    memchr(row->payload.at, '\r', row->payload.len))
		flatten(to->at + to->len - row->payload.len, row->payload.len);
	return buf_add_slice(to, SLICE("}\n"), why);
}

static bool
add_window(struct buf *to, struct slice window, struct failure *why)
{
	return buf_add_slice(to, SLICE("{\"qb\":\"row\",\"window\":"), why) &&
	       buf_add_slice(to, window, why);
}

/* The line that was appended at `start` is whole. */
static bool
push_row(struct fetch_output *f, size_t start, struct failure *why)
{
	struct buf *to = &f->out->pending;
	struct slice line = { to->at + start, to->len - start };

	seal_tally_line(&f->tally, line);
	return lines_push(f->out, why);
}

bool
fetch_output_write_row(struct fetch_output *f, struct slice window,
		       const struct response_row *row, struct failure *why)
{
	struct buf *to = &f->out->pending;
	size_t start = to->len;

	if (!add_window(to, window, why) ||
	    !add_record(to, buf_slice(&f->page), row, why))
		return fail_in(why, "Id %.*s", SLICE_SHOWN(row->id));
	return push_row(f, start, why);
}

bool
fetch_output_make_record(struct fetch_output *f, const struct response_row *row,
			 struct slice *record, size_t *id_at,
			 struct failure *why)
{
	buf_clear(&f->record);
	if (!add_record(&f->record, buf_slice(&f->page), row, why))
		return fail_in(why, "Id %.*s", SLICE_SHOWN(row->id));
	*record = buf_slice(&f->record);
	*id_at = f->page.len;
	return true;
}

bool
fetch_output_write_record(struct fetch_output *f, struct slice window,
			  struct slice record, struct failure *why)
{
	struct buf *to = &f->out->pending;
	size_t start = to->len;

	return add_window(to, window, why) && buf_add_slice(to, record, why) &&
	       push_row(f, start, why);
}

bool
fetch_output_write_gone(struct fetch_output *f, struct slice window,
			const struct gone *gone, struct failure *why)
{
	size_t start = f->out->pending.len;

	return gone_write(gone, window, &f->out->pending, why) &&
	       push_row(f, start, why);
}

int64_t
fetch_output_rows(const struct fetch_output *f)
{
	return f->tally.rows;
}

static bool
add_count(struct buf *to, const char *name, int64_t count, struct failure *why)
{
	if (count < 0)
		return buf_printf(to, why, ",\"%s\":null", name);
	return buf_printf(to, why, ",\"%s\":%" PRId64, name, count);
}

static bool
add_log(struct buf *to, const struct fetch_seal *seal, struct failure *why)
{
	char since[CLOCK_TEXT], at[CLOCK_TEXT];

	clock_format(seal->log_since_us, since);
	clock_format(seal->log_at_us, at);
	return buf_printf(to, why,
			  ",\"log\":{\"since\":\"%s\",\"at\":\"%s\","
			  "\"objects\":%" PRId64 ",\"known\":%" PRId64 "}",
			  since, at, seal->log_objects, seal->log_known);
}

static bool
add_whole(struct buf *to, const struct fetch_seal *seal, struct failure *why)
{
	char at[CLOCK_TEXT];

	clock_format(seal->whole_at_us, at);
	return buf_printf(to, why,
			  ",\"whole\":{\"at\":\"%s\",\"rows\":%" PRId64
			  ",\"known\":%" PRId64 "}",
			  at, seal->whole_rows, seal->whole_known);
}

static bool
add_fetch(struct fetch_output *f, struct buf *to, const char *realm,
	  const struct fetch_seal *seal, struct failure *why)
{
	return buf_printf(to, why,
			  ",\"fetch\":{\"realm\":\"%s\",\"pages\":%" PRId64,
			  realm, seal->pages) &&
	       add_count(to, "count_before", seal->count_before, why) &&
	       add_count(to, "count_after", seal->count_after, why) &&
	       buf_printf(to, why, ",\"left\":%" PRId64, seal->left) &&
	       (!seal->gone || add_count(to, "gone", seal->gone, why)) &&
	       buf_printf(to, why, ",\"calls\":%" PRId64 ",", seal->calls) &&
	       seal_write_totals(&f->tally, to, why) &&
	       (!seal->log_since_us || add_log(to, seal, why)) &&
	       (!seal->whole_at_us || add_whole(to, seal, why)) &&
	       buf_printf(to, why, "}");
}

static bool
add_scan(struct buf *to, const struct fetch_scan *scan, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(scan->range.start_us, start);
	clock_format(scan->range.end_us, end);
	if (!buf_printf(to, why,
			",\"scan\":{\"start\":\"%s\",\"end\":\"%s\","
			"\"windows\":%" PRId64,
			start, end, scan->windows) ||
	    !add_count(to, "count_before", scan->count_before, why) ||
	    !add_count(to, "count_after", scan->count_after, why) ||
	    !buf_printf(to, why, ",\"rows\":%" PRId64 ",\"left\":%" PRId64,
			scan->rows, scan->left))
		return false;
	if (scan->unreadable &&
	    !add_count(to, "unreadable", scan->unreadable, why))
		return false;
	return buf_printf(to, why, ",\"calls\":%" PRId64 "}", scan->calls);
}

bool
fetch_output_write_seal(struct fetch_output *f, struct slice window,
			const char *realm, const struct fetch_seal *seal,
			const struct fetch_scan *scan, struct failure *why)
{
	struct buf *to = &f->out->pending;
	size_t start = to->len;

	return buf_printf(to, why, "{\"qb\":\"seal\",\"window\":") &&
	       buf_add_slice(to, window, why) &&
	       add_fetch(f, to, realm, seal, why) &&
	       (!scan || add_scan(to, scan, why)) &&
	       seal_close(to, start, why) && lines_push(f->out, why);
}
