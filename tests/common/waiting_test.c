/* covers: waiting; what needs a server is in tests/tools/qb-load-trouble.t */
#include <fcntl.h>

#include "outgoing.h"
#include "rejects.h"
#include "tap.h"

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
	       waiting_add(w, &e, &window, &why);
}

static void
fill(struct waiting *w)
{
	bool added = true;

	waiting_clear(w, 11);
	for (int n = 0; n < ROWS; n++)
		added = added && add(w, n, "46");
	ok(added && w->keys.records == ROWS && w->rows.records == ROWS,
	   "%d rows wait", ROWS);
}

static void
test_verdicts(struct waiting *w)
{
	struct outgoing look = { .look = true };

	fill(w);
	ok(w->latest_us % (60 * CLOCK_SECOND) == 59 * CLOCK_SECOND,
	   "the latest page is known");
	ok(!add(w, 5, "47") && why.kind == FAILURE_DATA,
	   "another company's row is not let in: %s", why.text);
	ok(waiting_all(w, &why) && waiting_want_none(w, &why) &&
		   outgoing_send(w, &w->fresh, &look, &why),
	   "none is wanted: none is looked at");
	for (int n = ROWS - 1; n > 0; n -= 2)
		waiting_want(w, n < ROWS / 2 ? &w->fresh : &w->changed, n);
	ok(!outgoing_send(w, &w->fresh, &look, &why) &&
		   !strncmp(why.text, "line 116: id 105: ", 18) &&
		   strstr(why.next, "--rejects"),
	   "the first that jsonb cannot hold is named, in the order of the "
	   "ids: %s",
	   why.text);
	look.may_refuse = true;
	ok(outgoing_send(w, &w->fresh, &look, &why) &&
		   outgoing_send(w, &w->changed, &look, &why) &&
		   w->fresh.refused == ROWS / 12 + 1 &&
		   w->changed.refused == ROWS / 12,
	   "or all of them are refused, of those that are wanted");
	ok(waiting_want_none(w, &why) && !w->fresh.refused,
	   "in another try none is wanted");
	waiting_want(w, &w->fresh, 3);
	waiting_want(w, &w->fresh, 4);
	ok(wanted_sent(&w->fresh) == 1, "and what is refused stays so");
}

static void
test_sent(struct waiting *w)
{
	struct outgoing look = { .look = true };
	bool noted;

	fill(w);
	noted = waiting_all(w, &why) && waiting_want_none(w, &why);
	ok(!outgoing_refuse(w, 1, true, &why), "none was sent yet");
	for (int n = 0; n < ROWS; n++)
		if (n % BAD)
			waiting_want(w, &w->fresh, n);
	ok(noted && outgoing_send(w, &w->fresh, &look, &why), "again");
	why = (struct failure){ .kind = FAILURE_DATA };
	ok(outgoing_refuse(w, 3, true, &why) && bits_is_on(&w->refused, 100),
	   "the third that was sent is row 100");
	ok(outgoing_refuse(w, 3, true, &why) && bits_is_on(&w->refused, 1000),
	   "and without it, row 1000");
	ok(!outgoing_refuse(w, 1, false, &why) &&
		   strstr(why.text, "line 12: id 1"),
	   "or it is named: %s", why.text);
	ok(!outgoing_refuse(w, ROWS, true, &why),
	   "one that was not sent is none");
}

/* The first rows of the list of all that is wanted. */
static bool
begins_with(struct waiting *w, const int64_t *first, size_t count)
{
	struct waiting_row row;
	bool same = w->fresh.count == ROWS &&
		    waiting_rewind_wanted(w, &w->fresh, &row, &why);

	for (size_t i = 0; i < count && same; i++)
		same = waiting_next_wanted(w, &w->fresh, &row, &why) ==
			       SPOOL_RECORD &&
		       row.n == first[i];
	return same;
}

static bool
want_all(struct waiting *w, bool as_they_came)
{
	bool none = waiting_want_none(w, &why);

	waiting_want_all(w, &w->fresh, as_they_came);
	return none;
}

static bool
all_are_looked_at(struct waiting *w)
{
	struct outgoing look = { .look = true, .may_refuse = true };

	return outgoing_send(w, &w->fresh, &look, &why) &&
	       w->fresh.refused == (ROWS + BAD - 1) / BAD;
}

static void
test_all(struct waiting *w)
{
	static const int64_t sorted[] = { 0, 1, 10, 100 };
	static const int64_t came[] = { 0, 1, 2, 3 };

	fill(w);
	ok(waiting_all(w, &why) && !w->doubled && want_all(w, false) &&
		   begins_with(w, sorted, LENGTH(sorted)),
	   "all are wanted, in the order of their ids");
	ok(all_are_looked_at(w), "and found where they wait");
	fill(w);
	ok(want_all(w, true) && begins_with(w, came, LENGTH(came)),
	   "or as they came");
	ok(want_all(w, true) && all_are_looked_at(w), "and found, too");
	ok(add(w, 5, "46"), "one comes again");
	ok(waiting_all(w, &why) && w->doubled && !waiting_is_ordered(w),
	   "which is known, and their order is not");
}

/* What spool_place() said before each row was added. */
static bool
places_of(struct waiting *w, int64_t *places)
{
	struct slice line;
	int64_t place = 0;
	bool read = spool_rewind(&w->rows, &why);

	for (int64_t n = 0; n < w->rows.records && read; n++) {
		places[n] = place;
		read = spool_next(&w->rows, &line, &why) == SPOOL_RECORD;
		place += (int64_t)(sizeof(size_t) + line.len);
	}
	return read;
}

/* As a server answers: from the last row to the first; each hundredth is older
 * than another. */
static bool
put_in_order(struct waiting *w)
{
	int64_t places[ROWS];
	bool done = places_of(w, places) && waiting_unorder(w, &why);

	for (int n = ROWS - 1; n >= 0; n--)
		done = done &&
		       waiting_order(w, n, places[n], n % 100 == 99, &why);
	return done;
}

static void
test_order(struct waiting *w)
{
	static const int64_t told[] = { 1999, 1998, 1997 };

	fill(w);
	w->doubled = true;
	ok(!waiting_is_ordered(w) && put_in_order(w) && put_in_order(w) &&
		   waiting_is_ordered(w),
	   "an order is told, twice");
	ok(w->older_count == ROWS / 100 && bits_is_on(&w->older, 1099) &&
		   !bits_is_on(&w->older, 1100),
	   "with who is older");
	ok(want_all(w, false) && begins_with(w, told, LENGTH(told)),
	   "they come in that order");
	ok(all_are_looked_at(w), "and are found where they wait");
	waiting_clear(w, 1);
	ok(!w->older_count, "all is forgotten");
}

static void
test_writing(struct waiting *w, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char text[4096] = "";
	int lines = 0;

	ok(fd >= 0 && rejects_write(w, fd, &why), "the refused are written");
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	for (ssize_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	ok(lines == 2 && strstr(text, "\"id\":\"100\"") &&
		   !strncmp(text, "{\"qb\":\"row\"", 11),
	   "whole, a line each");
	close(fd);
	unlink(path);
	fd = open("/dev/full", O_WRONLY);
	ok(!rejects_write(w, fd, &why) && why.kind == FAILURE_IO,
	   "a full disk is told: %s", why.text);
	close(fd);
}

int
main(void)
{
	char path[] = "/tmp/qb-waiting.XXXXXX";
	struct idorder ids;
	struct waiting w;

	close(mkstemp(path));
	idorder_init(&ids);
	waiting_init(&w);
	w.ids = &ids;
	w.keep_lines = true;
	test_verdicts(&w);
	test_sent(&w);
	test_writing(&w, path);
	test_all(&w);
	test_order(&w);
	idorder_free(&ids);
	waiting_free(&w);
	waiting_free(&w);
	return tap_done();
}
