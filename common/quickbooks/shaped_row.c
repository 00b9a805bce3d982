#include "quickbooks/shaped_row.h"
#include "base/clock.h"

bool
shaped_row_is_odd(const struct entity *entity)
{
	return entity->shape == SHAPE_WRAPPED || entity->shape == SHAPE_RATES;
}

static bool
read_wrapped(struct response_row *row, struct failure *why)
{
	struct slice payload = row->payload, type;
	struct json j;

	json_begin(&j, payload);
	if (!json_object(&j) || !json_key(&j, &type))
		return fail(why, FAILURE_DATA,
			    "a row that is no object in an object");
	if (!response_row_read(&j, row, why))
		return fail_in(why, "%.*s", SLICE_SHOWN(type));
	row->payload = payload;
	if (!j.error && !response_row_check_updated(row, why))
		return false;
	if (json_key(&j, &type))
		return fail(why, FAILURE_DATA,
			    "Id %.*s: beside it stands \"%.*s\"",
			    SLICE_SHOWN(row->id), SLICE_SHOWN(type));
	return json_end(&j, why);
}

struct rate {
	struct slice currency, date;
};

static bool
read_rate_members(struct response_row *row, struct rate *rate)
{
	struct slice key, value, inner;
	struct json j, meta;

	json_begin(&j, row->payload);
	if (!json_object(&j))
		return false;
	while (json_key(&j, &key)) {
		if (!json_value(&j, &value))
			return false;
		if (slice_is(key, "SourceCurrencyCode") &&
		    !json_plain_string(value, &rate->currency))
			return false;
		if (slice_is(key, "AsOfDate") &&
		    !json_plain_string(value, &rate->date))
			return false;
		if (!slice_is(key, "MetaData"))
			continue;
		json_begin(&meta, value);
		if (!json_object(&meta))
			return false;
		while (json_key(&meta, &key))
			if (json_value(&meta, &inner) &&
			    slice_is(key, "LastUpdatedTime") &&
			    !json_plain_string(inner, &row->updated))
				return false;
	}
	return true;
}

static bool
is_currency(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return text.len == 3;
}

static bool
read_rate(struct response_row *row, struct buf *ids, struct failure *why)
{
	struct rate rate = { 0 };
	struct clock_civil civil;
	size_t start = ids->len;

	if (!read_rate_members(row, &rate) || !is_currency(rate.currency) ||
	    rate.date.len != strlen("2025-01-31") ||
	    !clock_parse_civil(rate.date, &civil))
		return fail(why, FAILURE_DATA,
			    "a rate without SourceCurrencyCode and AsOfDate");
	if (!buf_printf(ids, why, "%.*s/%.*s", SLICE_SHOWN(rate.currency),
			SLICE_SHOWN(rate.date)))
		return false;
	row->id = (struct slice){ ids->at + start, ids->len - start };
	return response_row_check_updated(row, why);
}

bool
shaped_row_read(struct response_row *row, const struct entity *entity,
		struct buf *ids, struct failure *why)
{
	const struct response_row plain = { .payload = row->payload };

	*row = plain;
	return entity->shape == SHAPE_RATES ? read_rate(row, ids, why)
					    : read_wrapped(row, why);
}
