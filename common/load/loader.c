#include "load/loader.h"
#include "load/rejects.h"
#include "load/schema.h"
#include "load/sender.h"
#include "postgres/connect.h"

static const char stage_sql[] =
#include "sql/load/stage.sql.h"
	;
static const char turn_sql[] =
#include "sql/load/write_lock.sql.h"
	;
static const char insert_sql[] =
#include "sql/load/insert.sql.h"
	;
static const char merge_sql[] =
#include "sql/load/merge.sql.h"
	;
static const char raced_sql[] =
#include "sql/load/conflicts.sql.h"
	;

enum { MOST_TRIES = 5 };

void
loader_init(struct loader *l)
{
	*l = (struct loader){ .rejects_fd = -1 };
	pg_init(&l->pg, "qb-load");
	row_compare_init(&l->verdicts);
}

void
loader_free(struct loader *l)
{
	pg_free(&l->pg);
	row_compare_free(&l->verdicts);
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
is_first_load(const struct loader *l, const struct batch *p)
{
	return l->all_new == p->window.entity && l->place.keyed && !l->ask &&
	       !l->mistaken && !l->dry_run && !p->rows.doubled;
}

static bool
want_rows(struct loader *l, struct batch *p, const struct sql_variable *with,
	  size_t count, struct failure *why)
{
	if (!is_first_load(l, p))
		return row_compare_run(&l->verdicts, &l->pg, &p->rows, with,
				       count, &p->entry, why);
	l->unasked = true;
	p->entry.inserted = batch_rows(p);
	row_buffer_select_all(&p->rows, &p->rows.fresh, l->to_itself);
	return true;
}

/*
 * Rows that were staged and were not needed any more at the merge: another
 * loader had put the same there meanwhile, or newer ones.
 */
static bool
count_raced(struct loader *l, struct batch *p, int64_t merged, int64_t raced,
	    const struct sender *to, struct failure *why)
{
	struct ledger_entry *entry = &p->entry;
	struct pg_result answer;
	bool done =
		pg_run(&l->pg, raced_sql, to->with, to->count, &answer, why);

	if (done) {
		int64_t same = pg_integer(&answer, 0, 0) - merged;

		entry->unchanged += same;
		entry->stale += raced - same;
	}
	pg_result_free(&answer);
	return done;
}

static bool
merge(struct loader *l, struct batch *p, const struct sender *to,
      struct failure *why)
{
	struct ledger_entry *entry = &p->entry;
	int64_t staged = row_selection_sent(&p->rows.changed), merged = 0;
	struct pg_result answer;

	bool done =
		pg_run(&l->pg, merge_sql, to->with, to->count, &answer, why);
	if (done) {
		entry->inserted += pg_integer(&answer, 0, 0);
		entry->updated = pg_integer(&answer, 0, 1);
		merged = pg_integer(&answer, 0, 0) + entry->updated;
	}
	pg_result_free(&answer);
	return done && (merged == staged ||
			count_raced(l, p, merged, staged - merged, to, why));
}

/* Rows that are new go straight into the table. */
static bool
insert_fresh(struct batch *p, struct sender *to, struct failure *why)
{
	struct row_selection *fresh = &p->rows.fresh;

	to->copy_sql = insert_sql;
	if (!fresh->count)
		return true;
	if (!sender_send_rows(&p->rows, fresh, to, why))
		return false;
	p->entry.inserted -= fresh->refused;
	p->entry.rejected += fresh->refused;
	return true;
}

/* Rows that replace others are put beside the table first. */
static bool
merge_changed(struct loader *l, struct batch *p, struct sender *to,
	      struct failure *why)
{
	struct row_selection *changed = &p->rows.changed;

	to->copy_sql = "copy qb_stage from stdin (format binary)";
	if (!changed->count)
		return true;
	if ((to->pg && !pg_run(to->pg, stage_sql, NULL, 0, NULL, why)) ||
	    !sender_send_rows(&p->rows, changed, to, why))
		return false;
	p->entry.updated -= changed->refused;
	p->entry.rejected += changed->refused;
	return !to->pg || merge(l, p, to, why);
}

/* The rows that are wanted, whole. */
static bool
land_rows(struct loader *l, struct batch *p, const struct sql_variable *with,
	  size_t count, struct failure *why)
{
	struct sender to = {
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
begin_entry(struct batch *p, struct failure *why)
{
	ledger_clear(&p->entry);
	p->entry.fetched_us = p->rows.latest_us;
	return buf_add_slice(&p->entry.run, p->rows.row.run, why) &&
	       row_buffer_select_none(&p->rows, why);
}

static bool
end_entry(struct loader *l, struct batch *p, struct failure *why)
{
	if (l->dry_run)
		return ledger_predict(&p->entry, &l->pg, l->place.schema,
				      &p->window, why);
	return ledger_write(&p->entry, &l->pg, l->place.schema, &p->window,
			    &p->seal, p->sealed.value[MEMBER_ARCHIVE], why);
}

/* What is wanted the server reads, and what is unchanged it has; nobody else
 * would look at a row that is stale. */
static bool
stale_are_json(struct batch *p, struct failure *why)
{
	return !p->entry.stale || sender_check_json(&p->rows, why);
}

static bool
land(struct loader *l, struct batch *p, const struct sql_variable *with,
     size_t count, struct failure *why)
{
	bool done = begin_entry(p, why) &&
		    (!batch_rows(p) || (want_rows(l, p, with, count, why) &&
					stale_are_json(p, why) &&
					land_rows(l, p, with, count, why))) &&
		    end_entry(l, p, why);

	if (batch_rows(p))
		l->all_new = done && p->entry.inserted == batch_rows(p)
				     ? p->window.entity
				     : NULL;
	return done;
}

/* What a window leaves in the stage would be merged again with the next. */
static bool
sweep(struct loader *l, struct batch *p, struct failure *why)
{
	return !p->rows.changed.count ||
	       pg_run(&l->pg, "delete from pg_temp.qb_stage", NULL, 0, NULL,
		      why);
}

static bool
take_turn(struct loader *l, const struct sql_variable *with, size_t count,
	  struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(&l->pg, turn_sql, with, count, &answer, why);

	l->to_itself = done && *pg_text(&answer, 0, 0) == 't';
	pg_result_free(&answer);
	return done;
}

/* The company, then the turn, then rows: everybody in this order. */
static bool
land_all(struct loader *l, struct batch *const *parcels, size_t parcel_count,
	 struct failure *why)
{
	const struct batch *first = parcels[0];
	struct sql_variable with[] = {
		{ "schema", l->place.schema },
		{ "table", first->window.entity->table },
		{ "alone", l->alone || parcel_count > 1 ? "t" : "f" },
		{ "only", l->only && is_first_load(l, first) ? "t" : "f" },
	};
	size_t count = LENGTH(with);
	char realm[ROW_BUFFER_REALM];

	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(first->seal.realm));
	if (!pg_begin(&l->pg, why) ||
	    (l->place.bound &&
	     !load_schema_bind(&l->pg, l->schema, realm, l->dry_run, why)) ||
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
find_place(struct loader *l, const struct entity *entity, struct failure *why)
{
	l->remembered =
		l->ready == entity && l->all_new != entity && !l->dry_run;
	if (l->remembered)
		return true;
	l->ready = NULL;
	l->place.schema = l->schema;
	if (!load_schema_prepare(&l->pg, entity, l->dry_run, &l->place, why))
		return false;
	l->ready = entity;
	if (l->place.empty)
		l->all_new = entity;
	return true;
}

/* One transaction, but for its commit; rolled back when it fails. */
static bool
transact(struct loader *l, struct batch *const *parcels, size_t count,
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
	l->mistaken |= l->unasked && pg_unique_violation(&l->pg);
	pg_copy_drop(&l->pg);
	pg_rollback(&l->pg);
	return load_schema_explain(&l->pg, l->schema, why);
}

/* After a failed try: is there a reason to try once more? */
static bool
again(struct loader *l, struct batch *p, int tries, struct failure *why)
{
	struct pg *pg = &l->pg;

	l->ask |= l->unasked;
	if (pg_connection_lost(pg))
		return tries == 1 && pg_connect(pg, why);
	if (l->remembered && pg_wrong_shape(pg)) /* it was dropped meanwhile */
		return tries < MOST_TRIES;
	if (pg_invalid_value(pg) && !l->careful)
		return l->careful = true;
	if (l->unasked &&
	    (pg_unique_violation(pg) || why->kind == FAILURE_DATA))
		return tries < MOST_TRIES;
	if (pg_unique_violation(pg)) /* another loader was there between */
		l->alone = true;
	if (pg_serialization_failed(pg) || pg_unique_violation(pg))
		return tries < MOST_TRIES;
	if (pg->copy_row && pg_invalid_value(pg))
		return sender_reject_row(&p->rows, pg->copy_row,
					 l->rejects_fd >= 0, why);
	return false;
}

/* `last` is what the transaction did last: where it is, all is. */
static bool
commit(struct loader *l, struct batch *last, struct failure *why)
{
	if (l->dry_run) {
		pg_rollback(&l->pg);
		return true;
	}
	if (pg_commit(&l->pg, why))
		return true;
	if (!pg_connection_lost(&l->pg) ||
	    !ledger_find_commit(&last->entry, &l->pg, l->place.schema,
				&last->window, &last->seal, why))
		return false;
	*why = (struct failure){ 0 };
	return true;
}

bool
loader_load(struct loader *l, struct batch *p, struct failure *why)
{
	bool trying = true;

	l->alone = l->ask = false;
	if (!pg_is_open(&l->pg) && !pg_connect(&l->pg, why))
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
loader_may_join(const struct loader *l, const struct batch *first,
		const struct batch *next)
{
	return !l->dry_run && l->rejects_fd < 0 &&
	       next->window.entity == first->window.entity &&
	       slice_equal(next->seal.realm, first->seal.realm);
}

bool
loader_load_together(struct loader *l, struct batch *const *parcels,
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
