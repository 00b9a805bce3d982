/*
 * quickbooks/custom_fields.h - which rows of the log of changes may lack custom
 * fields.
 *
 * It is not established whether the log returns what include= brings in a query
 * (QUIRKS.md, "Custom fields").  A row with less must not replace one with
 * more, so it is noted which entities of a company have such fields; rows of
 * those are queried by their Id.  It is noted as well which ones have none, so
 * that a company without such fields pays at most one call per entity and
 * quarter, and one whose log has them pays nothing.
 *
 * The note is "<env>-<realm>.fields" beside the login: lines with the names of
 * entities; "log" if the log has brought such fields; and "Bill none
 * 2026-11-30" for an entity whose queries had brought none by that day.
 */
#ifndef QUICKBOOKS_CUSTOM_FIELDS_H
#define QUICKBOOKS_CUSTOM_FIELDS_H

#include "quickbooks/call.h"

enum { CUSTOM_FIELDS_TEXT = 4096, CUSTOM_FIELDS_ENTITIES = 10 };

struct custom_fields {
	int folder; /* the caller's; -1: nothing is kept */
	char file[256];
	char names[CUSTOM_FIELDS_TEXT]; /* each line begins with '\n', too */
	size_t seen[CUSTOM_FIELDS_ENTITIES]; /* rows without such fields */
};

/* Read the note.  A warning, if it cannot be read. */
void custom_fields_open(struct custom_fields *c, int folder, const char *env,
			const char *realm);

/* A call has succeeded that had the include: note what its rows have; that
 * they have no more once there are 50 of an entity. */
void custom_fields_note(struct custom_fields *c, const struct qbo_call *call);

/* Many of its rows, or all, have none: unless it is noted that some have. */
void custom_fields_note_none(struct custom_fields *c,
			     const struct entity *entity);

/* It can have such fields; and the note does not say whether it has, or has
 * said for 180 days or more that it has none. */
bool custom_fields_unknown(const struct custom_fields *c,
			   const struct entity *entity);

/* Has a query of this company brought such fields? */
bool custom_fields_known(const struct custom_fields *c);

/* Then this entity may have them, too, or is known to. */
bool custom_fields_expected(const struct custom_fields *c,
			    const struct entity *entity);

/* Might this row of the log have more fields than came?  `included`: the log
 * was asked for them. */
bool custom_fields_lack(const struct custom_fields *c,
			const struct entity *entity,
			const struct response_row *row, bool included);

#endif
