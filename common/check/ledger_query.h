/* check/ledger_query.h - read the ledger of a schema, its table qb_windows:
 * what was loaded. */
#ifndef CHECK_LEDGER_QUERY_H
#define CHECK_LEDGER_QUERY_H

#include "base/time_ranges.h"
#include "check/proof.h"
#include "postgres/connection.h"

struct ledger_query {
	struct pg *pg; /* the caller's, open */
	const char *schema;
	char realm[32];
	bool exists; /* false: no schema, no ledger or no company yet, so
			nothing was loaded */
};

/*
 * `realm` NULL or "": the company that the schema belongs to.
 * FAILURE_REFUSED: it belongs to another one; FAILURE_USAGE: no schema can have
 * that name.
 */
bool ledger_query_open(struct ledger_query *l, struct pg *pg,
		       const char *schema, const char *realm,
		       struct failure *why) MUST_CHECK;

/*
 * Add the ranges that loaded windows of the entity cover; not those of windows
 * that were fetched before their end.  Windows by updated and by change cover
 * the same time, whichever of them is asked for.  `run` NULL: of any run.  The
 * second one: only what was read `settle_ms` after it, so that no row can
 * appear there any more, and no provisional window; sql/check/coverage.sql. The
 * third one: of provisional windows, too, what was read so late: that is proven
 * to have no rows.
 */
bool ledger_query_coverage(const struct ledger_query *l,
			   const struct entity *entity, enum window_by by,
			   const char *run, struct time_ranges *to,
			   struct failure *why) MUST_CHECK;
bool ledger_query_settled(const struct ledger_query *l,
			  const struct entity *entity, enum window_by by,
			  const char *run, int64_t settle_ms,
			  struct time_ranges *to,
			  struct failure *why) MUST_CHECK;
bool ledger_query_proven(const struct ledger_query *l,
			 const struct entity *entity, enum window_by by,
			 int64_t settle_ms, struct time_ranges *to,
			 struct failure *why) MUST_CHECK;

/*
 * As the third one, of windows by change or by whole alone: there it is known,
 * too, what was deleted.
 */
bool ledger_query_logged(const struct ledger_query *l,
			 const struct entity *entity, enum window_by by,
			 const char *run, int64_t settle_ms,
			 struct time_ranges *to,
			 struct failure *why) MUST_CHECK;

/* Was the report of exactly this window read, `settle_ms` after its end? */
bool ledger_query_report_read(const struct ledger_query *l,
			      const struct window *window, const char *run,
			      int64_t settle_ms, bool *read,
			      struct failure *why) MUST_CHECK;

/*
 * Until when the last complete census told what was deleted, `settle_ms` before
 * it was made; INT64_MIN: there was none.
 */
bool ledger_query_census_end(const struct ledger_query *l,
			     const struct entity *entity, int64_t settle_ms,
			     int64_t *end_us, struct failure *why) MUST_CHECK;

/* Windows in the ledger: of those with the same range the one loaded last. */
struct ledger_windows {
	struct time_range *ranges; /* in order of their starts */
	size_t count;
	struct pg_result answer;
};

struct ledger_window {
	struct time_range range;
	struct proof_totals totals;
	const char *sha256; /* of the seal */
	const char *file;   /* in the archive; "": none, or none needed */
};

/*
 * Of the windows that ledger_query_coverage() counts, those that overlap the
 * range of `proof`; with `archived` only those that have a file, or need none,
 * because they have no rows.
 */
bool ledger_windows_read(const struct ledger_query *l,
			 const struct proof *proof, const char *run,
			 bool archived, struct ledger_windows *to,
			 struct failure *why) MUST_CHECK;
void ledger_windows_free(struct ledger_windows *windows);

/* Texts live until ledger_windows_free(). */
void ledger_window_at(const struct ledger_windows *windows, size_t i,
		      struct ledger_window *to);

#endif
