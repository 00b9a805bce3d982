#include "quickbooks/window_reader.h"
#include "base/digest.h"

void
window_reader_init(struct window_reader *r, int64_t page_size, bool counts,
		   bool rows_may_enter)
{
	*r = (struct window_reader){
		.state = counts ? READER_COUNTING : READER_PAGING,
		.page_size = page_size,
		.counts = counts,
		.rows_may_enter = rows_may_enter,
		.pass = 1,
		.expected = -1,
		.next_start = 1,
		.count_before = -1,
		.count_after = -1,
	};
	id_set_init(&r->ids);
}

void
window_reader_free(struct window_reader *r)
{
	id_set_free(&r->ids);
	free(r->queued);
	r->queued = NULL;
	r->queued_count = r->queued_room = 0;
}

/*
 * Is there another page to request?  With a count, all pages that it promises
 * are requested at once, and one more only if they bring fewer rows.  Without a
 * count, any page may be the last one: no more are in flight than came full
 * before.
 */
static bool
wants_page(const struct window_reader *r)
{
	if (r->no_more_rows)
		return false;
	if (r->expected < 0)
		return r->in_flight <= r->full_pages;
	return r->next_start <= r->expected ||
	       (!r->in_flight && r->pass_rows < r->expected);
}

bool
window_reader_next(struct window_reader *r, struct reader_question *q)
{
	*q = (struct reader_question){ 0 };
	switch (r->state) {
	case READER_COUNTING:
	case READER_RECOUNTING:
		q->count = true;
		if (r->in_flight)
			return false;
		break;
	case READER_PAGING:
		if (r->queued_count) {
			*q = r->queued[--r->queued_count];
		} else if (wants_page(r)) {
			q->start = r->next_start;
			q->most = r->page_size;
			r->next_start += r->page_size;
		} else {
			return false;
		}
		break;
	case READER_DONE:
	case READER_SHIFTED:
		return false;
	}
	r->in_flight++;
	return true;
}

static bool
is_proven(const struct window_reader *r)
{
	if (r->counts &&
	    (r->pass_rows != r->count_before || r->pass_rows != r->count_after))
		return false;
	return !r->rows_may_enter ||
	       (r->pass > 1 && r->pass_ids_sum == r->last_pass_ids_sum);
}

static void
begin_pass(struct window_reader *r)
{
	r->state = READER_PAGING;
	r->next_start = 1;
	r->no_more_rows = false;
	r->full_pages = 0;
	r->pass_rows = 0;
	r->pass_ids_sum = 0;
	r->count_before = r->expected;
}

/* The pass is complete, and counted if counting is wanted.  When the count is
 * 0, the next pass needs no page and no second count, and ends at once. */
static void
end_pass(struct window_reader *r)
{
	for (; !is_proven(r); r->count_after = 0) {
		if (r->pass == READER_PASSES) {
			r->state = READER_SHIFTED;
			return;
		}
		r->pass++;
		r->last_pass_ids_sum = r->pass_ids_sum;
		r->expected = r->count_after; /* -1 without counts */
		begin_pass(r);
		if (r->expected)
			return;
	}
	r->left = r->written - r->pass_rows;
	r->state = READER_DONE;
}

void
window_reader_count(struct window_reader *r, int64_t count)
{
	r->in_flight--;
	if (r->state == READER_COUNTING) {
		r->expected = count;
		begin_pass(r);
		if (count)
			return;
	}
	r->count_after = count;
	end_pass(r);
}

bool
window_reader_row(struct window_reader *r, struct slice id)
{
	enum id_set_seen was = id_set_mark(&r->ids, id, r->pass);

	if (was == ID_SET_REPEATED)
		return false;
	r->page_has_new_id = true;
	r->pass_rows++;
	r->pass_ids_sum += (uint64_t)digest_fingerprint(id);
	if (was == ID_SET_EARLIER)
		return false;
	r->written++;
	return true;
}

static void
queue_page(struct window_reader *r, int64_t start, int64_t most)
{
	if (r->queued_count == r->queued_room) {
		r->queued_room = r->queued_room ? 2 * r->queued_room : 8;
		r->queued = base_realloc(r->queued,
					 r->queued_room * sizeof(*r->queued));
	}
	r->queued[r->queued_count++] =
		(struct reader_question){ false, start, most };
}

static void
end_pages(struct window_reader *r)
{
	if (r->in_flight || r->queued_count || wants_page(r))
		return;
	if (r->counts)
		r->state = READER_RECOUNTING;
	else
		end_pass(r);
}

void
window_reader_page(struct window_reader *r, const struct reader_question *q,
		   int64_t rows)
{
	int64_t next = q->start + rows;

	r->in_flight--;
	r->pages++;
	/* The last page brings no new Id; neither does any page of a server
	 * that ignores the position: without this, paging would not end. */
	if (!rows ||
	    (!r->page_has_new_id && q->start + q->most >= r->next_start))
		r->no_more_rows = true;
	r->page_has_new_id = false;

	/* Advance by the rows received, not requested: QUIRKS.md, "Paging". */
	if (rows >= q->most)
		r->full_pages++;
	else if (rows && !r->no_more_rows &&
		 (r->expected < 0 || next <= r->expected))
		queue_page(r, next, q->most - rows);
	end_pages(r);
}

void
window_reader_halve(struct window_reader *r, const struct reader_question *q)
{
	int64_t half = q->most / 2;

	if (half < r->page_size)
		r->page_size = half;
	r->in_flight--;
	queue_page(r, q->start + half, q->most - half);
	queue_page(r, q->start, half);
}
