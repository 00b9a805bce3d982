/*
 * quickbooks/custom_fields.h - which rows of the log of changes may lack custom
 * fields.
 *
 * It is not established whether the log returns what include= brings in a query
 * (QUIRKS.md, "Custom fields").  A row with less must not replace one with
 * more, so it is noted which entities of a company have such fields; rows of
 * those are queried by their Id.  A company without them pays nothing, and
 * neither does one whose log has them.
 *
 * The note is "<env>-<realm>.fields" beside the login: lines with the names of
 * entities, and "log" if the log has brought such fields.
 */
#ifndef QUICKBOOKS_CUSTOM_FIELDS_H
#define QUICKBOOKS_CUSTOM_FIELDS_H

#include "quickbooks/call.h"

enum { CUSTOM_FIELDS_TEXT = 4096 };

struct custom_fields {
	int folder; /* the caller's; -1: nothing is kept */
	char file[256];
	char names[CUSTOM_FIELDS_TEXT]; /* each line begins with '\n', too */
};

/* Read the note.  A warning, if it cannot be read. */
void custom_fields_open(struct custom_fields *c, int folder, const char *env,
			const char *realm);

/* A call has succeeded that had the include: note what its rows have. */
void custom_fields_note(struct custom_fields *c, const struct qbo_call *call);

/* Has a query of this company brought such fields? */
bool custom_fields_known(const struct custom_fields *c);

/* Then this entity may have them, too, or is known to. */
bool custom_fields_expected(const struct custom_fields *c,
			    const struct entity *entity);

/* Might this row of the log have more fields than came? */
bool custom_fields_lack(const struct custom_fields *c,
			const struct entity *entity,
			const struct response_row *row);

#endif
