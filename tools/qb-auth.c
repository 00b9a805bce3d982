/*
 * qb-auth - log in to QuickBooks, and keep the login valid.
 *
 * In:   a person's consent in a browser, or a refresh token from elsewhere.
 * Out:  an access token, or how long the login lasts and how many calls were
 *       made this month.
 * Promise: a login is never lost (auth/session.h, auth/sign_in.h), and no
 * secret is printed but the access token, by the command `token`.
 */
#include "auth/calls_report.h"
#include "auth/company_info.h"
#include "auth/consent_prompt.h"
#include "auth/expiry.h"
#include "auth/sign_in.h"
#include "auth/token_input.h"
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
	  .help = "login: read the redirect address from standard input",
	  .on = &paste },
	{ .name = "wait",
	  .argument = "TIME",
	  .preset = "5m",
	  .help = "login: how long to wait for the browser",
	  .least = 1,
	  .most = INT64_C(24) * 3600 * 1000,
	  .duration_ms = &wait_ms },
	{ .name = "browser",
	  .env = "QBO_BROWSER",
	  .argument = "COMMAND",
	  .help = "login: command that opens a URL, instead of xdg-open",
	  .text = &browser },
	{ .name = "days",
	  .argument = "N",
	  .preset = "14",
	  .help = "status: exit with 75 when fewer days are left",
	  .least = 0,
	  .most = 36525,
	  .integer = &days },
	{ .name = "json",
	  .help = "status: print one JSON object",
	  .on = &json },
	{ .name = "verbose",
	  .help = "log each step to standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-auth",
	.operands = "login|token|status|logout|adopt [FILE]",
	.about = "Log in to QuickBooks, and keep the login valid.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &consent_url_options,
};

/* One run of the tool. */
struct auth {
	char realm[SETTINGS_REALM_MOST + 1]; /* the company of a new login */
	struct settings settings;
	struct http_client *http;
	struct lines_out out;
	const char *file; /* of adopt, or NULL */
};

/* --- the company's name */

/* A login is complete without it. */
static void
learn_name(const struct auth *auth, const char *realm)
{
	struct settings settings = auth->settings;
	struct failure trouble = { 0 };
	struct buf name;

	settings.realm = realm;
	buf_init(&name, COMPANY_NAME_MOST);
	if (!company_info_learn(&settings, auth->http, &trouble))
		log_warn("the name of company %s is not known: %s", realm,
			 trouble.text);
	else if (company_name_read(&settings, &name))
		log_warn("company %s is \"%s\"", realm, name.at);
	buf_free(&name);
}

/* --- login */

static bool
check_realm(const struct auth *auth, const struct callback *c,
	    struct failure *why)
{
	const char *wanted = auth->settings.realm;

	if (!wanted || !strcmp(wanted, c->realm))
		return true;
	fail(why, FAILURE_LOGIN,
	     "company %s was chosen, but QBO_REALM_ID is %s", c->realm, wanted);
	return fail_next(why, "qb-auth login again and choose the other "
			      "company, or change QBO_REALM_ID");
}

static bool
take_consent(struct auth *auth, const struct consent_url *url,
	     const struct callback *c, struct failure *why)
{
	struct settings settings = auth->settings;
	const struct authorization_code code = {
		.code = buf_slice(&c->code),
		.redirect = url->redirect,
		.verifier = url->pkce ? url->verifier : NULL
	};

	if (!check_realm(auth, c, why))
		return false;
	settings.realm = c->realm;
	if (!sign_in_with_code(&settings, auth->http, &code, why))
		return false;
	log_warn("logged in to company %s (%s)", c->realm, settings.env);
	snprintf(auth->realm, sizeof(auth->realm), "%s", c->realm);
	return buf_printf(&auth->out.pending, why, "QBO_REALM_ID=%s\n",
			  c->realm);
}

static bool
ask_person(struct auth *auth, struct consent_url *url, struct failure *why)
{
	const struct failure none = { 0 };
	struct consent_prompt prompt = { .browser = browser,
					 .wait_ms = wait_ms,
					 .paste = paste };

	consent_prompt_init(&prompt);
	bool done = consent_prompt_ask(&prompt, url, why) &&
		    take_consent(auth, url, &prompt.callback, why);
	consent_prompt_finish(&prompt, done ? &none : why);
	return done;
}

static bool
login(struct auth *auth, struct failure *why)
{
	struct failure no_pkce;
	struct consent_url url;
	bool done = false;

	consent_url_init(&url);
	if (consent_url_settings(&url, &auth->settings, why) &&
	    (!auth->settings.realm ||
	     sign_in_check(&auth->settings, auth->http, why)) &&
	    consent_url_build(&url, &auth->settings, auth->http, &no_pkce,
			      why)) {
		if (no_pkce.kind)
			log_warn("without PKCE: %s", no_pkce.text);
		done = ask_person(auth, &url, why) &&
		       lines_flush(&auth->out, why);
	}
	consent_url_free(&url);
	if (done)
		learn_name(auth, auth->realm);
	return done;
}

/* --- token */

static bool
token(struct auth *auth, struct failure *why)
{
	struct session session;
	bool done = false;

	if (session_open(&session, &auth->settings, auth->http, why)) {
		done = session_ensure_token(&session, why) &&
		       buf_add_slice(&auth->out.pending,
				     buf_slice(&session.tokens.access), why) &&
		       buf_printf(&auth->out.pending, why, "\n");
		session_close(&session);
	}
	return done;
}

/* --- status */

static bool
check_expiry(const struct expiry *e, bool found, struct failure *why)
{
	switch (e->state) {
	case EXPIRY_GOOD:
		break;
	case EXPIRY_SOON:
		fail(why, FAILURE_LATER, "fewer than %" PRId64 " days are left",
		     days);
		if (e->login_days >= 0 && e->login_days < days)
			return fail_next(why, "qb-auth login");
		return fail_next(why,
				 "qb-auth token >/dev/null, which extends it");
	case EXPIRY_OVER:
		fail(why, FAILURE_LOGIN,
		     found ? "the login has expired" : "there is no login");
		return fail_next(why, "qb-auth login");
	}
	return true;
}

static bool
write_status(const struct auth *auth, const struct expiry *e,
	     const struct tokens *t, const char *where, struct buf *to,
	     struct failure *why)
{
	const struct settings *s = &auth->settings;
	struct buf company;

	if (json)
		return expiry_write_json(e, t, s->env, s->realm, where, to,
					 why) &&
		       company_name_write_json(s, to, why) &&
		       calls_report_write_json(s, clock_now_us(), to, why);
	buf_init(&company, 2 * COMPANY_NAME_MOST);
	bool done =
		company_name_write(s, &company, why) &&
		expiry_write_text(e, t, s->env, company.at, where, to, why) &&
		calls_report_write_text(s, clock_now_us(), to, why);
	buf_free(&company);
	return done;
}

static bool
status(struct auth *auth, struct failure *why)
{
	const struct settings *settings = &auth->settings;
	struct expiry e;
	struct session session;
	bool found, done = false;

	if (session_begin(&session, settings, auth->http, why) &&
	    token_store_read(&session.store, &session.tokens, &found, why)) {
		const struct tokens *t = found ? &session.tokens : NULL;
		const char *where = settings->helper
					    ? "by QBO_CREDENTIAL_HELPER"
					    : session.store.file.path.at;

		e = expiry_of(t, clock_now_us(), days);
		done = write_status(auth, &e, t, where, &auth->out.pending,
				    why) &&
		       check_expiry(&e, found, why);
	}
	if (why->kind == FAILURE_DATA && !why->next[0])
		fail_next(why, "move it away, then qb-auth login");
	session_close(&session);
	return done;
}

/* --- logout and adopt */

static bool
logout(struct auth *auth, struct failure *why)
{
	struct consent_url url;
	bool found = false;

	consent_url_init(&url);
	bool done = consent_url_settings(&url, &auth->settings, why) &&
		    sign_out(&auth->settings, auth->http, url.revoke_url,
			     &found, why);
	if (done)
		log_warn(found ? "logged out of company %s"
			       : "there was no login for company %s",
			 auth->settings.realm);
	consent_url_free(&url);
	return done;
}

static bool
adopt(struct auth *auth, struct failure *why)
{
	struct buf text;

	buf_init(&text, TOKENS_LONGEST);
	bool done = token_input_read(auth->file, &text, why) &&
		    sign_in_with_token(&auth->settings, auth->http,
				       buf_slice(&text), why);
	tokens_wipe_free(&text);
	if (done) {
		log_warn("logged in to company %s (%s)", auth->settings.realm,
			 auth->settings.env);
		learn_name(auth, auth->settings.realm);
	} else if (why->kind == FAILURE_DATA) {
		fail_in(why, "the refresh token");
		if (!why->next[0])
			fail_next(why, "qb-auth adopt again, with nothing but "
				       "the refresh token; or qb-auth login");
	}
	return done;
}

/* --- the commands */

static const struct command {
	const char *name;
	unsigned needs; /* SETTINGS_... */
	int operands;   /* at most */
	bool (*run)(struct auth *auth, struct failure *why);
} commands[] = {
	{ "login", SETTINGS_KEYS, 0, login },
	{ "token", SETTINGS_ALL, 0, token },
	{ "status", SETTINGS_REALM, 0, status },
	{ "logout", SETTINGS_ALL, 0, logout },
	{ "adopt", SETTINGS_ALL, 1, adopt },
};

static const struct command *
find_command(int argc, char *argv[], int used, struct failure *why)
{
	const struct command *command = NULL;

	for (size_t i = 0; used < argc && i < LENGTH(commands); i++)
		if (!strcmp(argv[used], commands[i].name))
			command = &commands[i];
	if (!command) {
		/* an unknown one is not quoted: it may be a secret */
		fail(why, FAILURE_USAGE,
		     "%s command: login, token, status, logout or adopt",
		     used < argc ? "unknown" : "missing");
		return NULL;
	}
	if (argc - used - 1 <= command->operands)
		return command;
	fail(why, FAILURE_USAGE, "%s takes %s", command->name,
	     command->operands ? "at most one file" : "no argument");
	return NULL;
}

static bool
run(struct auth *auth, const struct command *command, struct failure *why)
{
	if (!settings_read(&auth->settings, command->needs, why))
		return false;
	auth->http = http_client_open(why);
	bool done = auth->http && command->run(auth, why);
	/* status prints its lines even when it fails */
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
		const struct command *command =
			find_command(argc, argv, used, &why);

		log_verbose(verbose);
		if (command) {
			auth.file = argc - used > 1 ? argv[used + 1] : NULL;
			run(&auth, command, &why);
		}
	}
	tokens_wipe(&auth.out.pending);
	lines_out_free(&auth.out);
	return log_failure(&why);
}
