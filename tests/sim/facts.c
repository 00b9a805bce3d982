#include "facts.h"
#include "pen.h"
#include "words.h"

static int64_t
some_row(const struct world_entity *e, struct chance *c)
{
	return e->rows ? chance_below(c, e->rows) : 0;
}

static void
choose_line(struct facts *f, struct facts_line *line, const struct world *w,
	    struct chance *c)
{
	static const int quantities[] = { 100, 200, 400, 450, 250, 800, 125 };
	static const int prices[] = { 7500, 2250, 1275, 950, 27500, 3500, 10 };

	line->item = some_row(w->items, c);
	line->quantity =
		quantities[chance_below(c, (int64_t)LENGTH(quantities))];
	line->price = prices[chance_below(c, (int64_t)LENGTH(prices))];
	line->cents = f->voided ? 0 : (line->quantity * line->price + 50) / 100;
	f->subtotal += line->cents;
}

void
facts_of(struct facts *f, const struct world *w, const struct world_row *row)
{
	struct chance c = world_chance(row->of, row->i, 3);

	*f = (struct facts){ .lines = 1 + (int)chance_below(&c, FACTS_LINES),
			     .voided = chance_below(&c, 50) == 7,
			     .taxed = chance_below(&c, 2) == 1 };
	f->customer = some_row(w->customers, &c);
	f->vendor = some_row(w->vendors, &c);
	for (int i = 0; i < f->lines; i++)
		choose_line(f, &f->line[i], w, &c);
	f->tax = f->taxed ? (f->subtotal * 8 + 50) / 100 : 0;
	f->total = f->subtotal + f->tax;
	f->balance = chance_below(&c, 3) ? 0 : f->total;
}

/* Lists of people bear companies' names, the others those of goods. */
void
facts_plain_name(struct buf *to, const struct world_entity *e, int64_t i)
{
	int64_t rank = world_rank(e, WORLD_NAME, i);
	bool company = e->id_step == 3;
	const struct words *words = company ? &words_companies : &words_goods;

	pen_text(to, words->at[rank * words->count / e->rows]);
	pen_text(to, " ");
	pen_digits(to, rank + 1, 6);
}

void
facts_name(struct buf *to, const struct world_row *row)
{
	facts_plain_name(to, row->of, row->i);
	if (!row->active)
		pen_text(to, " (deleted)");
}

void
facts_doc_number(struct buf *to, const struct world_entity *e, int64_t i)
{
	pen_number(to, 1001 + world_rank(e, WORLD_CREATED, i));
}
