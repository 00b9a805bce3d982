#include "auth/callback.h"
#include "auth/consent_error.h"
#include "base/secret.h"

void
callback_init(struct callback *c)
{
	*c = (struct callback){ 0 };
	buf_init(&c->code, TOKENS_LONGEST);
}

void
callback_free(struct callback *c)
{
	tokens_wipe_free(&c->code);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'))
		return (c | 32) - 'a' + 10;
	return -1;
}

/* The inverse of http_url_escape(). */
static bool
unescape(struct buf *to, struct slice text, struct failure *why)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i] == '+' ? ' ' : text.at[i];

		if (c == '%') {
			int high = text.len - i > 2 ? hex(text.at[i + 1]) : -1;
			int low = high < 0 ? -1 : hex(text.at[i + 2]);

			if (low < 0)
				return fail(why, FAILURE_DATA,
					    "invalid percent-encoding");
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (!buf_add(to, &c, 1, why))
			return false;
	}
	return true;
}

/* The decoded value of `name`; twice would be ambiguous. */
static bool
find_parameter(struct slice query, const char *name, struct buf *value,
	       bool *found, struct failure *why)
{
	tokens_wipe(value);
	*found = false;
	while (query.len) {
		const char *end = memchr(query.at, '&', query.len);
		size_t len = end ? (size_t)(end - query.at) : query.len;
		const char *equals = memchr(query.at, '=', len);
		size_t key_len = equals ? (size_t)(equals - query.at) : len;

		if (slice_is((struct slice){ query.at, key_len }, name)) {
			size_t value_at = key_len + (equals != NULL);

			if (*found)
				return fail(why, FAILURE_DATA,
					    "%s occurs twice", name);
			*found = true;
			if (!unescape(value,
				      (struct slice){ query.at + value_at,
						      len - value_at },
				      why))
				return false;
		}
		query.at += len + (end != NULL);
		query.len -= len + (end != NULL);
	}
	return true;
}

/* From the first "?" to a "#". */
static struct slice
query_of(struct slice address)
{
	const char *mark = memchr(address.at, '?', address.len);
	struct slice query = address;

	if (mark) {
		query.at = mark + 1;
		query.len -= (size_t)(mark + 1 - address.at);
	}
	mark = memchr(query.at, '#', query.len);
	if (mark)
		query.len = (size_t)(mark - query.at);
	return query;
}

/* An error without a state is believed: nothing is logged in by it. */
static bool
check_state(struct slice query, const char *state, bool is_error,
	    struct buf *value, struct failure *why)
{
	bool found;

	if (!find_parameter(query, "state", value, &found, why))
		return false;
	if (!found && is_error)
		return true;
	if (!found)
		return fail(why, FAILURE_DATA, "it has no state");
	if (secret_equal(buf_slice(value), slice_of(state)))
		return true;
	fail(why, FAILURE_LOGIN, "its state belongs to another login");
	return fail_next(
		why, "qb-auth login again, and open the page that it prints");
}

static bool
contains(struct slice text, struct slice part)
{
	return part.len && memmem(text.at, text.len, part.at, part.len);
}

/* A description that repeats the code or the state is left out. */
static bool
take_error(struct slice query, const char *state, struct buf *error,
	   struct buf *value, struct failure *why)
{
	struct failure ignored;
	struct buf description;
	bool found;

	buf_init(&description, TOKENS_LONGEST);
	if (!find_parameter(query, "error_description", &description, &found,
			    &ignored) ||
	    !find_parameter(query, "code", value, &found, &ignored) ||
	    contains(buf_slice(&description), buf_slice(value)) ||
	    contains(buf_slice(&description), slice_of(state)))
		tokens_wipe(&description);
	consent_error_fail(buf_slice(error), buf_slice(&description), why);
	tokens_wipe_free(&description);
	return false;
}

static bool
take_parts(struct callback *c, struct slice query, struct buf *value,
	   struct failure *why)
{
	bool found;

	if (!find_parameter(query, "code", value, &found, why))
		return false;
	if (!found || !tokens_set(&c->code, buf_slice(value), why))
		return fail(why, FAILURE_DATA, "it has no code");
	if (!find_parameter(query, "realmId", value, &found, why))
		return false;
	if (!found || !value->len)
		return consent_error_no_company(why);
	if (!settings_is_realm(buf_slice(value)))
		return fail(why, FAILURE_DATA,
			    "its realmId is not the number of a company");
	snprintf(c->realm, sizeof(c->realm), "%s", value->at);
	return true;
}

bool
callback_parse(struct callback *c, struct slice address, const char *state,
	       struct failure *why)
{
	struct slice query = query_of(address);
	struct buf value, error;
	bool is_error, done = false;

	buf_init(&value, TOKENS_LONGEST);
	buf_init(&error, TOKENS_LONGEST);
	if (find_parameter(query, "error", &error, &is_error, why) &&
	    check_state(query, state, is_error, &value, why))
		done = is_error ? take_error(query, state, &error, &value, why)
				: take_parts(c, query, &value, why);
	tokens_wipe_free(&error);
	tokens_wipe_free(&value);
	if (done)
		return true;
	if (why->kind == FAILURE_DATA)
		fail_next(why, "qb-auth login again");
	return fail_in(why, "the redirect address");
}
