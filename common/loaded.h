/* loaded.h - what the ledger of a schema says was loaded; sql/schema.sql. */
#ifndef LOADED_H
#define LOADED_H

#include "cover.h"
#include "pg.h"
#include "window.h"

struct loaded {
	struct pg *pg; /* the caller's, open */
	const char *schema;
	char realm[32];
	bool there; /* false: no schema, no ledger or no company yet, and so
		       nothing was loaded */
};

/*
 * `realm` NULL or "" is the company that the schema belongs to.
 * FAILURE_REFUSED: it belongs to another one.
 */
bool loaded_open(struct loaded *l, struct pg *pg, const char *schema,
		 const char *realm, struct failure *why) MUST_CHECK;

/*
 * Add what windows of the entity cover, by the same time; those that had not
 * passed when they were fetched do not.  `run` NULL: of any run.
 */
bool loaded_cover(const struct loaded *l, const struct entity *entity,
		  enum window_by by, const char *run, struct cover *to,
		  struct failure *why) MUST_CHECK;

#endif
