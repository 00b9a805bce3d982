/* check/entity_coverage.h - what the ledger covers of each entity, by each of
 * its times; read once, when it is first needed. */
#ifndef CHECK_ENTITY_COVERAGE_H
#define CHECK_ENTITY_COVERAGE_H

#include "check/ledger_query.h"

struct entity_coverage {
	const struct entity *entity;
	enum window_by by; /* updated for change, too: they are one */
	struct time_ranges settled;
	bool logged_is_read;
	struct time_ranges logged;  /* by change, or by whole, alone */
	struct time_ranges counted; /* up to the last census */
};

struct entity_coverages {
	const struct ledger_query *ledger;
	const char *run; /* only what this run loaded; or NULL */
	int64_t settle_ms;
	struct entity_coverage of[ENTITY_MOST * 3];
	size_t count;
};

/* The caller sets the first three members; the others are zero. */
void entity_coverages_free(struct entity_coverages *c);

/* What is covered for good by windows as this one; ledger_query_settled(). */
bool entity_coverage_settled(struct entity_coverages *c,
			     const struct window *window,
			     const struct time_ranges **to,
			     struct failure *why) MUST_CHECK;

/*
 * Of a window by change or by whole: until when earlier readings of the log, or
 * of the whole entity, found that nothing was changed or deleted from its start
 * on; 0: they did not read it.  Windows by updated do not count, since they do
 * not see what was deleted, unless a census came after them.
 */
bool entity_coverage_empty_until(struct entity_coverages *c,
				 const struct window *window, int64_t *until_us,
				 struct failure *why) MUST_CHECK;

#endif
