#include "auth/credential_helper.h"
#include "auth/tokens.h"
#include "base/subprocess.h"

/* Somebody may have to type a passphrase. */
enum { MOST_MS = 120000, MOST_BYTES = 16 * TOKENS_LONGEST };

static bool
is_line(struct slice text)
{
	return !memchr(text.at, '\r', text.len) &&
	       !memchr(text.at, '\n', text.len) &&
	       !memchr(text.at, '\0', text.len);
}

static bool
write_question(const struct credential_helper *h, struct slice password,
	       struct buf *to, struct failure *why)
{
	const char *host = strcmp(h->env, "production")
				   ? "sandbox-quickbooks.api.intuit.com"
				   : "quickbooks.api.intuit.com";

	if (password.at && !is_line(password))
		return fail(why, FAILURE_DATA,
			    "CR, LF or NUL in what the helper is to hold");
	return buf_printf(to, why, "protocol=https\nhost=%s\nusername=%s\n",
			  host, h->realm) &&
	       (!password.at || (buf_printf(to, why, "password=") &&
				 buf_add_slice(to, password, why) &&
				 buf_printf(to, why, "\n"))) &&
	       buf_printf(to, why, "\n");
}

static bool
ask(const struct credential_helper *h, const char *word, struct slice password,
    struct buf *answer, struct failure *why)
{
	struct buf question;

	buf_init(&question, MOST_BYTES);
	bool done = write_question(h, password, &question, why) &&
		    subprocess_run(h->command, word, buf_slice(&question),
				   answer, MOST_MS, why);
	tokens_wipe_free(&question);
	if (done)
		return true;
	fail_in(why, "the credential helper, asked to %s", word);
	return fail_next(why, "see to QBO_CREDENTIAL_HELPER, then run the same "
			      "command again");
}

static bool
take_line(struct slice line, const char *realm, struct buf *password,
	  bool *found, struct failure *why)
{
	const char *is = memchr(line.at, '=', line.len);

	if (!is || !is_line(line))
		return fail(why, FAILURE_DATA,
			    "it answers with something else than key=value "
			    "lines");
	struct slice key = { line.at, (size_t)(is - line.at) };
	struct slice value = { is + 1, line.len - key.len - 1 };
	if (slice_is(key, "username") && !slice_is(value, realm))
		return fail(why, FAILURE_DATA,
			    "it answers for another company than %s", realm);
	if (!slice_is(key, "password") || !value.len)
		return true;
	tokens_wipe(password);
	*found = true;
	return buf_add_slice(password, value, why);
}

bool
credential_helper_parse(struct slice answer, const char *realm,
			struct buf *password, bool *found, struct failure *why)
{
	*found = false;
	while (answer.len) {
		const char *end = memchr(answer.at, '\n', answer.len);
		struct slice line = { answer.at, end ? (size_t)(end - answer.at)
						     : answer.len };

		if (!line.len)
			break;
		if (!take_line(line, realm, password, found, why))
			return false;
		size_t past = line.len + (end != NULL);
		answer.at += past;
		answer.len -= past;
	}
	return true;
}

bool
credential_helper_get(const struct credential_helper *h, struct buf *password,
		      bool *found, struct failure *why)
{
	struct buf answer;
	bool done = false;

	*found = false;
	buf_init(&answer, MOST_BYTES);
	if (ask(h, "get", (struct slice){ NULL, 0 }, &answer, why)) {
		done = credential_helper_parse(buf_slice(&answer), h->realm,
					       password, found, why);
		if (!done)
			fail_in(why, "the credential helper");
	}
	tokens_wipe_free(&answer);
	return done;
}

bool
credential_helper_store(const struct credential_helper *h,
			struct slice password, struct failure *why)
{
	return ask(h, "store", password, NULL, why);
}

bool
credential_helper_erase(const struct credential_helper *h, struct failure *why)
{
	return ask(h, "erase", (struct slice){ NULL, 0 }, NULL, why);
}
