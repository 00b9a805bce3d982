/*
 * quickbooks/ticket_rows.h - what a ticket says that the table has: the members
 * known_rows and known_gone of qb-envelope(5).
 */
#ifndef QUICKBOOKS_TICKET_ROWS_H
#define QUICKBOOKS_TICKET_ROWS_H

#include "base/buf.h"
#include "stream/entity.h"

struct ticket_row {
	struct slice id; /* in `ids` */
	int64_t fingerprint;
	bool again; /* it must come, whatever the table has */
};

struct ticket_rows {
	bool told;              /* the ticket says which rows there are */
	struct ticket_row *all; /* sorted by their ids */
	size_t count, room;
	struct buf ids;
};

void ticket_rows_init(struct ticket_rows *t);
void ticket_rows_free(struct ticket_rows *t);

/*
 * An object of ids, each with the fingerprint of its payload
 * (stream/fingerprint.h), or null; at NULL: nothing is told.  FAILURE_DATA:
 * another form, an id that is empty, or one that comes twice.
 */
bool ticket_rows_read(struct ticket_rows *t, struct slice object,
		      struct failure *why) MUST_CHECK;

/* Does the table have the row, and with this payload? */
bool ticket_rows_has(const struct ticket_rows *t, const struct entity *entity,
		     struct slice id, struct slice payload);

#endif
