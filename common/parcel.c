#include "parcel.h"

void
parcel_init(struct parcel *p)
{
	*p = (struct parcel){ .seal = { .rows = 0 } };
	waiting_init(&p->rows);
	buf_init(&p->seal_line, LINES_LONGEST);
	ledger_init(&p->entry);
}

void
parcel_free(struct parcel *p)
{
	waiting_free(&p->rows);
	buf_free(&p->seal_line);
	ledger_free(&p->entry);
}

/* Another window, and its first line is the one in `in`. */
static void
begin(struct parcel *p, const struct stream *in, const struct run *run)
{
	waiting_clear(&p->rows, in->line);
	p->rows.row.own_run = slice_of(run->id);
	p->rows.row.own_at_us = run->fixed ? run->at_us : clock_now_us();
}

bool
parcel_add(struct parcel *p, const struct stream *in, const struct run *run,
	   struct failure *why)
{
	if (in->first)
		begin(p, in, run);
	return waiting_add(&p->rows, &in->now, &in->window, why) ||
	       fail_in(why, "line %" PRId64, in->line);
}

static bool
seal_fits_rows(const struct parcel *p, struct failure *why)
{
	if (!parcel_rows(p) || slice_is(p->seal.realm, p->rows.realm))
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
parcel_seal(struct parcel *p, const struct stream *in, const struct run *run,
	    struct failure *why)
{
	if (in->first)
		begin(p, in, run);
	p->window = in->window;
	buf_clear(&p->seal_line);
	return waiting_all(&p->rows, why) &&
	       buf_add_slice(&p->seal_line, in->now.line, why) &&
	       envelope_read(&p->sealed, buf_slice(&p->seal_line), why) &&
	       seal_read(&p->seal, &p->sealed, why) && seal_fits_rows(p, why) &&
	       (parcel_rows(p) ||
		landrow_read_stamp(&p->rows.row, &p->sealed, why));
}
