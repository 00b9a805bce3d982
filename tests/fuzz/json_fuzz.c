/*
 * Any bytes: scanning and walking agree, slices stay inside, strings come back
 * from their quotes, and nothing crashes on what was accepted.
 */
#include "fuzz.h"
#include "postgres/jsonb_limits.h"
#include "json/json.h"
#include "json/string_scanner.h"

enum { MOST = 64 * 1024 * 1024 };

static void
try_scalar(struct slice value, struct slice text)
{
	struct failure why;
	struct slice plain;
	struct buf means, quoted;
	int64_t number;
	bool told;

	promise(value.at >= text.at && value.len &&
		value.at + value.len <= text.at + text.len);
	promise(json_check(value, &why));
	if (json_integer(value, &number))
		promise(value.at[0] == '-' || number >= 0);

	buf_init(&means, MOST);
	buf_init(&quoted, MOST);
	told = json_unquote(value, &means, &why);
	if (json_plain_string(value, &plain))
		promise(told && slice_equal(plain, buf_slice(&means)));
	if (told && json_quote(buf_slice(&means), &quoted, &why)) {
		buf_clear(&means);
		promise(json_check(buf_slice(&quoted), &why));
		promise(json_unquote(buf_slice(&quoted), &means, &why));
	} else {
		promise(!told); /* what a string means is UTF-8 */
	}
	buf_free(&means);
	buf_free(&quoted);
}

static void
walk(struct json *j, struct slice text)
{
	struct slice key, value;

	if (json_object(j)) {
		while (json_key(j, &key)) {
			promise(key.at > text.at &&
				key.at + key.len < text.at + text.len);
			walk(j, text);
		}
	} else if (json_array(j)) {
		while (json_element(j))
			walk(j, text);
	} else if (json_value(j, &value)) {
		try_scalar(value, text);
	}
}

static void
try_quote(struct slice text)
{
	struct failure why;
	struct buf quoted, means;

	buf_init(&quoted, MOST);
	buf_init(&means, MOST);
	if (json_quote(text, &quoted, &why)) {
		promise(json_check(buf_slice(&quoted), &why));
		promise(json_unquote(buf_slice(&quoted), &means, &why));
		promise(slice_equal(buf_slice(&means), text));
	} else {
		promise(!quoted.len);
	}
	buf_free(&quoted);
	buf_free(&means);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = fuzz_copy(data, size);
	struct failure scanned = { 0 }, walked = { 0 };
	const char *reason = NULL, *end = text.at + text.len;
	bool holds = json_check(text, &scanned);
	struct json j;

	json_begin(&j, text);
	walk(&j, text);
	promise(json_end(&j, &walked) == holds);
	promise(!strcmp(scanned.text, walked.text));
	if (holds)
		promise(jsonb_accepts(text, &reason) || reason);
	promise(json_string_skip_plain(text.at, end) ==
		json_string_skip_plain_portable(text.at, end));
	for (const char *at = text.at; end - at >= 64; at += 64)
		promise(json_string_special(at) ==
			json_string_special_portable(at));
	promise(json_string_skip_valid(text.at, end) ==
		json_string_skip_valid_portable(text.at, end));
	try_quote(text);
	fuzz_free(text);
	return 0;
}
