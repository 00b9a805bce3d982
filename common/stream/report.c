#include "stream/report.h"

/*
 * Reports whose page in Intuit's API reference shows parameters and header; of
 * those with a choice of the basis only the ones whose header says which it is
 * (QUIRKS.md, "Reports").
 */
#define PERIOD .as_of = false
#define BASIS .basis = true
#define AS_OF .as_of = true
#define AGED .as_of = true, .aged = true

static const struct report reports[] = {
	{ "AgedPayableDetail", AGED },
	{ "AgedPayables", AGED },
	{ "AgedReceivableDetail", AGED },
	{ "AgedReceivables", AGED },
	{ "BalanceSheet", BASIS },
	{ "CashFlow", PERIOD },
	{ "ClassSales", BASIS },
	{ "CustomerBalance", AS_OF },
	{ "CustomerBalanceDetail", AS_OF },
	{ "CustomerIncome", BASIS },
	{ "CustomerSales", BASIS },
	{ "DepartmentSales", BASIS },
	{ "GeneralLedger", BASIS },
	{ "InventoryValuationDetail", PERIOD },
	{ "InventoryValuationSummary", AS_OF },
	{ "ItemSales", BASIS },
	{ "JournalReport", PERIOD },
	{ "ProfitAndLoss", BASIS },
	{ "ProfitAndLossDetail", BASIS },
	{ "TransactionList", PERIOD },
	{ "TransactionListByCustomer", PERIOD },
	{ "TransactionListByVendor", PERIOD },
	{ "TransactionListWithSplits", PERIOD },
	{ "TrialBalance", BASIS },
	{ "VendorBalance", AS_OF },
	{ "VendorBalanceDetail", AS_OF },
	{ "VendorExpenses", BASIS },
};

const char REPORT_PREFIX[] = "report:";

static bool
same(struct slice typed, const char *word)
{
	return typed.len == strlen(word) &&
	       !strncasecmp(typed.at, word, typed.len);
}

static bool
read_basis(struct slice typed, const char **basis)
{
	*basis = same(typed, "Cash")      ? "Cash"
		 : same(typed, "Accrual") ? "Accrual"
					  : NULL;
	return *basis;
}

const struct report *
report_find(struct slice name, const char **basis)
{
	size_t prefix = strlen(REPORT_PREFIX);
	struct slice rest;

	*basis = NULL;
	if (name.len < prefix || strncasecmp(name.at, REPORT_PREFIX, prefix))
		return NULL;
	rest = (struct slice){ name.at + prefix, name.len - prefix };
	const char *colon = memchr(rest.at, ':', rest.len);
	if (colon) {
		const char *end = rest.at + rest.len;

		if (!read_basis((struct slice){ colon + 1,
						(size_t)(end - colon) - 1 },
				basis))
			return NULL;
		rest.len = (size_t)(colon - rest.at);
	}
	for (size_t i = 0; i < LENGTH(reports); i++)
		if (same(rest, reports[i].name) &&
		    (!*basis || reports[i].basis))
			return &reports[i];
	return NULL;
}

const struct report *
report_at(size_t i)
{
	return i < LENGTH(reports) ? &reports[i] : NULL;
}
