/* sheet.h - the parts of one row while it is being written. */
#ifndef SHEET_H
#define SHEET_H

#include "facts.h"
#include "words.h"

struct sheet {
	struct buf *to;
	const struct world *world;
	const struct world_row *row;
	struct facts facts;
	struct chance chance;
	bool all_fields;
};

/* 0 to n - 1, by the chance of this row. */
int64_t sheet_below(struct sheet *s, int64_t n);
void sheet_word(struct sheet *s, const struct words *words);
/* domain, sparse, Id, SyncToken, MetaData */
void sheet_head(struct sheet *s);
/* `before`, and a number below n with as many digits at least. */
void sheet_number(struct sheet *s, const char *before, int64_t n, int digits);
void sheet_address(struct sheet *s);
void sheet_lines_of_address(struct sheet *s);
/* {"value":"5","name":"Amy's Bird Sanctuary"} */
void sheet_reference(struct sheet *s, const struct world_entity *e, int64_t i);
void sheet_any_account(struct sheet *s);
void sheet_lines(struct sheet *s);
void sheet_tax(struct sheet *s);
void sheet_note(struct sheet *s);
/* Custom fields beyond the first three, where there are and shall be some. */
void sheet_fields(struct sheet *s, const char *before, const char *after);
void sheet_odd(struct sheet *s);

#endif
