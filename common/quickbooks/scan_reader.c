#include "quickbooks/scan_reader.h"
#include "base/digest.h"

static void
begin_pass(struct scan_reader *r)
{
	r->state = READER_PAGING;
	r->next_start = 1;
	r->no_more_rows = false;
	r->full_pages = r->pass_pages = 0;
	r->pass_rows = 0;
	r->pass_ids_sum = 0;
	r->unreadable = 0;
	r->count_before = r->expected;
}

static bool
is_proven(const struct scan_reader *r)
{
	int64_t rows = r->pass_rows + r->unreadable;

	if (r->policy.counts &&
	    (rows != r->count_before || rows != r->count_after))
		return false;
	return !r->policy.rows_may_enter ||
	       (r->pass > 1 && r->pass_ids_sum == r->last_pass_ids_sum);
}

/* The pass is complete, and counted if counting is wanted.  When the count is
 * 0, the next pass needs no page and no second count, and ends at once. */
static void
end_pass(struct scan_reader *r)
{
	for (; !is_proven(r); r->count_after = 0) {
		if (r->pass == r->policy.most_passes) {
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

/* Of a range that has at most so many rows. */
static void
begin_counted(struct scan_reader *r, int64_t count)
{
	r->expected = count;
	begin_pass(r);
	if (count)
		return;
	r->count_after = 0;
	end_pass(r);
}

void
scan_reader_init(struct scan_reader *r, const struct reader_policy *policy,
		 int64_t at_most)
{
	*r = (struct scan_reader){
		.state = policy->counts ? READER_COUNTING : READER_PAGING,
		.policy = *policy,
		.pass = 1,
		.expected = -1,
		.next_start = 1,
		.count_before = -1,
		.count_after = -1,
	};
	id_set_init(&r->ids);
	if (policy->counts && at_most >= 0)
		begin_counted(r, at_most);
}

void
scan_reader_free(struct scan_reader *r)
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
wants_page(const struct scan_reader *r)
{
	if (r->no_more_rows)
		return false;
	if (r->expected < 0)
		return r->in_flight <= r->full_pages;
	return r->next_start <= r->expected ||
	       (!r->in_flight && r->pass_rows + r->unreadable < r->expected);
}

bool
scan_reader_next(struct scan_reader *r, struct reader_question *q)
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
			q->most = r->policy.page_size;
			r->next_start += r->policy.page_size;
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

void
scan_reader_count(struct scan_reader *r, int64_t count)
{
	r->in_flight--;
	if (r->state == READER_COUNTING) {
		begin_counted(r, count);
		return;
	}
	r->count_after = count;
	end_pass(r);
}

bool
scan_reader_row(struct scan_reader *r, struct slice id)
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
queue_page(struct scan_reader *r, int64_t start, int64_t most)
{
	if (r->queued_count == r->queued_room) {
		r->queued_room = r->queued_room ? 2 * r->queued_room : 8;
		r->queued = base_realloc(r->queued,
					 r->queued_room * sizeof(*r->queued));
	}
	r->queued[r->queued_count++] =
		(struct reader_question){ false, start, most };
}

/* The two halves of a page, without a second one that has no rows. */
static void
queue_halves(struct scan_reader *r, const struct reader_question *q)
{
	int64_t half = q->most / 2;

	if (r->expected < 0 || q->start + half <= r->expected)
		queue_page(r, q->start + half, q->most - half);
	queue_page(r, q->start, half);
}

/* A page at this position was empty, and so are those behind it. */
static void
drop_queued_from(struct scan_reader *r, int64_t start)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->queued_count; i++)
		if (r->queued[i].start < start)
			r->queued[kept++] = r->queued[i];
	r->queued_count = kept;
}

/* Nothing moved between two pages where there was only one. */
static bool
is_whole_page(const struct scan_reader *r)
{
	return !r->policy.rows_may_enter && r->pass_pages == 1 &&
	       !r->unreadable && r->pass_rows == r->count_before;
}

static void
end_pages(struct scan_reader *r)
{
	if (r->in_flight || r->queued_count || wants_page(r))
		return;
	if (r->policy.counts && !is_whole_page(r)) {
		r->state = READER_RECOUNTING;
		return;
	}
	if (r->policy.counts)
		r->count_after = r->pass_rows;
	end_pass(r);
}

void
scan_reader_page(struct scan_reader *r, const struct reader_question *q,
		 int64_t rows)
{
	int64_t next = q->start + rows;

	r->in_flight--;
	r->pages++;
	r->pass_pages++;
	/* The last page brings no new Id; neither does any page of a server
	 * that ignores the position: without this, paging would not end. */
	if (!rows ||
	    (!r->page_has_new_id && q->start + q->most >= r->next_start))
		r->no_more_rows = true;
	r->page_has_new_id = false;
	if (!rows)
		drop_queued_from(r, q->start);

	/* Advance by the rows received, not requested: QUIRKS.md, "Paging". */
	if (rows >= q->most)
		r->full_pages++;
	else if (rows && !r->no_more_rows &&
		 (r->expected < 0 || next <= r->expected))
		queue_page(r, next, q->most - rows);
	end_pages(r);
}

void
scan_reader_halve(struct scan_reader *r, const struct reader_question *q)
{
	int64_t half = q->most / 2;

	if (half < r->policy.page_size)
		r->policy.page_size = half;
	r->in_flight--;
	queue_halves(r, q);
}

void
scan_reader_narrow(struct scan_reader *r, const struct reader_question *q)
{
	r->in_flight--;
	if (q->most > 1) {
		queue_halves(r, q);
		return;
	}
	r->unreadable++;
	end_pages(r);
}

bool
scan_reader_stayed(const struct scan_reader *r, struct slice id)
{
	return id_set_pass(&r->ids, id) == r->pass;
}
