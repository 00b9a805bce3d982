#include <time.h>

#include "load/ledger.h"
#include "postgres/connect.h"
#include "json/json.h"

static const char ledger_sql[] =
#include "sql/load/ledger.sql.h"
	;
static const char ledger_without_deleted_sql[] =
#include "sql/load/ledger_without_deleted.sql.h"
	;
static const char ledger_without_calls_sql[] =
#include "sql/load/ledger_without_calls.sql.h"
	;
static const char ledger_replace_sql[] =
#include "sql/load/ledger_replace.sql.h"
	;
static const char table_rows_sql[] =
#include "sql/load/table_rows.sql.h"
	;
static const char find_commit_sql[] =
#include "sql/load/find_commit.sql.h"
	;

enum {
	MOST_RUN_BYTES = 64 * 1024,
	MOST_PARAMETERS = 32,
	MOST_ARCHIVE_BYTES = 64 * 1024,
	/* ten seconds: time for most servers to restart */
	COMMIT_STATUS_TRIES = 6,
	COMMIT_STATUS_WAIT_MS = 2000,
};

void
ledger_entry_init(struct ledger_entry *entry)
{
	*entry = (struct ledger_entry){ .fetched_us = INT64_MIN };
	buf_init(&entry->run, MOST_RUN_BYTES);
}

void
ledger_entry_clear(struct ledger_entry *entry)
{
	struct buf run = entry->run;

	buf_clear(&run);
	*entry = (struct ledger_entry){ .fetched_us = INT64_MIN, .run = run };
}

void
ledger_entry_free(struct ledger_entry *entry)
{
	buf_free(&entry->run);
}

/* Variables of a statement, and room for numbers and times as text. */
struct parameters {
	struct sql_variable values[MOST_PARAMETERS];
	char texts[MOST_PARAMETERS][LEDGER_TEXT];
	size_t count;
};

static void
add_text(struct parameters *p, const char *name, const char *value)
{
	if (p->count == MOST_PARAMETERS)
		BUG("more parameters than MOST_PARAMETERS");
	p->values[p->count++] = (struct sql_variable){ name, value };
}

/* Negative: not known, NULL in the ledger. */
static void
add_count(struct parameters *p, const char *name, int64_t number)
{
	char *text = p->texts[p->count];

	if (number >= 0)
		snprintf(text, LEDGER_TEXT, "%" PRId64, number);
	add_text(p, name, text);
}

static void
add_time(struct parameters *p, const char *name, int64_t at_us)
{
	char *text = p->texts[p->count];

	if (at_us != INT64_MIN)
		clock_format(at_us, text);
	add_text(p, name, text);
}

/* What both statements identify the entry by. */
static void
add_identity(struct parameters *p, const struct ledger_entry *entry,
	     const char *schema, const struct window *window,
	     const struct seal *seal)
{
	add_text(p, "schema", schema);
	add_text(p, "entity", window->entity->name);
	add_text(p, "run", entry->run.at);
	add_text(p, "sha256", seal->sha256);
}

/* It was read too early to be final; or, by census, rows are missing. */
static bool
is_provisional(const struct window *window, const struct seal *seal)
{
	return window->provisional &&
	       (window->by == WINDOW_BY_CENSUS || !seal->fetched);
}

/* Would a later entry that contains it say all that its own says? */
static bool
is_replaceable(const struct window *window, const struct seal *seal)
{
	return !seal->rows &&
	       (window->by == WINDOW_BY_CENSUS) != is_provisional(window, seal);
}

/* A reading of the whole counts what it reads. */
static int64_t
count_before(const struct window *window, const struct seal *seal)
{
	return window->by == WINDOW_BY_WHOLE && seal->whole_rows >= 0
		       ? seal->whole_rows
		       : seal->count_before;
}

/* By change and by whole QuickBooks does not count.  What it had where --jq
 * dropped some says how many. */
static int64_t
count_after(const struct window *window, const struct seal *seal)
{
	bool uncounted =
		window->by == WINDOW_BY_CHANGE || window->by == WINDOW_BY_WHOLE;

	return uncounted && seal->rows < seal->fetched
		       ? seal->fetched - seal->left - seal->gone
		       : seal->count_after;
}

static void
add_window(struct parameters *p, const struct window *window,
	   const struct seal *seal)
{
	add_text(p, "table", window->entity->table);
	add_text(p, "by", window_by_name(window->by));
	add_time(p, "start", window->start_us);
	add_time(p, "end", window->end_us);
	add_count(p, "count_before", count_before(window, seal));
	add_count(p, "count_after", count_after(window, seal));
	add_count(p, "pages", seal->pages);
	add_count(p, "rows", seal->rows);
	add_count(p, "left", seal->left + seal->gone);
	add_count(p, "calls", seal->calls);
	add_text(p, "provisional",
		 is_provisional(window, seal) ? "true" : "false");
}

static void
add_counts(struct parameters *p, const struct ledger_entry *entry)
{
	add_time(p, "fetched_at", entry->fetched_us);
	add_count(p, "inserted", entry->inserted);
	add_count(p, "updated", entry->updated);
	add_count(p, "unchanged", entry->unchanged);
	add_count(p, "stale", entry->stale);
	add_count(p, "rejected", entry->rejected);
	add_count(p, "deleted", entry->deleted);
	add_count(p, "added", entry->inserted + entry->made);
}

/* {"file":"..."}, from qb-archive; absent where it did not run. */
static bool
read_archive(struct slice archive, struct buf *file, struct failure *why)
{
	struct json j;
	struct slice key, value;

	if (!archive.at)
		return true;
	json_begin(&j, archive);
	if (json_object(&j))
		while (json_key(&j, &key))
			if (json_value(&j, &value) && slice_is(key, "file") &&
			    !json_unquote(value, file, why))
				return fail_in(why, "archive: \"file\"");
	return json_end(&j, why);
}

static void
read_answer(struct ledger_entry *entry, const struct pg_result *answer)
{
	snprintf(entry->seq, LEDGER_TEXT, "%s", pg_text(answer, 0, 0));
	entry->table_rows = pg_integer(answer, 0, 1);
	snprintf(entry->loaded_at, LEDGER_TEXT, "%s", pg_text(answer, 0, 2));
}

/* Without `deleted` nothing is lost: see load_schema_require_deleted(). */
static const char *
statement_for(enum ledger_columns columns)
{
	switch (columns) {
	case LEDGER_FIRST_COLUMNS:
		return ledger_without_calls_sql;
	case LEDGER_CALLS:
		return ledger_without_deleted_sql;
	case LEDGER_DELETED:
		break;
	}
	return ledger_sql;
}

/* The entries that the answer names. */
static bool
delete_replaced(struct pg *pg, const char *schema,
		const struct pg_result *answer, struct failure *why)
{
	const struct sql_variable with[] = {
		{ "schema", schema }, { "replaced", pg_text(answer, 0, 3) }
	};

	return pg_null(answer, 0, 3) ||
	       pg_run(pg, ledger_replace_sql, with, LENGTH(with), NULL, why);
}

bool
ledger_entry_write(struct ledger_entry *entry, struct pg *pg,
		   const char *schema, const struct window *window,
		   const struct seal *seal, struct slice archive,
		   struct failure *why)
{
	struct parameters p = { .count = 0 };
	struct pg_result answer = { 0 };
	char realm[LEDGER_TEXT];
	struct buf file;
	bool done = false;

	buf_init(&file, MOST_ARCHIVE_BYTES);
	if (!read_archive(archive, &file, why))
		goto out;
	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(seal->realm));
	add_identity(&p, entry, schema, window, seal);
	add_window(&p, window, seal);
	add_counts(&p, entry);
	add_text(&p, "realm", realm);
	add_text(&p, "archive", file.at);
	if (!pg_run(pg, statement_for(entry->columns), p.values, p.count,
		    &answer, why) ||
	    !delete_replaced(pg, schema, &answer, why)) {
		fail_in(why, "the load log");
		goto out;
	}
	read_answer(entry, &answer);
	done = true;
out:
	pg_result_free(&answer);
	buf_free(&file);
	return done;
}

static void
wait_ms(long ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
				 .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static bool
find_entry(const struct parameters *p, struct pg *pg, bool *exists,
	   struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_begin(pg, why) && pg_run(pg, find_commit_sql, p->values,
						p->count, &answer, why);

	*exists = done && answer.rows;
	pg_result_free(&answer);
	pg_rollback(pg);
	return done;
}

bool
ledger_entry_find_commit(const struct ledger_entry *entry, struct pg *pg,
			 const char *schema, const struct window *window,
			 const struct seal *seal, struct failure *why)
{
	struct parameters p = { .count = 0 };
	bool exists = false, answered = false;

	add_identity(&p, entry, schema, window, seal);
	add_window(&p, window, seal);
	add_text(&p, "replaceable", is_replaceable(window, seal) ? "t" : "f");
	add_text(&p, "seq", entry->seq);
	add_text(&p, "loaded_at", entry->loaded_at);
	for (int i = 0; i < COMMIT_STATUS_TRIES && !answered; i++) {
		if (i)
			wait_ms(COMMIT_STATUS_WAIT_MS);
		answered =
			pg_connect(pg, why) && find_entry(&p, pg, &exists, why);
		if (!answered && why->kind != FAILURE_LATER)
			break;
	}
	if (exists)
		return true;
	return fail(
		why, FAILURE_LATER,
		answered ? "the connection broke during COMMIT; the window "
			   "is not in the load log, so it was not loaded"
			 : "the connection broke during COMMIT, and the "
			   "load log cannot be read; the window may have been "
			   "loaded, loading it again is safe");
}

bool
ledger_entry_predict(struct ledger_entry *entry, struct pg *pg,
		     const char *schema, const struct window *window,
		     struct failure *why)
{
	const struct sql_variable with[] = { { "schema", schema },
					     { "table", window->entity->table },
					     { "entity", window->entity->name },
					     { "by",
					       window_by_name(window->by) } };
	struct pg_result answer;
	bool done =
		pg_run(pg, table_rows_sql, with, LENGTH(with), &answer, why);

	if (done)
		entry->table_rows = pg_integer(&answer, 0, 0) +
				    entry->inserted + entry->made;
	pg_result_free(&answer);
	return done;
}

static bool
write_numbers(const struct ledger_entry *entry, const struct seal *seal,
	      struct buf *to, struct failure *why)
{
	const struct {
		const char *name;
		int64_t number;
	} numbers[] = {
		{ "rows", seal->rows },
		{ "inserted", entry->inserted },
		{ "updated", entry->updated },
		{ "unchanged", entry->unchanged },
		{ "stale", entry->stale },
		{ "rejected", entry->rejected },
		{ "deleted", entry->deleted },
		{ "table_rows", entry->table_rows },
		{ "calls", seal->calls }, /* -1: not known */
	};

	for (size_t i = 0; i < LENGTH(numbers); i++)
		if (numbers[i].number >= 0 &&
		    !buf_printf(to, why, ",\"%s\":%" PRId64, numbers[i].name,
				numbers[i].number))
			return false;
	return true;
}

bool
ledger_entry_write_receipt(const struct ledger_entry *entry, const char *schema,
			   const struct window *window,
			   struct slice window_text, const struct seal *seal,
			   bool dry_run, struct buf *to, struct failure *why)
{
	char table[2 * SQL_TEMPLATE_LONGEST_NAME + 2];

	snprintf(table, sizeof(table), "%s.%s", schema, window->entity->table);
	return buf_printf(to, why, "{\"qb\":\"receipt\",\"window\":") &&
	       buf_add_slice(to, window_text, why) &&
	       buf_printf(to, why, ",\"load\":{\"table\":") &&
	       json_quote(slice_of(table), to, why) &&
	       write_numbers(entry, seal, to, why) &&
	       buf_printf(to, why, ",\"run\":") &&
	       json_quote(buf_slice(&entry->run), to, why) &&
	       (dry_run ? buf_printf(to, why, ",\"dry_run\":true}}\n")
			: buf_printf(to, why, ",\"loaded_at\":\"%s\"}}\n",
				     entry->loaded_at));
}
