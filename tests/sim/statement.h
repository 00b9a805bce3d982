/*
 * statement.h - the query language, as far as Intuit documents or answered it.
 *
 *	select * | count(*) from E [where p op v [and ...]]
 *	[orderby p [asc|desc] [, ...]] [startposition n] [maxresults n]
 *
 * Keywords and names in any case; "order by" too; the last two in any order.
 */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "refusal.h"
#include "slice.h"

enum {
	STATEMENT_CONDITIONS = 16,
	STATEMENT_VALUES = 1000,
	STATEMENT_MOST = 1000
};

enum statement_operator {
	STATEMENT_IS,
	STATEMENT_BELOW,
	STATEMENT_ABOVE,
	STATEMENT_AT_MOST,
	STATEMENT_AT_LEAST,
	STATEMENT_IN,
	STATEMENT_LIKE,
};

/* Values are the statement's own bytes; in text, \' still stands for '. */
struct statement_condition {
	struct slice property;
	enum statement_operator operator;
	size_t first_value, values;
};

struct statement {
	bool count;
	struct slice entity;
	struct statement_condition conditions[STATEMENT_CONDITIONS];
	size_t condition_count;
	struct slice values[STATEMENT_VALUES];
	size_t value_count;
	struct slice order; /* at NULL: none */
	bool descending;
	int64_t start, most;
};

/* Slices point into `text`. */
bool statement_read(struct statement *s, struct slice text,
		    struct refusal *why) MUST_CHECK;

#endif
