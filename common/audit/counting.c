#include "audit/counting.h"
#include "audit/whole_again.h"
#include "base/log.h"
#include "quickbooks/row_counts.h"

enum { MOST_AT_ONCE = 20 };

void
counting_init(struct counting *c, struct qbo_client *qbo)
{
	*c = (struct counting){ .qbo = qbo,
				.counts_left = COUNTING_MOST,
				.notes_left = COUNTING_MOST_FOR_NOTES };
}

static void
set_absent(struct proof *p, const struct failure *refusal)
{
	p->absent = true;
	snprintf(p->absent_why, sizeof(p->absent_why), "%.*s",
		 (int)sizeof(p->absent_why) - 1, refusal->text);
}

static void
take_counts(const struct row_counts *counts, struct proof *to)
{
	to->counted = counts->in_range;
	to->counted_total = counts->total;
	to->counted_after = counts->after;
	if (counts->absent)
		set_absent(to, &counts->refusal);
}

/* A count leaves out rows of such a list, with a filter on Active others than
 * without: so it is read. */
static bool
count_list(const struct counting *c, struct proof *p, struct failure *why)
{
	struct whole_again again;

	whole_again_init(&again);
	bool done = whole_again_read(&again, p->entity, c->qbo, why);
	if (done)
		p->counted = whole_again_count(&again);
	if (!done && again.reading.call.absent) {
		set_absent(p, why);
		*why = (struct failure){ 0 };
		done = true;
	}
	whole_again_free(&again);
	return done || fail_in(why, "%s", p->entity->name);
}

bool
counting_read(struct counting *c, struct proof *proofs, size_t count,
	      struct failure *why)
{
	static struct row_counts counts[ENTITY_MOST];
	struct proof *of[ENTITY_MOST];
	size_t asked = 0;

	for (size_t i = 0; i < count; i++) {
		if (!c->qbo || proofs[i].offline || proofs[i].absent)
			continue;
		if (proofs[i].entity->shape == SHAPE_WHOLE) {
			if (!count_list(c, &proofs[i], why))
				return false;
			continue;
		}
		of[asked] = &proofs[i];
		counts[asked++] = (struct row_counts){
			.entity = proofs[i].entity,
			.by = proofs[i].by,
			.range = proofs[i].range,
			.outside = proofs[i].with_outside,
			.all = proofs[i].by == WINDOW_BY_WHOLE,
			.may_be_absent = true,
		};
	}
	if (!asked)
		return true;
	if (!row_counts_read(counts, asked, c->qbo, why))
		return false;
	for (size_t i = 0; i < asked; i++)
		take_counts(&counts[i], of[i]);
	return true;
}

/* One round: false when there is nothing left to count, or no count left. */
static bool
count_round(struct counting *c, const struct proof *p, struct narrowing *n)
{
	static struct row_counts counts[MOST_AT_ONCE];
	struct time_range ranges[MOST_AT_ONCE];
	int64_t results[MOST_AT_ONCE];
	struct failure why = { 0 };
	size_t most = c->counts_left < MOST_AT_ONCE ? (size_t)c->counts_left
						    : MOST_AT_ONCE;
	size_t count = narrowing_next(n, ranges, most);

	if (!count)
		return false;
	c->counts_left -= (int64_t)count;
	for (size_t i = 0; i < count; i++)
		counts[i] = (struct row_counts){ .entity = p->entity,
						 .by = p->by,
						 .range = ranges[i] };
	if (!row_counts_read(counts, count, c->qbo, &why)) {
		log_warn("windows are not counted: %s", why.text);
		c->counts_left = 0;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		results[i] = counts[i].in_range;
	narrowing_take(n, results);
	return true;
}

static void
count_suspects(struct counting *c, const struct proof *p, struct narrowing *n,
	       const struct suspects *suspects)
{
	for (size_t i = 0; i < suspects->count && i < PROOF_MOST_WINDOWS; i++)
		narrowing_add_range(n, suspects->at[i].range);
	while (count_round(c, p, n))
		;
}

/* With at most `*most` counts, which are taken from it. */
static void
halve_down(struct counting *c, const struct proof *p, struct narrowing *n,
	   int64_t *most)
{
	int64_t kept = c->counts_left - *most;

	if (kept < 0)
		kept = 0;
	c->counts_left -= kept;
	*most -= c->counts_left;
	narrowing_add_all(n, p->counted);
	while (count_round(c, p, n))
		;
	*most += c->counts_left;
	c->counts_left += kept;
}

static void
narrow_down(struct counting *c, const struct proof *p, struct narrowing *n,
	    const struct suspects *suspects)
{
	int64_t all = c->counts_left;
	bool only_note =
		!p->verdict && !suspects->count && p->counted < p->in_range;

	if (!proof_differs(p) ||
	    narrowing_surplus(n) == p->counted - p->in_range)
		return;
	halve_down(c, p, n, only_note ? &c->notes_left : &all);
}

/*
 * First the suspects, a call for each, since they most often are all that
 * differs.  Where they are many, halving finds those that really do; they are
 * counted then only where that finds nothing.
 */
static void
count_windows(struct counting *c, const struct proof *p, struct narrowing *n,
	      const struct suspects *suspects)
{
	if (suspects->count <= PROOF_MOST_WINDOWS)
		count_suspects(c, p, n, suspects);
	narrow_down(c, p, n, suspects);
	if (suspects->count > PROOF_MOST_WINDOWS && !n->node_count)
		count_suspects(c, p, n, suspects);
}

static void
name_differences(struct counting *c, struct proof *p, struct narrowing *n,
		 const struct suspects *suspects)
{
	struct proof_difference found;
	struct time_range next;

	/* of no rows nothing can be told apart */
	if (p->in_range)
		count_windows(c, p, n, suspects);
	bool unfinished = narrowing_next(n, &next, 1);
	size_t count = narrowing_finish(n);
	for (size_t i = 0; i < count; i++) {
		narrowing_at(n, i, &found);
		proof_add_difference(p, &found);
	}
	if (unfinished)
		proof_add_finding(p, FAILURE_NONE,
				  "not narrowed down further, to save calls");
}

void
counting_name_windows(struct counting *c, struct proof *proof,
		      struct narrowing *pieces, const struct suspects *suspects)
{
	if (c->qbo && !proof->offline && window_by_is_query(proof->by))
		name_differences(c, proof, pieces, suspects);
	for (size_t i = 0; i < suspects->count; i++)
		proof_add_suspect(proof, &suspects->at[i]);
}
