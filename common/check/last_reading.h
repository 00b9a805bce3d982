/* check/last_reading.h - what the last reading of an entity that is read whole
 * found. */
#ifndef CHECK_LAST_READING_H
#define CHECK_LAST_READING_H

#include "check/ledger_query.h"

/*
 * Fill in proof->whole, from what this run loaded, or with NULL any; and since
 * a reading brings all rows, whenever they were changed, what is covered begins
 * with the range.  Nothing where the proof is not by whole.
 */
bool last_reading_read(const struct ledger_query *l, struct proof *proof,
		       const char *run, struct failure *why) MUST_CHECK;

/* A window that has rows of the entity; whole_files_read(). */
struct archived_window {
	struct time_range range;
	int64_t rows;
	const char *sha256; /* of the seal */
	const char *file;   /* "": it is not in the archive */
};

/*
 * The windows that together have all rows of the entity, as a replay of the
 * archive needs them: sql/check/whole_files.sql.  The caller frees `answer`;
 * texts live until then.
 */
bool whole_files_read(const struct ledger_query *l, const struct proof *proof,
		      const char *run, struct pg_result *answer,
		      struct failure *why) MUST_CHECK;
void whole_files_at(const struct pg_result *answer, int i,
		    struct archived_window *to);

#endif
