/* Names of runs, and stamps. */
#include "stream/run_stamp.h"
#include "tap.h"
#include "json/json.h"

static struct failure why;

static void
is_refused(const char *id, const char *at, const char *text)
{
	struct run_stamp run;

	ok(!run_stamp_init(&run, id, at, &why) && why.kind == FAILURE_USAGE,
	   "refused: %s %s", id ? id : "", at ? at : "");
	is(why.text, text, "and why");
}

static void
test_refused(void)
{
	static const char name[] = "the run name takes printable ASCII "
				   "without \" and \\";
	char longest[RUN_STAMP_LONGEST_ID + 2];

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	is_refused(longest, NULL,
		   "the run name takes 1 to 128 characters, not 129");
	is_refused("", NULL, "the run name takes 1 to 128 characters, not 0");
	is_refused("a\"b", NULL, name);
	is_refused("a\\b", NULL, name);
	is_refused("a\nb", NULL, name);
	is_refused("caf\xc3\xa9", NULL, name);
	is_refused("a\x7f", NULL, name);
	is_refused("x", "yesterday",
		   "--at takes a time such as 2025-01-31T10:00:00Z, not "
		   "\"yesterday\"");
	is_refused("x", "2025-01-31T10:00:00",
		   "--at takes a time such as 2025-01-31T10:00:00Z, not "
		   "\"2025-01-31T10:00:00\"");
}

static void
test_stamp(void)
{
	struct run_stamp run;
	struct buf to;

	buf_init(&to, RUN_STAMP_LONGEST_STAMP);
	ok(run_stamp_init(&run, "night ~7", "2025-01-31T10:00:00.25+01:00",
			  &why) &&
		   run_stamp_write(&run, &to, &why),
	   "a stamp is written");
	is(to.at,
	   "{\"ingested_at\":\"2025-01-31T09:00:00.25Z\",\"run\":\"night ~7\"}",
	   "it says when, in UTC, and which run");

	char longest[RUN_STAMP_LONGEST_ID + 1];
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	buf_clear(&to);
	ok(run_stamp_init(&run, longest, "9999-12-31T23:59:59.123456Z", &why) &&
		   run_stamp_write(&run, &to, &why) &&
		   json_check(buf_slice(&to), &why),
	   "the longest stamp fits its bound");
	buf_free(&to);
}

static void
test_made(void)
{
	struct run_stamp one, other;
	int64_t before = clock_now_us(), at_us;
	struct slice key, value, text;
	struct json j;
	struct buf to;

	buf_init(&to, RUN_STAMP_LONGEST_STAMP);
	ok(run_stamp_init(&one, NULL, NULL, &why) &&
		   run_stamp_init(&other, NULL, NULL, &why) &&
		   strcmp(one.id, other.id) && strlen(one.id) == 25 &&
		   one.id[8] == 'T' && one.id[15] == 'Z' && one.id[16] == '-',
	   "names that are made differ");
	ok(run_stamp_write(&one, &to, &why), "a stamp without a fixed time");
	json_begin(&j, buf_slice(&to));
	ok(json_object(&j) && json_key(&j, &key) && json_value(&j, &value) &&
		   json_plain_string(value, &text) &&
		   clock_parse(text, &at_us) && at_us >= before &&
		   at_us <= clock_now_us(),
	   "has the time of its writing");
	buf_free(&to);
}

int
main(void)
{
	test_refused();
	test_stamp();
	test_made();
	return tap_done();
}
