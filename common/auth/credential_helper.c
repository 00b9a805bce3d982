#include "auth/credential_helper.h"
#include "auth/tokens.h"
#include "base/subprocess.h"

/* Time enough to type a passphrase. */
enum { TIMEOUT_MS = 120000, MOST_BYTES = 16 * TOKENS_LONGEST };

static bool
is_line(struct slice text)
{
	return !memchr(text.at, '\r', text.len) &&
	       !memchr(text.at, '\n', text.len) &&
	       !memchr(text.at, '\0', text.len);
}

static bool
write_input(const struct credential_helper *h, struct slice password,
	    struct buf *to, struct failure *why)
{
	const char *host = strcmp(h->env, "production")
				   ? "sandbox-quickbooks.api.intuit.com"
				   : "quickbooks.api.intuit.com";

	if (password.at && !is_line(password))
		return fail(why, FAILURE_DATA,
			    "the login contains CR, LF or NUL, which a helper "
			    "cannot store");
	return buf_printf(to, why, "protocol=https\nhost=%s\nusername=%s\n",
			  host, h->realm) &&
	       (!password.at || (buf_printf(to, why, "password=") &&
				 buf_add_slice(to, password, why) &&
				 buf_printf(to, why, "\n"))) &&
	       buf_printf(to, why, "\n");
}

static bool
run_helper(const struct credential_helper *h, const char *action,
	   struct slice password, struct buf *output, struct failure *why)
{
	struct buf input;

	buf_init(&input, MOST_BYTES);
	bool done = write_input(h, password, &input, why) &&
		    subprocess_run(h->command, action, buf_slice(&input),
				   output, TIMEOUT_MS, why);
	tokens_wipe_free(&input);
	if (done)
		return true;
	fail_in(why, "the credential helper (%s)", action);
	return fail_next(
		why,
		"check QBO_CREDENTIAL_HELPER, then run the same command again");
}

static bool
parse_line(struct slice line, const char *realm, struct buf *password,
	   bool *found, struct failure *why)
{
	const char *equals = memchr(line.at, '=', line.len);

	if (!equals || !is_line(line))
		return fail(why, FAILURE_DATA,
			    "its output is not lines of key=value");
	struct slice key = { line.at, (size_t)(equals - line.at) };
	struct slice value = { equals + 1, line.len - key.len - 1 };
	if (slice_is(key, "username") && !slice_is(value, realm))
		return fail(why, FAILURE_DATA,
			    "its output is for another company, not %s", realm);
	if (!slice_is(key, "password") || !value.len)
		return true;
	tokens_wipe(password);
	*found = true;
	return buf_add_slice(password, value, why);
}

bool
credential_helper_parse(struct slice output, const char *realm,
			struct buf *password, bool *found, struct failure *why)
{
	*found = false;
	while (output.len) {
		const char *end = memchr(output.at, '\n', output.len);
		struct slice line = { output.at, end ? (size_t)(end - output.at)
						     : output.len };

		if (!line.len)
			break;
		if (!parse_line(line, realm, password, found, why))
			return false;
		size_t past = line.len + (end != NULL);
		output.at += past;
		output.len -= past;
	}
	return true;
}

bool
credential_helper_get(const struct credential_helper *h, struct buf *password,
		      bool *found, struct failure *why)
{
	struct buf output;
	bool done = false;

	*found = false;
	buf_init(&output, MOST_BYTES);
	if (run_helper(h, "get", (struct slice){ NULL, 0 }, &output, why)) {
		done = credential_helper_parse(buf_slice(&output), h->realm,
					       password, found, why);
		if (!done)
			fail_in(why, "the credential helper");
	}
	tokens_wipe_free(&output);
	return done;
}

bool
credential_helper_store(const struct credential_helper *h,
			struct slice password, struct failure *why)
{
	return run_helper(h, "store", password, NULL, why);
}

bool
credential_helper_erase(const struct credential_helper *h, struct failure *why)
{
	return run_helper(h, "erase", (struct slice){ NULL, 0 }, NULL, why);
}
