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
	ok(!(e->txn_date && e->list) && (e->refused || e->created),
	   "%s has times that fit its kind", e->name);
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
suggests(const char *typed, const char *name)
{
	struct failure why = { 0 };
	char want[64];

	snprintf(want, sizeof(want), "did you mean %s?", name);
	ok(!entity_require(typed, &why) && why.kind == FAILURE_USAGE &&
		   strstr(why.text, "unknown entity \""),
	   "%s is unknown", typed);
	is(why.next, want, typed);
}

static void
test_suggestions(void)
{
	static const char *const near[][2] = {
		{ "Invocies", "Invoice" },
		{ "INVOCE", "Invoice" },
		{ "Bil", "Bill" },
		{ "Credit", "CreditMemo" },
		{ "purchase ordrs", "PurchaseOrder" },
		{ "journal", "JournalEntry" },
		{ "products", "Item" },
		{ "suppliers", "Vendor" },
		{ "clientes", "Customer" },
		{ "Cliente", "Customer" },
		{ "facturas", "Invoice" },
		{ "proveedores", "Vendor" },
		{ "artículos", "Item" },
		{ "ARTÍCULOS", "Item" },
		{ "arti\xCC\x81"
		  "culos",
		  "Item" },
		{ "articulo", "Item" },
		{ "productos", "Item" },
		{ "pagos", "Payment" },
		{ "cuentas", "Account" },
		{ "empleados", "Employee" },
		{ "compras", "Purchase" },
		{ "estimaciones", "Estimate" },
		{ "presupuestos", "Estimate" },
		{ "notas de crédito", "CreditMemo" },
		{ "notas_de_credito", "CreditMemo" },
		{ "nota de crédito", "CreditMemo" },
		{ "pago", "Payment" },
		{ "proveedor", "Vendor" },
		{ "pagos a proveedores", "BillPayment" },
		{ "ventas", "SalesReceipt" },
		{ "credit_note", "CreditMemo" },
	};

	for (size_t i = 0; i < LENGTH(near); i++)
		suggests(near[i][0], near[i][1]);
}

static void
test_required(void)
{
	static const char *const far[] = { "x",
					   "",
					   "all",
					   "company",
					   "InventoryAdjustment",
					   "TaxClassification" };
	struct failure why = { 0 };

	ok(entity_require("invoices", &why) != NULL, "what exists is given");
	for (size_t i = 0; i < LENGTH(far); i++) {
		why = (struct failure){ 0 };
		ok(!entity_require(far[i], &why) && why.kind == FAILURE_USAGE &&
			   strstr(why.text, "unknown entity") &&
			   strstr(why.next, "Customer, Invoice or Item") &&
			   strstr(why.next, "qb-window --list"),
		   "\"%s\" is like none: three examples, and where all stand",
		   far[i]);
	}
	ok(!entity_require("RecurringTransaction", &why) &&
		   why.kind == FAILURE_USAGE &&
		   strstr(why.text, "qb does not read RecurringTransaction"),
	   "an entity that qb does not read is refused with the reason");
}

/* The names of the list, with a blank between them, or "" for a failure. */
static const char *
list_of(const char *first, const char *second, struct failure *why)
{
	static char got[256];
	char words[2][64];
	char *names[] = { words[0], second ? words[1] : NULL, NULL };
	const struct entity *list[ENTITY_MOST];
	size_t count, used = 0;

	snprintf(words[0], sizeof(words[0]), "%s", first);
	snprintf(words[1], sizeof(words[1]), "%s", second ? second : "");
	*why = (struct failure){ 0 };
	got[0] = '\0';
	if (!entity_list_read(names, list, &count, why))
		return "";
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s",
					 i ? " " : "", list[i]->name);
	return got;
}

/* How many a list has, -1 for a failure; all are read by qb, and each is of
 * that kind. */
static int
count_of(const char *first, char *second, struct failure *why)
{
	char word[16];
	char *names[] = { word, second, NULL };
	const struct entity *list[ENTITY_MOST];
	size_t count;

	snprintf(word, sizeof(word), "%s", first);
	*why = (struct failure){ 0 };
	if (!entity_list_read(names, list, &count, why))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (list[i]->refused ||
		    (!strcmp(first, "lists") && !list[i]->list) ||
		    (!strcmp(first, "transactions") && !list[i]->txn_date))
			return -2;
	return (int)count;
}

static void
test_groups(void)
{
	struct failure why;
	char invoice[] = "invoice", lists[] = "lists";
	int readable = 0;

	for (size_t i = 0; entity_at(i); i++)
		readable += !entity_at(i)->refused;
	ok(count_of("all", NULL, &why) == readable, "all are all");
	ok(count_of("ALL", NULL, &why) == readable, "in any case");
	ok(count_of("lists", NULL, &why) > 10, "lists have Active");
	int transactions = count_of("transactions", NULL, &why);
	ok(transactions > 10, "transactions have TxnDate");
	ok(count_of("transactions", invoice, &why) == transactions,
	   "one of them beside them is one of them");
	ok(count_of("invoice", lists, &why) ==
		   1 + count_of("lists", NULL, &why),
	   "another one is added");
	ok(count_of("all", invoice, &why) == -1 && why.kind == FAILURE_USAGE &&
		   strstr(why.text, "\"all\" beside other names"),
	   "all stand alone");
	ok(count_of("invoice", (char[]){ "all" }, &why) == -1,
	   "in whatever order");
	ok(count_of("all", (char[]){ "all" }, &why) == -1, "once");
}

static void
test_lists_typed(void)
{
	static const char *const empty[] = { "", ",", ",bill", "bill,,term",
					     "bill, ,term" };
	struct failure why;
	char *none[] = { NULL };
	const struct entity *list[ENTITY_MOST];
	size_t count;

	is(list_of("invoices", "bill", &why), "Invoice Bill",
	   "names may be apart");
	is(list_of("invoices,bill", NULL, &why), "Invoice Bill",
	   "or in a comma list");
	is(list_of("invoices,", "bill", &why), "Invoice Bill",
	   "a blank after the comma makes two words of it");
	is(list_of("invoices, credit memos", "term,Vendor", &why),
	   "Invoice CreditMemo Term Vendor", "or both, with blanks");
	is(list_of("bill,Bills", "BILL", &why), "Bill", "each is kept once");
	for (size_t i = 0; i < LENGTH(empty); i++)
		ok(!*list_of(empty[i], NULL, &why) && why.kind == FAILURE_USAGE,
		   "\"%s\" is refused: %s", empty[i], why.text);
	ok(!*list_of("bill,invocies", NULL, &why) &&
		   strstr(why.text, "\"invocies\"") &&
		   strstr(why.next, "Invoice"),
	   "only the unknown name of a list is quoted");
	ok(!entity_list_read(none, list, &count, &why) &&
		   why.kind == FAILURE_USAGE,
	   "no name at all is refused");
}

int
main(void)
{
	test_names();
	test_table();
	test_lists();
	test_suggestions();
	test_required();
	test_groups();
	test_lists_typed();
	return tap_done();
}
