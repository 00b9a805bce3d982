#include "audit/whole_again.h"

void
whole_again_init(struct whole_again *w)
{
	whole_reading_init(&w->reading);
	fetch_output_init(&w->unused, NULL);
}

void
whole_again_free(struct whole_again *w)
{
	fetch_output_free(&w->unused);
	whole_reading_free(&w->reading);
}

/* The end of no window: there is nothing to wait for. */
bool
whole_again_read(struct whole_again *w, const struct entity *entity,
		 struct qbo_client *qbo, struct failure *why)
{
	return whole_reading_read(&w->reading, entity, 0, QUERY_MOST_ROWS, qbo,
				  &w->unused, why);
}

int64_t
whole_again_count(const struct whole_again *w)
{
	const struct whole_reading *r = &w->reading;
	int64_t count = 0;

	for (size_t i = 0; i < r->count; i++)
		count += whole_reading_has(r, whole_reading_id(r, i));
	return count;
}
