/* check/ledger_query.h - what the ledger of a schema says was loaded;
 * sql/schema/schema.sql. */
#ifndef CHECK_LEDGER_QUERY_H
#define CHECK_LEDGER_QUERY_H

#include "base/time_ranges.h"
#include "check/proof.h"
#include "postgres/connection.h"

struct ledger_query {
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
bool ledger_query_open(struct ledger_query *l, struct pg *pg,
		       const char *schema, const char *realm,
		       struct failure *why) MUST_CHECK;

/*
 * Add what windows of the entity cover, by the same time; those that had not
 * passed when they were fetched do not.  `run` NULL: of any run.
 */
bool ledger_query_coverage(const struct ledger_query *l,
			   const struct entity *entity, enum window_by by,
			   const char *run, struct time_ranges *to,
			   struct failure *why) MUST_CHECK;

/* Of the ledger: each range once, the newest load of it. */
struct ledger_windows {
	struct time_range *ranges; /* in order of their starts */
	size_t count;
	struct pg_result answer;
};

struct ledger_window {
	struct time_range range;
	struct proof_totals totals;
	const char *sha256; /* of the seal */
	const char *file;   /* in the archive, or "" */
};

/*
 * Those that ledger_query_coverage() counts, and that bear on the range; with
 * `archived` only those that have a file.
 */
bool ledger_windows_read(const struct ledger_query *l, const struct proof *of,
			 const char *run, bool archived,
			 struct ledger_windows *to,
			 struct failure *why) MUST_CHECK;
void ledger_windows_free(struct ledger_windows *windows);

/* Texts live until ledger_windows_free(). */
void ledger_window_at(const struct ledger_windows *windows, size_t i,
		      struct ledger_window *to);

/* Rows in the landing table, and how many of them in the range; 0 where there
 * is no such table. */
bool ledger_query_row_counts(const struct ledger_query *l, struct proof *of,
			     struct failure *why) MUST_CHECK;

#endif
