/* damage.h - answers that are broken on purpose. */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "sim.h"

/* The answer of a rule `status N`, in place of the true one. */
void damage_status(struct answer *a, bool json);

/* A good JSON body, made bad; also its gzip.  What breaks the HTTP itself is
 * left to the server. */
void damage_body(struct answer *a);

#endif
