/* facts.h - what is true of one row, whoever prints it or asks for it. */
#ifndef FACTS_H
#define FACTS_H

#include "base/buf.h"
#include "world.h"

enum { FACTS_LINES = 3 };

struct facts_line {
	int64_t item;            /* row of Item */
	int64_t quantity, price; /* hundredths */
	int64_t cents;
};

struct facts {
	bool voided, taxed;
	int lines;
	struct facts_line line[FACTS_LINES];
	int64_t subtotal, tax, total, balance; /* cents */
	int64_t customer, vendor;              /* rows */
};

void facts_of(struct facts *f, const struct world *w,
	      const struct world_row *row);

/* DisplayName or Name; an inactive row's as QuickBooks renames it. */
void facts_name(struct buf *to, const struct world_row *row);
/* The same without "(deleted)". */
void facts_plain_name(struct buf *to, const struct world_entity *e, int64_t i);
void facts_doc_number(struct buf *to, const struct world_entity *e, int64_t i);

#endif
