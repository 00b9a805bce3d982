/* covers: gone stream seal - lines that say that an object is gone. */
#include "base/clock.h"
#include "stream/gone.h"
#include "streams.h"
#include "tap.h"

static const struct {
	const char *name, *object, *error;
} bad[] = {
	{ "an array", "[]", "\"gone\" is not an object" },
	{ "nothing", "{}", "gone: id, at and by are all needed" },
	{ "no id", "{\"at\":\"" AT "\",\"by\":\"cdc\"}",
	  "gone: id, at and by are all needed" },
	{ "an empty id", "{\"id\":\"\",\"at\":\"" AT "\",\"by\":\"cdc\"}",
	  "gone: id, at and by are all needed" },
	{ "an id that is a number", "{\"id\":7,\"at\":\"" AT "\"}",
	  "gone: \"id\" is wrong" },
	{ "an id with a NUL",
	  "{\"id\":\"a\\u0000b\",\"at\":\"" AT "\",\"by\":\"cdc\"}",
	  "gone: \"id\" contains a NUL" },
	{ "no time", "{\"id\":\"7\",\"by\":\"cdc\"}",
	  "gone: id, at and by are all needed" },
	{ "a time without an offset",
	  "{\"id\":\"7\",\"at\":\"2025-01-02T03:04:05\",\"by\":\"cdc\"}",
	  "gone: \"at\" is wrong" },
	{ "a deletion that is no time",
	  "{\"id\":\"7\",\"at\":\"" AT "\",\"deleted\":null,\"by\":\"cdc\"}",
	  "gone: \"deleted\" is wrong" },
	{ "unknown evidence",
	  "{\"id\":\"7\",\"at\":\"" AT "\",\"by\":\"hearsay\"}",
	  "gone: \"by\" is wrong" },
	{ "no evidence", "{\"id\":\"7\",\"at\":\"" AT "\"}",
	  "gone: id, at and by are all needed" },
};

static void
test_member(void)
{
	struct buf room;
	struct gone g;
	int64_t at_us, deleted_us;

	buf_init(&room, MOST);
	must(clock_parse(SLICE(AT), &at_us) &&
	     clock_parse(SLICE("2025-09-11T10:00:00Z"), &deleted_us));
	ok(gone_parse(&g,
		      SLICE("{\"id\":\"7\",\"at\":\"" AT
			    "\",\"deleted\":\"2025-09-11T10:00:00Z\",\"by\":"
			    "\"cdc\",\"more\":[1]}"),
		      &room, &why) &&
		   slice_is(g.id, "7") && g.at_us == at_us &&
		   g.deleted_us == deleted_us && g.by == GONE_BY_CDC,
	   "all members are read, others ignored");
	ok(gone_parse(&g,
		      SLICE("{\"by\":\"census\",\"id\":\"\\u00e9\",\"at\":\"" AT
			    "\"}"),
		      &room, &why) &&
		   slice_is(g.id, "\xc3\xa9") && g.deleted_us == at_us &&
		   !g.deleted.at && g.by == GONE_BY_CENSUS,
	   "when it was deleted need not be known");
	for (size_t i = 0; i < LENGTH(bad); i++) {
		why = (struct failure){ 0 };
		bool refused =
			!gone_parse(&g, slice_of(bad[i].object), &room, &why);

		ok(refused && why.kind == FAILURE_DATA, "refused: %s",
		   bad[i].name);
		is(why.text, bad[i].error, bad[i].name);
	}
	why = (struct failure){ 0 };
	buf_free(&room);
}

static void
add_gone(struct buf *to, struct seal_tally *t, const char *window,
	 const char *id)
{
	const struct gone gone = { .id = slice_of(id),
				   .at = SLICE(AT),
				   .by = GONE_BY_CENSUS };
	struct envelope e;
	size_t start = to->len;

	must(gone_write(&gone, slice_of(window), to, &why) &&
	     envelope_parse(
		     &e, (struct slice){ to->at + start, to->len - start - 1 },
		     &why));
	seal_tally_row(t, &e);
}

/* A row and two that are gone; the seal says `count` and `gone`. */
static void
make_window(struct buf *to, int count, int gone)
{
	struct seal_tally t;

	buf_clear(to);
	seal_tally_init(&t);
	add_row(to, &t, ONE, "1", NULL);
	add_gone(to, &t, ONE, "2\"");
	add_gone(to, &t, ONE, "3");
	size_t start = to->len;
	must(buf_printf(to, &why,
			"{\"qb\":\"seal\",\"window\":" ONE
			",\"fetch\":{\"realm\":\"46\",\"pages\":1,"
			"\"count_before\":%d,\"count_after\":%d,\"left\":0,"
			"\"gone\":%d,",
			count, count, gone));
	must(seal_write_totals(&t, to, &why));
	add(to, "}");
	must(seal_close(to, start, &why));
	add_end(to, 1, 3);
	seal_tally_free(&t);
}

static void
test_stream(void)
{
	struct seen seen;
	struct buf bytes;

	seen_init(&seen);
	buf_init(&bytes, MOST);
	make_window(&bytes, 1, 2);
	read_stream(&seen, buf_slice(&bytes));
	ok(seen.last == STREAM_DONE && seen.windows == 1 && seen.rows == 3,
	   "a window of one row and two gone lines");

	make_window(&bytes, 2, 1);
	read_stream(&seen, buf_slice(&bytes));
	ok(seen.last == STREAM_FAILED && !seen.windows &&
		   why.kind == FAILURE_DATA &&
		   strstr(why.text, "2 gone lines came, the seal says 1"),
	   "a row does not pass for a gone line");

	make_window(&bytes, 3, 2);
	read_stream(&seen, buf_slice(&bytes));
	ok(seen.last == STREAM_FAILED && why.kind == FAILURE_DATA &&
		   strstr(why.text, "fetch: 1 rows, 0 of which left the range, "
				    "do not match the count of 3 after"),
	   "what is gone is not among the rows that were counted");

	make_window(&bytes, 1, 2);
	char *gone = strstr(bytes.at, "{\"qb\":\"gone\"");
	size_t line = strcspn(gone, "\n") + 1;
	memmove(gone, gone + line,
		bytes.len - line - (size_t)(gone - bytes.at));
	bytes.len -= line;
	read_stream(&seen, buf_slice(&bytes));
	ok(seen.last == STREAM_FAILED && !seen.windows,
	   "a gone line that is lost breaks the seal");
	buf_free(&bytes);
	seen_free(&seen);
}

int
main(void)
{
	test_member();
	test_stream();
	return tap_done();
}
