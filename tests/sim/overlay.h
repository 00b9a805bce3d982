/* overlay.h - what was edited or deleted while the simulator ran. */
#ifndef OVERLAY_H
#define OVERLAY_H

#include "world.h"

struct overlay_row {
	const struct world_entity *of;
	int64_t i;
	bool deleted;
	int64_t updated_s; /* when it was edited, or deleted */
	int64_t edits;
};

/* In the order of the last edit. */
struct overlay {
	struct overlay_row *rows;
	size_t count, room;
};

void overlay_free(struct overlay *o);

/* LastUpdatedTime moves to now, and the row to the end of that order. */
void overlay_edit(struct overlay *o, const struct world_entity *e, int64_t i);
/* The row vanishes. */
void overlay_delete(struct overlay *o, const struct world_entity *e, int64_t i);
/* As many deleted rows are there again, edited; fewer if there are fewer. */
void overlay_return(struct overlay *o, const struct world_entity *e,
		    int64_t rows);

/* NULL when the row is as it was. */
const struct overlay_row *overlay_find(const struct overlay *o,
				       const struct world_entity *e, int64_t i);

#endif
