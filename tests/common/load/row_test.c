/* covers: row */
#include <endian.h>

#include "base/digest.h"
#include "load/row.h"
#include "tap.h"

#define WINDOW \
	"{\"qb\":\"row\",\"window\":{\"entity\":\"Invoice\",\"by\":" \
	"\"updated\",\"start\":\"2025-01-01T00:00:00Z\",\"end\":" \
	"\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":1}"
#define PAGE \
	",\"page\":{\"realm\":\"46\",\"no\":2,\"size\":1000,\"at\":" \
	"\"2025-09-12T18:43:35.406-07:00\",\"request\":{\"q\":1}}"
#define OTHER_PAGE \
	",\"page\":{\"realm\":\"46\",\"no\":3,\"size\":1000,\"at\":" \
	"\"2025-09-12T18:43:35.406-07:00\",\"request\":{\"q\":1}}"
#define ROW ",\"row\":{\"id\":\"130\",\"updated\":\"2025-01-02T00:00:00Z\"}"
#define STAMP \
	",\"stamp\":{\"ingested_at\":\"2025-09-13T00:00:00Z\",\"run\":\"r\"}"
#define PAYLOAD ",\"payload\":{\"Id\":\"130\",\"A\":1.10}}"

static bool
reads(struct load_row *r, const char *line, struct failure *why)
{
	struct envelope e;

	return envelope_parse(&e, slice_of(line), why) &&
	       load_row_read(r, &e, entity_find(SLICE("Attachable")), why);
}

static void
test_members(struct load_row *r)
{
	struct failure why = { 0 };
	int64_t at_us = 0;

	ok(reads(r, WINDOW PAGE ROW STAMP PAYLOAD, &why), "a row is read");
	ok(slice_is(r->id, "130") && slice_is(r->realm, "46"), "its id, realm");
	ok(r->page_no == 2 && r->page_size == 1000, "its page");
	ok(slice_is(r->request, "{\"q\":1}"), "the request, unchanged");
	ok(clock_parse(SLICE("2025-09-13T01:43:35.406Z"), &at_us) &&
		   r->fetched_us == at_us,
	   "when it was fetched");
	ok(r->has_updated &&
		   clock_parse(SLICE("2025-01-02T00:00:00Z"), &at_us) &&
		   r->updated_us == at_us,
	   "when it was updated");
	ok(slice_is(r->run, "r"), "its run");
	ok(slice_is(r->payload, "{\"Id\":\"130\",\"A\":1.10}") &&
		   r->fingerprint == digest_fingerprint(r->payload),
	   "its payload, and the fingerprint of that");
	int64_t without = r->fingerprint;
	ok(reads(r,
		 WINDOW PAGE ROW STAMP
		 ",\"payload\":{\"Id\":\"130\",\"A\":1.10,"
		 "\"TempDownloadUri\":\"a\"}}",
		 &why) &&
		   r->fingerprint != without,
	   "a member more is another fingerprint");
	without = r->fingerprint;
	ok(reads(r,
		 WINDOW PAGE ROW STAMP
		 ",\"payload\":{\"Id\":\"130\",\"A\":1.10,"
		 "\"TempDownloadUri\":\"b\"}}",
		 &why) &&
		   r->fingerprint == without,
	   "but a link has no part in it");
	ok(reads(r, WINDOW PAGE ROW PAYLOAD, &why) && slice_is(r->run, "own"),
	   "without a stamp it bears ours");
	ok(reads(r, WINDOW PAGE ROW STAMP PAYLOAD, &why) &&
		   slice_is(r->run, "r"),
	   "and the next one its own again");
	ok(reads(r,
		 WINDOW PAGE ",\"row\":{\"id\":\"\\u0031\\\"3\",\"updated\":"
			     "null}" PAYLOAD,
		 &why) &&
		   !r->has_updated && slice_is(r->id, "1\"3"),
	   "an id with escapes, and no time");
}

static void
test_refusals(struct load_row *r)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ WINDOW PAGE ",\"row\":{\"updated\":null}" PAYLOAD,
		  "no \"id\"" },
		{ WINDOW PAGE ",\"row\":{\"id\":7}" PAYLOAD, "not a string" },
		{ WINDOW PAGE ",\"row\":{\"id\":\"a\\u0000\"}" PAYLOAD, "NUL" },
		{ WINDOW PAGE
		  ",\"row\":{\"id\":\"1\",\"updated\":\"soon\"}" PAYLOAD,
		  "\"updated\" is invalid" },
		{ WINDOW ",\"page\":{\"realm\":\"46\"}" ROW PAYLOAD,
		  "all required" },
		{ WINDOW ",\"page\":{\"no\":2147483648}" ROW PAYLOAD,
		  "\"no\" is invalid" },
		{ WINDOW ",\"page\":[1]" ROW PAYLOAD, "page" },
		{ WINDOW PAGE ROW ",\"stamp\":{\"run\":\"r\"}" PAYLOAD,
		  "both required" },
		{ WINDOW PAGE ROW
		  ",\"stamp\":{\"run\":\"r\",\"ingested_at\":1}" PAYLOAD,
		  "\"ingested_at\" is invalid" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };

		ok(!reads(r, cases[i].line, &why) && why.kind == FAILURE_DATA &&
			   strstr(why.text, cases[i].says),
		   "refused: %s", why.text);
		why.kind = FAILURE_NONE;
		ok(!reads(r, cases[i].line, &why) && why.kind == FAILURE_DATA,
		   "and again, though it came before");
	}
}

/* How many fields of COPY follow their number. */
static int
fields(struct slice row)
{
	int count = 0;
	size_t at = 2;

	while (at < row.len) {
		uint32_t wire;

		memcpy(&wire, row.at + at, sizeof(wire));
		uint32_t len = be32toh(wire);
		at += sizeof(wire) + (len == UINT32_MAX ? 0 : len);
		count++;
	}
	return at == row.len ? count : -1;
}

static void
test_writing(struct load_row *r)
{
	struct failure why = { 0 };
	struct window window = { .start_us = 0, .end_us = CLOCK_DAY };
	struct buf to;

	buf_init(&to, 4096);
	ok(reads(r, WINDOW PAGE ROW STAMP PAYLOAD, &why) &&
		   load_row_write_key(r, 7, 4096, &to, &why),
	   "a key is written");
	ok(to.len == 2 + 12 + 12 + 7 + 12 + 12 + 12 &&
		   !memcmp(to.at,
			   "\0\6\0\0\0\10\0\0\0\0\0\0\0\7"
			   "\0\0\0\10\0\0\0\0\0\0\20\0\0\0\0\003130",
			   33),
	   "as six fields: which, its offset, its id, two times, a "
	   "fingerprint");
	buf_clear(&to);
	ok(load_row_write_row_part(r, &to, &why) && to.at[1] == 13 &&
		   fields(buf_slice(&to)) == 4,
	   "and whole: four fields of its own, which count thirteen,");
	ok(load_row_write_page_part(r, &window, &to, &why) &&
		   fields(buf_slice(&to)) == 13,
	   "and a tail of the others");
	buf_free(&to);
}

/* The tail is written anew where one of these has changed. */
static void
test_alike(struct load_row *r)
{
	struct failure why = { 0 };

	ok(reads(r, WINDOW PAGE ROW STAMP PAYLOAD, &why) &&
		   reads(r, WINDOW PAGE ROW STAMP PAYLOAD, &why) &&
		   r->same_page_part,
	   "a row of the same page, with the same stamp, is alike");
	ok(reads(r, WINDOW OTHER_PAGE ROW STAMP PAYLOAD, &why) &&
		   !r->same_page_part,
	   "one of another page is not");
	ok(reads(r, WINDOW OTHER_PAGE ROW PAYLOAD, &why) && !r->same_page_part,
	   "nor is one without a stamp behind one that has one,");
	ok(reads(r, WINDOW OTHER_PAGE ROW PAYLOAD, &why) && r->same_page_part,
	   "but it is behind one that has none");
	ok(reads(r, WINDOW OTHER_PAGE ROW STAMP PAYLOAD, &why) &&
		   !r->same_page_part,
	   "and the first with a stamp is not");
}

int
main(void)
{
	struct load_row r;

	load_row_init(&r);
	r.own_run = SLICE("own");
	test_members(&r);
	test_refusals(&r);
	test_writing(&r);
	test_alike(&r);
	load_row_free(&r);
	load_row_free(&r);
	return tap_done();
}
