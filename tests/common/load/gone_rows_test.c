/* covers: gone_rows batch; what needs a server is in tests/tools/qb-load-gone.t
 * and tests/pipeline/gone.t */
#include "base/digest.h"
#include "load/batch.h"
#include "postgres/copy_binary.h"
#include "tap.h"

enum { MANY = 5000 }; /* more than is kept in memory */

static struct failure why;

static bool
add(struct gone_rows *g, const char *gone)
{
	static struct load_row stamp; /* large */
	struct envelope e = { .kind = ENVELOPE_GONE };

	stamp.run = SLICE("r1");
	stamp.ingested_us = 7;
	e.value[MEMBER_GONE] = slice_of(gone);
	return gone_rows_add(g, &e, &stamp, &why);
}

static bool
has_field(struct slice line, int n,
	  bool (*write)(struct buf *, int64_t, struct failure *), int64_t value)
{
	struct slice field = copy_binary_field_of(line, n);
	struct buf want;

	buf_init(&want, 64);
	bool same = write(&want, value, &why) &&
		    slice_equal(field, buf_slice(&want));
	buf_free(&want);
	return same;
}

static void
test_record(struct gone_rows *g)
{
	static const char id[] = "{\"id\":\"9\\u00e9\",\"at\":"
				 "\"1970-01-01T00:00:02Z\",\"deleted\":"
				 "\"1970-01-01T00:00:01Z\",\"by\":\"cdc\"}";
	struct slice line;

	ok(add(g, id) && g->latest_us == 2 * CLOCK_SECOND &&
		   spool_rewind(&g->lines, &why) &&
		   spool_next(&g->lines, &line, &why) == SPOOL_RECORD,
	   "a line is kept %s", why.text);
	ok(slice_is(copy_binary_text_of(line, GONE_ID), "9\u00e9") &&
		   slice_is(copy_binary_text_of(line, GONE_RUN), "r1"),
	   "its id, without escapes, and the run");
	ok(has_field(line, GONE_AT, copy_binary_time, 2 * CLOCK_SECOND) &&
		   has_field(line, GONE_DELETED, copy_binary_time,
			     CLOCK_SECOND) &&
		   has_field(line, GONE_INGESTED, copy_binary_time, 7),
	   "its times, and the stamp's");
	ok(has_field(line, GONE_FINGERPRINT, copy_binary_int8,
		     digest_fingerprint(SLICE("{\"Id\":\"9\u00e9\"}"))),
	   "and the fingerprint of what stands for a payload");
	ok(!add(g, "{\"id\":\"1\",\"by\":\"cdc\"}") &&
		   why.kind == FAILURE_DATA && strstr(why.text, "at"),
	   "a line that lacks something is refused: %s", why.text);
}

static void
test_many(struct gone_rows *g)
{
	char text[128];
	bool done = true;
	struct slice line;
	int n = 0;

	gone_rows_clear(g);
	ok(!g->lines.records && g->latest_us == INT64_MIN, "nothing is left");
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text),
			 "{\"id\":\"%d\",\"at\":\"2025-01-01T00:00:%02dZ\","
			 "\"by\":\"census\"}",
			 i, i % 60);
		done = done && add(g, text);
	}
	ok(done && g->lines.held.room < 256 * 1024,
	   "%d lines take little memory %s", MANY, why.text);
	done = spool_rewind(&g->lines, &why);
	while (done && spool_next(&g->lines, &line, &why) == SPOOL_RECORD) {
		snprintf(text, sizeof(text), "%d", n++);
		done = slice_is(copy_binary_text_of(line, GONE_ID), text) &&
		       slice_equal(copy_binary_field_of(line, GONE_AT),
				   copy_binary_field_of(line, GONE_DELETED));
	}
	ok(done && n == MANY,
	   "and come as they were added, each gone since it was noticed");
}

int
main(void)
{
	struct gone_rows g;

	gone_rows_init(&g);
	test_record(&g);
	test_many(&g);
	gone_rows_free(&g);
	gone_rows_free(&g);
	return tap_done();
}
