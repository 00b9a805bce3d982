/* Streams of windows: the rules of qb-envelope(5), one by one. */
#include "streams.h"
#include "tap.h"

static void
test_whole(struct slice three, const struct seen *truth)
{
	struct buf twice, packed;
	struct seen seen;

	seen_init(&seen);
	buf_init(&twice, MOST);
	buf_init(&packed, MOST);
	ok(truth->last == STREAM_DONE && truth->windows == 3 &&
		   truth->ends == 1 && truth->line == 7 && truth->rows == 3,
	   "three windows, one of them empty, are read to the end");
	ok(truth->firsts == 3, "the first envelope of each window is marked");

	add_gzip(&packed, three);
	read_stream(&seen, buf_slice(&packed));
	ok(seen.last == STREAM_DONE && seen.windows == 3 &&
		   is_true(&seen, truth),
	   "out of gzip they are the same");
	add_gzip(&packed, three);
	read_stream(&seen, buf_slice(&packed));
	ok(seen.last == STREAM_DONE && seen.windows == 6 && seen.ends == 2,
	   "two files of gzip, one after the other");

	must(buf_add_slice(&twice, three, &why));
	must(buf_add_slice(&twice, three, &why));
	add_end(&twice, 0, 0);
	read_stream(&seen, buf_slice(&twice));
	ok(seen.last == STREAM_DONE && seen.windows == 6 && seen.ends == 3 &&
		   seen.rows == 6,
	   "streams may follow each other, one without windows too");
	twice.at[twice.len - 3] = '1';
	read_stream(&seen, buf_slice(&twice));
	ok(seen.last == STREAM_FAILED && why.kind == FAILURE_DATA,
	   "an end speaks of its own part alone");
	is(why.text,
	   "line 15: 0 windows with 0 rows came, the end line says 0 with 1",
	   "and what it says must be so");
	buf_free(&twice);
	buf_free(&packed);
	seen_free(&seen);
}

/* What is refused, built by the lines that follow the first `keep` of three. */
static void
refuses(const struct buf *three, int keep, struct slice more,
	enum failure_kind kind, const char *text, const char *what)
{
	struct seen seen;
	struct buf bytes;
	const char *at = three->at;

	seen_init(&seen);
	buf_init(&bytes, MOST);
	while (keep-- > 0)
		at = strchr(at, '\n') + 1;
	must(buf_add(&bytes, three->at, (size_t)(at - three->at), &why));
	must(buf_add_slice(&bytes, more, &why));
	read_stream(&seen, buf_slice(&bytes));
	ok(seen.last == STREAM_FAILED && why.kind == kind &&
		   !strcmp(why.text, text),
	   "refused: %s", what);
	if (strcmp(why.text, text))
		printf("# got:  %s\n# want: %s\n", why.text, text);
	buf_free(&bytes);
	seen_free(&seen);
}

#define IN_ONE "Customer 1/3 (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z): "
#define IN_TWO "Customer 2/3 (2025-01-08T00:00:00Z to 2025-01-15T00:00:00Z): "
#define NO_SHA \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SEAL_TWO(rows, bytes, sha) \
	"{\"qb\":\"seal\",\"window\":" TWO ",\"fetch\":{\"realm\":\"46\"," \
	"\"pages\":1,\"count_before\":null,\"count_after\":null,\"left\":0" \
	",\"rows\":" rows ",\"bytes\":" bytes ",\"sha256\":\"" sha "\"}}\n"

static void
test_ends(const struct buf *three)
{
	refuses(three, 0, SLICE(""), FAILURE_LATER,
		"input ended before its end line (complete windows: 0, rows: "
		"0)",
		"nothing at all");
	refuses(three, 3, SLICE(""), FAILURE_LATER,
		"line 3: input ended before its end line (complete windows: 1, "
		"rows: 2)",
		"a stream that ends after a seal");
	refuses(three, 2, SLICE(""), FAILURE_LATER,
		"line 2: " IN_ONE "input ended before its end line (complete "
		"windows: 0, rows: 0)",
		"one that ends inside a window");
	refuses(three, 7, SLICE("{\"qb\":\"row\""), FAILURE_DATA,
		"line 8: the last line is incomplete: it has no newline",
		"a line without its newline after the end");
	refuses(three, 7, SLICE("\n"), FAILURE_DATA,
		"line 8: byte 0: a value is missing",
		"an empty line after the end");
	refuses(three, 2, SLICE("{\"qb\":\"end\",\"windows\":0,\"rows\":0}\n"),
		FAILURE_DATA,
		"line 3: " IN_ONE
		"the end line comes before the seal of this window",
		"an end while a window is open");
	refuses(three, 6, SLICE("{\"qb\":\"end\",\"windows\":2,\"rows\":3}\n"),
		FAILURE_DATA,
		"line 7: 3 windows with 3 rows came, the end line says 2 with "
		"3",
		"an end with too few windows");
	refuses(three, 6, SLICE("{\"qb\":\"end\",\"windows\":3,\"rows\":4}\n"),
		FAILURE_DATA,
		"line 7: 3 windows with 3 rows came, the end line says 3 with "
		"4",
		"an end with too many rows");
	refuses(three, 6,
		SLICE("{\"qb\":\"end\",\"windows\":3.0,\"rows\":3}\n"),
		FAILURE_DATA, "line 7: the end line has invalid totals",
		"an end with a number that is not whole");
}

static void
test_seals(const struct buf *three)
{
	refuses(three, 2, SLICE(SEAL_TWO("0", "0", NO_SHA)), FAILURE_DATA,
		"line 3: " IN_ONE
		"another window begins before this one is sealed",
		"the seal of another window");
	refuses(three, 3, SLICE(SEAL_TWO("1", "0", NO_SHA)), FAILURE_DATA,
		"line 4: " IN_TWO "0 rows came, the seal says 1",
		"a seal with more rows than came");
	refuses(three, 3, SLICE(SEAL_TWO("0", "1", NO_SHA)), FAILURE_DATA,
		"line 4: " IN_TWO "0 bytes of rows came, the seal says 1",
		"a seal with more bytes than came");
	refuses(three, 3,
		SLICE(SEAL_TWO("0", "0",
			       "f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b93"
			       "4ca495991b7852b855")),
		FAILURE_DATA,
		"line 4: " IN_TWO
		"the rows were changed after they were sealed: their SHA-256 "
		"is "
		"e3b0c44298fc..., the seal says f3b0c44298fc...",
		"a seal with another digest");
	refuses(three, 0,
		SLICE("{\"qb\":\"row\",\"window\":{},\"page\":1,\"row\":1,"
		      "\"payload\":1}\n"),
		FAILURE_DATA,
		"line 1: window: entity, by, start, end, no and of are all "
		"needed",
		"a row of a window that says nothing");
	refuses(three, 1,
		SLICE("{\"qb\":\"row\",\"window\":" TWO
		      ",\"page\":1,\"row\":1,\"payload\":1}\n"),
		FAILURE_DATA,
		"line 2: " IN_ONE
		"another window begins before this one is sealed",
		"rows of two windows mixed");
	refuses(three, 1, SLICE("{\"qb\":\"ticket\",\"window\":" ONE "}\n"),
		FAILURE_DATA, "line 2: " IN_ONE "a ticket instead of a row",
		"a ticket among rows");
	refuses(three, 0,
		SLICE("{\"qb\":\"receipt\",\"window\":" ONE ",\"load\":1}\n"),
		FAILURE_DATA, "line 1: a receipt instead of a row",
		"a receipt");
	refuses(three, 1, SLICE("nonsense\n"), FAILURE_DATA,
		"line 2: " IN_ONE "byte 0: not a JSON value",
		"a line that is not JSON");
}

/* Rows lost, doubled, or in another order: lines 0 and 1 are the first
 * window's. */
static void
test_rows_moved(const struct buf *three, const struct seen *truth)
{
	static const int orders[][4] = {
		{ 1, 2, -1 },
		{ 0, 2, -1 },
		{ 1, 0, 2, -1 },
		{ 0, 0, 1, 2 },
	};
	const char *line[3], *at = three->at;
	struct seen seen;
	struct buf bytes;

	seen_init(&seen);
	buf_init(&bytes, MOST);
	for (size_t i = 0; i < LENGTH(line); i++) {
		line[i] = at;
		at = strchr(at, '\n') + 1;
	}
	for (size_t i = 0; i < LENGTH(orders); i++) {
		buf_clear(&bytes);
		for (size_t k = 0; k < 4 && orders[i][k] >= 0; k++) {
			const char *from = line[orders[i][k]];
			size_t len = strcspn(from, "\n") + 1;

			must(buf_add(&bytes, from, len, &why));
		}
		add(&bytes, at);
		read_stream(&seen, buf_slice(&bytes));
		ok(seen.last == STREAM_FAILED && !seen.windows &&
			   why.kind == FAILURE_DATA && is_true(&seen, truth),
		   "rows lost, moved or doubled break the seal (%zu)", i);
	}
	buf_free(&bytes);
	seen_free(&seen);
}

int
main(void)
{
	struct seen truth;
	struct buf three;

	buf_init(&three, MOST);
	seen_init(&truth);
	make_three(&three, true);
	read_stream(&truth, buf_slice(&three));
	test_whole(buf_slice(&three), &truth);
	test_ends(&three);
	test_seals(&three);
	test_rows_moved(&three, &truth);
	seen_free(&truth);
	buf_free(&three);
	return tap_done();
}
