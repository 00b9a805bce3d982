#include "http/api_fault.h"
#include "http/fault.h"

/* Refresh tokens have 50 characters and more. */
enum { TOKEN_LENGTH = 40 };

static bool
is_throttle(const struct fault *fault, int status, struct slice body)
{
	struct slice rest;

	if (body.len > FAULT_MOST_SCANNED)
		body.len = FAULT_MOST_SCANNED;
	return status == 429 || fault_code_is(fault, "3001") ||
	       ((status != 200 || fault->found) &&
		fault_find(body, "ThrottleExceeded", &rest));
}

/* The log of changes refuses a request with the code of an outage, as
 * "Operation cdc ... is not supported" (QUIRKS.md, "Faults"). */
static bool
is_refused_by_log(const struct fault *fault)
{
	struct slice rest;

	return fault_code_is(fault, "500") &&
	       fault_find(fault->detail, "Operation cdc ", &rest);
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

	if (is_refused_by_log(fault))
		return API_FAULT_REFUSED;
	for (size_t i = 0; i < LENGTH(codes); i++)
		if (fault_code_is(fault, codes[i].code))
			return codes[i].fault;
	return API_FAULT_NONE;
}

enum api_fault
api_fault_classify(int status, struct slice body)
{
	struct fault fault;

	if (status == 0)
		return API_FAULT_NO_RESPONSE;
	bool whole = fault_read(&fault, body);
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

/* --- what a company does not have ---------------------------------------- */

/* In any case: "Metadata not found", "invalid context declaration". */
static bool
mentions(struct slice text, const char *words)
{
	size_t len = strlen(words);

	for (; text.len >= len; text.at++, text.len--)
		if (!strncasecmp(text.at, words, len))
			return true;
	return false;
}

/* Of what only companies with several currencies have. */
static bool
is_without_currencies(const struct fault *fault, const char *entity)
{
	static const char *const words[] = { "multi currency", "multi-currency",
					     "multicurrency" };

	if (strcmp(entity, "CompanyCurrency") && strcmp(entity, "ExchangeRate"))
		return false;
	for (size_t i = 0; i < LENGTH(words); i++)
		if (mentions(fault->detail, words[i]) ||
		    mentions(fault->message, words[i]))
			return true;
	return false;
}

bool
api_fault_is_absent(struct slice body, const char *entity)
{
	struct fault fault;

	(void)fault_read(&fault, body);
	/* of the plan; or of the user, who is told to sign in again */
	if (fault_code_is(&fault, "5020"))
		return !mentions(fault.detail, "sign in");
	if (fault_code_is(&fault, "5030"))
		return true;
	if (fault_code_is(&fault, "6000") || fault_code_is(&fault, "2010"))
		return is_without_currencies(&fault, entity);
	if (!fault_code_is(&fault, "4001") && !fault_code_is(&fault, "4000"))
		return false;
	return mentions(fault.detail, entity) &&
	       (mentions(fault.detail, "metadata not found") ||
		mentions(fault.detail, "invalid context declaration"));
}

bool
api_fault_may_be_parameter(struct slice body)
{
	static const char *const others[] = { "5020", "5030", "4002", "6190",
					      "500" };
	struct fault fault;

	(void)fault_read(&fault, body);
	for (size_t i = 0; i < LENGTH(others); i++)
		if (fault_code_is(&fault, others[i]))
			return false;
	return true;
}

/* --- its words ------------------------------------------------------------ */

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
	buf_init(&plain, FAULT_MOST_SCANNED);
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
	struct fault fault;
	struct slice rest;
	size_t used = 0;

	text[0] = '\0';
	(void)fault_read(&fault, body);
	if (!fault.found)
		return;
	add_value(text, &used, "", fault.code, fault.xml);
	add_value(text, &used, " ", fault.message, fault.xml);
	/* "Token expired: AB...": QUIRKS.md, "Faults" */
	if (!fault_find(fault.type, "AUTH", &rest) &&
	    !fault_find(fault.type, "Auth", &rest) &&
	    !fault_code_is(&fault, "3200"))
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

	if (body.len > FAULT_MOST_SCANNED)
		body.len = FAULT_MOST_SCANNED;
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
