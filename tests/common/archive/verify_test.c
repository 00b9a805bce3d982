/* An archived file, checked against the entry of its window in the load log. */
#include <fcntl.h>
#include <sys/stat.h>

#include "archive/verify.h"
#include "tap.h"

#define WINDOW \
	"{\"entity\":\"Bill\",\"by\":\"updated\"," \
	"\"start\":\"2025-01-01T00:00:00Z\"," \
	"\"end\":\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":1}"
#define ROW(id) \
	"{\"qb\":\"row\",\"window\":" WINDOW ",\"page\":{},\"row\":{},\"" \
	"payload\":{\"Id\":\"" id "\"}}\n"

static char folder[] = "/tmp/qb-archived.XXXXXX";
static char path[ARCHIVE_PATH], file_path[512], sums_path[512];
static char digest[DIGEST_HEX];
static struct archive_expected want = { .realm = "4620", .rows = 2 };

static void
must(bool done, const struct failure *why)
{
	if (!done) {
		printf("Bail out! %s\n", why->text);
		exit(1);
	}
}

/* The stream of a window with two rows; its digest into `digest`. */
static void
write_stream(struct buf *to)
{
	struct failure why = { 0 };
	struct seal_tally tally;
	struct buf totals;
	struct slice sum;

	buf_init(&totals, 1024);
	seal_tally_init(&tally);
	seal_tally_line(&tally, SLICE(ROW("1")));
	seal_tally_line(&tally, SLICE(ROW("2")));
	must(seal_write_totals(&tally, &totals, &why), &why);
	sum = slice_of(strstr(totals.at, "sha256\":\"") + 9);
	memcpy(digest, sum.at, sizeof(digest) - 1);
	must(buf_printf(to, &why,
			ROW("1") ROW("2") "{\"qb\":\"seal\",\"window\":" WINDOW
					  ",\"fetch\":{\"realm\":\"4620\","
					  "\"pages\":1,\"count_before\":2,"
					  "\"count_after\":2,\"left\":0,%s}}\n"
					  "{\"qb\":\"end\",\"windows\":1,"
					  "\"rows\":2}\n",
			totals.at),
	     &why);
	seal_tally_free(&tally);
	buf_free(&totals);
}

/* Archive `stream` under the name that the window's own digest gives. */
static void
archive_it(struct slice stream)
{
	struct failure why = { 0 };
	struct window window;
	struct archive_writer a;

	must(window_parse(&window, SLICE(WINDOW), &why), &why);
	want.entity = window.entity;
	want.range.start_us = window.start_us;
	want.range.end_us = window.end_us;
	want.sha256 = digest;
	archive_path(&window, SLICE("4620"), digest, path);
	snprintf(file_path, sizeof(file_path), "%s/%s", folder, path);
	snprintf(sums_path, sizeof(sums_path), "%s/4620/Bill/%s", folder,
		 SHA256SUMS_NAME);
	unlink(file_path);
	unlink(sums_path);
	archive_writer_init(&a);
	must(archive_writer_open(&a, folder, 1, &why), &why);
	must(archive_writer_add(&a, stream, &why), &why);
	must(archive_writer_commit(&a, path, &why), &why);
	archive_writer_close(&a);
}

static void
finds(const char *at, enum failure_kind kind, const char *saying,
      const char *what)
{
	struct failure why = { 0 };
	struct archive_verdict found;
	int fd = open(folder, O_RDONLY | O_DIRECTORY);
	bool done = archive_verify(fd, at, &want, &found, &why);

	close(fd);
	ok(done && found.verdict.kind == kind &&
		   strstr(found.verdict.text, saying),
	   "%s", what);
	if (!done || found.verdict.kind != kind)
		printf("# %s%s\n", why.text, found.verdict.text);
}

static void
test_want(void)
{
	static const char other[] = "0123456789ab0123456789ab0123456789ab"
				    "0123456789ab0123456789abcdef";
	struct archive_expected kept = want;

	want.realm = "4621";
	finds(path, FAILURE_DATA, "another window", "another company");
	want = kept;
	want.entity = entity_find(SLICE("Vendor"));
	finds(path, FAILURE_DATA, "another window", "another entity");
	want = kept;
	want.range.end_us++;
	finds(path, FAILURE_DATA, "another window", "another range");
	want = kept;
	want.rows = 3;
	finds(path, FAILURE_DATA, "differs from the load log",
	      "another number of rows");
	want = kept;
	char same_begin[DIGEST_HEX];
	memcpy(same_begin, digest, DIGEST_HEX);
	same_begin[20] = same_begin[20] == '0' ? '1' : '0';
	want.sha256 = same_begin;
	finds(path, FAILURE_DATA, "differs from the load log",
	      "another digest that begins as the file's name says");
	want.sha256 = other;
	finds(path, FAILURE_NONE, "",
	      "quite another one: rows were altered after they were archived");
	want = kept;
}

static void
test_stream(const struct buf *stream)
{
	size_t end = stream->len - strlen("{\"qb\":\"end\",\"windows\":1,"
					  "\"rows\":2}\n");
	struct buf twice;
	struct failure why = { 0 };

	archive_it((struct slice){ stream->at, end });
	finds(path, FAILURE_DATA, "before its end line",
	      "a stream without its end");
	archive_it((struct slice){ stream->at + end, stream->len - end });
	finds(path, FAILURE_DATA, "", "an end alone");
	archive_it(SLICE("{\"qb\":\"end\",\"windows\":0,\"rows\":0}\n"));
	finds(path, FAILURE_DATA, "0 windows", "a stream without a window");
	buf_init(&twice, 64 * 1024);
	must(buf_add_slice(&twice, buf_slice(stream), &why) &&
		     buf_add_slice(&twice, buf_slice(stream), &why),
	     &why);
	archive_it(buf_slice(&twice));
	finds(path, FAILURE_DATA, "2 windows", "two streams in a file");
	buf_free(&twice);
}

static void
remove_folder(void)
{
	char at[512];

	unlink(file_path);
	unlink(sums_path);
	snprintf(at, sizeof(at), "%s/.qb-lock", folder);
	unlink(at);
	snprintf(at, sizeof(at), "%s/4620/Bill", folder);
	rmdir(at);
	snprintf(at, sizeof(at), "%s/4620", folder);
	rmdir(at);
	rmdir(folder);
}

int
main(void)
{
	struct buf stream;

	if (!mkdtemp(folder))
		return 1;
	buf_init(&stream, 64 * 1024);
	write_stream(&stream);
	archive_it(buf_slice(&stream));
	finds(path, FAILURE_NONE, "", "a file that is what it should be");
	finds("4620/Bill/none_none_0.ndjson.gz", FAILURE_LATER, "missing",
	      "a file that is not there");
	finds("4621/Bill/none_none_0.ndjson.gz", FAILURE_LATER, "missing",
	      "a folder that is not there");
	finds("/etc/passwd", FAILURE_DATA, "", "a path from the root");
	finds("../../etc/passwd", FAILURE_DATA, "", "a path that climbs out");
	finds("", FAILURE_DATA, "", "no path");
	test_want();
	unlink(sums_path);
	finds(path, FAILURE_DATA, "does not list it", "no list");
	test_stream(&stream);
	unlink(file_path);
	finds(path, FAILURE_LATER, "missing", "a listed file that is missing");
	if (truncate(sums_path, 0) ||
	    close(open(file_path, O_CREAT | O_WRONLY, 0600)))
		return 1;
	finds(path, FAILURE_DATA, "does not list it", "an empty list");
	buf_free(&stream);
	remove_folder();
	return tap_done();
}
