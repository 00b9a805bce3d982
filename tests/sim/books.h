/*
 * books.h - the books from which the simulator computes reports: one sale, its
 * payment ten days later, and one expense a day.
 *
 * Everything is computed from the seed, so all reports agree with each other:
 * the months of a year add up, debits equal credits, and the balance sheet
 * balances.  A row that a test has edited or deleted adds a dollar to the first
 * sale.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include "sim.h"

enum { BOOKS_ACCOUNTS = 5, BOOKS_CUSTOMERS = 3 };

struct books {
	uint64_t seed;
	int64_t first_day, last_day; /* with a sale: days since 1970 */
	int64_t extra_cents;
	bool cash; /* a sale counts when it is paid */
};

struct books_account {
	const char *id, *name, *type;
	bool income, expense;
};

extern const struct books_account books_accounts[BOOKS_ACCOUNTS];

void books_open(struct books *b, struct sim *s, bool cash);

/* What was booked on the days from first to last: debits less credits. */
int64_t books_sum(const struct books *b, int account, int64_t first,
		  int64_t last);
/* What a customer owes at the end of a day. */
int64_t books_owed(const struct books *b, int customer, int64_t day);

#endif
