/* covers: ticket_rows */
#include "quickbooks/ticket_rows.h"
#include "stream/fingerprint.h"
#include "tap.h"

static struct ticket_rows known;
static struct failure why;

static bool
read_rows(const char *object)
{
	why = (struct failure){ 0 };
	ticket_rows_free(&known);
	return ticket_rows_read(
		&known, object ? slice_of(object) : (struct slice){ 0 }, &why);
}

static bool
has(const char *id, const char *payload)
{
	return ticket_rows_has(&known, entity_find(SLICE("TaxCode")),
			       slice_of(id), slice_of(payload));
}

static void
test_object(void)
{
	static const char one[] = "{\"Id\":\"1\"}";
	const struct entity *code = entity_find(SLICE("TaxCode"));
	char object[400];

	ok(read_rows(NULL) && !known.told && !known.count, "nothing is told");
	ok(!has("1", one), "and nothing is known");
	ok(read_rows("{}") && known.told && !known.count,
	   "it is told that there are none");
	snprintf(object, sizeof(object),
		 "{\"9\":3,\"10\":null,\"1\":%" PRId64
		 ",\"\":4, \"1 \" : -9223372036854775808}",
		 payload_fingerprint(code, slice_of(one)));
	ok(!read_rows(object) && why.kind == FAILURE_DATA, "an empty id");
	is(why.text, "\"known_rows\": an id is empty or comes twice",
	   "says so");
	snprintf(object, sizeof(object),
		 "{\"9\":3,\"10\":null,\"1\":%" PRId64
		 ", \"1 \" : -9223372036854775808}",
		 payload_fingerprint(code, slice_of(one)));
	ok(read_rows(object) && known.count == 4, "four rows");
	ok(slice_is(known.all[0].id, "1") && slice_is(known.all[1].id, "1 ") &&
		   slice_is(known.all[2].id, "10") &&
		   slice_is(known.all[3].id, "9"),
	   "in the order of their ids, a shorter one before");
	ok(has("1", one), "the table has this one");
	ok(!has("1", "{\"Id\":\"1\" }"), "not with another payload");
	ok(!has("2", one), "nor another one");
	ok(!has("10", one) && known.all[2].again, "null: it must come again");
	ok(!has("9", one), "another fingerprint");
}

/* What a response makes up is no change. */
static void
test_volatile(void)
{
	static const char then[] =
		"{\"Id\":\"TAX\",\"MetaData\":{\"CreateTime\":\"then\"}}";
	char object[100];

	snprintf(object, sizeof(object), "{\"TAX\":%" PRId64 "}",
		 payload_fingerprint(entity_find(SLICE("TaxCode")),
				     slice_of(then)));
	ok(read_rows(object) &&
		   has("TAX", "{\"Id\":\"TAX\",\"MetaData\":{\"CreateTime\":"
			      "\"now\"}}"),
	   "TAX at another time");
	ok(!has("TAX", "{\"Id\":\"TAX\",\"Name\":\"x\",\"MetaData\":{}}"),
	   "but not with another name");
}

static void
test_wrong(void)
{
	static const char *const wrong[] = {
		"[]",
		"null",
		"7",
		"{\"1\":\"2\"}",
		"{\"1\":1.5}",
		"{\"1\":true}",
		"{\"1\":{}}",
		"{\"1\":[1]}",
		"{\"1\":9223372036854775808}",
		"{\"1\":1,\"1\":1}",
		"{\"1\":null,\"2\":2,\"1\":1}",
	};

	for (size_t i = 0; i < LENGTH(wrong); i++)
		ok(!read_rows(wrong[i]) && why.kind == FAILURE_DATA &&
			   strstr(why.text, "\"known_rows\""),
		   "refused: %s", wrong[i]);
}

static void
test_many(void)
{
	static char object[200000];
	size_t used = 1;

	object[0] = '{';
	for (int i = 0; i < 10000; i++)
		used += (size_t)snprintf(object + used, sizeof(object) - used,
					 "%s\"%d\":%d", i ? "," : "",
					 (i * 7919) % 10000, i);
	snprintf(object + used, sizeof(object) - used, "}");
	ok(read_rows(object) && known.count == 10000, "ten thousand");
	bool sorted = true;
	for (size_t i = 1; i < known.count; i++)
		sorted = sorted && memcmp(known.all[i - 1].id.at,
					  known.all[i].id.at, 4) != 0;
	ok(sorted && !has("10000", "{}"), "each is found, another one is not");
}

int
main(void)
{
	ticket_rows_init(&known);
	test_object();
	test_volatile();
	test_wrong();
	test_many();
	ticket_rows_free(&known);
	ticket_rows_free(&known);
	return tap_done();
}
