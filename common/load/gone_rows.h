/*
 * load/gone_rows.h - the gone lines of one window, buffered until its seal has
 * been checked, and then until load/gone_mark.h sends them to the server.
 *
 * Memory: some kilobytes; the rest is in a temporary file.
 */
#ifndef LOAD_GONE_ROWS_H
#define LOAD_GONE_ROWS_H

#include "base/spool.h"
#include "load/row.h"

/* The fields of a record of `lines`, the parameters of sql/load/gone.sql. */
enum gone_field {
	GONE_ID,
	GONE_AT,
	GONE_DELETED,
	GONE_INGESTED,
	GONE_RUN,
	GONE_FINGERPRINT, /* of the payload of a row that is made */
	GONE_FIELDS
};

struct gone_rows {
	struct spool lines; /* COPY rows */
	int64_t latest_us;  /* `at` of the latest; INT64_MIN: none */
	struct buf id_text, scratch;
};

void gone_rows_init(struct gone_rows *g);
void gone_rows_free(struct gone_rows *g);
void gone_rows_clear(struct gone_rows *g);

/* Add a gone line, whose stamp has been read into `stamp`.  FAILURE_DATA: a
 * member of it is missing or wrong. */
bool gone_rows_add(struct gone_rows *g, const struct envelope *line,
		   const struct load_row *stamp,
		   struct failure *why) MUST_CHECK;

#endif
