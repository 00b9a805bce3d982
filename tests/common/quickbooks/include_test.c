/* covers: include custom_fields fields_probe */
#include <fcntl.h>

#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/include.h"
#include "rawserver.h"
#include "tap.h"

static const struct {
	const char *name, *fields; /* CustomField */
	bool more;
} forms[] = {
	{ "none", NULL, false },
	{ "an empty array", "[]", false },
	{ "three of text",
	  "[{\"DefinitionId\":\"1\",\"Name\":\"a\",\"Type\":\"StringType\","
	  "\"StringValue\":\"x\"},{\"DefinitionId\":\"2\"},{\"DefinitionId\":"
	  "\"3\"}]",
	  false },
	{ "four", "[{},{},{},{}]", true },
	{ "a number", "[{\"DefinitionId\":\"1\",\"NumberValue\":4}]", true },
	{ "a date", "[{\"DateValue\":\"2026-01-01\"}]", true },
	{ "a new definition",
	  "[{\"DefinitionId\":\"1000000021\",\"StringValue\":\"x\"}]", true },
	{ "a fourth definition", "[{\"DefinitionId\":\"4\"}]", true },
	{ "something else", "\"[{},{},{},{}]\"", false },
	{ "and in it", "[7,null]", false },
};

/* The call is done, and has one row. */
static void
answer(struct qbo_call *call, const char *entity, struct response_row *row,
       const char *fields)
{
	*row = (struct response_row){ .id = SLICE("1") };
	if (fields)
		row->custom_fields = slice_of(fields);
	call->entity = entity_find(slice_of(entity));
	call->include = "enhancedAllCustomFields";
	call->response.rows = row;
	call->response.row_count = 1;
}

static void
test_forms(int folder)
{
	struct response_row row, bare = { .id = SLICE("1") };
	struct qbo_call call = { .count = false };

	for (size_t i = 0; i < LENGTH(forms); i++) {
		struct custom_fields c, again;

		custom_fields_open(&c, folder, "x", "1");
		answer(&call, "Invoice", &row, forms[i].fields);
		ok(custom_fields_lack(&c, call.entity, &bare, true),
		   "before, nobody knows");
		custom_fields_note(&c, &call);
		ok(custom_fields_unknown(&c, call.entity) == !forms[i].more,
		   "one row without is not all");
		custom_fields_note_none(&c, call.entity);
		custom_fields_open(&again, folder, "x", "1");
		ok(custom_fields_lack(&c, call.entity, &bare, true) ==
				   forms[i].more &&
			   custom_fields_lack(&again, call.entity, &bare,
					      true) == forms[i].more,
		   "fields: %s", forms[i].name);
		ok(!forms[i].more ||
			   !custom_fields_lack(&again, call.entity, &row, true),
		   "that row itself lacks nothing");
		unlinkat(folder, "x-1.fields", 0);
	}
}

static void
test_note(int folder)
{
	const struct entity *bill = entity_find(SLICE("Bill"));
	struct response_row row, bare = { .id = SLICE("1") };
	struct response_row basic = { .id = SLICE("2"),
				      .custom_fields = SLICE("[{}]") };
	struct qbo_call call = { .count = false };
	struct custom_fields c, damaged;

	custom_fields_open(&c, folder, "x", "2");
	answer(&call, "Invoice", &row, "[{\"NumberValue\":1}]");
	custom_fields_note(&c, &call);
	custom_fields_note(&c, &call);
	is(c.names, "\nInvoice\n", "an entity is noted once");
	ok(custom_fields_lack(&c, bill, &bare, true), "another may have them");
	custom_fields_note_none(&c, bill);
	custom_fields_note_none(&c, call.entity);
	ok(custom_fields_lack(&c, call.entity, &bare, true),
	   "what has some is not noted as having none");
	ok(!custom_fields_lack(&c, bill, &bare, true) &&
		   custom_fields_lack(&c, bill, &basic, true),
	   "of another entity only rows with fields may lack some");

	struct change_object object = { .entity = bill, .row = row };
	struct qbo_call log = { .changed = &bill,
				.changed_count = 1,
				.include = call.include,
				.changes = { .objects = &object, .count = 1 } };
	custom_fields_note(&c, &log);
	ok(!custom_fields_lack(&c, call.entity, &bare, true) &&
		   !custom_fields_lack(&c, bill, &basic, true),
	   "none, once the log has brought such fields");
	ok(custom_fields_lack(&c, call.entity, &bare, false),
	   "unless it was not asked for them");

	if (symlinkat("nowhere", folder, "x-3.fields"))
		abort();
	custom_fields_open(&damaged, folder, "x", "3");
	custom_fields_note(&damaged, &call);
	ok(custom_fields_lack(&damaged, call.entity, &bare, true) &&
		   custom_fields_known(&damaged),
	   "a note that cannot be written holds for this run");
	custom_fields_open(&damaged, -1, "x", "4");
	ok(custom_fields_unknown(&damaged, call.entity) &&
		   !custom_fields_known(&damaged),
	   "and one that cannot be read is empty");
}

/* What the note says, if it is `text` at first and nothing is found then. */
static void
test_none(int folder, const char *text, bool unknown, bool known)
{
	const struct entity *bill = entity_find(SLICE("Bill"));
	char now[CLOCK_TEXT], after[64] = "", want[64];
	struct custom_fields c;
	int fd = openat(folder, "x-5.fields", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	custom_fields_open(&c, folder, "x", "5");
	ok(custom_fields_unknown(&c, bill) == unknown &&
		   custom_fields_known(&c) == known,
	   "note: %s", text);
	custom_fields_note_none(&c, bill);
	ok(!custom_fields_unknown(&c, bill), "then it is known");
	if (pread(fd, after, sizeof(after) - 1, 0) < 0)
		abort();
	clock_format(clock_now_us(), now);
	snprintf(want, sizeof(want), "Class\nBill none %.10s\n", now);
	ok(!strstr(text, "-01-01") || !strcmp(after, want),
	   "in place of what it was");
	close(fd);
}

static void
test_enough(void)
{
	static struct response_row rows[40];
	struct qbo_call call = { .entity = entity_find(SLICE("Bill")),
				 .include = "enhancedAllCustomFields",
				 .response = { .rows = rows,
					       .row_count = 40 } };
	struct custom_fields c;

	custom_fields_open(&c, -1, "x", "6");
	custom_fields_note(&c, &call);
	ok(custom_fields_unknown(&c, call.entity), "40 rows are not many");
	custom_fields_note(&c, &call);
	ok(!custom_fields_unknown(&c, call.entity), "80 are");
	call.entity = entity_find(SLICE("Class"));
	custom_fields_note(&c, &call);
	ok(!custom_fields_unknown(&c, call.entity) && !strstr(c.names, "Class"),
	   "an entity that cannot have them is not noted");
}

static void
test_refusals(void)
{
	struct qbo_call invoice = { .entity = entity_find(SLICE("Invoice")) };
	struct qbo_call bill = { .entity = entity_find(SLICE("Bill")) };
	struct qbo_call count = { .count = true, .entity = bill.entity };
	struct qbo_call log = { .changed = &bill.entity, .changed_count = 1 };
	struct include i = { .fields = { .folder = -1 } };
	struct failure why = { 0 };

	ok(!include_for(&i, &bill), "nothing before it is set");
	ok(include_set(&i, "a,bC", &why) && include_for(&i, &bill) &&
		   !strcmp(include_for(&i, &bill), "a,bC") &&
		   include_for(&i, &log),
	   "then as it was given");
	ok(!include_for(&i, &count), "a count needs none");
	bill.why.kind = FAILURE_REFUSED;
	include_take(&i, &bill, true);
	bill.why.kind = FAILURE_NONE;
	ok(!include_may_be_refused(&i, &bill) &&
		   include_may_be_refused(&i, &invoice) &&
		   include_may_be_refused(&i, &log),
	   "refused with it and without, it is not asked again");
	invoice.include = i.list;
	include_take(&i, &invoice, false);
	ok(!include_may_be_refused(&i, &invoice), "nor once it was taken");
	include_take(&i, &bill, true);
	ok(!include_for(&i, &bill) && include_for(&i, &invoice) &&
		   include_for(&i, &log),
	   "taken once, it is left out for an entity only");
	include_take(&i, &log, true);
	ok(!include_for(&i, &log) && include_for(&i, &invoice),
	   "or for the log of changes");
	ok(include_set(&i, "a", &why), "another one");
	include_take(&i, &bill, true);
	ok(!include_for(&i, &invoice), "refused first, it is left out for all");
	ok(include_set(&i, "none", &why) && !include_for(&i, &bill), "none");
	ok(!include_set(&i, "a,", &why) && why.kind == FAILURE_USAGE,
	   "a list that is none");
}

int
main(void)
{
	const char *path = rawserver_folder();
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	log_begin("include_test");
	if (folder < 0)
		abort();
	test_forms(folder);
	test_note(folder);
	test_none(folder, "", true, false);
	test_none(folder, "Class\nBill none 2020-01-01\n", true, true);
	test_none(folder, "Class\nBill none 9999-01-01\n", true, true);
	test_none(folder, "Vendor none 2026-11-30\n", true, false);
	test_none(folder, "log\n", true, false);
	test_none(folder, "Bill none", true, false);
	test_enough();
	test_refusals();
	close(folder);
	rawserver_clean(path);
	return tap_done();
}
