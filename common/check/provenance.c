#include "check/provenance.h"

void
provenance_init(struct provenance *p)
{
	*p = (struct provenance){ 0 };
}

void
provenance_free(struct provenance *p)
{
	free(p->entries);
	free(p->groups);
	provenance_init(p);
}

static bool
overlap(struct time_range a, struct time_range b)
{
	return a.start_us < b.end_us && b.start_us < a.end_us;
}

/* --- one check ------------------------------------------------------------ */

struct inquiry {
	const struct provenance *p;
	const struct table_counts *counts;
	struct time_range range;
	bool *mixed;      /* groups of entries read by different times */
	int64_t *younger; /* of the rows of each window */
	int64_t *lost;    /* rows of each entry, by the rule at hand */
	size_t *by_start; /* entries in the order of their starts; or NULL */
	struct suspects *to;
};

static void *
zeros(size_t count, size_t size)
{
	void *all = base_realloc(NULL, (count + 1) * size);

	memset(all, 0, (count + 1) * size);
	return all;
}

static bool
concerns(const struct inquiry *q, const struct provenance_entry *e)
{
	return e->same_by && overlap(e->range, q->range);
}

/* Of the rows of the last entries more are gone than were updated after the
 * first of them.  Which entry lost them cannot be told, so it is each. */
static void
accuse(struct inquiry *q)
{
	int64_t gone = 0, updated = 0;

	for (size_t i = 0; i < q->p->entry_count; i++) {
		const struct provenance_entry *e = &q->p->entries[i];

		gone += q->lost[i];
		if (q->lost[i] && gone > updated)
			suspects_add(q->to, e->range, q->lost[i]);
		updated += e->updated;
	}
}

static bool
is_broken(const struct inquiry *q)
{
	int64_t gone = 0, updated = 0;

	for (size_t i = 0; i < q->p->entry_count; i++) {
		gone += q->lost[i];
		if (q->lost[i] && gone > updated)
			return true;
		updated += q->p->entries[i].updated;
	}
	return false;
}

/* --- what was read again since -------------------------------------------- */

static int
by_entry_start(const void *a, const void *b, void *entries)
{
	const struct provenance_entry *all = entries;
	const struct provenance_entry *x = &all[*(const size_t *)a];
	const struct provenance_entry *y = &all[*(const size_t *)b];

	return (x->range.start_us > y->range.start_us) -
	       (x->range.start_us < y->range.start_us);
}

static void
sort_entries(struct inquiry *q)
{
	size_t count = q->p->entry_count;

	if (q->by_start)
		return;
	q->by_start = zeros(count, sizeof(*q->by_start));
	for (size_t i = 0; i < count; i++)
		q->by_start[i] = i;
	qsort_r(q->by_start, count, sizeof(*q->by_start), by_entry_start,
		q->p->entries);
}

/* All of its range, by entries behind it that are as new. */
static bool
was_read_again(struct inquiry *q, size_t which)
{
	const struct provenance_entry *e = &q->p->entries[which];
	struct time_ranges again;

	sort_entries(q);
	time_ranges_init(&again);
	for (size_t i = 0; i < q->p->entry_count; i++) {
		const struct provenance_entry *later =
			&q->p->entries[q->by_start[i]];

		if (q->by_start[i] < which && later->same_by &&
		    later->read_us >= e->read_us &&
		    overlap(later->range, e->range))
			time_ranges_add(&again, later->range);
	}
	bool all = time_ranges_contain(&again, e->range);
	time_ranges_free(&again);
	return all;
}

/* Has any part of its range been read since? */
static bool
is_overlapped(const struct inquiry *q, size_t which)
{
	const struct provenance_entry *e = &q->p->entries[which];

	for (size_t i = 0; i < which; i++)
		if (q->p->entries[i].same_by &&
		    overlap(q->p->entries[i].range, e->range))
			return true;
	return false;
}

/* --- the rules ------------------------------------------------------------ */

static void
check_times(struct inquiry *q)
{
	for (size_t i = 0; i < q->p->entry_count; i++) {
		const struct provenance_entry *e = &q->p->entries[i];
		int64_t older = q->p->groups[e->group].older;

		if (older && concerns(q, e) && !q->mixed[e->group] &&
		    !was_read_again(q, i))
			suspects_add(q->to, e->range, older);
	}
}

/* What is left of the rows of a group is taken to be of its latest entries. */
static void
count_lost_writes(struct inquiry *q)
{
	int64_t *written = zeros(q->p->group_count, sizeof(*written));

	for (size_t i = 0; i < q->p->entry_count; i++) {
		const struct provenance_entry *e = &q->p->entries[i];
		int64_t rows = q->p->groups[e->group].rows;
		int64_t *all = &written[e->group];
		int64_t before = *all > rows ? *all - rows : 0;

		*all += e->written;
		q->lost[i] = *all > rows ? *all - rows - before : 0;
		if (!concerns(q, e) || q->mixed[e->group])
			q->lost[i] = 0;
	}
	free(written);
}

static void
check_writers(struct inquiry *q)
{
	count_lost_writes(q);
	if (!is_broken(q))
		return;
	bool *settled = zeros(q->p->group_count, sizeof(*settled));
	for (size_t i = 0; i < q->p->entry_count; i++) {
		bool *group = &settled[q->p->entries[i].group];

		if (!q->lost[i])
			continue;
		*group = *group || was_read_again(q, i);
		if (*group)
			q->lost[i] = 0;
	}
	free(settled);
	accuse(q);
}

static void
check_readers(struct inquiry *q)
{
	const struct provenance *p = q->p;

	for (size_t i = 0; i < p->entry_count; i++) {
		const struct provenance_entry *e = &p->entries[i];

		q->lost[i] = 0;
		if (!concerns(q, e))
			continue;
		int64_t there = table_counts_rows(q->counts, e->range) +
				q->younger[e->window];
		if (there < e->kept)
			q->lost[i] = e->kept - there;
	}
	if (!is_broken(q))
		return;
	for (size_t i = 0; i < p->entry_count; i++)
		if (q->lost[i] && is_overlapped(q, i))
			q->lost[i] = 0;
	accuse(q);
}

/* --- all of them ---------------------------------------------------------- */

static void
sum_up(struct inquiry *q)
{
	const struct provenance *p = q->p;
	bool *seen = zeros(p->group_count, sizeof(*seen));
	bool *same_by = zeros(p->group_count, sizeof(*same_by));

	for (size_t i = 0; i < p->entry_count; i++) {
		const struct provenance_entry *e = &p->entries[i];

		if (!seen[e->group]) {
			seen[e->group] = true;
			same_by[e->group] = e->same_by;
			q->younger[e->window] += p->groups[e->group].younger;
		}
		if (same_by[e->group] != e->same_by)
			q->mixed[e->group] = true;
	}
	free(seen);
	free(same_by);
}

void
provenance_check(const struct provenance *p, const struct table_counts *counts,
		 struct time_range range, struct suspects *to)
{
	struct inquiry q = {
		.p = p, .counts = counts, .range = range, .to = to
	};

	q.mixed = zeros(p->group_count, sizeof(*q.mixed));
	q.younger = zeros(p->window_count, sizeof(*q.younger));
	q.lost = zeros(p->entry_count, sizeof(*q.lost));
	sum_up(&q);
	check_times(&q);
	check_writers(&q);
	check_readers(&q);
	suspects_sort(to);
	free(q.mixed);
	free(q.younger);
	free(q.lost);
	free(q.by_start);
}
