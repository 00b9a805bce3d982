/* reads.h - one object at its own path. */
#ifndef READS_H
#define READS_H

#include "sim.h"

/* .../customer/5; false where it is refused. */
bool read_by_id(struct sim *s, struct answer *a, const struct world_entity *e,
		struct slice id, struct refusal *why) MUST_CHECK;

/* For the table of paths in api.c: companyinfo/REALM, preferences, and
 * exchangerate, with sourcecurrencycode= and asofdate=. */
bool read_company(struct sim *s, const struct request *r, struct answer *a,
		  const char *rest, struct refusal *why) MUST_CHECK;
bool read_preferences(struct sim *s, const struct request *r, struct answer *a,
		      const char *rest, struct refusal *why) MUST_CHECK;
bool read_rate(struct sim *s, const struct request *r, struct answer *a,
	       const char *rest, struct refusal *why) MUST_CHECK;

#endif
