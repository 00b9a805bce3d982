/* Members of a line: each by its name, replaced, inserted and removed. */
#include "stream/envelope.h"
#include "tap.h"

enum { MOST = 64 * 1024 };

static const char *const names[] = {
	[MEMBER_SUM] = "sum",
	[MEMBER_WINDOW] = "window",
	[MEMBER_OPTIONAL] = "optional",
	[MEMBER_KNOWN_GONE] = "known_gone",
	[MEMBER_KNOWN_ROWS] = "known_rows",
	[MEMBER_PAGE] = "page",
	[MEMBER_ROW] = "row",
	[MEMBER_GONE] = "gone",
	[MEMBER_FETCH] = "fetch",
	[MEMBER_SCAN] = "scan",
	[MEMBER_JQ] = "jq",
	[MEMBER_ARCHIVE] = "archive",
	[MEMBER_STAMP] = "stamp",
	[MEMBER_LOAD] = "load",
	[MEMBER_WINDOWS] = "windows",
	[MEMBER_ROWS] = "rows",
	[MEMBER_PAYLOAD] = "payload",
};

static struct failure why;

static bool
reads(struct envelope *e, const char *line)
{
	why = (struct failure){ 0 };
	return envelope_parse(e, slice_of(line), &why);
}

static void
test_twice(void)
{
	char line[512], text[64];
	struct envelope e;

	for (size_t i = 0; i < MEMBER_PAYLOAD; i++) {
		snprintf(line, sizeof(line),
			 "{\"qb\":\"end\",\"%s\":1,\"x\":1,\"%s\":1}", names[i],
			 names[i]);
		snprintf(text, sizeof(text), "\"%s\" occurs twice", names[i]);
		ok(!reads(&e, line) && !strcmp(why.text, text),
		   "refused: %s twice", names[i]);
	}
}

/* A line with all members at 1, but `which` at 7, or left out. */
static void
write_line(char *line, size_t room, enum envelope_member which, bool with)
{
	size_t used = (size_t)snprintf(line, room, "{\"qb\":\"row\"");

	for (size_t i = 0; i < ENVELOPE_MEMBERS; i++) {
		if (i == which && !with)
			continue;
		used += (size_t)snprintf(line + used, room - used, ",\"%s\":%d",
					 names[i], i == which ? 7 : 1);
	}
	snprintf(line + used, room - used, "}");
}

static const char *
put_into(const char *line, enum envelope_member which, struct slice value,
	 struct buf *to)
{
	struct envelope e;

	buf_clear(to);
	if (!reads(&e, line) || !envelope_put(&e, which, value, to, &why))
		return why.text;
	if (to->at[to->len - 1] != '\n')
		return "no newline";
	buf_truncate(to, to->len - 1);
	return to->at;
}

static void
test_put(void)
{
	char with[512], without[512], old[512];
	struct buf to;

	buf_init(&to, MOST);
	for (size_t i = 0; i < ENVELOPE_MEMBERS; i++) {
		write_line(with, sizeof(with), (enum envelope_member)i, true);
		write_line(without, sizeof(without), (enum envelope_member)i,
			   false);
		write_line(old, sizeof(old), ENVELOPE_MEMBERS, true);
		is(put_into(old, (enum envelope_member)i, SLICE("7"), &to),
		   with, "a member is put in place of the old one");
		if (i == MEMBER_WINDOW || i == MEMBER_PAGE || i == MEMBER_ROW ||
		    i == MEMBER_PAYLOAD)
			continue; /* a row needs these */
		is(put_into(without, (enum envelope_member)i, SLICE("7"), &to),
		   with, "a new one where the order puts it");
		is(put_into(with, (enum envelope_member)i,
			    (struct slice){ NULL, 0 }, &to),
		   without, "a member is removed");
		is(put_into(without, (enum envelope_member)i,
			    (struct slice){ NULL, 0 }, &to),
		   without, "removing a missing member changes nothing");
	}
	buf_free(&to);
}

static void
test_put_strange(void)
{
	struct envelope e;
	struct buf to;

	buf_init(&to, MOST);
	is(put_into("{\"qb\":\"end\" , \"x y\\n\" : [ 1e5 ,\"\\ud83d\" ]\t,"
		    "\"windows\" : 1 , \"rows\":2 } ",
		    MEMBER_STAMP, SLICE("{}"), &to),
	   "{\"qb\":\"end\" , \"x y\\n\" : [ 1e5 ,\"\\ud83d\" ]\t,\"stamp\":{},"
	   "\"windows\" : 1 , \"rows\":2 } ",
	   "unknown members and white space stay as they were");
	is(put_into("{\"qb\":\"end\",\"windows\":1,\"stamp\" : 5 ,\"rows\":2}",
		    MEMBER_STAMP, (struct slice){ NULL, 0 }, &to),
	   "{\"qb\":\"end\",\"windows\":1 ,\"rows\":2}",
	   "it is removed from the comma to the end of the value");
	is(put_into("{\"qb\":\"end\",\"windows\":1,\"rows\":2 }",
		    MEMBER_PAYLOAD, SLICE("3"), &to),
	   "{\"qb\":\"end\",\"windows\":1,\"rows\":2 ,\"payload\":3}",
	   "after the last member if none comes later");

	buf_free(&to);
	buf_init(&to, 60);
	if (!reads(&e, "{\"qb\":\"end\",\"windows\":1,\"rows\":2}") ||
	    !buf_add(&to, "before\n", 7, &why))
		BUG(why.text);
	ok(!envelope_put(&e, MEMBER_STAMP, SLICE("\"longer than that\""), &to,
			 &why) &&
		   slice_is(buf_slice(&to), "before\n"),
	   "nothing is added to a full buffer");
	ok(envelope_copy(&e, &to, &why) &&
		   slice_is(buf_slice(&to), "before\n{\"qb\":\"end\","
					    "\"windows\":1,\"rows\":2}\n"),
	   "a copy is the line and its newline");
	ok(!envelope_copy(&e, &to, &why) && to.len == 41,
	   "a copy that does not fit adds nothing");
	buf_clear(&to);
	ok(envelope_write_end(52, 81234, &to, &why), "an end is written");
	is(to.at, "{\"qb\":\"end\",\"windows\":52,\"rows\":81234}\n",
	   "as the contract shows it");
	buf_free(&to);
}

int
main(void)
{
	test_twice();
	test_put();
	test_put_strange();
	return tap_done();
}
