#include "audit/census_coverage.h"
#include "base/clock.h"

static const char last_read_sql[] =
#include "sql/audit/last_read.sql.h"
	;

/* Rows that were changed between the end of the last window and the moment when
 * it was read may be missing.  After a backfill to some date in the past that
 * is many of them; by the default options it is those of 15 minutes. */
static const int64_t most_behind_us = CLOCK_DAY;

void
census_coverage_init(struct census_coverage *c)
{
	*c = (struct census_coverage){ 0 };
	time_ranges_init(&c->created);
	time_ranges_init(&c->updated);
}

void
census_coverage_free(struct census_coverage *c)
{
	time_ranges_free(&c->created);
	time_ranges_free(&c->updated);
}

static bool
read_last(struct census_coverage *c, const struct ledger_query *l,
	  const struct entity *entity, struct failure *why)
{
	const struct sql_variable with[] = { { "schema", l->schema },
					     { "realm", l->realm },
					     { "entity", entity->name } };
	struct pg_result answer = { 0 };

	if (!l->exists)
		return true;
	bool done =
		pg_run(l->pg, last_read_sql, with, LENGTH(with), &answer, why);
	if (done && answer.rows && !pg_null(&answer, 0, 0))
		c->read_us = pg_integer(&answer, 0, 0);
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

/* The log of changes says as much as windows by `updated`. */
static void
merge(const struct time_ranges *a, const struct time_ranges *b,
      struct time_ranges *to)
{
	size_t i = 0, j = 0;

	while (i < a->count || j < b->count) {
		bool from_a = j == b->count ||
			      (i < a->count &&
			       a->ranges[i].start_us <= b->ranges[j].start_us);

		time_ranges_add(to, from_a ? a->ranges[i++] : b->ranges[j++]);
	}
}

static bool
read_updated(const struct ledger_query *l, const struct entity *entity,
	     int64_t settle_ms, struct time_ranges *to, struct failure *why)
{
	struct time_ranges updated, change;

	time_ranges_init(&updated);
	time_ranges_init(&change);
	bool done = ledger_query_proven(l, entity, WINDOW_BY_UPDATED, settle_ms,
					&updated, why) &&
		    ledger_query_proven(l, entity, WINDOW_BY_CHANGE, settle_ms,
					&change, why);
	if (done)
		merge(&updated, &change, to);
	time_ranges_free(&updated);
	time_ranges_free(&change);
	return done;
}

bool
census_coverage_read(struct census_coverage *c, const struct ledger_query *l,
		     const struct entity *entity, int64_t settle_ms,
		     struct failure *why)
{
	return ledger_query_proven(l, entity, WINDOW_BY_CREATED, settle_ms,
				   &c->created, why) &&
	       read_updated(l, entity, settle_ms, &c->updated, why) &&
	       read_last(c, l, entity, why);
}

/* The range of the set that holds that time, or NULL. */
static const struct time_range *
range_at(const struct time_ranges *set, int64_t at_us)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->ranges[i].start_us <= at_us &&
		    at_us < set->ranges[i].end_us)
			return &set->ranges[i];
	return NULL;
}

/* Where the next range of the set begins; INT64_MAX: there is none. */
static int64_t
next_start(const struct time_ranges *set, int64_t at_us)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->ranges[i].start_us > at_us)
			return set->ranges[i].start_us;
	return INT64_MAX;
}

static bool
is_up_to_date(const struct census_coverage *c, const struct time_range *island)
{
	return island == &c->updated.ranges[c->updated.count - 1] &&
	       island->end_us >= c->read_us - most_behind_us;
}

/* What is missing after an island of `updated`: up to the next one, or all. */
static enum census_coverage_is
miss_after(const struct census_coverage *c, int64_t at_us,
	   struct time_range *missing)
{
	int64_t next_us = next_start(&c->updated, at_us);

	missing->start_us = at_us;
	missing->end_us = next_us == INT64_MAX ? 0 : next_us;
	return CENSUS_MISSING;
}

/* Nothing covers this time: either it is after all that was loaded, or there is
 * a gap. */
static enum census_coverage_is
end_at(const struct census_coverage *c, int64_t at_us, struct time_range *range,
       struct time_range *missing)
{
	int64_t created_us = next_start(&c->created, at_us);
	int64_t updated_us = next_start(&c->updated, at_us);
	int64_t next_us = created_us < updated_us ? created_us : updated_us;

	if (at_us > range->start_us && next_us >= range->end_us) {
		range->end_us = at_us;
		return CENSUS_COVERED;
	}
	missing->start_us = at_us;
	missing->end_us = next_us == INT64_MAX ? 0 : next_us;
	return CENSUS_MISSING;
}

enum census_coverage_is
census_coverage_apply(const struct census_coverage *c, struct time_range *range,
		      struct time_range *missing)
{
	int64_t at_us = range->start_us;

	while (at_us < range->end_us) {
		const struct time_range *created = range_at(&c->created, at_us);
		const struct time_range *updated = range_at(&c->updated, at_us);

		if (created)
			at_us = created->end_us;
		else if (!updated)
			return end_at(c, at_us, range, missing);
		else if (is_up_to_date(c, updated))
			at_us = updated->end_us;
		else
			return miss_after(c, updated->end_us, missing);
	}
	return CENSUS_COVERED;
}

/* The last one, if it is up to date; or NULL. */
static const struct time_range *
last_island(const struct census_coverage *c)
{
	const struct time_range *last =
		c->updated.count ? &c->updated.ranges[c->updated.count - 1]
				 : NULL;

	return last && is_up_to_date(c, last) ? last : NULL;
}

int64_t
census_coverage_changed_from(const struct census_coverage *c,
			     struct time_range range)
{
	const struct time_range *last = last_island(c);

	return last && c->updated.ranges[0].start_us >= range.start_us
		       ? last->start_us
		       : 0;
}

int64_t
census_coverage_loaded_until(const struct census_coverage *c)
{
	const struct time_range *last = last_island(c);

	return last ? last->end_us : INT64_MAX;
}
