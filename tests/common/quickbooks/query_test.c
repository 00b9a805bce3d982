/* covers: query window */
#include "quickbooks/query.h"
#include "tap.h"

static const struct {
	const char *name, *entity;
	enum window_by by;
	bool count;
	const char *want;
} cases[] = {
	{ "a transaction's page", "Invoice", WINDOW_BY_UPDATED, false,
	  "select * from Invoice where MetaData.LastUpdatedTime >= "
	  "'2025-01-01T00:00:00Z' and MetaData.LastUpdatedTime < "
	  "'2025-01-08T00:00:00Z' orderby MetaData.LastUpdatedTime "
	  "startposition 1001 maxresults 1000" },
	{ "a list entity asks for inactive rows too", "Customer",
	  WINDOW_BY_UPDATED, false,
	  "select * from Customer where MetaData.LastUpdatedTime >= "
	  "'2025-01-01T00:00:00Z' and MetaData.LastUpdatedTime < "
	  "'2025-01-08T00:00:00Z' and Active in (true,false) orderby "
	  "MetaData.LastUpdatedTime startposition 1001 maxresults 1000" },
	{ "and counts them", "Item", WINDOW_BY_CREATED, true,
	  "select count(*) from Item where MetaData.CreateTime >= "
	  "'2025-01-01T00:00:00Z' and MetaData.CreateTime < "
	  "'2025-01-08T00:00:00Z' and Active in (true,false)" },
	{ "TxnDate is compared with bare dates", "Invoice", WINDOW_BY_TXN_DATE,
	  true,
	  "select count(*) from Invoice where TxnDate >= '2025-01-01' and "
	  "TxnDate < '2025-01-08'" },
};

static void
test_total(void)
{
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 4096);
	ok(query_write_total(entity_find(SLICE("Customer")), &text, &why),
	   "all of a list are counted");
	is(text.at,
	   "select count(*) from Customer where Active in (true,false)",
	   "inactive ones too");
	buf_clear(&text);
	ok(query_write_total(entity_find(SLICE("Invoice")), &text, &why),
	   "all transactions are counted");
	is(text.at, "select count(*) from Invoice", "without a condition");
	buf_clear(&text);
	ok(query_write_latest(entity_find(SLICE("Vendor")), &text, &why),
	   "the rows that were changed last");
	is(text.at,
	   "select * from Vendor where Active in (true,false) orderby "
	   "MetaData.LastUpdatedTime desc startposition 1 maxresults 1000",
	   "are those of a page");
	buf_free(&text);
}

static void
test_changes(void)
{
	const struct entity *entities[] = {
		entity_find(SLICE("Customer")),
		entity_find(SLICE("CreditCardPayment")),
	};
	struct failure why = { 0 };
	struct buf text;
	int64_t since_us;

	buf_init(&text, 4096);
	ok(clock_parse(SLICE("2026-01-05T10:00:00.999999Z"), &since_us) &&
		   query_write_changes(entities, 2, since_us, &text, &why),
	   "what changed");
	is(text.at,
	   "entities=Customer,CreditCardPayment&changedSince="
	   "2026-01-05T10:00:00Z",
	   "by the names of entities, since a whole second, never too late");
	buf_clear(&text);
	ok(query_write_changes(entities, 1, since_us, &text, &why), "of one");
	is(text.at, "entities=Customer&changedSince=2026-01-05T10:00:00Z",
	   "without a comma");
	buf_free(&text);
}

static void
test_ids(void)
{
	const struct slice good[] = { SLICE("12"), SLICE("a-13 \"(") };
	const struct slice bad[] = { SLICE("1') or Id in ('2"), SLICE("1\\"),
				     SLICE("'") };
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 4096);
	ok(query_write_ids(entity_find(SLICE("Invoice")), good, 2, &text, &why),
	   "by Ids");
	is(text.at,
	   "select * from Invoice where Id in ('12','a-13 \"(') startposition "
	   "1 maxresults 1000",
	   "of a transaction");
	buf_clear(&text);
	ok(query_write_ids(entity_find(SLICE("Customer")), good, 1, &text,
			   &why),
	   "of a list");
	is(text.at,
	   "select * from Customer where Id in ('12') and Active in "
	   "(true,false) startposition 1 maxresults 1000",
	   "inactive ones, too");
	for (size_t i = 0; i < LENGTH(bad); i++) {
		buf_clear(&text);
		ok(!query_write_ids(entity_find(SLICE("Invoice")), &bad[i], 1,
				    &text, &why) &&
			   why.kind == FAILURE_DATA,
		   "an Id that could end its literal is refused: %s",
		   bad[i].at);
	}
	buf_free(&text);
}

static void
test_changed(void)
{
	struct failure why = { 0 };
	struct window w = { .entity = entity_find(SLICE("Item")),
			    .by = WINDOW_BY_CREATED };
	struct query q = { .window = &w, .count = true };
	struct buf text;

	buf_init(&text, 4096);
	ok(clock_parse(SLICE("2025-01-08T00:00:00Z"), &w.end_us) &&
		   clock_parse(SLICE("2025-01-01T00:00:00Z"),
			       &q.changed_from_us) &&
		   query_write(&q, &text, &why),
	   "of the rows that were created before, those changed since");
	is(text.at,
	   "select count(*) from Item where MetaData.CreateTime >= "
	   "'1970-01-01T00:00:00Z' and MetaData.CreateTime < "
	   "'2025-01-08T00:00:00Z' and MetaData.LastUpdatedTime >= "
	   "'2025-01-01T00:00:00Z' and Active in (true,false)",
	   "both conditions must hold");
	buf_free(&text);
}

int
main(void)
{
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 4096);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct slice name = slice_of(cases[i].entity);
		struct window w = { .entity = entity_find(name),
				    .by = cases[i].by };
		struct query q = { .window = &w,
				   .count = cases[i].count,
				   .start = 1001,
				   .most = 1000 };

		if (!clock_parse(SLICE("2025-01-01T00:00:00Z"), &w.start_us) ||
		    !clock_parse(SLICE("2025-01-08T00:00:00Z"), &w.end_us))
			return 1;
		buf_clear(&text);
		ok(query_write(&q, &text, &why), "written");
		is(text.at, cases[i].want, cases[i].name);
	}
	buf_free(&text);
	test_total();
	test_changes();
	test_ids();
	test_changed();
	return tap_done();
}
