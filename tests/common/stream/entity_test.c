/* Names of entities, as people type them. */
#include "stream/entity.h"
#include "tap.h"

static void
test_names(void)
{
	static const char *const names[] = { "CreditMemo",   "creditmemo",
					     "credit_memo",  "credit_memos",
					     "CREDIT-MEMOS", "credit memos",
					     "CreditMemos" };
	static const char *const none[] = { "",  "Credit",   "CreditMemoss",
					    "_", "Invoice;", "invoicé" };

	for (size_t i = 0; i < LENGTH(names); i++) {
		const struct entity *e = entity_find(slice_of(names[i]));

		ok(e && !strcmp(e->name, "CreditMemo"), "%s is CreditMemo",
		   names[i]);
	}
	for (size_t i = 0; i < LENGTH(none); i++)
		ok(!entity_find(slice_of(none[i])), "\"%s\" is not a name",
		   none[i]);
	ok(!entity_find((struct slice){ "Bill\0Payment", 12 }),
	   "a NUL is no part of a name");
}

/* What holds for every row, whatever entities there are. */
static void
check_row(const struct entity *e, const char *last)
{
	ok(strcmp(last, e->name) < 0, "%s is in alphabetical order", e->name);
	ok(entity_find(slice_of(e->name)) == e &&
		   entity_find(slice_of(e->table)) == e,
	   "%s is found by its name and by its table", e->name);
	ok(strspn(e->table, "abcdefghijklmnopqrstuvwxyz_") ==
			   strlen(e->table) &&
		   *e->rows_key,
	   "%s has a table in snake case and a key in the response", e->name);
	ok(!(e->txn_date && e->list) &&
		   (e->shape == SHAPE_ROWS) == e->created &&
		   (e->shape == SHAPE_ROWS || e->unlogged),
	   "%s has times that fit its kind and its shape", e->name);
}

static void
test_table(void)
{
	size_t count = 0;
	const char *last = "";

	for (const struct entity *e; (e = entity_at(count)); count++) {
		check_row(e, last);
		last = e->name;
	}
	ok(count > 0 && count <= ENTITY_MOST,
	   "a list of entities has room for all of them");
	ok(!entity_at(count) && !entity_at((size_t)-1),
	   "and there is none past the last");
	is(entity_find(SLICE("CreditCardPayment"))->rows_key,
	   "CreditCardPaymentTxn",
	   "CreditCardPayment has an array key of its own");
}

/* The list entities of the documentation, and no other. */
static void
test_lists(void)
{
	static const char *const lists[] = {
		"Account",  "Budget",       "Class",         "CompanyCurrency",
		"Customer", "CustomerType", "Department",    "Employee",
		"Item",     "JournalCode",  "PaymentMethod", "TaxCode",
		"TaxRate",  "Term",         "Vendor",
	};
	size_t found = 0, all = 0;

	for (size_t i = 0; i < LENGTH(lists); i++)
		found += entity_find(slice_of(lists[i]))->list;
	for (size_t i = 0; entity_at(i); i++)
		all += entity_at(i)->list;
	ok(found == LENGTH(lists) && all == found,
	   "inactive rows are asked for of the list entities alone");
}

static void
test_unlisted(void)
{
	static const char *const names[][2] = {
		{ "ChangeOrder", "change_orders" },
		{ "InventoryAdjustment", "inventory_adjustments" },
		{ "TaxGlossary", "tax_glossaries" },
		{ "Essay", "essays" },
		{ "Box", "boxes" },
		{ "TaxClass", "tax_classes" },
		{ "ETicket2", "eticket2s" },
	};
	static const char *const wrong[] = { "",
					     "ab",
					     "changeOrder",
					     "Change_Order",
					     "Change Order",
					     "Order;drop",
					     "Or\"der" };
	static const char *const taken[][2] = {
		{ "BOX", "that of Box" },
		{ "Report", "that of qb itself" },
		{ "QbWindow", "that of qb itself" },
		{ "TAxCOdesXxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxx",
		  "is not the name" },
		{ "TaxCodeXxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  "too long" },
	};
	struct failure why = { 0 };

	ok(!entity_find(SLICE("ChangeOrder")), "one that nobody named");
	for (size_t i = 0; i < LENGTH(names); i++) {
		const struct entity *e =
			entity_unlisted(slice_of(names[i][0]), &why);

		ok(e && e->unlisted && e->created && e->unlogged &&
			   e->shape == SHAPE_ROWS && !e->list &&
			   !strcmp(e->table, names[i][1]) &&
			   !strcmp(e->rows_key, names[i][0]),
		   "%s has the common shape, and the table %s", names[i][0],
		   names[i][1]);
		ok(entity_find(slice_of(names[i][1])) == e &&
			   entity_unlisted(slice_of(names[i][0]), &why) == e,
		   "it is found from then on, and is the same");
	}
	ok(entity_unlisted(SLICE("Invoice"), &why) ==
		   entity_find(SLICE("invoices")),
	   "one of the table is that one");
	for (size_t i = 0; i < LENGTH(taken); i++)
		ok(!entity_unlisted(slice_of(taken[i][0]), &why) &&
			   why.kind == FAILURE_USAGE &&
			   strstr(why.text, taken[i][1]),
		   "%s would have a table that is another one's: %s",
		   taken[i][0], why.text);
	for (size_t i = 0; i < LENGTH(wrong); i++)
		ok(!entity_unlisted(slice_of(wrong[i]), &why) &&
			   why.kind == FAILURE_USAGE,
		   "\"%s\" is no such name", wrong[i]);
}

static void
test_reports(void)
{
	const struct entity *e = entity_find(SLICE("REPORT:balancesheet:CASH"));

	ok(e && e->shape == SHAPE_REPORT && e->unlogged, "a report is one");
	is(e->name, "report:BalanceSheet:Cash", "its name has its basis");
	is(e->table, "reports", "all have one table");
	ok(entity_find(SLICE("report:BalanceSheet:Cash")) == e &&
		   entity_find(SLICE("report:BalanceSheet")) != e &&
		   !entity_find(SLICE("reports")),
	   "each basis is another one, and the table none");
	ok(!entity_find(SLICE("report:")) && !entity_find(SLICE("report:x")) &&
		   !entity_find(SLICE("report:BalanceSheet:")) &&
		   !entity_find(SLICE("report:AgedPayables:Cash")),
	   "what is no report is none");
}

int
main(void)
{
	test_names();
	test_table();
	test_lists();
	test_unlisted();
	test_reports();
	return tap_done();
}
