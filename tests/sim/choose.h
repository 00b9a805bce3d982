/* choose.h - the rows that a statement asks for. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "overlay.h"
#include "question.h"

struct choice {
	const struct world_entity *of;
	int64_t count; /* of a COUNT, or of all rows that match (-1: unknown) */
	struct world_row *rows;
	size_t row_count;
};

void choice_free(struct choice *c);

/* The rows of the page, or their number where that was asked. */
bool choose(struct choice *c, const struct world *w, const struct overlay *o,
	    const struct question *s, struct refusal *why) MUST_CHECK;

#endif
