#include "stream/gone.h"
#include "base/clock.h"
#include "json/json.h"

static const char *const by_names[] = {
	[GONE_BY_CDC] = "cdc",
	[GONE_BY_CENSUS] = "census",
	[GONE_BY_WHOLE] = "whole",
};

static bool
read_time(struct slice value, struct slice *text, int64_t *at_us)
{
	return json_plain_string(value, text) && clock_parse(*text, at_us);
}

static bool
read_by(struct slice value, enum gone_by *by)
{
	struct slice text;

	if (json_plain_string(value, &text))
		for (size_t i = 0; i < LENGTH(by_names); i++)
			if (slice_is(text, by_names[i])) {
				*by = (enum gone_by)i;
				return true;
			}
	return false;
}

static bool
read_member(struct gone *g, struct slice key, struct slice value,
	    bool *has_deleted, bool *has_by)
{
	if (slice_is(key, "at"))
		return read_time(value, &g->at, &g->at_us);
	if (slice_is(key, "deleted"))
		return *has_deleted =
			       read_time(value, &g->deleted, &g->deleted_us);
	if (slice_is(key, "by"))
		return *has_by = read_by(value, &g->by);
	return true;
}

bool
gone_parse(struct gone *g, struct slice object, struct buf *room,
	   struct failure *why)
{
	struct json j;
	struct slice key, value;
	bool has_deleted = false, has_by = false;

	*g = (struct gone){ 0 };
	json_begin(&j, object);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "\"gone\" is not an object");
	while (json_key(&j, &key)) {
		if (!json_value(&j, &value))
			break;
		if (slice_is(key, "id") ? !json_text(value, room, &g->id, why)
					: !read_member(g, key, value,
						       &has_deleted, &has_by))
			return fail(why, FAILURE_DATA,
				    "gone: \"%.*s\" is wrong",
				    SLICE_SHOWN(key));
	}
	if (!json_end(&j, why))
		return fail_in(why, "gone");
	if (!g->id.len || !g->at.at || !has_by)
		return fail(why, FAILURE_DATA,
			    "gone: id, at and by are all needed");
	if (memchr(g->id.at, '\0', g->id.len))
		return fail(why, FAILURE_DATA, "gone: \"id\" contains a NUL");
	if (!has_deleted)
		g->deleted_us = g->at_us;
	return true;
}

bool
gone_write(const struct gone *g, struct slice window, struct buf *to,
	   struct failure *why)
{
	size_t before = to->len;

	if (buf_printf(to, why, "{\"qb\":\"gone\",\"window\":") &&
	    buf_add_slice(to, window, why) &&
	    buf_printf(to, why, ",\"gone\":{\"id\":") &&
	    json_quote(g->id, to, why) && buf_printf(to, why, ",\"at\":") &&
	    json_quote(g->at, to, why) &&
	    (!g->deleted.at || (buf_printf(to, why, ",\"deleted\":") &&
				json_quote(g->deleted, to, why))) &&
	    buf_printf(to, why, ",\"by\":\"%s\"}}\n", by_names[g->by]))
		return true;
	buf_truncate(to, before);
	return false;
}
