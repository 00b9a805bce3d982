/* absent.h - what a company does not have, as QuickBooks says it. */
#ifndef ABSENT_H
#define ABSENT_H

#include "refusal.h"
#include "world.h"

/* False where the entity is not there. */
bool absent_pass(const struct world_entity *e, struct refusal *why) MUST_CHECK;

#endif
