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
		struct query q = { &w, cases[i].count, 1001, 1000 };

		if (!clock_parse(SLICE("2025-01-01T00:00:00Z"), &w.start_us) ||
		    !clock_parse(SLICE("2025-01-08T00:00:00Z"), &w.end_us))
			return 1;
		buf_clear(&text);
		ok(query_write(&q, &text, &why), "written");
		is(text.at, cases[i].want, cases[i].name);
	}
	buf_free(&text);
	test_total();
	return tap_done();
}
