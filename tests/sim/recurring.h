/*
 * recurring.h - RecurringTransaction: rows of many types in one list, each
 * wrapped in an object of its type, {"Bill":{...,"Id":"20"}}.
 */
#ifndef RECURRING_H
#define RECURRING_H

#include "base/buf.h"
#include "world.h"

enum { RECURRING_TYPES = 12 };

extern const char *const recurring_types[RECURRING_TYPES];

/* Of a row; it keeps it. */
size_t recurring_type(const struct world_row *row);

/* The template of what is in the wrapping, as templates.c says. */
void recurring_template(size_t type, struct buf *to);

#endif
