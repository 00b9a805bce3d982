#include "recurring.h"
#include "body.h"
#include "pen.h"

/* Those of Intuit's page of RecurringTransaction, in its order. */
const char *const recurring_types[RECURRING_TYPES] = {
	"Bill",         "Purchase", "CreditMemo",   "Deposit",
	"Estimate",     "Invoice",  "JournalEntry", "RefundReceipt",
	"SalesReceipt", "Transfer", "VendorCredit", "PurchaseOrder",
};

/* What a transaction has that only stands for others to come lacks. */
static const char *const left_out[] = { "'DocNumber':'$d',", "'TxnDate':'$D',",
					"'DueDate':'$E',", "$o" };

static const char schedule[] =
	",'RecurringInfo':{'Active':$t,'RecurType':'Automated',"
	"'ScheduleInfo':{'NumInterval':1,'NextDate':'$E','DayOfMonth':1,"
	"'PreviousDate':'$D','IntervalType':'Monthly'},'Name':'$n'},"
	"'RecurDataRef':{'value':'$i'}";

size_t
recurring_type(const struct world_row *row)
{
	struct chance c = world_chance(row->of, row->i, 6);

	/* each of them where there are some, and in no order */
	return (size_t)(row->i + chance_below(&c, 2)) % RECURRING_TYPES;
}

/* How much to skip here. */
static size_t
left_out_here(const char *at)
{
	for (size_t i = 0; i < LENGTH(left_out); i++)
		if (!strncmp(at, left_out[i], strlen(left_out[i])))
			return strlen(left_out[i]);
	return 0;
}

void
recurring_template(size_t type, struct buf *to)
{
	const char *text = body_template(recurring_types[type]);
	const char *end = strstr(text, "$x}");

	for (const char *at = text; at < end;) {
		size_t skip = left_out_here(at);

		if (!skip)
			pen_bytes(to, at, 1);
		at += skip ? skip : 1;
	}
	pen_text(to, schedule);
	pen_text(to, end);
}
