/*
 * rates.h - ExchangeRate: one rate for each day of the company and each of its
 * currencies (CompanyCurrency), without an Id.
 *
 * Rows are numbered day by day, and in a day by currency.
 */
#ifndef RATES_H
#define RATES_H

#include "base/buf.h"
#include "world.h"

enum { RATES_CODE = 4 };

/* The code of the n-th currency of any company: three letters. */
void rates_code(int64_t n, char code[RATES_CODE]);

/* Once rows and times of the world are known. */
void rates_plan(const struct world *w, struct world_entity *e);

/* AsOfDate, as a day. */
int64_t rates_day(const struct world_entity *e, int64_t i);
/* At noon of the day after, in the range of the world. */
int64_t rates_updated_s(const struct world_entity *e, int64_t i);
int64_t rates_currency(const struct world_entity *e, int64_t i);

/* Another one after each edit. */
void rates_write_rate(struct buf *to, const struct world_row *row);

/* "EUR/2025-01-31" */
bool rates_find(const struct world_entity *e, struct slice name,
		int64_t *i) MUST_CHECK;
void rates_name(const struct world_entity *e, int64_t i, char name[WORLD_ID]);

#endif
