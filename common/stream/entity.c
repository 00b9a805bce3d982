#include <ctype.h>

#include "stream/entity.h"
#include "stream/report.h"

/*
 * A new entity needs one row here, and one on its page; CONTRIBUTING.md lists
 * all that it touches.  Which are list entities, and why CreditCardPayment has
 * a different array key: QUIRKS.md, "Inactive rows" and "Odd shapes".
 */
#define LIST .list = true, .created = true
#define NAME .created = true
#define TXN .created = true, .txn_date = true
/* Not selected by a time, and so not by when they were changed: QUIRKS.md, "Odd
 * shapes". */
#define SHAPE(of) .shape = SHAPE_##of, .unlogged = true
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
	{ "CompanyInfo", "CompanyInfo", "company_infos", SHAPE(SINGLE) },
	{ "CreditCardPayment", "CreditCardPaymentTxn", "credit_card_payments",
	  TXN },
	{ "CreditMemo", "CreditMemo", "credit_memos", TXN },
	{ "Customer", "Customer", "customers", LIST },
	{ "CustomerType", "CustomerType", "customer_types", LIST },
	{ "Department", "Department", "departments", LIST },
	{ "Deposit", "Deposit", "deposits", TXN },
	{ "Employee", "Employee", "employees", LIST },
	{ "Estimate", "Estimate", "estimates", TXN },
	{ "ExchangeRate", "ExchangeRate", "exchange_rates", SHAPE(RATES) },
	{ "Invoice", "Invoice", "invoices", TXN },
	{ "Item", "Item", "items", LIST },
	{ "JournalCode", "JournalCode", "journal_codes", LIST, UNLOGGED },
	{ "JournalEntry", "JournalEntry", "journal_entries", TXN },
	{ "Payment", "Payment", "payments", TXN },
	{ "PaymentMethod", "PaymentMethod", "payment_methods", LIST },
	{ "Preferences", "Preferences", "preferences", SHAPE(SINGLE) },
	{ "Purchase", "Purchase", "purchases", TXN },
	{ "PurchaseOrder", "PurchaseOrder", "purchase_orders", TXN },
	{ "RecurringTransaction", "RecurringTransaction",
	  "recurring_transactions", SHAPE(WRAPPED) },
	{ "RefundReceipt", "RefundReceipt", "refund_receipts", TXN },
	{ "ReimburseCharge", "ReimburseCharge", "reimburse_charges", TXN },
	{ "SalesReceipt", "SalesReceipt", "sales_receipts", TXN },
	{ "TaxAgency", "TaxAgency", "tax_agencies", NAME, UNLOGGED },
	{ "TaxCode", "TaxCode", "tax_codes", .list = true, SHAPE(WHOLE) },
	{ "TaxPayment", "TaxPayment", "tax_payments", NAME },
	{ "TaxRate", "TaxRate", "tax_rates", LIST, UNLOGGED },
	{ "Term", "Term", "terms", LIST },
	{ "TimeActivity", "TimeActivity", "time_activities", TXN },
	{ "Transfer", "Transfer", "transfers", TXN },
	{ "Vendor", "Vendor", "vendors", LIST },
	{ "VendorCredit", "VendorCredit", "vendor_credits", TXN },
};

enum {
	MOST_LETTERS = 64,
	MOST_TABLE = 60,
	/* of 63 bytes that PostgreSQL has */ MOST_OTHERS = ENTITY_MOST / 2
};

_Static_assert(LENGTH(entities) <= ENTITY_MOST - MOST_OTHERS,
	       "there is room for all");

/* Those that are not of the table, and their names. */
static struct {
	struct entity entity;
	char name[MOST_LETTERS], table[2 * MOST_LETTERS];
} others[MOST_OTHERS];
static size_t others_count;

bool
entity_is_whole(const struct entity *entity)
{
	return entity->shape == SHAPE_WHOLE || entity->shape == SHAPE_WRAPPED ||
	       entity->shape == SHAPE_SINGLE;
}

bool
entity_is_named(struct slice typed, const char *name)
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

/* ChangeOrder, a letter of whichever case in front of each word. */
static bool
is_spelled_as_entity(struct slice name)
{
	if (name.len < 3 || name.len >= MOST_LETTERS ||
	    !isupper((unsigned char)name.at[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!isalnum((unsigned char)name.at[i]))
			return false;
	return true;
}

/* The plural of a word in snake case: change_orders, journal_entries. */
static void
write_plural(char *table, size_t used)
{
	char last = table[used - 1], before = table[used - 2];

	if (last == 'y' && !strchr("aeiou", before))
		memcpy(table + used - 1, "ies", 4);
	else if (last == 's' || last == 'x' ||
		 (last == 'h' && strchr("cs", before)))
		memcpy(table + used, "es", 3);
	else
		memcpy(table + used, "s", 2);
}

/* At most twice as long as the name, and two letters more. */
static void
write_table(char *table, const char *name)
{
	size_t used = 0;

	for (const char *at = name; *at; at++) {
		if (at > name && isupper((unsigned char)*at) &&
		    !isupper((unsigned char)at[-1]))
			table[used++] = '_';
		table[used++] = (char)tolower((unsigned char)*at);
	}
	write_plural(table, used);
}

static const struct entity *
find_other(const char *name)
{
	for (size_t i = 0; i < others_count; i++)
		if (!strcmp(others[i].name, name))
			return &others[i].entity;
	return NULL;
}

/* `entity` without its names; NULL: there is no room. */
static const struct entity *
add_other(const char *name, const char *table, struct entity entity)
{
	const struct entity *found = find_other(name);

	if (found || others_count == MOST_OTHERS)
		return found;
	struct entity *new = &others[others_count].entity;
	char *own_name = others[others_count].name;
	char *own_table = others[others_count].table;

	others_count++;
	snprintf(own_name, MOST_LETTERS, "%s", name);
	if (table)
		snprintf(own_table, sizeof(others[0].table), "%s", table);
	else
		write_table(own_table, own_name);
	*new = entity;
	new->name = new->rows_key = own_name;
	new->table = own_table;
	return new;
}

static const struct entity *
find_report(struct slice typed)
{
	const char *basis;
	const struct report *report = report_find(typed, &basis);
	char name[MOST_LETTERS];

	if (!report)
		return NULL;
	snprintf(name, sizeof(name), "%s%s%s%s", REPORT_PREFIX, report->name,
		 basis ? ":" : "", basis ? basis : "");
	return add_other(
		name, "reports",
		(struct entity){ .shape = SHAPE_REPORT, .unlogged = true });
}

static const struct entity *
find_listed(struct slice name)
{
	for (size_t i = 0; i < LENGTH(entities); i++)
		if (entity_is_named(name, entities[i].name) ||
		    entity_is_named(name, entities[i].table))
			return &entities[i];
	return NULL;
}

const struct entity *
entity_find(struct slice name)
{
	const struct entity *found = find_listed(name);

	if (!found)
		found = find_report(name);
	for (size_t i = 0; !found && i < others_count; i++)
		if (entity_is_named(name, others[i].name) ||
		    (others[i].entity.unlisted &&
		     entity_is_named(name, others[i].table)))
			found = &others[i].entity;
	return found;
}

/* The tables of two entities, or of one and of qb itself, must be two. */
static bool
check_table(const char *name, struct failure *why)
{
	char table[2 * MOST_LETTERS] = "";
	const char *taken = NULL;

	write_table(table, name);
	const struct entity *listed = find_listed(slice_of(table));
	if (listed)
		taken = listed->name;
	for (size_t i = 0; !taken && i < others_count; i++)
		if (!strcmp(others[i].table, table) &&
		    strcmp(others[i].name, name))
			taken = others[i].name;
	if (!strncmp(table, "qb_", 3) || !strcmp(table, "reports"))
		taken = "qb itself";
	if (taken)
		return fail(why, FAILURE_USAGE,
			    "--unlisted=%s: its table %s is that of %s", name,
			    table, taken);
	return strlen(table) <= MOST_TABLE ||
	       fail(why, FAILURE_USAGE, "--unlisted=%s: the name is too long",
		    name);
}

const struct entity *
entity_unlisted(struct slice name, struct failure *why)
{
	const struct entity *found = find_listed(name);
	char spelled[MOST_LETTERS];

	if (found)
		return found;
	if (!is_spelled_as_entity(name)) {
		fail(why, FAILURE_USAGE,
		     "--unlisted=%.*s is not the name of an entity",
		     SLICE_SHOWN(name));
		fail_next(why, "spell it as QuickBooks does, such as "
			       "ChangeOrder");
		return NULL;
	}
	snprintf(spelled, sizeof(spelled), "%.*s", (int)name.len, name.at);
	if (!check_table(spelled, why))
		return NULL;
	found = add_other(spelled, NULL,
			  (struct entity){ .created = true,
					   .unlogged = true,
					   .unlisted = true });
	if (!found)
		fail(why, FAILURE_USAGE,
		     "more than %d entities that qb does "
		     "not list",
		     MOST_OTHERS);
	return found;
}

const struct entity *
entity_at(size_t i)
{
	return i < LENGTH(entities) ? &entities[i] : NULL;
}
