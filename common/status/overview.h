/* status/overview.h - all that qb-status reads, at one moment. */
#ifndef STATUS_OVERVIEW_H
#define STATUS_OVERVIEW_H

#include "status/entity_status.h"
#include "status/loaded_company.h"
#include "status/login_status.h"

struct overview {
	const char *schema;
	char realm[32];
	char company[LOADED_COMPANY_NAME]; /* "": not known */
	int64_t now_us;
	int64_t max_age_us;  /* 0: nothing is late */
	const char *max_age; /* as it was typed */
	int64_t settle_ms;
	struct entity_statuses entities;
	struct login_status login;
};

/*
 * `o` has schema, now_us, max_age and settle_ms already.  FAILURE_REFUSED, with
 * the next command: nothing was loaded into the schema, this role may not read
 * the load log, or the schema belongs to another company than QBO_REALM_ID.
 * Call overview_free() in any case.
 */
bool overview_read(struct overview *o, struct pg *pg,
		   struct failure *why) MUST_CHECK;
void overview_free(struct overview *o);

/* The word for all of it: "ok", "late", or "login" if a person must log in. */
const char *overview_verdict(const struct failure *conclusion);

/* How old that is, for people: "2d 4h", "3h 12m", "14m", "40s". */
enum { OVERVIEW_AGE = 32 };
void overview_age(int64_t age_us, char text[OVERVIEW_AGE]);

#endif
