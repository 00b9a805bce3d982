#include "http/fault.h"

bool
fault_find(struct slice in, const char *word, struct slice *after)
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

	if (!fault_find(in, open, &from) || !fault_find(from, close, &rest))
		return (struct slice){ NULL, 0 };
	return (struct slice){ from.at, from.len - rest.len - strlen(close) };
}

static void
read_xml(struct slice body, struct fault *fault)
{
	struct slice rest;

	if (body.len > FAULT_MOST_SCANNED)
		body.len = FAULT_MOST_SCANNED;
	if (!fault_find(body, "<Fault", &rest))
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

	/* of several the first one is used, too */
	if (fault->found || !json_object(j)) {
		json_skip(j); /* or the gateway's "fault":null */
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

/* What stands beside a Fault: the objects of an array, of which one may be a
 * fault instead.  What is in them is the customer's. */
static void
read_objects(struct json *j, struct fault *fault)
{
	struct slice key;

	if (!json_array(j)) {
		json_skip(j);
		return;
	}
	while (json_element(j)) {
		if (!json_object(j)) {
			json_skip(j);
			continue;
		}
		while (json_key(j, &key))
			if (key_is(key, "fault"))
				read_fault(j, fault);
			else
				json_skip(j);
	}
}

/* QueryResponse, CDCResponse, and the gateway's names in lower case. */
static bool
is_response(struct slice key)
{
	static const char name[] = "Response";
	const size_t len = sizeof(name) - 1;

	return key.len >= len &&
	       !strncasecmp(key.at + key.len - len, name, len);
}

static void
read_envelope(struct json *j, struct fault *fault)
{
	struct slice key;

	if (json_array(j)) {
		while (json_element(j))
			read_envelope(j, fault);
		return;
	}
	if (!json_object(j)) {
		json_skip(j);
		return;
	}
	while (json_key(j, &key))
		if (key_is(key, "fault"))
			read_fault(j, fault);
		else if (is_response(key))
			read_envelope(j, fault);
		else
			read_objects(j, fault);
}

bool
fault_read(struct fault *fault, struct slice body)
{
	struct failure ignored;
	struct json j;

	*fault = (struct fault){ 0 };
	json_begin(&j, body);
	read_envelope(&j, fault);
	if (json_end(&j, &ignored))
		return true;
	*fault = (struct fault){ 0 };
	read_xml(body, fault);
	return false;
}

bool
fault_code_is(const struct fault *fault, const char *code)
{
	struct slice plain;

	return slice_is(fault->code, code) ||
	       (json_plain_string(fault->code, &plain) &&
		slice_is(plain, code));
}
