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
		ok(!entity_find(slice_of(none[i])), "\"%s\" is none", none[i]);
	ok(!entity_find((struct slice){ "Bill\0Payment", 12 }),
	   "a NUL is no part of a name");
}

static void
test_table(void)
{
	size_t count = 0, bad = 0;
	const char *last = "";

	for (const struct entity *e; (e = entity_at(count)); count++) {
		bad += strcmp(last, e->name) >= 0 ||
		       entity_find(slice_of(e->name)) != e ||
		       entity_find(slice_of(e->table)) != e ||
		       (e->txn_date && e->list) || (!e->refused && !e->created);
		last = e->name;
	}
	ok(count == 39, "there are 39 entities");
	ok(!bad, "in order, each found by its name and by its table");
	ok(!entity_at(count) && !entity_at((size_t)-1),
	   "and none past the last");
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
test_wanted(void)
{
	struct failure why = { 0 };

	ok(entity_require("invoices", &why) != NULL, "what exists is given");
	ok(!entity_require("Invoce", &why) && why.kind == FAILURE_USAGE &&
		   strstr(why.next, "Invoice"),
	   "a slip of the finger is told the nearest names");
	ok(!entity_require("x", &why) && strstr(why.next, "Vendor"),
	   "a name like none is told all of them");
	ok(!entity_require("RecurringTransaction", &why) &&
		   why.kind == FAILURE_USAGE &&
		   strstr(why.text, "not supported yet"),
	   "what has a shape of its own is not supported yet");
}

int
main(void)
{
	test_names();
	test_table();
	test_lists();
	test_wanted();
	return tap_done();
}
