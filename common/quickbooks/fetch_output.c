#include "quickbooks/fetch_output.h"
#include "quickbooks/query.h"

enum {
	LONGEST_PREFIX = 128 * 1024,
	HELD_IN_MEMORY = 8 * 1024 * 1024,
};

void
fetch_output_init(struct fetch_output *f, struct lines_out *out)
{
	*f = (struct fetch_output){ .out = out };
	seal_tally_init(&f->tally);
	buf_init(&f->prefix, LONGEST_PREFIX);
	buf_init(&f->line, LINES_LONGEST);
	spool_init(&f->held, HELD_IN_MEMORY);
}

void
fetch_output_free(struct fetch_output *f)
{
	seal_tally_free(&f->tally);
	buf_free(&f->prefix);
	buf_free(&f->line);
	spool_free(&f->held);
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
	struct buf *prefix = &f->prefix;

	buf_clear(prefix);
	return buf_printf(prefix, why, "{\"qb\":\"row\",\"window\":") &&
	       buf_add_slice(prefix, page->window, why) &&
	       buf_printf(prefix, why,
			  ",\"page\":{\"realm\":\"%s\",\"no\":%" PRId64
			  ",\"size\":%" PRId64 ",\"at\":\"",
			  page->realm, page->no, page->size) &&
	       buf_add_slice(prefix, page->at, why) &&
	       buf_printf(prefix, why,
			  "\",\"request\":{\"method\":\"GET\",\"url\":") &&
	       json_quote(without_query(page->url), prefix, why) &&
	       buf_printf(prefix, why, ",\"query\":") &&
	       json_quote(page->query, prefix, why) &&
	       buf_printf(prefix, why,
			  ",\"minorversion\":%d}},\"row\":{\"id\":\"",
			  QUERY_MINOR_VERSION);
}

static void
flatten(char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] == '\n' || at[i] == '\r')
			at[i] = ' ';
}

static bool
add_row(struct buf *to, struct slice prefix,
	const struct query_response_row *row, struct failure *why)
{
	if (!buf_add_slice(to, prefix, why) || !buf_add_slice(to, row->id, why))
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

bool
fetch_output_write_row(struct fetch_output *f,
		       const struct query_response_row *row,
		       struct failure *why)
{
	struct buf *to = f->hold_rows ? &f->line : &f->out->pending;

	if (f->hold_rows)
		buf_clear(to);
	size_t before = to->len;
	if (!add_row(to, buf_slice(&f->prefix), row, why))
		return fail_in(why, "Id %.*s", SLICE_SHOWN(row->id));
	struct slice line = { to->at + before, to->len - before };
	seal_tally_line(&f->tally, line);
	return f->hold_rows ? spool_add(&f->held, line, why)
			    : lines_push(f->out, why);
}

void
fetch_output_drop(struct fetch_output *f)
{
	spool_clear(&f->held);
	seal_tally_clear(&f->tally);
}

static bool
write_held(struct fetch_output *f, struct failure *why)
{
	struct slice line;
	enum spool_got got;

	if (!spool_rewind(&f->held, why))
		return false;
	while ((got = spool_next(&f->held, &line, why)) == SPOOL_RECORD)
		if (!buf_add_slice(&f->out->pending, line, why) ||
		    !lines_push(f->out, why))
			return false;
	spool_clear(&f->held);
	return got == SPOOL_END;
}

static bool
add_count(struct buf *to, const char *name, int64_t count, struct failure *why)
{
	if (count < 0)
		return buf_printf(to, why, ",\"%s\":null", name);
	return buf_printf(to, why, ",\"%s\":%" PRId64, name, count);
}

bool
fetch_output_write_seal(struct fetch_output *f, struct slice window,
			const char *realm, const struct window_reader *reader,
			struct failure *why)
{
	struct buf *to = &f->out->pending;

	if (!write_held(f, why))
		return false;
	size_t start =
		to->len; /* held rows may have been written out already */
	return buf_printf(to, why, "{\"qb\":\"seal\",\"window\":") &&
	       buf_add_slice(to, window, why) &&
	       buf_printf(to, why,
			  ",\"fetch\":{\"realm\":\"%s\",\"pages\":%" PRId64,
			  realm, reader->pages) &&
	       add_count(to, "count_before", reader->count_before, why) &&
	       add_count(to, "count_after", reader->count_after, why) &&
	       buf_printf(to, why, ",\"left\":%" PRId64 ",", reader->left) &&
	       seal_write_totals(&f->tally, to, why) &&
	       buf_printf(to, why, "}") && seal_close(to, start, why) &&
	       lines_push(f->out, why);
}
