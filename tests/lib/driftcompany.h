/*
 * driftcompany.h - a company whose rows change between any two answers, and
 * what its server is like.
 *
 * Everything follows from one seed.  A row is a chain of versions, each with
 * the time by which it is selected and the steps during which it was there; a
 * step passes with each answer and each change, so that a test can tell which
 * rows stayed in a range the whole time.
 */
#ifndef DRIFTCOMPANY_H
#define DRIFTCOMPANY_H

#include "base/clock.h"
#include "quickbooks/fetch_queue.h"

enum { MOST_VERSIONS = 600, NEVER = 1 << 30, MOST_ANSWERS = 20000 };

struct version {
	int id, entity;
	int64_t at_us;
	int from, to; /* steps: from <= step < to */
	bool unreadable, undated;
};

struct qbo_client {
	struct version versions[MOST_VERSIONS];
	int count, last_id;
	int step;
	uint64_t random;

	/* what the server is like */
	enum window_by by;
	int64_t first_us, length_us; /* where rows are */
	int64_t unit_us;             /* times are multiples of it */
	int tied_units;              /* and often of so many units */
	int leaving, entering, moving,
		late; /* changes that are still to come */
	bool unsorted, undated;
	int odd_pages; /* 1: sometimes a row less, 2: or more */
	int64_t slow_count_us, slow_page; /* more is too slow; 0: none */
	int failures, own_failures;       /* still to come */
	enum failure_kind fail_kind;
	int64_t bad_count_us; /* a count that contains it is refused; 0: none */

	struct {
		struct qbo_call *call;
		bool answered;
	} under_way[FETCH_MOST_JOBS + 1];
	int under_way_count, most_at_once;
	int answers;
	int64_t calls;
	bool failed; /* a failure that ends everything was given */
};

static const char *const drift_entities[] = { "Invoice", "Bill" };

/* splitmix64 */
static int
draw(struct qbo_client *q, int below)
{
	uint64_t z = q->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int)((z ^ (z >> 31)) % (uint64_t)below);
}

/* --- the company --------------------------------------------------------- */

static int64_t
draw_time(struct qbo_client *q)
{
	int64_t unit_us = q->unit_us;

	if (draw(q, 2))
		unit_us *= q->tied_units;
	int units = (int)(q->length_us / unit_us) + 1;
	return q->first_us + draw(q, units) * unit_us;
}

static void
add_version(struct qbo_client *q, struct version v)
{
	if (q->count == MOST_VERSIONS)
		return;
	v.from = q->step;
	v.to = NEVER;
	q->versions[q->count++] = v;
}

static void
add_row(struct qbo_client *q, bool unreadable, bool undated)
{
	add_version(q, (struct version){ .id = ++q->last_id,
					 .entity = draw(q, 4) == 0,
					 .at_us = draw_time(q),
					 .unreadable = unreadable,
					 .undated = undated });
}

/* One that is there; NULL: there is none. */
static struct version *
draw_row(struct qbo_client *q)
{
	for (int tries = 0; q->count && tries < 20; tries++) {
		struct version *v = &q->versions[draw(q, q->count)];

		if (v->to == NEVER)
			return v;
	}
	return NULL;
}

/* Deleted, or changed to another time. */
static void
end_version(struct qbo_client *q, struct version *v, int64_t new_us)
{
	struct version next = *v;

	v->to = q->step;
	next.at_us = new_us;
	if (new_us)
		add_version(q, next);
}

static void
change(struct qbo_client *q)
{
	struct version *v = draw_row(q);

	q->step++;
	if (q->leaving && v && !draw(q, 4)) {
		q->leaving--;
		end_version(q, v, draw(q, 2) ? 0 : clock_now_us());
	} else if (q->entering && !draw(q, 4)) {
		q->entering--;
		add_row(q, false, false);
	} else if (q->moving && v && !draw(q, 4)) {
		q->moving--;
		end_version(q, v,
			    draw(q, 2) ? draw_time(q)
				       : v->at_us + (draw(q, 19) - 9) *
							    q->unit_us);
	} else if (q->late && !draw(q, 4)) { /* shows up after its moment */
		q->late--;
		add_version(q, (struct version){
				       .id = ++q->last_id,
				       .at_us = clock_now_us() / CLOCK_SECOND *
							CLOCK_SECOND -
						draw(q, 600) * CLOCK_SECOND });
	}
	q->step++;
}

#endif
