/* covers: ledger; what needs a server is in tests/tools/qb-load.t */
#include "load/ledger.h"
#include "tap.h"

static const struct window window = { .start_us = 0, .end_us = CLOCK_DAY };

static void
gives(struct ledger_entry *entry, int64_t calls, bool dry_run, const char *want,
      const char *what)
{
	struct window of = window;
	struct seal seal = { .rows = 21, .calls = calls };
	struct failure why = { 0 };
	struct buf to;

	buf_init(&to, 4096);
	of.entity = entity_find(SLICE("invoices"));
	ok(ledger_entry_write_receipt(entry, "a\"b", &of, SLICE("{\"as\" : 1}"),
				      &seal, dry_run, &to, &why),
	   "a receipt is written %s", why.text);
	is(to.at, want, what);
	buf_free(&to);
}

int
main(void)
{
	struct failure why = { 0 };
	struct ledger_entry entry;

	ledger_entry_init(&entry);
	ok(entry.fetched_us == INT64_MIN, "an entry of no rows has no page");
	entry.inserted = 1;
	entry.updated = 2;
	entry.unchanged = 3;
	entry.stale = 4;
	entry.rejected = 5;
	entry.deleted = 6;
	entry.table_rows = 99;
	ok(buf_add_slice(&entry.run, SLICE("r\"1"), &why), "a run");
	snprintf(entry.loaded_at, sizeof(entry.loaded_at), "T");
	gives(&entry, 4, false,
	      "{\"qb\":\"receipt\",\"window\":{\"as\" : 1},\"load\":{"
	      "\"table\":\"a\\\"b.invoices\",\"rows\":21,\"inserted\":1,"
	      "\"updated\":2,\"unchanged\":3,\"stale\":4,\"rejected\":5,"
	      "\"deleted\":6,\"table_rows\":99,\"calls\":4,\"run\":\"r\\\"1\","
	      "\"loaded_at\":\"T\"}}\n",
	      "with the window as it came");
	gives(&entry, -1, true,
	      "{\"qb\":\"receipt\",\"window\":{\"as\" : 1},\"load\":{"
	      "\"table\":\"a\\\"b.invoices\",\"rows\":21,\"inserted\":1,"
	      "\"updated\":2,\"unchanged\":3,\"stale\":4,\"rejected\":5,"
	      "\"deleted\":6,\"table_rows\":99,\"run\":\"r\\\"1\",\"dry_run\":true}}\n",
	      "a dry run's says so, and has no time; calls may be unknown");
	ledger_entry_clear(&entry);
	ok(!entry.inserted && !entry.run.len && !entry.loaded_at[0],
	   "cleared, nothing of it stays");
	ledger_entry_free(&entry);
	ledger_entry_free(&entry);
	return tap_done();
}
