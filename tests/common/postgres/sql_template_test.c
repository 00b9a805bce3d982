/* covers: sql_template */
#include "postgres/sql_template.h"
#include "tap.h"

static const struct sql_variable with[] = {
	{ "schema", "raw" },
	{ "odd", "a\"b'c\\d" },
	{ "empty", "" },
	{ "none", NULL },
	{ "long", "x123456789x123456789x123456789x123456789x123456789"
		  "x1234567890123" },
};

static void
becomes(const char *sql, const char *want, const char *what)
{
	struct failure why = { 0 };
	struct buf to;

	buf_init(&to, 4096);
	if (sql_template_expand(sql, with, LENGTH(with), &to, &why))
		is(to.at, want, what);
	else
		is(why.text, want, what);
	buf_free(&to);
}

int
main(void)
{
	struct failure why = { 0 };
	struct buf to;

	becomes("select * from :\"schema\".t", "select * from \"raw\".t",
		"a name");
	becomes("select :'schema', :\"schema\";", "select 'raw', \"raw\";",
		"a text and a name");
	becomes(":\"odd\" :'odd'", "\"a\"\"b'c\\d\" 'a\"b''c\\d'",
		"quotes are doubled, the others stay");
	becomes("nullif(:'empty', '')", "nullif('', '')", "an empty text");
	becomes(":'none'", "''", "a value that is not there is empty");
	becomes("'1'::bigint, now()::text", "'1'::bigint, now()::text",
		"a cast is no variable");
	becomes("a[1:2], x = :y", "a[1:2], x = :y",
		"a colon without quotes is none either");
	becomes("select ':\"schema\"', \":'schema'\"",
		"select ':\"schema\"', \":'schema'\"", "not inside quotes");
	becomes("select 'it''s :\"schema\"'", "select 'it''s :\"schema\"'",
		"nor where they are doubled");
	becomes("-- it's :'schema'\n:'schema'", "-- it's :'schema'\n'raw'",
		"nor in a comment, whose quotes end nothing");
	becomes("do $$ :'schema' ' $$; :'schema'",
		"do $$ :'schema' ' $$; 'raw'", "nor in a body");
	becomes(":\"empty\"", "empty: a name has 1 to 63 bytes, not 0",
		"an empty name is refused");
	becomes(":\"long\"", "long: a name has 1 to 63 bytes, not 64",
		"and one that the server would cut");
	buf_init(&to, 8);
	ok(!sql_template_expand("select 1234", NULL, 0, &to, &why) &&
		   why.kind == FAILURE_DATA,
	   "a statement past the buffer's bound fails");
	buf_free(&to);
	return tap_done();
}
