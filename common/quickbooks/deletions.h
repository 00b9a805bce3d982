/*
 * quickbooks/deletions.h - objects of an entity that the log of changes has as
 * deleted: are they?
 *
 * Rows that are there have been marked as deleted
 * (QuickBooks-V3-DotNET-SDK#189), so each one is queried by its Id before that
 * is believed, many in one call.  Rows that may have more custom fields than
 * the log returns are queried in the same way.
 */
#ifndef QUICKBOOKS_DELETIONS_H
#define QUICKBOOKS_DELETIONS_H

#include "quickbooks/client.h"
#include "quickbooks/fetch_output.h"

struct deletion {
	struct slice id;
	struct slice deleted; /* when, as the log says; at NULL: it does not */
	size_t window;        /* the caller's */
	bool is_there;        /* a query found it */
	size_t at, at_length; /* or else the time of that response, in `text` */
};

/* A row that is there, as fetch_output_write_record() takes it. */
struct live_row {
	struct slice id;       /* as it was added */
	int64_t updated_us;    /* INT64_MIN: it does not say */
	size_t at, length;     /* in `text` */
	size_t payload_length; /* the end of it, before "}\n" */
};

struct deletions {
	struct deletion *all;
	size_t count, room;
	struct live_row *live;
	size_t live_count, live_room;
	int64_t pages;  /* that brought live rows */
	bool in_halves; /* one query could not be answered */
	struct buf text;
	struct qbo_call call;
};

void deletions_init(struct deletions *d);
void deletions_free(struct deletions *d);
void deletions_clear(struct deletions *d); /* for the next entity */

/* The slices must live until deletions_clear(). */
void deletions_add(struct deletions *d, struct slice id, struct slice deleted,
		   size_t window);

/*
 * Query all that were added.  `*unknown`: QuickBooks refuses to say for one of
 * them, or is too slow for one, or its Id cannot be asked for.  Failures as of
 * calls; FAILURE_REFUSED where a row came that was not requested.
 */
bool deletions_check(struct deletions *d, const struct entity *entity,
		     struct qbo_client *qbo, struct fetch_output *lines,
		     bool *unknown, struct failure *why) MUST_CHECK;

/* Of a live row: its line without the window, and the payload in that. */
struct slice deletions_record(const struct deletions *d,
			      const struct live_row *row);
struct slice deletions_payload(const struct deletions *d,
			       const struct live_row *row);

/* The time at which QuickBooks said that it is gone. */
struct slice deletions_at(const struct deletions *d,
			  const struct deletion *deletion);

#endif
