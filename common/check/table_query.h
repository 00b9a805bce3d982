/*
 * check/table_query.h - read what the load log says of a table, and the rows
 * that the table has, both as of one moment.
 */
#ifndef CHECK_TABLE_QUERY_H
#define CHECK_TABLE_QUERY_H

#include "check/ledger_query.h"
#include "check/provenance.h"
#include "check/table_counts.h"

/*
 * Fill in both, and in_range, in_table and outside of `proof`.  Where there is
 * no such table it has no rows.  Bounds are the ends of its range and of all
 * windows that were read by its time.  One pass over the table.
 */
bool table_query_read(const struct ledger_query *l, struct proof *proof,
		      struct provenance *provenance,
		      struct table_counts *counts,
		      struct failure *why) MUST_CHECK;

#endif
