#include <time.h>

#include "load/ledger.h"
#include "postgres/connect.h"
#include "json/json.h"

static const char ledger_sql[] =
#include "sql/load/ledger.sql.h"
	;
static const char settle_sql[] =
#include "sql/load/commit_status.sql.h"
	;

enum {
	MOST_RUN_BYTES = 64 * 1024,
	MOST_FACTS = 24,
	MOST_ARCHIVE_BYTES = 64 * 1024,
	/* a server that restarts is back within that, mostly */
	SETTLE_TRIES = 6,
	SETTLE_WAIT_MS = 2000,
};

void
ledger_init(struct ledger_entry *entry)
{
	*entry = (struct ledger_entry){ .fetched_us = INT64_MIN };
	buf_init(&entry->run, MOST_RUN_BYTES);
}

void
ledger_clear(struct ledger_entry *entry)
{
	struct buf run = entry->run;

	buf_clear(&run);
	*entry = (struct ledger_entry){ .fetched_us = INT64_MIN, .run = run };
}

void
ledger_free(struct ledger_entry *entry)
{
	buf_free(&entry->run);
}

/* Values for a statement, and the texts of those that are not texts. */
struct facts {
	struct sql_variable values[MOST_FACTS];
	char texts[MOST_FACTS][LEDGER_TEXT];
	size_t count;
};

static void
add_text(struct facts *f, const char *name, const char *value)
{
	if (f->count == MOST_FACTS)
		BUG("more facts than MOST_FACTS");
	f->values[f->count++] = (struct sql_variable){ name, value };
}

/* A negative number was not asked: NULL in the ledger. */
static void
add_count(struct facts *f, const char *name, int64_t number)
{
	char *text = f->texts[f->count];

	if (number >= 0)
		snprintf(text, LEDGER_TEXT, "%" PRId64, number);
	add_text(f, name, text);
}

static void
add_time(struct facts *f, const char *name, int64_t at_us)
{
	char *text = f->texts[f->count];

	if (at_us != INT64_MIN)
		clock_format(at_us, text);
	add_text(f, name, text);
}

/* Which entry: what both statements name. */
static void
add_identity(struct facts *f, const struct ledger_entry *entry,
	     const char *schema, const struct window *window,
	     const struct seal *seal)
{
	add_text(f, "schema", schema);
	add_text(f, "entity", window->entity->name);
	add_text(f, "run", entry->run.at);
	add_text(f, "sha256", seal->sha256);
}

static void
add_window(struct facts *f, const struct window *window,
	   const struct seal *seal)
{
	add_text(f, "table", window->entity->table);
	add_text(f, "by", window_by_name(window->by));
	add_time(f, "start", window->start_us);
	add_time(f, "end", window->end_us);
	add_count(f, "count_before", seal->count_before);
	add_count(f, "count_after", seal->count_after);
	add_count(f, "pages", seal->pages);
	add_count(f, "rows", seal->rows);
	add_count(f, "left", seal->left);
}

static void
add_counts(struct facts *f, const struct ledger_entry *entry)
{
	add_time(f, "fetched_at", entry->fetched_us);
	add_count(f, "inserted", entry->inserted);
	add_count(f, "updated", entry->updated);
	add_count(f, "unchanged", entry->unchanged);
	add_count(f, "stale", entry->stale);
	add_count(f, "rejected", entry->rejected);
}

/* {"file":"..."}, from qb-archive; nothing when it was not in the pipe. */
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
keep_answer(struct ledger_entry *entry, const struct pg_result *answer)
{
	snprintf(entry->seq, LEDGER_TEXT, "%s", pg_text(answer, 0, 0));
	entry->table_rows = pg_integer(answer, 0, 1);
	snprintf(entry->loaded_at, LEDGER_TEXT, "%s", pg_text(answer, 0, 2));
}

bool
ledger_write(struct ledger_entry *entry, struct pg *pg, const char *schema,
	     const struct window *window, const struct seal *seal,
	     struct slice archive, struct failure *why)
{
	struct facts f = { .count = 0 };
	struct pg_result answer = { 0 };
	char realm[LEDGER_TEXT];
	struct buf file;
	bool done = false;

	buf_init(&file, MOST_ARCHIVE_BYTES);
	if (!read_archive(archive, &file, why))
		goto out;
	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(seal->realm));
	add_identity(&f, entry, schema, window, seal);
	add_window(&f, window, seal);
	add_counts(&f, entry);
	add_text(&f, "realm", realm);
	add_text(&f, "archive", file.at);
	if (!pg_run(pg, ledger_sql, f.values, f.count, &answer, why)) {
		fail_in(why, "the ledger");
		goto out;
	}
	keep_answer(entry, &answer);
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
find(const struct facts *f, struct pg *pg, bool *there, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_begin(pg, why) &&
		    pg_run(pg, settle_sql, f->values, f->count, &answer, why);

	*there = done && answer.rows;
	pg_result_free(&answer);
	pg_rollback(pg);
	return done;
}

bool
ledger_find_commit(const struct ledger_entry *entry, struct pg *pg,
		   const char *schema, const struct window *window,
		   const struct seal *seal, struct failure *why)
{
	struct facts f = { .count = 0 };
	bool there = false, found = false;

	add_identity(&f, entry, schema, window, seal);
	add_text(&f, "seq", entry->seq);
	add_text(&f, "loaded_at", entry->loaded_at);
	for (int i = 0; i < SETTLE_TRIES && !found; i++) {
		if (i)
			wait_ms(SETTLE_WAIT_MS);
		found = pg_connect(pg, why) && find(&f, pg, &there, why);
		if (!found && why->kind != FAILURE_LATER)
			break;
	}
	if (there)
		return true;
	return fail(why, FAILURE_LATER,
		    found ? "the connection broke during COMMIT, and the "
			    "window is not in the ledger: it was not loaded"
			  : "the connection broke during COMMIT, and the "
			    "ledger cannot be asked whether the window was "
			    "loaded; loading it again is safe");
}

bool
ledger_predict(struct ledger_entry *entry, struct pg *pg, const char *schema,
	       const struct window *window, struct failure *why)
{
	const struct sql_variable with[] = {
		{ "schema", schema }, { "table", window->entity->table }
	};
	struct pg_result answer;
	bool done = pg_run(pg, "select count(*) from :\"schema\".:\"table\"",
			   with, LENGTH(with), &answer, why);

	if (done)
		entry->table_rows = pg_integer(&answer, 0, 0) + entry->inserted;
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
		{ "table_rows", entry->table_rows },
	};

	for (size_t i = 0; i < LENGTH(numbers); i++)
		if (!buf_printf(to, why, ",\"%s\":%" PRId64, numbers[i].name,
				numbers[i].number))
			return false;
	return true;
}

bool
ledger_write_receipt(const struct ledger_entry *entry, const char *schema,
		     const struct window *window, struct slice window_text,
		     const struct seal *seal, bool dry_run, struct buf *to,
		     struct failure *why)
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
