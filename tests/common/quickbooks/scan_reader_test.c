/*
 * covers: scan_reader id_set
 *
 * A model of QuickBooks: rows in an order, questions under way several at a
 * time, and rows that leave (or enter) at any moment between them.
 */
#include "quickbooks/scan_reader.h"
#include "tap.h"

enum { MOST_ROWS = 64, MOST_UNDER_WAY = 4, RUNS = 20000 };

struct model {
	int rows[MOST_ROWS]; /* ids, in order of position */
	int count;
	int extra;   /* rows that a page brings beyond what was asked */
	int leaving; /* rows that will leave before the reading has ended */
	int entering;
	bool was_written[2 * MOST_ROWS];
	unsigned random;
};

static unsigned
draw(struct model *m, unsigned below)
{
	m->random = m->random * 1664525 + 1013904223;
	return (m->random >> 8) % below;
}

static void
drift(struct model *m)
{
	if (m->leaving && m->count && !draw(m, 3)) {
		int at = (int)draw(m, (unsigned)m->count);

		memmove(&m->rows[at], &m->rows[at + 1],
			sizeof(int) * (size_t)(m->count - at - 1));
		m->count--;
		m->leaving--;
	}
	if (m->entering && m->count < MOST_ROWS && !draw(m, 3)) {
		int at = (int)draw(m, (unsigned)m->count + 1);

		memmove(&m->rows[at + 1], &m->rows[at],
			sizeof(int) * (size_t)(m->count - at));
		m->rows[at] = MOST_ROWS + m->entering--;
		m->count++;
	}
}

struct http_response {
	struct reader_question q;
	int64_t count;
	int rows[MOST_ROWS], row_count;
};

static void
look_up(struct model *m, struct http_response *a)
{
	a->count = m->count;
	a->row_count = 0;
	if (a->q.count)
		return;
	for (int64_t i = a->q.start - 1;
	     i < m->count && i < a->q.start - 1 + a->q.most + m->extra; i++)
		a->rows[a->row_count++] = m->rows[i];
}

static void
tell(struct model *m, struct scan_reader *r, const struct http_response *a)
{
	char id[16];

	if (a->q.count) {
		scan_reader_count(r, a->count);
		return;
	}
	if (a->q.most > 1 && !draw(m, 16)) {
		scan_reader_halve(r, &a->q);
		return;
	}
	for (int i = 0; i < a->row_count; i++) {
		snprintf(id, sizeof(id), "%d", a->rows[i]);
		if (scan_reader_row(r, slice_of(id)))
			m->was_written[a->rows[i]] = true;
	}
	scan_reader_page(r, &a->q, a->row_count);
}

/* Read to the end, or until far more was asked than can be right. */
static int
read_window(struct model *m, struct scan_reader *r)
{
	struct http_response in_flight[MOST_UNDER_WAY];
	int count = 0, asked = 0;

	while (r->state != READER_DONE && r->state != READER_SHIFTED &&
	       asked < 1000) {
		while (count < MOST_UNDER_WAY &&
		       scan_reader_next(r, &in_flight[count].q)) {
			look_up(m, &in_flight[count++]);
			asked++;
			drift(m);
		}
		if (!count)
			return -1; /* it waits for nothing */
		struct http_response first = in_flight[0];
		memmove(in_flight, in_flight + 1,
			sizeof(first) * (size_t)--count);
		drift(m);
		if (draw(m, 2))
			look_up(m, &first); /* it was answered late */
		tell(m, r, &first);
	}
	return asked;
}

static void
model_init(struct model *m, int rows, unsigned seed)
{
	*m = (struct model){ .count = rows, .random = seed };
	for (int i = 0; i < rows; i++)
		m->rows[i] = i;
}

static int
written(const struct model *m)
{
	int count = 0;

	for (int i = 0; i < 2 * MOST_ROWS; i++)
		count += m->was_written[i];
	return count;
}

/* What a seal claims: every row that is in the window has been written. */
static bool
is_true(const struct model *m, const struct scan_reader *r)
{
	for (int i = 0; i < m->count; i++)
		if (!m->was_written[m->rows[i]])
			return false;
	return r->written == written(m) &&
	       r->written == r->pass_rows + r->left &&
	       (!r->policy.counts || r->count_after + r->left == r->written);
}

static void
begin(struct scan_reader *r, int64_t page_size, bool counts,
      bool rows_may_enter)
{
	const struct reader_policy how = { page_size, counts, rows_may_enter,
					   READER_PASSES };

	scan_reader_init(r, &how, -1);
}

static void
still_window(int64_t page_size, bool counts)
{
	int bad = 0, most_asked = 0, least_wanted = 0;

	for (int rows = 0; rows < MOST_ROWS; rows++) {
		struct model m;
		struct scan_reader r;

		model_init(&m, rows, 0x80); /* never asks for less */
		m.extra = rows % 2;
		begin(&r, page_size, counts, false);
		int asked = read_window(&m, &r);
		bad += r.state != READER_DONE || !is_true(&m, &r) ||
		       r.pass != 1 || written(&m) != rows;
		most_asked = asked > most_asked ? asked : most_asked;
		least_wanted = rows / (int)page_size;
		scan_reader_free(&r);
	}
	ok(!bad, "a still window is read in one pass, %s, pages of %d",
	   counts ? "counted" : "not counted", (int)page_size);
	ok(most_asked <= 4 * least_wanted + 16,
	   "with few questions more than pages: %d", most_asked);
}

static void
drifting_window(bool rows_may_enter)
{
	int untrue = 0, done = 0, shifted = 0, stuck = 0, needless = 0;

	for (unsigned seed = 1; seed <= RUNS; seed++) {
		struct model m;
		struct scan_reader r;

		model_init(&m, (int)(seed % MOST_ROWS), seed);
		m.leaving = (int)(seed % 5);
		m.entering = rows_may_enter ? (int)(seed % 3) : 0;
		m.extra = seed % 7 == 0;
		bool moves = m.leaving || m.entering;
		begin(&r, 1 + seed % 9, true, rows_may_enter);
		int asked = read_window(&m, &r);
		done += r.state == READER_DONE;
		shifted += r.state == READER_SHIFTED;
		stuck += asked < 0 || asked >= 1000;
		needless += r.state == READER_SHIFTED && !moves;
		/* where rows may enter, two passes that agree are no proof */
		if (r.state == READER_DONE && !rows_may_enter)
			untrue += !is_true(&m, &r);
		scan_reader_free(&r);
	}
	if (!rows_may_enter)
		ok(!untrue, "no row that stayed is ever missing from a seal");
	ok(!stuck, "every reading ends");
	ok(!needless, "a still window is never given up");
	ok(done > RUNS / 2 && shifted > 0, "%d were proven, %d given up", done,
	   shifted);
}

static void
turn_by_turn(void)
{
	struct scan_reader r;
	struct reader_question q;

	begin(&r, 10, true, false);
	ok(scan_reader_next(&r, &q) && q.count && !scan_reader_next(&r, &q),
	   "the count comes first, alone");
	scan_reader_count(&r, 25);
	int pages = 0;
	while (scan_reader_next(&r, &q))
		ok(q.start == 10 * pages++ + 1 && q.most == 10, "page at %d",
		   (int)q.start);
	ok(pages == 3, "all the pages that it promises are asked at once");
	scan_reader_free(&r);

	begin(&r, 10, true, false);
	ok(scan_reader_next(&r, &q), "asked");
	scan_reader_count(&r, 0);
	ok(r.state == READER_DONE && r.pages == 0 && r.count_after == 0,
	   "an empty window needs one count and no page");
	scan_reader_free(&r);

	begin(&r, 10, false, false);
	ok(scan_reader_next(&r, &q) && !q.count && !scan_reader_next(&r, &q),
	   "without counts one page is asked, and no other before it came");
	scan_reader_free(&r);
}

static void
deaf_server(void)
{
	struct scan_reader r;
	struct reader_question q;
	int asked = 0;

	begin(&r, 2, false, false);
	while (asked < 100 && scan_reader_next(&r, &q)) {
		asked++;
		scan_reader_row(&r, SLICE("1"));
		scan_reader_row(&r, SLICE("2"));
		scan_reader_page(&r, &q, 2);
	}
	ok(r.state == READER_DONE && asked < 5 && r.written == 2,
	   "a server that sends the same page for ever is not asked for ever");
	scan_reader_free(&r);
}

/* Only single rows are quick enough; a page of 1000 holds few. */
static void
slow_pages(bool counts, bool narrow)
{
	enum { ROWS = 3 };
	struct scan_reader r;
	struct reader_question q;
	int asked = 0;

	begin(&r, 1000, counts, false);
	while (asked < 2000 && scan_reader_next(&r, &q)) {
		asked++;
		if (q.count) {
			scan_reader_count(&r, ROWS);
		} else if (q.most > 1) {
			narrow ? scan_reader_narrow(&r, &q)
			       : scan_reader_halve(&r, &q);
		} else {
			char id[16];

			snprintf(id, sizeof(id), "%d", (int)q.start);
			if (q.start <= ROWS)
				scan_reader_row(&r, slice_of(id));
			scan_reader_page(&r, &q, q.start <= ROWS);
		}
	}
	ok(r.state == READER_DONE && r.written == ROWS && asked < 40,
	   "%s, %s: parts that have no rows are not requested: %d questions",
	   counts ? "counted" : "not counted", narrow ? "narrowed" : "halved",
	   asked);
	scan_reader_free(&r);
}

int
main(void)
{
	turn_by_turn();
	for (int i = 0; i < 4; i++)
		slow_pages(i / 2, i % 2);
	deaf_server();
	for (int64_t page_size = 1; page_size < 12; page_size += 3) {
		still_window(page_size, true);
		still_window(page_size, false);
	}
	drifting_window(false);
	drifting_window(true);
	return tap_done();
}
