#include "load/batch.h"

void
batch_init(struct batch *p)
{
	*p = (struct batch){ .seal = { .rows = 0 } };
	row_buffer_init(&p->rows);
	buf_init(&p->seal_line, LINES_LONGEST);
	ledger_init(&p->entry);
}

void
batch_free(struct batch *p)
{
	row_buffer_free(&p->rows);
	buf_free(&p->seal_line);
	ledger_free(&p->entry);
}

/* Another window, and its first line is the one in `in`. */
static void
begin(struct batch *p, const struct stream *in, const struct run_stamp *run)
{
	row_buffer_clear(&p->rows, in->line);
	p->rows.row.own_run = slice_of(run->id);
	p->rows.row.own_at_us = run->fixed ? run->at_us : clock_now_us();
}

bool
batch_add(struct batch *p, const struct stream *in, const struct run_stamp *run,
	  struct failure *why)
{
	if (in->first)
		begin(p, in, run);
	return row_buffer_add(&p->rows, &in->now, &in->window, why) ||
	       fail_in(why, "line %" PRId64, in->line);
}

static bool
seal_fits_rows(const struct batch *p, struct failure *why)
{
	if (!batch_rows(p) || slice_is(p->seal.realm, p->rows.realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "rows of company %s under a seal of company %.*s",
		    p->rows.realm, SLICE_SHOWN(p->seal.realm));
}

/*
 * The stream's own slices do not outlive its next line.  The run of a window is
 * that of its rows; the seal bears the same stamp, and is asked when there are
 * none.
 */
bool
batch_seal(struct batch *p, const struct stream *in,
	   const struct run_stamp *run, struct failure *why)
{
	if (in->first)
		begin(p, in, run);
	p->window = in->window;
	buf_clear(&p->seal_line);
	return row_buffer_finish(&p->rows, why) &&
	       buf_add_slice(&p->seal_line, in->now.line, why) &&
	       envelope_parse(&p->sealed, buf_slice(&p->seal_line), why) &&
	       seal_parse(&p->seal, &p->sealed, why) &&
	       seal_fits_rows(p, why) &&
	       (batch_rows(p) ||
		load_row_read_stamp(&p->rows.row, &p->sealed, why));
}
