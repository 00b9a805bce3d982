/* covers: copy_binary */
#include "base/clock.h"
#include "postgres/copy_binary.h"
#include "tap.h"

/* What was appended, in hex, against `want`; then empty again. */
static void
holds(struct buf *row, const char *want, const char *what)
{
	char hex[512] = "";

	for (size_t i = 0; i < row->len && i < 200; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)row->at[i]);
	is(hex, want, what);
	buf_clear(row);
}

static void
test_frame(struct buf *row)
{
	struct failure why = { 0 };

	ok(copy_binary_header(row, &why), "a header");
	holds(row, "5047434f50590aff0d0a000000000000000000",
	      "the signature, no flags, no extension");
	ok(copy_binary_row(row, 14, &why) && row->len == COPY_BINARY_ROW_HEADER,
	   "a row begins");
	holds(row, "000e", "with the number of its fields");
	ok(copy_binary_trailer(row, &why), "a trailer");
	holds(row, "ffff", "is minus one field");
}

static void
test_fields(struct buf *row)
{
	struct failure why = { 0 };

	ok(copy_binary_null(row, &why), "NULL");
	holds(row, "ffffffff", "is a length of minus one");
	ok(copy_binary_text(row, SLICE("a\0\xc3\xa9\\\n"), &why), "text");
	holds(row, "000000066100c3a95c0a", "goes as it is, NULs too");
	ok(copy_binary_text(row, SLICE(""), &why), "empty text");
	holds(row, "00000000", "is not NULL");
	ok(copy_binary_int4(row, -2, &why) &&
		   copy_binary_int4(row, INT32_MAX, &why),
	   "int4");
	holds(row, "00000004fffffffe000000047fffffff", "big-endian");
	ok(copy_binary_int8(row, INT64_MIN, &why) &&
		   copy_binary_int8(row, 0x0102030405060708, &why),
	   "int8");
	holds(row, "000000088000000000000000000000080102030405060708",
	      "big-endian too");
	ok(copy_binary_jsonb(row, SLICE("{\"a\":1.10}"), &why), "jsonb");
	holds(row, "0000000b017b2261223a312e31307d",
	      "a version byte, then the text untouched");
}

static void
test_times(struct buf *row)
{
	struct failure why = { 0 };
	int64_t at_us = 0;

	ok(clock_parse(SLICE("2000-01-01T00:00:00Z"), &at_us) &&
		   copy_binary_time(row, at_us, &why),
	   "a time");
	holds(row, "000000080000000000000000", "counts from the year 2000");
	ok(clock_parse(SLICE("1999-12-31T16:59:59.999999-07:00"), &at_us) &&
		   copy_binary_time(row, at_us, &why),
	   "a time before that, with an offset");
	holds(row, "00000008ffffffffffffffff", "is negative microseconds");
	ok(clock_parse(SLICE("2025-09-12T18:43:35.406-07:00"), &at_us) &&
		   copy_binary_time(row, at_us, &why),
	   "a time with milliseconds");
	holds(row, "000000080002e1a3aad4b1b0", "keeps them");
}

static void
test_reading(void)
{
	struct failure why = { 0 };
	struct buf row;

	buf_init(&row, 4096);
	ok(copy_binary_row(&row, 5, &why) &&
		   copy_binary_text(&row, SLICE("130"), &why) &&
		   copy_binary_null(&row, &why) &&
		   copy_binary_jsonb(&row, SLICE("{\"a\":1}"), &why) &&
		   copy_binary_text(&row, SLICE(""), &why) &&
		   copy_binary_int8(&row, -5000000000, &why),
	   "a row of five");
	ok(slice_is(copy_binary_text_of(buf_slice(&row), 0), "130"),
	   "its first field is read back");
	ok(slice_is(copy_binary_jsonb_of(buf_slice(&row), 2), "{\"a\":1}"),
	   "and, behind a NULL, its jsonb");
	ok(slice_is(copy_binary_text_of(buf_slice(&row), 3), ""),
	   "an empty text");
	buf_free(&row);
}

int
main(void)
{
	struct failure why = { 0 };
	struct buf row;

	buf_init(&row, 64);
	test_frame(&row);
	test_fields(&row);
	test_times(&row);
	ok(!copy_binary_text(&row, (struct slice){ row.at, 65 }, &why) &&
		   why.kind == FAILURE_DATA,
	   "a field past the buffer's bound is a data failure: %s", why.text);
	buf_free(&row);
	test_reading();
	return tap_done();
}
