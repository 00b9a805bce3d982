#include "load/loader.h"
#include "load/sender.h"
#include "postgres/connect.h"
#include "stream/fingerprint.h"

static const char write_lock_sql[] =
#include "sql/load/write_lock.sql.h"
	;

enum { MOST_TRIES = 5 };

void
loader_init(struct loader *l)
{
	*l = (struct loader){ .schema = NULL };
	pg_init(&l->pg, "qb-load");
	upsert_init(&l->upsert, &l->pg);
}

void
loader_free(struct loader *l)
{
	pg_free(&l->pg);
	upsert_free(&l->upsert);
}

static bool
take_write_lock(struct loader *l, const struct sql_variable *with, size_t count,
		struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(&l->pg, write_lock_sql, with, count, &answer, why);

	l->upsert.table_locked = done && *pg_text(&answer, 0, 0) == 't';
	pg_result_free(&answer);
	return done;
}

/* Every loader locks in this order: company, table, rows, ledger. */
static bool
load_batches(struct loader *l, struct batch *const *batches, size_t batch_count,
	     struct failure *why)
{
	const struct batch *first = batches[0];
	struct upsert *u = &l->upsert;
	bool sole = l->sole && upsert_is_first_load(u, first);
	bool own_time = payload_has_own_time(first->window.entity);
	bool exclusive = l->exclusive || batch_count > 1 || batch_gone(first) ||
			 (u->history.on && !upsert_is_first_load(u, first));
	struct sql_variable with[] = {
		{ "schema", u->target.schema },
		{ "table", first->window.entity->table },
		{ "entity", first->window.entity->name },
		{ "exclusive", exclusive ? "t" : "f" },
		{ "sole", sole ? "t" : "f" },
		{ "own_time", own_time ? "t" : "f" },
	};
	size_t count = LENGTH(with);
	char realm[ROW_BUFFER_REALM];

	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(first->seal.realm));
	if (!pg_begin(&l->pg, why) ||
	    (u->target.has_ledger &&
	     !load_schema_bind(&l->pg, l->schema, realm, u->dry_run, why)) ||
	    !take_write_lock(l, with, count, why))
		return false;
	for (size_t i = 0; i < batch_count; i++)
		if (!upsert_batch(u, batches[i], with, count, why) ||
		    (i + 1 < batch_count &&
		     !upsert_clear_stage(u, batches[i], why)))
			return false;
	return true;
}

/*
 * A table that was there is not looked for again while no transaction fails.
 * But a first load relies on its unique id, and a dry run shows what others
 * create meanwhile: they look each time.
 */
static bool
prepare_table(struct loader *l, const struct entity *entity,
	      struct failure *why)
{
	struct upsert *u = &l->upsert;

	l->prepare_skipped = l->prepared == entity &&
			     u->first_load_of != entity && !u->dry_run;
	if (l->prepare_skipped)
		return true;
	l->prepared = NULL;
	u->target.schema = l->schema;
	if (!load_schema_prepare(&l->pg, entity, u->dry_run, &u->target, why) ||
	    (!u->dry_run &&
	     !history_prepare(&u->history, &l->pg, entity, l->schema, why)))
		return false;
	l->prepared = entity;
	if (u->target.is_empty)
		u->first_load_of = entity;
	return true;
}

/* All but the commit; rolled back when it fails. */
static bool
run_transaction(struct loader *l, struct batch *const *batches, size_t count,
		struct failure *why)
{
	struct upsert *u = &l->upsert;

	l->pg.sqlstate[0] = '\0';
	l->pg.copy_row = 0;
	u->compare_skipped = false;
	if (!prepare_table(l, batches[0]->window.entity, why))
		return false;
	if (load_batches(l, batches, count, why))
		return true;
	l->prepared = NULL;
	history_forget(&u->history);
	u->skip_failed |= u->compare_skipped && pg_unique_violation(&l->pg);
	pg_copy_drop(&l->pg);
	pg_rollback(&l->pg);
	return load_schema_explain(&l->pg, l->schema, why);
}

/* After a failed try: would another one go differently? */
static bool
may_retry(struct loader *l, struct batch *b, int tries, struct failure *why)
{
	struct pg *pg = &l->pg;
	struct upsert *u = &l->upsert;
	bool skipped = u->compare_skipped;

	u->force_compare |= skipped;
	if (pg_connection_lost(pg))
		return tries == 1 && pg_connect(pg, why);
	if (l->prepare_skipped && pg_wrong_shape(pg)) /* dropped meanwhile */
		return tries < MOST_TRIES;
	if (pg_invalid_value(pg) && !u->check_payloads)
		return u->check_payloads = true;
	if (skipped && (pg_unique_violation(pg) || why->kind == FAILURE_DATA))
		return tries < MOST_TRIES;
	if (pg_unique_violation(
		    pg)) /* by another loader since the comparison */
		l->exclusive = true;
	if (pg_serialization_failed(pg) || pg_unique_violation(pg))
		return tries < MOST_TRIES;
	if (pg->copy_row && pg_invalid_value(pg))
		return sender_reject_row(&b->rows, pg->copy_row,
					 u->rejects_fd >= 0, why);
	return false;
}

/* The ledger entry of `last` is the last thing that the transaction wrote: if
 * it is there, all is. */
static bool
commit(struct loader *l, struct batch *last, struct failure *why)
{
	if (l->upsert.dry_run) {
		pg_rollback(&l->pg);
		return true;
	}
	if (pg_commit(&l->pg, why))
		return true;
	if (!pg_connection_lost(&l->pg) ||
	    !ledger_entry_find_commit(&last->entry, &l->pg,
				      l->upsert.target.schema, &last->window,
				      &last->seal, why))
		return false;
	*why = (struct failure){ 0 };
	return true;
}

bool
loader_load(struct loader *l, struct batch *b, struct failure *why)
{
	bool trying = true;

	l->exclusive = l->upsert.force_compare = false;
	if (!pg_is_open(&l->pg) && !pg_connect(&l->pg, why))
		return false;
	for (int tries = 1; trying; tries++) {
		if (run_transaction(l, &b, 1, why))
			return commit(l, b, why);
		trying = may_retry(l, b, tries, why);
		if (trying)
			*why = (struct failure){ 0 };
	}
	return false;
}

bool
loader_may_join(const struct loader *l, const struct batch *first,
		const struct batch *next)
{
	return !l->upsert.dry_run && l->upsert.rejects_fd < 0 &&
	       next->window.entity == first->window.entity &&
	       slice_equal(next->seal.realm, first->seal.realm);
}

bool
loader_load_together(struct loader *l, struct batch *const *batches,
		     size_t count, struct failure *why)
{
	struct upsert *u = &l->upsert;
	bool failed_before = u->skip_failed;

	l->exclusive = true;
	u->force_compare = false;
	bool done = run_transaction(l, batches, count, why);
	if (!done && u->skip_failed && !failed_before) {
		*why = (struct failure){ 0 };
		done = run_transaction(l, batches, count, why);
	}
	return done && commit(l, batches[count - 1], why);
}
