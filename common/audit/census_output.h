/*
 * audit/census_output.h - what qb-census writes: gone lines and seals;
 * qb-envelope(5).
 *
 * Nothing is written until the window is sealed: of a range that is given up
 * nothing is said, and what turns out to be there after all can be withdrawn.
 */
#ifndef AUDIT_CENSUS_OUTPUT_H
#define AUDIT_CENSUS_OUTPUT_H

#include "base/time_ranges.h"
#include "quickbooks/id_set.h"
#include "stream/gone.h"
#include "stream/lines.h"
#include "stream/seal.h"
#include "stream/window.h"

struct census_gone {
	int64_t created_us;
	/* in the text: the id, then the times */
	size_t id_at, id_len, at_len, deleted_len;
	bool withdrawn;
};

struct census_output {
	struct lines_out *out; /* the caller's */
	const char *realm;     /* the caller's */
	enum gone_by by;       /* the caller's: how it is known what is gone */
	struct buf window;     /* the object of the open window */
	struct census_gone *gone;
	size_t gone_count, gone_room;
	struct buf text;   /* of all ids and times */
	struct id_set ids; /* of rows that were said to be gone */
	struct seal_tally tally;
	int64_t sealed_windows, sealed_gone; /* since the last end */
};

void census_output_init(struct census_output *o, struct lines_out *out);
void census_output_free(struct census_output *o);

/* Open a window, and drop what was not sealed. */
void census_output_begin(struct census_output *o);

/* A row that QuickBooks has no more; `at` is its time in the response that said
 * so; `deleted`, if not empty, when it was deleted. */
bool census_output_add(struct census_output *o, int64_t created_us,
		       struct slice id, struct slice at, struct slice deleted,
		       struct failure *why) MUST_CHECK;

/* QuickBooks has it after all.  False: it was not said to be gone. */
bool census_output_withdraw(struct census_output *o, struct slice id);

/* The whole seconds from the first to the last in which rows were created that
 * are gone.  False: none is. */
bool census_output_span(const struct census_output *o, struct time_range *span);

/* Write the gone lines of the window and its seal; returns in `*gone` how many.
 */
bool census_output_seal(struct census_output *o, const struct window *window,
			int64_t pages, int64_t calls, int64_t *gone,
			struct failure *why) MUST_CHECK;

bool census_output_end(struct census_output *o, struct failure *why) MUST_CHECK;

#endif
