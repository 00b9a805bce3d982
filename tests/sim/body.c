#include "body.h"
#include "pen.h"
#include "words.h"

/* One row while it is being written. */
struct sheet {
	struct buf *to;
	const struct world *world;
	const struct world_row *row;
	struct facts facts;
	struct chance chance;
};

static int64_t
below(struct sheet *s, int64_t n)
{
	return chance_below(&s->chance, n);
}

static void
write_word(struct sheet *s, const struct words *words)
{
	pen_text(s->to, words->at[below(s, words->count)]);
}

static void
write_head(struct sheet *s)
{
	const struct world_row *row = s->row;

	pen_text(s->to, "\"domain\":\"QBO\",\"sparse\":false,\"Id\":\"");
	pen_number(s->to, world_id(row->of, row->i));
	pen_text(s->to, "\",\"SyncToken\":\"");
	pen_number(s->to, below(s, 4) + row->edits);
	pen_text(s->to, "\",\"MetaData\":{\"CreateTime\":\"");
	pen_time(s->to, world_created_s(row->of, row->i));
	pen_text(s->to, "\",\"LastUpdatedTime\":\"");
	pen_time(s->to, row->updated_s);
	pen_text(s->to, "\"}");
}

static void
write_place(struct sheet *s)
{
	if (below(s, 3))
		pen_format(s->to,
			   ",\"Lat\":\"37.%07" PRId64
			   "\",\"Long\":\"-122.%07" PRId64 "\"}",
			   below(s, 9999999), below(s, 9999999));
	else
		pen_text(s->to, ",\"Lat\":\"INVALID\",\"Long\":\"INVALID\"}");
}

static void
write_address(struct sheet *s)
{
	pen_format(s->to, "{\"Id\":\"%" PRId64 "\",\"Line1\":\"%" PRId64 " ",
		   2 + below(s, 9000), 1 + below(s, 9000));
	write_word(s, &words_streets);
	pen_format(s->to,
		   "\",\"City\":\"Bayshore\",\"CountrySubDivisionCode\":\"CA\","
		   "\"PostalCode\":\"94%03" PRId64 "\"",
		   below(s, 1000));
	write_place(s);
}

/* As it stands on paper, which is how most transactions keep it. */
static void
write_lines_of_address(struct sheet *s)
{
	pen_format(s->to, "{\"Id\":\"%" PRId64 "\",\"Line1\":\"",
		   2 + below(s, 9000));
	write_word(s, &words_given);
	pen_text(s->to, " ");
	write_word(s, &words_family);
	pen_format(s->to, "\",\"Line2\":\"%" PRId64 " ", 1 + below(s, 9000));
	write_word(s, &words_streets);
	pen_format(s->to, "\",\"Line3\":\"Bayshore, CA  94%03" PRId64 "\"",
		   below(s, 1000));
	write_place(s);
}

/* {"value":"5","name":"Amy's Bird Sanctuary"} */
static void
write_reference(struct sheet *s, const char *entity, int64_t i)
{
	const struct world_entity *e = world_of(s->world, entity);

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

static void
write_any_account(struct sheet *s)
{
	const struct world_entity *e = world_of(s->world, "Account");

	write_reference(s, "Account", e->rows ? below(s, e->rows) : 0);
}

static void
write_line(struct sheet *s, int no)
{
	const struct facts_line *line = &s->facts.line[no];

	pen_format(s->to, "{\"Id\":\"%d\",\"LineNum\":%d,", no + 1, no + 1);
	if (below(s, 2)) {
		pen_text(s->to, "\"Description\":\"");
		write_word(s, &words_notes);
		pen_text(s->to, "\",");
	}
	pen_text(s->to, "\"Amount\":");
	pen_money(s->to, line->cents);
	pen_text(s->to, ",\"DetailType\":\"SalesItemLineDetail\","
			"\"SalesItemLineDetail\":{\"ItemRef\":");
	write_reference(s, "Item", line->item);
	pen_text(s->to, ",\"UnitPrice\":");
	pen_minimal(s->to, line->price);
	pen_text(s->to, ",\"Qty\":");
	pen_minimal(s->to, line->quantity);
	pen_format(s->to, ",\"TaxCodeRef\":{\"value\":\"%s\"}}},",
		   s->facts.taxed ? "TAX" : "NON");
}

static void
write_lines(struct sheet *s)
{
	pen_text(s->to, "[");
	for (int i = 0; i < s->facts.lines; i++)
		write_line(s, i);
	pen_text(s->to, "{\"Amount\":");
	pen_money(s->to, s->facts.subtotal);
	pen_text(s->to, ",\"DetailType\":\"SubTotalLineDetail\","
			"\"SubTotalLineDetail\":{}}]");
}

static void
write_tax(struct sheet *s)
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
static void
write_note(struct sheet *s)
{
	if (s->facts.voided)
		pen_text(s->to, "\"PrivateNote\":\"Voided\",");
}

static void
write_odd(struct sheet *s)
{
	int64_t i = s->row->i, spoil = s->world->spoil;

	if (s->world->exotic)
		body_write_exotic(s->to, i);
	if (spoil && i % spoil == 0)
		pen_text(s->to,
			 i / spoil % 2 ? ",\"Spoiled\":\"half \\ud83d pair\""
				       : ",\"Spoiled\":\"before\\u0000after\"");
}

static void
write_text(struct sheet *s, char what)
{
	const struct world_row *row = s->row;

	switch (what) {
	case 'N':
		facts_name(s->to, row->of, row->i);
		break;
	case 'n':
		facts_plain_name(s->to, row->of, row->i);
		break;
	case 'g':
		write_word(s, &words_given);
		break;
	case 'f':
		write_word(s, &words_family);
		break;
	case 'z':
		write_word(s, &words_notes);
		break;
	case 'p':
		pen_format(s->to, "(650) 555-%04" PRId64, below(s, 10000));
		break;
	case 'e':
		pen_format(s->to, "Birds%" PRId64 "@example.com",
			   below(s, 10000));
		break;
	case 'u':
		pen_format(s->to, "http://shop%" PRId64 ".example.com",
			   below(s, 10000));
		break;
	case 'd':
		facts_doc_number(s->to, row->of, row->i);
		break;
	case 'D':
		pen_day(s->to, world_txn_day(row->of, row->i));
		break;
	case 'E':
		pen_day(s->to, world_txn_day(row->of, row->i) + 30);
		break;
	default:
		BUG("a template with an unknown letter");
	}
}

static bool
write_amount(struct sheet *s, char what)
{
	switch (what) {
	case 'T':
		pen_money(s->to, s->facts.total);
		return true;
	case 'S':
		pen_money(s->to, s->facts.subtotal);
		return true;
	case 'b':
		pen_money(s->to, s->facts.balance);
		return true;
	case 'm':
		pen_money(s->to, below(s, 4) ? below(s, 1000000) : 0);
		return true;
	case 'q':
		pen_minimal(s->to, below(s, 3) ? below(s, 400) * 25 : 0);
		return true;
	case 'i':
		pen_number(s->to, 1 + below(s, 30));
		return true;
	case 't':
		pen_text(s->to, below(s, 2) ? "true" : "false");
		return true;
	case 'a':
		pen_text(s->to, world_active(s->row->of, s->row->i) ? "true"
								    : "false");
		return true;
	default:
		return false;
	}
}

static bool
write_object(struct sheet *s, char what)
{
	switch (what) {
	case 'H':
		write_head(s);
		return true;
	case 'A':
		write_address(s);
		return true;
	case 'B':
		write_lines_of_address(s);
		return true;
	case 'L':
		write_lines(s);
		return true;
	case 'X':
		write_tax(s);
		return true;
	case 'C':
		write_reference(s, "Customer", s->facts.customer);
		return true;
	case 'V':
		write_reference(s, "Vendor", s->facts.vendor);
		return true;
	case 'I':
		write_reference(s, "Item", s->facts.line[0].item);
		return true;
	case 'K':
		write_any_account(s);
		return true;
	case 'c':
		pen_text(s->to, "{\"value\":\"USD\","
				"\"name\":\"United States Dollar\"}");
		return true;
	case 'o':
		write_note(s);
		return true;
	case 'x':
		write_odd(s);
		return true;
	default:
		return false;
	}
}

/* Behind "$?7": stay, or go on after the "$." */
static const char *
maybe(struct sheet *s, const char *at)
{
	if (below(s, 10) < *at - '0')
		return at + 1;
	return strstr(at, "$.") + 2;
}

void
body_write(struct buf *to, const struct world *w, const struct world_row *row)
{
	struct sheet s = {
		to, w, row, { 0 }, world_chance(row->of, row->i, 4)
	};
	const char *at = body_template(row->of->entity->name);

	facts_of(&s.facts, w, row);
	while (*at) {
		size_t plain = strcspn(at, "'$");

		pen_bytes(to, at, plain);
		at += plain;
		if (*at == '\'') {
			pen_bytes(to, "\"", 1);
			at++;
		} else if (*at == '$') {
			char what = at[1];

			at += 2;
			if (what == '?')
				at = maybe(&s, at);
			else if (what != '.' && !write_object(&s, what) &&
				 !write_amount(&s, what))
				write_text(&s, what);
		}
	}
}
