/* The cursor: what it gives, what it refuses, and that nothing slips by. */
#include <fcntl.h>
#include <glob.h>

#include "tap.h"
#include "json/json.h"

/* Everything that JSON has, in few bytes. */
static const char everything[] =
	" {\"\" : [ ] ,\n\"a\\u00e9\\\"\": -0.50e+10, \"b\":[1,{},[{\"c\":null"
	"},true],false,\"\\ud83d\\ude00\\\\\\/\\b\\f\\n\\r\\t\"],\r\t\"Jos\xc3"
	"\xa9 \xe4\xb8\xad\xf0\x9f\x98\x80\":{\"d\":{\"e\":[[1E5,0]]}},\"long"
	"\":\"more than sixteen plain bytes in a row\"} ";

static struct slice
whole(void)
{
	return (struct slice){ everything, sizeof(everything) - 1 };
}

/* Walk a value step by step, with every call of the cursor. */
static void
walk(struct json *j, size_t *values)
{
	struct slice key;

	(*values)++;
	if (json_object(j)) {
		while (json_key(j, &key))
			walk(j, values);
	} else if (json_array(j)) {
		while (json_element(j))
			walk(j, values);
	} else {
		json_skip(j);
	}
}

static bool
walk_all(struct slice text, struct failure *why)
{
	struct json j;
	size_t values = 0;

	json_begin(&j, text);
	walk(&j, &values);
	return json_end(&j, why);
}

/* Scan and walk agree in the verdict, and in the very words. */
static bool
agree(struct slice text, bool *holds)
{
	struct failure scanned = { 0 }, walked = { 0 };

	*holds = json_check(text, &scanned);
	return walk_all(text, &walked) == *holds &&
	       !strcmp(scanned.text, walked.text);
}

static void
test_slices(void)
{
	struct slice text = SLICE(" { \"Id\" : \"130\" , \"a\\nb\":[1 , 2.50 ],"
				  "\"o\" : { \"x\":1 } , \"n\" : -1e5 } ");
	static const char *const want[][2] = {
		{ "Id", "\"130\"" },
		{ "a\\nb", "[1 , 2.50 ]" },
		{ "o", "{ \"x\":1 }" },
		{ "n", "-1e5" },
	};
	struct failure why = { 0 };
	struct slice key, value;
	struct json j;
	size_t n = 0;

	json_begin(&j, text);
	ok(json_at(&j) == text.at + 1, "a cursor begins at the first byte");
	ok(json_object(&j), "an object is stepped into");
	for (; json_key(&j, &key); n++)
		ok(json_value(&j, &value) && n < LENGTH(want) &&
			   slice_is(key, want[n][0]) &&
			   slice_is(value, want[n][1]) && key.at > text.at &&
			   value.at + value.len < text.at + text.len,
		   "the member %s is sliced as it is", want[n][0]);
	ok(json_end(&j, &why) && n == LENGTH(want),
	   "and then it is at its end");
	ok(json_at(&j) == text.at + text.len, "past the space after it");
}

/* Short ones are seen to their value at once, others are not. */
static void
test_keys(void)
{
	static const char *const colons[] = { ":", " :", ": ", " : ", ":\n\t" };
	static const char name[] = "abcdefghijklmnopqrstuvwxyz";
	struct failure why = { 0 };
	struct slice key, value;
	struct json j;
	char text[128];
	size_t wrong = 0;

	for (int len = 0; len < 26; len++)
		for (size_t i = 0; i < LENGTH(colons); i++)
			for (int pad = 0; pad < 24; pad += 23) {
				snprintf(text, sizeof(text),
					 "{\"%.*s\"%s7,\"%.*s\"%s8%*s}", len,
					 name, colons[i], len, name, colons[i],
					 pad, "");
				json_begin(&j, slice_of(text));
				wrong += !json_object(&j);
				for (int n = 7; n < 9; n++)
					wrong +=
						!json_key(&j, &key) ||
						key.len != (size_t)len ||
						memcmp(key.at, name, key.len) ||
						!json_value(&j, &value) ||
						value.len != 1 ||
						*value.at != '0' + n;
				wrong += json_key(&j, &key) ||
					 !json_end(&j, &why) ||
					 !json_check(slice_of(text), &why);
			}
	ok(!wrong, "keys of any length, spaced in any way, are sliced as they "
		   "stand");
}

static void
test_elements(void)
{
	struct slice text = SLICE("[10,[20],{\"a\":30},\"40\"]"), value;
	struct failure why = { 0 };
	struct json j;

	json_begin(&j, text);
	ok(!json_object(&j) && json_array(&j), "an array is not an object");
	ok(json_element(&j) && json_value(&j, &value) && slice_is(value, "10"),
	   "the first element");
	ok(json_element(&j) && json_array(&j) && json_element(&j) &&
		   !json_array(&j) && json_value(&j, &value) &&
		   slice_is(value, "20") && !json_element(&j),
	   "an array in the array");
	ok(json_element(&j) && !json_array(&j) && json_skip(&j),
	   "an element passed over");
	ok(json_element(&j) && json_value(&j, &value) &&
		   slice_is(value, "\"40\""),
	   "the element after it, with its quotes");
	ok(!json_element(&j) && json_end(&j, &why), "the end");

	json_begin(&j, SLICE("[]"));
	ok(json_array(&j) && !json_element(&j) && json_end(&j, &why),
	   "an empty array has no element");
	json_begin(&j, SLICE("{ }"));
	ok(json_object(&j) && !json_key(&j, &value) && json_end(&j, &why),
	   "an empty object has no key");
}

/* The object in `text` is walked, and no value is ever taken. */
static const char *
walk_taking_nothing(const char *text, struct failure *why)
{
	struct slice key;
	struct json j;

	json_begin(&j, slice_of(text));
	if (json_object(&j))
		while (json_key(&j, &key))
			;
	else if (json_array(&j))
		while (json_element(&j))
			;
	return json_end(&j, why) ? "accepted" : why->text;
}

static void
test_careless(void)
{
	struct failure why = { 0 };
	struct slice value;
	struct json j;

	is(walk_taking_nothing("{\"a\":}", &why), "byte 5: a value is missing",
	   "a key whose value is missing is an error also if it is not taken");
	is(walk_taking_nothing("{\"a\":,\"b\":1}", &why),
	   "byte 5: a value is missing", "and between two keys");
	is(walk_taking_nothing("[1,]", &why), "byte 1: a value is missing",
	   "an element must be taken before the next");
	is(walk_taking_nothing("{\"a\":1}", &why), "byte 5: a value is missing",
	   "a member too");
	is(walk_taking_nothing("7", &why), "byte 0: a value is missing",
	   "a text of which nothing was taken is not accepted");

	json_begin(&j, SLICE("[1]"));
	ok(!json_object(&j) && !json_key(&j, &value) && !json_end(&j, &why),
	   "keys of what is no object");
	is(why.text, "byte 0: not an object", "that is reported");
	json_begin(&j, SLICE("{\"a\":1}"));
	ok(json_object(&j) && !json_element(&j) && !json_end(&j, &why),
	   "elements of what is no array");
	is(why.text, "byte 1: not an array", "that is reported, too");

	json_begin(&j, SLICE("1 2"));
	ok(json_skip(&j) && !json_skip(&j) && !json_end(&j, &why),
	   "there is no second value");
	is(why.text, "byte 2: text after the value", "that too");
	json_begin(&j, SLICE("{\"a\":1}"));
	ok(json_object(&j) && !json_end(&j, &why),
	   "a walk that stops half-way is no end");
}

static void
test_sticky(void)
{
	struct failure why = { 0 };
	struct slice value;
	struct json j;

	json_begin(&j, SLICE("{\"a\":01,\"b\":2}"));
	ok(json_object(&j) && json_key(&j, &value) && !json_skip(&j),
	   "an error stops the cursor");
	ok(!json_key(&j, &value) && !json_element(&j) && !json_skip(&j) &&
		   !json_object(&j) && !json_array(&j) &&
		   !json_value(&j, &value),
	   "for every call after it");
	ok(!json_end(&j, &why) && why.kind == FAILURE_DATA, "and fails");
	is(why.text, "byte 6: a number with a leading zero",
	   "the first error is reported");
	json_begin(&j, (struct slice){ NULL, 0 });
	ok(!json_skip(&j) && !json_end(&j, &why), "no text is no value");
}

static void
test_depth(void)
{
	char text[2 * (JSON_DEEPEST + 1)];
	struct failure why = { 0 };

	memset(text, '[', sizeof(text) / 2);
	memset(text + sizeof(text) / 2, ']', sizeof(text) / 2);
	ok(walk_all((struct slice){ text + 1, sizeof(text) - 2 }, &why),
	   "512 levels are walked");
	ok(!walk_all((struct slice){ text, sizeof(text) }, &why), "513 not");
	is(why.text, "byte 512: nested deeper than 512", "and why");
}

static void
test_truncations(void)
{
	size_t accepted = 0, differ = 0;
	bool holds;

	for (size_t len = 0; len < sizeof(everything) - 2; len++) {
		char *copy = base_realloc(NULL, len ? len : 1);

		memcpy(copy, everything, len);
		differ += !agree((struct slice){ copy, len }, &holds);
		accepted += holds;
		free(copy);
	}
	ok(!accepted, "no truncation of a text that holds everything passes");
	ok(!differ, "walking and scanning agree on each");
	ok(agree(whole(), &holds) && holds, "the whole text passes");
}

/* Where the oracle reads the text from; NULL when it cannot be put there. */
static FILE *
ask_oracle(const char *path)
{
	char command[256];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	bool written;

	if (fd < 0)
		return NULL;
	written = write(fd, everything, whole().len) == (ssize_t)whole().len;
	close(fd);
	snprintf(command, sizeof(command),
		 "python3 tests/common/json/json_oracle.py '%s'", path);
	return written ? popen(command, "r") : NULL;
}

/* One place of the text, each byte in it: how often we and `line` differ. */
static size_t
differences(char *text, size_t place, const char *line, size_t *unlike)
{
	char was = text[place];
	size_t differ = 0;
	bool holds;

	for (unsigned byte = 0; byte < 256; byte++) {
		text[place] = (char)byte;
		*unlike += !agree((struct slice){ text, whole().len }, &holds);
		if (holds == (line[byte] == '1'))
			continue;
		differ++;
		printf("# byte %zu as %02x: we say %d\n", place, byte, holds);
	}
	text[place] = was;
	return differ;
}

static void
test_flips(void)
{
	char folder[] = "/tmp/json_test.XXXXXX", path[64], line[300];
	char text[sizeof(everything)];
	size_t differ = 0, unlike = 0, place = 0;
	FILE *oracle;

	memcpy(text, everything, sizeof(text));
	if (!mkdtemp(folder))
		BUG("no temporary folder");
	snprintf(path, sizeof(path), "%s/document.json", folder);
	oracle = ask_oracle(path);
	while (oracle && place < whole().len &&
	       fgets(line, sizeof(line), oracle) && strlen(line) == 257)
		differ += differences(text, place++, line, &unlike);
	if (oracle)
		pclose(oracle);
	unlink(path);
	rmdir(folder);
	if (!place) {
		ok(1, "Python's parser agrees # SKIP no python3");
		return;
	}
	ok(place == whole().len && !differ,
	   "Python's parser agrees on every change of one byte");
	ok(!unlike, "walking and scanning agree on each");
}

/* What QuickBooks really sent; the bodies are not part of the project. */
static void
test_recorded(void)
{
	char *text = base_realloc(NULL, 1024 * 1024);
	glob_t files;
	size_t bad = 0;

	if (glob("../shared/recorded/*.json", 0, NULL, &files)) {
		ok(1, "recorded bodies pass # SKIP no ../shared/recorded");
		free(text);
		return;
	}
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "r");
		size_t len = file ? fread(text, 1, 1024 * 1024, file) : 0;
		bool holds;

		if (!agree((struct slice){ text, len }, &holds) || !holds)
			bad += (size_t)printf("# %s\n", files.gl_pathv[i]);
		if (file)
			fclose(file);
	}
	ok(!bad, "recorded bodies pass");
	globfree(&files);
	free(text);
}

int
main(void)
{
	test_slices();
	test_keys();
	test_elements();
	test_careless();
	test_sticky();
	test_depth();
	test_truncations();
	test_flips();
	test_recorded();
	return tap_done();
}
