#include <ctype.h>

#include "stream/entity.h"

/*
 * A new entity needs one row here.  Which are list entities, and the odd array
 * key of CreditCardPayment: QUIRKS.md, "Inactive rows" and "Odd shapes".
 */
#define LIST .list = true, .created = true
#define NAME .created = true
#define TXN .created = true, .txn_date = true
#define OWN_SHAPE(why) .refused = why

static const struct entity entities[] = {
	{ "Account", "Account", "accounts", LIST },
	{ "Attachable", "Attachable", "attachables", NAME },
	{ "Bill", "Bill", "bills", TXN },
	{ "BillPayment", "BillPayment", "bill_payments", TXN },
	{ "Budget", "Budget", "budgets", LIST },
	{ "Class", "Class", "classes", LIST },
	{ "CompanyCurrency", "CompanyCurrency", "company_currencies", LIST },
	{ "CompanyInfo", "CompanyInfo", "company_infos",
	  OWN_SHAPE("it is one object, not rows") },
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
	{ "JournalCode", "JournalCode", "journal_codes", LIST },
	{ "JournalEntry", "JournalEntry", "journal_entries", TXN },
	{ "Payment", "Payment", "payments", TXN },
	{ "PaymentMethod", "PaymentMethod", "payment_methods", LIST },
	{ "Preferences", "Preferences", "preferences",
	  OWN_SHAPE("it is one object, not rows") },
	{ "Purchase", "Purchase", "purchases", TXN },
	{ "PurchaseOrder", "PurchaseOrder", "purchase_orders", TXN },
	{ "RecurringTransaction", "RecurringTransaction",
	  "recurring_transactions",
	  OWN_SHAPE("its rows are wrapped in objects of many types") },
	{ "RefundReceipt", "RefundReceipt", "refund_receipts", TXN },
	{ "ReimburseCharge", "ReimburseCharge", "reimburse_charges", TXN },
	{ "SalesReceipt", "SalesReceipt", "sales_receipts", TXN },
	{ "TaxAgency", "TaxAgency", "tax_agencies", NAME },
	{ "TaxCode", "TaxCode", "tax_codes", LIST },
	{ "TaxPayment", "TaxPayment", "tax_payments", NAME },
	{ "TaxRate", "TaxRate", "tax_rates", LIST },
	{ "Term", "Term", "terms", LIST },
	{ "TimeActivity", "TimeActivity", "time_activities", TXN },
	{ "Transfer", "Transfer", "transfers", TXN },
	{ "Vendor", "Vendor", "vendors", LIST },
	{ "VendorCredit", "VendorCredit", "vendor_credits", TXN },
};

/* Equal but for case, and for the '_', '-' and ' ' that people put in. */
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

/* The names that begin with the same two letters, or else all of them. */
static void
suggest(const char *name, struct failure *why)
{
	char names[sizeof(why->next)] = "";
	size_t used = 0;

	for (int all = 0; all < 2 && !used; all++)
		for (size_t i = 0; i < LENGTH(entities); i++) {
			const struct entity *e = &entities[i];

			if (e->refused ||
			    (!all &&
			     (strlen(name) < 2 ||
			      tolower((unsigned char)name[0]) !=
				      tolower((unsigned char)e->name[0]) ||
			      tolower((unsigned char)name[1]) !=
				      tolower((unsigned char)e->name[1]))))
				continue;
			int n = snprintf(names + used, sizeof(names) - used,
					 " %s", e->name);
			if (n > 0 && (size_t)n < sizeof(names) - used)
				used += (size_t)n;
		}
	fail_next(why, "use one of:%s", names);
}

const struct entity *
entity_require(const char *name, struct failure *why)
{
	const struct entity *e = entity_find(slice_of(name));

	if (!e) {
		fail(why, FAILURE_USAGE, "QuickBooks has no entity \"%s\"",
		     name);
		suggest(name, why);
		return NULL;
	}
	if (e->refused) {
		fail(why, FAILURE_USAGE, "%s is not supported yet: %s", e->name,
		     e->refused);
		fail_next(why, "leave it out");
		return NULL;
	}
	return e;
}
