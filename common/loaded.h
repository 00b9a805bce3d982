/* loaded.h - what the ledger of a schema says was loaded; sql/schema.sql. */
#ifndef LOADED_H
#define LOADED_H

#include "cover.h"
#include "pg.h"
#include "proof.h"

struct loaded {
	struct pg *pg; /* the caller's, open */
	const char *schema;
	char realm[32];
	bool there; /* false: no schema, no ledger or no company yet, and so
		       nothing was loaded */
};

/*
 * `realm` NULL or "" is the company that the schema belongs to.
 * FAILURE_REFUSED: it belongs to another one; FAILURE_USAGE: no schema can
 * bear that name.
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

/* Of the ledger: each range once, the newest load of it. */
struct loaded_windows {
	struct cover_range *ranges; /* in order of their starts */
	size_t count;
	struct pg_answer answer;
};

struct loaded_window {
	struct cover_range range;
	struct proof_totals totals;
	const char *sha256; /* of the seal */
	const char *file;   /* in the archive, or "" */
};

/*
 * Those that loaded_cover() counts, and that bear on the range; with
 * `archived` only those that have a file.
 */
bool loaded_windows_read(const struct loaded *l, const struct proof *of,
			 const char *run, bool archived,
			 struct loaded_windows *to,
			 struct failure *why) MUST_CHECK;
void loaded_windows_free(struct loaded_windows *windows);

/* Texts live until loaded_windows_free(). */
void loaded_window_at(const struct loaded_windows *windows, size_t i,
		      struct loaded_window *to);

/* Rows in the landing table, and how many of them in the range; 0 where there
 * is no such table. */
bool loaded_count(const struct loaded *l, struct proof *of,
		  struct failure *why) MUST_CHECK;

#endif
