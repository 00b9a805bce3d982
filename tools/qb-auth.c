/*
 * qb-auth - log in at QuickBooks, and stay logged in.
 *
 * In:   for a login a person's consent, or a refresh token that somebody has.
 * Out:  what was asked for: an access token, how long the login lasts.
 * Promise: a login that could be kept is kept (auth/session.h, auth/sign_in.h);
 * no secret is shown, but for the access token that `token` is asked for.
 */
#include <fcntl.h>

#include "auth/consent_prompt.h"
#include "auth/expiry.h"
#include "auth/sign_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "stream/lines.h"

static const char *browser;
static int64_t wait_ms;
static int64_t days;
static bool paste;
static bool json;
static bool verbose;

static const struct option_row rows[] = {
	{ .name = "paste",
	  .help = "login: read the address that came back from standard input",
	  .on = &paste },
	{ .name = "wait",
	  .argument = "TIME",
	  .preset = "5m",
	  .help = "login: how long to listen for the browser",
	  .least = 1,
	  .most = INT64_C(24) * 3600 * 1000,
	  .duration_ms = &wait_ms },
	{ .name = "browser",
	  .env = "QBO_BROWSER",
	  .argument = "COMMAND",
	  .help = "login: what opens a URL, xdg-open where there is a screen",
	  .text = &browser },
	{ .name = "days",
	  .argument = "N",
	  .preset = "14",
	  .help = "status: 75 when fewer are left",
	  .least = 0,
	  .most = 36525,
	  .integer = &days },
	{ .name = "json",
	  .help = "status: one JSON object instead of lines",
	  .on = &json },
	{ .name = "verbose",
	  .help = "a line on standard error for each step",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-auth",
	.operands = "login|token|status|logout|adopt [FILE]",
	.about = "Log in at QuickBooks, and stay logged in.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &consent_url_options,
};

/* One run of the tool. */
struct auth {
	struct settings account;
	struct http_client *http;
	struct lines_out out;
	const char *file; /* the operand of adopt, or NULL */
};

/* --- login */

static bool
check_realm(const struct auth *auth, const struct callback *c,
	    struct failure *why)
{
	const char *wanted = auth->account.realm;

	if (!wanted || !strcmp(wanted, c->realm))
		return true;
	fail(why, FAILURE_LOGIN,
	     "company %s was chosen, and QBO_REALM_ID is %s", c->realm, wanted);
	return fail_next(why, "qb-auth login again and choose the other one, "
			      "or set QBO_REALM_ID");
}

static bool
take_consent(struct auth *auth, const struct consent_url *a,
	     const struct callback *c, struct failure *why)
{
	struct settings with = auth->account;
	const struct authorization_code code = {
		.code = buf_slice(&c->code),
		.redirect = a->redirect,
		.verifier = a->pkce ? a->verifier : NULL
	};

	if (!check_realm(auth, c, why))
		return false;
	with.realm = c->realm;
	if (!sign_in_with_code(&with, auth->http, &code, why))
		return false;
	log_warn("logged in to company %s (%s)", c->realm, with.env);
	return buf_printf(&auth->out.pending, why, "QBO_REALM_ID=%s\n",
			  c->realm);
}

static bool
ask_person(struct auth *auth, struct consent_url *a, struct failure *why)
{
	struct consent_prompt consent = { .browser = browser,
					  .wait_ms = wait_ms,
					  .paste = paste };

	consent_prompt_init(&consent);
	bool done = consent_prompt_ask(&consent, a, why) &&
		    take_consent(auth, a, &consent.callback, why);
	consent_prompt_finish(&consent, done);
	return done;
}

static bool
login(struct auth *auth, struct failure *why)
{
	struct failure unknown;
	struct consent_url a;
	bool done = false;

	consent_url_init(&a);
	if (consent_url_settings(&a, &auth->account, why) &&
	    (!auth->account.realm ||
	     sign_in_check(&auth->account, auth->http, why)) &&
	    consent_url_build(&a, &auth->account, auth->http, &unknown, why)) {
		if (unknown.kind)
			log_warn("without PKCE: %s", unknown.text);
		done = ask_person(auth, &a, why);
	}
	consent_url_free(&a);
	return done;
}

/* --- token */

static bool
token(struct auth *auth, struct failure *why)
{
	struct session l;
	bool done = false;

	if (session_open(&l, &auth->account, auth->http, why)) {
		done = session_ensure_token(&l, why) &&
		       buf_add_slice(&auth->out.pending,
				     buf_slice(&l.now.access), why) &&
		       buf_printf(&auth->out.pending, why, "\n");
		session_close(&l);
	}
	return done;
}

/* --- status */

static bool
judge(const struct expiry *s, bool found, struct failure *why)
{
	switch (s->state) {
	case EXPIRY_GOOD:
		break;
	case EXPIRY_SOON:
		fail(why, FAILURE_LATER, "fewer than %" PRId64 " days are left",
		     days);
		if (s->login_days >= 0 && s->login_days < days)
			return fail_next(why, "qb-auth login");
		return fail_next(why, "qb-auth token >/dev/null, which "
				      "refreshes it");
	case EXPIRY_OVER:
		fail(why, FAILURE_LOGIN,
		     found ? "the login is over" : "there is no login");
		return fail_next(why, "qb-auth login");
	}
	return true;
}

static bool
status(struct auth *auth, struct failure *why)
{
	const struct settings *with = &auth->account;
	struct expiry s;
	struct session l;
	bool found, done = false;

	if (session_begin(&l, with, auth->http, why) &&
	    token_store_read(&l.store, &l.now, &found, why)) {
		const struct tokens *t = found ? &l.now : NULL;
		const char *where = with->helper ? "by QBO_CREDENTIAL_HELPER"
						 : l.store.path.at;

		s = expiry_of(t, clock_now_us(), days);
		done = (json ? expiry_write_json : expiry_write_text)(
			       &s, t, with->env, with->realm, where,
			       &auth->out.pending, why) &&
		       judge(&s, found, why);
	}
	session_close(&l);
	return done;
}

/* --- logout and adopt */

static bool
logout(struct auth *auth, struct failure *why)
{
	struct consent_url a;
	bool there = false;

	consent_url_init(&a);
	bool done =
		consent_url_settings(&a, &auth->account, why) &&
		sign_out(&auth->account, auth->http, a.revoke_url, &there, why);
	if (done)
		log_warn(there ? "logged out of company %s"
			       : "there was no login of company %s",
			 auth->account.realm);
	consent_url_free(&a);
	return done;
}

/* The operand is not quoted: some would put the token itself there. */
static bool
open_token(const char *file, int *fd, struct failure *why)
{
	*fd = STDIN_FILENO;
	if (!file)
		return true;
	*fd = open(file, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		return true;
	fail(why, FAILURE_USAGE, "the file that adopt is given: %s",
	     strerror(errno));
	return fail_next(why, "qb-auth adopt FILE, or qb-auth adopt <FILE; the "
			      "token itself is never an argument");
}

static bool
read_token(int fd, struct buf *text, struct failure *why)
{
	char *room;
	ssize_t n;

	do {
		room = buf_reserve(text, 512, why);
		n = room ? read(fd, room, 512) : -1;
		if (n > 0)
			buf_wrote(text, (size_t)n);
	} while (n > 0);
	if (!room)
		return false;
	if (n < 0)
		return fail_errno(why, "the refresh token");
	while (text->len && strchr(" \t\r\n", text->at[text->len - 1]))
		buf_truncate(text, text->len - 1);
	return true;
}

static bool
adopt(struct auth *auth, struct failure *why)
{
	struct buf text;
	bool done = false;
	int fd;

	if (!open_token(auth->file, &fd, why))
		return false;
	buf_init(&text, TOKENS_LONGEST);
	if (fd == STDIN_FILENO && isatty(fd))
		fprintf(stderr, "Paste the refresh token, then press Enter and "
				"Ctrl-D:\n");
	if (read_token(fd, &text, why)) {
		done = sign_in_with_token(&auth->account, auth->http,
					  buf_slice(&text), why);
		if (!done && why->kind == FAILURE_DATA)
			fail_in(why, "the refresh token");
	}
	if (done)
		log_warn("logged in to company %s (%s)", auth->account.realm,
			 auth->account.env);
	tokens_wipe_free(&text);
	if (fd != STDIN_FILENO)
		close(fd);
	return done;
}

/* --- which of them */

static const struct verb {
	const char *name;
	unsigned needs; /* of the account */
	int operands;   /* at most */
	bool (*run)(struct auth *auth, struct failure *why);
} verbs[] = {
	{ "login", SETTINGS_KEYS, 0, login },
	{ "token", SETTINGS_ALL, 0, token },
	{ "status", SETTINGS_REALM, 0, status },
	{ "logout", SETTINGS_ALL, 0, logout },
	{ "adopt", SETTINGS_ALL, 1, adopt },
};

static const struct verb *
find_verb(int argc, char *argv[], int used, struct failure *why)
{
	const struct verb *verb = NULL;

	for (size_t i = 0; used < argc && i < LENGTH(verbs); i++)
		if (!strcmp(argv[used], verbs[i].name))
			verb = &verbs[i];
	if (!verb) {
		fail(why, FAILURE_USAGE,
		     "say login, token, status, logout or adopt");
		return NULL;
	}
	if (argc - used - 1 <= verb->operands)
		return verb;
	fail(why, FAILURE_USAGE, "%s takes %s", verb->name,
	     verb->operands ? "one file at most" : "no other word");
	return NULL;
}

static bool
run(struct auth *auth, const struct verb *verb, struct failure *why)
{
	if (!settings_read(&auth->account, verb->needs, why))
		return false;
	auth->http = http_client_open(why);
	bool done = auth->http && verb->run(auth, why);
	/* status says its lines even when they are bad news */
	lines_finish(&auth->out, why);
	http_client_close(auth->http);
	return done;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct auth auth = { 0 };
	int used;

	log_begin("qb-auth");
	secret_protect_process();
	lines_out_init(&auth.out, STDOUT_FILENO);
	if (options_read(argc, argv, &options, &used, &why)) {
		const struct verb *verb = find_verb(argc, argv, used, &why);

		log_verbose(verbose);
		if (verb) {
			auth.file = argc - used > 1 ? argv[used + 1] : NULL;
			run(&auth, verb, &why);
		}
	}
	tokens_wipe(&auth.out.pending);
	lines_out_free(&auth.out);
	return log_failure(&why);
}
