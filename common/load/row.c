#include "load/row.h"
#include "postgres/copy_binary.h"
#include "stream/fingerprint.h"

enum {
	LONGEST_PAGE = 1024 * 1024,
	LONGEST_STAMP = 64 * 1024,
	/* the server refuses an index entry long before */
	LONGEST_ID = 64 * 1024,
	KEY_COLUMNS = 6,
	ROW_COLUMNS = 13,
};

void
load_row_init(struct load_row *r)
{
	*r = (struct load_row){ .has_updated = false };
	buf_init(&r->page_text, LONGEST_PAGE);
	buf_init(&r->stamp_text, LONGEST_STAMP);
	buf_init(&r->id_text, LONGEST_ID);
	buf_init(&r->run_text, LONGEST_STAMP);
}

void
load_row_free(struct load_row *r)
{
	buf_free(&r->page_text);
	buf_free(&r->stamp_text);
	buf_free(&r->id_text);
	buf_free(&r->run_text);
}

/* Is `value` equal to `text`?  If not, `text` becomes a copy of it. */
static bool
same_as_before(struct buf *text, struct slice value, bool *same,
	       struct failure *why)
{
	*same = text->len && slice_equal(buf_slice(text), value);
	if (*same)
		return true;
	buf_clear(text);
	return buf_add_slice(text, value, why);
}

static bool
fail_member(const char *object, struct slice key, struct failure *why)
{
	return fail(why, FAILURE_DATA, "%s: \"%.*s\" is invalid", object,
		    SLICE_SHOWN(key));
}

/* `name` is the member of the envelope. */
static bool
begin_object(struct json *j, struct slice object, const char *name,
	     struct failure *why)
{
	json_begin(j, object);
	return json_object(j) ||
	       fail(why, FAILURE_DATA, "\"%s\" is not an object", name);
}

static bool
read_time(struct slice value, int64_t *at_us)
{
	struct slice text;

	return json_plain_string(value, &text) && clock_parse(text, at_us);
}

static bool
read_int4(struct slice value, int64_t *number)
{
	return json_integer(value, number) && *number >= 0 &&
	       *number <= INT32_MAX;
}

/* A member of "page"; those that are not columns are ignored. */
static bool
read_page_member(struct load_row *r, struct slice key, struct slice value)
{
	if (slice_is(key, "realm"))
		return json_plain_string(value, &r->realm);
	if (slice_is(key, "no"))
		return read_int4(value, &r->page_no);
	if (slice_is(key, "size"))
		return read_int4(value, &r->page_size);
	if (slice_is(key, "at"))
		return read_time(value, &r->fetched_us);
	if (slice_is(key, "request"))
		r->request = value;
	return true;
}

static bool
read_page(struct load_row *r, struct slice page, struct failure *why)
{
	struct json j;
	struct slice key, value;
	bool same;

	if (!same_as_before(&r->page_text, page, &same, why))
		return false;
	r->same_page_part = same;
	if (same)
		return true;
	r->realm = r->request = (struct slice){ 0 };
	r->page_no = r->page_size = -1;
	r->fetched_us = INT64_MIN;
	if (!begin_object(&j, buf_slice(&r->page_text), "page", why))
		return false;
	while (json_key(&j, &key))
		if (json_value(&j, &value) && !read_page_member(r, key, value))
			return fail_member("page", key, why);
	if (!json_end(&j, why))
		return false;
	if (!r->realm.at || !r->request.at || r->page_no < 0 ||
	    r->page_size < 0 || r->fetched_us == INT64_MIN)
		return fail(why, FAILURE_DATA,
			    "page: realm, no, size, at and request are all "
			    "required");
	return true;
}

static bool
read_row(struct load_row *r, struct slice row, struct failure *why)
{
	struct json *j = &r->walk;
	struct slice key, value;

	r->id = (struct slice){ 0 };
	r->has_updated = false;
	if (!begin_object(j, row, "row", why))
		return false;
	while (json_key(j, &key) && json_value(j, &value)) {
		if (slice_is(key, "id") &&
		    !json_text(value, &r->id_text, &r->id, why))
			return fail_in(why, "row: \"id\"");
		if (!slice_is(key, "updated") || slice_is(value, "null"))
			continue;
		r->has_updated = read_time(value, &r->updated_us);
		if (!r->has_updated)
			return fail_member("row", key, why);
	}
	if (!json_end(j, why))
		return false;
	if (!r->id.len)
		return fail(why, FAILURE_DATA, "row: it has no \"id\"");
	if (memchr(r->id.at, '\0', r->id.len))
		return fail(why, FAILURE_DATA, "row: \"id\" contains a NUL");
	return true;
}

/* From `stamp_text`, which is kept until the stamp changes. */
static bool
parse_stamp(struct load_row *r, struct failure *why)
{
	struct json j;
	struct slice key, value;
	bool has_time = false;

	r->run = (struct slice){ 0 };
	if (!begin_object(&j, buf_slice(&r->stamp_text), "stamp", why))
		return false;
	while (json_key(&j, &key) && json_value(&j, &value)) {
		if (slice_is(key, "run") &&
		    !json_text(value, &r->run_text, &r->run, why))
			return fail_in(why, "stamp: \"run\"");
		if (!slice_is(key, "ingested_at"))
			continue;
		has_time = read_time(value, &r->ingested_us);
		if (!has_time)
			return fail_member("stamp", key, why);
	}
	if (!json_end(&j, why))
		return false;
	if (!r->run.at || !has_time)
		return fail(why, FAILURE_DATA,
			    "stamp: run and ingested_at are both required");
	return true;
}

bool
load_row_read_stamp(struct load_row *r, const struct envelope *e,
		    struct failure *why)
{
	struct slice stamp = e->value[MEMBER_STAMP];
	bool same;

	if (!stamp.at) {
		r->same_page_part = r->same_page_part && !r->stamp_text.len;
		buf_clear(&r->stamp_text);
		r->run = r->own_run;
		r->ingested_us = r->own_at_us;
		return true;
	}
	if (!same_as_before(&r->stamp_text, stamp, &same, why))
		return false;
	r->same_page_part = r->same_page_part && same;
	if (same || parse_stamp(r, why))
		return true;
	buf_clear(&r->stamp_text);
	return false;
}

bool
load_row_read(struct load_row *r, const struct envelope *e,
	      const struct entity *entity, struct failure *why)
{
	if (!read_page(r, e->value[MEMBER_PAGE], why)) {
		buf_clear(&r->page_text); /* do not compare with it */
		return false;
	}
	r->payload = e->value[MEMBER_PAYLOAD];
	r->fingerprint = payload_fingerprint(entity, r->payload);
	return read_row(r, e->value[MEMBER_ROW], why) &&
	       load_row_read_stamp(r, e, why);
}

static bool
write_updated(const struct load_row *r, struct buf *to, struct failure *why)
{
	return r->has_updated ? copy_binary_time(to, r->updated_us, why)
			      : copy_binary_null(to, why);
}

/* In the order of qb_keys' columns. */
bool
load_row_write_key(const struct load_row *r, int64_t n, int64_t offset,
		   struct buf *to, struct failure *why)
{
	return copy_binary_row(to, KEY_COLUMNS, why) &&
	       copy_binary_int8(to, n, why) &&
	       copy_binary_int8(to, offset, why) &&
	       copy_binary_text(to, r->id, why) && write_updated(r, to, why) &&
	       copy_binary_time(to, r->fetched_us, why) &&
	       copy_binary_int8(to, r->fingerprint, why);
}

/* Both in the order of qb_stage's columns, and of sql/load/insert.sql's. */
bool
load_row_write_row_part(const struct load_row *r, struct buf *to,
			struct failure *why)
{
	return copy_binary_row(to, ROW_COLUMNS, why) &&
	       copy_binary_text(to, r->id, why) &&
	       copy_binary_jsonb(to, r->payload, why) &&
	       write_updated(r, to, why) &&
	       copy_binary_int8(to, r->fingerprint, why);
}

/* read_int4() has checked the page numbers. */
bool
load_row_write_page_part(const struct load_row *r, const struct window *window,
			 struct buf *to, struct failure *why)
{
	return copy_binary_time(to, r->ingested_us, why) &&
	       copy_binary_time(to, window->start_us, why) &&
	       copy_binary_time(to, window->end_us, why) &&
	       copy_binary_int4(to, (int32_t)r->page_no, why) &&
	       copy_binary_int4(to, (int32_t)r->page_size, why) &&
	       copy_binary_jsonb(to, r->request, why) &&
	       copy_binary_text(to, r->realm, why) &&
	       copy_binary_time(to, r->fetched_us, why) &&
	       copy_binary_text(to, r->run, why);
}
