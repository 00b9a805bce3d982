#include <ctype.h>

#include "filter.h"
#include "pacific.h"
#include "rates.h"

static bool
read_day(struct slice text, int64_t *us)
{
	struct clock_civil civil;

	if (text.len > 10)
		text.len = 10;
	if (!clock_parse_civil(text, &civil))
		return false;
	*us = clock_from_civil(&civil);
	return true;
}

static int64_t
rounded_up(int64_t us, int64_t unit)
{
	return us / unit + (us % unit > 0);
}

/* Rows have whole seconds or days, so every comparison is a half-open range. */
static bool
narrow(struct filter_range *range, enum question_operator operator, int64_t us,
       int64_t unit)
{
	int64_t low = INT64_MIN, high = INT64_MAX;
	int64_t first = rounded_up(us, unit), after = rounded_up(us + 1, unit);

	switch (operator) {
	case QUESTION_IS:
		low = first;
		high = after;
		break;
	case QUESTION_BELOW:
		high = first;
		break;
	case QUESTION_ABOVE:
		low = after;
		break;
	case QUESTION_AT_MOST:
		high = after;
		break;
	case QUESTION_AT_LEAST:
		low = first;
		break;
	case QUESTION_IN:
	case QUESTION_LIKE:
		return false;
	}
	if (low > range->low)
		range->low = low;
	if (high < range->high)
		range->high = high;
	return true;
}

static bool
take_range(struct filter *f, enum filter_property property,
	   const struct filter_test *test, struct refusal *why)
{
	struct filter_range *range = property == FILTER_UPDATED ? &f->updated
				     : property == FILTER_CREATED
					     ? &f->created
					     : &f->txn_date;
	bool day = property == FILTER_TXN_DATE;
	struct slice text = test->values[0];
	int64_t us;

	if (!(day ? read_day(text, &us) : pacific_read(text, &us)))
		return refuse_query(why,
				    "QueryValidationError: Invalid date: %.*s",
				    SLICE_SHOWN(text));
	return narrow(range, test->operator, us,
		      day ? CLOCK_DAY : CLOCK_SECOND) ||
	       refuse_query(why, "QueryValidationError: operator not "
				 "supported for a time");
}

static bool
take_active(struct filter *f, const struct filter_test *test,
	    struct refusal *why)
{
	f->active = f->inactive = false;
	f->active_asked = true;
	for (size_t i = 0; i < test->count; i++) {
		bool yes = test->values[i].len == 4 &&
			   !strncasecmp(test->values[i].at, "true", 4);

		*(yes ? &f->active : &f->inactive) = true;
	}
	return test->operator== QUESTION_IN || test->operator== QUESTION_IS ||
		refuse_query(why, "QueryValidationError: operator not "
				  "supported for Active");
}

static bool
take_condition(struct filter *f, const struct question *s,
	       const struct question_condition *c, struct refusal *why)
{
	struct filter_test *test = &f->tests[f->count];
	enum filter_property found;

	if (!property_find(f->of, c->property, &found, why))
		return false;
	*test = (struct filter_test){ found, c->operator,
				      s->values + c->first_value, c->values };
	switch (test->property) {
	case FILTER_UPDATED:
	case FILTER_CREATED:
	case FILTER_TXN_DATE:
		return take_range(f, test->property, test, why);
	case FILTER_ACTIVE:
		return take_active(f, test, why);
	case FILTER_ID:
		if (test->operator!= QUESTION_IS && test->operator!=
		    QUESTION_IN)
			return refuse_query(why, "QueryValidationError: "
						 "operator not supported for "
						 "Id");
		f->ids = test;
		break;
	default:
		break;
	}
	f->count++;
	return true;
}

bool
filter_read(struct filter *f, const struct world *w,
	    const struct world_entity *e, const struct question *s,
	    struct refusal *why)
{
	const struct filter_range any = { INT64_MIN, INT64_MAX };

	f->world = w;
	f->of = e;
	f->updated = f->created = f->txn_date = any;
	f->active = true;
	f->active_asked = false;
	f->inactive = !e->entity->list; /* the others have no Active */
	f->ids = NULL;
	f->count = 0;
	buf_init(&f->text, 4096);
	for (size_t i = 0; i < s->condition_count; i++)
		if (!take_condition(f, s, &s->conditions[i], why))
			return false;
	return true;
}

void
filter_free(struct filter *f)
{
	buf_free(&f->text);
}

/* % stands for anything; \ takes the next byte as it is.  Case is the same. */
static bool
is_like(struct slice text, struct slice pattern)
{
	while (pattern.len) {
		if (*pattern.at == '%') {
			pattern.at++;
			pattern.len--;
			for (size_t skip = 0; skip <= text.len; skip++)
				if (is_like((struct slice){ text.at + skip,
							    text.len - skip },
					    pattern))
					return true;
			return false;
		}
		if (*pattern.at == '\\' && pattern.len > 1) {
			pattern.at++;
			pattern.len--;
		}
		if (!text.len || tolower((unsigned char)*text.at) !=
					 tolower((unsigned char)*pattern.at))
			return false;
		text.at++;
		text.len--;
		pattern.at++;
		pattern.len--;
	}
	return !text.len;
}

static bool
compares(int order, enum question_operator operator)
{
	switch (operator) {
	case QUESTION_BELOW:
		return order < 0;
	case QUESTION_ABOVE:
		return order > 0;
	case QUESTION_AT_MOST:
		return order <= 0;
	case QUESTION_AT_LEAST:
		return order >= 0;
	case QUESTION_IS:
	case QUESTION_IN:
	case QUESTION_LIKE:
		break;
	}
	return order == 0;
}

bool
filter_matches(const struct filter_test *test, struct slice text)
{
	for (size_t i = 0; i < test->count; i++) {
		struct slice value = test->values[i];
		size_t shorter = text.len < value.len ? text.len : value.len;
		int order = memcmp(text.at, value.at, shorter);

		if (!order)
			order = (text.len > value.len) - (text.len < value.len);
		if (test->operator>= QUESTION_IN || test->operator== QUESTION_IS
			    ? is_like(text, value)
			    : compares(order, test->operator))
			return true;
	}
	return false;
}

static bool
amount_passes(const struct filter_test *test, int64_t cents)
{
	for (size_t i = 0; i < test->count; i++) {
		char number[32];

		snprintf(number, sizeof(number), "%.*s",
			 SLICE_SHOWN(test->values[i]));
		double wanted = strtod(number, NULL) * 100;
		double there = (double)cents; /* far below 2^53 */

		if (compares((there > wanted) - (there < wanted),
			     test->operator))
			return true;
	}
	return false;
}

static bool
id_passes(const struct filter_test *test, int64_t id)
{
	char text[WORLD_ID];

	snprintf(text, sizeof(text), "%" PRId64, id);
	for (size_t i = 0; i < test->count; i++)
		if (slice_is(test->values[i], text))
			return true;
	return false;
}

static bool
test_passes(struct filter *f, const struct filter_test *test,
	    const struct world_row *row, const struct facts *facts)
{
	const struct world_entity *customers = f->world->customers;
	char code[RATES_CODE];

	buf_clear(&f->text);
	switch (test->property) {
	case FILTER_ID:
		return id_passes(test, world_id(row->of, row->i));
	case FILTER_CUSTOMER:
		return customers->rows &&
		       id_passes(test, world_id(customers, facts->customer));
	case FILTER_NAME:
		facts_name(&f->text, row);
		return filter_matches(test, buf_slice(&f->text));
	case FILTER_DOC_NUMBER:
		facts_doc_number(&f->text, row->of, row->i);
		return filter_matches(test, buf_slice(&f->text));
	case FILTER_CURRENCY:
		rates_code(rates_currency(row->of, row->i), code);
		return filter_matches(test, slice_of(code));
	case FILTER_TOTAL:
		return amount_passes(test, facts->total);
	case FILTER_BALANCE:
		return amount_passes(test, facts->balance);
	default:
		BUG("a condition that is none");
	}
}

static bool
within(const struct filter_range *range, int64_t value)
{
	return value >= range->low && value < range->high;
}

static bool
is_open(const struct filter_range *range)
{
	return range->low == INT64_MIN && range->high == INT64_MAX;
}

bool
filter_passes(struct filter *f, const struct world_row *row)
{
	const struct world_entity *e = row->of;
	struct facts facts = { 0 };

	if (!(row->active ? f->active : f->inactive))
		return false;
	if (!within(&f->updated, row->updated_s) ||
	    (!is_open(&f->created) &&
	     !within(&f->created, world_created_s(e, row->i))) ||
	    (!is_open(&f->txn_date) &&
	     !within(&f->txn_date, world_txn_day(e, row->i))))
		return false;
	if (f->count)
		facts_of(&facts, f->world, row);
	for (size_t i = 0; i < f->count; i++)
		if (!test_passes(f, &f->tests[i], row, &facts))
			return false;
	return true;
}
