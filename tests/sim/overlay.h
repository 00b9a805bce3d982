/* overlay.h - what was edited or deleted while the simulator ran. */
#ifndef OVERLAY_H
#define OVERLAY_H

#include "world.h"

struct overlay_row {
	const struct world_entity *of;
	int64_t i;
	bool deleted, active;
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
/* The same, and from now on it is active or not. */
void overlay_activate(struct overlay *o, const struct world_entity *e,
		      int64_t i, bool active);
/* The row vanishes: now, or as if it had then. */
void overlay_delete(struct overlay *o, const struct world_entity *e, int64_t i);
void overlay_delete_at(struct overlay *o, const struct world_entity *e,
		       int64_t i, int64_t at_s);
/* As many deleted rows are there again, edited; fewer if there are fewer. */
void overlay_return(struct overlay *o, const struct world_entity *e,
		    int64_t rows);

/* NULL when the row is as it was. */
const struct overlay_row *overlay_find(const struct overlay *o,
				       const struct world_entity *e, int64_t i);
/* The row as it is, or as it was before it was deleted; `edit` may be NULL. */
struct world_row overlay_now(const struct overlay_row *edit,
			     const struct world_entity *e, int64_t i);

#endif
