/* attachments/wanted_table.h - the attachments of a landing table. */
#ifndef ATTACHMENTS_WANTED_TABLE_H
#define ATTACHMENTS_WANTED_TABLE_H

#include "attachments/wanted.h"
#include "check/ledger_query.h"

/* Add those that have a file and are not marked as deleted.  Where there is no
 * such table there are none. */
bool wanted_read_table(struct wanted *to, const struct ledger_query *l,
		       struct failure *why) MUST_CHECK;

#endif
