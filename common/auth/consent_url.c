#include "auth/consent_url.h"
#include "json/json.h"

enum {
	MOST_URL_BYTES = 8192,
	MOST_DOCUMENT_BYTES = 1024 * 1024,
	MOST_ANSWER_MS = 30000,
};

static const char *authorize_url, *revoke_url, *discovery_url, *redirect;

static const struct option_row rows[] = {
	{ .name = "redirect",
	  .env = "QBO_REDIRECT_URL",
	  .argument = "URL",
	  .help = "where Intuit's page sends the browser; as at the portal",
	  .text = &redirect },
	{ .env = "QBO_AUTHORIZE_URL",
	  .preset = "https://appcenter.intuit.com/connect/oauth2",
	  .help = "the page that asks for consent",
	  .text = &authorize_url },
	{ .env = "QBO_REVOKE_URL",
	  .preset = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
	  .help = "the revoking endpoint",
	  .text = &revoke_url },
	{ .env = "QBO_DISCOVERY_URL",
	  .help = "another discovery document than QBO_ENV's",
	  .text = &discovery_url },
};

const struct option_table consent_url_options = {
	.rows = rows,
	.count = LENGTH(rows),
	.also = &settings_options,
};

void
consent_url_init(struct consent_url *a)
{
	*a = (struct consent_url){ 0 };
	buf_init(&a->url, MOST_URL_BYTES);
}

void
consent_url_free(struct consent_url *a)
{
	buf_free(&a->url);
	explicit_bzero(a->state, sizeof(a->state));
	explicit_bzero(a->verifier, sizeof(a->verifier));
}

/* Production takes https alone, and a name: the page of Intuit's playground
 * shows the address that it is called with, and does not use it up. */
bool
consent_url_settings(struct consent_url *a, const struct settings *with,
		     struct failure *why)
{
	bool live = !strcmp(with->env, "production");

	a->revoke_url = revoke_url;
	a->redirect = redirect;
	if (!a->redirect)
		a->redirect = live ? "https://developer.intuit.com/v2/"
				     "OAuth2Playground/RedirectUrl"
				   : "http://localhost:8765/callback";
	if (!http_url_allowed(a->redirect, why))
		return fail_in(why, "QBO_REDIRECT_URL");
	if (live && strncmp(a->redirect, "https:", 6) != 0)
		return fail(why, FAILURE_USAGE,
			    "QBO_REDIRECT_URL: production takes https alone");
	if (!http_url_allowed(authorize_url, why))
		return fail_in(why, "QBO_AUTHORIZE_URL");
	if (discovery_url && !http_url_allowed(discovery_url, why))
		return fail_in(why, "QBO_DISCOVERY_URL");
	return http_url_allowed(revoke_url, why) ||
	       fail_in(why, "QBO_REVOKE_URL");
}

static bool
offers_s256(struct json *j)
{
	struct slice value, method;
	bool found = false;

	if (!json_array(j))
		return false;
	while (json_element(j))
		if (json_value(j, &value) &&
		    json_plain_string(value, &method) &&
		    slice_is(method, "S256"))
			found = true;
	return found;
}

bool
consent_url_offers_pkce(struct slice document, bool *pkce, struct failure *why)
{
	struct slice key, methods;
	struct failure ignored;
	struct json j, list;

	*pkce = false;
	json_begin(&j, document);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "not a JSON object");
	while (json_key(&j, &key) && json_value(&j, &methods))
		if (slice_is(key, "code_challenge_methods_supported")) {
			json_begin(&list, methods);
			*pkce = offers_s256(&list) && json_end(&list, &ignored);
		}
	return json_end(&j, why);
}

static bool
discover(struct consent_url *a, const char *url, struct http_client *http,
	 struct failure *why)
{
	static const char *const headers[] = { "Accept: application/json",
					       NULL };
	const struct http_request request = { .url = url,
					      .headers = headers,
					      .most_bytes = MOST_DOCUMENT_BYTES,
					      .most_ms = MOST_ANSWER_MS };
	struct http_response answer;
	bool done;

	http_response_init(&answer);
	done = http_client_start(http, &request, &answer, why);
	while (done && !answer.done)
		done = http_client_run(http, MOST_ANSWER_MS, -1, NULL, why);
	if (done && !answer.status)
		done = fail(why, FAILURE_LATER, "%s", answer.error);
	else if (done && answer.status != 200)
		done = fail(why, FAILURE_LATER, "HTTP %d", answer.status);
	if (done)
		done = consent_url_offers_pkce(buf_slice(&answer.body),
					       &a->pkce, why);
	http_client_cancel(&answer);
	http_response_free(&answer);
	return done || fail_in(why, "the discovery document");
}

static bool
add(struct buf *url, const char *name, const char *value, struct failure *why)
{
	return buf_printf(url, why, "%s%s=", strchr(url->at, '?') ? "&" : "?",
			  name) &&
	       http_url_escape(url, slice_of(value), why);
}

static bool
write_url(struct consent_url *a, const struct settings *with,
	  struct failure *why)
{
	char challenge[SECRET_TEXT];

	pkce_challenge(a->verifier, challenge);
	buf_clear(&a->url);
	return buf_printf(&a->url, why, "%s", authorize_url) &&
	       add(&a->url, "client_id", with->client_id, why) &&
	       add(&a->url, "response_type", "code", why) &&
	       add(&a->url, "scope", "com.intuit.quickbooks.accounting", why) &&
	       add(&a->url, "redirect_uri", a->redirect, why) &&
	       add(&a->url, "state", a->state, why) &&
	       (!a->pkce ||
		(add(&a->url, "code_challenge", challenge, why) &&
		 add(&a->url, "code_challenge_method", "S256", why)));
}

bool
consent_url_build(struct consent_url *a, const struct settings *with,
		  struct http_client *http, struct failure *unknown,
		  struct failure *why)
{
	const char *url = discovery_url;

	if (!url)
		url = strcmp(with->env, "production")
			      ? "https://developer.api.intuit.com/.well-known/"
				"openid_sandbox_configuration"
			      : "https://developer.api.intuit.com/.well-known/"
				"openid_configuration";
	*unknown = (struct failure){ 0 };
	a->pkce = false;
	if (!discover(a, url, http, unknown))
		a->pkce = false;
	secret_random(a->state);
	secret_random(a->verifier);
	return write_url(a, with, why);
}
