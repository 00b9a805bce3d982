#include "auth/callback.h"
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

/* What http_url_escape() does, undone. */
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
					    "a %% without two digits");
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (!buf_add(to, &c, 1, why))
			return false;
	}
	return true;
}

/* The value of `name`, unescaped: once at most, or it could mean two things. */
static bool
find(struct slice query, const char *name, struct buf *value, bool *found,
     struct failure *why)
{
	tokens_wipe(value);
	*found = false;
	while (query.len) {
		const char *end = memchr(query.at, '&', query.len);
		size_t len = end ? (size_t)(end - query.at) : query.len;
		const char *is = memchr(query.at, '=', len);
		size_t key = is ? (size_t)(is - query.at) : len;

		if (slice_is((struct slice){ query.at, key }, name)) {
			size_t past = key + (is != NULL);

			if (*found)
				return fail(why, FAILURE_DATA,
					    "%s stands there twice", name);
			*found = true;
			if (!unescape(value,
				      (struct slice){ query.at + past,
						      len - past },
				      why))
				return false;
		}
		query.at += len + (end != NULL);
		query.len -= len + (end != NULL);
	}
	return true;
}

/* Behind the first "?", before a "#". */
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

static bool
check_state(struct slice query, const char *state, struct buf *value,
	    struct failure *why)
{
	bool found;

	if (!find(query, "state", value, &found, why))
		return false;
	if (!found)
		return fail(why, FAILURE_DATA, "it bears no state");
	if (secret_equal(buf_slice(value), slice_of(state)))
		return true;
	fail(why, FAILURE_LOGIN,
	     "its state is not ours: it answers another question");
	return fail_next(why, "qb-auth login again, and answer the page that "
			      "it names");
}

static bool
check_error(struct slice query, struct buf *value, struct failure *why)
{
	static const char *const known[] = {
		"access_denied",
		"invalid_request",
		"invalid_scope",
		"server_error",
		"temporarily_unavailable",
		"unauthorized_client",
		"unsupported_response_type",
	};
	const char *error = "for a reason that we do not know";
	bool found;

	if (!find(query, "error", value, &found, why))
		return false;
	if (!found)
		return true;
	for (size_t i = 0; i < LENGTH(known); i++)
		if (slice_is(buf_slice(value), known[i]))
			error = known[i];
	fail(why, FAILURE_LOGIN, "Intuit's page says no: %s", error);
	return fail_next(why, "qb-auth login again, and agree");
}

static bool
take_parts(struct callback *c, struct slice query, struct buf *value,
	   struct failure *why)
{
	bool found;

	if (!find(query, "code", value, &found, why))
		return false;
	if (!found || !tokens_set(&c->code, buf_slice(value), why))
		return fail(why, FAILURE_DATA, "it bears no code");
	if (!find(query, "realmId", value, &found, why))
		return false;
	if (!found || !settings_is_realm(buf_slice(value)))
		return fail(why, FAILURE_DATA,
			    "it bears no realmId, the company's number");
	snprintf(c->realm, sizeof(c->realm), "%s", value->at);
	return true;
}

bool
callback_parse(struct callback *c, struct slice address, const char *state,
	       struct failure *why)
{
	struct slice query = query_of(address);
	struct buf value;

	buf_init(&value, TOKENS_LONGEST);
	bool done = check_state(query, state, &value, why) &&
		    check_error(query, &value, why) &&
		    take_parts(c, query, &value, why);
	tokens_wipe_free(&value);
	return done || fail_in(why, "the address that came back");
}
