#include "auth/consent_url.h"
#include "auth/setting_values.h"
#include "json/json.h"

enum {
	MOST_URL_BYTES = 8192,
	MOST_DOCUMENT_BYTES = 1024 * 1024,
	TIMEOUT_MS = 30000,
};

static const char *authorize_url, *revoke_url, *discovery_url, *redirect;

static const struct option_row rows[] = {
	{ .name = "redirect",
	  .env = "QBO_REDIRECT_URL",
	  .argument = "URL",
	  .help = "redirect URI, as registered for your app",
	  .text = &redirect },
	{ .env = "QBO_AUTHORIZE_URL",
	  .preset = "https://appcenter.intuit.com/connect/oauth2",
	  .help = "consent page",
	  .text = &authorize_url },
	{ .env = "QBO_REVOKE_URL",
	  .preset = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
	  .help = "revocation endpoint",
	  .text = &revoke_url },
	{ .env = "QBO_DISCOVERY_URL",
	  .help = "discovery document override",
	  .text = &discovery_url },
};

const struct option_table consent_url_options = {
	.rows = rows,
	.count = LENGTH(rows),
	.also = &settings_options,
};

void
consent_url_init(struct consent_url *u)
{
	*u = (struct consent_url){ 0 };
	buf_init(&u->url, MOST_URL_BYTES);
}

void
consent_url_free(struct consent_url *u)
{
	buf_free(&u->url);
	explicit_bzero(u->state, sizeof(u->state));
	explicit_bzero(u->verifier, sizeof(u->verifier));
}

/* For production Intuit accepts only https and a host name.  The default is a
 * page of Intuit's playground: it shows the address that it was called with,
 * and does not use the code. */
bool
consent_url_settings(struct consent_url *u, const struct settings *settings,
		     struct failure *why)
{
	bool is_production = !strcmp(settings->env, "production");

	u->revoke_url = revoke_url;
	u->redirect = redirect;
	if (!u->redirect)
		u->redirect = is_production ? "https://developer.intuit.com/v2/"
					      "OAuth2Playground/RedirectUrl"
					    : "http://localhost:8765/callback";
	if (!setting_values_check_redirect(u->redirect, why) ||
	    !http_url_allowed(u->redirect, why))
		return fail_in(why, "QBO_REDIRECT_URL");
	if (is_production && strncmp(u->redirect, "https:", 6) != 0)
		return fail(why, FAILURE_USAGE,
			    "QBO_REDIRECT_URL: production accepts only https");
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
discover(struct consent_url *u, const char *url, struct http_client *http,
	 struct failure *why)
{
	static const char *const headers[] = { "Accept: application/json",
					       NULL };
	const struct http_request request = { .url = url,
					      .headers = headers,
					      .most_bytes = MOST_DOCUMENT_BYTES,
					      .most_ms = TIMEOUT_MS };
	struct http_response response;
	bool done;

	http_response_init(&response);
	done = http_client_start(http, &request, &response, why);
	while (done && !response.done)
		done = http_client_run(http, TIMEOUT_MS, -1, NULL, why);
	if (done && !response.status)
		done = fail(why, FAILURE_LATER, "%s", response.error);
	else if (done && response.status != 200)
		done = fail(why, FAILURE_LATER, "HTTP %d", response.status);
	if (done)
		done = consent_url_offers_pkce(buf_slice(&response.body),
					       &u->pkce, why);
	http_client_cancel(&response);
	http_response_free(&response);
	return done || fail_in(why, "the discovery document");
}

static bool
add_parameter(struct buf *url, const char *name, const char *value,
	      struct failure *why)
{
	return buf_printf(url, why, "%s%s=", strchr(url->at, '?') ? "&" : "?",
			  name) &&
	       http_url_escape(url, slice_of(value), why);
}

static bool
write_url(struct consent_url *u, const struct settings *settings,
	  struct failure *why)
{
	char challenge[SECRET_TEXT];

	pkce_challenge(u->verifier, challenge);
	buf_clear(&u->url);
	return buf_printf(&u->url, why, "%s", authorize_url) &&
	       add_parameter(&u->url, "client_id", settings->client_id, why) &&
	       add_parameter(&u->url, "response_type", "code", why) &&
	       add_parameter(&u->url, "scope",
			     "com.intuit.quickbooks.accounting", why) &&
	       add_parameter(&u->url, "redirect_uri", u->redirect, why) &&
	       add_parameter(&u->url, "state", u->state, why) &&
	       (!u->pkce ||
		(add_parameter(&u->url, "code_challenge", challenge, why) &&
		 add_parameter(&u->url, "code_challenge_method", "S256", why)));
}

bool
consent_url_build(struct consent_url *u, const struct settings *settings,
		  struct http_client *http, struct failure *no_pkce,
		  struct failure *why)
{
	const char *url = discovery_url;

	if (!url)
		url = strcmp(settings->env, "production")
			      ? "https://developer.api.intuit.com/.well-known/"
				"openid_sandbox_configuration"
			      : "https://developer.api.intuit.com/.well-known/"
				"openid_configuration";
	*no_pkce = (struct failure){ 0 };
	u->pkce = false;
	if (!discover(u, url, http, no_pkce))
		u->pkce = false;
	secret_random(u->state);
	secret_random(u->verifier);
	return write_url(u, settings, why);
}
