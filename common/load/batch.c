#include "load/batch.h"

void
batch_init(struct batch *b)
{
	*b = (struct batch){ .seal = { .rows = 0 } };
	row_buffer_init(&b->rows);
	gone_rows_init(&b->gone);
	buf_init(&b->seal_line, LINES_LONGEST);
	ledger_entry_init(&b->entry);
}

void
batch_free(struct batch *b)
{
	row_buffer_free(&b->rows);
	gone_rows_free(&b->gone);
	buf_free(&b->seal_line);
	ledger_entry_free(&b->entry);
}

static void
begin_window(struct batch *b, const struct stream *in,
	     const struct run_stamp *run)
{
	row_buffer_clear(&b->rows, in->line);
	gone_rows_clear(&b->gone);
	b->rows.row.own_run = slice_of(run->id);
	b->rows.row.own_at_us = run->fixed ? run->at_us : clock_now_us();
}

static bool
add_line(struct batch *b, const struct stream *in, struct failure *why)
{
	if (in->now.kind != ENVELOPE_GONE)
		return row_buffer_add(&b->rows, &in->now, &in->window, why);
	return row_buffer_pass(&b->rows, &in->now, why) &&
	       gone_rows_add(&b->gone, &in->now, &b->rows.row, why);
}

bool
batch_add(struct batch *b, const struct stream *in, const struct run_stamp *run,
	  struct failure *why)
{
	if (in->first)
		begin_window(b, in, run);
	return add_line(b, in, why) || fail_in(why, "line %" PRId64, in->line);
}

static bool
check_seal_realm(const struct batch *b, struct failure *why)
{
	if (!batch_rows(b) || slice_is(b->seal.realm, b->rows.realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "the rows are of company %s, their seal is of company %.*s",
		    b->rows.realm, SLICE_SHOWN(b->seal.realm));
}

/*
 * The stream's slices are overwritten by its next line, so the seal is copied.
 * The run of a window is that of its lines; without any it is taken from the
 * seal, which has the same stamp.
 */
bool
batch_seal(struct batch *b, const struct stream *in,
	   const struct run_stamp *run, struct failure *why)
{
	if (in->first)
		begin_window(b, in, run);
	b->window = in->window;
	buf_clear(&b->seal_line);
	return row_buffer_finish(&b->rows, why) &&
	       buf_add_slice(&b->seal_line, in->now.line, why) &&
	       envelope_parse(&b->sealed, buf_slice(&b->seal_line), why) &&
	       seal_parse(&b->seal, &b->sealed, why) &&
	       check_seal_realm(b, why) &&
	       (batch_lines(b) ||
		load_row_read_stamp(&b->rows.row, &b->sealed, why));
}
