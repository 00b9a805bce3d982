#include "load/upsert.h"
#include "load/rejects.h"
#include "load/sender.h"

static const char staging_table_sql[] =
#include "sql/load/staging_table.sql.h"
	;
static const char insert_sql[] =
#include "sql/load/insert.sql.h"
	;
static const char merge_sql[] =
#include "sql/load/merge.sql.h"
	;
static const char count_unchanged_sql[] =
#include "sql/load/count_unchanged.sql.h"
	;

void
upsert_init(struct upsert *u, struct pg *pg)
{
	*u = (struct upsert){ .pg = pg, .rejects_fd = -1 };
	row_compare_init(&u->compare);
	gone_mark_init(&u->gone_mark);
}

void
upsert_free(struct upsert *u)
{
	row_compare_free(&u->compare);
	gone_mark_free(&u->gone_mark);
}

/* A dry run has no COPY that could be refused; and without a unique id the
 * server would not refuse it. */
bool
upsert_is_first_load(const struct upsert *u, const struct batch *b)
{
	return u->first_load_of == b->window.entity &&
	       u->target.has_unique_id && !u->force_compare &&
	       !u->skip_failed && !u->dry_run && !b->rows.may_repeat;
}

static bool
select_rows(struct upsert *u, struct batch *b, const struct sql_variable *with,
	    size_t count, struct failure *why)
{
	if (!upsert_is_first_load(u, b))
		return row_compare_run(&u->compare, u->pg, &b->rows, with,
				       count, &b->entry, why);
	u->compare_skipped = true;
	b->entry.inserted = batch_rows(b);
	row_buffer_select_all(&b->rows, &b->rows.to_insert, u->table_locked);
	return true;
}

/*
 * Rows of the staging table that were not written: since the comparison another
 * loader has committed the same row, or a newer one.
 */
static bool
count_conflicts(struct upsert *u, struct batch *b, int64_t merged,
		int64_t conflicts, const struct sender *to, struct failure *why)
{
	struct ledger_entry *entry = &b->entry;
	struct pg_result answer;
	bool done = pg_run(u->pg, count_unchanged_sql, to->with, to->count,
			   &answer, why);

	if (done) {
		int64_t same = pg_integer(&answer, 0, 0) - merged;

		entry->unchanged += same;
		entry->stale += conflicts - same;
	}
	pg_result_free(&answer);
	return done;
}

static bool
merge(struct upsert *u, struct batch *b, const struct sender *to,
      struct failure *why)
{
	struct ledger_entry *entry = &b->entry;
	int64_t staged = row_selection_sent(&b->rows.to_update), merged = 0;
	struct pg_result answer;

	bool done = pg_run(u->pg, merge_sql, to->with, to->count, &answer, why);
	if (done) {
		entry->inserted += pg_integer(&answer, 0, 0);
		entry->updated = pg_integer(&answer, 0, 1);
		merged = pg_integer(&answer, 0, 0) + entry->updated;
	}
	pg_result_free(&answer);
	return done &&
	       (merged == staged ||
		count_conflicts(u, b, merged, staged - merged, to, why));
}

static bool
insert_new_rows(struct batch *b, struct sender *to, struct failure *why)
{
	struct row_selection *list = &b->rows.to_insert;

	to->copy_sql = insert_sql;
	if (!list->count)
		return true;
	if (!sender_send_rows(&b->rows, list, to, why))
		return false;
	b->entry.inserted -= list->rejected;
	b->entry.rejected += list->rejected;
	return true;
}

static bool
create_stage(struct pg *pg, const char *name, struct failure *why)
{
	const struct sql_variable with = { "stage", name };

	return pg_run(pg, staging_table_sql, &with, 1, NULL, why);
}

static bool
record(struct upsert *u, const char *stage, const struct sender *to,
       struct failure *why)
{
	return !u->history.on ||
	       history_record(u->pg, stage, to->with, to->count, why);
}

static bool
update_changed_rows(struct upsert *u, struct batch *b, struct sender *to,
		    struct failure *why)
{
	struct row_selection *list = &b->rows.to_update;

	to->copy_sql = "copy qb_stage from stdin (format binary)";
	if (!list->count)
		return true;
	if ((to->pg && !create_stage(to->pg, "qb_stage", why)) ||
	    !sender_send_rows(&b->rows, list, to, why))
		return false;
	b->entry.updated -= list->rejected;
	b->entry.rejected += list->rejected;
	return !to->pg ||
	       (record(u, "qb_stage", to, why) && merge(u, b, to, why));
}

/* They do not change the table, only its history. */
static bool
record_stale_rows(struct upsert *u, struct batch *b, struct sender *to,
		  struct failure *why)
{
	struct row_selection *list = &b->rows.stale;

	to->copy_sql = "copy qb_stale from stdin (format binary)";
	if (!list->count)
		return true;
	if (!create_stage(to->pg, "qb_stale", why) ||
	    !sender_send_rows(&b->rows, list, to, why))
		return false;
	b->entry.stale -= list->rejected;
	b->entry.rejected += list->rejected;
	return record(u, "qb_stale", to, why);
}

/* A row that jsonb cannot hold may be stale, so that it need not be stored:
 * without a comparison none is rejected. */
static bool
write_rows(struct upsert *u, struct batch *b, const struct sql_variable *with,
	   size_t count, struct failure *why)
{
	struct sender to = {
		.pg = u->dry_run ? NULL : u->pg,
		.with = with,
		.count = count,
		.check_payloads = u->dry_run || u->check_payloads,
		.may_reject = u->rejects_fd >= 0 && !u->compare_skipped,
	};

	return insert_new_rows(b, &to, why) &&
	       update_changed_rows(u, b, &to, why) &&
	       record_stale_rows(u, b, &to, why) &&
	       (!b->entry.rejected || u->dry_run ||
		rejects_write(&b->rows, u->rejects_fd, why));
}

static bool
begin_entry(struct upsert *u, struct batch *b, struct failure *why)
{
	ledger_entry_clear(&b->entry);
	b->entry.columns = u->target.ledger_columns;
	b->entry.fetched_us = b->rows.latest_us > b->gone.latest_us
				      ? b->rows.latest_us
				      : b->gone.latest_us;
	/* without rows: the clock of this server may be another one */
	if (b->entry.fetched_us == INT64_MIN && b->seal.log_at_us)
		b->entry.fetched_us = b->seal.log_at_us;
	u->compare.keep_stale = u->gone_mark.keep_history = u->history.on;
	return buf_add_slice(&b->entry.run, b->rows.row.run, why) &&
	       row_buffer_select_none(&b->rows, why);
}

static bool
write_entry(struct upsert *u, struct batch *b, struct failure *why)
{
	const char *schema = u->target.schema;

	if (u->dry_run)
		return ledger_entry_predict(&b->entry, u->pg, schema,
					    &b->window, why);
	return ledger_entry_write(&b->entry, u->pg, schema, &b->window,
				  &b->seal, b->sealed.value[MEMBER_ARCHIVE],
				  why);
}

/* The server parses what is written, and has parsed what is unchanged; nobody
 * else would look at the payload of a stale row. */
static bool
check_stale_rows(struct batch *b, struct failure *why)
{
	return !b->entry.stale || sender_check_json(&b->rows, why);
}

/* Of a row and a gone line of one id, the later decides: both orders give the
 * same, but the ledger says what happened. */
static bool
mark_gone(struct upsert *u, struct batch *b, const struct sql_variable *with,
	  size_t count, struct failure *why)
{
	return !batch_gone(b) ||
	       ((u->dry_run || load_schema_require_deleted(&u->target, why)) &&
		gone_mark_run(&u->gone_mark, u->pg, b, with, count, u->dry_run,
			      why));
}

bool
upsert_batch(struct upsert *u, struct batch *b, const struct sql_variable *with,
	     size_t count, struct failure *why)
{
	bool done = begin_entry(u, b, why) &&
		    (!batch_rows(b) || (select_rows(u, b, with, count, why) &&
					check_stale_rows(b, why) &&
					write_rows(u, b, with, count, why))) &&
		    mark_gone(u, b, with, count, why) && write_entry(u, b, why);

	if (batch_rows(b))
		u->first_load_of = done && b->entry.inserted == batch_rows(b)
					   ? b->window.entity
					   : NULL;
	return done;
}

bool
upsert_clear_stage(struct upsert *u, const struct batch *b, struct failure *why)
{
	return (!b->rows.to_update.count ||
		pg_run(u->pg, "delete from pg_temp.qb_stage", NULL, 0, NULL,
		       why)) &&
	       (!b->rows.stale.count ||
		pg_run(u->pg, "delete from pg_temp.qb_stale", NULL, 0, NULL,
		       why));
}
