/* covers: row_compare arrays; against the private server of the test run */
#include "base/digest.h"
#include "load/row_compare.h"
#include "postgres/connect.h"
#include "postgres/copy_binary.h"
#include "private_server.h"
#include "tap.h"

enum { MANY = 4500 }; /* of which 1000 are asked at once */

static struct failure why;
static const struct window window = { .start_us = 0, .end_us = CLOCK_DAY };
static const struct sql_variable with[] = { { "schema", "pg_temp" },
					    { "table", "stored" },
					    { "own_time", "t" } };

struct asked {
	struct pg pg;
	struct id_order ids;
	struct row_buffer rows;
	struct row_compare compare;
	struct ledger_entry entry;
};

static void
begin(struct asked *a, const char *column)
{
	struct buf sql;

	buf_init(&sql, 4096);
	row_buffer_clear(&a->rows, 1);
	ok(buf_printf(&sql, &why,
		      "drop table if exists pg_temp.stored;"
		      "create temporary table stored (id text %s,"
		      " updated_at_utc timestamptz,"
		      " fetched_at_utc timestamptz not null,"
		      " deleted_at_utc timestamptz,"
		      " page_size integer not null default 1,"
		      " fingerprint bigint not null)",
		      column) &&
		   pg_run(&a->pg, sql.at, NULL, 0, NULL, &why),
	   "a table, its id %s %s", column, why.text);
	buf_free(&sql);
}

/* `updated` is JSON; fetched at that second. */
static bool
add(struct asked *a, const char *id, const char *updated, int fetched,
    const char *payload)
{
	struct envelope e;
	char line[1024];

	snprintf(line, sizeof(line),
		 "{\"qb\":\"row\",\"window\":{},\"page\":{\"realm\":\"46\","
		 "\"no\":1,\"size\":9,\"at\":\"2025-01-01T00:00:%02dZ\","
		 "\"request\":{}},\"row\":{\"id\":\"%s\",\"updated\":%s},"
		 "\"payload\":\"%s\"}",
		 fetched, id, updated, payload);
	return envelope_parse(&e, slice_of(line), &why) &&
	       row_buffer_add(&a->rows, &e, &window, &why);
}

/* Both are SQL. */
static bool
store(struct asked *a, const char *id, const char *updated, int fetched,
      const char *payload)
{
	struct buf sql;
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "\"%s\"", payload);
	buf_init(&sql, 4096);
	bool done = buf_printf(&sql, &why,
			       "insert into pg_temp.stored (id, updated_at_utc,"
			       " fetched_at_utc, fingerprint) values (%s, %s,"
			       " '2025-01-01T00:00:%02dZ', %" PRId64 ")",
			       id, updated, fetched,
			       digest_fingerprint(slice_of(quoted))) &&
		    pg_run(&a->pg, sql.at, NULL, 0, NULL, &why);
	buf_free(&sql);
	return done;
}

static bool
ask_once(struct asked *a)
{
	ledger_entry_clear(&a->entry);
	bool done = row_buffer_select_none(&a->rows, &why) &&
		    pg_begin(&a->pg, &why) &&
		    row_compare_run(&a->compare, &a->pg, &a->rows, with,
				    LENGTH(with), &a->entry, &why);
	pg_rollback(&a->pg);
	return done;
}

static bool
ask(struct asked *a)
{
	return row_buffer_finish(&a->rows, &why) && ask_once(a);
}

static bool
counted(const struct asked *a, int64_t inserted, int64_t updated,
	int64_t unchanged, int64_t stale)
{
	const struct ledger_entry *e = &a->entry;

	return e->inserted == inserted && e->updated == updated &&
	       e->unchanged == unchanged && e->stale == stale &&
	       a->rows.to_insert.count == inserted &&
	       a->rows.to_update.count == updated;
}

static bool
changes(const struct asked *a, int64_t n)
{
	return bitset_test(&a->rows.to_update.rows, n);
}

static void
test_newness(struct asked *a)
{
	begin(a, "primary key");
	ok(store(a, "'new fetch'", "'2025-01-02'", 1, "a") &&
		   store(a, "'old fetch'", "'2025-01-02'", 3, "a") &&
		   store(a, "'same'", "'2025-01-02'", 3, "a") &&
		   store(a, "'dated'", "null", 3, "a") &&
		   store(a, "'undated'", "'2025-01-02'", 1, "a") &&
		   store(a, "'never dated'", "null", 2, "a") &&
		   store(a, "'newer'", "'2025-01-02'", 9, "a"),
	   "rows are there %s", why.text);
	ok(add(a, "new fetch", "\"2025-01-02T00:00:00Z\"", 2, "b") &&
		   add(a, "old fetch", "\"2025-01-02T00:00:00Z\"", 2, "b") &&
		   add(a, "same", "\"2025-01-02T00:00:00Z\"", 2, "a") &&
		   add(a, "dated", "\"2025-01-02T00:00:00Z\"", 2, "a") &&
		   add(a, "undated", "null", 2, "a") &&
		   add(a, "never dated", "null", 2, "a") &&
		   add(a, "newer", "\"2025-01-03T00:00:00Z\"", 2, "b") &&
		   add(a, "not there", "null", 2, "a"),
	   "and come %s", why.text);
	ok(ask(a) && counted(a, 1, 3, 2, 2), "all are told apart %s", why.text);
	ok(changes(a, 0) && changes(a, 3) && changes(a, 6) &&
		   bitset_test(&a->rows.to_insert.rows, 7),
	   "each for what it is");
}

static void
test_gone(struct asked *a)
{
	begin(a, "primary key");
	ok(store(a, "'same, later'", "'2025-01-02'", 5, "a") &&
		   store(a, "'same, earlier'", "'2025-01-02'", 5, "a") &&
		   store(a, "'same time'", "'2025-01-02'", 5, "a") &&
		   store(a, "'newer, earlier'", "'2025-01-02'", 5, "a") &&
		   store(a, "'older, later'", "'2025-01-02'", 5, "a") &&
		   store(a, "'older, earlier'", "'2025-01-02'", 5, "a") &&
		   store(a, "'never seen'", "null", 5, "") &&
		   pg_run(&a->pg,
			  "update pg_temp.stored set deleted_at_utc = now(),"
			  " page_size = (id <> 'never seen')::integer;"
			  "create index on pg_temp.stored (id)"
			  " where deleted_at_utc is not null",
			  NULL, 0, NULL, &why),
	   "deleted rows are there %s", why.text);
	ok(add(a, "same, later", "\"2025-01-02T00:00:00Z\"", 6, "a") &&
		   add(a, "same, earlier", "\"2025-01-02T00:00:00Z\"", 4,
		       "a") &&
		   add(a, "same time", "\"2025-01-02T00:00:00Z\"", 5, "a") &&
		   add(a, "newer, earlier", "\"2025-01-03T00:00:00Z\"", 4,
		       "b") &&
		   add(a, "older, later", "\"2025-01-01T00:00:00Z\"", 6, "b") &&
		   add(a, "older, earlier", "\"2025-01-01T00:00:00Z\"", 4,
		       "b") &&
		   add(a, "never seen", "null", 4, "b"),
	   "and rows of their ids come %s", why.text);
	ok(ask(a) && counted(a, 0, 4, 2, 1), "all are told apart %s", why.text);
	ok(changes(a, 0) && changes(a, 4), "what was fetched later takes back");
	ok(changes(a, 3) && changes(a, 6), "what is newer replaces a payload");
}

static void
test_ids(struct asked *a)
{
	static const char *const ids[][2] = {
		{ "NULL", "'NULL'" },
		{ "{1,2}", "'{1,2}'" },
		{ "\\\"\\\\", "E'\"\\\\'" },
		{ "'", "''''" },
		{ " ", "' '" },
		{ "\\u00e9", "'\u00e9'" },
		{ "\\ud83d\\ude00", "'\U0001F600'" },
	};
	bool done = true;

	begin(a, "primary key");
	for (size_t i = 0; i < LENGTH(ids); i++)
		done = done && store(a, ids[i][1], "null", 1, "a") &&
		       add(a, ids[i][0], "null", 1, "a");
	ok(done && ask(a) && counted(a, 0, 0, LENGTH(ids), 0),
	   "ids are found whatever they look like %s", why.text);
}

static void
test_many(struct asked *a)
{
	char id[16];
	bool done = true;

	begin(a, "primary key");
	for (int n = 0; n < MANY; n++) {
		snprintf(id, sizeof(id), "%d", n);
		done = done && add(a, id, "null", 1, n % 3 ? "a" : "b");
	}
	ok(done && ask(a) && counted(a, MANY, 0, 0, 0), "many are new");
	ok(store(a, "generate_series(0, 4399)", "null", 0, "a") &&
		   ask_once(a) && counted(a, 100, 1467, 2933, 0),
	   "or not");
	done = true;
	for (int n = 0; n < MANY; n++)
		done = done && changes(a, n) == (n < 4400 && n % 3 == 0) &&
		       bitset_test(&a->rows.to_insert.rows, n) == (n >= 4400);
	ok(done, "and none is taken for another");
}

static void
test_doubled(struct asked *a)
{
	begin(a, "primary key");
	ok(store(a, "'1'", "null", 5, "a") && store(a, "'2'", "null", 5, "a"),
	   "two are there %s", why.text);
	ok(add(a, "2", "null", 7, "b") && add(a, "1", "null", 5, "b") &&
		   add(a, "3", "null", 2, "c") && add(a, "2", "null", 6, "a") &&
		   add(a, "1", "null", 5, "a") && add(a, "3", "null", 2, "b"),
	   "three come twice %s", why.text);
	ok(ask(a) && a->entry.stale == 3 && a->entry.inserted == 1 &&
		   a->entry.updated + a->entry.unchanged == 2,
	   "of each id one is stale %s", why.text);
	ok(changes(a, 0) && !changes(a, 3), "the one that was fetched later "
					    "is wanted");
	ok(ask_once(a) && a->entry.stale == 3 && a->entry.inserted == 1,
	   "asked once more it is the same");
}

/* Windows that go together are asked about in one transaction. */
static void
test_doubled_together(struct asked *a)
{
	bool done = pg_begin(&a->pg, &why);

	for (int window_no = 0; window_no < 2; window_no++) {
		row_buffer_clear(&a->rows, 1);
		ledger_entry_clear(&a->entry);
		for (int n = 0; n < 8 >> window_no; n++)
			done = done &&
			       add(a, n % 2 ? "8" : "9", "null", n, "a");
		done = done && row_buffer_finish(&a->rows, &why) &&
		       row_buffer_select_none(&a->rows, &why) &&
		       row_compare_run(&a->compare, &a->pg, &a->rows, with,
				       LENGTH(with), &a->entry, &why);
	}
	pg_rollback(&a->pg);
	ok(done && counted(a, 2, 0, 0, 2),
	   "a second window is not put in order with the first %s", why.text);
}

/* A table of somebody else's, without a key. */
static void
test_without_key(struct asked *a)
{
	begin(a, "not null");
	ok(store(a, "'1'", "null", 5, "a") && store(a, "'1'", "null", 6, "b") &&
		   add(a, "1", "null", 7, "c"),
	   "the table has an id twice %s", why.text);
	ok(ask(a) && counted(a, 0, 1, 0, 0), "and is told once");
}

int
main(void)
{
	struct asked a = { .entry = { .inserted = 0 } };

	if (!private_server())
		return 0;
	pg_init(&a.pg, "qb-test");
	id_order_init(&a.ids);
	row_buffer_init(&a.rows);
	a.rows.ids = &a.ids;
	row_compare_init(&a.compare);
	ledger_entry_init(&a.entry);
	ok(pg_connect(&a.pg, &why), "it connects %s", why.text);
	test_newness(&a);
	test_gone(&a);
	test_ids(&a);
	test_many(&a);
	test_doubled(&a);
	test_doubled_together(&a);
	test_without_key(&a);
	ledger_entry_free(&a.entry);
	row_compare_free(&a.compare);
	row_compare_free(&a.compare);
	row_buffer_free(&a.rows);
	id_order_free(&a.ids);
	pg_free(&a.pg);
	return tap_done();
}
