/* plan.h - which entities the company has, and how many rows of each. */
#ifndef PLAN_H
#define PLAN_H

#include "world.h"

/*
 * seed, realm, from_s and to_s are set; `rows` is "Invoice=5000,Customer=300",
 * and "all=N" speaks of the entities that follow too; NULL leaves the default.
 * FAILURE_USAGE names the word that is wrong.
 */
bool plan_world(struct world *w, const char *rows,
		struct failure *why) MUST_CHECK;

/* Also by the plural and other spellings of a command line. */
const struct world_entity *plan_named(const struct world *w, struct slice name);

#endif
