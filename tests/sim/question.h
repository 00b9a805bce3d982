/*
 * question.h - the query language, as far as Intuit documents or answered it.
 *
 *	select * | count(*) from E [where p op v [and ...]]
 *	[orderby p [asc|desc] [, ...]] [startposition n] [maxresults n]
 *
 * Keywords and names in any case; "order by" too; the last two in any order.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include "base/slice.h"
#include "refusal.h"

enum { QUESTION_CONDITIONS = 16, QUESTION_VALUES = 1100, QUESTION_MOST = 1000 };

enum question_operator {
	QUESTION_IS,
	QUESTION_BELOW,
	QUESTION_ABOVE,
	QUESTION_AT_MOST,
	QUESTION_AT_LEAST,
	QUESTION_IN,
	QUESTION_LIKE,
};

/* Values are the statement's own bytes; in text, \' still stands for '. */
struct question_condition {
	struct slice property;
	enum question_operator operator;
	size_t first_value, values;
};

struct question {
	bool count;
	struct slice entity;
	struct question_condition conditions[QUESTION_CONDITIONS];
	size_t condition_count;
	struct slice values[QUESTION_VALUES];
	size_t value_count;
	struct slice order; /* at NULL: none */
	bool descending;
	int64_t start, most;
};

/* Slices point into `text`. */
bool question_read(struct question *s, struct slice text,
		   struct refusal *why) MUST_CHECK;

#endif
