#include "stream/envelope.h"

static const char *const kinds[] = {
	[ENVELOPE_TICKET] = "ticket", [ENVELOPE_ROW] = "row",
	[ENVELOPE_GONE] = "gone",     [ENVELOPE_SEAL] = "seal",
	[ENVELOPE_END] = "end",       [ENVELOPE_RECEIPT] = "receipt",
};

#define NAME(literal) \
	{ \
		(literal), sizeof(literal) - 1 \
	}

static const struct slice names[] = {
	[MEMBER_SUM] = NAME("sum"),
	[MEMBER_WINDOW] = NAME("window"),
	[MEMBER_OPTIONAL] = NAME("optional"),
	[MEMBER_KNOWN_GONE] = NAME("known_gone"),
	[MEMBER_KNOWN_ROWS] = NAME("known_rows"),
	[MEMBER_PAGE] = NAME("page"),
	[MEMBER_ROW] = NAME("row"),
	[MEMBER_GONE] = NAME("gone"),
	[MEMBER_FETCH] = NAME("fetch"),
	[MEMBER_SCAN] = NAME("scan"),
	[MEMBER_JQ] = NAME("jq"),
	[MEMBER_ARCHIVE] = NAME("archive"),
	[MEMBER_STAMP] = NAME("stamp"),
	[MEMBER_LOAD] = NAME("load"),
	[MEMBER_WINDOWS] = NAME("windows"),
	[MEMBER_ROWS] = NAME("rows"),
	[MEMBER_PAYLOAD] = NAME("payload"),
};

#define NEEDS(member) (1U << (member))

static const unsigned needed[] = {
	[ENVELOPE_TICKET] = NEEDS(MEMBER_WINDOW),
	[ENVELOPE_ROW] = NEEDS(MEMBER_WINDOW) | NEEDS(MEMBER_PAGE) |
			 NEEDS(MEMBER_ROW) | NEEDS(MEMBER_PAYLOAD),
	[ENVELOPE_GONE] = NEEDS(MEMBER_WINDOW) | NEEDS(MEMBER_GONE),
	[ENVELOPE_SEAL] = NEEDS(MEMBER_WINDOW) | NEEDS(MEMBER_FETCH),
	[ENVELOPE_END] = NEEDS(MEMBER_WINDOWS) | NEEDS(MEMBER_ROWS),
	[ENVELOPE_RECEIPT] = NEEDS(MEMBER_WINDOW) | NEEDS(MEMBER_LOAD),
};

static bool
read_kind(struct envelope *e, struct slice value, struct failure *why)
{
	struct slice text;

	if (json_plain_string(value, &text))
		for (size_t i = 0; i < LENGTH(kinds); i++)
			if (slice_is(text, kinds[i])) {
				e->kind = (enum envelope_kind)i;
				return true;
			}
	return fail(why, FAILURE_DATA, "\"qb\": unknown kind of envelope");
}

static size_t
member_named(struct slice key)
{
	size_t i = 0;

	while (i < LENGTH(names) && !slice_equal(key, names[i]))
		i++;
	return i;
}

/* `from` is the comma before the key, `to` the end of the value. */
static bool
keep_member(struct envelope *e, struct slice key, struct slice value,
	    const char *from, struct failure *why)
{
	size_t i = member_named(key);
	const char *to = value.at + value.len;

	if (e->value[MEMBER_PAYLOAD].at)
		return fail(why, FAILURE_DATA, "\"payload\" is not last");
	if (i == LENGTH(names))
		return true;
	if (e->value[i].at)
		return fail(why, FAILURE_DATA, "\"%s\" occurs twice",
			    names[i].at);
	e->value[i] = value;
	e->whole[i] = (struct slice){ from, (size_t)(to - from) };
	return true;
}

/* An opaque payload is everything up to the last brace of the line. */
static bool
read_value(struct json *j, bool opaque, struct slice key, struct slice *value)
{
	return (opaque && slice_equal(key, names[MEMBER_PAYLOAD]) &&
		json_last(j, value)) ||
	       json_value(j, value);
}

static bool
read_members(struct envelope *e, struct json *j, bool opaque,
	     struct failure *why)
{
	struct slice key, value;
	const char *from;

	for (from = json_at(j); json_key(j, &key); from = json_at(j))
		if (read_value(j, opaque, key, &value) &&
		    !keep_member(e, key, value, from, why))
			return false;
	return true;
}

static bool
has_needed(const struct envelope *e, struct failure *why)
{
	for (size_t i = 0; i < LENGTH(names); i++)
		if (needed[e->kind] & NEEDS(i) && !e->value[i].at)
			return fail(why, FAILURE_DATA, "a %s without \"%s\"",
				    kinds[e->kind], names[i].at);
	return true;
}

static bool
read_line(struct envelope *e, struct slice line, bool opaque,
	  struct failure *why)
{
	struct json j;
	struct slice key = { 0 }, value = { 0 };

	*e = (struct envelope){ .line = line };
	json_begin(&j, line);
	if (json_object(&j) && json_key(&j, &key) && json_value(&j, &value) &&
	    slice_is(key, "qb")) {
		if (!read_kind(e, value, why) ||
		    !read_members(e, &j, opaque && e->kind == ENVELOPE_ROW,
				  why))
			return false;
		return json_end(&j, why) && has_needed(e, why);
	}
	return json_check(line, why) &&
	       fail(why, FAILURE_DATA,
		    "not an envelope: its first member is not \"qb\"");
}

bool
envelope_parse(struct envelope *e, struct slice line, struct failure *why)
{
	return read_line(e, line, false, why);
}

enum { LONGEST_PREFIX = 64 * 1024 };

void
envelope_prefix_init(struct envelope_prefix *prefix)
{
	prefix->opaque = false;
	buf_init(&prefix->text, LONGEST_PREFIX);
}

void
envelope_prefix_free(struct envelope_prefix *prefix)
{
	buf_free(&prefix->text);
}

/* `from` with its slices moved to `line`, which begins with the same bytes. */
static void
rebase(struct envelope *e, const struct envelope *from, struct slice line)
{
	const char *start = from->line.at;

	*e = *from;
	e->line = line;
	for (size_t i = 0; i < ENVELOPE_MEMBERS; i++)
		if (e->value[i].at) {
			e->value[i].at = line.at + (e->value[i].at - start);
			e->whole[i].at = line.at + (e->whole[i].at - start);
		}
}

/* A prefix is optional.  "page" must end with a brace: a number could go on in
 * the next line. */
static void
keep_prefix(struct envelope_prefix *prefix, const struct envelope *e)
{
	struct slice page = e->value[MEMBER_PAGE];
	struct envelope common = *e;
	struct failure why;

	buf_clear(&prefix->text);
	if (e->kind != ENVELOPE_ROW || page.at[page.len - 1] != '}')
		return;
	const char *end = page.at + page.len;
	common.line.len = (size_t)(end - e->line.at);
	for (size_t i = 0; i < ENVELOPE_MEMBERS; i++)
		if (common.value[i].at &&
		    common.value[i].at + common.value[i].len > end)
			common.value[i] = common.whole[i] = (struct slice){ 0 };
	if (buf_add_slice(&prefix->text, common.line, &why))
		rebase(&prefix->parsed, &common, buf_slice(&prefix->text));
}

bool
envelope_parse_next(struct envelope *e, struct slice line,
		    struct envelope_prefix *prefix, struct failure *why)
{
	struct slice same = buf_slice(&prefix->text);
	struct json *j = &prefix->cursor;

	if (!same.len || line.len < same.len ||
	    memcmp(line.at, same.at, same.len)) {
		if (!read_line(e, line, prefix->opaque, why))
			return false;
		keep_prefix(prefix, e);
		return true;
	}
	rebase(e, &prefix->parsed, line);
	json_resume(j, line, line.at + same.len);
	return read_members(e, j, prefix->opaque, why) && json_end(j, why) &&
	       has_needed(e, why);
}

/* Where a missing member must be inserted. */
static const char *
insert_at(const struct envelope *e, enum envelope_member which)
{
	for (size_t i = which + 1; i < ENVELOPE_MEMBERS; i++)
		if (e->whole[i].at)
			return e->whole[i].at;
	const char *at = e->line.at + e->line.len;
	do
		at--;
	while (*at != '}');
	return at;
}

static bool
add_member(struct buf *to, struct slice name, struct slice value,
	   struct failure *why)
{
	return buf_add(to, ",\"", 2, why) && buf_add_slice(to, name, why) &&
	       buf_add(to, "\":", 2, why) && buf_add_slice(to, value, why);
}

static bool
put(const struct envelope *e, enum envelope_member which, struct slice value,
    struct buf *to, struct failure *why)
{
	struct slice old = e->whole[which];
	const char *line_end = e->line.at + e->line.len;

	if (!old.at)
		old.at = insert_at(e, which);
	const char *rest = old.at + old.len;
	return buf_add(to, e->line.at, (size_t)(old.at - e->line.at), why) &&
	       (!value.at || add_member(to, names[which], value, why)) &&
	       buf_add(to, rest, (size_t)(line_end - rest), why) &&
	       buf_add(to, "\n", 1, why);
}

/* A partial line would be written by the last flush. */
bool
envelope_put(const struct envelope *e, enum envelope_member which,
	     struct slice value, struct buf *to, struct failure *why)
{
	size_t before = to->len;

	if (put(e, which, value, to, why))
		return true;
	buf_truncate(to, before);
	return false;
}

bool
envelope_copy(const struct envelope *e, struct buf *to, struct failure *why)
{
	char *at = buf_reserve(to, e->line.len + 1, why);

	if (!at)
		return false;
	memcpy(at, e->line.at, e->line.len);
	at[e->line.len] = '\n';
	buf_wrote(to, e->line.len + 1);
	return true;
}

bool
envelope_write_end(int64_t windows, int64_t rows, struct buf *to,
		   struct failure *why)
{
	return buf_printf(to, why,
			  "{\"qb\":\"end\",\"windows\":%" PRId64
			  ",\"rows\":%" PRId64 "}\n",
			  windows, rows);
}
