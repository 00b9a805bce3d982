/* The totals of a window, and rows checked against them. */
#include "stream/seal.h"
#include "tap.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* of "abc" */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define FETCH \
	"\"realm\":\"4620\",\"pages\":3,\"count_before\":9,\"count_after\":7," \
	"\"left\":2,\"rows\":9,\"bytes\":100,\"sha256\":\"" ABC "\""

static struct failure why;

/* Read a seal of the given "fetch", and "jq" where there is one. */
static bool
reads(struct seal *seal, const char *fetch, const char *jq)
{
	static char line[2048];
	struct envelope e;

	snprintf(line, sizeof(line),
		 "{\"qb\":\"seal\",\"window\":{},\"fetch\":%s%s%s}", fetch,
		 jq ? ",\"jq\":" : "", jq ? jq : "");
	why = (struct failure){ 0 };
	if (!envelope_parse(&e, slice_of(line), &why))
		BUG(why.text);
	return seal_parse(seal, &e, &why);
}

#define SCAN \
	"\"start\":\"2025-01-01T00:00:00Z\"," \
	"\"end\":\"2025-03-01T00:00:00Z\",\"windows\":9," \
	"\"count_before\":40,\"count_after\":39,\"rows\":40,\"left\":1," \
	"\"calls\":4"

/* Read a seal with FETCH, `calls` at its end, and the given "scan". */
static bool
reads_scan(struct seal *seal, const char *calls, const char *scan)
{
	char fetch[2048];

	snprintf(fetch, sizeof(fetch), "{" FETCH "%s},\"scan\":%s", calls,
		 scan);
	return reads(seal, fetch, NULL);
}

static void
test_read(void)
{
	struct seal seal;

	ok(reads(&seal, "{" FETCH ",\"more\":[1]}", NULL) &&
		   slice_is(seal.realm, "4620") && seal.pages == 3 &&
		   seal.count_before == 9 && seal.count_after == 7 &&
		   seal.left == 2 && seal.rows == 9 && seal.bytes == 100 &&
		   !strcmp(seal.sha256, ABC),
	   "all numbers of a seal are read, others passed over");
	ok(reads(&seal, "{" FETCH "}",
		 "{\"rows\":1,\"bytes\":2,\"sha256\":\"" EMPTY
		 "\",\"pages\":99,\"left\":99,\"program\":\".\"}") &&
		   seal.rows == 1 && seal.bytes == 2 && seal.pages == 3 &&
		   seal.left == 2 && seal.fetched == 9 &&
		   !strcmp(seal.sha256, EMPTY),
	   "the three totals of jq win, and nothing else of it counts");
	ok(reads(&seal,
		 "{\"realm\":\"1\",\"pages\":0,\"count_before\":null,"
		 "\"count_after\":null,\"left\":0,\"rows\":5,\"bytes\":0,"
		 "\"sha256\":\"" EMPTY "\"}",
		 NULL) &&
		   seal.count_before == -1 && seal.count_after == -1,
	   "counts that were not asked for are -1");
}

/* A seal of 3 lines, one of them gone, with what was read of the whole. */
static bool
reads_whole(struct seal *seal, const char *whole)
{
	char fetch[1024];

	snprintf(fetch, sizeof(fetch),
		 "{\"realm\":\"1\",\"pages\":1,\"count_before\":null,"
		 "\"count_after\":null,\"left\":0,\"gone\":1,\"rows\":3,"
		 "\"bytes\":9,\"sha256\":\"" ABC "\",\"whole\":%s}",
		 whole);
	return reads(seal, fetch, NULL);
}

static void
test_whole(void)
{
	static const char *const refused[] = {
		"[]",
		"{\"at\":\"2025-01-01T00:00:00Z\",\"rows\":57}",
		"{\"at\":\"2025-01-01T00:00:00Z\",\"known\":55}",
		"{\"rows\":57,\"known\":55}",
		"{\"at\":\"2025-01-01\",\"rows\":57,\"known\":55}",
		"{\"at\":\"2025-01-01T00:00:00Z\",\"rows\":-2,\"known\":55}",
	};
	struct seal seal;

	ok(reads_whole(&seal, "{\"at\":\"2025-01-01T00:00:00Z\",\"rows\":57,"
			      "\"known\":55,\"more\":{}}") &&
		   seal.whole_rows == 57 && seal.whole_known == 55 &&
		   seal.log_at_us == INT64_C(1735689600000000),
	   "what was read of the whole is read");
	ok(reads(&seal, "{" FETCH "}", NULL) && seal.whole_rows == -1 &&
		   !seal.log_at_us,
	   "other windows have none");
	ok(!reads_whole(&seal, "{\"at\":\"2025-01-01T00:00:00Z\",\"rows\":58,"
			       "\"known\":55}") &&
		   strstr(why.text, "2 rows came and 55 were known, of 58"),
	   "a row that neither came nor was known is an error");
	for (size_t i = 0; i < LENGTH(refused); i++)
		ok(!reads_whole(&seal, refused[i]) &&
			   strstr(why.text, "\"whole\" is wrong"),
		   "refused: %s", refused[i]);
}

static void
test_scan(void)
{
	static const struct {
		const char *scan, *error;
	} refused[] = {
		{ "[]", "\"scan\" is not an object" },
		{ "{}", "scan: count_before, count_after, rows and left are "
			"all needed" },
		{ "{" SCAN ",\"windows\":-1}", "scan: \"windows\" is wrong" },
		{ "{" SCAN ",\"calls\":null}", "scan: \"calls\" is wrong" },
		{ "{" SCAN ",\"left\":\"1\"}", "scan: \"left\" is wrong" },
		{ "{" SCAN ",\"count_before\":-5}",
		  "scan: \"count_before\" is wrong" },
		{ "{" SCAN ",\"rows\":41}",
		  "scan: 41 rows, 1 of which left the range, do not match the "
		  "count of 39 after" },
	};
	struct seal seal;

	ok(reads(&seal, "{" FETCH "}", NULL) && seal.calls == -1,
	   "the calls of an old seal are not known");
	ok(reads_scan(&seal, ",\"calls\":4", "{" SCAN "}") && seal.calls == 4 &&
		   seal.rows == 9 && seal.left == 2 && seal.count_before == 9 &&
		   seal.count_after == 7,
	   "a scan leaves the numbers of its window as they are");
	ok(reads_scan(&seal, ",\"calls\":0",
		      "{\"count_before\":null,\"count_after\":null,"
		      "\"rows\":5,\"left\":0,\"more\":{}}") &&
		   seal.calls == 0,
	   "a scan that was not counted, and unknown members, are read");
	ok(!reads_scan(&seal, ",\"calls\":-4", "{" SCAN "}") &&
		   !strcmp(why.text, "fetch: \"calls\" is wrong"),
	   "no window took less than no call");
	for (size_t i = 0; i < LENGTH(refused); i++)
		ok(!reads_scan(&seal, "", refused[i].scan) &&
			   why.kind == FAILURE_DATA &&
			   !strcmp(why.text, refused[i].error),
		   "refused: %s", refused[i].error);
}

static const struct {
	const char *from, *to; /* in FETCH */
	const char *error;
} wrong[] = {
	{ "\"rows\":9,", "\"rows\":-9,", "fetch: \"rows\" is wrong" },
	{ "\"rows\":9,", "\"rows\":9.0,", "fetch: \"rows\" is wrong" },
	{ "\"rows\":9,", "\"rows\":null,", "fetch: \"rows\" is wrong" },
	{ "\"rows\":9,", "\"rows\":\"9\",", "fetch: \"rows\" is wrong" },
	{ "\"bytes\":100,", "\"bytes\":1e2,", "fetch: \"bytes\" is wrong" },
	{ "\"pages\":3,", "\"pages\":-1,", "fetch: \"pages\" is wrong" },
	{ "\"left\":2,", "\"left\":null,", "fetch: \"left\" is wrong" },
	{ "\"count_before\":9,", "\"count_before\":-1,",
	  "fetch: \"count_before\" is wrong" },
	{ "\"count_after\":7,", "\"count_after\":\"7\",",
	  "fetch: \"count_after\" is wrong" },
	{ "\"4620\"", "4620", "fetch: \"realm\" is wrong" },
	{ "\"4620\"", "\"\"", "fetch: \"realm\" is wrong" },
	{ "\"4620\"", "\"46x0\"", "fetch: \"realm\" is wrong" },
	{ "\"4620\"", "\"46\\u0032\"", "fetch: \"realm\" is wrong" },
	{ "\"4620\"", "\"11111111112222222222333333333344\"",
	  "fetch: \"realm\" is wrong" },
	{ "ad\"", "a\"", "fetch: \"sha256\" is wrong" },
	{ "ad\"", "add\"", "fetch: \"sha256\" is wrong" },
	{ "\"count_after\":7,", "\"count_after\":8,",
	  "fetch: 9 rows, 2 of which left the range, do not match the count of "
	  "8 after" },
	{ "\"left\":2,", "\"left\":9223372036854775807,",
	  "fetch: 9 rows, 9223372036854775807 of which left the range, do not "
	  "match the count of 7 after" },
};

static const char *const needed[] = {
	"\"realm\"", "\"pages\"", "\"count_before\"", "\"count_after\"",
	"\"left\"",  "\"rows\"",  "\"bytes\"",        "\"sha256\"",
};

/* FETCH with `from`, which it holds, replaced by `to`. */
static const char *
changed(const char *from, const char *to)
{
	static char text[1024];
	static const char fetch[] = "{" FETCH "}";
	const char *at = strstr(fetch, from);

	if (!at)
		BUG("not in FETCH");
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - fetch), fetch, to,
		 at + strlen(from));
	return text;
}

static void
test_wrong(void)
{
	struct seal seal;

	for (size_t i = 0; i < LENGTH(wrong); i++) {
		ok(!reads(&seal, changed(wrong[i].from, wrong[i].to), NULL) &&
			   !strcmp(why.text, wrong[i].error) &&
			   why.kind == FAILURE_DATA,
		   "refused: %s", wrong[i].to);
		if (strcmp(why.text, wrong[i].error))
			printf("# got:  %s\n", why.text);
	}
	for (size_t i = 0; i < LENGTH(needed); i++)
		ok(!reads(&seal, changed(needed[i], "\"other\""), NULL) &&
			   strstr(why.text, "are all needed"),
		   "a fetch without %s is refused", needed[i]);
	ok(!reads(&seal, "[]", NULL), "a fetch that is no object is refused");
	ok(!reads(&seal, "{" FETCH "}", "3"), "an invalid jq is refused, too");
	ok(!reads(&seal, "{" FETCH "}", "{\"rows\":1,\"bytes\":2}") &&
		   !strcmp(why.text,
			   "jq: rows, bytes and sha256 are all needed"),
	   "and one without all three totals");
}

static void
add_row(struct seal_tally *t, const char *line)
{
	struct envelope e;

	if (!envelope_parse(&e, slice_of(line), &why))
		BUG(why.text);
	seal_tally_row(t, &e);
}

#define BEGIN "{\"qb\":\"row\",\"window\":1,\"page\":2 ,\"row\":3 "
#define REST " ,\"payload\":{\"stamp\":1}}"

static void
test_tally(void)
{
	struct seal_tally plain, stamped;
	struct seal seal = { 0 };
	struct buf one, other;

	seal_tally_init(&plain);
	seal_tally_init(&stamped);
	buf_init(&one, 1024);
	buf_init(&other, 1024);
	add_row(&plain, BEGIN REST);
	add_row(&stamped, BEGIN ",\"stamp\" : {\"run\":\"x\"}" REST);
	ok(plain.rows == 1 && plain.bytes == sizeof(BEGIN REST) &&
		   stamped.bytes == plain.bytes,
	   "a row counts with its newline and without its stamp");
	ok(seal_write_totals(&plain, &one, &why) &&
		   seal_write_totals(&stamped, &other, &why) &&
		   slice_equal(buf_slice(&one), buf_slice(&other)),
	   "stamped or not the digest is the same");
	ok(!plain.rows && !plain.bytes, "written totals begin anew");
	seal_tally_line(&plain, SLICE(BEGIN REST "\n"));
	buf_clear(&other);
	ok(seal_write_totals(&plain, &other, &why) &&
		   slice_equal(buf_slice(&one), buf_slice(&other)),
	   "a line that is not parsed counts the same");

	memcpy(seal.sha256, ABC, DIGEST_HEX);
	seal.rows = 1;
	seal.bytes = 3;
	seal_tally_line(&plain, SLICE("abc"));
	ok(seal_verify(&seal, &plain, &why), "a seal holds");
	ok(!seal_verify(&seal, &plain, &why) && why.kind == FAILURE_DATA,
	   "and not a second time: the tally was cleared");
	is(why.text, "0 rows came, the seal says 1", "rows are compared first");
	seal_tally_line(&plain, SLICE("ab"));
	ok(!seal_verify(&seal, &plain, &why), "then bytes");
	is(why.text, "2 bytes of rows came, the seal says 3", "and reported");
	seal_tally_line(&plain, SLICE("abd"));
	ok(!seal_verify(&seal, &plain, &why), "then the digest");
	is(why.text,
	   "the rows were changed after they were sealed: their SHA-256 is "
	   "a52d159f262b..., the seal says ba7816bf8f01...",
	   "and reported, too");
	seal_tally_free(&plain);
	seal_tally_free(&stamped);
	buf_free(&one);
	buf_free(&other);
}

#define OPEN_SEAL "{\"qb\":\"seal\",\"window\":{},\"fetch\":{" FETCH "}"

/* Does its sum hold, with `more` at its end? */
static bool
sum_holds(const struct buf *line, const char *more)
{
	static char text[2048];
	struct envelope e;

	snprintf(text, sizeof(text), "%.*s%s}", (int)line->len - 2, line->at,
		 more);
	why = (struct failure){ 0 };
	if (!envelope_parse(&e, slice_of(text), &why))
		BUG(why.text);
	return seal_verify_sum(&e, &why);
}

static void
test_sum(void)
{
	struct buf line, next;
	struct envelope e;

	buf_init(&line, 2048);
	buf_init(&next, 2048);
	if (!buf_printf(&line, &why, "before\n" OPEN_SEAL) ||
	    !seal_close(&line, strlen("before\n"), &why))
		BUG(why.text);
	memmove(line.at, line.at + 7, line.len - 7);
	buf_truncate(&line, line.len - 7);
	ok(sum_holds(&line, ""), "the sum of a seal holds %s", why.text);
	ok(!sum_holds(&line, ",\"x\":1") && why.kind == FAILURE_DATA,
	   "and not when a member came: %s", why.text);
	ok(!sum_holds(&line, " "), "nor a blank");
	if (!envelope_parse(&e, (struct slice){ line.at, line.len - 1 }, &why))
		BUG(why.text);
	ok(seal_put(&e, MEMBER_STAMP, SLICE("{}"), &next, &why) &&
		   sum_holds(&next, ""),
	   "a member that a stage writes is covered by a new one");
	ok(!strncmp(next.at, "{\"qb\":\"seal\",\"sum\":\"", 20) &&
		   !strstr(next.at + 20, "\"sum\"") &&
		   strstr(next.at, ",\"stamp\":{}}\n"),
	   "which is first, and the only one");
	buf_clear(&line);
	if (!buf_printf(&line, &why, OPEN_SEAL "}\n"))
		BUG(why.text);
	ok(sum_holds(&line, ""), "a seal without a sum holds");
	ok(!sum_holds(&line, ",\"sum\":1") &&
		   !sum_holds(&line, ",\"sum\":\"\""),
	   "one with something else does not");
	buf_free(&next);
	buf_free(&line);
}

int
main(void)
{
	test_read();
	test_whole();
	test_scan();
	test_wrong();
	test_tally();
	test_sum();
	return tap_done();
}
