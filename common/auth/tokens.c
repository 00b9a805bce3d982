#include "auth/tokens.h"
#include "auth/token_kind.h"
#include "base/clock.h"

void
tokens_wipe(struct buf *b)
{
	if (b->room)
		explicit_bzero(b->at, b->room);
	buf_clear(b);
}

void
tokens_wipe_free(struct buf *b)
{
	tokens_wipe(b);
	buf_free(b);
}

void
tokens_init(struct tokens *t)
{
	*t = (struct tokens){ 0 };
	buf_init(&t->access, TOKENS_LONGEST);
	buf_init(&t->refresh, TOKENS_LONGEST);
	buf_init(&t->previous, TOKENS_LONGEST);
}

void
tokens_free(struct tokens *t)
{
	tokens_wipe_free(&t->previous);
	tokens_wipe_free(&t->refresh);
	tokens_wipe_free(&t->access);
}

static void
copy_buf(struct buf *to, const struct buf *from)
{
	struct failure why;

	tokens_wipe(to);
	if (!buf_add_slice(to, buf_slice(from), &why))
		BUG("a token above its limit");
}

void
tokens_copy(struct tokens *to, const struct tokens *from)
{
	struct tokens old = *to;

	*to = *from;
	to->access = old.access;
	to->refresh = old.refresh;
	to->previous = old.previous;
	copy_buf(&to->access, &from->access);
	copy_buf(&to->refresh, &from->refresh);
	copy_buf(&to->previous, &from->previous);
}

/* It goes into a header and a form, so it must not contain a line end. */
bool
tokens_set(struct buf *token, struct slice text, struct failure *why)
{
	bool plain = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			plain = false;
	if (!plain)
		return fail(why, FAILURE_DATA, "not a token");
	tokens_wipe(token);
	return buf_add_slice(token, text, why);
}

void
tokens_digest(struct slice token, char hex[DIGEST_HEX])
{
	struct digest d;

	digest_init(&d);
	digest_add(&d, token);
	digest_hex(&d, hex);
	digest_free(&d);
}

bool
tokens_knows(const struct tokens *t, const char hex[DIGEST_HEX])
{
	for (size_t i = 0; i < TOKENS_SEEDS; i++)
		if (!strcmp(t->seeds[i], hex))
			return true;
	return false;
}

void
tokens_learn(struct tokens *t, const char hex[DIGEST_HEX])
{
	if (tokens_knows(t, hex))
		return;
	memmove(t->seeds[1], t->seeds[0], sizeof(t->seeds) - DIGEST_HEX);
	memcpy(t->seeds[0], hex, DIGEST_HEX);
}

static const struct {
	const char *name;
	size_t at; /* of a struct buf */
} texts[] = {
	{ "access_token", offsetof(struct tokens, access) },
	{ "refresh_token", offsetof(struct tokens, refresh) },
	{ "previous_refresh_token", offsetof(struct tokens, previous) },
};

static const struct {
	const char *name;
	size_t at; /* of an int64_t */
} times[] = {
	{ "access_token_ends", offsetof(struct tokens, access_ends_us) },
	{ "refresh_token_ends", offsetof(struct tokens, refresh_ends_us) },
	{ "login_ends", offsetof(struct tokens, login_ends_us) },
	{ "previous_replaced", offsetof(struct tokens, replaced_us) },
	{ "written", offsetof(struct tokens, written_us) },
};

static const void *
member(const struct tokens *t, size_t at)
{
	return (const char *)t + at;
}

static bool
take_text(struct buf *to, struct slice value, struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool taken = json_unquote(value, &plain, why) &&
		     tokens_set(to, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return taken;
}

static bool
take_time(int64_t *at_us, struct slice value)
{
	struct slice plain;

	return json_plain_string(value, &plain) && clock_parse(plain, at_us);
}

static bool
take_seed(struct slice value, char seed[DIGEST_HEX])
{
	struct slice plain;

	if (!json_plain_string(value, &plain) || plain.len != DIGEST_HEX - 1)
		return false;
	memcpy(seed, plain.at, plain.len);
	seed[plain.len] = '\0';
	return true;
}

static bool
take_seeds(struct tokens *t, struct slice value)
{
	struct failure ignored;
	struct slice one;
	struct json j;
	size_t i = 0;

	json_begin(&j, value);
	if (!json_array(&j))
		return false;
	while (json_element(&j))
		if (!json_value(&j, &one) || i == TOKENS_SEEDS ||
		    !take_seed(one, t->seeds[i++]))
			return false;
	return json_end(&j, &ignored);
}

static bool
is_other(struct slice value, const char *mine)
{
	struct slice plain;

	return !json_plain_string(value, &plain) || !slice_is(plain, mine);
}

static bool
take_member(struct tokens *t, struct slice key, struct slice value,
	    const char *env, const char *realm, struct failure *why)
{
	char *base = (char *)t;

	if ((slice_is(key, "env") && is_other(value, env)) ||
	    (slice_is(key, "realm") && is_other(value, realm)))
		return fail(
			why, FAILURE_USAGE,
			"this is the login of another company, not of %s (%s)",
			realm, env);
	for (size_t i = 0; i < LENGTH(texts); i++)
		if (slice_is(key, texts[i].name))
			return take_text(
				(struct buf *)(void *)(base + texts[i].at),
				value, why);
	for (size_t i = 0; i < LENGTH(times); i++)
		if (slice_is(key, times[i].name) &&
		    !take_time((int64_t *)(void *)(base + times[i].at), value))
			return fail(why, FAILURE_DATA, "%s is not a time",
				    times[i].name);
	if (slice_is(key, "seeds_sha256") && !take_seeds(t, value))
		return fail(why, FAILURE_DATA,
			    "seeds_sha256 is not a list of digests");
	return true;
}

/* What the token endpoint called a refresh token is one, whatever it looks
 * like. */
static bool
is_made_by_hand(const struct tokens *t)
{
	return !t->written_us ||
	       slice_equal(buf_slice(&t->refresh), buf_slice(&t->access));
}

bool
tokens_parse(struct tokens *t, struct slice text, const char *env,
	     const char *realm, struct failure *why)
{
	struct slice key, value;
	struct json j;

	tokens_free(t);
	tokens_init(t);
	json_begin(&j, text);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "not a JSON object");
	while (json_key(&j, &key) && json_value(&j, &value))
		if (!take_member(t, key, value, env, realm, why))
			return false;
	if (!json_end(&j, why))
		return false;
	if (!t->refresh.len)
		return fail(why, FAILURE_DATA, "refresh_token is missing");
	return !is_made_by_hand(t) ||
	       token_kind_check(buf_slice(&t->refresh), "refresh_token",
				FAILURE_DATA, why);
}

static bool
write_member(struct buf *to, const char *name, struct slice text,
	     struct failure *why)
{
	return buf_printf(to, why, ",\n \"%s\":", name) &&
	       json_quote(text, to, why);
}

static bool
write_seeds(const struct tokens *t, struct buf *to, struct failure *why)
{
	if (!t->seeds[0][0])
		return true;
	if (!buf_printf(to, why, ",\n \"seeds_sha256\":["))
		return false;
	for (size_t i = 0; i < TOKENS_SEEDS && t->seeds[i][0]; i++)
		if (!buf_printf(to, why, "%s\"%s\"", i ? "," : "", t->seeds[i]))
			return false;
	return buf_printf(to, why, "]");
}

bool
tokens_write(const struct tokens *t, const char *env, const char *realm,
	     struct buf *to, struct failure *why)
{
	char spelled[CLOCK_TEXT];

	if (!buf_printf(to, why, "{\"qb\":\"tokens\"") ||
	    !write_member(to, "env", slice_of(env), why) ||
	    !write_member(to, "realm", slice_of(realm), why))
		return false;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const struct buf *text = member(t, texts[i].at);

		if (text->len &&
		    !write_member(to, texts[i].name, buf_slice(text), why))
			return false;
	}
	for (size_t i = 0; i < LENGTH(times); i++) {
		const int64_t *at_us = member(t, times[i].at);

		if (!*at_us)
			continue;
		clock_format(*at_us, spelled);
		if (!write_member(to, times[i].name, slice_of(spelled), why))
			return false;
	}
	return write_seeds(t, to, why) && buf_printf(to, why, "}\n");
}
