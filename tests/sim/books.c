#include "books.h"
#include "pacific.h"

enum { CHECKING, RECEIVABLE, EQUITY, SALES, RENT };
enum { DAYS_TO_PAY = 10, SALE_USE = 1, EXPENSE_USE = 2 };

const struct books_account books_accounts[BOOKS_ACCOUNTS] = {
	[CHECKING] = { "35", "Checking", "Bank", false, false },
	[RECEIVABLE] = { "84", "Accounts Receivable (A/R)",
			 "Accounts Receivable", false, false },
	[EQUITY] = { "34", "Opening Balance Equity", "Equity", false, false },
	[SALES] = { "79", "Sales of Product Income", "Income", true, false },
	[RENT] = { "17", "Rent or Lease", "Expenses", false, true },
};

void
books_open(struct books *b, struct sim *s, bool cash)
{
	*b = (struct books){
		.seed = s->world.seed,
		.first_day = s->world.from_s / 86400,
		.last_day = pacific_day(clock_now_us() / CLOCK_SECOND),
		.cash = cash,
	};
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->overlay.count; i++)
		b->extra_cents += 100 * (s->overlay.rows[i].edits +
					 s->overlay.rows[i].deleted);
	pthread_mutex_unlock(&s->lock);
}

static int64_t
cents(const struct books *b, int64_t day, int use, int64_t most)
{
	/* the mix has no sign; what is below `most` fits */
	uint64_t mixed = chance_mix(
		b->seed ^ chance_mix((uint64_t)day * 8 + (uint64_t)use));

	return day < b->first_day || day > b->last_day
		       ? 0
		       : 100 + (int64_t)(mixed % (uint64_t)most);
}

static int64_t
sale(const struct books *b, int64_t day)
{
	return cents(b, day, SALE_USE, 90000) +
	       (day == b->first_day ? b->extra_cents : 0);
}

static int64_t
booked(const struct books *b, int account, int64_t day)
{
	int64_t sold = sale(b, day), paid = sale(b, day - DAYS_TO_PAY);
	int64_t spent = cents(b, day, EXPENSE_USE, 20000);

	switch (account) {
	case CHECKING:
		return paid - spent;
	case RECEIVABLE:
		return b->cash ? 0 : sold - paid;
	case SALES:
		return b->cash ? -paid : -sold;
	case RENT:
		return spent;
	default:
		return 0;
	}
}

int64_t
books_sum(const struct books *b, int account, int64_t first, int64_t last)
{
	int64_t sum = 0, end = b->last_day + DAYS_TO_PAY;

	if (first < b->first_day)
		first = b->first_day;
	for (int64_t day = first; day <= last && day <= end; day++)
		sum += booked(b, account, day);
	return sum;
}

int64_t
books_owed(const struct books *b, int customer, int64_t day)
{
	int64_t sum = 0;

	for (int64_t sold = day - DAYS_TO_PAY + 1; sold <= day; sold++)
		if (sold % BOOKS_CUSTOMERS == customer)
			sum += sale(b, sold);
	return sum;
}
