/* covers: attachment wanted */
#include "attachments/wanted.h"
#include "base/clock.h"
#include "tap.h"

static struct failure why;

static bool
reads(struct attachment *a, const char *payload)
{
	why = (struct failure){ 0 };
	return attachment_read(a, slice_of(payload), &why);
}

static void
test_attachment(struct attachment *a)
{
	int64_t at_us = 0;

	ok(reads(a, "{\"FileName\":\"a\\u00e9.pdf\",\"Size\":4711,"
		    "\"ContentType\":\"application/pdf\",\"TempDownloadUri\":"
		    "\"https://x/?a=1\\u0026b=2\",\"Id\":\"12\",\"MetaData\":{"
		    "\"LastUpdatedTime\":\"2025-01-02T03:04:05-08:00\"}}"),
	   "an attachment is read");
	ok(slice_is(a->text[ATTACHMENT_ID], "12") &&
		   slice_is(a->text[ATTACHMENT_NAME], "a\xc3\xa9.pdf") &&
		   slice_is(a->text[ATTACHMENT_TYPE], "application/pdf") &&
		   slice_is(a->text[ATTACHMENT_LINK], "https://x/?a=1&b=2") &&
		   a->size == 4711,
	   "its members, without escapes");
	ok(clock_parse(SLICE("2025-01-02T11:04:05Z"), &at_us) &&
		   a->updated_us == at_us,
	   "when it was updated");
	ok(attachment_has_file(a), "it has a file");
	ok(reads(a, "{\"Note\":\"a note\",\"Id\":\"13\"}") &&
		   !attachment_has_file(a) && a->size == -1 &&
		   a->updated_us == INT64_MIN && !a->text[ATTACHMENT_LINK].at,
	   "a note has none");
	ok(reads(a, "{\"FileName\":\"\",\"Id\":\"13\"}") &&
		   !attachment_has_file(a),
	   "nor has what has an empty name");
	ok(reads(a, "{\"FileName\":\"half \\ud83d pair\",\"Size\":1.5}") &&
		   slice_is(a->text[ATTACHMENT_NAME], "half \\ud83d pair") &&
		   a->size == -1,
	   "a name without UTF-8 stays as it is written");
	ok(reads(a, "{\"FileName\":7,\"Size\":-1,\"MetaData\":[]}") &&
		   !attachment_has_file(a) && a->size == -1,
	   "members of another type count as missing");
	ok(!reads(a, "[]") && why.kind == FAILURE_DATA, "an array is none");
	ok(!reads(a, "{\"Id\":") && why.kind == FAILURE_DATA,
	   "nor what is not JSON");
}

static bool
adds(struct wanted *w, const char *id, int64_t size, int64_t updated_us)
{
	struct attachment a = { .size = size, .updated_us = updated_us };

	a.text[ATTACHMENT_ID] = slice_of(id);
	a.text[ATTACHMENT_NAME] = SLICE("a.pdf");
	why = (struct failure){ 0 };
	return wanted_add(w, &a, &why);
}

static void
test_wanted(void)
{
	const struct attachment note = { .size = -1 };
	struct wanted w;

	wanted_init(&w);
	wanted_sort(&w);
	ok(!w.count, "nothing is wanted at first");
	ok(adds(&w, "12", 1, 5) && adds(&w, "9", 2, 5) &&
		   adds(&w, "12", 3, 7) && adds(&w, "12", 4, INT64_MIN) &&
		   wanted_add(&w, &note, &why),
	   "some are added");
	ok(!adds(&w, "../x", 1, 1) && why.kind == FAILURE_DATA,
	   "not what has no number");
	ok(w.rows == 6 && w.notes == 1, "all are counted");
	wanted_sort(&w);
	ok(w.count == 2 && slice_is(wanted_id(&w, 0), "9") &&
		   slice_is(wanted_id(&w, 1), "12") && w.files[1].size == 3,
	   "each once, as it was updated last");
	wanted_truncate(&w, 1);
	ok(w.count == 1, "back to the first");
	wanted_free(&w);
}

int
main(void)
{
	struct attachment a;

	attachment_init(&a);
	test_attachment(&a);
	attachment_free(&a);
	test_wanted();
	return tap_done();
}
