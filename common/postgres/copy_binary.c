#include <endian.h>

#include "postgres/copy_binary.h"

/* 2000-01-01T00:00:00Z, the epoch of PostgreSQL's timestamps. */
#define EPOCH_US INT64_C(946684800000000)

enum { JSONB_VERSION = 1 };

bool
copy_binary_header(struct buf *to, struct failure *why)
{
	/* signature, flags, length of the extension; C adds the last NUL */
	static const char header[] = "PGCOPY\n\377\r\n\0"
				     "\0\0\0\0\0\0\0";

	return buf_add(to, header, sizeof(header), why);
}

static bool
add16(struct buf *to, int16_t number, struct failure *why)
{
	uint16_t wire = htobe16((uint16_t)number);

	return buf_add(to, &wire, sizeof(wire), why);
}

static bool
add32(struct buf *to, int32_t number, struct failure *why)
{
	uint32_t wire = htobe32((uint32_t)number);

	return buf_add(to, &wire, sizeof(wire), why);
}

/* Each field begins with its length. */
static bool
add_length(struct buf *to, size_t len, struct failure *why)
{
	if (len > INT32_MAX)
		return fail(why, FAILURE_DATA, "a field of %zu bytes", len);
	return add32(to, (int32_t)len, why);
}

bool
copy_binary_trailer(struct buf *to, struct failure *why)
{
	return add16(to, -1, why);
}

bool
copy_binary_row(struct buf *to, int fields, struct failure *why)
{
	if (fields < 0 || fields > INT16_MAX)
		BUG("a row with more fields than COPY can count");
	return add16(to, (int16_t)fields, why);
}

bool
copy_binary_null(struct buf *to, struct failure *why)
{
	return add32(to, -1, why);
}

bool
copy_binary_text(struct buf *to, struct slice text, struct failure *why)
{
	return add_length(to, text.len, why) && buf_add_slice(to, text, why);
}

bool
copy_binary_int4(struct buf *to, int32_t number, struct failure *why)
{
	return add_length(to, sizeof(number), why) && add32(to, number, why);
}

bool
copy_binary_int8(struct buf *to, int64_t number, struct failure *why)
{
	uint64_t wire = htobe64((uint64_t)number);

	return add_length(to, sizeof(wire), why) &&
	       buf_add(to, &wire, sizeof(wire), why);
}

bool
copy_binary_time(struct buf *to, int64_t at_us, struct failure *why)
{
	return copy_binary_int8(to, at_us - EPOCH_US, why);
}

bool
copy_binary_jsonb(struct buf *to, struct slice json, struct failure *why)
{
	const char version = JSONB_VERSION;

	return add_length(to, sizeof(version) + json.len, why) &&
	       buf_add(to, &version, 1, why) && buf_add_slice(to, json, why);
}

/* The length of a NULL is -1, and no bytes follow. */
struct slice
copy_binary_field_at(const char *at)
{
	uint32_t wire;

	memcpy(&wire, at, sizeof(wire));
	uint32_t len = be32toh(wire);
	return (struct slice){ at,
			       sizeof(wire) + (len == UINT32_MAX ? 0 : len) };
}

struct slice
copy_binary_field_of(struct slice row, int n)
{
	struct slice field =
		copy_binary_field_at(row.at + COPY_BINARY_ROW_HEADER);

	while (n--)
		field = copy_binary_field_at(field.at + field.len);
	return field;
}

struct slice
copy_binary_text_of(struct slice row, int n)
{
	struct slice field = copy_binary_field_of(row, n);

	return (struct slice){ field.at + sizeof(uint32_t),
			       field.len - sizeof(uint32_t) };
}

struct slice
copy_binary_jsonb_of(struct slice row, int n)
{
	struct slice text = copy_binary_text_of(row, n);

	return (struct slice){ text.at + 1, text.len - 1 };
}
