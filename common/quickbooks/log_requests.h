/*
 * quickbooks/log_requests.h - which entities QuickBooks' log of changes is
 * asked for together.
 *
 * All of them at first.  A request that cannot be answered whole is halved, so
 * that one entity that is too busy, or that the log does not have, costs the
 * others few calls.
 */
#ifndef QUICKBOOKS_LOG_REQUESTS_H
#define QUICKBOOKS_LOG_REQUESTS_H

#include "quickbooks/change_windows.h"

/* Of all entities together.  How far back the log goes; somewhat less than
 * the 30 days of DOC change-data-capture, since clocks differ. */
enum { LOG_MOST_OBJECTS = 1000, LOG_MOST_AGE_S = 30 * 24 * 3600 - 3600 };

struct log_request {
	const struct entity *entities[ENTITY_MOST];
	size_t count;
	int64_t since_us; /* the earliest of them */
};

struct log_requests {
	/* first in, first out; no entity is in two of them */
	struct log_request waiting[ENTITY_MOST];
	size_t first, count;
	/* the caller's: */
	int refused;   /* requests, none of whose entities was named */
	bool answered; /* one was */
};

/*
 * Begin with what can be asked of the log; windows that it cannot answer become
 * CHANGE_BY_QUERY: of entities that it leaves out (stream/entity.h), and older
 * ones than it has.  Entities are in the order of their times.
 */
void log_requests_begin(struct log_requests *r, struct change_windows *windows,
			int64_t now_us);

/* Take the next one; false: none waits. */
bool log_requests_next(struct log_requests *r, struct log_request *to);

/* Once more, or in two halves; false: it has one entity, or `entity` was the
 * only one. */
void log_requests_repeat(struct log_requests *r,
			 const struct log_request *request);
bool log_requests_halve(struct log_requests *r,
			const struct change_windows *windows,
			const struct log_request *request);
bool log_requests_without(struct log_requests *r,
			  const struct change_windows *windows,
			  const struct log_request *request,
			  const struct entity *entity);

#endif
