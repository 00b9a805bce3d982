/* covers: entity_list */
/* The entities of a command line, as people type them. */
#include "stream/entity_list.h"
#include "tap.h"

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
		{ "company", "CompanyInfo" },
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
	static const char *const far[] = { "x", "", "all",
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
}

/* The names of the list, with a blank between them, or "" for a failure. */
static const char *
list_of(const char *first, const char *second, struct failure *why)
{
	static char got[256];
	char words[2][64];
	char *names[] = { words[0], second ? words[1] : NULL, NULL };
	struct entity_list list;
	size_t used = 0;

	snprintf(words[0], sizeof(words[0]), "%s", first);
	snprintf(words[1], sizeof(words[1]), "%s", second ? second : "");
	*why = (struct failure){ 0 };
	got[0] = '\0';
	if (!entity_list_read(names, NULL, &list, why))
		return "";
	for (size_t i = 0; i < list.count; i++)
		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s",
					 i ? " " : "", list.at[i]->name);
	return got;
}

/* How many a list has, -1 for a failure; all are read by qb, and each is of
 * that kind. */
static int
count_of(const char *first, char *second, struct failure *why)
{
	char word[16];
	char *names[] = { word, second, NULL };
	struct entity_list list;

	snprintf(word, sizeof(word), "%s", first);
	*why = (struct failure){ 0 };
	if (!entity_list_read(names, NULL, &list, why))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if ((!strcmp(first, "lists") && !list.at[i]->list) ||
		    (!strcmp(first, "transactions") && !list.at[i]->txn_date))
			return -2;
	return (int)list.count;
}

static void
test_groups(void)
{
	struct failure why;
	char invoice[] = "invoice", lists[] = "lists";
	int readable = 0;

	while (entity_at((size_t)readable))
		readable++;
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
	struct entity_list list;

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
	ok(!entity_list_read(none, NULL, &list, &why) &&
		   why.kind == FAILURE_USAGE,
	   "no name at all is refused");
}

static void
test_optional(void)
{
	char lists[] = "lists", customer[] = "customer",
	     *names[] = { lists, customer, NULL };
	char *none[] = { NULL };
	struct entity_list list;
	struct failure why;
	size_t named = 0;

	ok(entity_list_read(names, "ChangeOrder,Box", &list, &why) &&
		   !strcmp(list.at[0]->name, "ChangeOrder") &&
		   !strcmp(list.at[1]->name, "Box"),
	   "those that are not listed are there, too");
	for (size_t i = 0; i < list.count; i++)
		named += !list.optional[i];
	ok(named == 3, "what only a group names is optional");
	ok(entity_list_read(none, "ChangeOrder", &list, &why) &&
		   list.count == 1,
	   "they need no other");
	ok(!entity_list_read(none, "ChangeOrder,", &list, &why) &&
		   !entity_list_read(none, ",Box", &list, &why) &&
		   !entity_list_read(none, "box", &list, &why),
	   "an empty one, or another spelling, is refused");
}

static void
test_reports(void)
{
	struct failure why;
	char all[] = "all", report[] = "report:cashflow";
	char *names[] = { all, report, NULL };
	struct entity_list list;

	ok(entity_list_read(names, NULL, &list, &why) &&
		   !list.optional[list.count - 1] && list.optional[0],
	   "reports go with all");
	ok(!entity_require("report:Profits", &why) &&
		   strstr(why.text, "unknown report") &&
		   strstr(why.next, "ProfitAndLoss"),
	   "of an unknown report all are named");
}

int
main(void)
{
	test_suggestions();
	test_required();
	test_groups();
	test_lists_typed();
	test_optional();
	test_reports();
	return tap_done();
}
