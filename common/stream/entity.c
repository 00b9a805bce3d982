#include <ctype.h>

#include "stream/entity.h"

/*
 * A new entity needs one row here, and one on its page; CONTRIBUTING.md lists
 * all that it touches.  Which are list entities, and why CreditCardPayment has
 * a different array key: QUIRKS.md, "Inactive rows" and "Odd shapes".
 */
#define LIST .list = true, .created = true
#define NAME .created = true
#define TXN .created = true, .txn_date = true
#define OWN_SHAPE(why) .refused = why
/* Of TimeActivity, which the same page leaves out, the release notes of 2021
 * say that it was added: DOC change-data-capture; QUIRKS.md, "The log of
 * changes". */
#define UNLOGGED .unlogged = true

static const struct entity entities[] = {
	{ "Account", "Account", "accounts", LIST },
	{ "Attachable", "Attachable", "attachables", NAME },
	{ "Bill", "Bill", "bills", TXN },
	{ "BillPayment", "BillPayment", "bill_payments", TXN },
	{ "Budget", "Budget", "budgets", LIST },
	{ "Class", "Class", "classes", LIST },
	{ "CompanyCurrency", "CompanyCurrency", "company_currencies", LIST },
	{ "CompanyInfo", "CompanyInfo", "company_infos",
	  OWN_SHAPE("it is a single object, not rows") },
	{ "CreditCardPayment", "CreditCardPaymentTxn", "credit_card_payments",
	  TXN },
	{ "CreditMemo", "CreditMemo", "credit_memos", TXN },
	{ "Customer", "Customer", "customers", LIST },
	{ "CustomerType", "CustomerType", "customer_types", LIST },
	{ "Department", "Department", "departments", LIST },
	{ "Deposit", "Deposit", "deposits", TXN },
	{ "Employee", "Employee", "employees", LIST },
	{ "Estimate", "Estimate", "estimates", TXN },
	{ "ExchangeRate", "ExchangeRate", "exchange_rates",
	  OWN_SHAPE("its rows have no Id") },
	{ "Invoice", "Invoice", "invoices", TXN },
	{ "Item", "Item", "items", LIST },
	{ "JournalCode", "JournalCode", "journal_codes", LIST, UNLOGGED },
	{ "JournalEntry", "JournalEntry", "journal_entries", TXN },
	{ "Payment", "Payment", "payments", TXN },
	{ "PaymentMethod", "PaymentMethod", "payment_methods", LIST },
	{ "Preferences", "Preferences", "preferences",
	  OWN_SHAPE("it is a single object, not rows") },
	{ "Purchase", "Purchase", "purchases", TXN },
	{ "PurchaseOrder", "PurchaseOrder", "purchase_orders", TXN },
	{ "RecurringTransaction", "RecurringTransaction",
	  "recurring_transactions",
	  OWN_SHAPE("its rows are wrapped in objects of many types") },
	{ "RefundReceipt", "RefundReceipt", "refund_receipts", TXN },
	{ "ReimburseCharge", "ReimburseCharge", "reimburse_charges", TXN },
	{ "SalesReceipt", "SalesReceipt", "sales_receipts", TXN },
	{ "TaxAgency", "TaxAgency", "tax_agencies", NAME, UNLOGGED },
	{ "TaxCode", "TaxCode", "tax_codes", LIST, UNLOGGED },
	{ "TaxPayment", "TaxPayment", "tax_payments", NAME },
	{ "TaxRate", "TaxRate", "tax_rates", LIST, UNLOGGED },
	{ "Term", "Term", "terms", LIST },
	{ "TimeActivity", "TimeActivity", "time_activities", TXN },
	{ "Transfer", "Transfer", "transfers", TXN },
	{ "Vendor", "Vendor", "vendors", LIST },
	{ "VendorCredit", "VendorCredit", "vendor_credits", TXN },
};

/* Other words that people type, plural without accents; they are suggested, not
 * accepted. */
static const struct {
	const char *typed, *name;
} other_words[] = {
	{ "articulos", "Item" },
	{ "asientos", "JournalEntry" },
	{ "attachments", "Attachable" },
	{ "checks", "Purchase" },
	{ "clientes", "Customer" },
	{ "clients", "Customer" },
	{ "cobros", "Payment" },
	{ "compras", "Purchase" },
	{ "credit notes", "CreditMemo" },
	{ "cuentas", "Account" },
	{ "depositos", "Deposit" },
	{ "empleados", "Employee" },
	{ "estimaciones", "Estimate" },
	{ "expenses", "Purchase" },
	{ "facturas", "Invoice" },
	{ "gastos", "Purchase" },
	{ "impuestos", "TaxRate" },
	{ "journal", "JournalEntry" },
	{ "journals", "JournalEntry" },
	{ "notas de credito", "CreditMemo" },
	{ "ordenes de compra", "PurchaseOrder" },
	{ "orders", "PurchaseOrder" },
	{ "pagos", "Payment" },
	{ "pagos a proveedores", "BillPayment" },
	{ "presupuestos", "Estimate" },
	{ "products", "Item" },
	{ "productos", "Item" },
	{ "proveedores", "Vendor" },
	{ "quotes", "Estimate" },
	{ "recibos", "SalesReceipt" },
	{ "refunds", "RefundReceipt" },
	{ "suppliers", "Vendor" },
	{ "timesheets", "TimeActivity" },
	{ "transferencias", "Transfer" },
	{ "ventas", "SalesReceipt" },
};

enum { MOST_LETTERS = 64 };

/* A vowel with its accent, the second byte after C3: "Á" and "á" as 'a'. */
static char
without_accent(unsigned char second)
{
	static const char *const letters[] = { "aeioun", "\xA1\xA9\xAD\xB3\xBA"
							 "\xB1" };
	const char *found = strchr(letters[1], second | 0x20);

	return found ? letters[0][found - letters[1]] : '?';
}

/*
 * A name without what people write differently: lower case, no accents
 * (composed, or a combining mark of its own), no '_', '-' and ' '.  What is
 * longer than any name is cut.
 */
static void
plain_letters(struct slice name, char letters[MOST_LETTERS])
{
	size_t used = 0;

	for (size_t i = 0; i < name.len && used + 1 < MOST_LETTERS; i++) {
		unsigned char byte = (unsigned char)name.at[i];

		if (byte && strchr("_- ", byte))
			continue;
		if (byte == 0xCC && i + 1 < name.len)
			i++;
		else if (byte == 0xC3 && i + 1 < name.len)
			letters[used++] =
				without_accent((unsigned char)name.at[++i]);
		else
			letters[used++] = (char)tolower(byte);
	}
	letters[used] = '\0';
}

/* Equal except for case, and for the '_', '-' and ' ' that people insert. */
static bool
same_name(struct slice typed, const char *name)
{
	for (size_t i = 0; i < typed.len; i++) {
		if (strchr("_- ", typed.at[i]) && typed.at[i])
			continue;
		while (*name == '_')
			name++;
		if (!*name || tolower((unsigned char)typed.at[i]) !=
				      tolower((unsigned char)*name))
			return false;
		name++;
	}
	return !*name;
}

const struct entity *
entity_find(struct slice name)
{
	for (size_t i = 0; i < LENGTH(entities); i++)
		if (same_name(name, entities[i].name) ||
		    same_name(name, entities[i].table))
			return &entities[i];
	return NULL;
}

const struct entity *
entity_at(size_t i)
{
	return i < LENGTH(entities) ? &entities[i] : NULL;
}

/* How many letters must be inserted, removed or replaced. */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t row[MOST_LETTERS], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t least = diagonal + (a[i] != b[j]);

			if (row[j] + 1 < least)
				least = row[j] + 1;
			diagonal = row[j + 1];
			if (diagonal + 1 < least)
				least = diagonal + 1;
			row[j + 1] = least;
		}
	}
	return row[len];
}

struct suggestion {
	char typed[MOST_LETTERS];
	const struct entity *nearest; /* so far, or NULL */
	size_t distance;
};

/* A name that begins with what was typed counts as one letter away. */
static void
suggestion_try(struct suggestion *s, const char *name, const struct entity *e)
{
	char letters[MOST_LETTERS];
	size_t typed = strlen(s->typed);

	plain_letters(slice_of(name), letters);
	size_t distance = edit_distance(s->typed, letters);
	if (distance > 1 && typed >= 3 && !strncmp(letters, s->typed, typed))
		distance = 1;
	if (distance > typed / 3 || distance > s->distance ||
	    (distance == s->distance &&
	     strlen(e->name) >= strlen(s->nearest->name)))
		return;
	s->nearest = e;
	s->distance = distance;
}

static bool
fail_unknown(struct slice name, struct failure *why)
{
	struct suggestion s = { .distance = SIZE_MAX };

	plain_letters(name, s.typed);
	for (size_t i = 0; i < LENGTH(entities); i++) {
		suggestion_try(&s, entities[i].name, &entities[i]);
		suggestion_try(&s, entities[i].table, &entities[i]);
	}
	for (size_t i = 0; i < LENGTH(other_words); i++)
		suggestion_try(&s, other_words[i].typed,
			       entity_find(slice_of(other_words[i].name)));
	fail(why, FAILURE_USAGE, "unknown entity \"%.*s\"", SLICE_SHOWN(name));
	if (s.nearest && !s.nearest->refused)
		return fail_next(why, "did you mean %s?", s.nearest->name);
	return fail_next(why, "name entities that qb reads, such as Customer, "
			      "Invoice or Item, or all; qb-window --list "
			      "lists them");
}

static const struct entity *
require(struct slice name, struct failure *why)
{
	const struct entity *e = entity_find(name);

	if (!e) {
		fail_unknown(name, why);
		return NULL;
	}
	if (e->refused) {
		fail(why, FAILURE_USAGE, "qb does not read %s: %s", e->name,
		     e->refused);
		fail_next(why, "leave out %s", e->name);
		return NULL;
	}
	return e;
}

const struct entity *
entity_require(const char *name, struct failure *why)
{
	return require(slice_of(name), why);
}

static void
add_once(const struct entity *list[ENTITY_MOST], size_t *count,
	 const struct entity *entity)
{
	for (size_t i = 0; i < *count; i++)
		if (list[i] == entity)
			return;
	list[(*count)++] = entity;
}

_Static_assert(LENGTH(entities) <= ENTITY_MOST, "a list has room for all");

enum group { NO_GROUP, ALL, LISTS, TRANSACTIONS };

static enum group
find_group(struct slice name)
{
	if (same_name(name, "all"))
		return ALL;
	if (same_name(name, "lists"))
		return LISTS;
	return same_name(name, "transactions") ? TRANSACTIONS : NO_GROUP;
}

static void
add_group(enum group group, const struct entity *list[ENTITY_MOST],
	  size_t *count)
{
	for (size_t i = 0; i < LENGTH(entities); i++) {
		const struct entity *e = &entities[i];

		if (!e->refused &&
		    (group == ALL || (group == LISTS && e->list) ||
		     (group == TRANSACTIONS && e->txn_date)))
			add_once(list, count, e);
	}
}

/* What was typed so far. */
struct typed {
	size_t names;
	bool all;
};

static bool
add_name(struct slice name, const struct entity *list[ENTITY_MOST],
	 size_t *count, struct failure *why)
{
	enum group group = find_group(name);

	if (group) {
		add_group(group, list, count);
		return true;
	}
	const struct entity *entity = require(name, why);
	if (entity)
		add_once(list, count, entity);
	return entity;
}

/* The names between the commas of one argument; in "invoices, customers" the
 * first one ends with a comma. */
static bool
add_names(const char *names, const struct entity *list[ENTITY_MOST],
	  size_t *count, struct typed *typed, struct failure *why)
{
	for (const char *at = names;; at++) {
		struct slice name = { at, strcspn(at, ",") };

		if (strspn(at, " ") >= name.len) {
			fail(why, FAILURE_USAGE,
			     "empty entity name in \"%.200s\"", names);
			return fail_next(why, "write customers,invoices or "
					      "customers invoices");
		}
		typed->names++;
		typed->all = typed->all || find_group(name) == ALL;
		if (!add_name(name, list, count, why))
			return false;
		at += name.len;
		if (!*at || !at[1 + strspn(at + 1, " ")])
			return true;
	}
}

bool
entity_list_read(char *const names[], const struct entity *list[ENTITY_MOST],
		 size_t *count, struct failure *why)
{
	struct typed typed = { 0 };

	*count = 0;
	for (; *names; names++)
		if (!add_names(*names, list, count, &typed, why))
			return false;
	if (typed.all && typed.names > 1) {
		fail(why, FAILURE_USAGE, "\"all\" beside other names");
		return fail_next(why, "leave out either; all are all entities");
	}
	return *count || fail(why, FAILURE_USAGE,
			      "no entity: name at least one, such as Customer");
}
