/*
 * audit/census_pass.h - what one pass of a census found: rows that are known
 * and did not come, which may be gone, and rows that came and were not known.
 */
#ifndef AUDIT_CENSUS_PASS_H
#define AUDIT_CENSUS_PASS_H

#include "audit/census_calls.h"
#include "audit/census_output.h"
#include "quickbooks/id_set.h"

struct census_pass {
	size_t *missed; /* which of the known rows */
	size_t missed_count, missed_room;
	size_t confirmed; /* of these */
	struct known_rows found;
	struct id_set found_ids; /* each is found once */
};

void census_pass_init(struct census_pass *p);
void census_pass_free(struct census_pass *p);
void census_pass_begin(struct census_pass *p);

void census_pass_add_missed(struct census_pass *p, size_t i);
/* An empty id: it is not known, and the row is not the same as any other. */
void census_pass_add_found(struct census_pass *p, int64_t created_us,
			   struct slice id, enum known_row_is is);

/* More rows that cannot be returned are not a matter of single rows. */
enum { CENSUS_MOST_UNREADABLE = 20 };

/*
 * Ask for the missed rows by their ids, if that was not done before.  Those
 * that are not there are dropped, and added to the output if they are in the
 * table. Those that are there stay; one that was created at another time than
 * was known is dropped, and found, if it lies in the range.  One that is there
 * but cannot be returned is marked as unreadable.
 */
bool census_pass_confirm(struct census_pass *p, struct known_rows *known,
			 struct time_range range, struct census_calls *calls,
			 struct census_output *output,
			 struct failure *why) MUST_CHECK;

#endif
