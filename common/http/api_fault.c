#include "http/api_fault.h"

enum {
	MOST_SCANNED_BYTES =
		64 * 1024, /* faults are short; so far into XML or HTML */
	TOKEN_LENGTH = 40, /* refresh tokens have 50 characters and more */
};

/* What a body says: JSON values with their quotes, or XML text. */
struct fault {
	bool found; /* the body has a fault */
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
read_xml(struct slice body, struct fault *fault)
{
	struct slice rest;

	if (body.len > MOST_SCANNED_BYTES)
		body.len = MOST_SCANNED_BYTES;
	if (!find(body, "<Fault", &rest))
		return;
	fault->found = fault->xml = true;
	fault->type = between(rest, "type=\"", "\"");
	fault->code = between(rest, "code=\"", "\"");
	fault->message = between(rest, "<Message>", "</Message>");
	fault->detail = between(rest, "<Detail>", "</Detail>");
}

/* The service and the gateway differ in the case of their keys only. */
static bool
key_is(struct slice key, const char *name)
{
	return key.len == strlen(name) && !strncasecmp(key.at, name, key.len);
}

static void
read_error(struct json *j, struct fault *fault)
{
	struct slice key, value;

	if (!json_object(j)) {
		json_skip(j);
		return;
	}
	while (json_key(j, &key) && json_value(j, &value))
		if (key_is(key, "code"))
			fault->code = value;
		else if (key_is(key, "message"))
			fault->message = value;
		else if (key_is(key, "detail"))
			fault->detail = value;
}

/* Of several errors the first one is used. */
static void
read_errors(struct json *j, struct fault *fault)
{
	bool first = true;

	if (!json_array(j)) {
		json_skip(j);
		return;
	}
	while (json_element(j)) {
		if (first)
			read_error(j, fault);
		else
			json_skip(j);
		first = false;
	}
}

static void
read_fault(struct json *j, struct fault *fault)
{
	struct slice key;

	if (!json_object(j)) {
		json_skip(j); /* the gateway's "fault":null */
		return;
	}
	fault->found = true;
	while (json_key(j, &key))
		if (key_is(key, "error"))
			read_errors(j, fault);
		else if (key_is(key, "type"))
			json_value(j, &fault->type);
		else
			json_skip(j);
}

/* Is it one whole JSON value? */
static bool
read_json(struct slice body, struct fault *fault)
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
				read_fault(&j, fault);
			else
				json_skip(&j);
	return json_end(&j, &ignored);
}

/* In JSON a code is a string, "3200"; a number is taken, too. */
static bool
code_is(const struct fault *fault, const char *code)
{
	struct slice plain;

	return slice_is(fault->code, code) ||
	       (json_plain_string(fault->code, &plain) &&
		slice_is(plain, code));
}

static bool
is_throttle(const struct fault *fault, int status, struct slice body)
{
	struct slice rest;

	if (body.len > MOST_SCANNED_BYTES)
		body.len = MOST_SCANNED_BYTES;
	return status == 429 || code_is(fault, "3001") ||
	       ((status != 200 || fault->found) &&
		find(body, "ThrottleExceeded", &rest));
}

/* What a code means with any status; QUIRKS.md, "Faults". */
static enum api_fault
classify_code(const struct fault *fault)
{
	static const struct {
		const char *code;
		enum api_fault fault;
	} codes[] = {
		{ "6002", API_FAULT_TIMEOUT },
		{ "10000", API_FAULT_SERVER },
		{ "500", API_FAULT_SERVER },
		{ "130", API_FAULT_REFUSED },
		{ "120", API_FAULT_LOGIN },
		{ "3100", API_FAULT_LOGIN },
		{ "003100", API_FAULT_LOGIN },
		{ "3200", API_FAULT_STALE_TOKEN },
		{ "003200", API_FAULT_STALE_TOKEN },
	};

	for (size_t i = 0; i < LENGTH(codes); i++)
		if (code_is(fault, codes[i].code))
			return codes[i].fault;
	return API_FAULT_NONE;
}

enum api_fault
api_fault_classify(int status, struct slice body)
{
	struct fault fault = { 0 };

	if (status == 0)
		return API_FAULT_NO_RESPONSE;
	bool whole = read_json(body, &fault);
	if (!whole)
		read_xml(body, &fault);
	if (is_throttle(&fault, status, body))
		return API_FAULT_RATE_LIMITED;
	if (status == 504)
		return API_FAULT_TIMEOUT;
	enum api_fault by_code = classify_code(&fault);
	if (status >= 500)
		return by_code == API_FAULT_TIMEOUT ? by_code
						    : API_FAULT_SERVER;
	if (by_code != API_FAULT_NONE)
		return by_code;
	if (status == 401)
		return API_FAULT_STALE_TOKEN;
	if (status == 408)
		return API_FAULT_SERVER;
	if (fault.found)
		return API_FAULT_REFUSED;
	/* QuickBooks itself never answers like this (QUIRKS.md, "Faults") */
	if (status >= 300)
		return API_FAULT_FOREIGN;
	return status == 200 && whole ? API_FAULT_NONE : API_FAULT_MALFORMED;
}

/* The length of the character at `at`, when it is well-formed UTF-8 and no
 * control character; 0 otherwise. */
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

/* How many characters in a row could be part of a token. */
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

/* Append `s` to `text`, without tokens; false when it is full. */
static bool
add_redacted(char text[API_FAULT_TEXT], size_t *used, struct slice s)
{
	static const char cut[] = "...";

	while (s.len) {
		size_t word = word_length(s);
		size_t len = printable((const unsigned char *)s.at, s.len);
		struct slice piece = { len ? s.at : " ", len ? len : 1 };
		size_t step = piece.len;

		if (word >= TOKEN_LENGTH) {
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
	buf_init(&plain, MOST_SCANNED_BYTES);
	if (!xml && *value.at == '"' && json_unquote(value, &plain, &ignored))
		value = buf_slice(&plain);
	if (*used)
		add_redacted(text, used, slice_of(before));
	add_redacted(text, used, value);
	buf_free(&plain);
}

void
api_fault_describe(struct slice body, char text[API_FAULT_TEXT])
{
	struct fault fault = { 0 };
	struct slice rest;
	size_t used = 0;

	text[0] = '\0';
	if (!read_json(body, &fault))
		read_xml(body, &fault);
	if (!fault.found)
		return;
	add_value(text, &used, "", fault.code, fault.xml);
	add_value(text, &used, " ", fault.message, fault.xml);
	/* "Token expired: AB...": QUIRKS.md, "Faults" */
	if (!find(fault.type, "AUTH", &rest) &&
	    !find(fault.type, "Auth", &rest) && !code_is(&fault, "3200"))
		add_value(text, &used, ": ", fault.detail, fault.xml);
	while (used && text[used - 1] == ' ')
		text[--used] = '\0';
}

/* Does it begin like HTML?  A comment or an XML declaration may come first. */
static bool
is_html(struct slice body)
{
	static const char *const tags[] = { "<!doctype html", "<html", "<head",
					    "<body" };

	if (body.len > MOST_SCANNED_BYTES)
		body.len = MOST_SCANNED_BYTES;
	while (body.len) {
		const char *at = memchr(body.at, '<', body.len);

		if (!at)
			return false;
		body.len -= (size_t)(at - body.at);
		body.at = at;
		for (size_t i = 0; i < LENGTH(tags); i++)
			if (body.len >= strlen(tags[i]) &&
			    !strncasecmp(at, tags[i], strlen(tags[i])))
				return true;
		body.at++;
		body.len--;
	}
	return false;
}

const char *
api_fault_body(struct slice body)
{
	struct failure ignored;

	while (body.len && strchr(" \t\r\n", *body.at) && *body.at) {
		body.at++;
		body.len--;
	}
	if (!body.len)
		return "an empty body";
	if (json_check(body, &ignored))
		return "JSON without a fault";
	return is_html(body) ? "an HTML page" : "text that is not JSON";
}
