#include "quickbooks/window_reader.h"
#include "base/digest.h"

void
window_reader_init(struct window_reader *r, int64_t page_size, bool counts,
		   bool may_enter)
{
	*r = (struct window_reader){
		.state = counts ? READER_COUNTING : READER_PAGING,
		.page_size = page_size,
		.counts = counts,
		.may_enter = may_enter,
		.pass = 1,
		.expected = -1,
		.frontier = 1,
		.count_before = -1,
		.count_after = -1,
	};
	id_set_init(&r->ids);
}

void
window_reader_free(struct window_reader *r)
{
	id_set_free(&r->ids);
	free(r->again);
	r->again = NULL;
	r->again_count = r->again_room = 0;
}

/*
 * Is there another page after those that were asked for?  With a count, every
 * page that the count promises is asked at once; a page past it only when
 * those did not bring as many rows.  Without one, no more pages are under way
 * than came full before, because each might be the last.
 */
static bool
wants_page(const struct window_reader *r)
{
	if (r->exhausted)
		return false;
	if (r->expected < 0)
		return r->under_way <= r->full;
	return r->frontier <= r->expected ||
	       (!r->under_way && r->pass_rows < r->expected);
}

bool
window_reader_next(struct window_reader *r, struct reader_question *q)
{
	*q = (struct reader_question){ 0 };
	switch (r->state) {
	case READER_COUNTING:
	case READER_RECOUNTING:
		q->count = true;
		if (r->under_way)
			return false;
		break;
	case READER_PAGING:
		if (r->again_count) {
			*q = r->again[--r->again_count];
		} else if (wants_page(r)) {
			q->start = r->frontier;
			q->most = r->page_size;
			r->frontier += r->page_size;
		} else {
			return false;
		}
		break;
	case READER_DONE:
	case READER_SHIFTED:
		return false;
	}
	r->under_way++;
	return true;
}

static bool
is_clean(const struct window_reader *r)
{
	if (r->counts &&
	    (r->pass_rows != r->count_before || r->pass_rows != r->count_after))
		return false;
	return !r->may_enter ||
	       (r->pass > 1 && r->pass_ids == r->last_pass_ids);
}

static void
begin_pages(struct window_reader *r)
{
	r->state = READER_PAGING;
	r->frontier = 1;
	r->exhausted = false;
	r->full = 0;
	r->pass_rows = 0;
	r->pass_ids = 0;
	r->count_before = r->expected;
}

/* The pass is over, and counted if counting is wanted.  A window that counts
 * nothing needs no page and no second count, so its passes end at once. */
static void
judge(struct window_reader *r)
{
	for (; !is_clean(r); r->count_after = 0) {
		if (r->pass == READER_PASSES) {
			r->state = READER_SHIFTED;
			return;
		}
		r->pass++;
		r->last_pass_ids = r->pass_ids;
		r->expected = r->count_after; /* -1 when nothing is counted */
		begin_pages(r);
		if (r->expected)
			return;
	}
	r->left = r->written - r->pass_rows;
	r->state = READER_DONE;
}

void
window_reader_count(struct window_reader *r, int64_t count)
{
	r->under_way--;
	if (r->state == READER_COUNTING) {
		r->expected = count;
		begin_pages(r);
		if (count)
			return;
	}
	r->count_after = count;
	judge(r);
}

bool
window_reader_row(struct window_reader *r, struct slice id)
{
	enum id_set_seen was = id_set_mark(&r->ids, id, r->pass);

	if (was == ID_SET_REPEATED)
		return false;
	r->fresh_row = true;
	r->pass_rows++;
	r->pass_ids += (uint64_t)digest_fingerprint(id);
	if (was == ID_SET_EARLIER)
		return false;
	r->written++;
	return true;
}

static void
ask_again(struct window_reader *r, int64_t start, int64_t most)
{
	if (r->again_count == r->again_room) {
		r->again_room = r->again_room ? 2 * r->again_room : 8;
		r->again = base_realloc(r->again,
					r->again_room * sizeof(*r->again));
	}
	r->again[r->again_count++] =
		(struct reader_question){ false, start, most };
}

static void
end_of_pages(struct window_reader *r)
{
	if (r->under_way || r->again_count || wants_page(r))
		return;
	if (r->counts)
		r->state = READER_RECOUNTING;
	else
		judge(r);
}

void
window_reader_page(struct window_reader *r, const struct reader_question *q,
		   int64_t rows)
{
	int64_t next = q->start + rows;

	r->under_way--;
	r->pages++;
	/* The farthest page brings nothing new at the end, or from a server
	 * that does not look at the position: going on would never end. */
	if (!rows || (!r->fresh_row && q->start + q->most >= r->frontier))
		r->exhausted = true;
	r->fresh_row = false;

	/* Advance by what came, not by what was asked: QUIRKS.md, "Paging". */
	if (rows >= q->most)
		r->full++;
	else if (rows && !r->exhausted &&
		 (r->expected < 0 || next <= r->expected))
		ask_again(r, next, q->most - rows);
	end_of_pages(r);
}

void
window_reader_halve(struct window_reader *r, const struct reader_question *q)
{
	int64_t half = q->most / 2;

	if (half < r->page_size)
		r->page_size = half;
	r->under_way--;
	ask_again(r, q->start + half, q->most - half);
	ask_again(r, q->start, half);
}
