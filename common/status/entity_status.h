/*
 * status/entity_status.h - what the load log and the table say of each entity.
 *
 * The wing status/ has what qb-status prints: how far a schema is loaded, how
 * long the login lasts, how many calls were made.  It includes check/, auth/
 * and postgres/, changes nothing, and sends nothing to QuickBooks.
 */
#ifndef STATUS_ENTITY_STATUS_H
#define STATUS_ENTITY_STATUS_H

#include "base/clock.h"
#include "check/ledger_query.h"

#define STATUS_NEVER INT64_MIN /* a time that there is not */

struct entity_status {
	const char *entity;
	const char *table; /* NULL: nothing that this version knows */
	/* Nothing is missing up to there, from the earliest window that covers
	 * something on; and where it goes on after the first gap. */
	int64_t covered_us, again_us;
	int64_t from_us; /* where its earliest window begins */
	int64_t loaded_us;
	int64_t census_us;    /* when deletions were looked for last */
	bool deletions_known; /* all of them since then, by change */
	bool unlogged;        /* read less often; stream/entity.h */
	bool unlisted;        /* only the load log names it */
	bool report;          /* of a period, and so never late */
	int64_t table_rows;   /* deleted ones included */
	int64_t deleted; /* -1: not known; the table is missing, or this role
			    may not read it */
	int64_t ever_marked; /* as deleted, by any run */
	struct {
		const char *id;
		int64_t windows, rows, inserted, updated, deleted;
	} run; /* the last one */
	bool late;
};

/* Texts live until entity_statuses_free(). */
struct entity_statuses {
	struct entity_status *at; /* in order of their names */
	size_t count;
	struct pg_result answer;
};

/*
 * Read them.  Counts no table's rows but those marked as deleted, and these
 * only where it is cheap or the load log has any; sql/status/.
 */
bool entity_statuses_read(struct entity_statuses *to,
			  const struct ledger_query *l, int64_t settle_ms,
			  struct failure *why) MUST_CHECK;
void entity_statuses_free(struct entity_statuses *s);

/* Which are late: those covered until more than that ago, or not at all.  Those
 * that QuickBooks' log of changes leaves out only after 8 days, and reports
 * never. */
void entity_statuses_judge(struct entity_statuses *s, int64_t now_us,
			   int64_t max_age_us);

/* Rows that are not deleted; -1: not known. */
int64_t entity_status_live(const struct entity_status *e);

#endif
