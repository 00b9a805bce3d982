#include "status/login_status.h"
#include "auth/monthly_count.h"
#include "base/log.h"
#include "base/secret.h"

static struct settings given;

static const struct option_row rows[] = {
	{ .env = "QBO_ENV",
	  .help = "sandbox or production",
	  .text = &given.env },
	{ .env = "QBO_REALM_ID", .help = "company ID", .text = &given.realm },
	{ .env = "QBO_CLIENT_ID",
	  .help = "client ID of your app at developer.intuit.com",
	  .text = &given.client_id },
	{ .env = "QBO_TOKEN_FILE",
	  .help = "token file, instead of "
		  "$XDG_STATE_HOME/qb/ENV-REALM.json",
	  .text = &given.token_file },
	{ .env = "QBO_CREDENTIAL_HELPER",
	  .help = "command that stores the login instead of a file",
	  .text = &given.helper },
	{ .env = "QBO_MONTHLY_CALLS",
	  .help = "the most calls of the app in a month",
	  .least = 1,
	  .most = SETTINGS_MOST_CALLS,
	  .integer = &given.monthly_calls },
};

const struct option_table login_status_options = {
	.rows = rows,
	.count = LENGTH(rows),
};

/* settings_is_realm() would bring libcurl with it. */
static bool
is_number(const char *text)
{
	return *text && strlen(text) <= SETTINGS_REALM_MOST &&
	       !text[strspn(text, "0123456789")];
}

static bool
check_values(const struct settings *s, struct failure *why)
{
	if (s->env && strcmp(s->env, "sandbox") != 0 &&
	    strcmp(s->env, "production") != 0)
		return fail(why, FAILURE_USAGE,
			    "QBO_ENV must be sandbox or production, not \"%s\"",
			    s->env);
	return !s->realm || is_number(s->realm) ||
	       fail(why, FAILURE_USAGE,
		    "QBO_REALM_ID must be a number, not \"%s\"", s->realm);
}

static void
read_login(struct login_status *l, int64_t now_us)
{
	const struct settings *s = &l->settings;
	const struct credential_helper helper = { .command = s->helper,
						  .env = s->env,
						  .realm = s->realm };
	struct tokens *t = &l->tokens;

	secret_protect_process();
	if (!token_store_open(&l->store, s->token_file, &helper, &l->trouble) ||
	    !token_store_read(&l->store, t, &l->found, &l->trouble)) {
		if (l->trouble.kind == FAILURE_DATA)
			fail_next(&l->trouble,
				  "move it away, then qb-auth login");
		return;
	}
	l->expiry = expiry_of(l->found ? t : NULL, now_us, LOGIN_STATUS_DAYS);
	l->ends_us = t->refresh_ends_us;
	if (t->login_ends_us && (!l->ends_us || t->login_ends_us < l->ends_us))
		l->ends_us = t->login_ends_us;
}

static void
read_calls(struct login_status *l, int64_t now_us)
{
	const struct settings *s = &l->settings;
	struct failure trouble = { 0 };
	struct monthly_count count;

	monthly_count_init(&count, s->env, s->client_id,
			   monthly_count_month(now_us));
	if (monthly_count_look(&count, &l->calls, &trouble))
		return;
	log_warn("the app's calls of this month are not known: %s%s%s",
		 trouble.text, trouble.next[0] ? "; " : "", trouble.next);
	l->calls = -1;
}

bool
login_status_read(struct login_status *l, int64_t now_us, struct failure *why)
{
	*l = (struct login_status){ .settings = given, .calls = -1 };
	l->store.file.folder = l->store.file.lock = -1;
	tokens_init(&l->tokens);
	if (!check_values(&given, why))
		return false;
	l->asked = given.env && given.realm;
	if (l->asked)
		read_login(l, now_us);
	if (given.env && given.client_id)
		read_calls(l, now_us);
	return true;
}

void
login_status_free(struct login_status *l)
{
	token_store_close(&l->store);
	tokens_free(&l->tokens);
}

const char *
login_status_where(const struct login_status *l)
{
	return l->settings.helper ? "by QBO_CREDENTIAL_HELPER"
				  : l->store.file.path.at;
}
