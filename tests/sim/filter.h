/* filter.h - the where clause of a statement, held against rows. */
#ifndef FILTER_H
#define FILTER_H

#include "facts.h"
#include "property.h"
#include "question.h"

enum { FILTER_TESTS = QUESTION_CONDITIONS };

struct filter_range {
	int64_t low, high; /* [low, high), seconds or days */
};

/* A condition that is no range of time. */
struct filter_test {
	enum filter_property property;
	enum question_operator operator;
	const struct slice *values;
	size_t count;
};

struct filter {
	const struct world *world;
	const struct world_entity *of;
	struct filter_range updated, created, txn_date;
	bool active, inactive;         /* which of them may pass */
	bool active_asked;             /* there is a condition */
	const struct filter_test *ids; /* NULL: all */
	struct filter_test tests[FILTER_TESTS];
	size_t count;
	struct buf text; /* of the row in hand */
};

bool filter_read(struct filter *f, const struct world *w,
		 const struct world_entity *e, const struct question *s,
		 struct refusal *why) MUST_CHECK;
void filter_free(struct filter *f);

bool filter_passes(struct filter *f, const struct world_row *row);
/* A condition on text. */
bool filter_matches(const struct filter_test *test, struct slice text);

#endif
