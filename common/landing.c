#include "landing.h"
#include "landplace.h"
#include "outgoing.h"
#include "pgopen.h"
#include "rejects.h"

static const char stage_sql[] =
#include "sql/stage.sql.h"
	;
static const char turn_sql[] =
#include "sql/turn.sql.h"
	;
static const char insert_sql[] =
#include "sql/insert.sql.h"
	;
static const char merge_sql[] =
#include "sql/merge.sql.h"
	;
static const char raced_sql[] =
#include "sql/raced.sql.h"
	;

enum { MOST_TRIES = 5 };

void
landing_init(struct landing *l)
{
	*l = (struct landing){ .rejects_fd = -1 };
	pg_init(&l->pg, "qb-load");
	verdicts_init(&l->verdicts);
}

void
landing_free(struct landing *l)
{
	pg_free(&l->pg);
	verdicts_free(&l->verdicts);
}

/*
 * A first load: the table is empty, or in the last window all rows were new to
 * it, so those of the next are taken for it, too.  Where that is wrong the
 * server refuses the COPY, the window is asked about after all, and nothing is
 * taken for granted any more: what was copied in vain is one window.  A row
 * that jsonb cannot hold may not be wanted, so then the window is asked about,
 * too.
 */
static bool
is_first_load(const struct landing *l, const struct parcel *p)
{
	return l->all_new == p->window.entity && l->place.keyed && !l->ask &&
	       !l->mistaken && !l->dry_run && !p->rows.doubled;
}

static bool
want_rows(struct landing *l, struct parcel *p,
	  const struct statement_value *with, size_t count, struct failure *why)
{
	if (!is_first_load(l, p))
		return verdicts_ask(&l->verdicts, &l->pg, &p->rows, with, count,
				    &p->entry, why);
	l->unasked = true;
	p->entry.inserted = parcel_rows(p);
	waiting_want_all(&p->rows, &p->rows.fresh, l->to_itself);
	return true;
}

/*
 * Rows that were staged and were not needed any more at the merge: another
 * loader had put the same there meanwhile, or newer ones.
 */
static bool
count_raced(struct landing *l, struct parcel *p, int64_t merged, int64_t raced,
	    const struct outgoing *to, struct failure *why)
{
	struct ledger_entry *entry = &p->entry;
	struct pg_answer answer;
	bool done =
		pg_run(&l->pg, raced_sql, to->with, to->count, &answer, why);

	if (done) {
		int64_t same = pg_integer(&answer, 0, 0) - merged;

		entry->unchanged += same;
		entry->stale += raced - same;
	}
	pg_answer_free(&answer);
	return done;
}

static bool
merge(struct landing *l, struct parcel *p, const struct outgoing *to,
      struct failure *why)
{
	struct ledger_entry *entry = &p->entry;
	int64_t staged = wanted_sent(&p->rows.changed), merged = 0;
	struct pg_answer answer;

	bool done =
		pg_run(&l->pg, merge_sql, to->with, to->count, &answer, why);
	if (done) {
		entry->inserted += pg_integer(&answer, 0, 0);
		entry->updated = pg_integer(&answer, 0, 1);
		merged = pg_integer(&answer, 0, 0) + entry->updated;
	}
	pg_answer_free(&answer);
	return done && (merged == staged ||
			count_raced(l, p, merged, staged - merged, to, why));
}

/* Rows that are new go straight into the table. */
static bool
insert_fresh(struct parcel *p, struct outgoing *to, struct failure *why)
{
	struct wanted *fresh = &p->rows.fresh;

	to->copy_sql = insert_sql;
	if (!fresh->count)
		return true;
	if (!outgoing_send(&p->rows, fresh, to, why))
		return false;
	p->entry.inserted -= fresh->refused;
	p->entry.rejected += fresh->refused;
	return true;
}

/* Rows that replace others are put beside the table first. */
static bool
merge_changed(struct landing *l, struct parcel *p, struct outgoing *to,
	      struct failure *why)
{
	struct wanted *changed = &p->rows.changed;

	to->copy_sql = "copy qb_stage from stdin (format binary)";
	if (!changed->count)
		return true;
	if ((to->pg && !pg_run(to->pg, stage_sql, NULL, 0, NULL, why)) ||
	    !outgoing_send(&p->rows, changed, to, why))
		return false;
	p->entry.updated -= changed->refused;
	p->entry.rejected += changed->refused;
	return !to->pg || merge(l, p, to, why);
}

/* The rows that are wanted, whole. */
static bool
land_rows(struct landing *l, struct parcel *p,
	  const struct statement_value *with, size_t count, struct failure *why)
{
	struct outgoing to = {
		.pg = l->dry_run ? NULL : &l->pg,
		.with = with,
		.count = count,
		.look = l->dry_run || l->careful,
		/* one that is stale need not be held: ask first */
		.may_refuse = l->rejects_fd >= 0 && !l->unasked,
	};

	return insert_fresh(p, &to, why) && merge_changed(l, p, &to, why) &&
	       (!p->entry.rejected || l->dry_run ||
		rejects_write(&p->rows, l->rejects_fd, why));
}

static bool
begin_entry(struct parcel *p, struct failure *why)
{
	ledger_clear(&p->entry);
	p->entry.fetched_us = p->rows.latest_us;
	return buf_add_slice(&p->entry.run, p->rows.row.run, why) &&
	       waiting_want_none(&p->rows, why);
}

static bool
end_entry(struct landing *l, struct parcel *p, struct failure *why)
{
	if (l->dry_run)
		return ledger_foresee(&p->entry, &l->pg, l->place.schema,
				      &p->window, why);
	return ledger_write(&p->entry, &l->pg, l->place.schema, &p->window,
			    &p->seal, p->sealed.value[MEMBER_ARCHIVE], why);
}

/* What is wanted the server reads, and what is unchanged it has; nobody else
 * would look at a row that is stale. */
static bool
stale_are_json(struct parcel *p, struct failure *why)
{
	return !p->entry.stale || outgoing_are_json(&p->rows, why);
}

static bool
land(struct landing *l, struct parcel *p, const struct statement_value *with,
     size_t count, struct failure *why)
{
	bool done = begin_entry(p, why) &&
		    (!parcel_rows(p) || (want_rows(l, p, with, count, why) &&
					 stale_are_json(p, why) &&
					 land_rows(l, p, with, count, why))) &&
		    end_entry(l, p, why);

	if (parcel_rows(p))
		l->all_new = done && p->entry.inserted == parcel_rows(p)
				     ? p->window.entity
				     : NULL;
	return done;
}

/* What a window leaves in the stage would be merged again with the next. */
static bool
sweep(struct landing *l, struct parcel *p, struct failure *why)
{
	return !p->rows.changed.count ||
	       pg_run(&l->pg, "delete from pg_temp.qb_stage", NULL, 0, NULL,
		      why);
}

static bool
take_turn(struct landing *l, const struct statement_value *with, size_t count,
	  struct failure *why)
{
	struct pg_answer answer;
	bool done = pg_run(&l->pg, turn_sql, with, count, &answer, why);

	l->to_itself = done && *pg_text(&answer, 0, 0) == 't';
	pg_answer_free(&answer);
	return done;
}

/* The company, then the turn, then rows: everybody in this order. */
static bool
land_all(struct landing *l, struct parcel *const *parcels, size_t parcel_count,
	 struct failure *why)
{
	const struct parcel *first = parcels[0];
	struct statement_value with[] = {
		{ "schema", l->place.schema },
		{ "table", first->window.entity->table },
		{ "alone", l->alone || parcel_count > 1 ? "t" : "f" },
		{ "only", l->only && is_first_load(l, first) ? "t" : "f" },
	};
	size_t count = LENGTH(with);
	char realm[WAITING_REALM];

	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(first->seal.realm));
	if (!pg_begin(&l->pg, why) ||
	    (l->place.bound &&
	     !landplace_bind(&l->pg, l->schema, realm, l->dry_run, why)) ||
	    !take_turn(l, with, count, why))
		return false;
	for (size_t i = 0; i < parcel_count; i++)
		if (!land(l, parcels[i], with, count, why) ||
		    (i + 1 < parcel_count && !sweep(l, parcels[i], why)))
			return false;
	return true;
}

/*
 * A table that was there, and in which no transaction has failed since, is not
 * looked for.  But in a first load its key is, without which an id could come
 * to stand there twice; and a dry run sees what others make meanwhile.
 */
static bool
find_place(struct landing *l, const struct entity *entity, struct failure *why)
{
	l->remembered =
		l->ready == entity && l->all_new != entity && !l->dry_run;
	if (l->remembered)
		return true;
	l->ready = NULL;
	l->place.schema = l->schema;
	if (!landplace_ready(&l->pg, entity, l->dry_run, &l->place, why))
		return false;
	l->ready = entity;
	if (l->place.empty)
		l->all_new = entity;
	return true;
}

/* One transaction, but for its commit; rolled back when it fails. */
static bool
transact(struct landing *l, struct parcel *const *parcels, size_t count,
	 struct failure *why)
{
	l->pg.sqlstate[0] = '\0';
	l->pg.copy_row = 0;
	l->unasked = false;
	if (!find_place(l, parcels[0]->window.entity, why))
		return false;
	if (land_all(l, parcels, count, why))
		return true;
	l->ready = NULL;
	l->mistaken |= l->unasked && pg_doubled(&l->pg);
	pg_copy_drop(&l->pg);
	pg_roll_back(&l->pg);
	return landplace_advise(&l->pg, l->schema, why);
}

/* After a failed try: is there a reason to try once more? */
static bool
again(struct landing *l, struct parcel *p, int tries, struct failure *why)
{
	struct pg *pg = &l->pg;

	l->ask |= l->unasked;
	if (pg_lost(pg))
		return tries == 1 && pg_open(pg, why);
	if (l->remembered && pg_misshapen(pg)) /* it was dropped meanwhile */
		return tries < MOST_TRIES;
	if (pg_unreadable(pg) && !l->careful)
		return l->careful = true;
	if (l->unasked && (pg_doubled(pg) || why->kind == FAILURE_DATA))
		return tries < MOST_TRIES;
	if (pg_doubled(pg)) /* another loader was there between */
		l->alone = true;
	if (pg_met(pg) || pg_doubled(pg))
		return tries < MOST_TRIES;
	if (pg->copy_row && pg_unreadable(pg))
		return outgoing_refuse(&p->rows, pg->copy_row,
				       l->rejects_fd >= 0, why);
	return false;
}

/* `last` is what the transaction did last: where it is, all is. */
static bool
commit(struct landing *l, struct parcel *last, struct failure *why)
{
	if (l->dry_run) {
		pg_roll_back(&l->pg);
		return true;
	}
	if (pg_commit(&l->pg, why))
		return true;
	if (!pg_lost(&l->pg) ||
	    !ledger_settle(&last->entry, &l->pg, l->place.schema, &last->window,
			   &last->seal, why))
		return false;
	*why = (struct failure){ 0 };
	return true;
}

bool
landing_load(struct landing *l, struct parcel *p, struct failure *why)
{
	bool trying = true;

	l->alone = l->ask = false;
	if (!pg_is_open(&l->pg) && !pg_open(&l->pg, why))
		return false;
	for (int tries = 1; trying; tries++) {
		if (transact(l, &p, 1, why))
			return commit(l, p, why);
		trying = again(l, p, tries, why);
		if (trying)
			*why = (struct failure){ 0 };
	}
	return false;
}

bool
landing_may_join(const struct landing *l, const struct parcel *first,
		 const struct parcel *next)
{
	return !l->dry_run && l->rejects_fd < 0 &&
	       next->window.entity == first->window.entity &&
	       slice_equal(next->seal.realm, first->seal.realm);
}

bool
landing_load_together(struct landing *l, struct parcel *const *parcels,
		      size_t count, struct failure *why)
{
	bool before = l->mistaken;

	l->alone = true;
	l->ask = false;
	bool done = transact(l, parcels, count, why);
	if (!done && l->mistaken && !before) {
		*why = (struct failure){ 0 };
		done = transact(l, parcels, count, why);
	}
	return done && commit(l, parcels[count - 1], why);
}
