#include "rates.h"
#include "pacific.h"
#include "pen.h"

static const struct {
	char code[RATES_CODE];
	int64_t rate; /* in dollars, millionths */
} currencies[] = {
	{ "EUR", 1083500 }, { "MXN", 58200 },   { "CAD", 735100 },
	{ "GBP", 1268000 }, { "JPY", 6700 },    { "AUD", 655200 },
	{ "CHF", 1132000 }, { "INR", 11900 },   { "COP", 250 },
	{ "SEK", 95400 },   { "KWD", 3251000 }, { "VND", 40 },
};

/* Past those that have a name: "QAA", "QAB", ... */
void
rates_code(int64_t n, char code[RATES_CODE])
{
	int64_t named = (int64_t)LENGTH(currencies), more = n - named;

	if (n < named) {
		memcpy(code, currencies[n].code, RATES_CODE);
		return;
	}
	code[0] = 'Q';
	code[1] = (char)('A' + more / 26 % 26);
	code[2] = (char)('A' + more % 26);
	code[3] = '\0';
}

void
rates_plan(const struct world *w, struct world_entity *e)
{
	e->currencies = w->currencies->rows;
	e->first_day = pacific_day(w->from_s);
	e->rows = (pacific_day(w->to_s - 1) - e->first_day + 1) * e->currencies;
}

int64_t
rates_day(const struct world_entity *e, int64_t i)
{
	return e->first_day + i / e->currencies;
}

int64_t
rates_updated_s(const struct world_entity *e, int64_t i)
{
	int64_t at_s = rates_day(e, i) * 86400 + 36 * 3600;
	int64_t last_s = e->from_s + e->span_s - 1;

	return at_s < last_s ? at_s : last_s;
}

int64_t
rates_currency(const struct world_entity *e, int64_t i)
{
	return i % e->currencies;
}

void
rates_write_rate(struct buf *to, const struct world_row *row)
{
	int64_t n = rates_currency(row->of, row->i);
	struct chance c = world_chance(row->of, row->i, 4);
	int64_t rate =
		n < (int64_t)LENGTH(currencies) ? currencies[n].rate : 1000000;
	char digits[32];

	rate += rate * (chance_below(&c, 401) - 200) / 10000 + row->edits;
	snprintf(digits, sizeof(digits), "%" PRId64 ".%06" PRId64,
		 rate / 1000000, rate % 1000000);
	for (size_t end = strlen(digits); digits[end - 1] == '0'; end--)
		digits[end - 1] = '\0';
	pen_text(to, digits);
}

void
rates_name(const struct world_entity *e, int64_t i, char name[WORLD_ID])
{
	char code[RATES_CODE], day[PACIFIC_SPELLED];

	rates_code(rates_currency(e, i), code);
	pacific_spell_day(rates_day(e, i), day);
	snprintf(name, WORLD_ID, "%s/%.10s", code, day);
}

bool
rates_find(const struct world_entity *e, struct slice name, int64_t *i)
{
	struct clock_civil civil;
	char there[WORLD_ID];
	struct slice day = { name.at + RATES_CODE, name.len - RATES_CODE };

	if (name.len <= RATES_CODE || !clock_parse_civil(day, &civil))
		return false;
	int64_t first = clock_from_civil(&civil) / CLOCK_DAY - e->first_day;
	for (int64_t n = 0; n < e->currencies; n++) {
		*i = first * e->currencies + n;
		if (*i < 0 || *i >= e->rows)
			return false;
		rates_name(e, *i, there);
		if (slice_is(name, there))
			return true;
	}
	return false;
}
