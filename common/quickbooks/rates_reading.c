#include "quickbooks/rates_reading.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/shaped_row.h"

enum {
	MOST_CODES = 4096,
	CODE_LENGTH = 3,
	MOST_ROW_BYTES = 64 * 1024,
	MOST_BYTES = 512 * 1024 * 1024,
};

static bool
add_code(struct rates_reading *r, struct slice code, struct failure *why)
{
	for (size_t i = 0; i < code.len; i++)
		if (code.len != CODE_LENGTH || code.at[i] < 'A' ||
		    code.at[i] > 'Z')
			return fail(why, FAILURE_USAGE,
				    "--currencies: \"%.*s\" is not a code such "
				    "as EUR",
				    SLICE_SHOWN(code));
	return (!r->codes.len || buf_printf(&r->codes, why, ",")) &&
	       buf_add_slice(&r->codes, code, why);
}

bool
rates_reading_init(struct rates_reading *r, const char *currencies,
		   struct failure *why)
{
	*r = (struct rates_reading){ .known = currencies };
	whole_reading_init(&r->currencies);
	qbo_call_init(&r->call);
	buf_init(&r->codes, MOST_CODES);
	buf_init(&r->row_ids, MOST_ROW_BYTES);
	buf_init(&r->at, CLOCK_TEXT * 2);
	buf_init(&r->records, MOST_BYTES);
	id_set_init(&r->seen);
	for (const char *at = currencies; at;) {
		struct slice code = { at, strcspn(at, ",") };

		if (!code.len)
			return fail(why, FAILURE_USAGE,
				    "--currencies takes codes such as EUR,MXN");
		if (!add_code(r, code, why))
			return false;
		at = at[code.len] ? at + code.len + 1 : NULL;
	}
	return true;
}

void
rates_reading_free(struct rates_reading *r)
{
	whole_reading_free(&r->currencies);
	qbo_call_free(&r->call);
	buf_free(&r->codes);
	buf_free(&r->row_ids);
	buf_free(&r->at);
	buf_free(&r->records);
	id_set_free(&r->seen);
}

/* --- the currencies ------------------------------------------------------- */

static struct slice
code_of(struct slice payload)
{
	struct slice key, value, code = { 0 };
	struct json j;

	json_begin(&j, payload);
	if (json_object(&j))
		while (json_key(&j, &key))
			if (json_value(&j, &value) && slice_is(key, "Code") &&
			    !json_plain_string(value, &code))
				code = (struct slice){ 0 };
	return code;
}

/* A company that has one currency has no CompanyCurrency, or not the entity. */
static bool
find_codes(struct rates_reading *r, struct qbo_client *qbo,
	   struct fetch_output *lines, struct failure *why)
{
	const struct entity *entity = entity_find(SLICE("CompanyCurrency"));
	const struct whole_reading *all = &r->currencies;

	if (!whole_reading_read(&r->currencies, entity, 0, QUERY_MOST_ROWS, qbo,
				lines, why)) {
		if (!all->call.absent)
			return false;
		*why = (struct failure){ 0 };
	}
	buf_clear(&r->codes); /* of one that failed */
	for (size_t i = 0; i < all->count; i++) {
		struct slice code = code_of(whole_reading_payload(all, i));

		if (!code.len || !add_code(r, code, why)) {
			fail(why, FAILURE_REFUSED,
			     "CompanyCurrency %.*s has no Code",
			     SLICE_SHOWN(whole_reading_id(all, i)));
			return fail_next(why, "name the currencies with "
					      "--currencies=EUR,MXN");
		}
	}
	if (!r->codes.len)
		log_warn("ExchangeRate: the company has one currency, so there "
			 "are no rates");
	r->known = true;
	return true;
}

/* --- a day ---------------------------------------------------------------- */

static bool
send(struct rates_reading *r, const struct entity *entity, int64_t day_us,
     struct qbo_client *qbo, struct failure *why)
{
	struct qbo_call *call = &r->call;

	qbo_call_clear(call);
	call->entity = entity;
	call->count = false;
	if (!query_write_rates(entity, r->codes.at, day_us, &call->statement,
			       why))
		return false;
	if (!qbo_client_send(qbo, call, why))
		return false;
	*why = call->why;
	return !why->kind;
}

/* Of a rate "EUR/2025-01-31": is its currency requested? */
static bool
is_requested(const struct rates_reading *r, struct slice id)
{
	char code[CODE_LENGTH + 1];

	memcpy(code, id.at, CODE_LENGTH);
	code[CODE_LENGTH] = '\0';
	return strstr(r->codes.at, code);
}

/* Is it before, of or after that day: less than, equal to or more than 0? */
static int
compare_day(struct slice id, int64_t day_us)
{
	char day[CLOCK_TEXT];

	clock_format(day_us, day);
	return memcmp(id.at + CODE_LENGTH + 1, day, strlen("2025-01-31"));
}

static bool
take_row(struct rates_reading *r, struct response_row *row,
	 const struct entity *entity, int64_t day_us,
	 struct fetch_output *lines, struct failure *why)
{
	struct slice record;
	size_t id_at;

	buf_clear(&r->row_ids);
	if (!shaped_row_read(row, entity, &r->row_ids, why)) {
		why->kind = FAILURE_REFUSED;
		return false;
	}
	if (!is_requested(r, row->id) || compare_day(row->id, day_us) > 0)
		return fail(why, FAILURE_REFUSED,
			    "%.*s came, which was not requested: QuickBooks "
			    "did not apply the filter",
			    SLICE_SHOWN(row->id));
	/* for a day without a rate that of an earlier one, which is read for
	 * its own day */
	if (compare_day(row->id, day_us) < 0 ||
	    id_set_mark(&r->seen, row->id, 1) != ID_SET_NEW)
		return true;
	return fetch_output_make_record(lines, row, &record, &id_at, why) &&
	       buf_add_slice(&r->records, record, why);
}

static bool
read_day(struct rates_reading *r, const struct entity *entity, int64_t day_us,
	 struct qbo_client *qbo, struct fetch_output *lines,
	 struct failure *why)
{
	const struct query_response *response = &r->call.response;
	char now[CLOCK_TEXT];

	if (!send(r, entity, day_us, qbo, why))
		return false;
	clock_format(clock_now_us(), now);
	buf_clear(&r->at);
	if (!buf_add_slice(&r->at,
			   response->time.at ? response->time : slice_of(now),
			   why))
		return false;
	if (!r->at_us && !clock_parse(buf_slice(&r->at), &r->at_us))
		r->at_us = clock_now_us();
	const struct fetch_page page = {
		.realm = qbo_client_realm(qbo),
		.no = r->pages + 1,
		.size = QUERY_MOST_ROWS,
		.at = buf_slice(&r->at),
		.url = buf_slice(&r->call.url),
		.query = buf_slice(&r->call.statement),
		.include = r->call.include,
	};
	r->pages += response->row_count > 0;
	if (!fetch_output_start_page(lines, &page, why))
		return false;
	for (size_t i = 0; i < response->row_count; i++)
		if (!take_row(r, &response->rows[i], entity, day_us, lines,
			      why))
			return false;
	return true;
}

/* Each record is a line. */
static bool
write_records(const struct rates_reading *r, struct slice text,
	      struct fetch_output *lines, struct failure *why)
{
	struct slice left = buf_slice(&r->records), record;

	for (; left.len; left.at += record.len, left.len -= record.len) {
		const char *end = memchr(left.at, '\n', left.len);

		record = (struct slice){ left.at, (size_t)(end - left.at) + 1 };
		if (!fetch_output_write_record(lines, text, record, why))
			return false;
	}
	return true;
}

bool
rates_reading_write(struct rates_reading *r, const struct window *window,
		    struct slice text, struct qbo_client *qbo,
		    struct fetch_output *lines, struct failure *why)
{
	char day[CLOCK_TEXT];

	r->pages = r->at_us = 0;
	buf_clear(&r->records);
	id_set_clear(&r->seen);
	if (!r->known && !find_codes(r, qbo, lines, why))
		return fail_in(why, "the currencies");
	for (int64_t day_us = window->start_us;
	     r->codes.len && day_us < window->end_us; day_us += CLOCK_DAY)
		if (!read_day(r, window->entity, day_us, qbo, lines, why)) {
			clock_format(day_us, day);
			return fail_in(why, "%.10s", day);
		}
	return write_records(r, text, lines, why);
}
