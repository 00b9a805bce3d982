#include "stream/seal.h"
#include "stream/seal_reading.h"

void
seal_tally_init(struct seal_tally *t)
{
	*t = (struct seal_tally){ 0 };
	digest_init(&t->digest);
}

void
seal_tally_clear(struct seal_tally *t)
{
	t->rows = t->bytes = t->gone = 0;
	digest_clear(&t->digest);
}

void
seal_tally_free(struct seal_tally *t)
{
	digest_free(&t->digest);
}

/* Add the line and a newline, without one member; returns how many bytes. */
static size_t
add_without(struct digest *digest, const struct envelope *e,
	    enum envelope_member which)
{
	struct slice out = e->whole[which];
	struct slice rest = e->line;

	if (out.at) {
		size_t before = (size_t)(out.at - rest.at);

		digest_add(digest, (struct slice){ rest.at, before });
		rest.at += before + out.len;
		rest.len -= before + out.len;
	}
	digest_add(digest, rest);
	digest_add(digest, SLICE("\n"));
	return e->line.len - out.len + 1;
}

void
seal_tally_row(struct seal_tally *t, const struct envelope *row)
{
	/* a line is bounded */
	t->bytes += (int64_t)add_without(&t->digest, row, MEMBER_STAMP);
	t->rows++;
	t->gone += row->kind == ENVELOPE_GONE;
}

void
seal_tally_line(struct seal_tally *t, struct slice line)
{
	digest_add(&t->digest, line);
	t->bytes += (int64_t)line.len;
	t->rows++;
}

/* A number that is not negative, or null (-1) where allowed. */
static bool
read_number(struct slice value, bool may_be_null, int64_t *number)
{
	*number = -1;
	if (slice_is(value, "null"))
		return may_be_null;
	return json_integer(value, number) && *number >= 0;
}

static bool
read_sha256(struct slice value, char sha256[DIGEST_HEX])
{
	struct slice text;

	if (!json_plain_string(value, &text) || text.len != DIGEST_HEX - 1)
		return false;
	memcpy(sha256, text.at, text.len);
	sha256[text.len] = '\0';
	return true;
}

static bool
read_member(struct seal *seal, struct slice key, struct slice value)
{
	static const char digits[] = "0123456789";
	int64_t windows;

	if (slice_is(key, "rows"))
		return read_number(value, false, &seal->rows);
	if (slice_is(key, "bytes"))
		return read_number(value, false, &seal->bytes);
	if (slice_is(key, "pages"))
		return read_number(value, false, &seal->pages);
	if (slice_is(key, "left"))
		return read_number(value, false, &seal->left);
	if (slice_is(key, "gone"))
		return read_number(value, false, &seal->gone);
	if (slice_is(key, "count_before"))
		return read_number(value, true, &seal->count_before);
	if (slice_is(key, "count_after"))
		return read_number(value, true, &seal->count_after);
	if (slice_is(key, "calls"))
		return read_number(value, false, &seal->calls);
	if (slice_is(key, "windows")) /* of a scan */
		return read_number(value, false, &windows);
	if (slice_is(key, "unreadable")) /* of a scan */
		return read_number(value, false, &seal->unreadable);
	if (slice_is(key, "sha256"))
		return read_sha256(value, seal->sha256);
	if (slice_is(key, "realm"))
		return json_plain_string(value, &seal->realm) &&
		       seal->realm.len && seal->realm.len < 32 &&
		       strspn(seal->realm.at, digits) == seal->realm.len;
	return true;
}

/* Of "whole" rows and known are needed, of "log" only its time. */
static bool
take_reading(struct seal *seal, struct slice object, bool whole)
{
	struct seal_reading r;

	if (!seal_reading_parse(&r, object) ||
	    (whole && (r.rows < 0 || r.known < 0)))
		return false;
	seal->log_at_us = r.at_us;
	if (whole) {
		seal->whole_rows = r.rows;
		seal->whole_known = r.known;
	}
	return true;
}

/* Any member of "fetch", "scan" or "jq". */
static bool
read_any(struct seal *seal, struct slice key, struct slice value)
{
	bool whole = slice_is(key, "whole");

	return whole || slice_is(key, "log") ? take_reading(seal, value, whole)
					     : read_member(seal, key, value);
}

static bool
read_object(struct seal *seal, struct slice object, const char *name,
	    struct failure *why)
{
	struct json j;
	struct slice key, value;

	json_begin(&j, object);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "\"%s\" is not an object", name);
	while (json_key(&j, &key))
		if (json_value(&j, &value) && !read_any(seal, key, value))
			return fail(why, FAILURE_DATA, "%s: \"%.*s\" is wrong",
				    name, SLICE_SHOWN(key));
	return json_end(&j, why);
}

/* The member is missing; -1 is null. */
enum { MISSING = -2 };

static const struct seal blank = {
	.pages = MISSING,
	.rows = MISSING,
	.bytes = MISSING,
	.left = MISSING,
	.count_before = MISSING,
	.count_after = MISSING,
	.calls = -1,
	.whole_rows = -1,
};

static bool
has_totals(const struct seal *seal)
{
	return seal->rows >= 0 && seal->bytes >= 0 && seal->sha256[0];
}

/* Every row that was read and stayed has been counted. */
static bool
matches_count(const struct seal *seal, const char *name, struct failure *why)
{
	if (seal->count_after < 0 ||
	    seal->rows - seal->left - seal->gone + seal->unreadable ==
		    seal->count_after)
		return true;
	return fail(why, FAILURE_DATA,
		    "%s: %" PRId64 " rows, %" PRId64
		    " of which left the range, do not match the "
		    "count of %" PRId64 " after",
		    name, seal->rows - seal->gone, seal->left,
		    seal->count_after);
}

/* Each row that QuickBooks has came, or was known. */
static bool
matches_whole(const struct seal *seal, struct failure *why)
{
	int64_t came = seal->rows - seal->gone;

	return seal->whole_rows < 0 ||
	       came + seal->whole_known == seal->whole_rows ||
	       fail(why, FAILURE_DATA,
		    "fetch: whole: %" PRId64 " rows came and %" PRId64
		    " were known, of %" PRId64,
		    came, seal->whole_known, seal->whole_rows);
}

static bool
read_fetch(struct seal *seal, struct slice object, struct failure *why)
{
	if (!read_object(seal, object, "fetch", why))
		return false;
	if (!has_totals(seal) || !seal->realm.at || seal->pages < 0 ||
	    seal->left < 0 || seal->count_before == MISSING ||
	    seal->count_after == MISSING)
		return fail(why, FAILURE_DATA,
			    "fetch: realm, pages, count_before, count_after, "
			    "left, rows, bytes and sha256 are all needed");
	seal->fetched = seal->rows;
	return matches_count(seal, "fetch", why) && matches_whole(seal, why);
}

/* It is not used here, but a scan whose numbers contradict each other proves
 * nothing about its windows. */
static bool
check_scan(struct slice object, struct failure *why)
{
	struct seal scan = blank;

	if (!read_object(&scan, object, "scan", why))
		return false;
	if (scan.rows < 0 || scan.left < 0 || scan.count_before == MISSING ||
	    scan.count_after == MISSING)
		return fail(why, FAILURE_DATA,
			    "scan: count_before, count_after, rows and left "
			    "are all needed");
	return matches_count(&scan, "scan", why);
}

/* Of "jq" only the totals are used. */
static bool
read_jq(struct seal *seal, struct slice object, struct failure *why)
{
	struct seal altered = blank;

	if (!read_object(&altered, object, "jq", why))
		return false;
	if (!has_totals(&altered))
		return fail(why, FAILURE_DATA,
			    "jq: rows, bytes and sha256 are all needed");
	seal->rows = altered.rows;
	seal->bytes = altered.bytes;
	memcpy(seal->sha256, altered.sha256, DIGEST_HEX);
	return true;
}

bool
seal_parse(struct seal *seal, const struct envelope *e, struct failure *why)
{
	struct slice scan = e->value[MEMBER_SCAN], jq = e->value[MEMBER_JQ];

	*seal = blank;
	return read_fetch(seal, e->value[MEMBER_FETCH], why) &&
	       (!scan.at || check_scan(scan, why)) &&
	       (!jq.at || read_jq(seal, jq, why));
}

bool
seal_verify(const struct seal *seal, struct seal_tally *t, struct failure *why)
{
	int64_t rows = t->rows, bytes = t->bytes, gone = t->gone;
	char sha256[DIGEST_HEX];

	digest_hex(&t->digest, sha256);
	seal_tally_clear(t);
	if (gone != seal->gone)
		return fail(why, FAILURE_DATA,
			    "%" PRId64
			    " gone lines came, the seal says %" PRId64,
			    gone, seal->gone);
	if (rows != seal->rows)
		return fail(why, FAILURE_DATA,
			    "%" PRId64 " rows came, the seal says %" PRId64,
			    rows, seal->rows);
	if (bytes != seal->bytes)
		return fail(why, FAILURE_DATA,
			    "%" PRId64
			    " bytes of rows came, the seal says %" PRId64,
			    bytes, seal->bytes);
	if (strcmp(sha256, seal->sha256))
		return fail(
			why, FAILURE_DATA,
			"the rows were changed after they were sealed: their "
			"SHA-256 is %.12s..., the seal says %.12s...",
			sha256, seal->sha256);
	return true;
}

bool
seal_write_totals(struct seal_tally *t, struct buf *to, struct failure *why)
{
	int64_t rows = t->rows, bytes = t->bytes;
	char sha256[DIGEST_HEX];

	digest_hex(&t->digest, sha256);
	seal_tally_clear(t);
	return buf_printf(to, why,
			  "\"rows\":%" PRId64 ",\"bytes\":%" PRId64
			  ",\"sha256\":\"%s\"",
			  rows, bytes, sha256);
}

static void
sum_of(const struct envelope *seal, char sum[DIGEST_HEX])
{
	struct digest digest;

	digest_init(&digest);
	add_without(&digest, seal, MEMBER_SUM);
	digest_hex(&digest, sum);
	digest_free(&digest);
}

static bool
put_sum(const struct envelope *seal, struct buf *to, struct failure *why)
{
	char sum[DIGEST_HEX], value[DIGEST_HEX + 2];

	sum_of(seal, sum);
	snprintf(value, sizeof(value), "\"%s\"", sum);
	return envelope_put(seal, MEMBER_SUM, slice_of(value), to, why);
}

bool
seal_close(struct buf *to, size_t start, struct failure *why)
{
	struct envelope seal;
	struct buf line;

	buf_init(&line, to->len - start + 1);
	bool done = buf_add(&line, to->at + start, to->len - start, why) &&
		    buf_add(&line, "}", 1, why) &&
		    envelope_parse(&seal, buf_slice(&line), why);
	if (done) {
		buf_truncate(to, start);
		done = put_sum(&seal, to, why);
	}
	buf_free(&line);
	return done;
}

bool
seal_put(const struct envelope *seal, enum envelope_member which,
	 struct slice value, struct buf *to, struct failure *why)
{
	struct envelope now;
	struct buf line;

	/* the length of the result is bounded by `to`, in put_sum() */
	buf_init(&line, seal->line.len + value.len + 64);
	bool done =
		envelope_put(seal, which, value, &line, why) &&
		envelope_parse(&now, (struct slice){ line.at, line.len - 1 },
			       why) &&
		put_sum(&now, to, why);
	buf_free(&line);
	return done;
}

bool
seal_verify_sum(const struct envelope *seal, struct failure *why)
{
	struct slice value = seal->value[MEMBER_SUM], text;
	char sum[DIGEST_HEX];

	if (!value.at)
		return true;
	sum_of(seal, sum);
	if (json_plain_string(value, &text) && slice_is(text, sum))
		return true;
	return fail(
		why, FAILURE_DATA,
		"the seal was changed: the SHA-256 of its line is %.12s..., "
		"not its \"sum\"",
		sum);
}
