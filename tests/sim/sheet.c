#include "sheet.h"
#include "body.h"
#include "pen.h"

int64_t
sheet_below(struct sheet *s, int64_t n)
{
	return chance_below(&s->chance, n);
}

void
sheet_word(struct sheet *s, const struct words *words)
{
	pen_text(s->to, words->at[sheet_below(s, words->count)]);
}

void
sheet_head(struct sheet *s)
{
	const struct world_row *row = s->row;

	pen_text(s->to, "\"domain\":\"QBO\",\"sparse\":false,\"Id\":\"");
	pen_number(s->to, world_id(row->of, row->i));
	pen_text(s->to, "\",\"SyncToken\":\"");
	pen_number(s->to, sheet_below(s, 4) + row->edits);
	pen_text(s->to, "\",\"MetaData\":{\"CreateTime\":\"");
	pen_time(s->to, world_created_s(row->of, row->i));
	pen_text(s->to, "\",\"LastUpdatedTime\":\"");
	pen_time(s->to, row->updated_s);
	pen_text(s->to, "\"}");
}

void
sheet_number(struct sheet *s, const char *before, int64_t n, int digits)
{
	pen_text(s->to, before);
	pen_digits(s->to, sheet_below(s, n), digits);
}

static void
write_place(struct sheet *s)
{
	if (sheet_below(s, 3)) {
		sheet_number(s, "\",\"Lat\":\"37.", 9999999, 7);
		sheet_number(s, "\",\"Long\":\"-122.", 9999999, 7);
		pen_text(s->to, "\"}");
	} else {
		pen_text(s->to, "\",\"Lat\":\"INVALID\","
				"\"Long\":\"INVALID\"}");
	}
}

void
sheet_address(struct sheet *s)
{
	sheet_number(s, "{\"Id\":\"", 9000, 1);
	sheet_number(s, "\",\"Line1\":\"", 9000, 1);
	pen_text(s->to, " ");
	sheet_word(s, &words_streets);
	pen_text(s->to, "\",\"City\":\"Bayshore\","
			"\"CountrySubDivisionCode\":\"CA\"");
	sheet_number(s, ",\"PostalCode\":\"94", 1000, 3);
	write_place(s);
}

/* As it stands on paper, which is how most transactions keep it. */
void
sheet_lines_of_address(struct sheet *s)
{
	sheet_number(s, "{\"Id\":\"", 9000, 1);
	pen_text(s->to, "\",\"Line1\":\"");
	sheet_word(s, &words_given);
	pen_text(s->to, " ");
	sheet_word(s, &words_family);
	sheet_number(s, "\",\"Line2\":\"", 9000, 1);
	pen_text(s->to, " ");
	sheet_word(s, &words_streets);
	sheet_number(s, "\",\"Line3\":\"Bayshore, CA  94", 1000, 3);
	write_place(s);
}

void
sheet_reference(struct sheet *s, const struct world_entity *e, int64_t i)
{
	if (!e->rows) {
		pen_text(s->to, "{\"value\":\"1\"}");
		return;
	}
	pen_text(s->to, "{\"value\":\"");
	pen_number(s->to, world_id(e, i));
	pen_text(s->to, "\",\"name\":\"");
	facts_plain_name(s->to, e, i);
	pen_text(s->to, "\"}");
}

void
sheet_any_account(struct sheet *s)
{
	const struct world_entity *e = s->world->accounts;

	sheet_reference(s, e, e->rows ? sheet_below(s, e->rows) : 0);
}

static void
write_line(struct sheet *s, int no)
{
	const struct facts_line *line = &s->facts.line[no];

	pen_text(s->to, "{\"Id\":\"");
	pen_number(s->to, no + 1);
	pen_text(s->to, "\",\"LineNum\":");
	pen_number(s->to, no + 1);
	pen_text(s->to, ",");
	if (sheet_below(s, 2)) {
		pen_text(s->to, "\"Description\":\"");
		sheet_word(s, &words_notes);
		pen_text(s->to, "\",");
	}
	pen_text(s->to, "\"Amount\":");
	pen_money(s->to, line->cents);
	pen_text(s->to, ",\"DetailType\":\"SalesItemLineDetail\","
			"\"SalesItemLineDetail\":{\"ItemRef\":");
	sheet_reference(s, s->world->items, line->item);
	pen_text(s->to, ",\"UnitPrice\":");
	pen_minimal(s->to, line->price);
	pen_text(s->to, ",\"Qty\":");
	pen_minimal(s->to, line->quantity);
	pen_text(s->to, s->facts.taxed
				? ",\"TaxCodeRef\":{\"value\":\"TAX\"}}},"
				: ",\"TaxCodeRef\":{\"value\":\"NON\"}}},");
}

void
sheet_lines(struct sheet *s)
{
	pen_text(s->to, "[");
	for (int i = 0; i < s->facts.lines; i++)
		write_line(s, i);
	pen_text(s->to, "{\"Amount\":");
	pen_money(s->to, s->facts.subtotal);
	pen_text(s->to, ",\"DetailType\":\"SubTotalLineDetail\","
			"\"SubTotalLineDetail\":{}}]");
}

void
sheet_tax(struct sheet *s)
{
	const struct facts *f = &s->facts;

	pen_text(s->to, f->tax ? "{\"TxnTaxCodeRef\":{\"value\":\"2\"},"
				 "\"TotalTax\":"
			       : "{\"TotalTax\":");
	pen_money(s->to, f->tax);
	if (f->tax) {
		pen_text(s->to, ",\"TaxLine\":[{\"Amount\":");
		pen_money(s->to, f->tax);
		pen_text(s->to, ",\"DetailType\":\"TaxLineDetail\","
				"\"TaxLineDetail\":{\"TaxRateRef\":{"
				"\"value\":\"3\"},\"PercentBased\":true,"
				"\"TaxPercent\":8,\"NetAmountTaxable\":");
		pen_money(s->to, f->subtotal);
		pen_text(s->to, "}}]");
	}
	pen_text(s->to, "}");
}

/* A private note says that a transaction was voided. */
void
sheet_note(struct sheet *s)
{
	if (s->facts.voided)
		pen_text(s->to, "\"PrivateNote\":\"Voided\",");
}

void
sheet_odd(struct sheet *s)
{
	int64_t i = s->row->i, spoil = s->world->spoil;

	if (s->world->exotic)
		body_write_exotic(s->to, i);
	if (spoil && i % spoil == 0 && s->row->of->shape != WORLD_SINGLE)
		pen_text(s->to,
			 i / spoil % 2 ? ",\"Spoiled\":\"half \\ud83d pair\""
				       : ",\"Spoiled\":\"before\\u0000after\"");
}

/* Each second one is a number, as Intuit's page of custom fields has them. */
void
sheet_fields(struct sheet *s, const char *before, const char *after)
{
	struct chance c = world_chance(s->row->of, s->row->i, 7);
	int64_t count = s->all_fields ? s->world->custom_fields : 0;

	for (int64_t n = 0; n < count; n++) {
		pen_text(s->to, n ? "," : before);
		pen_format(s->to,
			   "{\"DefinitionId\":\"%" PRId64
			   "\",\"Name\":\"Field %" PRId64 "\",\"Type\":",
			   540344 + n, n + 1);
		if (n % 2) {
			pen_text(s->to, "\"NumberType\",\"NumberValue\":");
			pen_minimal(s->to, chance_below(&c, 100000));
		} else {
			pen_text(s->to, "\"StringType\",\"StringValue\":\"");
			pen_text(s->to, words_notes.at[chance_below(
						&c, words_notes.count)]);
			pen_text(s->to, "\"");
		}
		pen_text(s->to, "}");
	}
	if (count)
		pen_text(s->to, after);
}
