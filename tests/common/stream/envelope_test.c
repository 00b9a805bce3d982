/* One line, parsed: alone, and after a line that begins like it. */
#include "stream/envelope.h"
#include "tap.h"

#define WINDOW "\"window\":{\"no\":1}"
#define ROW \
	"{\"qb\":\"row\"," WINDOW \
	",\"page\":{\"no\":2},\"row\":{\"id\":\"1\"}," \
	"\"payload\":{\"Id\":\"1\",\"Amount\":100.00}}"

static struct failure why;

static bool
reads(struct envelope *e, const char *line)
{
	why = (struct failure){ 0 };
	return envelope_parse(e, slice_of(line), &why);
}

static const struct {
	const char *name, *line;
	enum envelope_kind kind;
} good[] = {
	{ "a ticket", "{\"qb\":\"ticket\"," WINDOW "}", ENVELOPE_TICKET },
	{ "a row", ROW, ENVELOPE_ROW },
	{ "a seal", "{\"qb\":\"seal\"," WINDOW ",\"fetch\":{}}",
	  ENVELOPE_SEAL },
	{ "an end", "{\"qb\":\"end\",\"windows\":1,\"rows\":2}", ENVELOPE_END },
	{ "a receipt", "{\"qb\":\"receipt\"," WINDOW ",\"load\":{}}",
	  ENVELOPE_RECEIPT },
	{ "white space between tokens",
	  " { \"qb\" : \"end\" ,\t\"windows\" : 1 , \"rows\" : 2 } ",
	  ENVELOPE_END },
	{ "another order",
	  "{\"qb\":\"row\",\"row\":{},\"page\":{}," WINDOW ",\"payload\":1}",
	  ENVELOPE_ROW },
	{ "unknown members, twice even",
	  "{\"qb\":\"end\",\"x\":1,\"windows\":1,\"x\":[2],\"rows\":2}",
	  ENVELOPE_END },
	{ "members that another kind needs",
	  "{\"qb\":\"end\"," WINDOW ",\"windows\":1,\"rows\":2}",
	  ENVELOPE_END },
};

static const struct {
	const char *name, *line, *error;
} bad[] = {
	{ "an empty line", "", "byte 0: a value is missing" },
	{ "a line that is no JSON", "id,name", "byte 0: not a JSON value" },
	{ "half a line", "{\"qb\":\"en", "byte 9: unterminated string" },
	{ "an array", "[\"qb\",\"row\"]",
	  "not an envelope: its first member is not \"qb\"" },
	{ "an empty object", "{}",
	  "not an envelope: its first member is not \"qb\"" },
	{ "qb as the second member", "{\"rows\":1,\"qb\":\"end\"}",
	  "not an envelope: its first member is not \"qb\"" },
	{ "an unknown kind", "{\"qb\":\"rows\"}",
	  "\"qb\": unknown kind of envelope" },
	{ "a kind that is no string", "{\"qb\":1}",
	  "\"qb\": unknown kind of envelope" },
	{ "a kind with an escape", "{\"qb\":\"r\\u006fw\"}",
	  "\"qb\": unknown kind of envelope" },
	{ "a row without a window",
	  "{\"qb\":\"row\",\"page\":1,\"row\":1,\"payload\":1}",
	  "a row without \"window\"" },
	{ "a row without a page",
	  "{\"qb\":\"row\"," WINDOW ",\"row\":1,\"payload\":1}",
	  "a row without \"page\"" },
	{ "a row without its row",
	  "{\"qb\":\"row\"," WINDOW ",\"page\":1,\"payload\":1}",
	  "a row without \"row\"" },
	{ "a row without a payload",
	  "{\"qb\":\"row\"," WINDOW ",\"page\":1,\"row\":1}",
	  "a row without \"payload\"" },
	{ "a seal without a fetch", "{\"qb\":\"seal\"," WINDOW "}",
	  "a seal without \"fetch\"" },
	{ "a ticket without a window", "{\"qb\":\"ticket\"}",
	  "a ticket without \"window\"" },
	{ "an end without rows", "{\"qb\":\"end\",\"windows\":1}",
	  "a end without \"rows\"" },
	{ "a receipt without a load", "{\"qb\":\"receipt\"," WINDOW "}",
	  "a receipt without \"load\"" },
	{ "a payload that is not last",
	  "{\"qb\":\"row\",\"payload\":1," WINDOW ",\"page\":1,\"row\":1}",
	  "\"payload\" is not last" },
	{ "an unknown member after the payload",
	  "{\"qb\":\"row\"," WINDOW ",\"page\":1,\"row\":1,\"payload\":1,"
	  "\"x\":1}",
	  "\"payload\" is not last" },
	{ "a payload twice",
	  "{\"qb\":\"row\"," WINDOW ",\"page\":1,\"row\":1,\"payload\":1,"
	  "\"payload\":1}",
	  "\"payload\" is not last" },
	{ "a payload that is no JSON",
	  "{\"qb\":\"row\"," WINDOW ",\"page\":1,\"row\":1,\"payload\":{01}}",
	  "byte 58: a key without quotes" },
	{ "something after the object",
	  "{\"qb\":\"end\",\"windows\":1,"
	  "\"rows\":2}x",
	  "byte 33: text after the value" },
	{ "two objects in a line",
	  "{\"qb\":\"end\",\"windows\":1,\"rows\":2}{}",
	  "byte 33: text after the value" },
};

static void
test_read(void)
{
	struct envelope e;

	for (size_t i = 0; i < LENGTH(good); i++)
		ok(reads(&e, good[i].line) && e.kind == good[i].kind,
		   "taken: %s", good[i].name);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		ok(!reads(&e, bad[i].line) && why.kind == FAILURE_DATA &&
			   !strcmp(why.text, bad[i].error),
		   "refused: %s", bad[i].name);
		if (strcmp(why.text, bad[i].error))
			printf("# got:  %s\n# want: %s\n", why.text,
			       bad[i].error);
	}
}

static void
test_truncations(void)
{
	struct envelope e;
	size_t taken = 0;

	for (size_t len = 0; len < sizeof(ROW) - 1; len++)
		taken += envelope_parse(&e, (struct slice){ ROW, len }, &why);
	ok(!taken, "no truncation of a row is an envelope");
}

static void
test_slices(void)
{
	struct envelope e;

	ok(reads(&e, ROW), "a row is read");
	ok(slice_is(e.value[MEMBER_PAYLOAD],
		    "{\"Id\":\"1\",\"Amount\":100.00}"),
	   "its payload is sliced byte for byte");
	ok(slice_is(e.whole[MEMBER_PAGE], ",\"page\":{\"no\":2}"),
	   "a whole member has its comma and key");
	ok(!e.value[MEMBER_STAMP].at && !e.whole[MEMBER_STAMP].at,
	   "what is not there is NULL");
}

/* Does the line read the same after `before` as it does alone? */
static bool
same_after(const char *before, struct slice line)
{
	struct failure alone_why = { 0 }, after_why = { 0 };
	struct envelope alone, after;
	struct envelope_prefix prefix;

	envelope_prefix_init(&prefix);
	bool first = envelope_parse_next(&after, slice_of(before), &prefix,
					 &after_why);
	bool one = envelope_parse(&alone, line, &alone_why);
	bool other = envelope_parse_next(&after, line, &prefix, &after_why);
	bool same = first && one == other &&
		    !strcmp(alone_why.text, after_why.text) &&
		    (!one || alone.kind == after.kind);
	for (size_t i = 0; i < ENVELOPE_MEMBERS && one && same; i++)
		same = !memcmp(&alone.value[i], &after.value[i],
			       sizeof(struct slice)) &&
		       !memcmp(&alone.whole[i], &after.whole[i],
			       sizeof(struct slice));
	envelope_prefix_free(&prefix);
	return same;
}

/* What a reader of opaque payloads takes from ROW with `payload` in it, behind
 * another one or as the first of its page; NULL: nothing. */
static const char *
opaque(const char *payload, bool first)
{
	static char line[512], taken[512];
	struct envelope e;
	struct envelope_prefix prefix;

	snprintf(line, sizeof(line), "%.*s%s",
		 (int)(strstr(ROW, "\"payload\":") - ROW + 10), ROW, payload);
	envelope_prefix_init(&prefix);
	prefix.opaque = true;
	bool read = (first ||
		     envelope_parse_next(&e, slice_of(ROW), &prefix, &why)) &&
		    envelope_parse_next(&e, slice_of(line), &prefix, &why);
	struct slice value = e.value[MEMBER_PAYLOAD];
	struct slice member = e.whole[MEMBER_PAYLOAD];
	bool whole = read && !strncmp(member.at, ",\"payload\":", 11) &&
		     member.at + member.len == value.at + value.len;

	envelope_prefix_free(&prefix);
	snprintf(taken, sizeof(taken), "%.*s", SLICE_SHOWN(value));
	return whole ? taken : NULL;
}

static bool
taken_as(const char *payload, const char *value)
{
	const char *first = opaque(payload, true);
	bool same = value ? first && !strcmp(first, value) : !first;
	const char *next = opaque(payload, false);

	return same && (value ? next && !strcmp(next, value) : !next);
}

static void
test_opaque(void)
{
	ok(taken_as("{\"Id\":\"1\"}}", "{\"Id\":\"1\"}"), "a payload");
	ok(taken_as("\t1.50 \t } \r", "1.50"), "space is not of it");
	ok(taken_as("{nonsense}}", "{nonsense}") &&
		   taken_as("{\"a\":1}}}", "{\"a\":1}}") &&
		   taken_as("1,\"row\":2}", "1,\"row\":2"),
	   "it is taken as it is, up to the last brace");
	ok(taken_as("{\"a\":1", NULL) && taken_as("1", NULL) &&
		   taken_as("1} x", NULL) && taken_as("", NULL) &&
		   taken_as("}", NULL) && taken_as(" }", NULL) &&
		   taken_as(" ", NULL),
	   "a line without a payload, or without a brace, is refused");
}

static void
test_next(void)
{
	static const char bytes[] = "{}[],:\"0x \\\n";
	char line[sizeof(ROW)];
	size_t other = 0;

	for (size_t i = 0; i < LENGTH(good); i++) {
		other += !same_after(ROW, slice_of(good[i].line));
		other += !same_after(good[i].line, slice_of(ROW));
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		other += !same_after(ROW, slice_of(bad[i].line));
	ok(!other, "after a row every line reads as it does alone");

	for (size_t at = 0; at < sizeof(ROW) - 1; at++) {
		memcpy(line, ROW, sizeof(ROW));
		for (size_t i = 0; i < sizeof(bytes); i++) {
			line[at] = bytes[i];
			other += !same_after(
				ROW, (struct slice){ line, sizeof(ROW) - 1 });
		}
		other += !same_after(ROW, (struct slice){ ROW, at });
	}
	ok(!other, "and so do its like with any byte changed, or cut anywhere");
	ok(same_after("{\"qb\":\"row\"," WINDOW
		      ",\"page\":1,\"row\":{},\"payload\":1}",
		      SLICE("{\"qb\":\"row\"," WINDOW
			    ",\"page\":12,\"row\":{},\"payload\":1}")),
	   "a page that is a number may go on in the next line");
	ok(same_after(ROW, SLICE("{\"qb\":\"row\"," WINDOW
				 ",\"page\":{\"no\":2},\"page\":{\"no\":2},"
				 "\"row\":{},\"payload\":1}")),
	   "a second page is seen behind the first");
}

int
main(void)
{
	test_read();
	test_truncations();
	test_slices();
	test_next();
	test_opaque();
	return tap_done();
}
