#include "body.h"
#include "download.h"
#include "pen.h"
#include "pseudo.h"
#include "rates.h"
#include "recurring.h"
#include "sheet.h"

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
		sheet_word(s, &words_given);
		break;
	case 'f':
		sheet_word(s, &words_family);
		break;
	case 'z':
		sheet_word(s, &words_notes);
		break;
	case 'p':
		sheet_number(s, "(650) 555-", 10000, 4);
		break;
	case 'e':
		sheet_number(s, "Birds", 10000, 1);
		pen_text(s->to, "@example.com");
		break;
	case 'u':
		sheet_number(s, "http://shop", 10000, 1);
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
		pen_money(s->to,
			  sheet_below(s, 4) ? sheet_below(s, 1000000) : 0);
		return true;
	case 's':
		pen_number(s->to, s->row->edits);
		return true;
	case 'l':
		pen_time(s->to, s->row->updated_s);
		return true;
	case 'r':
		rates_write_rate(s->to, s->row);
		return true;
	case 'q':
		pen_minimal(s->to,
			    sheet_below(s, 3) ? sheet_below(s, 400) * 25 : 0);
		return true;
	case 'i':
		pen_number(s->to, 1 + sheet_below(s, 30));
		return true;
	case 't':
		pen_text(s->to, sheet_below(s, 2) ? "true" : "false");
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

/* A rate's, or that of a CompanyCurrency. */
static void
write_currency(struct sheet *s)
{
	const struct world_row *row = s->row;
	int64_t n = row->of->shape == WORLD_RATES
			    ? rates_currency(row->of, row->i)
			    : world_id(row->of, row->i) - row->of->first_id;
	char code[RATES_CODE];

	rates_code(n, code);
	pen_text(s->to, code);
}

/* Of an attachment; without --attachments there is nothing to download. */
static void
write_file(struct sheet *s)
{
	enum { NAME = 256 };

	if (s->world->files_url) {
		download_write(s->to, s->world, s->row);
		return;
	}
	struct buf plain;

	buf_init(&plain, NAME);
	facts_plain_name(&plain, s->row->of, s->row->i);
	pen_format(s->to,
		   "\"FileName\":\"%s.pdf\",\"FileAccessUri\":"
		   "\"/v3/company/0/download/%" PRId64 "\",\"Size\":",
		   plain.at, 1 + sheet_below(s, 30));
	pen_format(s->to, "%" PRId64 ",\"ContentType\":\"application/pdf\"",
		   1 + sheet_below(s, 30));
	buf_free(&plain);
}

static bool
write_object(struct sheet *s, char what)
{
	switch (what) {
	case 'H':
		sheet_head(s);
		return true;
	case 'A':
		sheet_address(s);
		return true;
	case 'B':
		sheet_lines_of_address(s);
		return true;
	case 'L':
		sheet_lines(s);
		return true;
	case 'X':
		sheet_tax(s);
		return true;
	case 'C':
		sheet_reference(s, s->world->customers, s->facts.customer);
		return true;
	case 'V':
		sheet_reference(s, s->world->vendors, s->facts.vendor);
		return true;
	case 'I':
		sheet_reference(s, s->world->items, s->facts.line[0].item);
		return true;
	case 'K':
		sheet_any_account(s);
		return true;
	case 'c':
		pen_text(s->to, "{\"value\":\"USD\","
				"\"name\":\"United States Dollar\"}");
		return true;
	case 'M':
		write_currency(s);
		return true;
	case 'F':
		sheet_fields(s, ",", "");
		return true;
	case 'G':
		sheet_fields(s, ",\"CustomField\":[", "]");
		return true;
	case 'W':
		pen_string(s->to, slice_of(s->world->name));
		return true;
	case 'o':
		sheet_note(s);
		return true;
	case 'k':
		write_file(s);
		return true;
	case 'x':
		sheet_odd(s);
		return true;
	default:
		return false;
	}
}

/* Behind "$?7": stay, or go on after the "$." */
static const char *
maybe(struct sheet *s, const char *at)
{
	if (sheet_below(s, 10) < *at - '0')
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
body_write(struct buf *to, const struct world *w, const struct world_row *row,
	   bool all_fields)
{
	struct sheet s = { .to = to,
			   .world = w,
			   .row = row,
			   .all_fields = all_fields,
			   .chance = world_chance(row->of, row->i, 4) };

	if (pseudo_is(row->of, row->i)) {
		pseudo_write(to, row);
	} else if (row->of->shape == WORLD_WRAPPED) {
		size_t type = recurring_type(row);

		pen_format(to, "{\"%s\":", recurring_types[type]);
		write_template(&s, wrapped[type]);
		pen_text(to, "}");
	} else {
		write_template(&s, ready[row->of - w->entities]);
	}
}
