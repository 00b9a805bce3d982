#include "stream/window.h"
#include "json/json.h"

static const char *const by_names[] = {
	[WINDOW_BY_UPDATED] = "updated",   [WINDOW_BY_CREATED] = "created",
	[WINDOW_BY_TXN_DATE] = "txn-date", [WINDOW_BY_CHANGE] = "change",
	[WINDOW_BY_CENSUS] = "census",     [WINDOW_BY_WHOLE] = "whole",
	[WINDOW_BY_AS_OF] = "as-of",       [WINDOW_BY_REPORT] = "report",
};

const char *
window_by_name(enum window_by by)
{
	return by_names[by];
}

bool
window_by_parse(struct slice name, enum window_by *by)
{
	for (size_t i = 0; i < LENGTH(by_names); i++)
		if (slice_is(name, by_names[i])) {
			*by = (enum window_by)i;
			return true;
		}
	return false;
}

bool
window_by_is_query(enum window_by by)
{
	return by <= WINDOW_BY_TXN_DATE;
}

bool
window_by_is_ticket(enum window_by by)
{
	return by != WINDOW_BY_CENSUS;
}

static bool
read_time(struct slice value, int64_t *at_us)
{
	struct slice text;

	return json_plain_string(value, &text) && clock_parse(text, at_us);
}

static bool
read_entity(struct slice value, bool unlisted, const struct entity **entity)
{
	struct slice text;
	struct failure why;

	if (!json_plain_string(value, &text))
		return false;
	*entity = unlisted ? entity_unlisted(text, &why) : entity_find(text);
	return *entity && slice_is(text, (*entity)->name);
}

static bool
read_by(struct slice value, enum window_by *by)
{
	struct slice text;

	return json_plain_string(value, &text) && window_by_parse(text, by);
}

static bool
read_bool(struct slice value, bool *yes)
{
	*yes = slice_is(value, "true");
	return *yes || slice_is(value, "false");
}

enum { ENTITY = 1, BY = 2, START = 4, END = 8, NO = 16, OF = 32, ALL = 63 };

/* What is read of the entity, before all of the window is. */
struct entity_text {
	struct slice value;
	bool unlisted;
};

/* Which required member this was, 0 for another one, -1 for a wrong value. */
static int
read_member(struct window *w, struct entity_text *entity, struct slice key,
	    struct slice value)
{
	if (slice_is(key, "entity")) {
		entity->value = value;
		return ENTITY;
	}
	if (slice_is(key, "unlisted"))
		return read_bool(value, &entity->unlisted) ? 0 : -1;
	if (slice_is(key, "by"))
		return read_by(value, &w->by) ? BY : -1;
	if (slice_is(key, "start"))
		return read_time(value, &w->start_us) ? START : -1;
	if (slice_is(key, "end"))
		return read_time(value, &w->end_us) ? END : -1;
	if (slice_is(key, "no"))
		return json_integer(value, &w->no) ? NO : -1;
	if (slice_is(key, "of"))
		return json_integer(value, &w->of) ? OF : -1;
	if (slice_is(key, "provisional"))
		return read_bool(value, &w->provisional) ? 0 : -1;
	if (slice_is(key, "empty_until"))
		return read_time(value, &w->empty_until_us) ? 0 : -1;
	return 0;
}

bool
window_parse(struct window *w, struct slice object, struct failure *why)
{
	struct json j;
	struct slice key, value;
	struct entity_text entity = { .unlisted = false };
	int seen = 0;

	*w = (struct window){ 0 };
	json_begin(&j, object);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "\"window\" is not an object");
	while (json_key(&j, &key))
		if (json_value(&j, &value)) {
			int member = read_member(w, &entity, key, value);

			if (member < 0)
				return fail(why, FAILURE_DATA,
					    "window: \"%.*s\" is wrong",
					    SLICE_SHOWN(key));
			seen |= member;
		}
	if (!json_end(&j, why))
		return fail_in(why, "window");
	if (seen & ENTITY &&
	    !read_entity(entity.value, entity.unlisted, &w->entity))
		return fail(why, FAILURE_DATA, "window: \"entity\" is wrong");
	if (seen != ALL)
		return fail(why, FAILURE_DATA,
			    "window: entity, by, start, end, no and of are all "
			    "needed");
	if (w->end_us <= w->start_us)
		return fail(why, FAILURE_DATA,
			    "window: its end is not after its start");
	if (w->empty_until_us &&
	    (w->empty_until_us <= w->start_us || w->empty_until_us > w->end_us))
		return fail(why, FAILURE_DATA,
			    "window: \"empty_until\" does not lie in it");
	return true;
}

bool
window_write(const struct window *w, struct buf *to, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(w->start_us, start);
	clock_format(w->end_us, end);
	if (!buf_printf(
		    to, why,
		    "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"%s\","
		    "\"end\":\"%s\",\"no\":%" PRId64 ",\"of\":%" PRId64 "%s",
		    w->entity->name, window_by_name(w->by), start, end, w->no,
		    w->of, w->provisional ? ",\"provisional\":true" : ""))
		return false;
	clock_format(w->empty_until_us, start);
	return (!w->empty_until_us ||
		buf_printf(to, why, ",\"empty_until\":\"%s\"", start)) &&
	       buf_printf(to, why, "%s}",
			  w->entity->unlisted ? ",\"unlisted\":true" : "");
}

void
window_describe(const struct window *w, char text[WINDOW_TEXT])
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(w->start_us, start);
	clock_format(w->end_us, end);
	snprintf(text, WINDOW_TEXT, "%s %" PRId64 "/%" PRId64 " (%s to %s)",
		 w->entity->name, w->no, w->of, start, end);
}

bool
window_fail_in(const struct window *w, struct failure *why)
{
	char spelled[WINDOW_TEXT];

	window_describe(w, spelled);
	return fail_in(why, "%s", spelled);
}
