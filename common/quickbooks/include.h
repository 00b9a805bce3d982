/*
 * quickbooks/include.h - the include= of requests: members of rows that come
 * only to who asks for them, such as custom fields beyond three (QUIRKS.md,
 * "Custom fields").
 */
#ifndef QUICKBOOKS_INCLUDE_H
#define QUICKBOOKS_INCLUDE_H

#include "quickbooks/custom_fields.h"

enum { INCLUDE_LONGEST = 100, INCLUDE_MOST_WITHOUT = 64 };

struct include {
	char list[INCLUDE_LONGEST + 1]; /* "": none */
	bool taken; /* QuickBooks has answered a request that had it */
	bool off;   /* it does not take it */
	/* it takes it, but not for these; NULL is the log of changes */
	const struct entity *without[INCLUDE_MOST_WITHOUT];
	size_t without_count;
	/* it does not take it for these, which cannot do without */
	const struct entity *refused[INCLUDE_MOST_WITHOUT];
	size_t refused_count;
	/* for these it is known that it is not what is refused */
	const struct entity *settled[INCLUDE_MOST_WITHOUT];
	size_t settled_count;
	struct custom_fields fields;
};

/* "none", or names of letters with commas between; FAILURE_USAGE.  `fields` is
 * opened apart. */
bool include_set(struct include *i, const char *list,
		 struct failure *why) MUST_CHECK;

/* Might this row of the log of changes have more, if it were queried? */
bool include_lacks(const struct include *i, const struct entity *entity,
		   const struct response_row *row, const struct qbo_call *log);

/* Nobody knows whether rows of this entity have more: fields_probe() asks. */
bool include_is_unknown(const struct include *i, const struct entity *entity);
/* A call for many of its rows has succeeded. */
void include_probed(struct include *i, const struct qbo_call *call);

/* What this call is to ask for, or NULL: a count asks for nothing. */
const char *include_for(const struct include *i, const struct qbo_call *call);

/* Can the include be why such a call is refused?  Asked once per entity. */
bool include_may_be_refused(const struct include *i,
			    const struct qbo_call *call);
/* Was it, for an entity that cannot do without? */
bool include_was_refused(const struct include *i, const struct qbo_call *call);

/*
 * A call is done; `refused`: it was refused with the include, and sent without.
 * If it has succeeded then, the include is what QuickBooks refuses.
 * Where queries of this company have brought more custom fields, the rows would
 * lose them: the call fails, FAILURE_REFUSED and include_refused.  Otherwise a
 * warning says once that the include is left out from now on, for all requests,
 * or for those of this entity where QuickBooks takes it for others.
 */
void include_take(struct include *i, struct qbo_call *call, bool refused);

#endif
