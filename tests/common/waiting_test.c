/* covers: waiting; what needs a server is in tests/tools/qb-load-trouble.t */
#include <fcntl.h>

#include "tap.h"
#include "waiting.h"

enum { ROWS = 2000, BAD = 3 }; /* every third row jsonb cannot hold */

static struct failure why;
static const struct window window = { .start_us = 0, .end_us = CLOCK_DAY };

static bool
add(struct waiting *w, int n, const char *realm)
{
	char line[1024];
	struct envelope e;

	snprintf(line, sizeof(line),
		 "{\"qb\":\"row\",\"window\":{},\"page\":{\"realm\":\"%s\","
		 "\"no\":%d,\"size\":9,\"at\":\"2025-01-01T00:00:%02dZ\","
		 "\"request\":{}},\"row\":{\"id\":\"%d\",\"updated\":null},"
		 "\"payload\":{\"a\":\"%s\"}}",
		 realm, n, n % 60, n, n % BAD ? "b" : "\\u0000");
	return envelope_read(&e, slice_of(line), &why) &&
	       waiting_add(w, &e, &why);
}

static void
fill(struct waiting *w)
{
	bool added = true;

	waiting_clear(w, 11);
	for (int n = 0; n < ROWS; n++)
		added = added && add(w, n, "46");
	ok(added && w->keys.records == ROWS && w->lines.records == ROWS,
	   "%d rows wait", ROWS);
}

static void
test_verdicts(struct waiting *w)
{
	fill(w);
	ok(w->latest_us % (60 * CLOCK_SECOND) == 59 * CLOCK_SECOND,
	   "the latest page is known");
	ok(!add(w, 5, "47") && why.kind == FAILURE_DATA,
	   "another company's row is not let in: %s", why.text);
	ok(waiting_want_none(w, &why) &&
		   waiting_send_wanted(w, NULL, &window, false, &why),
	   "none is wanted: none is looked at");
	for (int n = 1; n < ROWS; n += 2)
		waiting_want(w, n, n < ROWS / 2);
	ok(!waiting_send_wanted(w, NULL, &window, false, &why) &&
		   !strncmp(why.text, "line 14: id 3: ", 15) &&
		   strstr(why.next, "--rejects"),
	   "the first that jsonb cannot hold is named: %s", why.text);
	ok(waiting_send_wanted(w, NULL, &window, true, &why) &&
		   w->refused_count == ROWS / 6 &&
		   w->refused_fresh == ROWS / 12 + 1,
	   "or all of them are refused, of those that are wanted");
	ok(waiting_want_none(w, &why) && w->refused_count == ROWS / 6,
	   "and stay so in another try");
}

static void
test_sent(struct waiting *w)
{
	fill(w);
	ok(waiting_want_none(w, &why), "again");
	for (int n = 0; n < ROWS; n++)
		if (n % BAD)
			waiting_want(w, n, true);
	why = (struct failure){ .kind = FAILURE_DATA };
	ok(waiting_refuse_sent(w, 3, true, &why) && bits_is_on(&w->refused, 4),
	   "the third that was sent is row 4");
	ok(waiting_refuse_sent(w, 3, true, &why) && bits_is_on(&w->refused, 5),
	   "and without it, row 5");
	ok(!waiting_refuse_sent(w, 1, false, &why) &&
		   strstr(why.text, "line 12: id 1"),
	   "or it is named: %s", why.text);
	ok(!waiting_refuse_sent(w, ROWS, true, &why),
	   "one that was not sent is none");
}

static void
test_writing(struct waiting *w, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char text[4096] = "";
	int lines = 0;

	ok(fd >= 0 && waiting_write_refused(w, fd, &why),
	   "the refused are written");
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	for (ssize_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	ok(lines == 3 && strstr(text, "\"id\":\"4\"") &&
		   !strncmp(text, "{\"qb\":\"row\"", 11),
	   "whole, a line each");
	close(fd);
	unlink(path);
	fd = open("/dev/full", O_WRONLY);
	ok(!waiting_write_refused(w, fd, &why) && why.kind == FAILURE_IO,
	   "a full disk is told: %s", why.text);
	close(fd);
}

int
main(void)
{
	char path[] = "/tmp/qb-waiting.XXXXXX";
	struct waiting w;

	close(mkstemp(path));
	waiting_init(&w);
	test_verdicts(&w);
	test_sent(&w);
	test_writing(&w, path);
	waiting_free(&w);
	waiting_free(&w);
	return tap_done();
}
