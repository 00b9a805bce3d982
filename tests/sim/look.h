/* look.h - what a statement asks for, known before it is answered. */
#ifndef LOOK_H
#define LOOK_H

#include "overlay.h"
#include "question.h"

struct look {
	/* [low, high) of the time asked for, or of the day; INT64_MIN and
	 * INT64_MAX where it is open */
	int64_t low_s, high_s;
	/* of a good statement, where look_at_rows() was asked */
	int64_t matching; /* a COUNT's */
	int64_t *ids;     /* a page's */
	size_t id_count;
};

/* The times. */
void look_at(struct look *l, const struct world *w, const struct question *q);
/* And the rows. */
void look_at_rows(struct look *l, const struct world *w,
		  const struct overlay *o, const struct question *q);
void look_free(struct look *l);

/* INT64_MAX when it is open. */
int64_t look_span_s(const struct look *l);

#endif
