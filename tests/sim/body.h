/* body.h - one row as QuickBooks prints it. */
#ifndef BODY_H
#define BODY_H

#include "facts.h"

/* Once, before the first row of this world is written. */
void body_prepare(const struct world *w);

/* Append the object: compact JSON, members and number texts as recorded. */
/* `all_fields`: with the custom fields that come only when asked for. */
void body_write(struct buf *to, const struct world *w,
		const struct world_row *row, bool all_fields);

/* The template of an entity's rows; templates.c says what stands in it. */
const char *body_template(const char *entity);

/* Members for the end of an object, with their leading comma: every escape,
 * number form, script and depth that JSON has, other ones for each row. */
void body_write_exotic(struct buf *to, int64_t i);

#endif
