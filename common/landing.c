#include "landing.h"
#include "json.h"
#include "landplace.h"

static const char keys_sql[] =
#include "sql/keys.sql.h"
	;
static const char stage_sql[] =
#include "sql/stage.sql.h"
	;
static const char classify_sql[] =
#include "sql/classify.sql.h"
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
	waiting_init(&l->rows);
	ledger_init(&l->entry);
}

void
landing_free(struct landing *l)
{
	pg_free(&l->pg);
	waiting_free(&l->rows);
	ledger_free(&l->entry);
}

/* Rows without a stamp bear the moment in which the window's first passed. */
static void
enter_window(struct landing *l, const struct stream *in)
{
	waiting_clear(&l->rows, in->line);
	l->rows.keep_lines = l->rejects_fd >= 0;
	l->rows.row.own_run = slice_of(l->run->id);
	l->rows.row.own_at_us = l->run->fixed ? l->run->at_us : clock_now_us();
}

bool
landing_add(struct landing *l, const struct stream *in, struct failure *why)
{
	if (in->first)
		enter_window(l, in);
	return waiting_add(&l->rows, &in->now, &in->window, why) ||
	       fail_in(why, "line %" PRId64, in->line);
}

/* "17\t40960\tu" */
static bool
take_verdict(struct landing *l, struct slice line, struct failure *why)
{
	struct ledger_entry *entry = &l->entry;
	struct waiting *rows = &l->rows;
	long long n, place;
	char verdict;

	/* libpq ends its lines with a NUL */
	if (sscanf(line.at, "%lld\t%lld\t%c", &n, &place, &verdict) != 3)
		return fail(why, FAILURE_BUG, "a verdict on no row");
	entry->inserted += verdict == 'i';
	entry->updated += verdict == 'u';
	entry->unchanged += verdict == '=';
	entry->stale += verdict == 's';
	if (verdict == 'i')
		return waiting_want(rows, &rows->fresh, n, place, why);
	return verdict != 'u' ||
	       waiting_want(rows, &rows->changed, n, place, why);
}

static bool
classify(struct landing *l, const struct statement_value *with, size_t count,
	 struct failure *why)
{
	enum pg_got got;
	struct slice line;

	if (!pg_run(&l->pg, keys_sql, NULL, 0, NULL, why) ||
	    !waiting_send_keys(&l->rows, &l->pg, why) ||
	    !pg_read_begin(&l->pg, classify_sql, with, count, why))
		return false;
	while ((got = pg_read_next(&l->pg, &line, why)) == PG_LINE)
		if (!take_verdict(l, line, why))
			return false;
	return got == PG_DONE;
}

/*
 * Rows that were staged and were not needed any more at the merge: another
 * loader had put the same there meanwhile, or newer ones.
 */
static bool
count_raced(struct landing *l, int64_t merged, int64_t raced,
	    const struct waiting_to *to, struct failure *why)
{
	struct ledger_entry *entry = &l->entry;
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
merge(struct landing *l, const struct waiting_to *to, struct failure *why)
{
	struct ledger_entry *entry = &l->entry;
	int64_t staged = wanted_sent(&l->rows.changed), merged = 0;
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
			count_raced(l, merged, staged - merged, to, why));
}

/* Rows that are new go straight into the table. */
static bool
insert_fresh(struct landing *l, struct waiting_to *to, struct failure *why)
{
	struct wanted *fresh = &l->rows.fresh;

	to->copy_sql = insert_sql;
	if (!fresh->rows.records)
		return true;
	if (!waiting_send(&l->rows, fresh, to, why))
		return false;
	l->entry.inserted -= fresh->refused;
	l->entry.rejected += fresh->refused;
	return true;
}

/* Rows that replace others are put beside the table first. */
static bool
merge_changed(struct landing *l, struct waiting_to *to, struct failure *why)
{
	struct wanted *changed = &l->rows.changed;

	to->copy_sql = "copy qb_stage from stdin (format binary)";
	if (!changed->rows.records)
		return true;
	if ((to->pg && !pg_run(to->pg, stage_sql, NULL, 0, NULL, why)) ||
	    !waiting_send(&l->rows, changed, to, why))
		return false;
	l->entry.updated -= changed->refused;
	l->entry.rejected += changed->refused;
	return !to->pg || merge(l, to, why);
}

/* The rows that are wanted, whole. */
static bool
land_rows(struct landing *l, const struct statement_value *with, size_t count,
	  struct failure *why)
{
	struct waiting_to to = {
		.pg = l->dry_run ? NULL : &l->pg,
		.with = with,
		.count = count,
		.may_refuse = l->rejects_fd >= 0,
	};

	return insert_fresh(l, &to, why) && merge_changed(l, &to, why) &&
	       (!l->entry.rejected || l->dry_run ||
		waiting_write_refused(&l->rows, l->rejects_fd, why));
}

/*
 * The run of the window is that of its rows.  The seal bears the same stamp,
 * and is asked when there are none.
 */
static bool
begin_entry(struct landing *l, const struct stream *in, struct failure *why)
{
	ledger_clear(&l->entry);
	l->entry.fetched_us = l->rows.latest_us;
	if (!l->rows.rows.records) {
		enter_window(l, in);
		if (!landrow_read_stamp(&l->rows.row, &in->now, why))
			return false;
	}
	return buf_add_slice(&l->entry.run, l->rows.row.run, why) &&
	       waiting_want_none(&l->rows, why);
}

static bool
end_entry(struct landing *l, const struct stream *in, struct failure *why)
{
	if (l->dry_run)
		return ledger_foresee(&l->entry, &l->pg, l->place, &in->window,
				      why);
	return ledger_write(&l->entry, &l->pg, l->place, &in->window, &in->seal,
			    in->now.value[MEMBER_ARCHIVE], why);
}

static bool
land(struct landing *l, const struct stream *in, struct failure *why)
{
	const struct statement_value with[] = {
		{ "schema", l->place },
		{ "table", in->window.entity->table },
		{ "alone", l->alone ? "t" : "f" },
	};
	size_t count = LENGTH(with);
	char realm[WAITING_REALM];

	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(in->seal.realm));
	return pg_begin(&l->pg, why) &&
	       (!l->bound ||
		landplace_bind(&l->pg, l->schema, realm, l->dry_run, why)) &&
	       (!l->rows.rows.records ||
		(pg_run(&l->pg, turn_sql, with, count, NULL, why) &&
		 classify(l, with, count, why) &&
		 land_rows(l, with, count, why))) &&
	       end_entry(l, in, why);
}

/* One transaction, but for its commit; rolled back when it fails. */
static bool
transact(struct landing *l, const struct stream *in, struct failure *why)
{
	l->place = l->schema;
	l->pg.sqlstate[0] = '\0';
	l->pg.copy_row = 0;
	if (!begin_entry(l, in, why) ||
	    !landplace_ready(&l->pg, in->window.entity, l->dry_run, &l->place,
			     &l->bound, why))
		return false;
	if (land(l, in, why))
		return true;
	pg_copy_drop(&l->pg);
	pg_roll_back(&l->pg);
	return landplace_advise(&l->pg, l->schema, why);
}

/* After a failed try: is there a reason to try once more? */
static bool
again(struct landing *l, int tries, struct failure *why)
{
	struct pg *pg = &l->pg;

	if (pg_lost(pg))
		return tries == 1 && pg_open(pg, why);
	if (pg_doubled(pg)) /* another loader was there between */
		l->alone = true;
	if (pg_met(pg) || pg_doubled(pg))
		return tries < MOST_TRIES;
	if (pg->copy_row && pg_unreadable(pg))
		return waiting_refuse_sent(&l->rows, pg->copy_row,
					   l->rejects_fd >= 0, why);
	return false;
}

static bool
commit(struct landing *l, const struct stream *in, struct failure *why)
{
	if (l->dry_run) {
		pg_roll_back(&l->pg);
		return true;
	}
	if (pg_commit(&l->pg, why))
		return true;
	if (!pg_lost(&l->pg) || !ledger_settle(&l->entry, &l->pg, l->place,
					       &in->window, &in->seal, why))
		return false;
	*why = (struct failure){ 0 };
	return true;
}

static bool
seal_fits_rows(const struct landing *l, const struct stream *in,
	       struct failure *why)
{
	if (!l->rows.rows.records || slice_is(in->seal.realm, l->rows.realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "rows of company %s under a seal of company %.*s",
		    l->rows.realm, SLICE_SHOWN(in->seal.realm));
}

bool
landing_load(struct landing *l, const struct stream *in, struct failure *why)
{
	bool done = seal_fits_rows(l, in, why);

	l->alone = false;
	for (int tries = 1; done; tries++) {
		if (transact(l, in, why)) {
			done = commit(l, in, why);
			break;
		}
		done = again(l, tries, why);
		if (done)
			*why = (struct failure){ 0 };
	}
	waiting_clear(&l->rows, 0);
	return done;
}
