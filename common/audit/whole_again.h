/*
 * audit/whole_again.h - read an entity that is read whole once more, for which
 * rows there are: no count has all of them, and not all can be queried by id.
 */
#ifndef AUDIT_WHOLE_AGAIN_H
#define AUDIT_WHOLE_AGAIN_H

#include "quickbooks/whole_reading.h"

struct whole_again {
	struct whole_reading reading;
	struct fetch_output unused;
};

void whole_again_init(struct whole_again *w);
void whole_again_free(struct whole_again *w);

/* As whole_reading_read(); w->reading.call says more of a failure. */
bool whole_again_read(struct whole_again *w, const struct entity *entity,
		      struct qbo_client *qbo, struct failure *why) MUST_CHECK;

int64_t whole_again_count(const struct whole_again *w);

#endif
