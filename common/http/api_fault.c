#include "http/api_fault.h"

enum {
	LOOKED_AT = 64 * 1024, /* faults are short; so far into XML or HTML */
	LONGEST_WORD = 40,     /* refresh tokens have 50 characters and more */
};

/* As they stand in the body: JSON values with quotes, or XML text. */
struct told {
	bool found; /* there is a fault */
	bool xml;
	struct slice type, code, message, detail;
};

static bool
find(struct slice in, const char *word, struct slice *after)
{
	const char *at =
		in.len ? memmem(in.at, in.len, word, strlen(word)) : NULL;

	if (!at)
		return false;
	after->at = at + strlen(word);
	after->len = in.len - (size_t)(after->at - in.at);
	return true;
}

/* The text between `open` and `close`, or nothing. */
static struct slice
between(struct slice in, const char *open, const char *close)
{
	struct slice from, rest;

	if (!find(in, open, &from) || !find(from, close, &rest))
		return (struct slice){ NULL, 0 };
	return (struct slice){ from.at, from.len - rest.len - strlen(close) };
}

static void
read_xml(struct slice body, struct told *told)
{
	struct slice fault;

	if (body.len > LOOKED_AT)
		body.len = LOOKED_AT;
	if (!find(body, "<Fault", &fault))
		return;
	told->found = told->xml = true;
	told->type = between(fault, "type=\"", "\"");
	told->code = between(fault, "code=\"", "\"");
	told->message = between(fault, "<Message>", "</Message>");
	told->detail = between(fault, "<Detail>", "</Detail>");
}

/* Both envelopes: they differ in the case of their keys only. */
static bool
key_is(struct slice key, const char *name)
{
	return key.len == strlen(name) && !strncasecmp(key.at, name, key.len);
}

static void
read_error(struct json *j, struct told *told)
{
	struct slice key, value;

	if (!json_object(j)) {
		json_skip(j);
		return;
	}
	while (json_key(j, &key) && json_value(j, &value))
		if (key_is(key, "code"))
			told->code = value;
		else if (key_is(key, "message"))
			told->message = value;
		else if (key_is(key, "detail"))
			told->detail = value;
}

/* The first error counts. */
static void
read_errors(struct json *j, struct told *told)
{
	bool first = true;

	if (!json_array(j)) {
		json_skip(j);
		return;
	}
	while (json_element(j)) {
		if (first)
			read_error(j, told);
		else
			json_skip(j);
		first = false;
	}
}

static void
read_fault(struct json *j, struct told *told)
{
	struct slice key;

	if (!json_object(j)) {
		json_skip(j); /* the gateway's "fault":null */
		return;
	}
	told->found = true;
	while (json_key(j, &key))
		if (key_is(key, "error"))
			read_errors(j, told);
		else if (key_is(key, "type"))
			json_value(j, &told->type);
		else
			json_skip(j);
}

/* Is it one whole JSON value? */
static bool
read_json(struct slice body, struct told *told)
{
	struct failure ignored;
	struct slice key;
	struct json j;

	json_begin(&j, body);
	if (!json_object(&j))
		json_skip(&j);
	else
		while (json_key(&j, &key))
			if (key_is(key, "fault"))
				read_fault(&j, told);
			else
				json_skip(&j);
	return json_end(&j, &ignored);
}

/* "3200" is a string in JSON; a number would mean the same. */
static bool
code_is(const struct told *told, const char *code)
{
	struct slice plain;

	return slice_is(told->code, code) ||
	       (json_plain_string(told->code, &plain) && slice_is(plain, code));
}

static bool
is_throttle(const struct told *told, int status, struct slice body)
{
	struct slice rest;

	if (body.len > LOOKED_AT)
		body.len = LOOKED_AT;
	return status == 429 || code_is(told, "3001") ||
	       ((status != 200 || told->found) &&
		find(body, "ThrottleExceeded", &rest));
}

/* What a code means, whatever the status; QUIRKS.md, "Faults". */
static enum api_fault
by_code(const struct told *told)
{
	static const struct {
		const char *code;
		enum api_fault fault;
	} known[] = {
		{ "6002", FAULT_TIMEOUT },       { "10000", FAULT_SERVER },
		{ "500", FAULT_SERVER },         { "130", FAULT_REFUSED },
		{ "120", FAULT_LOGIN },          { "3100", FAULT_LOGIN },
		{ "003100", FAULT_LOGIN },       { "3200", FAULT_STALE_TOKEN },
		{ "003200", FAULT_STALE_TOKEN },
	};

	for (size_t i = 0; i < LENGTH(known); i++)
		if (code_is(told, known[i].code))
			return known[i].fault;
	return FAULT_NONE;
}

enum api_fault
api_fault_classify(int status, struct slice body)
{
	struct told told = { 0 };

	if (status == 0)
		return FAULT_NO_RESPONSE;
	bool whole = read_json(body, &told);
	if (!whole)
		read_xml(body, &told);
	if (is_throttle(&told, status, body))
		return FAULT_RATE_LIMITED;
	if (status == 504)
		return FAULT_TIMEOUT;
	enum api_fault coded = by_code(&told);
	if (status >= 500)
		return coded == FAULT_TIMEOUT ? coded : FAULT_SERVER;
	if (coded != FAULT_NONE)
		return coded;
	if (status == 401)
		return FAULT_STALE_TOKEN;
	if (status == 408)
		return FAULT_SERVER;
	if (status >= 300 || told.found)
		return FAULT_REFUSED;
	return status == 200 && whole ? FAULT_NONE : FAULT_MALFORMED;
}

/* How many bytes of well-formed UTF-8 stand here that are no control
 * character; 0 for anything else. */
static size_t
printable(const unsigned char *at, size_t left)
{
	size_t len = *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : *at >= 0xc2 ? 2 : 1;

	if (len == 1)
		return *at >= 0x20 && *at < 0x7f;
	if (len > left || *at > 0xf4 || (*at == 0xc2 && at[1] < 0xa0))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Where a run of what tokens are made of ends. */
static size_t
word_length(struct slice s)
{
	size_t len = 0;

	while (len < s.len && s.at[len] &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789-_.~+=",
		      s.at[len]))
		len++;
	return len;
}

/* Append to `text` what is harmless of `s`; false when it is full. */
static bool
add_harmless(char text[API_FAULT_TEXT], size_t *used, struct slice s)
{
	static const char cut[] = "...";

	while (s.len) {
		size_t word = word_length(s);
		size_t len = printable((const unsigned char *)s.at, s.len);
		struct slice piece = { len ? s.at : " ", len ? len : 1 };
		size_t step = piece.len;

		if (word >= LONGEST_WORD) {
			piece = SLICE("[left out]");
			step = word;
		} else if (word) {
			piece.len = step = word;
		}
		if (*used + piece.len + sizeof(cut) > API_FAULT_TEXT) {
			memcpy(text + *used, cut, sizeof(cut));
			return false;
		}
		/* line breaks and runs of spaces become one space */
		if (*piece.at != ' ' || (*used && text[*used - 1] != ' ')) {
			memcpy(text + *used, piece.at, piece.len);
			*used += piece.len;
		}
		text[*used] = '\0';
		s.at += step;
		s.len -= step;
	}
	return true;
}

static void
add_value(char text[API_FAULT_TEXT], size_t *used, const char *before,
	  struct slice value, bool xml)
{
	struct failure ignored;
	struct buf plain;

	if (!value.len || slice_is(value, "null") || slice_is(value, "\"\""))
		return;
	buf_init(&plain, LOOKED_AT);
	if (!xml && *value.at == '"' && json_unquote(value, &plain, &ignored))
		value = buf_slice(&plain);
	if (*used)
		add_harmless(text, used, slice_of(before));
	add_harmless(text, used, value);
	buf_free(&plain);
}

void
api_fault_describe(struct slice body, char text[API_FAULT_TEXT])
{
	struct told told = { 0 };
	struct slice rest;
	size_t used = 0;

	text[0] = '\0';
	if (!read_json(body, &told))
		read_xml(body, &told);
	if (!told.found)
		return;
	add_value(text, &used, "", told.code, told.xml);
	add_value(text, &used, " ", told.message, told.xml);
	/* "Token expired: AB...": QUIRKS.md, "Faults" */
	if (!find(told.type, "AUTH", &rest) &&
	    !find(told.type, "Auth", &rest) && !code_is(&told, "3200"))
		add_value(text, &used, ": ", told.detail, told.xml);
	while (used && text[used - 1] == ' ')
		text[--used] = '\0';
}
