#include "body.h"
#include "pen.h"
#include "recurring.h"
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
write_below(struct sheet *s, const char *before, int64_t n, int digits)
{
	pen_text(s->to, before);
	pen_digits(s->to, below(s, n), digits);
}

static void
write_place(struct sheet *s)
{
	if (below(s, 3)) {
		write_below(s, "\",\"Lat\":\"37.", 9999999, 7);
		write_below(s, "\",\"Long\":\"-122.", 9999999, 7);
		pen_text(s->to, "\"}");
	} else {
		pen_text(s->to, "\",\"Lat\":\"INVALID\","
				"\"Long\":\"INVALID\"}");
	}
}

static void
write_address(struct sheet *s)
{
	write_below(s, "{\"Id\":\"", 9000, 1);
	write_below(s, "\",\"Line1\":\"", 9000, 1);
	pen_text(s->to, " ");
	write_word(s, &words_streets);
	pen_text(s->to, "\",\"City\":\"Bayshore\","
			"\"CountrySubDivisionCode\":\"CA\"");
	write_below(s, ",\"PostalCode\":\"94", 1000, 3);
	write_place(s);
}

/* As it stands on paper, which is how most transactions keep it. */
static void
write_lines_of_address(struct sheet *s)
{
	write_below(s, "{\"Id\":\"", 9000, 1);
	pen_text(s->to, "\",\"Line1\":\"");
	write_word(s, &words_given);
	pen_text(s->to, " ");
	write_word(s, &words_family);
	write_below(s, "\",\"Line2\":\"", 9000, 1);
	pen_text(s->to, " ");
	write_word(s, &words_streets);
	write_below(s, "\",\"Line3\":\"Bayshore, CA  94", 1000, 3);
	write_place(s);
}

/* {"value":"5","name":"Amy's Bird Sanctuary"} */
static void
write_reference(struct sheet *s, const struct world_entity *e, int64_t i)
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

static void
write_any_account(struct sheet *s)
{
	const struct world_entity *e = s->world->accounts;

	write_reference(s, e, e->rows ? below(s, e->rows) : 0);
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
	if (below(s, 2)) {
		pen_text(s->to, "\"Description\":\"");
		write_word(s, &words_notes);
		pen_text(s->to, "\",");
	}
	pen_text(s->to, "\"Amount\":");
	pen_money(s->to, line->cents);
	pen_text(s->to, ",\"DetailType\":\"SalesItemLineDetail\","
			"\"SalesItemLineDetail\":{\"ItemRef\":");
	write_reference(s, s->world->items, line->item);
	pen_text(s->to, ",\"UnitPrice\":");
	pen_minimal(s->to, line->price);
	pen_text(s->to, ",\"Qty\":");
	pen_minimal(s->to, line->quantity);
	pen_text(s->to, s->facts.taxed
				? ",\"TaxCodeRef\":{\"value\":\"TAX\"}}},"
				: ",\"TaxCodeRef\":{\"value\":\"NON\"}}},");
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
	if (spoil && i % spoil == 0 && s->row->of->shape != WORLD_SINGLE)
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
		facts_name(s->to, row);
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
		write_below(s, "(650) 555-", 10000, 4);
		break;
	case 'e':
		write_below(s, "Birds", 10000, 1);
		pen_text(s->to, "@example.com");
		break;
	case 'u':
		write_below(s, "http://shop", 10000, 1);
		pen_text(s->to, ".example.com");
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
	case 'w':
		pen_text(s->to, s->world->currencies->rows ? "true" : "false");
		return true;
	case 'a':
		pen_text(s->to, s->row->active ? "true" : "false");
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
		write_reference(s, s->world->customers, s->facts.customer);
		return true;
	case 'V':
		write_reference(s, s->world->vendors, s->facts.vendor);
		return true;
	case 'I':
		write_reference(s, s->world->items, s->facts.line[0].item);
		return true;
	case 'K':
		write_any_account(s);
		return true;
	case 'c':
		pen_text(s->to, "{\"value\":\"USD\","
				"\"name\":\"United States Dollar\"}");
		return true;
	case 'W':
		pen_string(s->to, slice_of(s->world->name));
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

/* The templates with the quotes that JSON wants, by place in the world; and
 * those of what is wrapped. */
static char *ready[WORLD_ENTITIES], *wrapped[RECURRING_TYPES];

static char *
with_quotes(struct slice text)
{
	char *copy = base_realloc(NULL, text.len + 1);

	for (size_t k = 0; k < text.len; k++)
		copy[k] = (char)(text.at[k] == '\'' ? '"' : text.at[k]);
	copy[text.len] = '\0';
	return copy;
}

void
body_prepare(const struct world *w)
{
	struct buf text;

	for (size_t i = 0; i < w->count; i++)
		ready[i] = with_quotes(
			slice_of(body_template(w->entities[i].entity->name)));
	buf_init(&text, 65536);
	for (size_t type = 0; type < RECURRING_TYPES; type++) {
		buf_clear(&text);
		recurring_template(type, &text);
		wrapped[type] = with_quotes(buf_slice(&text));
	}
	buf_free(&text);
}

static void
write_template(struct sheet *s, const char *at)
{
	facts_of(&s->facts, s->world, s->row);
	for (const char *next; (next = strchr(at, '$'));) {
		char what = next[1];

		pen_bytes(s->to, at, (size_t)(next - at));
		at = next + 2;
		if (what == '?')
			at = maybe(s, at);
		else if (what != '.' && !write_object(s, what) &&
			 !write_amount(s, what))
			write_text(s, what);
	}
	pen_text(s->to, at);
}

void
body_write(struct buf *to, const struct world *w, const struct world_row *row)
{
	struct sheet s = {
		to, w, row, { 0 }, world_chance(row->of, row->i, 4)
	};

	if (row->of->shape == WORLD_WRAPPED) {
		size_t type = recurring_type(row);

		pen_format(to, "{\"%s\":", recurring_types[type]);
		write_template(&s, wrapped[type]);
		pen_text(to, "}");
	} else {
		write_template(&s, ready[row->of - w->entities]);
	}
}
