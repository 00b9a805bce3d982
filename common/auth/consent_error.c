#include "auth/consent_error.h"
#include "auth/foreign_text.h"

enum { ERROR_SHOWN = 64, DESCRIPTION_SHOWN = 320 };

#define SCOPE "com.intuit.quickbooks.accounting"

const char consent_error_portal[] =
	"in Intuit's developer portal, give the app the scope " SCOPE
	", or take the keys that belong to QBO_ENV; then qb-auth login again";

static const struct meaning {
	const char *error;
	enum failure_kind kind;
	const char *text, *next;
} meanings[] = {
	{ "invalid_scope", FAILURE_REFUSED,
	  "the app lacks the scope " SCOPE
	  ", or QBO_CLIENT_ID is not a key of this environment",
	  consent_error_portal },
	{ "unauthorized_client", FAILURE_REFUSED,
	  "the app may not ask for this login: it lacks the scope " SCOPE
	  ", or QBO_CLIENT_ID is not a key of this environment",
	  consent_error_portal },
	{ "invalid_client", FAILURE_REFUSED,
	  "Intuit does not know QBO_CLIENT_ID in this environment",
	  consent_error_portal },
	{ "access_denied", FAILURE_LOGIN,
	  "the person at the browser did not give the permission",
	  "qb-auth login again, and agree on Intuit's page" },
	{ "consent_required", FAILURE_LOGIN,
	  "the person at the browser did not give the permission",
	  "qb-auth login again, and agree on Intuit's page" },
	{ "login_required", FAILURE_LOGIN,
	  "nobody signed in to Intuit in the browser",
	  "qb-auth login again, and sign in on Intuit's page" },
	{ "server_error", FAILURE_LATER, "Intuit's page has a transient error",
	  "qb-auth login again, in a few minutes" },
	{ "temporarily_unavailable", FAILURE_LATER,
	  "Intuit's page has a transient error",
	  "qb-auth login again, in a few minutes" },
	{ "invalid_request", FAILURE_REFUSED,
	  "Intuit does not accept the request of this app",
	  "compare QBO_CLIENT_ID and QBO_REDIRECT_URL with the app's keys and "
	  "redirect URIs in Intuit's developer portal; then qb-auth login "
	  "again" },
	{ "unsupported_response_type", FAILURE_REFUSED,
	  "Intuit's page does not give codes to this app",
	  "check QBO_AUTHORIZE_URL and the app in Intuit's developer portal; "
	  "then qb-auth login again" },
};

static const struct meaning unknown = {
	NULL, FAILURE_REFUSED, "qb does not know this error",
	"correct what it names, in Intuit's developer portal or in the QBO_ "
	"settings; then qb-auth login again"
};

static const struct meaning *
find_meaning(struct slice error)
{
	for (size_t i = 0; i < LENGTH(meanings); i++)
		if (slice_is(error, meanings[i].error))
			return &meanings[i];
	return &unknown;
}

bool
consent_error_fail(struct slice error, struct slice description,
		   struct failure *why)
{
	const struct meaning *m = find_meaning(error);
	char name[ERROR_SHOWN], words[DESCRIPTION_SHOWN];

	foreign_text_show(error, name, sizeof(name));
	foreign_text_show(description, words, sizeof(words));
	fail(why, m->kind, "Intuit's page refused: %s: %s%s%s%s",
	     name[0] ? name : "an error without a name", m->text,
	     words[0] ? " (Intuit says: \"" : "", words, words[0] ? "\")" : "");
	return fail_next(why, "%s", m->next);
}

bool
consent_error_no_company(struct failure *why)
{
	fail(why, FAILURE_LOGIN,
	     "it has no realmId, the company's ID: no company was chosen, or "
	     "the app is not one for QuickBooks accounting, or the end of the "
	     "address is missing");
	return fail_next(
		why, "qb-auth login again, and choose a company; if "
		     "Intuit's page offers none, give the app the scope " SCOPE
		     " in Intuit's developer portal");
}
