/* covers: row_buffer sender rejects; what needs a server is in
 * tests/tools/qb-load-trouble.t */
#include <fcntl.h>

#include "load/rejects.h"
#include "load/sender.h"
#include "tap.h"

enum { ROWS = 2000, BAD = 3 }; /* every third row jsonb cannot hold */

static struct failure why;
static const struct window window = { .start_us = 0, .end_us = CLOCK_DAY };

static bool
add(struct row_buffer *rb, int n, const char *realm)
{
	char line[1024];
	struct envelope e;

	snprintf(line, sizeof(line),
		 "{\"qb\":\"row\",\"window\":{},\"page\":{\"realm\":\"%s\","
		 "\"no\":%d,\"size\":9,\"at\":\"2025-01-01T00:00:%02dZ\","
		 "\"request\":{}},\"row\":{\"id\":\"%d\",\"updated\":null},"
		 "\"payload\":{\"a\":\"%s\"}}",
		 realm, n, n % 60, n, n % BAD ? "b" : "\\u0000");
	return envelope_parse(&e, slice_of(line), &why) &&
	       row_buffer_add(rb, &e, &window, &why);
}

static void
fill(struct row_buffer *rb)
{
	bool added = true;

	row_buffer_clear(rb, 11);
	for (int n = 0; n < ROWS; n++)
		added = added && add(rb, n, "46");
	ok(added && rb->keys.records == ROWS && rb->rows.records == ROWS,
	   "%d rows wait", ROWS);
}

static void
test_selection(struct row_buffer *rb)
{
	struct sender to = { .check_payloads = true };

	fill(rb);
	ok(rb->latest_us % (60 * CLOCK_SECOND) == 59 * CLOCK_SECOND,
	   "the latest page is known");
	ok(!add(rb, 5, "47") && why.kind == FAILURE_DATA,
	   "another company's row is not let in: %s", why.text);
	ok(row_buffer_finish(rb, &why) && row_buffer_select_none(rb, &why) &&
		   sender_send_rows(rb, &rb->to_insert, &to, &why),
	   "none is wanted: none is looked at");
	for (int n = ROWS - 1; n > 0; n -= 2)
		row_buffer_select(
			rb, n < ROWS / 2 ? &rb->to_insert : &rb->to_update, n);
	ok(!sender_send_rows(rb, &rb->to_insert, &to, &why) &&
		   !strncmp(why.text, "line 116: id 105: ", 18) &&
		   strstr(why.next, "--rejects"),
	   "the first that jsonb cannot hold is named, in the order of the "
	   "ids: %s",
	   why.text);
	to.may_reject = true;
	ok(sender_send_rows(rb, &rb->to_insert, &to, &why) &&
		   sender_send_rows(rb, &rb->to_update, &to, &why) &&
		   rb->to_insert.rejected == ROWS / 12 + 1 &&
		   rb->to_update.rejected == ROWS / 12,
	   "or all of them are refused, of those that are wanted");
	ok(row_buffer_select_none(rb, &why) && !rb->to_insert.rejected,
	   "in another try none is wanted");
	row_buffer_select(rb, &rb->to_insert, 3);
	row_buffer_select(rb, &rb->to_insert, 4);
	ok(row_selection_sent(&rb->to_insert) == 1,
	   "and what is refused stays so");
}

static void
test_sent(struct row_buffer *rb)
{
	struct sender to = { .check_payloads = true };
	bool noted;

	fill(rb);
	noted = row_buffer_finish(rb, &why) && row_buffer_select_none(rb, &why);
	ok(!sender_reject_row(rb, 1, true, &why), "none was sent yet");
	for (int n = 0; n < ROWS; n++)
		if (n % BAD)
			row_buffer_select(rb, &rb->to_insert, n);
	ok(noted && sender_send_rows(rb, &rb->to_insert, &to, &why), "again");
	why = (struct failure){ .kind = FAILURE_DATA };
	ok(sender_reject_row(rb, 3, true, &why) &&
		   bitset_test(&rb->rejected, 100),
	   "the third that was sent is row 100");
	ok(sender_reject_row(rb, 3, true, &why) &&
		   bitset_test(&rb->rejected, 1000),
	   "and without it, row 1000");
	ok(!sender_reject_row(rb, 1, false, &why) &&
		   strstr(why.text, "line 12: id 1"),
	   "or it is named: %s", why.text);
	ok(!sender_reject_row(rb, ROWS, true, &why),
	   "one that was not sent is none");
}

/* The first rows of the list of all that is wanted. */
static bool
begins_with(struct row_buffer *rb, const int64_t *first, size_t count)
{
	struct buffered_row row;
	bool same = rb->to_insert.count == ROWS &&
		    row_buffer_rewind_selected(rb, &rb->to_insert, &row, &why);

	for (size_t i = 0; i < count && same; i++)
		same = row_buffer_next_selected(rb, &rb->to_insert, &row,
						&why) == SPOOL_RECORD &&
		       row.n == first[i];
	return same;
}

static bool
want_all(struct row_buffer *rb, bool stream_order)
{
	bool none = row_buffer_select_none(rb, &why);

	row_buffer_select_all(rb, &rb->to_insert, stream_order);
	return none;
}

static bool
all_are_looked_at(struct row_buffer *rb)
{
	struct sender to = { .check_payloads = true, .may_reject = true };

	return sender_send_rows(rb, &rb->to_insert, &to, &why) &&
	       rb->to_insert.rejected == (ROWS + BAD - 1) / BAD;
}

static void
test_all(struct row_buffer *rb)
{
	static const int64_t sorted[] = { 0, 1, 10, 100 };
	static const int64_t came[] = { 0, 1, 2, 3 };

	fill(rb);
	ok(row_buffer_finish(rb, &why) && !rb->may_repeat &&
		   want_all(rb, false) &&
		   begins_with(rb, sorted, LENGTH(sorted)),
	   "all are wanted, in the order of their ids");
	ok(all_are_looked_at(rb), "and found where they wait");
	fill(rb);
	ok(want_all(rb, true) && begins_with(rb, came, LENGTH(came)),
	   "or as they came");
	ok(want_all(rb, true) && all_are_looked_at(rb), "and found, too");
	ok(add(rb, 5, "46"), "one comes again");
	ok(row_buffer_finish(rb, &why) && rb->may_repeat &&
		   !row_buffer_is_ordered(rb),
	   "which is known, and their order is not");
}

/* What spool_place() said before each row was added. */
static bool
places_of(struct row_buffer *rb, int64_t *places)
{
	struct slice line;
	int64_t place = 0;
	bool read = spool_rewind(&rb->rows, &why);

	for (int64_t n = 0; n < rb->rows.records && read; n++) {
		places[n] = place;
		read = spool_next(&rb->rows, &line, &why) == SPOOL_RECORD;
		place += (int64_t)(sizeof(size_t) + line.len);
	}
	return read;
}

/* As a server answers: from the last row to the first; each hundredth is older
 * than another. */
static bool
put_in_order(struct row_buffer *rb)
{
	int64_t places[ROWS];
	bool done = places_of(rb, places) && row_buffer_reset_order(rb, &why);

	for (int n = ROWS - 1; n >= 0; n--)
		done = done && row_buffer_add_ordered(rb, n, places[n],
						      n % 100 == 99, &why);
	return done;
}

static void
test_order(struct row_buffer *rb)
{
	static const int64_t told[] = { 1999, 1998, 1997 };

	fill(rb);
	rb->may_repeat = true;
	ok(!row_buffer_is_ordered(rb) && put_in_order(rb) && put_in_order(rb) &&
		   row_buffer_is_ordered(rb),
	   "an order is told, twice");
	ok(rb->superseded_count == ROWS / 100 &&
		   bitset_test(&rb->superseded, 1099) &&
		   !bitset_test(&rb->superseded, 1100),
	   "with who is older");
	ok(want_all(rb, false) && begins_with(rb, told, LENGTH(told)),
	   "they come in that order");
	ok(all_are_looked_at(rb), "and are found where they wait");
	row_buffer_clear(rb, 1);
	ok(!rb->superseded_count, "all is forgotten");
}

static void
test_writing(struct row_buffer *rb, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char text[4096] = "";
	int lines = 0;

	ok(fd >= 0 && rejects_write(rb, fd, &why), "the refused are written");
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	for (ssize_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	ok(lines == 2 && strstr(text, "\"id\":\"100\"") &&
		   !strncmp(text, "{\"qb\":\"row\"", 11),
	   "whole, a line each");
	close(fd);
	unlink(path);
	fd = open("/dev/full", O_WRONLY);
	ok(!rejects_write(rb, fd, &why) && why.kind == FAILURE_IO,
	   "a full disk is told: %s", why.text);
	close(fd);
}

int
main(void)
{
	char path[] = "/tmp/qb-waiting.XXXXXX";
	struct id_order ids;
	struct row_buffer rb;

	close(mkstemp(path));
	id_order_init(&ids);
	row_buffer_init(&rb);
	rb.ids = &ids;
	rb.keep_lines = true;
	test_selection(&rb);
	test_sent(&rb);
	test_writing(&rb, path);
	test_all(&rb);
	test_order(&rb);
	id_order_free(&ids);
	row_buffer_free(&rb);
	row_buffer_free(&rb);
	return tap_done();
}
